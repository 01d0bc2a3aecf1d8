"""The values in records of run folders: numbers, ids and years that a reader may rely on.

Ids and years are those of the scenario beside a record, which is the context that it is read in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo

from ...inputs.scenario import Scenario

LARGEST = 1e15
"""Of any number in a record: sums of larger ones would not be numbers any more."""

NEARLY = 1e-6
"""By so much a share may be above 1, and an amount below 0: rounding."""

# Values ---------------------------------------------------------------------------------------

Number = Annotated[float, Field(ge=-LARGEST, le=LARGEST, allow_inf_nan=False)]
Amount = Annotated[float, Field(ge=-NEARLY, le=LARGEST, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=-NEARLY, le=1 + NEARLY, allow_inf_nan=False)]
Maybe = Number | None
"""A number, or null where it is not known."""

Count = Annotated[int, Field(ge=0, le=10**12)]
Ends = Annotated[list[Maybe], Field(min_length=2, max_length=2)]
Figure = Number | Literal["never"] | None
"""A figure as a scenario writes it."""


def _beside(info: ValidationInfo) -> Scenario:
    scenario: Scenario = info.context["scenario"]  # type: ignore[index]  # always read in one
    return scenario


def _known(table: str, what: str) -> Callable[[str, ValidationInfo], str]:
    """A check that an id is one of the scenario's."""

    def check(id_: str, info: ValidationInfo) -> str:
        if id_ not in getattr(_beside(info), table):
            raise ValueError(f"'{id_[:60]}' is not {what} of scenario.yaml beside it")
        return id_

    return check


def _whole(table: str, what: str) -> Callable[[Mapping[str, Any], ValidationInfo], Any]:
    """A check that a mapping has a value for each row of a table."""

    def check(values: Mapping[str, Any], info: ValidationInfo) -> Mapping[str, Any]:
        lacking = [id_ for id_ in getattr(_beside(info), table) if id_ not in values]
        if lacking:
            raise ValueError(f"lacks the {what} '{lacking[0]}' of scenario.yaml beside it")
        return values

    return check


def _list_years(info: ValidationInfo) -> list[str]:
    years = _beside(info).years
    return [str(year) for year in range(years.first, years.score_until + 1)]


def _is_year(text: str, info: ValidationInfo) -> str:
    known = _list_years(info)
    if text not in known:
        raise ValueError(f"'{text[:60]}' is no year from {known[0]} to {known[-1]}")
    return text


def _has_years(values: Mapping[str, Any], info: ValidationInfo) -> Mapping[str, Any]:
    lacking = [year for year in _list_years(info) if year not in values]
    if lacking:
        raise ValueError(f"lacks the year {lacking[0]}")
    return values


def _is_spent_in_time(values: Mapping[str, Any], info: ValidationInfo) -> Mapping[str, Any]:
    years = _beside(info).years.spending
    late = [year for year in values if int(year) not in years]
    if late:
        raise ValueError(f"{late[0]} is no year of spending")
    return values


Layer = Annotated[str, AfterValidator(_known("layers", "a layer"))]
Area = Annotated[str, AfterValidator(_known("areas", "an area"))]
Instrument = Annotated[str, AfterValidator(_known("instruments", "an instrument"))]
Year = Annotated[str, AfterValidator(_is_year)]

EachLayer = Annotated[dict[Layer, Number], AfterValidator(_whole("layers", "layer"))]
EachArea = Annotated[dict[Area, Amount | None], AfterValidator(_whole("areas", "area"))]
EachYear = Annotated[dict[Year, Number], AfterValidator(_has_years)]
Leads = Annotated[dict[Layer, EachYear], AfterValidator(_whole("layers", "layer"))]
Money = dict[Instrument, Amount]
ByYear = dict[Instrument, dict[Year, Amount]]
InTime = dict[Instrument, Annotated[dict[Year, Amount], AfterValidator(_is_spent_in_time)]]


class Shape(BaseModel):
    """A part of a record, with the types that JSON has and no others."""

    model_config = ConfigDict(strict=True, extra="ignore")


class KeptOptions(Shape):
    """What was asked for."""

    command: str
    pillars: bool = False
    where: list[str] | None = None
    stakeholder: str | None = None


class KeptRecord(Shape):
    """What every record has."""

    scenario_hash: str
    options: KeptOptions
    versions: dict[str, str] | None = None
    asked: Count | None = None
    answered: Count | None = None
    missing: list[str] | None = None
    solves: Count | None = None
    linear_solves: Count | None = None
    seconds: Maybe = None


class KeptStudy(KeptRecord):
    """What records of studies say of how far they came; older ones say less."""

    complete: bool = True
