"""Expressions: figures that follow from assumptions, such as `12 * points_per_gw`.

Python's own parser knows how they bind, and what it gives is let through node by node. Before it
sees anything, each number and name has become a placeholder: no word of Python, and no number as
Python writes it, means anything here. Decimals, so that 12 * 0.2 is 2.4.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal, DivisionByZero, InvalidOperation

LONGEST = 500
"""Characters of the longest expression: more is no rule that a person argues about."""

DEEPEST = 50
"""Most brackets within each other, and most signs before a number."""

LARGEST_STEP = Decimal("1e30")
"""Numbers on the way may be larger than a figure, as dollars are before they become billions."""

TOO_LARGE = f"holds or comes to more than {float(LARGEST_STEP):g} in size"

RESERVED = frozenset({"min", "max", "never", "true", "false", "null"})
"""Words that mean something where a number may stand: no assumption is called so."""

MADE_OF = "numbers, names of assumptions, + - * / ( ), min and max"

_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<odd>\*\*|//)|(?P<sign>[-+*/(),])|(?P<other>\S))"
)

_ARITHMETIC = Context(prec=28)

_OPERATORS: Mapping[type[ast.operator], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: _ARITHMETIC.add,
    ast.Sub: _ARITHMETIC.subtract,
    ast.Mult: _ARITHMETIC.multiply,
    ast.Div: _ARITHMETIC.divide,
}


class NoExpression(ValueError):
    """A text that is no expression, or one that comes to no number; says why."""


@dataclass(frozen=True)
class Expression:
    """A text that was parsed; its placeholders stand for numbers and for names of assumptions."""

    text: str
    tree: ast.expr
    operands: tuple[Decimal | str, ...]

    @functools.cached_property
    def names(self) -> tuple[str, ...]:
        """The assumptions in it, in the order of the text."""
        return tuple(dict.fromkeys(name for name in self.operands if isinstance(name, str)))

    def evaluate(self, values: Mapping[str, float]) -> float:
        """What it comes to. Raises NoExpression where it divides by 0 or grows too large."""
        operands = [
            Decimal(repr(values[operand])) if isinstance(operand, str) else operand
            for operand in self.operands
        ]
        try:
            return float(_evaluate(self.tree, operands)) + 0.0
        except (DivisionByZero, InvalidOperation):
            raise NoExpression("divides by 0") from None


def _evaluate(node: ast.expr, operands: list[Decimal]) -> Decimal:
    result: Decimal
    match node:
        case ast.Name(id=placeholder):
            result = operands[int(placeholder[1:])]
        case ast.BinOp(left=left, op=operator, right=right):
            both = _evaluate(left, operands), _evaluate(right, operands)
            result = _OPERATORS[type(operator)](*both)
        case ast.UnaryOp(op=sign, operand=operand):
            value = _evaluate(operand, operands)
            result = _ARITHMETIC.minus(value) if isinstance(sign, ast.USub) else value
        case ast.Call(func=ast.Name(id=function), args=arguments):
            values = [_evaluate(argument, operands) for argument in arguments]
            result = min(values) if function == "min" else max(values)
        case _:
            raise NoExpression(f"is made of more than {MADE_OF}")
    if result.adjusted() >= LARGEST_STEP.adjusted():
        raise NoExpression(TOO_LARGE)
    return result


@functools.lru_cache(maxsize=10_000)
def parse_expression(text: str) -> Expression:
    """The expression in a text. Raises NoExpression that says what cannot stand there.

    >>> parse_expression("12 * points + min(0.5, share)").names
    ('points', 'share')
    >>> parse_expression("12 * points").evaluate({"points": 0.2})
    2.4
    """
    if len(text) > LONGEST:
        raise NoExpression(f"has {len(text)} characters, and an expression has at most {LONGEST}")
    source: list[str] = []
    operands: list[Decimal | str] = []
    for match in _TOKEN.finditer(text):
        kind, token = match.lastgroup, match.group(match.lastgroup or 0)
        if kind in ("odd", "other"):
            raise NoExpression(f"is made of more than {MADE_OF}: it has {token!r}")
        if kind in ("number", "name") and token not in ("min", "max"):
            operands.append(token if kind == "name" else _read_number(token))
            token = f"v{len(operands) - 1}"
        source.append(token)
    _refuse_depth(source)
    try:
        tree = ast.parse(" ".join(source), mode="eval").body
    except (SyntaxError, MemoryError, RecursionError):
        raise NoExpression(f"does not read as an expression of {MADE_OF}") from None
    _check(tree, operands)
    return Expression(text, tree, tuple(operands))


def _read_number(token: str) -> Decimal:
    number = Decimal(token)
    if number.adjusted() >= LARGEST_STEP.adjusted():
        raise NoExpression(TOO_LARGE)
    return number


def _refuse_depth(source: list[str]) -> None:
    depth = signs = 0
    for token in source:
        depth += (token == "(") - (token == ")")  # noqa: S105  # no password
        signs = signs + 1 if token in ("-", "+") else 0
        if max(depth, signs) > DEEPEST:
            raise NoExpression(f"has more than {DEEPEST} brackets or signs within each other")


def _check(node: ast.expr, operands: list[Decimal | str]) -> None:
    """Raises NoExpression unless a tree is made of what may stand in an expression."""
    match node:
        case ast.Name(id=placeholder) if placeholder not in ("min", "max"):
            return
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _OPERATORS:
            _check(left, operands)
            _check(right, operands)
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
            _check(operand, operands)
        case ast.Call(func=ast.Name(id=function), args=arguments, keywords=[]):
            if function not in ("min", "max"):
                name = operands[int(function[1:])]
                raise NoExpression(f"has '{name}' before a bracket, and min and max alone may be")
            if len(arguments) < 2:
                raise NoExpression(f"has a {function} of fewer than two numbers")
            for argument in arguments:
                _check(argument, operands)
        case _:
            raise NoExpression(f"does not read as an expression of {MADE_OF}")
