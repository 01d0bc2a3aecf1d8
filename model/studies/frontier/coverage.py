"""A representation of the non-dominated outcomes where spending may take any amount.

Each point covers what is no better than it by more than a step in any layer; what no point covers
are zones (zones.py). A zone is closed once the relaxation has nothing above its corner; else
a plan above it is found, first by keeping decisions known nearby, and only where these leave too
much open by asking for better ones. The plan is the best above the corner by a sum of gains over
ranges, so that nothing beats a point by more than half a step in sum. Zones end after finitely many
points, and then no outcome is better than the nearest point by more than a step in any layer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from ...equations.curves import Array
from ...equations.evaluate import Plan
from ...failures import SolverFailed
from ...solving.inquiry import Inquiry, inquire
from ...solving.portfolios import Portfolio
from ...solving.question import Answer, Question, Tolerance
from ...work.clock import Clock
from .outlook import Outlook
from .zones import split_zones

BATCH = 4
"""Zones worked on side by side: a count, so that answers repeat."""

NEAR = 0.5
"""Share of a step, in sum over layers, that a point may be short of the best above its corner."""

CANDIDATES = 3
"""Known decisions that are tried above a corner before others are looked for."""

SMALLEST_STEP = 1e-6
"""Points: a layer that hardly moves is covered within this."""

LEANING = 1e-3
"""Weight on the other layers where the best in one is looked for, and how close it is proven."""

Report = Callable[[float, float, str], None]


@dataclass(frozen=True)
class CoverageWork:
    """What working on one zone has found; `is_empty`: nothing lies above its corner."""

    corner: Array
    portfolio: Portfolio | None = None
    is_empty: bool = False


class Coverage:
    """The search for points that cover every outcome of an outlook; gains in points."""

    def __init__(self, outlook: Outlook, tolerance: float, clock: Clock) -> None:
        self.outlook, self.tolerance, self.clock = outlook, tolerance, clock
        self.oracle = outlook.oracle
        self.count = len(outlook.layers)
        self.known: list[Portfolio] = []
        self.corners = outlook.lower[None, :] - 1.0
        self.stuck = 0
        self.range = np.ones(self.count)
        self.step = np.full(self.count, SMALLEST_STEP)
        self.ideal = np.full(self.count, np.inf)

    @property
    def plans(self) -> list[Plan]:
        return [portfolio.plan for portfolio in self.known]

    @property
    def gains(self) -> Array:
        if not self.known:
            return np.zeros((0, self.count))
        return np.array([portfolio.gains for portfolio in self.known])

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
            for work in inquire(self.oracle, [self._work(corner) for corner in widest]):
                if work is not None:
                    self._take(work)
            if report:
                found, left = len(self.known), len(self.corners)
                report(found, found + left, f"{found} points, {left} zones left")

    # The scale of things ----------------------------------------------------------------------

    def _find_ends(self) -> None:
        """The best in each layer; the range between these and the worst among them is the scale.

        A step is the tolerance times a layer's range.
        """
        worked = inquire(self.oracle, [self._find_end(at) for at in range(self.count)])
        ends = [work for work in worked if work is not None and work.portfolio is not None]
        if not ends:
            return
        gains = np.array([work.portfolio.gains for work in ends if work.portfolio])
        self.range = np.maximum(gains.max(axis=0) - gains.min(axis=0), 1e-6)
        self.step = np.maximum(self.tolerance * self.range, SMALLEST_STEP)
        for work in ends:
            self._take(work)

    def _find_end(self, at: int) -> Inquiry[CoverageWork]:
        """The best in one layer, the others leaning in a little."""
        start = self.corners[0]
        weights = np.full(self.count, LEANING)
        weights[at] = 1.0
        (alone,) = yield [self._pose_relaxed(start, np.eye(self.count)[at])]
        if alone.is_infeasible:
            raise SolverFailed("the relaxation of what has a plan was said to have none")
        self.ideal[at] = alone.bound + SMALLEST_STEP
        (above,) = yield [self._pose_relaxed(start, weights)]
        return (yield from self._find(start, weights, LEANING, above))

    # One zone ---------------------------------------------------------------------------------

    def _work(self, corner: Array) -> Inquiry[CoverageWork]:
        """Shows that nothing lies above a corner, or finds a plan there."""
        weights = 1.0 / self.range
        (above,) = yield [self._pose_relaxed(corner, weights)]
        if above.is_infeasible:
            return CoverageWork(corner, is_empty=True)
        return (yield from self._find(corner, weights, NEAR * self.tolerance, above))

    def _pose_relaxed(self, corner: Array, weights: Array) -> Question:
        """The most that the relaxation gains above a corner."""
        changes = self.outlook.stand_at(corner)
        place = corner / self.range
        return Question(self.outlook.aim(weights), changes, needs="bound", place=place)

    def _list_near(self, corner: Array) -> list[Portfolio]:
        """Points by their distance from a corner, the nearest first."""
        if not self.known:
            return []
        away = (np.abs(self.gains - corner) / self.range).sum(axis=1)
        return [self.known[int(at)] for at in np.argsort(away, kind="stable")]

    def _find(
        self, corner: Array, weights: Array, near: float, above: Answer
    ) -> Inquiry[CoverageWork]:
        """A plan above a corner that is nearly the best there by a sum of gains."""
        question = self._pose_best(corner, weights, near, above)
        best, chosen = -np.inf, None
        tried: set[bytes] = set()
        for known in self._list_near(corner):
            decisions = known.decisions
            if len(tried) == CANDIDATES or above.bound - best <= near:
                break
            if decisions.tobytes() in tried:
                continue
            tried.add(decisions.tobytes())
            (kept,) = yield [replace(question, decided=decisions)]
            portfolio = self.outlook.read(kept)
            if portfolio is not None and float(portfolio.gains @ weights) > best:
                best = float(portfolio.gains @ weights)
                chosen = portfolio
        if above.bound - best > near:
            (found,) = yield [replace(question, at_least=best + near)]
            if found.is_infeasible:
                return CoverageWork(corner, is_empty=True)
            portfolio = self.outlook.read(found)
            if portfolio is not None and float(portfolio.gains @ weights) > best:
                chosen = portfolio
        return CoverageWork(corner, chosen)

    def _pose_best(self, corner: Array, weights: Array, near: float, above: Answer) -> Question:
        """The best plan above a corner, within `near` of it, the one that spends least."""
        scale = max(1.0, above.bound)
        return Question(
            self.outlook.aim(weights),
            self.outlook.stand_at(corner),
            Tolerance(near / scale, scale),
            recalls=False,
            place=corner / self.range,
        )

    def _take(self, work: CoverageWork) -> None:
        """Takes in what was found of a zone."""
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
            self.known.append(work.portfolio)
            self.corners = split_zones(self.corners, covered)
        elif same.any() and before == len(self.corners):
            self.corners = self.corners[~same]
