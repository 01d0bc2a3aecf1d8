"""Rows of text to tables: the first row names the fields, each other is an id with its fields."""

from __future__ import annotations

import contextlib
import functools
import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from .complaint import Complaint, InputError, Path, Place, suggest
from .fields import as_text
from .patch import TABLES, Document
from .record import Record
from .yaml_text import parse_yaml

_NUMBER = re.compile(r"[-+]?[0-9]{1,15}\Z")
_DECIMAL = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))([eE][-+]?[0-9]+)?\Z")
_NUMBERS = re.compile(r"\[(?:[-+.,0-9eE\s]|\[[-+.,0-9eE\s]*\])*\]\Z")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_EXPRESSION = re.compile(r"(?![-+]?\.(?:inf|nan)|[-+]?0[xob])[-\w\s.+*/(),]+\Z", re.IGNORECASE)
_OPERATED = re.compile(r"[A-Za-z_].*[-+*/(]|[-+*/(].*[A-Za-z_]")
_SPECIAL_WORDS = frozenset({"true", "false", "null"})


def read_cell(text: str, is_text: bool, where: str) -> Any:
    """The value of a cell that is not empty: text verbatim, anything else as YAML."""
    stripped = text.strip()
    if is_text:
        return text
    if _NUMBER.match(stripped):
        return int(stripped)
    if _DECIMAL.match(stripped):
        return float(stripped)
    if _WORD.match(stripped) and stripped.lower() not in _SPECIAL_WORDS:
        return stripped
    if _NUMBERS.match(stripped):
        with contextlib.suppress(ValueError):
            return json.loads(stripped)  # a list of numbers is the same in YAML, which is slower
    if _EXPRESSION.match(stripped) and _OPERATED.search(stripped):
        return stripped  # text in YAML too, but for `- a` and `*a`, and YAML is slower
    if stripped.startswith("#"):
        return stripped  # an error of a spreadsheet, such as #N/A, and no comment of YAML
    try:
        return parse_yaml(stripped)[0]
    except InputError as error:
        raise InputError.of(where, error.complaints[0].message) from None


def text_fields(record: type[Record]) -> frozenset[str]:
    """The fields of a record whose cells are taken verbatim."""
    return verbatim_fields(record) | {"source", "unit"}


@functools.cache
def verbatim_fields(record: type[Record]) -> frozenset[str]:
    """The fields of a record that hold text."""
    return frozenset(
        name
        for name, field in record.model_fields.items()
        if any(getattr(part, "func", None) is as_text for part in field.metadata)
    )


def read_rows(
    table: str, rows: Iterable[Sequence[str]], label: str
) -> tuple[Document, dict[Path, Place]]:
    """A table as a mapping from id to fields; the first row names the fields.

    Every row that cannot be read is a complaint; they are raised together.
    """
    lines = iter(rows)
    header = read_header(next(lines, []))
    complaints = find_repeated(header, label)
    if "id" not in header:
        known = suggest("id", filter(None, header))
        complaints.append(Complaint(f"{label} row 1", f"expected a column 'id'; {known}"))
        raise InputError(complaints)
    verbatim = text_fields(TABLES[table]) | {"id"}
    document: Document = {}
    places: dict[Path, Place] = {(table,): Place(label, 1)}
    for number, cells in enumerate(lines, start=2):
        place = f"{label} row {number}"
        if not any(cell.strip() for cell in cells):
            continue
        try:
            fields = read_row(header, cells, verbatim, label, place)
        except InputError as error:
            complaints.extend(error.complaints)
            continue
        id_ = str(fields.pop("id", "")).strip()
        if not id_:
            complaints.append(Complaint(place, "has no id; give it one, or delete the row"))
        elif id_ in document:
            first = places[(table, id_)].label
            message = f"id '{id_}' is already used in {first}; ids are given once"
            complaints.append(Complaint(place, message))
        else:
            document[id_] = fields
            places[(table, id_)] = Place(place, 2)
    if complaints:
        raise InputError(complaints)
    return document, places


def read_header(cells: Sequence[str]) -> list[str]:
    """The names of the columns, without empty ones at the end.

    >>> read_header([" id", "area ", "", ""])
    ['id', 'area']
    """
    header = [name.strip() for name in cells]
    while header and not header[-1]:
        header.pop()
    return header


def find_repeated(header: Sequence[str], label: str) -> list[Complaint]:
    """A complaint for each column that is there more than once."""
    return [
        Complaint(f"{label} row 1", f"column '{name}' is there twice; keep one")
        for name, times in sorted(Counter(filter(None, header)).items())
        if times > 1
    ]


def find_surplus(header: Sequence[str], cells: Sequence[str], place: str) -> list[Complaint]:
    """A complaint if there are more filled cells than columns."""
    if not any(cell.strip() for cell in cells[len(header) :]):
        return []
    message = f"has {len(cells)} cells under {len(header)} columns; quote text with commas"
    return [Complaint(place, message)]


def read_row(
    header: Sequence[str],
    cells: Sequence[str],
    verbatim: frozenset[str],
    label: str,
    place: str,
) -> Document:
    """The filled cells of a row by column; raises InputError with all complaints.

    An empty cell is absent; one that says `null` takes away what the row extends has there.
    """
    complaints = find_surplus(header, cells, place)
    fields: Document = {}
    for at, (name, cell) in enumerate(zip(header, cells, strict=False), start=1):
        if not cell.strip():
            continue
        try:
            value = read_cell(cell, name in verbatim, f"{place}, {name}")
        except InputError as error:
            complaints.extend(error.complaints)
            continue
        if not name:
            message = f"column {at} has no name, and cells below it are filled; name or empty it"
            complaints.append(Complaint(f"{label} row 1", message))
        fields[name] = value
    if complaints:
        raise InputError(complaints)
    return fields
