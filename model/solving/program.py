"""A small linear program: rows over columns, asked for one extreme point after another."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..equations.curves import Array
from .live import Live
from .matrices import Matrices

Box = tuple[Array, Array]
"""The least and the most of every column, or of every row."""


class LinearProgram:
    """Columns in a box, rows between two sides; `rows` has the shape [rows, columns]."""

    def __init__(self, columns: Box, rows: Any, sides: Box) -> None:
        import scipy.sparse as sp

        matrices = Matrices(*columns, sp.csr_array(rows))
        matrices.row_lower, matrices.row_upper = sides
        self._live = Live(matrices)

    def minimise(self, costs: Array) -> Array | None:
        """The point with the least sum of costs; None if there is none.

        >>> box = np.zeros(2), np.ones(2)
        >>> program = LinearProgram(box, [[1.0, 1.0]], (np.array([1.0]), np.array([1.0])))
        >>> (program.minimise(np.array([1.0, 2.0])) + 0.0).tolist()
        [1.0, 0.0]
        """
        self._live.set_costs(np.asarray(costs, dtype=float))
        answer = self._live.solve()
        return answer.values if answer.status == "optimal" else None

    def prefer_primal(self) -> None:
        """Goes on from the last point when only costs change: rows are few."""
        self._live.prefer_primal()

    def add_row(self, coefficients: Array, lower: float, upper: float) -> None:
        """One row more."""
        self._live.add_row(dict(enumerate(coefficients.tolist())), lower, upper)
