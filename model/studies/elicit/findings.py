"""What an interview asks, what is answered, and what is proven by then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ....inputs.scenario import Scenario
from ...equations.curves import Array
from ...solving.portfolios import Portfolio

ANSWERS = ("a", "b", "same", "skip")
"""a is worth more, b is, they are about the same, cannot say."""

Ending = Literal["tolerance", "questions", "no question", "time"]
"""Why an interview ends: it is proven well enough; enough was asked; nothing asked would help; or
there was no time to tell whether anything would."""


@dataclass(frozen=True)
class Offer:
    """One side of a trade-off: what it has more than the other side, by layer.

    `units` in the layer's natural unit, or in points where it has none; `points` are what that is
    worth to the outcome.
    """

    units: Mapping[str, float]
    points: Mapping[str, float]


@dataclass(frozen=True)
class TradeOff:
    """A question: which of two offers is worth more, and what each answer says of the weights."""

    kind: Literal["layers", "portfolios"]
    a: Offer
    b: Offer
    statement_if_a: str
    statement_if_b: str
    statements_if_same: tuple[str, ...]

    def list_statements(self, answer: str) -> tuple[str, ...]:
        """What an answer says of the weights; nothing where one cannot say."""
        said = {"a": (self.statement_if_a,), "b": (self.statement_if_b,)}
        return {**said, "same": self.statements_if_same}.get(answer, ())

    @property
    def layers(self) -> tuple[str, ...]:
        """What is weighed, whichever way round and however much of it."""
        return tuple(sorted((*self.a.units, *self.b.units)))


@dataclass(frozen=True)
class Utterance:
    """What a person said: an answer to a question by its number, or a statement of their own."""

    statements: tuple[str, ...]
    number: int | None = None
    answer: str = ""
    trade_off: TradeOff | None = None


@dataclass(frozen=True)
class Certificate:
    """The portfolio with the smallest largest regret over a region that is proven.

    `regret` and `points` are what it loses at most under any weighting of the region; `known` is
    the regret against known plans alone. `corners` of the region have the shape [corners, layers].
    """

    best: int
    regret: float
    points: float
    known: float
    corners: Array


@dataclass(frozen=True)
class Interviewed:
    """How far an interview has come; `ended` is empty while there is a question.

    `weights` (shape [layers]) are the middle of the region, `least` and `most` its ends by layer.
    `funded` and `not_funded` are programmes that are, or are not, in the best known portfolio of
    every weighting looked at; `history` the regret proven after each reply. It began from so many
    answers `taken` over from a study of weights. One that `is_cut_short` had no time to prove all
    that its answers allow.
    """

    scenario: Scenario
    tolerance: float
    most_questions: int
    replies: Sequence[Utterance]
    statements: tuple[str, ...]
    question: TradeOff | None
    asked: int
    ended: Ending | None
    portfolio: Portfolio
    certificate: Certificate
    weights: Array
    least: Array
    most: Array
    funded: tuple[str, ...]
    not_funded: tuple[str, ...]
    history: Sequence[float]
    solves: int
    linear_solves: int
    seconds: float
    where: Sequence[str] = field(default=())
    taken: int = 0
    is_cut_short: bool = False
