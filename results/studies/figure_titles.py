"""What people call the figures of a scenario: their paths told as words, with range and unit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ...inputs.figures import GROUP
from ...inputs.scenario import Scenario
from ..sheet import NOT_KNOWN, SHOWN, Column, Link, Record
from .words import Words, capitalise, tell_text

FIELDS = {
    "crowd_in": "private money drawn in",
    "first_year": "first year",
    "half_life": "half-life",
    "lag": "lag",
    "last_year": "last year",
    "launch_cost": "launch cost",
    "max_growth": "largest growth",
    "max_per_year": "most a year",
    "min_per_year": "least a year",
    "output_per_bn": "output of money spent",
    "run_years": "years to run",
    "scale": "scale",
    "us": "position of {own}",
    "china": "position of {other}",
    "us_trend": "trend of {own}",
    "china_trend": "trend of {other}",
    "trend_until": "last year of trends",
    "points_per_unit": "points of a natural unit",
}
"""Fields of programmes and layers in words."""

YEARS = ("lag", "half_life", "run_years")
MONEY = ("scale", "launch_cost")
MONEY_A_YEAR = ("max_per_year", "min_per_year", "max_growth")
PLURAL = re.compile("[a-z ]+[^aisu]s")
"""Units that are told as one where there is one."""

SHARES = ("share", "chance")
"""Units that are told in per cent."""

POINTS = ("points", "us", "china")
POINTS_A_YEAR = ("us_trend", "china_trend")


def name_figure(words: Words, path: str, title: str = "") -> str:
    """What people call the figure at a path; `title`: its own, where a record has one."""
    if path.startswith(GROUP):
        return f"All of {path.removeprefix(GROUP)} together"
    table, _, rest = path.partition(".")
    id_, _, field = rest.partition(".")
    if not rest:
        return capitalise(title or path.replace("_", " "))
    tell = NAMERS.get(table)
    told = tell(words, id_, field) if tell else ""
    return capitalise(told) or title or path


def _name_assumption(words: Words, id_: str, field: str) -> str:
    del field
    assumption = words.scenario.assumptions.get(id_)
    return assumption.title if assumption is not None else ""


def _name_effect(words: Words, id_: str, field: str) -> str:
    """The layer and the programme; the id as well where a programme acts twice on a layer."""
    effects = words.scenario.effects
    effect = effects.get(id_)
    if effect is None:
        return ""
    layer = words.layers[effect.layer]
    programme = words.programmes[effect.instrument]
    alike = [
        other
        for other in effects.values()
        if (other.layer, other.instrument) == (effect.layer, effect.instrument)
    ]
    twin = f" ({id_})" if len(alike) > 1 else ""
    if field == "points":
        return f"{layer} points of {programme}{twin}"
    return f"{capitalise(tell_field(words, field))} of {programme} in {layer}{twin}"


def _name_interaction(words: Words, id_: str, field: str) -> str:
    del field
    both = words.scenario.interactions.get(id_)
    if both is None:
        return ""
    effects = words.scenario.effects
    pair = " with ".join(words.programmes[effects[own].instrument] for own in both.between)
    return f"{words.layers[both.layer]} points of {both.title or pair}"


def _name_instrument(words: Words, id_: str, field: str) -> str:
    title = words.programmes.get(id_)
    return f"{capitalise(tell_field(words, field))} of {title}" if title else ""


def _name_layer(words: Words, id_: str, field: str) -> str:
    title = words.layers.get(id_)
    return f"{capitalise(tell_field(words, field))} in {title}" if title else ""


NAMERS: Mapping[str, Callable[[Words, str, str], str]] = {
    "assumptions": _name_assumption,
    "effects": _name_effect,
    "interactions": _name_interaction,
    "instruments": _name_instrument,
    "layers": _name_layer,
}
"""Who names the figures of each table."""


def tell_field(words: Words, field: str) -> str:
    """A field in words, with the scenario's own sides."""
    sides = words.scenario.sides
    told = FIELDS.get(field, field.replace("_", " "))
    return told.format(own=sides.own, other=sides.other or "the other side")


def name_unit(words: Words, path: str, unit: str = "") -> str:
    """The unit of a figure: its own, else that of its field."""
    field = path.rpartition(".")[2]
    if unit or path.startswith((GROUP, "assumptions.")):
        return unit
    for fields, told in (
        (POINTS, "points"),
        (POINTS_A_YEAR, "points a year"),
        (YEARS, "years"),
        (MONEY, words.money),
        (MONEY_A_YEAR, f"{words.money} a year"),
    ):
        if field in fields:
            return told
    return ""


def tell_value(value: Any) -> str:
    """A figure as it would be typed.

    >>> tell_value(0.25), tell_value(None), tell_value("never"), tell_value(1234567.0)
    ('0.25', 'not known', 'never', '1.235e+06')
    """
    if value is None:
        return NOT_KNOWN
    return f"{value:.4g}" if isinstance(value, int | float) else str(value)


def tell_amount(value: Any, unit: str, after: str | None = None) -> str:
    """A figure in its unit, shares and chances in per cent; `after` stands for the unit if given.

    >>> tell_amount(0.25, "share"), tell_amount(3.0, "GW"), tell_amount(3.0, "GW", "")
    ('25%', '3 GW', '3')
    >>> tell_amount(3.0, "$ bn a year"), tell_amount(3.0, "CHF m")
    ('$3 bn a year', '3 CHF m')
    >>> tell_amount(1.0, "points"), tell_amount(-1.0, "years"), tell_amount(0.5, "points")
    ('1 point', '-1 year', '0.5 points')
    >>> tell_amount(1.0, "sixths"), tell_amount(1.0, "times the table"), tell_amount(1.0, "gas")
    ('1 sixth', '1 times the table', '1 gas')
    """
    if unit in SHARES and isinstance(value, int | float):
        return f"{tell_value(100 * value)}{'%' if after is None else after}"
    is_one = value in (1, -1) and PLURAL.fullmatch(unit) is not None
    shown = (unit.removesuffix("s") if is_one else unit) if after is None else after
    symbol, _, rest = shown.partition(" ")
    if rest and not any(letter.isalnum() for letter in symbol):
        return f"{symbol}{tell_value(value)} {rest}"
    return f"{tell_value(value)} {shown}".rstrip()


def tell_range(words: Words, row: Mapping[str, Any]) -> str:
    """The range of a figure in its unit; a group's ends are those of all its members."""
    if row["path"].startswith(GROUP):
        return "all low to all high"
    if row["low"] is None and row["high"] is None:
        return "no range"
    unit = name_unit(words, row["path"], row.get("unit") or "")
    return f"{tell_amount(row['low'], unit, '')} to {tell_amount(row['high'], unit)}"


def tell_at(words: Words, row: Mapping[str, Any], value: Any) -> str:
    """A value of a figure in its unit; that of a group as its share of the way to one end."""
    if row["path"].startswith(GROUP) and isinstance(value, int | float):
        return f"{abs(value):.0%} to {'high' if value > 0 else 'low'}" if value else "as they are"
    unit = name_unit(words, row["path"], row.get("unit") or "")
    return tell_amount(value, unit) if value is not None else NOT_KNOWN


def list_figure(words: Words, row: Mapping[str, Any]) -> Record:
    """What every table says of a figure: its name, its range, its path, and whose word it is."""
    sources, confidence = row.get("source") or (), row.get("confidence")
    ids = sources.split() if isinstance(sources, str) else list(sources)
    links = link_sources(words.scenario, ids)
    grounds = [Link(confidence)] if confidence and confidence not in ids else []
    return {
        "figure": name_figure(words, row["path"], row.get("title") or ""),
        "range": tell_range(words, row),
        "path": row["path"],
        "sources": links,
        "grounds": list({own.text: own for own in [*grounds, *links]}.values()),
    }


def link_sources(scenario: Scenario, ids: Iterable[str]) -> list[Link]:
    """Sources by id, with their titles and their addresses."""
    told = []
    for id_ in ids:
        source = scenario.sources.get(id_)
        if source is None:
            told.append(Link(tell_text(id_)))
        else:
            date = f" ({source.date})" if source.date else ""
            about = tell_text(f"{source.title or id_}{date}")
            told.append(Link(tell_text(id_), pick_address(source.url), about))
    return told


def pick_address(url: str) -> str:
    """An address that a page may link to: `https:` alone, and nothing where it is none.

    >>> pick_address("https://a.org/b?c=d"), pick_address("javascript:alert(1)"), pick_address("")
    ('https://a.org/b?c=d', '', '')
    >>> pick_address("https:///x"), pick_address("https://a.org/b c")
    ('', '')
    """
    return url if ADDRESS.fullmatch(url) else ""


ADDRESS = re.compile(r"https://[A-Za-z0-9.-]+(:[0-9]+)?([/?#][!-~]*)?")
"""Letters of other scripts stand in addresses as escapes."""


def grounds_column() -> Column:
    """A column of confidences and sources."""
    return Column("grounds", "rests on", "links")


def path_column() -> Column:
    """A column of paths, for who has to type one."""
    return Column("path", "path", on=SHOWN)
