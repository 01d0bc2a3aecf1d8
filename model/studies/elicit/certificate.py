"""What is proven of single portfolios over a region of weightings, and how it is proven better.

Under every weighting of a polytope a portfolio's gain is linear and the best gain convex. So
where gains are positive no weighting has a larger regret than the worst corner: bounds at the
corners prove it for all.
"""

from __future__ import annotations

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
from .compromise import Compromiser
from .findings import Certificate

DRAWN, WIDELY = 110, 280
"""Weightings answered before the first question, with a search near by; and looked at after these.

A bank that later answers mostly rest on: with 375 portfolios of us-2027 questions are chosen so
well that 7.4 are enough on average, with 87 it is 8.6.
"""

APART = 0.1
"""Share of the tolerance by which a bound may lie above what is known at a weighting looked at."""

AT_ONCE, WIDTH = 8, 4
"""Weightings answered at a time before the first question, and corners between two.

Counts, so that answers repeat; a corner of us-2027 takes a tenth of a second.
"""

NEARLY = 2.0
"""Corners are answered once more where what is known is within so many tolerances."""

MOST_CLOSING = 12
"""Times that corners are answered, searches and all, where questions would not help any more."""

SHARE_OPEN = 0.25
"""Share of the tolerance by which a bound may lie above what is known at a corner."""

WAYS = ("bound", "quick", "known", "searched")
"""How a weighting is answered, from the cheapest to the closest.

By the relaxation alone; with known decisions; with those near known ones; by a mixed program.
"""


class Certifier:
    """The bank of an interview: portfolios, bounds, and which weightings were answered."""

    def __init__(self, sweep: Sweep, tolerance: float) -> None:
        self.sweep, self.tolerance = sweep, tolerance
        sweep.tolerance = SHARE_OPEN * tolerance
        self.watch = Watch(sweep.bank)
        self.asked: dict[int, str] = {}
        self.is_quick = is_quick(sweep.oracle)  # then it searches from the start
        self.compromiser = Compromiser(sweep, is_quick=self.is_quick)

    @property
    def bank(self) -> Bank:
        return self.sweep.bank

    def open(self, region: Region) -> None:
        """Answers the middle of a region, its corners, and weightings drawn from it.

        A bank that holds portfolios already is filled where it leaves more than the tolerance open.
        """
        middle = self.watch.number(region.weigh(np.zeros((1, region.dimension))))
        corners = self.watch.number(region.weigh(find_region_corners(region)))
        drawn = self.watch.number(region.draw(WIDELY, 0))
        if self.bank.portfolios:
            self._settle(np.concatenate([middle, corners, drawn[:DRAWN]]), "known", 1.0)
        else:
            self._answer(np.concatenate([middle, corners]), "known")
            self._settle(drawn[:DRAWN], "known", SHARE_OPEN)
            self._settle(drawn, "quick", APART)
        if not self.bank.portfolios:
            self._answer(middle, "searched")
        if not self.bank.portfolios:
            raise SolverFailed("no plan was found in time; allow more with --time-limit")

    def _settle(self, numbers: Numbers, how: str, share: float) -> None:
        """Answers those of some weightings that the bank leaves open by a share of the tolerance.

        Each once, the least certain first.
        """
        while not self.sweep.clock.is_over:
            open_ = np.array([n for n in numbers.tolist() if n not in self.asked], dtype=int)
            lower, room = self.watch.lower[open_], share * self.tolerance
            widest = self.watch.find_widest(open_, lower, room, AT_ONCE)
            if not len(widest):
                break
            self._answer(open_[widest], how)

    def _answer(self, numbers: Numbers, how: str) -> None:
        """Answers some weightings, and notes in which of the `WAYS`."""
        if not len(numbers):
            return
        how = "searched" if self.is_quick else how
        self.sweep.only_bounds = how == "bound"
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
        """The certificate after some corners have been bounded, those that decide it first."""
        middle = self.watch.number(region.weigh(np.zeros((1, region.dimension))))
        self._answer(np.array([n for n in middle.tolist() if n not in self.asked], int), "quick")
        certificate = self._tighten(region, self.certify(region), "bound", 1)
        if certificate.known <= NEARLY * self.tolerance:
            certificate = self._tighten(region, certificate, "bound", 1)
        return self._compromise(region, certificate)

    def _compromise(self, region: Region, certificate: Certificate) -> Certificate:
        """The certificate once plans between the known ones were looked for."""
        if certificate.regret <= self.tolerance or self.sweep.clock.is_over:
            return certificate
        upper = self.watch.upper[self.watch.number(certificate.corners)]
        least = self.bank.portfolios[certificate.best]
        found = self.compromiser.find(certificate.corners, upper, least)
        if found is None:
            return certificate
        self.bank.add([found], [])
        return self.certify(region)

    def close(self, region: Region) -> Certificate:
        """The certificate once bounds at corners meet what is known, as far as there is time."""
        certificate = self.certify(region)
        for how in ("bound", "searched"):  # the others find plans, and bound no better
            certificate = self._tighten(region, certificate, how, MOST_CLOSING)
        return certificate

    def _tighten(
        self, region: Region, certificate: Certificate, how: str, rounds: int
    ) -> Certificate:
        """The certificate after corners were answered in one of the `WAYS`, some rounds of them."""
        for _ in range(rounds):
            if certificate.regret <= self.tolerance or self.sweep.clock.is_over:
                break
            worst = self._find_loose(certificate, how)
            if not len(worst):
                break
            self._answer(worst, how)
            certificate = self.certify(region)
        return certificate

    def _find_loose(self, certificate: Certificate, how: str) -> Numbers:
        """Corners that keep the certificate from being better, whose bounds may yet fall.

        Those answered as closely already are left out.
        """
        numbers = self.watch.number(certificate.corners)
        upper, lower = self.watch.upper[numbers], self.watch.lower[numbers]
        gains = certificate.corners @ self.bank.gains[certificate.best]
        regret = bound_regret(gains, upper)
        is_loose = bound_regret(lower, upper) > SHARE_OPEN * self.tolerance
        done = WAYS[WAYS.index(how) :]
        loose = [
            int(numbers[at])
            for at in np.argsort(-regret, kind="stable").tolist()
            if is_loose[at] and regret[at] > self.tolerance
        ]
        left = [n for n in loose if self.asked.get(n) not in done]
        return np.array(left[:WIDTH], dtype=int)


def bound_all(gains: Array, best: Array) -> Array:
    """The largest regret of each portfolio over a region, by its gains at the region's corners.

    `gains` has the shape [corners, portfolios], `best` the best gain, or its bound, by corner.
    """
    if best.min() >= SMALLEST_GAIN:  # then it is largest at a corner
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
