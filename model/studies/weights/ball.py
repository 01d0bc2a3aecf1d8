"""The weightings near today's, and the proof that today's set is beaten under none of them."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from ....inputs.scenario import Scenario
from ....inputs.statements import Statement
from .duel import Duel
from .envelope import Envelope
from .frame import frame_layers
from .region import Region

BATCH = 4
"""Corners answered before looking whether one of them flips: a count, so that answers repeat."""

MOST_LAYERS = 9
"""With more layers the ball is cut by its sides along single layers only: it is larger then."""

WHOLE = 1.0
"""A shift of all weight: the ball is the whole simplex."""


def enclose(scenario: Scenario, radius: float) -> Region:
    """The weightings at which at most this share of the scenario's weights is another's."""
    return Region(list(scenario.layers), frame_layers(scenario), _cut(scenario, radius))


def _cut(scenario: Scenario, radius: float) -> list[Statement]:
    """The sides of the ball: no group of layers gains more than the radius in weight."""
    if radius >= WHOLE:
        return []
    layers, center = list(scenario.layers), np.array(list(scenario.weights.values()))
    groups: list[tuple[int, ...]] = []
    count = len(layers)
    sizes = range(1, count) if count <= MOST_LAYERS else (1, count - 1)
    for size in sizes:
        groups += combinations(range(count), size)
    return [
        Statement(
            "",
            {layers[at]: -1.0 for at in group},
            radius + center[list(group)].sum(),
            ">=",
        )
        for group in groups
    ]


def is_proven(duel: Duel, region: Region) -> bool:
    """Whether the set is good enough everywhere in a region: at the corners of its plans' cells."""
    envelope = Envelope(region, float(duel.free.compiled.box[1].clip(0).sum()))
    listed = 0
    while True:
        gains = duel.held.bank.gains
        if len(gains) > listed:
            envelope.add(gains[listed:])
            listed = len(gains)
        numbers = duel.watch(region.weigh(envelope.find_corners()))
        lower = duel.own.lower[numbers]
        widest = duel.known.find_widest(numbers, lower, duel.tolerance, BATCH)
        if not len(widest):
            return True
        if duel.flips(numbers[widest]).any() or not duel.ask(numbers[widest]):
            return False
