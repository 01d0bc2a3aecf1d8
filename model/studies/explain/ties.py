"""The range of spending of each instrument over the plans that tie with the best one."""

from __future__ import annotations

import numpy as np

from ...solving.canonical import TIE_TOLERANCE
from ...solving.matrices import INFINITE
from ...solving.resolve import OutOfTime, Resolving
from ...solving.solution import Best

WIDTH = 0.01
"""Ranges narrower than this, as a share of the most an instrument could ever get, are no ties."""

Ranges = dict[str, tuple[float, float]]


def find_ties(resolving: Resolving, base: Best) -> tuple[Ranges, bool]:
    """Least and most spending where plans differ within the gap; and whether all are looked at.

    In a large scenario the on/off decisions of the best plan are held: plans with others may tie
    too, and widen the ranges.
    """
    live, compiled = resolving.live, resolving.compiled
    is_exact = resolving.is_small and not resolving.is_staged
    rows = live.row_count
    held = compiled.decide(np.zeros(live.column_count), base.plan)
    live.free_columns(live.integers)
    if not is_exact:
        compiled.fix_decisions(held)
    for target in resolving.targets:
        gain = target.value_of(base.played, compiled.baseline)
        room = max(resolving.gap, TIE_TOLERANCE) * max(gain, 0.01)
        live.add_row(target.terms, gain - room, INFINITE)
    found: Ranges = {}
    try:
        for i in resolving.scenario.instruments:
            ends = [_find_end(resolving, i, sign) for sign in (1.0, -1.0)]
            if None in ends:
                continue
            own = base.totals[i]
            least, most = min(ends[0] or 0.0, own), max(ends[1] or 0.0, own)
            largest = resolving.scenario.instruments[i].max_per_year
            if most - least > WIDTH * largest * len(resolving.scenario.window(i)):
                found[i] = (max(least, 0.0), most)
    finally:
        live.drop_rows_from(rows)
        live.free_columns(live.integers)
    return found, is_exact


def _find_end(resolving: Resolving, instrument: str, sign: float) -> float | None:
    """The least (sign 1) or most (-1) total spending of an instrument, launch costs included."""
    if resolving.clock.is_over:
        raise OutOfTime
    live, compiled = resolving.live, resolving.compiled
    terms = {at: sign * one for at, one in compiled.count_money(instrument).items()}
    live.minimise(terms)
    if resolving.is_mixed and live.is_mixed:
        resolving.solves += 1
    else:
        resolving.linear_solves += 1
    answer = live.solve(0.0, resolving.clock.left)
    if answer.values is None:
        return None
    return float(sum(value / sign * answer.values[at] for at, value in terms.items()))
