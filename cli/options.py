"""Options that commands share: what each is called, takes and means."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from .interrupts import Call

if TYPE_CHECKING:
    from ..inputs.scenario import Scenario

Function = TypeVar("Function", bound=Callable[..., Any])


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
            help="Replace all weights, by figures or a stakeholder's; some, by factors: LAYER=2x.",
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
    if value is not None:
        from ..inputs.arguments import take_seconds

        take_seconds("--time-limit", value)
    find_call().limit = value
    return value


def time_left(limit: float | None) -> float | None:
    """What is left of a limit on the whole command, seconds; never quite nothing."""
    begun = find_call().begun
    return None if limit is None else max(0.001, limit - (time.perf_counter() - begun))


def find_call() -> Call:
    """The call of the command line that is under way."""
    call: Call = click.get_current_context().find_root().obj
    return call


def typed(name: str, value: Any) -> Any:
    """The value of an option if it was typed, None if it is a default."""
    default = click.core.ParameterSource.DEFAULT
    return None if click.get_current_context().get_parameter_source(name) == default else value


def check_share(context: click.Context, parameter: click.Parameter, value: float) -> float:
    """A number from 0 to 1; anything else is an error of meaning."""
    from ..inputs.arguments import take_share

    del context
    return take_share(parameter.opts[0], value)


def check_count(context: click.Context, parameter: click.Parameter, value: int) -> int:
    """A number of at least 1; anything else is an error of meaning."""
    from ..inputs.arguments import take_count

    del context
    return take_count(parameter.opts[0], value)


def check_ending(
    *endings: str, else_: str = ""
) -> Callable[[click.Context, click.Parameter, Path | None], Path | None]:
    """A callback that takes names with one of these endings: a file of another kind is not written.

    `else_`: what writes files of other kinds.
    """

    def check(context: click.Context, parameter: click.Parameter, file: Path | None) -> Path | None:
        del context
        is_file = file is not None and not file.is_dir()  # a folder is told as such later on
        if file is not None and is_file and file.suffix.lower() not in endings:
            from ..inputs.complaint import InputError

            message = f"expected a name ending in {' or '.join(endings)}, got '{file}'"
            hint = f"; {else_}" if else_ else ""
            raise InputError.of(parameter.opts[0], message + hint)
        return file

    return check


def split_names(
    context: click.Context, parameter: click.Parameter, text: str | None
) -> list[str] | None:
    """Names with commas between them, as a list."""
    del context, parameter
    return None if text is None else [name.strip() for name in text.split(",") if name.strip()]


def check_seed(context: click.Context, parameter: click.Parameter, value: int) -> int:
    """A seed: 0 or more."""
    from ..inputs.arguments import take_seed

    del context
    return take_seed(parameter.opts[0], value)


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
        callback=_note_out,
        help="Keep the run: figures, tables and the resolved scenario.",
    )(function)


def _note_out(context: click.Context, parameter: click.Parameter, out: Path | None) -> Path | None:
    del context, parameter
    find_call().out = out
    return out


def debug_option(function: Function) -> Function:
    """--debug may also stand behind the command."""
    option = click.option("--debug", is_flag=True, expose_value=False, hidden=True)

    @functools.wraps(function)
    def call(*arguments: Any, **options: Any) -> Any:
        return function(*arguments, **options)

    return option(call)  # type: ignore[return-value]  # click keeps the signature


def open_scenario(
    reference: str,
    settings: tuple[str, ...],
    budget: float | None,
    weights: str | None,
    may_disbelieve: bool = False,
) -> Scenario:
    """The scenario that the shared options mean.

    Raises InputError, and for beliefs that are invalid unless one `may_disbelieve` them.
    """
    from ..inputs.complaint import InputError
    from ..inputs.read import read_scenario

    scenario = read_scenario(reference, settings, budget, weights)
    if scenario.unbelievable and not may_disbelieve:
        raise InputError(wrong for every in scenario.unbelievable.values() for wrong in every)
    return scenario
