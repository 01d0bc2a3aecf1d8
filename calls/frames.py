"""Plans that are brought, as rows of cells that readers of tables take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..inputs.complaint import InputError
from ..inputs.fields import name_value
from ..inputs.frames import tell_cell

if TYPE_CHECKING:
    import pandas as pd

HEADER = ["instrument", "year", "bn"]


def list_plan_cells(plan: object) -> list[list[str]]:
    """A plan as cells of instrument, year and amount: from a mapping or a data frame.

    Raises InputError for what is neither.

    >>> list_plan_cells({"grid": {2027: 1.5, 2028: 2}})
    [['instrument', 'year', 'bn'], ['grid', '2027', '1.5'], ['grid', '2028', '2']]
    """
    if isinstance(plan, Mapping):
        return [HEADER, *(cells for id_, years in plan.items() for cells in list_years(id_, years))]
    import pandas as pd

    if not isinstance(plan, pd.DataFrame):
        message = (
            "expected a mapping of instruments to years and amounts, or a DataFrame, got a "
            f"{type(plan).__name__}"
        )
        raise InputError.of("plan", message)
    frame = make_tidy_plan(plan)
    rows = frame.astype(object).itertuples(index=False, name=None)
    return [[str(name) for name in frame.columns], *([tell_cell(c) for c in row] for row in rows)]


def list_years(id_: str, years: Any) -> list[list[str]]:
    """The rows of one instrument. Raises InputError."""
    if not isinstance(years, Mapping):
        message = f"expected a mapping of years to amounts, got {name_value(years)}"
        raise InputError.of(f"plan, {id_}", message)
    return [[str(id_), tell_cell(year), tell_cell(amount)] for year, amount in years.items()]


def make_tidy_plan(frame: pd.DataFrame) -> pd.DataFrame:
    """A plan with a row for each instrument and year, and neither of them in the index.

    In a wide one what is missing is nothing spent.
    """
    import pandas as pd

    if "instrument" not in frame.columns:
        if frame.index.nlevels > 1:
            frame = frame.reset_index(allow_duplicates=True)
        elif not pd.api.types.is_integer_dtype(frame.index.dtype):
            frame = frame.rename_axis(index="instrument").reset_index()
    years = [column for column in frame.columns if tell_cell(column).isdecimal()]
    if not years or "year" in frame.columns or "instrument" not in frame.columns:
        return frame
    kept = [column for column in frame.columns if column not in years]
    tidy = frame.melt(kept, years, "year", "bn")
    return tidy[tidy["bn"].notna()]
