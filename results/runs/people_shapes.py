"""What the records of studies of people hold: stakeholders and interviews."""

from __future__ import annotations

from typing import Literal

from .record_values import (
    ByYear,
    Count,
    EachArea,
    EachLayer,
    Ends,
    Instrument,
    KeptRecord,
    Layer,
    Maybe,
    Money,
    Number,
    Shape,
    Share,
)


class KeptWish(Shape):
    """What one stakeholder would do."""

    weights: EachLayer
    is_region: bool
    drawn: Count
    has_beliefs: bool
    gain: Maybe
    areas: EachArea
    spending: Money | None
    funded: list[Instrument] | None
    funded_share: dict[Instrument, Share] | None
    why: str


class KeptDispute(Shape):
    """Who would fund a programme, and what a dispute is about."""

    over: Literal["values", "facts", "both"] | None
    funds: list[str]
    leaves: list[str]
    torn: list[str]


class KeptCommon(Shape):
    """What is common ground."""

    funded: list[Instrument]
    not_funded: list[Instrument]
    disputed: list[Instrument]
    disputes: dict[Instrument, KeptDispute]


class KeptLeast(Shape):
    """The least regretted plan."""

    areas: EachArea
    funded: list[Instrument]
    spending: Money
    by_year: ByYear
    regret: dict[str, Maybe]
    regret_points: dict[str, Maybe]
    largest: Maybe
    proven_at_least: Maybe
    set_aside: list[str]


class KeptGround(KeptRecord):
    """The record of `sensitivity stakeholders`."""

    tolerance: Share
    complete: bool
    missing: list[str]
    stakeholders: dict[str, KeptWish]
    common: KeptCommon | None
    regret_of: dict[str, dict[str, Maybe]]
    least_regret: KeptLeast | None
    solves: Count
    linear_solves: Count
    seconds: Maybe


class KeptPlanOfInterview(Shape):
    """The portfolio of an interview."""

    areas: EachArea
    funded: list[Instrument]
    spending: Money
    by_year: ByYear


class KeptQuestion(Shape):
    """The next question."""

    number: Count
    a: str
    b: str
    statement_if_a: str
    statement_if_b: str


class KeptSettled(Shape):
    """Programmes that the answers leave no doubt about."""

    funded: list[Instrument]
    not_funded: list[Instrument]


class KeptInterview(KeptRecord):
    """The record of `elicit`."""

    tolerance: Share
    where: list[str]
    done: bool
    ended: Literal["tolerance", "questions", "no question", "time"] | None
    complete: bool = True
    question: KeptQuestion | None
    answers: list[dict[str, str | int | list[str]]]
    statements: list[str]
    asked: Count
    portfolio: KeptPlanOfInterview
    certified_regret: Number
    certified_points: Number
    weights: EachLayer
    weight_ranges: dict[Layer, Ends]
    settled: KeptSettled
    history: list[Number]
    bank: Count = 0
    solves: Count
    linear_solves: Count
    seconds: Maybe
