"""The tables of a plan: by area, programme and layer; limits; what to doubt; data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...inputs.scenario import Layer
from ..sheet import (
    BOOK,
    DATA,
    NOTEBOOK,
    PAGE,
    SCREEN,
    SHOWN,
    Column,
    Record,
    Table,
)
from .limit_titles import find_unit
from .rows import list_binding, list_spending, sum_areas, sum_programmes
from .words import Words, capitalise, drop_empty, keep_table, tell_text

DOUBTFUL = ("low", "judgement", "", None)
"""The confidences of figures to look at first."""

DOUBTS = 3
SMALL = 1e-9
MANY = 500
"""Rows of what a page folds away."""

MOST_HARMS, LEAST_HARM = 6, 5e-3
"""Harms that are told, and the points below which none is."""

ON_PAPER = frozenset({PAGE, BOOK, NOTEBOOK})


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
    in_all = SHOWN - {PAGE} if len(years) > 1 else SHOWN
    tables = [Table("areas", "Spending by area", columns, [*rows, every], on=in_all)]
    if len(years) > 1:
        yearly += [words.money_column("bn", "all years", 1, on=frozenset({PAGE}))]
        title = "Spending by area and year"
        tables.append(
            Table("areas_by_year", title, yearly, [*rows, every], form="folded", on=SHOWN)
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
    kept = drop_empty(columns, rows)
    return [Table("programmes", "Programmes funded", kept, rows, on=SHOWN - {PAGE})]


def list_years(words: Words, record: Record) -> list[Table]:
    """Spending by programme and year, and what it buys: too wide for a screen."""
    by_programme: dict[str, Record] = {}
    for row in list_spending(words.scenario, record):
        own = by_programme.setdefault(row["instrument"], {"id": row["instrument"]})
        own[str(row["year"])] = row["bn"] if row["bn"] > 0 else ""
    for id_, total in sum_programmes(list_spending(words.scenario, record)).items():
        output = record["outputs"].get(id_)
        by_programme[id_] |= {"bn": total, "buys": tell_output(output) if output else ""}
    years = [str(year) for year in words.scenario.years.spending]
    columns = [
        words.programme_column(title=f"{words.money} a year"),
        *(Column(year, year, "money") for year in years),
        words.money_column("bn", "all years"),
        Column("buys", "buys"),
    ]
    title = "Spending by programme and year, and what it buys"
    rows = list(by_programme.values())
    return [
        Table("programmes_by_year", title, columns, rows, most=MANY, form="folded", on=ON_PAPER)
    ]


def list_harms(words: Words, feeds: Sequence[Record]) -> list[Table]:
    """Effects of funded programmes that cost points, the worst first."""
    harms = sorted((row for row in feeds if row["points"] < -LEAST_HARM), key=by_points)
    rows = [{**row, "points": -row["points"]} for row in harms[:MOST_HARMS]]
    columns = [
        words.programme_column("instrument"),
        words.layer_column("layer", "takes from"),
        Column("points", "points", "points", digits=2),
    ]
    title = "Harm done along the way"
    return [Table("harms", title, columns, rows, on=ON_PAPER)] if rows else []


def by_points(row: Record) -> float:
    """The points that an effect brings its layer."""
    return float(row["points"])


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
                "indicator": tell_text(own.indicator or "", 160),
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
        Column("natural", f"in {last}, in its own unit", on=frozenset({PAGE})),
        Column("indicator", "measured by", on=frozenset({PAGE})),
    ]
    tables = [
        Table(
            "layers",
            f"{capitalise(words.lead)}, points",
            drop_empty(columns, rows),
            rows,
            on=SHOWN,
        )
    ]
    natural = [row for row in rows if row["natural"]]
    if natural:
        told = [words.layer_column(), Column("natural", f"in {last}, in its own unit")]
        elsewhere = SHOWN - {PAGE}
        title = "The same in natural units"
        tables.append(Table("layers_natural", title, told, natural, on=elsewhere))
    return tables


def list_limits(words: Words, record: Record, explained: Record | None = None) -> list[Table]:
    """The limits that are broken, or else those that bind, each in the last of its years.

    `explained`: what `explain` kept, which tells the price of a limit.
    """
    found = list_binding(record, explained)
    broken = [row for row in found if row["broken"]]
    rows = [set_limit(words, row) for row in broken or found]
    columns = [
        Column("limit_title", "limit"),
        Column("years", "years", "years"),
        Column("value", "value", "number"),
        Column("limit", "limit"),
        Column("unit", "unit"),
    ]
    if explained is not None:
        columns.append(Column("price", "one unit looser gains", "points", "points", absent=""))
    note = "Value and limit are those of the last year told." if rows else ""
    title = "Limits it breaks" if broken else "What binds"
    return [Table("binding", title, columns, rows, note=note, on=SHOWN)] if rows else []


def set_limit(words: Words, row: Record) -> Record:
    """A limit with its value and its unit; a rule holds or does not, and has neither."""
    unit = find_unit(words, row["id"])
    side = "at least" if row["sense"] == "at_least" else "at most"
    return {
        "limit_title": words.limit(row["id"]),
        "years": row["years"] or "all",
        "value": row["value"] if unit else "",
        "limit": f"{side} {row['limit']:,.2f}" if unit else "a rule",
        "unit": unit,
        "price": row["price"],
    }


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
    # A screen has room for ids only where titles do not tell effects apart.
    are_alike = len({row["figure"] for row in rows}) < len(rows)
    columns = [
        Column("figure", "what a programme does for a layer"),
        Column("effect", "id", on=SHOWN if are_alike else frozenset({PAGE, BOOK})),
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
        [Table("doubts", "Doubt these first", drop_empty(columns, rows), rows, note=note, on=SHOWN)]
        if rows
        else []
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
