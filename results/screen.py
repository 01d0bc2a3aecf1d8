"""A solution on one screen of a terminal."""

from __future__ import annotations

import os
import re
import sys

from rich.console import Console
from rich.table import Table
from rich.text import Text

from .sheet import name_years

__all__ = ["draw_bar", "make_table", "name_years", "open_console", "plain"]

BAR_WIDTH = 12
LEAST_WIDTH = 80
MOST_WIDTH = 400
WIDTH = 100
"""Columns where the terminal does not say how wide it is."""


def open_console() -> Console:
    """A console as wide as the terminal, or a hundred columns where there is none."""
    width = None
    if not sys.stdout.isatty():
        said = os.environ.get("COLUMNS", "")
        width = int(said) if re.fullmatch("[0-9]{1,9}", said) else WIDTH
        width = min(max(width, LEAST_WIDTH), MOST_WIDTH)
    return Console(width=width, highlight=False, soft_wrap=False)


def plain(text: str, longest: int = 200) -> Text:
    """Text of a scenario: data, never markup or control codes."""
    shown = "".join(c if c.isprintable() else " " for c in text)
    return Text(shown if len(shown) <= longest else shown[: longest - 3] + "...")


def make_table(columns: list[str], rows: list[list[str]], texts: tuple[int, ...] = (0,)) -> Table:
    """A bare table. Columns at `texts` hold text, cut where it does not fit; figures never are."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for at, column in enumerate(columns):
        if at in texts:
            table.add_column(column, no_wrap=True, overflow="ellipsis")
        else:
            width = max(len(cell) for cell in (column, *(row[at] for row in rows)))
            table.add_column(column, no_wrap=True, justify="right", min_width=width)
    for row in rows:
        table.add_row(*(plain(cell) for cell in row))
    return table


def draw_bar(value: float, most: float, width: int = BAR_WIDTH) -> str:
    """A bar of blocks, in eighths.

    >>> draw_bar(0.5, 1.0, 4)
    '██'
    """
    eighths = round(8 * width * value / most) if most > 0 else 0
    return "█" * (eighths // 8) + ("▏▎▍▌▋▊▉"[eighths % 8 - 1] if eighths % 8 else "")
