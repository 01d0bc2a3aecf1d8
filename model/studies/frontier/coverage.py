"""A representation of the non-dominated outcomes where spending may take any amount.

Each point covers what is no better than it by more than a step in any layer; what no point covers
are zones (zones.py). A zone is closed once the relaxation has nothing above its corner; else
a plan above it is found, first by keeping decisions known nearby or rounding the relaxation's, and
only where these leave too much open by the mixed program. The plan is the best above the corner by
a sum of gains over ranges, so that nothing beats a point by more than half a step in sum. Zones end
after finitely many points, and then no outcome is better than the nearest point by more than a
step in any layer.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...equations.curves import Array
from ...equations.evaluate import Plan
from ...failures import SolverFailed
from ...solving.frontier_solvers import Above, Outlook, OutlookEngine
from ...solving.live import Basis
from ...solving.portfolios import Portfolio
from ...work.clock import Clock
from ...work.store import Store
from .zones import split_zones

BATCH = 4
"""Zones worked on before what was found is shared: a count, so that answers repeat."""

NEAR = 0.5
"""Share of a step, in sum over layers, that a point may be short of the best above its corner."""

SEARCHED = 0.25
"""Share of a step that a mixed solve leaves open."""

CANDIDATES = 3
"""Known decisions that are tried above a corner before the mixed program is."""

SMALLEST_STEP = 1e-6
"""Points: a layer that hardly moves is covered within this."""

Report = Callable[[float, float, str], None]


@dataclass
class CoverageWork:
    """What working on one zone has found; `is_empty`: nothing lies above its corner."""

    corner: Array
    portfolio: Portfolio | None = None
    start: Basis | None = None
    is_empty: bool = False
    solves: int = 0
    linear_solves: int = 0


@dataclass
class KnownOutcome:
    """A point with the basis of the relaxation that led to it."""

    portfolio: Portfolio
    start: Basis | None = field(default=None)


class Coverage:
    """The search for points that cover every outcome of an outlook; gains in points."""

    def __init__(
        self, outlook: Outlook, tolerance: float, workers: int, clock: Clock, store: Store
    ) -> None:
        self.outlook, self.tolerance = outlook, tolerance
        self.clock, self.store = clock, store
        self.engines = [OutlookEngine(outlook) for _ in range(workers)]
        self.count = len(outlook.layers)
        self.known: list[KnownOutcome] = []
        self.corners = outlook.lower[None, :] - 1.0
        self.stuck = 0
        self.range = np.ones(self.count)
        self.step = np.full(self.count, SMALLEST_STEP)
        self.ideal = np.full(self.count, np.inf)
        self.solves = self.linear_solves = 0

    @property
    def plans(self) -> list[Plan]:
        return [one.portfolio.plan for one in self.known]

    @property
    def gains(self) -> Array:
        if not self.known:
            return np.zeros((0, self.count))
        return np.array([one.portfolio.gains for one in self.known])

    @property
    def is_complete(self) -> bool:
        return not len(self.corners) and not self.stuck

    def run(self, report: Report | None = None) -> None:
        """Works on zones until none is left or the clock has run out."""
        self._find_ends()
        while len(self.corners) and not self.clock.is_over:
            self.corners = self.corners[(self.corners < self.ideal).all(axis=1)]
            room = ((self.ideal - self.corners) / self.range).prod(axis=1)
            widest = self.corners[np.argsort(-room, kind="stable")[:BATCH]]
            for work in self._work_all(widest):
                self._take(work)
            if report:
                found, left = len(self.known), len(self.corners)
                report(found, found + left, f"{found} points, {left} zones left")

    # The scale of things ----------------------------------------------------------------------

    def _find_ends(self) -> None:
        """The best in each layer; the range between these and the worst among them is the scale.

        A step is the tolerance times a layer's range.
        """
        engine, start = self.engines[0], self.corners[0]
        ends = []
        for at in range(self.count):
            weights = np.full(self.count, 1e-3)
            weights[at] = 1.0
            above = engine.relax(start, np.eye(self.count)[at], None)
            if above is None:
                raise SolverFailed("the relaxation of what has a plan was said to have none")
            self.ideal[at] = above.bound + SMALLEST_STEP
            work = CoverageWork(start)
            lean = engine.relax(start, weights, above.start)
            self._find(engine, work, lean or above, weights, 1e-3)
            self._count(work)
            if work.portfolio is not None:
                ends.append(work)
        if not ends:
            return
        gains = np.array([work.portfolio.gains for work in ends if work.portfolio is not None])
        self.range = np.maximum(gains.max(axis=0) - gains.min(axis=0), 1e-6)
        self.step = np.maximum(self.tolerance * self.range, SMALLEST_STEP)
        for work in ends:
            self._take(work)

    # One zone ---------------------------------------------------------------------------------

    def _work_all(self, corners: Array) -> list[CoverageWork]:
        count = len(self.engines)

        def some(at: int) -> list[CoverageWork]:
            return [self._work(self.engines[at], corner) for corner in corners[at::count]]

        with self.store.batch(), ThreadPoolExecutor(count) as pool:
            if count == 1:
                return some(0)
            parts = list(pool.map(some, range(count)))
        return [parts[at % count][at // count] for at in range(len(corners))]

    def _work(self, engine: OutlookEngine, corner: Array) -> CoverageWork:
        """Shows that nothing lies above a corner, or finds a plan there."""
        work = CoverageWork(corner)
        weights = 1.0 / self.range
        order = self._list_near(corner)
        start = self.known[order[0]].start if order else None
        above = engine.relax(corner, weights, start)
        work.linear_solves += 1
        if above is None:
            work.is_empty = True
            return work
        work.start = above.start
        self._find(engine, work, above, weights, NEAR * self.tolerance)
        return work

    def _list_near(self, corner: Array) -> list[int]:
        """Points by their distance from a corner, the nearest first."""
        if not self.known:
            return []
        away = (np.abs(self.gains - corner) / self.range).sum(axis=1)
        return [int(at) for at in np.argsort(away, kind="stable")]

    def _find(
        self, engine: OutlookEngine, work: CoverageWork, above: Above, weights: Array, near: float
    ) -> None:
        """A plan above a corner near the relaxation's bound, or the mixed program's best."""
        tried: set[bytes] = set()
        candidates = [above.rounded]
        candidates += [self.known[at].portfolio.decisions for at in self._list_near(work.corner)]
        best = -np.inf
        for decisions in candidates:
            if len(tried) > CANDIDATES or above.bound - best <= near:
                break
            if decisions.tobytes() in tried:
                continue
            tried.add(decisions.tobytes())
            portfolio = engine.keep(decisions, work.corner, weights, above.start)
            work.linear_solves += 1
            if portfolio is not None and float(portfolio.gains @ weights) > best:
                best, work.portfolio = float(portfolio.gains @ weights), portfolio
        if above.bound - best > near and engine.mixed is not None and not self.clock.is_over:
            self._search(engine, work, weights, best, near)

    def _search(
        self, engine: OutlookEngine, work: CoverageWork, weights: Array, best: float, near: float
    ) -> None:
        """Asks the mixed program for a better plan above a corner, or that there is none."""
        corner = work.corner

        def solve() -> dict[str, Any]:
            gap = SEARCHED * near
            bound, values, is_final = engine.search(corner, weights, gap, 1.0, self.clock.left)
            integers = self.outlook.integers
            found = None if values is None else np.flatnonzero(values[integers] > 0.5).tolist()
            return {"on": found, "empty": bool(bound == -np.inf), "final": is_final}

        asked = f"cover {self.outlook.question} {corner.tolist()} {weights.tolist()} {near!r}"
        answer = self.store.ask(asked, solve)
        work.solves += 1
        if answer["empty"]:
            work.is_empty, work.portfolio = True, None
            return
        if answer["on"] is None:
            return
        decisions = np.zeros(len(self.outlook.integers))
        decisions[answer["on"]] = 1.0
        portfolio = engine.keep(decisions, corner, weights, None)
        work.linear_solves += 1
        if portfolio is not None and float(portfolio.gains @ weights) > best:
            work.portfolio = portfolio

    def _take(self, work: CoverageWork) -> None:
        """Takes in what was found of a zone."""
        self._count(work)
        same = (self.corners == work.corner).all(axis=1)
        if work.is_empty:
            self.corners = self.corners[~same]
            return
        if work.portfolio is None:
            if not self.clock.is_over:
                # Neither a plan nor a proof that there is none: asking again would change nothing.
                self.corners = self.corners[~same]
                self.stuck += int(same.any())
            return
        covered = work.portfolio.gains + self.step
        before = len(self.corners)
        is_new = bool((self.corners < covered).all(axis=1).any())
        if is_new:
            self.known.append(KnownOutcome(work.portfolio, work.start))
            self.corners = split_zones(self.corners, covered)
        elif same.any() and before == len(self.corners):
            self.corners = self.corners[~same]

    def _count(self, work: CoverageWork) -> None:
        self.solves += work.solves
        self.linear_solves += work.linear_solves
        work.solves = work.linear_solves = 0
