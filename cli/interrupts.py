"""Ctrl-C, SIGTERM, the end of time and of memory: what a command says that is ended from outside.

It imports next to nothing: it is there before anything else is, and works where little memory is.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from ..model.work.memory import find_memory_limit, is_nearly_out

SOLVER, INTERRUPTED = 5, 130
"""Exit codes of what time, or the user, has ended."""

GRACE = 5.0
"""Seconds in which an interrupted command has to tell what it has; a second signal ends it too."""

LATE = 0.8
"""Share of what it may last beyond its limit after which a command is ended, whatever it is at."""

LEAST_MEMORY = 400 << 20
"""Bytes that the libraries alone take: with less they end the process, or stall, as they load."""


def allow_late(limit: float) -> float:
    """Seconds that a command may last beyond its time limit: one, or a tenth of it if more."""
    return max(1.0, 0.1 * limit)


@dataclass
class Call:
    """One call of the command line: how it was asked, and what is known of how it may end."""

    arguments: list[str] = field(default_factory=list)
    begun: float = field(default_factory=time.perf_counter)
    limit: float | None = None
    out: Path | None = None
    is_interrupted: bool = False
    last_word: threading.Lock = field(default_factory=threading.Lock)
    """Taken by whoever says how the call has ended, so that nobody says it twice."""

    @property
    def wants_json(self) -> bool:
        return "--json" in self.arguments

    @property
    def latest_end(self) -> float | None:
        """Seconds after which it is ended, whatever it is at; None without a limit."""
        return None if self.limit is None else self.limit + LATE * allow_late(self.limit)


def say_kept(call: Call) -> str:
    """What is left of a call that was ended early."""
    out = call.out
    if out is None:
        return "nothing is kept"
    try:
        answers = [file for file in out.glob("*.jsonl") if file.stat().st_size]
        has_run = (out / "run.json").exists()
    except OSError:
        answers, has_run = [], False
    if answers:
        return f"what was answered is kept in '{out}', and the same command goes on from there"
    return f"the run in '{out}' is whole" if has_run else f"nothing is kept in '{out}' yet"


def say_interrupted(call: Call) -> str:
    """The sentence of a call that the user, or the system, has interrupted."""
    return f"interrupted; {say_kept(call)}"


def say_late(call: Call) -> str:
    """The sentence of a call that had nothing to tell when its time was over."""
    return (
        f"the time limit of {call.limit:g} s has ended before an answer was known; allow more with "
        f"--time-limit; {say_kept(call)}"
    )


def say_starved() -> str:
    """The sentence of a call that is out of memory, or of threads."""
    return "out of memory or threads; a smaller scenario or fewer --workers may fit"


def make_error(kind: str, message: str, details: list[dict[str, str]]) -> dict[str, Any]:
    """An error as programs read it."""
    return {"error": {"kind": kind, "message": message, "details": details}}


class Guard(threading.Thread):
    """Ends the process where the command itself does not, with the sentence that is due.

    The command hears of a signal as KeyboardInterrupt, and looks at the clock where it can; but it
    may be in the midst of what listens to neither.
    """

    def __init__(self, call: Call, stdout: int) -> None:
        """Begins to watch; `stdout` is the descriptor of what programs read.

        Raises MemoryError where the libraries would not fit.
        """
        super().__init__(name="guard", daemon=True)
        self.call, self.stdout = call, stdout
        self.signals, woken = os.pipe()
        os.set_blocking(woken, False)
        signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
        both = (signal.SIGINT, signal.SIGTERM)
        self.listens_to = [n for n in both if signal.getsignal(n) != signal.SIG_IGN]
        for number in self.listens_to:
            signal.signal(number, self.interrupt)
        self.is_dropped, self.main = False, threading.get_ident()
        sys.unraisablehook = self.hear_again
        self.most_memory = find_memory_limit()
        if self.most_memory:
            os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # each takes its own share
        if self.most_memory and self.most_memory < LEAST_MEMORY:
            raise MemoryError(f"the libraries alone take {LEAST_MEMORY >> 20} MB")
        self.start()

    def interrupt(self, number: int, frame: FrameType | None) -> None:
        """Lets the command hear of a signal, wherever it is."""
        del number, frame
        self.call.is_interrupted = True
        raise KeyboardInterrupt

    def hear_again(self, unraisable: sys.UnraisableHookArgs) -> None:
        """Notes an interruption that Python has dropped, as in the midst of `__del__`."""
        if unraisable.exc_type is KeyboardInterrupt:
            self.is_dropped = True
        else:
            sys.__unraisablehook__(unraisable)

    def run(self) -> None:
        heard, first = 0, time.perf_counter()
        while not self.call.last_word.locked():
            if self.is_dropped:
                time.sleep(0.05)  # a signal wakes only what already sleeps
                self.is_dropped = False
                heard -= 1
                signal.pthread_kill(self.main, self.listens_to[-1])
            if select.select([self.signals], [], [], 0.05)[0]:
                heard += len(os.read(self.signals, 64))
            now = time.perf_counter()
            if heard == 0:
                first = now
            latest = self.call.latest_end
            if heard > 1 or now - first > GRACE:
                self.end(INTERRUPTED, "interrupted", say_interrupted(self.call))
            elif latest is not None and now - self.call.begun > latest:
                self.end(SOLVER, "solver", say_late(self.call))
            elif is_nearly_out(self.most_memory):
                self.end(SOLVER, "solver", say_starved())

    def end(self, code: int, kind: str, message: str) -> None:
        """Ends the process, unless the command is just telling how it has ended."""
        if self.call.last_word.acquire(blocking=False):
            tell_at_once(self.call, self.stdout, kind, message)
            os._exit(code)


def tell_at_once(call: Call, stdout: int, kind: str, message: str) -> None:
    """Says why a call has ended, past all that may be in the midst of printing.

    `stdout`: the descriptor of what programs read.
    """
    if call.wants_json:
        write_all(stdout, json.dumps(make_error(kind, message, []), indent=2) + "\n")
        return
    shown = f"{message}\n" if kind == "interrupted" else f"{kind} error: {message}\n"
    # A bar that was being drawn has hidden the cursor and left a line half written.
    write_all(2, f"\r\x1b[K\x1b[?25h{shown}" if os.isatty(2) else shown)


def write_all(descriptor: int, text: str) -> None:
    """Writes past all buffers, whose locks another thread may hold."""
    left = text.encode(errors="replace")
    try:
        while left:
            left = left[os.write(descriptor, left) :]
    except OSError:
        return  # nobody reads it
