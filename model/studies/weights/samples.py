"""Weightings drawn from a region, each with the best portfolio known, within the tolerance.

One draw, then one sweep: a weighting whose two bounds meet is answered by the bank.
"""

from __future__ import annotations

import numpy as np

from ...failures import SolverFailed
from .envelope import bound_regret
from .findings import Sampled
from .region import Region
from .sweep import Report, Sweep


def sample_weights(
    sweep: Sweep, region: Region, samples: int, seed: int, report: Report | None = None
) -> Sampled:
    """What is best under weightings drawn evenly from a region.

    Raises SolverFailed where the clock runs out before any plan is found.
    """
    watch = sweep.settle(region.draw(samples, seed), report)
    if not sweep.bank.portfolios:
        raise SolverFailed("no plan was found in time; allow more with --time-limit")
    numbers, chosen = np.unique(watch.best, return_inverse=True)
    return Sampled(
        weights=watch.weights,
        portfolios=tuple(sweep.bank.portfolios[number] for number in numbers.tolist()),
        chosen=chosen,
        regret=bound_regret(watch.lower, watch.upper),
        seed=seed,
        tolerance=sweep.tolerance,
        solves=sweep.solves,
        linear_solves=sweep.linear_solves,
        seconds=sweep.clock.seconds,
    )
