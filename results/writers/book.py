"""A workbook under way, and a study's sheet in it; the one file that knows the library."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter

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
        }
        self.file = xlsxwriter.Workbook(self.stream, options)
        self.formats: dict[tuple[str, bool], Any] = {}

    def style(self, number: str = PLAIN, bold: bool = False, wrap: bool = False) -> Any:
        """A cell's format, made once."""
        key = (f"{number}{wrap}", bold)
        if key not in self.formats:
            options: dict[str, Any] = {"num_format": number, "bold": bold, "valign": "top"}
            if wrap:
                options["text_wrap"] = True
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
        sheet.freeze_panes(1, left)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        return sheet

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

    >>> name_sheet("sensitivity-map"), name_sheet("explain")
    ('Map', 'Explain')
    """
    last = name.removeprefix("sensitivity-")
    return f"{last[:1].upper()}{last[1:]}"[:LONGEST_NAME]


def write_study(book: Book, told: Sheet) -> None:
    """A study: its sentences, what is lacking first, then its tables one below the other."""
    tables = [table for table in told.tables_on(BOOK) if table.rows]
    most = max([4, *(len(table.columns_on(BOOK)) for table in tables)])
    sheet = book.sheet(
        name_sheet(told.name), [(told.heading or told.title, 34), *[("", 15)] * (most - 1)]
    )
    row = 1
    lacking = told.completeness.tell()
    for line in (*told.lines, *told.notes, told.effort):
        if line:
            style = book.style(bold=line == lacking, wrap=True)
            sheet.merge_range(row, 0, row, most - 1, "", style)
            book.put(sheet, row, 0, line, style)
            sheet.set_row(row, 15 * (1 + len(line) // (34 + 13 * (most - 1))))
            row += 1
    for table in tables:
        row = write_table(book, sheet, row + 1, table)


def write_table(book: Book, sheet: Any, row: int, table: Table) -> int:
    """A table with its title above it and its note below; gives the next free row."""
    columns = table.columns_on(BOOK)
    if table.title:
        book.put(sheet, row, 0, table.title, book.style(bold=True))
        row += 1
    for at, column in enumerate(columns):
        book.put(sheet, row, at, column.heading, book.style(bold=True, wrap=True))
    sheet.set_row(row, 45)
    styles = [
        book.style(format_column(column), wrap=column.show not in FIGURES) for column in columns
    ]
    for values in table.rows:
        row += 1
        for at, (column, style) in enumerate(zip(columns, styles, strict=True)):
            value = values.get(column.key, "")
            is_number = isinstance(value, int | float) and column.show in NUMBERS
            shown = value if is_number and is_known(value) else tell_cell(value, column)
            book.put(sheet, row, at, shown if shown != "" else None, style)
    if table.note:
        row += 1
        book.put(sheet, row, 0, table.note)
    return row + 1
