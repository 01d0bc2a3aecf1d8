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
from ...inputs.workbook import FIGURES, SETTINGS, list_settings
from ..charts.palette import colour_areas, colour_layers
from ..runs.reported import Reported
from ..sheet import Record
from ..studies.chapter import list_verdicts
from ..studies.plan_charts import find_limits
from ..studies.plan_tables import tell_output
from ..studies.rows import (
    list_binding,
    list_feeds,
    list_figures,
    list_leads,
    list_spending,
    sum_areas,
    sum_programmes,
)
from ..studies.scenarios import describe_scenarios
from ..studies.sections import list_sheets
from ..studies.solve import describe
from ..studies.words import Words
from ..titles import Rows, name_all
from .book import PLAIN, Book, clean_cell, write_study

MONEY, POINTS, SHARE, YEAR = "#,##0.00", "0.00", "0.0%", "0"

CHART = {"width": 620, "height": 320}

SUMMARY = [("what", 34), ("value", 18), ("unit", 34)]
SUMMARY_WIDTH = sum(width for _, width in SUMMARY)


def make_book(several: Sequence[Reported]) -> bytes:
    """The workbook of a report; with several scenarios, the first one's with a comparison."""
    first = several[0]
    book = Book()
    write_summary(book, several)
    if first.record is not None:
        write_spending(book, first, first.record)
        write_leads(book, first, first.record)
        write_limits(book, first, first.record)
    if len(several) > 1:
        write_study(book, describe_scenarios(several))
    for told in (*list_verdicts(first), *list_sheets(first)):
        write_study(book, told)
    write_figures(book, first)
    write_scenario(book, first.scenario)
    return book.close()


def write_summary(book: Book, several: Sequence[Reported]) -> None:
    """What each scenario says, in sentences and numbers."""
    sheet = book.sheet("Summary", SUMMARY)
    row = 1
    for one in several:
        record = one.record
        book.put(sheet, row, 0, one.scenario.title or one.label, book.style(bold=True))
        row += 1
        if record is None:
            book.put(sheet, row, 0, "This run folder holds no plan.")
            row += 2
            continue
        told = describe(one.scenario, record)
        for sentence in told.lines:
            style = book.style(bold=sentence == told.completeness.tell(), wrap=True)
            book.put_across(sheet, row, len(SUMMARY) - 1, sentence, SUMMARY_WIDTH, style)
            row += 1
        for name, value, unit, number in list_facts(one, record):
            book.put(sheet, row, 0, name)
            book.put(sheet, row, 1, value, book.style(number))
            book.put(sheet, row, 2, unit)
            row += 1
        row = write_area_totals(book, sheet, row + 1, one, record) + 2


def list_facts(one: Reported, record: Record) -> list[tuple[str, Any, str, str]]:
    """Names, values, units and formats of the numbers of a plan."""
    money = Words(one.scenario).money
    return [
        ("scenario", one.label, "", PLAIN),
        ("status", record["status"], "", PLAIN),
        ("gain", record["gain"], "points over spending nothing", "0.000000"),
        ("score", record["score"], "points", "0.000000"),
        ("score without spending", record["baseline_score"], "points", "0.000000"),
        ("proven bound of the score", record["bound"], "points", "0.000000"),
        ("gap", record["gap"], "of the gain, of the best plan found", "0.0000%"),
        ("given up for steadier spending", record["steady_cost"], "of the gain", "0.00%"),
        ("spending", sum(bn or 0.0 for bn in record["areas"].values()), money, MONEY),
        ("private money moved along", record["private_bn"], money, MONEY),
        ("programmes funded", len(record["funded"]), f"of {len(one.scenario.instruments)}", YEAR),
        ("worst violation of a limit", record["checks"]["max_violation"], "relative", "0.0E+00"),
        ("where this is from", one.origin, "", PLAIN),
    ]


def write_area_totals(book: Book, sheet: Any, row: int, one: Reported, record: Record) -> int:
    """Spending by area with a bar chart; gives the next free row."""
    names, colours = name_all(one.scenario.areas), colour_areas(one.scenario.areas)
    money = Words(one.scenario).money
    for at, title in enumerate(("spending by area", money, "share")):
        book.put(sheet, row, at, title, book.style(bold=True))
    total = sum(bn or 0.0 for bn in record["areas"].values())
    first = row + 1
    for id_, bn in record["areas"].items():
        row += 1
        book.put(sheet, row, 0, names[id_])
        book.put(sheet, row, 1, bn, book.style(MONEY))
        book.put(sheet, row, 2, (bn or 0.0) / total if total else 0.0, book.style(SHARE))
    if not names:
        return row
    chart = book.file.add_chart({"type": "bar"})
    chart.add_series(
        {
            "name": money,
            "categories": [sheet.name, first, 0, row, 0],
            "values": [sheet.name, first, 1, row, 1],
            "points": [{"fill": {"color": colours[id_]}} for id_ in record["areas"]],
            "gap": 40,
        }
    )
    chart.set_title({"name": f"Spending by area, {money}", "name_font": {"size": 12}})
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True})
    chart.set_size(CHART)
    sheet.insert_chart(max(1, first - 14), 10, chart)
    return row


def write_spending(book: Book, one: Reported, record: Record) -> None:
    """Spending by programme and year, then by area, with a stacked chart."""
    years = list(one.scenario.years.spending)
    head = [("programme", 38), ("id", 22), ("area", 30), *((str(year), 9) for year in years)]
    unit, money = Words(one.scenario).money, book.style(MONEY)
    sheet = book.sheet("Spending", [*head, (f"all, {unit}", 11), ("buys", 34)])
    spending = list_spending(one.scenario, record)
    amounts = {(row["instrument"], row["year"]): row["bn"] for row in spending}
    names, areas = name_all(one.scenario.instruments), name_all(one.scenario.areas)
    at = 1
    for id_, total in sum_programmes(spending).items():
        book.put(sheet, at, 0, names[id_])
        book.put(sheet, at, 1, id_)
        book.put(sheet, at, 2, areas[one.scenario.instruments[id_].area])
        for column, year in enumerate(years, start=3):
            book.put(sheet, at, column, amounts[id_, year], money)
        book.put(sheet, at, 3 + len(years), total, money)
        bought = record["outputs"].get(id_)
        if bought:
            book.put(sheet, at, 4 + len(years), tell_output(bought))
        at += 1
    at += 1
    for column, title in enumerate(("area", "", "", *map(str, years), f"all, {unit}")):
        book.put(sheet, at, column, title, book.style(bold=True))
    head_row = at
    by_area = {
        (row["area_id"], row["year"]): row["bn"] for row in sum_areas(spending, one.scenario)
    }
    for id_, title in areas.items():
        at += 1
        book.put(sheet, at, 0, title)
        for column, year in enumerate(years, start=3):
            book.put(sheet, at, column, by_area[id_, year], money)
        book.put(sheet, at, 3 + len(years), record["areas"].get(id_), money)
    chart = book.file.add_chart({"type": "column", "subtype": "stacked"})
    for row, colour in enumerate(colour_areas(areas).values(), start=head_row + 1):
        chart.add_series(
            {
                "name": [sheet.name, row, 0],
                "categories": [sheet.name, head_row, 3, head_row, 2 + len(years)],
                "values": [sheet.name, row, 3, row, 2 + len(years)],
                "fill": {"color": colour},
                "gap": 40,
            }
        )
    chart.set_title({"name": f"Spending by area and year, {unit}", "name_font": {"size": 12}})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 860, "height": 360})
    sheet.insert_chart(at + 2, 0, chart)


def write_leads(book: Book, one: Reported, record: Record) -> None:
    """Leads by year, with and without the plan, in points and natural units; a chart a layer."""
    layers = name_all(one.scenario.layers)
    columns: list[tuple[str, float]] = [("year", 8)]
    for title in layers.values():
        columns += [(f"{title}, points", 16), (f"{title} without", 16)]
    told = [id_ for id_ in layers if one.scenario.layers[id_].points_per_unit]
    columns += [(f"{layers[id_]}, {one.scenario.layers[id_].unit or 'units'}", 18) for id_ in told]
    sheet = book.sheet("Leads", columns)
    rows = list_leads(one.scenario, record)
    years = sorted({row["year"] for row in rows})
    found = {(row["layer_id"], row["year"]): row for row in rows}
    style = book.style(POINTS)
    low, high = find_limits(rows)
    scale = {"min": 5 * math.floor(low / 5), "max": 5 * math.ceil(high / 5)}
    for at, year in enumerate(years, start=1):
        book.put(sheet, at, 0, year, book.style(YEAR))
        for column, id_ in enumerate(layers):
            book.put(sheet, at, 1 + 2 * column, found[id_, year]["lead"], style)
            book.put(sheet, at, 2 + 2 * column, found[id_, year]["without"], style)
        for column, id_ in enumerate(told, start=1 + 2 * len(layers)):
            per_unit = one.scenario.layers[id_].points_per_unit or 1.0
            book.put(sheet, at, column, found[id_, year]["lead"] / per_unit, style)
    for number, (id_, colour) in enumerate(colour_layers(layers).items()):
        chart = book.file.add_chart({"type": "line"})
        for column, line in (
            (1 + 2 * number, {"color": colour, "width": 2.25}),
            (2 + 2 * number, {"color": "#5c6875", "width": 1.25, "dash_type": "dash"}),
        ):
            chart.add_series(
                {
                    "name": "with the plan" if column % 2 else "spending nothing",
                    "categories": [sheet.name, 1, 0, len(years), 0],
                    "values": [sheet.name, 1, column, len(years), column],
                    "line": line,
                }
            )
        chart.set_title({"name": clean_cell(layers[id_]), "name_font": {"size": 11}})
        chart.set_legend({"position": "bottom"})
        chart.set_x_axis({"label_position": "low"})
        chart.set_y_axis(scale)
        chart.set_size({"width": 420, "height": 240})
        sheet.insert_chart(len(years) + 2 + 13 * (number // 3), 4 * (number % 3), chart)


def write_limits(book: Book, one: Reported, record: Record) -> None:
    """Every limit and period with what the plan makes of it."""
    columns: list[tuple[str, float]]
    columns = [("limit", 26), ("title", 60), ("sense", 10), ("year", 8)]
    columns += [("value", 12), ("limit at", 12), ("slack", 12), ("binding", 9)]
    sheet = book.sheet("Limits", [*columns, ("one unit looser gains, points", 16)])
    prices = {
        (row["id"], row["sense"]): row["price"]
        for row in list_binding(record, one.studies.get("explain"))
    }
    style = book.style("#,##0.000")
    words = Words(one.scenario)
    for at, row in enumerate(record["constraints"], start=1):
        year = None if row["year"] is None else int(row["year"])
        cells = (row["id"], words.limit(row["id"]), row["sense"], year)
        for column, value in enumerate(cells):
            book.put(sheet, at, column, value, book.style(YEAR))
        for column, key in enumerate(("value", "limit", "slack"), start=4):
            book.put(sheet, at, column, row[key], style)
        book.put(sheet, at, 7, row["binding"])
        if row["binding"]:
            book.put(sheet, at, 8, prices.get((row["id"], row["sense"])), style)
    sheet.autofilter(0, 0, max(1, len(record["constraints"])), 8)


def write_figures(book: Book, one: Reported) -> None:
    """The ledger. A value, low or high changed here changes the scenario that is read back."""
    columns = [("path", 46), ("title", 40), ("value", 11), ("low", 9), ("high", 9)]
    columns += [("confidence", 12), ("share of gain", 10), ("source", 40), ("note", 60)]
    columns += [(f"{name} as reported", 11) for name in ("value", "low", "high")]
    sheet = book.sheet(FIGURES, columns)
    record = one.record
    feeds: Rows = [] if record is None else list_feeds(one.scenario, record)
    rows = list_figures(one.scenario, feeds, 0.0 if record is None else record["gain"])
    for at, row in enumerate(rows, start=1):
        cells = [
            row[key] for key in ("path", "title", "value", "low", "high", "confidence", "share")
        ]
        cells += [row["source"], row["note"], row["value"], row["low"], row["high"]]
        for column, value in enumerate(cells):
            book.put(sheet, at, column, value, book.style(SHARE) if column == 6 else None)
    sheet.autofilter(0, 0, max(1, len(rows)), len(columns) - 1)


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
