"""Piecewise-linear curves: from stock to reach, and from lead to worth (equations 3 and 5)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ...inputs.scenario import Response

Array = NDArray[np.float64]
Numbers = NDArray[np.intp]
"""Places in a list."""
Pairs = Sequence[tuple[float, float]]

KNOTS = (0.0, 0.28, 0.6, 0.95, 1.35, 1.82, 2.38, 3.07, 3.98, 5.31, 7.84)
"""Where the saturating curve is interpolated, in stock / scale.

Ten chords, each as far below 1 - 2^(-u) as the flat tail ends below 1: 0.0046 at most. With nine
the best that can be had is 0.0053, above the 0.005 allowed.
"""

SATURATING: Pairs = tuple((u, 1 - 2.0**-u) for u in KNOTS)
LINEAR: Pairs = ((0.0, 0.0), (1.0, 1.0))


def trace_curve(response: Response) -> list[tuple[float, float]]:
    """The points (stock in $ billion, reach) that a response runs through.

    A linear curve goes on beyond its last point; every other is flat there.

    >>> trace_curve(Response("grid", "linear", 4.0, 0, float("inf")))
    [(0.0, 0.0), (4.0, 1.0)]
    """
    if response.curve == "linear":
        points: Pairs = LINEAR
    elif response.curve == "saturating":
        points = SATURATING
    else:
        return list(response.curve)
    scale = response.scale or 1.0
    return [(u * scale, reach) for u, reach in points]


def reach_of_stock(response: Response, stock: Array) -> Array:
    """Equation 3: the reach of a stock in $ billion, on the piecewise-linear curve.

    >>> reach_of_stock(Response("grid", "linear", 4.0, 0, float("inf")), np.array([2.0, 8.0]))
    array([0.5, 2. ])
    """
    points = trace_curve(response)
    if response.curve == "linear":
        return np.asarray(stock / points[1][0], dtype=float)
    stocks, reaches = zip(*points, strict=True)
    return np.asarray(np.interp(stock, stocks, reaches), dtype=float)


def true_reach_of_stock(response: Response, stock: Array) -> Array:
    """The reach on the smooth curve: 1 - 2^(-stock/scale) for a saturating one.

    >>> true_reach_of_stock(Response("grid", "saturating", 4.0, 0, float("inf")), np.array([4.0]))
    array([0.5])
    """
    if response.curve == "saturating":
        return np.asarray(1 - np.exp2(-stock / (response.scale or 1.0)), dtype=float)
    return reach_of_stock(response, stock)


def worth_pieces(worth: Pairs | None) -> list[tuple[float, float]]:
    """Slope and intercept of each piece of a concave worth, which is their minimum.

    The first and last piece go on beyond their ends.

    >>> worth_pieces([(0.0, 0.0), (10.0, 10.0), (30.0, 20.0)])
    [(1.0, 0.0), (0.5, 5.0)]
    """
    if worth is None:
        return [(1.0, 0.0)]
    pieces = []
    for (x0, y0), (x1, y1) in pairwise(worth):
        slope = (y1 - y0) / (x1 - x0)
        pieces.append((slope, y0 - slope * x0))
    return pieces


def worth_of_lead(worth: Pairs | None, lead: Array) -> Array:
    """What a lead is worth, in points.

    >>> worth_of_lead([(0.0, 0.0), (10.0, 10.0), (30.0, 20.0)], np.array([-1.0, 10.0, 40.0]))
    array([-1., 10., 25.])
    """
    values = [slope * lead + intercept for slope, intercept in worth_pieces(worth)]
    return np.asarray(np.minimum.reduce(values), dtype=float)


def retention(half_life: float) -> float:
    """The share of a stock that is left after a year.

    >>> retention(1.0), retention(float("inf"))
    (0.5, 1.0)
    """
    return float(2.0 ** (-1.0 / half_life))
