"""A document on its way to a scenario."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .complaint import Complaint, Path, Place
from .patch import Document, merge


@dataclass
class Draft:
    """A document on its way to a scenario, with the place of every part of it.

    `unread` names the tables that could not be read: `complaints` say why.
    """

    document: Document
    places: dict[Path, Place]
    complaints: list[Complaint] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)

    def lay(self, patch: Mapping[str, Any], places: Mapping[Path, Place]) -> None:
        """Applies a merge patch to the document, places included."""
        self.document = dict(merge(self.document, patch))
        self.places.update(places)

    def add_table(self, table: str, found: tuple[Document, Mapping[Path, Place]]) -> None:
        """Adds the rows of a table and their places."""
        self.document[table] = found[0]
        self.places.update(found[1])

    def lack_table(self, table: str, complaints: Iterable[Complaint]) -> None:
        """Notes that a table could not be read."""
        self.document.pop(table, None)
        self.complaints.extend(complaints)
        self.unread.add(table)
