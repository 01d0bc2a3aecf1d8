"""Best plans of one compiled scenario under changes in place, known decisions tried first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from ...inputs.scenario import TOKEN_BN, Scenario
from ..equations.curves import Array
from ..equations.evaluate import SMALLEST_GAIN, Plan
from ..failures import SolverFailed
from ..work.clock import Clock
from .canonical import TIE_TOLERANCE, drop_worthless
from .compiled import Target
from .matrices import INFINITE
from .oracle import Oracle
from .question import Answer, Changes, Question, Tolerance
from .solution import Best
from .stages import STAGE_ROOMS, STAGE_TOLERANCE

LEAST_ROOM = 1e-9
"""Points by which a plan must beat another to be kept instead of it."""


SMALL = 60
"""Integer columns up to which every answer is solved to the gap, however close its bounds are."""

ROUGH_GAPS, ROUGH_SHARE = 3.0, 0.03
"""In larger scenarios bounds are close within so many gaps, or this share of a difference."""


class OutOfTime(Exception):
    """The time limit ended before an answer was proven."""


class Resolving:
    """One scenario, compiled once and solved many times; `solves` counts the mixed ones.

    A linear scenario has no mixed solves: there `solves` counts the linear ones.
    """

    def __init__(
        self,
        scenario: Scenario,
        gap: float = 1e-4,
        clock: Clock | None = None,
        near: Oracle | None = None,
    ) -> None:
        """`near`: the oracle of a scenario of which this one is a variant."""
        self.scenario = scenario
        self.gap = gap
        self.clock = clock or Clock()
        self.oracle = near.vary(scenario) if near else Oracle.open(scenario, self.clock)
        self.oracle.clock = self.clock
        self.changes = Changes()
        self.compiled = self.oracle.compiled
        self.live = self.compiled.live
        self.targets = self.compiled.list_targets()
        self.is_mixed = bool(len(self.live.integers))
        self.solves = self.linear_solves = 0
        self._counted = 0, 0
        self._rows = self.live.row_count

    @property
    def score(self) -> Target:
        """The last stage: the score."""
        return self.targets[-1]

    @property
    def is_staged(self) -> bool:
        return len(self.targets) > 1

    @property
    def is_small(self) -> bool:
        """Whether mixed solves are cheap enough for answers to the gap throughout."""
        return len(self.live.integers) <= SMALL

    # Changes in place -------------------------------------------------------------------------

    @contextmanager
    def without(self, instruments: Iterable[str]) -> Iterator[None]:
        """While it lasts, these instruments spend nothing."""
        cells = [at for (i, _), at in self.compiled.authority.items() if i in set(instruments)]
        at = np.array(cells, dtype=np.int32)
        self.live.set_bounds(at, np.zeros(len(at)), np.zeros(len(at)))
        before, banned = self.changes, self.changes.banned | set(instruments)
        self.changes = replace(before, banned=banned)
        try:
            yield
        finally:
            self.changes = before
            self.live.set_bounds(at, self.live.lower[at], self.live.upper[at])

    @contextmanager
    def funding(self, instruments: Iterable[str]) -> Iterator[None]:
        """While it lasts, each of these is funded in some year, if only by a token."""
        rows = self.live.row_count
        start = self.compiled.start
        for i in instruments:
            window = self.scenario.window(i)
            if i in self.scenario.on_off:
                found = [start.get((i, t)) for t in window]
                self.live.add_row({at: 1.0 for at in found if at is not None}, 1.0, INFINITE)
            else:
                found = [self.compiled.authority.get((i, t)) for t in window]
                self.live.add_row({at: 1.0 for at in found if at is not None}, TOKEN_BN, INFINITE)
        before, demanded = self.changes, self.changes.demanded | set(instruments)
        self.changes = replace(before, demanded=demanded)
        try:
            yield
        finally:
            self.changes = before
            self.live.drop_rows_from(rows)

    @contextmanager
    def moving(self, moves: Mapping[int, tuple[float, float]]) -> Iterator[None]:
        """While it lasts, the sides of these rows are others."""
        before = {r: (self.live.now_row_lower[r], self.live.now_row_upper[r]) for r in moves}
        for row, sides in moves.items():
            self.live.set_row(row, *sides)
        unmoved = self.changes
        self.changes = replace(unmoved, sides={**unmoved.sides, **moves})
        try:
            yield
        finally:
            self.changes = unmoved
            for row, sides in before.items():
                self.live.set_row(row, *sides)

    # Solving ----------------------------------------------------------------------------------

    def relax(self) -> float | None:
        """A proven bound of the gain from the linear relaxation; None if even that has no plan."""
        answer = self._ask(Question(self.targets[0].terms, self.changes, needs="bound"))
        return None if answer.bound == -INFINITE else answer.bound

    def keep(self, plan: Plan) -> Best | None:
        """The best plan with the decisions of another, amounts chosen anew; None if there is none.

        Its bound is that of plans with the same decisions.
        """
        question = Question(self.score.terms, self.changes, needs="least")
        optimum = self.oracle.keep(question, plan)
        self._count()
        return None if optimum is None else self._play(optimum.values, optimum.value)

    def find_best(self, known: Sequence[Plan] = (), beside: Best | None = None) -> Best | None:
        """The best plan within the gap, or None if there is none at all.

        Decisions of `known` plans are tried first. `beside`: the plan whose gain this one's will be
        held against; in a large scenario bounds then need only be close beside the difference.
        Raises OutOfTime where the clock runs out first.
        """
        if self.clock.is_over:
            raise OutOfTime
        if self.is_staged:
            return self._find_staged()
        share = self.gap if beside is None or self.is_small else ROUGH_GAPS * self.gap
        plans = tuple(known)
        answer = self._ask(Question(self.score.terms, self.changes, Tolerance(share), known=plans))
        if answer.is_infeasible:
            return None
        if answer.values is None or not answer.is_settled:
            raise OutOfTime
        best = self._play(self._drop_worthless(answer), answer.bound)
        return Best(best.gain, max(answer.bound, best.gain), best.plan, best.played)

    def _ask(self, question: Question) -> Answer:
        answer = self.oracle.ask(question)
        self._count()
        return answer

    def _count(self) -> None:
        """Takes over what the oracle has solved."""
        mixed, linear = self._counted
        self._counted = self.oracle.solves, self.oracle.linear_solves
        self.linear_solves += self._counted[1] - linear
        self.solves += self._counted[int(not self.is_mixed)] - (mixed if self.is_mixed else linear)

    def _drop_worthless(self, answer: Answer) -> Array:
        """Values under decisions that tie with those found and fund nothing in vain."""
        values = answer.values
        if values is None:
            raise OutOfTime
        if not self.is_mixed or self.changes != Changes():
            return values
        fewer = drop_worthless(self.compiled, [], self.score, values)
        if fewer is values:
            return values
        plan = self.compiled.read_plan(fewer)
        cheaper = self.oracle.keep(Question(self.score.terms, self.changes), plan)
        is_as_good = cheaper is not None and cheaper.value >= answer.value - TIE_TOLERANCE
        return cheaper.values if cheaper is not None and is_as_good else values

    def _play(self, values: Array, bound: float) -> Best:
        """The plan in a solver's values, as the evaluator plays it."""
        plan = self.compiled.read_plan(values)
        played = self.compiled.evaluator.play(plan)
        return Best(played.score - self.compiled.baseline.score, bound, plan, played)

    def _find_staged(self) -> Best | None:
        """The best plan through all stages, each keeping the values of those before it."""
        first = self.live.row_count
        bound = INFINITE
        values: Array | None = None
        try:
            for target in self.targets:
                if not target.terms and values is not None:
                    continue
                found = self._search(target, self.gap)
                if found is None:
                    break
                values, bound = found
                room = STAGE_ROOMS[0] if self.is_mixed else STAGE_TOLERANCE
                least = target.keep(target.value(values), room)
                self.live.add_row(target.terms, least, INFINITE)
            if values is None:
                return None
            best = self._settle(values, bound)
        finally:
            self.live.drop_rows_from(first)
            self.live.free_columns(self.live.integers)
        return best

    def _search(self, target: Target, gap: float) -> tuple[Array, float] | None:
        """Values of a best plan for one target with their bound, or None if there is no plan."""
        if self.clock.is_over:
            raise OutOfTime
        self.compiled.maximise(target)
        if self.is_mixed:
            self.live.free_columns(self.live.integers)
            self.solves += 1
        else:
            self.solves += 1
        answer = self.live.solve(gap, self.clock.left, smallest=SMALLEST_GAIN)
        if answer.status == "infeasible":
            return None
        if answer.status == "stopped" or answer.values is None:
            raise OutOfTime
        return answer.values, -answer.bound

    def _amounts(self, values: Array) -> Array | None:
        """The best values under the decisions in some values; the decisions stay fixed."""
        self.live.free_columns(self.live.integers)
        self.compiled.fix_decisions(values)
        self.compiled.maximise(self.score)
        self.live.has_start = False  # what was solved before leaves no trace in what ties
        self.linear_solves += 1
        try:
            answer = self.live.solve()
        except SolverFailed:
            return None
        return answer.values if answer.status == "optimal" else None

    def _settle(self, values: Array, bound: float) -> Best:
        """The plan in some values: nothing funded in vain, amounts best, money least."""
        found = self._amounts(values)
        values = values if found is None else found
        gain = self.score.value(values)
        fewer = values if self.is_staged else drop_worthless(self.compiled, [], self.score, values)
        if fewer is not values:
            cheaper = self._amounts(fewer)
            if cheaper is not None and self.score.value(cheaper) >= gain - TIE_TOLERANCE:
                values = cheaper
            else:
                found = self._amounts(values)
                values = values if found is None else found
        best = self._read(values, bound)
        return Best(best.gain, max(bound, best.gain), best.plan, best.played)

    def _read(self, values: Array, bound: float) -> Best:
        """The plan that spends least among the optima of the linear program just solved."""
        if not self.is_staged:
            values = self.compiled.spend_least(self.live, values)
            self.linear_solves += 1
        plan = self.compiled.read_plan(values)
        played = self.compiled.evaluator.play(plan)
        return Best(played.score - self.compiled.baseline.score, bound, plan, played)

    # Duals ------------------------------------------------------------------------------------

    def find_duals(self, plan: Plan) -> Array:
        """Points that the gain rises per unit of each row's side, at the decisions of a plan.

        The values that the plan has in earlier stages are kept.
        """
        rows = self.live.row_count
        played, baseline = self.compiled.evaluator.play(plan), self.compiled.baseline
        for target in self.targets[:-1]:
            least = target.value_of(played, baseline) - STAGE_TOLERANCE
            self.live.add_row(target.terms, least, INFINITE)
        decided = self.compiled.decide(np.zeros(self.live.column_count), plan)
        values = self._amounts(decided)
        duals = np.zeros(rows) if values is None else -self.live.row_duals()[:rows]
        self.live.drop_rows_from(rows)
        self.live.free_columns(self.live.integers)
        return duals
