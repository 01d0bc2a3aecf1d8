"""`stratafolio frontier`: the non-dominated outcomes over two or more layers."""

from __future__ import annotations

from pathlib import Path

import click

from .ending import claim, end_study, open_store
from .options import (
    check_ending,
    debug_option,
    json_option,
    open_scenario,
    out_option,
    scenario_options,
    solve_options,
    time_left,
)
from .progress import watching


@click.command()
@scenario_options
@click.option("--layers", required=True, metavar="A,B,...", help="Two or more layers to trade off.")
@click.option(
    "--floor",
    "floors",
    multiple=True,
    metavar="LAYER=Z",
    help="Hold a layer's outcome at Z or more (repeatable).",
)
@click.option(
    "--tolerance",
    type=float,
    default=0.01,
    show_default=True,
    metavar="SHARE",
    help="Share of each layer's range within which every outcome is covered.",
)
@click.option(
    "--csv",
    "csv",
    type=click.Path(path_type=Path),
    metavar="FILE.csv",
    callback=check_ending(".csv"),
    help="Write the points there.",
)
@solve_options
@json_option
@out_option
@debug_option
def frontier(
    scenario: str,
    settings: tuple[str, ...],
    budget: float | None,
    weights: str | None,
    layers: str,
    floors: tuple[str, ...],
    tolerance: float,
    csv: Path | None,
    gap: float,
    time_limit: float | None,
    workers: int,
    as_json: bool,
    out: Path | None,
) -> None:
    """What a lead in one layer costs in another: the outcomes of SCENARIO that nothing beats.

    All of them where spending is all-or-nothing, else points that cover them within the
    tolerance, proven. Layers that are not named are free, or held at a floor. --gap plays no part.
    """
    problem = open_scenario(scenario, settings, budget, weights)
    from ..model.studies.frontier.trace import refuse_layers, study_frontier

    names = [name.strip() for name in layers.split(",") if name.strip()]
    least = read_floors(floors)
    refuse_layers(problem, names, least, tolerance)
    if csv:
        from ..inputs.whole_file import check_file

        check_file("--csv", csv)
    claim(out, problem)
    store = open_store(out, problem, "frontier.jsonl", "frontier")
    from ..results.frontier import list_frontier_tables, tabulate_frontier

    with watching(f"trading off {len(names)} layers of {problem.name}") as tell:
        found = study_frontier(
            problem, names, least, tolerance, time_left(time_limit), workers, store, tell
        )
    record = tabulate_frontier(found)
    tables = list_frontier_tables(record)
    if csv:
        from ..inputs.whole_file import write_whole
        from ..results.writers.frames import write_rows

        write_whole(csv, write_rows(*tables["frontier"]))
    from ..results.frontier_screen import show_frontier

    end_study(
        problem,
        record,
        tables,
        lambda: show_frontier(found),
        out=out,
        as_json=as_json,
        layers=names,
        floors=least,
        tolerance=tolerance,
        gap=gap,
        time_limit=time_limit,
        workers=workers,
    )


def read_floors(texts: tuple[str, ...]) -> dict[str, float]:
    """The least outcomes that --floor names. Raises InputError with all that is wrong."""
    from ..inputs.complaint import Complaint, InputError

    found: dict[str, float] = {}
    wrong = []
    for text in texts:
        layer, _, value = text.partition("=")
        least = read_number(value)
        if least is None or layer.strip() in found:
            message = f"expected LAYER=Z, once for a layer, got '{text}'; as --floor diffusion=2"
            wrong.append(Complaint("--floor", message))
        else:
            found[layer.strip()] = least
    if wrong:
        raise InputError(wrong)
    return found


def read_number(text: str) -> float | None:
    """A number, or None for what is none."""
    try:
        return float(text)
    except ValueError:
        return None
