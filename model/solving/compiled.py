"""A scenario compiled once: its matrices in a live HiGHS, and what their columns mean."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from ...inputs.scenario import FUNDED_BN, Scenario
from ..equations.curves import Array
from ..equations.evaluate import Plan, Played
from ..equations.formulation import Formulation
from ..equations.reaches import list_segments
from ..failures import SolverFailed
from .live import Live, Matrices, compile_matrices

DUST_BN = 1e-7
"""Spending below this is the solver's rounding."""


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
    """A scenario compiled once, ready to be solved; all values in points and $ billion.

    With `fixed_money` its limits on spending must stay as they are.
    """

    def __init__(self, scenario: Scenario, fixed_money: bool = False) -> None:
        self.scenario = scenario
        self.formulation = Formulation(scenario, fixed_money)
        self.evaluator = self.formulation.evaluator
        self.live = Live(compile_matrices(self.formulation))
        self.baseline = self.evaluator.play_nothing()
        model = self.formulation.model
        self.authority = {
            cell: at
            for cell, variable in model.authority.items()
            if (at := self.live.column(variable)) is not None
        }
        self.on = {
            cell: at
            for cell, variable in model.on.items()
            if (at := self.live.column(variable)) is not None
        }
        self.filled = {
            piece: at
            for piece, variable in model.filled.items()
            if (at := self.live.column(variable)) is not None
        }
        self.filled_columns = np.array(list(self.filled.values()), dtype=np.int32)

    @property
    def box(self) -> tuple[Array, Array]:
        """The least and the most that can be gained in each layer, in points."""
        gains = [self.formulation.model.outcome_gain[layer] for layer in self.scenario.layers]
        lower = np.array([float(gain.lb) for gain in gains])
        return lower, np.array([float(gain.ub) for gain in gains])

    # Targets ----------------------------------------------------------------------------------

    def list_targets(self) -> list[Target]:
        """The objectives in turn; the score is the last."""
        scenario, model = self.scenario, self.formulation.model
        weights = scenario.weights
        targets = []
        if scenario.objective == "weakest_layer":
            at = self.live.column(model.weakest)
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
        outcome_gain = self.formulation.model.outcome_gain
        terms = {}
        for layer, share in shares.items():
            at = self.live.column(outcome_gain[layer])
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
        scenario = self.scenario
        plan: dict[str, dict[int, float]] = {}
        for (i, t), at in self.authority.items():
            amount = round(float(values[at]), 9)
            own = scenario.instruments[i]
            if i in scenario.on_off:
                is_on = (i, t) in self.on and values[self.on[i, t]] > 0.5
                least = scenario.least_when_funded(i)
                amount = min(max(amount, least), own.max_per_year) if is_on else 0.0
            amount = min(amount, own.max_per_year)
            if amount > DUST_BN:
                plan.setdefault(i, {})[t] = amount
        return {
            i: plan[i]
            for i in scenario.instruments
            if i in plan and max(plan[i].values()) > FUNDED_BN
        }

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
        return self.live.matrices.narrow(closed, [run for run in runs if run])

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
        first = self.formulation.scored[0]
        groups = {group.name: group for group in self.formulation.groups}
        for (g, t, k), at in self.filled.items():
            group = groups[g]
            kernel = self.evaluator.kernels[group.response][t - first]
            stock = float(kernel @ authority[group.response.instrument]) / group.unit
            segment = list_segments(group, float(group.most[t - first]))[k]
            decided[at] = float(stock >= segment.begins + segment.width - DUST_BN)
        return decided

    def decisions_of(self, plan: Plan) -> Array:
        """The integer columns as a plan has them."""
        return self.decide(np.zeros(self.live.column_count), plan)[self.live.integers]

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

    def solve_linear(self, known: Array) -> Array:
        """Values of the linear program left once decisions are fixed.

        `known` is feasible up to rounding; it is the answer where tolerances leave no other.
        """
        try:
            answer = self.live.solve()
        except SolverFailed:
            return known
        return known if answer.status != "optimal" or answer.values is None else answer.values
