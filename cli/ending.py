"""How studies begin and end: a folder is claimed, the run kept there, then told.

Nothing is printed before it is whole, and nothing is left in a folder that nothing was kept in.
"""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .output import print_json, printable

if TYPE_CHECKING:
    from ..inputs.scenario import Scenario
    from ..model.solving.solution import Solution
    from ..model.work.store import Store


def claim(out: Path | None, problem: Scenario) -> None:
    """Holds the folder of --out, if there is one, until the command ends."""
    if out:
        from ..results.runs.claim import claim_folder

        click.get_current_context().call_on_close(claim_folder(out, problem).release)


def open_store(out: Path | None, problem: Scenario, name: str, study: str) -> Store:
    """Where a study keeps its answers: a file of the run folder, or memory without --out."""
    from ..model.work.store import Store

    if not out:
        return Store()
    from ..results.runs.folder import hash_scenario

    return Store(out / name, hash_scenario(problem), study)


def end_study(
    problem: Scenario,
    record: Mapping[str, Any],
    tables: Mapping[str, Any],
    show: Callable[[], None],
    *,
    out: Path | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Writes the run folder, if there is to be one, and prints JSON or a screen.

    `options`: what was asked, as run.json keeps it beside the name of the command.
    """
    with printing_whole():
        if as_json:
            print_json(record)
        else:
            show()
        keep_run(problem, record, tables, out, **options)
    if out and not as_json:
        names = ["run.json", "scenario.yaml", *(f"{name}.csv" for name in tables)]
        click.echo(f"wrote {printable(str(out))}: {', '.join(names)}", err=True)


def keep_run(
    problem: Scenario,
    record: Mapping[str, Any],
    tables: Mapping[str, Any],
    out: Path | None,
    **options: Any,
) -> None:
    """Writes the run folder, if there is to be one."""
    if out:
        from ..results.runs.folder import write_study
        from ..results.writers.frames import write_rows

        command = click.get_current_context().command_path.partition(" ")[2]
        files = {name: write_rows(*table) for name, table in tables.items()}
        write_study(out, problem, record, {"command": command, **options}, files)


def show_plan(solution: Solution) -> None:
    """Prints a solution; the libraries of a terminal are loaded for that alone."""
    from ..results.screen import show_solution

    show_solution(solution)


class _Held(io.StringIO):
    """What is printed, held back; it looks like what it is printed to in the end."""

    def __init__(self, target: Any) -> None:
        super().__init__()
        self.target = target

    @property
    def encoding(self) -> str:  # type: ignore[override]  # StringIO has none
        return str(getattr(self.target, "encoding", None) or "utf-8")

    def isatty(self) -> bool:
        return bool(self.target.isatty())

    def fileno(self) -> int:
        return int(self.target.fileno())


@contextlib.contextmanager
def printing_whole() -> Iterator[None]:
    """Holds back what is printed until nothing can go wrong any more."""
    target = sys.stdout
    held = _Held(target)
    with contextlib.redirect_stdout(held):
        yield
    click.echo(held.getvalue(), nl=False)
