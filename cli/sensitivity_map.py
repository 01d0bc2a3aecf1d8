"""`stratafolio sensitivity map`: a certified map of the weightings."""

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
from .progress import tell_proven, watching
from .regions import region_options


@click.command("map")
@scenario_options
@tolerance_option(0.05, "Share of the best gain that the best listed portfolio may lose anywhere.")
@click.option("--pillars", is_flag=True, help="Move the weight of the scenario's pillars.")
@click.option(
    "--layers",
    "moving",
    metavar="A,B,...",
    help="Move the weight of these layers; the others keep theirs.",
)
@region_options
@solve_options
@json_option
@out_option
@debug_option
def command(
    scenario: str,
    settings: tuple[str, ...],
    budget: float | None,
    weights: str | None,
    tolerance: float,
    pillars: bool,
    moving: str | None,
    where: tuple[str, ...],
    stakeholder: str | None,
    gap: float,
    time_limit: float | None,
    workers: int,
    as_json: bool,
    out: Path | None,
) -> None:
    """Map the weightings of SCENARIO: a few portfolios, one of them good enough under each.

    Proven for every weighting, not for a sample. Stopped early, by --time-limit or Ctrl-C, it says
    what it has proven by then. --gap is not needed here: --tolerance takes its place.
    """
    del gap
    problem = open_scenario(scenario, settings, budget, weights)
    from ..model.studies.weights.choose_region import choose_region, place_stakeholders

    named = None if moving is None else [name.strip() for name in moving.split(",") if name.strip()]
    region = choose_region(problem, named, pillars, where=where, stakeholder=stakeholder)
    claim(out, problem)
    store = open_store(out, problem, "bank.jsonl", "weights")
    from ..model.studies.weights.map import map_weights
    from ..model.studies.weights.sweep import open_sweep
    from ..results.weights import list_map_tables, tabulate_map

    with watching(f"mapping {problem.name}") as tell:
        sweep = open_sweep(problem, tolerance, workers, time_left(time_limit), store)

        def report(done: float, total: float, worst: float) -> None:
            tell(done, total, f"{tell_proven(worst)}, {sweep.solves} solves")

        found = map_weights(sweep, region, tolerance, place_stakeholders(problem), report)
    record = tabulate_map(problem, found)
    from ..results.screen_weights import show_map

    end_study(
        problem,
        record,
        list_map_tables(record),
        lambda: show_map(problem, record),
        out=out,
        as_json=as_json,
        tolerance=tolerance,
        pillars=pillars,
        layers=named,
        where=list(where),
        stakeholder=stakeholder,
        time_limit=time_limit,
        workers=workers,
    )
    if found.interrupted:
        raise KeyboardInterrupt
