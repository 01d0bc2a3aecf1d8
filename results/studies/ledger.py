"""The ledger of a scenario: every figure with its range, its grounds and what hangs on it."""

from __future__ import annotations

from ..runs.reported import Reported
from ..sheet import PAGE, Column, Record, Sheet, Table
from .figure_titles import list_figure, tell_at
from .rows import list_feeds, list_figures
from .words import Words, capitalise, count

MINOR = 0.03
"""Figures that carry less of the gain are left out in print."""

SHARES = (
    "Of the gain: what is lost of it if the effect is taken away, the plan kept. Shares may sum to "
    "more than 100%, as effects that help each other count twice."
)


def describe_ledger(one: Reported, is_alone: bool = True) -> Sheet:
    """Every figure, those that carry most of the gain first; of one of several scenarios, whose.

    Without a plan nothing is known of the gain, and they stand as in the scenario.
    """
    words, record = Words(one.scenario), one.record
    feeds = [] if record is None else list_feeds(one.scenario, record)
    gain = 0.0 if record is None else record["gain"]
    figures = list_figures(one.scenario, feeds, gain)
    rows = [list_row(words, row) for row in figures]
    rows.sort(key=lambda row: -abs(row["share"] or 0.0))
    shares = [] if record is None else [Column("share", "of the gain", "share", absent="")]
    columns = [
        Column("figure", "figure"),
        Column("value", "value", "number"),
        Column("range", "range", "range"),
        *shares,
        Column("confidence", "confidence", is_choice=True),
        Column("path", "path", is_folded=True),
        Column("kind", "table", is_folded=True, is_choice=True),
        Column("sources", "sources", "links", is_folded=True),
        Column("note", "note", is_folded=True),
    ]
    told = capitalise(count(len(rows), "figure"))
    first = "; those that carry most of the gain come first" if shares else ""
    ranged = sum(row["low"] is not None for row in figures)
    return Sheet(
        name="ledger",
        title=words.title,
        of=one.scenario.name,
        short="Assumptions",
        heading="What it all rests on",
        verdict=(
            f"{told}, {ranged or 'none'} of them with a range{first}. Open one to see its source "
            "and its note."
        ),
        sentences=[] if is_alone else [words.tell_whose("These are the figures")],
        parts=[
            Table(
                "figures",
                "",
                columns,
                rows,
                note=SHARES if shares else "",
                most=len(rows),
                form="ledger",
                on=frozenset({PAGE}),
            )
        ],
    )


def list_row(words: Words, row: Record) -> Record:
    """What the ledger tells of one figure."""
    told = list_figure(words, {**row, "source": row["sources"]})
    share = row["share"]
    return {
        "figure": told["figure"],
        "value": tell_at(words, row, row["value"]),
        "range": told["range"] if row["low"] is not None else "",
        "share": share,
        "confidence": row["confidence"] or "none given",
        "path": row["path"],
        "kind": row["path"].partition(".")[0],
        "sources": told["sources"],
        "note": row["note"],
        "is_minor": share is None or abs(share) < MINOR,
    }
