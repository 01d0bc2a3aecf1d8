"""Files to scenarios: folders with CSV tables, single YAML files, workbooks, bundled names."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path as FilePath
from typing import Any

from .build import build_scenario
from .complaint import Complaint, InputError, Path, Place, suggest
from .fields import as_text
from .patch import TABLES, Document, apply_setting, merge, nest, read_setting
from .scenario import Record, Scenario
from .yaml_text import parse_yaml

LIBRARY = FilePath(__file__).parent / "library"
DEFAULT_SCENARIO = "us-2027"

LARGEST_FILE = 10_000_000
"""Bytes of the largest file read: a scenario a hundred times the bundled one."""

_NUMBER = re.compile(r"[-+]?[0-9]{1,15}\Z")
_DECIMAL = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))([eE][-+]?[0-9]+)?\Z")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_SPECIAL_WORDS = frozenset({"true", "false", "null"})


class Draft:
    """A document on its way to a scenario, with the place of every part of it."""

    def __init__(self, document: Document, places: Mapping[Path, Place]) -> None:
        self.document = document
        self.places = dict(places)

    def patched(self, patch: Mapping[str, Any], places: Mapping[Path, Place]) -> Draft:
        """The draft with a merge patch applied, places included."""
        return Draft(dict(merge(self.document, patch)), {**self.places, **places})


def list_bundled() -> list[str]:
    """Names of the bundled scenarios, the default first."""
    names = {entry.stem for entry in LIBRARY.glob("*.yaml")}
    names |= {entry.parent.name for entry in LIBRARY.glob("*/scenario.yaml")}
    return sorted(names, key=lambda name: (name != DEFAULT_SCENARIO, name))


def find_bundled(name: str) -> FilePath | None:
    """The file of a bundled scenario, or None."""
    if not re.fullmatch(r"[A-Za-z0-9_-]+", name):
        return None
    for file in (LIBRARY / f"{name}.yaml", LIBRARY / name / "scenario.yaml"):
        if file.is_file():
            return file
    return None


def find_file(reference: str, relative_to: FilePath | None, where: str) -> FilePath:
    """The file behind a bundled name or a path; raises InputError if there is none."""
    bundled = find_bundled(reference)
    if bundled:
        return bundled
    path = (relative_to or FilePath()) / reference
    try:
        if path.is_dir():
            for name in ("scenario.yaml", "scenario.yml"):
                if (path / name).is_file():
                    return path / name
            raise InputError.of(where, f"the folder {reference!r} has no scenario.yaml in it")
        if path.is_file():
            return path
    except (OSError, ValueError) as error:
        raise InputError.of(where, f"{reference[:80]!r} cannot be looked up ({error})") from None
    names = list_bundled()
    raise InputError.of(
        where,
        f"there is no file, folder or bundled scenario {reference[:200]!r}; "
        + suggest(reference, names).replace("known are", "bundled are"),
    )


def name_scenario(file: FilePath) -> str:
    """What a scenario is called: its folder's name, or its file's without the ending."""
    if file.stem == "scenario" and file.suffix in (".yaml", ".yml"):
        return file.resolve().parent.name or "scenario"
    return file.stem


def read_bytes(file: FilePath, label: str) -> bytes:
    """The content of a file of reasonable size; raises InputError."""
    try:
        size = file.stat().st_size
        if size > LARGEST_FILE:
            message = (
                f"{size / 1e6:.0f} MB is too large; at most {LARGEST_FILE / 1e6:.0f} MB is read"
            )
            raise InputError.of(label, message)
        return file.read_bytes()
    except OSError as error:
        raise InputError.of(label, f"cannot be read ({error.strerror or error})") from None


def read_text(file: FilePath, label: str) -> str:
    """The text of a UTF-8 file; raises InputError."""
    raw = read_bytes(file, label)
    if b"\x00" in raw:
        raise InputError.of(label, "is a binary file; expected text in UTF-8")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        message = f"line {line} is not UTF-8; save the file with that encoding"
        raise InputError.of(label, message) from None
    if not text.strip():
        raise InputError.of(
            label, "is empty; `stratafolio scenario new DIR` writes one to start from"
        )
    return text


def read_cell(text: str, is_text: bool, where: str) -> Any:
    """The value of a table's cell: text verbatim, anything else as YAML; None if empty."""
    stripped = text.strip()
    if not stripped:
        return None
    if is_text:
        return text
    if _NUMBER.match(stripped):
        return int(stripped)
    if _DECIMAL.match(stripped):
        return float(stripped)
    if _WORD.match(stripped) and stripped.lower() not in _SPECIAL_WORDS:
        return stripped
    try:
        return parse_yaml(stripped)[0]
    except InputError as error:
        raise InputError.of(where, error.complaints[0].message) from None


def text_fields(record: type[Record]) -> frozenset[str]:
    """The fields of a record whose cells are taken verbatim."""
    return frozenset(
        name
        for name, field in record.model_fields.items()
        if any(getattr(part, "func", None) is as_text for part in field.metadata)
    ) | {"source", "unit"}


def read_rows(
    table: str, rows: Iterable[Sequence[str]], label: str
) -> tuple[Document, dict[Path, Place]]:
    """A table as a mapping from id to fields; the first row names the fields.

    Every row that cannot be read is a complaint; they are raised together.
    """
    lines = iter(rows)
    header = [name.strip() for name in next(lines, [])]
    while header and not header[-1]:
        header.pop()
    complaints = [
        Complaint(f"{label} row 1", f"column '{name}' is there twice; keep one")
        for name in sorted({name for name in header if name and header.count(name) > 1})
    ]
    if "id" not in header:
        known = suggest("id", header)
        raise InputError.of(f"{label} row 1", f"expected a column 'id'; {known}")
    verbatim = text_fields(TABLES[table])
    document: Document = {}
    places: dict[Path, Place] = {(table,): Place(label, 1)}
    for number, cells in enumerate(lines, start=2):
        place = f"{label} row {number}"
        if not any(cell.strip() for cell in cells):
            continue
        if any(cell.strip() for cell in cells[len(header) :]):
            message = f"has {len(cells)} cells under {len(header)} columns; quote text with commas"
            complaints.append(Complaint(place, message))
            continue
        fields: Document = {}
        for name, cell in zip(header, cells, strict=False):
            try:
                value = read_cell(cell, name in verbatim or name == "id", f"{place}, {name}")
            except InputError as error:
                complaints.extend(error.complaints)
                continue
            if value is not None:
                fields[name] = value
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


def read_table(table: str, file: FilePath, label: str) -> tuple[Document, dict[Path, Place]]:
    """A CSV table as a mapping from id to fields."""
    text = read_text(file, label)
    try:
        rows = list(csv.reader(io.StringIO(text), strict=True))
    except csv.Error as error:
        raise InputError.of(label, f"is not readable as CSV ({error})") from None
    return read_rows(table, rows, label)


def find_table_file(name: str, folder: FilePath, where: str) -> FilePath:
    """The file a table's name means: a CSV inside the scenario's folder."""
    if not name.lower().endswith(".csv"):
        message = f"expected a mapping or the name of a CSV file, got {name[:80]!r}"
        raise InputError.of(where, message)
    file = folder / name
    try:
        inside = file.resolve().is_relative_to(folder.resolve())
        exists = file.is_file()
    except (OSError, ValueError):
        inside, exists = True, False
    if not inside:
        message = f"{name!r} leads out of the scenario's folder; put the table beside the scenario"
        raise InputError.of(where, message)
    if not exists:
        there = [entry.name for entry in folder.glob("*.csv")]
        raise InputError.of(where, f"there is no file {name!r} beside it; {suggest(name, there)}")
    return file


def load_yaml(file: FilePath, prefix: str) -> Draft:
    """A YAML file with the tables it names; raises InputError with all complaints."""
    label = prefix + file.name
    document, places = parse_yaml(read_text(file, label), label)
    if not isinstance(document, dict):
        raise InputError.of(label, "expected a mapping of keys such as years, budget and layers")
    draft = Draft(document, {(): Place(label), **places})
    complaints: list[Complaint] = []
    for table in TABLES:
        name = document.get(table)
        if not isinstance(name, str):
            continue
        try:
            where = draft.places[(table,)].name_field((table,))
            found = find_table_file(name, file.parent, where)
            rows, row_places = read_table(table, found, prefix + found.name)
        except InputError as error:
            complaints.extend(error.complaints)
            continue
        draft.document[table] = rows
        draft.places.update(row_places)
    if complaints:
        raise InputError(complaints)
    return draft


def load_draft(file: FilePath, prefix: str = "", chain: tuple[FilePath, ...] = ()) -> Draft:
    """A file with everything it extends, parents first."""
    label = prefix + file.name
    resolved = file.resolve()
    if resolved in chain:
        names = " -> ".join(link.name for link in (*chain[chain.index(resolved) :], resolved))
        raise InputError.of(label, f"extends goes round in a circle ({names}); break it")
    if file.suffix.lower() in (".xlsx", ".xlsm"):
        from .workbook import load_workbook

        draft = load_workbook(file, label)
    elif file.suffix.lower() in (".yaml", ".yml", ".json"):
        draft = load_yaml(file, prefix)
    else:
        message = "expected a folder, a .yaml file or an .xlsx workbook"
        raise InputError.of(label, message)
    parent = draft.document.pop("extends", None)
    if parent is None:
        return Draft(dict(merge({}, draft.document)), draft.places)
    where = draft.places.get(("extends",), Place(label)).name_field(("extends",))
    if not isinstance(parent, str):
        raise InputError.of(where, "expected the name of a bundled scenario or a path")
    found = find_file(parent, file.parent, where)
    base = load_draft(found, f"{name_scenario(found)}/", (*chain, resolved))
    return base.patched(draft.document, draft.places)


def read_weights(text: str, document: Document) -> dict[str, Any]:
    """The weights that `--weights` means: `layer=v,...`, or a stakeholder's id."""
    if "=" in text:
        weights: dict[str, Any] = {}
        for part in text.split(","):
            layer, equals, value = (piece.strip() for piece in part.partition("="))
            if not layer or not equals:
                raise InputError.of("--weights", f"expected layer=number,..., got {part!r}")
            if layer in weights:
                raise InputError.of("--weights", f"'{layer}' is given twice; keep one")
            weights[layer] = read_cell(value, False, f"--weights {layer}")
        return weights
    stakeholders = document.get("stakeholders") or {}
    if text not in stakeholders:
        message = f"{text!r} is no stakeholder; {suggest(text, stakeholders)} (or layer=number,...)"
        raise InputError.of("--weights", message)
    found = stakeholders[text]
    if isinstance(found, dict) and isinstance(found.get("weights"), dict):
        return dict(found["weights"])
    message = (
        f"stakeholder '{text}' makes statements, which span a region and are not one weighting; "
        f"give layer=number,... here, or `--stakeholder {text}` to a sensitivity command"
    )
    raise InputError.of("--weights", message)


def read_scenario(
    reference: str = DEFAULT_SCENARIO,
    settings: Sequence[str] = (),
    budget: float | None = None,
    weights: str | None = None,
) -> Scenario:
    """The scenario behind a bundled name or path, with patches in this order.

    `extends` (parents first), `settings` (`path=value`) from left to right, `budget` ($ billion a
    year), `weights` (`layer=v,...` or a stakeholder's id). Raises InputError with every complaint.
    """
    file = find_file(reference, None, "SCENARIO")
    draft = load_draft(file)
    for text in settings:
        try:
            path, value = read_setting(text)
        except ValueError as error:
            raise InputError.of("--set", str(error)) from None
        except InputError as error:
            where = f"--set {text.partition('=')[0]}"
            raise InputError.of(where, error.complaints[0].message) from None
        places = {path: Place(f"--set {'.'.join(path)}", len(path))}
        draft = Draft(apply_setting(draft.document, path, value), {**draft.places, **places})
    if budget is not None:
        patch = nest(("budget", "per_year"), budget)
        draft = draft.patched(patch, {("budget", "per_year"): Place("--budget", 2)})
    if weights is not None:
        chosen = read_weights(weights, draft.document)
        draft.document["weights"] = chosen
        draft.places[("weights",)] = Place("--weights", 1)
        for layer in chosen:
            draft.places[("weights", layer)] = Place("--weights", 1)
    return build_scenario(draft.document, draft.places, name_scenario(file))
