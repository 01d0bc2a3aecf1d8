"""Plans that users bring: instrument (by id or title), year and amount."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from .complaint import Complaint, InputError, suggest
from .fields import LARGEST
from .file_text import read_csv
from .scenario import Scenario
from .tables import find_repeated, find_surplus, read_header

NEEDED = ("instrument", "year", "bn")
ALSO = ("launch_bn", "outlays_bn")
"""Columns a run folder's spending.csv adds: they follow from the plan and are not read."""

_NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")


def read_plan(file: Path, scenario: Scenario) -> dict[str, dict[int, float]]:
    """Authority by instrument and year of spending, $ billion; raises InputError.

    Rows of 0 may stand in any year: a run folder lists outlays of later years too.
    """
    if not file.is_file():
        raise InputError.of("--plan", f"there is no file '{file}'")
    return read_plan_rows(read_csv(file, file.name), file.name, scenario)


def read_plan_rows(
    rows: Sequence[Sequence[str]], label: str, scenario: Scenario
) -> dict[str, dict[int, float]]:
    """The same from rows of cells, headed by the names of columns. Raises InputError."""
    header = [name.lower() for name in read_header(rows[0])]
    complaints = find_repeated(header, label)
    complaints += [
        Complaint(f"{label} row 1", f"column '{name}' is missing; {suggest(name, header)}")
        for name in NEEDED
        if name not in header
    ]
    complaints += [
        Complaint(f"{label} row 1", f"column '{name}' is not known; {suggest(name, NEEDED)}")
        for name in header
        if name and name not in (*NEEDED, *ALSO)
    ]
    if complaints:
        raise InputError(complaints)
    plan: dict[str, dict[int, float]] = {}
    for number, cells in enumerate(rows[1:], start=2):
        if any(cell.strip() for cell in cells):
            place = f"{label} row {number}"
            row = dict(zip(header, (cell.strip() for cell in cells), strict=False))
            complaints += find_surplus(header, cells, place)
            complaints += _read_row(row, place, scenario, plan)
    if complaints:
        raise InputError(complaints)
    return {id_: plan[id_] for id_ in scenario.instruments if id_ in plan}


def _read_row(
    row: dict[str, str], place: str, scenario: Scenario, plan: dict[str, dict[int, float]]
) -> list[Complaint]:
    complaints = []
    name, years = row.get("instrument", ""), scenario.years
    titled = [id_ for id_, own in scenario.instruments.items() if name and own.title == name]
    if name not in scenario.instruments and len(titled) == 1:
        (name,) = titled
    if name not in scenario.instruments:
        message = f"'{name}' is not an instrument; {suggest(name, scenario.instruments)}"
        complaints.append(Complaint(f"{place}, instrument", message))
    amount = _read_number(row.get("bn", ""))
    if amount is None or amount < 0:
        message = f"expected $ billion of 0 or more, got {row.get('bn', '')!r}"
        complaints.append(Complaint(f"{place}, bn", message))
    year = _read_number(row.get("year", ""))
    if year is None or year != int(year):
        message = f"expected a year such as {years.first}, got {row.get('year', '')!r}"
        complaints.append(Complaint(f"{place}, year", message))
    elif amount and int(year) not in years.spending:
        message = f"{row['year']} is not a year of spending, {years.first}..{years.last}"
        complaints.append(Complaint(f"{place}, year", message))
    if complaints or not amount or year is None:
        return complaints
    own = plan.setdefault(name, {})
    if int(year) in own:
        message = f"'{name}' in {int(year)} is given twice; add the amounts up"
        return [Complaint(place, message)]
    own[int(year)] = amount
    return []


def _read_number(text: str) -> float | None:
    return float(text) if _NUMBER.fullmatch(text) and abs(float(text)) <= LARGEST else None
