"""Plans that were decided, played in worlds with other figures, as far as these let them.

What is decided is who is funded, when, and with how much. Where a programme takes less in such a
world it gets less; where it takes no less than more, it gets that. A programme that cannot run is
left out. Every limit is tested again, by that world's figures:

1. What caps and shares of spending do not allow is taken from what programmes have above their
   least, in proportion: from those that a cap counts, and from the others where a share is a least.
2. Of more programmes than a limit lets run or begin, the smallest are left out; one that needs
   others waits for them.
3. What spending less cannot mend is played as it is, and told: floors under leads, private money,
   spending in money and numbers of programmes.

A plan that cannot be brought within its caps is played as nothing.
"""

from __future__ import annotations

import functools
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from ....inputs.build import build_scenario, derive_scenario
from ....inputs.complaint import InputError
from ....inputs.scenario import (
    FUNDED_BN,
    Choose,
    Instrument,
    Launches,
    Requires,
    Scenario,
    SpendLimit,
)
from ...equations.evaluate import Evaluator, Plan
from ...equations.limits import TOLERANCE, LimitRow, list_limits
from ...equations.periods import cut
from .variants import read_plan

Amounts = dict[str, dict[int, float]]

ROUNDS = 30
"""Mends after which a plan counts as one that cannot be brought within its limits."""


class Fitted(NamedTuple):
    """A plan as far as a world lets it be, None where it cannot be played; the floors it misses."""

    plan: Plan | None
    missed: tuple[str, ...] = ()


def fit_plan(evaluator: Evaluator, plan: Plan) -> Fitted:
    """A plan within its programmes' own limits, then within all others, the worst broken first."""
    scenario = evaluator.scenario
    fitted = {
        id_: fit_programme(scenario, id_, years)
        for id_, years in plan.items()
        if scenario.least_when_funded(id_) <= scenario.instruments[id_].max_per_year
    }
    fitted = {id_: years for id_, years in fitted.items() if years}
    for _ in range(ROUNDS):
        broken = list_broken(evaluator, fitted)
        mendable = [row for row in broken if is_mendable(scenario, row)]
        if not mendable:
            return Fitted(fitted, tuple(dict.fromkeys(row.id for row in broken)))
        worst = max(mendable, key=lambda row: row.violation)
        if not mend(scenario, fitted, worst):
            break
    return Fitted(None)


def list_broken(evaluator: Evaluator, plan: Plan) -> list[LimitRow]:
    """The rows of limits that a plan breaks by more than rounding."""
    rows = list_limits(evaluator.scenario, evaluator.play(plan))
    return [row for row in rows if row.violation > TOLERANCE]


def is_mendable(scenario: Scenario, row: LimitRow) -> bool:
    """Whether spending less or later can mend what a row says is broken."""
    limit = scenario.constraints.get(row.id)
    if isinstance(limit, SpendLimit):
        return row.sense == "at_most" or limit.unit == "share"
    if isinstance(limit, Choose):
        return row.sense == "at_most"
    return limit is None or isinstance(limit, Launches | Requires)


def mend(scenario: Scenario, plan: Amounts, row: LimitRow) -> bool:
    """Brings a plan within one row of its limits, in place; whether it can be."""
    limit = scenario.constraints.get(row.id)
    if isinstance(limit, SpendLimit):
        return mend_spending(scenario, plan, limit, row)
    if isinstance(limit, Choose):
        leave_smallest_out(plan, [i for i in limit.of if runs(plan, i, row.year)])
        return True
    if isinstance(limit, Launches):
        begun = [i for i in scenario.launched(limit) if i in plan and min(plan[i]) == row.year]
        leave_smallest_out(plan, begun)
        return True
    if isinstance(limit, Requires):
        wait_for_needs(scenario, plan, limit)
        return True
    budget, spending = scenario.budget, scenario.years.spending
    years = range(spending.start, (row.year or spending[-1]) + 1)
    if row.year is not None and budget.counts == "authority" and not budget.carry_over:
        years = range(row.year, row.year + 1)
    return take_money(scenario, plan, list(plan), years, -row.slack)


def mend_spending(scenario: Scenario, plan: Amounts, limit: SpendLimit, row: LimitRow) -> bool:
    """Takes what is too much from those that a cap counts, or from the others of a least share.

    Of a share s, less spending is a smaller total too: x is too much where c - x = s (total - x).
    """
    counted, short = scenario.instruments_of(limit.of), -row.slack
    if row.sense == "at_least":
        counted = tuple(i for i in plan if i not in counted)
        short /= limit.at_least or 1.0
    elif limit.unit == "share":
        short /= 1.0 - (limit.at_most or 0.0)
    years = cut(limit.years, scenario.years.spending)
    if row.year is not None:
        years = range(row.year, row.year + 1)
    return take_money(scenario, plan, counted, years, short)


def runs(plan: Amounts, id_: str, year: int | None) -> bool:
    """Whether a programme is funded in a year, or at all."""
    return id_ in plan and (year is None or year in plan[id_])


def leave_smallest_out(plan: Amounts, ids: Sequence[str]) -> None:
    """Takes the programme that spends least out of a plan, in place."""
    del plan[min(ids, key=lambda id_: sum(plan[id_].values()))]


def wait_for_needs(scenario: Scenario, plan: Amounts, limit: Requires) -> None:
    """Begins a programme no sooner than what it needs allows; in place."""
    id_ = limit.instrument
    begun = [min(plan[need]) for need in limit.needs if need in plan]
    after = max(begun, default=0) + limit.lead_time
    kept = {year: bn for year, bn in plan[id_].items() if year >= after}
    if len(begun) < len(limit.needs):
        kept = {}
    refit(scenario, plan, id_, kept)


def refit(scenario: Scenario, plan: Amounts, id_: str, years: Mapping[int, float]) -> None:
    """Puts a programme with other amounts into a plan, or takes it out where it cannot run."""
    fitted = fit_programme(scenario, id_, years)
    if fitted:
        plan[id_] = fitted
    else:
        del plan[id_]


def fit_programme(scenario: Scenario, id_: str, years: Mapping[int, float]) -> dict[int, float]:
    """What a programme spends by year within its own limits; nothing where it cannot run."""
    own, least = scenario.instruments[id_], scenario.least_when_funded(id_)
    window = scenario.window(id_)
    amounts: dict[int, float] = {}
    for year in sorted(years):
        if year not in window or years[year] <= FUNDED_BN:
            continue
        amount = min(max(years[year], least), own.max_per_year)
        if own.all_or_nothing:
            amount = own.max_per_year
        amount = min(amount, find_room(own, amounts.get(year - 1, 0.0)))
        if amount < least:
            break
        amounts[year] = amount
    if own.run_years and len(amounts) != own.run_years:
        return {}
    return amounts


def find_room(own: Instrument, before: float) -> float:
    """The most that a programme can spend after what it spent the year before."""
    return own.max_per_year if own.max_growth is None else before + own.max_growth


def take_money(
    scenario: Scenario, plan: Amounts, members: Sequence[str], years: range, short: float
) -> bool:
    """Takes money of some years from what programmes have above their least, in place.

    In proportion to that; whether it suffices.
    """
    free = {
        (id_, at): amount - least
        for id_ in members
        if id_ in plan
        for least in [scenario.least_when_funded(id_)]
        for at, amount in plan[id_].items()
        if at in years and amount > least
    }
    there = sum(free.values())
    if there < short:
        return False
    for (id_, at), bn in free.items():
        plan[id_][at] -= bn * min(1.0, short * (1 + TOLERANCE) / there)
    for id_ in dict.fromkeys(id_ for id_, _ in free):
        refit(scenario, plan, id_, plan[id_])
    return True


class Plays(NamedTuple):
    """What plans gain in a scenario, how many are played as nothing, and who misses which floor."""

    gains: list[float]
    unpaid: int
    missed: dict[str, int]


def play_plans(scenario: Scenario, plans: Sequence[Plan]) -> Plays:
    """What each plan gains in a scenario, points, as far as its limits let it be played."""
    evaluator = Evaluator(scenario)
    fitted = [fit_plan(evaluator, plan) for plan in plans]
    every = [evaluator.authority(one.plan or {}) for one in [*fitted, Fitted({})]]
    authority = {i: np.stack([one[i] for one in every]) for i in scenario.instruments}
    weights = np.array([scenario.weights[layer] for layer in scenario.layers])
    scores = evaluator.outcomes(authority) @ weights
    return Plays(
        gains=(scores[:-1] - scores[-1]).tolist(),
        unpaid=sum(one.plan is None for one in fitted),
        missed=dict(Counter(id_ for one in fitted for id_ in one.missed)),
    )


# The task -------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=1)
def open_plans(shared: str) -> tuple[Scenario, list[Plan]]:
    """The scenario that samples are derived from, and the plans played in each."""
    told = json.loads(shared)
    scenario = build_scenario(dict(told["document"]), {}, str(told["name"]))
    return scenario, [read_plan(plan) for plan in told["plans"]]


def play_sample(shared: str, record: str) -> dict[str, Any]:
    """A task for `fan_out`: what each of the shared plans gains in one sample, given as a patch."""
    scenario, plans = open_plans(shared)
    try:
        variant = derive_scenario(scenario, json.loads(record)["patch"])
    except InputError as error:
        return {"status": "invalid", "why": str(error)}
    return {"status": "played", **play_plans(variant, plans)._asdict()}
