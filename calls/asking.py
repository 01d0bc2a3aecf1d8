"""What every call does beside its question: it keeps how it was asked."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import ParamSpec

from ..results.result import Result

P = ParamSpec("P")

NO_OPTIONS = ("scenario", "scenarios", "plan", "progress", "store", "report", "keep")
"""Arguments that say what is asked about, or who is told, not how."""


def keep_options(call: Callable[P, Result]) -> Callable[P, Result]:
    """Makes a call keep its own arguments as the options of its result.

    What the call itself puts there stays: a default that it has worked out.
    """
    signature = inspect.signature(call)

    @functools.wraps(call)
    def ask(*arguments: P.args, **options: P.kwargs) -> Result:
        result = call(*arguments, **options)
        bound = signature.bind(*arguments, **options)
        bound.apply_defaults()
        told = {
            name.rstrip("_"): list(value) if isinstance(value, tuple) else value
            for name, value in bound.arguments.items()
            if name not in NO_OPTIONS
        }
        result.options = told | result.options
        return result

    return ask
