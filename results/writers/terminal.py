"""A sheet on the screen of a terminal: nothing is cut, whatever its width.

The one file that knows the library that draws there.
"""

from __future__ import annotations

import io
import os
import re
import sys
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from ..sheet import FIGURES, SCREEN, Column, Sheet, Table, is_known, tell_cell

LEAST_WIDTH = 80
MOST_WIDTH = 400
WIDTH = 100
"""Columns where the terminal does not say how wide it is."""

GAP = 2
"""Blanks between columns."""

NARROWEST = 16
"""Letters to which a column of text may be squeezed; longer words keep their width."""

HEADING_LINES = 3
"""Lines that a heading takes where there is room for it."""

BAR = 10

TEXTS = ("text", "title", "titles")
"""How columns are shown that may wrap."""

Row = Mapping[str, Any]


def open_console() -> Console:
    """A console as wide as the terminal, or a hundred columns where there is none."""
    width = None
    if not sys.stdout.isatty():
        said = os.environ.get("COLUMNS", "")
        width = int(said) if re.fullmatch("[0-9]{1,9}", said) else WIDTH
        width = min(max(width, LEAST_WIDTH), MOST_WIDTH)
    return Console(width=width, highlight=False, soft_wrap=False)


def show_sheet(sheet: Sheet) -> None:
    """Prints a sheet: what is lacking first, then the answer, tables, notes and the effort."""
    draw_sheet(open_console(), sheet)


def print_sheet(sheet: Sheet) -> str:
    """The screen of a sheet as text."""
    # A notebook would show it as a page of its own, and CI logs in colours.
    console = Console(
        width=WIDTH,
        highlight=False,
        soft_wrap=False,
        file=io.StringIO(),
        force_jupyter=False,
        force_terminal=False,
        color_system=None,
    )
    with console.capture() as captured:
        draw_sheet(console, sheet)
    return captured.get().rstrip()


def draw_sheet(console: Console, sheet: Sheet) -> None:
    """Prints a sheet on a console."""
    head = Text(plain(sheet.title), style="bold")
    if sheet.of:
        head.append(f"  [{plain(sheet.of)}]", style="not bold")
    console.print(head)
    lacking = sheet.completeness.tell()
    for line in sheet.lines:
        console.print(Text(plain(line), style="bold" if line == lacking else ""))
    for table in sheet.tables_on(SCREEN):
        if table.rows:
            console.print()
            show_table(console, table)
    if sheet.notes or sheet.effort:
        console.print()
    for line in (*sheet.notes, sheet.effort):
        if line:
            console.print(Text(plain(line)))


def plain(text: str) -> str:
    """Text without what would steer the terminal."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)


def show_table(console: Console, table: Table) -> None:
    """Prints a table; columns that do not fit beside each other stand below, with the first."""
    rows = table.rows[: table.most]
    columns = table.columns_on(SCREEN)
    cells = [[plain(tell_on_screen(row, column, rows)) for column in columns] for row in rows]
    if table.title:
        console.print(Text(plain(table.title), style="bold"))
    for part in split_columns(columns, cells, console.width):
        some = [[row[at] for at in part] for row in cells]
        console.print(make_grid([columns[at] for at in part], some, console.width))
    left = len(table.rows) - len(rows)
    if left:
        console.print(f"and {left} more (--json lists them)")
    if table.note:
        console.print(Text(plain(table.note)))


def tell_on_screen(row: Row, column: Column, rows: Sequence[Row]) -> str:
    """A cell; bars are drawn relative to the longest of their column."""
    value = row.get(column.key, "")
    if column.show != "bar":
        return tell_cell(value, column)
    amounts = [float(own[column.key]) for own in rows if is_number(own.get(column.key))]
    most = max([1.0 if column.unit == "share" else 0.0, *amounts])
    return draw_bar(float(value), most) if is_number(value) else ""


def is_number(value: Any) -> bool:
    """Whether a value is a number that is known."""
    return isinstance(value, int | float) and is_known(value)


def draw_bar(value: float, most: float, width: int = BAR) -> str:
    """A bar of blocks, in eighths.

    >>> draw_bar(0.5, 1.0, 4)
    '██'
    """
    eighths = round(8 * width * value / most) if most > 0 else 0
    return "█" * (eighths // 8) + ("▏▎▍▌▋▊▉"[eighths % 8 - 1] if eighths % 8 else "")


def measure_column(column: Column, cells: Sequence[str]) -> tuple[int, int]:
    """The least and the natural width of a column: figures never wrap, texts do between words."""
    heading = "" if column.show == "bar" else column.heading
    longest = max(map(len, cells), default=0)
    words = max((len(word) for word in heading.split()), default=0)
    if column.show in FIGURES or column.show in ("bar", "years", "yes"):
        least = max(longest, words)
        return least, max(least, min(len(heading), longest + 8))
    inner = max((len(word) for cell in cells for word in cell.split()), default=0)
    return max(words, min(longest, max(inner, NARROWEST))), max(longest, len(heading))


def split_columns(
    columns: Sequence[Column], cells: Sequence[Sequence[str]], width: int
) -> list[list[int]]:
    """Which columns stand beside each other: as many as fit; each part begins with the first.

    >>> wide = [Column("a", "a" * 30), Column("b", "b" * 30), Column("c", "c" * 30)]
    >>> split_columns(wide, [["x", "y", "z"]], 80)
    [[0, 1], [0, 2]]
    """
    least = [
        measure_column(column, [row[at] for row in cells])[0] for at, column in enumerate(columns)
    ]
    parts: list[list[int]] = [[0]]
    for at in range(1, len(columns)):
        taken = sum(least[k] + GAP for k in parts[-1]) + least[at]
        if taken > width and len(parts[-1]) > 1:
            if columns[at].show == "bar":
                continue  # it draws what a column of figures tells
            parts.append([0])
        parts[-1].append(at)
    return parts


def break_heading(column: Column, width: int) -> str:
    r"""A heading, its unit on a line of its own where both do not fit on one.

    >>> break_heading(Column("bn", "spent", "money", "$ bn"), 8)
    'spent,\n$ bn'
    """
    if column.unit and len(column.heading) > width:
        return f"{column.title},\n{column.unit}" if column.title else column.unit
    return column.heading


def share_out(columns: Sequence[Column], sizes: Sequence[tuple[int, int]], room: int) -> list[int]:
    """The width of each column between its least and its natural one.

    First headings of figures get what keeps them low, then texts take, then figures.

    >>> share_out([Column("n", "n", "count"), Column("t", "t")], [(2, 6), (4, 9)], 12)
    [3, 9]
    >>> share_out([Column("n", "most in a year", "count"), Column("t", "t")], [(4, 12), (4, 9)], 14)
    [5, 9]
    """
    widths = [least for least, _ in sizes]
    left = max(0, room - sum(widths))
    texts = [at for at, column in enumerate(columns) if column.show in TEXTS]
    figures = [at for at, column in enumerate(columns) if column.show not in TEXTS]
    aims = [(at, min(sizes[at][1], measure_low(columns[at].heading))) for at in figures]
    aims += [(at, sizes[at][1]) for at in (*texts, *figures)]
    for at, aim in aims:
        more = min(left, max(0, aim - widths[at]))
        widths[at] += more
        left -= more
    return widths


def measure_low(heading: str) -> int:
    """The least width at which a heading takes few lines.

    >>> measure_low("most in a year, $ bn"), measure_low("")
    (7, 1)
    """
    width = 1
    while len(textwrap.wrap(heading, width, break_long_words=False)) > HEADING_LINES:
        width += 1
    return width


def make_grid(columns: Sequence[Column], cells: Sequence[Sequence[str]], width: int) -> Grid:
    """A bare table. Figures stand on the right; texts take what is left of the width."""
    grid = Grid(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="bold")
    sizes = [measure_column(c, [row[at] for row in cells]) for at, c in enumerate(columns)]
    widths = share_out(columns, sizes, width - GAP * len(sizes))
    for own, column in zip(widths, columns, strict=True):
        grid.add_column(
            "" if column.show == "bar" else plain(break_heading(column, own)),
            justify="right" if column.show in FIGURES else "left",
            width=own,
            overflow="fold",
        )
    for row in cells:
        grid.add_row(*map(Text, row))
    return grid
