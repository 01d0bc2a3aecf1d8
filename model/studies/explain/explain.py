"""Why the best plan of a scenario is what it is, in six parts, each a method of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ....inputs.scenario import Scenario
from ...failures import SolverFailed
from ...solving.best_plans import BestPlans, share_out
from ...solving.resolve import OutOfTime, Resolving
from ...solving.solution import Best, Solution, total_spending
from ...solving.stages import Progress, Solving
from ...work.clock import Clock
from .findings import Change, Explanation, LedgerFigure, LimitPrice, Reason
from .holding import Holding
from .ledger import FLIP_FINE, MOST_FLIPS, Flipping, list_figures
from .prices import Pricing, list_loosenings, price_limits
from .replacement import find_forced, find_replacement
from .ties import find_ties
from .to_fund import COARSE, Funding

CHANGE_STEPS = 6
"""What looking for the changes that fund an instrument counts for in the progress told."""

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
    ) -> None:
        self.scenario = scenario
        self.gap = gap
        self.clock = clock or Clock()
        self.workers = workers
        self.fund = tuple(fund)
        self.report = report
        self.explanation: Explanation | None = None
        self._done = self._total = 0
        self._what = ""

    def run(self, tell: Progress | None = None) -> Explanation:
        """Every part in turn, until the clock runs out. Infeasible scenarios raise."""
        resolving = self._start(tell)
        if self._explained.solution.clash:
            return self._explained  # what could give says more than why nothing is bought
        base = self._base
        self._total = self._count_tasks(base)
        parts: list[tuple[str, Callable[[], None]]] = [
            ("prices", self._price),
            ("reasons", self._reason),
            ("ties", lambda: self._tie(resolving)),
            ("to_fund", self._find_changes),
            ("figures", self._find_figures),
        ]
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

    def _start(self, tell: Progress | None) -> Resolving:
        """Solves the scenario as `solve` does, and finds the best plan before steadying."""
        resolving = Resolving(self.scenario, self.gap, self.clock)
        solution = Solving(resolving.compiled, self.gap, self.clock, tell).run()
        self.best_plans = BestPlans(self.scenario, self.gap, self.clock)
        plain = Resolving(self.best_plans.scenario, self.gap, self.clock)
        self.engines = [plain]
        known = [solution.plan]
        try:
            base = plain.find_best(known)
        except OutOfTime:
            base = None
        if base is None:
            gain, bound = solution.best_gain, solution.bound - solution.baseline.score
            base = Best(gain, bound, solution.plan, solution.played)
        self.explanation = Explanation(self.scenario, solution, base, solves=1)
        self.engines += [
            Resolving(self.best_plans.scenario, self.gap, self.clock)
            for _ in range(self.workers - 1)
        ]
        self.forced: dict[str, Best | None] = {}
        self.replaced: list[Best] = []
        self.duals = plain.find_duals(base.plan)
        self._note()
        return plain

    def _count_tasks(self, base: Best) -> int:
        """Steps at most: a price may do without its periods, a change counts for several."""
        limits = len(list_loosenings(self.engines[0], base))
        asked = self._count_unfunded(base)
        instruments = 2 * len(self.scenario.instruments) - len(base.plan)
        return limits + instruments + CHANGE_STEPS * asked + MOST_FLIPS

    def _count_unfunded(self, base: Best) -> int:
        return sum(self._is_asked(i) for i in self.scenario.instruments if i not in base.plan)

    def _is_asked(self, instrument: str) -> bool:
        return not self.fund or instrument in self.fund

    # Parts ------------------------------------------------------------------------------------

    def _price(self) -> None:
        pricing = Pricing(self._base, self.duals, self.best_plans)
        prices = price_limits(self.engines, pricing, self._step)
        self._keep(prices=prices)
        if prices is None:
            self._miss("prices")

    def _reason(self) -> None:
        """Replacements of what is funded; what is lost if the others are funded all the same."""
        base = self._base
        instruments = list(self.scenario.instruments)
        unfunded = [i for i in instruments if i not in base.plan]

        def force(engine: Resolving, i: str) -> tuple[str, Best | None]:
            return i, find_forced(engine, i)

        found = share_out(self.engines, unfunded, force, self._step, self.clock)
        self.forced = dict(pair for pair in found if pair is not None)
        replaced = share_out(
            self.engines,
            instruments,
            lambda engine, i: find_replacement(engine, base, i) if i in base.plan else None,
            self._step,
            self.clock,
        )
        holding = Holding(self.engines[0], base, self.duals, self.explanation_prices)
        self.holding = holding
        totals = total_spending(self._solution.played)
        reasons = []
        for i, replacement in zip(instruments, replaced, strict=True):
            worth, margin = holding.find_margin(i)
            reason = Reason(i, i in base.plan, totals[i], worth, margin)
            if i in base.plan:
                held, limits = holding.explain_funded(i)
                reason = replace(reason, held_by=held, limits=limits, replacement=replacement)
                if replacement is None:
                    self._miss(f"replacement of {i}")
            else:
                nothing = find_replacement(self.engines[0], base, i)
                reason = replace(reason, replacement=nothing)
                if i in self.forced:
                    reason = self._explain_unfunded(holding, reason)
                else:
                    self._miss(f"held_by of {i}")
            reasons.append(reason)
        self._keep(reasons=tuple(reasons))

    def _explain_unfunded(self, holding: Holding, reason: Reason) -> Reason:
        forced = self.forced[reason.id]
        held, limits = holding.explain_unfunded(self.engines[0], reason.id, forced)
        lost = None if forced is None else max(0.0, self._base.gain - forced.gain)
        return replace(reason, held_by=held, limits=limits, forced_loss=lost)

    def _tie(self, resolving: Resolving) -> None:
        ties, is_exact = find_ties(resolving, self._base)
        self._keep(ties=ties, ties_are_exact=is_exact)

    def _find_changes(self) -> None:
        base = self._base
        is_small = self.engines[0].is_small
        known = [base, *(best for best in self.forced.values() if best is not None)]
        asked = [i for i in self.scenario.instruments if i not in base.plan and self._is_asked(i)]

        def find(_: Resolving, i: str) -> tuple[str, tuple[Change, ...]]:
            forced = self.forced.get(i)
            money = 0.0 if forced is None else self.holding.find_money(forced, i)
            funding = Funding(self.best_plans, i, base, forced, known, is_small, money)
            changes = funding.list_changes()
            for _step in range(CHANGE_STEPS - 1):
                self._step()
            return i, changes

        found = share_out(self.engines, asked, find, self._step, self.clock)
        changes = dict(pair for pair in found if pair is not None)
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
        base = self._base
        figures = list_figures(self.engines[0], base)
        self._keep(figures=tuple(figures))
        known = [base.plan, *(best.plan for best in self.forced.values() if best is not None)]
        is_small = self.engines[0].is_small
        resolution, probes = (FLIP_FINE, 20) if is_small else (COARSE, 4)
        flipping = Flipping(self.best_plans, base, known, resolution, probes)

        def find(_: Resolving, figure: LedgerFigure) -> LedgerFigure:
            return flipping.find_flip(figure)

        flips = share_out(self.engines, figures[:MOST_FLIPS], find, self._step, self.clock)
        told = [flip or figure for flip, figure in zip(flips, figures, strict=False)]
        self._keep(figures=(*told, *figures[MOST_FLIPS:]))
        for figure in told:
            if not figure.is_flip_known:
                self._miss(f"flips_at of {figure.path}")

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
        for engine in self.engines:
            self.best_plans.take_count(engine)
        self._keep(
            solves=1 + self.best_plans.solves,
            linear_solves=self.best_plans.linear_solves,
            seconds=self.clock.seconds,
        )
