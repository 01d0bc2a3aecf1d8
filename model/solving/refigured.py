"""Variants of one compiled scenario, one at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...inputs.scenario import Scenario
from ..equations.evaluate import Evaluator
from .compiled import Compiled


class Refigured:
    """One compiled scenario, and compiled variants of it; one variant at a time."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.compiled = Compiled(scenario)

    def compile(
        self, scenario: Scenario, evaluator: Evaluator, patch: Mapping[str, Any]
    ) -> Compiled:
        """The variant that a patch makes, compiled; until the next one is asked for."""
        return Compiled(scenario, like=self.compiled)
