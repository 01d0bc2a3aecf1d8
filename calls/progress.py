"""How far a call has come: told to nobody, on a terminal as a display, in a log as lines."""

from __future__ import annotations

import contextlib
import math
import sys
import time
from collections.abc import Callable, Iterator

Tell = Callable[[float, float, str], None]
"""Told how much of how much is done, and a few words on what is proven so far; a total of 0 says
that it is not known how much there is."""

TellSearch = Callable[[float, float | None, float | None], None]
"""Told seconds, the best gain found and its bound, in points."""

PATIENCE = 2.0
"""Seconds before anything is said."""

LINES_APART = 10.0
"""Seconds between lines in a log."""


def be_quiet(done: float, total: float, note: str = "") -> None:
    """Tells nobody."""
    del done, total, note


@contextlib.contextmanager
def following(what: str, progress: bool, report: Tell | None) -> Iterator[Tell]:
    """Who is told how far a call has come: `report`, a display on stderr, or nobody."""
    if report is not None or not progress:
        yield report or be_quiet
        return
    with watching(what) as tell:
        yield tell


@contextlib.contextmanager
def watching(what: str) -> Iterator[Tell]:
    """Shows on stderr what goes on once it takes longer than patience.

    How much time is left is not said: parts of a study take too unequally long to tell it well.
    """
    if not sys.stderr.isatty() and "ipykernel" not in sys.modules:
        yield _make_log(what)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[note]}"),
        TimeElapsedColumn(),
    )
    console = Console(stderr=True, highlight=False, markup=False)
    begun = time.monotonic()
    with Progress(*columns, console=console, transient=True) as display:
        task = display.add_task(what, total=None, note="", visible=False)

        def tell(done: float, total: float, note: str = "") -> None:
            is_late = time.monotonic() - begun >= PATIENCE
            display.update(task, completed=done, total=total or None, note=note, visible=is_late)

        yield tell


def _make_log(what: str) -> Tell:
    begun = time.monotonic()
    next_line = begun + PATIENCE

    def tell(done: float, total: float, note: str = "") -> None:
        nonlocal next_line
        now = time.monotonic()
        if now < next_line:
            return
        next_line = now + LINES_APART
        counted = [f"{done:.0f} of {total:.0f}"] if total else []
        told = ", ".join([*counted, *filter(None, [note]), f"{now - begun:.0f} s"])
        sys.stderr.write(f"{what}: {told}\n")
        sys.stderr.flush()

    return tell


def tell_worst(worst: float) -> str:
    """What is proven so far of the worst answer.

    >>> tell_worst(0.125), tell_worst(math.inf)
    ('proven: none loses more than 12.5%', 'nothing proven yet')
    """
    return (
        f"proven: none loses more than {worst:.1%}"
        if math.isfinite(worst)
        else "nothing proven yet"
    )
