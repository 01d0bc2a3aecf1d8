"""Knapsacks of fifty items: gains of thousands of points, of which rounding leaves 1e-7."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from stratafolio.inputs.build import build_scenario
from stratafolio.inputs.scenario import Scenario
from stratafolio.model.studies.weights.choose_region import choose_region
from stratafolio.model.studies.weights.map import map_weights
from stratafolio.model.studies.weights.sweep import open_sweep

Whole = NDArray[np.int64]


def make_knapsack(profits: Whole, weights: Whole, capacity: int) -> Scenario:
    """An item is an instrument, a profit a layer."""
    layers = [f"profit_{k}" for k in range(len(profits))]
    items = {f"item_{j}": float(weight) for j, weight in enumerate(weights.tolist())}
    return build_scenario(
        {
            "years": {"first": 2027, "last": 2027, "score_until": 2027},
            "budget": {"per_year": float(capacity)},
            "weights": dict.fromkeys(layers, 1),
            "areas": {"all": {}},
            "layers": {layer: {} for layer in layers},
            "instruments": {
                item: {
                    "area": "all",
                    "max_per_year": weight,
                    "all_or_nothing": True,
                    "curve": "linear",
                    "scale": weight,
                }
                for item, weight in items.items()
            },
            "effects": {
                f"{item}_{layer}": {"instrument": item, "layer": layer, "points": float(points)}
                for layer, row in zip(layers, profits.tolist(), strict=True)
                for item, points in zip(items, row, strict=True)
                if points
            },
        },
        {},
        "knapsack",
    )


def find_best(
    rates: tuple[int, int], profits: Whole, weights: Whole, capacity: int
) -> tuple[int, int]:
    """The profits of the best choice of items at whole rates, by a dynamic program over weight."""
    worth = np.array(rates) @ profits
    best = np.zeros(capacity + 1, dtype=np.int64)
    taken = np.zeros((len(weights), capacity + 1), dtype=bool)
    for item, weight in enumerate(weights.tolist()):
        more = np.full(capacity + 1, -1, dtype=np.int64)
        more[weight:] = best[: capacity + 1 - weight] + worth[item]
        taken[item] = more > best
        best = np.maximum(more, best)
    left, chosen = capacity, []
    for item in reversed(range(len(weights))):
        if taken[item, left]:
            chosen.append(item)
            left -= int(weights[item])
    first, second = profits[:, chosen].sum(axis=1).tolist()
    return first, second


def list_supported(profits: Whole, weights: Whole, capacity: int) -> set[tuple[int, int]]:
    """The corners of the upper hull of two profits; between two of them there may be one beyond."""
    many = int(profits.sum()) + 1  # so that the other profit decides ties only
    ends = [find_best(rates, profits, weights, capacity) for rates in ((many, 1), (1, many))]
    corners, pairs = set(ends), [(ends[0], ends[1])]
    while pairs:
        one, two = pairs.pop()
        rates = two[1] - one[1], one[0] - two[0]
        beyond = find_best(rates, profits, weights, capacity)
        if np.dot(rates, beyond) > np.dot(rates, one):
            corners.add(beyond)
            pairs += [(one, beyond), (beyond, two)]
    # What lies on the way between two others is best under one weighting alone.
    hull = sorted(corners)
    for at in reversed(range(1, len(hull) - 1)):
        (x0, y0), (x1, y1), (x2, y2) = hull[at - 1 : at + 2]
        if (x1 - x0) * (y2 - y0) == (x2 - x0) * (y1 - y0):
            del hull[at]
    return set(hull)


@pytest.mark.parametrize("seed", [1])
def test_exact_map_of_fifty_items_is_complete(seed: int) -> None:
    """Conflicting profits from 0 to 1000, half of all weight as capacity."""
    rng = np.random.default_rng(seed)
    first = rng.integers(0, 1001, 50)
    profits = np.array([first, rng.integers(0, 1001 - first)])
    weights = rng.integers(1, 1001, 50)
    capacity = int(weights.sum() // 2)
    scenario = make_knapsack(profits, weights, capacity)
    found = map_weights(open_sweep(scenario, 0.0, 1), choose_region(scenario), 0.0)
    assert found.complete
    outcomes = np.array([cell.portfolio.gains for cell in found.cells])
    assert {tuple(row) for row in np.round(outcomes).astype(int).tolist()} == list_supported(
        profits, weights, capacity
    )
    # Each portfolio takes a mixed program: the relaxation alone proves none to the last digit.
    assert found.solves >= len(found.cells)
