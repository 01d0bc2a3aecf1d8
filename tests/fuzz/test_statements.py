"""Statements about weights, put together at random: read as Python reads them, or refused."""

from __future__ import annotations

import math

import pytest
from fuzz.cases import draw_for, list_cases

from stratafolio.inputs.statements import Statement, parse_statement

TOKENS = (
    *("frontier", "diffusion", "2", "0.5", "1e3", ".5", "+", "-", "*", "/", "(", ")", ">=", "<="),
    *("==", ">", "=", " ", "1e400", "_x", "\u00e9", "\x00", "%", "3"),
)


class Weights(dict[str, float]):
    """A weight for every name there may be."""

    def __missing__(self, layer: str) -> float:
        return sum(map(ord, layer)) % 7 / 7


def excess(statement: Statement) -> float:
    """By how much weights exceed a statement's bound."""
    terms = statement.coefficients.items()
    return sum(factor * Weights()[layer] for layer, factor in terms) + statement.constant


def read_in_python(text: str, sense: str) -> float:
    """The same, as Python's own arithmetic has it."""
    left, right = (
        eval(side, {"__builtins__": {}}, Weights())  # noqa: S307  # of the tokens above alone
        for side in text.split(sense)
    )
    return float(right - left if sense in ("<=", "<") else left - right)


@pytest.mark.parametrize("case", list_cases(75))
def test_statement_is_read_as_arithmetic_or_refused(case: int) -> None:
    draw = draw_for("statement", case)
    side = [draw.choice(TOKENS[:6]) for _ in range(draw.randint(1, 4))]
    parts = [draw.choice(("+", "-", "*", "/")).join(side), draw.choice((">=", "<=", "==", ">"))]
    parts.append(draw.choice(("0.0", "diffusion", "2 * frontier - 0.1", "(1 - diffusion) / 2")))
    for _ in range(draw.choice((0, 0, 1, 3))):
        parts.insert(draw.randint(0, len(parts)), draw.choice(TOKENS))
    text = "".join(parts)
    try:
        statement = parse_statement(text)
    except ValueError:
        return
    figures = (statement.constant, *statement.coefficients.values())
    assert all(math.isfinite(figure) for figure in figures)
    senses = [sense for sense in (">=", "<=", "==", ">", "<", "=") if sense in text]
    assert excess(statement) == pytest.approx(read_in_python(text, senses[0]), rel=1e-9, abs=1e-9)
