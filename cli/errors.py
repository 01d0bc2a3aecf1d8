"""The one door: whatever goes wrong in a command becomes a sentence and an exit code here."""

from __future__ import annotations

import errno
import json
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass

import click

from .arguments import check_arguments
from .interrupts import INTERRUPTED, SOLVER, Call, make_error, say_interrupted, say_starved
from .output import holding_stdout, print_json, printable, silence_stdout

FINE, USAGE, INPUT, INFEASIBLE = 0, 2, 3, 4
"""Exit codes: the command line cannot be parsed, its meaning or the files are wrong, ..."""

STARVED = ("can't start new thread", "failed to map segment", "cannot allocate memory")
"""What the system says, in errors of several kinds, where memory or threads run out."""


@dataclass(frozen=True)
class Ending:
    """How a command has ended: its exit code and, where it is not 0, what to say."""

    code: int
    kind: str = ""
    message: str = ""
    details: Sequence[dict[str, str]] = ()
    usage: str = ""


def run_command(command: click.Command, arguments: list[str], call: Call | None = None) -> int:
    """Runs a command and turns whatever goes wrong into a sentence and an exit code."""
    call = call or Call(arguments)
    with holding_stdout() as held:
        ending = await_ending(command, call)
    if call.is_interrupted and ending.code != INTERRUPTED:
        ending = describe_interruption(call)  # something took it for a failure of its own
    call.last_word.acquire()
    return tell_ending(ending, held.take() if held else "", wants_json=call.wants_json)


def await_ending(command: click.Command, call: Call) -> Ending:
    """Runs a command to its end, whichever that is."""
    try:
        check_arguments(command, call.arguments)
        command.main(args=call.arguments, prog_name="stratafolio", standalone_mode=False, obj=call)
    except click.exceptions.Exit as leave:
        return Ending(leave.exit_code)
    except (click.Abort, KeyboardInterrupt):
        return describe_interruption(call)
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        usage = "" if context is None else context.get_usage()
        return Ending(USAGE, "usage", error.format_message(), usage=usage)
    except (BrokenPipeError, SystemExit):
        # The reader of our output went away (click and rich leave when they meet that first):
        # nothing is left to say, and nowhere to say it.
        silence_stdout()
        return Ending(FINE)
    except Exception as error:  # noqa: BLE001  # the one door where whatever goes wrong is told
        if "--debug" in call.arguments:
            traceback.print_exc()
        return describe_error(error)
    return Ending(FINE)


def describe_interruption(call: Call) -> Ending:
    """The ending of a command that the user or the system has interrupted."""
    return Ending(INTERRUPTED, "interrupted", say_interrupted(call))


def describe_error(error: Exception) -> Ending:
    """The sentence and exit code of an error of ours, or of the machine."""
    if is_starved(error):
        return Ending(SOLVER, "solver", say_starved())
    from ..inputs.complaint import InputError

    if isinstance(error, InputError):
        details = [{"where": c.where, "message": c.message} for c in error.told]
        count = len(error.complaints)
        message = str(error) if count == 1 else f"{count:,} things are wrong:\n{error}"
        return Ending(INPUT, "input", message, details)
    if isinstance(error, OSError):
        where = str(error.filename or "output")
        what = str(error.strerror or error)
        return Ending(INPUT, "input", f"{where}: {what}", [{"where": where, "message": what}])
    from ..model.failures import Infeasible, SolverFailed

    if isinstance(error, Infeasible):
        details = [
            {"where": id_, "message": "clashes with the others named here"}
            for id_ in error.conflict
        ]
        return Ending(INFEASIBLE, "infeasible", str(error), details)
    if isinstance(error, SolverFailed):
        return Ending(SOLVER, "solver", str(error))
    message = (
        f"a fault of the program, not of yours: {type(error).__name__}: {error} "
        "(--debug before the command shows where)"
    )
    return Ending(SOLVER, "solver", message)


def is_starved(error: Exception) -> bool:
    """Whether an error, of whatever kind, says that the machine gives no more."""
    if isinstance(error, MemoryError) or getattr(error, "errno", None) == errno.ENOMEM:
        return True
    return any(words in str(error).lower() for words in STARVED)


def tell_ending(ending: Ending, printed: str, *, wants_json: bool) -> int:
    """Prints what a command has printed, or its error; gives the exit code."""
    try:
        if wants_json and ending.kind:
            print_json(add_error(ending, printed))
        elif ending.code in (FINE, INTERRUPTED):
            sys.stdout.write(printed)  # an interrupted study has told it how far it came
        sys.stdout.flush()
    except BrokenPipeError:
        silence_stdout()
        return FINE
    except OSError as error:  # a full disk, say: stderr is all that is left
        silence_stdout()
        ending, wants_json = ending if ending.kind else describe_error(error), False
    if ending.kind and (ending.code == INTERRUPTED or not wants_json):
        show_error(ending)
    return ending.code


def add_error(ending: Ending, printed: str) -> dict[str, object]:
    """The error as one JSON object, with the record that an interrupted study has printed."""
    record: dict[str, object] = make_error(ending.kind, ending.message, list(ending.details))
    if ending.code == INTERRUPTED and printed:
        record |= json.loads(printed)
    return record


def show_error(ending: Ending) -> None:
    """Prints an error for people on stderr."""
    if ending.usage:
        click.echo(ending.usage, err=True)
    kind = "" if ending.code == INTERRUPTED else f"{ending.kind} error: "
    click.echo(f"{kind}{printable(ending.message)}", err=True)
