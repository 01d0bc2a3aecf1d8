"""Documents to scenarios: every row typed, every rule checked, all complaints raised at once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from .check import find_problems
from .complaint import Complaint, InputError, Path, Places, locate, suggest
from .fields import ID_PATTERN, ID_RULE, name_value
from .frozen import FrozenMapping, freeze
from .patch import TABLES, Document, find_forbidden_changes, known_fields, merge
from .problem import Problem
from .record import Range, Record
from .scenario import CONSTRAINT_TYPES, Scenario

_STAND_INS: Mapping[str, Any] = {
    "years": {"first": 1, "last": 1},
    "budget": {"total": 0},
    "weights": {},
    "areas": {},
    "layers": {},
    "instruments": {},
}
"""What stands for a part that could not be read, so that the rest can still be checked."""


def build_scenario(
    document: Document,
    places: Places,
    name: str,
    complaints: Sequence[Complaint] = (),
    unread: frozenset[str] = frozenset(),
    before: Scenario | None = None,
) -> Scenario:
    """The scenario that a resolved document describes; raises InputError with all complaints.

    `complaints` are those of reading, raised along with the others; `unread` names the tables
    that could not be read, which the document lacks; rows that the document shares with that of
    `before` are taken from there.
    """
    scenario, problems = _assemble(document, unread, before)
    if not unread:
        problems += _find_in_futures(scenario, problems)
    if complaints or problems:
        raise InputError([*complaints, *_complain(problems, places)])
    scenario._name = name
    scenario._document = freeze(document)
    return scenario


def derive_scenario(scenario: Scenario, patch: Mapping[str, Any], name: str = "") -> Scenario:
    """Another scenario: this one with a merge patch applied. Raises InputError."""
    document = dict(merge(dict(scenario.document), patch))
    return build_scenario(document, {}, name or scenario.name, before=scenario)


def _assemble(
    document: Document, unread: frozenset[str] = frozenset(), before: Scenario | None = None
) -> tuple[Scenario, list[Problem]]:
    """The scenario, and what is wrong with it."""
    problems: list[Problem] = []
    fields: dict[str, Any] = {k: v for k, v in document.items() if k not in TABLES}
    fields.update({table: {} for table in unread})
    ranges = _take_ranges(Scenario, fields, (), problems)
    for table, record in TABLES.items():
        if table in document and table not in unread:
            fields[table] = _read_table(table, record, document[table], problems, before)
            if not isinstance(document[table], Mapping):
                unread |= {table}
    try:
        scenario = Scenario.model_validate(fields)
    except ValidationError as error:
        problems += _translate(error, Scenario, ())
        failed = {str(detail["loc"][0]) for detail in error.errors()}
        unread |= failed
        kept = {key: value for key, value in fields.items() if key not in failed}
        stand_ins = {key: value for key, value in _STAND_INS.items() if key in failed}
        scenario = Scenario.model_validate({**kept, **stand_ins})
    if not scenario.years.score_until:
        years = scenario.years.model_copy(update={"score_until": scenario.years.last + 5})
        scenario = scenario.model_copy(update={"years": years})
    known = {table: frozenset(_mapping(document.get(table))) for table in TABLES}
    problems += find_problems(scenario, known, unread)
    total = sum(scenario.weights.values())
    if total > 0:
        shares = {layer: scenario.weights.get(layer, 0.0) / total for layer in scenario.layers}
        scenario = scenario.model_copy(update={"weights": shares})
    scenario._ranges = FrozenMapping(ranges)
    scenario._document = document
    return scenario, problems


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _read_table(
    table: str,
    record: type[Record],
    rows: Any,
    problems: list[Problem],
    before: Scenario | None,
) -> dict[str, Record]:
    if not isinstance(rows, Mapping):
        message = f"expected a mapping from id to fields, got {name_value(rows)}"
        problems.append(Problem((table,), message))
        return {}
    rows_before = _mapping(before.document.get(table)) if before else {}
    read_before: Mapping[str, Record] = getattr(before, table) if before else {}
    found: dict[str, Record] = {}
    for id_, row in rows.items():
        path = (table, id_)
        if rows_before.get(id_) is row and id_ in read_before:
            found[id_] = read_before[id_]
        elif not ID_PATTERN.match(id_):
            problems.append(Problem(path, f"{id_[:60]!r} is not an id: {ID_RULE}"))
        elif not isinstance(row, Mapping):
            message = f"expected a mapping of fields, got {name_value(row)}"
            problems.append(Problem(path, message))
        else:
            read = _read_row(table, record, dict(row), path, problems)
            if read is not None:
                found[id_] = read
    return found


def _read_row(
    table: str, record: type[Record], row: Document, path: Path, problems: list[Problem]
) -> Record | None:
    if table == "constraints":
        kind = row.get("kind")
        if not isinstance(kind, str) or kind not in CONSTRAINT_TYPES:
            got = f"got {name_value(kind)}" if "kind" in row else "it is missing"
            message = (
                f"expected a kind of constraint, {got}; {suggest(str(kind), CONSTRAINT_TYPES)}"
            )
            problems.append(Problem((*path, "kind"), message))
            return None
        record = CONSTRAINT_TYPES[kind]
    ranges = _take_ranges(record, row, path, problems)
    try:
        read = record.model_validate(row)
    except ValidationError as error:
        problems += _translate(error, record, path)
        return None
    read._ranges = FrozenMapping(ranges)
    return read


def _take_ranges(
    record: type[Record], row: Document, path: Path, problems: list[Problem]
) -> dict[str, Range]:
    """Takes the `_low` and `_high` fields out of a row and checks them."""
    ranges: dict[str, Range] = {}
    for name in record.ranged:
        ends = [f"{name}_low", f"{name}_high"]
        given = [end for end in ends if row.get(end) is not None]
        values = {end: row.pop(end) for end in given}
        if len(given) == 1:
            missing = next(end for end in ends if end not in given)
            message = f"{missing} is missing beside it; a range has both or neither"
            problems.append(Problem((*path, given[0]), message))
        elif given:
            read = [_read_end(record, name, values[end], (*path, end), problems) for end in ends]
            if read[0] is None or read[1] is None:
                continue
            if read[0] > read[1]:
                message = (
                    f"the low value {read[0]:g} is above the high value {read[1]:g}; swap them"
                )
                problems.append(Problem((*path, ends[0]), message))
            else:
                ranges[name] = Range(read[0], read[1])
    return ranges


def _read_end(
    record: type[Record], name: str, value: Any, path: Path, problems: list[Problem]
) -> float | None:
    try:
        record.model_validate({name: value})
    except ValidationError as error:
        own = [detail for detail in error.errors() if detail["loc"][0] == name]
        messages = [_message(detail, record) for detail in own]
        if any(messages):
            problems += [Problem(path, message) for message in messages if message]
            return None
    return float("inf") if value == "never" else float(value)


def _translate(error: ValidationError, record: type[Record], path: Path) -> list[Problem]:
    found = []
    for detail in error.errors():
        message = _message(detail, record)
        if message:
            is_key = detail["type"] == "extra_forbidden"  # may look like a step of the reader's own
            places = [str(part) for part in detail["loc"]]
            steps = tuple(p for p in places if is_key or not re.search(r"[\[\]-]", p))
            found.append(Problem((*path, *steps), message, detail["type"] == "missing"))
    return found


def _message(detail: ErrorDetails, record: type[Record]) -> str:
    kind, field = detail["type"], str(detail["loc"][-1])
    if kind == "missing":
        info = record.model_fields.get(field)
        hint = f" ({info.description})" if info and info.description else ""
        return f"is missing{hint}; give it a value"
    if kind == "extra_forbidden":
        if len(detail["loc"]) > 1:
            inner = record.model_fields[str(detail["loc"][0])].annotation
            record = inner if isinstance(inner, type) and issubclass(inner, Record) else record
        return f"is not a known key; {suggest(field, known_fields(record))}"
    if kind == "none_required":
        return ""
    if kind == "literal_error":
        return f"expected {detail['ctx']['expected']}, got {name_value(detail['input'])}"
    if kind in ("model_type", "mapping_type", "dict_type", "model_attributes_type"):
        return f"expected a mapping, got {name_value(detail['input'])}"
    if kind in ("tuple_type", "list_type"):
        return f"expected a list, got {name_value(detail['input'])}"
    return detail["msg"]


def _find_in_futures(scenario: Scenario, known: list[Problem]) -> list[Problem]:
    """What is wrong with the worlds that the futures' patches describe, beyond what is known."""
    problems: list[Problem] = []
    told = {(problem.path, problem.message) for problem in known}
    document = scenario.document
    base = {key: value for key, value in document.items() if key not in ("futures", "stakeholders")}
    for id_, future in _mapping(document.get("futures")).items():
        change = _mapping(future).get("change")
        if not isinstance(change, Mapping):
            continue  # absent, or refused already where the row was read
        path: Path = ("futures", id_, "change")
        forbidden = find_forbidden_changes(document, change)
        problems += [
            Problem((*path, *filter(None, complaint.where.split("."))), complaint.message)
            for complaint in forbidden
        ]
        if forbidden:
            continue
        _, found = _assemble(dict(merge(base, change)), before=scenario)
        problems += [
            problem._replace(path=(*path, *problem.path), is_missing=False)
            for problem in found
            if (problem.path, problem.message) not in told
        ]
    return problems


def _complain(problems: list[Problem], places: Places) -> list[Complaint]:
    """Problems as complaints with their places; a column missing in every row is told once."""
    missing: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        place = places.get(problem.path[:2])
        if problem.is_missing and place and " row " in place.label:
            sheet = place.label.rpartition(" row ")[0]
            missing.setdefault((sheet, problem.path[-1]), []).append(problem)
    collapsed: dict[Problem, Complaint] = {}
    for (sheet, field), group in missing.items():
        rows = sum(place.label.startswith(f"{sheet} row ") for place in places.values())
        if len(group) == rows:
            once = Complaint(f"{sheet} row 1", f"column '{field}' is missing; every row needs it")
            collapsed.update(dict.fromkeys(group, once))
    return [
        collapsed.get(problem)
        or Complaint(locate(places, problem.path), problem.message, problem.unknown)
        for problem in problems
    ]
