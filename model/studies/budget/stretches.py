"""Bounds over a stretch of budgets: lines above, chords below, and where they part.

Upper lines hold for every plan; a chord between two budgets lies below a concave gain. Their
difference is concave along the stretch, so its largest value is at a corner of either.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

Straight = tuple[float, float]
"""Height at budget 0 and slope: points, points per $ billion a year."""


def height(line: Straight, at: float) -> float:
    """The height of a line.

    >>> height((1.0, 2.0), 3.0)
    7.0
    """
    return line[0] + line[1] * at


def join(a: float, at_a: float, b: float, at_b: float) -> Straight:
    """The line through two points.

    >>> join(1.0, 3.0, 3.0, 7.0)
    (1.0, 2.0)
    """
    slope = (at_b - at_a) / (b - a) if b > a else 0.0
    return at_a - slope * a, slope


def lowest(lines: Sequence[Straight], at: float) -> float:
    """The lowest of some lines."""
    return min(height(line, at) for line in lines)


def highest(lines: Sequence[Straight], at: float) -> float:
    """The highest of some lines."""
    return max(height(line, at) for line in lines)


def find_corners(
    lines: Sequence[Straight], chords: Sequence[Straight], lower: float, upper: float
) -> list[float]:
    """Budgets at which either family may bend, both ends among them, in order.

    >>> find_corners([(0.0, 1.0), (2.0, 0.0)], [(0.0, 0.0)], 0.0, 5.0)
    [0.0, 2.0, 5.0]
    """
    found = {lower, upper}
    for family in (lines, chords):
        for (one, rise), (other, climb) in combinations(family, 2):
            if rise != climb:
                at = (other - one) / (rise - climb)
                if lower < at < upper:
                    found.add(at)
    return sorted(found)


def find_widest(
    lines: Sequence[Straight], chords: Sequence[Straight], lower: float, upper: float
) -> tuple[float, float]:
    """The largest height of the lowest line above the highest chord, and where it is.

    >>> find_widest([(0.0, 1.0), (2.0, 0.0)], [(0.0, 0.4)], 0.0, 5.0)
    (1.2, 2.0)
    """
    corners = find_corners(lines, chords, lower, upper)
    at = max(corners, key=lambda b: lowest(lines, b) - highest(chords, b))
    return lowest(lines, at) - highest(chords, at), at


def find_parting(
    lines: Sequence[Straight],
    chord: Straight,
    lower: float,
    upper: float,
    share: float,
    smallest: float,
) -> float:
    """The first budget from which a chord may be further behind than a share of the best gain.

    The best gain is at most the lowest line, and counted as `smallest` where it is less. Gives
    `upper` where that never happens, and `lower` where it is so from the start.

    >>> find_parting([(1.0, 1.0)], (1.0, 0.5), 0.0, 10.0, 0.1, 0.01)
    0.25
    """
    edges = [*lines]
    turn = [((smallest - one) / rise) for one, rise in edges if rise > 0]
    corners = sorted(
        {*find_corners(lines, [chord], lower, upper)} | {at for at in turn if lower < at < upper}
    )

    def excess(at: float) -> float:
        best = lowest(lines, at)
        return best - height(chord, at) - share * max(best, smallest)

    before = corners[0]
    if excess(before) > 1e-12:
        return before
    for at in corners[1:]:
        here, there = excess(before), excess(at)
        if there > 1e-12:
            return before + (at - before) * max(0.0, -here) / (there - min(here, 0.0))
        before = at
    return upper
