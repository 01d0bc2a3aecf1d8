"""What a call may be given: what is wrong is told as the command line tells it of its options."""

from __future__ import annotations

import contextlib
import functools
import inspect
import math
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from numbers import Integral, Real
from typing import Any, ParamSpec, TypeVar

from .complaint import Complaint, InputError, suggest
from .fields import name_value

P = ParamSpec("P")
Given = TypeVar("Given")

Take = Callable[[str, Any], Any]
"""Gives an argument in Python's own types; told where it is. Raises InputError."""

Bound = inspect.BoundArguments

MOST_WORKERS, MOST_COUNTED = 1000, 10_000_000
"""More is a typing error, and would fill the memory before anything is solved."""

LONGEST = 10**300
"""Whole numbers as large as this are no numbers to anybody: they do not fit a float."""


def refuse(where: str, expected: str, value: object) -> InputError:
    """The error of an argument that is not what was expected.

    >>> str(refuse("--gap", "a share from 0 to 1", 2.0)), str(refuse("--gap", "a share", "x"))
    ('--gap: expected a share from 0 to 1, got 2', "--gap: expected a share, got 'x'")
    """
    return InputError.of(where, f"expected {expected}, got {name_given(value)}")


def name_given(value: object) -> str:
    """An argument as a message shows it: short, whatever its type.

    >>> name_given(2.0), name_given("x"), name_given([1]), name_given(print)
    ('2', "'x'", 'the list [1]', 'a builtin_function_or_method')
    """
    number = read_number(value)
    if number is not None:
        return f"{number:g}"
    if value is None or isinstance(value, bool | str | bytes | list | dict):
        return name_value(value)
    return f"a {type(value).__name__}"


def read_number(value: object) -> float | None:
    """A number of Python or NumPy, or None for what is none; yes and no are none.

    >>> read_number(3), read_number(0.5), read_number("3"), read_number(True)
    (3, 0.5, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, Real):
        return None
    if isinstance(value, Integral):
        return int(value) if abs(int(value)) < LONGEST else None
    return float(value)


def take_number(where: str, value: object) -> float:
    """A number that is one. Raises InputError."""
    number = read_number(value)
    if number is None or math.isnan(number):
        raise refuse(where, "a number", value)
    return number


def take_share(where: str, value: object) -> float:
    """A share. Raises InputError."""
    share = read_number(value)
    if share is None or not 0 <= share <= 1:
        raise refuse(where, "a share from 0 to 1", value)
    return share


def take_part(where: str, value: object) -> float:
    """A share of something that is not nothing. Raises InputError."""
    share = read_number(value)
    if share is None or not 0 < share <= 1:
        raise refuse(where, "a share above 0 and at most 1", value)
    return share


def take_seconds(where: str, value: object) -> float:
    """A limit on time. Raises InputError."""
    seconds = read_number(value)
    if seconds is None or not 0 < seconds < math.inf:
        raise refuse(where, "seconds above 0", value)
    return seconds


def take_whole(where: str, value: object) -> int:
    """A whole number. Raises InputError."""
    if not isinstance(value, Integral) or read_number(value) is None:
        raise refuse(where, "a whole number", value)
    return int(value)


def take_count(where: str, value: object, least: int = 1) -> int:
    """How many, at least so many. Raises InputError."""
    number = take_whole(where, value)
    if number < least:
        raise refuse(where, f"at least {least}", value)
    if number > MOST_COUNTED:
        raise refuse(where, f"at most {MOST_COUNTED:,}", value)
    return number


def take_workers(where: str, value: object) -> int:
    """How many solve side by side. Raises InputError."""
    workers = take_count(where, value)
    if workers > MOST_WORKERS:
        raise refuse(where, f"at most {MOST_WORKERS:,}", value)
    return workers


def take_two(where: str, value: object) -> int:
    """How many, where one is not enough. Raises InputError."""
    return take_count(where, value, 2)


def take_seed(where: str, value: object) -> int:
    """Which draws. Raises InputError."""
    seed = take_whole(where, value)
    if seed < 0:
        raise refuse(where, "0 or more", value)
    return seed


def take_switch(where: str, value: object) -> bool:
    """Yes or no. Raises InputError."""
    if not isinstance(value, bool) and type(value).__name__ != "bool":  # NumPy's own
        raise refuse(where, "True or False", value)
    return bool(value)


def take_text(where: str, value: object) -> str:
    """A text. Raises InputError."""
    if not isinstance(value, str):
        raise refuse(where, "a text", value)
    return value


def take_texts(where: str, value: object) -> Sequence[str]:
    """A list of texts; a lone text is no list. Raises InputError."""
    if isinstance(value, str):
        raise refuse(where, f"a list, as [{value[:40]!r}]", value)
    is_table = isinstance(value, bytes | Mapping) or hasattr(value, "columns")
    if is_table or not isinstance(value, Iterable):
        raise refuse(where, "a list of texts", value)
    texts = value if isinstance(value, list | tuple) else list(value)
    return type(texts)(take_text(where, text) for text in texts)


def take_settings(where: str, value: object) -> Sequence[str]:
    """Texts as `path=value`, or one of them. Raises InputError."""
    if isinstance(value, str):
        return [value]
    try:
        return take_texts(where, value)
    except InputError:
        raise refuse(where, "path=value, or a list of such texts", value) from None


def take_numbers(where: str, value: object) -> dict[str, float]:
    """Numbers by name. Raises InputError."""
    if not isinstance(value, Mapping):
        raise refuse(where, "a mapping of names to numbers", value)
    return {take_text(where, name): take_number(where, own) for name, own in value.items()}


def take_function(*told: str) -> Take:
    """A function that is told so many things. Raises InputError."""

    def take(where: str, value: object) -> Any:
        expected = f"a function of ({', '.join(told)})"
        if not callable(value):
            raise refuse(where, expected, value)
        with contextlib.suppress(ValueError):  # some built-in functions have no signature
            try:
                inspect.signature(value).bind(*told)
            except TypeError:
                raise refuse(where, expected, value) from None
        return value

    return take


def take_path(where: str, value: object) -> str | os.PathLike[str]:
    """The path of a file or a folder. Raises InputError."""
    if not isinstance(value, str | os.PathLike) or not value or "\0" in os.fsdecode(value):
        raise refuse(where, "a path", value)
    return value


def take_one_of(*known: str) -> Take:
    """One of some words."""

    def take(where: str, value: object) -> str:
        if not isinstance(value, str) or value not in known:
            raise refuse(where, f"one of {', '.join(known)}", value)
        return value

    return take


def check_arguments(**rules: Take) -> Callable[[Callable[P, Given]], Callable[P, Given]]:
    """Makes a function check its arguments: those it has, and those that rules name, by them.

    What may be absent is not checked where it is None. Raises InputError with every complaint,
    for an argument that it has not or lacks too.
    """

    def decorate(function: Callable[P, Given]) -> Callable[P, Given]:
        signature = inspect.signature(function)

        @functools.wraps(function)
        def call(*arguments: P.args, **options: P.kwargs) -> Given:
            bound = bind(function.__name__, signature, arguments, options)
            take_all(signature, bound, rules)
            return function(*bound.args, **bound.kwargs)

        return call

    return decorate


def bind(
    name: str, signature: inspect.Signature, arguments: Sequence[Any], options: Mapping[str, Any]
) -> Bound:
    """The arguments of a call by name. Raises InputError for what does not fit."""
    try:
        return signature.bind(*arguments, **options)
    except TypeError as error:
        wrong = find_misfits(name, signature, arguments, options)
        raise InputError(wrong or [Complaint(name, str(error))]) from None


def find_misfits(
    name: str, signature: inspect.Signature, arguments: Sequence[Any], options: Mapping[str, Any]
) -> list[Complaint]:
    """Arguments that a function has not, has twice or lacks."""
    own = [p for p in signature.parameters.values() if p.name != "self"]
    names = [p.name for p in own if p.kind is not p.POSITIONAL_ONLY]
    takes_any = any(p.kind is p.VAR_KEYWORD for p in own)
    unnamed = [p for p in own if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    given = [p.name for p in unnamed][: len(arguments) - ("self" in signature.parameters)]
    wrong = [
        Complaint(f"{name}, {option}", f"is none of its arguments; {suggest(option, names)}")
        for option in options
        if option not in names and not takes_any
    ]
    wrong += [
        Complaint(f"{name}, {option}", "is given twice; keep one")
        for option in options
        if option in given
    ]
    wrong += [
        Complaint(f"{name}, {p.name}", "is missing; give it a value")
        for p in own
        if p.default is p.empty
        and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
        and p.name not in (*given, *options)
    ]
    surplus = len(arguments) - ("self" in signature.parameters) - len(unnamed)
    if surplus > 0 and not any(p.kind is p.VAR_POSITIONAL for p in own):
        message = f"expected {len(unnamed)} without a name, got {len(unnamed) + surplus}; name them"
        wrong.append(Complaint(name, message))
    return wrong


def take_all(signature: inspect.Signature, bound: Bound, rules: Mapping[str, Take]) -> None:
    """Puts each argument in Python's own types in its place. Raises InputError."""
    wrong: list[Complaint] = []
    for name, value in bound.arguments.items():
        take = rules.get(name)
        if take is None or (value is None and signature.parameters[name].default is None):
            continue
        try:
            bound.arguments[name] = take(name_option(name), value)
        except InputError as error:
            wrong += error.complaints
    if wrong:
        raise InputError(wrong)


NO_OPTIONS = ("scenario", "path", "folder", "name", "answer", "statement", "number")
"""Arguments that are no options of the command line."""

OTHERWISE = {"figures": "--figure", "settings": "--set"}
"""Options that are called otherwise there."""


def name_option(name: str) -> str:
    """What the command line calls an argument.

    >>> name_option("time_limit"), name_option("from_"), name_option("figures")
    ('--time-limit', '--from', '--figure')
    """
    if name in NO_OPTIONS:
        return name
    return OTHERWISE.get(name, f"--{name.rstrip('_').replace('_', '-')}")
