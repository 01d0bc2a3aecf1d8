"""What explaining a scenario gives: prices, reasons, ties and figures; or conflicts and repairs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ....inputs.scenario import Scenario
from ...solving.solution import Best, Solution

Patch = Mapping[str, Any]


@dataclass(frozen=True)
class LimitPrice:
    """What one limit costs: points gained with it one `unit` looser, by a true re-solve.

    `year` is None where the limit is looser in all its periods. `at_most`: proven, no plan gains
    more than that. `lp_price` holds the plan's on/off decisions; None where a limit has no unit.
    `buys`: instruments that spend more with it looser, and by how much, $ billion.
    """

    id: str
    sense: str
    year: int | None
    unit: str
    price: float
    at_most: float
    lp_price: float | None
    agrees: bool
    is_binding: bool
    buys: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Replacement:
    """What is lost if an instrument is taken away, points, and who spends more instead, $ billion.

    `points` is None where no plan does without it: `needed_by` names the limits.
    """

    points: float | None
    at_most: float | None
    instead: tuple[tuple[str, float], ...]
    needed_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """The smallest change of one kind found that funds an instrument; verified by solving.

    Funded at `value`, not at `not_at`; both are factors for `cost` and `effect`, else what stands
    under `budget` or `weights` (by layer). `value` is None where nothing up to `searched_to` does.
    """

    kind: str
    base: Any
    value: Any
    not_at: Any
    searched_to: Any
    patch: Patch | None
    within_range: bool | None
    layer: str | None = None

    @property
    def is_factor(self) -> bool:
        return self.kind in ("cost", "effect")


@dataclass(frozen=True)
class Reason:
    """Why an instrument is funded as it is. Worth and margin in points per $ billion.

    `held_by`: money, maximum, minimum, growth, limit, exclusion, prerequisite, or nothing left to
    gain; `limits` names those of the scenario that do. `forced_loss`: points lost if an unfunded
    one is funded all the same, None if it cannot be. None too is what there was no time for.
    """

    id: str
    is_funded: bool
    spending_bn: float
    worth: float
    margin: float
    held_by: str | None = None
    limits: tuple[str, ...] = ()
    forced_loss: float | None = None
    replacement: Replacement | None = None
    to_fund: tuple[Change, ...] | None = None


@dataclass(frozen=True)
class LedgerFigure:
    """A figure that the result leans on: what hangs on it, and where it changes the decision.

    `share` of the gain is lost without it, the plan kept: of an assumption, without all effects
    that hang on it. `flips_at` is the nearest value at which
    every plan that funds today's instruments loses more than the tolerance; None within its range.
    `is_flip_known`: whether there was time to look for that.
    """

    path: str
    value: float
    low: float | None
    high: float | None
    confidence: str | None
    source: tuple[str, ...]
    share: float
    flips_at: float | None = None
    not_at: float | None = None
    enters: tuple[str, ...] = ()
    leaves: tuple[str, ...] = ()
    is_flip_known: bool = False
    title: str = ""
    unit: str = ""


STEPS = (1.0, 0.1, 0.01)
"""Points more of a layer that are asked about: the most for which some one other layer can pay.

Of us-2027 no layer alone can pay for a whole point of another, and most for a tenth.
"""


@dataclass(frozen=True)
class Price:
    """Points given up for a gain elsewhere: by the best plan found, and by any plan at least.

    `enters` and `leaves`: programmes that the plan found funds, or no longer does. `moves_bn`: how
    much more or less it spends on each, over all years, the most first.
    """

    points: float
    at_least: float
    enters: tuple[str, ...]
    leaves: tuple[str, ...]
    moves_bn: Mapping[str, float]


@dataclass(frozen=True)
class ExchangeRate:
    """What `more` points in a layer cost in each other one, and in score with all others free.

    None: no plan has so much more, as far as is known.
    """

    layer: str
    more: float
    prices: Mapping[str, Price | None]
    score: Price | None

    @property
    def cheapest(self) -> str | None:
        """The layer in which the fewest points are given up."""
        known = {layer: own.points for layer, own in self.prices.items() if own is not None}
        return min(known, key=lambda layer: known[layer], default=None)


@dataclass(frozen=True)
class Explanation:
    """Why the best plan of a scenario is what it is. What is None there was no time for."""

    scenario: Scenario
    solution: Solution
    best: Best
    prices: tuple[LimitPrice, ...] | None = None
    reasons: tuple[Reason, ...] | None = None
    ties: Mapping[str, tuple[float, float]] | None = None
    ties_are_exact: bool = True
    figures: tuple[LedgerFigure, ...] | None = None
    rates: tuple[ExchangeRate, ...] | None = None
    missing: tuple[str, ...] = ()
    solves: int = 0
    linear_solves: int = 0
    seconds: float = 0.0
