"""What a solve gives: a plan with what is proven about it, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ...inputs.scenario import FUNDED_BN, Scenario
from ..equations.evaluate import Plan, Played
from ..equations.limits import LimitRow


@dataclass(frozen=True)
class Stage:
    """One objective of a solve: its value, its proven bound, and their relative difference."""

    objective: str
    value: float
    bound: float
    gap: float


@dataclass(frozen=True)
class SolverEffort:
    """What the solver spent."""

    solver: str
    version: str
    seconds: float
    nodes: int


@dataclass(frozen=True)
class Best:
    """The best plan found under some changes, and what is proven: no plan gains more than `bound`.

    The plan spends least among those with its decisions and its gain.
    """

    gain: float
    bound: float
    plan: Plan
    played: Played

    @property
    def funded(self) -> tuple[str, ...]:
        """Instruments it funds, in the scenario's order."""
        return tuple(self.plan)

    @property
    def totals(self) -> dict[str, float]:
        """Authority with launch costs over all years, by instrument, $ billion."""
        return total_spending(self.played)


def total_spending(played: Played) -> dict[str, float]:
    """Authority with launch costs over all years, by instrument, $ billion."""
    return {
        i: float(amounts.sum() + played.launch_costs[i].sum())
        for i, amounts in played.authority.items()
    }


def is_funded(plan: Plan, instrument: str) -> bool:
    """Whether a plan spends on an instrument in some year."""
    return max(plan.get(instrument, {}).values(), default=0.0) > FUNDED_BN


@dataclass(frozen=True)
class Solution:
    """A plan of a scenario, as the evaluator plays it; points and $ billion.

    `best_gain` is that of the best plan found, before steadying; `bound` a proven upper bound of
    the score; `gap` and `gap_points` are those of the best plan found (for a plan the user
    brings, of that plan). `limits` are the budget's and the constraints' rows, `broken` whatever
    a brought plan breaks. `clash`: where every plan that meets the limits spends nothing, limits
    that no plan with a token of spending meets.
    """

    scenario: Scenario
    status: str
    plan: Plan
    played: Played
    baseline: Played
    best_gain: float
    bound: float
    gap: float
    gap_points: float
    steady_cost: float
    stages: tuple[Stage, ...]
    limits: tuple[LimitRow, ...]
    broken: tuple[LimitRow, ...]
    max_violation: float
    curve_error: float
    private_bn: float
    effort: SolverEffort
    seconds: float = 0.0
    notes: Mapping[str, str] = field(default_factory=dict)
    clash: tuple[str, ...] | None = None

    @property
    def score(self) -> float:
        return self.played.score

    @property
    def gain(self) -> float:
        """Score minus the score of spending nothing."""
        return self.played.score - self.baseline.score
