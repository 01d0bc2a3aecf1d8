"""Known on/off decisions made better: one programme's years exchanged at a time.

What a moved figure asks for is mostly one programme more, one less, or other years for one. Which
one, the linear relaxation says; all else stays as it was known to be good.
"""

from __future__ import annotations

import numpy as np

from ..equations.curves import Array
from .compiled import Compiled
from .dive import choose_run, list_runs
from .matrices import Columns

MOST_EXCHANGES = 8
"""Programmes tried, a linear program each: a count, so that answers repeat."""


def list_exchanges(
    compiled: Compiled, relaxed: Array, decided: Array
) -> list[tuple[Columns, Array]]:
    """Columns of a programme's years with the run that the relaxation leads to, where it differs.

    `relaxed` and `decided` are values by column; those programmes come first that they differ about
    most.
    """
    differing = []
    for instrument, at in list_runs(compiled).items():
        run = choose_run(relaxed[at], compiled.scenario.instruments[instrument].run_years)
        if not np.array_equal(run, np.round(decided[at])):
            doubt = float(np.abs(relaxed[at] - decided[at]).sum())
            differing.append((doubt, at, run))
    differing.sort(key=lambda exchange: -exchange[0])
    return [(at, run) for _, at, run in differing[:MOST_EXCHANGES]]
