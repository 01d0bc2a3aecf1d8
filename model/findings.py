"""What studies of the budget, of alternatives and of trade-offs find; points and $ billion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..inputs.scenario import Scenario
from .evaluate import Plan


@dataclass(frozen=True)
class Effort:
    """How much was solved, and whether everything that was asked is proven."""

    solves: int
    linear_solves: int
    seconds: float
    is_complete: bool


@dataclass(frozen=True)
class CurvePoint:
    """The best known gain at a yearly budget, and its proven bound."""

    budget: float
    gain: float
    bound: float


@dataclass(frozen=True)
class Stretch:
    """Budgets over which one funded set is never further behind the best than `proven`, a share.

    `gain_lower` and `gain_upper` are what that set gains at either end.
    """

    lower: float
    upper: float
    funded: tuple[str, ...]
    gain_lower: float
    gain_upper: float
    proven: float

    @property
    def worth(self) -> float | None:
        """Points for each further billion a year along it."""
        width = self.upper - self.lower
        return (self.gain_upper - self.gain_lower) / width if width > 0 else None


@dataclass(frozen=True)
class Step:
    """One whole programme taken away, or added: its money and what it gains, both positive.

    `behind` is how far the plan then is behind the best one for the money it spends, in points,
    at most `behind_at_most`, and `share` the same as a share of that gain. `total` is that money.
    """

    instrument: str
    money: float
    points: float
    behind: float
    behind_at_most: float
    share: float
    gain: float
    total: float


@dataclass(frozen=True)
class BudgetFindings:
    """The best gain and the funded set as the yearly budget moves; what to cut and to add."""

    scenario: Scenario
    lower: float
    upper: float
    tolerance: float
    curve: tuple[CurvePoint, ...]
    stretches: tuple[Stretch, ...]
    plan: Plan
    gain: float
    cuts: tuple[Step, ...]
    cuts_stop: str
    adds: tuple[Step, ...]
    adds_stop: str
    is_exact: bool
    effort: Effort
    notes: Mapping[str, str] = field(default_factory=dict)

    @property
    def proven(self) -> float:
        """The largest share by which a stretch's set may be behind the best."""
        return max((stretch.proven for stretch in self.stretches), default=0.0)


@dataclass(frozen=True)
class FrontierPoint:
    """An outcome that no plan beats in every layer asked about, with the plan behind it."""

    outcome: Mapping[str, float]
    plan: Plan
    is_supported: bool
    weights: Mapping[str, float] | None


@dataclass(frozen=True)
class FrontierFindings:
    """The non-dominated outcomes over some layers, or a representation of them.

    `is_exact`: all of them, as spending is all-or-nothing. Else no outcome is better than a point
    by more than its layer's `steps`, points, in every layer.
    """

    scenario: Scenario
    layers: tuple[str, ...]
    floors: Mapping[str, float]
    tolerance: float
    steps: Mapping[str, float]
    points: tuple[FrontierPoint, ...]
    open_zones: int
    is_exact: bool
    effort: Effort


@dataclass(frozen=True)
class Range:
    """The least and the most that plans good enough spend, $ billion, as found and as proven."""

    least: float
    most: float
    least_proven: float
    most_proven: float

    @property
    def gap(self) -> float:
        """How far what was found may be from the true ends, $ billion."""
        return max(self.least - self.least_proven, self.most_proven - self.most, 0.0)


@dataclass(frozen=True)
class Alternative:
    """A plan good enough, its least distance to those before it, and the largest there may be.

    `distance` is None for the first, the best plan.
    """

    plan: Plan
    gain: float
    distance: float | None
    distance_at_most: float | None
    money: Mapping[str, float]


@dataclass(frozen=True)
class AlternativeFindings:
    """The ranges of spending among plans within a share of the best gain, and plans that differ."""

    scenario: Scenario
    best_gain: float
    within: float
    areas: Mapping[str, Range]
    instruments: Mapping[str, Range]
    plans: tuple[Alternative, ...]
    is_exhausted: bool
    effort: Effort
