"""Scenarios in .xlsx workbooks: a sheet per table, and a sheet `scenario` of dotted keys."""

from __future__ import annotations

import io
import json
import math
import os
import zipfile
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path as FilePath
from typing import Any

# Which of two libraries it writes XML with is not to hang on what else is installed.
os.environ.setdefault("OPENPYXL_LXML", "False")

import openpyxl
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from .complaint import Complaint, InputError, Path, Place, suggest
from .draft import Draft
from .file_text import LARGEST_FILE, read_bytes
from .patch import TABLES, Document
from .scenario import Scenario
from .tables import read_cell, read_rows, text_fields

SETTINGS = "scenario"

REPORT_SHEETS = (
    *("Summary", "Verdict", "Spending", "Leads", "Limits", "Comparison"),
    *("Map", "Flip", "Stakeholders", "Elicit", "Explain", "Weights", "Budget", "Inputs"),
    *("Frontier", "Alternatives", "Robust", "Compare"),
)
"""Sheets of a report's workbook that tell of a plan: no part of the scenario beside them."""

FIGURES = "figures"
"""A report's sheet of figures by path beside what they were; what differs is a change."""

LARGEST_UNPACKED = 20 * LARGEST_FILE

LARGEST_SHEET = 1_000_000
"""Cells of the largest sheet read, empty ones among them: one cell far away makes billions."""

LONGEST_CELL = 32_767
"""Characters a cell of a workbook can hold."""


def load_workbook(file: FilePath, label: str) -> Draft:
    """A workbook as a document; raises InputError if its settings or sheets cannot be told."""
    book = open_book(file, label)
    known = [SETTINGS, FIGURES, *REPORT_SHEETS, *TABLES]
    complaints = [
        Complaint(f"{label} sheet {name}", f"is no table of a scenario; {suggest(name, known)}")
        for name in book.sheetnames
        if name not in known
    ]
    draft = Draft({}, {(): Place(label)})
    if SETTINGS not in book.sheetnames:
        message = f"has no sheet '{SETTINGS}' with dotted keys and values; its sheets are "
        complaints.insert(0, Complaint(label, message + ", ".join(book.sheetnames)[:200]))
        raise InputError(complaints)
    try:
        rows = read_sheet(book[SETTINGS], f"{label} sheet {SETTINGS}")
        draft.lay(*read_settings(rows, f"{label} sheet {SETTINGS}"))
    except InputError as error:
        complaints += error.complaints
    for table in (name for name in TABLES if name in book.sheetnames):
        sheet = f"{label} sheet {table}"
        if table in draft.document:
            where = draft.places[(table,)].label
            message = f"'{table}' has a sheet of its own; move what stands here into it"
            complaints.append(Complaint(where, message))
        try:
            draft.add_table(table, read_rows(table, read_sheet(book[table], sheet), sheet))
        except InputError as error:
            draft.lack_table(table, error.complaints)
    if FIGURES in book.sheetnames and not complaints:
        try:
            rows = read_sheet(book[FIGURES], f"{label} sheet {FIGURES}")
            draft.lay(*read_changes(rows, f"{label} sheet {FIGURES}"))
        except InputError as error:
            complaints += error.complaints
    if complaints:
        raise InputError([*complaints, *draft.complaints])
    return draft


def open_book(file: FilePath, label: str) -> Workbook:
    """The workbook in a file; raises InputError if there is none, or too much of it."""
    content = io.BytesIO(read_bytes(file, label))
    unpacked, book = 0, None
    try:
        with zipfile.ZipFile(content) as packed:
            unpacked = sum(entry.file_size for entry in packed.infolist())
        if unpacked <= LARGEST_UNPACKED:
            book = openpyxl.load_workbook(content)
    except Exception as error:  # noqa: BLE001  # a damaged workbook fails in any way it likes
        message = f"is not readable as an .xlsx workbook ({type(error).__name__})"
        raise InputError.of(label, f"{message}; save it again as .xlsx") from None
    if book is None:
        message = f"unpacks to {unpacked / 1e6:.0f} MB, more than a scenario can hold; take out "
        raise InputError.of(label, message + "what is no table of a scenario")
    return book


def read_sheet(sheet: Any, label: str) -> list[list[str]]:
    """The cells of a sheet as text, as a CSV file would hold them."""
    if not isinstance(sheet, Worksheet):
        raise InputError.of(label, "is a chart, not a table; move it to another file")
    if sheet.max_row * sheet.max_column > LARGEST_SHEET:
        last = f"{get_column_letter(sheet.max_column)}{sheet.max_row}"
        message = f"reaches as far as cell {last}; delete the rows and columns beyond the table"
        raise InputError.of(label, message)
    complaints = [
        Complaint(f"{label} cells {area}", "are merged; unmerge them and fill each cell")
        for area in sheet.merged_cells.ranges
    ]
    rows: list[list[str]] = []
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        row = []
        for cell in cells:
            if cell.data_type in ("f", "e"):
                kind = "a formula" if cell.data_type == "f" else f"the error {cell.value}"
                where = f"{label} row {number}, cell {cell.coordinate}"
                mend = "paste its value instead"
                if cell.data_type == "f":
                    mend += ", or, of assumptions, write it as text: '12 * points, without the ="
                complaints.append(Complaint(where, f"holds {kind}; {mend}"))
            row.append(show_cell(cell.value))
        rows.append(row)
    if complaints:
        raise InputError(complaints)
    return rows


def show_cell(value: Any) -> str:
    """A cell's value as text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        if not math.isfinite(value):
            return f"{value}".replace("inf", ".inf").replace("nan", ".nan")  # as YAML writes them
        return repr(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
    return str(value)


def read_settings(rows: list[list[str]], label: str) -> tuple[Document, dict[Path, Place]]:
    """Dotted keys and values as a document."""
    document: Document = {}
    places: dict[Path, Place] = {}
    complaints = []
    verbatim = text_fields(Scenario)
    for number, (key, text, *_) in enumerate(([*row, "", ""] for row in rows), start=1):
        place = Place(f"{label} row {number}")
        if not key.strip() or (number == 1 and key.strip().lower() == "key"):
            continue
        path = tuple(part.strip() for part in key.split("."))
        if path in places:
            complaints.append(Complaint(place.label, f"'{key}' is given twice; keep one"))
            continue
        if not text.strip():
            continue
        try:
            value = read_cell(text, key.strip() in verbatim, f"{place.label}, {key}")
        except InputError as error:
            complaints += error.complaints
            continue
        place_value(document, path, value)
        for length in range(1, len(path) + 1):
            places.setdefault(path[:length], place)
        places[path] = place
    if complaints:
        raise InputError(complaints)
    return document, places


def place_value(document: Document, path: Path, value: Any) -> None:
    """Puts a value at a path of a document in place, whatever stands in its way."""
    inner = document
    for part in path[:-1]:
        if not isinstance(inner.get(part), dict):
            inner[part] = {}
        inner = inner[part]
    inner[path[-1]] = value


def read_changes(rows: list[list[str]], label: str) -> tuple[Document, dict[Path, Place]]:
    """What was changed in a report's sheet of figures, as a patch with its places.

    A column such as `low` changes a figure's low end where it differs from `low as reported`.
    """
    header = [name.strip() for name in rows[0]] if rows else []
    ends = {"value": "", "low": "_low", "high": "_high"}
    needed = ["path", *ends, *(f"{name} as reported" for name in ends)]
    complaints = [
        Complaint(f"{label} row 1", f"column '{name}' is missing; put it back")
        for name in needed
        if name not in header
    ]
    if complaints:
        raise InputError(complaints)
    changes: Document = {}
    places: dict[Path, Place] = {}
    for number, cells in enumerate(rows[1:], start=2):
        row = dict(zip(header, (cell.strip() for cell in cells), strict=False))
        path = row.get("path", "")
        for name, ending in ends.items():
            now, was = row.get(name, ""), row.get(f"{name} as reported", "")
            if not path or now == was:
                continue
            is_assumption = path.startswith("assumptions.")
            steps = tuple((f"{path}.{name}" if is_assumption else f"{path}{ending}").split("."))
            value = read_cell(now, False, f"{label} row {number}, {name}") if now else None
            place_value(changes, steps, value)
            places[steps] = Place(f"{label} row {number}", len(steps))
    return changes, places


def make_workbook(scenario: Scenario) -> bytes:
    """The resolved scenario as a workbook that reads back into the same scenario.

    Raises InputError with every text that a workbook cannot hold.
    """
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    sheet = book.create_sheet(SETTINGS)
    sheet.append(["key", "value"])
    complaints: list[Complaint] = []
    for key, value in list_settings(scenario.document):
        complaints += write_row(sheet, {"key": key, key: value})
    for table in TABLES:
        rows = scenario.document.get(table) or {}
        if rows:
            fields = list(dict.fromkeys(field for row in rows.values() for field in row))
            sheet = book.create_sheet(table)
            sheet.append(["id", *fields])
            for id_, row in rows.items():
                cells = {f"{table}.{id_}.{field}": row.get(field) for field in fields}
                complaints += write_row(sheet, {f"{table}.{id_}": id_, **cells})
            sheet.freeze_panes = "B2"
    if complaints:
        raise InputError(complaints)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def list_settings(document: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Dotted keys and values of all that is not a table."""
    found: list[tuple[str, Any]] = []
    for key, value in document.items():
        if key in TABLES:
            continue
        if isinstance(value, Mapping):
            inner = list_settings(value)
            found += [(f"{key}.{below}", leaf) for below, leaf in inner]
        else:
            found.append((key, "null" if value is None else value))
    return found


def write_row(sheet: Worksheet, values: Mapping[str, Any]) -> list[Complaint]:
    """Appends a row of values by path; text that looks like a formula stays text.

    Gives a complaint for each value that a cell cannot hold.
    """
    complaints = []
    sheet.append([None] * len(values))
    for column, (path, value) in enumerate(values.items(), start=1):
        is_nested = isinstance(value, Mapping | list | tuple)
        shown = json.dumps(value, ensure_ascii=False) if is_nested else value
        if is_nested and path.endswith(".source"):
            shown = " ".join(map(str, value))
        if isinstance(shown, str) and ILLEGAL_CHARACTERS_RE.search(shown):
            message = "holds a control character, which no workbook can; take it out"
            complaints.append(Complaint(path, message))
            continue
        if isinstance(shown, str) and len(shown) > LONGEST_CELL:
            message = f"has {len(shown)} characters, and a cell holds {LONGEST_CELL}; shorten it"
            complaints.append(Complaint(path, message))
            continue
        cell = sheet.cell(row=sheet.max_row, column=column, value=shown)
        if isinstance(shown, str):
            cell.data_type = "s"
    return complaints
