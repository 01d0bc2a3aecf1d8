"""Weightings under watch: the two bounds of the best gain under each, renewed only where needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from ...equations.curves import Array, Numbers
from .envelope import ROUNDING, SAME_POINT, bound_regret

if TYPE_CHECKING:
    from ...solving.bank import Bank

Measure = Callable[[Array, Array], Array]
"""How much is lost between known gains and bounds, shapes [weightings]."""

TURN = 32
"""Bounds renewed before looking again which are the widest."""


class Watch:
    """Weightings with what a bank knows of them. Bounds only fall: an old one still holds."""

    def __init__(self, bank: Bank) -> None:
        self.bank = bank
        count = len(bank.layers)
        self.weights = np.zeros((0, count))
        self.lower, self.upper = np.zeros(0), np.zeros(0)
        self.best = np.zeros(0, dtype=int)
        self._corners = np.zeros((0, count))
        self._renewed = np.zeros(0, dtype=int)
        self._known = 0
        self._numbers: dict[bytes, int] = {}

    def number(self, weightings: Array) -> Numbers:
        """The numbers of weightings, shape [weightings, layers]; those not watched are taken in."""
        keys = [key.tobytes() for key in np.round(weightings / SAME_POINT).astype(np.int64)]
        fresh = [at for at, key in enumerate(keys) if key not in self._numbers]
        if fresh:
            for at, number in zip(fresh, self.add(weightings[fresh]).tolist(), strict=True):
                self._numbers.setdefault(keys[at], number)
        return np.array([self._numbers[key] for key in keys], dtype=int)

    def add(self, weightings: Array) -> Numbers:
        """Takes in weightings, shape [weightings, layers]; their numbers."""
        first, count = len(self.weights), len(weightings)
        lower, best = self.bank.lower(weightings)
        self.look()
        self.weights = np.vstack([self.weights, weightings])
        self.lower = np.concatenate([self.lower, lower])
        self.best = np.concatenate([self.best, best])
        self.upper = np.concatenate([self.upper, np.full(count, np.inf)])
        self._corners = np.vstack([self._corners, np.full_like(weightings, np.inf)])
        self._renewed = np.concatenate([self._renewed, np.full(count, -1)])
        return np.arange(first, first + count)

    def look(self) -> None:
        """Takes notice of portfolios that the bank has got since."""
        fresh = self.bank.gains[self._known :]
        if len(fresh) and len(self.weights):
            gains = self.weights @ fresh.T
            at = gains.argmax(axis=1)
            most = gains[np.arange(len(at)), at]
            better = most > self.lower
            self.lower = np.where(better, most, self.lower)
            self.best = np.where(better, at + self._known, self.best)
        self._known = len(self.bank.gains)

    def renew(self, numbers: Numbers) -> None:
        """Brings the upper bounds of some weightings up to date."""
        cuts = len(self.bank.cuts)
        for since in np.unique(self._renewed[numbers]).tolist():
            ours = numbers[self._renewed[numbers] == since]
            if since >= 0:
                ours = ours[self.bank.raises(self._corners[ours], since)]
            if len(ours):
                self.upper[ours], self._corners[ours] = self.bank.upper(self.weights[ours])
        self._renewed[numbers] = cuts

    def find_widest(
        self,
        numbers: Numbers,
        lower: Array,
        tolerance: float,
        count: int,
        measure: Measure = bound_regret,
    ) -> Numbers:
        """Those of some weightings whose regret may exceed a tolerance, the widest first.

        At most `count` of them. `lower`: the gain that counts as known under each. `measure`: the
        regret that is left between that and a bound.
        """
        regret = measure(lower, self.upper[numbers])
        is_new = self._renewed[numbers] == len(self.bank.cuts)
        while True:
            order = np.flatnonzero(regret > tolerance + ROUNDING)
            order = order[np.argsort(-regret[order], kind="stable")]
            old = order[~is_new[order]]
            if not len(old) or is_new[order[:count]].all():
                return np.asarray(order[:count])
            turn = old[:TURN]
            self.renew(numbers[turn])
            regret[turn] = measure(lower[turn], self.upper[numbers[turn]])
            is_new[turn] = True
