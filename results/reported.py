"""What a report is about: scenarios with their records, solved now or kept in run folders."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ..inputs.complaint import Complaint, InputError
from ..inputs.read import read_scenario
from ..inputs.scenario import Scenario
from .portfolio import Record
from .run_folder import CLAIM, RUN, hash_scenario, list_versions, name_record

PLAN_KEYS = (
    "status score baseline_score gain bound gap gap_points steady_cost weights outcome "
    "baseline_outcome areas funded spending launch_costs outlays leads baseline_leads private_bn "
    "outputs constraints checks"
)
MAP_KEYS = "tolerance certified_regret certified_points complete layers portfolios core_index"

NEEDED: Mapping[str, tuple[str, ...]] = {
    command: tuple(keys.split())
    for command, keys in {
        "solve": PLAN_KEYS,
        "evaluate": PLAN_KEYS,
        "sensitivity weights": "samples tolerance portfolios instruments",
        "sensitivity map": MAP_KEYS,
        "sensitivity flip": "weights funded nearest proven_none_within_pp by_layer",
        "sensitivity budget": "curve intervals cut_list add_list",
        "sensitivity inputs": "method base_gain figures",
        "explain": "status",
        "compare": "scenarios gain areas funded distance regret",
        "frontier": "layers complete tolerance points",
        "alternatives": "best_gain within ranges plans",
        "robust": "criterion value first_stage futures",
    }.items()
}
"""The keys of each command's record that a report cannot do without."""


FOR_PAGE = "made_for_page"
"""What marks a map that was made for a report alone, coarser than the command's own."""


@dataclass(frozen=True)
class Reported:
    """One scenario, its plan's record and the records of studies, by command.

    `record` is None where a run folder holds studies alone. `origin` says where all of it comes
    from, in words.
    """

    label: str
    scenario: Scenario
    record: Record | None
    studies: Mapping[str, Record] = field(default_factory=dict)
    origin: str = "solved for this report"


def read_run(folder: Path) -> Reported | None:
    """A run folder as a report needs it, or None where there is none; solves nothing.

    Raises InputError for a folder that was cut short, changed, damaged or written by a version
    whose records this one cannot read.
    """
    if not folder.is_dir() or not (folder / RUN).exists():
        if folder.is_dir() and (folder / CLAIM).exists():
            message = "holds a run that was cut short; run its command with --out once more"
            raise InputError.of(str(folder), message)
        return None
    if not (folder / "scenario.yaml").is_file():
        message = f"holds {RUN} but no scenario.yaml; run its command with --out once more"
        raise InputError.of(str(folder), message)
    scenario = read_scenario(str(folder))
    own = hash_scenario(scenario)
    studies: dict[str, Record] = {}
    complaints: list[Complaint] = []
    for file in (folder / RUN, *(folder / name_record(command) for command in NEEDED)):
        if file.exists():
            try:
                command, record = read_record(file, own)
            except InputError as error:
                complaints += error.complaints
            else:
                studies.setdefault(command, record)
    if complaints:
        raise InputError(complaints)
    plan = studies.pop("solve", None) or studies.pop("evaluate", None)
    written = (plan or next(iter(studies.values()))).get("versions", {})
    origin = f"kept in the run folder {scenario.name}, written by version "
    origin += str(written.get("stratafolio", "unknown"))
    return Reported(scenario.name, scenario, plan, studies, origin)


def read_record(file: Path, own_hash: str) -> tuple[str, Record]:
    """The command and the record in a file of a run folder; raises InputError."""
    where = str(file)
    again = "run its command with --out once more"
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError.of(where, f"cannot be read ({error.strerror or error})") from None
    except ValueError:
        raise InputError.of(where, f"is no JSON; {again}") from None
    options = record.get("options") if isinstance(record, dict) else None
    command = str(options.get("command")) if isinstance(options, dict) else ""
    if command not in NEEDED:
        raise InputError.of(where, f"is no record of a command that can be reported; {again}")
    if record.get("scenario_hash") != own_hash:
        message = f"is not of the scenario.yaml beside it, which was changed since; {again}"
        raise InputError.of(where, message)
    lacking = [key for key in NEEDED[command] if key not in record]
    if command == "explain" and "repairs" not in record:
        lacking += [key for key in ("limits", "instruments") if key not in record]
    if lacking:
        theirs = (record.get("versions") or {}).get("stratafolio", "unknown")
        message = (
            f"lacks {', '.join(lacking[:5])}: it was written by version {theirs}, this is "
            f"{list_versions()['stratafolio']}; {again}"
        )
        raise InputError.of(where, message)
    return command, dict(record)


def number_labels(found: Iterable[Reported]) -> list[Reported]:
    """The same with labels that differ: a name that comes again gets `#2`."""
    seen: dict[str, int] = {}
    numbered = []
    for one in found:
        seen[one.label] = count = seen.get(one.label, 0) + 1
        numbered.append(replace(one, label=f"{one.label}#{count}" if count > 1 else one.label))
    return numbered


def plan_of(record: Mapping[str, Any]) -> dict[str, dict[int, float]]:
    """The authority of a record by instrument and year, as the evaluator plays it.

    >>> plan_of({"spending": {"grid": {"2027": 1.5}}})
    {'grid': {2027: 1.5}}
    """
    return {
        id_: {int(year): float(bn) for year, bn in years.items()}
        for id_, years in record["spending"].items()
    }
