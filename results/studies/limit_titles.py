"""What people call limits, and the amounts that they are told in."""

from __future__ import annotations

from .figure_titles import name_unit
from .words import Words

DOLLARS = "$ bn"
"""How the model names money in the units of limits."""


def name_limit(words: Words, id_: str) -> str:
    """A limit as a reader knows it: its title, with the id that one types."""
    if id_ == "budget.per_year":
        return "the yearly budget"
    if id_ == "budget.total":
        return "the total budget"
    if id_ == "years":
        return "the years in which one may spend"
    parts = id_.split(".")
    if parts[0] == "instruments" and len(parts) == 2:
        return f"the programme {words.programmes.get(parts[1], parts[1])}, which is not there"
    if parts[0] == "instruments" and len(parts) == 3:
        return f"the {parts[2].replace('_', ' ')} of {words.programmes.get(parts[1], parts[1])}"
    return words.limit(id_)


def list_limits(words: Words, ids: list[str] | tuple[str, ...]) -> str:
    """Limits by name, one after another."""
    return ", ".join(name_limit(words, id_) for id_ in ids)


COUNTED = {"lead": "points", "choose": "programmes", "launches": "programmes"}
"""What the limits of a kind are counted in, where it is not money; a rule is not counted."""


def find_unit(words: Words, id_: str) -> str:
    """The unit of a limit; nothing for a rule, which holds or does not."""
    if id_.startswith("instruments."):
        return name_unit(words, id_)
    limit = words.scenario.constraints.get(id_)
    if limit is None or limit.kind in ("spend", "crowd_in"):
        return words.money
    return COUNTED.get(limit.kind, "")


def tell_unit(words: Words, unit: str) -> str:
    """A limit's unit with the money of the scenario."""
    return words.money + unit.removeprefix(DOLLARS) if unit.startswith(DOLLARS) else unit


def tell_amount(words: Words, amount: float, unit: str) -> str:
    """A number with its unit."""
    if unit.startswith(DOLLARS):
        return words.amount(amount, 2) + unit.removeprefix(DOLLARS)
    return f"{amount:.1%} {unit}" if unit == "of spending" else f"{amount:.4g} {unit}".rstrip()
