"""Which describer says what the record of a command says."""

from __future__ import annotations

import importlib
from dataclasses import replace
from typing import Any

from ...inputs.scenario import Scenario
from ..questions import PLANS, QUESTIONS
from ..sheet import FRAME, Record, Sheet, Table
from .words import Words, join_words


def describe(command: str, scenario: Scenario, record: Record, findings: Any = None) -> Sheet:
    """The sheet of a record, fresh or kept: all outputs are written from it.

    `findings`: of a fresh run, for tables too large for the record.
    """
    question = QUESTIONS[command]
    module = importlib.import_module(question.describer, __package__)
    sheet: Sheet = module.describe(scenario, record, findings)
    counted = [] if question.is_over_weights else tell_counted(scenario)
    steadied = [] if command in STEADIED else tell_steadied(scenario)
    return replace(
        sheet,
        sentences=[*counted, *sheet.sentences],
        notes=[*sheet.notes, *steadied],
    )


def list_tables(command: str, record: Record, sheet: Sheet) -> list[Table]:
    """The tables of a sheet that data frames show, and what the record says beside them."""
    file, function = QUESTIONS[command].facts
    facts = getattr(importlib.import_module(file, __package__), function)(record)
    return [*sheet.tables_on(FRAME), *facts]


STEADIED = (*PLANS, "explain")
"""Commands that tell themselves which gains are of steadied plans."""


def tell_steadied(scenario: Scenario) -> list[str]:
    """That gains are of best plans where `solve` gives some up for steadiness."""
    told = (
        "Gains here are those of best plans, before spending is steadied; solve gives up as much "
        f"as {scenario.steady:.2%} of the best gain for that."
    )
    return [told] if scenario.steady else []


def tell_counted(scenario: Scenario) -> list[str]:
    """Which layers count where some have no weight; nothing where all count."""
    layers = Words(scenario).layers
    named = [layers[layer] for layer, weight in scenario.weights.items() if weight > 0]
    if len(named) == len(layers):
        return []
    left = len(layers) - len(named)
    others = "other layer has" if left == 1 else f"{left} other layers have"
    verb = "counts" if len(named) == 1 else "count"
    return [f"Only {join_words(named)} {verb}: the {others} no weight."]
