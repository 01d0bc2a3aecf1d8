"""What the record of `explain` holds: prices, reasons and figures, or conflicts and repairs."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from .figure_shapes import KeptFigure
from .record_values import Ends, Instrument, KeptStudy, Layer, Maybe, Number, Shape


class KeptPrice(Shape):
    """What a limit costs."""

    id: str
    year: str | None = None
    unit: str | None = None
    sense: str | None = None
    price: Maybe = None
    price_at_most: Maybe = None
    lp_price: Maybe = None
    agree: bool = True
    binding: bool = False
    buys: dict[str, Number] = Field(default={})


class KeptReplacement(Shape):
    """What would be done in an instrument's stead."""

    points: Maybe = None
    instead: list[str] = Field(default=[])
    needed_by: list[str] = Field(default=[])


Changed = Number | dict[str, Number] | None
"""A budget, or weights, or budgets by year."""


class KeptWay(Shape):
    """A change that would fund an instrument."""

    change: str
    factor: Maybe = None
    begins: Changed = Field(default=None, alias="from")
    to: Changed = None
    layer: str | None = None
    shift_pp: Maybe = None
    not_at: Changed = None
    searched_to: Any = None
    within_range: bool | None = None

    @model_validator(mode="after")
    def _tell_the_same_of_each_value(self) -> Self:
        """Weights have the layer's, and budgets by year the same years."""
        values = [value for value in (self.to, self.begins, self.not_at) if value is not None]
        by_name = [value for value in values if isinstance(value, dict)]
        if by_name and len(by_name) < len(values):
            raise ValueError("from, to and not_at are not all of one kind")
        if any(set(value) != set(by_name[0]) or not value for value in by_name):
            raise ValueError("from, to and not_at do not name the same")
        if self.layer is not None and by_name and self.layer not in by_name[0]:
            raise ValueError(f"lacks the weight of the layer '{self.layer[:60]}'")
        return self


class KeptReason(Shape):
    """Why an instrument is funded or not."""

    id: str
    funded: bool
    spending_bn: Maybe = None
    held_by: str | None = None
    held_by_limits: list[str] = Field(default=[])
    worth_per_bn: Maybe = None
    margin_per_bn: Maybe = None
    loses_if_funded: Maybe = None
    replacement: KeptReplacement | None = None
    to_fund: list[KeptWay] | None = None


class KeptLedgerFigure(KeptFigure):
    """A figure that carries the plan."""

    share_of_gain: Maybe
    flips_at: Maybe
    enters: list[str] = Field(default=[])
    leaves: list[str] = Field(default=[])
    flip_sought: bool = False


class KeptCost(Shape):
    """What more of a layer costs elsewhere."""

    points: Maybe = None
    at_least: Maybe = None
    enters: list[Instrument] = Field(default=[])
    leaves: list[Instrument] = Field(default=[])
    moves_bn: dict[Instrument, float] = Field(default={})


class KeptRate(Shape):
    """The rates of exchange of one layer."""

    layer: Layer
    more: float = 1.0
    prices: dict[Layer, KeptCost | None]
    score: KeptCost | None = None
    cheapest: Layer | None = None


class KeptExplanation(KeptStudy):
    """The record of `explain` where there is a plan."""

    status: Literal["optimal", "feasible"]
    gain: Maybe = None
    steadied_gain: Maybe = None
    steady_cost: Maybe = None
    bound: Maybe = None
    spending_bn: Maybe = None
    limits: list[KeptPrice] | None
    instruments: list[KeptReason] | None
    ties: dict[str, Ends] | None = None
    ties_are_exact: bool = True
    figures: list[KeptLedgerFigure] | None = None
    missing: list[str] = Field(default=[])
    rates: list[KeptRate] | None = None


class KeptMember(Shape):
    """A limit of a conflict."""

    id: str
    have: Maybe = None
    need: Maybe = None
    short_by: Maybe = None
    unit: str | None = None


class KeptMove(Shape):
    """What a repair does to one limit."""

    limit: str
    path: str
    begins: Any = Field(alias="from")
    to: Any
    by: Maybe
    unit: str | None

    @model_validator(mode="after")
    def _move_numbers(self) -> Self:
        if self.by is not None and not all(
            isinstance(end, int | float) for end in (self.begins, self.to)
        ):
            raise ValueError("from and to are not numbers")
        return self


class KeptRepair(Shape):
    """What may be given up so that there is a plan."""

    gives_up: list[str]
    gain: Maybe = None
    moves: list[KeptMove] | None = None
    settings: list[str] = Field(default=[])
    spending_bn: Maybe = None
    extra_budget_bn: Maybe = None


class KeptDiagnosis(KeptStudy):
    """The record of `explain` where there is none."""

    status: Literal["infeasible", "spends_nothing"]
    conflicts: list[list[str]] = Field(default=[])
    details: list[list[KeptMember]] | None = None
    repairs: list[KeptRepair] = Field(default=[])
    missing: list[str] = Field(default=[])
