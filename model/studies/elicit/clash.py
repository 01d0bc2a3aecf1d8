"""Which of a person's statements cannot all be true."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from ....inputs.statements import Statement
from ...equations.curves import Array
from ...solving.matrices import INFINITE
from ...solving.program import LinearProgram
from ..weights.region import Region

MOST_SETS = 3000
"""Sets of statements looked at, the smallest first: then a set is named of which none is needless.
"""


def find_clash(region: Region, statements: Sequence[Statement]) -> tuple[int, ...]:
    """The smallest set of statements, by place, that leaves no weighting; () where all agree.

    `region`: what the statements are held against.
    """
    everything = range(len(statements))
    if _agree(region, statements, everything):
        return ()
    looked = 0
    for size in range(1, len(statements)):
        for some in itertools.combinations(everything, size):
            looked += 1
            if looked > MOST_SETS:
                return _thin_out(region, statements)
            if not _agree(region, statements, some):
                return some
    return tuple(everything)


def _thin_out(region: Region, statements: Sequence[Statement]) -> tuple[int, ...]:
    """A set that clashes, without those that it clashes without."""
    kept = list(range(len(statements)))
    for at in list(kept):
        without = [other for other in kept if other != at]
        if not _agree(region, statements, without):
            kept = without
    return tuple(kept)


def _agree(region: Region, statements: Sequence[Statement], some: Sequence[int]) -> bool:
    """Whether some of the statements leave a weighting of the region."""
    said = [*region.statements, *(statements[at] for at in some)]
    rows = [np.ones(len(region.frame.names)), *(write_row(region, own) for own in said)]
    lower = np.array([1.0] + [0.0] * len(said))
    upper = np.array([1.0, *(0.0 if own.sense == "==" else INFINITE for own in said)])
    box = np.zeros(len(region.frame.names)), np.ones(len(region.frame.names))
    program = LinearProgram(box, np.vstack(rows), (lower, upper))
    return program.minimise(np.zeros(len(region.frame.names))) is not None


def write_row(region: Region, statement: Statement) -> Array:
    """A statement over the coordinates of a region, which sum to 1: what is to be 0 or more."""
    coefficients = np.array([statement.coefficients.get(layer, 0.0) for layer in region.layers])
    row = region.frame.rows @ coefficients + statement.constant
    return np.asarray(row / max(np.abs(row).max(), 1e-9))
