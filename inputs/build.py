"""Documents to scenarios: every row typed, every rule checked, all complaints raised at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from .assumption import Assumption
from .check import find_problems
from .complaint import Complaint, InputError, Path, Places, Unknown, locate
from .fields import ID_PATTERN, ID_RULE, name_value
from .frames import make_tables, plain
from .frozen import FrozenMapping, freeze
from .mistakes import list_mistakes, word_mistake
from .numbers import Numbers, explain, hang_on
from .patch import (
    TABLES,
    WORLDS,
    Document,
    find_forbidden_changes,
    find_wrong_steps,
    known_fields,
    merge,
)
from .problem import Problem
from .record import Range, Record
from .saving import save_scenario
from .scenario import CONSTRAINT_TYPES, Budget, Handling, Scenario
from .spelling import spell_numbers

_KINDS = tuple(CONSTRAINT_TYPES)

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
    `before` are taken from there. Beliefs that are invalid alone do not make the scenario so: they
    stand in `unbelievable`.
    """
    document = spell_numbers(document)
    scenario, problems = _assemble(document, unread, before)
    doubts: list[Problem] = []
    for problem in [] if unread else _find_in_worlds(scenario, problems):
        (doubts if problem.path[0] == "stakeholders" else problems).append(problem)
    if complaints or problems:
        raise InputError([*complaints, *_complain([*problems, *doubts], places)])
    scenario._unbelievable = FrozenMapping(
        {
            id_: tuple(_complain([own for own in doubts if own.path[1] == id_], places))
            for id_ in dict.fromkeys(own.path[1] for own in doubts)
        }
    )
    scenario._name = name
    scenario._document = freeze(document)
    scenario._handling = Handling(change_scenario, make_tables, save_scenario)
    return scenario


def change_scenario(scenario: Scenario, patch: Mapping[str, Any], name: str = "") -> Scenario:
    """Another scenario: this one with a merge patch applied whose every path is known.

    Raises InputError for what `--set` refuses too.
    """
    if not isinstance(patch, Mapping):
        raise InputError.of("patch", f"expected a mapping, got {name_value(patch)}")
    told = plain(patch)
    wrong = find_wrong_steps(scenario.document, told)
    if wrong:
        raise InputError(wrong)
    return derive_scenario(scenario, told, name)


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
    assumed = document.get("assumptions")
    numbers = Numbers(assumed, problems, is_unread="assumptions" in unread)
    ranges = _take_ranges(Scenario, fields, (), problems)
    failed = _fill_settings(fields, ranges, numbers, problems)
    for table, record in TABLES.items():
        if table in document and table not in unread:
            rows = document[table]
            fields[table] = _read_table(table, record, rows, numbers, problems, before)
            if not isinstance(document[table], Mapping):
                unread |= {table}
    try:
        scenario = Scenario.model_validate(_stand_in(fields, failed))
    except ValidationError as error:
        problems += list_mistakes(error, Scenario, ())
        failed |= {str(detail["loc"][0]) for detail in error.errors()}
        scenario = Scenario.model_validate(_stand_in(fields, failed))
    unread |= failed
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
    scenario._expressions = freeze(numbers.texts)
    problems = [explain(problem, numbers.texts, numbers.values) for problem in problems]
    return scenario, problems


def _fill_settings(
    fields: Document, ranges: Mapping[str, Range], numbers: Numbers, problems: list[Problem]
) -> set[str]:
    """Puts numbers in place of the settings' expressions; gives those that come to none."""
    failed = set()
    rate = {key: fields[key] for key in ("discount_rate",) if key in fields}
    if not numbers.fill(Scenario, rate, (), problems):
        failed.add("discount_rate")
    fields.update(rate)
    _refuse_ranges(ranges, (), numbers, problems)
    budget = fields.get("budget")
    if isinstance(budget, Mapping):
        fields["budget"] = dict(budget)
        if not numbers.fill(Budget, fields["budget"], ("budget",), problems):
            failed.add("budget")
    return failed


def _stand_in(fields: Document, failed: set[str]) -> Document:
    """The fields with something in place of those that could not be read."""
    kept = {key: value for key, value in fields.items() if key not in failed}
    return kept | {key: value for key, value in _STAND_INS.items() if key in failed}


def _refuse_ranges(
    ranges: Mapping[str, Range], path: Path, numbers: Numbers, problems: list[Problem]
) -> None:
    """Notes the ranges that stand beside an expression."""
    texts = numbers.texts.get(path, {})
    for name in ranges:
        if (name,) in texts:
            message = (
                f"stands beside an expression, '{texts[name,]}', which has no range of its own; "
                "give one to an assumption in it, and take low and high away here"
            )
            low = "low" if path[:1] == ("assumptions",) else f"{name}_low"
            problems.append(Problem((*path, low), message))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _read_table(
    table: str,
    record: type[Record],
    rows: Any,
    numbers: Numbers,
    problems: list[Problem],
    before: Scenario | None,
) -> dict[str, Record]:
    if not isinstance(rows, Mapping):
        message = f"expected a mapping from id to fields, got {name_value(rows)}"
        problems.append(Problem((table,), message))
        return {}
    rows_before = _mapping(before.document.get(table)) if before else {}
    read_before: Mapping[str, Record] = getattr(before, table) if before else {}
    texts = before.expressions if before else {}
    moved = numbers.list_moved(before.assumed) if before else frozenset()
    found: dict[str, Record] = {}
    for id_, row in rows.items():
        path = (table, id_)
        is_same = id_ in rows_before and rows_before[id_] is row
        if is_same and not hang_on(texts.get(path, {}), moved):
            if id_ in read_before:  # else it is wrong, as was told before
                found[id_] = read_before[id_]
            if path in texts:
                numbers.texts[path] = texts[path]
        elif not ID_PATTERN.match(id_):
            problems.append(Problem(path, f"{id_[:60]!r} is not an id: {ID_RULE}"))
        elif not isinstance(row, Mapping):
            message = f"expected a mapping of fields, got {name_value(row)}"
            problems.append(Problem(path, message))
        else:
            read = _read_row(record, dict(row), path, numbers, problems)
            if read is not None:
                found[id_] = read
    return found


def _read_row(
    record: type[Record], row: Document, path: Path, numbers: Numbers, problems: list[Problem]
) -> Record | None:
    if path[0] == "constraints":
        kind = row.get("kind")
        if not isinstance(kind, str) or kind not in CONSTRAINT_TYPES:
            got = f"got {name_value(kind)}" if "kind" in row else "it is missing"
            unknown = Unknown(str(kind), _KINDS)
            message = f"expected a kind of constraint, {got}"
            problems.append(Problem((*path, "kind"), message, unknown=unknown))
            return None
        record = CONSTRAINT_TYPES[kind]
    ranges = _take_ranges(record, row, path, problems)
    is_complete = numbers.fill(record, row, path, problems)
    try:
        read = record.model_validate(row) if is_complete else None
    except ValidationError as error:
        problems += list_mistakes(error, record, path)
        return None
    if isinstance(read, Assumption):
        ranges = _read_own_range(read, path, problems)
    _refuse_ranges(ranges, path, numbers, problems)
    if read is None:
        return None
    read._ranges = FrozenMapping(ranges)
    return read


def _read_own_range(
    assumption: Assumption, path: Path, problems: list[Problem]
) -> dict[str, Range]:
    """The range of an assumption, which stands in fields of its own."""
    low, high = assumption.low, assumption.high
    if low is None and high is None:
        return {}
    if low is None or high is None:
        given, missing = ("high", "low") if low is None else ("low", "high")
        message = f"{missing} is missing beside it; a range has both or neither"
        problems.append(Problem((*path, given), message))
        return {}
    if low > high:
        message = f"the low value {low:g} is above the high value {high:g}; swap them"
        problems.append(Problem((*path, "low"), message))
        return {}
    return {"value": Range(low, high)}


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
        messages = [word_mistake(detail, record) for detail in own]
        if any(messages):
            problems += [Problem(path, message) for message in messages if message]
            return None
    return float("inf") if value == "never" else float(value)


def _find_in_worlds(scenario: Scenario, known: list[Problem]) -> list[Problem]:
    """What is wrong with the worlds of futures and of beliefs, beyond what is known."""
    problems: list[Problem] = []
    told = {(problem.path, problem.message) for problem in known}
    document = scenario.document
    fields = known_fields(Scenario)  # any other key is told already, and would be in each world
    base = {key: value for key, value in document.items() if key in fields and key not in WORLDS}
    for table, (field, _, _) in WORLDS.items():
        for id_, row in _mapping(document.get(table)).items():
            change = _mapping(row).get(field)
            if not isinstance(change, Mapping):
                continue  # absent, or refused already where the row was read
            path: Path = (table, id_, field)
            forbidden = find_forbidden_changes(document, change, table)
            problems += [
                Problem(
                    (*path, *filter(None, complaint.where.split("."))),
                    complaint.finding,
                    unknown=complaint.unknown,
                )
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
        labels = {place.label for place in places.values()}
        if len(group) == sum(label.startswith(f"{sheet} row ") for label in labels):
            once = Complaint(f"{sheet} row 1", f"column '{field}' is missing; every row needs it")
            collapsed.update(dict.fromkeys(group, once))
    return [
        collapsed.get(problem)
        or Complaint(locate(places, problem.path), problem.message, problem.unknown)
        for problem in problems
    ]
