"""The plans within a share of the best gain, as rows of a live model, and questions about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ...inputs.scenario import Scenario
from ..equations.curves import Array
from ..equations.evaluate import SMALLEST_GAIN, Plan
from ..equations.limits import TOLERANCE, find_worst
from ..failures import SolverFailed
from .compiled import Compiled, Target
from .extended import Column, Row, extend
from .live import Basis, Live
from .matrices import INFINITE, Matrices

Terms = dict[int, float]
"""Coefficients by column."""

FLOOR_ROUNDING = 1e-6
"""Points, relative to max(1, floor): a gain so little below its floor still counts as on it."""


@dataclass(frozen=True)
class KnownPlan:
    """A plan that is good enough, its money by instrument and its integer columns."""

    plan: Plan
    money: Mapping[str, float]
    decisions: Array
    gain: float


class NearBest:
    """A compiled scenario whose every stage is held within a share of its best value."""

    def __init__(self, scenario: Scenario, floors: Mapping[str, float]) -> None:
        """`floors`: the least gain of each stage by its name, points."""
        self.scenario = scenario
        self.compiled = Compiled(scenario)
        self.targets = self.compiled.list_targets()
        self.floors = floors
        self.score = self.targets[-1]
        own = self.compiled.live.matrices
        rows = [Row(target.terms, floors[target.name], INFINITE) for target in self.targets]
        self.matrices = extend(own, [], [row for row in rows if row.terms])
        self.money = {i: self.compiled.count_money(i) for i in scenario.instruments}

    def count_money(self, plan: Plan) -> dict[str, float]:
        """What a plan spends on every instrument, launch costs included, $ billion."""
        return {
            i: sum(plan[i].values()) + own.launch_cost if i in plan else 0.0
            for i, own in self.scenario.instruments.items()
        }

    def add_up(self, instruments: Sequence[str]) -> Terms:
        """The money of some instruments, by column."""
        found: Terms = {}
        for i in instruments:
            found.update(self.money[i])
        return found

    def read(self, values: Array) -> KnownPlan | None:
        """The plan in a solver's values; None if the evaluator finds that it breaks something."""
        compiled = self.compiled
        plan = compiled.read_plan(values)
        played = compiled.evaluator.play(plan)
        if find_worst(self.scenario, played) > TOLERANCE:
            return None
        for target in self.targets:
            floor = self.floors[target.name]
            value = value_of(target, compiled, plan)
            if value < floor - FLOOR_ROUNDING * max(1.0, abs(floor)):
                return None
        gain = played.score - compiled.baseline.score
        integers = compiled.live.integers
        return KnownPlan(plan, self.count_money(plan), np.abs(np.round(values[integers])), gain)


def value_of(target: Target, compiled: Compiled, plan: Plan) -> float:
    """What a plan gains in a stage, by the evaluator."""
    return target.value_of(compiled.evaluator.play(plan), compiled.baseline)


def find_floor(best: float, within: float) -> float:
    """The least gain of a plan within a share of the best.

    >>> find_floor(4.0, 0.25), find_floor(-1.0, 0.5)
    (3.0, -1.005)
    """
    return best - within * max(best, SMALLEST_GAIN)


class MoneyEngine:
    """One worker's own solvers over plans good enough: least and most of a sum of money."""

    def __init__(self, near: NearBest) -> None:
        self.near = near
        self.relaxed, self.held = Live(near.matrices), Live(near.matrices)
        self.mixed = Live(near.matrices) if len(near.matrices.integers) else None
        for live in (self.relaxed, self.held):
            live.relax_columns(near.matrices.integers)
        # Each linear solve starts from a saved basis: an answer depends on its question alone.
        score = {at: -share for at, share in near.score.terms.items()}
        self.relaxed.minimise(score)
        self.relaxed.solve()
        self.start = self.relaxed.save_start()
        self.starts: dict[bytes, Basis] = {}

    def relax(self, terms: Terms) -> tuple[float, Array, Array] | None:
        """The least of the terms by the relaxation, its decisions rounded, and its values."""
        self.relaxed.minimise(terms)
        self.relaxed.start_from(self.start)
        answer = self.relaxed.solve()
        if answer.status == "infeasible" or answer.values is None:
            return None
        rounded = np.abs(np.round(answer.values[self.near.matrices.integers]))
        return answer.bound, rounded, answer.values

    def keep(self, decisions: Array, terms: Terms) -> KnownPlan | None:
        """The plan with the least of the terms under some decisions."""
        live, key = self.held, decisions.tobytes()
        live.set_bounds(live.integers, decisions, decisions)
        if key not in self.starts:
            live.minimise({at: -share for at, share in self.near.score.terms.items()})
            live.start_from(self.start)
            if live.solve().status != "optimal":
                return None
            self.starts[key] = live.save_start()
        live.minimise(terms)
        live.start_from(self.starts[key])
        try:
            answer = live.solve()
        except SolverFailed:
            return None
        if answer.status != "optimal" or answer.values is None:
            return None
        return self.near.read(answer.values)

    def search(self, terms: Terms, gap: float, left: float | None) -> tuple[float, Array | None]:
        """The least of the terms by the mixed program: its bound, and the decisions found."""
        if self.mixed is None:
            raise SolverFailed("a linear scenario has no decisions to search for")
        self.mixed.minimise(terms)
        answer = self.mixed.solve(gap, left, smallest=1.0)
        found = None if answer.values is None else answer.values[self.mixed.integers]
        return answer.bound, None if found is None else np.abs(np.round(found))


@dataclass(frozen=True)
class Apart:
    """The model of plans far from some others: where its further columns stand.

    `sides`: the other plan, by its number, and the instrument of each further binary, which is 1
    where the plan spends more on it than the other.
    """

    matrices: Matrices
    least: int
    sides: tuple[tuple[int, str], ...]

    def place(self, known: KnownPlan, others: Sequence[Mapping[str, float]]) -> Array:
        """The integer columns of a known plan."""
        sides = [float(known.money[i] >= others[at][i]) for at, i in self.sides]
        return np.append(known.decisions, sides)


def build_apart(
    near: NearBest,
    others: Sequence[Mapping[str, float]],
    ranges: Mapping[str, tuple[float, float]],
    distance: float,
) -> Apart:
    """Plans by how much further than `distance` they are from each of some others, in $ billion.

    For a plan that spends Y where another spends X, the column `least` is at most the sum of
    |X - Y| less `distance` times the sum of X + Y, for each of the others: above 0 if and only if
    the plan is further from all of them. Where Y may be on either side of X, a binary says on
    which; the rows with the known ranges of Y leave just the hull of |X - Y|.
    """
    first = len(near.matrices.lower)
    columns: list[Column] = [Column(-1e6, 1e6)]
    rows: list[Row] = []
    sides: list[tuple[int, str]] = []
    for number, money in enumerate(others):
        terms: Terms = {first: -1.0}
        constant = -distance * sum(money.values())
        for i, spent in money.items():
            low, high = ranges[i]
            own = near.money[i]
            for at, one in own.items():
                terms[at] = terms.get(at, 0.0) - distance * one
            below, above = spent - low, high - spent
            if below <= 1e-9 or above <= 1e-9:
                sign = 1.0 if below <= 1e-9 else -1.0
                constant -= sign * spent
                for at, one in own.items():
                    terms[at] = terms.get(at, 0.0) + sign * one
                continue
            part, side = first + len(columns), first + len(columns) + 1
            columns += [Column(0.0, max(below, above)), Column(0.0, 1.0, is_integer=True)]
            sides.append((number, i))
            terms[part] = 1.0
            minus = {at: -one for at, one in own.items()}
            rows.append(Row({part: 1.0, **minus, side: 2 * below}, -INFINITE, 2 * below - spent))
            rows.append(Row({part: 1.0, **own, side: -2 * above}, -INFINITE, spent))
        rows.append(Row(terms, -constant, INFINITE))
    return Apart(extend(near.matrices, columns, rows), first, tuple(sides))


def measure_distance(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """How far two plans are apart: 0 if they spend alike, 1 if they share nothing.

    The sum over instruments of |X - Y| as a share of the sum of X + Y.

    >>> measure_distance({"a": 1.0, "b": 1.0}, {"a": 2.0, "b": 0.0})
    0.5
    """
    total = sum(one.values()) + sum(other.values())
    if total <= 0:
        return 0.0
    return sum(abs(amount - other[i]) for i, amount in one.items()) / total
