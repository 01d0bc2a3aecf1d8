"""Plans that users bring: a CSV of instrument, year and $ billion."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path

from .complaint import Complaint, InputError, suggest
from .fields import LARGEST
from .read import read_text
from .scenario import Scenario

NEEDED = ("instrument", "year", "bn")
ALSO = ("launch_bn", "outlays_bn")
"""Columns a run folder's spending.csv adds: they follow from the plan and are not read."""


def read_plan(file: Path, scenario: Scenario) -> dict[str, dict[int, float]]:
    """Authority by instrument and year of spending, $ billion; raises InputError.

    Rows of 0 may stand in any year: a run folder lists outlays of later years too.
    """
    label = file.name
    if not file.is_file():
        raise InputError.of("--plan", f"there is no file '{file}'")
    try:
        rows = list(csv.reader(io.StringIO(read_text(file, label)), strict=True))
    except csv.Error as error:
        raise InputError.of(label, f"is not readable as CSV ({error})") from None
    header = [name.strip().lower() for name in rows[0]]
    complaints = [
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
            row = dict(zip(header, (cell.strip() for cell in cells), strict=False))
            complaints += _read_row(row, f"{label} row {number}", scenario, plan)
    if complaints:
        raise InputError(complaints)
    return {id_: plan[id_] for id_ in scenario.instruments if id_ in plan}


def _read_row(
    row: dict[str, str], place: str, scenario: Scenario, plan: dict[str, dict[int, float]]
) -> list[Complaint]:
    complaints = []
    name, years = row.get("instrument", ""), scenario.years
    if name not in scenario.instruments:
        message = f"'{name}' is not an instrument; {suggest(name, scenario.instruments)}"
        complaints.append(Complaint(f"{place}, instrument", message))
    amount = _read_number(row.get("bn", ""))
    if amount is None or not 0 <= amount <= LARGEST:
        message = f"expected $ billion of 0 or more, got {row.get('bn', '')!r}"
        complaints.append(Complaint(f"{place}, bn", message))
    year = _read_number(row.get("year", ""))
    if year is None or year != int(year):
        message = f"expected a year such as {years.first}, got {row.get('year', '')!r}"
        complaints.append(Complaint(f"{place}, year", message))
    elif amount and int(year) not in years.spending:
        message = f"{int(year)} is not one of the years of spending, {years.first}..{years.last}"
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
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
