"""`stratafolio sensitivity flip`: where the decision turns."""

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
    tolerance_option,
)
from .progress import watching


@click.command()
@scenario_options
@tolerance_option(0.001, "Share of the best gain that today's programmes may lose before they go.")
@solve_options
@json_option
@out_option
@debug_option
def flip(
    scenario: str,
    settings: tuple[str, ...],
    budget: float | None,
    weights: str | None,
    tolerance: float,
    gap: float,
    time_limit: float | None,
    workers: int,
    as_json: bool,
    out: Path | None,
) -> None:
    """Find the weights nearest to those of SCENARIO at which other programmes are funded.

    And for each layer, its weight from 0 to 1 with the others in proportion: where the funded set
    has to change. --gap is not needed here: --tolerance says how sure an answer is.
    """
    del gap
    problem = open_scenario(scenario, settings, budget, weights)
    claim(out, problem)
    store = open_store(out, problem, "bank.jsonl", "weights")
    from ..model.studies.weights.flip import find_flips, find_today, hold_today
    from ..model.studies.weights.sweep import open_sweep
    from ..results.weights import list_flip_tables, tabulate_flips

    with watching(f"turning {problem.name}") as tell:
        free = open_sweep(problem, tolerance, workers, time_left(time_limit), store)

        def report(done: float, total: float, what: str) -> None:
            tell(done, total, f"{what}, {free.solves} solves")

        today = find_today(free)
        flips = find_flips(free, hold_today(free, today), today, tolerance, report)
    record = tabulate_flips(problem, flips)
    from ..results.screen_weights import show_flips

    end_study(
        problem,
        record,
        list_flip_tables(record),
        lambda: show_flips(problem, record),
        out=out,
        as_json=as_json,
        tolerance=tolerance,
        time_limit=time_limit,
        workers=workers,
    )
