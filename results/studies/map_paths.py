"""One layer's weight from 0 to 1, read off a map: which of its portfolios is best where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...inputs.scenario import Scenario
from ..sheet import Record

TINY = 1e-9


def trace_layers(scenario: Scenario, record: Record) -> Record:
    """What is funded where along each layer's weight, as sure as a map over all layers is."""
    portfolios = record["portfolios"]
    by_layer = {}
    for layer in scenario.layers:
        rest = share_out_rest(scenario.weights, layer)
        ends = [
            (
                sum(w * own["outcome"][other] for other, w in rest.items()),
                float(own["outcome"][layer]),
            )
            for own in portfolios
        ]
        by_layer[layer] = [
            {
                "from": low,
                "to": high,
                "funded": portfolios[at]["funded"],
                "areas": portfolios[at]["areas"],
            }
            for low, high, at in cut_path(ends)
        ]
    return by_layer


def share_out_rest(weights: Mapping[str, float], layer: str) -> dict[str, float]:
    """The others' weights where one layer has none; equal ones where they have none either.

    >>> share_out_rest({"a": 0.5, "b": 0.2, "c": 0.3}, "a")
    {'b': 0.4, 'c': 0.6}
    """
    others = {other: weight for other, weight in weights.items() if other != layer}
    total = sum(others.values())
    if not total:
        return {other: 1 / len(others) for other in others}
    return {other: weight / total for other, weight in others.items()}


def cut_path(ends: Sequence[tuple[float, float]]) -> list[tuple[float, float, int]]:
    """Stretches of 0 to 1 with the line that is highest there; `ends` are lines at 0 and at 1.

    >>> cut_path([(1.0, 0.0), (0.0, 1.0), (0.2, 0.2)])
    [(0.0, 0.5, 0), (0.5, 1.0, 1)]
    """
    found = []
    for at, (start, end) in enumerate(ends):
        low, high = 0.0, 1.0
        for other, (their_start, their_end) in enumerate(ends):
            ahead, ahead_at_end = start - their_start, end - their_end
            if other == at or (abs(ahead) <= TINY and abs(ahead_at_end) <= TINY):
                if other < at:
                    high = -1.0  # the same line as one before it
                continue
            if ahead <= 0 and ahead_at_end <= 0:
                high = -1.0
            elif ahead < 0:
                low = max(low, ahead / (ahead - ahead_at_end))
            elif ahead_at_end < 0:
                high = min(high, ahead / (ahead - ahead_at_end))
        if high - low > TINY:
            found.append((low, high, at))
    return sorted(found)
