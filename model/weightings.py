"""What is known of weightings, and what the questions about them give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .curves import Array, Numbers
from .evaluate import Plan


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


@dataclass(frozen=True)
class Sampled:
    """Weightings drawn, and for each the best portfolio known: its place in `portfolios`.

    `regret` is what the choice may lose at most, proven. Shapes [samples, layers] and [samples].
    """

    weights: Array
    portfolios: tuple[Portfolio, ...]
    chosen: Numbers
    regret: Array
    seed: int
    tolerance: float
    solves: int
    linear_solves: int
    seconds: float


@dataclass(frozen=True)
class Cell:
    """A portfolio of a map with the share of the region where it is the best of the list.

    `center` is a weighting inside its cell, shape [layers].
    """

    portfolio: Portfolio
    share: float
    center: Array


@dataclass(frozen=True)
class Stand:
    """Where a stakeholder stands: the best of the list under their weights, or all over a region.

    `regret` is what each listed portfolio may lose there at most, by its place in the list.
    """

    weights: Array
    best: int
    regret: Array
    is_region: bool


@dataclass(frozen=True)
class WeightMap:
    """A list of portfolios, the largest share first, and what is proven of it.

    Under every weighting of the region the best of the list loses at most `certified_regret` of the
    best gain, and at most `certified_points`. `share_error` is the sampling error of the shares, 0
    where they are volumes.
    """

    coordinates: tuple[str, ...]
    cells: tuple[Cell, ...]
    tolerance: float
    certified_regret: float
    certified_points: float
    complete: bool
    interrupted: bool
    share_error: float
    stands: Mapping[str, Stand]
    solves: int
    linear_solves: int
    corners: int
    curve: tuple[tuple[int, int, float, float], ...]
    seconds: float


@dataclass(frozen=True)
class Stretch:
    """A part of a path of weightings along which one funded set stays good enough."""

    begins: float
    ends: float
    portfolio: Portfolio


@dataclass(frozen=True)
class Flip:
    """The nearest weighting at which every plan with today's funded set loses too much.

    `shift_pp`: percentage points of weight that move. `portfolio`: a best one there.
    """

    weights: Array
    shift_pp: float
    portfolio: Portfolio


@dataclass(frozen=True)
class Flips:
    """Where the decision of today's weights turns."""

    weights: Array
    today: Portfolio
    tolerance: float
    nearest: Flip | None
    proven_none_within_pp: float
    by_layer: Mapping[str, tuple[Stretch, ...]]
    complete: bool
    solves: int
    linear_solves: int
    seconds: float
