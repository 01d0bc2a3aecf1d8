"""Where a study keeps its run and its answers: a folder of its own that is claimed, or memory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

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
