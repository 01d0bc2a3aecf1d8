"""Many weightings of one scenario: as few solves as their certainty takes.

A weighting is certain once the bank's two bounds meet within the tolerance. Where they do not, it
is answered by the cheapest of these that closes them: the linear relaxation, for the bound; the
on/off decisions of known portfolios with their amounts chosen anew, for a plan; and at last the
mixed program. Weightings are answered in batches; the bank changes only between these, so that the
numbers are the same whatever the number of workers.

Answers are kept under all that they depend on: the weighting, what the bank held before, and what
this sweep had answered. So a sweep that was cut short comes back through the same states, and
answers to other questions in the same file change nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue

import numpy as np

from ....inputs.complaint import InputError
from ....inputs.scenario import Scenario
from ...equations.curves import Array
from ...failures import Infeasible
from ...solving.bank import Bank
from ...solving.compiled import Compiled
from ...solving.conflict import explain_infeasible
from ...solving.engine import Engine, Found
from ...solving.live import Basis
from ...solving.portfolios import Cut
from ...work.clock import Clock
from ...work.store import Kept, Store
from .envelope import bound_regret
from .watch import Watch

BATCH = 8
"""Weightings answered before the bank takes them in: a count, so that answers repeat."""

INWARD = 1e-6
"""A weighting is moved so far towards equal weights before amounts are chosen for it.

A layer of weight 0 would leave open how the money that is left is spent.
"""

CANDIDATES = 3
"""Known decisions that are tried with amounts chosen anew before a mixed solve."""

MIXED_GAP = 0.3
"""A mixed solve proves this share of the tolerance: the rest is left for its neighbourhood."""

EXACT = 1e-6
"""A bound proven at gap 0 is that of the plan found if it differs by less, times max(1, gain)."""

STARTS = 400
"""Bases kept of weightings answered, for those nearby."""

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
        self.bank = bank or Bank(list(compiled.scenario.layers), compiled.box)
        self.is_mixed = bool(len(compiled.live.integers))
        self.searches = True  # else it makes do with the decisions of known portfolios
        self.solves = 0
        self.linear_solves = 0
        self.starts: list[tuple[Array, Basis]] = []
        self.starts_of: dict[bytes, Basis] = {}
        self.store, self.funded = store or Store(), None if funded is None else sorted(funded)
        self.past = ""
        matrices = None if funded is None else compiled.hold_set(funded)
        try:
            self.engines = [Engine(compiled, matrices) for _ in range(workers)]
        except Infeasible:
            if funded is not None:
                raise
            raise explain_infeasible(compiled) from None

    # One weighting ----------------------------------------------------------------------------

    def answer(self, engine: Engine, weights: Array) -> Found:
        """Bounds and portfolios that make a weighting certain; the bank is read, not changed."""
        inside = (1 - INWARD) * weights + INWARD * weights.sum() / len(weights)
        found = Found()
        bound, values = engine.relax(weights, self._find_start(weights))
        found.start = engine.relaxed.save_start()
        if not self.is_mixed:
            portfolio = engine.keep(np.zeros(0), inside, -np.inf)
            portfolio = portfolio or engine.read_portfolio(values, np.zeros(0))
            found.cuts.append(
                Cut(weights, self._tighten(bound, found.take(portfolio, weights)), "linear")
            )
            return found
        found.cuts.append(Cut(weights, bound, "relaxed"))
        best = self._try_known(engine, weights, inside, bound, found)
        if self._is_close(best, bound) or self.clock.is_over or not self.searches:
            return found
        bound, searched = engine.search(weights, MIXED_GAP * self.tolerance, self.clock.left)
        if searched is not None:
            start = self.starts_of.get(searched.tobytes())
            best = max(best, found.take(engine.keep(searched, inside, best, start), weights))
            if engine.latest is not None:
                found.start_of = (searched.tobytes(), engine.latest)
        found.cuts.append(Cut(weights, self._tighten(bound, best), "mixed"))
        return found

    def _try_known(
        self, engine: Engine, weights: Array, inside: Array, bound: float, found: Found
    ) -> float:
        """The best gain of known decisions, amounts chosen anew until one is close to the bound."""
        best = -np.inf
        known = self.bank.gains @ weights
        tried: set[bytes] = set()
        for at in np.argsort(-known, kind="stable"):
            best = max(best, float(known[at]))
            if self._is_close(best, bound) or len(tried) == CANDIDATES:
                break
            decisions = self.bank.portfolios[at].decisions
            if decisions.tobytes() in tried:
                continue
            tried.add(decisions.tobytes())
            start = self.starts_of.get(decisions.tobytes())
            best = max(best, found.take(engine.keep(decisions, inside, best, start), weights))
        return best

    def _tighten(self, bound: float, best: float) -> float:
        """A bound at gap 0 less what the solver's own tolerance has put on it."""
        if bound < best or (self.tolerance == 0 and bound - best <= EXACT * max(1.0, best)):
            return best
        return bound

    def _is_close(self, lower: float, upper: float) -> bool:
        regret = bound_regret(np.array([lower]), np.array([upper]))
        return bool(regret[0] <= self.tolerance)

    def _find_start(self, weights: Array) -> Basis | None:
        """The basis of the nearest weighting that this sweep has relaxed, if there is one."""
        if not self.starts:
            return None
        solved = np.array([weighting for weighting, _ in self.starts])
        return self.starts[int(np.abs(solved - weights).sum(axis=1).argmin())][1]

    # Batches ----------------------------------------------------------------------------------

    def answer_batch(self, weightings: Array) -> None:
        """Answers some weightings side by side, then lets the bank take in what was found."""
        questions = [self._name_question(weighting) for weighting in weightings]
        try:
            with self.store.batch():
                results = self._answer_all(weightings, questions)
        except Infeasible:
            raise explain_infeasible(self.compiled) from None
        portfolios = [p for found in results for p in found.portfolios]
        cuts = [cut for found in results for cut in found.cuts]
        self.solves += sum(cut.kind == ("mixed" if self.is_mixed else "linear") for cut in cuts)
        self.linear_solves += sum(cut.kind != "mixed" for cut in cuts)
        self.bank.add(portfolios, cuts)
        for weighting, found in zip(weightings, results, strict=True):
            if found.start is not None and len(self.starts) < STARTS:
                self.starts.append((weighting, found.start))
            if found.start_of is not None:
                self.starts_of.setdefault(*found.start_of)
        self.past = hashlib.sha256("".join([self.past, *questions]).encode()).hexdigest()

    def _name_question(self, weighting: Array) -> str:
        """All that the answer to a weighting depends on."""
        how = [self.funded, self.tolerance, self.searches]
        return repr([weighting.tolist(), *how, self.bank.history, self.past])

    def _answer_all(self, weightings: Array, questions: list[str]) -> list[Found]:
        if len(self.engines) == 1:
            first = self.engines[0]
            return [self._recall(first, *both) for both in zip(weightings, questions, strict=True)]
        free: SimpleQueue[Engine] = SimpleQueue()
        for engine in self.engines:
            free.put(engine)

        def answer_next(weighting: Array, question: str) -> Found:
            engine = free.get()
            try:
                return self._recall(engine, weighting, question)
            finally:
                free.put(engine)

        with ThreadPoolExecutor(len(self.engines)) as pool:
            return list(pool.map(answer_next, weightings, questions))

    def _recall(self, engine: Engine, weighting: Array, question: str) -> Found:
        """The answer to a weighting that is kept, or the one found now."""
        if not self.store.is_kept:
            return self.answer(engine, weighting)

        def answer() -> Kept:
            found = self.answer(engine, weighting)
            if len(self.starts) >= STARTS:
                found.start = None  # it would not be taken in, nor is the next where one is known
            if found.start_of is not None and found.start_of[0] in self.starts_of:
                found.start_of = None
            return found.write(final=not self.clock.is_over)

        live = self.compiled.live
        return Found.read(self.store.ask(question, answer), live.column_count, len(live.integers))

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
                is_open = ~asked & (regret > self.tolerance)
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
    return Sweep(Compiled(scenario), tolerance, workers, Clock(time_limit), store=store)


def refuse_other_objectives(compiled: Compiled) -> None:
    """Raises InputError unless weights alone say what is best."""
    objective = compiled.scenario.objective
    if objective != "weighted":
        raise InputError.of(
            "objective",
            f"weights do not span '{objective}': questions about weights need the weighted "
            "objective; add --set objective=weighted",
        )
