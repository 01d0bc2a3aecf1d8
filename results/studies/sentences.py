"""Clashes and repairs as sentences, for whoever solves."""

from __future__ import annotations

from collections.abc import Sequence

from ...inputs.scenario import Scenario
from ...model.studies.repair.findings import Repair
from . import repairs
from .limit_titles import name_limit
from .words import Words


def tell_clash(scenario: Scenario, clash: Sequence[str]) -> str:
    """Why every plan that meets the limits spends nothing."""
    words = Words(scenario)
    names = [name_limit(words, id_) for id_ in clash]
    if len(names) == 1:
        return f"No plan may spend anything: {names[0]} rules it out."
    return (
        f"Every plan that meets the limits spends nothing: {', '.join(names[:-1])} and {names[-1]} "
        "clash as soon as a dollar is spent, and shares of nothing hold by nothing."
    )


def tell_repair(scenario: Scenario, repair: Repair) -> str:
    """A repair as a sentence, with money and the gain it leaves."""
    return repairs.tell_repair(Words(scenario), repairs.tabulate_repair(repair))
