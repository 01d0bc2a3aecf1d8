"""`stratafolio sensitivity inputs`: which doubtful figures matter, and at which value."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from ..inputs.scenario import Scenario
    from ..model.studies.figures.findings import FigureStudy
    from ..model.work.fan_out import Crew


@click.command()
@scenario_options
@click.option(
    "--method",
    type=click.Choice(["tornado", "breakeven", "sobol", "sample", "voi"]),
    default="tornado",
    show_default=True,
    help="One figure at a time to its ends, or until the plan flips; all at once; or what knowing "
    "one before choosing is worth.",
)
@click.option(
    "--figure",
    "figures",
    multiple=True,
    metavar="PATH",
    help="A figure to question, as assumptions.ID, effects.ID.points or group:NAME (repeatable; "
    "all with a range).",
)
@click.option(
    "--samples",
    type=click.IntRange(min=2),
    metavar="N",
    help="Joint samples (1000), or base samples of Sobol's scheme (128).",
)
@click.option(
    "--options",
    "choices",
    type=click.IntRange(min=2),
    default=20,
    show_default=True,
    metavar="N",
    help="Plans to choose among, of voi.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    metavar="N",
    help="Of the samples: the same seed gives the same ones.",
)
@dask_option
@solve_options
@json_option
@out_option
@debug_option
def inputs(
    scenario: str,
    settings: tuple[str, ...],
    budget: float | None,
    weights: str | None,
    method: str,
    figures: tuple[str, ...],
    samples: int | None,
    choices: int,
    seed: int,
    dask: str | None,
    gap: float,
    time_limit: float | None,
    workers: int,
    as_json: bool,
    out: Path | None,
) -> None:
    """Which doubtful figures of SCENARIO matter to the decision, and at which value it turns.

    A scenario of more than 100 on/off decisions is answered to a gap of 1e-3, any other to 1e-6,
    unless --gap says otherwise. Sobol takes the figures named, or the eight that matter most.
    """
    problem = open_scenario(scenario, settings, budget, weights)
    claim(out, problem)
    from ..model.work.clock import Clock
    from ..model.work.fan_out import Crew
    from ..results.inputs import list_tables, tabulate_inputs

    asked = typed("gap", gap)
    with watching(f"figures of {problem.name}") as tell:
        store = open_store(out, problem, "answers.jsonl", "sensitivity inputs")
        crew = Crew(workers, dask, Clock(time_left(time_limit)), tell, store)
        study = _study(problem, method, figures, samples, choices, seed, asked, crew)
    record = tabulate_inputs(study)
    from ..results.screen_inputs import show_inputs

    end_study(
        problem,
        record,
        list_tables(record),
        lambda: show_inputs(study),
        out=out,
        as_json=as_json,
        method=method,
        figures=list(figures),
        samples=samples,
        options=choices,
        seed=seed,
        gap=asked,
        time_limit=time_limit,
        workers=workers,
        dask=dask,
    )


def _study(
    problem: Scenario,
    method: str,
    figures: tuple[str, ...],
    samples: int | None,
    choices: int,
    seed: int,
    gap: float | None,
    crew: Crew,
) -> FigureStudy:
    if method == "tornado":
        from ..model.studies.figures.tornado import draw_tornado

        return draw_tornado(problem, figures, gap, crew)
    if method == "breakeven":
        from ..model.studies.figures.breakeven import find_break_evens

        return find_break_evens(problem, figures, gap, crew)
    if method == "sobol":
        from ..model.studies.figures.sobol import share_variance

        return share_variance(problem, figures, samples or 128, seed, gap, crew)
    if method == "voi":
        from ..model.studies.figures.voi import value_knowledge

        return value_knowledge(problem, figures, samples or 1000, choices, seed, gap, crew)
    from ..model.studies.figures.sample import draw_samples

    return draw_samples(problem, figures, samples or 1000, seed, gap, crew)
