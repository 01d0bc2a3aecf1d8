"""What the sections of studies are made of: tables, and values as their cells show them."""

from __future__ import annotations

import re
from typing import Any

from .studies.rows import shorten

Section = dict[str, Any]
MOST_ROWS = 40
SHORT = 18
"""Letters of a cell that needs no second line."""
FIGURES = re.compile(r"[-+0-9.,%() ]*( to [-+0-9.,%() ]*)*|yes|no|never")


def tell(value: Any, digits: int = 2) -> str:
    """A value as a cell shows it.

    >>> tell(1.234), tell(None), tell(["a", "b"]), tell(True)
    ('1.23', '-', 'a, b', 'yes')
    """
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float | int):
        return f"{value:,.{digits}f}"
    if isinstance(value, list):
        return shorten(", ".join(tell(part, digits) for part in value), 300)
    return shorten(value, 300)


def make_table(
    title: str, columns: list[str], rows: list[list[str]], most: int = MOST_ROWS
) -> Section:
    """A table of at most so many rows; says how many are left out."""
    more = f" (the first {most} of {len(rows)})" if len(rows) > most else ""
    shown = rows[:most]
    kinds = [judge_column([row[at] for row in shown]) for at in range(len(columns))]
    return {"title": title + more, "columns": columns, "rows": shown, "kinds": kinds, "note": ""}


def judge_column(cells: list[str]) -> str:
    """How a column is set: `n` for figures, on the right; `years` for short text; else `words`.

    >>> judge_column(["1.0", "-", "yes"]), judge_column(["4.0 to 5.5"]), judge_column(["Labs"])
    ('n', 'n', 'years')
    >>> judge_column(["Alignment and control research"])
    'words'
    """
    if all(
        re.fullmatch(r"[-+0-9.,%() ]*( to [-+0-9.,%() ]*)*|yes|no|never", cell) for cell in cells
    ):
        return "n"
    return "years" if max(map(len, cells), default=0) <= SHORT else "words"
