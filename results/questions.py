"""The questions whose answers are kept: each has a command and a file that describes its record."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """What all outputs need to know of a question.

    `describer`: the file in `studies/` whose function `describe` makes a sheet of a record.
    `is_over_weights`: the answer is about many weightings, or about several scenarios.
    """

    describer: str
    is_over_weights: bool = False


QUESTIONS: dict[str, Question] = {
    "solve": Question(".solve"),
    "evaluate": Question(".solve"),
    "sensitivity map": Question(".map", is_over_weights=True),
    "sensitivity flip": Question(".flip"),
    "sensitivity stakeholders": Question(".stakeholders", is_over_weights=True),
    "elicit": Question(".elicit", is_over_weights=True),
    "explain": Question(".explain"),
    "sensitivity weights": Question(".weights", is_over_weights=True),
    "sensitivity budget": Question(".budget"),
    "sensitivity inputs": Question(".figures"),
    "frontier": Question(".frontier"),
    "alternatives": Question(".alternatives"),
    "robust": Question(".robust"),
    "compare": Question(".compare", is_over_weights=True),
}
"""By command, as a page tells them; no other command keeps runs."""

PLANS = ("solve", "evaluate")
"""Those whose answer is the plan itself."""
