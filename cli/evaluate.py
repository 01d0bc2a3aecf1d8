"""`stratafolio evaluate`: a plan the user brings, held against the best."""

from __future__ import annotations

from pathlib import Path

import click

from .ending import claim, end_study, show_plan
from .options import (
    debug_option,
    json_option,
    open_scenario,
    out_option,
    scenario_options,
    solve_options,
    time_left,
)
from .progress import talking


@click.command()
@scenario_options
@click.option(
    "--plan",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="CSV with the columns instrument, year, bn ($ billion of authority).",
)
@solve_options
@json_option
@out_option
@debug_option
def evaluate(
    scenario: str,
    settings: tuple[str, ...],
    budget: float | None,
    weights: str | None,
    plan: Path,
    gap: float,
    time_limit: float | None,
    workers: int,
    as_json: bool,
    out: Path | None,
) -> None:
    """Play a plan of your own in SCENARIO: what it gains, what it breaks, its gap to the best.

    A run folder's spending.csv is such a plan. Launch costs are added by the rules.
    """
    problem = open_scenario(scenario, settings, budget, weights)
    from ..inputs.plan import read_plan

    brought = read_plan(plan, problem)
    claim(out, problem)
    from ..model.solving.solve import evaluate_plan
    from ..results.portfolio import list_plan_tables, tabulate_solution

    with talking(f"solving {problem.name} to compare") as talk:
        solution = evaluate_plan(problem, brought, gap, time_left(time_limit), talk.tell)
    record = tabulate_solution(solution)
    end_study(
        problem,
        record,
        list_plan_tables(record),
        lambda: show_plan(solution),
        out=out,
        as_json=as_json,
        gap=gap,
        time_limit=time_limit,
        workers=workers,
    )
