"""Programmes to be had whole or not at all, in one year: all plans there are can be listed."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from small_scenarios import Document


def draw_evenly(draw: random.Random) -> float:
    """Points of which any number up to four is as likely."""
    return draw.uniform(0.0, 4.0)


def draw_steeply(draw: random.Random) -> float:
    """Points of which most are few and some up to six."""
    return draw.uniform(0.0, 1.0) ** 3 * 6.0


def draw_knapsack(
    seed: int,
    names: str,
    layers: Sequence[str],
    budget: float,
    draw_points: Callable[[random.Random], float] = draw_evenly,
) -> Document:
    """A scenario of programmes called by letters, each with points in every layer."""
    draw = random.Random(seed)
    return {
        "years": {"first": 2027, "last": 2027, "score_until": 2027},
        "budget": {"per_year": budget},
        "weights": dict.fromkeys(layers, 1),
        "areas": {"energy": {}},
        "layers": {layer: {} for layer in layers},
        "instruments": {
            name: {
                "area": "energy",
                "max_per_year": draw.choice([0.5, 0.7, 0.9]),
                "all_or_nothing": True,
                "curve": "linear",
                "scale": 1.0,
            }
            for name in names
        },
        "effects": {
            f"{name}_{layer}": {
                "instrument": name,
                "layer": layer,
                "points": round(draw_points(draw), 3),
            }
            for name in names
            for layer in layers
        },
    }
