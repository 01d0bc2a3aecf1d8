"""What the study of the budget finds; points and $ billion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ....inputs.scenario import Scenario
from ...equations.evaluate import Plan
from ..effort import Effort


@dataclass(frozen=True)
class CurvePoint:
    """The best known gain at a yearly budget, and its proven bound, None where there is none."""

    budget: float
    gain: float
    bound: float | None


@dataclass(frozen=True)
class BudgetStretch:
    """Budgets over which one funded set is never further behind the best than `proven`, a share.

    `gain_lower` and `gain_upper` are what that set gains at either end. `proven` is None where
    time ran out before anything was proven.
    """

    lower: float
    upper: float
    funded: tuple[str, ...]
    gain_lower: float
    gain_upper: float
    proven: float | None

    @property
    def worth(self) -> float | None:
        """Points for each further billion a year along it."""
        width = self.upper - self.lower
        return (self.gain_upper - self.gain_lower) / width if width > 0 else None


@dataclass(frozen=True)
class Step:
    """One whole programme taken away, or added: its money and what it gains, both positive.

    The plan then gains `gain` for `total` money. `behind` is how far it is behind the best one for
    that money, in points, at most `behind_at_most`, and `share` the same as a share of that gain:
    None where no time was left to look for it.
    """

    instrument: str
    money: float
    points: float
    gain: float
    total: float
    behind: float | None = None
    behind_at_most: float | None = None
    share: float | None = None


@dataclass(frozen=True)
class BudgetFindings:
    """The best gain and the funded set as the yearly budget moves; what to cut and to add.

    `proven_share`: of the range, how much of the curve is proven within the tolerance.
    """

    scenario: Scenario
    lower: float
    upper: float
    tolerance: float
    proven_share: float
    curve: tuple[CurvePoint, ...]
    stretches: tuple[BudgetStretch, ...]
    plan: Plan
    gain: float | None
    cuts: tuple[Step, ...]
    cuts_stop: str
    adds: tuple[Step, ...]
    adds_stop: str
    is_exact: bool
    effort: Effort
    notes: Mapping[str, str] = field(default_factory=dict)

    @property
    def proven(self) -> float | None:
        """The largest share by which a stretch's set may be behind the best; None if not known."""
        shares = [stretch.proven for stretch in self.stretches if stretch.proven is not None]
        return max(shares, default=0.0) if len(shares) == len(self.stretches) else None
