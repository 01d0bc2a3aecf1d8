"""A run folder in the hands of one command: claimed before anything is solved."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from ...inputs.complaint import InputError
from ...inputs.scenario import Scenario
from ...inputs.whole_file import list_missing, remove_empty
from ...model.work.store import read_heading
from .files import PART, READY, RUN, move_into_place, remove_hidden
from .folder import hash_scenario
from .lock import LOCK, release_lock, take_lock
from .record import open_record


@dataclass
class Claim:
    """A run folder that this process holds until it lets go of it."""

    folder: Path
    lock: int
    made: list[Path] = field(default_factory=list)

    def release(self) -> None:
        """Lets go of the folder; takes away what was made of it if nothing was kept."""
        with contextlib.suppress(OSError):
            remove_hidden(self.folder / PART)
        release_lock(self.folder, self.lock)
        remove_empty(self.made)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.release()


def claim_folder(folder: Path, scenario: Scenario) -> Claim:
    """Holds a folder for a run of a scenario, before anything is solved.

    Raises InputError for a file, a folder that cannot be written, one with other things in it, one
    that another process holds, or a run of another scenario.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError.of("--out", f"'{folder}' is a file; name a folder")
    made, claim = list_missing(folder), None
    try:
        _refuse_other_contents(folder, scenario)
        folder.mkdir(parents=True, exist_ok=True)
        claim = Claim(folder, take_lock(folder, "--out"), made)
        _refuse_other_contents(folder, scenario)  # now that nobody else may change it
        move_into_place(folder)
    except BaseException as error:
        if claim is None:
            remove_empty(made)
        else:
            claim.release()
        if not isinstance(error, OSError):
            raise
        message = f"'{folder}' cannot be written ({error.strerror or error}); name another folder"
        raise InputError.of("--out", message) from None
    return claim


def _refuse_other_contents(folder: Path, scenario: Scenario) -> None:
    """Raises InputError for a folder with other things in it than runs of a scenario."""
    if not folder.is_dir():
        return
    if all(_is_left(entry) for entry in folder.iterdir()):
        return
    try:
        known = find_scenario(folder)
    except InputError as error:
        raise InputError.of("--out", str(error)) from None
    if known is None:
        message = f"'{folder}' is not empty and holds no run; name a new or empty folder"
        raise InputError.of("--out", message)
    if known != hash_scenario(scenario):
        message = (
            f"'{folder}' holds a run of another scenario; name a new folder or delete this one"
        )
        raise InputError.of("--out", message)


def _is_left(entry: Path) -> bool:
    """Whether it is what a killed command has left before it kept anything."""
    is_store = entry.suffix == ".jsonl" and read_heading(entry) == {}
    return is_store or entry.name in (LOCK, PART)


def find_scenario(folder: Path) -> str | None:
    """The hash of the scenario that a folder holds a run of, whole or cut short.

    None where there is no sign of a run. Raises InputError where run.json is no record of one.
    """
    for file in (folder / RUN, folder / READY / RUN):
        if os.path.lexists(file):
            return str(open_record(file)["scenario_hash"])
    for file in sorted(folder.glob("*.jsonl")):
        heading = read_heading(file)
        if heading:
            return str(heading.get("scenario"))
    return None


def is_run(folder: Path) -> bool:
    """Whether a path is a folder that holds a run, whole or cut short."""
    if not folder.is_dir():
        return False
    signs = [folder / name for name in (RUN, READY, LOCK)]
    return any(os.path.lexists(sign) for sign in signs) or find_scenario(folder) is not None
