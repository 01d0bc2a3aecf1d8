"""A sheet in a notebook: the same sentences, tables and charts, as HTML."""

from __future__ import annotations

import html
from urllib.parse import quote

from ..charts.vega import PAGE_WIDTH, render_svg
from ..sheet import FIGURES, MOST_ROWS, NOTEBOOK, Chart, Sheet, Table


def write_html(sheet: Sheet) -> str:
    """A sheet as a piece of HTML without scripts."""
    lacking = sheet.completeness.tell()
    parts = [f"<h4>{escape(sheet.title)}</h4>"]
    for line in sheet.lines:
        text = escape(line)
        parts.append(f"<p>{f'<strong>{text}</strong>' if line == lacking else text}</p>")
    for part in sheet.parts:
        if NOTEBOOK not in part.on:
            continue
        if isinstance(part, Chart):
            parts.append(write_chart(part))
        elif part.rows:
            parts.append(write_table(part))
    parts += [f"<p>{escape(line)}</p>" for line in (*sheet.notes, sheet.effort) if line]
    return "\n".join(parts)


def escape(text: str) -> str:
    """Text as HTML shows it, never as HTML."""
    return html.escape(text, quote=True)


def write_chart(chart: Chart) -> str:
    """A chart as a picture with its description."""
    svg = render_svg(chart.draw(PAGE_WIDTH, True))
    image = f"data:image/svg+xml,{quote(svg)}"
    return (
        f"<figure><figcaption>{escape(chart.title)}</figcaption>"
        f'<img src="{image}" alt="{escape(chart.says)}"/></figure>'
    )


def write_table(table: Table) -> str:
    """A table with its title; figures stand on the right."""
    columns = table.columns_on(NOTEBOOK)
    sides = ["right" if column.show in FIGURES else "left" for column in columns]
    head = "".join(
        f'<th style="text-align:{side}">{escape(column.heading)}</th>'
        for column, side in zip(columns, sides, strict=True)
    )
    rows = table.cells_on(NOTEBOOK, table.most or MOST_ROWS)
    body = "".join(
        "<tr>"
        + "".join(
            f'<td style="text-align:{side}">{escape(cell)}</td>'
            for cell, side in zip(row, sides, strict=True)
        )
        + "</tr>"
        for row in rows
    )
    left = len(table.rows) - len(rows)
    more = f"<p>and {left:,} more</p>" if left else ""
    note = f"<p>{escape(table.note)}</p>" if table.note else ""
    caption = f"<caption>{escape(table.title)}</caption>" if table.title else ""
    cells = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    return f"<table>{caption}{cells}</table>{more}{note}"
