"""The map over three pillars: its triangle as a chart, and what may be shaded on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...inputs.scenario import Scenario
from ...model.equations.evaluate import Evaluator
from ..charts import vega as charts
from ..charts import weight_drawings
from ..charts.triangle import HEIGHT, Point, cut_cells, place
from ..charts.vega import Width
from ..runs.reported import Reported
from ..sheet import Chart, Record
from ..titles import Rows, name_all
from .explorer import frame_pillars, list_marks
from .words import Words

TRIANGLE_WIDTH = 340


@dataclass(frozen=True)
class Corner:
    """A corner of the triangle: its name, its layers and the weights it stands for."""

    name: str
    layers: tuple[str, ...]
    weights: Mapping[str, float]


def list_corners(scenario: Scenario) -> list[Corner]:
    """The three corners, or none where there are not three pillars or layers."""
    if len(scenario.pillars) == 3:
        frame = frame_pillars(scenario)
        return [
            Corner(id_.replace("_", " "), tuple(members), frame[id_])
            for id_, members in scenario.pillars.items()
        ]
    if len(scenario.layers) == 3:
        names = name_all(scenario.layers, 24)
        return [Corner(names[layer], (layer,), {layer: 1.0}) for layer in scenario.layers]
    return []


def draw_triangle(one: Reported, record: Record) -> tuple[Chart, dict[str, Any]] | None:
    """The pillar map and what may be shaded on it, or None where there are no three corners.

    The second part says over which weights the corners lie and what the fields of a cell are
    called.
    """
    scenario = one.scenario
    corners = list_corners(scenario)
    if not corners:
        return None
    found = {str(portfolio["id"]): portfolio for portfolio in record["portfolios"]}
    cells = cut_cells(find_gains(scenario, record, corners))
    areas, programmes = name_all(scenario.areas), name_all(scenario.instruments)
    fields = {f"area_{a}": f"Share of money: {title}" for a, title in areas.items()}
    fields |= {f"funds_{i}": f"Funded or not: {title}" for i, title in programmes.items()}
    rows = [describe_cell(found[cell], scenario) for cell in cells]
    marks = list_marks(one)
    shown = find_most_telling(rows, [f"area_{a}" for a in areas])
    tooltips = {"cell": "Portfolio", "count": "Programmes funded"}
    tooltips |= {f"tell_{a}": title for a, title in areas.items()}
    layers = list(scenario.layers)

    def make(width: Width, legend: bool) -> charts.Spec:
        del width
        shapes = [
            {**row, **outline_cell(points)}
            for row, points in zip(rows, cells.values(), strict=True)
        ]
        shade = (shown, fields[shown] if legend else None)
        return weight_drawings.draw_triangle(
            place_corners(corners), shapes, place_marks(marks, corners), shade, TRIANGLE_WIDTH,
            tooltips,
        )  # fmt: skip

    picture = Chart(
        "pillar-map",
        "Which portfolio is best where",
        f"A triangle with the corners {', '.join(c.name for c in corners)}, cut into {len(cells)} "
        "cells, one for each portfolio that is best somewhere in it; shaded by "
        f"{fields[shown].lower()}{tell_marks(marks)}",
        make,
        is_fixed=True,
    )
    return picture, {
        "shown": shown,
        "fields": fields,
        "corners": [[c.weights.get(layer, 0.0) for layer in layers] for c in corners],
        "members": [[layers.index(layer) for layer in c.layers] for c in corners],
        "names": [c.name for c in corners],
        "marks": [
            {**mark, "weights": [mark["weights"].get(layer, 0.0) for layer in layers]}
            for mark in marks
        ],
        "cells": len(cells),
    }


def find_gains(scenario: Scenario, record: Record, corners: list[Corner]) -> dict[str, list[float]]:
    """The gain of each portfolio of a map at the corners, points."""
    baseline = Evaluator(scenario).play_nothing().outcome
    return {
        str(own["id"]): [
            sum(w * (own["outcome"][layer] - baseline[layer]) for layer, w in c.weights.items())
            for c in corners
        ]
        for own in record["portfolios"]
    }


def describe_cell(own: Record, scenario: Scenario) -> dict[str, Any]:
    """What the cell of a portfolio may be shaded by, and what it tells under the pointer."""
    areas = {area: own["areas"].get(area) or 0.0 for area in scenario.areas}
    total = sum(areas.values()) or 1.0
    told: dict[str, Any] = {f"area_{a}": round(bn / total, 4) for a, bn in areas.items()}
    told |= {f"funds_{i}": int(i in own["funded"]) for i in scenario.instruments}
    words = Words(scenario)
    told |= {f"tell_{a}": words.amount(bn) for a, bn in areas.items()}
    told["count"] = f"{len(own['funded'])} of {len(scenario.instruments)}"
    return {"cell": str(own["id"]), **told}


def outline_cell(points: list[Point]) -> dict[str, Any]:
    """A cell as a GeoJSON feature: its corners in order, the first once more at the end."""
    ring = [[round(x, 5), round(y, 5)] for x, y in map(place, [*points, points[0]])]
    return {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]}}


def place_marks(marks: Rows, corners: list[Corner]) -> Rows:
    """Where stakeholders stand, by the weight that they give to each pillar."""
    placed = []
    for mark in marks:
        shares = [sum(mark["weights"].get(layer, 0.0) for layer in c.layers) for c in corners]
        total = sum(shares) or 1.0
        x, y = place([share / total for share in shares])
        placed.append({"letter": mark["letter"], "x": round(x, 5), "y": round(y, 5)})
    return placed


def tell_marks(marks: Rows) -> str:
    """Who the letters on the triangle are."""
    told = "; ".join(f"{mark['letter']} {mark['title']}" for mark in marks)
    return f"; stakeholders: {told}" if told else ""


def find_most_telling(rows: Rows, fields: list[str]) -> str:
    """The field that differs most over the triangle."""
    spread = {
        field: max((row[field] for row in rows), default=0.0)
        - min((row[field] for row in rows), default=0.0)
        for field in fields
    }
    return max(spread, key=lambda field: spread[field])


def place_corners(corners: list[Corner]) -> tuple[Rows, Rows]:
    """The triangle's outline, and where the names of its corners stand."""
    ends = [(0.0, 0.0), (1.0, 0.0), (0.5, HEIGHT), (0.0, 0.0)]
    outline: Rows = [{"x": x, "y": y, "order": at} for at, (x, y) in enumerate(ends)]
    spots = ((0.0, -0.05, "left"), (1.0, -0.05, "right"), (0.5, HEIGHT + 0.035, "center"))
    labels: Rows = [
        {"name": corner.name, "x": x, "y": y, "align": align}
        for corner, (x, y, align) in zip(corners, spots, strict=True)
    ]
    return outline, labels
