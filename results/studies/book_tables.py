"""The tables of a plan as a workbook has them: numbers to go on with, a column for each year."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..runs.reported import Reported
from ..sheet import Column, Record, Table
from .limit_titles import find_unit
from .plan_tables import tell_output
from .rows import (
    list_binding,
    list_feeds,
    list_figures,
    list_leads,
    list_spending,
    sum_areas,
    sum_programmes,
)
from .words import Words

SUMMARY = (Column("what", "what"), Column("value", "value"), Column("unit", "unit"))
"""What stands beside each other in a summary: the name of a fact, its value and its unit."""

NO_PLAN = "This run folder holds no plan."


def list_facts(one: Reported, record: Record) -> list[tuple[Column, Any]]:
    """The numbers of a plan, each with what says its name, its unit and its format."""
    money = Words(one.scenario).money
    spent = sum(bn or 0.0 for bn in record["areas"].values())
    there = f"of {len(one.scenario.instruments)}"
    gap, given_up = record["gap"], record["steady_cost"]
    return [
        (Column("scenario", "scenario"), one.label),
        (Column("status", "status"), record["status"]),
        (Column("gain", "gain", "points", "points over spending nothing", 6), record["gain"]),
        (Column("score", "score", "points", "points", 6), record["score"]),
        (
            Column("baseline", "score without spending", "points", "points", 6),
            record["baseline_score"],
        ),
        (Column("bound", "proven bound of the score", "points", "points", 6), record["bound"]),
        (Column("gap", "gap", "share", "of the gain, of the best plan found", 4), gap),
        (Column("steady", "given up for steadier spending", "share", "of the gain", 2), given_up),
        (Column("spent", "spending", "money", money), spent),
        (Column("private", "private money moved along", "money", money), record["private_bn"]),
        (Column("funded", "programmes funded", "count", there), len(record["funded"])),
        (
            Column("violation", "worst violation of a limit", "number", "relative", 9),
            record["checks"]["max_violation"],
        ),
        (Column("origin", "where this is from"), one.origin),
    ]


def tabulate_areas(words: Words, record: Record) -> Table:
    """Spending by area over all years, and its share."""
    whole = sum(bn or 0.0 for bn in record["areas"].values())
    rows = [
        {"area": id_, "bn": bn, "share": (bn or 0.0) / whole if whole else 0.0}
        for id_, bn in record["areas"].items()
    ]
    columns = [
        words.area_column(title="spending by area"),
        Column("bn", "", "money", words.money),
        Column("share", "share", "share"),
    ]
    return Table("areas", f"Spending by area, {words.money}", columns, rows)


def list_year_columns(words: Words) -> list[Column]:
    """A column for each year of spending, and one for all of them."""
    years = [str(year) for year in words.scenario.years.spending]
    return [
        *(Column(year, year, "money") for year in years),
        words.money_column("bn", "all"),
    ]


def tabulate_programmes(words: Words, record: Record) -> Table:
    """Spending by programme and year, and what it buys."""
    scenario = words.scenario
    spending = list_spending(scenario, record)
    rows: dict[str, Record] = {}
    for id_, total in sum_programmes(spending).items():
        bought = record["outputs"].get(id_)
        rows[id_] = {
            "programme": id_,
            "id": id_,
            "area": scenario.instruments[id_].area,
            "bn": total,
            "buys": tell_output(bought) if bought else "",
        }
    for row in spending:
        rows[row["instrument"]][str(row["year"])] = row["bn"]
    columns = [words.programme_column("programme"), Column("id", "id"), words.area_column()]
    columns += [*list_year_columns(words), Column("buys", "buys")]
    return Table("spending", "Spending", columns, list(rows.values()))


def tabulate_years(words: Words, record: Record) -> Table:
    """Spending by area and year, its years in the columns that programmes have them in."""
    rows: dict[str, Record] = {
        id_: {"area": id_, "bn": record["areas"].get(id_)} for id_ in words.areas
    }
    for row in sum_areas(list_spending(words.scenario, record), words.scenario):
        rows[row["area_id"]][str(row["year"])] = row["bn"]
    blank = [Column("id", ""), Column("of", "")]
    columns = [words.area_column(), *blank, *list_year_columns(words)]
    title = f"Spending by area and year, {words.money}"
    return Table("years", title, columns, list(rows.values()))


def tabulate_leads(words: Words, record: Record) -> Table:
    """Leads by year, with and without the plan, in points; then in natural units."""
    layers = words.scenario.layers
    columns = [Column("year", "year")]
    for id_, title in words.layers.items():
        columns.append(Column(f"{id_}.lead", title, "points", "points", 2))
        columns.append(Column(f"{id_}.without", f"{title} without", "points", digits=2))
    natural = {id_: own.points_per_unit for id_, own in layers.items() if own.points_per_unit}
    columns += [
        Column(f"{id_}.natural", words.layers[id_], "number", layers[id_].unit or "units", 2)
        for id_ in natural
    ]
    rows: dict[int, Record] = {}
    for row in list_leads(words.scenario, record):
        told, id_ = rows.setdefault(row["year"], {"year": row["year"]}), row["layer_id"]
        told[f"{id_}.lead"], told[f"{id_}.without"] = row["lead"], row["without"]
        if id_ in natural:
            told[f"{id_}.natural"] = row["lead"] / natural[id_]
    return Table("leads", "Leads", columns, [rows[year] for year in sorted(rows)])


def tabulate_limits(words: Words, record: Record, explained: Record | None) -> Table:
    """Every limit and period with what the plan makes of it, and what more room would gain."""
    prices: Mapping[tuple[str, str], Any] = {
        (row["id"], row["sense"]): row["price"] for row in list_binding(record, explained)
    }
    rows = [
        {
            **row,
            "title": words.limit(row["id"]),
            "year": "" if row["year"] is None else int(row["year"]),
            "unit": find_unit(words, row["id"]) or "rule",
            "price": prices.get((row["id"], row["sense"]), "") if row["binding"] else "",
        }
        for row in record["constraints"]
    ]
    columns = [Column("id", "limit"), Column("title", "title"), Column("sense", "sense")]
    columns += [Column("year", "year"), Column("value", "value", "number", digits=3)]
    columns += [Column("limit", "limit at", "number", digits=3)]
    columns += [Column("slack", "slack", "number", digits=3), Column("unit", "unit")]
    columns += [Column("binding", "binding", "yes")]
    columns += [Column("price", "one unit looser gains", "number", "points", 3)]
    return Table("limits", "Limits", columns, rows)


def tabulate_ledger(one: Reported) -> Table:
    """The ledger, headed as it is read back: what is changed in it changes the scenario."""
    record = one.record
    feeds = [] if record is None else list_feeds(one.scenario, record)
    ends = ("value", "low", "high")
    reported = {f"{end} as reported": end for end in ends}
    rows = [
        {**row, **{key: row[end] for key, end in reported.items()}}
        for row in list_figures(one.scenario, feeds, 0.0 if record is None else record["gain"])
    ]
    columns = [Column(key, key) for key in ("path", "title", *ends, "confidence")]
    columns += [Column("share", "share of gain", "share"), Column("source", "source")]
    columns += [
        Column("note", "note"),
        *(Column(key, key) for key in (f"{end} as reported" for end in ends)),
    ]
    return Table("figures", "", columns, rows)
