"""The words in which documents tell kept runs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from quoted_figures import KEPT

Kept = Mapping[str, Any]

AREAS = {
    "energy": "energy",
    "open_source": "open models",
    "research_compute": "research compute",
    "export_controls": "controls",
    "safety": "safety",
}

NUMBERS = (
    *("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen", "twenty"),
)


def read_kept(name: str) -> Kept:
    """What is kept of a run."""
    kept: Kept = json.loads((KEPT / f"{name}.json").read_text("utf-8"))
    return kept


def spell(number: int) -> str:
    """A number in words, up to twenty."""
    return NUMBERS[number] if number < len(NUMBERS) else str(number)


def share(value: float) -> str:
    """A share as documents write it."""
    return f"{100 * value:.0f} per cent"


def lay_out(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    told = ["| " + " | ".join(cells) + " |" for cells in (header, *rows)]
    return "\n".join([told[0], "|" + "---|" * len(header), *told[1:]])


def join(ids: Iterable[str]) -> str:
    """Ids as code, one after another."""
    return ", ".join(f"`{id_}`" for id_ in ids)


def name_figure(path: str) -> str:
    """A figure as code: an assumption by its id alone."""
    return f"`{path.removeprefix('assumptions.')}`"
