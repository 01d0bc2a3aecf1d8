"""Today's funded set against every other, in one variant of a scenario.

Two known plans and two relaxations settle most challenges with linear programs alone; what these
leave open, two mixed programs settle to the gap.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

import numpy as np

from .compiled import Compiled
from .curves import Array
from .evaluate import SMALLEST_GAIN, Plan
from .live import INFINITE, Columns, Live
from .solution import SolverFailed
from .variants import SAME_SET_ROOM, list_funded

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
        values = self.compiled.decide(np.zeros(self.live.column_count), plan)
        return self._settle(np.asarray(values[self.live.integers]), held=held, frugal=frugal)

    def bound(self, *, held: bool) -> float | None:
        """What no plan exceeds, by the relaxation; None where there is no plan."""
        live = self._prepare(held=held)
        live.relax_columns(live.integers)
        answer = live.solve()
        self._restore()
        return None if answer.status == "infeasible" else -answer.bound

    def search(self, start: Plan | None, *, held: bool) -> tuple[float, Plan | None, float]:
        """The mixed program: what no plan exceeds, the plan found and its gain, in points."""
        decisions = None
        if start is not None:
            values = self.compiled.decide(np.zeros(self.live.column_count), start)
            decisions = np.asarray(values[self.live.integers])
        live = self._prepare(held=held)
        live.free_columns(live.integers)
        answer = live.solve(self.gap, smallest=SMALLEST_GAIN, decisions=decisions)
        self._restore()
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
            self._restore()
            return NONE
        values = answer.values if answer.status == "optimal" else None
        if values is not None and frugal:
            live.hold_face(values)
            live.minimise(dict.fromkeys(self.compiled.authority.values(), 1.0))
            with contextlib.suppress(SolverFailed):
                cheapest = live.solve().values
                values = values if cheapest is None else cheapest
            live.release_face()
        self._restore()
        return NONE if values is None else (self.compiled.read_plan(values), -answer.objective)

    def _prepare(self, *, held: bool) -> Live:
        """Sets the costs and, for `held`, has today's set funded and nothing else."""
        live, compiled = self.live, self.compiled
        compiled.maximise(self.target)
        live.has_start = False
        if held:
            at = self._columns()
            own = np.array([float(i in self.held) for i, _ in compiled.authority])
            live.set_bounds(at, live.lower[at] * own, live.upper[at] * own)
            for i in sorted(self.held):
                terms = {at: 1.0 for (j, _), at in compiled.authority.items() if i == j}
                live.add_row(terms, SAME_SET_ROOM, INFINITE)
        return live

    def _restore(self) -> None:
        live = self.live
        live.drop_rows_from(live.matrices.matrix.shape[0])
        at = self._columns()
        live.set_bounds(at, live.lower[at], live.upper[at])
        live.free_columns(live.integers)

    def _columns(self) -> Columns:
        return np.array(list(self.compiled.authority.values()), dtype=np.int32)
