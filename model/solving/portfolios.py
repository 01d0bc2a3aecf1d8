"""What is remembered of solved weightings: plans with what they gain, and proven bounds."""

from __future__ import annotations

from dataclasses import dataclass

from ..equations.curves import Array
from ..equations.evaluate import Plan


@dataclass(frozen=True)
class Portfolio:
    """A plan that keeps every limit, and what it gains in each layer, in points.

    `decisions` are the values of the integer columns under it.
    """

    plan: Plan
    gains: Array
    decisions: Array

    @property
    def funded(self) -> tuple[str, ...]:
        """The instruments it funds, in the scenario's order."""
        return tuple(self.plan)


@dataclass(frozen=True)
class Cut:
    """A solved weighting: no plan gains more than `bound` under `weights`.

    `kind` says what proved it: `linear`, `relaxed` or `mixed`.
    """

    weights: Array
    bound: float
    kind: str
