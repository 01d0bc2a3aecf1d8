"""Options that commands share, and the one door where errors become sentences and exit codes."""

from __future__ import annotations

import contextlib
import functools
import io
import json
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from ..inputs.scenario import Scenario

FINE, USAGE, INPUT, INFEASIBLE, SOLVER, INTERRUPTED = 0, 2, 3, 4, 5, 130
"""Exit codes: the command line cannot be parsed, its meaning or the files are wrong, ..."""

PATIENCE = 2.0
"""Seconds after which a command says on stderr what it is doing."""

Function = TypeVar("Function", bound=Callable[..., Any])


# The door -------------------------------------------------------------------------------------


def run_command(command: click.Command, arguments: list[str]) -> int:
    """Runs a command and turns whatever goes wrong into a sentence and an exit code."""
    wants_json = "--json" in arguments
    try:
        command.main(
            args=arguments,
            prog_name="stratafolio",
            standalone_mode=False,
            obj=time.perf_counter(),  # when it began: a time limit is one on the whole command
        )
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        if context is not None and not wants_json:
            click.echo(context.get_usage(), err=True)
        return tell_error(wants_json, USAGE, "usage", error.format_message(), [])
    except (BrokenPipeError, SystemExit):
        # The reader of our output went away (click and rich leave when they meet that first):
        # nothing is left to say, and nowhere to say it.
        silence_stdout()
        return FINE
    except Exception as error:  # noqa: BLE001  # the one door where whatever goes wrong is told
        if "--debug" in arguments:
            traceback.print_exc()
        return tell_exception(wants_json, error)
    return FINE


def tell_exception(wants_json: bool, error: Exception) -> int:
    """The sentence and exit code of an error of ours, or of the machine."""
    from ..inputs.complaint import InputError

    if isinstance(error, InputError):
        details = [{"where": c.where, "message": c.message} for c in error.complaints]
        count = len(details)
        message = str(error) if count == 1 else f"{count} things are wrong:\n{error}"
        return tell_error(wants_json, INPUT, "input", message, details)
    if isinstance(error, OSError):
        where = str(error.filename or "output")
        message = f"{where}: {error.strerror or error}"
        detail = {"where": where, "message": str(error.strerror or error)}
        return tell_error(wants_json, INPUT, "input", message, [detail])
    if isinstance(error, MemoryError):
        message = "out of memory; a smaller scenario may fit"
        return tell_error(wants_json, SOLVER, "solver", message, [])
    from ..model.failures import Infeasible, SolverFailed

    if isinstance(error, Infeasible):
        details = [
            {"where": id_, "message": "clashes with the others named here"}
            for id_ in error.conflict
        ]
        return tell_error(wants_json, INFEASIBLE, "infeasible", str(error), details)
    if isinstance(error, SolverFailed):
        return tell_error(wants_json, SOLVER, "solver", str(error), [])
    message = (
        f"a fault of the program, not of yours: {type(error).__name__}: {error} "
        "(--debug before the command shows where)"
    )
    return tell_error(wants_json, SOLVER, "solver", message, [])


def tell_error(
    wants_json: bool, code: int, kind: str, message: str, details: list[dict[str, str]]
) -> int:
    """Prints an error for people on stderr, or for programs on stdout."""
    if wants_json:
        try:
            print_json({"error": {"kind": kind, "message": message, "details": details}})
        except OSError:
            silence_stdout()  # a full disk, say: stderr is all that is left
            wants_json = False
    if not wants_json:
        click.echo(f"{kind} error: {printable(message)}", err=True)
    return code


def silence_stdout() -> None:
    """Sends the rest of stdout nowhere, so that Python does not fail on it once more at exit."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def printable(text: str) -> str:
    r"""Text without control characters, so that no file steers the terminal.

    >>> printable("a\x1b[31mb")
    'a?[31mb'
    """
    return "".join(c if c.isprintable() or c in "\n\t" else "?" for c in text)


# Options --------------------------------------------------------------------------------------


def scenario_options(function: Function) -> Function:
    """SCENARIO, --set, --budget and --weights: what every command takes that reads a scenario."""
    function = change_options(function)
    return click.argument("scenario", default="us-2027", required=False)(function)


def change_options(function: Function) -> Function:
    """--set, --budget and --weights: patches on a scenario."""
    for add in (
        click.option(
            "--weights",
            metavar="LAYER=V,... | STAKEHOLDER",
            help="Replace all weights, by figures or by those of a stakeholder.",
        ),
        click.option(
            "--budget", type=float, metavar="BN", help="Set budget.per_year, $ billion a year."
        ),
        click.option(
            "--set",
            "settings",
            multiple=True,
            metavar="PATH=VALUE",
            callback=_check_settings,
            help="Change one figure, as effects.ID.points=3 (repeatable; =null removes).",
        ),
    ):
        function = add(function)
    return function


def _check_settings(
    context: click.Context, parameter: click.Parameter, settings: tuple[str, ...]
) -> tuple[str, ...]:
    for text in settings:
        path, equals, _ = text.partition("=")
        if not equals or not path.strip():
            message = f"expected PATH=VALUE, got {text!r}"
            raise click.BadParameter(message, ctx=context, param=parameter)
    return settings


def solve_options(function: Function) -> Function:
    """--gap, --time-limit and --workers: what every command takes that solves."""
    for add in (
        click.option(
            "--workers",
            type=click.IntRange(min=1),
            default=1,
            metavar="N",
            help="Solves side by side, one thread each; the numbers are the same for any N.",
        ),
        click.option(
            "--time-limit",
            type=float,
            metavar="SECONDS",
            callback=_check_time_limit,
            help="Stop after so long, with the best plan found and its proven gap.",
        ),
        click.option(
            "--gap",
            type=float,
            default=1e-4,
            show_default=True,
            metavar="SHARE",
            callback=check_share,
            help="Proven distance to the optimum at which to stop, as a share of the gain.",
        ),
    ):
        function = add(function)
    return function


def dask_option(function: Function) -> Function:
    """--dask: a running cluster instead of workers on this machine."""
    return click.option(
        "--dask",
        metavar="ADDRESS",
        callback=_check_dask,
        help="Solve on a running Dask cluster, as tcp://host:8786.",
    )(function)


def _check_dask(
    context: click.Context, parameter: click.Parameter, address: str | None
) -> str | None:
    del context, parameter
    if address is not None:
        from ..model.work.cluster import check_address

        check_address(address)
    return address


def _check_time_limit(
    context: click.Context, parameter: click.Parameter, value: float | None
) -> float | None:
    del context, parameter
    if value is not None and not 0 < value < float("inf"):
        from ..inputs.complaint import InputError

        raise InputError.of("--time-limit", f"expected seconds above 0, got {value:g}")
    return value


def time_left(limit: float | None) -> float | None:
    """What is left of a limit on the whole command, seconds; never quite nothing."""
    begun: float = click.get_current_context().find_root().obj
    return None if limit is None else max(0.001, limit - (time.perf_counter() - begun))


def typed(name: str, value: Any) -> Any:
    """The value of an option if it was typed, None if it is a default."""
    default = click.core.ParameterSource.DEFAULT
    return None if click.get_current_context().get_parameter_source(name) == default else value


def check_share(context: click.Context, parameter: click.Parameter, value: float) -> float:
    """A number from 0 to 1; anything else is an error of meaning."""
    del context
    if not 0 <= value <= 1:
        from ..inputs.complaint import InputError

        raise InputError.of(parameter.opts[0], f"expected a share from 0 to 1, got {value:g}")
    return value


def check_count(context: click.Context, parameter: click.Parameter, value: int) -> int:
    """A number of at least 1; anything else is an error of meaning."""
    del context
    if value < 1:
        from ..inputs.complaint import InputError

        raise InputError.of(parameter.opts[0], f"expected at least 1, got {value}")
    return value


def check_seed(context: click.Context, parameter: click.Parameter, value: int) -> int:
    """A seed: 0 or more."""
    del context
    if value < 0:
        from ..inputs.complaint import InputError

        raise InputError.of(parameter.opts[0], f"expected 0 or more, got {value}")
    return value


def tolerance_option(default: float, what: str) -> Callable[[Function], Function]:
    """--tolerance, a share from 0 to 1; `what` says of what."""
    return click.option(
        "--tolerance",
        type=float,
        default=default,
        show_default=True,
        metavar="SHARE",
        callback=check_share,
        help=what,
    )


def json_option(function: Function) -> Function:
    """--json: data for programs on stdout, errors too."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")(
        function
    )


def out_option(function: Function) -> Function:
    """--out: keep the run in a folder that is a scenario itself."""
    return click.option(
        "--out",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="Keep the run: figures, tables and the resolved scenario.",
    )(function)


def debug_option(function: Function) -> Function:
    """--debug may also stand behind the command."""
    option = click.option("--debug", is_flag=True, expose_value=False, hidden=True)

    @functools.wraps(function)
    def call(*arguments: Any, **options: Any) -> Any:
        return function(*arguments, **options)

    return option(call)  # type: ignore[return-value]  # click keeps the signature


def open_scenario(
    reference: str, settings: tuple[str, ...], budget: float | None, weights: str | None
) -> Scenario:
    """The scenario that the shared options mean."""
    from ..inputs.read import read_scenario

    return read_scenario(reference, settings, budget, weights)


# Output ---------------------------------------------------------------------------------------


def print_json(record: Any) -> None:
    """A record as JSON on stdout; what is not printable there stands as an escape."""
    text = json.dumps(record, indent=2, ensure_ascii=not shows_unicode(), allow_nan=False)
    click.echo("".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text))


def shows_unicode() -> bool:
    """Whether stdout takes every character."""
    return (sys.stdout.encoding or "utf-8").lower().startswith("utf")


def allow_any_text() -> None:
    """Lets stdout show what its encoding lacks as question marks, rather than fail on it.

    Where there is no stdout at all, what is said goes nowhere.
    """
    if sys.stdout is None:
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  # until the end
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  # until the end
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


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
