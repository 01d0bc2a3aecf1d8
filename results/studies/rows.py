"""The rows that page, workbook and charts share, from a scenario and its record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ...inputs.hanging import find_assumptions
from ...inputs.numbers import put_numbers
from ...inputs.patch import TABLES
from ...inputs.scenario import Scenario
from ...model.equations.evaluate import Evaluator
from ..runs.reported import plan_of
from ..sheet import Record
from ..titles import Rows, clean, name_all

FIGURE_TABLES = ("layers", "instruments", "effects", "interactions")
SMALL = 1e-9


def list_spending(scenario: Scenario, record: Record) -> Rows:
    """Authority with launch costs by instrument and year, $ billion, areas in their order."""
    areas, names = name_all(scenario.areas), name_all(scenario.instruments)
    order = list(scenario.areas)
    rows: Rows = []
    for id_ in sorted(
        record["funded"], key=lambda id_: order.index(scenario.instruments[id_].area)
    ):
        spent = record["spending"].get(id_, {})
        launch = record["launch_costs"].get(id_, {})
        for year in scenario.years.spending:
            bn = spent.get(str(year), 0.0) + launch.get(str(year), 0.0)
            area = scenario.instruments[id_].area
            rows.append(
                {
                    "instrument": id_,
                    "programme": names[id_],
                    "area": areas[area],
                    "area_id": area,
                    "year": year,
                    "bn": round(bn, 6),
                }
            )
    return rows


def sum_areas(rows: Rows, scenario: Scenario) -> Rows:
    """Spending by area and year, $ billion, every area and year."""
    areas = name_all(scenario.areas)
    totals = {(area, year): 0.0 for area in areas for year in scenario.years.spending}
    for row in rows:
        totals[row["area_id"], row["year"]] += row["bn"]
    return [
        {"area": areas[area], "area_id": area, "year": year, "bn": round(bn, 6)}
        for (area, year), bn in totals.items()
    ]


def sum_programmes(rows: Rows) -> dict[str, float]:
    """Spending over all years by funded instrument, $ billion."""
    totals: dict[str, float] = {}
    for row in rows:
        totals[row["instrument"]] = totals.get(row["instrument"], 0.0) + row["bn"]
    return totals


def list_leads(scenario: Scenario, record: Record) -> Rows:
    """Leads by layer and year with and without the plan, points."""
    names = name_all(scenario.layers)
    return [
        {
            "layer_id": layer,
            "layer": names[layer],
            "year": int(year),
            "lead": lead,
            "without": record["baseline_leads"][layer][year],
        }
        for layer, by_year in record["leads"].items()
        for year, lead in by_year.items()
    ]


def list_feeds(scenario: Scenario, record: Record) -> Rows:
    """What each funded instrument's effect brings its layer: points of outcome, plan kept.

    `points` are lost without the effect, whatever the layer's weight; `gain` is their share of
    the score. Interactions count with either effect.
    """
    evaluator = Evaluator(scenario)
    played = evaluator.play(plan_of(record))
    rows: Rows = []
    for effect, own in scenario.effects.items():
        if own.instrument not in record["funded"]:
            continue
        reach = {**played.reach, effect: 0.0 * played.reach[effect]}
        without = evaluator.outcome(evaluator.leads(reach))
        points = played.outcome[own.layer] - without[own.layer]
        rows.append(
            {
                "effect": effect,
                "instrument": own.instrument,
                "layer": own.layer,
                "points": round(points, 6),
                "gain": round(played.score - evaluator.score(without), 6),
            }
        )
    return rows


def list_binding(record: Record, explained: Record | None = None) -> Rows:
    """A row for each limit and side that binds or is broken, its years, and what it costs."""
    prices: dict[str, list[Any]] = {}
    for limit in (explained or {}).get("limits") or ():
        if limit.get("price") is not None:
            prices.setdefault(limit["id"], []).append(limit["price"])
    found: dict[tuple[str, str], dict[str, Any]] = {}
    shown = [row for row in record["constraints"] if row["binding"]]
    for row in [*shown, *record.get("broken", ())]:
        own = found.setdefault(
            (row["id"], row["sense"]),
            {
                "id": row["id"],
                "sense": row["sense"],
                "years": [],
                "value": row["value"],
                "limit": row["limit"],
                "broken": row["slack"] < -1e-6 * max(1.0, abs(row["limit"])),
                "price": max(prices[row["id"]], key=abs) if prices.get(row["id"]) else None,
            },
        )
        if row["year"] is not None and int(row["year"]) not in own["years"]:
            own["years"].append(int(row["year"]))
            # The last year's: what is carried over adds up to it.
            own["value"], own["limit"] = row["value"], row["limit"]
    return list(found.values())


def list_figures(
    scenario: Scenario, feeds: Iterable[Mapping[str, Any]] = (), gain: float = 0.0
) -> Rows:
    """The assumption ledger: every figure with its range, confidence, sources and note.

    `share` is the share of the gain that hangs on an effect, or on all effects whose points are
    computed from an assumption, where a plan's feeds are given.
    """
    carried = {row["effect"]: row["gain"] for row in feeds}
    document = put_numbers(scenario.document, scenario.expressions)
    rows: Rows = []
    if "discount_rate" in document:
        rows.append(
            _tell_figure("discount_rate", "Discount rate", document, "discount_rate", scenario)
        )
    for id_, row in (document.get("assumptions") or {}).items():
        title = scenario.assumptions[id_].title or id_
        told = _tell_figure(f"assumptions.{id_}", title, row, "value", scenario)
        hanging = [
            points
            for effect, points in carried.items()
            if id_ in find_assumptions(scenario, "effects", effect, "points")
        ]
        if hanging and gain > SMALL:
            told["share"] = round(sum(hanging) / gain, 6)
        rows.append(told)
    for table in FIGURE_TABLES:
        for id_, row in (document.get(table) or {}).items():
            record = getattr(scenario, table)[id_]
            title = getattr(record, "title", "") or id_
            if table == "effects":
                own = scenario.effects[id_]
                layer = scenario.layers[own.layer].title or own.layer
                programme = scenario.instruments[own.instrument].title or own.instrument
                title = f"{programme}: {layer}"
            for name in TABLES[table].ranged:
                if row.get(name) is None:
                    continue
                told = _tell_figure(f"{table}.{id_}.{name}", title, row, name, scenario)
                if table == "effects" and name == "points" and gain > SMALL and id_ in carried:
                    told["share"] = round(carried[id_] / gain, 6)
                rows.append(told)
    return rows


def _tell_figure(
    path: str, title: object, row: Mapping[str, Any], name: str, scenario: Scenario
) -> dict[str, Any]:
    source = row.get("source") or ()
    ids = source.split() if isinstance(source, str) else list(source)
    is_assumption = path.startswith("assumptions.")
    ends = ("low", "high") if is_assumption else (f"{name}_low", f"{name}_high")
    *above, last = (*path.split("."), "value") if is_assumption else path.split(".")
    text = scenario.expressions.get(tuple(above), {}).get((last,))
    computed = f"{text}; " if text else ""
    return {
        "path": path,
        "title": clean(title),
        "value": row[name],
        "low": row.get(ends[0]),
        "high": row.get(ends[1]),
        "confidence": row.get("confidence") or "",
        "unit": row.get("unit") or "" if is_assumption else "",
        "sources": ids,
        "source": "; ".join(clean(_name_source(id_, scenario)) for id_ in ids),
        "note": clean(computed + (row.get("note") or "")),
        "share": None,
    }


def _name_source(id_: str, scenario: Scenario) -> str:
    own = scenario.sources.get(id_)
    if own is None:
        return id_
    return f"{own.title or id_}" + (f" ({own.date})" if own.date else "")
