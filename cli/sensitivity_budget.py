"""`stratafolio sensitivity budget`: the best plan as the budget moves, what to cut and to add."""

from __future__ import annotations

from pathlib import Path

import click

from .ending import claim, end_study, open_store
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


@click.command()
@scenario_options
@click.option(
    "--from", "lower", type=float, required=True, metavar="BN", help="Least $ billion a year."
)
@click.option(
    "--to", "upper", type=float, required=True, metavar="BN", help="Most $ billion a year."
)
@click.option(
    "--tolerance",
    type=float,
    default=0.001,
    show_default=True,
    metavar="SHARE",
    help="A funded set is kept while it is within this share of the best gain, proven.",
)
@solve_options
@json_option
@out_option
@debug_option
def budget(
    scenario: str,
    settings: tuple[str, ...],
    budget: float | None,
    weights: str | None,
    lower: float,
    upper: float,
    tolerance: float,
    gap: float,
    time_limit: float | None,
    workers: int,
    as_json: bool,
    out: Path | None,
) -> None:
    """How the best plan of SCENARIO moves with its yearly budget, every breakpoint found.

    The gain and the funded set between two yearly budgets; then, from today's plan, what to cut
    first and what to add first, whole programmes at a time.
    """
    problem = open_scenario(scenario, settings, budget, weights)
    from ..model.studies.budget.move import refuse_range, refuse_tolerance, study_budget

    refuse_range(lower, upper)
    refuse_tolerance(problem, tolerance)
    claim(out, problem)
    store = open_store(out, problem, "budget.jsonl", "sensitivity budget")
    from ..results.budget_range import list_budget_tables, tabulate_budget

    with watching(f"moving the budget of {problem.name}") as tell:
        found = study_budget(
            problem, lower, upper, tolerance, gap, time_left(time_limit), workers, store, tell
        )
    record = tabulate_budget(found)
    from ..results.budget_screen import show_budget

    end_study(
        problem,
        record,
        list_budget_tables(record),
        lambda: show_budget(found),
        out=out,
        as_json=as_json,
        **{"from": lower, "to": upper},
        tolerance=tolerance,
        gap=gap,
        time_limit=time_limit,
        workers=workers,
    )
