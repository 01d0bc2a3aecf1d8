"""Why a plan is what it is, or why there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..inputs.complaint import Complaint, InputError, suggest
from ..inputs.scenario import Scenario
from ..model.failures import Infeasible
from ..model.work.clock import Clock
from ..results.result import Result
from .asking import keep_options
from .progress import Tell, following


@keep_options()
def explain(
    scenario: Scenario,
    *,
    fund: Sequence[str] = (),
    rates: bool = False,
    gap: float = 1e-4,
    time_limit: float | None = None,
    workers: int = 1,
    progress: bool = False,
    report: Tell | None = None,
    keep: Callable[[Result], None] | None = None,
) -> Result:
    """What limits cost, why each programme is funded as it is, and what would change that.

    For a scenario without a plan, or with none that spends: which limits clash, and what could
    give. `fund`: the unfunded programmes to say that of; all without it. `rates`: also what more of
    each layer costs in the others. `gap`: a share of the gain; `time_limit` in seconds. `keep` is
    given what is known so far if the call is interrupted. Prices are points for one unit
    more. Raises InputError, SolverFailed.

    >>> import stratafolio as sf
    >>> why = sf.explain(sf.read_scenario("textbook"))
    >>> why.to_frame("instruments").set_index("id")["points"].round(2).to_dict()
    {'power': 0.97, 'labs': 0.74, 'controls': 0.17}
    """
    from ..model.studies.explain.explain import Explaining
    from ..model.studies.explain.findings import Explanation
    from ..model.studies.repair.findings import Diagnosis
    from ..model.studies.repair.repair import Repairing
    from ..results.studies.explain import tabulate

    check_programmes(fund, scenario)
    clock = Clock(time_limit)
    options = {"fund": list(fund), "rates": rates, "gap": gap, "workers": workers}
    options["time_limit"] = time_limit

    def answer(findings: Explanation | Diagnosis) -> Result:
        return Result("explain", scenario, tabulate(findings), findings, options)

    with following(f"explaining {scenario.name}", progress, report) as tell:
        study = Explaining(scenario, gap, clock, workers, fund, tell, rates)
        try:
            findings = study.run()
            if findings.solution.clash:
                idle = Repairing(scenario, gap, clock, report=tell, must_spend=True)
                return answer(idle.run())
        except Infeasible:
            return answer(Repairing(scenario, gap, clock, report=tell).run())
        except KeyboardInterrupt:
            if study.explanation is not None and keep is not None:
                keep(answer(study.explanation))
            raise
    return answer(findings)


def check_programmes(asked: Sequence[str], scenario: Scenario) -> None:
    """Raises InputError for ids that are no instruments."""
    wrong = [
        Complaint(f"--fund {id_}", f"is not an instrument; {suggest(id_, scenario.instruments)}")
        for id_ in asked
        if id_ not in scenario.instruments
    ]
    if wrong:
        raise InputError(wrong)
