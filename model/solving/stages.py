"""One run through the objectives of a compiled scenario: stages, bounds, a canonical plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

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
from .conflict import explain_infeasible, find_clash
from .live import WAYS, Solved, version
from .matrices import INFINITE
from .reached import BOUND_ROUNDING, Reached
from .solution import Solution, SolverEffort
from .solver_run import Report

STAGE_TOLERANCE = 1e-6
"""A later stage keeps each earlier value within this times max(1, |value|, its gain if less)."""

STAGE_ROOMS = (1e-5, 1e-6)
"""Room for earlier values while HiGHS looks for decisions, tried in turn.

At room as small as its own tolerance, 1e-6, HiGHS may call a stage infeasible that has a plan
(docs/decisions/highs.md). The decisions found must then keep within STAGE_TOLERANCE.
"""

RESERVE = 0.1
"""Share of a time limit that a search leaves to what comes after it."""

Progress = Callable[[float, float | None, float | None], None]
"""Told seconds, the best gain and its bound so far."""


class Contradiction(SolverFailed):
    """What the solver says cannot be: a plan beats its bound, or breaks what it claims to keep."""


class Solving:
    """One run through the stages of a compiled scenario.

    It goes carefully where numbers lie far apart, or where the solver has contradicted itself: each
    stage is then searched in several ways until two agree, and plans are worth what is played.
    """

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
        leaps = any(group.leaps_unseen for group in compiled.groups.values())
        self.is_careful = compiled.matrices.are_far_apart or leaps

    def run(self) -> Solution:
        """The canonical plan with what is proven; if it spends nothing, whether limits clash."""
        solution = self._run_twice()
        if solution.plan or self.clock.is_over:
            return solution
        return replace(solution, clash=find_clash(self.scenario, self.clock.left))

    def _run_twice(self) -> Solution:
        """One run; carefully, or a second time carefully where the first cannot be believed."""
        if self.is_careful:
            return self._run()
        doubtful: Solution | None = None
        try:
            solution = self._run()
        except SolverFailed:
            if self.clock.is_over:
                raise
        else:
            if solution.status == "optimal" or not self._is_proven:
                return solution
            doubtful = solution
        self.is_careful = True
        try:
            return self._run()
        except SolverFailed:
            if doubtful is None:
                raise
            return doubtful

    @property
    def _is_proven(self) -> bool:
        return all(reached.is_proven for reached in self.done)

    def _run(self) -> Solution:
        """All stages, then the canonical plan, then what the evaluator says of it."""
        own_rows = self.live.row_count
        self.done.clear()
        try:
            for target in self.compiled.list_targets():
                self.done.append(self._inherit(target) or self._solve_stage(target))
            last = self.done[-1]
            self.live.way = last.way
            found = self._hold(last.best)
            best = self.compiled.evaluator.play(self.compiled.read_plan(found))
            values = self._drop_worthless(last.target, found)
            values = choose_canonical(self.compiled, last.target, values, self.clock)
            if self.is_careful and self._loses(last.target, values, found):
                values = found
            plan = self._round(self.compiled.read_plan(values))
            return self._conclude(plan, best)
        finally:
            self.live.way = 0
            self.live.drop_rows_from(own_rows)
            self.live.free_columns(self.live.integers)

    # Stages -----------------------------------------------------------------------------------

    def _inherit(self, target: Target) -> Reached | None:
        """What is known of a stage beforehand: that nothing moves it, or that it is solved."""
        if not self.done:
            return None
        values = self.done[-1].best
        if not target.terms:
            return Reached(target, values, 0.0, 0.0, is_proven=True)
        for earlier in self.done:
            ratio = target.ratio_to(earlier.target)
            if ratio is not None:
                known, bound = ratio * earlier.known, ratio * earlier.bound
                return Reached(target, values, known, bound, earlier.is_proven)
        return None

    def _solve_stage(self, target: Target) -> Reached:
        """A stage's best values, the floors of earlier ones kept, and its proven bound."""
        reached = Reached(target)
        if self.done:
            reached.values = self.done[-1].best
            reached.known = self._judge(target, reached.values)
        elif self.idle_is_a_plan:
            reached.known = 0.0
        failure: SolverFailed | None = None
        is_settled = False
        for room, way in self._list_searches():
            if reached.values is not None and self.clock.is_over:
                break
            try:
                self._search(reached, room, way)
            except SolverFailed as error:
                if not self.is_careful:
                    raise
                failure = error
                continue
            is_settled = reached.settle(2 if self.is_careful else 1)
            if is_settled and self._is_close(reached):
                break
        if reached.values is None:
            raise self._explain_nothing(reached, is_settled, failure)
        if reached.bound >= INFINITE:
            if not self.done and reached.bounds and max(reached.bounds) < INFINITE:
                raise failure or Contradiction("HiGHS claims that no plan is as good as one it has")
            reached.bound = min(self._relax(target), target.most(self.live.upper))
        reached.is_proven = is_settled and self._is_close(reached)
        return reached

    def _list_searches(self) -> list[tuple[float, int]]:
        """The rooms left to earlier stages, and the ways to search, in turn."""
        rooms = STAGE_ROOMS if self.done and self.live.integers.size else (STAGE_TOLERANCE,)
        ways = len(WAYS) if self.is_careful else 1
        return [(room, way) for room in rooms for way in range(ways)]

    def _is_close(self, reached: Reached) -> bool:
        """Whether what is proven of a stage is as close to its plan as it was asked to be."""
        if reached.values is None:
            return reached.bound == -INFINITE
        return reached.stage.gap <= max(self.gap, STAGE_TOLERANCE)

    def _explain_nothing(
        self, reached: Reached, is_settled: bool, failure: SolverFailed | None
    ) -> Exception:
        """Why a first stage has no plan: there is none, or what went wrong."""
        if not is_settled or reached.known > -INFINITE:
            return failure or Contradiction("HiGHS finds no plan, though spending nothing is one")
        if self.is_careful or self._relax(reached.target) == -INFINITE:
            return explain_infeasible(Compiled(self.scenario), self.clock)
        return Contradiction("HiGHS finds no plan")

    @property
    def idle_is_a_plan(self) -> bool:
        """Whether spending nothing meets every limit."""
        rows = list_limits(self.scenario, self.compiled.baseline)
        return all(row.violation <= 0 for row in rows)

    def _search(self, reached: Reached, room: float, way: int) -> None:
        """Improves on what a stage has reached, with some room for the values of earlier ones."""
        target, rows = reached.target, self.live.row_count
        self.live.way = way
        self.live.free_columns(self.live.integers)
        for earlier in self.done:
            self.live.add_row(earlier.target.terms, earlier.keep(room), INFINITE)
        try:
            answer = self._ask(reached)
            reached.bounds.append(-answer.bound)
            if answer.values is None:
                return
            values = self._hold(answer.values, rows)
            if not self._keeps_floors(values):
                return
            worth = self._judge(target, values)
            if self._is_better(target, values, reached.values):
                reached.values, reached.way = values, way
            reached.known = max(reached.known, worth)
        finally:
            self.live.way = 0
            self.live.drop_rows_from(rows)

    def _is_better(self, target: Target, values: Array, before: Array | None) -> bool:
        """Whether values gain more than others; where they gain as much, by the solver's word."""
        if before is None:
            return True
        more = self._judge(target, values) - self._judge(target, before)
        if abs(more) > TIE_TOLERANCE:
            return more > 0
        return target.value(values) > target.value(before)

    def _judge(self, target: Target, values: Array) -> float:
        """What values gain; to the careful as they are played, if that breaks no limit."""
        if not self.is_careful:
            return target.value(values)
        played = self.compiled.evaluator.play(self.compiled.read_plan(values))
        if find_worst(self.scenario, played) > TOLERANCE:
            return -INFINITE
        return target.value_of(played, self.compiled.baseline)

    def _hold(self, values: Array, rows: int | None = None) -> Array:
        """Holds decisions and floors, and gives the best values under them for the last stage.

        `rows`: where the rows of the floors begin; they are added where it is None.
        """
        target = self.done[-1].target if rows is None else None
        self.live.free_columns(self.live.integers)
        self.compiled.fix_decisions(values)
        floors = self.done[:-1] if rows is None else self.done
        for number, earlier in enumerate(floors):
            least = earlier.keep(STAGE_TOLERANCE)
            if rows is None:
                self.live.add_row(earlier.target.terms, least, INFINITE)
            else:
                self.live.set_row(rows + number, least, INFINITE)
        if target is not None:
            self.compiled.maximise(target)
        found = self.compiled.solve_linear(values, self.clock.left)
        if target is not None and self._judge(target, found) < self._judge(target, values):
            return values
        return found

    def _keeps_floors(self, values: Array) -> bool:
        return all(
            earlier.target.value(values) >= earlier.keep(1.1 * STAGE_TOLERANCE)
            for earlier in self.done
        )

    def _ask(self, reached: Reached) -> Solved:
        """What HiGHS finds for a stage as the live model stands, within the gap."""
        self.compiled.maximise(reached.target)
        is_needed = reached.values is None
        left = self.clock.left
        if left is not None and self.clock.limit is not None:
            left -= RESERVE * self.clock.limit
        if is_needed and left is not None and left <= 0:
            raise SolverFailed("no plan was found in time; allow more with --time-limit")
        report: Report | None = None
        if self.report:
            tell = self.report

            def report(_: float, best: float | None, bound: float | None) -> None:
                tell(self.clock.seconds, flip(best), flip(bound))

        answer = self.live.solve(self.gap, left, smallest=SMALLEST_GAIN, report=report)
        loss = answer.objective - answer.bound
        if answer.status == "optimal" and relative(loss, -answer.objective) > self.gap:
            # HiGHS takes its gap as a share of a negative gain too; ours is in points there.
            points = self.gap * SMALLEST_GAIN
            answer = self.live.solve(0.0, self.clock.left, within=points, report=report)
        if is_needed and answer.status != "infeasible" and answer.values is None:
            raise SolverFailed("no plan was found in time; allow more with --time-limit")
        return answer

    def _relax(self, target: Target) -> float:
        """A bound on a stage's gain from its linear relaxation, without the floors of others.

        Where time ends before, there is none.
        """
        columns = self.live.integers
        self.live.relax_columns(columns)
        self.compiled.maximise(target)
        answer = self.live.solve(seconds=self.clock.left)
        self.live.free_columns(columns)
        return -answer.bound

    # The plan ---------------------------------------------------------------------------------

    def _loses(self, score: Target, values: Array, best: Array) -> bool:
        """Whether values gain less, as played, than the canonical plan may give up of the best."""
        gain = self._judge(score, best)
        given = max(STAGE_TOLERANCE * max(1.0, gain), self.scenario.steady * max(gain, 0.0))
        return self._judge(score, values) < gain - given

    def _drop_worthless(self, score: Target, values: Array) -> Array:
        """Values under decisions that tie with those found and fund nothing in vain."""
        floors = [(earlier.target, earlier.keep(STAGE_TOLERANCE)) for earlier in self.done[:-1]]
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
        """The plan in whole thousands of dollars, unless that breaks a limit or moves a stage."""
        rounded = {i: {t: round(bn, 6) for t, bn in years.items()} for i, years in plan.items()}
        evaluator, baseline = self.compiled.evaluator, self.compiled.baseline
        exact, played = evaluator.play(plan), evaluator.play(rounded)
        worst = find_worst(self.scenario, played)
        targets = [reached.target for reached in self.done]
        moves = [t.value_of(exact, baseline) - t.value_of(played, baseline) for t in targets]
        is_tie = max(map(abs, moves)) <= TIE_TOLERANCE
        return rounded if worst <= DUST_BN and is_tie else plan

    def _conclude(self, plan: Plan, best: Played) -> Solution:
        compiled = self.compiled
        played = compiled.evaluator.play(plan)
        limits = list_limits(self.scenario, played)
        broken = find_broken([*limits, *list_instrument_limits(self.scenario, played)])
        worst = max((row.violation for row in broken), default=0.0)
        if worst > TOLERANCE:
            row = max(broken, key=lambda row: row.violation)
            raise Contradiction(
                f"the plan found breaks {row.id} by {row.violation:.2g} of it, more than "
                f"{TOLERANCE:g}; numbers of very different size in the scenario are the usual cause"
            )
        stages = tuple(reached.stage for reached in self.done)
        bound = stages[-1].bound
        best_gain = best.score - compiled.baseline.score
        highest = max(best.score, played.score)
        if highest > bound + BOUND_ROUNDING * max(1.0, abs(best_gain)):
            raise Contradiction(
                f"the plan found scores {highest:.6f}, above the solver's bound {bound:.6f}"
            )
        bound = max(bound, best.score, played.score)
        loss = bound - best.score
        given_up = relative(best.score - played.score, best_gain) if self.scenario.steady else 0.0
        gap = relative(loss, best_gain)
        is_optimal = self._is_proven and gap <= max(self.gap, STAGE_TOLERANCE)
        return Solution(
            scenario=self.scenario,
            status="optimal" if is_optimal else "feasible",
            plan=plan,
            played=played,
            baseline=compiled.baseline,
            best_gain=best_gain,
            bound=bound,
            gap=gap,
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
