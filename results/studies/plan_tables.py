"""The tables of a plan: by area, programme and layer; limits; what to doubt; data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...inputs.scenario import Layer
from ..sheet import (
    BOOK,
    DATA,
    PAGE,
    SCREEN,
    SHOWN,
    Column,
    Record,
    Table,
)
from .rows import list_binding, list_spending, sum_areas, sum_programmes
from .words import Words, drop_empty, keep_table, tell_text

DOUBTFUL = ("low", "judgement", "", None)
"""The confidences of figures to look at first."""

DOUBTS = 3
SMALL = 1e-9


def list_areas(words: Words, record: Record) -> list[Table]:
    """Spending by area: in all, its share, and year by year."""
    scenario = words.scenario
    years = [str(year) for year in scenario.years.spending]
    by_area: dict[str, dict[str, float]] = {id_: {} for id_ in words.areas}
    for spent in sum_areas(list_spending(scenario, record), scenario):
        by_area[spent["area_id"]][str(spent["year"])] = spent["bn"]
    whole = sum(amount or 0.0 for amount in record["areas"].values())
    rows: list[Record] = [
        {
            "area": id_,
            "bn": amount,
            "share": (amount or 0.0) / whole if whole else 0.0,
            "bar": amount,
            **by_area[id_],
        }
        for id_, amount in record["areas"].items()
    ]
    total = {year: sum(own[year] for own in by_area.values()) for year in years}
    every: Record = {"area": "all", "bn": whole, "share": "", "bar": "", **total}
    columns = [words.area_column(), words.money_column("bn", "spent", 1)]
    columns += [Column("share", "share", "share", digits=0), Column("bar", "", "bar")]
    yearly = [words.area_column(title=f"{words.money} a year")]
    yearly += [Column(year, year, "money", "", 1) for year in years]
    tables = [Table("areas", "Spending by area", columns, [*rows, every], on=SHOWN)]
    if len(years) > 1:
        tables.append(
            Table("areas_by_year", "Spending by area and year", yearly, [*rows, every], on=SHOWN)
        )
    return tables


def list_programmes(words: Words, record: Record) -> list[Table]:
    """Spending by programme, its years, and what it buys."""
    totals = sum_programmes(list_spending(words.scenario, record))
    rows = []
    for id_, total in totals.items():
        output = record["outputs"].get(id_)
        years = {*record["spending"].get(id_, {}), *record["launch_costs"].get(id_, {})}
        rows.append(
            {
                "id": id_,
                "bn": total,
                "years": sorted(years),
                "bar": total,
                "buys": tell_output(output) if output else "",
            }
        )
    columns = [
        words.programme_column(),
        words.money_column("bn", "spent"),
        Column("years", "years", "years"),
        Column("bar", "", "bar", on=frozenset({SCREEN})),
        Column("buys", "buys"),
    ]
    return [Table("programmes", "Programmes funded", drop_empty(columns, rows), rows, on=SHOWN)]


def tell_output(output: Mapping[str, Any]) -> str:
    """An amount with its unit.

    >>> tell_output({"amount": 13200.0, "unit": "grants"})
    '13,200 grants'
    >>> tell_output({"amount": 8.123, "unit": "GW"})
    '8.12 GW'
    """
    amount = output["amount"]
    shown = f"{amount:,.0f}" if abs(amount) >= 1000 else f"{amount:.3g}"
    return f"{shown} {tell_text(output['unit'] or '', 90)}".rstrip()


def tell_natural(words: Words, layer: Layer, lead: float, without: float) -> str:
    """Two leads in the unit of the layer's indicator, in words; doublings as factors."""
    if not layer.points_per_unit:
        return ""
    units, units_without = lead / layer.points_per_unit, without / layer.points_per_unit
    if layer.unit == "doublings":
        theirs = f"{words.other}'s" if words.other else "the mark"
        return f"{2**units:.2g} times {theirs}, {2**units_without:.2g} times without the plan"
    unit = tell_text(layer.unit or "units", 80)
    return f"{units:.1f} {unit}, {units_without:.1f} without the plan"


def list_layers(words: Words, record: Record) -> list[Table]:
    """Leads by layer in the first, the last and the last scored year, with and without the plan."""
    scenario = words.scenario
    first, last, until = (
        str(year)
        for year in (scenario.years.first, scenario.years.last, scenario.years.score_until)
    )
    rows = []
    for id_, own in scenario.layers.items():
        lead, without = record["leads"][id_], record["baseline_leads"][id_]
        rows.append(
            {
                "layer": id_,
                "weight": record["weights"][id_],
                "first": lead[first],
                "last": lead[last],
                "last_without": without[last],
                "until": lead[until],
                "until_without": without[until],
                "natural": tell_natural(words, own, lead[last], without[last]),
            }
        )
    points = {"show": "points", "digits": 1}
    columns = [
        words.layer_column(),
        Column("weight", "weight", "share", digits=0),
        Column("first", first, **points),  # type: ignore[arg-type]  # options of one column
        Column("last", last, **points),  # type: ignore[arg-type]
        Column("last_without", f"{last} without", **points),  # type: ignore[arg-type]
        Column("until", until, **points),  # type: ignore[arg-type]
        Column("until_without", f"{until} without", **points),  # type: ignore[arg-type]
    ]
    tables = [
        Table(
            "layers", f"{words.lead[:1].upper()}{words.lead[1:]}, points", columns, rows, on=SHOWN
        )
    ]
    natural = [row for row in rows if row["natural"]]
    if natural:
        told = [words.layer_column(), Column("natural", f"in {last}, in its own unit")]
        tables.append(Table("layers_natural", "The same in natural units", told, natural, on=SHOWN))
    return tables


def list_limits(words: Words, record: Record) -> list[Table]:
    """The limits that are broken, or else those that bind, each in the last of its years."""
    found = list_binding(record)
    broken = [row for row in found if row["broken"]]
    rows = [
        {
            "limit_title": words.limit(row["id"]),
            "years": row["years"] or "all",
            "value": row["value"],
            "limit": f"at least {row['limit']:,.2f}"
            if row["sense"] == "at_least"
            else f"at most {row['limit']:,.2f}",
        }
        for row in broken or found
    ]
    columns = [
        Column("limit_title", "limit"),
        Column("years", "years", "years"),
        Column("value", "value", "number"),
        Column("limit", "limit"),
    ]
    note = "Value and limit are those of the last year told." if rows else ""
    title = "Limits it breaks" if broken else "What binds"
    return [Table("binding", title, columns, rows, note=note, on=SHOWN)] if rows else []


def pick_doubtful(words: Words, feeds: Sequence[Record]) -> list[Record]:
    """What effects of doubtful confidence bring, those that carry most of the gain first."""
    effects = words.scenario.effects
    doubtful = [row for row in feeds if effects[row["effect"]].confidence in DOUBTFUL]
    return sorted(doubtful, key=lambda row: -abs(row["gain"]))


def list_doubts(words: Words, record: Record, feeds: Sequence[Record]) -> list[Table]:
    """The effects of low confidence that carry most of the gain."""
    doubtful = [row for row in pick_doubtful(words, feeds) if abs(row["gain"]) > SMALL]
    rows = []
    for row in doubtful[:DOUBTS]:
        own = words.scenario.effects[row["effect"]]
        ends = own.ranges.get("points")
        rows.append(
            {
                "figure": f"{words.programmes[own.instrument]}: {words.layers[own.layer]}",
                "effect": row["effect"],
                "carries": row["gain"] / record["gain"] if record["gain"] > SMALL else None,
                "points": own.points,
                "range": [ends.low, ends.high] if ends else "",
                "confidence": own.confidence or "none given",
            }
        )
    columns = [
        Column("figure", "what a programme does for a layer"),
        Column("effect", "id", on=frozenset({PAGE, BOOK})),
        Column("carries", "of the gain", "share", digits=0),
        Column("points", "points", "number", digits=1),
        Column("range", "range", "range", digits=1),
        Column("confidence", "confidence"),
    ]
    note = (
        "These carry the gain: if one is wrong, so is the gain. What carries the gain may carry it "
        "in every plan alike, so another figure may carry the decision: stratafolio explain tells "
        "both."
    )
    return (
        [Table("doubts", "Doubt these first", columns, rows, note=note, on=SHOWN)] if rows else []
    )


def list_tidy(record: Record) -> list[Table]:
    """The plan as data: spending, leads, limits, and all else that the record tells."""
    leads = [
        {
            "layer": layer,
            "year": year,
            "lead": lead,
            "without": record["baseline_leads"][layer][year],
        }
        for layer, yearly in record["leads"].items()
        for year, lead in yearly.items()
    ]
    outcomes = [
        {
            "layer": layer,
            "weight": record["weights"][layer],
            "outcome": z,
            "without": record["baseline_outcome"][layer],
        }
        for layer, z in record["outcome"].items()
    ]
    outputs = [{"instrument": id_, **own} for id_, own in record["outputs"].items()]
    areas = [{"area": id_, "bn": amount} for id_, amount in record["areas"].items()]
    limits = ["id", "sense", "year", "value", "limit", "slack", "binding"]
    spending = ["instrument", "year", "bn", "launch_bn", "outlays_bn"]
    return [
        keep_table("spending", spending, list_amounts(record)),
        keep_table("leads", ["layer", "year", "lead", "without"], leads),
        keep_table("constraints", limits, record["constraints"]),
        keep_table("outcomes", ["layer", "weight", "outcome", "without"], outcomes, DATA),
        keep_table("areas", ["area", "bn"], areas, DATA),
        keep_table("outputs", ["instrument", "amount", "unit"], outputs, DATA),
        keep_table("stages", ["objective", "value", "bound", "gap"], record["stages"], DATA),
    ]


def list_amounts(record: Record) -> list[Record]:
    """Authority, launch costs and outlays by instrument and year, $ billion."""
    rows = []
    for instrument, outlays in record["outlays"].items():
        spending = record["spending"].get(instrument, {})
        launch = record["launch_costs"].get(instrument, {})
        rows += [
            {
                "instrument": instrument,
                "year": year,
                "bn": spending.get(year, 0.0),
                "launch_bn": launch.get(year, 0.0),
                "outlays_bn": outlays.get(year, 0.0),
            }
            for year in sorted({*spending, *launch, *outlays})
        ]
    return rows
