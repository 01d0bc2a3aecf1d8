"""What the records of studies hold, beside those of plans and weights."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from .record_values import (
    Count,
    Ends,
    Instrument,
    KeptRecord,
    KeptStudy,
    Layer,
    Maybe,
    Number,
    Shape,
    Share,
    Year,
)

# Money ----------------------------------------------------------------------------------------


class KeptInterval(Shape):
    """A stretch of budgets with one funded set."""

    from_bn: Number
    to_bn: Number
    funded: list[Instrument]
    gain_from: Maybe
    gain_to: Maybe
    worth_per_bn: Maybe
    enters: list[str]
    leaves: list[str]


class KeptStep(Shape):
    """A step of the cut list or the add list."""

    instrument: str
    saves_bn: Number
    loses_points: Number
    money_after_bn: Maybe = None
    gain_after: Maybe = None
    loss_against_free: Maybe = None


class KeptBudget(KeptRecord):
    """The record of `sensitivity budget`."""

    curve: list[Annotated[list[Maybe], Field(min_length=3, max_length=3)]]
    intervals: list[KeptInterval]
    cut_list: list[KeptStep]
    add_list: list[KeptStep]


class KeptRanges(Shape):
    """The least and the most spent."""

    areas: dict[str, Ends]
    instruments: dict[str, Ends]


class KeptAlternative(Shape):
    """A plan nearly as good as the best."""

    name: str
    gain: Maybe
    distance: Maybe
    distance_gap: Maybe
    areas: dict[str, Maybe]
    totals: dict[str, Number]


class KeptAlternatives(KeptRecord):
    """The record of `alternatives`."""

    best_gain: Maybe
    within: Share
    ranges: KeptRanges
    plans: list[KeptAlternative]
    judged: dict[str, dict[str, str]] | None = None
    different_plans: Count | None = None
    ends_asked: Count | None = None
    ends_proven: Count | None = None


class KeptPoint(Shape):
    """An outcome that no plan beats."""

    outcome: dict[str, Number]
    supported: bool
    areas: dict[str, Number]
    funded: list[str]


class KeptFrontier(KeptRecord):
    """The record of `frontier`."""

    layers: Annotated[list[Layer], Field(min_length=2)]
    complete: bool
    exact: bool = True
    tolerance: Share
    points: list[KeptPoint]

    @model_validator(mode="after")
    def _tell_each_layer(self) -> Self:
        for number, point in enumerate(self.points):
            lacking = [layer for layer in self.layers if layer not in point.outcome]
            if lacking:
                raise ValueError(f"points.{number}.outcome lacks the layer '{lacking[0]}'")
        return self


# Comparisons and futures ---------------------------------------------------------------------


class KeptVerdict(Shape):
    """Which plan to prefer, or why none."""

    by: Literal["regret", "gain", "none"]
    plan: str | None
    among: list[str]
    reason: str | None = None


class KeptShift(Shape):
    """Where a change comes from."""

    begins: str = Field(alias="from")
    to: str
    gain: dict[str, Maybe] | None
    areas: dict[str, dict[str, Maybe]] | None
    reason: str | None = None


Matrix = dict[str, dict[str, Maybe]]


class KeptComparison(KeptStudy):
    """The record of `compare`; all but regret and gain may lack what older runs do not say."""

    scenarios: list[str]
    plans: list[str] | None = None
    titles: dict[str, str] | None = None
    names: dict[str, dict[str, str]] | None = None
    status: dict[str, str] | None = None
    why: dict[str, str] | None = None
    gain: dict[str, Maybe]
    score: dict[str, Maybe] | None = None
    best_gain: dict[str, Maybe] | None = None
    areas: dict[str, dict[str, Maybe] | None]
    funded: dict[str, Any]
    spending: Matrix | None = None
    leads: dict[str, Matrix] | None = None
    distance: Matrix
    regret: dict[str, dict[str, Maybe] | None]
    regret_points: Matrix | None = None
    kept: Matrix | None = None
    kept_points: Matrix | None = None
    cannot: dict[str, dict[str, list[str]]] | None = None
    verdict: KeptVerdict | None = None
    verdict_kept: KeptVerdict | None = None
    attribution: list[KeptShift] | None = None
    notes: list[str] | None = None
    missing: list[str] = Field(default=[])


class KeptFuture(Shape):
    """What a plan does in one future."""

    probability: Share
    funded: list[str] | None = None
    areas: dict[str, Maybe] | None = None
    spending: dict[str, dict[str, Maybe]] | None = None
    regret_points: Maybe = None
    known_from: str | None = None
    gain: Maybe
    own_best: Maybe
    regret: Maybe


class KeptCriterion(Shape):
    """A plan by one criterion, judged by all."""

    expected: Maybe
    worst: Maybe
    regret: Maybe
    cvar: Maybe
    value: Maybe = None
    gap: Maybe = None


class KeptSpan(Shape):
    """Years in which some futures have one plan."""

    years: list[Year]
    futures: list[str]


Criterion = Literal["expected", "worst", "regret", "cvar"]


class KeptRobust(KeptStudy):
    """The record of `robust`."""

    criterion: Criterion
    status: str = "optimal"
    alpha: Maybe = None
    bound: Maybe = None
    gap: Maybe = None
    shared: list[KeptSpan] | None = None
    price_points: Maybe = None
    notes: dict[str, str] | None = None
    value: Maybe
    first_stage: dict[str, dict[Year, Number]]
    futures: dict[str, KeptFuture]
    criteria: dict[Criterion, KeptCriterion] | None = None
    evpi: Maybe = None
    vss: Maybe = None
