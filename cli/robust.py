"""`stratafolio robust`: one plan for several futures."""

from __future__ import annotations

from pathlib import Path

import click

from .ending import claim, end_study, open_store
from .options import (
    dask_option,
    debug_option,
    json_option,
    open_scenario,
    out_option,
    scenario_options,
    solve_options,
    time_left,
    typed,
)
from .progress import watching


def _check_alpha(context: click.Context, parameter: click.Parameter, value: float) -> float:
    del context, parameter
    if not 0 < value <= 1:
        from ..inputs.complaint import InputError

        raise InputError.of("--alpha", f"expected a share above 0 and at most 1, got {value:g}")
    return value


@click.command()
@scenario_options
@click.option(
    "--criterion",
    type=click.Choice(["expected", "worst", "regret", "cvar"]),
    default="expected",
    show_default=True,
    help="What the plan is best by: mean, smallest gain, largest regret, mean of the worst.",
)
@click.option(
    "--alpha",
    type=float,
    default=0.2,
    show_default=True,
    metavar="SHARE",
    callback=_check_alpha,
    help="The worst share of futures that cvar takes the mean of.",
)
@dask_option
@solve_options
@json_option
@out_option
@debug_option
def robust(
    scenario: str,
    settings: tuple[str, ...],
    budget: float | None,
    weights: str | None,
    criterion: str,
    alpha: float,
    dask: str | None,
    gap: float,
    time_limit: float | None,
    workers: int,
    as_json: bool,
    out: Path | None,
) -> None:
    """One plan now for all futures of SCENARIO, and what each of them does once it is known.

    The futures share all decisions until known_from; one without it is never
    known before the end. Workers solve each future on its own; then one joint
    model is solved, which shares what is spent before. A joint model of more than 300 on/off
    decisions is solved to a gap of 1e-3 unless --gap says otherwise.
    """
    problem = open_scenario(scenario, settings, budget, weights)
    claim(out, problem)
    from ..model.studies.robust.robust import decide_robustly
    from ..model.work.clock import Clock
    from ..model.work.fan_out import Crew
    from ..results.robust import list_tables, show_robustness, tabulate_robustness

    asked = typed("gap", gap)
    store = open_store(out, problem, "futures.jsonl", "robust")
    with watching(f"one plan for {problem.name}") as tell:
        crew = Crew(workers, dask, Clock(time_left(time_limit)), tell, store)
        found = decide_robustly(problem, criterion, alpha, asked, crew)
    record = tabulate_robustness(found)
    end_study(
        problem,
        record,
        list_tables(record),
        lambda: show_robustness(found),
        out=out,
        as_json=as_json,
        criterion=criterion,
        alpha=alpha,
        gap=asked,
        time_limit=time_limit,
        workers=workers,
        dask=dask,
    )
