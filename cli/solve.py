"""`stratafolio solve`: the optimal portfolio of one scenario."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from ..inputs.scenario import Scenario
    from ..model.failures import Infeasible

FIRST_REPAIRS = 2
"""Repairs told where a scenario turns out to have no plan."""

REPAIR_SECONDS = 30.0
"""Seconds spent on them at most."""


@click.command()
@scenario_options
@solve_options
@json_option
@out_option
@debug_option
def solve(
    scenario: str,
    settings: tuple[str, ...],
    budget: float | None,
    weights: str | None,
    gap: float,
    time_limit: float | None,
    workers: int,
    as_json: bool,
    out: Path | None,
) -> None:
    """The optimal portfolio of SCENARIO: what to spend, what it gains, and how sure that is.

    One scenario is one solve on one thread, whatever --workers says.
    """
    problem = open_scenario(scenario, settings, budget, weights)
    claim(out, problem)
    from ..model.failures import Infeasible
    from ..model.solving.solve import solve_scenario
    from ..results.portfolio import list_plan_tables, tabulate_solution

    try:
        with talking(f"solving {problem.name}") as talk:
            solution = solve_scenario(problem, gap, time_left(time_limit), talk.tell)
    except Infeasible as error:
        raise add_repairs(error, problem, gap, time_left(time_limit)) from None
    record = tabulate_solution(solution)

    def show() -> None:
        repairs = []
        if solution.clash:
            repairs = ["", *list_repairs(problem, gap, time_left(time_limit), must_spend=True)]
        show_plan(solution)
        for line in repairs:
            click.echo(line)

    end_study(
        problem,
        record,
        list_plan_tables(record),
        show,
        out=out,
        as_json=as_json,
        gap=gap,
        time_limit=time_limit,
        workers=workers,
    )


def add_repairs(error: Infeasible, problem: Scenario, gap: float, left: float | None) -> Infeasible:
    """The error with the first repairs that `explain` would tell, as far as there is time."""
    from ..model.failures import Infeasible

    repairs = list_repairs(problem, gap, left)
    return Infeasible(error.conflict, "\n".join([str(error), *repairs])) if repairs else error


def list_repairs(
    problem: Scenario, gap: float, left: float | None, must_spend: bool = False
) -> list[str]:
    """What could give, in lines, as far as there is time; none where nothing was found."""
    from ..model.failures import SolverFailed
    from ..model.studies.repair.repair import Repairing
    from ..model.work.clock import Clock
    from ..results.sentences import tell_repair

    clock = Clock(REPAIR_SECONDS if left is None else min(left, REPAIR_SECONDS))
    try:
        with talking(f"looking for repairs of {problem.name}"):
            found = Repairing(problem, gap, clock, most=FIRST_REPAIRS, must_spend=must_spend).run()
    except SolverFailed:
        return []
    if not found.repairs:
        return []
    told = [f"  - {tell_repair(problem, r)}" for r in found.repairs[:FIRST_REPAIRS]]
    return ["what could give (`stratafolio explain` has more, as patches):", *told]
