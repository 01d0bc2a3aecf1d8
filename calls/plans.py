"""Questions about one plan: the best one, and one that is brought."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..inputs.scenario import Scenario
from ..results.result import Result
from .asking import keep_options
from .progress import Tell, TellSearch, following

if TYPE_CHECKING:
    import pandas as pd

    from ..model.failures import Infeasible

FIRST_REPAIRS = 2
"""Repairs told where a scenario turns out to have no plan, or none that spends."""

REPAIR_SECONDS = 30.0
"""Seconds spent on them at most."""


@keep_options()
def solve(
    scenario: Scenario,
    *,
    gap: float = 1e-4,
    time_limit: float | None = None,
    progress: bool = False,
    report: Tell | None = None,
) -> Result:
    """The optimal portfolio of a scenario: what to spend, what it gains, and how sure that is.

    Money in the scenario's unit, gains in points, `gap` as a share of the gain, `time_limit` in
    seconds. Raises InputError; Infeasible with the limits that clash and the first repairs;
    SolverFailed where no plan was found in time.

    >>> import stratafolio as sf
    >>> best = sf.solve(sf.read_scenario("textbook"))
    >>> round(best.gain, 4), best.to_frame("areas")["bn"].tolist()
    (1.7361, [4.0, 4.0, 2.0])
    """
    from ..model.failures import Infeasible
    from ..model.solving.solve import solve_scenario
    from ..model.work.clock import Clock
    from ..results.studies.plan_record import tabulate

    clock = Clock(time_limit)
    with following(f"solving {scenario.name}", progress, report) as tell:
        try:
            solution = solve_scenario(scenario, gap, time_limit, follow_search(tell))
        except Infeasible as error:
            raise add_repairs(error, scenario, gap, clock.left, tell) from None
        record = tabulate(solution)
        if solution.clash:
            record["repairs"] = list_repairs(scenario, gap, clock.left, tell, must_spend=True)
    return Result("solve", scenario, record, solution)


@keep_options()
def evaluate(
    scenario: Scenario,
    plan: Mapping[str, Mapping[int, float]] | pd.DataFrame,
    *,
    gap: float = 1e-4,
    time_limit: float | None = None,
    progress: bool = False,
    report: Tell | None = None,
) -> Result:
    """A plan played in a scenario: what it gains, what it breaks, its gap to the best.

    `plan`: authority by instrument and year, or a DataFrame with the columns instrument, year, bn,
    or one with a row for each instrument and a column for each year; the instruments, and in a tidy
    one the years, may also be its index. `gap` and `time_limit` are those of the solve that it is
    held against. Limits that it breaks are told, not refused: the table `broken`. Raises
    InputError.

    >>> import stratafolio as sf
    >>> scenario = sf.read_scenario("textbook")
    >>> best = sf.solve(scenario)
    >>> sf.evaluate(scenario, best.tables["spending"]).gain == best.gain
    True
    """
    from ..inputs.plan import read_plan_rows
    from ..model.solving.solve import evaluate_plan
    from ..results.studies.plan_record import tabulate
    from .frames import list_plan_cells

    brought = read_plan_rows(list_plan_cells(plan), "plan", scenario)
    with following(f"solving {scenario.name} to compare", progress, report) as tell:
        solution = evaluate_plan(scenario, brought, gap, time_limit, follow_search(tell))
    record = tabulate(solution)
    return Result("evaluate", scenario, record, solution)


def follow_search(tell: Tell) -> TellSearch:
    """What a solve tells of itself, in the words of the answer."""

    def say(seconds: float, best: float | None, bound: float | None) -> None:
        del seconds
        if best is None or bound is None:
            tell(0, 0, "no plan yet")
        else:
            tell(0, 0, f"the best plan found gains {best:.4f}; no plan gains more than {bound:.4f}")

    return say


def add_repairs(
    error: Infeasible, scenario: Scenario, gap: float, left: float | None, tell: Tell
) -> Infeasible:
    """The error with the first repairs that `explain` would tell, as far as there is time."""
    from ..model.failures import Infeasible

    repairs = list_repairs(scenario, gap, left, tell)
    if not repairs:
        return error
    told = ["what could give (`stratafolio explain` has more, as patches):"]
    told += [f"  - {repair}" for repair in repairs]
    return Infeasible(error.conflict, "\n".join([str(error), *told]))


def list_repairs(
    scenario: Scenario, gap: float, left: float | None, tell: Tell, must_spend: bool = False
) -> list[str]:
    """What could give, in sentences, as far as there is time; none where nothing was found."""
    from ..model.failures import SolverFailed
    from ..model.studies.repair.repair import Repairing
    from ..model.work.clock import Clock
    from ..results.studies.sentences import tell_repair

    tell(0, 0, "looking for repairs")
    clock = Clock(REPAIR_SECONDS if left is None else min(left, REPAIR_SECONDS))
    try:
        found = Repairing(scenario, gap, clock, most=FIRST_REPAIRS, must_spend=must_spend).run()
    except SolverFailed:
        return []
    return [tell_repair(scenario, repair) for repair in found.repairs[:FIRST_REPAIRS]]
