"""What is asked of one plan that several futures may meet: a value of its gains in each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..equations.evaluate import relative

CRITERIA = ("expected", "worst", "regret", "cvar")

Gains = Mapping[str, float]
"""Points by future."""


@dataclass(frozen=True)
class Criterion:
    """One of `CRITERIA`. `own_best`: the best gain known in each future, had it been known."""

    name: str
    probabilities: Mapping[str, float]
    own_best: Gains
    alpha: float = 0.2

    def value(self, gains: Gains) -> float:
        """Points, or the largest regret as a share."""
        if self.name == "expected":
            return expect(gains, self.probabilities)
        if self.name == "worst":
            return min(gains.values())
        if self.name == "regret":
            return max(relative(best - gains[id_], best) for id_, best in self.own_best.items())
        return mean_of_worst(gains, self.probabilities, self.alpha)

    def merit(self, gains: Gains) -> float:
        """The value, so that more is better."""
        return self.merit_of(self.value(gains))

    def merit_of(self, value: float) -> float:
        """A value, so that more is better: a regret is to be small."""
        return -value if self.name == "regret" else value

    def loss(self, bound: float, value: float) -> float:
        """The gap between a value and its bound: relative, or in shares of a regret as it is."""
        if self.name == "regret":
            return max(0.0, value - bound)
        return relative(bound - value, value)


def expect(gains: Gains, probabilities: Mapping[str, float]) -> float:
    """The expected gain.

    >>> expect({"calm": 2.0, "storm": 1.0}, {"calm": 0.75, "storm": 0.25})
    1.75
    """
    return sum(probabilities[id_] * gain for id_, gain in gains.items())


def mean_of_worst(gains: Gains, probabilities: Mapping[str, float], share: float) -> float:
    """The mean of the worst share of gains (conditional value at risk).

    A future that is partly among them counts in part.

    >>> mean_of_worst({"calm": 3.0, "storm": 1.0}, {"calm": 0.75, "storm": 0.25}, 0.5)
    2.0
    """
    left, total = share, 0.0
    for id_ in sorted(gains, key=lambda id_: gains[id_]):
        counted = min(left, probabilities[id_])
        total += counted * gains[id_]
        left -= counted
    return total / (share - left) if share > left else min(gains.values())
