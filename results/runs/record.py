"""The records in a run folder, read like any other input: nothing in them is trusted."""

from __future__ import annotations

import itertools
import json
import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...inputs.complaint import Complaint, InputError
from ...inputs.fields import name_value
from ...inputs.scenario import Scenario
from ..questions import QUESTIONS, list_answers
from ..sheet import Record

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

AGAIN = "run its command again, into a new folder"
"""How to mend what was edited."""

TOLD = 5
"""Things wrong with a record that are told."""

KINDS = {
    "float": "a number",
    "finite": "a number",
    "int": "a whole number",
    "string": "a text",
    "bool": "true or false",
    "list": "a list",
    "dict": "a mapping",
    "model": "a mapping",
}
"""What a value should have been, by how pydantic begins to name what is wrong."""

LARGEST_RECORD = 200_000_000
"""Bytes of the largest record read: a map with ten thousand portfolios."""


def name_record(answer: str) -> str:
    """The file of an answer's record where run.json is another's.

    >>> name_record("sensitivity map"), name_record("sensitivity inputs voi")
    ('sensitivity-map.json', 'sensitivity-inputs-voi.json')
    """
    if answer not in list_answers():
        raise ValueError(f"{answer!r} keeps no runs")
    return answer.replace(" ", "-") + ".json"


def open_record(file: Path) -> Record:
    """The record in a file of a run folder: of a known command, and of some scenario.

    Raises InputError that names the file and the field.
    """
    try:
        record = json.loads(read_plain_file(file), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise InputError.of(str(file), f"was edited: it is no JSON; {AGAIN}") from None
    if not isinstance(record, dict):
        message = f"was edited: it is no record of a run; {AGAIN}"
        raise InputError.of(str(file), message)
    options = record.get("options")
    command = options.get("command") if isinstance(options, Mapping) else None
    if not isinstance(command, str) or command not in QUESTIONS:
        message = f"was edited: expected a command that keeps runs, got {command!r:.60}"
        where = f"{file}, options.command"
        raise InputError.of(where, f"{message}; {AGAIN}")
    if not isinstance(record.get("scenario_hash"), str):
        message = f"was edited: expected a hash; {AGAIN}"
        raise InputError.of(f"{file}, scenario_hash", message)
    return record


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def read_plain_file(file: Path) -> str:
    """The text of a plain file of reasonable size. Raises InputError."""
    try:
        descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as stream:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise InputError.of(str(file), f"is no file; {AGAIN}")
            if status.st_size > LARGEST_RECORD:
                message = f"has {status.st_size / 1e6:.0f} MB, too many for a record"
                raise InputError.of(str(file), f"{message}; {AGAIN}")
            return stream.read().decode()
    except OSError as error:
        message = f"cannot be read ({error.strerror or error}); {AGAIN}"
        raise InputError.of(str(file), message) from None


def check_record(file: Path, record: Record, scenario: Scenario) -> None:
    """Raises InputError with what is wrong in the record of a scenario, by line and field."""
    from pydantic import TypeAdapter, ValidationError

    from .record_shapes import SHAPES
    from .record_values import KeptRecord

    reader: TypeAdapter[Any] = TypeAdapter(SHAPES.get(record["options"]["command"], KeptRecord))
    try:
        reader.validate_python(record, context={"scenario": scenario})
    except ValidationError as error:
        found = error.errors()
    else:
        return
    lacking = [str(own["loc"][-1]) for own in found if _is_missing(own, record)]
    if lacking:
        versions = record.get("versions")
        theirs = versions.get("stratafolio") if isinstance(versions, Mapping) else None
        message = (
            f"lacks {', '.join(lacking[:TOLD])}: it was written by version {theirs or 'unknown'}, "
            f"this is {version('stratafolio')}; {AGAIN}"
        )
        raise InputError.of(str(file), message)
    text = read_plain_file(file)
    told: dict[str, str] = {}
    for own in found:
        path = follow(record, own["loc"])
        where = f"{file} line {find_line(text, path)}, {'.'.join(map(str, path))}"
        told.setdefault(where, say_problem(own))
    complaints = [Complaint(where, f"{said}; {AGAIN}") for where, said in told.items()]
    raise InputError(complaints[:TOLD])


def _is_missing(own: ErrorDetails, record: Record) -> bool:
    return own["type"] == "missing" and not follow(record, own["loc"])[:-1]


def follow(record: Any, steps: Iterable[int | str]) -> list[int | str]:
    """The steps that lead somewhere in a record, without what the reader adds of its own.

    >>> follow({"a": [{"b": 1}]}, ["a", 0, "KeptPlan", "b", "float"])
    ['a', 0, 'b']
    """
    path: list[int | str] = []
    for step in steps:
        is_there = (isinstance(record, dict) and step in record) or (
            isinstance(record, list) and isinstance(step, int) and step < len(record)
        )
        if is_there:
            record = record[step]
            path.append(step)
    return path


def say_problem(own: ErrorDetails) -> str:
    """What is wrong with a value, in words."""
    kind, got = own["type"], name_value(own["input"])
    context = own.get("ctx", {})
    if kind == "missing":
        return f"lacks '{own['loc'][-1]}'"
    if kind == "value_error":
        return str(context["error"])
    if kind in ("greater_than_equal", "less_than_equal"):
        side = "or more" if kind == "greater_than_equal" else "or less"
        return f"expected {context.get('ge', context.get('le')):g} {side}, got {got}"
    if kind in ("too_short", "too_long"):
        length = context.get("min_length", context.get("max_length"))
        return f"expected {length} values, got {context['actual_length']}"
    if kind == "literal_error":
        return f"expected {context['expected']}, got {got}"
    if kind.startswith("union_tag"):
        return f"expected {context.get('expected_tags', 'another value')}, got {got}"
    for start, word in KINDS.items():
        if kind.startswith(start):
            return f"expected {word}, got {got}"
    return str(own["msg"])


def find_line(text: str, path: Sequence[int | str]) -> int:
    r"""The line of a text of JSON in which the value at a path stands.

    >>> find_line('{"a": 1,\n "b": [2,\n 3]}', ["b", 1])
    3
    """
    decoder, at = json.JSONDecoder(), _skip(text, 0)
    for step in path:
        at = _skip(text, at + 1)
        for number in itertools.count():
            key: int | str = number
            if isinstance(step, str):
                key, at = decoder.raw_decode(text, at)
                at = _skip(text, _skip(text, at) + 1)
            if key == step:
                break
            _, at = decoder.raw_decode(text, at)
            at = _skip(text, _skip(text, at) + 1)
    return text.count("\n", 0, at) + 1


def _skip(text: str, at: int) -> int:
    """The next place in a text that is not white."""
    while text[at] in " \t\n\r":
        at += 1
    return at
