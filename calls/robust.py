"""One plan for several futures."""

from __future__ import annotations

from typing import Literal

from ..inputs.scenario import Scenario
from ..model.work.clock import Clock
from ..model.work.fan_out import Crew
from ..model.work.store import Store
from ..results.result import Result
from .asking import keep_options
from .progress import Tell, following

Criterion = Literal["expected", "worst", "regret", "cvar"]


@keep_options()
def plan_robustly(
    scenario: Scenario,
    *,
    criterion: Criterion = "expected",
    alpha: float = 0.2,
    gap: float | None = None,
    time_limit: float | None = None,
    workers: int = 1,
    dask: str | None = None,
    progress: bool = False,
    store: Store | None = None,
    report: Tell | None = None,
) -> Result:
    """One plan now for all futures, and what each of them does once it is known.

    `criterion`: what the plan is best by: mean, smallest gain, largest regret, or the mean of the
    worst share `alpha`. `gap`: a share of the gain; 1e-4, or 1e-3 with more than 300 on/off
    decisions, without one. `time_limit` in seconds. Gains are points, regrets shares of the best
    gain. Raises InputError (for a scenario without futures too), Infeasible, SolverFailed.

    >>> import stratafolio as sf
    >>> storm = {"effects": {"labs_frontier": {"points": 1}}}
    >>> futures = {"calm": {"probability": 0.5}, "storm": {"probability": 0.5, "change": storm}}
    >>> robust = sf.plan_robustly(sf.read_scenario("textbook").change({"futures": futures}))
    >>> robust.to_frame("futures").set_index("future")["gain"].round(3).to_dict()
    {'calm': 1.736, 'storm': 1.375}
    """
    from ..model.studies.robust.robust import decide_robustly
    from ..results.studies.robust import tabulate

    with following(f"one plan for {scenario.name}", progress, report) as tell:
        crew = Crew(workers, dask, Clock(time_limit), tell, store or Store())
        robustness = decide_robustly(scenario, criterion, alpha, gap, crew)
    return Result("robust", scenario, tabulate(robustness), robustness)
