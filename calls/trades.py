"""Questions about money, about plans nearly as good, and about one layer against another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..inputs.scenario import Scenario
from ..model.work.store import Store
from ..results.result import Result
from .asking import keep_options
from .progress import Tell, following


@keep_options()
def move_budget(
    scenario: Scenario,
    *,
    from_: float,
    to: float,
    tolerance: float = 0.001,
    gap: float = 1e-4,
    time_limit: float | None = None,
    workers: int = 1,
    progress: bool = False,
    store: Store | None = None,
    report: Tell | None = None,
) -> Result:
    """The best plan as the yearly budget moves; then what to cut first, and what to add first.

    `from_` and `to` in the scenario's money a year. `tolerance`: a funded set is kept while it is
    within this share of the best gain; `gap`: how closely today's plan is proven; `time_limit` in
    seconds. Gains are points. Raises InputError, Infeasible, SolverFailed.

    >>> import stratafolio as sf
    >>> moved = sf.move_budget(sf.read_scenario("textbook"), from_=3, to=6, tolerance=0.01)
    >>> moved.to_frame("intervals")[["from_bn", "to_bn", "funded"]].values.tolist()
    [[3.0, 6.0, 'power labs controls']]
    """
    from ..model.studies.budget.move import refuse_range, refuse_tolerance, study_budget
    from ..results.studies.budget import tabulate

    refuse_range(from_, to)
    refuse_tolerance(scenario, tolerance)
    with following(f"moving the budget of {scenario.name}", progress, report) as tell:
        budget = study_budget(
            scenario, from_, to, tolerance, gap, time_limit, workers, store or Store(), tell
        )
    return Result("sensitivity budget", scenario, tabulate(budget), budget)


@keep_options()
def trace_frontier(
    scenario: Scenario,
    *,
    layers: Sequence[str],
    floor: Mapping[str, float] | None = None,
    tolerance: float = 0.01,
    time_limit: float | None = None,
    workers: int = 1,
    progress: bool = False,
    store: Store | None = None,
    report: Tell | None = None,
) -> Result:
    """The outcomes over some layers that no plan beats; the other layers are free.

    All of them where spending is all-or-nothing, else points that cover them within `tolerance`, a
    share of each layer's range. `layers`: ids of two or more; `floor`: least outcomes by layer,
    points; `time_limit` in seconds. The table `frontier` has a row for each point, outcomes in
    points. Raises InputError, Infeasible, SolverFailed.

    >>> import stratafolio as sf
    >>> layers = ["frontier", "semiconductors"]
    >>> traced = sf.trace_frontier(sf.read_scenario("textbook"), layers=layers, tolerance=0.1)
    >>> frame = traced.to_frame()
    >>> frame["frontier_points"].is_monotonic_decreasing, float(frame["frontier_points"].max()) > 12
    (True, True)
    """
    from ..model.studies.frontier.trace import refuse_layers, study_frontier
    from ..results.studies.frontier import tabulate

    least = dict(floor or {})
    refuse_layers(scenario, layers, least, tolerance)
    with following(f"trading off layers of {scenario.name}", progress, report) as tell:
        frontier = study_frontier(
            scenario, layers, least, tolerance, time_limit, workers, store or Store(), tell
        )
    return Result("frontier", scenario, tabulate(frontier), frontier, {"floor": least})


MANY_PLANS = 5
"""Plans that are looked for where it is not said how many."""


@keep_options()
def list_alternatives(
    scenario: Scenario,
    *,
    within: float = 0.01,
    count: int | None = None,
    gap: float = 1e-4,
    time_limit: float | None = None,
    workers: int = 1,
    progress: bool = False,
    store: Store | None = None,
    report: Tell | None = None,
) -> Result:
    """How far spending may move within a share of the best gain, and plans that differ most.

    `count`: how many plans, the best one among them; without it up to five, as there are. `within`:
    the share of the best gain that a plan may fall short by; `gap`: how closely the best one is
    proven; `time_limit` in seconds. Spending is over all years. Raises InputError (for a `count`
    beyond the plans there are too), Infeasible, SolverFailed.

    >>> import stratafolio as sf
    >>> others = sf.list_alternatives(sf.read_scenario("textbook"), count=2)
    >>> others.to_frame("ranges").set_index("id").loc["labs", ["least_bn", "most_bn"]].tolist()
    [4.0, 4.0]
    """
    from ..inputs.complaint import InputError
    from ..model.studies.alternatives.spread import refuse_share, study_alternatives
    from ..results.studies.alternatives import tabulate

    most = MANY_PLANS if count is None else count
    refuse_share(within, most)
    with following(f"looking for alternatives in {scenario.name}", progress, report) as tell:
        alternatives = study_alternatives(
            scenario, within, most, gap, time_limit, workers, store or Store(), tell
        )
    there = len(alternatives.plans)
    if alternatives.is_exhausted and count is not None and there < count:
        plans = "is only 1 plan" if there == 1 else f"are only {there} different plans"
        message = (
            f"there {plans} within {within:g} of the best gain, got {count}; ask for {there}, or "
            "widen --within"
        )
        raise InputError.of("--count", message)
    record, asked = tabulate(alternatives), {"count": most}
    return Result("alternatives", scenario, record, alternatives, asked)
