"""What goes on, on stderr: a display on a terminal, a line now and then in a log."""

from __future__ import annotations

import contextlib
import math
import sys
import time
from collections.abc import Callable, Iterator

Tell = Callable[[float, float, str], None]
"""Told how much of how much is done, and a few words on what is proven so far; a total of 0 says
that it is not known how much there is."""

PATIENCE = 2.0
"""Seconds before anything is said."""

LINES_APART = 10.0
"""Seconds between lines in a log."""


@contextlib.contextmanager
def watching(what: str) -> Iterator[Tell]:
    """Shows what goes on once it takes longer than patience.

    How much time is left is not said: parts of a study take too unequally long to tell it well.
    """
    if not sys.stderr.isatty():
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


def tell_proven(worst: float) -> str:
    """What is proven of a map so far: the largest loss, as a share of the best gain.

    >>> tell_proven(0.021), tell_proven(float("inf"))
    ('proven: no more than 2.1% lost', 'nothing is proven yet')
    """
    return (
        "nothing is proven yet" if math.isinf(worst) else f"proven: no more than {worst:.1%} lost"
    )


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
