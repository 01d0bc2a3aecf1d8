"""What is known of weightings, and what the questions about them give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...equations.curves import Array, Numbers
from ...solving.portfolios import Portfolio


@dataclass(frozen=True)
class Sampled:
    """Weightings that were answered of those `asked`, each with the best portfolio known.

    `chosen` is its place in `portfolios`, `regret` what the choice may lose at most, proven. Shapes
    [answered, layers] and [answered].
    """

    asked: int
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
class WeightCell:
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

    `bounds` are the solved weightings, each with what no plan gains more than under it, and `most`
    what none gains more than in each layer: any sum of these with weights of 0 or more bounds the
    weighting that it adds up to. Under every weighting of the region the best of the list loses at
    most `certified_regret` of the best gain, and at most `certified_points`. `share_error` is the
    sampling error of the shares, 0 where they are volumes.
    """

    coordinates: tuple[str, ...]
    cells: tuple[WeightCell, ...]
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
    bounds: tuple[tuple[Array, float], ...] = ()
    most: Array | None = None


@dataclass(frozen=True)
class WeightStretch:
    """A part of a path of weightings along which one funded set stays good enough."""

    begins: float
    ends: float
    portfolio: Portfolio


@dataclass(frozen=True)
class WeightFlip:
    """The nearest weighting at which every plan with today's funded set loses too much.

    `shift_pp`: percentage points of weight that move. `portfolio`: a best one there.
    """

    weights: Array
    shift_pp: float
    portfolio: Portfolio


@dataclass(frozen=True)
class Flips:
    """Where the decision of today's weights turns; None is what there was no time for."""

    weights: Array
    today: Portfolio
    tolerance: float
    nearest: WeightFlip | None
    proven_none_within_pp: float | None
    by_layer: Mapping[str, tuple[WeightStretch, ...] | None]
    complete: bool
    solves: int
    linear_solves: int
    seconds: float
