"""What a scenario is: one complete problem, as frozen types, in $ billion and fiscal years."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

from pydantic import Field, PrivateAttr

from .arguments import check_arguments, take_path, take_text
from .assumption import Assumption, Correlation, Uncertainty
from .complaint import Complaint, Path
from .fields import (
    LEAST_BN,
    Amount,
    Caps,
    Confidence,
    Count,
    Curve,
    CurveField,
    Flag,
    HalfLife,
    Lag,
    Money,
    Names,
    Number,
    PerUnit,
    Points,
    Position,
    Rate,
    Scale,
    Share,
    ShareBelowOne,
    SomeNames,
    Span,
    Spendout,
    StatementField,
    Tally,
    Text,
    Worth,
    Year,
)
from .frozen import FrozenMapping
from .record import Record, Table

if TYPE_CHECKING:
    import pandas as pd

TOKEN_BN = 0.001
"""Least spending of an on/off instrument in a funded year, so that funding can be read off it."""

FUNDED_BN = LEAST_BN
"""An instrument is funded in a year if it spends more than this, $ billion."""


class Years(Record):
    """Money is spent in `first`..`last`; leads are scored in `first`..`score_until`."""

    first: Year = Field(description="first year of spending and of scoring")
    last: Year = Field(description="last year in which authority is given")
    score_until: Year = Field(default=0, description="last scored year; last + 5 unless said")

    @property
    def spending(self) -> range:
        return range(self.first, self.last + 1)

    @property
    def scored(self) -> range:
        return range(self.first, self.score_until + 1)


class Budget(Record):
    """What may be spent: per year, in total, or both."""

    computes = True
    per_year: Caps | None = Field(
        default=None, description="$ billion a year, or one figure for each year"
    )
    total: Amount | None = Field(default=None, description="$ billion over all years")
    carry_over: Flag = Field(default=False, description="what a year left may be used later")
    counts: Literal["authority", "outlays"] = Field(
        default="authority", description="what is capped"
    )


class Area(Record):
    """One of the budget areas."""

    title: Text = ""
    description: Text = ""


class Layer(Record):
    """A layer of the competition; positions in points, trends in points per year."""

    computes = True
    ranged = ("us", "china", "us_trend", "china_trend", "trend_until", "points_per_unit")
    title: Text = ""
    kind: Literal["lead", "level"] = Field(
        default="lead", description="level: one position that both sides share"
    )
    us: Position = Field(default=0.0, description="US position in the first year, points")
    china: Position = Field(default=0.0, description="China's position in the first year, points")
    us_trend: Position = Field(default=0.0, description="points per year without new spending")
    china_trend: Position = Field(default=0.0, description="points per year")
    trend_until: Year | None = Field(default=None, description="trends are flat after this year")
    worth: Worth | None = Field(
        default=None, description="[[lead, worth], ...], increasing, concave; else the lead itself"
    )
    indicator: Text = Field(default="", description="what is measured")
    unit: Text = Field(default="", description="unit of the indicator")
    points_per_unit: PerUnit | None = Field(default=None, description="points per natural unit")
    source: Names = ()
    confidence: Confidence | None = None
    note: Text = ""


class Instrument(Record):
    """A programme that can be funded; money in $ billion of budget authority."""

    computes = True
    ranged = (
        "max_per_year",
        "min_per_year",
        "launch_cost",
        "max_growth",
        "first_year",
        "last_year",
        "run_years",
        "crowd_in",
        "output_per_bn",
        "scale",
        "lag",
        "half_life",
    )
    area: Text
    title: Text = ""
    description: Text = ""
    max_per_year: Money = Field(description="most authority in one year")
    min_per_year: Amount = Field(default=0.0, description="if funded in a year, at least this")
    all_or_nothing: Flag = Field(default=False, description="exactly max_per_year if funded")
    launch_cost: Money = Field(default=0.0, description="one-off, in the first funded year")
    max_growth: Amount | None = Field(default=None, description="largest rise from year to year")
    first_year: Year | None = None
    last_year: Year | None = None
    run_years: Count | None = Field(default=None, description="exactly so many funded years")
    spendout: Spendout = Field(default=(1.0,), description="shares that become outlays in turn")
    crowd_in: Money = Field(default=0.0, description="private dollars per dollar of outlay")
    output: Text = Field(default="", description="what a billion of outlay buys, in words")
    output_per_bn: Number | None = None
    curve: CurveField | None = None
    scale: Scale | None = Field(default=None, description="$ billion of stock")
    lag: Lag | None = Field(default=None, description="whole years from outlay to first effect")
    half_life: HalfLife | None = Field(default=None, description="years, or never")
    source: Names = ()
    confidence: Confidence | None = None
    note: Text = ""


class Effect(Record):
    """What one instrument does to one layer."""

    computes = True
    ranged = ("points", "scale", "lag", "half_life")
    instrument: Text
    layer: Text
    points: Points = Field(description="lead points at reach 1; negative is a cost")
    curve: CurveField | None = None
    scale: Scale | None = Field(default=None, description="$ billion of stock")
    lag: Lag | None = Field(default=None, description="whole years from outlay to first effect")
    half_life: HalfLife | None = Field(default=None, description="years, or never")
    title: Text = ""
    confidence: Confidence | None = None
    source: Names = ()
    note: Text = ""


class Interaction(Record):
    """Two effects that help (positive points) or hinder (negative) each other."""

    computes = True
    ranged = ("points",)
    between: SomeNames
    layer: Text
    points: Points
    title: Text = ""
    confidence: Confidence | None = None
    source: Names = ()
    note: Text = ""


class Limit(Record):
    """What all constraints share; `priority`: higher is kept longer when something must give."""

    computes = True
    title: Text = ""
    priority: Number = 1.0
    source: Names = ()
    note: Text = ""


class SpendLimit(Limit):
    """Spending of areas and instruments, in $ billion or as a share of the period's total."""

    kind: Literal["spend"]
    of: SomeNames | None = None
    at_least: Amount | None = None
    at_most: Amount | None = None
    unit: Literal["bn", "share"] = "bn"
    each: Literal["year", "horizon"] = "year"
    years: Span | None = None


class LeadFloor(Limit):
    """A lead that must be held in given years, points."""

    kind: Literal["lead"]
    layer: Text
    at_least: Position
    years: Span


class CrowdInFloor(Limit):
    """Private money that must be moved, $ billion."""

    kind: Literal["crowd_in"]
    at_least: Amount
    each: Literal["year", "horizon"] = "horizon"
    of: SomeNames | None = None


class Choose(Limit):
    """How many of some instruments are funded, at some time or in each year."""

    kind: Literal["choose"]
    of: SomeNames
    at_least: Tally | None = None
    at_most: Tally | None = None
    each: Literal["year", "horizon"] = "horizon"


class Requires(Limit):
    """An instrument that needs others to have been started `lead_time` years before."""

    kind: Literal["requires"]
    instrument: Text
    needs: SomeNames
    lead_time: Lag = 0


class Launches(Limit):
    """Most new programmes in one year; `of`: those on/off for other reasons, unless named."""

    kind: Literal["launches"]
    at_most: Tally
    of: SomeNames | None = None


class Fund(Limit):
    """Instruments funded in every year from one on, within their own years."""

    kind: Literal["fund"]
    instruments: SomeNames
    from_year: Year = Field(alias="from")


class Ban(Limit):
    """Instruments that are not funded."""

    kind: Literal["ban"]
    instruments: SomeNames


Constraint = Annotated[
    SpendLimit | LeadFloor | CrowdInFloor | Choose | Requires | Launches | Fund | Ban,
    Field(discriminator="kind"),
]

CONSTRAINT_TYPES: Mapping[str, type[Limit]] = {
    "spend": SpendLimit,
    "lead": LeadFloor,
    "crowd_in": CrowdInFloor,
    "choose": Choose,
    "requires": Requires,
    "launches": Launches,
    "fund": Fund,
    "ban": Ban,
}


class Future(Record):
    """A possible state of the world, as a patch of figures."""

    title: Text = ""
    probability: Share
    known_from: Year | None = Field(
        default=None, description="first year in which spending may depend on it"
    )
    change: Table[Any] = Field(default_factory=FrozenMapping)
    note: Text = ""
    source: Names = ()


class Stakeholder(Record):
    """Whose weights, or whose statements about them, and what figures they hold to be true."""

    title: Text = ""
    weights: Table[Amount] | None = None
    statements: tuple[StatementField, ...] | None = None
    beliefs: Table[Any] = Field(
        default_factory=FrozenMapping, description="a patch of assumptions and figures"
    )
    note: Text = ""
    source: Names = ()


class Source(Record):
    """Where figures come from."""

    title: Text = ""
    url: Text = ""
    date: Text = ""
    note: Text = ""


class Currency(Record):
    """What one unit of money is; figures are in it throughout, nothing is converted."""

    unit: Text = Field(default="billion", description="in words")
    symbol: Text = "$"


class Sides(Record):
    """Whose position a lead is, and against whose; without another it is the position itself."""

    own: Text = "US"
    other: Text | None = "China"


class Response(NamedTuple):
    """How stock becomes reach. Effects with an equal response share one reach."""

    instrument: str
    curve: Curve
    scale: float | None
    lag: int
    half_life: float


class Handling(NamedTuple):
    """What the files above do with a scenario: they know its type, so it cannot import them."""

    change: Callable[[Scenario, Mapping[str, Any], str], Scenario]
    make_tables: Callable[[Mapping[str, Any]], dict[str, pd.DataFrame]]
    save: Callable[[Scenario, str | os.PathLike[str]], FilePath]


class Scenario(Record):
    """One complete problem: data and settings. One that exists is valid."""

    ranged = ("discount_rate",)
    title: Text = ""
    description: Text = ""
    years: Years
    discount_rate: Rate = 0.03
    price_year: Year | None = None
    budget: Budget
    weights: Table[Amount] = Field(description="by layer; normalised to sum to 1")
    objective: Literal["weighted", "weakest_layer", "lexicographic"] = "weighted"
    priorities: tuple[Names, ...] | None = None
    steady: ShareBelowOne = 0.0
    pillars: Table[Names] = Field(default_factory=FrozenMapping)
    money: Currency = Field(default_factory=Currency)
    sides: Sides = Field(default_factory=Sides)
    uncertainty: Uncertainty = Field(default_factory=Uncertainty, alias="ranges")
    areas: Table[Area]
    layers: Table[Layer]
    instruments: Table[Instrument]
    effects: Table[Effect] = Field(default_factory=FrozenMapping)
    interactions: Table[Interaction] = Field(default_factory=FrozenMapping)
    constraints: Table[Constraint] = Field(default_factory=FrozenMapping)
    futures: Table[Future] = Field(default_factory=FrozenMapping)
    stakeholders: Table[Stakeholder] = Field(default_factory=FrozenMapping)
    sources: Table[Source] = Field(default_factory=FrozenMapping)
    assumptions: Table[Assumption] = Field(default_factory=FrozenMapping)
    correlations: Table[Correlation] = Field(default_factory=FrozenMapping)
    _name: str = PrivateAttr(default="scenario")
    _document: Mapping[str, Any] = PrivateAttr(default_factory=FrozenMapping)
    _expressions: Mapping[Path, Mapping[Path, str]] = PrivateAttr(default_factory=FrozenMapping)
    _unbelievable: Mapping[str, tuple[Complaint, ...]] = PrivateAttr(default_factory=FrozenMapping)
    _handling: Handling = PrivateAttr()

    @property
    def name(self) -> str:
        """The bundled name, or that of the folder or file it was read from."""
        return self._name

    @property
    def document(self) -> Mapping[str, Any]:
        """The resolved document: what was read, after all patches, before defaults."""
        return self._document

    @property
    def expressions(self) -> Mapping[Path, Mapping[Path, str]]:
        """The expressions in the document: by row, then by place in the row."""
        return self._expressions

    @property
    def unbelievable(self) -> Mapping[str, tuple[Complaint, ...]]:
        """What is wrong with the beliefs of stakeholders whose world is none: by stakeholder."""
        return self._unbelievable

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Its tables as data frames of their own by name, with the ids as the index.

        They hold what the document says: expressions are text, and what is not said is missing.

        >>> import stratafolio as sf
        >>> sf.read_scenario("textbook").tables["instruments"]["max_per_year"].to_dict()
        {'power': 3.0, 'labs': 2.0, 'controls': 2.0}
        """
        return self._handling.make_tables(self.document)

    @check_arguments(name=take_text)
    def change(self, patch: Mapping[str, Any], name: str = "") -> Scenario:
        """Another scenario: this one with a JSON merge patch applied. Raises InputError.

        >>> import stratafolio as sf
        >>> sf.read_scenario("textbook").change({"budget": {"per_year": 6}}).budget.per_year
        6.0
        """
        return self._handling.change(self, patch, name)

    @check_arguments(path=take_path)
    def save(self, path: str | os.PathLike[str]) -> FilePath:
        """Writes it whole or not at all: a folder, a .yaml file or an .xlsx workbook, by the name.

        Raises InputError.

        >>> import stratafolio as sf
        >>> sf.read_scenario("textbook").save("own.yaml").name
        'own.yaml'
        """
        return self._handling.save(self, path)

    @cached_property
    def assumed(self) -> Mapping[str, float]:
        """The value of each assumption."""
        return FrozenMapping({id_: own.value for id_, own in self.assumptions.items()})

    def window(self, instrument: str) -> range:
        """The years in which an instrument may be funded, within the scenario's years."""
        own = self.instruments[instrument]
        first = max(self.years.first, own.first_year or self.years.first)
        last = min(self.years.last, own.last_year or self.years.last)
        return range(first, last + 1)

    @cached_property
    def on_off(self) -> frozenset[str]:
        """Instruments whose funded years form one unbroken run, with a least spending in each."""
        found = {
            id_
            for id_, own in self.instruments.items()
            if own.min_per_year > 0 or own.all_or_nothing or own.launch_cost > 0 or own.run_years
        }
        for limit in self.constraints.values():
            if isinstance(limit, Choose) or (isinstance(limit, Launches) and limit.of):
                found.update(limit.of or ())
            elif isinstance(limit, Requires):
                found.update((limit.instrument, *limit.needs))
            elif isinstance(limit, Fund):
                found.update(limit.instruments)
        return frozenset(found)

    def launched(self, limit: Launches) -> tuple[str, ...]:
        """The instruments whose launches a constraint counts."""
        if limit.of:
            return limit.of
        return tuple(id_ for id_ in self.instruments if id_ in self.on_off)

    def least_when_funded(self, instrument: str) -> float:
        """Least spending in a funded year, $ billion; 0 for an instrument that is not on/off."""
        own = self.instruments[instrument]
        if own.all_or_nothing:
            return max(own.max_per_year, TOKEN_BN)
        return max(own.min_per_year, TOKEN_BN) if instrument in self.on_off else 0.0

    def response(self, effect: str) -> Response:
        """How the effect's stock becomes reach, the instrument's fields filled in."""
        own = self.effects[effect]
        parent = self.instruments[own.instrument]
        curve = own.curve or parent.curve or "saturating"
        scale = own.scale if own.scale is not None else parent.scale
        lag = own.lag if own.lag is not None else parent.lag
        half_life = own.half_life if own.half_life is not None else parent.half_life
        return Response(
            own.instrument,
            curve,
            scale if isinstance(curve, str) else None,
            lag or 0,
            half_life if half_life is not None else float("inf"),
        )

    def instruments_of(self, ids: tuple[str, ...] | None) -> tuple[str, ...]:
        """The instruments meant by ids of areas and instruments; all where there are none."""
        if not ids:
            return tuple(self.instruments)
        meant = frozenset(ids)
        return tuple(
            id_ for id_, own in self.instruments.items() if id_ in meant or own.area in meant
        )

    @cached_property
    def outlay_years(self) -> range:
        """The years in which authority of any instrument may become outlays."""
        longest = max((len(own.spendout) for own in self.instruments.values()), default=1)
        return range(self.years.first, self.years.last + longest)

    @cached_property
    def discount_shares(self) -> tuple[float, ...]:
        """Weight of each scored year in an outcome, summing to 1."""
        factors = [(1 + self.discount_rate) ** (self.years.first - t) for t in self.years.scored]
        return tuple(factor / sum(factors) for factor in factors)
