"""A memo as a Word document; the one file that knows the library that writes it."""

from __future__ import annotations

import io

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm, Pt

from ..charts.vega import PAGE_WIDTH, render_png
from ..sheet import FIGURES, PAGE, Table
from ..studies.memo import Memo
from .terminal import plain

MARGIN = Cm(1.8)
WIDTH = Cm(13.0)
"""How wide the chart is on the page."""

SMALL, TEXT = Pt(7.5), Pt(10)


def write_document(memo: Memo) -> bytes:
    """The memo as the bytes of a file, made to fit one page of A4."""
    document = docx.Document()
    (section,) = document.sections
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = MARGIN
    normal = document.styles["Normal"]
    normal.font.size, normal.font.name = TEXT, "Calibri"
    normal.paragraph_format.space_after = Pt(3)
    document.core_properties.title = clean(memo.title)
    title = document.add_heading(clean(memo.title), level=1)
    title.paragraph_format.space_before = Pt(0)
    document.add_paragraph(clean(f"Scenario {memo.of}."))
    for part in memo.parts:
        heading = document.add_heading(clean(part.heading), level=2)
        heading.paragraph_format.space_before = Pt(5)
        heading.paragraph_format.keep_with_next = True
        for text in filter(None, part.sentences):
            document.add_paragraph(clean(text))
        if part.chart is not None:
            drawn = part.chart.draw(PAGE_WIDTH, True)
            picture = document.add_picture(io.BytesIO(render_png(drawn)), width=WIDTH)
            picture._inline.docPr.set("descr", clean(part.chart.says))  # noqa: SLF001  # alt text
        elif part.table is not None and part.table.rows:
            add_table(document, part.table)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def clean(text: str) -> str:
    """Text that a document can hold: no control characters."""
    return plain(text).replace("\n", " ")


def add_table(document: docx.document.Document, table: Table) -> None:
    """A small table; figures stand on the right."""
    columns, cells = table.columns_on(PAGE), table.cells_on(PAGE)
    grid = document.add_table(rows=1 + len(table.rows), cols=len(columns))
    grid.style = "Light List"
    for at, column in enumerate(columns):
        for line, text in enumerate([column.heading, *(row[at] for row in cells)]):
            (paragraph,) = grid.cell(line, at).paragraphs
            run = paragraph.add_run(clean(text))
            run.font.size = SMALL
            paragraph.paragraph_format.space_after = Pt(0)
            if column.show in FIGURES:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
