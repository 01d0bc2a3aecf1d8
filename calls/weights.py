"""Questions about weights."""

from __future__ import annotations

from ..inputs.scenario import Scenario
from ..model.work.store import Store
from ..results.result import Result
from .progress import Tell, following


def find_flip(
    scenario: Scenario,
    *,
    tolerance: float = 0.001,
    time_limit: float | None = None,
    workers: int = 1,
    progress: bool = False,
    store: Store | None = None,
    report: Tell | None = None,
) -> Result:
    """The weights nearest to the scenario's at which other programmes are funded.

    And for each layer, its weight from 0 to 1 with the others in proportion. `tolerance`: the share
    of the best gain that today's programmes may lose before they go; `time_limit` in seconds.
    Raises InputError, Infeasible, SolverFailed.
    """
    from ..model.studies.weights.flip import find_flips, find_today, hold_today
    from ..model.studies.weights.sweep import open_sweep
    from ..results.studies.flip import tabulate

    with following(f"turning {scenario.name}", progress, report) as tell:
        free = open_sweep(scenario, tolerance, workers, time_limit, store or Store())

        def say(done: float, total: float, what: str) -> None:
            tell(done, total, f"{what}, {free.solves} solves")

        today = find_today(free)
        flips = find_flips(free, hold_today(free, today), today, tolerance, say)
    options = {"tolerance": tolerance, "time_limit": time_limit, "workers": workers}
    return Result("sensitivity flip", scenario, tabulate(scenario, flips), flips, options)
