"""Which describer says what the record of a command says."""

from __future__ import annotations

import importlib
from dataclasses import replace
from typing import Any

from ...inputs.scenario import Scenario
from ..sheet import Record, Sheet
from .words import Words, count, join_words

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

FACTS = {
    "solve": ("plan_facts", "list_plan_facts"),
    "evaluate": ("plan_facts", "list_plan_facts"),
    "explain": ("plan_facts", "list_reason_facts"),
    "compare": ("plan_facts", "list_comparison_facts"),
    "robust": ("plan_facts", "list_robust_facts"),
    "sensitivity weights": ("weight_facts", "list_sample_facts"),
    "sensitivity map": ("weight_facts", "list_map_facts"),
    "sensitivity flip": ("weight_facts", "list_flip_facts"),
    "sensitivity stakeholders": ("weight_facts", "list_stakeholder_facts"),
    "elicit": ("weight_facts", "list_interview_facts"),
    "sensitivity budget": ("trade_facts", "list_budget_facts"),
    "frontier": ("trade_facts", "list_frontier_facts"),
    "alternatives": ("trade_facts", "list_alternative_facts"),
    "sensitivity inputs": ("trade_facts", "list_figure_facts"),
}
"""The file and the function that list what a record says beside the tables of its describer."""


def describe(command: str, scenario: Scenario, record: Record, findings: Any = None) -> Sheet:
    """The sheet of a record, fresh or kept: all outputs are written from it.

    `findings`: of a fresh run, for tables too large for the record.
    """
    module = importlib.import_module(f".{DESCRIBERS[command]}", __package__)
    sheet: Sheet = module.describe(scenario, record, findings)
    counted = [] if command in OVER_WEIGHTS else tell_counted(scenario)
    file, function = FACTS[command]
    facts = getattr(importlib.import_module(f".{file}", __package__), function)(record)
    return replace(sheet, sentences=[*counted, *sheet.sentences], parts=[*sheet.parts, *facts])


OVER_WEIGHTS = (
    *("sensitivity weights", "sensitivity map", "sensitivity stakeholders", "elicit"),
    "compare",
)
"""Commands whose answers are about many weightings, or about several scenarios."""


def tell_counted(scenario: Scenario) -> list[str]:
    """Which layers count where some have no weight; nothing where all count."""
    layers = Words(scenario).layers
    named = [layers[layer] for layer, weight in scenario.weights.items() if weight > 0]
    if len(named) == len(layers):
        return []
    others = count(len(layers) - len(named), "other layer has", "other layers have")
    verb = "counts" if len(named) == 1 else "count"
    return [f"Only {join_words(named)} {verb}: the {others} no weight."]
