"""Worker processes: one task at a time each, replaced where they die, ended where time does.

A worker is started afresh (never forked) and knows nothing but what it is sent over its own pipe:
the task and what all tasks share, once, then one text after the other.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import threading
from collections.abc import Callable, Generator, Iterator, Mapping
from multiprocessing import get_context, parent_process, resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.connection import wait as wait_for
from types import FrameType
from typing import Any

from ..failures import SolverFailed
from .clock import Clock
from .memory import find_memory_limit, is_nearly_out

Results = Generator[tuple[str, dict[str, Any]], None, None]
"""Keys with what the task gives for their texts, as they come."""

TRIES = 3
"""Workers that a task may outlive: one that has taken so many with it is itself at fault."""


class WorkerProcess:
    """One process with its pipe, and the key of the text that it is at work on."""

    def __init__(self, task: Callable[..., Any], shared: str) -> None:
        self.key: str | None = None
        context = get_context("spawn")
        self.pipe, far_end = context.Pipe()
        self.process = context.Process(target=serve, args=(far_end,), daemon=True)
        try:
            with holding_signals_back():  # half a start would leave a worker that is at a loss
                resource_tracker.ensure_running()  # as it starts, it lets Ctrl-C through again
                with without_interrupts():  # a worker leaves them to this process from the first
                    self.process.start()
        except OSError as error:
            message = f"no worker can be started ({error.strerror or error}); give fewer --workers"
            raise SolverFailed(message) from None
        far_end.close()
        self._first: tuple[Any, ...] = (task, shared)

    def send(self, key: str, text: str) -> None:
        """Has it work on a text. A worker that is dead is noticed where its answer is read."""
        self.key = key
        with contextlib.suppress(OSError):
            if self._first:
                self.pipe.send(self._first)
                self._first = ()
            self.pipe.send(text)

    def receive(self) -> dict[str, Any] | None:
        """What the task gave, or None from a worker that is dead. Raises what the task raised."""
        try:
            is_well, answer = self.pipe.recv()
        except (EOFError, OSError):
            return None
        if not is_well:
            raise answer
        self.key = None
        return dict(answer)

    def end(self) -> None:
        """Ends it at once, whatever it is at."""
        self.process.kill()
        self.process.join()
        self.pipe.close()


def run_on_processes(
    task: Callable[..., Any], shared: str, texts: Mapping[str, str], count: int, clock: Clock
) -> Results:
    """What a task gives for every text, as it comes, until time has ended."""
    waiting = list(texts)[::-1]
    lost: dict[str, int] = {}
    workers: list[WorkerProcess] = []
    try:
        while True:
            while waiting and len(workers) < count:
                workers.append(WorkerProcess(task, shared))
            for worker in workers:
                if worker.key is None and waiting:
                    key = waiting.pop()
                    worker.send(key, texts[key])
            at_work = [worker for worker in workers if worker.key is not None]
            if not at_work or clock.is_over:
                return
            heard = wait_for([worker.pipe for worker in at_work], clock.left)
            for worker in at_work:
                if worker.pipe not in heard:
                    continue
                key = str(worker.key)
                result = worker.receive()
                if result is not None:
                    yield key, result
                    continue
                worker.end()
                workers.remove(worker)
                waiting.append(key)
                lost[key] = lost.get(key, 0) + 1
                if lost[key] >= TRIES:
                    message = f"a task has ended {TRIES} workers; is there memory enough for each?"
                    raise SolverFailed(message)
    finally:
        for worker in workers:
            worker.end()


# In a worker ----------------------------------------------------------------------------------


def serve(pipe: Connection) -> None:
    """Answers texts until the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the driver is told, and ends its workers
    threading.Thread(target=_watch, daemon=True).start()
    with contextlib.suppress(EOFError, OSError):
        task, shared = pipe.recv()
        while True:
            text = pipe.recv()
            try:
                answer = (True, task(shared, text))
            except Exception as error:  # noqa: BLE001  # the driver raises it
                answer = (False, make_portable(error))
            pipe.send(answer)


def make_portable(error: Exception) -> Exception:
    """The error, or its sentence if it cannot be sent to another process."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301  # written in the line itself
    except Exception:  # noqa: BLE001  # whatever hinders it
        return SolverFailed(f"{type(error).__name__}: {error}")
    return error


def _watch() -> None:
    """Ends a worker whose parent has been killed, or that is out of memory, in midst of a task."""
    parent, limit = parent_process(), find_memory_limit()
    while parent is not None:
        if wait_for([parent.sentinel], None if limit is None else 0.05) or is_nearly_out(limit):
            os._exit(1)


@contextlib.contextmanager
def without_interrupts() -> Iterator[None]:
    """Holds Ctrl-C back from this thread; a process that it starts meanwhile never hears of it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def holding_signals_back() -> Iterator[None]:
    """Lets Ctrl-C and SIGTERM wait until what is begun here is whole."""
    heard: list[tuple[int, FrameType | None]] = []
    before: dict[int, Any] = {}
    if threading.current_thread() is threading.main_thread():  # no other hears of any
        for number in (signal.SIGINT, signal.SIGTERM):
            if callable(signal.getsignal(number)):
                before[number] = signal.signal(number, lambda *signalled: heard.append(signalled))
    try:
        yield
    finally:
        for held, handler in before.items():
            signal.signal(held, handler)
        for which, frame in heard[:1]:
            before[which](which, frame)
