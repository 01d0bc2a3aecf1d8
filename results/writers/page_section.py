"""A sheet as a section of a page: what its template shows."""

from __future__ import annotations

from typing import Any

from ..sheet import FIGURES, MOST_ROWS, PAGE, Sheet, Table


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
    columns = table.columns_on(PAGE)
    rows = table.cells_on(PAGE, table.most or MOST_ROWS)
    left = len(table.rows) - len(rows)
    more = f" (the first {len(rows)} of {len(table.rows)})" if left else ""
    return {
        "title": table.title + more,
        "columns": [column.heading for column in columns],
        "rows": rows,
        "kinds": [judge(column.show) for column in columns],
        "note": table.note,
    }


def judge(show: str) -> str:
    """How a column is set: `n` for figures, on the right, `years` for short text, else `words`."""
    if show in FIGURES:
        return "n"
    return "years" if show in ("years", "yes") else "words"
