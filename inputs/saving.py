"""Scenarios kept as files: a folder, YAML or a workbook, by the name they are given."""

from __future__ import annotations

import os
from pathlib import Path

from .complaint import InputError
from .scenario import Scenario
from .whole_file import write_whole

ENDINGS = (".xlsx", ".yaml", ".yml")


def save_scenario(scenario: Scenario, path: str | os.PathLike[str]) -> Path:
    """Writes the resolved scenario, whole or not at all, and gives the file or folder.

    A name without an ending is a folder with a scenario.yaml in it. Raises InputError.
    """
    file = Path(path)
    ending = file.suffix.lower()
    if ending == ".xlsx":
        from .workbook import make_workbook

        write_whole(file, make_workbook(scenario))
        return file
    if ending and ending not in ENDINGS and not file.is_dir():
        told = ", ".join(ENDINGS)
        message = f"expected a folder or a name ending in {told}, got '{file}'"
        raise InputError.of("path", message)
    from .write import dump_yaml

    is_folder = ending not in ENDINGS
    if is_folder:
        check_folder_is_free(file)
    target = file / "scenario.yaml" if is_folder else file
    write_whole(target, dump_yaml(scenario.document).encode())
    return file


def check_folder_is_free(folder: Path) -> None:
    """Raises InputError for a folder that holds a run, or anything but a scenario."""
    if folder.is_file():
        raise InputError.of(str(folder), "is a file; name a folder")
    if not folder.is_dir():
        return
    there = {entry.name for entry in folder.iterdir()}
    if "run.json" in there:
        message = "holds a run, which rests on its scenario.yaml; name another folder"
        raise InputError.of(str(folder), message)
    if there and "scenario.yaml" not in there:
        raise InputError.of(str(folder), "is not empty and holds no scenario; name another folder")
