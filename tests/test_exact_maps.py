"""Exact maps of gains of thousands of points, of which rounding leaves 1e-7."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.spatial import ConvexHull

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


def list_supported(outcomes: Whole) -> set[tuple[int, ...]]:
    """The outcomes that are the only best ones under weightings of some volume.

    They are corners of the hull of all; for each a linear program looks for the weighting that
    favours it most.
    """
    corners = outcomes[ConvexHull(outcomes).vertices]
    found = set()
    for at, own in enumerate(corners):
        others = np.delete(corners, at, axis=0)
        # Maximise the lead t over the others: w . (other - own) + t <= 0, w a weighting.
        answer = linprog(
            [0, 0, 0, -1],
            A_ub=np.hstack([others - own, np.ones((len(others), 1))]),
            b_ub=np.zeros(len(others)),
            A_eq=[[1, 1, 1, 0]],
            b_eq=[1],
            bounds=[(0, 1)] * 3 + [(None, None)],
        )
        if answer.status == 0 and -float(answer.fun or 0.0) > 1e-6:
            found.add(tuple(own.tolist()))
    return found


def test_exact_map_of_thousands_of_points_is_complete() -> None:
    """Fifteen items, three conflicting profits up to 1000, against all 32,768 choices."""
    rng = np.random.default_rng(1)
    first = rng.integers(0, 1001, 15)
    second = rng.integers(0, 1001 - first)
    third = 1000 - first - second + rng.integers(0, 100, 15)
    profits, weights = np.array([first, second, third]), rng.integers(1, 1001, 15)
    capacity = int(weights.sum() // 2)
    scenario = make_knapsack(profits, weights, capacity)
    found = map_weights(open_sweep(scenario, 0.0, 1), choose_region(scenario), 0.0)
    assert found.complete
    choices = (np.arange(2**15)[:, None] >> np.arange(15)) & 1
    outcomes = np.unique(choices[choices @ weights <= capacity] @ profits.T, axis=0)
    told = np.array([cell.portfolio.gains for cell in found.cells])
    listed = {tuple(row) for row in np.round(told).astype(int).tolist()}
    assert listed == list_supported(outcomes)
    # A mixed program counts as one: no relaxation proves an outcome to the last digit.
    assert found.solves >= len(found.cells)
