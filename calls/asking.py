"""What every call does beside its question: it checks its arguments and keeps how it was asked."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ParamSpec

from ..inputs.arguments import (
    Take,
    bind,
    refuse,
    take_all,
    take_count,
    take_function,
    take_number,
    take_numbers,
    take_one_of,
    take_part,
    take_seconds,
    take_seed,
    take_share,
    take_switch,
    take_text,
    take_texts,
    take_two,
    take_whole,
    take_workers,
)
from ..inputs.complaint import InputError
from ..inputs.scenario import Scenario
from ..results.result import Result

if TYPE_CHECKING:
    from ..model.work.store import Store

P = ParamSpec("P")

NO_OPTIONS = ("scenario", "scenarios", "plan", "progress", "store", "report", "keep")
"""Arguments that say what is asked about, or who is told, not how."""


def take_scenario(where: str, value: object) -> Scenario:
    """A scenario that has been read. Raises InputError."""
    if isinstance(value, Scenario):
        return value
    if isinstance(value, str):
        message = f"expected a Scenario, got {value[:80]!r}; read it: read_scenario({value[:80]!r})"
        raise InputError.of(where, message)
    raise refuse(where, "a Scenario, as read_scenario gives it", value)


def take_address(where: str, value: object) -> str:
    """The address of a running cluster. Raises InputError."""
    from ..model.work.cluster import check_address

    address = take_text(where, value)
    check_address(address)
    return address


def take_store(where: str, value: object) -> Store:
    """Where answers of the solver are kept. Raises InputError."""
    from ..model.work.store import Store

    if not isinstance(value, Store):
        raise refuse(where, "a Store", value)
    return value


RULES: dict[str, Take] = {
    "scenario": take_scenario,
    "gap": take_share,
    "time_limit": take_seconds,
    "workers": take_workers,
    "dask": take_address,
    "seed": take_seed,
    "samples": take_count,
    "options": take_two,
    "questions": take_whole,
    "count": take_whole,
    "tolerance": take_number,
    "within": take_number,
    "spread": take_number,
    "alpha": take_part,
    "from_": take_number,
    "to": take_number,
    "layers": take_texts,
    "floor": take_numbers,
    "where": take_texts,
    "figures": take_texts,
    "fund": take_texts,
    "around": take_text,
    "stakeholder": take_text,
    "pillars": take_switch,
    "rates": take_switch,
    "method": take_one_of("tornado", "breakeven", "sobol", "sample", "voi"),
    "criterion": take_one_of("expected", "worst", "regret", "cvar"),
    "progress": take_switch,
    "report": take_function("done", "total", "what"),
    "keep": take_function("result"),
    "store": take_store,
}
"""What each argument of a call may be, as far as that does not hang on the scenario."""


def keep_options(**rules: Take) -> Callable[[Callable[P, Result]], Callable[P, Result]]:
    """Makes a call check its arguments and keep them as the options of its result.

    `rules`: of arguments that may be less than in other calls. What the call itself puts into the
    options stays: a default that it has worked out.
    """

    def decorate(call: Callable[P, Result]) -> Callable[P, Result]:
        signature = inspect.signature(call)

        @functools.wraps(call)
        def ask(*arguments: P.args, **options: P.kwargs) -> Result:
            bound = bind(call.__name__, signature, arguments, options)
            take_all(signature, bound, RULES | rules)
            result = call(*bound.args, **bound.kwargs)
            bound.apply_defaults()
            result.options = list_told(bound.arguments) | result.options
            return result

        return ask

    return decorate


def list_told(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The options among arguments, in the words of the command line."""
    return {
        name.rstrip("_"): list(value) if isinstance(value, tuple) else value
        for name, value in arguments.items()
        if name not in NO_OPTIONS
    }
