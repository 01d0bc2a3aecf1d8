"""The frontier as the mapping that `--json` prints, and as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from ..inputs.scenario import Scenario
from ..model.equations.evaluate import Plan
from ..model.studies.frontier.findings import FrontierFindings, FrontierPoint
from .portfolio import Tables
from .sheet import Record, tidy

Price = tuple[float, float, float]
"""Points of one layer for a point of another, and between which points of that other."""


def tabulate_frontier(found: FrontierFindings) -> Record:
    """Everything `frontier --json` promises; points and $ billion."""
    return {
        "scenario": found.scenario.name,
        "title": found.scenario.title,
        "layers": list(found.layers),
        "floors": {layer: tidy(z) for layer, z in found.floors.items()},
        "complete": found.effort.is_complete,
        "exact": found.is_exact,
        "tolerance": tidy(found.tolerance),
        "tolerance_points": {layer: tidy(step) for layer, step in found.steps.items()},
        "open_zones": found.open_zones,
        "solves": found.effort.solves,
        "linear_solves": found.effort.linear_solves,
        "points": [tabulate_point(found, point) for point in found.points],
        "trade": list_trades(found),
        "seconds": round(found.effort.seconds, 3),
    }


def list_prices(points: Sequence[Mapping[str, float]], one: str, other: str) -> list[Price]:
    """What a point of `other` costs in points of `one` along outcomes: at first, then, at last."""
    last = len(points) - 1
    found = []
    for start, end in pairwise(sorted({0, last // 3, 2 * last // 3, last})):
        got = points[end][other] - points[start][other]
        if got > 0:
            rate = (points[start][one] - points[end][one]) / got
            found.append((rate, points[start][other], points[end][other]))
    return found


def tell_rates(prices: Sequence[Price]) -> str:
    """Prices in a row.

    >>> tell_rates([(0.5, 1.0, 2.0)])
    '0.50 from 1.00 to 2.00'
    """
    return "; ".join(f"{rate:.2f} from {start:.2f} to {end:.2f}" for rate, start, end in prices)


def sum_areas(scenario: Scenario, plan: Plan) -> dict[str, float]:
    """What a plan spends on each area over all years, launch costs included, $ billion."""
    areas = dict.fromkeys(scenario.areas, 0.0)
    for i, years in plan.items():
        own = scenario.instruments[i]
        areas[own.area] += sum(years.values()) + own.launch_cost
    return areas


def tabulate_point(found: FrontierFindings, point: FrontierPoint) -> Record:
    """One outcome, the plan behind it, and the weights under which it is the best, if any."""
    areas = sum_areas(found.scenario, point.plan)
    return {
        "outcome": {layer: tidy(z) for layer, z in point.outcome.items()},
        "supported": point.is_supported,
        "weights": None
        if point.weights is None
        else {layer: tidy(weight) for layer, weight in point.weights.items()},
        "funded": list(point.plan),
        "areas": {area: tidy(bn) for area, bn in areas.items()},
        "spending": {
            i: {str(year): tidy(bn) for year, bn in years.items()}
            for i, years in point.plan.items()
        },
    }


def list_trades(found: FrontierFindings) -> list[Record]:
    """What each point gives and takes, layer by layer, beside the one before it.

    With two layers `rate` is what a point of the second has cost in the first.
    """
    rows: list[Record] = []
    for before, after in zip(found.points, found.points[1:], strict=False):
        change = {layer: after.outcome[layer] - before.outcome[layer] for layer in found.layers}
        row: Record = {
            "from": len(rows) + 1,
            "to": len(rows) + 2,
            "change": {layer: tidy(points) for layer, points in change.items()},
        }
        if len(found.layers) == 2:
            given, got = (change[layer] for layer in found.layers)
            row["rate"] = tidy(-given / got) if got else None
        rows.append(row)
    return rows


def list_frontier_tables(record: Record) -> Tables:
    """A row for each point: outcomes, whether it is supported, spending by area, who is funded."""
    rows: list[dict[str, Any]] = []
    layers: list[str] = []
    areas: list[str] = []
    for number, point in enumerate(record["points"], 1):
        layers, areas = list(point["outcome"]), list(point["areas"])
        rows.append(
            {
                "point": number,
                **point["outcome"],
                "supported": point["supported"],
                **{f"{area}_bn": bn for area, bn in point["areas"].items()},
                "funded": " ".join(point["funded"]),
            }
        )
    columns = ["point", *layers, "supported", *(f"{area}_bn" for area in areas), "funded"]
    return {"frontier": (columns, rows)}
