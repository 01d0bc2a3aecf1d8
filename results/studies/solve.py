"""What `solve` and `evaluate` say: a plan, what it gains, how sure that is, what to doubt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...inputs.scenario import FUNDED_BN, Layer, Scenario
from ...model.equations.curves import Array
from ...model.equations.limits import LimitRow
from ...model.equations.unspent import find_unspent
from ...model.solving.solution import Solution
from ..sheet import (
    BOOK,
    DATA,
    PAGE,
    SCREEN,
    SHOWN,
    TIDY,
    Column,
    Completeness,
    Record,
    Sheet,
    Table,
    is_known,
    tidy,
)
from .rows import list_binding, list_feeds
from .sentences import tell_clash
from .words import Words, clean, count, join_words

DOUBTFUL = ("low", "judgement", "", None)
"""The confidences of figures to look at first."""

DOUBTS = 3
MANY = 3
"""Most names in one sentence."""

SMALL = 1e-9

SCALE = "10 points are a clear lead in any layer, 30 an overwhelming one."


# The record -----------------------------------------------------------------------------------


def tabulate(solution: Solution) -> Record:
    """Everything `solve --json` promises; money in $ billion, years as text."""
    scenario, played, baseline = solution.scenario, solution.played, solution.baseline
    first = scenario.years.first
    funded = list_funded(solution)
    return {
        "scenario": scenario.name,
        "title": scenario.title,
        "status": solution.status,
        "score": tidy(solution.score),
        "baseline_score": tidy(baseline.score),
        "gain": tidy(solution.gain),
        "best_gain": tidy(solution.best_gain),
        "bound": tidy(solution.bound),
        "gap": tidy(solution.gap),
        "gap_points": tidy(solution.gap_points),
        "steady_cost": tidy(solution.steady_cost),
        "stages": [
            {
                "objective": stage.objective,
                "value": tidy(stage.value),
                "bound": tidy(stage.bound),
                "gap": tidy(stage.gap),
            }
            for stage in solution.stages
        ],
        "weights": {layer: tidy(weight) for layer, weight in scenario.weights.items()},
        "outcome": {layer: tidy(z) for layer, z in played.outcome.items()},
        "baseline_outcome": {layer: tidy(z) for layer, z in baseline.outcome.items()},
        "areas": add_up_areas(solution),
        "unspent": tabulate_unspent(solution),
        "funded": funded,
        "spending": {id_: by_year(played.authority[id_], first) for id_ in funded},
        "launch_costs": {
            id_: by_year(played.launch_costs[id_], first)
            for id_ in funded
            if played.launch_costs[id_].any()
        },
        "outlays": {id_: by_year(played.outlays[id_], first) for id_ in funded},
        "leads": {layer: every_year(lead, first) for layer, lead in played.leads.items()},
        "baseline_leads": {
            layer: every_year(lead, first) for layer, lead in baseline.leads.items()
        },
        "private_bn": tidy(solution.private_bn),
        "outputs": list_outputs(solution),
        "constraints": [tabulate_limit(row) for row in solution.limits],
        "broken": [tabulate_limit(row) for row in solution.broken],
        "checks": {
            "max_violation": tidy(solution.max_violation),
            "curve_error_points": tidy(solution.curve_error),
        },
        "solver": {
            "name": solution.effort.solver,
            "version": solution.effort.version,
            "seconds": round(solution.effort.seconds, 3),
            "nodes": solution.effort.nodes,
        },
        "clash": None if solution.clash is None else list(solution.clash),
        "seconds": round(solution.seconds, 3),
        **({"notes": dict(solution.notes)} if solution.notes else {}),
    }


def by_year(amounts: Array, first: int) -> dict[str, float]:
    """The years with money in them."""
    return {
        str(first + at): float(tidy(amount) or 0.0)
        for at, amount in enumerate(amounts.tolist())
        if abs(amount) > FUNDED_BN
    }


def every_year(values: Array, first: int) -> dict[str, float | None]:
    """A series by year, as text."""
    return {str(first + at): tidy(value) for at, value in enumerate(values.tolist())}


def list_funded(solution: Solution) -> list[str]:
    """Instruments funded in some year, in the scenario's order."""
    authority = solution.played.authority
    return [id_ for id_ in solution.scenario.instruments if (authority[id_] > FUNDED_BN).any()]


def instrument_totals(solution: Solution) -> dict[str, float]:
    """Authority with launch costs over all years, by instrument, $ billion."""
    played = solution.played
    return {
        id_: float(played.authority[id_].sum() + played.launch_costs[id_].sum())
        for id_ in solution.scenario.instruments
    }


def add_up_areas(solution: Solution) -> dict[str, float | None]:
    """Authority with launch costs over all years, by area, $ billion."""
    totals = dict.fromkeys(solution.scenario.areas, 0.0)
    for id_, total in instrument_totals(solution).items():
        totals[solution.scenario.instruments[id_].area] += total
    return {area: tidy(total) for area, total in totals.items()}


def list_outputs(solution: Solution) -> dict[str, Record]:
    """What the outlays of funded instruments buy, where the data tell."""
    found = {}
    for id_ in list_funded(solution):
        own = solution.scenario.instruments[id_]
        if own.output_per_bn is not None:
            amount = own.output_per_bn * float(solution.played.outlays[id_].sum())
            found[id_] = {"amount": tidy(amount), "unit": own.output}
    return found


def tabulate_unspent(solution: Solution) -> Record | None:
    """What is left of the budget, and what stops the instruments; None where it is all spent."""
    is_given = solution.status == "given"
    unspent = find_unspent(solution.scenario, solution.played, with_reasons=not is_given)
    if unspent is None:
        return None
    return {
        "bn": tidy(unspent.bn),
        "budget_bn": tidy(unspent.budget_bn),
        "by_year": {str(year): tidy(bn) for year, bn in unspent.by_year.items()},
        "stopped": {reason: list(stopped) for reason, stopped in unspent.stopped.items()},
        "limits": list(unspent.limits),
    }


def tabulate_limit(row: LimitRow) -> Record:
    """A row of the constraints table."""
    return {
        "id": row.id,
        "sense": row.sense,
        "year": None if row.year is None else str(row.year),
        "value": tidy(row.value),
        "limit": tidy(row.limit),
        "slack": tidy(row.slack),
        "binding": row.is_binding,
    }


# What it says ---------------------------------------------------------------------------------


def describe(scenario: Scenario, record: Record, findings: Any = None) -> Sheet:
    """The plan by area, programme and layer; what binds or is broken; what to doubt first."""
    del findings
    words, clash = Words(scenario), record.get("clash")
    feeds = list_feeds(scenario, record)
    return Sheet(
        name="solve",
        title=words.title,
        of=scenario.name,
        short="Plan",
        verdict=tell_clash(scenario, clash) if clash else tell_plan(words, record),
        sentences=[text for text in list_sentences(words, record) if text],
        parts=[
            *list_areas(words, record),
            *list_programmes(words, record),
            *list_layers(words, record),
            *list_limits(words, record),
            *list_doubts(words, record, feeds),
            *list_tidy(words, record),
        ],
        notes=[*tell_repairs(record), tell_left_out(words, record)],
        completeness=Completeness(
            record["status"] != "feasible",
            proven="This is the best plan found in the time there was; a better one may exist.",
        ),
    )


def list_sentences(words: Words, record: Record) -> list[str]:
    """What is gained and proven, what is left of the budget, and what comes with it."""
    return [
        tell_plan(words, record) if record.get("clash") else "",
        tell_gains(record),
        tell_given(record) if record["status"] == "given" else "",
        tell_stages(words.scenario, record),
        tell_unspent(words, record),
        tell_layers(words, record),
        f"Private money moved along: {words.amount(record['private_bn'])}.",
        SCALE,
    ]


def tell_plan(words: Words, record: Record) -> str:
    """How much is spent on what, and of how much there is."""
    scenario = words.scenario
    totals = sum_programmes(record)
    whole = sum(totals.values())
    if whole <= SMALL:
        return "Spend nothing: no programme is funded."
    areas = sorted(record["areas"].items(), key=lambda own: -(own[1] or 0.0))
    main = [f"{words.areas[id_]} ({amount / whole:.0%})" for id_, amount in areas[:2] if amount]
    largest = sorted(totals, key=lambda id_: -totals[id_])[:MANY]
    told = [f"{words.programmes[id_]} ({words.amount(totals[id_])})" for id_ in largest]
    verb = "Your plan spends" if record["status"] == "given" else "Spend"
    years = scenario.years
    span = f"FY{years.first}" if years.first == years.last else f"FY{years.first}-{years.last}"
    unspent = record.get("unspent")
    of = f" of the {words.tell_sum(unspent['budget_bn'])} there is" if unspent else ""
    return (
        f"{verb} {words.tell_sum(whole)}{of} of new money over {span}, most of it on "
        f"{join_words(main)}: {len(totals)} of {count(len(scenario.instruments), 'programme')} "
        f"{'is' if len(totals) == 1 else 'are'} funded, the largest "
        f"{'is' if len(told) == 1 else 'are'} {join_words(told)}."
    )


def tell_gains(record: Record) -> str:
    """The plan's gain, the best plan's, what steadiness gives up, and the proof, in that order.

    >>> plan = {"status": "optimal", "gain": 2.76, "best_gain": 2.775, "steady_cost": 0.005}
    >>> told = tell_gains({**plan, "bound": 2.7754, "baseline_score": 0.0, "gap": 1e-4})
    >>> told.split(". ")[1]
    'The best plan found gains 2.775; steadier spending gives up 0.50% of it'
    """
    said = f"Gain {record['gain']:.3f} points over spending nothing"
    if record["status"] == "given":
        return f"{said}."
    most = record["bound"] - record["baseline_score"]
    proof = "Optimal: no plan" if record["status"] == "optimal" else "Not proven optimal: no plan"
    proof += f" gains more than {most:.4f}."
    if not record["steady_cost"]:
        return f"{said}. {proof}"
    return (
        f"{said}. The best plan found gains {record['best_gain']:.3f}; steadier spending gives up "
        f"{record['steady_cost']:.2%} of it. {proof}"
    )


def tell_given(record: Record) -> str:
    """How a plan the user brought stands against the best one."""
    broken = len(record.get("broken", ()))
    legal = f"It breaks {count(broken, 'limit')} (below)" if broken else "It keeps every limit"
    if not is_known(record["gap_points"]):
        return f"{legal}. There is no best plan to compare it with."
    most = record["bound"] - record["baseline_score"]
    return (
        f"{legal}. The best plan gains at most {most:.3f}: this one is "
        f"{record['gap_points']:.3f} points, or {record['gap']:.1%}, behind."
    )


def tell_stages(scenario: Scenario, record: Record) -> str:
    """The value of each stage where there is more than the weighted score."""
    if scenario.objective == "weighted" or record["status"] == "given":
        return ""
    stages = "; ".join(f"{own['objective']} {own['value']:.3f}" for own in record["stages"])
    return f"Stages ({scenario.objective.replace('_', ' ')}): {stages}."


STOPS = {
    "maximum": "{who} {get} the most that a year allows (max_per_year)",
    "growth": "{who} cannot grow faster (max_growth)",
    "rules": "{who} {is_} held by {its} own years and runs",
    "minimum": "{who} would need more than any year has left",
    "limits": "{who} {is_} held by limits ({limits})",
    "nothing": "more for {who} would gain nothing",
    "steady": "more for {who} would gain what steadier spending gives up",
    "gap": "more for {who} would gain too little to tell (within the gap)",
}
"""What keeps programmes from taking money that is left, in the order told."""


def tell_unspent(words: Words, record: Record) -> str:
    """What is left of the budget and what stops it, or nothing where it is spent."""
    unspent = record.get("unspent")
    if not unspent:
        return ""
    told = []
    for reason, form in STOPS.items():
        stopped = unspent["stopped"].get(reason, [])
        if stopped:
            is_, its, get = ("are", "their", "get") if len(stopped) > 1 else ("is", "its", "gets")
            who, limits = tell_who(words, stopped), join_words(unspent["limits"])
            told.append(form.format(who=who, is_=is_, its=its, get=get, limits=limits))
    start = f"{words.amount(unspent['bn'])} of a budget of {words.amount(unspent['budget_bn'])} "
    start += "are left"
    return f"{start}: {'; '.join(told)}." if told else f"{start}."


def tell_who(words: Words, ids: Sequence[str]) -> str:
    """Programmes by title, or how many where that would be long."""
    if len(ids) > MANY:
        return f"{len(ids)} programmes"
    return join_words([words.programmes[id_] for id_ in ids])


def tell_layers(words: Words, record: Record) -> str:
    """The two layers that gain most: where they stand with the plan and without."""
    scenario, year = words.scenario, str(words.scenario.years.last)
    added = {
        layer: record["weights"][layer] * (z - record["baseline_outcome"][layer])
        for layer, z in record["outcome"].items()
    }
    best = [id_ for id_ in sorted(added, key=lambda id_: -added[id_])[:2] if added[id_] > SMALL]
    told = []
    for id_ in best:
        lead, without = record["leads"][id_][year], record["baseline_leads"][id_][year]
        natural = tell_natural(words, scenario.layers[id_], lead, without)
        in_unit = f" ({natural})" if natural else ""
        told.append(
            f"{words.layers[id_]} stands at {lead:+.1f} points in {year} instead of "
            f"{without:+.1f}{in_unit}"
        )
    return f"Most of the gain: {join_words(told)}." if told else ""


def tell_natural(words: Words, layer: Layer, lead: float, without: float) -> str:
    """Two leads in the unit of the layer's indicator, in words; doublings as factors."""
    if not layer.points_per_unit:
        return ""
    units, units_without = lead / layer.points_per_unit, without / layer.points_per_unit
    if layer.unit == "doublings":
        theirs = f"{words.other}'s" if words.other else "the mark"
        return f"{2**units:.2g} times {theirs}, {2**units_without:.2g} times without the plan"
    unit = clean(layer.unit or "units", 80)
    return f"{units:.1f} {unit}, {units_without:.1f} without the plan"


def tell_left_out(words: Words, record: Record) -> str:
    """The programmes that are not funded, by title and id."""
    left = [id_ for id_ in words.scenario.instruments if id_ not in record["funded"]]
    told = "; ".join(f"{words.programmes[id_]} ({id_})" for id_ in left)
    return f"Not funded: {told}." if told else ""


def tell_repairs(record: Record) -> list[str]:
    """What could give where every plan spends nothing."""
    repairs = record.get("repairs") or []
    start = ["What could give (stratafolio explain has more, as patches):"] if repairs else []
    return [*start, *(f"- {repair}" for repair in repairs)]


# Tables ---------------------------------------------------------------------------------------


def sum_programmes(record: Record) -> dict[str, float]:
    """Authority with launch costs over all years by funded instrument, $ billion."""
    return {
        id_: sum(record["spending"].get(id_, {}).values())
        + sum(record["launch_costs"].get(id_, {}).values())
        for id_ in record["funded"]
    }


def list_areas(words: Words, record: Record) -> list[Table]:
    """Spending by area: in all, its share, and year by year."""
    years = [str(year) for year in words.scenario.years.spending]
    by_area = {id_: dict.fromkeys(years, 0.0) for id_ in words.areas}
    for kind in ("spending", "launch_costs"):
        for id_, amounts in record[kind].items():
            area = words.scenario.instruments[id_].area
            for year, amount in amounts.items():
                by_area[area][year] += amount
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
    totals, order = sum_programmes(record), list(words.areas)
    rows = []
    for id_ in sorted(totals, key=lambda id_: order.index(words.scenario.instruments[id_].area)):
        output = record["outputs"].get(id_)
        years = {*record["spending"].get(id_, {}), *record["launch_costs"].get(id_, {})}
        rows.append(
            {
                "id": id_,
                "bn": totals[id_],
                "years": sorted(years),
                "bar": totals[id_],
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
    return [Table("programmes", "Programmes funded", columns, rows, on=SHOWN)]


def tell_output(output: Mapping[str, Any]) -> str:
    """An amount with its unit.

    >>> tell_output({"amount": 13200.0, "unit": "grants"})
    '13,200 grants'
    >>> tell_output({"amount": 8.123, "unit": "GW"})
    '8.12 GW'
    """
    amount = output["amount"]
    shown = f"{amount:,.0f}" if abs(amount) >= 1000 else f"{amount:.3g}"
    return f"{shown} {clean(output['unit'] or '', 90)}".rstrip()


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


def list_doubts(words: Words, record: Record, feeds: Sequence[Record]) -> list[Table]:
    """The effects of low confidence that carry most of the gain."""
    effects = words.scenario.effects
    doubtful = [
        row
        for row in sorted(feeds, key=lambda row: -abs(row["gain"]))
        if effects[row["effect"]].confidence in DOUBTFUL and abs(row["gain"]) > SMALL
    ][:DOUBTS]
    rows = []
    for row in doubtful:
        own = effects[row["effect"]]
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
        "These carry the gain: if one is wrong, the gain is. Which figure would change the "
        "decision is another question: stratafolio sensitivity inputs answers it."
    )
    return (
        [Table("doubts", "Doubt these first", columns, rows, note=note, on=SHOWN)] if rows else []
    )


def list_tidy(words: Words, record: Record) -> list[Table]:
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
    numbers = ["score", "baseline_score", "gain", "best_gain", "bound", "gap", "gap_points"]
    numbers += ["steady_cost", "private_bn"]
    told = [{"name": name, "value": record.get(name)} for name in numbers]
    told += [{"name": name, "value": value} for name, value in record["checks"].items()]
    outputs = [{"instrument": id_, **own} for id_, own in record["outputs"].items()]
    areas = [{"area": id_, "bn": amount} for id_, amount in record["areas"].items()]
    limits = ["id", "sense", "year", "value", "limit", "slack", "binding"]
    spending = ["instrument", "year", "bn", "launch_bn", "outlays_bn"]
    del words
    return [
        make_tidy("spending", spending, list_amounts(record)),
        make_tidy("leads", ["layer", "year", "lead", "without"], leads),
        make_tidy("constraints", limits, record["constraints"]),
        make_tidy("outcomes", ["layer", "weight", "outcome", "without"], outcomes, DATA),
        make_tidy("areas", ["area", "bn"], areas, DATA),
        make_tidy("outputs", ["instrument", "amount", "unit"], outputs, DATA),
        make_tidy("stages", ["objective", "value", "bound", "gap"], record["stages"], DATA),
        make_tidy("summary", ["name", "value"], told, DATA),
    ]


def make_tidy(
    name: str,
    keys: Sequence[str],
    rows: Sequence[Mapping[str, Any]],
    on: frozenset[str] = TIDY,
) -> Table:
    """A table as data: for data frames, and for CSV files unless the record is enough."""
    return Table(name, "", [Column(key, key) for key in keys], rows, on=on)


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
