"""What a page says of one plan: sentences, numbers, charts and tables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ...model.equations.evaluate import relative
from ..charts.palette import colour_areas
from ..runs.reported import Reported
from ..sheet import Record, name_years
from ..studies import plan_charts as pictures
from ..studies.plan_tables import tell_natural, tell_output
from ..studies.rows import list_binding, list_feeds, list_spending
from ..studies.solve import describe, tell_gains
from ..studies.words import Words
from ..titles import Rows, name_all, shorten
from .gallery import Gallery

NOTES = {
    "flow": "Areas, programmes, layers of the contest. A ribbon is as wide as its money; what a "
    "programme gets is split over layers like the points of lead it brings to each.",
    "spending-by-programme": "A square is as large as its money; totals in $ billion.",
}
"""How to read a chart."""


def write_chapter(one: Reported, at: int, is_one_of_many: bool, gallery: Gallery) -> dict[str, Any]:
    """What the page says of one scenario."""
    scenario, record = one.scenario, one.record
    name = shorten(scenario.title or one.label, 120)
    heading = f"{one.label}: {name}" if is_one_of_many else "The recommendation"
    chapter: dict[str, Any] = {
        "anchor": f"s{at}",
        "heading": heading,
        "sentences": [],
        "broken": "",
        "lacking": "",
        "figures": {},
        "provenance": tell_provenance(one),
    }
    if record is None:
        chapter["lacking"] = (
            "This run folder holds studies and no plan; stratafolio solve with the same --out "
            "adds one."
        )
        return chapter
    feeds = list_feeds(one.scenario, record)
    drawn = pictures.draw_plan(one, record, feeds)
    broken, spent = len(record.get("broken", ())), set(record["funded"])
    years = scenario.years
    return {
        **chapter,
        "sentences": describe(scenario, record).lines,
        "numbers": list_numbers(one, record),
        "broken": f"{broken} limit{'s' if broken > 1 else ''}" if broken else "",
        "figures": {
            picture.name: gallery.hang(picture, f"s{at}-", NOTES.get(picture.name, ""))
            for picture in drawn
            if not picture.group
        },
        "leads": [gallery.hang(picture, f"s{at}-") for picture in drawn if picture.group],
        "legend": list_legend(name_all(scenario.areas)),
        "years": list(years.spending),
        "spending": tabulate_spending(one, record),
        "unfunded": [
            name for id_, name in name_all(scenario.instruments).items() if id_ not in spent
        ],
        "harms": tell_harms(one, feeds),
        "first": years.first,
        "last": years.last,
        "until": years.score_until,
        "lead_rows": tabulate_leads(one, record),
        "binding": tabulate_binding(one, record),
        "priced": "explain" in one.studies,
    }


def list_legend(titles: Mapping[str, str]) -> list[dict[str, str]]:
    """Titles of areas with their colours."""
    colours = colour_areas(titles)
    return [{"title": title, "colour": colours[area]} for area, title in titles.items()]


def tell_provenance(one: Reported) -> str:
    """Where a plan comes from and what is proven of it."""
    record = one.record
    told = f"{one.label}: {one.origin}."
    if record is None:
        return told
    solver, checks = record.get("solver") or {}, record["checks"]
    proof = tell_gains(record)
    return (
        f"{told} {proof} Solved by {solver.get('name', 'no solver')} {solver.get('version', '')}; "
        f"worst violation of a limit "
        f"{checks['max_violation']:.1e}; the smooth curves would score "
        f"{checks['curve_error_points']:.4f} points differently."
    )


def list_numbers(one: Reported, record: Record) -> list[dict[str, str]]:
    """The few numbers that everybody asks for."""
    money, words = sum(bn or 0.0 for bn in record["areas"].values()), Words(one.scenario)
    return [
        {
            "name": "Gain over spending nothing",
            "value": tell_number(record["gain"], 2),
            "unit": "points",
        },
        {
            "name": "New money",
            "value": f"{words.symbol}{tell_number(money, 1)}",
            "unit": words.unit,
        },
        {
            "name": "Programmes funded",
            "value": str(len(record["funded"])),
            "unit": f"of {len(one.scenario.instruments)}",
        },
        {
            "name": "Private money moved along",
            "value": f"{words.symbol}{tell_number(record['private_bn'], 1)}",
            "unit": words.unit,
        },
        {
            "name": "Below the best plan found, for steadier spending",
            "value": tell_gap(record["steady_cost"]),
            "unit": "of its gain",
        },
        {
            "name": "No plan is better by more than",
            "value": tell_gap(find_room(record)),
            "unit": "of the best gain",
        },
    ]


def find_room(record: Record) -> float | None:
    """How far the shown plan's gain may be below the best there is, as a share of the best.

    >>> find_room({"gain": 2.0, "bound": 2.5, "baseline_score": 0.0})
    0.2
    """
    if record["bound"] is None:
        return None
    most = record["bound"] - record["baseline_score"]
    return relative(most - record["gain"], most)


def tabulate_spending(one: Reported, record: Record) -> Rows:
    """A row for each funded programme: $ billion by year, in all, and what it buys."""
    spending = list_spending(one.scenario, record)
    by_programme: dict[str, list[float]] = {}
    for row in spending:
        by_programme.setdefault(row["instrument"], []).append(row["bn"])
    names = name_all(one.scenario.instruments)
    return [
        {
            "name": names[id_],
            "cells": [tell_number(bn, 2) if bn > 0 else "" for bn in amounts],
            "total": tell_number(sum(amounts), 2),
            "buys": shorten(tell_output(record["outputs"][id_]), 90)
            if id_ in record["outputs"]
            else "",
        }
        for id_, amounts in by_programme.items()
    ]


def tell_harms(one: Reported, feeds: Rows) -> list[str]:
    """Effects of funded programmes that cost points, the worst first."""
    programmes, layers = name_all(one.scenario.instruments), name_all(one.scenario.layers)
    harms = sorted((row for row in feeds if row["points"] < -5e-3), key=lambda row: row["points"])
    return [
        f"{programmes[row['instrument']]} takes {-row['points']:.2f} points from "
        f"{layers[row['layer']]}"
        for row in harms[:6]
    ]


def tabulate_leads(one: Reported, record: Record) -> Rows:
    """A row for each layer: leads with and without the plan, and their natural units."""
    years = one.scenario.years
    first, last, until = str(years.first), str(years.last), str(years.score_until)
    rows = []
    words = Words(one.scenario)
    for id_, name in name_all(one.scenario.layers).items():
        lead, without = record["leads"][id_], record["baseline_leads"][id_]
        own = one.scenario.layers[id_]
        cells = [lead[first], lead[last], without[last], lead[until], without[until]]
        rows.append(
            {
                "name": name,
                "indicator": shorten(own.indicator, 160),
                "weight": f"{record['weights'][id_]:.0%}",
                "cells": [tell_number(cell, 1) for cell in cells],
                "units": tell_natural(words, own, lead[last], without[last]),
            }
        )
    return rows


def tabulate_binding(one: Reported, record: Record) -> Rows:
    """A row for each limit that binds or is broken, with its price where that is known."""
    rows, words = [], Words(one.scenario)
    for row in list_binding(record, one.studies.get("explain")):
        sign = "at least" if row["sense"] == "at_least" else "at most"
        price = row["price"]
        rows.append(
            {
                "name": words.limit(row["id"]),
                "broken": row["broken"],
                "years": name_years(row["years"]) if row["years"] else "all",
                "value": tell_number(row["value"], 2),
                "limit": f"{sign} {tell_number(row['limit'], 2)}",
                "price": "" if price is None else f"{tell_number(price, 3)} points",
            }
        )
    return rows


def tell_number(value: float | None, digits: int) -> str:
    """A number, or a dash where there is none; no negative zero.

    >>> tell_number(-0.001, 1), tell_number(None, 1), tell_number(1234.5, 1)
    ('0.0', '-', '1,234.5')
    """
    if value is None:
        return "-"
    shown = f"{value:,.{digits}f}"
    return shown.lstrip("-") if not re.search("[1-9]", shown) else shown


def tell_gap(gap: float | None) -> str:
    """A proven gap as a share that it does not exceed.

    >>> tell_gap(0.00001), tell_gap(0.0123), tell_gap(0.0), tell_gap(None)
    ('0.01%', '1.23%', '0%', '-')
    """
    if gap is None:
        return "-"
    return "0%" if gap == 0 else f"{max(gap, 1e-4):.2%}"
