"""How studies end: the run is kept where --out says so, then told to people or to programs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .output import print_json

if TYPE_CHECKING:
    from ..inputs.scenario import Scenario


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
    if out:
        from ..results.run_folder import write_study

        command = click.get_current_context().command_path.partition(" ")[2]
        write_study(out, problem, record, {"command": command, **options}, tables)
    if as_json:
        print_json(record)
    else:
        show()
