"""Many weightings of one scenario: as few solves as their certainty takes.

A weighting is certain once the bank's two bounds meet within the tolerance. Where they do not, it
is answered by the cheapest of these that closes them: the linear relaxation, for the bound; the
on/off decisions of known portfolios with their amounts chosen anew, for a plan; and at last the
mixed program. Weightings are answered in batches; the bank changes only between these, so that the
numbers are the same whatever the number of workers.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from ..inputs.scenario import Scenario
from .bank import Bank, Cut, Portfolio, bound_regret
from .clock import Clock
from .compiled import Compiled
from .curves import Array
from .evaluate import SMALLEST_GAIN
from .live import Basis, Live
from .solution import Infeasible, SolverFailed

BATCH = 8
"""Weightings answered before the bank takes them in: a count, so that answers repeat."""

INWARD = 1e-6
"""A weighting is moved so far towards equal weights before amounts are chosen for it.

A layer of weight 0 would leave open how the money that is left is spent.
"""

CANDIDATES = 3
"""Known decisions that are tried with amounts chosen anew before a mixed solve."""

MIXED_GAP = 0.1
"""A mixed solve proves this share of the tolerance: the rest is left for its neighbourhood."""

Report = Callable[[int, int, float], None]
"""Told how many of how many are certain, and the largest regret not yet excluded."""


@dataclass
class Found:
    """What answering a weighting has found."""

    portfolios: list[Portfolio] = field(default_factory=list)
    cuts: list[Cut] = field(default_factory=list)
    start: Basis | None = None
    start_of: tuple[bytes, Basis] | None = None


class Engine:
    """One worker's own solvers over a compiled scenario: relaxed, with decisions held, mixed."""

    def __init__(self, compiled: Compiled) -> None:
        self.compiled = compiled
        matrices = compiled.live.matrices
        outcome_gain = compiled.formulation.model.outcome_gain
        self.outcome_columns = [
            compiled.live.column(outcome_gain[layer]) for layer in compiled.scenario.layers
        ]
        self.relaxed, self.held = Live(matrices), Live(matrices)
        self.mixed = Live(matrices) if len(matrices.integers) else None
        for live in (self.relaxed, self.held):
            live.relax_columns(matrices.integers)
        # Each linear solve starts from one saved basis: an answer depends on its question alone.
        self.maximise(self.relaxed, np.full(len(self.outcome_columns), 1.0))
        if self.relaxed.solve().status == "infeasible":
            raise Infeasible((), "no plan meets every limit")
        self.start = self.relaxed.save_start()
        self.latest: Basis | None = None
        self.relaxed.prefer_primal()
        self.held.prefer_primal()

    def maximise(self, live: Live, weights: Array) -> None:
        """Sets the costs so that minimising them maximises the gain under some weights."""
        pairs = zip(self.outcome_columns, weights.tolist(), strict=True)
        live.minimise({at: -weight for at, weight in pairs if at is not None})

    def relax(self, weights: Array, start: Basis | None = None) -> tuple[float, Array]:
        """The gain and values of the linear relaxation: a bound, and exact without integers.

        `start`: the basis of a weighting nearby, if one is known.
        """
        self.maximise(self.relaxed, weights)
        self.relaxed.start_from(start or self.start)
        answer = self.relaxed.solve()
        return -answer.bound, answer.known_values

    def keep(
        self, decisions: Array, weights: Array, best: float, start: Basis | None = None
    ) -> Portfolio | None:
        """The best portfolio under some decisions, at its least spending.

        None if there is none that gains more than `best`. `start`: the basis of the same decisions
        under other weights, if one is known.
        """
        live, integers = self.held, self.compiled.live.integers
        live.set_bounds(integers, decisions, decisions)
        self.maximise(live, weights)
        live.start_from(start or self.start)
        answer = live.solve()
        self.latest = live.save_start() if answer.status == "optimal" else None
        if answer.status != "optimal" or answer.values is None or -answer.objective <= best:
            return None
        live.hold_face(answer.values)
        live.minimise(dict.fromkeys(self.compiled.authority.values(), 1.0))
        cheapest = live.solve()
        live.release_face()
        values = answer.values if cheapest.values is None else cheapest.values
        return self.read_portfolio(values, decisions)

    def search(self, weights: Array, gap: float, left: float | None) -> tuple[float, Array | None]:
        """A bound from the mixed program, and the decisions of the best plan found."""
        mixed = self.mixed
        if mixed is None:
            raise SolverFailed("a linear scenario has no decisions to search for")
        self.maximise(mixed, weights)
        answer = mixed.solve(gap, left, smallest=SMALLEST_GAIN)
        if answer.status == "infeasible":
            raise Infeasible((), "no plan meets every limit")
        found = None if answer.values is None else np.round(answer.values[mixed.integers])
        return -answer.bound, found

    def read_portfolio(self, values: Array, decisions: Array) -> Portfolio:
        """The plan in a solver's values, as the evaluator plays it."""
        compiled = self.compiled
        plan = compiled.read_plan(values)
        outcome = compiled.evaluator.play(plan).outcome
        gains = [outcome[layer] - z for layer, z in compiled.baseline.outcome.items()]
        return Portfolio(plan, np.array(gains), decisions)


class Sweep:
    """Answers weightings of a scenario from a bank, which it fills as far as that takes."""

    def __init__(
        self,
        scenario: Scenario,
        tolerance: float,
        workers: int = 1,
        clock: Clock | None = None,
        bank: Bank | None = None,
    ) -> None:
        self.scenario = scenario
        self.tolerance = tolerance
        self.clock = clock or Clock()
        self.compiled = Compiled(scenario)
        self.bank = bank or Bank(list(scenario.layers), self.compiled.box)
        self.is_mixed = bool(len(self.compiled.live.integers))
        self.solves = 0
        self.linear_solves = 0
        self.starts: list[tuple[Array, Basis]] = []
        self.starts_of: dict[bytes, Basis] = {}
        self.engines = [Engine(self.compiled) for _ in range(workers)]

    # One weighting ----------------------------------------------------------------------------

    def answer(self, engine: Engine, weights: Array) -> Found:
        """Bounds and portfolios that make a weighting certain; the bank is read, not changed."""
        inside = (1 - INWARD) * weights + INWARD * weights.sum() / len(weights)
        found = Found()
        bound, values = engine.relax(weights, self._find_start(weights))
        kind = "relaxed" if self.is_mixed else "linear"
        found.cuts.append(Cut(weights, bound, kind))
        found.start = engine.relaxed.save_start()
        if not self.is_mixed:
            portfolio = engine.keep(np.zeros(0), inside, -np.inf)
            found.portfolios.append(portfolio or engine.read_portfolio(values, np.zeros(0)))
            return found
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
            kept = engine.keep(decisions, inside, best, start)
            best = max(best, self._take(kept, weights, found))
        if self._is_close(best, bound) or self.clock.is_over:
            return found
        gap = MIXED_GAP * self.tolerance
        bound, searched = engine.search(weights, gap, self.clock.left)
        found.cuts.append(Cut(weights, bound, "mixed"))
        if searched is not None:
            start = self.starts_of.get(searched.tobytes())
            self._take(engine.keep(searched, inside, best, start), weights, found)
            if engine.latest is not None:
                found.start_of = (searched.tobytes(), engine.latest)
        return found

    @staticmethod
    def _take(portfolio: Portfolio | None, weights: Array, found: Found) -> float:
        """Keeps a portfolio, if there is one; its gain."""
        if portfolio is None:
            return -np.inf
        found.portfolios.append(portfolio)
        return float(portfolio.gains @ weights)

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
        if len(self.engines) == 1:
            results = [self.answer(self.engines[0], weighting) for weighting in weightings]
        else:
            shares = [weightings[k :: len(self.engines)] for k in range(len(self.engines))]
            with ThreadPoolExecutor(len(self.engines)) as pool:
                parts = list(pool.map(self._answer_some, self.engines, shares))
            results = [parts[at % len(parts)][at // len(parts)] for at in range(len(weightings))]
        portfolios = [p for found in results for p in found.portfolios]
        cuts = [cut for found in results for cut in found.cuts]
        self.solves += sum(cut.kind == ("mixed" if self.is_mixed else "linear") for cut in cuts)
        self.linear_solves += sum(cut.kind != "mixed" for cut in cuts)
        self.bank.add(portfolios, cuts)
        for weighting, found in zip(weightings, results, strict=True):
            if found.start is not None:
                self.starts.append((weighting, found.start))
            if found.start_of is not None:
                self.starts_of.setdefault(*found.start_of)

    def _answer_some(self, engine: Engine, weightings: Array) -> list[Found]:
        return [self.answer(engine, weighting) for weighting in weightings]

    def settle(self, weightings: Array, report: Report | None = None) -> Array:
        """Makes every weighting certain within the tolerance, the least certain first.

        `weightings` has the shape [weightings, layers]. Gives the regret that is left possible
        under each, at most the tolerance unless the clock has run out. Infeasible scenarios raise.
        """
        upper, corners = self.bank.upper(weightings)
        while True:
            lower, _ = self.bank.lower(weightings)
            regret = bound_regret(lower, upper)
            open_ = np.flatnonzero(regret > self.tolerance)
            if report:
                report(len(weightings) - len(open_), len(weightings), float(regret.max(initial=0)))
            if not len(open_) or self.clock.is_over:
                return regret
            widest = open_[np.argsort(-regret[open_], kind="stable")[:BATCH]]
            since = len(self.bank.cuts)
            self.answer_batch(weightings[widest])
            fell = np.flatnonzero(self.bank.raises(corners, since))
            upper[fell], corners[fell] = self.bank.upper(weightings[fell])
