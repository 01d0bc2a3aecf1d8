"""A bar on stderr: how much of a study is done, what is proven so far, and the time left."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator

Tell = Callable[[float, float, str], None]
"""Told how much of how much is done, and a few words on what is proven so far."""

FIRST_LINE = 2.0
"""Seconds before a log, which is no terminal, is told anything."""

LINES_APART = 10.0
"""Seconds between lines in a log."""


@contextlib.contextmanager
def watching(what: str) -> Iterator[Tell]:
    """Shows a bar on a terminal, and a line now and then in a log."""
    if not sys.stderr.isatty():
        yield _make_log(what)
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.percentage:>3.0f}%"),
        TextColumn("{task.fields[note]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    console = Console(stderr=True, highlight=False, markup=False)
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(what, total=None, note="")

        def tell(done: float, total: float, note: str = "") -> None:
            progress.update(task, completed=done, total=total, note=note)

        yield tell


def _make_log(what: str) -> Tell:
    begun = time.monotonic()
    next_line = begun + FIRST_LINE

    def tell(done: float, total: float, note: str = "") -> None:
        nonlocal next_line
        now = time.monotonic()
        if now < next_line:
            return
        next_line = now + LINES_APART
        seconds = now - begun
        line = f"{what}: {done:.0f} of {total:.0f}" + (f", {note}" if note else "")
        left = f", about {seconds * (total - done) / done:.0f} s left" if done > 0 else ""
        sys.stderr.write(f"{line}, {seconds:.0f} s{left}\n")
        sys.stderr.flush()

    return tell
