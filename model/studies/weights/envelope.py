"""Which portfolio of a list is best where: the upper envelope of linear gains over a region.

Under a weighting a portfolio gains a linear form of it, so the weightings under which one is the
best of the list form a polytope, its cell. All cells are the facets of one polyhedron, the points
(weighting, gain) above every form; its corners are those of the cells. What is convex in the
weights, such as how far the best gain lies above a linear form, is largest at these corners.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...equations.curves import Array, Numbers
from ...equations.evaluate import NEGLIGIBLE_LOSS, SMALLEST_GAIN
from .region import Region, measure_volume

SAME_POINT = 1e-9
"""Corners that are nearer to each other are one."""

ROUNDING = 1e-9
"""Regret that is left by rounding: what is exact but for that is exact."""

INCIDENT = 1e-8
"""A corner belongs to a cell whose gain differs by less from the best there, points."""

AT_ONCE = 10_000
"""Points looked at together: gains of all portfolios under all corners would fill the memory."""


class Envelope:
    """The cells of a growing list of portfolios over a region; gains in points."""

    def __init__(self, region: Region, most: float) -> None:
        """`most`: more than any portfolio gains under any weighting of the region."""
        self.region = region
        self.forms = np.zeros((0, region.dimension + 1))
        self.ceiling = max(most, 0.0) + 2.0
        self._hull = None if region.dimension == 0 else self._open()

    def _open(self) -> object:
        from scipy.spatial import HalfspaceIntersection

        # Points are (own coordinates, gain); each side is [normal, offset], <= 0 inside.
        sides = self.region.sides
        walls = np.insert(sides, -1, 0.0, axis=1)
        top = np.zeros((1, self.region.dimension + 2))
        top[0, -2:] = 1.0, -self.ceiling
        bottom = np.zeros((1, self.region.dimension + 2))
        bottom[0, -2:] = -1.0, -1e3 * self.ceiling
        inner = np.zeros(self.region.dimension + 1)
        inner[-1] = self.ceiling - 1.0
        return HalfspaceIntersection(np.vstack([walls, top, bottom]), inner, incremental=True)

    def add(self, gains: Array) -> None:
        """Takes in portfolios by their gains in each layer; shape [portfolios, layers]."""
        region = self.region
        values = gains @ region.frame.rows.T  # a form of the frame's coordinates
        forms = np.column_stack([values @ region.axes, values @ region.origin])
        self.forms = np.vstack([self.forms, forms])
        if self._hull is not None:
            below = np.insert(forms, -1, -1.0, axis=1)
            sizes = np.linalg.norm(below[:, :-1], axis=1, keepdims=True)
            self._hull.add_halfspaces(below / sizes)  # type: ignore[attr-defined]

    def value(self, points: Array) -> Array:
        """What each portfolio gains at points; shape [points, portfolios]."""
        return np.asarray(points @ self.forms[:, :-1].T + self.forms[:, -1])

    def find_corners(self) -> Array:
        """The corners of all cells in the region's own coordinates; shape [corners, dimension]."""
        if self._hull is None:
            return np.zeros((1, 0))
        found = np.asarray(self._hull.intersections)  # type: ignore[attr-defined]
        low = found[:, -1] < self.ceiling - 0.5
        points = found[low, :-1]
        keys = np.round(points / SAME_POINT).astype(np.int64)
        _, first = np.unique(keys, axis=0, return_index=True)
        return np.asarray(points[np.sort(first)])

    def find_cells(self, corners: Array) -> list[Numbers]:
        """For each portfolio which corners its cell has, as numbers."""
        owners, members = [np.zeros(0, dtype=int)], [np.zeros(0, dtype=int)]
        begins = 0
        for part in cut_up(corners):
            values = self.value(part)
            at, owner = np.nonzero(values >= values.max(axis=1, keepdims=True) - INCIDENT)
            owners.append(owner)
            members.append(at + begins)
            begins += len(part)
        every = np.concatenate(owners)
        order = np.argsort(every, kind="stable")
        counts = np.bincount(every, minlength=len(self.forms))
        return np.split(np.concatenate(members)[order], np.cumsum(counts)[:-1])

    def measure_shares(self, corners: Array, cells: Sequence[Numbers]) -> Array:
        """The share of the region that each cell takes, by volume."""
        if self.region.dimension == 0:
            shares = np.zeros(len(cells))
            shares[self.value(corners)[0].argmax()] = 1.0
            return shares
        volumes = [measure_volume(corners[cell]) for cell in cells]
        return np.array(volumes) / self.region.size


def cut_up(points: Array) -> list[Array]:
    """Points, shape [points, coordinates], in parts that are looked at together."""
    return [points[at : at + AT_ONCE] for at in range(0, len(points), AT_ONCE)]


def bound_cell(lower: Array, upper: Array) -> float:
    """The largest regret inside a cell, from the known gain and its bound at its corners.

    The gain is linear inside, its bound at most what is linear between the corners. Regret is
    relative to max(best gain, 0.01 points): it is largest at a corner, or where the bound crosses
    0.01 points between two.

    >>> bound_cell(np.array([0.9, 2.0]), np.array([1.0, 2.0])).__round__(6)
    0.1
    >>> bound_cell(np.array([0.0, 1.0]), np.array([0.0, 1.0]))
    0.0
    """
    low = upper < SMALLEST_GAIN
    points = [(lower, upper)]
    if low.any() and not low.all():
        below, above = np.flatnonzero(low)[:, None], np.flatnonzero(~low)[None, :]
        share = (SMALLEST_GAIN - upper[below]) / (upper[above] - upper[below])
        crossing = (1 - share) * lower[below] + share * lower[above]
        points.append((crossing.ravel(), np.full(crossing.size, SMALLEST_GAIN)))
    return max(float(bound_regret(*pair).max()) for pair in points)


def bound_loss(lower: Array, upper: Array) -> Array:
    """The points that a known gain may lie below the best at most."""
    return np.asarray(np.maximum(upper - lower, 0.0))


def allow_best(lower: Array, tolerance: float) -> Array:
    """The most that any plan may gain for a known gain to be within the tolerance, points.

    >>> allow_best(np.array([9.0, -1.0]), 0.1).round(6).tolist()
    [10.0, -0.999]
    """
    return np.asarray(np.maximum(lower / (1 - tolerance), lower + tolerance * SMALLEST_GAIN))


def bound_regret(lower: Array, upper: Array) -> Array:
    """The largest regret where the best gain lies between what is known and its bound.

    It grows with the best gain where the known gain is positive, and is largest at 0.01 points
    where it is not.

    >>> bound_regret(np.array([0.75, -1.0]), np.array([1.0, 2.0])).round(6).tolist()
    [0.25, 101.0]
    """
    loss = bound_loss(lower, upper)
    regret = loss / np.where(np.isinf(upper), 1.0, np.maximum(upper, SMALLEST_GAIN))
    risky = (lower < 0) & (upper > SMALLEST_GAIN)
    regret = np.where(risky, (SMALLEST_GAIN - lower) / SMALLEST_GAIN, regret)
    return np.asarray(np.where(loss <= NEGLIGIBLE_LOSS, 0.0, regret))
