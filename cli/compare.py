"""`stratafolio compare`: scenarios, runs and plans side by side."""

from __future__ import annotations

from pathlib import Path

import click

from .contenders import read_contenders
from .ending import claim, end_study
from .options import change_options, debug_option, json_option, out_option, solve_options, time_left
from .progress import watching


@click.command()
@click.argument("items", nargs=-1, required=True, metavar="A B ...")
@change_options
@click.option(
    "--csv",
    "tables",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write the tables as CSV files.",
)
@solve_options
@json_option
@out_option
@debug_option
def compare(
    items: tuple[str, ...],
    settings: tuple[str, ...],
    budget: float | None,
    weights: str | None,
    tables: Path | None,
    gap: float,
    time_limit: float | None,
    workers: int,
    as_json: bool,
    out: Path | None,
) -> None:
    """Hold A, B and others side by side: what each does, and what it loses in the others' worlds.

    Each is a scenario, a run folder, a plan of your own (a CSV file), or a variant in quotes, with
    a label if you like: "leaner=us-2027 --budget 8". --set, --budget and --weights change every
    scenario.
    """
    contenders = read_contenders(items, settings, budget, weights)
    first = next(contender.scenario for contender in contenders if contender.is_world)
    from ..results.comparison import list_tables, tabulate_comparison

    claim(out, first)
    if tables:
        from ..inputs.whole_file import check_folder

        check_folder("--csv", tables)
    from ..model.studies.compare.compare import compare_contenders
    from ..model.work.clock import Clock

    clock = Clock(time_left(time_limit))
    with watching(f"comparing {len(contenders)} plans") as tell:
        found = compare_contenders(contenders, gap, clock, workers, tell)
    record = tabulate_comparison(found)
    if tables:
        from ..results.runs.folder import write_tables
        from ..results.writers.frames import write_rows

        write_tables(tables, {n: write_rows(*own) for n, own in list_tables(record).items()})
    from ..results.comparison_screen import show_comparison

    end_study(
        first,
        record,
        list_tables(record),
        lambda: show_comparison(record),
        out=out,
        as_json=as_json,
        items=list(items),
        gap=gap,
        time_limit=time_limit,
        workers=workers,
    )
