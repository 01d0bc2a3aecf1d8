"""Plans far from some others, as further columns and rows of the plans that are good enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ...equations.curves import Array
from ...solving.extended import FurtherColumn, Row, extend
from ...solving.matrices import INFINITE, Matrices
from .near_best import KnownPlan, Money, NearBest, measure_distance

Monies = Sequence[Mapping[str, float]]
"""What each of some plans spends by instrument, $ billion."""


@dataclass(frozen=True)
class Apart:
    """The model of plans far from some others: where its further columns stand.

    `sides`: the other plan, by its number, and the instrument of each further binary, which is 1
    where the plan spends more on it than the other.
    """

    matrices: Matrices
    least: int
    sides: tuple[tuple[int, str], ...]

    def place(self, known: KnownPlan, others: Monies) -> Array:
        """The integer columns of a known plan."""
        sides = [float(known.money[i] >= others[at][i]) for at, i in self.sides]
        return np.append(known.decisions, sides)


def build_apart(
    near: NearBest,
    others: Monies,
    ranges: Mapping[str, tuple[float, float]],
    distance: float,
) -> Apart:
    """Plans by how much further than `distance` they are from each of some others, in $ billion.

    For a plan that spends Y where another spends X, the column `least` is at most the sum of
    |X - Y| less `distance` times the sum of X + Y, for each of the others: above 0 if and only if
    the plan is further from all of them. Where Y may be on either side of X, a binary says on
    which; the rows with the known ranges of Y leave just the hull of |X - Y|.
    """
    plain = near.compiled.matrices
    first = len(plain.lower)
    columns: list[FurtherColumn] = [FurtherColumn(-1e6, 1e6)]
    rows: list[Row] = list(near.rows)
    sides: list[tuple[int, str]] = []
    for number, money in enumerate(others):
        terms: Money = {first: -1.0}
        constant = -distance * sum(money.values())
        for i, spent in money.items():
            low, high = ranges[i]
            cells = near.money[i]
            for at, share in cells.items():
                terms[at] = terms.get(at, 0.0) - distance * share
            below, above = spent - low, high - spent
            if below <= 1e-9 or above <= 1e-9:
                sign = 1.0 if below <= 1e-9 else -1.0
                constant -= sign * spent
                for at, share in cells.items():
                    terms[at] = terms.get(at, 0.0) + sign * share
                continue
            part, side = first + len(columns), first + len(columns) + 1
            columns += [
                FurtherColumn(0.0, max(below, above)),
                FurtherColumn(0.0, 1.0, is_integer=True),
            ]
            sides.append((number, i))
            terms[part] = 1.0
            minus = {at: -share for at, share in cells.items()}
            rows.append(Row({part: 1.0, **minus, side: 2 * below}, -INFINITE, 2 * below - spent))
            rows.append(Row({part: 1.0, **cells, side: -2 * above}, -INFINITE, spent))
        rows.append(Row(terms, -constant, INFINITE))
    return Apart(extend(plain, columns, rows), first, tuple(sides))


def measure_nearest(known: KnownPlan, others: Monies) -> float:
    """How far a plan is from the nearest of some others."""
    return min(measure_distance(known.money, other) for other in others)


def measure_scale(others: Monies) -> float:
    """$ billion to which gaps are relative, at least 1."""
    return max(1.0, sum(others[0].values()))
