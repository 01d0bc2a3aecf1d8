"""Files of a report, each written whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...inputs.complaint import Complaint, InputError
from ...inputs.whole_file import check_file, check_folder, write_whole
from ..runs.reported import Reported


def check_targets(
    page: Path | None, book: Path | None, folder: Path | None, memo: Path | None = None
) -> None:
    """Makes sure that all can be written before anything is solved; raises InputError."""
    complaints: list[Complaint] = []
    if book is not None and book.suffix.lower() != ".xlsx":
        complaints.append(Complaint("--xlsx", f"expected a name ending in .xlsx, got '{book}'"))
    for option, target, check in (
        ("--out", page, check_file),
        ("--xlsx", book, check_file),
        ("--charts", folder, check_folder),
        ("--memo", memo, check_file),
    ):
        try:
            if target is not None:
                check(option, target)
        except InputError as error:
            complaints += error.complaints
    if complaints:
        raise InputError(complaints)


def write_charts(folder: Path, several: Sequence[Reported]) -> list[Path]:
    """Each chart of a report as SVG and PNG; with several scenarios, a folder for each."""
    from ..charts import vega as charts
    from ..studies.chart_list import list_charts
    from ..studies.plan_charts import gather_files

    written = []
    for place, pictures in list_charts(several).items():
        inside = folder / place
        for name, spec in gather_files(pictures).items():
            for ending, content in (
                ("svg", charts.render_svg(spec).encode()),
                ("png", charts.render_png(spec)),
            ):
                file = inside / f"{name}.{ending}"
                write_whole(file, content)
                written.append(file)
    return written


def write_memo_file(file: Path, one: Reported) -> list[Path]:
    """A memo of one page as Markdown, with its chart beside it, or as a Word document."""
    from ..studies.memo import write_memo

    memo = write_memo(one)
    if file.suffix.lower() == ".docx":
        from .memo_document import write_document

        write_whole(file, write_document(memo))
        return [file]
    from ..charts import vega
    from .memo_text import write_text

    picture = file.with_name(f"{file.stem}-spending.png")
    charts = [part.chart for part in memo.parts if part.chart is not None]
    for chart in charts:
        write_whole(picture, vega.render_png(chart.draw(vega.PAGE_WIDTH, True)))
    write_whole(file, write_text(memo, picture.name).encode())
    return [file, picture] if charts else [file]
