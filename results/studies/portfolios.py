"""Plans and portfolios as records: what they fund, spend and achieve."""

from __future__ import annotations

from collections.abc import Mapping

from ...inputs.scenario import Scenario
from ...model.equations.evaluate import Evaluator, Plan
from ...model.solving.portfolios import Portfolio
from ..sheet import Record, tidy

CORE, EXTERIOR = 0.99, 0.01
"""An instrument is core from this share of weightings on, and exterior up to that one."""


def total_instruments(scenario: Scenario, plan: Plan) -> dict[str, float]:
    """Authority with launch costs over all years, by funded instrument, $ billion."""
    return {
        id_: sum(years.values()) + scenario.instruments[id_].launch_cost
        for id_, years in plan.items()
    }


def total_areas(scenario: Scenario, plan: Plan) -> dict[str, float]:
    """Authority with launch costs over all years, by area, $ billion."""
    totals = dict.fromkeys(scenario.areas, 0.0)
    for id_, amount in total_instruments(scenario, plan).items():
        totals[scenario.instruments[id_].area] += amount
    return totals


def tidy_all(amounts: Mapping[str, float]) -> dict[str, float | None]:
    """Amounts as a record holds them."""
    return {id_: tidy(amount) for id_, amount in amounts.items()}


def classify(share: float) -> str:
    """What a funded share says of an instrument.

    >>> classify(0.995), classify(0.5), classify(0.0)
    ('core', 'borderline', 'exterior')
    """
    if share >= CORE:
        return "core"
    return "exterior" if share <= EXTERIOR else "borderline"


class Tabulator:
    """Portfolios of one scenario as records; `outcome` counts the baseline in."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.baseline = Evaluator(scenario).play_nothing().outcome

    def tabulate(self, portfolio: Portfolio) -> Record:
        """What it achieves, what it spends and what it funds."""
        scenario, plan = self.scenario, portfolio.plan
        gains = dict(zip(scenario.layers, portfolio.gains.tolist(), strict=True))
        return {
            "outcome": {layer: tidy(z + gains[layer]) for layer, z in self.baseline.items()},
            "areas": tidy_all(total_areas(scenario, plan)),
            "funded": list(portfolio.funded),
            "spending": tidy_all(total_instruments(scenario, plan)),
        }

    def by_year(self, portfolio: Portfolio) -> Record:
        """Authority without launch costs by instrument and year, $ billion."""
        return {
            id_: {str(year): tidy(amount) for year, amount in years.items()}
            for id_, years in portfolio.plan.items()
        }
