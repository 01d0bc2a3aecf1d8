"""Tiny scenarios for tests: a valid document, ways to spoil it, and files in every form."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

import click
import openpyxl

from stratafolio.cli.errors import run_command
from stratafolio.cli.main import stratafolio

Document = dict[str, Any]

TABLES = (
    "areas",
    "layers",
    "instruments",
    "effects",
    "interactions",
    "constraints",
    "futures",
    "stakeholders",
    "sources",
    "assumptions",
    "correlations",
)
FORMS = ("folder", "yaml", "xlsx")
"""The three forms of a scenario; `write_scenario` writes any of them."""


class Raw(str):
    """Text that goes into a file as it is, without quotes."""

    __slots__ = ()


def tiny_document() -> Document:
    """Give a valid scenario: two layers, two instruments, two years. Every call gives a new one."""
    return {
        "title": "A tiny scenario",
        "years": {"first": 2027, "last": 2028, "score_until": 2030},
        "budget": {"per_year": 2.0},
        "weights": {"frontier": 1, "diffusion": 1},
        "areas": {"energy": {"title": "Energy"}, "open_source": {"title": "Open models"}},
        "layers": {"frontier": {"us": 15, "china": 0}, "diffusion": {"us": 14, "china": 16}},
        "instruments": {
            "grid": {"area": "energy", "max_per_year": 2.0, "scale": 4.0, "spendout": [0.4, 0.6]},
            "labs": {"area": "open_source", "max_per_year": 1.0, "min_per_year": 0.2, "scale": 2.0},
        },
        "effects": {
            "grid_frontier": {"instrument": "grid", "layer": "frontier", "points": 4.0},
            "labs_diffusion": {"instrument": "labs", "layer": "diffusion", "points": 5.0},
        },
        "futures": {
            "calm": {"probability": 0.5},
            "storm": {"probability": 0.5, "change": {"effects": {"grid_frontier": {"points": 1}}}},
        },
        "stakeholders": {
            "firms": {"weights": {"frontier": 1}},
            "unions": {"statements": ["diffusion >= 2 * frontier"]},
        },
        "sources": {"report": {"title": "A report", "date": "2026"}},
    }


def put(document: Document, path: str, value: Any) -> Document:
    """Set one dotted path of a document in place, parents included; give the document."""
    *parents, last = path.split(".")
    inner = document
    for key in parents:
        inner = inner.setdefault(key, {})
    inner[last] = value
    return document


def drop(document: Document, path: str) -> Document:
    """Take one dotted path out of a document in place; give the document."""
    *parents, last = path.split(".")
    inner = document
    for key in parents:
        inner = inner[key]
    del inner[last]
    return document


def spoil(path: str, value: Any) -> Document:
    """Give the tiny document with one dotted path set."""
    return put(tiny_document(), path, value)


def write_scenario(form: str, folder: Path, document: Mapping[str, Any]) -> Path:
    """Write a document in one of the three forms into a folder; gives what to name it by."""
    folder.mkdir(parents=True, exist_ok=True)
    if form == "folder":
        return write_folder(folder / "tiny", document)
    if form == "yaml":
        file = folder / "tiny.yaml"
        file.write_text(show_yaml(document), encoding="utf-8")
        return file
    return write_workbook(folder / "tiny.xlsx", document)


def write_folder(folder: Path, document: Mapping[str, Any]) -> Path:
    """Write a folder with scenario.yaml and a CSV file for each table of figures; give it."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = dict(document)
    for table in TABLES:
        rows = document.get(table)
        if is_table(rows) and table not in ("futures", "stakeholders", "constraints"):
            write_table(folder / f"{table}.csv", rows)
            settings[table] = f"{table}.csv"
    (folder / "scenario.yaml").write_text(show_yaml(settings), encoding="utf-8")
    return folder


def is_table(rows: Any) -> TypeGuard[Mapping[str, Mapping[str, Any]]]:
    """Whether a value can stand as rows and columns."""
    return isinstance(rows, Mapping) and all(isinstance(row, Mapping) for row in rows.values())


def write_table(file: Path, rows: Mapping[str, Mapping[str, Any]]) -> None:
    """Write a mapping from id to fields as a CSV file."""
    fields = list(dict.fromkeys(field for row in rows.values() for field in row))
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["id", *fields])
        for id_, row in rows.items():
            writer.writerow([id_, *(show_cell(row.get(field)) for field in fields)])


def write_workbook(file: Path, document: Mapping[str, Any]) -> Path:
    """Write a workbook with a sheet per table and a sheet of dotted keys; give it."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "scenario"
    sheet.append(["key", "value"])
    for key, value in list_leaves(document):
        sheet.append([key, enter(value)])
    for table in TABLES:
        rows = document.get(table)
        if is_table(rows):
            fields = list(dict.fromkeys(field for row in rows.values() for field in row))
            own = book.create_sheet(table)
            own.append(["id", *fields])
            for id_, row in rows.items():
                own.append([id_, *(enter(row.get(field)) for field in fields)])
    book.save(file)
    return file


def list_leaves(document: Mapping[str, Any], above: str = "") -> list[tuple[str, Any]]:
    """Dotted keys and values of all that is no table."""
    found: list[tuple[str, Any]] = []
    for key, value in document.items():
        if not above and key in TABLES and is_table(value):
            continue
        if isinstance(value, Mapping) and value:
            found += list_leaves(value, f"{above}{key}.")
        else:
            found.append((f"{above}{key}", value))
    return found


def enter(value: Any) -> Any:
    """Give a value as a person enters it in a workbook: numbers and flags as such."""
    is_plain = isinstance(value, bool | int) and abs(value) < 1e15
    if is_plain or (isinstance(value, float) and math.isfinite(value)):
        return value
    return show_cell(value) or None


def show_cell(value: Any) -> str:
    """Give a value as the text of a cell."""
    if value is None:
        return ""
    return str(value) if isinstance(value, str) else show_leaf(value)


def show_leaf(value: Any) -> str:
    """Give a scalar or list as YAML on one line."""
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, float) and not math.isfinite(value):
        return ".nan" if math.isnan(value) else (".inf" if value > 0 else "-.inf")
    if isinstance(value, list):
        return "[" + ", ".join(show_leaf(part) for part in value) + "]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {show_leaf(part)}" for key, part in value.items()) + "}"
    return json.dumps(value, ensure_ascii=True)


def show_yaml(value: Mapping[str, Any], indent: str = "") -> str:
    """Give a document as YAML with a line for every key; keys are written as they are."""
    lines = []
    for key, inner in value.items():
        if isinstance(inner, Mapping) and inner:
            lines.append(f"{indent}{key}:\n{show_yaml(inner, indent + '  ')}")
        else:
            lines.append(f"{indent}{key}: {show_leaf(inner)}\n")
    return "".join(lines)


@dataclass(frozen=True)
class Outcome:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def error(self) -> dict[str, Any]:
        """The error object on stdout."""
        record = json.loads(self.out, parse_constant=_refuse_constant)
        assert isinstance(record, dict)
        assert list(record) == ["error"]
        error = record["error"]
        assert isinstance(error, dict)
        return error


def _refuse_constant(name: str) -> Any:
    raise AssertionError(f"{name} is not JSON")


def run(*arguments: object) -> Outcome:
    """Run the command line in this process, through the door that maps errors to exit codes."""
    return run_through(stratafolio, *arguments)


def run_through(command: click.Command, *arguments: object) -> Outcome:
    """Run one command in this process, through the same door."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run_command(command, [str(argument) for argument in arguments])
    return Outcome(code, out.getvalue(), err.getvalue())


def refuse(
    *arguments: object, says: tuple[str, ...] = (), code: int = 3, kind: str = "input"
) -> list[dict[str, str]]:
    """Assert that a command ends with a clear error, for people and as JSON; give its details.

    `says`: what the sentence must hold, whatever its case.
    """
    plain = run(*arguments)
    assert plain.code == code, (plain.code, plain.out[:500], plain.err[:1500])
    assert plain.out == ""
    check_sentence(plain.err, says)
    assert all(c.isprintable() or c in "\n\t" for c in plain.err)
    told = run(*arguments, "--json")
    assert told.code == code
    error = told.error
    assert set(error) == {"kind", "message", "details"}
    assert error["kind"] == kind
    check_sentence(error["message"], says)
    details = error["details"]
    assert isinstance(details, list)
    assert all(set(detail) == {"where", "message"} for detail in details)
    assert all(isinstance(part, str) for detail in details for part in detail.values())
    if kind in ("input", "infeasible"):
        assert details
        assert all(detail["message"] for detail in details)
    return details


def check_sentence(text: str, says: tuple[str, ...]) -> None:
    """Assert that an error reads like a sentence for people and holds what it must."""
    assert text.strip()
    assert len(text) < 4000, f"{len(text)} characters"
    for machine in (
        "Traceback",
        'File "',
        "pydantic",
        "ruamel",
        "openpyxl",
        "fault of the program",
    ):
        assert machine not in text, text[:1500]
    for part in says:
        assert part.lower() in text.lower(), f"{part!r} is not in: {text[:1500]}"
