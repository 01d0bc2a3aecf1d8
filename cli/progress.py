"""What goes on, on stderr: a bar for a study, a line for a single solve."""

from __future__ import annotations

import contextlib
import math
import sys
import threading
import time
from collections.abc import Callable, Iterator

Tell = Callable[[float, float, str], None]
"""Told how much of how much is done, and a few words on what is proven so far."""

FIRST_LINE = 2.0
"""Seconds before a log, which is no terminal, is told anything."""

PATIENCE = 2.0
"""Seconds after which a command says what it is doing."""

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


class Talk:
    """A line on stderr that says what goes on once a command takes longer than patience."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.begun = time.monotonic()
        self.latest = ""
        self.is_terminal = sys.stderr.isatty()
        self.next_line = PATIENCE
        self.width = 0
        self.done = threading.Event()
        self.ticker = threading.Thread(target=self._tick, daemon=True)

    def tell(self, seconds: float, best: float | None, bound: float | None) -> None:
        """Takes note of how far a solve has come; the gain and its bound in points."""
        del seconds
        if best is None or bound is None:
            self.latest = "no plan yet"
        else:
            self.latest = f"gain {best:.4f}, at most {bound:.4f}"

    def _tick(self) -> None:
        while not self.done.wait(0.25):
            self._show()

    def _show(self) -> None:
        seconds = time.monotonic() - self.begun
        if seconds < self.next_line:
            return
        line = f"{self.what}: {seconds:.0f} s" + (f", {self.latest}" if self.latest else "")
        if self.is_terminal:
            sys.stderr.write("\r" + line.ljust(self.width))
            self.width = len(line)
        else:
            # A log wants a line now and then, not four a second.
            sys.stderr.write(line + "\n")
            self.next_line = max(10.0, 2 * self.next_line)
        sys.stderr.flush()

    def end(self) -> None:
        """Stops talking and clears the line."""
        self.done.set()
        self.ticker.join()
        if self.width:
            sys.stderr.write("\r" + " " * self.width + "\r")
            sys.stderr.flush()


@contextlib.contextmanager
def talking(what: str) -> Iterator[Talk]:
    """Says on stderr what goes on, should it take long."""
    talk = Talk(what)
    talk.ticker.start()
    try:
        yield talk
    finally:
        talk.end()
