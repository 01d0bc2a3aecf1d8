"""Why the best plan of a scenario is what it is, in six parts, each a method of its own."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import replace

from ....inputs.scenario import Scenario
from ...failures import SolverFailed
from ...solving.best_plans import OutOfTime, find_best, find_duals
from ...solving.compiled import Compiled
from ...solving.oracle import Oracle
from ...solving.question import Tolerance
from ...solving.solution import Best, Solution, total_spending
from ...solving.stages import Progress, Solving
from ...work.clock import Clock
from ..plain import make_plain
from .around import Around
from .findings import Change, ExchangeRate, Explanation, LimitPrice, Reason
from .holding import Holding
from .ledger import MOST_FLIPS, Flipping, list_figures
from .prices import Pricing, list_loosenings, price_limits
from .rates import find_rates
from .replacement import find_forced, find_replacements
from .ties import find_ties
from .to_fund import Funding

CHANGE_STEPS = 6
"""What looking for the changes that fund an instrument counts for in the progress told."""

CLOSER = 0.5
"""Share of the gap within which the plan is found that all others are held against.

What it lacks would be missing in every difference, and would have to be searched for each time.
"""

Report = Callable[[float, float, str], None]
"""Told how much of how much is done, and what is being looked at."""


class Explaining:
    """Explains one scenario part by part; `explanation` holds what is known at any time."""

    def __init__(
        self,
        scenario: Scenario,
        gap: float = 1e-4,
        clock: Clock | None = None,
        workers: int = 1,
        fund: Sequence[str] = (),
        report: Report | None = None,
        rates: bool = False,
    ) -> None:
        """`rates`: whether to tell as well what more of a layer costs in the others."""
        self.scenario = scenario
        self.gap = gap
        self.clock = clock or Clock()
        self.workers = workers
        self.fund = tuple(fund)
        self.report = report
        self.wants_rates = rates
        self.explanation: Explanation | None = None
        self._done = self._total = 0
        self._what = ""

    def run(self, tell: Progress | None = None) -> Explanation:
        """Every part in turn, until the clock runs out. Infeasible scenarios raise."""
        self._start(tell)
        if self._explained.solution.clash:
            return self._explained  # what could give says more than why nothing is bought
        self._total = self._count_tasks()
        parts: list[tuple[str, Callable[[], None]]] = [
            ("prices", self._price),
            ("reasons", self._reason),
            ("ties", self._tie),
            ("to_fund", self._find_changes),
            ("figures", self._find_figures),
        ]
        if self.wants_rates:
            parts.append(("rates", self._find_rates))
        left = [name for name, _ in parts]
        for name, part in parts:
            self._what = name.replace("_", " ")
            try:
                part()
            except (OutOfTime, SolverFailed):
                self._miss(name)
            except KeyboardInterrupt:
                for other in left:
                    self._miss(other)
                raise
            finally:
                self._note()
            left.remove(name)
        return self._explained

    def _start(self, tell: Progress | None) -> None:
        """Solves the scenario as `solve` does, and finds the best plan before steadying."""
        compiled = Compiled(self.scenario, fixed_money=True)
        solution = Solving(compiled, self.gap, self.clock, tell).run()
        oracle = Oracle.open(make_plain(self.scenario), self.clock, self.workers)
        base = self._find_base(oracle, solution)
        self.explanation = Explanation(self.scenario, solution, base, solves=1)
        # All that is asked from here on stands near the plan: a few pivots away.
        near = Oracle(oracle.compiled, self.clock, self.workers, near=oracle)
        self.around = Around(near, base, self.gap)
        self.around.count(oracle)
        self.forced: dict[str, Best | None] = {}
        self.duals = find_duals(oracle, base)
        self._note()

    def _find_base(self, oracle: Oracle, solution: Solution) -> Best:
        """The best plan before steadying: all others are held against it.

        Mostly its decisions are those of the steadied one, and its bound is known.
        """
        bound = solution.bound - solution.baseline.score
        closely = Tolerance(CLOSER * self.gap)
        question = oracle.question(closely, known=[solution.plan])
        if len(oracle.targets) == 1:
            question = replace(question, enough=bound - closely.room(bound))
        if not solution.clash:
            with contextlib.suppress(OutOfTime):
                best = find_best(oracle, question)
                if best is not None:
                    return replace(best, bound=max(best.gain, min(best.bound, bound)))
        return Best(solution.gain, bound, solution.plan, solution.played)

    def _count_tasks(self) -> int:
        """Steps at most: a price may do without its periods, a change counts for several."""
        limits = len(list_loosenings(self.around))
        asked = self._count_unfunded(self._base)
        layers = len(self.scenario.layers) if self.wants_rates else 0
        instruments = len(self.scenario.instruments)
        return limits + instruments + CHANGE_STEPS * asked + MOST_FLIPS + layers

    def _count_unfunded(self, base: Best) -> int:
        return sum(self._is_asked(i) for i in self.scenario.instruments if i not in base.plan)

    def _is_asked(self, instrument: str) -> bool:
        return not self.fund or instrument in self.fund

    # Parts ------------------------------------------------------------------------------------

    def _price(self) -> None:
        prices = price_limits(Pricing(self.around, self.duals), self._step)
        self._keep(prices=prices)
        if prices is None:
            self._miss("prices")

    def _reason(self) -> None:
        """Replacements of what is funded; what is lost if the others are funded all the same."""
        base = self._base
        instruments = list(self.scenario.instruments)
        unfunded = [i for i in instruments if i not in base.plan]
        self.forced = find_forced(self.around, unfunded, self._step)
        replaced = find_replacements(self.around, self._step)
        self.holding = Holding(self.around, self.duals, self.explanation_prices)
        totals = total_spending(self._solution.played)
        reasons = []
        for i in instruments:
            worth, margin = self.holding.find_margin(i)
            reason = Reason(i, i in base.plan, totals[i], worth, margin)
            reason = replace(reason, replacement=replaced.get(i))
            if i in base.plan:
                held, limits = self.holding.explain_funded(i)
                reason = replace(reason, held_by=held, limits=limits)
                if i not in replaced:
                    self._miss(f"replacement of {i}")
            elif i in self.forced:
                reason = self._explain_unfunded(reason)
            else:
                self._miss(f"held_by of {i}")
            reasons.append(reason)
        self._keep(reasons=tuple(reasons))

    def _explain_unfunded(self, reason: Reason) -> Reason:
        forced = self.forced[reason.id]
        held, limits = self.holding.explain_unfunded(reason.id, forced)
        lost = None if forced is None else max(0.0, self._base.gain - forced.gain)
        return replace(reason, held_by=held, limits=limits, forced_loss=lost)

    def _find_rates(self) -> None:
        rates: tuple[ExchangeRate, ...] = ()
        for rate in find_rates(self.around.oracle, self._base.plan, self.around.gap):
            rates = (*rates, rate)
            self._keep(rates=rates)
            self._step()

    def _tie(self) -> None:
        ties, is_exact = find_ties(self.around)
        self._keep(ties=ties, ties_are_exact=is_exact)

    def _find_changes(self) -> None:
        base = self._base
        known = [base, *(best for best in self.forced.values() if best is not None)]
        asked = [i for i in self.scenario.instruments if i not in base.plan and self._is_asked(i)]

        def find(i: str) -> tuple[Change, ...]:
            forced = self.forced.get(i)
            money = 0.0 if forced is None else self.holding.find_money(forced, i)
            try:
                return Funding(self.around, i, forced, known, money).list_changes()
            finally:
                for _step in range(CHANGE_STEPS - 1):
                    self._step()

        changes = self.around.share_out(find, {i: i for i in asked}, self._step)
        reasons = self._explained.reasons or ()
        self._keep(
            reasons=tuple(
                replace(reason, to_fund=() if reason.id in base.plan else changes.get(reason.id))
                for reason in reasons
            )
        )
        for i in asked:
            if i not in changes:
                self._miss(f"to_fund of {i}")

    def _find_figures(self) -> None:
        figures = list_figures(self.around)
        self._keep(figures=tuple(figures))
        known = [best.plan for best in self.forced.values() if best is not None]
        flipping = Flipping(self.around, known)
        asked = {figure.path: figure for figure in figures[:MOST_FLIPS]}
        flips = self.around.share_out(flipping.find_flip, asked, self._step)
        self._keep(figures=tuple(flips.get(figure.path, figure) for figure in figures))
        for path in asked:
            if path not in flips:
                self._miss(f"flips_at of {path}")

    # What is known ----------------------------------------------------------------------------

    @property
    def _explained(self) -> Explanation:
        if self.explanation is None:
            raise SolverFailed("nothing is explained before the scenario is solved")
        return self.explanation

    @property
    def _base(self) -> Best:
        return self._explained.best

    @property
    def _solution(self) -> Solution:
        return self._explained.solution

    @property
    def explanation_prices(self) -> tuple[LimitPrice, ...]:
        """The prices found so far."""
        return self._explained.prices or ()

    def _keep(self, **found: object) -> None:
        self.explanation = replace(self._explained, **found)  # type: ignore[arg-type]  # by name

    def _miss(self, what: str) -> None:
        if what not in self._explained.missing:
            self._keep(missing=(*self._explained.missing, what))

    def _step(self) -> None:
        self._done += 1
        if self.report:
            self.report(min(self._done, self._total), self._total, self._what)

    def _note(self) -> None:
        """Takes the count of solves and seconds so far."""
        self._keep(
            solves=1 + self.around.solves,
            linear_solves=self.around.linear_solves,
            seconds=self.clock.seconds,
        )
