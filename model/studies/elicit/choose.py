"""Which question is expected to leave the smallest regret, and weightings to judge that by."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ...equations.curves import Array, Numbers
from ...equations.evaluate import SMALLEST_GAIN
from ..weights.region import Region
from .certificate import find_region_corners
from .findings import TradeOff

Flags = NDArray[np.bool_]

SAMPLES = 800
"""Weightings that a question is judged by."""

STEPS = 40
"""Steps of the walk to each of them."""

FAR = 1e9
"""Steps longer than this lead nowhere: two corners that are one."""

EVEN, LEAST = 0.2, 0.02
"""A question is to split the weightings so that either part has this share; the least that may."""

POWER = 3
"""Regrets are averaged by this power, so that large ones count most.

The largest alone says too little: as long as one corner stays, it stays. On 153 known portfolios of
us-2027 forty respondents needed 7.4 questions on average; by the largest regret or the mean it was
10 for two dozen.
"""

EASIER = 1.03
"""A question of one layer less is asked although another would leave so much less regret."""

MOST_PORTFOLIOS = 60
"""Portfolios among which the least regretted one is looked for."""


def wander(region: Region, count: int = SAMPLES) -> Array:
    """Weightings spread over a region; shape [count, layers]. The same for the same region.

    Walks from inside along the directions between two corners, each step to anywhere between the
    walls (hit and run; Smith 1984), so that long and thin regions are filled as well.
    """
    dimension = region.dimension
    points = np.zeros((count, dimension))
    if dimension:
        chance = np.random.default_rng(0)
        corners = find_region_corners(region)
        normals, offsets = region.sides[:, :-1], region.sides[:, -1]
        for _ in range(STEPS):
            ends = chance.integers(len(corners), size=(2, count))
            along = corners[ends[0]] - corners[ends[1]]
            slope = along @ normals.T
            room = np.maximum(-(points @ normals.T + offsets), 0.0)
            with np.errstate(divide="ignore", invalid="ignore"):
                steps = room / slope
            ahead = np.where(slope > 0, steps, FAR).min(axis=1)
            back = np.where(slope < 0, steps, -FAR).max(axis=1)
            moved = back + chance.uniform(size=count) * (ahead - back)
            moved = np.where((ahead < FAR) & (back > -FAR), moved, 0.0)
            points = points + moved[:, None] * along
    return region.weigh(points)


class Chooser:
    """Regrets of portfolios at weightings of a region, drawn and at its corners."""

    def __init__(self, region: Region, gains: Array, corners: Array) -> None:
        """`gains` [portfolios, layers] of the bank, `corners` [corners, layers] of the region."""
        self.layers = region.layers
        self.drawn = wander(region)
        self.points = np.vstack([self.drawn, corners])
        values = self.points @ gains.T
        best = values.max(axis=1, keepdims=True)
        regrets = np.maximum(best - values, 0.0) / np.maximum(best, SMALLEST_GAIN)
        self.best: Numbers = values[: len(self.drawn)].argmax(axis=1)
        often = np.argsort(-np.bincount(self.best, minlength=len(gains)), kind="stable")
        mild = np.argsort(regrets.max(axis=0), kind="stable")
        half = MOST_PORTFOLIOS // 2
        chosen = list(dict.fromkeys([*mild[:half].tolist(), *often[:half].tolist()]))
        self.often: list[int] = often[: np.count_nonzero(np.bincount(self.best))].tolist()
        self.powers = regrets[:, chosen] ** POWER

    def choose(self, trade_offs: Sequence[TradeOff]) -> TradeOff | None:
        """The one that is expected to leave the least regret; None if none would help.

        Each answer is as likely as its share of the weightings drawn. Those that split them evenly
        go first.
        """
        forms = np.array([weigh(own, self.layers) for own in trade_offs])
        if not len(forms):
            return None
        sides = self.points @ forms.T >= 0
        shares = sides[: len(self.drawn)].mean(axis=0)
        for least in (EVEN, LEAST):
            able = np.flatnonzero((shares >= least) & (shares <= 1 - least))
            if len(able):
                effort = [EASIER ** len(trade_offs[at].layers) for at in able.tolist()]
                expected = self._expect(sides[:, able], shares[able]) * np.array(effort)
                return trade_offs[int(able[int(np.argmin(np.round(expected, 9)))])]
        return None

    def _expect(self, sides: Flags, shares: Array) -> Array:
        """The regret expected after each of some questions; shape [questions].

        `sides` [points, questions]: which points agree with its answer a; `shares`: how likely
        that is.
        """
        left, right = self._average(sides), self._average(~sides)
        return shares * left + (1 - shares) * right

    def _average(self, sides: Flags) -> Array:
        """What the least regretted portfolio loses at the points of each side."""
        sums = sides.T.astype(float) @ self.powers
        means = sums / sides.sum(axis=0)[:, None]
        return np.asarray(means.min(axis=1) ** (1 / POWER))


def weigh(trade_off: TradeOff, layers: Sequence[str]) -> list[float]:
    """How much more offer a is worth than offer b per weight of each layer: its half-space."""
    a, b = trade_off.a.points, trade_off.b.points
    return [a.get(layer, 0.0) - b.get(layer, 0.0) for layer in layers]
