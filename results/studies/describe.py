"""Which describer says what the record of a command says."""

from __future__ import annotations

import importlib
from typing import Any

from ...inputs.scenario import Scenario
from ..sheet import Record, Sheet

DESCRIBERS = {
    "solve": "solve",
    "evaluate": "solve",
    "sensitivity weights": "weights",
    "sensitivity map": "map",
    "elicit": "elicit",
    "sensitivity flip": "flip",
    "sensitivity budget": "budget",
    "frontier": "frontier",
    "alternatives": "alternatives",
    "sensitivity inputs": "figures",
    "robust": "robust",
    "compare": "compare",
    "explain": "explain",
    "sensitivity stakeholders": "stakeholders",
}
"""The file in this folder that describes each command's record, by a function `describe`."""


def describe(command: str, scenario: Scenario, record: Record, findings: Any = None) -> Sheet:
    """The sheet of a record, fresh or kept: all outputs are written from it.

    `findings`: of a fresh run, for tables too large for the record.
    """
    module = importlib.import_module(f".{DESCRIBERS[command]}", __package__)
    sheet: Sheet = module.describe(scenario, record, findings)
    return sheet
