"""A sheet's tables as data frames and as CSV files; the one file that knows the library."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..sheet import FILE, FRAME, Column, Sheet, Table

if TYPE_CHECKING:
    import pandas as pd

YEAR_KEYS = ("year",)
"""Columns that hold years: integers in a data frame."""


def make_frame(table: Table) -> pd.DataFrame:
    """A table with its values as they are, named by their keys; years are integers."""
    import pandas as pd

    columns = table.columns_on(FRAME)
    rows = [{name_column(c): row.get(c.key) for c in columns} for row in table.rows]
    keys = [name_column(column) for column in columns]
    frame = pd.DataFrame(rows, columns=keys)
    for key in YEAR_KEYS:
        if key in keys and len(frame):
            years = pd.to_numeric(frame[key])  # one that is missing is that of all years together
            frame[key] = years.astype("Int64" if years.isna().any() else int)
    return frame


def name_column(column: Column) -> str:
    """The name of a column of a data frame: its key, with its unit unless the key tells it.

    >>> name_column(Column("energy", "Energy", "money", "$ bn")), name_column(Column("bn", "bn"))
    ('energy_bn', 'bn')
    >>> name_column(Column("gain", "gain", "points")), name_column(Column("gain_points", "gain"))
    ('gain_points', 'gain_points')
    """
    unit = {"money": column.unit.rpartition(" ")[2], "points": "points"}.get(column.show, "")
    is_told = not unit or column.key == unit or column.key.endswith(f"_{unit}")
    return column.key if is_told else f"{column.key}_{unit}"


def make_frames(tables: Iterable[Table]) -> dict[str, pd.DataFrame]:
    """Tables by name."""
    return {table.name: make_frame(table) for table in tables}


def write_tables(sheet: Sheet) -> dict[str, bytes]:
    """The tables of a sheet as CSV files by name."""
    return {table.name: write_csv(table) for table in sheet.tables_on(FILE)}


def write_csv(table: Table) -> bytes:
    """A table as a CSV file."""
    return write_rows([column.key for column in table.columns_on(FRAME)], table.rows)


def write_rows(keys: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> bytes:
    """A CSV file, headed even where it has no rows; no cell of it is run as a formula."""
    import pandas as pd

    cells = [{key: guard(row.get(key)) for key in keys} for row in rows]
    return pd.DataFrame(cells, columns=list(keys)).to_csv(index=False).encode()


def guard(value: Any) -> Any:
    """A cell that no spreadsheet runs: text that begins like a formula gets an apostrophe.

    >>> guard("=1+1"), guard("grid"), guard(-1.5), guard(["a", "b"])
    ("'=1+1", 'grid', -1.5, 'a b')
    """
    if isinstance(value, list | tuple):
        value = " ".join(map(str, value))
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return value
