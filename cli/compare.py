"""`stratafolio compare`: scenarios, runs and plans side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .study import Asked, study

if TYPE_CHECKING:
    from ..results.result import Result


@study(several=True)
@click.option(
    "--csv",
    "tables",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write the tables as CSV files.",
)
def compare(asked: Asked, tables: Path | None) -> Result:
    """Hold A, B and others side by side: what each does, and what it loses in the others' worlds.

    Each is a scenario, a run folder, a plan of your own (a CSV file), or a variant in quotes, with
    a label if you like: "leaner=us-2027 --budget 8". --set, --budget and --weights change every
    scenario.
    """
    if tables:
        from ..inputs.whole_file import check_folder

        check_folder("--csv", tables)
    from ..calls.compare import compare as compare_contenders

    result = asked.ask(compare_contenders, gap=asked.gap)
    if tables:
        from ..results.runs import folder
        from ..results.writers import frames

        folder.write_tables(tables, frames.write_tables(result.sheet))
    return result
