"""What hangs on which assumption, be it by way of others."""

from __future__ import annotations

from collections.abc import Iterable

from .expressions import parse_expression
from .scenario import Scenario


def reach_assumptions(scenario: Scenario, names: Iterable[str]) -> frozenset[str]:
    """Some assumptions, and all those that they are computed from."""
    found = set(names)
    waiting = list(found)
    while waiting:
        texts = scenario.expressions.get(("assumptions", waiting.pop()), {})
        new = {name for text in texts.values() for name in parse_expression(text).names} - found
        found |= new
        waiting += new
    return frozenset(found)


def find_assumptions(scenario: Scenario, table: str, id_: str, name: str) -> frozenset[str]:
    """The assumptions that a figure is computed from; none for one that was typed."""
    text = scenario.expressions.get((table, id_), {}).get((name,))
    if text is None:
        return frozenset()
    return reach_assumptions(scenario, parse_expression(text).names)


def list_used_assumptions(scenario: Scenario) -> frozenset[str]:
    """The assumptions that any figure of the scenario is computed from."""
    named = {
        name
        for path, texts in scenario.expressions.items()
        if path[:1] != ("assumptions",)
        for text in texts.values()
        for name in parse_expression(text).names
    }
    return reach_assumptions(scenario, named)
