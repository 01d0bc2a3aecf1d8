"""A workbook under way, and a study's sheet in it; the one file that knows the library."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence
from typing import Any

import xlsxwriter

from ...inputs.patch import TABLES
from ...inputs.workbook import LONGEST_CELL
from ..sheet import BOOK, FIGURES, Column, Sheet, Table, is_known, tell_cell

PLAIN = "General"
"""The format of what is no number."""

A4 = 9
"""What a workbook calls that paper."""

NUMBERS = {
    "number": "#,##0",
    "count": "#,##0",
    "money": "#,##0",
    "points": "0",
    "share": "0",
}
"""Formats of what stands in a column, before its decimals."""

FONT = {"font_name": "Arial", "font_size": 10}
"""One that is as wide everywhere: where a reader has not the font, another takes its place."""

LINE = 15
"""Points that a line of text is high."""

BOLD, REGULAR = 1.15, 0.95
"""How wide letters are, beside those by which columns are measured."""

FIRST, NARROW, WIDEST = 34, 13, 44
"""Letters that the first column of a study is wide, one of figures, and one of text at most."""

LONGEST_NAME = 31
"""Letters that the name of a sheet may have."""


class Book:
    """A workbook under way: sheets, formats, and cells that hold what they are given as it is."""

    def __init__(self) -> None:
        self.stream = io.BytesIO()
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_format_properties": FONT,
        }
        self.file = xlsxwriter.Workbook(self.stream, options)
        self.formats: dict[tuple[str, bool], Any] = {}

    def style(
        self, number: str = PLAIN, bold: bool = False, wrap: bool = False, side: str = ""
    ) -> Any:
        """A cell's format, made once; `side`: where it stands, `left` a little off figures."""
        key = (f"{number}{wrap}{side}", bold)
        if key not in self.formats:
            options: dict[str, Any] = {"num_format": number, "bold": bold, "valign": "top"}
            if wrap:
                options["text_wrap"] = True
            if side:
                options |= {"align": side, "indent": 1 if side == "left" else 0}
            if bold:
                options["bottom"] = 1
            self.formats[key] = self.file.add_format(options)
        return self.formats[key]

    def sheet(self, name: str, columns: Sequence[tuple[str, float]], left: int = 1) -> Any:
        """A sheet with a frozen header: names and widths of its columns."""
        sheet = self.file.add_worksheet(name)
        for at, (title, width) in enumerate(columns):
            sheet.set_column(at, at, width)
            self.put(sheet, 0, at, title, self.style(bold=True, wrap=True))
        sheet.set_row(0, LINE * count_lines(columns, is_bold=True))
        sheet.freeze_panes(1, left)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        return sheet

    def put_across(
        self, sheet: Any, row: int, last: int, text: str, width: float, style: Any
    ) -> None:
        """A text over the columns up to the last, `width` letters wide, in a row high enough."""
        if last:
            sheet.merge_range(row, 0, row, last, "", style)
        self.put(sheet, row, 0, text, style)
        sheet.set_row(row, LINE * count_lines([(text, width)]))

    def put(self, sheet: Any, row: int, column: int, value: Any, style: Any = None) -> None:
        """One cell: numbers as numbers, text as text and never as a formula."""
        if value is None:
            return
        if isinstance(value, bool):
            sheet.write_boolean(row, column, value, style)
        elif isinstance(value, int | float):
            sheet.write_number(row, column, value, style)
        else:
            sheet.write_string(row, column, clean_cell(value), style)

    def close(self) -> bytes:
        """The workbook as the bytes of a file."""
        self.file.close()
        return self.stream.getvalue()


def clean_cell(value: object) -> str:
    r"""Text that a cell can hold: no control characters, not too long.

    >>> clean_cell("=1+1\x1b")
    '=1+1 '
    """
    text = "".join(c if c in "\t\n" or ord(c) >= 32 else " " for c in str(value))
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    text = text.replace("\ufffe", " ").replace("\uffff", " ")
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"


def format_column(column: Column) -> str:
    """The number format of a column.

    >>> format_column(Column("a", "a", "share")), format_column(Column("b", "b", "money", digits=2))
    ('0.0%', '#,##0.00')
    """
    if column.show not in NUMBERS:
        return PLAIN
    decimals = "." + "0" * column.decimals if column.decimals else ""
    return f"{NUMBERS[column.show]}{decimals}{'%' if column.show == 'share' else ''}"


def name_sheet(name: str) -> str:
    """A study's name as that of a sheet, which begins with a capital: it is no table of a scenario.

    >>> name_sheet("sensitivity-inputs-voi"), name_sheet("sensitivity-stakeholders")
    ('Inputs voi', 'Stakeholders study')
    """
    last = name.removeprefix("sensitivity-").replace("-", " ")
    # Spreadsheets know no capitals in the names of sheets.
    told = f"{last} study" if last in TABLES else last
    return f"{told[:1].upper()}{told[1:]}"[:LONGEST_NAME]


def count_lines(cells: Sequence[tuple[str, float]], is_bold: bool = False) -> int:
    """The lines of the highest of several cells in a row: their texts and widths in letters.

    >>> count_lines([("a", 10), ("one and two and three", 10)])
    3
    """
    wide = BOLD if is_bold else REGULAR
    return max([1, *(len(textwrap.wrap(text, max(1, int(w / wide)))) for text, w in cells)])


def write_study(book: Book, told: Sheet) -> None:
    """A study: its sentences, what is lacking first, then its tables one below the other."""
    tables = [table for table in told.tables_on(BOOK) if table.rows]
    most = max([4, *(len(table.columns_on(BOOK)) for table in tables)])
    widths = [FIRST, *measure_columns(tables, most - 1)]
    sheet = book.sheet(name_sheet(told.name), [("", width) for width in widths])
    heading, whole = told.heading or told.title, sum(widths)
    book.put_across(sheet, 0, most - 1, heading, whole, book.style(bold=True, wrap=True))
    row = 1
    lacking = told.completeness.tell()
    for line in (*told.lines, *told.notes, told.effort):
        if line:
            style = book.style(bold=line == lacking, wrap=True)
            book.put_across(sheet, row, most - 1, line, whole, style)
            row += 1
    for table in tables:
        row = write_table(book, sheet, row + 1, table, widths)


def measure_columns(tables: Sequence[Table], columns: int) -> list[float]:
    """The widths of all columns but the first: wide where they hold text."""
    widths: list[float] = [NARROW] * columns
    for table in tables:
        for at, column in enumerate(table.columns_on(BOOK)[1:]):
            if column.show not in (*FIGURES, "years", "yes"):
                cells = [tell_cell(row.get(column.key, ""), column) for row in table.rows]
                longest = max([len(column.heading), *map(len, cells)])
                widths[at] = max(widths[at], min(WIDEST, 1.1 * longest))
    return widths


def write_table(book: Book, sheet: Any, row: int, table: Table, widths: Sequence[float]) -> int:
    """A table with its title above it and its note below; gives the next free row."""
    columns, last, whole = table.columns_on(BOOK), len(widths) - 1, sum(widths)
    if table.title:
        book.put_across(sheet, row, last, table.title, whole, book.style(bold=True, wrap=True))
        row += 1
    headings = [column.heading for column in columns]
    sides = ["", *("right" if column.show in FIGURES else "left" for column in columns[1:])]
    for at, heading in enumerate(headings):
        book.put(sheet, row, at, heading, book.style(bold=True, wrap=True, side=sides[at]))
    sheet.set_row(row, LINE * count_lines(list(zip(headings, widths, strict=False)), is_bold=True))
    styles = [
        book.style(format_column(column), wrap=column.show not in FIGURES, side=side)
        for column, side in zip(columns, sides, strict=True)
    ]
    for values in table.rows:
        row += 1
        texts = []
        for at, (column, style) in enumerate(zip(columns, styles, strict=True)):
            value = values.get(column.key, "")
            is_number = isinstance(value, int | float) and column.show in NUMBERS
            shown = value if is_number and is_known(value) else tell_cell(value, column)
            texts.append((shown if isinstance(shown, str) else "", widths[at]))
            book.put(sheet, row, at, shown if shown != "" else None, style)
        sheet.set_row(row, LINE * count_lines(texts))
    if table.note:
        row += 1
        book.put_across(sheet, row, last, table.note, whole, book.style(wrap=True))
    return row + 1
