"""A list of answers to an interview: a YAML file, or what a program hands over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .complaint import Complaint, InputError
from .fields import name_value
from .file_text import read_text
from .yaml_text import parse_yaml

FIELDS = ("statement", "question", "answer")
"""What an entry says; what else stands in it is what the question was."""

SHAPE = "{statement: TEXT} or {question: N, answer: a, b, same or skip}"


def read_answers(file: Path) -> list[Mapping[str, Any]]:
    """The entries of a file. Raises InputError with every complaint."""
    if not file.is_file():
        raise InputError.of("--answers", f"there is no file '{file}'")
    return check_answers(parse_yaml(read_text(file, file.name), file.name)[0] or [], file.name)


def check_answers(entries: Any, where: str) -> list[Mapping[str, Any]]:
    """The entries, each a statement or an answer to a question. Raises InputError."""
    if not isinstance(entries, Sequence) or isinstance(entries, str | bytes):
        raise InputError.of(
            where, f"expected a list, each entry {SHAPE}; got {name_value(entries)}"
        )
    complaints = []
    for place, entry in enumerate(entries, 1):
        there = f"{where} entry {place}"
        if not isinstance(entry, Mapping) or not (
            set(entry) >= {"statement"} or set(entry) >= {"question", "answer"}
        ):
            complaints.append(Complaint(there, f"expected {SHAPE}; got {entry!r:.80}"))
        elif "statement" in entry and ("question" in entry or not _is_text(entry["statement"])):
            message = f"expected a statement alone, as text; got {dict(entry)!r:.80}"
            complaints.append(Complaint(there, message))
        elif "question" in entry and (
            not isinstance(entry["question"], int) or isinstance(entry["question"], bool)
        ):
            message = f"expected the number of a question, got {entry['question']!r:.40}"
            complaints.append(Complaint(f"{there}, question", message))
    if complaints:
        raise InputError(complaints)
    return list(entries)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)
