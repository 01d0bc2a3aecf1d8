"""Scenarios from what a notebook holds: a mapping of settings, and data frames."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from .arguments import check_arguments, refuse, take_text
from .build import build_scenario
from .complaint import Complaint, InputError, Place, suggest
from .draft import Draft
from .frames import list_table_cells, plain
from .patch import TABLES, list_paths
from .read import lay_on_parent
from .scenario import Scenario
from .tables import read_rows

if TYPE_CHECKING:
    import pandas as pd


@check_arguments(name=take_text)
def scenario_from_tables(
    document: object, /, *, name: str = "scenario", **frames: pd.DataFrame
) -> Scenario:
    """The scenario that a mapping such as scenario.yaml holds, and a data frame a table, describe.

    `frames`: by the name of a table (`instruments`, `effects`, ...), with a column for each field
    and the ids in the column `id` or in the index; one takes the place of that table in the
    document. Money in the scenario's unit. With `extends` in the document all of it is a patch on
    that scenario. Raises InputError with every complaint; rows are counted as in a CSV file, so the
    first row of a frame is row 2.

    >>> import stratafolio as sf
    >>> textbook = sf.read_scenario("textbook")
    >>> frames = textbook.tables
    >>> frames["instruments"].loc["power", "max_per_year"] = 2.5
    >>> own = sf.scenario_from_tables(textbook.document, **frames)
    >>> own.instruments["power"].max_per_year
    2.5
    """
    if not isinstance(document, Mapping):
        raise refuse("document", "a mapping of keys such as years, budget and layers", document)
    kept = {key: value for key, value in plain(document).items() if key not in frames}
    paths = [path for path in list_paths((), kept) if path]
    draft = Draft(kept, {path: Place(".".join(path), len(path)) for path in paths})
    for table, frame in frames.items():
        if table not in TABLES:
            message = f"is no table of a scenario; {suggest(table, TABLES)}"
            draft.complaints.append(Complaint(table, message))
            continue
        try:
            rows, places = read_rows(table, list_table_cells(frame, table), table)
            for path in list_paths((table,), rows):
                places.setdefault(path, places[path[:2]])  # before those of what it extends
            draft.add_table(table, (rows, places))
        except InputError as error:
            draft.lack_table(table, error.complaints)
    draft = lay_on_parent(draft, None, Place("document"))
    return build_scenario(
        draft.document, draft.places, name, draft.complaints, frozenset(draft.unread)
    )
