"""Where further outcomes may lie: corners of the region that no known outcome covers.

Every zone is all that is above its corner in each coordinate. A known outcome covers whatever is
no better in any; what it leaves of a zone are as many zones as there are coordinates. Zones within
others are dropped, so that the list is the least that describes the region (Klamroth, Lacour and
Vanderpooten, European Journal of Operational Research 245, 2015, on local upper bounds).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...equations.curves import Array

Flags = NDArray[np.bool_]


def split_zones(corners: Array, outcome: Array) -> Array:
    """The corners once one more outcome is known; shape [zones, coordinates].

    >>> split_zones(np.array([[0.0, 0.0]]), np.array([2.0, 3.0])).tolist()
    [[2.0, 0.0], [0.0, 3.0]]
    """
    hit = (corners < outcome).all(axis=1)
    if not hit.any():
        return corners
    kept = corners[~hit]
    children = []
    for at in range(corners.shape[1]):
        raised = corners[hit].copy()
        raised[:, at] = outcome[at]
        children.append(raised)
    found = np.unique(np.concatenate(children), axis=0)[::-1]
    return np.concatenate([kept, found[~_find_inside(found, kept)]])


def _find_inside(children: Array, kept: Array) -> Flags:
    """Which children lie within another zone."""
    inside = np.zeros(len(children), dtype=bool)
    for at, child in enumerate(children):
        others = (children <= child).all(axis=1)
        others[at] = False
        inside[at] = others.any() or bool((kept <= child).all(axis=1).any())
    return inside


def find_dominated(outcomes: Array) -> Flags:
    """Which outcomes are no better than another in any coordinate; of equal ones the later.

    >>> find_dominated(np.array([[1.0, 2.0], [2.0, 2.0], [3.0, 0.0], [3.0, 0.0]])).tolist()
    [True, False, False, True]
    """
    found = np.zeros(len(outcomes), dtype=bool)
    for at, outcome in enumerate(outcomes):
        above = (outcomes >= outcome).all(axis=1)
        equal = (outcomes == outcome).all(axis=1)
        found[at] = bool((above & ~equal).any() or equal[:at].any())
    return found


def find_step(values: Array) -> float:
    """The largest number of which all values are whole multiples; 0 if there is none to speak of.

    >>> find_step(np.array([12.0, 18.0, 0.0])), find_step(np.array([1.0, 2**0.5]))
    (6.0, 0.0)
    """
    sizes = np.unique(np.abs(values))
    sizes = sizes[sizes > 0]
    if not len(sizes):
        return 0.0
    step, rounding = 0.0, 1e-9 * float(sizes[-1])
    for size in sizes.tolist():
        one, other = max(step, size), min(step, size)
        while other > rounding:
            one, other = other, one - other * round(one / other)
            other = abs(other)
        step = one
    is_whole = np.abs(sizes / step - np.round(sizes / step)).max() <= 1e-9 * float(sizes[-1]) / step
    return float(step) if is_whole and step > 1e-4 * float(sizes[-1]) / len(sizes) else 0.0
