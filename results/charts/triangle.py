"""The geometry of a map over three pillars: which portfolio is best where in the triangle."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

Point = tuple[float, float, float]
"""Weights of the three pillars, summing to 1."""

HEIGHT = math.sqrt(3) / 2
TINY = 1e-12


def place(weights: Sequence[float]) -> tuple[float, float]:
    """Where weights stand: the first pillar bottom left, the second bottom right, the third on top.

    >>> place((1, 0, 0)), place((0, 1, 0))
    ((0.0, 0.0), (1.0, 0.0))
    """
    _, second, third = weights
    return (second + third / 2, third * HEIGHT)


def cut_cells(outcomes: Mapping[str, Sequence[float]]) -> dict[str, list[Point]]:
    """The convex cell in which each portfolio is the best, as its corners in order.

    `outcomes` holds a value for each pillar, by portfolio; the value at weights is linear.
    Portfolios that are best nowhere, or on a line alone, are left out.

    >>> cells = cut_cells({"a": (1, 0, 0), "b": (0, 1, 0), "c": (0, 0, 1), "d": (0.2, 0.2, 0.2)})
    >>> sorted(cells), len(cells["a"])
    (['a', 'b', 'c'], 4)
    """
    cells: dict[str, list[Point]] = {}
    seen: set[tuple[float, ...]] = set()
    for own, values in outcomes.items():
        key = tuple(round(value, 9) for value in values)
        if key in seen:
            continue
        seen.add(key)
        corners: list[Point] = [(1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)]
        for other, theirs in outcomes.items():
            if other != own and corners:
                lead = tuple(a - b for a, b in zip(values, theirs, strict=True))
                corners = _clip(corners, lead)
        if _area(corners) > TINY:
            cells[own] = corners
    return cells


def _clip(corners: list[Point], lead: Sequence[float]) -> list[Point]:
    """The part of a polygon in which lead . w >= 0."""
    kept: list[Point] = []
    values = [sum(a * b for a, b in zip(lead, corner, strict=True)) for corner in corners]
    for at, corner in enumerate(corners):
        before, value = values[at - 1], values[at]
        if (before < -TINY) != (value < -TINY) and before != value:
            share = before / (before - value)
            last = corners[at - 1]
            x, y, z = (a + share * (b - a) for a, b in zip(last, corner, strict=True))
            kept.append((x, y, z))
        if value >= -TINY:
            kept.append(corner)
    return kept


def _area(corners: Sequence[Point]) -> float:
    points = [place(corner) for corner in corners]
    return (
        abs(
            sum(
                points[at - 1][0] * point[1] - point[0] * points[at - 1][1]
                for at, point in enumerate(points)
            )
        )
        / 2
    )
