"""Numbers where text is meant, which stand for their digits."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from .patch import TABLES, Document
from .record import Record
from .scenario import Scenario
from .tables import verbatim_fields


def spell_numbers(document: Document) -> Document:
    """A document in which a number is its digits wherever text is meant; itself if none is.

    >>> spell_numbers({"title": 1, "layers": {"a": {"us": 2, "note": 3}}})
    {'title': '1', 'layers': {'a': {'us': 2, 'note': '3'}}}
    """
    spelled = dict(_spell(Scenario, document))
    for table, record in TABLES.items():
        rows = document.get(table)
        if not isinstance(rows, Mapping):
            continue
        changed = {
            id_: now
            for id_, row in rows.items()
            if isinstance(row, Mapping) and (now := _spell(record, row)) is not row
        }
        if changed:
            spelled[table] = {**rows, **changed}
    return spelled


def _spell(record: type[Record], row: Mapping[str, Any]) -> Mapping[str, Any]:
    numbers = {
        name: str(value)
        for name in verbatim_fields(record) & row.keys()
        if isinstance(value := row[name], int | float)
        and not isinstance(value, bool)
        and math.isfinite(value)
    }
    return {**row, **numbers} if numbers else row
