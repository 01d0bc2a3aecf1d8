"""The questions whose answers are kept: each has a command and a file that describes its record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

OVERVIEW = (".facts", "list_overviews")
"""What lists the facts of a record that has none but tables and single values."""


@dataclass(frozen=True)
class StudyEntry:
    """What all outputs need to know of a question.

    `describer`: the file in `studies/` whose function `describe` makes a sheet of a record.
    `facts`: the file and the function that list what a record says beside the tables of that sheet.
    `is_over_weights`: the answer is about many weightings, or about several scenarios.
    """

    describer: str
    facts: tuple[str, str] = OVERVIEW
    is_over_weights: bool = False


QUESTIONS: dict[str, StudyEntry] = {
    "solve": StudyEntry(".solve", (".plan_facts", "list_plan_facts")),
    "evaluate": StudyEntry(".solve", (".plan_facts", "list_plan_facts")),
    "sensitivity map": StudyEntry(
        ".map", (".weight_facts", "list_map_facts"), is_over_weights=True
    ),
    "sensitivity flip": StudyEntry(".flip", (".weight_facts", "list_flip_facts")),
    "sensitivity stakeholders": StudyEntry(
        ".stakeholders", (".weight_facts", "list_stakeholder_facts"), is_over_weights=True
    ),
    "elicit": StudyEntry(
        ".elicit", (".weight_facts", "list_interview_facts"), is_over_weights=True
    ),
    "explain": StudyEntry(".explain", (".plan_facts", "list_reason_facts")),
    "sensitivity weights": StudyEntry(
        ".weights", (".weight_facts", "list_sample_facts"), is_over_weights=True
    ),
    "sensitivity budget": StudyEntry(".budget", (".trade_facts", "list_budget_facts")),
    "sensitivity inputs": StudyEntry(".figures", (".trade_facts", "list_figure_facts")),
    "frontier": StudyEntry(".frontier", (".trade_facts", "list_frontier_facts")),
    "alternatives": StudyEntry(".alternatives", (".trade_facts", "list_alternative_facts")),
    "robust": StudyEntry(".robust", (".plan_facts", "list_robust_facts")),
    "compare": StudyEntry(
        ".compare", (".plan_facts", "list_comparison_facts"), is_over_weights=True
    ),
}
"""By command, as a page tells them; no other command keeps runs."""

METHODS: Mapping[str, tuple[str, ...]] = {
    "sensitivity inputs": ("tornado", "breakeven", "sobol", "sample", "voi")
}
"""Commands whose methods are questions by themselves: a run keeps the answer of each."""

PLANS = ("solve", "evaluate")
"""Those whose answer is the plan itself."""


def list_answers() -> dict[str, str]:
    """The command of each answer that a run may hold, by the answer's name, in a page's order."""
    return {
        name: command
        for command in QUESTIONS
        for name in (*(f"{command} {method}" for method in METHODS.get(command, ())), command)
    }


def name_answer(record: Mapping[str, Any]) -> str:
    """The name of the answer that a record is: its command, and the method of one with several.

    >>> name_answer({"options": {"command": "sensitivity inputs"}, "method": "voi"})
    'sensitivity inputs voi'
    >>> name_answer({"options": {"command": "explain"}})
    'explain'
    """
    command, method = str(record["options"]["command"]), record.get("method")
    return f"{command} {method}" if method in METHODS.get(command, ()) else command
