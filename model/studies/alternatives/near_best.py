"""The plans within a share of the best gain: the rows that leave just these; distances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ....inputs.scenario import Scenario
from ...equations.curves import Array
from ...equations.evaluate import SMALLEST_GAIN, Plan
from ...equations.limits import TOLERANCE, find_worst
from ...solving.compiled import Compiled
from ...solving.extended import Row
from ...solving.matrices import INFINITE
from ...solving.question import Answer
from ...solving.solution import Stage

Money = dict[int, float]
"""Coefficients by column of a sum of money."""

HERE = np.zeros(1)
"""Where questions about one program stand: they differ in their terms, so any start will do."""

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

    def __init__(self, scenario: Scenario, stages: Sequence[Stage], within: float) -> None:
        """`stages`: those of the best plan, in the order of the scenario's objectives."""
        self.scenario = scenario
        self.compiled = Compiled(scenario)
        self.targets = self.compiled.list_targets()
        self.floors = [
            find_floor(stage.value - target.offset, within)
            for stage, target in zip(stages, self.targets, strict=True)
        ]
        self.score = self.targets[-1]
        self.rows = tuple(
            Row(target.terms, floor, INFINITE)
            for target, floor in zip(self.targets, self.floors, strict=True)
            if target.terms
        )
        self.money = {i: self.compiled.count_money(i) for i in scenario.instruments}

    def count_money(self, plan: Plan) -> dict[str, float]:
        """What a plan spends on every instrument, launch costs included, $ billion."""
        return {
            i: sum(plan[i].values()) + own.launch_cost if i in plan else 0.0
            for i, own in self.scenario.instruments.items()
        }

    def add_up(self, instruments: Sequence[str]) -> Money:
        """The money of some instruments, by column."""
        terms: Money = {}
        for i in instruments:
            terms.update(self.money[i])
        return terms

    def read(self, answer: Answer) -> KnownPlan | None:
        """The plan of an answer; None if the evaluator finds that it breaks something."""
        if answer.plan is None or answer.decisions is None:
            return None
        compiled, plan = self.compiled, answer.plan
        played = compiled.evaluator.play(plan)
        if find_worst(self.scenario, played) > TOLERANCE:
            return None
        for target, floor in zip(self.targets, self.floors, strict=True):
            value = target.value_of(played, compiled.baseline)
            if value < floor - FLOOR_ROUNDING * max(1.0, abs(floor)):
                return None
        gain = played.score - compiled.baseline.score
        decisions = answer.decisions[: len(compiled.integers)]
        return KnownPlan(plan, self.count_money(plan), decisions, gain)


def find_floor(best: float, within: float) -> float:
    """The least gain of a plan within a share of the best.

    >>> find_floor(4.0, 0.25), find_floor(-1.0, 0.5)
    (3.0, -1.005)
    """
    return best - within * max(best, SMALLEST_GAIN)


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
