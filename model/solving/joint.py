"""The solves of a joint model: bounds, plans under known decisions, the search, and ties."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, cast

import numpy as np

from ..equations.curves import Array
from ..equations.evaluate import SMALLEST_GAIN, Plan
from ..failures import Infeasible, SolverFailed
from ..work.clock import Clock
from .canonical import TIE_TOLERANCE
from .conflict import find_conflict
from .criteria import Criterion
from .extensive import Extensive, Terms
from .ladder import NEAR_NODES
from .live import Basis, Solved
from .matrices import INFINITE
from .oracle import Oracle
from .stages import STAGE_TOLERANCE

if TYPE_CHECKING:
    from .compiled import Compiled

LARGE = 300
"""Integer columns of a joint model that is not solved as closely as a single one."""

JOINT_GAP = 1e-3
"""Gap of such a model, unless one is asked for."""

MOST_OPEN = 150
"""Decisions open in a neighbourhood: with more of them the whole program is as quick."""

TIE_NODES = 200
"""Nodes spent on plans that tie and gain more on average: a count, so that answers repeat."""

ROUNDING = 1e-6
"""Share by which a bound from interior points may be off."""


class Joint:
    """An extensive form with its criteria posed one after the other.

    `tell` is told what a search has found; `solves` counts mixed solves.
    """

    def __init__(
        self,
        form: Extensive,
        oracles: Mapping[str, Oracle],
        probabilities: Mapping[str, float],
        gap: float | None,
        clock: Clock,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        self.form, self.live, self.oracles = form, form.live, oracles
        self.probabilities = probabilities
        self.clock, self.tell = clock, tell
        self.is_large = len(form.live.integers) > LARGE
        self.gap = gap if gap is not None else (JOINT_GAP if self.is_large else 1e-4)
        self.solves = 0
        self.latest: Basis | None = None
        self.votes: list[Array] = []

    def solve(
        self, criterion: Criterion, bound: float, candidates: Sequence[Mapping[str, Plan]]
    ) -> tuple[float, dict[str, Plan] | None]:
        """The bound proven of a criterion's merit, and a plan that shares what it must.

        `bound` is one that is known; `candidates` are plans whose decisions are tried first.
        """
        rows = self.live.row_count
        try:
            merit = self.form.pose(criterion)
            best: Array | None = None
            if not len(self.live.integers):
                best = self.keep(np.zeros(0), merit, self._start())
            for plans in candidates if len(self.live.integers) else ():
                start = None if self.is_large else self._start(plans)
                best = better(merit, best, self.keep(self.form.decide(plans), merit, start))
            if best is None or not self.is_close(criterion, bound, value_of(merit, best)):
                bound = min(bound, self.relax(merit, is_hard=criterion.name != "expected"))
            if best is not None and not self.is_close(criterion, bound, value_of(merit, best)):
                best = better(merit, best, self.search_near(criterion, merit, best, bound))
            if best is None or not self.is_close(criterion, bound, value_of(merit, best)):
                best, proven = self.search(criterion, merit, best)
                bound = min(bound, proven)
            if best is None:
                return bound, None
            if criterion.name != "expected":
                best = self.break_ties(merit, best)
            return bound, self.form.read_plans(self.spend_least(merit, best))
        finally:
            self.live.drop_rows_from(rows)
            self.live.free_columns(self.live.integers)

    def is_close(self, criterion: Criterion, bound: float, merit: float) -> bool:
        """Whether a merit reached and its bound meet within the gap."""
        loss = criterion.loss(criterion.merit_of(bound), criterion.merit_of(merit))
        return loss <= self.gap

    def remember(self, plans: Mapping[str, Plan]) -> None:
        """Notes a plan for each future: decisions on which all of them agree are likely ones."""
        if len(self.live.integers):
            self.votes.append(self.form.decide(plans))

    def search_near(
        self, criterion: Criterion, merit: Terms, best: Array, bound: float
    ) -> Array | None:
        """Values from the mixed program with decisions held on which all known plans agree."""
        live, votes = self.live, np.array([*self.votes, best[self.live.integers]])
        agreed = (votes == votes[0]).all(axis=0)
        if self.clock.is_over or not agreed.any() or (~agreed).sum() > MOST_OPEN:
            return None
        held = live.integers[agreed]
        smallest = self._smallest(criterion)
        room = self.gap * max(smallest, abs(bound))
        left = self.clock.left
        live.free_columns(live.integers)
        live.fix_columns(held, votes[0][agreed])
        self.form.maximise(merit)
        self.solves += 1
        answer = live.solve(
            self.gap,
            None if left is None else 0.3 * left,
            most_nodes=NEAR_NODES,
            smallest=smallest,
            decisions=best[live.integers],
            target=-(bound - room),
        )
        if answer.values is None:
            return None
        return self.keep(np.round(answer.values[live.integers]), merit)

    @staticmethod
    def _smallest(criterion: Criterion) -> float:
        """What a gap is relative to at the least: a regret is a share of 1."""
        return 1.0 if criterion.name == "regret" else SMALLEST_GAIN

    def relax(self, merit: Terms, is_hard: bool) -> float:
        """A bound from the linear relaxation; `is_hard`: it makes a smallest gain large."""
        live = self.live
        if self.clock.is_over:
            return INFINITE
        live.relax_columns(live.integers)
        self.form.maximise(merit)
        answer = None
        if is_hard and self.is_large:
            with contextlib.suppress(SolverFailed):
                answer = live.solve_afresh(self.clock.left, interior=True)
        if answer is None:
            answer = self._run(self._start(), self.clock.left)
        if answer.status == "infeasible":
            raise self._explain()
        return -answer.bound + ROUNDING * max(1.0, abs(answer.bound))

    def _explain(self) -> Infeasible:
        """The error that names limits which clash once the first years are shared."""
        conflict = find_conflict(cast("Compiled", self.form))
        message = (
            "each future has a plan, but none that shares its first years with the others: "
            f"{', '.join(conflict)} cannot all be met until the futures are known"
        )
        return Infeasible(conflict, message)

    def _start(self, plans: Mapping[str, Plan] | None = None) -> Basis | None:
        """The futures' own bases as one: of their relaxations, or under the decisions of plans."""
        starts = {
            id_: oracle.first_start() if plans is None else oracle.start_under(plans[id_])
            for id_, oracle in self.oracles.items()
        }
        return self.form.join_bases(starts)

    def _run(self, start: Basis | None, seconds: float | None = None) -> Solved:
        """The linear program as it is posed, begun from the futures' own bases."""
        if start is None:
            return self.live.solve_afresh(seconds)
        self.live.start_from(start)
        return self.live.solve(seconds=seconds)

    def keep(self, decisions: Array, merit: Terms, start: Basis | None = None) -> Array | None:
        """The best values under some decisions, or None: also where time runs out before.

        Large models are solved by interior points: no basis known is near where the criterion
        changes, and the simplex method takes up to twenty times as long.
        """
        live = self.live
        if self.clock.is_over:
            return None
        live.fix_columns(live.integers, decisions)
        self.form.maximise(merit)
        try:
            if self.is_large:
                answer = live.solve_afresh(self.clock.left, interior=True, crossover=True)
            else:
                answer = self._run(start or self.latest, self.clock.left)
        except SolverFailed:
            return None
        if answer.status != "optimal":
            return None
        self.latest = live.save_start()
        return answer.values

    def search(
        self, criterion: Criterion, merit: Terms, best: Array | None
    ) -> tuple[Array | None, float]:
        """Values from the mixed program, and the bound that it proves."""
        live = self.live
        if self.clock.is_over or not len(live.integers):
            return best, INFINITE
        live.free_columns(live.integers)
        self.form.maximise(merit)
        self.solves += 1
        left = self.clock.left
        start = None if best is None else best[live.integers]
        answer = live.solve(
            self.gap,
            None if left is None else 0.5 * left,
            smallest=self._smallest(criterion),
            report=self._report_search(criterion),
            decisions=start,
        )
        if answer.status == "infeasible":
            raise self._explain()
        if answer.values is None:
            return best, -answer.bound
        values = self.keep(np.round(answer.values[live.integers]), merit)
        values = answer.values if values is None else values
        if best is not None and value_of(merit, best) >= value_of(merit, values):
            values = best
        return values, -answer.bound

    def _report_search(self, criterion: Criterion) -> Callable[..., None] | None:
        """What a search tells while it goes on."""
        if self.tell is None:
            return None
        tell = self.tell

        def report(seconds: float, best: float | None, bound: float | None) -> None:
            del seconds
            if best is not None and bound is not None and max(abs(best), abs(bound)) < INFINITE:
                values = [criterion.merit_of(-number) for number in (best, bound)]
                note = f"{criterion.name}: {values[0]:.4f}, at best {values[1]:.4f}"
                tell(note)

        return report

    def break_ties(self, merit: Terms, best: Array) -> Array:
        """Values that are as good and gain as much as can be on average."""
        form, live = self.form, self.live
        expected = form.expect(self.probabilities)
        reached = value_of(merit, best)
        row = live.add_row(merit, reached - STAGE_TOLERANCE * max(1.0, abs(reached)), INFINITE)
        try:
            found = [self.keep(best[live.integers], expected)]
            if len(live.integers) and not (self.is_large or self.clock.is_over):
                live.free_columns(live.integers)
                form.maximise(expected)
                answer = live.solve(
                    self.gap,
                    self.clock.left,
                    TIE_NODES,
                    SMALLEST_GAIN,
                    decisions=best[live.integers],
                )
                if answer.values is not None:
                    decided = np.round(answer.values[live.integers])
                    found.append(self.keep(decided, expected))
        except SolverFailed:
            pass
        finally:
            live.drop_rows_from(row)
        kept = [values for values in found if values is not None]
        return max(kept, key=lambda values: value_of(expected, values), default=best)

    def spend_least(self, merit: Terms, best: Array) -> Array:
        """Among the values that tie under the same decisions, those that spend least."""
        form, live = self.form, self.live
        if self.clock.is_over:
            return best
        expected = form.expect(self.probabilities)
        steps = [merit, expected]
        values, shared = best, form.shared
        live.fix_columns(live.integers, best[live.integers])
        if self.is_large:
            # Once what is shared is held, every future's largest gain is best by any criterion.
            live.set_bounds(shared, best[shared], best[shared])
            steps = [expected]
        try:
            for terms in steps:
                form.maximise(terms)
                answer = self._run(self.latest, self.clock.left)
                if answer.status != "optimal" or answer.values is None:
                    return values
                live.hold_face(answer.values)
                values = answer.values
            live.minimise(form.spending)
            answer = live.solve(seconds=self.clock.left)
            if answer.status != "optimal" or answer.values is None:
                return values
            cheapest = answer.values
        except SolverFailed:
            return values
        finally:
            live.release_face()
            live.set_bounds(shared, live.lower[shared], live.upper[shared])
        lost = value_of(merit, best) - value_of(merit, cheapest)
        return cheapest if lost <= TIE_TOLERANCE * max(1.0, abs(value_of(merit, best))) else values


def value_of(terms: Terms, values: Array) -> float:
    """What terms come to."""
    return float(sum(share * values[at] for at, share in terms.items()))


def better(merit: Terms, one: Array | None, other: Array | None) -> Array | None:
    """The values with the larger merit, if there are any."""
    found = [values for values in (one, other) if values is not None]
    return max(found, key=lambda values: value_of(merit, values), default=None)
