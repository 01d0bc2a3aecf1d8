"""What a result says, once, as plain data: every output is written from it.

A sheet has sentences, tables and charts. Its numbers are as they are in the record: formats say
how they are shown, and what is not known is shown as that by every output.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Record = dict[str, Any]
"""What `--json` prints and a run keeps."""

SCREEN, PAGE, BOOK, NOTEBOOK = "screen", "page", "book", "notebook"
FRAME, FILE = "frame", "file"
"""Where a part or a column may be shown; `frame`: in data frames, `file`: in CSV files."""

SHOWN = frozenset({SCREEN, PAGE, BOOK, NOTEBOOK})
EVERYWHERE = SHOWN | {FRAME}
TIDY = frozenset({FRAME, FILE})
"""A table as data, kept as a CSV file too."""

DATA = frozenset({FRAME})
"""A table as data that the record holds already."""

NOT_KNOWN = "not known"

Show = Literal[
    "text", "title", "titles", "links", "number", "count", "money", "points", "share", "years",
    "yes", "range", "bar",
]  # fmt: skip
"""How a value is shown: as text; an id, or several, by title; texts with links; a number; an amount
of money; points; a share as per cent; years as runs; yes or no; two ends; a bar."""

Form = Literal["table", "folded", "tiles", "ledger"]
"""How a page sets a table: as it is; folded away under its title; a tile for each row; or rows that
can be sifted and open, to show their folded columns."""

DIGITS: Mapping[Show, int] = {"number": 2, "count": 0, "money": 2, "points": 3, "share": 1}
"""Decimals where a column does not say."""

MOST_ROWS = 40
"""Rows of a table that a page or a notebook shows, where the table does not say."""

FIGURES = frozenset({"number", "count", "money", "points", "share", "range"})
"""What stands on the right of its column."""

Draw = Callable[[Any, bool], Record]
"""Draws a chart for a width, with its own legend or without."""


@dataclass(frozen=True)
class Link:
    """A text that leads to an address where it has one; `about` says more of it."""

    text: str
    url: str = ""
    about: str = ""


@dataclass(frozen=True)
class Mark:
    """An entry of a legend: a square of a colour, or a line."""

    title: str
    colour: str
    shape: Literal["square", "solid", "dashed"] = "square"


@dataclass(frozen=True)
class Column:
    """One column: where its values stand in a row, what they are and how they are shown.

    `unit` is told in the heading. `titles`: of the ids in it. `is_signed`: gains have a plus.
    `absent`: what is shown where there is no value, if that does not mean that it is not known.
    `shade`: where a row says how dark a page paints the cell, from 0 to 1. In a ledger, rows open
    to show what `is_folded`, and are sifted by what `is_choice`.
    """

    key: str
    title: str
    show: Show = "text"
    unit: str = ""
    digits: int | None = None
    titles: Mapping[str, str] = field(default_factory=dict)
    is_signed: bool = False
    absent: str = NOT_KNOWN
    shade: str = ""
    is_folded: bool = False
    is_choice: bool = False
    on: frozenset[str] = EVERYWHERE

    @property
    def heading(self) -> str:
        """The title with its unit.

        >>> Column("bn", "spent", "money", "$ bn").heading
        'spent, $ bn'
        """
        return ", ".join(filter(None, (self.title, self.unit)))

    @property
    def decimals(self) -> int:
        return DIGITS.get(self.show, 2) if self.digits is None else self.digits


@dataclass(frozen=True)
class Table:
    """Rows of a sheet; `most`: how many a screen or a page shows before it says how many more."""

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Mapping[str, Any]]
    note: str = ""
    most: int | None = None
    form: Form = "table"
    on: frozenset[str] = EVERYWHERE

    def columns_on(self, output: str) -> list[Column]:
        """The columns that one output shows; bars are drawn on a screen alone."""
        has_bars = output in (SCREEN, FRAME, FILE)
        return [own for own in self.columns if output in own.on and (has_bars or own.show != "bar")]

    def cells_on(self, output: str, most: int | None = None) -> list[list[str]]:
        """The cells that one output shows as text, of so many rows or of all."""
        columns = self.columns_on(output)
        return [[tell_cell(row.get(c.key, ""), c) for c in columns] for row in self.rows[:most]]


@dataclass(frozen=True)
class Chart:
    """A picture, what it says in words, and the name of the table that holds its numbers.

    Charts of one `group` belong together: panels on a page. One that is fixed keeps its width, one
    that is wide does so where there is less room. `note` says how to read it, `legend` what its
    colours mean.
    """

    name: str
    title: str
    says: str
    draw: Draw
    group: str = ""
    is_fixed: bool = False
    is_wide: bool = False
    table: str = ""
    note: str = ""
    legend: Sequence[Mark] = ()
    on: frozenset[str] = EVERYWHERE


@dataclass(frozen=True)
class Completeness:
    """Whether all that was asked has been answered and proven.

    `answered` of `asked` things, `of` which kind: `figures`. `proven` says what is proven all the
    same, and what is not known.
    """

    is_whole: bool = True
    answered: int | None = None
    asked: int | None = None
    of: str = ""
    proven: str = ""

    def tell(self) -> str:
        """What every output says first where the answer is not whole; nothing where it is.

        >>> Completeness(False, 27, 233, "figures").tell()
        'Not complete: 27 of 233 figures are answered; the rest is not known.'
        >>> Completeness().tell()
        ''
        """
        if self.is_whole:
            return ""
        told = "Not complete"
        if self.answered is not None and self.asked is not None:
            are = "are" if self.answered > 1 else "is"
            answered = f"{self.answered:,}" if self.answered else "none"
            told += f": {answered} of {self.asked:,} {self.of} {are} answered"
            told += "; the rest is not known" if self.answered < self.asked else ""
        return f"{told}. {self.proven}".strip() if self.proven else f"{told}."


@dataclass(frozen=True)
class Sheet:
    """What one result says.

    `name` is that of its anchor and of its sheet in a workbook, `short` its name in a list of
    contents; `of`: the id of what it is about. `heading` heads its section of a page, where the
    title would be that of all sections. `verdict` is the answer in a sentence. One that
    `is_answer` answers the question of a whole page, which sets it large.
    """

    name: str
    title: str
    short: str
    verdict: str
    sentences: Sequence[str] = ()
    parts: Sequence[Table | Chart] = ()
    notes: Sequence[str] = ()
    effort: str = ""
    completeness: Completeness = Completeness()
    of: str = ""
    heading: str = ""
    is_answer: bool = False

    def tables_on(self, output: str) -> list[Table]:
        """The tables that one output shows."""
        return [part for part in self.parts if isinstance(part, Table) and output in part.on]

    @property
    def charts(self) -> list[Chart]:
        return [part for part in self.parts if isinstance(part, Chart)]

    @property
    def lines(self) -> list[str]:
        """The sentences of every output, in their order: what is lacking comes first."""
        return [text for text in (self.completeness.tell(), self.verdict, *self.sentences) if text]


def is_known(value: Any) -> bool:
    """Whether a value says anything: not None, infinite or not a number."""
    if isinstance(value, float):
        return math.isfinite(value)
    return value is not None


def tell_cell(value: Any, column: Column) -> str:
    """A value as every output shows it; the empty text stays empty.

    >>> tell_cell(0.256, Column("s", "share", "share")), tell_cell(None, Column("s", "share"))
    ('25.6%', 'not known')
    >>> tell_cell([1.0, 2.5], Column("r", "range", "range")), tell_cell("a", Column("n", "n"))
    ('1.00 to 2.50', 'a')
    >>> tell_cell(["a", "b"], Column("t", "t", "titles", titles={"a": "Grid"}))
    'Grid; b'
    """
    if isinstance(value, str) and not value:
        return ""
    if not is_known(value):
        return column.absent
    if column.show == "title":
        return column.titles.get(value, str(value))
    if column.show == "titles":
        return "; ".join(column.titles.get(part, str(part)) for part in value)
    if column.show == "links":
        return "; ".join(part.text for part in value)
    if column.show == "years" and not isinstance(value, str):
        return name_years(value)
    if column.show == "yes" or isinstance(value, bool):
        return "yes" if value else "no"
    if column.show == "range" and not isinstance(value, str):
        return " to ".join(
            tell_number(end, column) if is_known(end) else NOT_KNOWN for end in value
        )
    if column.show in FIGURES and isinstance(value, int | float):
        return tell_number(value, column)
    return str(value)


def tell_number(value: float, column: Column) -> str:
    """A number with the digits and the sign of its column; no negative zero.

    >>> tell_number(-0.0001, Column("n", "n", "number"))
    '0.00'
    >>> tell_number(1234.5, Column("n", "n", "count"))
    '1,234'
    >>> tell_number(0.5, Column("n", "n", "points", is_signed=True))
    '+0.500'
    """
    scaled = 100 * value if column.show == "share" else value
    shown = f"{scaled:,.{column.decimals}f}"
    if not any(digit in shown for digit in "123456789"):
        shown = shown.lstrip("-")
    elif column.is_signed and value > 0:
        shown = f"+{shown}"
    return f"{shown}%" if column.show == "share" else shown


def name_years(years: Sequence[int | str]) -> str:
    """Years as runs.

    >>> name_years([2027, 2028, 2029, 2031])
    '2027-29, 2031'
    """
    runs: list[list[int]] = []
    for year in map(int, years):
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return ", ".join(
        str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1] % 100:02d}" for run in runs
    )


def tidy(number: float | None) -> float | None:
    """A number to ten decimals, without a negative zero; None for what is not a number.

    >>> tidy(0.1 + 0.2), tidy(-0.0), tidy(float("nan"))
    (0.3, 0.0, None)
    """
    if number is None or not math.isfinite(number):
        return None
    return round(float(number), 10) + 0.0
