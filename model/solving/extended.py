"""A compiled model with further columns and rows, for questions that the scenario itself lacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp

from .matrices import INFINITE, Matrices


@dataclass(frozen=True)
class FurtherColumn:
    """A further column: its box, its coefficients in rows that are there, its kind."""

    lower: float
    upper: float
    rows: Mapping[int, float] = field(default_factory=dict)
    is_integer: bool = False


@dataclass(frozen=True)
class Row:
    """A further row: coefficients by column, the further ones counted on from the last."""

    terms: Mapping[int, float]
    lower: float = -INFINITE
    upper: float = INFINITE


def extend(
    matrices: Matrices,
    columns: Sequence[FurtherColumn],
    rows: Sequence[Row] = (),
    sides: Mapping[int, tuple[float, float]] | None = None,
) -> Matrices:
    """The matrices with columns and rows added behind their own; `sides` moves rows of theirs.

    Pyomo's columns keep their places, so that plans are read as before.
    """
    own_rows, own_columns = matrices.matrix.shape
    across = _fill((own_rows, len(columns)), [column.rows for column in columns], by_row=False)
    wide = sp.hstack([sp.csc_array(matrices.matrix), across])
    below = _fill((len(rows), own_columns + len(columns)), [row.terms for row in rows], by_row=True)
    found = Matrices(
        np.append(matrices.lower, [column.lower for column in columns]),
        np.append(matrices.upper, [column.upper for column in columns]),
        sp.csc_array(sp.vstack([wide, below])),
        matrices.column_keys,
        matrices.row_keys,
    )
    further = [own_columns + at for at, column in enumerate(columns) if column.is_integer]
    found.integers = np.append(matrices.integers, further).astype(np.int32)
    found.row_lower = np.append(matrices.row_lower, [row.lower for row in rows])
    found.row_upper = np.append(matrices.row_upper, [row.upper for row in rows])
    for row, (lower, upper) in (sides or {}).items():
        found.row_lower[row], found.row_upper[row] = lower, upper
    return found


def _fill(
    shape: tuple[int, int], lines: Sequence[Mapping[int, float]], by_row: bool
) -> sp.csc_array:
    """A sparse block whose rows, or columns, are given as mappings."""
    along = [line for line, terms in enumerate(lines) for _ in terms]
    places = [place for terms in lines for place in terms]
    values = np.array([value for terms in lines for value in terms.values()], dtype=float)
    at = (along, places) if by_row else (places, along)
    return sp.csc_array(sp.coo_array((values, at), shape=shape))
