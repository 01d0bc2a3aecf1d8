"""A region of weightings: the simplex, a part of it, or a slice through it.

A weighting is w = v @ frame, where v is a point of a simplex of its own. As v sums to 1, a
statement a . w + b >= 0 is the homogeneous (frame @ a + b) . v >= 0, so the region is a polytope
in v. `Region` knows its dimension, its corners, and how to draw from it evenly.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from ....inputs.complaint import InputError
from ....inputs.statements import Statement
from ...equations.curves import Array
from ...failures import SolverFailed
from ...solving.matrices import INFINITE
from ...solving.program import LinearProgram
from .frame import Frame

FLAT = 1e-9
"""What a statement can exceed its limit by, at most, to count as an equation."""


class Region:
    """The weightings of a frame that keep some statements. Raises InputError if there are none."""

    def __init__(
        self,
        layers: Sequence[str],
        frame: Frame,
        statements: Sequence[Statement] = (),
        where: str = "statements",
    ) -> None:
        self.layers, self.frame = tuple(layers), frame
        self.statements = tuple(statements)
        count = len(frame.names)
        self._rows = np.vstack([np.eye(count), *(self._row(s) for s in statements)])
        self._equal = [False] * count + [s.sense == "==" for s in statements]
        self._refuse_empty(where)
        self._span()

    def _row(self, statement: Statement) -> Array:
        """The statement over coordinates, scaled to a largest coefficient of 1."""
        coefficients = np.array([statement.coefficients.get(layer, 0.0) for layer in self.layers])
        row = self.frame.rows @ coefficients + statement.constant
        return np.asarray(row / max(np.abs(row).max(), FLAT))

    # Which weightings there are ---------------------------------------------------------------

    def _open_program(self, kept: Sequence[int]) -> LinearProgram:
        """The linear program over coordinates that sum to 1 and keep some of the statements."""
        count = len(self.frame.names)
        rows = self._rows[count:][list(kept)]
        equal = [self._equal[count + at] for at in kept]
        lower = np.array([1.0] + [0.0] * len(kept))
        upper = np.array([1.0, *(0.0 if is_equal else INFINITE for is_equal in equal)])
        box = np.zeros(count), np.ones(count)
        return LinearProgram(box, np.vstack([np.ones((1, count)), rows]), (lower, upper))

    def _refuse_empty(self, where: str) -> None:
        """Raises InputError where no weighting is left, naming statements that clash."""
        kept = list(range(len(self.statements)))
        if not kept or self._is_possible(kept):
            return
        for at in list(kept):
            without = [other for other in kept if other != at]
            if not self._is_possible(without):
                kept = without
        texts = [f"'{self.statements[at].text}'" for at in kept]
        if len(texts) == 1:
            message = f"{texts[0]} leaves no weighting that sums to 1; mend it or leave it out"
        else:
            told = " and ".join([", ".join(texts[:-1]), texts[-1]])
            message = f"{told} leave no weighting: they clash; leave one of them out"
        raise InputError.of(where, message)

    def _is_possible(self, kept: Sequence[int]) -> bool:
        program = self._open_program(kept)
        return program.minimise(np.zeros(len(self.frame.names))) is not None

    def _span(self) -> None:
        """Finds the region's own coordinates: v = origin + axes @ y, with the origin inside."""
        program = self._open_program(range(len(self.statements)))
        inside, flat, points = [], [np.ones(len(self.frame.names))], []
        for row, is_equal in zip(self._rows, self._equal, strict=True):
            point = program.minimise(-row)
            if point is None:
                raise SolverFailed("a region that has weightings was said to have none")
            points.append(point)
            if is_equal or row @ point <= FLAT:
                flat.append(row)
            else:
                inside.append(row)
        self.origin = np.mean(points, axis=0)
        _, sizes, turned = np.linalg.svd(np.array(flat))
        self.axes = turned[int((sizes > FLAT).sum()) :].T
        # a . (origin + axes @ y) >= 0 as [normal, offset] with normal . y + offset <= 0.
        sides = []
        for row in inside:
            normal, offset = -row @ self.axes, -float(row @ self.origin)
            size = float(np.linalg.norm(normal))
            if size > FLAT:
                sides.append([*(normal / size), offset / size])
        self.sides = np.array(sides).reshape(len(sides), self.dimension + 1)

    @property
    def dimension(self) -> int:
        """0 for a single weighting."""
        return int(self.axes.shape[1])

    def weigh(self, points: Array) -> Array:
        """Weights of points in the region's own coordinates; shape [points, layers]."""
        coordinates = np.maximum(self.origin + points @ self.axes.T, 0.0)
        weights = coordinates @ self.frame.rows
        return np.asarray(weights / weights.sum(axis=1, keepdims=True))

    @cached_property
    def corners(self) -> Array:
        """The corners of the region in its own coordinates; shape [corners, dimension]."""
        return find_corners(self.sides, self.dimension)

    @cached_property
    def size(self) -> float:
        """Its volume in its own coordinates; 1 for a single weighting."""
        return measure_volume(self.corners)

    def draw(self, count: int, seed: int) -> Array:
        """Weightings drawn evenly from the region; shape [count, layers]."""
        chance = np.random.default_rng(seed)
        if not self.statements:
            shares = chance.standard_exponential((count, len(self.frame.names)))
            return np.asarray(shares / shares.sum(axis=1, keepdims=True) @ self.frame.rows)
        return self.weigh(draw_evenly(self.corners, count, chance))


def find_corners(sides: Array, dimension: int) -> Array:
    """Corners of {y: normal . y + offset <= 0 for each side}, around an inner point 0.

    >>> find_corners(np.array([[1.0, -2.0], [-1.0, -1.0]]), 1).tolist()
    [[-1.0], [2.0]]
    """
    if dimension == 0:
        return np.zeros((1, 0))
    if dimension == 1:
        ends = -sides[:, 1] / sides[:, 0]
        return np.array([[ends[ends < 0].max()], [ends[ends > 0].min()]])
    from scipy.spatial import HalfspaceIntersection

    found = HalfspaceIntersection(sides, np.zeros(dimension)).intersections
    return np.unique(np.round(found, 12), axis=0)


def measure_volume(corners: Array) -> float:
    """The volume of the convex hull of points; 0 where they lie in a plane.

    >>> measure_volume(np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]))
    0.5
    """
    dimension = corners.shape[1]
    if dimension == 0:
        return 1.0
    if dimension == 1:
        return float(np.ptp(corners))
    from scipy.spatial import ConvexHull, QhullError

    if len(corners) <= dimension:
        return 0.0
    try:
        return float(ConvexHull(corners).volume)
    except QhullError:  # corners in a plane, or too near to one: jogged by a hair
        return float(ConvexHull(corners, qhull_options="QJ").volume)


def draw_evenly(corners: Array, count: int, chance: np.random.Generator) -> Array:
    """Points drawn evenly from the convex hull of corners, by way of its simplices."""
    dimension = corners.shape[1]
    if dimension == 0:
        return np.zeros((count, 0))
    if dimension == 1:
        return chance.uniform(corners.min(), corners.max(), (count, 1))
    from scipy.spatial import Delaunay

    simplices = corners[Delaunay(corners, qhull_options="Qbb Qc Qz Q12 Qx").simplices]
    sizes = np.abs(np.linalg.det(simplices[:, 1:] - simplices[:, :1]))
    chosen = chance.choice(len(simplices), size=count, p=sizes / sizes.sum())
    shares = chance.standard_exponential((count, dimension + 1))
    shares /= shares.sum(axis=1, keepdims=True)
    return np.asarray(np.einsum("nk,nkd->nd", shares, simplices[chosen]))
