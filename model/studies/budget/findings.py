"""What studies of the budget, of alternatives and of trade-offs find; points and $ billion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ....inputs.scenario import Scenario
from ...equations.evaluate import Plan
from ..effort import Effort


@dataclass(frozen=True)
class CurvePoint:
    """The best known gain at a yearly budget, and its proven bound."""

    budget: float
    gain: float
    bound: float


@dataclass(frozen=True)
class BudgetStretch:
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
    stretches: tuple[BudgetStretch, ...]
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
