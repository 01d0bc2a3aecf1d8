"""Plans that were decided, played in worlds with other figures, as far as these let them.

What is decided is who is funded, when, and with how much. Where a programme takes less in such a
world it gets less; where it takes no less than more, it gets that, and what the money does not
stretch to is taken from what others have above their least. A programme that cannot run is left
out. A plan that cannot be paid for at all is played as nothing. Constraints hold for the plan as
it was decided; floors on leads are not what is played, but what comes of it.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ....inputs.build import build_scenario, derive_scenario
from ....inputs.complaint import InputError
from ....inputs.scenario import FUNDED_BN, Instrument, Scenario
from ...equations.evaluate import Evaluator, Plan
from ...equations.limits import TOLERANCE, budget_rows
from .variants import read_plan

Amounts = dict[str, dict[int, float]]

ROUNDS = 5
"""Times that money is taken from a plan before it counts as one that cannot be paid for."""


def fit_plan(evaluator: Evaluator, plan: Plan) -> Plan | None:
    """A plan as far as a scenario lets it be; None where it cannot be paid for."""
    scenario = evaluator.scenario
    fitted = {
        id_: fit_programme(scenario, id_, years)
        for id_, years in plan.items()
        if scenario.least_when_funded(id_) <= scenario.instruments[id_].max_per_year
    }
    fitted = {id_: years for id_, years in fitted.items() if years}
    for _ in range(ROUNDS):
        short = find_shortfall(evaluator, fitted)
        if short is None:
            return fitted
        if not take_money(scenario, fitted, *short):
            return None
    return None


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


def find_shortfall(evaluator: Evaluator, plan: Plan) -> tuple[int | None, float] | None:
    """The year, or all, in which a budget is exceeded most, and by what; None where none is."""
    rows = budget_rows(evaluator.scenario, evaluator.play(plan))
    worst = max(rows, key=lambda row: row.violation, default=None)
    if worst is None or worst.violation <= TOLERANCE:
        return None
    return worst.year, -worst.slack


def take_money(scenario: Scenario, plan: Amounts, year: int | None, short: float) -> bool:
    """Takes money until a year from what programmes have above their least; whether it suffices.

    In proportion to that. In place.
    """
    only = year is not None and not scenario.budget.carry_over
    only &= scenario.budget.counts == "authority"
    free = {
        (id_, at): amount - least
        for id_, years in plan.items()
        for least in [scenario.least_when_funded(id_)]
        for at, amount in years.items()
        if (at == year if only else year is None or at <= year) and amount > least
    }
    there = sum(free.values())
    if there < short:
        return False
    for (id_, at), bn in free.items():
        plan[id_][at] -= bn * min(1.0, short * (1 + TOLERANCE) / there)
    for id_ in dict.fromkeys(id_ for id_, _ in free):
        plan[id_] = fit_programme(scenario, id_, plan[id_])
    return True


def play_plans(scenario: Scenario, plans: Sequence[Plan]) -> tuple[list[float], int]:
    """What each plan gains in a scenario, points, and how many could not be paid for there."""
    evaluator = Evaluator(scenario)
    fitted = [fit_plan(evaluator, plan) for plan in plans]
    every = [evaluator.authority(plan or {}) for plan in [*fitted, {}]]
    authority = {i: np.stack([one[i] for one in every]) for i in scenario.instruments}
    weights = np.array([scenario.weights[layer] for layer in scenario.layers])
    scores = evaluator.outcomes(authority) @ weights
    return (scores[:-1] - scores[-1]).tolist(), sum(plan is None for plan in fitted)


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
    gains, unpaid = play_plans(variant, plans)
    return {"status": "played", "gains": gains, "unpaid": unpaid}
