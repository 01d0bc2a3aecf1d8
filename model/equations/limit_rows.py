"""The budget and the constraints as rows of the model, each under its own name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from ...inputs.scenario import (
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
from .evaluate import Evaluator
from .limits import list_caps
from .periods import cut

Term = tuple[float, Any]
"""A coefficient and the Pyomo variable that it stands before."""

Row = tuple[str, str, int | str, float | None, list[Term], float | None]
"""Limit's id, what of it, period, lower side, terms, upper side."""

WHOLE = "horizon"


class Written(Protocol):
    """What rows are written over: a scenario, its model, and the years in which leads count."""

    scenario: Scenario
    model: Any
    evaluator: Evaluator
    scored: list[int]


def list_limit_rows(formulation: Written) -> Iterable[Row]:
    """Every row of the budget and the constraints, in the scenario's order."""
    yield from budget_rows(formulation)
    for id_, limit in formulation.scenario.constraints.items():
        if isinstance(limit, SpendLimit):
            yield from spend_rows(formulation, id_, limit)
        elif isinstance(limit, LeadFloor):
            yield from lead_rows(formulation, id_, limit)
        elif isinstance(limit, CrowdInFloor):
            yield from crowd_in_rows(formulation, id_, limit)
        elif isinstance(limit, Choose):
            yield from choose_rows(formulation, id_, limit)
        elif isinstance(limit, Requires):
            yield from requires_rows(formulation, id_, limit)
        elif isinstance(limit, Launches):
            yield from launches_rows(formulation, id_, limit)
        elif isinstance(limit, Fund):
            yield from fund_rows(formulation, id_, limit)
        elif isinstance(limit, Ban):
            x = formulation.model.authority
            terms = [
                (1.0, x[i, t]) for i in limit.instruments for t in formulation.scenario.window(i)
            ]
            yield id_, "at_most", WHOLE, None, terms, 0.0


def launch_terms(formulation: Written, instrument: str, year: int) -> list[Term]:
    """The launch cost that falls in a year, if the instrument can be begun in it."""
    cost = formulation.scenario.instruments[instrument].launch_cost
    if not cost or (instrument, year) not in formulation.model.start:
        return []
    start = formulation.model.start[instrument, year]
    return [(cost, start)] if start.ub else []


def authority_terms(formulation: Written, instrument: str, year: int) -> list[Term]:
    """Authority with launch costs in one year."""
    x = formulation.model.authority
    own = [(1.0, x[instrument, year])] if (instrument, year) in x else []
    return own + launch_terms(formulation, instrument, year)


def budget_rows(formulation: Written) -> Iterable[Row]:
    """A row for each capped year, and one for the total."""
    scenario, model = formulation.scenario, formulation.model
    counts_outlays = scenario.budget.counts == "outlays"
    years = scenario.outlay_years if counts_outlays else scenario.years.spending
    caps = list_caps(scenario)
    so_far: list[Term] = []
    capped: list[Term] = []
    for year in years:
        this_year: list[Term] = []
        for i in scenario.instruments:
            if not counts_outlays:
                this_year += authority_terms(formulation, i, year)
                continue
            if (i, year) in model.outlays:
                this_year.append((1.0, model.outlays[i, year]))
            this_year += launch_terms(formulation, i, year)
        so_far += this_year
        if year in caps:
            capped += this_year
            terms = list(capped) if scenario.budget.carry_over else this_year
            yield "budget.per_year", "at_most", year, None, terms, caps[year]
    if scenario.budget.total is not None:
        yield "budget.total", "at_most", WHOLE, None, so_far, scenario.budget.total


def spend_rows(formulation: Written, id_: str, limit: SpendLimit) -> Iterable[Row]:
    """Spending of some instruments, in $ billion or less a share of all spending."""
    scenario = formulation.scenario
    years = list(cut(limit.years, scenario.years.spending))
    counted = set(scenario.instruments_of(limit.of))
    periods: list[tuple[int | str, list[int]]] = [(year, [year]) for year in years]
    if limit.each == "horizon":
        periods = [(WHOLE, years)] if years else []
    for period, inside in periods:
        sides = [("at_least", limit.at_least), ("at_most", limit.at_most)]
        for side, bound in sides:
            if bound is None:
                continue
            share = bound if limit.unit == "share" else 0.0
            terms = [
                (c * ((i in counted) - share), v)
                for year in inside
                for i in scenario.instruments
                for c, v in authority_terms(formulation, i, year)
            ]
            edge = 0.0 if limit.unit == "share" else bound
            below = edge if side == "at_least" else None
            yield id_, side, period, below, terms, edge if side == "at_most" else None


def lead_rows(formulation: Written, id_: str, limit: LeadFloor) -> Iterable[Row]:
    """Leads that must be held, told as gains on the lead without spending."""
    first = formulation.scored[0]
    for year in cut(limit.years, formulation.scenario.years.scored):
        trend = float(formulation.evaluator.trends[limit.layer][year - first])
        gain = formulation.model.lead_gain[limit.layer, year]
        yield id_, "at_least", year, limit.at_least - trend, [(1.0, gain)], None


def crowd_in_rows(formulation: Written, id_: str, limit: CrowdInFloor) -> Iterable[Row]:
    """Private money moved by the outlays of some instruments."""
    scenario, outlays = formulation.scenario, formulation.model.outlays
    counted = scenario.instruments_of(limit.of)

    def moved_in(year: int) -> list[Term]:
        return [
            (scenario.instruments[i].crowd_in, outlays[i, year])
            for i in counted
            if (i, year) in outlays
        ]

    if limit.each == "year":
        for year in scenario.years.spending:
            yield id_, "at_least", year, limit.at_least, moved_in(year), None
    else:
        terms = [term for year in scenario.outlay_years for term in moved_in(year)]
        yield id_, "at_least", WHOLE, limit.at_least, terms, None


def choose_rows(formulation: Written, id_: str, limit: Choose) -> Iterable[Row]:
    """How many are funded in each year, or are begun at all."""
    scenario, model = formulation.scenario, formulation.model
    periods: list[tuple[int | str, list[Term]]] = [
        (year, [(1.0, model.on[i, year]) for i in limit.of if (i, year) in model.on])
        for year in scenario.years.spending
    ]
    if limit.each == "horizon":
        begun = [(1.0, model.start[i, year]) for i in limit.of for year in scenario.window(i)]
        periods = [(WHOLE, begun)]
    for period, terms in periods:
        if limit.at_least is not None:
            yield id_, "at_least", period, float(limit.at_least), terms, None
        if limit.at_most is not None:
            yield id_, "at_most", period, None, terms, float(limit.at_most)


def requires_rows(formulation: Written, id_: str, limit: Requires) -> Iterable[Row]:
    """Funded only if each need was begun long enough before."""
    scenario, model = formulation.scenario, formulation.model
    for need in limit.needs:
        for year in scenario.window(limit.instrument):
            begun = [
                (-1.0, model.start[need, tau])
                for tau in scenario.window(need)
                if tau <= year - limit.lead_time
            ]
            terms = [(1.0, model.on[limit.instrument, year]), *begun]
            yield id_, need, year, None, terms, 0.0


def launches_rows(formulation: Written, id_: str, limit: Launches) -> Iterable[Row]:
    """How many are begun in each year."""
    start = formulation.model.start
    counted = formulation.scenario.launched(limit)
    for year in formulation.scenario.years.spending:
        terms = [(1.0, start[i, year]) for i in counted if (i, year) in start]
        yield id_, "at_most", year, None, terms, float(limit.at_most)


def fund_rows(formulation: Written, id_: str, limit: Fund) -> Iterable[Row]:
    """Funded in every year from one on."""
    on = formulation.model.on
    for i in limit.instruments:
        for year in formulation.scenario.window(i):
            if year >= limit.from_year:
                yield id_, i, year, 1.0, [(1.0, on[i, year])], None
