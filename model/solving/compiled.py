"""A scenario compiled once: its matrices in a live HiGHS, and what their columns mean."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ...inputs.scenario import FUNDED_BN, Scenario
from ..equations import recorder
from ..equations.curves import Array
from ..equations.evaluate import Plan, Played
from ..equations.formulation import Formulation
from ..equations.reaches import list_segments
from ..failures import SolverFailed
from .live import Live
from .matrices import Matrices, compile_matrices, gather_matrices

DUST_BN = 1e-7
"""Spending below this is the solver's rounding."""


def clear_plan(
    scenario: Scenario, amounts: Mapping[tuple[str, int], float], is_on: Mapping[Any, bool]
) -> Plan:
    """A plan cleared of a solver's rounding: amounts by instrument and year, and which are on."""
    plan: dict[str, dict[int, float]] = {}
    for (i, t), given in amounts.items():
        amount = round(given, 9)
        most = scenario.instruments[i].max_per_year
        if i in scenario.on_off:
            least = scenario.least_when_funded(i)
            amount = min(max(amount, least), most) if is_on.get((i, t)) else 0.0
        amount = min(amount, most)
        if amount > DUST_BN:
            plan.setdefault(i, {})[t] = amount
    return {
        i: plan[i] for i in scenario.instruments if i in plan and max(plan[i].values()) > FUNDED_BN
    }


@dataclass(frozen=True)
class Target:
    """One stage: the share of each layer's gain that it maximises; the smallest gain if `weakest`.

    `terms` says the same by column, `offset` is the value of spending nothing, in points.
    """

    name: str
    shares: Mapping[str, float]
    terms: Mapping[int, float]
    offset: float
    weakest: bool = False

    def value(self, values: Array) -> float:
        """What it gains by the solver's columns, in points."""
        return float(sum(coefficient * values[at] for at, coefficient in self.terms.items()))

    def value_of(self, played: Played, baseline: Played) -> float:
        """What it gains by the evaluator, in points."""
        gains = {layer: played.outcome[layer] - baseline.outcome[layer] for layer in self.shares}
        if self.weakest:
            return min(gains.values())
        return sum(share * gains[layer] for layer, share in self.shares.items())

    def most(self, upper: Array) -> float:
        """The most it can gain within the columns' upper bounds, in points."""
        return self.value(upper)

    def keep(self, gain: float, room: float) -> float:
        """The least of a gain that later stages keep, with so much room.

        Positions must not widen the room: beside a lead of ten million it would hide ten points.

        >>> Target("score", {}, {0: 1.0}, offset=1e7).keep(3.0, 1e-6)
        2.999997
        """
        return gain - room * max(1.0, min(abs(gain), abs(self.offset + gain)))

    def ratio_to(self, other: Target) -> float | None:
        """The factor between the two if one is but the other in other units, else None."""
        if self.terms.keys() != other.terms.keys() or not self.terms:
            return None
        ratios = [self.terms[at] / other.terms[at] for at in self.terms]
        return ratios[0] if max(ratios) - min(ratios) <= 1e-12 * max(ratios) else None


class Compiled:
    """A scenario compiled once, ready to be solved; all values in points and $ billion."""

    def __init__(
        self, scenario: Scenario, like: Compiled | None = None, fixed_money: bool = False
    ) -> None:
        """`like`: another of which this one is a variant.

        A variant is written without Pyomo's objects, in the order of the other's columns and rows.
        With `fixed_money` limits on spending must stay as they are.
        """
        self.scenario = scenario
        formulation = Formulation(scenario, fixed_money, recorder if like else None)
        self.evaluator = formulation.evaluator
        self.groups = {group.name: group for group in formulation.groups}
        self.matrices: Matrices = (
            gather_matrices(formulation, like.matrices) if like else compile_matrices(formulation)
        )
        self.baseline = self.evaluator.play_nothing()
        self.integers = self.matrices.integers
        places = self.matrices.places
        self.places = places
        self.authority = places.get("authority", {})
        self.on = places.get("on", {})
        self.start = places.get("start", {})
        self.filled = places.get("filled", {})
        self.filled_columns = np.array(list(self.filled.values()), dtype=np.int32)
        self.outcome_gain = places.get("outcome_gain", {})

    @cached_property
    def live(self) -> Live:
        """The matrices in a HiGHS of its own."""
        return Live(self.matrices)

    @property
    def box(self) -> tuple[Array, Array]:
        """The least and the most that can be gained in each layer, in points."""
        lower, upper = np.zeros(len(self.scenario.layers)), np.zeros(len(self.scenario.layers))
        for number, layer in enumerate(self.scenario.layers):
            at = self.outcome_gain.get(layer)
            if at is not None:
                lower[number], upper[number] = self.matrices.lower[at], self.matrices.upper[at]
        return lower, upper

    def count_money(self, instrument: str) -> dict[int, float]:
        """Authority and launch cost of an instrument over all years, by column."""
        terms = {at: 1.0 for (i, _), at in self.authority.items() if i == instrument}
        cost = self.scenario.instruments[instrument].launch_cost
        if cost:
            terms |= {at: cost for (i, _), at in self.start.items() if i == instrument}
        return terms

    # Targets ----------------------------------------------------------------------------------

    def list_targets(self) -> list[Target]:
        """The objectives in turn; the score is the last."""
        scenario, weights = self.scenario, self.scenario.weights
        targets = []
        if scenario.objective == "weakest_layer":
            at = self.places.get("weakest", {}).get(None)
            counted = {layer: weight for layer, weight in weights.items() if weight > 0}
            terms = {at: 1.0} if at is not None else {}
            targets.append(Target("weakest_layer", counted, terms, 0.0, weakest=True))
        if scenario.objective == "lexicographic":
            for layers in scenario.priorities or ():
                total = sum(weights[layer] for layer in layers)
                shares = {
                    layer: weights[layer] / total if total else 1 / len(layers) for layer in layers
                }
                targets.append(self.make_target(" + ".join(layers), shares))
        return [*targets, self.make_target("score", weights)]

    def make_target(self, name: str, shares: Mapping[str, float]) -> Target:
        """The stage that maximises a weighted sum of outcomes."""
        terms = {}
        for layer, share in shares.items():
            at = self.outcome_gain.get(layer)
            if share and at is not None:
                terms[at] = share
        offset = sum(share * self.baseline.outcome[layer] for layer, share in shares.items())
        return Target(name, dict(shares), terms, offset)

    def maximise(self, target: Target) -> None:
        """Sets the costs so that minimising them maximises a target."""
        self.live.minimise({at: -coefficient for at, coefficient in target.terms.items()})

    # Plans ------------------------------------------------------------------------------------

    def read_plan(self, values: Array) -> Plan:
        """The spending in a solver's values, cleared of rounding."""
        amounts = {cell: float(values[at]) for cell, at in self.authority.items()}
        is_on = {cell: bool(values[at] > 0.5) for cell, at in self.on.items()}
        return clear_plan(self.scenario, amounts, is_on)

    def hold_set(self, funded: Collection[str]) -> Matrices:
        """The matrices with those plans left that fund these instruments, and no others."""
        closed = [
            at for (i, _), at in [*self.authority.items(), *self.on.items()] if i not in funded
        ]
        runs = [
            [at for (i, _), at in self.on.items() if i == instrument]
            for instrument in funded
            if instrument in self.scenario.on_off
        ]
        return self.matrices.narrow(closed, [run for run in runs if run])

    def fix_decisions(self, values: Array) -> None:
        """Holds every integer column at its rounded value: what is left is a linear program."""
        at = self.live.integers
        self.live.fix_columns(at, np.round(values[at]))

    def decide(self, values: Array, plan: Plan) -> Array:
        """The values with every integer column as a plan has it.

        On where it spends; a curve's segment filled where its stock goes beyond it.
        """
        decided = values.copy()
        for (i, t), at in self.on.items():
            decided[at] = float(plan.get(i, {}).get(t, 0.0) > FUNDED_BN)
        authority = self.evaluator.authority(plan)
        first = self.evaluator.scored[0]
        for (g, t, k), at in self.filled.items():
            group = self.groups[g]
            kernel = self.evaluator.kernels[group.response][t - first]
            stock = float(kernel @ authority[group.response.instrument]) / group.unit
            segment = list_segments(group, float(group.most[t - first]))[k]
            decided[at] = float(stock >= segment.begins + segment.width - DUST_BN)
        return decided

    def decisions_of(self, plan: Plan) -> Array:
        """The integer columns as a plan has them."""
        return self.decide(np.zeros(len(self.matrices.lower)), plan)[self.integers]

    def spend_least(self, live: Live, values: Array) -> Array:
        """Of the optima of the linear program just solved on `live`, one that spends least.

        `values` are the optimum found; they are the answer where the solver gives no other.
        """
        live.hold_face(values)
        live.minimise(dict.fromkeys(self.authority.values(), 1.0))
        try:
            cheapest = live.solve().values
        except SolverFailed:
            cheapest = None
        live.release_face()
        return values if cheapest is None else cheapest

    def solve_linear(self, known: Array, seconds: float | None = None) -> Array:
        """Values of the linear program left once decisions are fixed.

        `known` is feasible up to rounding; it is the answer where tolerances leave no other, or
        where the seconds do not suffice.
        """
        if seconds is not None and seconds <= 0:
            return known
        try:
            answer = self.live.solve(seconds=seconds)
        except SolverFailed:
            return known
        return known if answer.status != "optimal" or answer.values is None else answer.values
