"""The most an instrument can take in a year: by its own maximum, and by the money there is."""

from __future__ import annotations

import math

from ...inputs.scenario import Scenario, SpendLimit
from .limits import TOLERANCE, list_caps
from .periods import cut


def bound_amounts(scenario: Scenario, instrument: str, fixed_money: bool) -> dict[int, float]:
    """The most authority in each year of an instrument's window, $ billion.

    `fixed_money`: no limit on spending will be moved, so that what they rule out can be left out.
    """
    own, window = scenario.instruments[instrument], scenario.window(instrument)
    most = dict.fromkeys(window, own.max_per_year)
    if not fixed_money:
        return most
    caps = list_caps(scenario)
    paid = own.spendout if scenario.budget.counts == "outlays" else (1.0,)
    for year in window:
        capped = [caps.get(year + age, math.inf) / share for age, share in enumerate(paid) if share]
        most[year] = min(most[year], *capped, cap_spending(scenario, instrument, year))
    return most


def cap_spending(scenario: Scenario, instrument: str, year: int) -> float:
    """What an instrument may be given in a year by limits other than the yearly budget."""
    total = scenario.budget.total
    caps = [math.inf if total is None else total]
    for limit in scenario.constraints.values():
        if isinstance(limit, SpendLimit) and limit.unit == "bn" and limit.at_most is not None:
            years = cut(limit.years, scenario.years.spending)
            if year in years and instrument in scenario.instruments_of(limit.of):
                caps.append(limit.at_most)
    return min(caps)


def can_launch(scenario: Scenario, instrument: str, year: int) -> bool:
    """Whether any limit on spending leaves enough in a year for an instrument's launch cost."""
    cap = min(list_caps(scenario).get(year, math.inf), cap_spending(scenario, instrument, year))
    return not is_beyond(scenario.instruments[instrument].launch_cost, cap)


def is_beyond(amount: float, most: float) -> bool:
    """Whether an amount exceeds the most there is by more than rounding.

    >>> is_beyond(3.0000001, 3.0), is_beyond(3.1, 3.0)
    (False, True)
    """
    return amount > most + TOLERANCE * max(1.0, most)
