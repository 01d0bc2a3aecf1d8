"""One run through the objectives of a compiled scenario: stages, bounds, a canonical plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..equations.curves import Array
from ..equations.evaluate import SMALLEST_GAIN, Plan, Played, relative
from ..equations.limits import (
    TOLERANCE,
    find_broken,
    find_worst,
    list_instrument_limits,
    list_limits,
)
from ..failures import SolverFailed
from ..work.clock import Clock
from .canonical import TIE_TOLERANCE, choose_canonical, drop_worthless
from .compiled import DUST_BN, Compiled, Target
from .conflict import explain_infeasible
from .live import INFINITE, Answer, Report, version
from .solution import Solution, SolverEffort, Stage

STAGE_TOLERANCE = 1e-6
"""A later stage keeps each earlier value within this times max(1, |value|)."""

STAGE_ROOMS = (1e-5, 1e-6)
"""Room for earlier values while HiGHS looks for decisions, tried in turn.

At room as small as its own tolerance, 1e-6, HiGHS may call a stage infeasible that has a plan
(docs/decisions/highs.md). The decisions found must then keep within STAGE_TOLERANCE.
"""

RESERVE = 0.1
"""Share of a time limit that a search leaves to what comes after it."""

Progress = Callable[[float, float | None, float | None], None]
"""Told seconds, the best gain and its bound so far."""


@dataclass
class Reached:
    """How far a stage has got: the best values, and what is proven of its gain."""

    target: Target
    values: Array
    bound: float
    is_proven: bool

    @property
    def gain(self) -> float:
        return self.target.value(self.values)

    @property
    def floor(self) -> float:
        """The least of it that later stages must keep."""
        return self.gain - STAGE_TOLERANCE * max(1.0, abs(self.target.offset + self.gain))

    @property
    def stage(self) -> Stage:
        gain, offset = self.gain, self.target.offset
        bound = max(self.bound, gain)
        gap = relative(bound - gain, gain)
        return Stage(self.target.name, offset + gain, offset + bound, gap)


class Contradiction(SolverFailed):
    """A plan is better than the bound that the solver claims to have proven."""


class Solving:
    """One run through the stages of a compiled scenario."""

    def __init__(
        self, compiled: Compiled, gap: float, clock: Clock, report: Progress | None = None
    ) -> None:
        self.compiled = compiled
        self.live = compiled.live
        self.scenario = compiled.scenario
        self.gap = gap
        self.clock = clock
        self.report = report
        self.done: list[Reached] = []
        self.presolve = True

    def run(self) -> Solution:
        """All stages, then the canonical plan, then what the evaluator says of it.

        Should a plan turn out better than the solver's bound, presolve is what went wrong as far as
        is known: all is done once more without it.
        """
        try:
            return self._run()
        except Contradiction:
            if not self.presolve:
                raise
        self.done.clear()
        self.presolve = False
        return self._run()

    def _run(self) -> Solution:
        own_rows = self.live.row_count
        try:
            for target in self.compiled.list_targets():
                self.done.append(self._inherit(target) or self._solve_stage(target))
            last = self.done[-1]
            values = self._hold(last.values)
            best = self.compiled.evaluator.play(self.compiled.read_plan(values))
            values = self._drop_worthless(last.target, values)
            values = choose_canonical(self.compiled, last.target, values, self.clock)
            plan = self._round(self.compiled.read_plan(values))
            return self._conclude(plan, best)
        finally:
            self.live.drop_rows_from(own_rows)
            self.live.free_columns(self.live.integers)

    # Stages -----------------------------------------------------------------------------------

    def _inherit(self, target: Target) -> Reached | None:
        """What is known of a stage beforehand: that nothing moves it, or that it is solved."""
        if not self.done:
            return None
        values = self.done[-1].values
        if not target.terms:
            return Reached(target, values, 0.0, is_proven=True)
        for earlier in self.done:
            ratio = target.ratio_to(earlier.target)
            if ratio is not None:
                return Reached(target, values, ratio * earlier.bound, earlier.is_proven)
        return None

    def _solve_stage(self, target: Target) -> Reached:
        """A stage's best values, the floors of earlier ones kept, and its proven bound."""
        if not self.done:
            answer = self._search(target)
            if self.idle_is_a_plan and -answer.bound < -1e-6:
                raise Contradiction("HiGHS claims that nothing is as good as spending nothing")
            if answer.status == "infeasible":
                raise explain_infeasible(self.compiled, self.clock)
            values = answer.known_values
            self.compiled.fix_decisions(values)
            values = self.compiled.solve_linear(values, self.clock.left)
            bound = min(-answer.bound, self._most(target))
            reached = Reached(target, values, bound, answer.status == "optimal")
            reached.is_proven |= reached.stage.gap <= self.gap
            return reached
        reached = Reached(target, self.done[-1].values, INFINITE, is_proven=False)
        for room in STAGE_ROOMS if self.live.integers.size else (STAGE_TOLERANCE,):
            if self.clock.is_over:
                break
            self._search_with_room(reached, room)
            reached.is_proven = reached.stage.gap <= max(self.gap, STAGE_TOLERANCE)
            if reached.is_proven:
                break
        if reached.bound >= INFINITE:
            reached.bound = self._relax(target)
        return reached

    @property
    def idle_is_a_plan(self) -> bool:
        """Whether spending nothing meets every limit."""
        rows = list_limits(self.scenario, self.compiled.baseline)
        return all(row.violation <= 0 for row in rows)

    def _search_with_room(self, reached: Reached, room: float) -> None:
        """Improves on what a stage has reached, with some room for the values of earlier ones."""
        target, rows = reached.target, self.live.row_count
        self.live.free_columns(self.live.integers)
        for earlier in self.done:
            gain, offset = earlier.gain, earlier.target.offset
            least = gain - room * max(1.0, abs(offset + gain))
            self.live.add_row(earlier.target.terms, least, INFINITE)
        answer = self._search(target)
        if answer.status != "infeasible":
            reached.bound = min(reached.bound, -answer.bound)
        if answer.values is not None:
            values = self._hold(answer.values, rows)
            if target.value(values) > reached.gain and self._keeps_floors(values):
                reached.values = values
        self.live.drop_rows_from(rows)

    def _hold(self, values: Array, rows: int | None = None) -> Array:
        """Holds decisions and floors, and gives the best values under them for the last stage.

        `rows`: where the rows of the floors begin; they are added where it is None.
        """
        target = self.done[-1].target if rows is None else None
        self.live.free_columns(self.live.integers)
        self.compiled.fix_decisions(values)
        floors = self.done[:-1] if rows is None else self.done
        for number, earlier in enumerate(floors):
            if rows is None:
                self.live.add_row(earlier.target.terms, earlier.floor, INFINITE)
            else:
                self.live.set_row(rows + number, earlier.floor, INFINITE)
        if target is not None:
            self.compiled.maximise(target)
        found = self.compiled.solve_linear(values, self.clock.left)
        if target is not None and target.value(found) < target.value(values):
            return values
        return found

    def _keeps_floors(self, values: Array) -> bool:
        return all(
            earlier.target.value(values) >= earlier.floor - 0.1 * STAGE_TOLERANCE
            for earlier in self.done
        )

    def _search(self, target: Target) -> Answer:
        self.compiled.maximise(target)
        left = self.clock.left
        if left is not None and self.clock.limit is not None:
            left -= RESERVE * self.clock.limit
        is_first = not self.done
        if is_first and left is not None and left <= 0:
            raise SolverFailed("no plan was found in time; allow more with --time-limit")
        report: Report | None = None
        if self.report:
            tell = self.report

            def report(_: float, best: float | None, bound: float | None) -> None:
                tell(self.clock.seconds, flip(best), flip(bound))

        answer = self.live.solve(
            self.gap, left, smallest=SMALLEST_GAIN, report=report, presolve=self.presolve
        )
        if is_first and answer.status != "infeasible" and answer.values is None:
            raise SolverFailed("no plan was found in time; allow more with --time-limit")
        return answer

    def _relax(self, target: Target) -> float:
        """A bound on a stage's gain from its linear relaxation, without the floors of others.

        Where time ends before: by the boxes alone.
        """
        columns = self.live.integers
        self.live.relax_columns(columns)
        self.compiled.maximise(target)
        answer = self.live.solve(seconds=self.clock.left)
        self.live.free_columns(columns)
        return self._most(target) if answer.status == "stopped" else -answer.bound

    def _most(self, target: Target) -> float:
        """The most that a stage could gain by the boxes of its layers alone."""
        upper = self.live.upper
        return float(sum(share * upper[at] for at, share in target.terms.items()))

    # The plan ---------------------------------------------------------------------------------

    def _drop_worthless(self, score: Target, values: Array) -> Array:
        """Values under decisions that tie with those found and fund nothing in vain."""
        floors = [(earlier.target, earlier.floor) for earlier in self.done[:-1]]
        fewer = drop_worthless(self.compiled, floors, score, values, self.clock)
        if fewer is values or self.clock.is_over:
            return values
        self.live.free_columns(self.live.integers)
        self.compiled.fix_decisions(fewer)
        self.compiled.maximise(score)
        answer = self.live.solve(seconds=self.clock.left)
        if answer.status == "optimal" and answer.values is not None:
            gain = score.value(values)
            if gain - score.value(answer.values) <= TIE_TOLERANCE * max(1.0, gain):
                return answer.values
        self.live.free_columns(self.live.integers)
        self.compiled.fix_decisions(values)
        return values

    def _round(self, plan: Plan) -> Plan:
        """The plan in whole thousands of dollars, unless that breaks a limit or costs a tie."""
        rounded = {i: {t: round(bn, 6) for t, bn in years.items()} for i, years in plan.items()}
        evaluator = self.compiled.evaluator
        exact, played = evaluator.play(plan), evaluator.play(rounded)
        worst = find_worst(self.scenario, played)
        lost = exact.score - played.score
        return rounded if worst <= DUST_BN and lost <= TIE_TOLERANCE else plan

    def _conclude(self, plan: Plan, best: Played) -> Solution:
        compiled = self.compiled
        played = compiled.evaluator.play(plan)
        limits = list_limits(self.scenario, played)
        broken = find_broken([*limits, *list_instrument_limits(self.scenario, played)])
        worst = max((row.violation for row in broken), default=0.0)
        if worst > TOLERANCE:
            row = max(broken, key=lambda row: row.violation)
            raise SolverFailed(
                f"the plan found breaks {row.id} by {row.violation:.2g} of it, more than "
                f"{TOLERANCE:g}; numbers of very different size in the scenario are the usual cause"
            )
        stages = tuple(reached.stage for reached in self.done)
        bound = stages[-1].bound
        best_gain = best.score - compiled.baseline.score
        highest = max(best.score, played.score)
        if highest > bound + 1e-5 * max(1.0, abs(best_gain)):
            raise Contradiction(
                f"the plan found scores {highest:.6f}, above the solver's bound {bound:.6f}"
            )
        bound = max(bound, best.score, played.score)
        loss = bound - best.score
        given_up = relative(best.score - played.score, best_gain) if self.scenario.steady else 0.0
        return Solution(
            scenario=self.scenario,
            status="optimal" if all(reached.is_proven for reached in self.done) else "feasible",
            plan=plan,
            played=played,
            baseline=compiled.baseline,
            best_gain=best_gain,
            bound=bound,
            gap=relative(loss, best_gain),
            gap_points=max(0.0, loss),
            steady_cost=given_up,
            stages=stages,
            limits=tuple(limits),
            broken=(),
            max_violation=worst,
            curve_error=compiled.evaluator.curve_error(played),
            private_bn=compiled.evaluator.private_money(played),
            effort=SolverEffort("HiGHS", version(), self.live.seconds, self.live.nodes),
            seconds=self.clock.seconds,
        )


def flip(value: float | None) -> float | None:
    """The gain behind a minimised objective; None where HiGHS has no figure yet."""
    return None if value is None or abs(value) > 1e15 else -value
