"""`stratafolio explain`: why the plan is what it is, or why there is none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .options import (
    debug_option,
    json_option,
    open_scenario,
    out_option,
    print_json,
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
    if out:
        from ..results.run_folder import claim_folder

        claim_folder(out, problem)
    from ..model.failures import Infeasible
    from ..model.studies.explain.explain import Explaining
    from ..model.studies.explain.findings import Explanation
    from ..model.studies.repair.repair import Repairing
    from ..model.work.clock import Clock
    from ..results.explanation import tabulate_diagnosis, tabulate_explanation

    clock = Clock(time_left(time_limit))
    options = {"command": "explain", "fund": list(fund), "gap": gap, "time_limit": time_limit}
    options["workers"] = workers
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
            if out and study.explanation is not None:
                keep(out, problem, tabulate_explanation(study.explanation), options)
            raise
    if isinstance(found, Explanation):
        record = tabulate_explanation(found)
    else:
        record = tabulate_diagnosis(found)
    if out:
        keep(out, problem, record, options)
    if as_json:
        print_json(record)
        return
    from ..results.explanation_screen import show_diagnosis, show_explanation

    if isinstance(found, Explanation):
        show_explanation(found)
    else:
        show_diagnosis(found)


def keep(out: Path, problem: Scenario, record: dict[str, Any], options: dict[str, Any]) -> None:
    """Writes the run with its tables."""
    from ..results.explanation_tables import list_tables
    from ..results.run_folder import write_study

    write_study(out, problem, record, options, list_tables(record))


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
