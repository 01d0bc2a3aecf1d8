"""What a plan leaves of the budget, and what keeps each instrument from taking it.

No solver has a say in it. Where money is left, more is spent on one instrument at a time: either
nothing is gained, or something is broken, and that is what stops it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from ...inputs.scenario import FUNDED_BN, Scenario
from .curves import Array, reach_of_stock
from .evaluate import Evaluator, Played
from .limits import TOLERANCE, budget_rows, instrument_rows, list_limits

LEAST_LEFT = 1e-3
"""Share of the budget up to which what is left is not worth a word."""

LITTLE = 0.01
"""Share of an instrument's most in a year that is tried on top of what it has."""

TIE = 1e-7
"""Times max(1, gain): who rises by less ties."""

MANY = 100
"""Instruments beyond which the reasons are left open, as looking for them would take seconds."""

REASONS = {
    "max_per_year": "maximum",
    "max_growth": "growth",
    "years": "rules",
    "run_years": "rules",
    "unbroken_run": "rules",
    "min_per_year": "rules",
    "all_or_nothing": "rules",
}
"""What stops an instrument, by the limit of its own that more money would break."""


@dataclass(frozen=True)
class Unspent:
    """Money that the budget would allow, $ billion: how much, of how much, and in which years.

    `stopped` has the instruments by what stops them: `maximum` in a year, `growth`, their own
    `rules` on years, `limits` of the scenario, a `minimum` beyond what is left in one year,
    `nothing` to gain, or no more than `steady` spending gives up or the proven `gap` leaves open.
    `limits` are those that hold some of them.
    """

    bn: float
    budget_bn: float
    by_year: Mapping[int, float]
    stopped: Mapping[str, tuple[str, ...]]
    limits: tuple[str, ...]


def find_unspent(
    scenario: Scenario, played: Played, *, with_reasons: bool = True
) -> Unspent | None:
    """What a plan leaves of the budget and why; None where that is next to nothing."""
    rows = list(budget_rows(scenario, played))
    yearly = [row for row in rows if row.year is not None]
    total = [row for row in rows if row.year is None]
    counted = yearly[-1:] if scenario.budget.carry_over else yearly
    ways = [part for part in (counted, total) if part]
    if not ways:
        return None
    left = min(sum(max(row.slack, 0.0) for row in part) for part in ways)
    budget = min(sum(row.limit for row in part) for part in ways)
    if left <= LEAST_LEFT * budget:
        return None
    by_year = {} if scenario.budget.carry_over else {int(r.year or 0): r.slack for r in yearly}
    by_year = {year: slack for year, slack in by_year.items() if slack > LEAST_LEFT * budget}
    if not with_reasons or len(scenario.instruments) > MANY:
        return Unspent(left, budget, by_year, {}, ())
    search = StopSearch(scenario, played)
    stops = {i: search.find_stop(i) for i in scenario.instruments}
    stopped: dict[str, tuple[str, ...]] = {}
    for i, reason in stops.items():
        if reason:
            stopped[reason] = (*stopped.get(reason, ()), i)
    return Unspent(left, budget, by_year, stopped, tuple(sorted(search.limits)))


class StopSearch:
    """More money for one instrument at a time, held against a plan."""

    def __init__(self, scenario: Scenario, played: Played) -> None:
        self.scenario, self.played = scenario, played
        self.evaluator = Evaluator(scenario)
        self.baseline = self.evaluator.play_nothing()
        self.least = TIE * max(1.0, played.score - self.baseline.score)
        self.limits: set[str] = set()

    def find_stop(self, instrument: str) -> str | None:
        """What stops an instrument most often; None where no year has money left for it."""
        reasons: Counter[str] = Counter()
        is_affordable = False
        for amounts in self.list_more(instrument):
            more = self.play(instrument, amounts)
            is_dear = any(row.violation > TOLERANCE for row in budget_rows(self.scenario, more))
            is_affordable |= not is_dear
            if not self.is_better(more):
                continue
            rows = instrument_rows(self.scenario, more, instrument)
            own = [row.id.rpartition(".")[2] for row in rows if row.violation > TOLERANCE]
            if not is_dear:
                reasons[REASONS[own[0]] if own else self.find_limits(more)] += 1
            elif not own and instrument in self.scenario.on_off:
                reasons["minimum"] += 1
        if reasons:
            # The most of a year stops nearly all somewhere: what else does as often says more.
            return max(reasons, key=lambda reason: (reasons[reason], reason != "maximum", reason))
        return "nothing" if is_affordable else None

    def find_limits(self, more: Played) -> str:
        """What stops a plan that keeps the instruments' own limits; limits that do are noted."""
        broken = {row.id for row in list_limits(self.scenario, more) if row.violation > TOLERANCE}
        self.limits |= broken
        if broken:
            return "limits"
        return "steady" if self.scenario.steady else "gap"

    def list_more(self, instrument: str) -> Iterator[Array]:
        """Authority by year with more money in one year each; an on/off instrument may begin.

        A little more shows whether a concave curve rises; a list may begin flat.
        """
        own, years = self.scenario.instruments[instrument], self.scenario.years
        spent = self.played.authority[instrument]
        funded = np.flatnonzero(spent > FUNDED_BN)
        least = self.scenario.least_when_funded(instrument)
        curves = {r.curve for r in self.evaluator.kernels if r.instrument == instrument}
        is_plain = curves <= {"saturating", "linear"}
        for year in self.scenario.window(instrument):
            at = year - years.first
            for more in (LITTLE * own.max_per_year, own.max_per_year)[: 1 if is_plain else 2]:
                amounts = spent.copy()
                if not least or amounts[at] > FUNDED_BN:
                    amounts[at] += more
                elif not funded.size:
                    amounts[at : at + (own.run_years or 1)] = max(least, more)
                elif at in (funded[0] - 1, funded[-1] + 1):
                    amounts[at] = max(least, more)
                else:
                    continue
                yield amounts

    def play(self, instrument: str, amounts: Array) -> Played:
        """The plan with other spending on one instrument: only what that moves is played anew."""
        evaluator, played = self.evaluator, self.played
        own = self.scenario.instruments[instrument]
        reach = {
            effect: reach_of_stock(response, evaluator.kernels[response] @ amounts)
            if response.instrument == instrument
            else played.reach[effect]
            for effect, response in evaluator.responses.items()
        }
        leads = evaluator.leads(reach)
        outcome = evaluator.outcome(leads)
        outlays, launch = np.zeros(len(evaluator.outlay_years)), np.zeros(len(amounts))
        spread = np.convolve(amounts, own.spendout)
        outlays[: len(spread)] = spread
        launch[np.flatnonzero(amounts > FUNDED_BN)[:1]] = own.launch_cost
        return Played(
            authority={**played.authority, instrument: amounts},
            launch_costs={**played.launch_costs, instrument: launch},
            outlays={**played.outlays, instrument: outlays},
            reach=reach,
            leads=leads,
            outcome=outcome,
            score=evaluator.score(outcome),
        )

    def is_better(self, more: Played) -> bool:
        """Whether a plan beats the one at hand by the scenario's objective."""
        for now, then in zip(self.list_merits(self.played), self.list_merits(more), strict=True):
            if abs(then - now) > self.least:
                return then > now
        return False

    def list_merits(self, played: Played) -> list[float]:
        """What the objective maximises, the first first."""
        scenario = self.scenario
        gains = {layer: z - self.baseline.outcome[layer] for layer, z in played.outcome.items()}
        merits = []
        if scenario.objective == "weakest_layer":
            merits.append(min(gains[layer] for layer, w in scenario.weights.items() if w > 0))
        for layers in scenario.priorities or () if scenario.objective == "lexicographic" else ():
            shares = {layer: scenario.weights[layer] for layer in layers}
            if not any(shares.values()):
                shares = dict.fromkeys(layers, 1.0)
            whole = sum(shares.values())
            merits.append(sum(share / whole * gains[layer] for layer, share in shares.items()))
        return [*merits, played.score]
