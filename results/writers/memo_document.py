"""A memo as a Word document; the one file that knows the library that writes it."""

from __future__ import annotations

import io
from typing import Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from ..charts.vega import PAGE_WIDTH, render_png
from ..sheet import FIGURES, PAGE, Table
from ..studies.memo import Memo
from .terminal import plain

MARGIN = Cm(1.7)
WIDTH = Cm(10.0)
"""How wide the chart is on the page."""

FONT = "Arial"
"""One that is as wide everywhere, so that a memo stays on its page."""

SMALL, TEXT, HEADING = Pt(7.5), Pt(9), Pt(11)


def write_document(memo: Memo) -> bytes:
    """The memo as the bytes of a file, made to fit one page of A4."""
    document = docx.Document()
    (section,) = document.sections
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = MARGIN
    normal = document.styles["Normal"]
    normal.font.size = TEXT
    normal.paragraph_format.space_after = Pt(2)
    document.styles["Heading 2"].font.size = HEADING
    for name in ("Normal", "Heading 1", "Heading 2"):
        set_font(document.styles[name])
    document.core_properties.title = clean(memo.title)
    title = document.add_heading(clean(memo.title), level=1)
    title.paragraph_format.space_before = Pt(0)
    document.add_paragraph(clean(memo.of))
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


def set_font(style: Any) -> None:
    """Sets a style in the memo's font, whatever the template's theme says."""
    style.font.name = FONT
    fonts = style.element.rPr.rFonts
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:hAnsi"), FONT)


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
