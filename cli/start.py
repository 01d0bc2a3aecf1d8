"""Where the program starts: it listens to signals before it imports what takes long."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from pathlib import Path
from typing import NoReturn

from .interrupts import (
    INTERRUPTED,
    SOLVER,
    Call,
    Guard,
    ignore_signals,
    say_interrupted,
    tell_at_once,
)


def main(arguments: list[str] | None = None) -> NoReturn:
    """Runs the command line and leaves with its exit code."""
    call = Call(sys.argv[1:] if arguments is None else arguments)
    stdout = open_stdout()
    try:
        Guard(call, stdout)
        from .errors import run_command
        from .main import stratafolio

        code = run_command(stratafolio, call.arguments, call)
    except KeyboardInterrupt:
        code = INTERRUPTED
        tell_at_once(call, stdout, "interrupted", say_interrupted(call))
    except Exception as error:  # noqa: BLE001  # nothing is there yet to tell it more kindly
        code = SOLVER
        message = f"the program cannot start ({type(error).__name__}: {error}); is memory limited?"
        tell_at_once(call, stdout, "solver", message)
    call.has_ended = True
    leave(code)


def open_stdout() -> int:
    """Keeps stdout for the command itself, and gives its descriptor.

    What libraries print past Python goes to stderr. What the encoding lacks is shown as question
    marks, rather than fail on it; and where there is no stdout at all, what is said goes nowhere.
    """
    nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  # until the end
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
    ignore_signals()
    with contextlib.suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    if any(not isinstance(thread, Guard) for thread in threading.enumerate()[1:]):
        os._exit(code)
    sys.exit(code)
