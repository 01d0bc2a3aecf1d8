"""A scenario whose limits can each be given up: a slack for every side that may move.

The instruments' own figures take part: their maxima, minima and growth are taken out of the model
and put back as rows with slacks. A limit in force has its slacks at zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp

from ....inputs.build import derive_scenario
from ....inputs.scenario import (
    TOKEN_BN,
    Choose,
    CrowdInFloor,
    Launches,
    LeadFloor,
    Scenario,
    SpendLimit,
)
from ...equations.curves import Array
from ...equations.limits import cut
from ...solving.best_plans import STUDY_NEEDS_NOT
from ...solving.compiled import Compiled
from ...solving.conflict import count_money
from ...solving.live import Live
from ...solving.matrices import INFINITE, Matrices
from ...solving.resolve import OutOfTime
from ...work.clock import Clock

AMPLE = 10.0
"""How many times its maximum an instrument may take once that is given up."""

Terms = dict[int, float]


@dataclass(frozen=True)
class Slack:
    """One side of a limit that may move: `path` in the document, and the sign in which it does.

    `column` holds by how much; `before` is its value today, None for limits that can only be
    dropped. `is_share`: the column tells $ billion, the value a share.
    """

    limit: str
    path: tuple[str, ...]
    column: int
    sign: float
    before: float | None
    unit: str
    is_share: bool = False
    is_count: bool = False

    @property
    def scale(self) -> float:
        """What a movement is told relative to."""
        return max(1.0, abs(self.before or 0.0))


class Elastic:
    """The limits of a scenario by id, each with its slacks and its priority; solved in place."""

    def __init__(
        self, scenario: Scenario, clock: Clock | None = None, must_spend: bool = False
    ) -> None:
        """`must_spend`: a token of spending is demanded, whatever is given up."""
        self.scenario = scenario
        self.clock = clock or Clock()
        self.solves = 0
        self.compiled = Compiled(derive_scenario(scenario, free_instruments(scenario)))
        self.slacks: dict[str, list[Slack]] = {}
        self._count = self.compiled.live.column_count
        self._rows: list[tuple[int, int, float]] = []
        self._own_rows: list[tuple[Terms, float, float]] = []
        for id_, rows in self.compiled.live.limit_rows.items():
            self._add_limit(id_, rows)
        for id_ in scenario.instruments:
            self._add_instrument(id_)
        if must_spend:
            self._own_rows.append((dict(count_money(self.compiled)), TOKEN_BN, INFINITE))
        self.live = Live(self._make_matrices())
        top = max((limit.priority for limit in scenario.constraints.values()), default=1.0)
        self.priorities = {
            id_: scenario.constraints[id_].priority
            if id_ in scenario.constraints
            else (1.0 if id_.startswith("budget.") else max(top, 1.0) + 1.0)
            for id_ in self.slacks
        }

    # Slacks -----------------------------------------------------------------------------------

    def _new(
        self,
        limit: str,
        path: tuple[str, ...],
        sign: float,
        before: float | None,
        unit: str,
        **kind: bool,
    ) -> int:
        column = self._count
        self._count += 1
        slack = Slack(limit, path, column, sign, before, unit, **kind)
        self.slacks.setdefault(limit, []).append(slack)
        return column

    def _add_limit(self, id_: str, rows: list[int]) -> None:
        keys = {row: self.compiled.live.matrices.limit_keys[row] for row in rows}
        if id_ == "budget.per_year":
            self._add_caps({int(key[2]): row for row, key in keys.items()})
            return
        if id_ == "budget.total":
            column = self._new(id_, ("budget", "total"), 1.0, self.scenario.budget.total, "$ bn")
            self._rows += [(row, column, -1.0) for row in rows]
            return
        limit = self.scenario.constraints[id_]
        units = {SpendLimit: "$ bn", LeadFloor: "points", CrowdInFloor: "$ bn of private money"}
        units |= {Choose: "programmes", Launches: "programmes"}
        unit = units.get(type(limit))
        if unit is None:
            column = self._new(id_, ("constraints", id_), 1.0, None, "")
            for row in rows:
                upper = self.compiled.live.matrices.row_upper[row]
                self._rows.append((row, column, -1.0 if upper < INFINITE else 1.0))
            return
        is_share = isinstance(limit, SpendLimit) and limit.unit == "share"
        for sense in ("at_least", "at_most"):
            own = [row for row, key in keys.items() if key[1] == sense]
            if not own:
                continue
            sign = -1.0 if sense == "at_least" else 1.0
            path = ("constraints", id_, sense)
            before = float(getattr(limit, sense))
            column = self._new(
                id_,
                path,
                sign,
                before,
                "of spending" if is_share else unit,
                is_share=is_share,
                is_count=unit == "programmes",
            )
            self._rows += [(row, column, -sign) for row in own]

    def _add_caps(self, rows: Mapping[int, int]) -> None:
        """One slack for a number that holds in every year, one a year where each has its own."""
        budget = self.scenario.budget
        years = sorted(rows)
        if not isinstance(budget.per_year, Mapping):
            before = float(budget.per_year or 0.0)
            path = ("budget", "per_year")
            column = self._new("budget.per_year", path, 1.0, before, "$ bn a year")
            for k, year in enumerate(years):
                self._rows.append((rows[year], column, -float(k + 1 if budget.carry_over else 1)))
            return
        for year in years:
            own = ("budget", "per_year", str(year))
            before = float(budget.per_year[year])
            column = self._new("budget.per_year", own, 1.0, before, f"$ bn in {year}")
            later = [t for t in years if t >= year] if budget.carry_over else [year]
            self._rows += [(rows[t], column, -1.0) for t in later]

    def _add_instrument(self, id_: str) -> None:
        """Rows for what an instrument's own figures limit."""
        own, compiled = self.scenario.instruments[id_], self.compiled
        if own.all_or_nothing:
            return
        window = [t for t in self.scenario.window(id_) if (id_, t) in compiled.authority]
        if not window:
            return
        name = f"instruments.{id_}"

        def add(field: str, sign: float, value: float) -> int:
            path = ("instruments", id_, field)
            return self._new(f"{name}.{field}", path, sign, value, "$ bn a year")

        spent = {t: compiled.authority[id_, t] for t in window}
        column = add("max_per_year", 1.0, own.max_per_year)
        for t in window:
            self._own_rows.append(({spent[t]: 1.0, column: -1.0}, -INFINITE, own.max_per_year))
        if own.min_per_year > TOKEN_BN:
            column = add("min_per_year", -1.0, own.min_per_year)
            for t in window:
                if (id_, t) in compiled.on:
                    least = {spent[t]: 1.0, compiled.on[id_, t]: -own.min_per_year, column: 1.0}
                    self._own_rows.append((least, 0.0, INFINITE))
        if own.max_growth is not None:
            column = add("max_growth", 1.0, own.max_growth)
            for t in window:
                rise = {spent[t]: 1.0, column: -1.0}
                if t - 1 in spent:
                    rise[spent[t - 1]] = -1.0
                self._own_rows.append((rise, -INFINITE, own.max_growth))

    def _make_matrices(self) -> Matrices:
        old = self.compiled.live.matrices
        rows, columns = old.matrix.shape
        extra = self._count - columns
        at_row, at_column, values = [], [], []
        for row, column, value in self._rows:
            at_row.append(row)
            at_column.append(column - columns)
            values.append(value)
        right = sp.csr_array((values, (at_row, at_column)), shape=(rows, extra))
        top = sp.hstack([sp.csr_array(old.matrix), right])
        at_row, at_column, values = [], [], []
        for row, (terms, _, _) in enumerate(self._own_rows):
            for column, value in terms.items():
                at_row.append(row)
                at_column.append(column)
                values.append(value)
        shape = (len(self._own_rows), self._count)
        bottom = sp.csr_array((values, (at_row, at_column)), shape=shape)
        lower = np.concatenate([old.lower, np.zeros(extra)])
        upper = np.concatenate([old.upper, np.zeros(extra)])
        found = Matrices(lower, upper, sp.coo_array(sp.vstack([top, bottom])))
        found.integers = old.integers
        own_lower = np.array([row[1] for row in self._own_rows])
        own_upper = np.array([row[2] for row in self._own_rows])
        found.row_lower = np.concatenate([old.row_lower, own_lower])
        found.row_upper = np.concatenate([old.row_upper, own_upper])
        return found

    # Solving ----------------------------------------------------------------------------------

    def give_up(self, limits: Iterable[str]) -> None:
        """Lets the slacks of some limits move, and holds all others at zero."""
        free = set(limits)
        slacks = [slack for own in self.slacks.values() for slack in own]
        at = np.array([slack.column for slack in slacks], dtype=np.int32)
        upper = np.array([INFINITE if slack.limit in free else 0.0 for slack in slacks])
        self.live.set_bounds(at, np.zeros(len(at)), upper)

    def is_feasible(self, given_up: Iterable[str]) -> bool:
        """Whether there is a plan once some limits are given up."""
        self.give_up(given_up)
        self.live.set_costs(np.zeros(self.live.column_count))
        if len(self.live.integers):
            self.live.relax_columns(self.live.integers)
            relaxed = self._solve()
            self.live.free_columns(self.live.integers)
            if relaxed is None:
                return False
        return self._solve() is not None

    def move_least(self, given_up: Iterable[str], wanted: Iterable[str] = ()) -> Array | None:
        """Values with the slacks of given-up limits as small as can be, relative to their limits.

        `wanted`: only the slacks of these limits count; all where none are named.
        """
        given_up = set(given_up)
        counted = set(wanted) or given_up
        self.give_up(given_up)
        costs = {
            slack.column: 1.0 / slack.scale
            for id_ in counted
            for slack in self.slacks[id_]
            if slack.before is not None
        }
        self.live.minimise(costs)
        return self._solve(1e-7)

    def _solve(self, gap: float = 1.0) -> Array | None:
        if self.clock.is_over:
            raise OutOfTime
        self.live.has_start = False
        self.solves += self.live.is_mixed or not len(self.live.integers)
        answer = self.live.solve(gap, self.clock.left)
        if answer.status == "infeasible":
            return None
        if answer.values is None:
            raise OutOfTime
        return answer.values

    # Shares -----------------------------------------------------------------------------------

    def list_share_terms(self, limit: SpendLimit) -> list[tuple[Terms, Terms]]:
        """Spending that counts and all spending, by period of a limit told as a share."""
        scenario, compiled = self.scenario, self.compiled
        years = list(cut(limit.years, scenario.years.spending))
        periods = [[year] for year in years] if limit.each == "year" else [years]
        counted = set(scenario.instruments_of(limit.of))
        start = compiled.start
        found = []
        for inside in periods:
            total: Terms = {}
            for i, own in scenario.instruments.items():
                for t in inside:
                    if (i, t) in compiled.authority:
                        total[compiled.authority[i, t]] = 1.0
                    if (i, t) in start and own.launch_cost:
                        total[start[i, t]] = own.launch_cost
            ours = {at for (i, _), at in compiled.authority.items() if i in counted}
            ours |= {at for (i, _), at in start.items() if i in counted}
            found.append(({at: c for at, c in total.items() if at in ours}, total))
        return found


def free_instruments(scenario: Scenario) -> dict[str, Any]:
    """The patch that takes instruments' own figures out of force, as far as rows put them back."""
    largest = 0.0
    for limit in scenario.constraints.values():
        if isinstance(limit, SpendLimit) and limit.unit == "bn":
            largest = max(largest, limit.at_least or 0.0)
    rows: dict[str, Any] = {}
    for id_, own in scenario.instruments.items():
        if own.all_or_nothing:
            continue
        fields: dict[str, Any] = {"max_per_year": max(AMPLE * own.max_per_year, largest)}
        if own.min_per_year > TOKEN_BN:
            fields["min_per_year"] = TOKEN_BN
        if own.max_growth is not None:
            fields["max_growth"] = None
        for name in tuple(fields):
            if name in own.ranges:
                fields |= {f"{name}_low": None, f"{name}_high": None}
        rows[id_] = fields
    return {**STUDY_NEEDS_NOT, "instruments": rows}
