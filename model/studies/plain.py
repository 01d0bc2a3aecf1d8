"""A scenario without what its best plan does not need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...inputs.build import derive_scenario
from ...inputs.scenario import Scenario

NEEDLESS: Mapping[str, Any] = {"futures": None, "stakeholders": None, "steady": 0}
"""What would be checked and built for nothing; studies compare best plans, not steadied ones."""


def make_plain(scenario: Scenario) -> Scenario:
    """The scenario as studies of best plans take it. Raises InputError."""
    return derive_scenario(scenario, NEEDLESS)
