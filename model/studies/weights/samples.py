"""Weightings drawn from a region, each with the best portfolio known, within the tolerance.

One draw, then one sweep: a weighting whose two bounds meet is answered by the bank.
"""

from __future__ import annotations

import numpy as np

from ...failures import SolverFailed
from .envelope import ROUNDING, bound_regret
from .findings import Sampled
from .region import Region
from .sweep import Report, Sweep


def sample_weights(
    sweep: Sweep, region: Region, samples: int, seed: int, report: Report | None = None
) -> Sampled:
    """What is best under weightings drawn evenly from a region.

    What the clock has cut short is left out. Raises SolverFailed where it runs out before any
    weighting is answered.
    """
    watch = sweep.settle(region.draw(samples, seed), report)
    regret = bound_regret(watch.lower, watch.upper)
    answered = np.flatnonzero(regret <= sweep.tolerance + ROUNDING)
    if not len(answered):
        raise SolverFailed("no weighting was answered in time; allow more with --time-limit")
    numbers, chosen = np.unique(watch.best[answered], return_inverse=True)
    return Sampled(
        asked=samples,
        weights=watch.weights[answered],
        portfolios=tuple(sweep.bank.portfolios[number] for number in numbers.tolist()),
        chosen=chosen,
        regret=regret[answered],
        seed=seed,
        tolerance=sweep.tolerance,
        solves=sweep.solves,
        linear_solves=sweep.linear_solves,
        seconds=sweep.clock.seconds,
    )
