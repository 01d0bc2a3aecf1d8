"""What a plan for several futures is: spending that is shared, then what each future does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ....inputs.scenario import Scenario
from ...equations.evaluate import Plan, Played, relative


@dataclass(frozen=True)
class InFuture:
    """A plan in one future: what is spent there and what it gains over spending nothing there.

    `own_best` is the best gain there had the future been known, `own_bound` its proven bound.
    """

    scenario: Scenario
    plan: Plan
    played: Played
    gain: float
    own_best: float
    own_bound: float

    @property
    def lost(self) -> float:
        """Points given up because the future was not known."""
        return max(0.0, self.own_best - self.gain)

    @property
    def regret(self) -> float:
        return relative(self.own_best - self.gain, self.own_best)


@dataclass(frozen=True)
class RobustPlan:
    """The best plan found by one criterion; `bound` is proven: no plan has a better value."""

    criterion: str
    value: float
    bound: float
    gap: float
    futures: Mapping[str, InFuture]


@dataclass(frozen=True)
class Robustness:
    """A plan by the criterion asked for, beside those by the others, and what knowing is worth.

    `shared`: by year of spending, the futures that have one plan in it. `evpi` and `vss` are
    points of expected gain; `committed` gains by future if the plan without futures is kept; all
    three are None where they are not known. `proven`: the criteria whose best plans are.
    """

    scenario: Scenario
    criterion: str
    alpha: float
    plans: Mapping[str, RobustPlan]
    shared: Mapping[int, tuple[str, ...]]
    evpi: float | None
    vss: float | None
    committed: Mapping[str, float] | None
    status: str
    proven: tuple[str, ...]
    is_complete: bool
    solves: int
    seconds: float
    notes: Mapping[str, str]

    @property
    def chosen(self) -> RobustPlan:
        """The plan by the criterion asked for."""
        return self.plans[self.criterion]
