"""Whether today's funded set is beaten under some weightings, by any plan there is.

Two sweeps answer, one with all plans, one with those of the set alone. Of a weighting it has but to
be known whether some plan gains more than the best of the set by more than the tolerance.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ...equations.curves import Array, Numbers
from ...equations.evaluate import SMALLEST_GAIN
from ...work.clock import Clock
from .envelope import allow_best
from .sweep import Sweep
from .watch import Watch

LEAST_MARGIN = 1e-7
"""Points by which a flip loses more than the tolerance: what the solver takes for rounding."""

ROUNDS = 4
"""Times that a weighting is looked at anew."""

SHARP = 0.1
"""Share of the tolerance that an answer may leave open where no threshold decides."""


class Duel:
    """Today's set beside all plans; `free` answers all plans, `held` those of the set."""

    def __init__(
        self,
        free: Sweep,
        held: Sweep,
        today: tuple[str, ...],
        tolerance: float,
        tell: Callable[[], None],
    ) -> None:
        self.free, self.held, self.today, self.tolerance = free, held, today, tolerance
        self.tell = tell
        self.known, self.own = Watch(free.bank), Watch(held.bank)
        self.asked: dict[int, int] = {}

    @property
    def clock(self) -> Clock:
        return self.free.clock

    @property
    def solves(self) -> int:
        """Mixed solves so far, or linear ones where there are no others."""
        return self.free.solves + self.held.solves

    def watch(self, weightings: Array) -> Numbers:
        """The numbers under which weightings are watched, the same in both banks."""
        self.own.number(weightings)
        return self.known.number(weightings)

    def ask(self, numbers: Numbers) -> bool:
        """Whether the set is beaten under some weightings: one round of looking for an answer.

        First any plan that beats what the set is known to gain; then, where there is one, any plan
        of the set that it does not beat. False if nothing more is to be had.
        """
        open_ = np.array([n for n in numbers.tolist() if self.asked.get(n, 0) < ROUNDS], dtype=int)
        if not len(open_) or self.free.clock.is_over:
            return False
        for number in open_.tolist():
            self.asked[number] = self.asked.get(number, 0) + 1
        self.known.renew(open_)
        allowed = self.allow(self.own.lower[open_])
        unsure = (self.known.upper[open_] > allowed) & (self.known.lower[open_] <= allowed)
        self._answer(self.free, open_[unsure], allowed[unsure])
        self.own.renew(open_)
        least = self.demand(self.known.lower[open_])
        beaten = (self.own.lower[open_] < least) & (self.own.upper[open_] > least)
        self._answer(self.held, open_[beaten], least[beaten])
        return bool(unsure.any() or beaten.any())

    def _answer(self, sweep: Sweep, numbers: Numbers, thresholds: Array) -> None:
        if len(numbers):
            sweep.tolerance = SHARP * self.tolerance
            closely = sweep is self.free  # against the best, any plan of the set decides
            sweep.answer_batch(self.known.weights[numbers], thresholds, closely)
            self.share()
            self.tell()

    def allow(self, gains: Array) -> Array:
        """The most that any plan may gain beside one that gains so much, points."""
        return allow_best(gains, self.tolerance) - 0.1 * LEAST_MARGIN

    def demand(self, gains: Array) -> Array:
        """The least that a plan must gain not to be beaten by one that gains so much, points."""
        least = gains - self.tolerance * np.maximum(gains, SMALLEST_GAIN)
        return np.asarray(least - 0.5 * LEAST_MARGIN)

    def share(self) -> None:
        """Lets both banks know each other's plans of today's set."""
        self.free.bank.add(self.held.bank.portfolios, [])
        own = [plan for plan in self.free.bank.portfolios if plan.funded == self.today]
        self.held.bank.add(own, [])
        self.known.look()
        self.own.look()

    def flips(self, numbers: Numbers) -> NDArray[np.bool_]:
        """Whether every plan of the set is proven to lose more than the tolerance."""
        self.own.renew(numbers)
        best, most = self.known.lower[numbers], self.own.upper[numbers]
        return np.asarray(best - most > self.tolerance * np.maximum(best, SMALLEST_GAIN))
