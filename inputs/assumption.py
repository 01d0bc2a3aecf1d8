"""Assumptions: named figures with a range, how they are drawn, and how they go together."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field
from pydantic.functional_validators import PlainValidator
from pydantic.json_schema import WithJsonSchema

from .fields import Confidence, Names, Number, Text, as_number, numbers_that, refuse
from .record import Record

Shape = Literal["lognormal", "normal", "beta", "uniform"]
"""The distribution of a figure whose low and high value are the ends of a central interval."""

TAILLESS = ("beta", "uniform")
"""Shapes that lie within their ends."""

LEAST_COVERAGE, MOST_COVERAGE = 0.1, 0.999
"""Outside of these, ends of a range say too little of what lies between or beyond them."""


def as_end(value: object) -> float:
    """An end of a range: a number, never an expression."""
    return as_number(value, "a number, since what is computed has no range of its own")


def as_paths(value: object) -> tuple[str, str]:
    """Two different paths; text holds them apart by spaces, commas or semicolons."""
    if isinstance(value, str):
        value = [part for part in re.split(r"[\s,;]+", value) if part]
    expected = "two paths of figures, such as [assumptions.a, assumptions.b]"
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise refuse(expected, value)
    if not all(isinstance(path, str) for path in value):
        raise refuse(expected, value)
    if value[0] == value[1]:
        raise refuse("two different figures: each goes with itself anyway", value[0])
    return str(value[0]), str(value[1])


End = Annotated[float, PlainValidator(as_end), WithJsonSchema({"type": "number"})]
Coverage = Annotated[
    float,
    PlainValidator(
        numbers_that(
            f"a share from {LEAST_COVERAGE:g} to {MOST_COVERAGE:g}",
            lambda share: LEAST_COVERAGE <= share <= MOST_COVERAGE,
        )
    ),
    WithJsonSchema({"type": "number", "minimum": LEAST_COVERAGE, "maximum": MOST_COVERAGE}),
]
Rank = Annotated[
    float,
    PlainValidator(numbers_that("a rank correlation from -1 to 1", lambda rank: -1 <= rank <= 1)),
    WithJsonSchema({"type": "number", "minimum": -1, "maximum": 1}),
]
Paths = Annotated[
    tuple[str, str],
    PlainValidator(as_paths),
    WithJsonSchema({"type": ["array", "string"], "items": {"type": "string"}}),
]


class Assumption(Record):
    """A named figure from which other figures are computed; its range stands in `low`, `high`."""

    computes = True
    title: Text = ""
    value: Number = Field(description="a number, or an expression of other assumptions")
    low: End | None = Field(default=None, description="low end of a central interval")
    high: End | None = Field(default=None, description="high end of a central interval")
    shape: Shape | None = Field(default=None, description="of its distribution")
    unit: Text = ""
    group: Text = Field(default="", description="assumptions that are argued over together")
    confidence: Confidence | None = None
    source: Names = ()
    note: Text = ""


class Correlation(Record):
    """How two uncertain figures go together."""

    between: Paths = Field(description="two paths of figures that carry a range")
    rank: Rank = Field(description="Spearman's rank correlation")
    note: Text = ""


class Uncertainty(Record):
    """How likely the truth lies between a low and a high value, and how it is spread there."""

    coverage: Coverage = Field(default=0.9, description="probability of a range's interval")
    shape: Shape | None = Field(
        default=None, description="of ranges that have none of their own: lognormal where low > 0"
    )


def choose_shape(low: float, shape: Shape | None, general: Shape | None) -> Shape:
    """The shape of a range: its own, the scenario's, or that which its sign suggests.

    >>> choose_shape(0.1, None, None), choose_shape(-1.0, None, None)
    ('lognormal', 'normal')
    """
    return shape or general or ("lognormal" if low > 0 else "normal")
