"""Where the program starts: it listens to signals before it imports what takes long."""

from __future__ import annotations

import os
import signal
import sys

TYPE_CHECKING = False

if TYPE_CHECKING:
    from types import FrameType
    from typing import NoReturn

SIGNALS = (signal.SIGINT, signal.SIGTERM)


def main(arguments: list[str] | None = None) -> NoReturn:
    """Runs the command line and leaves with its exit code."""
    for number in SIGNALS:
        if signal.getsignal(number) != signal.SIG_IGN:  # as for what runs in the background
            signal.signal(number, leave_at_once)
    from .interrupts import INTERRUPTED, SOLVER, Call, Guard, say_interrupted, tell_at_once

    call = Call(sys.argv[1:] if arguments is None else arguments)
    stdout = open_stdout()
    try:
        Guard(call, stdout)
        from .errors import run_command
        from .main import stratafolio

        code = run_command(stratafolio, call.arguments, call)
    except KeyboardInterrupt:
        code = INTERRUPTED
        call.last_word.acquire(blocking=False)
        tell_at_once(call, stdout, "interrupted", say_interrupted(call))
    except Exception as error:  # noqa: BLE001  # nothing is there yet to tell it more kindly
        code = SOLVER
        call.last_word.acquire(blocking=False)
        if "--debug" in call.arguments:
            sys.excepthook(*sys.exc_info())
        message = f"the program cannot start ({type(error).__name__}: {error}); is memory limited?"
        tell_at_once(call, stdout, "solver", message)
    leave(code)


def leave_at_once(number: int, frame: FrameType | None) -> None:
    """Ends a program that has not begun with anything yet."""
    del number, frame
    if "--json" in sys.argv:
        error = '{"error": {"kind": "interrupted", "message": "interrupted", "details": []}}\n'
        os.write(1, error.encode())
    else:
        os.write(2, b"interrupted\n")
    os._exit(130)


def open_stdout() -> int:
    """Keeps stdout for the command itself, and gives its descriptor.

    What libraries print past Python goes to stderr. What the encoding lacks is shown as question
    marks, rather than fail on it; and where there is no stdout at all, what is said goes nowhere.
    """
    nowhere = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")
    if sys.stderr is None:
        os.dup2(nowhere.fileno(), 2)
        sys.stderr = nowhere
    if sys.stdout is None:
        sys.stdout = nowhere
        return nowhere.fileno()
    kept = os.dup(1)
    os.dup2(2, 1)
    sys.stdout = os.fdopen(kept, "w", encoding=sys.stdout.encoding, errors="replace")
    return kept


def leave(code: int) -> NoReturn:
    """Ends the process; work that was called off, and does not listen, is not waited for."""
    import threading

    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        os._exit(code)  # nobody reads it, and Python would say so
    if any(thread.name != "guard" for thread in threading.enumerate()[1:]):
        os._exit(code)
    sys.exit(code)
