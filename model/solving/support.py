"""Weights under which one of several outcomes is the best."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from ..equations.curves import Array
from .live import Live
from .matrices import INFINITE, Matrices

TIED = 1e-9
"""Relative to the range: what ties with the best under some weights is the best under them."""


def find_support(gains: Array, at: int, room: float = 0.0) -> Array | None:
    """Weights under which one outcome is the best of all; None if there are none.

    The weights, which sum to 1, are those with the largest margin over the other outcomes, so that
    they lie inside the region of weights where there is one. `room`: relative to the range, what
    still counts as a tie.

    >>> find_support(np.array([[4.0, 0.0], [1.9, 1.9], [0.0, 4.0]]), 1) is None
    True
    >>> find_support(np.array([[4.0, 0.0], [3.0, 3.0], [0.0, 4.0]]), 1).tolist()
    [0.5, 0.5]
    """
    others = np.delete(gains, at, axis=0)
    count = gains.shape[1]
    if not len(others):
        return np.full(count, 1.0 / count)
    scale = np.maximum(np.ptp(gains, axis=0), 1e-12)
    ahead = (gains[at] - others) / scale
    rows = np.column_stack([ahead, -np.ones(len(ahead))])
    total = np.append(np.ones(count), 0.0)
    lower = np.append(np.zeros(count), -10.0)
    matrix = sp.csc_array(np.vstack([rows, total]))
    matrices = Matrices(lower, np.append(np.ones(count), 10.0), matrix)
    matrices.row_lower = np.append(np.zeros(len(ahead)), 1.0)
    matrices.row_upper = np.append(np.full(len(ahead), INFINITE), 1.0)
    live = Live(matrices)
    live.minimise({count: -1.0})
    answer = live.solve()
    if answer.values is None or answer.values[count] < -max(room, TIED):
        return None
    weights = np.maximum(answer.values[:count], 0.0) / scale
    return np.asarray(weights / weights.sum())
