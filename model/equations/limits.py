"""Every limit of a scenario beside what a plan makes of it: value, limit, slack, violation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from ...inputs.scenario import (
    FUNDED_BN,
    Ban,
    Choose,
    CrowdInFloor,
    Fund,
    Launches,
    LeadFloor,
    Requires,
    Scenario,
    SpendLimit,
)
from .curves import Array
from .evaluate import Played, trace_trend
from .periods import cut

TOLERANCE = 1e-6
"""Largest violation of a limit, relative to its size, that is rounding."""


@dataclass(frozen=True)
class LimitRow:
    """One side of a limit in one period (`year` is None for the whole horizon).

    `idle` is the value without spending where that is a position: only what spending must add to it
    counts for what is rounding. A lead of ten million would else hide ten points.
    """

    id: str
    sense: str
    year: int | None
    value: float
    limit: float
    idle: float = 0.0

    @property
    def slack(self) -> float:
        """How far the limit is from being broken; negative where it is broken."""
        return self.value - self.limit if self.sense == "at_least" else self.limit - self.value

    @property
    def size(self) -> float:
        """What a violation is relative to: max(1, |limit|), or what spending must add if less."""
        return max(1.0, min(abs(self.limit), abs(self.limit - self.idle)))

    @property
    def violation(self) -> float:
        """How far it is broken, relative to its size; 0 where it is met.

        >>> LimitRow("floor", "at_least", 2030, 1e7 + 2.0, 1e7 + 4.0, idle=1e7).violation
        0.5
        """
        return max(0.0, -self.slack) / self.size

    @property
    def is_binding(self) -> bool:
        return self.slack <= TOLERANCE * self.size


Rows = Iterator[LimitRow]


def find_broken(rows: list[LimitRow]) -> list[LimitRow]:
    """The rows that are broken at all, rounding included."""
    return [row for row in rows if row.violation > 0]


def list_limits(scenario: Scenario, played: Played) -> list[LimitRow]:
    """The budget's and the constraints' rows, in the scenario's order."""
    rows = list(budget_rows(scenario, played))
    for id_, limit in scenario.constraints.items():
        if isinstance(limit, SpendLimit):
            rows += spend_rows(scenario, played, id_, limit)
        elif isinstance(limit, LeadFloor):
            rows += lead_rows(scenario, played, id_, limit)
        elif isinstance(limit, CrowdInFloor):
            rows += crowd_in_rows(scenario, played, id_, limit)
        elif isinstance(limit, Choose):
            rows += choose_rows(scenario, played, id_, limit)
        elif isinstance(limit, Requires):
            rows += requires_rows(scenario, played, id_, limit)
        elif isinstance(limit, Launches):
            rows += launches_rows(scenario, played, id_, limit)
        elif isinstance(limit, Fund):
            rows += fund_rows(scenario, played, id_, limit)
        elif isinstance(limit, Ban):
            spent = float(sum(authority_of(played, name).sum() for name in limit.instruments))
            rows.append(LimitRow(id_, "at_most", None, spent, 0.0))
    return rows


def authority_of(played: Played, instrument: str) -> Array:
    """Authority with launch costs by year of spending: what constraints mean by spending."""
    return played.authority[instrument] + played.launch_costs[instrument]


def first_funded(played: Played, instrument: str) -> int | None:
    """Position of the first funded year among the years of spending, or None."""
    funded = np.flatnonzero(played.authority[instrument] > FUNDED_BN)
    return int(funded[0]) if funded.size else None


def list_caps(scenario: Scenario) -> dict[int, float]:
    """Cap of each year that has one; cumulative if what is left may be carried over."""
    caps = scenario.budget.per_year
    if caps is None:
        return {}
    years = (
        scenario.outlay_years if scenario.budget.counts == "outlays" else scenario.years.spending
    )
    if isinstance(caps, Mapping):
        named = {year: caps[year] for year in years if year in caps}
    else:
        named = dict.fromkeys(years, caps)
    if not scenario.budget.carry_over:
        return named
    total = 0.0
    for year, cap in named.items():
        total += cap
        named[year] = total
    return named


def counted_money(scenario: Scenario, played: Played) -> dict[int, float]:
    """What the budget counts in each year: authority or outlays, with launch costs."""
    first = scenario.years.first
    counts_outlays = scenario.budget.counts == "outlays"
    money = dict.fromkeys(scenario.outlay_years if counts_outlays else scenario.years.spending, 0.0)
    for id_ in scenario.instruments:
        spent = played.outlays[id_] if counts_outlays else played.authority[id_]
        for position, amount in enumerate(spent):
            money[first + position] += float(amount)
        for position, amount in enumerate(played.launch_costs[id_]):
            money[first + position] += float(amount)
    return money


def budget_rows(scenario: Scenario, played: Played) -> Rows:
    """What each cap counts, beside the cap."""
    money = counted_money(scenario, played)
    caps = list_caps(scenario)
    total = capped = 0.0
    for year, amount in money.items():
        total += amount
        if year in caps:
            capped += amount
            value = capped if scenario.budget.carry_over else amount
            yield LimitRow("budget.per_year", "at_most", year, value, caps[year])
    if scenario.budget.total is not None:
        yield LimitRow("budget.total", "at_most", None, total, scenario.budget.total)


def spend_rows(scenario: Scenario, played: Played, id_: str, limit: SpendLimit) -> Rows:
    """Spending of some instruments; shares are told in $ billion."""
    first = scenario.years.first
    years = cut(limit.years, scenario.years.spending)
    counted = scenario.instruments_of(limit.of)
    periods = [(year, [year]) for year in years] if limit.each == "year" else [(None, list(years))]
    for year, inside in periods:
        at = [t - first for t in inside]
        if not at:
            continue
        spent = float(sum(authority_of(played, name)[at].sum() for name in counted))
        all_spent = float(sum(authority_of(played, name)[at].sum() for name in played.authority))
        unit = all_spent if limit.unit == "share" else 1.0
        if limit.at_least is not None:
            yield LimitRow(id_, "at_least", year, spent, limit.at_least * unit)
        if limit.at_most is not None:
            yield LimitRow(id_, "at_most", year, spent, limit.at_most * unit)


def lead_rows(scenario: Scenario, played: Played, id_: str, limit: LeadFloor) -> Rows:
    """Leads that must be held, beside what they are without spending."""
    idle = trace_trend(scenario, limit.layer)
    for year in cut(limit.years, scenario.years.scored):
        at = year - scenario.years.first
        lead = float(played.leads[limit.layer][at])
        yield LimitRow(id_, "at_least", year, lead, limit.at_least, float(idle[at]))


def crowd_in_rows(scenario: Scenario, played: Played, id_: str, limit: CrowdInFloor) -> Rows:
    """Private money moved, $ billion."""
    moved = np.zeros(len(scenario.outlay_years))
    for name in scenario.instruments_of(limit.of):
        moved += scenario.instruments[name].crowd_in * played.outlays[name]
    if limit.each == "horizon":
        yield LimitRow(id_, "at_least", None, float(moved.sum()), limit.at_least)
        return
    for position, year in enumerate(scenario.years.spending):
        yield LimitRow(id_, "at_least", year, float(moved[position]), limit.at_least)


def choose_rows(scenario: Scenario, played: Played, id_: str, limit: Choose) -> Rows:
    """How many are funded."""
    funded = np.array([played.authority[name] > FUNDED_BN for name in limit.of])
    counts: list[tuple[int | None, int]] = [(None, int(funded.any(axis=1).sum()))]
    if limit.each == "year":
        counts = list(zip(scenario.years.spending, funded.sum(axis=0).tolist(), strict=True))
    for year, count in counts:
        if limit.at_least is not None:
            yield LimitRow(id_, "at_least", year, float(count), float(limit.at_least))
        if limit.at_most is not None:
            yield LimitRow(id_, "at_most", year, float(count), float(limit.at_most))


def requires_rows(scenario: Scenario, played: Played, id_: str, limit: Requires) -> Rows:
    """Years from each need's first funding to the instrument's; none where it is not funded.

    A need that is never funded counts as if it came after the last year.
    """
    begun = first_funded(played, limit.instrument)
    if begun is None:
        return
    for need in limit.needs:
        earlier = first_funded(played, need)
        if earlier is None:
            earlier = len(scenario.years.spending)
        value = float(begun - earlier)
        yield LimitRow(id_, "at_least", None, value, float(limit.lead_time))


def launches_rows(scenario: Scenario, played: Played, id_: str, limit: Launches) -> Rows:
    """How many are begun in each year."""
    begun = [first_funded(played, name) for name in scenario.launched(limit)]
    for position, year in enumerate(scenario.years.spending):
        count = float(begun.count(position))
        yield LimitRow(id_, "at_most", year, count, float(limit.at_most))


def fund_rows(scenario: Scenario, played: Played, id_: str, limit: Fund) -> Rows:
    """How many of those due are funded, by year."""
    for position, year in enumerate(scenario.years.spending):
        due = [
            name
            for name in limit.instruments
            if year >= limit.from_year and year in scenario.window(name)
        ]
        if due:
            funded = sum(played.authority[name][position] > FUNDED_BN for name in due)
            yield LimitRow(id_, "at_least", year, float(funded), float(len(due)))


def list_instrument_limits(scenario: Scenario, played: Played) -> list[LimitRow]:
    """The limits each instrument sets itself, for those that are funded."""
    rows: list[LimitRow] = []
    for id_ in scenario.instruments:
        rows += instrument_rows(scenario, played, id_)
    return rows


def find_worst(scenario: Scenario, played: Played) -> float:
    """The worst violation of any limit, relative to its size; 0 where all are met."""
    rows = [*list_limits(scenario, played), *list_instrument_limits(scenario, played)]
    return max((row.violation for row in rows), default=0.0)


def instrument_rows(scenario: Scenario, played: Played, id_: str) -> Rows:
    """The limits one instrument sets itself."""
    own = scenario.instruments[id_]
    spent = played.authority[id_]
    window = scenario.window(id_)
    name = f"instruments.{id_}"
    least = scenario.least_when_funded(id_)
    before = 0.0
    for year, amount in zip(scenario.years.spending, spent.tolist(), strict=True):
        if amount < 0:
            yield LimitRow(f"{name}.spending", "at_least", year, amount, 0.0)
        if year not in window:
            yield LimitRow(f"{name}.years", "at_most", year, amount, 0.0)
        elif amount > FUNDED_BN:
            yield LimitRow(f"{name}.max_per_year", "at_most", year, amount, own.max_per_year)
            if own.all_or_nothing:
                yield LimitRow(f"{name}.all_or_nothing", "at_least", year, amount, least)
            elif least:
                yield LimitRow(f"{name}.min_per_year", "at_least", year, amount, least)
        if own.max_growth is not None and amount - before > FUNDED_BN:
            rise = amount - before
            yield LimitRow(f"{name}.max_growth", "at_most", year, rise, own.max_growth)
        before = amount
    funded = (spent > FUNDED_BN).astype(int)
    if id_ in scenario.on_off and funded.any():
        runs = int((np.diff(funded, prepend=0) == 1).sum())
        yield LimitRow(f"{name}.unbroken_run", "at_most", None, float(runs), 1.0)
        if own.run_years:
            count, wanted = float(funded.sum()), float(own.run_years)
            yield LimitRow(f"{name}.run_years", "at_most", None, count, wanted)
            yield LimitRow(f"{name}.run_years", "at_least", None, count, wanted)
