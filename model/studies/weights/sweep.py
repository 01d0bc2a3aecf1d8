"""Many weightings of one scenario: as few solves as their certainty takes.

A weighting is certain once the bank's two bounds meet within the tolerance. Where they do not, it
is answered by the cheapest of these that closes them: the linear relaxation, for the bound; the
on/off decisions of known portfolios with their amounts chosen anew, for a plan; and at last the
mixed program. Weightings are answered in batches; the bank changes only between these, so that the
numbers are the same whatever the number of workers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

import numpy as np

from ....inputs.complaint import InputError
from ....inputs.scenario import Scenario
from ...equations.curves import Array
from ...solving.bank import Bank
from ...solving.compiled import Compiled
from ...solving.conflict import explain_infeasible
from ...solving.ladder import CANDIDATES
from ...solving.matrices import INFINITE
from ...solving.oracle import BATCH, Oracle
from ...solving.portfolios import Cut, Portfolio
from ...solving.question import NOTHING, Answer, Question, Terms, Tolerance, hold_set
from ...work.clock import Clock
from ...work.store import Store
from .envelope import ROUNDING, bound_regret
from .watch import Watch

INWARD = 1e-6
"""A weighting is moved so far towards equal weights before amounts are chosen for it.

A layer of weight 0 would leave open how the money that is left is spent.
"""

SHARPNESS = 0.3
"""A mixed program proves this share of the tolerance: the rest is left for its neighbourhood."""

EXACT = 1e-6
"""A bound proven at gap 0 is that of the plan found if it differs by less, times max(1, gain)."""

Report = Callable[[int, int, float], None]
"""Told how many of how many are certain, and the largest regret not yet excluded."""


class Sweep:
    """Answers weightings of a scenario from a bank, which it fills as far as that takes.

    `funded`: only plans that fund exactly these instruments. `store`: where answers are kept.
    Raises InputError where the objective is not the weighted one, and Infeasible.
    """

    def __init__(
        self,
        compiled: Compiled,
        tolerance: float,
        workers: int = 1,
        clock: Clock | None = None,
        bank: Bank | None = None,
        funded: Collection[str] | None = None,
        store: Store | None = None,
    ) -> None:
        refuse_other_objectives(compiled)
        self.compiled = compiled
        self.tolerance = tolerance
        self.clock = clock or Clock()
        self.store = store or Store()
        self.oracle = Oracle(compiled, self.clock, workers, store=self.store)
        self.oracle.prefer_primal()
        self.bank = bank or Bank(list(compiled.scenario.layers), compiled.box)
        self.is_mixed = self.oracle.is_mixed
        self.searches = True  # else it makes do with the decisions of known portfolios
        self.is_straight = False  # whether it then makes do with those that are known already
        self.only_bounds = False  # no plans: what the relaxation proves is enough
        self.changes = NOTHING if funded is None else hold_set(compiled.scenario, funded)
        self.solves = 0
        self.linear_solves = 0

    def pose(
        self, weights: Array, threshold: float | None = None, closely: bool = False
    ) -> Question:
        """A weighting as a question, with the known decisions that gain most under it.

        `threshold`: where no plan gains more than that, in points, to know it is enough, and so is
        any plan that does, unless the best is wanted as `closely` as without.
        """
        known: dict[bytes, Array] = {}
        for at in np.argsort(-(self.bank.gains @ weights), kind="stable").tolist():
            decisions = self.bank.portfolios[at].decisions
            known.setdefault(decisions.tobytes(), decisions)
            if len(known) == CANDIDATES:
                break
        inside = (1 - INWARD) * weights + INWARD * weights.sum() / len(weights)
        return Question(
            self.aim(weights),
            self.changes,
            Tolerance(self.tolerance),
            needs="bound" if self.only_bounds else "least",
            known=tuple(known.values()),
            amounts=self.aim(inside),
            may_search=self.searches,
            sharpness=SHARPNESS,
            at_least=-INFINITE if threshold is None else threshold,
            enough=INFINITE if threshold is None or closely else threshold,
            place=weights,
            straight=self.is_straight,
        )

    def aim(self, weights: Array) -> Terms:
        """The gain under some weights, by column."""
        pairs = zip(self.compiled.scenario.layers, weights.tolist(), strict=True)
        columns = self.compiled.outcome_gain
        return {columns[layer]: weight for layer, weight in pairs if layer in columns}

    def answer_batch(
        self, weightings: Array, thresholds: Array | None = None, closely: bool = False
    ) -> None:
        """Answers some weightings side by side, then lets the bank take in what was found.

        `thresholds`: gains, by weighting, above which a plan is looked for: any that gains more, or
        the best as `closely` as without.
        """
        limits = [None] * len(weightings) if thresholds is None else thresholds.tolist()
        pairs = zip(weightings, limits, strict=True)
        answers = self.oracle.ask_all([self.pose(*pair, closely) for pair in pairs])
        if any(answer.is_infeasible for answer in answers):
            raise explain_infeasible(self.compiled)
        portfolios = [self._read(answer) for answer in answers if answer.plan is not None]
        cuts = [
            Cut(weighting, self._tighten(answer), self._name_step(answer))
            for weighting, answer in zip(weightings, answers, strict=True)
            if answer.bound < INFINITE  # else there was no time to begin
        ]
        self.solves += sum(answer.mixed if self.is_mixed else 1 for answer in answers)
        self.linear_solves += len(answers)  # one relaxation each
        self.bank.add(portfolios, cuts)

    def _read(self, answer: Answer) -> Portfolio:
        """The plan of an answer, as the evaluator plays it."""
        plan = answer.plan or {}
        gains = self.oracle.gains_of([plan])[0]
        decisions = np.zeros(0) if answer.decisions is None else answer.decisions
        return Portfolio(plan, gains, decisions)

    def _tighten(self, answer: Answer) -> float:
        """A bound at gap 0 less what the solver's own tolerance has put on it."""
        is_exact = self.tolerance == 0
        if is_exact and answer.bound - answer.value <= EXACT * max(1.0, answer.value):
            return answer.value
        return answer.bound

    def _name_step(self, answer: Answer) -> str:
        if not self.is_mixed:
            return "linear"
        return "mixed" if answer.mixed else "relaxed"

    def settle(self, weightings: Array, report: Report | None = None) -> Watch:
        """Makes every weighting certain within the tolerance, the least certain first.

        `weightings` has the shape [weightings, layers]. Gives them with their bounds, which differ
        by no more than the tolerance unless the clock has run out.
        """
        watch = Watch(self.bank)
        every = watch.add(weightings)
        asked = np.zeros(len(every), dtype=bool)
        while True:
            open_ = np.flatnonzero(~asked)
            widest = watch.find_widest(every[open_], watch.lower[open_], self.tolerance, BATCH)
            if report:
                regret = bound_regret(watch.lower, watch.upper)
                is_open = ~asked & (regret > self.tolerance + ROUNDING)
                worst = float(regret[np.isfinite(regret)].max(initial=0.0))
                report(len(every) - int(is_open.sum()), len(every), worst)
            if not len(widest) or self.clock.is_over:
                watch.renew(every)
                return watch
            numbers = open_[widest]
            asked[numbers] = True  # asked once: what the clock has cut short stays open
            self.answer_batch(watch.weights[numbers])
            watch.look()


def open_sweep(
    scenario: Scenario,
    tolerance: float,
    workers: int = 1,
    time_limit: float | None = None,
    store: Store | None = None,
) -> Sweep:
    """A sweep with a bank of its own; its answers are kept in a store if there is one.

    Raises InputError, Infeasible and SolverFailed.
    """
    clock = Clock(time_limit)  # it goes while the scenario is compiled
    return Sweep(Compiled(scenario), tolerance, workers, clock, store=store)


def refuse_other_objectives(compiled: Compiled) -> None:
    """Raises InputError unless weights alone say what is best."""
    objective = compiled.scenario.objective
    if objective != "weighted":
        raise InputError.of(
            "objective",
            f"weights do not span '{objective}': questions about weights need the weighted "
            "objective; add --set objective=weighted",
        )
