"""Questions about people: what stakeholders would fund, and what one person's answers lead to."""

from __future__ import annotations

from ..inputs.scenario import Scenario
from ..model.work.store import Store
from ..results.result import Result
from .progress import Tell, following


def question_stakeholders(
    scenario: Scenario,
    *,
    tolerance: float = 0.01,
    gap: float = 1e-4,
    time_limit: float | None = None,
    workers: int = 1,
    progress: bool = False,
    store: Store | None = None,
    report: Tell | None = None,
) -> Result:
    """What each stakeholder would fund by own weights and beliefs, and what they have in common.

    `tolerance`: the share of the best gain within which plans count as best over a region, and how
    closely the least regretted plan is proven; `gap`: how closely each one's own best plan is;
    `time_limit` in seconds. Raises InputError without stakeholders, Infeasible where nobody has a
    plan, SolverFailed.
    """
    from ..model.studies.stakeholders import question
    from ..results.studies.stakeholders import tabulate

    with following(f"asking the stakeholders of {scenario.name}", progress, report) as tell:
        ground = question.question_stakeholders(
            scenario, tolerance, gap, workers, time_limit, store, tell
        )
    options = {"tolerance": tolerance, "gap": gap, "time_limit": time_limit, "workers": workers}
    record = tabulate(scenario, ground)
    return Result("sensitivity stakeholders", scenario, record, ground, options)
