"""A scenario whose limits can each be given up: a slack for every side that may move.

The instruments' own figures take part: their maxima, minima and growth are taken out of the model
and put back as rows with slacks. A limit in force has its slacks at zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

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
from ...equations.periods import cut
from ...solving.best_plans import OutOfTime, count_solves, is_cut_short
from ...solving.compiled import Compiled
from ...solving.conflict import count_money
from ...solving.extended import FurtherColumn, Row, extend
from ...solving.matrices import INFINITE
from ...solving.oracle import Oracle
from ...solving.question import Changes, Question, Sides, Terms, Tolerance
from ...work.clock import Clock
from ..plain import NEEDLESS

EXACT = Tolerance(1e-7)
"""How closely it is told how far limits have to move."""

Period = tuple[dict[int, float], dict[int, float]]
"""Spending that counts and all spending, by column."""

AMPLE = 10.0
"""How many times its maximum an instrument may take once that is given up."""


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
        self.compiled = Compiled(derive_scenario(scenario, free_instruments(scenario)))
        self.slacks: dict[str, list[Slack]] = {}
        self._first = len(self.compiled.matrices.lower)
        self._columns: list[dict[int, float]] = []
        self._rows: list[Row] = []
        for id_, rows in self.compiled.matrices.limit_rows.items():
            self._add_limit(id_, rows)
        for id_ in scenario.instruments:
            self._add_instrument(id_)
        if must_spend:
            self._rows.append(Row(count_money(self.compiled), TOKEN_BN))
        columns = [FurtherColumn(0.0, INFINITE, rows) for rows in self._columns]
        matrices = extend(self.compiled.matrices, columns, self._rows)
        self.oracle = Oracle(self.compiled, self.clock, matrices=matrices)
        top = max((limit.priority for limit in scenario.constraints.values()), default=1.0)
        self.priorities = {
            id_: scenario.constraints[id_].priority
            if id_ in scenario.constraints
            else (1.0 if id_.startswith("budget.") else max(top, 1.0) + 1.0)
            for id_ in self.slacks
        }

    @property
    def solves(self) -> int:
        """Mixed programs solved; linear ones where there is no other."""
        return count_solves(self.oracle)

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
        column = self._first + len(self._columns)
        self._columns.append({})
        slack = Slack(limit, path, column, sign, before, unit, **kind)
        self.slacks.setdefault(limit, []).append(slack)
        return column

    def _weigh(self, column: int, rows: Iterable[int], coefficient: float) -> None:
        """Lets a slack take part in rows of the scenario."""
        for row in rows:
            self._columns[column - self._first][row] = coefficient

    def _add_limit(self, id_: str, rows: list[int]) -> None:
        keys = {row: self.compiled.matrices.limit_keys[row] for row in rows}
        if id_ == "budget.per_year":
            self._add_caps({int(key[2]): row for row, key in keys.items()})
            return
        if id_ == "budget.total":
            column = self._new(id_, ("budget", "total"), 1.0, self.scenario.budget.total, "$ bn")
            self._weigh(column, rows, -1.0)
            return
        limit = self.scenario.constraints[id_]
        units = {SpendLimit: "$ bn", LeadFloor: "points", CrowdInFloor: "$ bn of private money"}
        units |= {Choose: "programmes", Launches: "programmes"}
        unit = units.get(type(limit))
        if unit is None:
            column = self._new(id_, ("constraints", id_), 1.0, None, "")
            for row in rows:
                upper = self.compiled.matrices.row_upper[row]
                self._weigh(column, [row], -1.0 if upper < INFINITE else 1.0)
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
            self._weigh(column, own, -sign)

    def _add_caps(self, rows: Mapping[int, int]) -> None:
        """One slack for a number that holds in every year, one a year where each has its own."""
        budget = self.scenario.budget
        years = sorted(rows)
        if not isinstance(budget.per_year, Mapping):
            before = float(budget.per_year or 0.0)
            path = ("budget", "per_year")
            column = self._new("budget.per_year", path, 1.0, before, "$ bn a year")
            for k, year in enumerate(years):
                self._weigh(column, [rows[year]], -float(k + 1 if budget.carry_over else 1))
            return
        for year in years:
            own = ("budget", "per_year", str(year))
            before = float(budget.per_year[year])
            column = self._new("budget.per_year", own, 1.0, before, f"$ bn in {year}")
            later = [t for t in years if t >= year] if budget.carry_over else [year]
            self._weigh(column, [rows[t] for t in later], -1.0)

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
            self._rows.append(Row({spent[t]: 1.0, column: -1.0}, upper=own.max_per_year))
        if own.min_per_year > TOKEN_BN:
            column = add("min_per_year", -1.0, own.min_per_year)
            for t in window:
                if (id_, t) in compiled.on:
                    least = {spent[t]: 1.0, compiled.on[id_, t]: -own.min_per_year, column: 1.0}
                    self._rows.append(Row(least, 0.0))
        if own.max_growth is not None:
            column = add("max_growth", 1.0, own.max_growth)
            for t in window:
                rise = {spent[t]: 1.0, column: -1.0}
                if t - 1 in spent:
                    rise[spent[t - 1]] = -1.0
                self._rows.append(Row(rise, upper=own.max_growth))

    # Solving ----------------------------------------------------------------------------------

    def give_up(self, limits: Iterable[str]) -> dict[int, Sides]:
        """The boxes of all slacks where some limits are given up, and all others are in force."""
        free = set(limits)
        return {
            slack.column: (0.0, INFINITE if id_ in free else 0.0)
            for id_, slacks in self.slacks.items()
            for slack in slacks
        }

    def is_feasible(self, given_up: Iterable[str]) -> bool:
        """Whether there is a plan once some limits are given up. Raises OutOfTime."""
        return self.ask({}, Changes(boxes=self.give_up(given_up)), Tolerance(1.0)) is not None

    def move_least(self, given_up: Iterable[str], wanted: Iterable[str] = ()) -> Array | None:
        """Values with the slacks of given-up limits as small as can be, relative to their limits.

        `wanted`: only the slacks of these limits count; all where none are named. None where there
        is no plan. Raises OutOfTime.
        """
        given_up = set(given_up)
        terms = {
            slack.column: -1.0 / slack.scale
            for id_ in set(wanted) or given_up
            for slack in self.slacks[id_]
            if slack.before is not None
        }
        return self.ask(terms, Changes(boxes=self.give_up(given_up)), EXACT)

    def ask(self, terms: Terms, changes: Changes, tolerance: Tolerance) -> Array | None:
        """Values that make the terms largest; None where there is no plan. Raises OutOfTime."""
        if self.clock.is_over:
            raise OutOfTime
        answer = self.oracle.ask(Question(terms, changes, tolerance, needs="plan"))
        if is_cut_short(self.oracle, answer):
            raise OutOfTime
        return answer.values

    # Shares -----------------------------------------------------------------------------------

    def list_share_terms(self, limit: SpendLimit) -> list[Period]:
        """Spending that counts and all spending, by period of a limit told as a share."""
        scenario, compiled = self.scenario, self.compiled
        years = list(cut(limit.years, scenario.years.spending))
        periods = [[year] for year in years] if limit.each == "year" else [years]
        counted = set(scenario.instruments_of(limit.of))
        start = compiled.start
        found = []
        for inside in periods:
            total: dict[int, float] = {}
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
    return {**NEEDLESS, "instruments": rows}
