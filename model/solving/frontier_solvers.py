"""What HiGHS answers about a corner of the space of outcomes: the best plan above it.

One live model each for the relaxation, for decisions that are kept and for the mixed program; a
corner is the least that each layer's column may be, changed in place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ...inputs.scenario import Scenario
from ..equations.curves import Array
from ..equations.evaluate import Plan, Played
from ..equations.limits import TOLERANCE, find_worst
from .canonical import list_shorter_runs
from .compiled import Compiled
from .live import Basis, Live
from .portfolios import Portfolio

IDLE = 1e-9
"""Points: a programme without which no outcome falls by more is idle."""


@dataclass(frozen=True)
class Above:
    """The relaxation's answer for a corner: its bound, its decisions rounded, its basis."""

    bound: float
    rounded: Array
    start: Basis


class Outlook:
    """A compiled scenario with the layers asked about, and the floors of all layers."""

    def __init__(
        self, scenario: Scenario, layers: Sequence[str], floors: Mapping[str, float]
    ) -> None:
        self.scenario = scenario
        self.compiled = Compiled(scenario)
        self.layers = tuple(layers)
        live = self.compiled.live
        self.columns = {layer: self.compiled.outcome_gain.get(layer) for layer in scenario.layers}
        self.integers = live.matrices.integers
        self.baseline = self.compiled.baseline.outcome
        self.floors = {layer: z - self.baseline[layer] for layer, z in floors.items()}
        lower, _ = self.compiled.box
        self.lower = np.array(
            [
                max(float(lower[at]), self.floors.get(layer, -np.inf))
                for at, layer in enumerate(scenario.layers)
                if layer in self.layers
            ]
        )
        order = [layer for layer in scenario.layers if layer in self.layers]
        self.lower = self.lower[[order.index(layer) for layer in self.layers]]
        self.is_all_or_nothing = all(own.all_or_nothing for own in scenario.instruments.values())
        self.question = f"{self.layers} {self.floors}"

    def raise_floor(self, live: Live, layer: str, lower: float) -> bool:
        """Lets a layer gain no less than so much; False if nothing moves it that far."""
        at = self.columns[layer]
        if at is None:
            return lower <= IDLE
        column = np.array([at], dtype=np.int32)
        upper = live.upper[column]
        live.set_bounds(column, np.minimum(np.maximum(live.lower[column], lower), upper), upper)
        return True

    def gains_of(self, plan: Plan) -> Array:
        """What a plan gains in the layers asked about, as the evaluator plays it."""
        outcome = self.compiled.evaluator.outcome_of(plan)
        return np.array([outcome[layer] - self.baseline[layer] for layer in self.layers])

    def drop_idle(self, plan: Plan) -> Plan:
        """The plan without on/off programmes that do nothing for the layers asked about."""
        played = self.compiled.evaluator.play(plan)
        idle = [i for i in plan if i in self.scenario.on_off and self._is_idle(i, played)]
        kept = plan
        gains = {layer: z - self.baseline[layer] for layer, z in played.outcome.items()}
        for i in reversed(idle):
            for without in list_shorter_runs(self.compiled, kept, i):
                now = self._all_gains(without)
                if any(now[layer] < gains[layer] - IDLE for layer in self.layers):
                    continue
                if any(now[layer] < floor for layer, floor in self.floors.items()):
                    continue
                if find_worst(self.scenario, self.compiled.evaluator.play(without)) <= TOLERANCE:
                    kept = without
                    break
        return kept

    def _is_idle(self, instrument: str, played: Played) -> bool:
        """Whether no effect of an instrument on the layers asked about has any reach."""
        scenario = self.scenario
        counted = {e for e, own in scenario.effects.items() if own.layer in self.layers}
        for own in scenario.interactions.values():
            if own.layer in self.layers:
                counted.update(own.between)
        return all(
            not played.reach[e].any()
            for e in counted
            if scenario.effects[e].instrument == instrument
        )

    def _all_gains(self, plan: Plan) -> dict[str, float]:
        outcome = self.compiled.evaluator.outcome_of(plan)
        return {layer: z - self.baseline[layer] for layer, z in outcome.items()}


class OutlookEngine:
    """One worker's own solvers over an outlook."""

    def __init__(self, outlook: Outlook) -> None:
        self.outlook = outlook
        matrices = outlook.compiled.live.matrices
        self.relaxed, self.held = Live(matrices), Live(matrices)
        self.mixed = Live(matrices) if len(matrices.integers) else None
        for live in (self.relaxed, self.held):
            live.relax_columns(matrices.integers)
        for one in (self.relaxed, self.held, self.mixed):
            if one is not None:
                for layer, floor in outlook.floors.items():
                    outlook.raise_floor(one, layer, floor)
        self.aim(self.relaxed, np.ones(len(outlook.layers)))
        self.relaxed.solve()
        # Each linear solve starts from one saved basis: an answer depends on its question alone.
        self.start = self.relaxed.save_start()

    def stand_at(self, live: Live, corner: Array) -> None:
        """Asks for outcomes above a corner; minus infinity asks for nothing but the floors."""
        for layer, lower in zip(self.outlook.layers, corner.tolist(), strict=True):
            floor = self.outlook.floors.get(layer, -np.inf)
            self.outlook.raise_floor(live, layer, max(lower, floor, -1e9))

    def aim(self, live: Live, weights: Array) -> None:
        """Sets the costs so that minimising them maximises a weighted sum of gains."""
        terms: dict[int, float] = {}
        for layer, weight in zip(self.outlook.layers, weights.tolist(), strict=True):
            at = self.outlook.columns[layer]
            if at is not None:
                terms[at] = -weight
        live.minimise(terms)

    def relax(self, corner: Array, weights: Array, start: Basis | None) -> Above | None:
        """The relaxation above a corner; None if there is nothing."""
        self.stand_at(self.relaxed, corner)
        self.aim(self.relaxed, weights)
        self.relaxed.start_from(start or self.start)
        answer = self.relaxed.solve()
        if answer.status == "infeasible":
            return None
        rounded = np.abs(np.round(answer.known_values[self.outlook.integers]))
        return Above(-answer.bound, rounded, self.relaxed.save_start())

    def keep(
        self, decisions: Array, corner: Array, weights: Array, start: Basis | None
    ) -> Portfolio | None:
        """The best plan above a corner with decisions kept, at its least spending."""
        live, compiled = self.held, self.outlook.compiled
        live.set_bounds(live.integers, decisions, decisions)
        self.stand_at(live, corner)
        self.aim(live, weights)
        live.start_from(start or self.start)
        answer = live.solve()
        if answer.status != "optimal" or answer.values is None:
            return None
        plan = compiled.read_plan(compiled.spend_least(live, answer.values))
        if find_worst(compiled.scenario, compiled.evaluator.play(plan)) > TOLERANCE:
            return None
        return Portfolio(plan, self.outlook.gains_of(plan), decisions)

    def search(
        self, corner: Array, weights: Array, gap: float, smallest: float, left: float | None
    ) -> tuple[float, Array | None, bool]:
        """The mixed program above a corner: its bound, the best values, whether that is final.

        The bound is minus infinity if there is nothing above the corner.
        """
        live = self.mixed or self.relaxed
        self.stand_at(live, corner)
        self.aim(live, weights)
        answer = live.solve(gap, left, smallest=smallest)
        if answer.status == "infeasible":
            return -np.inf, None, True
        return -answer.bound, answer.values, answer.status == "optimal"
