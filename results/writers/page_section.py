"""A sheet as a section of a page: the blocks that its template shows, in their order."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from typing import Any

from ..sheet import FIGURES, MOST_ROWS, PAGE, Chart, Column, Link, Mark, Sheet, Table, tell_cell
from .gallery import Gallery

INSIDE = re.compile(r"(?<=[A-Za-z0-9][._])(?=[A-Za-z])")
"""After the points and strokes that join the words of a path."""

TALL = 15
"""Rows from which a table scrolls by itself, but for those that answer the page's question."""

Block = dict[str, Any]


def write_section(
    sheet: Sheet, gallery: Gallery, prefix: str = "", kicker: str = ""
) -> dict[str, Any]:
    """The anchor, the title, the sentences, and blocks of charts and tables of a sheet.

    `prefix` is that of its anchor and of its charts; `kicker` says which scenario it is about.
    """
    lacking = sheet.completeness.tell()
    return {
        "anchor": f"{prefix}{sheet.name}",
        "kicker": kicker,
        "title": sheet.heading or sheet.title,
        "short": sheet.short,
        "is_answer": sheet.is_answer,
        "lacking": lacking,
        "sentences": [line for line in sheet.lines if line != lacking],
        "blocks": list_blocks(sheet, gallery, prefix),
        "notes": [line for line in sheet.notes if line],
    }


def list_blocks(sheet: Sheet, gallery: Gallery, prefix: str) -> list[Block]:
    """Charts, panels and tables in the order of the sheet; a legend where it comes first."""
    parts = list_parts(sheet)
    tables = [part.name for part in parts if isinstance(part, Table) and part.rows]
    blocks: list[Block] = []

    def hang(chart: Chart) -> Block:
        told = gallery.hang(chart, prefix)
        is_there = chart.table in tables
        return {**told, "table": name_table(sheet, prefix, chart.table) if is_there else ""}

    shown: list[Sequence[Mark]] = []
    for group, several in itertools.groupby(parts, key=group_of):
        if group:
            charts = [part for part in several if isinstance(part, Chart)]
            legend = list_new(charts[0].legend, shown)
            blocks.append({"kind": "panels", "charts": list(map(hang, charts)), "legend": legend})
            continue
        for part in several:
            if isinstance(part, Chart):
                legend = list_new(part.legend, shown)
                blocks.append({"kind": "chart", "chart": hang(part), "legend": legend})
            elif part.rows:
                id_ = name_table(sheet, prefix, part.name)
                table = set_table(part)
                table["is_tall"] &= not sheet.is_answer
                blocks.append({"kind": part.form, "id": id_, **table})
    return blocks


def list_parts(sheet: Sheet) -> list[Table | Chart]:
    """What a page shows of a sheet, each chart before the table that holds its numbers."""
    parts = [part for part in sheet.parts if PAGE in part.on]
    names = {part.name for part in parts if isinstance(part, Table) and part.rows}
    ordered: list[Table | Chart] = []
    for part in parts:
        if isinstance(part, Table):
            ordered += [own for own in parts if isinstance(own, Chart) and own.table == part.name]
        if isinstance(part, Table) or part.table not in names:
            ordered.append(part)
    return ordered


def group_of(part: Table | Chart) -> str:
    """The group of a chart; nothing for what stands by itself."""
    return part.group if isinstance(part, Chart) else ""


def list_new(legend: Sequence[Mark], shown: list[Sequence[Mark]]) -> Sequence[Mark]:
    """A legend that its section has not shown yet, which is noted; nothing for one that it has."""
    if not legend or list(legend) in shown:
        return ()
    shown.append(list(legend))
    return legend


def name_table(sheet: Sheet, prefix: str, name: str) -> str:
    """What a table is called on the page, where several sheets may have one of its name."""
    return f"{prefix}{sheet.name}-{name}"


def set_table(table: Table) -> Block:
    """A table with its cells as text; says how many rows are left out."""
    columns = [column for column in table.columns_on(PAGE) if not column.is_folded]
    folded = [column for column in table.columns_on(PAGE) if column.is_folded]
    rows = table.rows[: table.most or MOST_ROWS]
    left = len(table.rows) - len(rows)
    more = f" (the first {len(rows)} of {len(table.rows)})" if left else ""
    return {
        "title": table.title + more,
        "columns": [{"heading": c.heading, "kind": judge(c.show)} for c in columns],
        "rows": [
            {
                "cells": [set_cell(row, column) for column in columns],
                "folded": [
                    {"heading": column.heading, **set_cell(row, column)}
                    for column in folded
                    if row.get(column.key, "") not in ("", [])
                ],
                "choices": [tell_cell(row.get(c.key, ""), c) for c in list_choices(table)],
                "share": row.get("share") or 0.0,
                "is_minor": row.get("is_minor", False),
            }
            for row in rows
        ],
        "choices": [
            {
                "heading": column.heading,
                "values": list(dict.fromkeys(tell_cell(row[column.key], column) for row in rows)),
            }
            for column in list_choices(table)
        ],
        "is_tall": len(rows) > TALL,
        "note": table.note,
    }


def list_choices(table: Table) -> list[Column]:
    """The columns by whose values a ledger is sifted."""
    return [column for column in table.columns_on(PAGE) if column.is_choice]


def set_cell(row: Mapping[str, Any], column: Column) -> dict[str, Any]:
    """A cell: how it is set, its text, its links, and how dark it is."""
    value = row.get(column.key, "")
    has_links = column.show == "links" and not isinstance(value, str) and value is not None
    links: Sequence[Link] = value if has_links else ()
    return {
        "kind": judge(column.show),
        "text": tell_cell(value, column),
        "pieces": split_text(tell_cell(value, column)),
        "links": [{"text": link.about or link.text, "url": link.url} for link in links],
        "shade": round(row.get(column.shade) or 0.0, 3) if column.shade else 0.0,
    }


def split_text(text: str) -> list[str]:
    """Where a line may break within the ids and paths of a text.

    >>> split_text("Grid (effects.grid_points) 4.5")
    ['Grid (effects.', 'grid_', 'points) 4.5']
    """
    return INSIDE.split(text)


def judge(show: str) -> str:
    """How a column is set: `n` for figures, on the right, `years` for short text, else `words`."""
    if show in FIGURES:
        return "n"
    return "years" if show in ("years", "yes") else "words"
