"""How far a call has come: quiet unless it is asked for."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

Tell = Callable[[float, float, str], None]
"""Told how much of how much is done, and a few words on what is proven so far."""

TellSearch = Callable[[float, float | None, float | None], None]
"""Told seconds, the best gain found and its bound, in points."""


def be_quiet(done: float, total: float, note: str = "") -> None:
    """Tells nobody."""
    del done, total, note


@contextlib.contextmanager
def following(what: str, progress: bool, report: Tell | None) -> Iterator[Tell]:
    """Who is told how far a call has come: `report`, a bar on stderr, or nobody."""
    if report is not None or not progress:
        yield report or be_quiet
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)

        def tell(done: float, total: float, note: str = "") -> None:
            bar.update(task, completed=done, total=total, description=f"{what}: {note}")

        yield tell
