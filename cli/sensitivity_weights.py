"""`stratafolio sensitivity weights`: thousands of weightings."""

from __future__ import annotations

from pathlib import Path

import click

from .ending import claim, end_study, open_store
from .options import (
    check_count,
    check_seed,
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
from .regions import region_options


@click.command()
@scenario_options
@click.option(
    "--samples",
    type=int,
    default=1000,
    show_default=True,
    callback=check_count,
    metavar="N",
    help="How many weightings are drawn.",
)
@click.option(
    "--seed",
    type=int,
    default=0,
    show_default=True,
    callback=check_seed,
    metavar="N",
    help="Which ones: the same seed draws the same.",
)
@tolerance_option(0.01, "Share of the best gain that an answer may lose.")
@click.option(
    "--around",
    metavar="LAYER=V,... | STAKEHOLDER",
    help="Draw around this weighting instead of from all there are.",
)
@click.option(
    "--spread",
    type=float,
    metavar="SHARE",
    help="How far around: this share of the weights is drawn freely (0.2 unless said).",
)
@region_options
@click.option(
    "--csv",
    "csv_folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write the samples, portfolios and instruments as CSV files.",
)
@solve_options
@json_option
@out_option
@debug_option
def weights(
    scenario: str,
    settings: tuple[str, ...],
    budget: float | None,
    weights: str | None,
    samples: int,
    seed: int,
    tolerance: float,
    around: str | None,
    spread: float | None,
    where: tuple[str, ...],
    stakeholder: str | None,
    csv_folder: Path | None,
    gap: float,
    time_limit: float | None,
    workers: int,
    as_json: bool,
    out: Path | None,
) -> None:
    """Draw weightings of SCENARIO: which programmes are funded under how many of them.

    A programme is core if it is funded under at least 99 % of them, exterior if under at most 1 %,
    and borderline between. --gap is not needed here: --tolerance says how sure an answer is.
    """
    del gap
    problem = open_scenario(scenario, settings, budget, weights)
    from ..model.studies.weights.choose_region import choose_region

    region = choose_region(
        problem, around=around, spread=spread, where=where, stakeholder=stakeholder
    )
    claim(out, problem)
    store = open_store(out, problem, "bank.jsonl", "weights")
    if csv_folder:
        from ..inputs.whole_file import check_folder

        check_folder("--csv", csv_folder)
    from ..model.studies.weights.samples import sample_weights
    from ..model.studies.weights.sweep import open_sweep
    from ..results.weights import list_sample_tables, tabulate_samples

    with watching(f"weighing {problem.name}") as tell:
        sweep = open_sweep(problem, tolerance, workers, time_left(time_limit), store)

        def report(done: int, total: int, worst: float) -> None:
            tell(done, total, f"none loses more than {worst:.1%}, {sweep.solves} solves")

        sampled = sample_weights(sweep, region, samples, seed, report)
    record = tabulate_samples(problem, sampled)
    tables = list_sample_tables(problem, sampled, record)
    if csv_folder:
        from ..results.runs.folder import write_tables
        from ..results.writers.frames import write_rows

        write_tables(csv_folder, {name: write_rows(*table) for name, table in tables.items()})
    from ..results.screen_weights import show_samples

    end_study(
        problem,
        record,
        tables,
        lambda: show_samples(problem, record),
        out=out,
        as_json=as_json,
        samples=samples,
        seed=seed,
        tolerance=tolerance,
        around=around,
        spread=spread,
        where=list(where),
        stakeholder=stakeholder,
        time_limit=time_limit,
        workers=workers,
    )
