"""Statements about weights, linear in the layers, such as `diffusion >= 2 * frontier`."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from .frozen import FrozenMapping

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+)|(?P<layer>[A-Za-z_]\w*)|(?P<sign>>=|<=|==|=|[-+*/()<>])|(?P<odd>\S))"
)


DEEPEST = 50
"""Most brackets within brackets: more is no statement that a person made."""


@dataclass(frozen=True)
class Statement:
    """A half-space of weightings: sum of coefficient times weight, plus constant, is `sense` 0.

    Weights sum to 1 where a statement is read. `sense` is `>=` or `==`.
    """

    text: str
    coefficients: Mapping[str, float]
    constant: float
    sense: str

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers named, in the order of the text."""
        return tuple(self.coefficients)


Form = dict[str, float]
"""A linear form: coefficient by layer, the constant under the empty name."""


class _StatementReader:
    """Reads `sum sense sum` from left to right, one token at a time."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = [
            (match.lastgroup or "odd", match.group(match.lastgroup or "odd"), match.start(0))
            for match in _TOKEN.finditer(text)
        ]
        self.next = 0
        self.depth = 0

    def peek(self) -> str:
        return self.tokens[self.next][1] if self.next < len(self.tokens) else ""

    def take(self) -> tuple[str, str]:
        if self.next >= len(self.tokens):
            raise ValueError(f"expected a layer or a number at the end of {self.text!r}")
        kind, token, _ = self.tokens[self.next]
        self.next += 1
        return kind, token

    def refuse(self, expected: str) -> ValueError:
        at = self.tokens[self.next][2] + 1 if self.next < len(self.tokens) else len(self.text)
        got = repr(self.peek()) if self.peek() else "the end"
        return ValueError(f"expected {expected} at character {at} of {self.text!r}, got {got}")

    def read_sum(self) -> Form:
        total: Form = {}
        sign = 1.0
        if self.peek() in ("+", "-"):
            sign = -1.0 if self.take()[1] == "-" else 1.0
        while True:
            for name, value in self.read_product().items():
                total[name] = total.get(name, 0.0) + sign * value
            if self.peek() not in ("+", "-"):
                return total
            sign = -1.0 if self.take()[1] == "-" else 1.0

    def read_product(self) -> Form:
        form = self.read_factor()
        while self.peek() in ("*", "/"):
            operator = self.take()[1]
            other = self.read_factor()
            if operator == "/":
                if set(other) - {""} or not other.get(""):
                    raise ValueError(f"{self.text!r} divides by something that is not a number")
                form = {name: value / other[""] for name, value in form.items()}
            elif not set(other) - {""}:
                form = {name: value * other.get("", 0.0) for name, value in form.items()}
            elif not set(form) - {""}:
                form = {name: value * form.get("", 0.0) for name, value in other.items()}
            else:
                raise ValueError(f"{self.text!r} multiplies layers; statements are linear in them")
        return form

    def read_factor(self) -> Form:
        if self.peek() == "(":
            self.take()
            self.depth += 1
            if self.depth > DEEPEST:
                raise ValueError(f"expected at most {DEEPEST} brackets within each other, got more")
            form = self.read_sum()
            if self.peek() != ")":
                raise self.refuse("')'")
            self.take()
            self.depth -= 1
            return form
        kind = self.tokens[self.next][0] if self.next < len(self.tokens) else ""
        if kind == "number":
            return {"": float(self.take()[1])}
        if kind == "layer":
            return {self.take()[1]: 1.0}
        raise self.refuse("a layer or a number")


def parse_statement(text: str) -> Statement:
    """The half-space that a statement describes; ValueError says where it does not parse.

    >>> s = parse_statement("diffusion >= 2 * frontier + 0.1")
    >>> dict(s.coefficients), s.constant, s.sense
    ({'diffusion': 1.0, 'frontier': -2.0}, -0.1, '>=')
    """
    reader = _StatementReader(text)
    left = reader.read_sum()
    sense = reader.peek()
    if sense not in (">=", "<=", "==", ">", "<", "="):
        raise reader.refuse("'>=', '<=' or '=='")
    reader.take()
    right = reader.read_sum()
    if reader.peek():
        raise reader.refuse("the end")
    flip = -1.0 if sense in ("<=", "<") else 1.0
    names = [*left, *(name for name in right if name not in left)]
    form = {name: flip * (left.get(name, 0.0) - right.get(name, 0.0)) for name in names}
    constant = form.pop("", 0.0)
    if not form:
        raise ValueError(f"{text!r} names no layer")
    if not all(math.isfinite(figure) for figure in (constant, *form.values())):
        raise ValueError(f"expected figures that are finite, got {text!r}")
    return Statement(text, FrozenMapping(form), constant, "==" if sense in ("==", "=") else ">=")
