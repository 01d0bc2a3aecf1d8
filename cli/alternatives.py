"""`stratafolio alternatives`: plans nearly as good as the best, and how far they may differ."""

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
    typed,
)
from .progress import watching


@click.command()
@scenario_options
@click.option(
    "--within",
    type=float,
    default=0.01,
    show_default=True,
    metavar="SHARE",
    help="Share of the best gain that a plan may fall short by.",
)
@click.option(
    "--count",
    type=int,
    default=5,
    show_default=True,
    metavar="N",
    help="Plans to find, the best one among them.",
)
@solve_options
@json_option
@out_option
@debug_option
def alternatives(
    scenario: str,
    settings: tuple[str, ...],
    budget: float | None,
    weights: str | None,
    within: float,
    count: int,
    gap: float,
    time_limit: float | None,
    workers: int,
    as_json: bool,
    out: Path | None,
) -> None:
    """Which plans of SCENARIO are nearly as good: room to negotiate.

    For each area and instrument the least and the most spent among plans within the share of the
    best gain; then a few plans, each as far as can be from all before it.
    """
    problem = open_scenario(scenario, settings, budget, weights)
    from ..model.studies.alternatives.spread import refuse_share, study_alternatives

    refuse_share(within, count)
    claim(out, problem)
    store = open_store(out, problem, "alternatives.jsonl", "alternatives")
    from ..results.alternatives import list_alternative_tables, tabulate_alternatives

    with watching(f"looking for alternatives in {problem.name}") as tell:
        found = study_alternatives(
            problem, within, count, gap, time_left(time_limit), workers, store, tell
        )
    if found.is_exhausted and len(found.plans) < count and typed("count", count) is not None:
        from ..inputs.complaint import InputError

        there = len(found.plans)
        plans = "is only 1 plan" if there == 1 else f"are only {there} different plans"
        message = (
            f"there {plans} within {within:g} of the best gain, got {count}; ask for {there}, or "
            "widen --within"
        )
        raise InputError.of("--count", message)
    record = tabulate_alternatives(found)
    from ..results.alternatives_screen import show_alternatives

    end_study(
        problem,
        record,
        list_alternative_tables(record),
        lambda: show_alternatives(found),
        out=out,
        as_json=as_json,
        within=within,
        count=count,
        gap=gap,
        time_limit=time_limit,
        workers=workers,
    )
