"""`stratafolio explain`: why the plan is what it is, or why there is none."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .ending import claim, end_study, keep_run
from .options import (
    debug_option,
    json_option,
    open_scenario,
    out_option,
    scenario_options,
    solve_options,
    time_left,
)
from .progress import watching

if TYPE_CHECKING:
    from ..inputs.scenario import Scenario
    from ..model.studies.repair.findings import Diagnosis


@click.command()
@scenario_options
@click.option(
    "--fund",
    "fund",
    multiple=True,
    metavar="ID",
    help="Say what it would take to fund this one (repeatable; all unfunded without it).",
)
@solve_options
@json_option
@out_option
@debug_option
def explain(
    scenario: str,
    settings: tuple[str, ...],
    budget: float | None,
    weights: str | None,
    fund: tuple[str, ...],
    gap: float,
    time_limit: float | None,
    workers: int,
    as_json: bool,
    out: Path | None,
) -> None:
    """Why the plan of SCENARIO is what it is, and what would change it.

    What each limit costs, why each programme is funded as it is, what it would take to fund
    another, where plans tie, which figures carry the result. A scenario without a plan, or with
    none that spends: which limits clash, by how much, and what could give, each repair as a patch.
    """
    problem = open_scenario(scenario, settings, budget, weights)
    check_instruments(fund, problem)
    claim(out, problem)
    from ..model.failures import Infeasible
    from ..model.studies.explain.explain import Explaining
    from ..model.studies.explain.findings import Explanation
    from ..model.studies.repair.repair import Repairing
    from ..model.work.clock import Clock
    from ..results.explanation import tabulate_diagnosis, tabulate_explanation
    from ..results.explanation_screen import show_diagnosis, show_explanation
    from ..results.explanation_tables import list_tables

    clock = Clock(time_left(time_limit))
    options = {"fund": list(fund), "gap": gap, "time_limit": time_limit, "workers": workers}
    found: Explanation | Diagnosis
    with watching(f"explaining {problem.name}") as tell:
        study = Explaining(problem, gap, clock, workers, fund, tell)
        try:
            found = study.run()
            if found.solution.clash:
                found = Repairing(problem, gap, clock, report=tell, must_spend=True).run()
        except Infeasible:
            found = Repairing(problem, gap, clock, report=tell).run()
        except KeyboardInterrupt:
            if study.explanation is not None:
                record = tabulate_explanation(study.explanation)
                keep_run(problem, record, list_tables(record), out, **options)
            raise
    if isinstance(found, Explanation):
        record, show = tabulate_explanation(found), partial(show_explanation, found)
    else:
        record, show = tabulate_diagnosis(found), partial(show_diagnosis, found)
    end_study(problem, record, list_tables(record), show, out=out, as_json=as_json, **options)


def check_instruments(asked: tuple[str, ...], problem: Scenario) -> None:
    """Raises InputError for ids that are no instruments."""
    from ..inputs.complaint import Complaint, InputError, suggest

    wrong = [
        Complaint(f"--fund {id_}", f"is not an instrument; {suggest(id_, problem.instruments)}")
        for id_ in asked
        if id_ not in problem.instruments
    ]
    if wrong:
        raise InputError(wrong)
