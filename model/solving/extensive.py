"""The extensive form: several futures in one model, tied while spending may not depend on them.

Each future is compiled on its own; its columns and rows become a block of one larger model. In a
year t the futures with `known_from` > t share the columns of all decisions, so that whatever is
spent in it is one and the same in each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from ...inputs.complaint import Complaint, InputError
from ...inputs.scenario import Limit, Scenario
from ..equations.curves import Array
from ..equations.evaluate import SMALLEST_GAIN, Plan
from ..equations.limits import list_caps
from ..equations.periods import cut
from .compiled import Compiled
from .criteria import Criterion
from .live import Basis, Live, make_basis
from .matrices import INFINITE, Columns, Matrices

Groups = Mapping[int, tuple[str, ...]]
"""By year of spending: the futures that are not told apart yet, two or more."""

Terms = Mapping[int, float]
"""Coefficients by column."""

Views = Mapping[str, tuple[str, Mapping[str, float]]]
"""Whose gains are judged, by name: in which future, by which weights."""

LINKING = ("spend", "crowd_in", "choose", "requires", "launches", "fund", "ban")
"""Kinds of constraints that may rule decisions of a single year."""

SAID = frozenset(Limit.model_fields)
"""Fields of a constraint that rule nothing."""


def find_groups_of_futures(scenario: Scenario) -> Groups:
    """Which futures share all decisions of a year: those known later, if they are two or more.

    A future without `known_from` is never known before the end.
    """
    found = {}
    for year in scenario.years.spending:
        unknown = tuple(
            id_
            for id_, future in scenario.futures.items()
            if future.known_from is None or future.known_from > year
        )
        if len(unknown) > 1:
            found[year] = unknown
    return found


def refuse_known_figures(scenario: Scenario, worlds: Mapping[str, Scenario]) -> None:
    """Raises InputError where futures differ in what a shared decision rests on.

    What may be spent in a year is law or contract in that year: a future that changes it would be
    known by then.
    """
    complaints: dict[tuple[str, str], Complaint] = {}
    for year, members in find_groups_of_futures(scenario).items():
        told = {id_: dict(_list_first_stage_figures(worlds[id_], year)) for id_ in members}
        as_is = dict(_list_first_stage_figures(scenario, year))
        for path in dict.fromkeys(path for own in told.values() for path in own):
            values = {id_: own.get(path) for id_, own in told.items()}
            if all(value == values[members[0]] for value in values.values()):
                continue
            for id_, value in values.items():
                if value == as_is.get(path):
                    continue
                known = scenario.futures[id_].known_from
                since = f"known_from {known}" if known else "without known_from, never known"
                complaints.setdefault(
                    (id_, path),
                    Complaint(
                        f"futures.{id_}.change",
                        f"changes {path}, on which spending in {year} rests, before the future is "
                        f"known ({since}); take it out, or let it be known from "
                        f"{scenario.years.first}",
                    ),
                )
    if complaints:
        raise InputError(complaints.values())


def _list_first_stage_figures(scenario: Scenario, year: int) -> list[tuple[str, object]]:
    """What rules the decisions of a year, by path."""
    found: list[tuple[str, object]] = []
    for id_, own in scenario.instruments.items():
        path = f"instruments.{id_}"
        window = scenario.window(id_)
        if year not in window:
            found.append((f"{path}.first_year or last_year", False))
            continue
        found += [
            (f"{path}.first_year or last_year", True),
            (f"{path}.max_per_year", own.max_per_year),
            (f"{path}.min_per_year", own.min_per_year),
            (f"{path}.all_or_nothing", own.all_or_nothing),
            (f"{path}.launch_cost", own.launch_cost),
            (f"{path}.max_growth", own.max_growth),
            (f"{path}.run_years", own.run_years),
        ]
        if scenario.budget.counts == "outlays":
            found.append((f"{path}.spendout", own.spendout))
    budget = scenario.budget
    found += [
        ("budget.per_year", list_caps(scenario).get(year)),
        ("budget.carry_over", budget.carry_over),
        ("budget.counts", budget.counts),
    ]
    for id_, limit in scenario.constraints.items():
        if limit.kind not in LINKING or getattr(limit, "each", "year") != "year":
            continue
        if year in cut(getattr(limit, "years", None), scenario.years.spending):
            begins = getattr(limit, "from_year", year)
            fields = limit.model_dump(exclude=set(SAID))
            fields.update({"from_year": min(begins, year)} if "from_year" in fields else {})
            fields.pop("years", None)
            found += [(f"constraints.{id_}.{name}", value) for name, value in fields.items()]
    return found


class Extensive:
    """One model of several compiled futures; values are by column of the whole.

    `places` gives each future's columns within the whole. `level` is a column for a level of gain
    or regret, `shortfalls` one for each future that falls short of it.
    """

    def __init__(
        self, worlds: Mapping[str, Compiled], groups: Groups, views: Views | None = None
    ) -> None:
        """`views`: whose gains count, each a world and weights there; else each world's own."""
        self.worlds = worlds
        self.scenario = next(iter(worlds.values())).scenario
        self.groups = groups
        self.places: dict[str, Columns] = {}
        self.shared: Columns = np.zeros(0, dtype=np.int32)
        self.matrices = self._join()
        self.live = Live(self.matrices)
        own = {id_: (id_, compiled.scenario.weights) for id_, compiled in worlds.items()}
        self.gains = {id_: self._place_gain(*view) for id_, view in (views or own).items()}

    # Columns ----------------------------------------------------------------------------------

    def _number_columns(self) -> int:
        """Gives every future's columns their places; shared ones the place of the first member's.

        Gives the number of columns, those of levels not among them.
        """
        count = 0
        owners: dict[tuple[str, str, int], int] = {}
        shared = set()
        for id_, compiled in self.worlds.items():
            places = np.full(len(compiled.matrices.lower), -1, dtype=np.int32)
            for decision, at in list_decisions(compiled):
                if id_ not in self.groups.get(decision[2], ()):
                    continue
                if decision in owners:
                    places[at] = owners[decision]
                    shared.add(owners[decision])
                else:
                    places[at] = owners[decision] = count
                    count += 1
            own = np.flatnonzero(places < 0)
            places[own] = np.arange(count, count + len(own))
            count += len(own)
            self.places[id_] = places
        self.shared = np.array(sorted(shared), dtype=np.int32)
        return count

    def _join(self) -> Matrices:
        """The blocks as one model, with columns for levels at the end."""
        import scipy.sparse as sparse

        plain = self._number_columns()
        count = plain + 1 + len(self.worlds)
        self.level = plain
        self.shortfalls = {id_: plain + 1 + k for k, id_ in enumerate(self.worlds)}
        lower, upper = np.full(count, -INFINITE), np.full(count, INFINITE)
        blocks, integers, row_lower, row_upper = [], [], [], []
        limit_rows: dict[str, list[int]] = {}
        rows = 0
        for id_, compiled in self.worlds.items():
            own, places = compiled.matrices, self.places[id_]
            lower[places] = np.maximum(lower[places], own.lower)
            upper[places] = np.minimum(upper[places], own.upper)
            block = own.matrix.tocoo()
            blocks.append(
                sparse.csr_array(
                    (block.data, (block.coords[0], places[block.coords[1]])),
                    shape=(block.shape[0], count),
                )
            )
            integers.append(places[own.integers])
            row_lower.append(own.row_lower)
            row_upper.append(own.row_upper)
            for limit, numbers in own.limit_rows.items():
                limit_rows.setdefault(limit, []).extend(rows + at for at in numbers)
            rows += block.shape[0]
        for at in (self.level, *self.shortfalls.values()):
            lower[at] = upper[at] = 0.0
        found = Matrices(lower, upper, sparse.vstack(blocks, format="csr"))
        found.integers = np.unique(np.concatenate(integers)).astype(np.int32)
        found.row_lower, found.row_upper = np.concatenate(row_lower), np.concatenate(row_upper)
        found.limit_rows = limit_rows
        return found

    def join_bases(self, bases: Mapping[str, Basis | None]) -> Basis | None:
        """One basis of the whole from those of the futures; None where one is missing.

        What is shared stands as in the first future that has it.
        """
        known = {id_: basis for id_, basis in bases.items() if basis is not None}
        if len(known) < len(self.worlds):
            return None
        columns: list[Any] = [None] * self.live.column_count
        rows: list[Any] = []
        for id_, basis in reversed(known.items()):
            for place, status in zip(self.places[id_].tolist(), basis.col_status, strict=True):
                columns[place] = status
        for basis in known.values():
            rows += basis.row_status
        return make_basis(columns, rows)

    # Gains ------------------------------------------------------------------------------------

    def _place_gain(self, id_: str, weights: Mapping[str, float]) -> Terms:
        """The gain of a future under some weights, as coefficients by column of the whole."""
        target = self.worlds[id_].make_target("score", weights)
        return {int(self.places[id_][at]): share for at, share in target.terms.items()}

    def expect(self, probabilities: Mapping[str, float]) -> Terms:
        """The expected gain, as coefficients by column."""
        terms: dict[int, float] = {}
        for id_, gain in self.gains.items():
            for at, share in gain.items():
                terms[at] = terms.get(at, 0.0) + probabilities[id_] * share
        return {at: share for at, share in terms.items() if share}

    def pose(self, criterion: Criterion) -> Terms:
        """Adds a criterion's rows, and gives its merit, to be maximised, as terms by column."""
        lower = {id_: self._bound_gain(gain, 0) for id_, gain in self.gains.items()}
        upper = {id_: self._bound_gain(gain, 1) for id_, gain in self.gains.items()}
        if criterion.name == "expected":
            return self.expect(criterion.probabilities)
        if criterion.name == "worst":
            self._box(self.level, min(lower.values()), min(upper.values()))
            for gain in self.gains.values():
                self.live.add_row({**gain, self.level: -1.0}, 0.0, INFINITE)
            return {self.level: 1.0}
        if criterion.name == "regret":
            most = 0.0
            for id_, gain in self.gains.items():
                best = criterion.own_best[id_]
                unit = max(best, SMALLEST_GAIN)
                most = max(most, (best - lower[id_]) / unit)
                self.live.add_row({**gain, self.level: unit}, best, INFINITE)
            self._box(self.level, 0.0, most)
            return {self.level: -1.0}
        highest = max(upper.values())
        self._box(self.level, min(lower.values()), highest)
        merit = {self.level: 1.0}
        for id_, gain in self.gains.items():
            short = self.shortfalls[id_]
            self._box(short, 0.0, highest - lower[id_])
            self.live.add_row({**gain, short: 1.0, self.level: -1.0}, 0.0, INFINITE)
            merit[short] = -criterion.probabilities[id_] / criterion.alpha
        return merit

    def _bound_gain(self, gain: Terms, side: int) -> float:
        ends = (self.matrices.lower, self.matrices.upper)[side]
        return sum(share * float(ends[at]) for at, share in gain.items())

    def _box(self, column: int, lower: float, upper: float) -> None:
        at = np.array([column], dtype=np.int32)
        self.live.set_bounds(at, np.array([lower]), np.array([upper]))

    def maximise(self, terms: Terms) -> None:
        """Sets the costs so that minimising them maximises the terms."""
        self.live.minimise({at: -share for at, share in terms.items()})

    # Plans ------------------------------------------------------------------------------------

    def read_plans(self, values: Array) -> dict[str, Plan]:
        """What each future spends."""
        return {
            id_: compiled.read_plan(values[self.places[id_]])
            for id_, compiled in self.worlds.items()
        }

    def decide(self, plans: Mapping[str, Plan]) -> Array:
        """The integer columns, in their order, as plans that share what they must have them."""
        values = np.zeros(self.live.column_count)
        for id_, plan in plans.items():
            compiled, places = self.worlds[id_], self.places[id_]
            own = compiled.decide(np.zeros(len(compiled.matrices.lower)), plan)
            values[places[compiled.integers]] = own[compiled.integers]
        return values[self.live.integers]

    @property
    def spending(self) -> Terms:
        """All authority, shared columns once."""
        return {
            int(self.places[id_][at]): 1.0
            for id_, compiled in self.worlds.items()
            for at in compiled.authority.values()
        }


def list_decisions(compiled: Compiled) -> Iterator[tuple[tuple[str, str, int], int]]:
    """Kind, instrument and year of every decision, and its column."""
    for kind in ("authority", "on", "start"):
        for (i, year), at in compiled.places.get(kind, {}).items():
            yield (kind, i, year), at
