"""Figures of a size that cannot be solved are input errors; at the edges they are solved."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from small_scenarios import Document, put, refuse, run, tiny_document, write_scenario


def full_document() -> Document:
    """Give the tiny document with every field whose size is held in bounds."""
    document = tiny_document()
    del document["futures"]
    put(document, "layers.frontier.worth", [[0, 0], [20, 20], [40, 30]])
    put(document, "layers.frontier.points_per_unit", 2)
    put(document, "layers.frontier.us_trend", 0.1)
    put(document, "instruments.grid.launch_cost", 0.1)
    put(document, "instruments.grid.crowd_in", 2)
    put(document, "instruments.grid.half_life", 5)
    effect = {"instrument": "labs", "layer": "frontier", "points": 0.5, "curve": [[0, 0], [1, 1]]}
    put(document, "effects.labs_frontier", effect)
    effect = {"instrument": "grid", "layer": "diffusion", "points": -0.5, "curve": "linear"}
    put(document, "effects.grid_diffusion", effect)
    both = {"between": ["grid_frontier", "labs_diffusion"], "layer": "frontier", "points": 1}
    put(document, "interactions.both", both)
    share = {"kind": "spend", "of": ["energy"], "at_most": 0.9, "unit": "share"}
    put(document, "constraints.share", share)
    private = {"kind": "crowd_in", "at_least": 0.0, "of": ["grid"]}
    put(document, "constraints.private", private)
    floor = {"kind": "lead", "layer": "frontier", "at_least": 1, "years": [2028, 2029]}
    put(document, "constraints.floor", floor)
    return document


def list_to(stock: float, reach: float) -> list[list[float]]:
    return [[0, 0], [stock, reach]]


BEYOND: list[tuple[str, Any, tuple[str, ...]]] = [
    ("effects.grid_frontier.points", 8e-13, ("8e-13", "at least 1e-08")),
    ("effects.grid_frontier.points", -1e12, ("-1000000000000.0", "at most 1e+08")),
    ("effects.grid_diffusion.points", -1e-9, ("-1e-09", "at least 1e-08")),
    ("interactions.both.points", 1e-300, ("1e-300", "at least 1e-08")),
    ("interactions.both.points", 1e9, ("at most 1e+08",)),
    ("layers.frontier.us", 1e12, ("at most 1e+08",)),
    ("layers.frontier.china_trend", -1e9, ("at most 1e+08",)),
    ("layers.frontier.points_per_unit", 1e-300, ("1e-300", "at least 1e-12")),
    ("layers.frontier.worth", [[0, 0], [40, 1e-8]], ("slopes", "1e-08")),
    ("layers.frontier.worth", [[0, 0], [40, 1e9]], ("at most 1e+08", "1000000000.0")),
    ("instruments.grid.max_per_year", 1e9, ("at most 1e+08",)),
    ("instruments.labs.max_per_year", 1e-7, ("1e-07", "at least 1e-06")),
    ("instruments.grid.launch_cost", 1e-9, ("1e-09", "at least 1e-06")),
    ("instruments.grid.launch_cost", 1e12, ("at most 1e+08",)),
    ("instruments.grid.crowd_in", 1e-9, ("1e-09", "at least 1e-06")),
    ("instruments.grid.scale", 1e-7, ("1e-07", "1e-06 or more")),
    ("instruments.grid.scale", 1e10, ("at most 1e+08",)),
    ("instruments.grid.half_life", 0.001, ("0.001", "0.05 years or more", "never")),
    ("instruments.grid.half_life_low", 0.01, ("0.01", "0.05 years or more")),
    ("instruments.grid.spendout", [1 - 1e-12, 1e-12], ("1e-12", "at least 1e-08")),
    ("effects.labs_frontier.curve", list_to(1e-12, 1), ("1e-12", "1e-06 or more")),
    ("effects.labs_frontier.curve", list_to(1e9, 1), ("at most 1e+08",)),
    ("effects.labs_frontier.curve", list_to(1, 1e-12), ("1e-12", "1e-08 or more")),
    ("constraints.share.at_most", 1e-9, ("1e-09", "1e-06 to 0.999999")),
    ("constraints.share.at_most", 1 - 1e-12, ("1e-06 to 0.999999",)),
    ("constraints.floor.at_least", -1e9, ("at most 1e+08",)),
    ("years.score_until", 2187, ("discount_rate", "2187", "1e-09", "score_until")),
]


@pytest.mark.parametrize(("path", "value", "says"), BEYOND)
def test_size_beyond_what_can_be_solved_is_refused(
    path: str, value: Any, says: tuple[str, ...], tmp_path: Path
) -> None:
    document = full_document()
    put(document, "discount_rate", 0.12)
    if path.endswith("_low"):
        put(document, path.replace("_low", "_high"), 9)
    file = write_scenario("yaml", tmp_path, put(document, path, value))
    (detail,) = refuse("scenario", "check", file, says=says)
    field = "discount_rate" if path == "years.score_until" else path
    assert detail["where"].endswith(f", {field}")


EDGES: list[tuple[str, Any]] = [
    *(("effects.grid_frontier.points", points) for points in (0, 1e-8, -1e-8, 1e8)),
    *(("interactions.both.points", points) for points in (1e-8, -1e-8, 1e8)),
    *(("layers.frontier.us", points) for points in (1e-300, 1e8, -1e8)),
    *(("layers.frontier.us_trend", points) for points in (1e-300, 1e8)),
    *(("layers.frontier.points_per_unit", points) for points in (1e-12, 1e12)),
    ("layers.frontier.worth", [[0, 0], [1, 1e-8]]),
    ("layers.frontier.worth", [[-1e8, 0], [1e8, 2]]),
    ("instruments.grid.max_per_year", 1e8),
    *(("instruments.grid.launch_cost", cost) for cost in (1e-6, 1e8)),
    *(("instruments.grid.crowd_in", dollars) for dollars in (1e-6, 1e8)),
    *(("instruments.grid.scale", scale) for scale in (1e-6, 1e8)),
    *(("instruments.grid.half_life", years) for years in (0.05, 1e12)),
    ("instruments.grid.spendout", [1 - 1e-8, 1e-8]),
    *(("effects.labs_frontier.curve", list_to(stock, 1)) for stock in (1e-6, 1e8)),
    *(("effects.labs_frontier.curve", list_to(1, reach)) for reach in (0, 1e-8)),
    *(("constraints.share.at_most", share) for share in (0, 1e-6, 1 - 1e-6, 1)),
    ("constraints.floor.at_least", -1e8),
    *(("budget.per_year", bn) for bn in (1e-300, 1e12)),
    *(("budget.total", bn) for bn in (1e-300, 1e12)),
    *(("weights.frontier", weight) for weight in (1e-300, 1e12)),
    ("years.score_until", 2150),
]


@pytest.mark.parametrize(("path", "value"), EDGES)
def test_size_at_the_edge_is_solved(path: str, value: Any, tmp_path: Path) -> None:
    document = put(put(full_document(), "discount_rate", 0.12), path, value)
    file = write_scenario("yaml", tmp_path, document)
    ended = run("solve", file, "--json", "--time-limit", "60")
    assert ended.code in (0, 4), ended.out
    if ended.code == 0:
        record = json.loads(ended.out)
        assert record["status"] == "optimal"
        assert record["gap"] <= 1e-4
