"""Which weights move: all, those of a few layers, of pillars, or those around a weighting.

A frame's coordinates sum to 1, and so do the weights they make.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ....inputs.complaint import InputError
from ....inputs.scenario import Scenario
from ...equations.curves import Array

NOTHING = 1e-9
"""A share of the weights too small to be shared out."""


@dataclass(frozen=True)
class Frame:
    """How coordinates become weights: `rows` has the shape [coordinates, layers], rows sum to 1."""

    names: tuple[str, ...]
    rows: Array


def frame_layers(scenario: Scenario) -> Frame:
    """Every layer's weight moves."""
    return Frame(tuple(scenario.layers), np.eye(len(scenario.layers)))


def frame_some_layers(scenario: Scenario, moving: Sequence[str]) -> Frame:
    """The weight of some layers moves; the others keep theirs."""
    weights = np.array(list(scenario.weights.values()))
    layers = list(scenario.layers)
    kept = np.array([0.0 if layer in moving else w for layer, w in scenario.weights.items()])
    rest = weights.sum() - kept.sum()
    if rest <= NOTHING:
        others = [layer for layer, w in zip(layers, kept, strict=True) if w > 0]
        raise InputError.of(
            "--layers",
            f"expected layers with some weight to share out, got none: {', '.join(others)} hold "
            "all of it; name one of these too, or change --weights",
        )
    rows = np.tile(kept, (len(moving), 1))
    for at, layer in enumerate(moving):
        rows[at, layers.index(layer)] += rest
    return Frame(tuple(moving), rows)


def frame_pillars(scenario: Scenario) -> Frame:
    """The weight of pillars moves; within each it is split as the scenario's weights are."""
    if not scenario.pillars:
        raise InputError.of(
            "--pillars", "the scenario names no pillars; add `pillars: {id: [layer, ...]}` to it"
        )
    layers = list(scenario.layers)
    rows = np.zeros((len(scenario.pillars), len(layers)))
    for at, members in enumerate(scenario.pillars.values()):
        total = sum(scenario.weights[layer] for layer in members)
        for layer in members:
            share = scenario.weights[layer] / total if total else 1 / len(members)
            rows[at, layers.index(layer)] = share
    return Frame(tuple(scenario.pillars), rows)


def frame_around(scenario: Scenario, center: Array, spread: float) -> Frame:
    """Weightings (1 - spread) times the center plus spread times any weighting.

    >>> import types
    >>> both = types.SimpleNamespace(layers=("a", "b"))
    >>> frame_around(both, np.array([0.25, 0.75]), 0.5).rows.tolist()
    [[0.625, 0.375], [0.125, 0.875]]
    """
    count = len(scenario.layers)
    rows = (1 - spread) * np.tile(center, (count, 1)) + spread * np.eye(count)
    return Frame(tuple(scenario.layers), rows)
