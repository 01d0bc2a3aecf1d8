"""Run folders: what a command keeps, so that it can be read, solved again and reported."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...inputs.complaint import InputError
from ...inputs.scenario import Scenario
from ...inputs.write import dump_yaml
from ...model.work.store import Store
from ..questions import name_answer
from ..sheet import Record
from .files import RUN, settle_files, write_together
from .record import AGAIN, check_record, name_record, open_record

SAME_BN = 1e-6
"""Spending that differs by less, $ billion, is the same."""

BANK = "bank.jsonl"
"""Where studies of weights keep what they have solved."""

PACKAGES = ("stratafolio", "highspy", "pyomo", "numpy", "pandas", "pydantic")


def hash_scenario(scenario: Scenario) -> str:
    """A hash of the resolved document; the order of rows counts, for it settles ties."""
    text = json.dumps(_plain(scenario.document), separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    """The value with 5 and 5.0 told alike."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number else value


def list_versions() -> dict[str, str]:
    """Versions of Python and of the packages that numbers depend on."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def open_bank(folder: Path, scenario: Scenario) -> Store:
    """What studies of weights have solved in a run folder. Raises InputError if there is nothing.

    Also for the answers of another scenario.
    """
    if not (folder / BANK).is_file():
        message = f"'{folder}' holds no {BANK}: expected the --out of a study of weights"
        raise InputError.of("bank", message)
    return Store(folder / BANK, hash_scenario(scenario), "weights")


def write_study(
    folder: Path,
    scenario: Scenario,
    record: Mapping[str, Any],
    options: Mapping[str, Any],
    tables: Mapping[str, bytes],
) -> None:
    """Writes the scenario, the tables and run.json into a folder that is held, in one step.

    `options` names the `command`, `tables` are CSV files by name. The record of another command or
    method in the same folder is kept under its name. Raises InputError where the disk does not take
    all of it.
    """
    run = {
        **record,
        "scenario_hash": hash_scenario(scenario),
        "versions": list_versions(),
        "options": dict(options),
    }
    files = {"scenario.yaml": dump_yaml(scenario.document).encode()}
    files |= {f"{name}.csv": content for name, content in tables.items()}
    before = folder / RUN
    if os.path.lexists(before):
        earlier = name_answer(open_record(before))
        if earlier != name_answer(run):
            files[name_record(earlier)] = before.read_bytes()
    files[RUN] = (json.dumps(run, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()
    write_together(folder, files)
    (folder / name_record(name_answer(run))).unlink(missing_ok=True)


def write_tables(folder: Path, tables: Mapping[str, bytes]) -> None:
    """Writes CSV files into a folder, which is made: all of them or none. Raises InputError."""
    is_new = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_together(folder, {f"{name}.csv": content for name, content in tables.items()})
    except InputError:
        if is_new:
            folder.rmdir()
        raise


def read_run(folder: Path, scenario: Scenario) -> Record:
    """The record of a whole run of a scenario. Raises InputError for one cut short or edited.

    `scenario` is what the folder's scenario.yaml says.
    """
    settle_files(folder)
    if not os.path.lexists(folder / RUN):
        message = f"holds a run that was cut short ({RUN} is missing); run the command again"
        raise InputError.of(str(folder), message)
    return read_record(folder / RUN, scenario)


def read_record(file: Path, scenario: Scenario, command: str | None = None) -> Record:
    """The record in a file of a run folder, of a scenario and, if one is named, of a command.

    Raises InputError for one that was edited, or whose scenario.yaml was.
    """
    record = open_record(file)
    if command not in (None, record["options"]["command"]):
        message = f"expected '{command}', got '{record['options']['command']}'; {AGAIN}"
        raise InputError.of(f"{file}, options.command", message)
    if record["scenario_hash"] != hash_scenario(scenario):
        message = (
            "is not of the scenario.yaml beside it, which was changed since (or edited); "
            f"{AGAIN}, or copy scenario.yaml elsewhere to take it as a scenario"
        )
        raise InputError.of(str(file), message)
    check_record(file, record, scenario)
    return record


def check_spending(folder: Path, record: Mapping[str, Any], plan: Mapping[str, Any]) -> None:
    """Raises InputError if spending.csv, read as `plan`, is not what run.json holds."""
    kept = {
        (i, int(year)): float(bn)
        for i, own in record["spending"].items()
        for year, bn in own.items()
    }
    read = {(i, year): bn for i, own in plan.items() for year, bn in own.items()}
    apart = [key for key in {*kept, *read} if abs(kept.get(key, 0) - read.get(key, 0)) > SAME_BN]
    if apart:
        instrument, year = min(apart)
        message = (
            f"spending.csv and {RUN} differ ({instrument} in {year}): one of them was edited; "
            "to compare a plan of your own, name its CSV file instead of the folder"
        )
        raise InputError.of(str(folder), message)
