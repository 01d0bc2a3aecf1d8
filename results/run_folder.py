"""Run folders: what a solve keeps, so that it can be read, solved again and reported."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..inputs.complaint import InputError
from ..inputs.scenario import Scenario
from ..inputs.write import write_yaml

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
    """Makes sure that a run may be written to a folder, before anything is solved.

    Raises InputError for a file, a folder that cannot be written, one with other things in it, or
    a run of another scenario.
    """
    where = "--out"
    if folder.exists() and not folder.is_dir():
        raise InputError.of(where, f"'{folder}' is a file; name a folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".stratafolio-probe"
        probe.touch()
        probe.unlink()
        entries = [entry.name for entry in folder.iterdir()]
    except OSError as error:
        message = f"'{folder}' cannot be written ({error.strerror or error}); name another folder"
        raise InputError.of(where, message) from None
    if not entries:
        return
    if "run.json" not in entries:
        message = f"'{folder}' is not empty and holds no run; name a new or empty folder"
        raise InputError.of(where, message)
    try:
        kept = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        known = kept.get("scenario_hash") if isinstance(kept, dict) else None
    except (OSError, ValueError):
        known = None
    if known != hash_scenario(scenario):
        message = (
            f"'{folder}' holds a run of another scenario; name a new folder or delete this one"
        )
        raise InputError.of(where, message)


def write_run(
    folder: Path, scenario: Scenario, record: Mapping[str, Any], options: Mapping[str, Any]
) -> None:
    """Writes run.json, scenario.yaml and the tables; the folder is a scenario itself."""
    import pandas as pd

    write_yaml(scenario, folder / "scenario.yaml")
    columns = ["instrument", "year", "bn", "launch_bn", "outlays_bn"]
    pd.DataFrame(_spending_rows(record), columns=columns).to_csv(
        folder / "spending.csv", index=False
    )
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
    pd.DataFrame(leads).to_csv(folder / "leads.csv", index=False)
    columns = ["id", "sense", "year", "value", "limit", "slack", "binding"]
    pd.DataFrame(record["constraints"], columns=columns).to_csv(
        folder / "constraints.csv", index=False
    )
    run = {
        **record,
        "scenario_hash": hash_scenario(scenario),
        "versions": list_versions(),
        "options": dict(options),
    }
    text = json.dumps(run, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    # run.json is written last and in one step: a folder that has it is whole.
    half = folder / "run.json.part"
    half.write_text(text, encoding="utf-8")
    half.replace(folder / "run.json")


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
