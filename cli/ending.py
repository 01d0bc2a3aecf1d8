"""How studies begin and end: a folder is claimed, the run kept there, then told.

Nothing is printed before it is kept, and nothing is left in a folder that nothing was kept in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .output import print_json, printable

if TYPE_CHECKING:
    from ..inputs.scenario import Scenario
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
    keep_run(problem, record, tables, out, **options)
    if as_json:
        print_json(record)
    else:
        show()
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
