"""What the record of each command holds, as far as a reader of run folders relies on it.

What is not named here may be anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from .figure_shapes import KeptSamples, KeptSobol, KeptTornado, KeptTurns, KeptValues
from .people_shapes import KeptGround, KeptInterview
from .reason_shapes import KeptDiagnosis, KeptExplanation
from .record_values import (
    Amount,
    Area,
    ByYear,
    Count,
    EachArea,
    EachLayer,
    Instrument,
    InTime,
    KeptRecord,
    Layer,
    Leads,
    Maybe,
    Money,
    Number,
    Shape,
    Share,
    Year,
)
from .study_shapes import (
    KeptAlternatives,
    KeptBudget,
    KeptComparison,
    KeptFrontier,
    KeptRobust,
)

# A plan ---------------------------------------------------------------------------------------


class KeptOutput(Shape):
    """What an instrument's outlays buy."""

    amount: Number
    unit: str


class KeptLimit(Shape):
    """A row of the constraints table."""

    id: str
    sense: Literal["at_least", "at_most"]
    year: Year | None
    value: Number
    limit: Number
    slack: Number
    binding: bool


class KeptChecks(Shape):
    """How well a plan was checked."""

    max_violation: Number
    curve_error_points: Number


class KeptSolver(Shape):
    """Who found a plan."""

    name: str = ""
    version: str = ""


class KeptUnspent(Shape):
    """What is left of a budget, and what stops the instruments."""

    bn: Number
    budget_bn: Number
    by_year: dict[str, Number] = Field(default={})
    stopped: dict[str, list[Instrument]]
    limits: list[str]


class KeptPlan(KeptRecord):
    """The record of `solve` and `evaluate`."""

    status: Literal["optimal", "feasible", "given"]
    score: Number
    baseline_score: Number
    gain: Number
    bound: Maybe
    gap: Maybe
    gap_points: Maybe
    steady_cost: Maybe
    weights: EachLayer
    outcome: EachLayer
    baseline_outcome: EachLayer
    areas: EachArea
    funded: list[Instrument]
    spending: InTime
    launch_costs: InTime
    outlays: ByYear
    leads: Leads
    baseline_leads: Leads
    private_bn: Number
    outputs: dict[Instrument, KeptOutput]
    constraints: list[KeptLimit]
    broken: list[KeptLimit] = Field(default=[])
    checks: KeptChecks
    solver: KeptSolver | None = None
    unspent: KeptUnspent | None = None
    clash: list[str] | None = None


# Weights --------------------------------------------------------------------------------------


class KeptSpread(Shape):
    """How often an instrument is funded under weightings."""

    id: str
    funded_share: Share
    spend_p05_bn: Maybe
    spend_median_bn: Maybe
    spend_p95_bn: Maybe
    is_core: str = Field(alias="class")


class KeptWeights(KeptRecord):
    """The record of `sensitivity weights`."""

    samples: Count
    tolerance: Share
    portfolios: list[dict[str, Any]]
    instruments: list[KeptSpread]


class KeptPortfolio(Shape):
    """A portfolio of a map."""

    id: str
    share: Share
    outcome: EachLayer
    areas: EachArea
    funded: list[Instrument]
    spending: Money = Field(default={})


class KeptStand(Shape):
    """Where a stakeholder stands on a map."""

    weights: EachLayer
    is_region: bool
    best: str
    regret: dict[str, Number]


class KeptLeastRegret(Shape):
    """The portfolio that none regrets much."""

    id: str
    regret: Number


class KeptStands(Shape):
    """Where stakeholders stand on a map."""

    stands: dict[str, KeptStand] | None = None
    least_regret: KeptLeastRegret | None = None


class KeptBound(Shape):
    """A solved weighting and what no plan gains more than under it."""

    weights: list[Number]
    gain: Number


class KeptMap(KeptRecord):
    """The record of `sensitivity map`."""

    tolerance: Share
    certified_regret: Maybe
    certified_points: Maybe
    complete: bool
    layers: list[Layer]
    coordinates: list[str] | None = None
    portfolios: list[KeptPortfolio]
    core_index: dict[Instrument, Share]
    stakeholders: KeptStands | None = None
    bounds: list[KeptBound] | None = None
    most: list[Number] | None = None

    @model_validator(mode="after")
    def _weigh_every_layer(self) -> Self:
        told = [own.weights for own in self.bounds or ()]
        told += [] if self.most is None else [self.most]
        if any(len(own) != len(self.layers) for own in told):
            raise ValueError("bounds and most have a number for each layer")
        return self

    @model_validator(mode="after")
    def _name_portfolios_once(self) -> Self:
        ids = [portfolio.id for portfolio in self.portfolios]
        if len(set(ids)) < len(ids):
            raise ValueError("two portfolios bear one id")
        stands = (self.stakeholders and self.stakeholders.stands) or {}
        for name, stand in stands.items():
            if not {*ids, stand.best} <= set(stand.regret):
                raise ValueError(f"stakeholders.stands.{name}.regret lacks a portfolio")
        return self


class KeptNearest(Shape):
    """The nearest flip."""

    weights: EachLayer
    shift_pp: Number
    enters: list[str]
    leaves: list[str]


class KeptPathStep(Shape):
    """A stretch of one layer's weight."""

    begins: Share = Field(alias="from")
    to: Share
    areas: dict[Area, Amount | None]


class KeptFlip(KeptRecord):
    """The record of `sensitivity flip`."""

    weights: EachLayer
    funded: list[Instrument]
    nearest: KeptNearest | None
    proven_none_within_pp: Maybe
    by_layer: dict[Layer, list[KeptPathStep] | None]


SHAPES: Mapping[str, Any] = {
    "solve": KeptPlan,
    "evaluate": KeptPlan,
    "explain": Annotated[KeptExplanation | KeptDiagnosis, Field(discriminator="status")],
    "compare": KeptComparison,
    "frontier": KeptFrontier,
    "alternatives": KeptAlternatives,
    "robust": KeptRobust,
    "sensitivity weights": KeptWeights,
    "sensitivity map": KeptMap,
    "sensitivity flip": KeptFlip,
    "sensitivity budget": KeptBudget,
    "sensitivity inputs": Annotated[
        KeptTornado | KeptTurns | KeptSobol | KeptSamples | KeptValues,
        Field(discriminator="method"),
    ],
    "sensitivity stakeholders": KeptGround,
    "elicit": KeptInterview,
}
"""The shape of each command's record; of one that is not named here, what every record has."""
