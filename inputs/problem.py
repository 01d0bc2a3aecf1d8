"""What breaks a rule across tables: the path of a document, and what is wrong there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from .complaint import Path, Unknown

Known = Mapping[str, frozenset[str]]
"""The ids of each table, those of rows with errors of their own among them."""


class Problem(NamedTuple):
    """What is wrong with one path of a document."""

    path: Path
    message: str
    is_missing: bool = False
    unknown: Unknown | None = None


Found = Iterator[Problem]


def not_one_of(path: Path, name: str, known: frozenset[str], what: str) -> Found:
    """A problem if a name is not among those known."""
    if name not in known:
        yield Problem(path, f"{name!r} is not {what}", unknown=Unknown(name, known))
