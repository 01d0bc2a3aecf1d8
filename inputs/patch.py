"""Patches: one mechanism for derived scenarios, `--set`, futures and ranges (RFC 7386)."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from .assumption import Assumption, Correlation, Uncertainty
from .complaint import Complaint, InputError, Path, Unknown, suggest
from .fields import ID_PATTERN, ID_RULE, name_value
from .record import Record
from .scenario import (
    CONSTRAINT_TYPES,
    Area,
    Budget,
    Currency,
    Effect,
    Future,
    Instrument,
    Interaction,
    Layer,
    Limit,
    Scenario,
    Sides,
    Source,
    Stakeholder,
    Years,
)
from .yaml_text import parse_yaml

Document = dict[str, Any]

TABLES: Mapping[str, type[Record]] = {
    "areas": Area,
    "layers": Layer,
    "instruments": Instrument,
    "effects": Effect,
    "interactions": Interaction,
    "constraints": Limit,
    "futures": Future,
    "stakeholders": Stakeholder,
    "sources": Source,
    "assumptions": Assumption,
    "correlations": Correlation,
}
"""The tables of a scenario: each a mapping from id to fields."""

SECTIONS: Mapping[str, type[Record]] = {
    "years": Years,
    "budget": Budget,
    "money": Currency,
    "sides": Sides,
    "ranges": Uncertainty,
}
"""The settings that are mappings of fields."""

FUTURES_KEEP = frozenset(
    {
        "title",
        "description",
        "extends",
        "years",
        "price_year",
        "areas",
        "objective",
        "priorities",
        "steady",
        "pillars",
        "futures",
        "stakeholders",
        "sources",
        "correlations",
        "money",
        "sides",
        "ranges",
    }
)
"""What a future may not change: it is a patch of figures."""

BELIEFS_KEEP = FUTURES_KEEP | {"weights"}
"""What beliefs may not change: a stakeholder's weights stand beside them."""

WORLDS: Mapping[str, tuple[str, str, frozenset[str]]] = {
    "futures": ("change", "a future is", FUTURES_KEEP),
    "stakeholders": ("beliefs", "beliefs are", BELIEFS_KEEP),
}
"""The tables whose rows hold a patch of figures: in which field, and what it may not change."""

LINKS = frozenset({"area", "instrument", "layer", "between", "of", "needs", "instruments", "kind"})
"""Fields that hold ids or decide what a row is: a future may not change these either."""


def merge(target: Any, patch: Any, path: Path = ()) -> Any:
    """The target with a JSON Merge Patch applied (RFC 7386); neither argument is changed.

    A future's `change` and a stakeholder's `beliefs` are patches themselves, so a null under them
    that removes nothing yet is kept. So is that of `sides.other`, which says that there is none.

    >>> merge({"a": {"b": 1, "c": 2}}, {"a": {"b": None, "d": 3}})
    {'a': {'c': 2, 'd': 3}}
    """
    if not isinstance(patch, Mapping):
        return patch
    result = dict(target) if isinstance(target, Mapping) else {}
    for key, value in patch.items():
        below = (*path, key)
        if value is None:
            had = result.pop(key, None)
            if below == ("sides", "other") or (had is None and is_inside_change(below)):
                result[key] = None
        else:
            result[key] = merge(result.get(key), value, below)
    return result


def is_inside_change(path: Path) -> bool:
    """Whether a path lies within a patch of a row's own, where null is an instruction."""
    return len(path) > 3 and path[0] in WORLDS and path[2] == WORLDS[path[0]][0]


@functools.cache
def known_fields(record: type[Record]) -> tuple[str, ...]:
    """The keys a record may have, `_low` and `_high` among them."""
    names = [field.alias or name for name, field in record.model_fields.items()]
    return (*names, *(f"{name}_{end}" for name in record.ranged for end in ("low", "high")))


def nest(path: Path, value: Any) -> Any:
    """The patch that sets one path.

    >>> nest(("a", "b"), 1)
    {'a': {'b': 1}}
    """
    for key in reversed(path):
        value = {key: value}
    return value


def list_paths(path: Path, value: Any) -> list[Path]:
    """The path of a value and the paths of all that lies in it.

    >>> list_paths(("a",), {"b": 1})
    [('a',), ('a', 'b')]
    """
    below = value.items() if isinstance(value, Mapping) else ()
    return [path, *(found for key, inner in below for found in list_paths((*path, key), inner))]


def read_setting(text: str) -> tuple[Path, Any]:
    """Path and value of `path=value`; raises InputError that names the path."""
    if not isinstance(text, str):
        raise InputError.of("--set", f"expected path=value, got {name_value(text)}")
    path, equals, value = text.partition("=")
    keys = tuple(part.strip() for part in path.split("."))
    if not equals or not all(keys):
        raise InputError.of("--set", f"expected path=value, got {name_value(text)}")
    try:
        return keys, parse_yaml(value)[0]
    except InputError as error:
        raise InputError.of(f"--set {path.strip()}", error.complaints[0].message) from None


def apply_setting(document: Document, path: Path, value: Any) -> Document:
    """The document with one path set; raises InputError if the path is not known."""
    wrong = find_wrong_step(document, path, value)
    if wrong:
        raise InputError.of(f"--set {'.'.join(path)}", wrong)
    return dict(merge(document, nest(path, value)))


def find_wrong_step(document: Mapping[str, Any], path: Path, value: Any) -> str | None:
    """What is wrong with a path: a key the schema does not know, or an id that does not exist."""
    top, *rest = path
    fields = known_fields(Scenario)
    if top not in fields:
        return f"'{top}' is not a key of a scenario; {suggest(top, fields)}"
    if not rest:
        return _mapping_needed(top, value)
    if top == "budget":
        return _find_in_budget(rest)
    if top in SECTIONS:
        return _find_in_fields(rest, known_fields(SECTIONS[top]), f"fields of {top}")
    if top in ("weights", "pillars"):
        known = document.get("layers" if top == "weights" else "pillars") or {}
        if top == "pillars" and isinstance(value, list) and ID_PATTERN.match(rest[0]):
            known = {**known, rest[0]: value}
        return _find_in_fields(rest, known, "layers" if top == "weights" else top)
    if top not in TABLES:
        return f"'{top}' is a single value and has no '{rest[0]}' below it"
    return _find_in_table(document, top, rest, value)


def find_wrong_steps(
    document: Mapping[str, Any], patch: Mapping[str, Any], above: Path = ()
) -> list[Complaint]:
    """What is wrong with the paths of a patch, step by step; a row at a new id is one step."""
    found: list[Complaint] = []
    for key, value in patch.items():
        path = (*above, key)
        is_row = len(path) == 2 and path[0] in TABLES
        is_new = is_row and key not in (document.get(path[0]) or {})
        if isinstance(value, Mapping) and value and not is_new:
            found += find_wrong_steps(document, value, path)
            continue
        wrong = find_wrong_step(document, path, value)
        if wrong:
            found.append(Complaint(".".join(path), wrong))
    return found


def _mapping_needed(top: str, value: Any) -> str | None:
    wants_mapping = top in TABLES or top in SECTIONS or top in ("weights", "pillars")
    if wants_mapping and value is not None and not isinstance(value, Mapping):
        return (
            f"expected a mapping, got {name_value(value)}; set a key below it, as {top}.KEY=VALUE"
        )
    return None


def _find_in_fields(rest: list[str], known: Any, what: str) -> str | None:
    if rest[0] not in known:
        return f"'{rest[0]}' is not one of the {what}; {suggest(rest[0], known)}"
    if len(rest) > 1:
        return f"'{rest[0]}' has no '{rest[1]}' below it"
    return None


def _find_in_budget(rest: list[str]) -> str | None:
    fields = known_fields(Budget)
    if rest[0] == "per_year" and len(rest) == 2:
        return None if rest[1].isdigit() else f"'{rest[1]}' is not a year, such as 2027"
    return _find_in_fields(rest, fields, "fields of a budget")


def _find_in_table(
    document: Mapping[str, Any], table: str, rest: list[str], value: Any
) -> str | None:
    rows = document.get(table) or {}
    id_, *below = rest
    if id_ not in rows:
        if not below and not ID_PATTERN.match(id_):
            return f"'{id_}' is not an id: {ID_RULE}"
        if not below and isinstance(value, Mapping):
            return None
        hint = suggest(id_, rows)
        new = "" if below else f"; a new one is set as a whole mapping, {table}.{id_}={{...}}"
        return f"'{id_}' is not an id of the {table}; {hint}{new}"
    if not below:
        if value is not None and not isinstance(value, Mapping):
            return f"expected a mapping of fields, got {name_value(value)}; set one field of it"
        return None
    row = rows[id_]
    record = TABLES[table]
    if table == "constraints" and isinstance(row, Mapping):
        record = CONSTRAINT_TYPES.get(str(row.get("kind")), Limit)
    fields = known_fields(record)
    if below[0] not in fields:
        return f"'{below[0]}' is not a field of {table}; {suggest(below[0], fields)}"
    if len(below) == 1:
        return None
    if table in WORLDS and below[0] == WORLDS[table][0]:
        return find_wrong_step(document, tuple(below[1:]), value)
    if table == "stakeholders" and below[0] == "weights":
        return _find_in_fields(below[1:], document.get("layers") or {}, "layers")
    return f"'{below[0]}' is a single value and has no '{below[1]}' below it"


def find_forbidden_changes(
    document: Mapping[str, Any], change: Mapping[str, Any], table: str = "futures"
) -> list[Complaint]:
    """What the patch of a future, or beliefs, change beyond figures; `where` is the path in it."""
    _, what, keeps = WORLDS[table]
    found = []
    fields = known_fields(Scenario)
    for top, below in change.items():
        if top in keeps:
            message = f"{what} a patch of figures and cannot change '{top}'; take it out"
            found.append(Complaint(top, message))
        elif top not in fields:
            message = f"'{top}' is not a key of a scenario"
            found.append(Complaint(top, message, Unknown(top, fields)))
        elif top in TABLES:
            found.extend(_find_forbidden_rows(document, top, below, what))
    return found


def _find_forbidden_rows(
    document: Mapping[str, Any], table: str, change: Any, what: str
) -> list[Complaint]:
    rows = document.get(table)
    if not isinstance(rows, Mapping):
        rows = {}
    if not isinstance(change, Mapping):
        return [Complaint(table, f"expected a mapping, got {name_value(change)}")]
    found = []
    ids = tuple(rows)
    for id_, fields in change.items():
        if id_ not in rows:
            message = f"'{id_}' is not an id of the {table}"
            found.append(Complaint(f"{table}.{id_}", message, Unknown(id_, ids)))
        elif not isinstance(fields, Mapping):
            message = f"{what} a patch of figures and cannot take ids away or replace them"
            found.append(Complaint(f"{table}.{id_}", message))
        else:
            for field in LINKS.intersection(fields):
                message = f"{what} a patch of figures and cannot change '{field}'; take it out"
                found.append(Complaint(f"{table}.{id_}.{field}", message))
    return found
