"""The geometry of the flow of money from areas over programmes to layers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ...inputs.scenario import Scenario
from ..titles import Rows, name_all

NODE = 0.014
"""Width of a node, as a share of the picture's."""

COLUMNS = (0.0, 0.46, 1.0 - NODE)
PAD = 0.012
STEPS = 16
"""Points along the edge of a ribbon."""


@dataclass
class Flow:
    """Ribbons, nodes and labels in a square from (0, 0), the top left, to (1, 1)."""

    ribbons: Rows = field(default_factory=list)
    nodes: Rows = field(default_factory=list)
    labels: Rows = field(default_factory=list)


def share_out(
    totals: Mapping[str, float], feeds: Rows
) -> dict[tuple[str, str], tuple[float, float]]:
    """Each programme's money split over layers like the points it brings them: ($ bn, points).

    Layers that it harms get none of it.

    >>> share_out({"grid": 4.0}, [
    ...     {"instrument": "grid", "layer": "frontier", "points": 3.0},
    ...     {"instrument": "grid", "layer": "diffusion", "points": 1.0},
    ...     {"instrument": "grid", "layer": "safety", "points": -1.0}])
    {('grid', 'frontier'): (3.0, 3.0), ('grid', 'diffusion'): (1.0, 1.0)}
    """
    points: dict[tuple[str, str], float] = {}
    for row in feeds:
        key = (row["instrument"], row["layer"])
        points[key] = points.get(key, 0.0) + row["points"]
    helpful = {key: value for key, value in points.items() if value > 1e-9}
    sums: dict[str, float] = {}
    for (instrument, _), value in helpful.items():
        sums[instrument] = sums.get(instrument, 0.0) + value
    return {
        (instrument, layer): (totals[instrument] * value / sums[instrument], value)
        for (instrument, layer), value in helpful.items()
        if instrument in totals
    }


def lay_out(
    scenario: Scenario,
    totals: Mapping[str, float],
    feeds: Rows,
    area_colours: Mapping[str, str],
    layer_colours: Mapping[str, str],
) -> Flow:
    """The flow of a plan: `totals` are $ billion by funded programme, areas in their order."""
    parts = share_out(totals, feeds)
    areas, programmes, layers = (
        name_all(scenario.areas),
        name_all(scenario.instruments, 40),
        name_all(scenario.layers),
    )
    by_area: dict[str, float] = {}
    for id_, bn in totals.items():
        area = scenario.instruments[id_].area
        by_area[area] = by_area.get(area, 0.0) + bn
    by_area = {area: by_area[area] for area in areas if area in by_area}
    ordered = [id_ for area in by_area for id_ in totals if scenario.instruments[id_].area == area]
    by_layer = {
        layer: sum(bn for (_, to), (bn, _) in parts.items() if to == layer) for layer in layers
    }
    by_layer = {layer: bn for layer, bn in by_layer.items() if bn > 0}
    heights = [by_area, {id_: totals[id_] for id_ in ordered}, by_layer]
    whole = sum(totals.values()) or 1.0
    longest = max(len(column) for column in heights)
    scale = (1.0 - PAD * max(0, longest - 1)) / whole
    places = [_stack(column, scale) for column in heights]
    flow = Flow()
    names = (areas, programmes, layers)
    for at, column in enumerate(heights):
        for id_, bn in column.items():
            top, bottom = places[at][id_], places[at][id_] + bn * scale
            of = id_ if at != 1 else scenario.instruments[id_].area
            colour = layer_colours[of] if at == 2 else area_colours[of]
            x, name = COLUMNS[at], names[at][id_]
            node = {"name": name, "bn": bn, "colour": colour, "x": x, "x2": x + NODE}
            flow.nodes.append({**node, "y": top, "y2": bottom})
            align, start = ("right", x) if at == 2 else ("left", x + NODE)
            flow.labels.append({"name": name, "y": (top + bottom) / 2, "align": align, "x": start})
    _add_ribbons(flow, scenario, ordered, totals, parts, places, scale, names)
    return flow


def _stack(column: Mapping[str, float], scale: float) -> dict[str, float]:
    """The top of each node, the column spread over the whole height."""
    used = sum(column.values()) * scale
    gap = (1.0 - used) / max(1, len(column) - 1) if len(column) > 1 else 0.0
    tops, at = {}, 0.0 if len(column) > 1 else (1.0 - used) / 2
    for id_, bn in column.items():
        tops[id_] = at
        at += bn * scale + gap
    return tops


def _add_ribbons(
    flow: Flow,
    scenario: Scenario,
    ordered: list[str],
    totals: Mapping[str, float],
    parts: Mapping[tuple[str, str], tuple[float, float]],
    places: list[dict[str, float]],
    scale: float,
    names: tuple[dict[str, str], ...],
) -> None:
    areas, programmes, layers = names
    left, right = dict(places[0]), dict(places[2])
    links: list[tuple[int, str, str, float, float, float, float | None]] = []
    for id_ in ordered:
        area = scenario.instruments[id_].area
        links.append((0, area, id_, left[area], places[1][id_], totals[id_], None))
        left[area] += totals[id_] * scale
    for id_ in ordered:
        out = places[1][id_]
        for layer in layers:
            if (id_, layer) in parts:
                bn, points = parts[id_, layer]
                links.append((1, id_, layer, out, right[layer], bn, points))
                out += bn * scale
                right[layer] += bn * scale
    for number, (at, one, other, y, to_y, bn, brought) in enumerate(links):
        area = one if at == 0 else scenario.instruments[one].area
        told: dict[str, Any] = {
            "flow": number,
            "area": areas[area],
            "bn": round(bn, 4),
            "from": areas[one] if at == 0 else programmes[one],
            "to": programmes[other] if at == 0 else layers[other],
            "points": "" if brought is None else f"{brought:.2f}",
        }
        start, end = COLUMNS[at] + NODE, COLUMNS[at + 1]
        for step in range(STEPS + 1):
            share = step / STEPS
            smooth = share * share * (3 - 2 * share)
            top = y + (to_y - y) * smooth
            flow.ribbons.append(
                {
                    **told,
                    "x": round(start + (end - start) * share, 4),
                    "y": round(top, 5),
                    "y2": round(top + bn * scale, 5),
                }
            )
