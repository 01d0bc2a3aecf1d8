"""What a tornado says: what each figure does to the gain and to the plan over its range."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...model.studies.figures.findings import FigureStudy, Swing
from ..charts import lines_and_bars
from ..sheet import SHOWN, Chart, Column, Record, Table, tidy
from .figure_titles import list_figure, name_figure, path_column, tell_at
from .figures import MOST_FIGURES, begin_row, count_answered, list_answered, tell_tolerance
from .words import Words, capitalise, count, drop_empty, tell_counts, tell_text

TITLE = "Which figures move the answer"
SHORT = "Figures"
ENDS = ("low", "high")
SHOWN_POINTS = 0.0005
"""Points that are told are at least one in the last digit shown."""


def tabulate_rows(study: FigureStudy) -> list[Record]:
    """Every figure at its low and its high value, the most decisive first."""
    return [tabulate_swing(swing) for swing in study.swings]


def tabulate_swing(swing: Swing) -> Record:
    """A line of the tornado."""
    ends = (("low", swing.low), ("high", swing.high))
    row = begin_row(swing.figure)
    for name, end in ends:
        row |= {f"gain_{name}": tidy(end.gain), f"kept_{name}": tidy(end.kept)}
    row["flips"] = swing.flips
    row["lost_points"] = tidy(swing.lost)
    for name, end in ends:
        row |= {
            f"flips_{name}": end.flips,
            f"moved_{name}_bn": tidy(end.moved_bn),
            f"enters_{name}": list(end.enters) if end.flips else [],
            f"leaves_{name}": list(end.leaves) if end.flips else [],
        }
    return row | {"notes": [f"{name}: {end.note}" for name, end in ends if end.note]}


def tell(words: Words, record: Record) -> tuple[str, list[str], list[Table | Chart]]:
    """How many figures change what is funded, and what each of them does."""
    rows = list_answered(record)
    flips = sum(any(row.get(f"flips_{end}") for end in ENDS) for row in rows)
    of, what = f"of {count_answered(record)}", "what is funded over"
    changing = tell_counts(
        (flips, f"{of} changes {what} its range", f"{of} change {what} their range")
    )
    sentences = [*tell_lasting(words, record, rows), *tell_extremes(words, rows)]
    sentences += tell_tolerance(record)
    base = record.get("base_gain")
    shown = [set_row(words, row, base) for row in rows]
    return (
        f"{capitalise(changing)}.",
        sentences,
        [*draw_swings(shown), list_swings(words, shown), *list_flips(words, rows)],
    )


def tell_lasting(words: Words, record: Record, rows: Sequence[Record]) -> list[str]:
    """How many of today's programmes stay, whichever figure moves, and which do not."""
    funded, taken = record.get("funded") or [], list_taken(rows)
    if not funded or not rows or not record.get("complete", True):
        return []
    leaving = [id_ for id_ in funded if id_ in taken]
    if not leaving:
        return ["All of these stay funded, whichever figure moves alone to an end of its range."]
    of, moves = f"of these {len(funded)}", "whichever figure moves alone to an end of its range"
    stay = tell_counts(
        (len(funded) - len(leaving), f"{of} stays funded, {moves}", f"{of} stay funded, {moves}")
    )
    return [
        f"{capitalise(stay)}; at some end this goes out: {words.list_programmes(leaving)}.",
    ]


def list_taken(rows: Sequence[Record]) -> set[str]:
    """The programmes that some end of some range takes away."""
    return {id_ for row in rows for end in ENDS for id_ in row.get(f"leaves_{end}") or ()}


def tell_extremes(words: Words, rows: Sequence[Record]) -> list[str]:
    """The figure that decides most, and the one that moves the gain most if that is another."""
    told = []
    costly = max(rows, key=lambda row: row.get("lost_points") or 0.0, default=None)
    if costly is not None and (costly.get("lost_points") or 0.0) >= SHOWN_POINTS:
        end = max(ENDS, key=lambda end: measure_loss(costly, end))
        told.append(
            f"Decides most: {name_row(words, costly)}. At {tell_at(words, costly, costly[end])}, "
            f"instead of {tell_at(words, costly, costly['value'])}, keeping today's plan loses "
            f"{costly['lost_points']:.3f} of {costly[f'gain_{end}']:.3f} points."
        )
    moves = [row for row in rows if None not in (row.get("gain_low"), row.get("gain_high"))]
    widest = max(moves, key=lambda row: abs(row["gain_high"] - row["gain_low"]), default=None)
    if widest is not None and abs(widest["gain_high"] - widest["gain_low"]) >= SHOWN_POINTS:
        told.append(
            f"Moves the gain most: {name_row(words, widest)}, from {widest['gain_low']:.3f} to "
            f"{widest['gain_high']:.3f} points; keeping today's plan then loses "
            f"{widest.get('lost_points') or 0.0:.3f}."
        )
    return told


def measure_loss(row: Record, end: str) -> float:
    """What keeping today's plan loses at one end of a range; 0 where it cannot be kept."""
    gain, kept = row.get(f"gain_{end}"), row.get(f"kept_{end}")
    return 0.0 if gain is None or kept is None else float(gain - kept)


def name_row(words: Words, row: Record) -> str:
    """What people call the figure of a line."""
    return name_figure(words, row["path"], row.get("title") or "")


def set_row(words: Words, row: Record, base: float | None) -> Record:
    """A line as the table shows it: gains as changes against today's best plan."""
    moved = [row[f"moved_{end}_bn"] for end in ENDS if row.get(f"moved_{end}_bn") is not None]
    return list_figure(words, row) | {
        "change_low": subtract(row["gain_low"], base),
        "change_high": subtract(row["gain_high"], base),
        "lost_points": row.get("lost_points"),
        "moved": max(moved, default=None),
        "notes": "; ".join(row.get("notes") or ()),
    }


def subtract(gain: float | None, base: float | None) -> float | None:
    """The change of a gain, or nothing where either is not known.

    >>> subtract(3.0, 1.0), subtract(None, 1.0)
    (2.0, None)
    """
    return None if gain is None or base is None else gain - base


def list_swings(words: Words, rows: Sequence[Record]) -> Table:
    """The gain at both ends, what keeping today's plan loses, and the money that moves."""
    columns = [
        Column("figure", "figure"),
        Column("range", "range"),
        Column("change_low", "gain at low", "points", "points", is_signed=True, absent="no plan"),
        Column("change_high", "at high", "points", "points", is_signed=True, absent="no plan"),
        Column("lost_points", "kept loses", "points", "points"),
        words.money_column("moved", "moves", 1),
        path_column(),
        Column("notes", "note"),
    ]
    return Table(
        "tornado",
        "Figures: first those that change what is funded, then by what keeping the plan loses",
        drop_empty(columns, rows),
        rows,
        note="Gain at low and high: against today's, the plan chosen anew. Kept loses: what "
        "keeping today's plan loses against that. Moves: money that changes hands between "
        "programmes.",
        most=MOST_FIGURES,
        on=SHOWN,
    )


def list_flips(words: Words, rows: Sequence[Record]) -> list[Table]:
    """What is funded at the ends of ranges at which that changes."""
    shown = [
        {
            "figure": name_row(words, row),
            "at": tell_at(words, row, row[end]),
            "enters": row.get(f"enters_{end}") or "",
            "leaves": row.get(f"leaves_{end}") or "",
        }
        for row in rows
        for end in ENDS
        if row.get(f"flips_{end}")
    ]
    columns = [
        Column("figure", "figure"),
        Column("at", "at"),
        words.programmes_column("enters", "comes in"),
        words.programmes_column("leaves", "goes out"),
    ]
    title = "Where what is funded changes"
    return [
        Table(
            "tornado_flips", title, drop_empty(columns, shown), shown, most=MOST_FIGURES, on=SHOWN
        )
    ]


def draw_swings(rows: Sequence[Record]) -> list[Chart]:
    """Bars of the change of the gain over each figure's range, the widest on top."""
    wide = [row for row in rows if None not in (row["change_low"], row["change_high"])]
    wide = sorted(wide, key=lambda row: -abs(row["change_high"] - row["change_low"]))
    bars = [
        {
            "name": tell_text(row["figure"], 60),
            "from": min(row["change_low"], row["change_high"]),
            "to": max(row["change_low"], row["change_high"]),
        }
        for row in wide[:MOST_FIGURES]
    ]
    if not bars:
        return []

    def draw(width: Any, legend: bool) -> Record:
        del legend
        return lines_and_bars.draw_bars(
            bars, "change of the gain, points", width, rule=0.0, room=lines_and_bars.LONG_LABELS
        )

    first = bars[0]
    says = (
        f"Bars for the {count(len(bars), 'figure')} that move the gain most; the widest is "
        f"{wide[0]['figure']}, from {first['from']:+.3f} to {first['to']:+.3f} points"
    )
    title = "The gain over the range of each figure, against today's"
    return [Chart("tornado", title, says, draw, table="tornado", is_wide=True)]
