"""`stratafolio report`: a page, a workbook and charts of scenarios or runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import (
    change_options,
    debug_option,
    json_option,
    open_scenario,
    print_json,
    printable,
    solve_options,
    time_left,
)
from .progress import watching

if TYPE_CHECKING:
    from ..results.reported import Reported
    from .progress import Tell


@click.command()
@click.argument("names", nargs=-1, metavar="[SCENARIO | RUN]...")
@click.option(
    "--out",
    "page",
    type=click.Path(path_type=Path),
    metavar="FILE.html",
    help="The page: one file that fetches nothing.",
)
@click.option(
    "--xlsx",
    "book",
    type=click.Path(path_type=Path),
    metavar="FILE.xlsx",
    help="A workbook with native charts; it reads back as a scenario.",
)
@click.option(
    "--charts",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Each chart as SVG and PNG.",
)
@change_options
@solve_options
@json_option
@debug_option
def report(
    names: tuple[str, ...],
    page: Path | None,
    book: Path | None,
    charts: Path | None,
    settings: tuple[str, ...],
    budget: float | None,
    weights: str | None,
    gap: float,
    time_limit: float | None,
    workers: int,
    as_json: bool,
) -> None:
    """One self-contained page of a scenario or a run, or of several side by side.

    A run folder is shown as it was kept, and nothing is solved. A scenario is solved first; so is
    a run folder with --set, --budget or --weights.
    """
    del workers  # until there is more than one solve to a scenario
    if page is None and book is None and charts is None:
        raise click.UsageError("say what to write: --out FILE.html, --xlsx FILE.xlsx, --charts DIR")
    from ..results.report_files import check_targets, write_charts, write_whole
    from ..results.reported import number_labels

    check_targets(page, book, charts)
    steps = sum(target is not None for target in (page, book, charts)) + len(names or ("",))
    with watching("report") as tell:
        several = []
        for at, name in enumerate(names or ("us-2027",)):
            tell(at, steps, f"reading {printable(name)[:60]}")
            changes = (settings, budget, weights)
            several.append(gather(name, changes, gap, time_limit, tell))
        reported = number_labels(several)
        done = len(several)
        written: list[Path] = []
        if page is not None:
            from ..results.page import make_page

            tell(done, steps, "drawing the page")
            write_whole(page, make_page(reported).encode())
            written.append(page)
            done += 1
        if book is not None:
            from ..results.report_book import make_book

            tell(done, steps, "writing the workbook")
            write_whole(book, make_book(reported))
            written.append(book)
            done += 1
        if charts is not None:
            tell(done, steps, "drawing the charts")
            written += write_charts(charts, reported)
    if as_json:
        print_json({"written": [str(file) for file in written]})
    for file in written if not as_json else ():
        click.echo(f"wrote {printable(str(file))}", err=True)


def gather(
    name: str,
    changes: tuple[tuple[str, ...], float | None, str | None],
    gap: float,
    time_limit: float | None,
    tell: Tell,
) -> Reported:
    """A run as it was kept, or a scenario solved now."""
    from ..inputs.read import find_bundled
    from ..results.reported import Reported, read_run

    if changes == ((), None, None) and not find_bundled(name):
        kept = read_run(Path(name))
        if kept is not None:
            return kept
    problem = open_scenario(name, *changes)
    from ..model.solve import solve_scenario
    from ..results.portfolio import tabulate_solution

    del tell
    solution = solve_scenario(problem, gap, time_left(time_limit))
    return Reported(problem.name, problem, tabulate_solution(solution))
