"""Today's funded set against every other, in one variant of a scenario.

Two known plans and two relaxations settle most challenges with linear programs alone; what these
leave open, two mixed programs settle to the gap.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..equations.curves import Array
from ..equations.evaluate import SMALLEST_GAIN, Plan
from ..failures import SolverFailed
from .compiled import Compiled
from .live import Live
from .variants import hold_set, list_funded, release_set

Known = list[Plan]
"""Plans that were good in other variants, the latest last: their decisions are tried again."""

Found = tuple[Plan | None, float]
"""A plan and its gain, or that there is none."""

NONE: Found = None, -np.inf

LATEST = 3
"""Known decisions tried before a search."""

ROUNDS = 12
"""Times that either side may find a better plan: each search settles one side."""


class Challenge:
    """A compiled variant; `gap`: the share of the gain within which today's set is good enough."""

    def __init__(self, compiled: Compiled, gap: float, held: Sequence[str]) -> None:
        self.compiled, self.gap, self.held = compiled, gap, set(held)
        self.live = compiled.live
        self.rows = self.live.row_count
        self.target = compiled.make_target("score", compiled.scenario.weights)

    def is_beaten(self, holders: Known, rivals: Known) -> bool:
        """Whether some plan gains more than every plan with today's set, by more than the gap.

        It is beaten too where there is no plan at all. Adds the plans found to the `holders` of
        today's set and to the `rivals`: where a plan beats it, that is the last of the rivals.
        """
        holding, least = self.find_best_of(holders, held=True)
        most = self.bound(held=False)
        if most is None:
            return True
        rival, best = self.find_best_of(rivals, held=False)
        is_searched = False
        for _ in range(ROUNDS):
            if best <= self.allow(least):
                if is_searched or most <= self.allow(least):
                    return False
                most, found, gain = self.search(rival if best > least else holding, held=False)
                is_searched = True
                if found is not None and gain > best:
                    rival, best = found, gain
                if best == least == -np.inf:
                    return True
                continue
            if rival is not None and list_funded(rival) == self.held:
                holders.append(rival)
                holding, least = rival, best
                continue
            bound = self.bound(held=True)
            if bound is None or best > self.allow(bound):
                break
            _, found, gain = self.search(holding, held=True)
            if found is None or best > self.allow(gain):
                break
            holders.append(found)
            holding, least = found, gain
        if rival is not None:
            rivals.append(rival)
        return True

    def allow(self, gain: float) -> float:
        """The most that any plan may gain beside one that gains so much, points."""
        return max(gain / max(1.0 - self.gap, 1e-9), gain + self.gap * SMALLEST_GAIN)

    def find_best_of(self, known: Known, *, held: bool) -> Found:
        """Which of the latest known plans gains most here, amounts anew; None if none may."""
        found = [self.rework(plan, held=held) for plan in known[-LATEST:]]
        return max(found, key=lambda one: one[1], default=NONE)

    def rework(self, plan: Plan, *, held: bool, frugal: bool = False) -> Found:
        """The plan with the decisions of another that gains most, and its gain in points.

        `frugal`: of those that tie, the one that spends least.
        """
        return self._settle(self.compiled.decisions_of(plan), held=held, frugal=frugal)

    def bound(self, *, held: bool) -> float | None:
        """What no plan exceeds, by the relaxation; None where there is no plan."""
        live = self._prepare(held=held)
        live.relax_columns(live.integers)
        answer = live.solve()
        release_set(self.compiled, self.rows)
        return None if answer.status == "infeasible" else -answer.bound

    def search(self, start: Plan | None, *, held: bool) -> tuple[float, Plan | None, float]:
        """The mixed program: what no plan exceeds, the plan found and its gain, in points."""
        decisions = None if start is None else self.compiled.decisions_of(start)
        live = self._prepare(held=held)
        live.free_columns(live.integers)
        answer = live.solve(self.gap, smallest=SMALLEST_GAIN, decisions=decisions)
        release_set(self.compiled, self.rows)
        if answer.values is None:
            return -answer.bound, *NONE
        found = self._settle(np.round(answer.values[live.integers]), held=held)
        return -answer.bound, *found

    def _settle(self, decisions: Array, *, held: bool, frugal: bool = False) -> Found:
        live = self._prepare(held=held)
        live.fix_columns(live.integers, decisions)
        try:
            answer = live.solve()
        except SolverFailed:
            release_set(self.compiled, self.rows)
            return NONE
        values = answer.values if answer.status == "optimal" else None
        if values is not None and frugal:
            values = self.compiled.spend_least(live, values)
        release_set(self.compiled, self.rows)
        return NONE if values is None else (self.compiled.read_plan(values), -answer.objective)

    def _prepare(self, *, held: bool) -> Live:
        """Sets the costs and, for `held`, has today's set funded and nothing else."""
        self.compiled.maximise(self.target)
        self.live.has_start = False
        if held:
            hold_set(self.compiled, self.held)
        return self.live
