"""What looking for other plans finds; points and $ billion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ....inputs.scenario import Scenario
from ...equations.evaluate import Plan
from ..effort import Effort


@dataclass(frozen=True)
class SpendingRange:
    """The least and the most that plans good enough spend, $ billion, as found and as proven.

    `most_proven` is None where time ran out before anything was proven.
    """

    least: float
    most: float
    least_proven: float
    most_proven: float | None

    @property
    def gap(self) -> float | None:
        """How far what was found may be from the true ends, $ billion; None if not known."""
        if self.most_proven is None:
            return None
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
    """The ranges of spending among plans within a share of the best gain, and plans that differ.

    `answered` of the `asked` ends of ranges are proven; time ran out before the others.
    """

    scenario: Scenario
    best_gain: float
    within: float
    areas: Mapping[str, SpendingRange]
    instruments: Mapping[str, SpendingRange]
    plans: tuple[Alternative, ...]
    is_exhausted: bool
    is_best_proven: bool
    asked: int
    answered: int
    effort: Effort
