"""Plays a plan forward: spending to leads, outcomes and score. No solver has a say in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from ...inputs.scenario import FUNDED_BN, Interaction, Response, Scenario
from .curves import Array, reach_of_stock, retention, true_reach_of_stock, worth_of_lead

Plan = Mapping[str, Mapping[int, float]]
"""Budget authority without launch costs, $ billion, by instrument and year."""

SMALLEST_GAIN = 0.01
"""Points: relative figures of a smaller gain are relative to this."""

NEGLIGIBLE_LOSS = 1e-9
"""Points: a smaller loss is rounding."""


def relative(loss: float, best_gain: float) -> float:
    """A loss in points as a share of the best gain: of gap, tolerance and regret everywhere.

    >>> relative(1.0, 4.0), relative(0.001, -2.0), relative(-1e-12, 4.0)
    (0.25, 0.1, 0.0)
    """
    return 0.0 if loss <= NEGLIGIBLE_LOSS else loss / max(best_gain, SMALLEST_GAIN)


def trace_trend(scenario: Scenario, layer: str) -> Array:
    """The lead in a layer without any new spending, by scored year."""
    own, years = scenario.layers[layer], scenario.years
    until = own.trend_until if own.trend_until is not None else years.score_until
    elapsed = np.minimum(np.array(years.scored), until) - years.first
    return np.asarray(own.us - own.china + (own.us_trend - own.china_trend) * elapsed)


@dataclass(frozen=True)
class Played:
    """A plan played forward. Arrays run over years: [years of spending] or [scored years]."""

    authority: Mapping[str, Array]
    launch_costs: Mapping[str, Array]
    outlays: Mapping[str, Array]
    reach: Mapping[str, Array]
    leads: Mapping[str, Array]
    outcome: Mapping[str, float]
    score: float


class Evaluator:
    """Equations 1 to 6 of one scenario, ready to play any number of plans."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.spending = list(scenario.years.spending)
        self.scored = list(scenario.years.scored)
        self.outlay_years = list(scenario.outlay_years)
        self.responses = {effect: scenario.response(effect) for effect in scenario.effects}
        self.kernels = {r: self._stock_kernel(r) for r in dict.fromkeys(self.responses.values())}
        self.trends = {layer: trace_trend(scenario, layer) for layer in scenario.layers}
        self.shares = np.array(scenario.discount_shares)

    def _stock_kernel(self, response: Response) -> Array:
        """Stock in each scored year from a dollar of authority in each year of spending.

        Shape [scored years, years of spending]. Equations 1 and 2, unrolled.
        """
        spendout = self.scenario.instruments[response.instrument].spendout
        keep = retention(response.half_life)
        kernel = np.zeros((len(self.scored), len(self.spending)))
        for given in range(len(self.spending)):
            stock = 0.0
            for year in range(len(self.scored)):
                age = year - response.lag - given
                stock = keep * stock + (spendout[age] if 0 <= age < len(spendout) else 0.0)
                kernel[year, given] = stock
        return kernel

    def authority(self, plan: Plan) -> dict[str, Array]:
        """The plan as an array over the years of spending, for every instrument."""
        return {
            id_: np.array([plan.get(id_, {}).get(year, 0.0) for year in self.spending])
            for id_ in self.scenario.instruments
        }

    def launch_costs(self, authority: Mapping[str, Array]) -> dict[str, Array]:
        """One-off cost in the first funded year, by instrument and year of spending."""
        costs = {}
        for id_, own in self.scenario.instruments.items():
            cost = np.zeros(len(self.spending))
            funded = np.flatnonzero(authority[id_] > FUNDED_BN)
            if own.launch_cost and funded.size:
                cost[funded[0]] = own.launch_cost
            costs[id_] = cost
        return costs

    def outlays(self, authority: Mapping[str, Array]) -> dict[str, Array]:
        """Equation 1: outlays by instrument, over the years with outlays."""
        found = {}
        for id_, own in self.scenario.instruments.items():
            spread = np.convolve(authority[id_], own.spendout)
            found[id_] = np.zeros(len(self.outlay_years))
            found[id_][: len(spread)] = spread
        return found

    def reach(
        self,
        authority: Mapping[str, Array],
        curve: Callable[[Response, Array], Array] = reach_of_stock,
    ) -> dict[str, Array]:
        """Equations 2 and 3: reach by effect, over the scored years.

        Authority may have further axes before the years, as for many plans at once.
        """
        found = {
            response: curve(response, authority[response.instrument] @ kernel.T)
            for response, kernel in self.kernels.items()
        }
        return {effect: found[response] for effect, response in self.responses.items()}

    def leads(self, reach: Mapping[str, Array]) -> dict[str, Array]:
        """Equation 4: leads by layer, over the scored years."""
        leads = dict(self.trends)
        for effect, own in self.scenario.effects.items():
            leads[own.layer] = leads[own.layer] + own.points * reach[effect]
        for interaction in self.scenario.interactions.values():
            added = interaction.points * self._together(interaction, reach)
            leads[interaction.layer] = leads[interaction.layer] + added
        return leads

    @staticmethod
    def _together(interaction: Interaction, reach: Mapping[str, Array]) -> Array:
        one, other = (reach[effect] for effect in interaction.between)
        if interaction.points >= 0:
            return np.minimum(one, other)
        return np.maximum(0.0, one + other - 1.0)

    def outcome(self, leads: Mapping[str, Array]) -> dict[str, float]:
        """Equation 5: the discounted worth of each layer's leads, in points."""
        return {layer: float(z) for layer, z in self._outcome(leads).items()}

    def _outcome(self, leads: Mapping[str, Array]) -> dict[str, Array]:
        return {
            layer: worth_of_lead(own.worth, leads[layer]) @ self.shares
            for layer, own in self.scenario.layers.items()
        }

    def outcomes(self, authority: Mapping[str, Array]) -> Array:
        """Equations 1 to 5 for many plans at once: outcomes, shape [plans, layers], in points.

        `authority` has the shape [plans, years of spending] for every instrument.
        """
        count = max((len(amounts) for amounts in authority.values()), default=0)
        found = self._outcome(self.leads(self.reach(authority))).values()
        return np.stack([np.broadcast_to(z, count) for z in found], axis=-1)

    def score(self, outcome: Mapping[str, float]) -> float:
        """Equation 6: the weighted sum of outcomes, in points."""
        return sum(self.scenario.weights[layer] * z for layer, z in outcome.items())

    def play(self, plan: Plan) -> Played:
        """Everything that follows from a plan."""
        authority = self.authority(plan)
        reach = self.reach(authority)
        leads = self.leads(reach)
        outcome = self.outcome(leads)
        return Played(
            authority=authority,
            launch_costs=self.launch_costs(authority),
            outlays=self.outlays(authority),
            reach=reach,
            leads=leads,
            outcome=outcome,
            score=self.score(outcome),
        )

    def outcome_of(self, plan: Plan) -> dict[str, float]:
        """The outcomes of a plan alone, in points."""
        return self.outcome(self.leads(self.reach(self.authority(plan))))

    def play_nothing(self) -> Played:
        """What happens if nothing is spent: the baseline of every gain."""
        return self.play({})

    def curve_error(self, played: Played) -> float:
        """By how many points the score differs from that of the true, smooth curves."""
        leads = self.leads(self.reach(played.authority, true_reach_of_stock))
        return abs(self.score(self.outcome(leads)) - played.score)

    def gain_by_effect(self, played: Played) -> dict[str, float]:
        """Points of score that hang on each effect: what is lost without it, the plan kept.

        Interactions go with either of their effects, so the sum may exceed the gain.
        """
        lost = {}
        for effect in self.scenario.effects:
            reach = {**played.reach, effect: np.zeros_like(played.reach[effect])}
            lost[effect] = played.score - self.score(self.outcome(self.leads(reach)))
        return lost

    def private_money(self, played: Played) -> float:
        """Private dollars that all outlays move, $ billion."""
        return float(
            sum(
                own.crowd_in * played.outlays[id_].sum()
                for id_, own in self.scenario.instruments.items()
            )
        )
