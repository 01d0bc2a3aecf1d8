"""What break-evens say: the value of each figure at which what is funded changes."""

from __future__ import annotations

from ...model.studies.figures.findings import BreakEven, FigureStudy
from ..sheet import SHOWN, Chart, Column, Record, Table
from .figure_titles import list_figure, path_column, tell_at
from .figures import (
    MOST_FIGURES,
    begin_row,
    count_answered,
    list_answered,
    number,
    tell_tolerance,
)
from .words import Words, capitalise, drop_empty, tell_counts

TITLE = "At which value of a figure the answer turns"
SHORT = "Turning points"


def tabulate_rows(study: FigureStudy) -> list[Record]:
    """Where what is funded changes, by figure, the nearest first."""
    return [tabulate_break_even(row) for row in study.break_evens]


def tabulate_break_even(row: BreakEven) -> Record:
    """A line of the break-evens."""
    flip = row.nearest
    return begin_row(row.figure) | {
        "flips_at": None if flip is None else number(flip.at),
        "holds_at": None if flip is None else number(flip.holds_at),
        "within_range": row.within_range,
        "enters": [] if flip is None else list(flip.enters),
        "leaves": [] if flip is None else list(flip.leaves),
        "why": "" if flip is None else flip.why,
        "below": None if row.below is None else number(row.below.at),
        "above": None if row.above is None else number(row.above.at),
        "searched": [number(end) for end in row.searched],
    }


def tell(words: Words, record: Record) -> tuple[str, list[str], list[Table | Chart]]:
    """How many figures turn the answer, and where."""
    rows = list_answered(record)
    turning = [row for row in rows if row["flips_at"] is not None]
    kinds = [row["within_range"] for row in turning]
    within, beyond = kinds.count(True), kinds.count(False)
    of, what = f"of {count_answered(record)}", "what is funded within"
    told = tell_counts(
        (within, f"{of} changes {what} its range", f"{of} change {what} their range"),
        (beyond, "only beyond it"),
        (len(turning) - within - beyond, "without a range does", "without a range do"),
        (len(rows) - len(turning), "nowhere that was searched"),
    )
    holding = [row for row in rows if row["flips_at"] is None]
    parts: list[Table | Chart] = [list_turns(words, turning), list_holding(words, holding)]
    return f"{capitalise(told)}.", tell_tolerance(record), parts


def list_turns(words: Words, rows: list[Record]) -> Table:
    """The nearest value at which each figure turns the answer, and who comes and goes there."""
    shown = [
        list_figure(words, row)
        | {
            "now": tell_at(words, row, row["value"]),
            "at": tell_at(words, row, row["flips_at"]),
            "within": row["within_range"],
            "enters": row["enters"] or "",
            "leaves": row["leaves"] or "",
            "why": row.get("why") or "",
        }
        for row in rows
    ]
    columns = [
        Column("figure", "figure"),
        Column("now", "now"),
        Column("at", "turns at"),
        Column("range", "range"),
        Column("within", "in range", "yes", absent="no range"),
        words.programmes_column("enters", "comes in"),
        words.programmes_column("leaves", "goes out"),
        Column("why", "why"),
        path_column(),
    ]
    title = "Figures that turn the answer, the nearest first"
    return Table("breakeven", title, drop_empty(columns, shown), shown, most=MOST_FIGURES, on=SHOWN)


def list_holding(words: Words, rows: list[Record]) -> Table:
    """The figures that turn the answer nowhere, and how far each was moved."""
    shown = [
        list_figure(words, row)
        | {
            "now": tell_at(words, row, row["value"]),
            "searched": " to ".join(tell_at(words, row, end) for end in row.get("searched") or ()),
        }
        for row in rows
    ]
    columns = [
        Column("figure", "figure"),
        Column("now", "now"),
        Column("range", "range"),
        Column("searched", "turns nothing from ... to"),
        path_column(),
    ]
    title = "Figures that turn the answer nowhere that was searched"
    return Table("holding", title, columns, shown, most=MOST_FIGURES, form="folded", on=SHOWN)
