"""One layer's weight from 0 to 1, the others in proportion: where the funded set has to change.

Along such a path every portfolio's gain is a line. The best gain and the best of each funded set
are upper envelopes of lines, so the points where a set begins to lose too much are found exactly,
among the portfolios known. Today's set is kept as far as it stays good enough on both sides of
today's weight; from there on, the set that stays good enough for longest takes over.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...equations.curves import Array, Numbers
from ...equations.evaluate import NEGLIGIBLE_LOSS, SMALLEST_GAIN
from ...solving.portfolios import Portfolio
from .findings import WeightStretch
from .frame import Frame

STEP = 1e-9
"""A stretch is at least so long: what ends sooner does not count as one."""

HALVINGS = 60
"""Steps of a bisection: to the last digit of a weight."""

Funded = tuple[str, ...]


def frame_path(layers: Sequence[str], layer: str, weights: Array) -> Frame:
    """From the others alone, in proportion or else alike, to the layer alone; two coordinates.

    >>> frame_path(["a", "b", "c"], "a", np.array([0.5, 0.1, 0.4])).rows.tolist()
    [[1.0, 0.0, 0.0], [0.0, 0.2, 0.8]]
    """
    at = list(layers).index(layer)
    others = np.array(weights, dtype=float)
    others[at] = 0.0
    if others.sum() <= STEP:
        others = np.ones(len(layers))
        others[at] = 0.0
    own = np.zeros(len(layers))
    own[at] = 1.0
    return Frame((layer, "others"), np.vstack([own, others / others.sum()]))


class WeightPath:
    """A path with the portfolios known along it; positions are the layer's weight."""

    def __init__(self, frame: Frame, portfolios: Sequence[Portfolio], tolerance: float) -> None:
        self.tolerance = tolerance
        gains = np.array([portfolio.gains for portfolio in portfolios])
        ends = gains @ frame.rows.T  # shape [portfolios, 2]: what each gains at 1 and at 0
        self.lines = np.column_stack([ends[:, 1], ends[:, 0] - ends[:, 1]])
        self.portfolios = portfolios
        self.of: dict[Funded, Numbers] = {}
        for at, portfolio in enumerate(portfolios):
            self.of.setdefault(portfolio.funded, np.zeros(0, dtype=np.intp))
            self.of[portfolio.funded] = np.append(self.of[portfolio.funded], at)
        self.kinks = find_kinks(self.lines)
        self.kinks_of = {
            funded: np.unique([*self.kinks, *find_kinks(self.lines[own])])
            for funded, own in self.of.items()
        }

    def best(self, at: float, own: Numbers | None = None) -> tuple[float, int]:
        """The most that some portfolios, or all, gain at a position, and which one does."""
        lines = self.lines if own is None else self.lines[own]
        gains = lines @ np.array([1.0, at])
        first = int(gains.argmax())
        return float(gains[first]), first if own is None else int(own[first])

    def is_enough(self, funded: Funded, at: float) -> bool:
        """Whether a funded set loses no more than the tolerance at a position."""
        best = self.best(at)[0]
        loss = best - self.best(at, self.of[funded])[0]
        return loss <= max(NEGLIGIBLE_LOSS, self.tolerance * max(best, SMALLEST_GAIN))

    def reach(self, funded: Funded, begins: float, end: float) -> float:
        """How far towards an end, 0 or 1, a set that is good enough stays so."""
        kinks = self.kinks_of[funded]
        ahead = kinks[kinks > begins] if end > begins else kinks[kinks < begins][::-1]
        last = begins
        for at in [*ahead.tolist(), end]:
            if self.is_enough(funded, at):
                last = at
                continue
            good, bad = last, at
            for _ in range(HALVINGS):
                middle = 0.5 * (good + bad)
                good, bad = (middle, bad) if self.is_enough(funded, middle) else (good, middle)
            return good
        return end

    def follow(self, begins: float, end: float) -> list[tuple[float, float, Funded]]:
        """Stretches from a position to an end, each as long as can be."""
        found: list[tuple[float, float, Funded]] = []
        sign = 1.0 if end > begins else -1.0
        while sign * (end - begins) > STEP:
            ahead = begins + sign * STEP
            enough = [funded for funded in self.of if self.is_enough(funded, ahead)]
            reached, _, funded = max(
                (
                    (sign * self.reach(f, ahead, end), self.best(ahead, self.of[f])[0], f)
                    for f in enough
                ),
                key=lambda one: one[:2],
            )
            stop = sign * reached
            found.append((begins, stop, funded))
            begins = stop
        return found

    def list_stretches(self, today: Funded, now: float) -> tuple[WeightStretch, ...]:
        """Stretches that cover the path, with today's set around today's weight."""
        left = right = now
        parts: list[tuple[float, float, Funded]] = []
        if self.is_enough(today, now):
            left, right = self.reach(today, now, 0.0), self.reach(today, now, 1.0)
            parts.append((left, right, today))
        parts = [
            *((b, a, funded) for a, b, funded in reversed(self.follow(left, 0.0))),
            *parts,
            *self.follow(right, 1.0),
        ]
        merged: list[tuple[float, float, Funded]] = []
        for begins, ends, funded in parts:
            if merged and merged[-1][2] == funded:
                merged[-1] = (merged[-1][0], ends, funded)
            else:
                merged.append((begins, ends, funded))
        return tuple(
            WeightStretch(b, e, self.portfolios[self.best(0.5 * (b + e), self.of[funded])[1]])
            for b, e, funded in merged
        )


def find_kinks(lines: Array) -> Array:
    """Where the upper envelope of lines [value at 0, slope] bends, between 0 and 1, in order.

    >>> find_kinks(np.array([[1.0, 0.0], [0.0, 2.0], [0.0, 1.0]])).tolist()
    [0.5]
    """
    kinks: list[float] = []
    at, value = 0.0, lines @ np.array([1.0, 0.0])
    # Of the lines that are best at 0, the steepest leads.
    now = int(np.lexsort((lines[:, 1], value))[-1])
    while True:
        steeper = np.flatnonzero(lines[:, 1] > lines[now, 1] + 1e-15)
        if not len(steeper):
            return np.array(kinks)
        meets = (lines[now, 0] - lines[steeper, 0]) / (lines[steeper, 1] - lines[now, 1])
        at = max(at, float(meets.min()))
        if at >= 1.0:
            return np.array(kinks)
        first = steeper[meets <= meets.min() + 1e-15]
        now = int(first[lines[first, 1].argmax()])
        kinks.append(at)
