"""`stratafolio report`: a page, a workbook and charts of scenarios or runs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..calls.progress import tell_worst, watching
from .interrupts import allow_late
from .options import (
    change_options,
    check_ending,
    debug_option,
    json_option,
    open_scenario,
    solve_options,
    time_left,
)
from .output import print_json, printable

FINE, COARSE = 0.02, 0.15
"""Tolerances of the maps that a page of a scenario makes itself."""

DRAWING = {"page": 4.5, "book": 1.5, "charts": 6.0, "memo": 2.0}
"""Seconds that drawing us-2027 takes on a quiet core. Nothing interrupts it: they are set aside."""

MAPPING, LEAST_TO_MAP = 0.6, 2.0
"""Share of the time left that maps may take, as they end between solves, not within one; and the
seconds below which there is no use in beginning."""

FEW = 4
"""So many layers are mapped finely in seconds; with more it would take many minutes."""

BETWEEN = 160
"""Weightings answered beside a coarse map: their bounds prove more of any one that is asked for.

On us-2027 the median of what may be lost at weightings drawn halves, from 6 to 3 per cent.
"""

if TYPE_CHECKING:
    from ..calls.progress import Tell
    from ..inputs.scenario import Scenario
    from ..model.studies.weights.sweep import Sweep
    from ..results.runs.reported import Reported
    from ..results.sheet import Record


@click.command()
@click.argument("names", nargs=-1, metavar="[SCENARIO | RUN]...")
@click.option(
    "--out",
    "page",
    type=click.Path(path_type=Path),
    metavar="FILE.html",
    callback=check_ending(
        *(".html", ".htm"), else_="a workbook is written by --xlsx, pictures by --charts"
    ),
    help="The page: one file that fetches nothing.",
)
@click.option(
    "--xlsx",
    "book",
    type=click.Path(path_type=Path),
    metavar="FILE.xlsx",
    callback=check_ending(".xlsx", else_="a page is written by --out, pictures by --charts"),
    help="A workbook with native charts; it reads back as a scenario.",
)
@click.option(
    "--charts",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Each chart as SVG and PNG.",
)
@click.option(
    "--memo",
    type=click.Path(path_type=Path),
    metavar="FILE.md|.docx",
    callback=check_ending(".md", ".docx", else_="a page is written by --out"),
    help="A memo of one page: the question, the answer, what it rests on, what would change it.",
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
    memo: Path | None,
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
    wanted = {"page": page, "book": book, "charts": charts, "memo": memo}
    if not any(wanted.values()):
        message = "say what to write: --out FILE.html, --xlsx FILE.xlsx, --charts DIR, --memo FILE"
        raise click.UsageError(message)
    from ..results.runs.reported import number_labels
    from ..results.writers.report_files import check_targets

    check_targets(page, book, charts, memo)
    drawing = sum(DRAWING[what] for what, target in wanted.items() if target is not None)
    chosen = names or ("us-2027",)
    steps = sum(target is not None for target in wanted.values()) + len(chosen)
    with watching("report") as tell:
        several = []
        for at, name in enumerate(chosen):
            tell(at, steps, f"reading {printable(name)[:60]}")
            kept = None if settings or budget is not None or weights else read_kept(name)
            if kept is None:
                problem = open_scenario(name, settings, budget, weights)
                kept = solve_now(problem, gap, set_aside(time_limit, drawing))
                # The page answers for the weights of the first alone.
                if at == 0 and (page or charts or memo):
                    left = set_aside(time_limit, drawing)
                    kept = add_maps(kept, workers, left, tell)
            several.append(kept)
        set_aside(time_limit, drawing)
        written = write_all(number_labels(several), wanted, tell)
    if as_json:
        print_json({"written": [str(file) for file in written]})
    for file in written if not as_json else ():
        click.echo(f"wrote {printable(str(file))}", err=True)


def set_aside(limit: float | None, drawing: float) -> float | None:
    """What is left of the time limit beside what drawing takes.

    Raises SolverFailed where drawing would not end in time: it cannot be interrupted.
    """
    left = time_left(limit)
    if limit is None or left is None:
        return None
    if left + 0.5 * allow_late(limit) < drawing:
        from ..model.failures import SolverFailed

        raise SolverFailed(
            f"drawing takes about {drawing:g} s, and {left:.1f} s are left of the time limit; "
            "allow more with --time-limit"
        )
    return max(0.001, left - drawing)


def read_kept(name: str) -> Reported | None:
    """The run in a folder as it was kept, or None for a scenario."""
    from ..inputs.read import find_bundled
    from ..results.runs.reported import read_run

    return None if find_bundled(name) else read_run(Path(name))


def solve_now(problem: Scenario, gap: float, left: float | None) -> Reported:
    """A scenario with its plan."""
    from ..model.solving.solve import solve_scenario
    from ..results.runs.reported import Reported
    from ..results.studies.plan_record import tabulate as tabulate_solution

    solution = solve_scenario(problem, gap, left)
    return Reported(problem.name, problem, tabulate_solution(solution))


def add_maps(one: Reported, workers: int, left: float | None, tell: Tell) -> Reported:
    """The same with coarse maps over layers and pillars, where weights alone say what is best."""
    problem = one.scenario
    if problem.objective != "weighted" or (left is not None and left < LEAST_TO_MAP):
        return one
    from dataclasses import replace
    from math import isfinite

    from ..model.failures import SolverFailed
    from ..model.studies.weights.choose_region import choose_region, place_stakeholders
    from ..model.studies.weights.map import map_weights
    from ..model.studies.weights.sweep import open_sweep
    from ..results.runs.reported import DRAWN, FOR_PAGE
    from ..results.studies.map import tabulate

    wanted = [("sensitivity map", False, FINE if len(problem.layers) <= FEW else COARSE)]
    if len(problem.pillars) == 3:
        wanted.insert(0, ("pillar map", True, FINE))
    sweep = open_sweep(problem, FINE, workers, None if left is None else MAPPING * left)
    studies = dict(one.studies)
    for name, pillars, tolerance in wanted:

        def report(done: float, total: float, worst: float) -> None:
            tell(done, total, f"mapping weights, {tell_worst(worst)}")

        try:
            region = choose_region(problem, None, pillars)
            stands = None if pillars else place_stakeholders(problem)
            found = map_weights(sweep, region, tolerance, stands, report)
        except SolverFailed:
            continue  # no time is left for it: the page says what it holds
        if found.interrupted:
            raise KeyboardInterrupt
        if not isfinite(found.certified_regret):
            continue  # nothing is proven of it
        told = {FOR_PAGE: True, "options": {"pillars": pillars}}
        studies[name] = {**tabulate(problem, found), **told}
    if "sensitivity map" in studies and len(problem.layers) > FEW:
        tell(0, 1, "answering weightings between")
        studies[DRAWN] = answer_between(sweep)
    return replace(one, studies=studies)


def answer_between(sweep: Sweep) -> Record:
    """Portfolios and bounds of weightings that lie between those that a coarse map has answered."""
    from ..model.studies.weights.choose_region import choose_region
    from ..results.studies.map import tabulate_drawn

    scenario, bank = sweep.compiled.scenario, sweep.bank
    portfolios, cuts = len(bank.portfolios), len(bank.cuts)
    sweep.tolerance, sweep.searches = FINE, False
    sweep.settle(choose_region(scenario).draw(BETWEEN, 0))
    bounds = [(cut.weights, cut.bound) for cut in bank.cuts[cuts:]]
    return tabulate_drawn(scenario, bank.portfolios[portfolios:], bounds)


def write_all(several: list[Reported], wanted: Mapping[str, Path | None], tell: Tell) -> list[Path]:
    """Writes what was asked for; gives the files."""
    from ..inputs.whole_file import write_whole
    from ..results.writers.report_files import write_charts, write_memo_file

    page, book, charts, memo = (wanted[what] for what in ("page", "book", "charts", "memo"))
    steps = float(sum(target is not None for target in wanted.values()))
    written: list[Path] = []
    if page is not None:
        from ..results.writers.page import make_page

        tell(0, steps, "drawing the page")
        write_whole(page, make_page(several).encode())
        written.append(page)
    if book is not None:
        from ..results.writers.workbook import make_book

        tell(len(written), steps, "writing the workbook")
        write_whole(book, make_book(several))
        written.append(book)
    if charts is not None:
        tell(len(written), steps, "drawing the charts")
        written += write_charts(charts, several)
    if memo is not None:
        tell(steps - 1, steps, "writing the memo")
        written += write_memo_file(memo, several[0])
    return written
