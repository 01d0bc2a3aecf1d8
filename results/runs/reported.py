"""What a report is about: scenarios with their records, solved now or kept in run folders."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ...inputs.complaint import Complaint, InputError
from ...inputs.read import read_scenario
from ...inputs.scenario import Scenario
from ..questions import list_answers, name_answer
from ..sheet import Record
from .claim import is_run
from .files import RUN, settle_files
from .folder import read_record
from .record import name_record

FOR_PAGE = "made_for_page"
"""What marks a map that was made for a report alone, coarser than the command's own."""

DRAWN = "drawn weightings"
"""The study of a report alone: portfolios and bounds of weightings drawn beside a coarse map."""


@dataclass(frozen=True)
class Reported:
    """One scenario, its plan's record and the records of studies.

    `studies` are records by the name of the answer, such as `sensitivity inputs voi`. `record` is
    None where a run folder holds studies alone. `origin` says where all of it comes from, in words.
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
    if not is_run(folder):
        return None
    settle_files(folder)
    if not os.path.lexists(folder / RUN):
        message = "holds a run that was cut short; run its command with --out once more"
        raise InputError.of(str(folder), message)
    if not (folder / "scenario.yaml").is_file():
        message = f"holds {RUN} but no scenario.yaml; run its command with --out once more"
        raise InputError.of(str(folder), message)
    scenario = read_scenario(str(folder))
    studies: dict[str, Record] = {}
    complaints: list[Complaint] = []
    commands = list_answers()
    for answer in (None, *commands):
        file = folder / (RUN if answer is None else name_record(answer))
        if os.path.lexists(file):
            try:
                record = read_record(file, scenario, answer and commands[answer])
            except InputError as error:
                complaints += error.complaints
            else:
                studies.setdefault(name_answer(record), record)
    if complaints:
        raise InputError(complaints)
    plan = studies.pop("solve", None) or studies.pop("evaluate", None)
    written = (plan or next(iter(studies.values()))).get("versions") or {}
    origin = f"kept in the run folder {scenario.name}, written by version "
    origin += str(written.get("stratafolio", "unknown"))
    return Reported(scenario.name, scenario, plan, studies, origin)


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
