"""The numbers that expressions come to: those of assumptions first, then those of every row."""

from __future__ import annotations

import functools
import re
import typing
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

from pydantic.functional_validators import PlainValidator

from .assumption import as_end
from .complaint import Path, Unknown
from .expressions import RESERVED, Expression, NoExpression, parse_expression
from .fields import as_flag, as_names, as_number, as_some_names, as_statement, as_text
from .patch import merge, nest
from .problem import Problem
from .record import Record

Texts = Mapping[Path, str]
"""The expressions of a row, by where in the row they stand."""

WORDS = frozenset({"never", "saturating", "linear"})
"""What a number may be besides a number: these are words, whatever assumptions are called."""

SETTINGS = frozenset({"discount_rate"})
"""The settings that may be computed, besides the budget."""

NOT_NUMBERS = frozenset({as_text, as_flag, as_names, as_some_names, as_statement, as_end})
"""Readers of fields in which no number stands."""

_SPAN = re.compile(r"[0-9.]+(?:-[0-9.]+)+")
"""Numbers with dashes between are a date or a range, and nobody means their difference."""

MEND = "change the expression or its assumptions"


class Numbers:
    """What the assumptions of a document come to, and what is computed from them.

    `values` by assumption; `texts` has the expressions of every row that was filled, by row.
    """

    def __init__(self, rows: Any, problems: list[Problem], *, is_unread: bool = False) -> None:
        """Adds what is wrong with the assumptions to `problems`.

        `is_unread`: the table could not be read, and what hangs on it says nothing of its own.
        """
        self.rows: Mapping[str, Any] = rows if isinstance(rows, Mapping) else {}
        self._known = frozenset(self.rows)
        self.is_unread = is_unread or (rows is not None and not isinstance(rows, Mapping))
        self.values: dict[str, float] = {}
        self.texts: dict[Path, Texts] = {}
        self._lost = 0
        self._settle(problems)

    def _settle(self, problems: list[Problem]) -> None:
        """Finds the values of all assumptions, each after those that it is computed from."""
        parsed: dict[str, Expression] = {}
        for id_, row in self.rows.items():
            if id_ in RESERVED:
                message = "means something of its own in expressions; give the assumption another"
                problems.append(Problem(("assumptions", id_), f"'{id_}' {message} name"))
            value = row.get("value") if isinstance(row, Mapping) else None
            if isinstance(value, str):
                expression = self._parse(value, ("assumptions", id_, "value"), problems)
                if expression is not None:
                    parsed[id_] = expression
            elif isinstance(value, int | float) and not isinstance(value, bool):
                try:
                    self.values[id_] = as_number(value)
                except ValueError:
                    continue  # told where the row is read
        for id_ in _order(parsed, problems):
            path = ("assumptions", id_, "value")
            value = self._compute(parsed[id_], path, problems)
            if value is not None:
                self.values[id_] = value

    def fill(
        self, record: type[Record], row: dict[str, Any], path: Path, problems: list[Problem]
    ) -> bool:
        """Puts numbers in place of a row's expressions; whether all come to one."""
        found: dict[Path, str] = {}
        takes, lost = list_number_fields(record) if record.computes else SETTINGS, self._lost
        for name, value in row.items():
            if name in takes and _holds_text(value):
                row[name] = self._fill(value, (name,), path, found, problems)
        if found:
            self.texts[path] = found
        return self._lost == lost

    def list_moved(self, before: Mapping[str, float]) -> frozenset[str]:
        """The assumptions whose value was another before, those that were not or are no more."""
        either = self.values.keys() | before.keys()
        return frozenset(id_ for id_ in either if self.values.get(id_) != before.get(id_))

    def _fill(
        self, value: Any, at: Path, path: Path, found: dict[Path, str], problems: list[Problem]
    ) -> Any:
        """A value with numbers for expressions; those that come to none are counted."""
        if isinstance(value, Mapping):
            return {
                key: self._fill(part, (*at, str(key)), path, found, problems)
                for key, part in value.items()
            }
        if isinstance(value, list | tuple):
            parts = enumerate(value)
            return [self._fill(part, (*at, str(k)), path, found, problems) for k, part in parts]
        if not isinstance(value, str) or value in WORDS or not self._is_meant(value):
            return value
        expression = self._parse(value, (*path, *at), problems)
        number = None
        if expression is not None:
            found[at] = value
            number = self._compute(expression, (*path, *at), problems)
        if number is None:
            self._lost += 1
            return None
        return number if number % 1 else int(number)

    def _is_meant(self, text: str) -> bool:
        """Whether a text is an expression; where nothing is assumed, only if it has no names."""
        if _SPAN.fullmatch(text.strip()):
            return False
        if self.rows or self.is_unread:
            return True
        try:
            return not parse_expression(text).names
        except NoExpression:
            return False

    def _parse(self, text: str, path: Path, problems: list[Problem]) -> Expression | None:
        try:
            return parse_expression(text)
        except NoExpression as error:
            problems.append(Problem(path, f"{_quote(text)} {error}; mend it"))
            return None

    def _compute(self, expression: Expression, path: Path, problems: list[Problem]) -> float | None:
        """What an expression comes to; None, and a problem, where it comes to nothing.

        What hangs on an assumption that has no value is wrong for that reason alone.
        """
        if self.is_unread:
            return None
        for name in expression.names:
            if name not in self.rows:
                what = f"{_quote(expression.text)} has {name!r} in it, which is not an assumption"
                problems.append(Problem(path, what, unknown=Unknown(name, self._known)))
                return None
        if any(name not in self.values for name in expression.names):
            return None
        try:
            return expression.evaluate(self.values)
        except NoExpression as error:
            given = describe_values(expression, self.values)
            message = f"{_quote(expression.text)} {error}{given}; {MEND}"
            problems.append(Problem(path, message))
            return None


def hang_on(texts: Texts, names: frozenset[str]) -> bool:
    """Whether expressions have one of some assumptions in them."""
    return bool(names) and any(
        not names.isdisjoint(parse_expression(text).names) for text in texts.values()
    )


def put_numbers(document: Mapping[str, Any], texts: Mapping[Path, Texts]) -> dict[str, Any]:
    """A document in which each of its expressions has become the number that it comes to."""
    numbers = Numbers(document.get("assumptions"), [])
    replaced = dict(document)
    for path, found in texts.items():
        row: Any = document
        for key in path:
            row = row[key]
        filled = {
            name: numbers._fill(row[name], (name,), path, {}, [])
            for name in dict.fromkeys(place[0] for place in found)
        }
        replaced = dict(merge(replaced, nest(path, filled)))
    return replaced


def explain(problem: Problem, texts: Mapping[Path, Texts], values: Mapping[str, float]) -> Problem:
    """A problem that names the expressions it is due to, what they come to, and from what."""
    shown = []
    for depth in range(len(problem.path)):
        rest = problem.path[depth:]
        for at, text in texts.get(problem.path[:depth], {}).items():
            if rest[: len(at)] == at[: len(rest)] and text not in problem.message:
                expression = parse_expression(text)
                if all(name in values for name in expression.names):
                    shown.append(describe(expression, values))
    return problem._replace(message=f"{problem.message} ({'; '.join(shown)})") if shown else problem


def describe(expression: Expression, values: Mapping[str, float]) -> str:
    """An expression with what it comes to, and from which values."""
    try:
        value = expression.evaluate(values)
    except NoExpression as error:
        return f"{_quote(expression.text)} {error}"
    return f"{_quote(expression.text)} comes to {value:g}{describe_values(expression, values)}"


def describe_values(expression: Expression, values: Mapping[str, float]) -> str:
    """The values of the assumptions in an expression."""
    named = ", ".join(f"{name} = {values[name]:g}" for name in expression.names[:10])
    return f", with {named}" if named else ""


def _quote(text: str) -> str:
    return repr(text if len(text) <= 80 else text[:77] + "...")


def _order(parsed: Mapping[str, Expression], problems: list[Problem]) -> list[str]:
    """The assumptions that are computed, each after those it needs; circles are told and left."""
    needs = {
        id_: [name for name in expression.names if name in parsed]
        for id_, expression in parsed.items()
    }
    if _find_circle(needs):
        for part in _part(needs):  # each alone: a circle that is cut has all searched anew
            while circle := _find_circle({id_: needs[id_] for id_ in part}):
                problems.append(_tell_circle(circle))
                needs |= {id_: [] for id_ in circle}
    return list(TopologicalSorter(needs).static_order())


def _find_circle(needs: Mapping[str, list[str]]) -> list[str]:
    """Assumptions of which each is computed from the next, and the last is the first again."""
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        return list(error.args[1][::-1])
    return []


def _tell_circle(circle: list[str]) -> Problem:
    shown = " -> ".join(circle if len(circle) <= 10 else [*circle[:9], "...", circle[-1]])
    message = f"goes round in a circle ({shown}); give one of them a number"
    return Problem(("assumptions", circle[0], "value"), message)


def _part(needs: Mapping[str, list[str]]) -> list[list[str]]:
    """The assumptions parted so that none needs one of another part."""
    beside: dict[str, list[str]] = {id_: [*names] for id_, names in needs.items()}
    for id_, names in needs.items():
        for name in names:
            beside[name].append(id_)
    first_of: dict[str, str] = {}
    parts: dict[str, list[str]] = {}
    for first in needs:
        waiting = [first]
        while waiting:
            id_ = waiting.pop()
            if id_ not in first_of:
                first_of[id_] = first
                waiting += beside[id_]
        parts.setdefault(first_of[first], []).append(first)
    return list(parts.values())


def _holds_text(value: Any) -> bool:
    if isinstance(value, str):
        return value not in WORDS
    if isinstance(value, Mapping):
        return any(map(_holds_text, value.values()))
    return isinstance(value, list | tuple) and any(map(_holds_text, value))


@functools.cache
def list_number_fields(record: type[Record]) -> frozenset[str]:
    """The fields of a record in which numbers stand, and therefore expressions may."""
    return frozenset(
        field.alias or name
        for name, field in record.model_fields.items()
        if any(
            isinstance(part, PlainValidator) and part.func not in NOT_NUMBERS
            for part in (*field.metadata, *_list_metadata(field.annotation))
        )
    )


def _list_metadata(annotation: Any) -> list[Any]:
    """Whatever is annotated in a type, at any depth."""
    below = [part for inner in typing.get_args(annotation) for part in _list_metadata(inner)]
    return [*getattr(annotation, "__metadata__", ()), *below]
