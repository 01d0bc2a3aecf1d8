"""What a record says beside the tables that are shown or kept as files: for data frames alone.

Together with those it leaves nothing out: each value stands in a row beside its ids and years.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..sheet import DATA, Record, Table
from .words import keep_table

IN_PARTS = ("solver", "checks", "failed")
"""Mappings of a record that are told value by value, as `solver.name`."""


def list_overview(record: Record, **parts: Any) -> Table:
    """Each value that belongs to the answer as a whole, by name; texts of a list one by one.

    `parts`: values from within the record, by the names that they get.

    >>> list_overview({"gain": 1.5, "funded": ["grid", "labs"], "areas": {}}).rows
    [{'name': 'gain', 'value': 1.5}, {'name': 'funded', 'value': 'grid'}, \
{'name': 'funded', 'value': 'labs'}]
    """
    told = {name: value for name, value in record.items() if name not in IN_PARTS}
    for name in (*IN_PARTS, "notes"):
        within = record.get(name)
        if isinstance(within, Mapping):
            told |= {f"{name}.{part}": value for part, value in within.items()}
    told |= {name.replace("__", "."): value for name, value in parts.items()}
    rows = []
    for name, value in told.items():
        if isinstance(value, list):
            rows += [{"name": name, "value": text} for text in value if isinstance(text, str)]
        elif not isinstance(value, Mapping):
            rows.append({"name": name, "value": value})
    return keep_table("overview", ("name", "value"), rows, DATA)


def list_overviews(record: Record) -> list[Table]:
    """What belongs to the answer as a whole, where all else stands in the tables of the sheet."""
    return [list_overview(record)]


def unroll(name: str, value: Any, *keys: str) -> Table:
    """Nested mappings as a table: a column for each depth, and one for what stands innermost.

    >>> unroll("plan", {"grid": {"2027": 1.5}}, "instrument", "year", "bn").rows
    [{'instrument': 'grid', 'year': '2027', 'bn': 1.5}]
    """
    rows = [dict(zip(keys, cells, strict=True)) for cells in walk(value or {}, len(keys))]
    return keep_table(name, keys, rows, DATA)


def walk(value: Any, depth: int) -> Iterator[tuple[Any, ...]]:
    """The keys on the way to each innermost value, and the value; lists value by value.

    >>> list(walk({"grid": ["cap", "floor"], "labs": None}, 2))
    [('grid', 'cap'), ('grid', 'floor'), ('labs', None)]
    """
    if depth == 1:
        yield from ((part,) for part in (value if isinstance(value, list) else [value]))
        return
    for key, inner in value.items():
        if inner is not None or depth == 2:
            yield from ((key, *cells) for cells in walk(inner, depth - 1))


def lay_out(
    name: str, rows: Mapping[str, Any] | Iterable[Mapping[str, Any]] | None, *keys: str
) -> Table:
    """Rows as the record has them; of a mapping, its keys are the first column."""
    if isinstance(rows, Mapping):
        rows = [{keys[0]: id_, **(row or {})} for id_, row in rows.items()]
    return keep_table(name, keys, list(rows or ()), DATA)


def number(parts: Iterable[Any] | None) -> dict[int, Any]:
    """Parts by their number, from 1."""
    return dict(enumerate(parts or (), 1))


def pick(rows: Iterable[Mapping[str, Any]] | None, key: str, by: str = "id") -> dict[str, Any]:
    """One field of each row that has both, by its id.

    >>> pick([{"id": "p1", "areas": {"energy": 2.0}}], "areas")
    {'p1': {'energy': 2.0}}
    """
    return {
        row[by]: row[key]
        for row in rows or ()
        if row.get(key) is not None and row.get(by) is not None
    }
