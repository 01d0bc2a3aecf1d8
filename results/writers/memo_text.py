"""A memo as Markdown."""

from __future__ import annotations

import re

from ..sheet import FIGURES, PAGE, Table
from ..studies.memo import Memo

SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|!])")


def write_text(memo: Memo, picture: str) -> str:
    """The memo as text; `picture` is the name of the file that the chart is in."""
    lines = [f"# {escape(memo.title)}", "", escape(memo.of), ""]
    for part in memo.parts:
        lines += [f"## {escape(part.heading)}", ""]
        lines += [f"{escape(text)}\n" for text in part.sentences if text]
        if part.table is not None and part.table.rows:
            lines += [*write_table(part.table), ""]
        if part.chart is not None:
            lines += [f"![{escape(part.chart.says)}](<{picture}>)", ""]
    return "\n".join(lines).rstrip() + "\n"


def escape(text: str) -> str:
    r"""Text of a scenario as Markdown shows it, never as a mark.

    >>> print(escape("a *b* | c"))
    a \*b\* \| c
    """
    return SPECIAL.sub(r"\\\1", text)


def write_table(table: Table) -> list[str]:
    """A table as lines; figures stand on the right."""
    columns = table.columns_on(PAGE)
    sides = ["--:" if column.show in FIGURES else "---" for column in columns]
    heads = [column.heading for column in columns]
    return [
        f"| {' | '.join(map(escape, heads))} |",
        f"|{'|'.join(sides)}|",
        *(f"| {' | '.join(map(escape, row))} |" for row in table.cells_on(PAGE)),
    ]
