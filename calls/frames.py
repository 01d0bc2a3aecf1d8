"""Data frames that are brought, as rows of cells that readers of tables take."""

from __future__ import annotations


def list_plan_cells(frame: object) -> list[list[str]]:
    """A plan as cells of instrument, year and amount, whether it is tidy or wide by year.

    Raises InputError for what is no data frame.
    """
    import pandas as pd

    from ..inputs.complaint import InputError

    if not isinstance(frame, pd.DataFrame):
        message = (
            f"expected a mapping of instruments to years and amounts, or a DataFrame, got a "
            f"{type(frame).__name__}"
        )
        raise InputError.of("plan", message)
    if "instrument" not in frame.columns and frame.index.name in ("instrument", "id"):
        frame = frame.reset_index().rename(columns={"id": "instrument"})
    years = [column for column in frame.columns if tell_cell(column).isdecimal()]
    if years and "year" not in frame.columns:
        frame = frame.melt("instrument", years, "year", "bn") if "instrument" in frame else frame
    header = [str(column) for column in frame.columns]
    rows = [[tell_cell(cell) for cell in row] for row in frame.itertuples(index=False)]
    return [header, *rows]


def tell_cell(value: object) -> str:
    """A value as the text of a cell: whole numbers without a point, nothing for what is missing.

    >>> tell_cell(2027.0), tell_cell(float("nan")), tell_cell("grid"), tell_cell(0.5)
    ('2027', '', 'grid', '0.5')
    """
    if value is None or value != value:  # noqa: PLR0124  # only what is not a number differs
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
