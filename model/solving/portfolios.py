"""What is remembered of solved weightings: plans with what they gain, and proven bounds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

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


def list_on(decisions: Array) -> list[int]:
    """The numbers of the integer columns that are 1.

    >>> list_on(np.array([0.0, 1.0, 1.0]))
    [1, 2]
    """
    return np.flatnonzero(decisions > 0.5).tolist()


def switch_on(on: list[int], integers: int) -> Array:
    """Decisions with the integer columns at some numbers 1, the others 0.

    >>> switch_on([1, 2], 3).tolist()
    [0.0, 1.0, 1.0]
    """
    decisions = np.zeros(integers)
    decisions[on] = 1.0
    return decisions
