"""Sections of a page: more or less money, plans nearly as good, one layer against another."""

from __future__ import annotations

from typing import Any

from .charts import vega as charts
from .frontier import list_prices, tell_rates
from .pictures import colour_titles
from .runs.reported import Reported
from .section import Section, make_table, tell
from .sheet import Chart, Record
from .studies.rows import name_all

Row = dict[str, Any]
PER_YEAR = "yearly budget, $ billion"


def write_budget(one: Reported, record: Record) -> Section:
    """The best gain as the budget moves, what is funded where, and the cut and add lists."""
    names = name_all(one.scenario.instruments)
    points = [{"x": bn, "y": gain} for bn, gain, *_ in record["curve"]]
    figures = [
        Chart(
            "budget-curve",
            "The best gain as the budget moves",
            f"A curve of {len(points)} points",
            lambda width, _: charts.draw_curve(points, [PER_YEAR, "gain, points"], width),
        )
    ]
    stretches = list_stretches(one, record)
    if stretches:
        figures.append(
            Chart(
                "budget-programmes",
                "Between which budgets each programme is funded",
                "Bars by programme, those that come in first on top",
                lambda width, _: charts.draw_bars(
                    stretches, PER_YEAR, width, colours=colour_titles(one.scenario)
                ),
            )
        )
    sets = [
        [
            f"{own['from_bn']:.2f} to {own['to_bn']:.2f}",
            f"{tell(own['gain_from'], 3)} to {tell(own['gain_to'], 3)}",
            tell(own["worth_per_bn"], 4),
            list_names(names, own["enters"]) if at else f"{len(own['funded'])} programmes",
            list_names(names, own["leaves"]),
        ]
        for at, own in enumerate(record["intervals"])
    ]
    columns = ["$ bn a year", "gain, points", "points per $ bn", "comes in", "goes out"]
    tables = [make_table("Funded sets", columns, sets)] if sets else []
    tables += [
        tabulate_list(title, verb, record[key], names)
        for title, verb, key in (
            ("What to cut first, and what it loses", "loses", "cut_list"),
            ("What to add first, and what it gains", "gains", "add_list"),
        )
        if record[key]
    ]
    return {
        "title": "If there is more or less money",
        "short": "Budget",
        "sentences": [
            (
                f"{tell_proof(record)} "
                "Whole programmes are cut from and added to today's plan; behind is what "
                "the plan one would choose freely for the same money gains more."
            )
        ],
        "figures": figures,
        "tables": tables,
    }


def tell_proof(record: Record) -> str:
    """How far the funded sets along the budget are proven."""
    share, tolerance = record.get("proven"), record["tolerance"]
    if share is None:
        return "Time ran out before it was proven how good the funded sets are."
    if share > tolerance * (1 + 1e-6):
        return (
            f"Time ran out: each funded set is proven to stay within {share:.2%} of the best gain "
            f"over its whole stretch, not within {tolerance:.2%}."
        )
    return "Each funded set stays within the tolerance of the best gain over its whole stretch."


def tabulate_list(title: str, verb: str, steps: list[Record], names: dict[str, str]) -> Section:
    """The steps of a cut list or an add list."""
    rows = [
        [
            f"{number}. {names.get(row['instrument'], row['instrument'])}",
            tell(abs(row["saves_bn"])),
            tell(abs(row["loses_points"]), 3),
            tell(row.get("money_after_bn"), 1),
            tell(row.get("gain_after"), 3),
            tell(row.get("loss_against_free"), 3),
        ]
        for number, row in enumerate(steps, 1)
    ]
    columns = ["programme", "$ bn", f"{verb}, points", "then $ bn", "then gains", "behind"]
    return make_table(title, columns, rows)


def list_stretches(one: Reported, record: Record) -> list[Row]:
    """Where each programme is funded, stretches that touch joined; the first to come in first."""
    names, areas = name_all(one.scenario.instruments), name_all(one.scenario.areas)
    found: list[Row] = []
    latest: dict[str, Row] = {}
    for own in record["intervals"]:
        for i in own["funded"]:
            last = latest.get(i)
            if last and abs(last["to"] - own["from_bn"]) < 1e-6:
                last["to"] = own["to_bn"]
                continue
            area = one.scenario.instruments[i].area
            row = {"name": names[i], "area": areas[area]}
            latest[i] = {**row, "from": own["from_bn"], "to": own["to_bn"]}
            found.append(latest[i])
    return sorted(found, key=lambda row: row["from"])


def list_names(names: dict[str, str], ids: list[str]) -> str:
    """Titles in a row, or a dash."""
    return ", ".join(names.get(i, i) for i in ids) or "-"


def write_alternatives(one: Reported, record: Record) -> Section:
    """Ranges of spending among plans that are nearly as good, and plans that differ most."""
    scenario = one.scenario
    names, areas = name_all(scenario.instruments), name_all(scenario.areas)
    plans = record["plans"]
    best = plans[0]["totals"] if plans else {}
    shown = [
        {
            "name": names.get(i, i),
            "area": areas[scenario.instruments[i].area],
            "from": ends[0],
            "dot": best.get(i, 0.0),
            "to": ends[1],
        }
        for i, ends in record["ranges"]["instruments"].items()
        if i in scenario.instruments
    ]
    picture = Chart(
        "alternatives-ranges",
        "What may be spent on each programme",
        f"Bars from the least to the most for {len(shown)} programmes, a dot at the best plan",
        lambda width, _: charts.draw_bars(
            shown, "over all years, $ billion", width, colours=colour_titles(one.scenario)
        ),
    )
    by_area = [
        [
            areas.get(area, area),
            tell(ends[0]),
            tell(plans[0]["areas"].get(area) if plans else None),
            tell(ends[1]),
        ]
        for area, ends in record["ranges"]["areas"].items()
    ]
    tables = [make_table("Areas", ["area", "least, $ bn", "best plan", "most"], by_area)]
    rows = [
        [
            f"{number}. {plan['name']}" if number else "the best plan",
            tell(plan["gain"], 3),
            tell(plan["distance"], 3),
            tell(add_gap(plan["distance"], plan["distance_gap"]), 3),
            *(tell(plan["areas"].get(area), 1) for area in scenario.areas),
        ]
        for number, plan in enumerate(plans)
    ]
    columns = ["plan, and what sets it apart from the best", "gain", "distance", "at most"]
    columns += [areas[area] for area in scenario.areas]
    if rows:
        tables.append(make_table("Plans, each as far as can be from all before it", columns, rows))
    return {
        "title": "Plans that are nearly as good",
        "short": "Alternatives",
        "sentences": [
            (
                (
                    f"All plans within {record['within']:.1%} of the best gain"
                    if record.get("complete", True)
                    else f"Plans found within {record['within']:.1%} of the best gain before time "
                    "ran out: the true ranges may be wider"
                )
                + ", $ billion over all years. The distance of two plans is what they spend "
                "differently as a share of both."
            )
        ],
        "figures": [picture],
        "tables": tables,
    }


def add_gap(distance: float | None, gap: float | None) -> float | None:
    """The largest distance there may be, where both are known.

    >>> add_gap(0.5, 0.25), add_gap(None, None)
    (0.75, None)
    """
    return None if distance is None or gap is None else distance + gap


def write_frontier(one: Reported, record: Record) -> Section:
    """The non-dominated outcomes, and what a point of one layer costs in another."""
    scenario = one.scenario
    titles, names = name_all(scenario.layers), name_all(scenario.instruments)
    layers, points = list(record["layers"]), record["points"]
    dots = [
        {
            "x": point["outcome"][layers[0]],
            "y": point["outcome"][layers[1]],
            "supported": point["supported"],
        }
        for point in points
    ]
    picture = Chart(
        "frontier",
        "Outcomes that no plan beats",
        f"{len(dots)} outcomes; hollow ones are the best under no weights",
        lambda width, _: charts.draw_outcomes(
            dots, [f"{titles.get(layer, layer)}, points" for layer in layers[:2]], width
        ),
    )
    rows = []
    before: set[str] | None = None
    for number, point in enumerate(points, 1):
        funded = set(point["funded"])
        rows.append(
            [
                f"{number}",
                *(tell(point["outcome"][layer], 3) for layer in layers),
                tell(point["supported"]),
                tell(sum(point["areas"].values()), 1),
                f"{len(funded)} programmes"
                if before is None
                else list_names(names, [i for i in point["funded"] if i not in before]),
                "-" if before is None else list_names(names, sorted(before - funded)),
            ]
        )
        before = funded
    columns = ["", *(titles.get(layer, layer) for layer in layers)]
    columns += ["supported", "$ bn", "comes in", "goes out"]
    if not record["complete"]:
        said = "time ran out before all of them were covered"
    elif record.get("exact", True):
        said = "every one"
    else:
        said = f"within {record['tolerance']:.1%} of every one"
    told = f"{len(rows)} outcomes that no plan beats in all of these layers; {said}."
    return {
        "title": "What can be had together",
        "short": "Frontier",
        "sentences": [told, *tell_prices(points, layers, titles)],
        "figures": [picture],
        "tables": [make_table("Outcomes, points", columns, rows, most=200)],
    }


def tell_prices(points: list[Record], layers: list[str], titles: dict[str, str]) -> list[str]:
    """What a point of the second of two layers costs in the first: at first, then, at last."""
    if len(layers) != 2 or len(points) < 4:
        return []
    one, other = layers
    prices = tell_rates(list_prices([point["outcome"] for point in points], one, other))
    mine, theirs = titles.get(one, one), titles.get(other, other)
    return [f"A point of {theirs} costs, in points of {mine}: {prices}."]
