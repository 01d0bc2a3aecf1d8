"""What is wrong with an input, where it stands, and how to mend it."""

from __future__ import annotations

import bisect
import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

Path = tuple[str, ...]
"""Where a value stands in a document: keys from the top."""


MOST_TOLD = 100
"""Complaints told in full: who has mended these runs the command again; the rest are counted."""

MOST_COMPARED = 1000
"""Names compared with a wrong one letter by letter: each costs some hundredths of a millisecond."""


@dataclass(frozen=True)
class Unknown:
    """A name that is none, and those it could have been; they are told in their order, if any."""

    name: str
    known: frozenset[str] | tuple[str, ...] = field(compare=False)  # as long as a table


@dataclass(frozen=True)
class Complaint:
    """One thing that is wrong: where it stands, and what was got, expected, and mends it.

    The nearest name to an `unknown` one takes time to find: it is looked for once it is told.
    """

    where: str
    finding: str
    unknown: Unknown | None = None

    @cached_property
    def message(self) -> str:
        """What was got, expected, and mends it."""
        if self.unknown is None:
            return self.finding
        known = self.unknown.known
        names = known if isinstance(known, tuple) else sorted(known)
        return f"{self.finding}; {suggest(self.unknown.name, names)}"

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


class InputError(Exception):
    """The user's files or settings are wrong; carries every complaint, and tells a hundred."""

    def __init__(self, complaints: Iterable[Complaint]) -> None:
        self.complaints = tuple(dict.fromkeys(complaints))
        super().__init__("\n".join(str(complaint) for complaint in self.told))

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Complaint, ...]]]:
        return type(self), (self.complaints,)  # as it comes from another process

    @property
    def told(self) -> tuple[Complaint, ...]:
        """The complaints that are told: the first hundred, and how many more there are."""
        more = len(self.complaints) - MOST_TOLD
        if more <= 0:
            return self.complaints
        return (*self.complaints[:MOST_TOLD], Complaint("", f"and {more:,} more"))

    @classmethod
    def of(cls, where: str, message: str) -> InputError:
        """An error with a single complaint."""
        return cls([Complaint(where, message)])


@dataclass(frozen=True)
class Place:
    """Where a part of a document was written: `label`, and how many keys the label stands for."""

    label: str
    depth: int = 0

    def name_field(self, path: Path) -> str:
        """The place and the field, as in `effects.csv row 14, instrument`."""
        rest = ".".join(path[self.depth :])
        return f"{self.label}, {rest}" if rest else self.label


Places = Mapping[Path, Place]


def locate(places: Places, path: Path) -> str:
    """The place of a path, or of the nearest thing around it that was written somewhere."""
    for length in range(len(path), -1, -1):
        place = places.get(path[:length])
        if place is not None:
            return place.name_field(path)
    return ".".join(path)


def suggest(name: str, known: Iterable[str]) -> str:
    """The nearest known name as a question, or what is known.

    >>> suggest("grdi", ["grid", "labs"])
    "did you mean 'grid'?"
    >>> suggest("zzz", ["grid", "labs"])
    'known are grid, labs'
    """
    names = list(known)
    near = find_neighbours(name, names)
    close = difflib.get_close_matches(name, near, n=1, cutoff=0.6)
    if not close:
        lowered = {other.lower(): other for other in near}
        close = [
            lowered[n] for n in difflib.get_close_matches(name.lower(), lowered, n=1, cutoff=0.6)
        ]
    if close:
        return f"did you mean '{close[0]}'?"
    if not names:
        return "none is defined"
    shown = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    return f"known are {shown}"


def find_neighbours(name: str, names: list[str]) -> list[str]:
    """The names worth comparing with one: all, or of very many those next to it in the alphabet."""
    if len(names) <= MOST_COMPARED:
        return names
    ordered = sorted(names)
    at = bisect.bisect(ordered, name)
    return ordered[max(0, at - MOST_COMPARED // 2) : at + MOST_COMPARED // 2]
