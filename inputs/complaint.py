"""What is wrong with an input, where it stands, and how to mend it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Path = tuple[str, ...]
"""Where a value stands in a document: keys from the top."""


@dataclass(frozen=True)
class Complaint:
    """One thing that is wrong: where it stands, and what was got, expected, and mends it."""

    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


class InputError(Exception):
    """The user's files or settings are wrong; carries every complaint found."""

    def __init__(self, complaints: Iterable[Complaint]) -> None:
        self.complaints = tuple(dict.fromkeys(complaints))
        super().__init__("\n".join(str(complaint) for complaint in self.complaints))

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
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if not close:
        lowered = {other.lower(): other for other in names}
        close = [
            lowered[n] for n in difflib.get_close_matches(name.lower(), lowered, n=1, cutoff=0.6)
        ]
    if close:
        return f"did you mean '{close[0]}'?"
    if not names:
        return "none is defined"
    shown = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    return f"known are {shown}"
