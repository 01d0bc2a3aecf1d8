"""`stratafolio solve`: the optimal portfolio of one scenario."""

from __future__ import annotations

from pathlib import Path

import click

from .options import (
    debug_option,
    json_option,
    open_scenario,
    out_option,
    print_json,
    scenario_options,
    solve_options,
    talking,
    time_left,
)


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
    if out:
        from ..results.run_folder import claim_folder

        claim_folder(out, problem)
    from ..model.solve import solve_scenario
    from ..results.portfolio import tabulate_solution

    with talking(f"solving {problem.name}") as talk:
        solution = solve_scenario(problem, gap, time_left(time_limit), talk.tell)
    record = tabulate_solution(solution)
    if out:
        from ..results.run_folder import write_run

        options = {"command": "solve", "gap": gap, "time_limit": time_limit, "workers": workers}
        write_run(out, problem, record, options)
    if as_json:
        print_json(record)
    else:
        from ..results.screen import show_solution

        show_solution(solution)
