"""A sheet as a section of a page: what its template shows."""

from __future__ import annotations

from typing import Any

from ..sheet import FIGURES, PAGE, Sheet, Table, tell_cell

MOST_ROWS = 40


def write_section(sheet: Sheet) -> dict[str, Any]:
    """The anchor, the title, the sentences, the charts and the tables of a sheet."""
    lacking = sheet.completeness.tell()
    charts = [chart for chart in sheet.charts if PAGE in chart.on]
    return {
        "anchor": sheet.name,
        "title": sheet.heading or sheet.title,
        "short": sheet.short,
        "lacking": lacking,
        "sentences": [line for line in (*sheet.lines, *sheet.notes) if line and line != lacking],
        "figures": [chart for chart in charts if not chart.group],
        "panels": [chart for chart in charts if chart.group],
        "tables": [set_table(table) for table in sheet.tables_on(PAGE) if table.rows],
    }


def set_table(table: Table) -> dict[str, Any]:
    """A table with its cells as text; says how many rows are left out."""
    columns = [column for column in table.columns_on(PAGE) if column.show != "bar"]
    rows = table.rows[: table.most or MOST_ROWS]
    left = len(table.rows) - len(rows)
    more = f" (the first {len(rows)} of {len(table.rows)})" if left else ""
    return {
        "title": table.title + more,
        "columns": [column.heading for column in columns],
        "rows": [[tell_cell(row.get(c.key, ""), c) for c in columns] for row in rows],
        "kinds": [judge(column.show) for column in columns],
        "note": table.note,
    }


def judge(show: str) -> str:
    """How a column is set: `n` for figures, on the right, `years` for short text, else `words`."""
    if show in FIGURES:
        return "n"
    return "years" if show in ("years", "yes") else "words"
