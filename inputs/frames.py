"""Tables of a scenario as data frames, and data frames as rows of cells; pandas comes when used."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, get_args

from .complaint import InputError
from .patch import TABLES
from .scenario import CONSTRAINT_TYPES

if TYPE_CHECKING:
    import pandas as pd


def make_tables(document: Mapping[str, Any]) -> dict[str, pd.DataFrame]:
    """The tables of a document by name, each with its ids as the index.

    A column for each field that some row has, in the order in which they come; expressions are
    text, lists and mappings stand in one cell, what a row does not say is missing.
    """
    import pandas as pd

    frames = {}
    for table in TABLES:
        rows = document.get(table) or {}
        if rows:
            fields = list(dict.fromkeys(field for row in rows.values() for field in row))
            columns = {field: [row.get(field) for row in rows.values()] for field in fields}
            frame = pd.DataFrame(columns, index=pd.Index(list(rows), name="id"), columns=fields)
            numbers = frame.columns[frame.dtypes == "int64"].difference(list_whole_fields(table))
            frames[table] = frame.astype(dict.fromkeys(numbers, float))  # 3 may become 2.5
    return frames


def list_whole_fields(table: str) -> list[str]:
    """The fields of a table that hold whole numbers, such as years.

    >>> list_whole_fields("instruments")
    ['first_year', 'last_year', 'run_years', 'lag']
    """
    records = CONSTRAINT_TYPES.values() if table == "constraints" else [TABLES[table]]
    fields = [item for record in records for item in record.model_fields.items()]
    broken = {name for name, field in fields if not is_whole(field.annotation)}
    return [name for name in dict(fields) if name not in broken]


def is_whole(annotation: Any) -> bool:
    """Whether a type is that of whole numbers, or holds it.

    >>> is_whole(int | None), is_whole(float)
    (True, False)
    """
    return annotation is int or any(is_whole(part) for part in get_args(annotation))


def list_table_cells(frame: object, table: str) -> list[list[str]]:
    """A data frame as cells headed by the names of fields, as its CSV file would hold them.

    The ids are its column `id`, or else its index. Raises InputError for what is no data frame.
    """
    import pandas as pd

    if not isinstance(frame, pd.DataFrame):
        raise InputError.of(table, f"expected a DataFrame, got a {type(frame).__name__}")
    is_counted = pd.api.types.is_integer_dtype(frame.index.dtype) and frame.index.name != "id"
    if "id" not in frame.columns and not is_counted:
        frame = frame.rename_axis(index="id").reset_index()
    header = [tell_cell(name) for name in frame.columns]
    rows = frame.astype(object).itertuples(index=False, name=None)
    return [
        header,
        *([tell_cell(cell, name) for name, cell in zip(header, row, strict=True)] for row in rows),
    ]


def tell_cell(value: object, field: str = "") -> str:
    """A value as the text of a cell: whole numbers without a point, nothing for what is missing.

    >>> tell_cell(2027.0), tell_cell(float("nan")), tell_cell("grid"), tell_cell(0.5)
    ('2027', '', 'grid', '0.5')
    >>> tell_cell([0.4, 0.6]), tell_cell(True), tell_cell(["a", "b"], "source")
    ('[0.4, 0.6]', 'true', 'a b')
    """
    value = plain(value)
    if isinstance(value, dict | list):
        if field == "source" and isinstance(value, list):
            return " ".join(map(str, value))
        return json.dumps(value, ensure_ascii=False, default=str)
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        if math.isnan(value):
            return ""
        if math.isinf(value):
            return f"{value}".replace("inf", ".inf")  # as YAML writes it
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value)


def plain(value: Any) -> Any:
    """A value without the types of NumPy and pandas: keys are text, sequences are lists.

    >>> import numpy as np
    >>> plain({2027: np.float64(1.5), "a": (1, np.array([2]))})
    {'2027': 1.5, 'a': [1, [2]]}
    """
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if hasattr(value, "tolist") and not isinstance(value, type):
        return plain(value.tolist()) if hasattr(value, "dtype") else value
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [plain(inner) for inner in value]
    return value
