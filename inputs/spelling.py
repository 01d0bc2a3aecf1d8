"""Numbers where text is meant, which stand for their digits."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from .patch import TABLES, Document
from .record import Record
from .scenario import Scenario
from .tables import verbatim_fields

LONGEST = 4096
"""Bits of the longest whole number that is taken for a text: some 1,200 digits."""


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
        if _has_digits(value := row[name])
    }
    return {**row, **numbers} if numbers else row


def _has_digits(value: Any) -> bool:
    """Whether it is a number that can be written out: Python writes no whole one of thousands."""
    if isinstance(value, int):  # of any length, where a float has an end
        return not isinstance(value, bool) and value.bit_length() <= LONGEST
    return isinstance(value, float) and math.isfinite(value)
