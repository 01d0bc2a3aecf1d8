"""How one field of a scenario is read: number, year, ids, curve; each with what it expects."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Annotated, Literal

from pydantic.functional_serializers import PlainSerializer
from pydantic.functional_validators import PlainValidator
from pydantic.json_schema import WithJsonSchema
from pydantic_core import PydanticCustomError

from .frozen import FrozenMapping
from .statements import Statement, parse_statement

LARGEST = 1e12
"""Numbers beyond this size are typing errors, and solvers cannot weigh them beside small ones."""

ID_PATTERN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")

ID_RULE = "an id starts with a letter or _ and goes on with letters, digits and _"

LONGEST_SPENDOUT = 200
"""Years over which authority may be paid out: more is a typing error."""

SMALLEST_SIZE, LARGEST_SIZE = 1e-8, 1e8
"""Sizes of what is weighed beside other figures: a solver tells about nine digits apart, so what
is smaller is lost beside ordinary figures, and what is larger drowns them. 1e8 $ billion are a
thousand times what the world produces in a year, and 30 points are dominance."""

LEAST_BN = 1e-6
"""Money below this, $ billion, is a typing error: a thousand dollars fund nothing."""

LEAST_PER_UNIT = 1e-12
"""Points per unit of an indicator: as few where the unit is a dollar of a nation's product."""

LEAST_HALF_LIFE = 0.05
"""Years: of a stock that halves faster less than a millionth is left a year later."""

Curve = Literal["saturating", "linear"] | tuple[tuple[float, float], ...]


def name_value(value: object) -> str:
    """The value as a message shows it, cut to a readable length.

    >>> name_value(True), name_value("grdi"), name_value({"a": 1}), name_value([1, 2])
    ('true', "'grdi'", 'a mapping', 'the list [1, 2]')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a mapping"
    if value is None:
        return "nothing"
    if isinstance(value, list) and not value:
        return "an empty list"
    if isinstance(value, list):
        shown = repr(value) if len(value) <= 20 else ""
        return f"the list {shown}" if 0 < len(shown) <= 60 else f"a list of {len(value)}"
    if hasattr(value, "shape") or type(value).__repr__ is object.__repr__:
        return f"a {type(value).__name__}"
    shown = repr(value)
    return shown if len(shown) <= 60 else shown[:57] + "..."


def refuse(expected: str, value: object) -> PydanticCustomError:
    """The one sentence for a value of the wrong kind."""
    sentence = f"expected {expected}, got {name_value(value)}"
    return PydanticCustomError("expected", "{sentence}", {"sentence": sentence})


def as_number(value: object, expected: str = "a number") -> float:
    """The value as a finite float; booleans and words are refused."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise refuse(expected, value)
    if isinstance(value, float) and not math.isfinite(value):
        raise refuse(f"{expected} that is finite", value)
    if abs(value) > LARGEST:
        raise refuse(f"{expected} of at most {LARGEST:g} in size", value)
    return float(value)


def numbers_that(expected: str, holds: Callable[[float], bool]) -> Callable[[object], float]:
    """A reader of numbers that satisfy a rule."""

    def read(value: object) -> float:
        number = as_number(value, expected)
        if not holds(number):
            raise refuse(expected, value)
        return number

    return read


def as_whole(value: object, expected: str = "a whole number") -> int:
    """The value as an integer; 3.0 is one."""
    number = as_number(value, expected)
    if number != int(number):
        raise refuse(expected, value)
    return int(number)


def as_lag(value: object) -> int:
    """The value as years from outlay to effect."""
    lag = as_whole(value, "a whole number of years, 0 or more")
    if lag < 0:
        raise refuse("a whole number of years, 0 or more", value)
    return lag


def as_count(value: object) -> int:
    """The value as a count of years."""
    count = as_whole(value, "a whole number of 1 or more")
    if count < 1:
        raise refuse("a whole number of 1 or more", value)
    return count


def as_tally(value: object) -> int:
    """The value as a count of instruments."""
    tally = as_whole(value, "a whole number of 0 or more")
    if tally < 0:
        raise refuse("a whole number of 0 or more", value)
    return tally


def sized(
    read: Callable[[object], float], least: float = SMALLEST_SIZE, most: float = LARGEST_SIZE
) -> Callable[[object], float]:
    """A reader of numbers that are 0 or of a size that can be weighed beside others."""

    def read_sized(value: object) -> float:
        number = read(value)
        if abs(number) > most:
            raise refuse(f"a number of at most {most:g} in size", value)
        if 0 < abs(number) < least:
            raise refuse(f"0, or a number of at least {least:g} in size", value)
        return number

    return read_sized


def as_year(value: object) -> int:
    """The value as a calendar year."""
    year = as_whole(value, "a year such as 2027")
    if not 1 <= year <= 9999:
        raise refuse("a year such as 2027", value)
    return year


def as_text(value: object) -> str:
    """The value as text; a number stands for its digits."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise refuse("text", value)
    if isinstance(value, float) and not math.isfinite(value):
        raise refuse("text", value)
    return str(value)


def as_flag(value: object) -> bool:
    """The value as true or false; no other word will do."""
    if not isinstance(value, bool):
        raise refuse("true or false", value)
    return value


def as_half_life(value: object) -> float:
    """Years in which a stock loses half; infinite for `never`."""
    if value == "never":
        return math.inf
    half_life = numbers_that("a number of years above 0, or never", lambda v: v > 0)(value)
    if half_life < LEAST_HALF_LIFE:
        raise refuse(f"{LEAST_HALF_LIFE:g} years or more, or never", value)
    return half_life


def as_names(value: object) -> tuple[str, ...]:
    """A list of ids; text holds ids apart by spaces, commas or semicolons."""
    if isinstance(value, str):
        value = [part for part in re.split(r"[\s,;]+", value) if part]
    if not isinstance(value, list | tuple) or not all(isinstance(v, str) for v in value):
        raise refuse("a list of ids", value)
    repeated = sorted(name for name, times in Counter(value).items() if times > 1)
    if repeated:
        raise refuse("a list of ids, each named once", repeated[0])
    return tuple(value)


def as_some_names(value: object) -> tuple[str, ...]:
    """A list of ids that is not empty."""
    names = as_names(value)
    if not names:
        raise refuse("at least one id", value)
    return names


def as_pairs(value: object, what: str) -> tuple[tuple[float, float], ...]:
    """A list of pairs of numbers."""
    expected = f"a list of [{what}] pairs"
    if not isinstance(value, list | tuple) or not value:
        raise refuse(expected, value)
    pairs = []
    for pair in value:
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            raise refuse(expected, pair)
        pairs.append((as_number(pair[0], expected), as_number(pair[1], expected)))
        if max(map(abs, pairs[-1])) > LARGEST_SIZE:
            raise refuse(f"[{what}] of at most {LARGEST_SIZE:g} in size", pair)
    return tuple(pairs)


def slopes(pairs: tuple[tuple[float, float], ...]) -> list[float]:
    """Slopes between neighbouring pairs.

    >>> slopes(((0.0, 0.0), (2.0, 1.0), (4.0, 1.0)))
    [0.5, 0.0]
    """
    return [(y1 - y0) / (x1 - x0) for (x0, y0), (x1, y1) in pairwise(pairs)]


def as_curve(value: object) -> Curve:
    """A curve by its word, or as [stock, reach] pairs from [0, 0], nondecreasing."""
    if value == "saturating" or value == "linear":
        return value
    if isinstance(value, str):
        raise refuse("saturating, linear or a list of [stock, reach] pairs", value)
    pairs = as_pairs(value, "stock, reach")
    if len(pairs) < 2 or pairs[0] != (0.0, 0.0):
        raise refuse("a curve of two or more points that starts at [0, 0]", list(pairs[0]))
    for (x0, y0), (x1, y1) in pairwise(pairs):
        if x1 <= x0:
            raise refuse("a curve whose stocks increase", [x0, x1])
        if y1 < y0:
            raise refuse("a curve whose reaches do not fall", [y0, y1])
    stock, reach = pairs[-1]
    if stock < LEAST_BN or 0 < reach < SMALLEST_SIZE:
        sizes = f"a stock of {LEAST_BN:g} or more and a reach of 0 or {SMALLEST_SIZE:g} or more"
        raise refuse(f"a curve that ends at {sizes}", [stock, reach])
    return pairs


def as_worth(value: object) -> tuple[tuple[float, float], ...]:
    """[lead, worth] pairs, increasing and concave."""
    pairs = as_pairs(value, "lead, worth")
    if len(pairs) < 2:
        raise refuse("two or more [lead, worth] pairs", value)
    for (x0, y0), (x1, y1) in pairwise(pairs):
        if x1 <= x0 or y1 <= y0:
            raise refuse("leads and worths that both increase", [[x0, y0], [x1, y1]])
    steepness = slopes(pairs)
    for before, after in pairwise(steepness):
        if after > before * (1 + 1e-9):
            raise refuse("a concave worth, whose slopes do not rise", [before, after])
    if not SMALLEST_SIZE <= steepness[-1] <= steepness[0] <= LARGEST_SIZE:
        expected = f"a worth whose slopes lie between {SMALLEST_SIZE:g} and {LARGEST_SIZE:g}"
        raise refuse(expected, steepness)
    return pairs


def as_spendout(value: object) -> tuple[float, ...]:
    """Shares of authority that become outlays, in turn; they sum to 1."""
    if not isinstance(value, list | tuple) or not value:
        raise refuse("a list of shares that sums to 1", value)
    if len(value) > LONGEST_SPENDOUT:
        raise refuse(f"at most {LONGEST_SPENDOUT} shares, one for each year", value)
    shares = tuple(as_weighed_share(v) for v in value)
    if abs(sum(shares) - 1) > 1e-6:
        expected = f"shares that sum to 1, not to {sum(shares):g}"
        raise refuse(expected, list(value))
    return tuple(share / sum(shares) for share in shares)


def as_span(value: object) -> tuple[int, int]:
    """First and last year, in order."""
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise refuse("two years [first, last]", value)
    span = (as_year(value[0]), as_year(value[1]))
    if span[0] > span[1]:
        raise PydanticCustomError(
            "expected", f"expected two years in order, got [{span[0]}, {span[1]}]"
        )
    return span


def as_caps(value: object) -> float | Mapping[int, float]:
    """One cap for every year, or a cap by year, $ billion."""
    if not isinstance(value, dict):
        return as_amount(value)
    caps = {}
    for year, cap in value.items():
        as_cap = numbers_that(f"a number of 0 or more for {name_value(year)}", lambda v: v >= 0)
        caps[read_year_key(year)] = as_cap(cap)
    return FrozenMapping(caps)


def read_year_key(key: object) -> int:
    """A year that stands as a key, with or without quotes."""
    text = str(key)
    if not re.fullmatch(r"[0-9]{1,4}", text):
        raise refuse("a year such as 2027 as a key", key)
    return as_year(int(text))


def as_statement(value: object) -> Statement:
    """A statement about weights, parsed."""
    if not isinstance(value, str):
        raise refuse("a statement such as 'diffusion >= frontier'", value)
    try:
        return parse_statement(value)
    except ValueError as error:
        raise PydanticCustomError("expected", "{why}", {"why": str(error)}) from None


as_amount = numbers_that("a number of 0 or more", lambda v: v >= 0)
as_share = numbers_that("a share from 0 to 1", lambda v: 0 <= v <= 1)
as_positive = numbers_that("a number above 0", lambda v: v > 0)
as_money = sized(as_amount, LEAST_BN)
as_weighed_share = sized(as_share)
as_scale = sized(
    numbers_that(f"a number above 0, of {LEAST_BN:g} or more", lambda v: v >= LEAST_BN)
)

_NUMBER = {"type": "number"}
_IDS = {"type": ["array", "string"], "items": {"type": "string"}}
_PAIR = {"type": "array", "prefixItems": [_NUMBER, _NUMBER], "minItems": 2, "maxItems": 2}
_PAIRS = {"type": "array", "items": _PAIR}

_SIZED = {**_NUMBER, "minimum": -LARGEST_SIZE, "maximum": LARGEST_SIZE}

Number = Annotated[float, PlainValidator(as_number), WithJsonSchema(_NUMBER)]
Amount = Annotated[float, PlainValidator(as_amount), WithJsonSchema({**_NUMBER, "minimum": 0})]
Points = Annotated[float, PlainValidator(sized(as_number)), WithJsonSchema(_SIZED)]
Position = Annotated[float, PlainValidator(sized(as_number, 0.0)), WithJsonSchema(_SIZED)]
PerUnit = Annotated[
    float, PlainValidator(sized(as_number, LEAST_PER_UNIT, LARGEST)), WithJsonSchema(_NUMBER)
]
Money = Annotated[float, PlainValidator(as_money), WithJsonSchema({**_SIZED, "minimum": 0})]
Scale = Annotated[float, PlainValidator(as_scale), WithJsonSchema({**_SIZED, "minimum": LEAST_BN})]
Share = Annotated[
    float, PlainValidator(as_share), WithJsonSchema({**_NUMBER, "minimum": 0, "maximum": 1})
]
ShareBelowOne = Annotated[
    float,
    PlainValidator(numbers_that("a share from 0 to below 1", lambda v: 0 <= v < 1)),
    WithJsonSchema({**_NUMBER, "minimum": 0, "exclusiveMaximum": 1}),
]
Rate = Annotated[
    float,
    PlainValidator(numbers_that("a rate per year from -0.5 to 1", lambda v: -0.5 <= v <= 1)),
    WithJsonSchema({**_NUMBER, "minimum": -0.5, "maximum": 1}),
]
Tally = Annotated[int, PlainValidator(as_tally), WithJsonSchema({"type": "integer", "minimum": 0})]
Lag = Annotated[int, PlainValidator(as_lag), WithJsonSchema({"type": "integer", "minimum": 0})]
Count = Annotated[int, PlainValidator(as_count), WithJsonSchema({"type": "integer", "minimum": 1})]
Year = Annotated[int, PlainValidator(as_year), WithJsonSchema({"type": "integer"})]
Text = Annotated[str, PlainValidator(as_text), WithJsonSchema({"type": "string"})]
Flag = Annotated[bool, PlainValidator(as_flag), WithJsonSchema({"type": "boolean"})]
Names = Annotated[tuple[str, ...], PlainValidator(as_names), WithJsonSchema(_IDS)]
SomeNames = Annotated[tuple[str, ...], PlainValidator(as_some_names), WithJsonSchema(_IDS)]
HalfLife = Annotated[
    float,
    PlainValidator(as_half_life),
    WithJsonSchema({"anyOf": [{**_NUMBER, "minimum": LEAST_HALF_LIFE}, {"const": "never"}]}),
]
CurveField = Annotated[
    Curve,
    PlainValidator(as_curve),
    WithJsonSchema({"anyOf": [{"enum": ["saturating", "linear"]}, _PAIRS]}),
]
Worth = Annotated[tuple[tuple[float, float], ...], PlainValidator(as_worth), WithJsonSchema(_PAIRS)]
Spendout = Annotated[
    tuple[float, ...],
    PlainValidator(as_spendout),
    WithJsonSchema({"type": "array", "items": _NUMBER}),
]
Span = Annotated[
    tuple[int, int],
    PlainValidator(as_span),
    WithJsonSchema({"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2}),
]
Caps = Annotated[
    float | Mapping[int, float],
    PlainValidator(as_caps),
    WithJsonSchema({"anyOf": [_NUMBER, {"type": "object", "additionalProperties": _NUMBER}]}),
]
StatementField = Annotated[
    Statement,
    PlainValidator(as_statement),
    PlainSerializer(lambda statement: statement.text),
    WithJsonSchema({"type": "string"}),
]
Confidence = Literal["high", "medium", "low", "judgement"]
