"""Small scenarios with one or two numbers moved by orders of magnitude; the same for a seed."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from typing import Any

import second_opinion

from stratafolio.inputs.build import build_scenario
from stratafolio.inputs.complaint import InputError
from stratafolio.inputs.scenario import Scenario

MOVABLE = {
    "layers": ("us", "china", "us_trend", "china_trend"),
    "instruments": (
        "max_per_year", "min_per_year", "launch_cost", "max_growth", "crowd_in", "scale",
        "half_life",
    ),
    "effects": ("points", "scale", "half_life"),
    "interactions": ("points",),
    "constraints": ("at_least", "at_most"),
}  # fmt: skip
"""The fields that are moved, by table; lists are moved at one of their points."""

POWERS = (-6, -5, -4, -3, -2, 2, 3, 4, 5, 6, 7)
"""A number is moved by one of these powers of ten."""

LARGEST, SMALLEST = 1e9, 1e-9
"""Numbers beyond what the format takes are not drawn."""

Place = tuple[dict[str, Any] | list[Any], Any]
"""What holds a number, and the key or position in it."""


def list_places(document: dict[str, Any]) -> Iterator[Place]:
    """Where a document holds a number that may be moved."""
    for table, fields in MOVABLE.items():
        for row in (document.get(table) or {}).values():
            if row.get("kind") in ("choose", "launches") or row.get("unit") == "share":
                continue
            yield from ((row, field) for field in fields if is_number(row.get(field)))
            for name in ("curve", "worth"):
                points = row.get(name)
                if isinstance(points, list):
                    yield from ((point, at) for point in points for at in (0, 1) if point[at])
    budget = document["budget"]
    yield from ((budget, field) for field in ("per_year", "total") if is_number(budget.get(field)))


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value != 0


def draw_far_scenario(seed: int) -> Scenario:
    """A valid scenario of a few instruments in which one or two numbers are far from the others."""
    rng = random.Random(seed)
    while True:
        objective = rng.choice(["weighted"] * 6 + ["weakest_layer", "lexicographic"])
        document = second_opinion.random_scenario(
            rng.randrange(10**6), all_or_nothing=rng.random() < 0.15, objective=objective
        )
        document = copy.deepcopy(document)
        if rng.random() < 0.1:
            document["steady"] = 0.05
        places = list(list_places(document))
        for row, field in rng.sample(places, min(len(places), rng.choice([1, 1, 2]))):
            row[field] = float(f"{row[field] * 10.0 ** rng.choice(POWERS):.6g}")
        sizes = [abs(row[field]) for row, field in places]
        if not all(SMALLEST <= size <= LARGEST for size in sizes):
            continue
        try:
            return build_scenario(document, {}, f"far_{seed}")
        except InputError:
            continue
