"""What tracing a frontier finds; points and $ billion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ....inputs.scenario import Scenario
from ...equations.evaluate import Plan
from ..effort import Effort


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
