"""What is proven of single portfolios over a region of weightings, and how it is proven better.

Under every weighting of a polytope a portfolio's gain is linear and the best gain convex. So
where gains are positive no weighting has a larger regret than the worst corner: bounds at the
corners prove it for all.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...equations.curves import Array, Numbers
from ...equations.evaluate import SMALLEST_GAIN
from ...failures import SolverFailed
from ...solving.bank import Bank
from ...solving.best_plans import is_quick
from ..weights.envelope import bound_cell, bound_regret
from ..weights.region import Region
from ..weights.sweep import Sweep
from ..weights.watch import Watch
from .findings import Certificate

DRAWN = 80
"""Weightings answered before the first question: a bank that later answers mostly rest on."""

WIDTH = 4
"""Corners answered at a time between two questions: a count, so that answers repeat."""

ROUNDS = 2
"""Times that corners are answered between two questions."""

MOST_CLOSING = 12
"""Times that corners are answered, searches and all, where questions would not help any more."""

SHARE_OPEN = 0.25
"""Share of the tolerance by which a bound may lie above what is known at a corner."""


class Certifier:
    """The bank of an interview: portfolios, bounds, and which weightings were answered."""

    def __init__(self, sweep: Sweep, tolerance: float) -> None:
        self.sweep, self.tolerance = sweep, tolerance
        sweep.tolerance = SHARE_OPEN * tolerance
        self.watch = Watch(sweep.bank)
        self.asked: dict[int, str] = {}
        self.is_quick = is_quick(sweep.oracle)  # then it searches from the start

    @property
    def bank(self) -> Bank:
        return self.sweep.bank

    def open(self, region: Region) -> None:
        """Answers the middle of a region, its corners, and weightings drawn from it."""
        middle = region.weigh(np.zeros((1, region.dimension)))
        corners = region.weigh(find_region_corners(region))
        self._answer(self.watch.number(np.vstack([middle, corners])), "known")
        drawn = self.watch.number(region.draw(DRAWN, 0))
        while True:
            open_ = np.array([n for n in drawn.tolist() if n not in self.asked], dtype=int)
            lower = self.watch.lower[open_]
            widest = self.watch.find_widest(open_, lower, self.sweep.tolerance, 2 * WIDTH)
            if not len(widest) or self.sweep.clock.is_over:
                break
            self._answer(open_[widest], "known")
        if not self.bank.portfolios:
            self._answer(self.watch.number(middle), "searched")
        if not self.bank.portfolios:
            raise SolverFailed("no plan was found in time; allow more with --time-limit")

    def _answer(self, numbers: Numbers, how: str) -> None:
        """Answers some weightings, and notes how: `quick`, `known` decisions, or `searched`."""
        if not len(numbers):
            return
        how = "searched" if self.is_quick else how
        self.sweep.is_straight = how == "quick"
        self.sweep.searches = how == "searched"
        self.sweep.answer_batch(self.watch.weights[numbers])
        self.asked.update(dict.fromkeys(numbers.tolist(), how))
        self.watch.look()

    # Proving ----------------------------------------------------------------------------------

    def certify(self, region: Region) -> Certificate:
        """The portfolio of the bank with the smallest largest regret that is proven."""
        weights = region.weigh(find_region_corners(region))
        numbers = self.watch.number(weights)
        self.watch.look()
        self.watch.renew(numbers)
        upper, lower = self.watch.upper[numbers], self.watch.lower[numbers]
        gains = weights @ self.bank.gains.T
        regrets = bound_all(gains, upper)
        best = int(regrets.argmin())
        return Certificate(
            best=best,
            regret=float(regrets[best]),
            points=float(np.maximum(upper - gains[:, best], 0.0).max()),
            known=float(bound_all(gains, lower).min()),
            corners=weights,
        )

    def prove(self, region: Region) -> Certificate:
        """The certificate after some corners have been answered, those that decide it first."""
        middle = self.watch.number(region.weigh(np.zeros((1, region.dimension))))
        certificate = self.certify(region)
        for _ in range(ROUNDS):
            if certificate.regret <= self.tolerance or self.sweep.clock.is_over:
                break
            worst = self._find_loose(certificate, WIDTH, ())
            fresh = [n for n in middle.tolist() if n not in self.asked]
            numbers = np.array([*fresh, *worst], dtype=int)
            if not len(numbers):
                break
            self._answer(numbers, "quick")
            certificate = self.certify(region)
        return certificate

    def close(self, region: Region) -> Certificate:
        """The certificate once bounds at corners meet what is known, as far as there is time."""
        certificate = self.certify(region)
        for how in ("known", "searched"):
            for _ in range(MOST_CLOSING):
                if certificate.regret <= self.tolerance or self.sweep.clock.is_over:
                    return certificate
                worst = self._find_loose(certificate, 2 * WIDTH, (how,))
                if not worst:
                    break
                self._answer(np.array(worst, dtype=int), how)
                certificate = self.certify(region)
        return certificate

    def _find_loose(self, certificate: Certificate, count: int, done: Sequence[str]) -> list[int]:
        """Corners that keep the certificate from being better, whose bounds may yet fall.

        Those answered in one of the ways in `done` are left out; all that were where it is empty.
        """
        numbers = self.watch.number(certificate.corners)
        upper, lower = self.watch.upper[numbers], self.watch.lower[numbers]
        gains = certificate.corners @ self.bank.gains[certificate.best]
        regret = bound_regret(gains, upper)
        is_loose = bound_regret(lower, upper) > SHARE_OPEN * self.tolerance
        done = done or ("quick", "known", "searched")
        loose = [
            int(numbers[at])
            for at in np.argsort(-regret, kind="stable").tolist()
            if is_loose[at] and regret[at] > self.tolerance
        ]
        left = [n for n in loose if self.asked.get(n) not in (*done, "searched")]
        return left[:count]


def bound_all(gains: Array, best: Array) -> Array:
    """The largest regret of each portfolio over a region, by its gains at the region's corners.

    `gains` has the shape [corners, portfolios], `best` the best gain, or its bound, by corner.
    """
    if best.min() >= SMALLEST_GAIN and gains.min() >= 0:
        shape = gains.shape
        bounds = np.broadcast_to(best[:, None], shape)
        return np.asarray(bound_regret(gains, bounds).max(axis=0))
    return np.array([bound_cell(own, best) for own in gains.T])


def find_region_corners(region: Region) -> Array:
    """The corners of a region in its own coordinates. Raises SolverFailed where it is too thin."""
    from scipy.spatial import QhullError

    try:
        return region.corners
    except QhullError:
        raise SolverFailed(
            "what was said leaves so few weightings that their corners cannot be told apart; "
            "leave a statement out"
        ) from None
