"""Who does the work, and what is done beside the main thread.

Work beside it is never waited for longer than it is wanted: once time has ended, or the user has
interrupted, it is called off. It then ends by itself at the next solve, and holds up nobody.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, wait
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, TypeVar

from ..failures import SolverFailed
from .clock import Clock
from .store import Store

Engine = TypeVar("Engine")
Task = TypeVar("Task")
Result = TypeVar("Result")

Report = Callable[[float, float, str], None]
"""Told how much of how much is done."""

PARTING = 0.5
"""Seconds that work which is called off gets to end by itself."""


@dataclass
class Crew:
    """Who does the work: this process (1), so many worker processes, or a Dask cluster."""

    workers: int = 1
    dask: str | None = None
    clock: Clock = field(default_factory=Clock)
    report: Report | None = None
    keep: Store = field(default_factory=Store)


class CalledOff(BaseException):
    """Nobody waits for this work any more. No failure: it passes whatever handles those."""


class Errand(Generic[Result]):
    """Something done in a thread of its own, which the end of the program does not wait for.

    `future` has what it gives, or what it raises.
    """

    _here = threading.local()

    def __init__(self, act: Callable[[], Result]) -> None:
        self.future: Future[Result] = Future()
        self.is_called_off = False
        self._act = act
        try:
            threading.Thread(target=self._run, daemon=True).start()
        except RuntimeError:
            message = "the system lets no further thread start; are memory or threads limited?"
            raise SolverFailed(message) from None

    def _run(self) -> None:
        Errand._here.errand = self
        try:
            self.future.set_result(self._act())
        except BaseException as error:  # noqa: BLE001  # it is raised where the result is asked for
            self.future.set_exception(error)

    @classmethod
    def is_this_called_off(cls) -> bool:
        """Whether nobody waits any more for what the current thread does."""
        errand = getattr(cls._here, "errand", None)
        return errand is not None and errand.is_called_off


_late: set[Future[Any]] = set()
"""What was called off and has not ended yet."""


def call_off(errands: Iterable[Errand[Any]]) -> None:
    """Lets what is under way end at its next solve, and waits a moment for that."""
    errands = list(errands)
    for errand in errands:
        errand.is_called_off = True
    _late.update(wait([errand.future for errand in errands], timeout=PARTING).not_done)


def await_late() -> None:
    """Waits for what was called off before, as what it works on may be needed again."""
    _late.difference_update(wait(_late).done)


def run_all(
    act: Callable[[Engine, Task], Result],
    tasks: Sequence[Task],
    engines: Sequence[Engine],
    clock: Clock,
) -> list[Result | None]:
    """What acting on each task gives, in their order; None where time ran out before it began.

    An engine (a live solver, say) is one thread's own; a single one works on this thread. What a
    task gives must depend on the task alone: then their number does not matter, nor who is first.
    """
    results: list[Result | None] = [None] * len(tasks)
    waiting = iter(range(len(tasks)))
    lock = threading.Lock()

    def work(engine: Engine) -> None:
        while True:
            with lock:
                at = next(waiting, None)
            if at is None or clock.is_over:
                return
            results[at] = act(engine, tasks[at])

    engines = engines[: len(tasks)]
    if len(engines) == 1:
        work(engines[0])
        return results
    errands = [Errand(partial(work, engine)) for engine in engines]
    try:
        futures = [errand.future for errand in errands]
        for future in wait(futures, return_when=FIRST_EXCEPTION).done:
            future.result()
    except BaseException:
        clock.stop()
        call_off(errands)
        raise
    return results
