"""What the records of `sensitivity inputs` hold, method by method."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from .record_values import (
    Count,
    Ends,
    Figure,
    KeptStudy,
    Maybe,
    Number,
    Shape,
    Share,
)


class KeptFigures(KeptStudy):
    """What every method of `sensitivity inputs` says."""

    base_gain: Maybe = None
    funded: list[str] | None = None
    tolerance: Maybe = None
    notes: dict[str, str] | None = None


class KeptFigure(Shape):
    """A figure with its range."""

    path: str
    value: Figure
    low: Figure
    high: Figure
    title: str = ""
    unit: str = ""
    confidence: str | None = None
    source: list[str] = Field(default=[])


class KeptSwing(KeptFigure):
    """A line of the tornado."""

    gain_low: Maybe
    gain_high: Maybe
    lost_points: Maybe = None
    moved_low_bn: Maybe = None
    moved_high_bn: Maybe = None
    notes: list[str] | None = None
    flips_low: bool | None = None
    flips_high: bool | None = None
    enters_low: list[str] | None = None
    enters_high: list[str] | None = None
    leaves_low: list[str] | None = None
    leaves_high: list[str] | None = None


class KeptTurn(KeptFigure):
    """A line of the break-evens."""

    flips_at: Figure
    within_range: bool | None
    enters: list[str] | None
    leaves: list[str] | None
    why: str | None = None
    searched: list[Figure] | None = None


class KeptIndices(KeptFigure):
    """Sobol indices of a figure."""

    first: Maybe
    first_interval: Ends
    total: Maybe
    total_interval: Ends


class KeptThree(Shape):
    """Three percentiles."""

    p05: Maybe
    median: Maybe
    p95: Maybe


class KeptTotal(Shape):
    """The share of an answer's variance that a figure makes with all others."""

    total: Maybe


class KeptAnswer(KeptThree):
    """An answer over the samples of Sobol's scheme."""

    drift: Maybe


class KeptPair(Shape):
    """A figure that an answer goes with."""

    path: str
    correlation: Number


class KeptArea(KeptThree):
    """What joint samples spend on an area."""

    goes_with: list[KeptPair]


class KeptProgramme(Shape):
    """What joint samples spend on an instrument."""

    id: str
    funded_share: Share
    spend_p05_bn: Maybe
    spend_median_bn: Maybe
    spend_p95_bn: Maybe
    goes_with: list[KeptPair]


class KeptKnown(KeptFigure):
    """What knowing a figure is worth."""

    evppi: Number
    se: Number
    bn: Maybe


class KeptGroup(Shape):
    """What knowing a group of assumptions is worth."""

    group: str
    evppi: Number
    se: Number
    bn: Maybe


class KeptOption(Shape):
    """A plan to choose."""

    id: str = ""
    funded: list[str] = Field(default=[])
    mean_gain: Number
    best_share: Share


class KeptTornado(KeptFigures):
    """The record of `sensitivity inputs`, figure by figure."""

    method: Literal["tornado"]
    base_gain: Maybe
    figures: list[KeptSwing]


class KeptTurns(KeptFigures):
    """The record of `sensitivity inputs --method breakeven`."""

    method: Literal["breakeven"]
    base_gain: Maybe
    figures: list[KeptTurn]


class KeptSobol(KeptFigures):
    """The record of `sensitivity inputs --method sobol`."""

    method: Literal["sobol"]
    base_gain: Maybe
    samples: Count
    figures: list[KeptIndices]
    areas: dict[str, dict[str, KeptTotal]] | None = None
    answers: dict[str, KeptAnswer] | None = None


class KeptValues(KeptFigures):
    """The record of `sensitivity inputs --method voi`."""

    method: Literal["voi"]
    counted: Count
    evpi: Number
    evpi_se: Number
    evpi_bn: Maybe
    unpaid_share: Share
    missed_share: dict[str, Share] | None = None
    figures: list[KeptKnown]
    groups: list[KeptGroup]
    plans: list[KeptOption] = Field(min_length=1)


class KeptSamples(KeptFigures):
    """The record of `sensitivity inputs --method sample`."""

    method: Literal["sample"]
    base_gain: Maybe
    counted: Count
    failed: dict[str, Count] = Field(default={})
    kept: Count
    gain: KeptThree
    kept_loss: KeptThree | None
    figures: list[dict[str, Any]]
    instruments: list[KeptProgramme]
    areas: dict[str, KeptArea]
