"""A report as a workbook with native charts that reads back as a scenario.

Sheets with a capital tell; `figures`, `scenario` and the tables after it are the scenario.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from ...inputs.patch import TABLES
from ...inputs.scenario import Scenario
from ...inputs.workbook import SETTINGS, list_settings
from ..charts.palette import colour_areas, colour_layers
from ..runs.reported import Reported
from ..sheet import FIGURES as FIGURE_SHOWS
from ..sheet import Column, Record, Sheet, Table, tell_cell
from ..studies.book_tables import (
    NO_PLAN,
    SUMMARY,
    list_facts,
    tabulate_areas,
    tabulate_leads,
    tabulate_ledger,
    tabulate_limits,
    tabulate_programmes,
    tabulate_years,
)
from ..studies.chapter import list_verdicts
from ..studies.plan_charts import LINES, find_limits
from ..studies.rows import list_leads
from ..studies.scenarios import describe_scenarios
from ..studies.sections import list_sheets
from ..studies.solve import describe
from ..studies.words import Words
from .book import Book, clean_cell, format_column, name_sheet, write_study

CHART = {"width": 620, "height": 320}

WIDTHS: Mapping[str, float] = {
    "what": 34,
    "value": 18,
    "unit": 34,
    "programme": 38,
    "area": 30,
    "buys": 34,
    "id": 24,
    "path": 46,
    "confidence": 12,
    "source": 40,
    "note": 60,
    "sense": 10,
    "year": 8,
    "low": 9,
    "high": 9,
    "text": 14,
    "title": 50,
    "money": 10,
    "points": 16,
    "share": 10,
    "number": 13,
    "yes": 9,
}
"""Letters that columns are wide, by their key or else by how they show what is in them."""

SUMMARY_WIDTH = sum(WIDTHS[own.key] for own in SUMMARY)


def make_book(several: Sequence[Reported]) -> bytes:
    """The workbook of a report; with several scenarios, the first one's with a comparison."""
    first = several[0]
    book = Book()
    studies = [*list_verdicts(first), *list_sheets(first)]
    write_summary(book, several, studies)
    if first.record is not None:
        words = Words(first.scenario)
        write_spending(book, words, first.record)
        write_leads(book, words, first.record)
        write_sifted(book, tabulate_limits(words, first.record, first.studies.get("explain")))
    if len(several) > 1:
        write_study(book, describe_scenarios(several))
    for told in studies:
        write_study(book, told)
    write_sifted(book, tabulate_ledger(first))
    write_scenario(book, first.scenario)
    return book.close()


def write_summary(book: Book, several: Sequence[Reported], studies: Sequence[Sheet]) -> None:
    """Which studies are not complete; then what each scenario says, in sentences and numbers."""
    sheet = book.sheet("Summary", [(own.heading, WIDTHS[own.key]) for own in SUMMARY])
    row = 1
    for told in studies:
        if not told.completeness.is_whole:
            lacking = f"{name_sheet(told.name)}: {told.completeness.tell()}"
            style = book.style(bold=True, wrap=True)
            book.put_across(sheet, row, len(SUMMARY) - 1, lacking, SUMMARY_WIDTH, style)
            row += 1
    for one in several:
        record = one.record
        book.put(sheet, row, 0, one.scenario.title or one.label, book.style(bold=True))
        row += 1
        if record is None:
            book.put(sheet, row, 0, NO_PLAN)
            row += 2
            continue
        told = describe(one.scenario, record)
        for sentence in told.lines:
            style = book.style(bold=sentence == told.completeness.tell(), wrap=True)
            book.put_across(sheet, row, len(SUMMARY) - 1, sentence, SUMMARY_WIDTH, style)
            row += 1
        for column, value in list_facts(one, record):
            book.put(sheet, row, 0, column.title)
            book.put(sheet, row, 1, value, book.style(format_column(column)))
            book.put(sheet, row, 2, column.unit, book.style(side="left"))
            row += 1
        row = write_areas(book, sheet, row + 1, tabulate_areas(Words(one.scenario), record)) + 2


def write_areas(book: Book, sheet: Any, row: int, table: Table) -> int:
    """Spending by area with a bar chart; gives the next free row."""
    first, row = row + 1, put_rows(book, sheet, row, table)
    if not table.rows:
        return row
    colours = colour_areas([own["area"] for own in table.rows])
    chart = book.file.add_chart({"type": "bar"})
    chart.add_series(
        {
            "name": table.title,
            "categories": [sheet.name, first, 0, row, 0],
            "values": [sheet.name, first, 1, row, 1],
            "points": [{"fill": {"color": colours[own["area"]]}} for own in table.rows],
            "gap": 40,
        }
    )
    chart.set_title({"name": table.title, "name_font": {"size": 12}})
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True})
    chart.set_size(CHART)
    sheet.insert_chart(max(1, first - 14), len(SUMMARY) + 1, chart)
    return row


def open_sheet(book: Book, table: Table) -> Any:
    """A sheet of a table: its headings, as wide as what stands below them."""
    heads = [(own.heading, WIDTHS.get(own.key, WIDTHS[own.show])) for own in table.columns]
    return book.sheet(table.title or table.name, heads)


def put_rows(book: Book, sheet: Any, row: int, table: Table, has_head: bool = True) -> int:
    """A table's rows below those that a sheet has; gives the last row. Numbers stay numbers."""
    for at, column in enumerate(table.columns if has_head else ()):
        book.put(sheet, row, at, column.heading, book.style(bold=True))
    for values in table.rows:
        row += 1
        for at, column in enumerate(table.columns):
            value = values.get(column.key, "")
            shown = value if isinstance(value, bool | int | float) else tell_text(value, column)
            is_figure = column.show in FIGURE_SHOWS
            style = book.style(format_column(column), side="" if is_figure or not at else "left")
            book.put(sheet, row, at, shown, style)
    return row


def tell_text(value: Any, column: Column) -> str | None:
    """A value that is no number as a cell holds it; None for an empty cell."""
    return None if value in (None, "") else tell_cell(value, column)


def write_spending(book: Book, words: Words, record: Record) -> None:
    """Spending by programme and year, then by area, with a stacked chart."""
    programmes, areas = tabulate_programmes(words, record), tabulate_years(words, record)
    sheet = open_sheet(book, programmes)
    head = put_rows(book, sheet, 0, programmes, has_head=False) + 2
    last = put_rows(book, sheet, head, areas)
    first, years = 3, len(words.scenario.years.spending)
    chart = book.file.add_chart({"type": "column", "subtype": "stacked"})
    for row, colour in enumerate(colour_areas(words.areas).values(), start=head + 1):
        chart.add_series(
            {
                "name": [sheet.name, row, 0],
                "categories": [sheet.name, head, first, head, first + years - 1],
                "values": [sheet.name, row, first, row, first + years - 1],
                "fill": {"color": colour},
                "gap": 40,
            }
        )
    chart.set_title({"name": areas.title, "name_font": {"size": 12}})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 860, "height": 360})
    sheet.insert_chart(last + 2, 0, chart)


def write_leads(book: Book, words: Words, record: Record) -> None:
    """Leads by year, with and without the plan, in points and natural units; a chart a layer."""
    table = tabulate_leads(words, record)
    sheet = open_sheet(book, table)
    last = put_rows(book, sheet, 0, table, has_head=False)
    low, high = find_limits(list_leads(words.scenario, record))
    scale = {"min": 5 * math.floor(low / 5), "max": 5 * math.ceil(high / 5)}
    for number, (id_, colour) in enumerate(colour_layers(words.layers).items()):
        chart = book.file.add_chart({"type": "line"})
        styles = (
            {"color": colour, "width": 2.25},
            {"color": "#5c6875", "width": 1.25, "dash_type": "dash"},
        )
        for column, (mark, line) in enumerate(zip(LINES, styles, strict=True), 1 + 2 * number):
            chart.add_series(
                {
                    "name": mark.title,
                    "categories": [sheet.name, 1, 0, last, 0],
                    "values": [sheet.name, 1, column, last, column],
                    "line": line,
                }
            )
        chart.set_title({"name": clean_cell(words.layers[id_]), "name_font": {"size": 11}})
        chart.set_legend({"position": "bottom"})
        chart.set_x_axis({"label_position": "low"})
        chart.set_y_axis(scale)
        chart.set_size({"width": 420, "height": 240})
        sheet.insert_chart(last + 2 + 13 * (number // 3), 4 * (number % 3), chart)


def write_sifted(book: Book, table: Table) -> None:
    """A sheet of a table whose rows may be sifted."""
    sheet = open_sheet(book, table)
    last = put_rows(book, sheet, 0, table, has_head=False)
    sheet.autofilter(0, 0, max(1, last), len(table.columns) - 1)


def write_scenario(book: Book, scenario: Scenario) -> None:
    """The resolved scenario, a sheet of dotted keys and one for each table."""
    sheet = book.sheet(SETTINGS, [("key", 34), ("value", 60)])
    for at, (key, value) in enumerate(list_settings(scenario.document), start=1):
        book.put(sheet, at, 0, key)
        book.put(sheet, at, 1, enter_value(value))
    for table in TABLES:
        rows: Mapping[str, Mapping[str, Any]] = scenario.document.get(table) or {}
        if not rows:
            continue
        fields = list(dict.fromkeys(field for row in rows.values() for field in row))
        sheet = book.sheet(table, [("id", 34), *((field, 14) for field in fields)])
        for at, (id_, row) in enumerate(rows.items(), start=1):
            book.put(sheet, at, 0, id_)
            for column, field in enumerate(fields, start=1):
                book.put(sheet, at, column, enter_value(row.get(field), field))


def enter_value(value: Any, field: str = "") -> Any:
    """A value as a cell of a scenario's workbook holds it: lists as JSON, sources as words.

    >>> enter_value([0.4, 0.6]), enter_value(["a", "b"], "source"), enter_value(2.5)
    ('[0.4, 0.6]', 'a b', 2.5)
    """
    if isinstance(value, Mapping | list | tuple):
        if field == "source":
            return " ".join(map(str, value))
        return json.dumps(value, ensure_ascii=False)
    return value
