"""Run folders: what a command keeps, so that it can be read, solved again and reported."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..inputs.complaint import InputError
from ..inputs.scenario import Scenario
from ..inputs.write import write_yaml

RUN, CLAIM = "run.json", "claimed.json"
"""What a whole run has, and what one has that is under way or was cut short."""

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


def claim_folder(folder: Path, scenario: Scenario) -> None:
    """Makes sure that a run may be written to a folder, and marks it, before anything is solved.

    A run that is cut short can be taken up again, as its mark stays. Raises InputError for a file,
    a folder that cannot be written, one with other things in it, or a run of another scenario.
    """
    where = "--out"
    if folder.exists() and not folder.is_dir():
        raise InputError.of(where, f"'{folder}' is a file; name a folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".stratafolio-probe"
        probe.touch()
        probe.unlink()
        entries = {entry.name for entry in folder.iterdir()}
    except OSError as error:
        message = f"'{folder}' cannot be written ({error.strerror or error}); name another folder"
        raise InputError.of(where, message) from None
    own = hash_scenario(scenario)
    if not entries <= {CLAIM}:  # nothing is lost with a mark that nothing stands beside
        marks = [folder / name for name in (RUN, CLAIM) if name in entries]
        if not marks:
            message = f"'{folder}' is not empty and holds no run; name a new or empty folder"
            raise InputError.of(where, message)
        if _read_hash(marks[0]) != own:
            message = (
                f"'{folder}' holds a run of another scenario; name a new folder or delete this one"
            )
            raise InputError.of(where, message)
    _write_whole(folder / CLAIM, {"scenario_hash": own})


def _read_hash(file: Path) -> str | None:
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return kept.get("scenario_hash") if isinstance(kept, dict) else None


def _write_whole(file: Path, record: Mapping[str, Any]) -> None:
    """Writes a record in one step: a file that is there is whole."""
    half = file.with_name(f"{file.name}.part")
    text = json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    half.write_text(text, encoding="utf-8")
    half.replace(file)


def write_run(
    folder: Path, scenario: Scenario, record: Mapping[str, Any], options: Mapping[str, Any]
) -> None:
    """Writes what a solve or a plan brought gives; the folder is a scenario itself."""
    leads = [
        {
            "layer": layer,
            "year": year,
            "lead": lead,
            "without": record["baseline_leads"][layer][year],
        }
        for layer, by_year in record["leads"].items()
        for year, lead in by_year.items()
    ]
    spending = ["instrument", "year", "bn", "launch_bn", "outlays_bn"]
    limits = ["id", "sense", "year", "value", "limit", "slack", "binding"]
    tables = {
        "spending": (spending, _spending_rows(record)),
        "leads": (["layer", "year", "lead", "without"], leads),
        "constraints": (limits, record["constraints"]),
    }
    write_study(folder, scenario, record, options, tables)


Tables = Mapping[str, tuple[Sequence[str], Sequence[Mapping[str, Any]]]]
"""Columns and rows of each CSV file, by its name."""


def write_study(
    folder: Path,
    scenario: Scenario,
    record: Mapping[str, Any],
    options: Mapping[str, Any],
    tables: Tables,
) -> None:
    """Writes the scenario, the tables and, last and in one step, run.json.

    `options` names the `command`. The record of another command in the same folder is kept under
    that command's name.
    """
    write_yaml(scenario, folder / "scenario.yaml")
    write_tables(folder, tables)
    before = folder / RUN
    if before.exists():
        kept = json.loads(before.read_text(encoding="utf-8"))
        command = kept.get("options", {}).get("command", "solve")
        if command != options["command"]:
            before.replace(folder / name_record(command))
    run = {
        **record,
        "scenario_hash": hash_scenario(scenario),
        "versions": list_versions(),
        "options": dict(options),
    }
    _write_whole(before, run)
    (folder / name_record(options["command"])).unlink(missing_ok=True)
    (folder / CLAIM).unlink(missing_ok=True)


def write_tables(folder: Path, tables: Tables) -> None:
    """Writes CSV files, headed even where they have no rows."""
    import pandas as pd

    for name, (columns, rows) in tables.items():
        file = folder / f"{name}.csv"
        pd.DataFrame(list(rows), columns=list(columns)).to_csv(file, index=False)


def name_record(command: str) -> str:
    """The file of a command's record where run.json is another's.

    >>> name_record("sensitivity map")
    'sensitivity-map.json'
    """
    return command.replace(" ", "-") + ".json"


def _spending_rows(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows = []
    for instrument, outlays in record["outlays"].items():
        spending = record["spending"].get(instrument, {})
        launch = record["launch_costs"].get(instrument, {})
        rows += [
            {
                "instrument": instrument,
                "year": year,
                "bn": spending.get(year, 0.0),
                "launch_bn": launch.get(year, 0.0),
                "outlays_bn": outlays.get(year, 0.0),
            }
            for year in sorted({*spending, *launch, *outlays})
        ]
    return rows
