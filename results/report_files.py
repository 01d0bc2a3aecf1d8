"""Files of a report, each written whole or not at all."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path

from ..inputs.complaint import Complaint, InputError
from .reported import Reported


def check_targets(page: Path | None, book: Path | None, folder: Path | None) -> None:
    """Makes sure that all can be written before anything is solved; raises InputError."""
    complaints = []
    for option, file in (("--out", page), ("--xlsx", book)):
        if file is None:
            continue
        if file.is_dir():
            complaints.append(Complaint(option, f"'{file}' is a folder; name a file"))
            continue
        complaints += _try_folder(option, file.parent, file)
    if folder is not None:
        if folder.exists() and not folder.is_dir():
            complaints.append(Complaint("--charts", f"'{folder}' is a file; name a folder"))
        else:
            complaints += _try_folder("--charts", folder, folder / "chart.svg")
    if complaints:
        raise InputError(complaints)


def _try_folder(option: str, folder: Path, file: Path) -> list[Complaint]:
    probe = folder / f".{os.getpid()}-stratafolio-probe"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
        if file.exists():
            with file.open("ab"):
                pass
    except OSError as error:
        reason = error.strerror or error
        return [Complaint(option, f"'{file}' cannot be written ({reason}); name another")]
    return []


def write_whole(file: Path, content: bytes) -> None:
    """Writes a file in one step; raises InputError where it cannot be."""
    half = file.with_name(f".{os.getpid()}-{file.name}")
    try:
        half.write_bytes(content)
        half.replace(file)
    except OSError as error:
        message = f"cannot be written ({error.strerror or error}); name another file"
        raise InputError.of(str(file), message) from None
    finally:
        with contextlib.suppress(OSError):
            half.unlink(missing_ok=True)


def write_charts(folder: Path, several: Sequence[Reported]) -> list[Path]:
    """Each chart of a report as SVG and PNG; with several scenarios, a folder for each."""
    from . import charts
    from .chart_list import list_charts
    from .pictures import gather_files

    written = []
    for place, pictures in list_charts(several).items():
        inside = folder / place
        inside.mkdir(parents=True, exist_ok=True)
        for name, spec in gather_files(pictures).items():
            for ending, content in (
                ("svg", charts.render_svg(spec).encode()),
                ("png", charts.render_png(spec)),
            ):
                file = inside / f"{name}.{ending}"
                write_whole(file, content)
                written.append(file)
    return written
