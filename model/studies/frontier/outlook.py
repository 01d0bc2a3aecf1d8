"""What is asked about a corner of the space of outcomes: the best plan above it.

A corner is the least that each layer's column may be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ....inputs.scenario import Scenario
from ...equations.curves import Array
from ...equations.evaluate import Plan, Played
from ...equations.limits import TOLERANCE, find_worst
from ...solving.canonical import list_shorter_runs
from ...solving.compiled import Compiled
from ...solving.oracle import Oracle
from ...solving.portfolios import Portfolio
from ...solving.question import Answer, Changes, Question, Sides, Tolerance
from ...work.clock import Clock
from ...work.store import Store

IDLE = 1e-9
"""Points: a programme without which no outcome falls by more is idle."""


class Outlook:
    """A compiled scenario with the layers asked about, and the floors of all layers."""

    def __init__(
        self,
        scenario: Scenario,
        layers: Sequence[str],
        floors: Mapping[str, float],
        clock: Clock | None = None,
        workers: int = 1,
        store: Store | None = None,
    ) -> None:
        self.scenario = scenario
        self.compiled = Compiled(scenario)
        self.layers = tuple(layers)
        self.oracle = Oracle(self.compiled, clock, workers, store=store)
        self.oracle.expect_few_pivots()
        self.columns = {layer: self.compiled.outcome_gain.get(layer) for layer in scenario.layers}
        self.integers = self.compiled.integers
        self.baseline = self.compiled.baseline.outcome
        self.floors = {layer: z - self.baseline[layer] for layer, z in floors.items()}
        lower, _ = self.compiled.box
        least = dict(zip(scenario.layers, lower.tolist(), strict=True))
        self.lower = np.array(
            [max(least[layer], self.floors.get(layer, -np.inf)) for layer in self.layers]
        )
        self.is_all_or_nothing = all(own.all_or_nothing for own in scenario.instruments.values())

    # Questions --------------------------------------------------------------------------------

    def aim(self, weights: Array) -> dict[int, float]:
        """A weighted sum of the gains in the layers asked about, by column."""
        terms: dict[int, float] = {}
        for layer, weight in zip(self.layers, weights.tolist(), strict=True):
            at = self.columns[layer]
            if at is not None:
                terms[at] = weight
        return terms

    def stand_at(self, corner: Array) -> Changes:
        """What leaves outcomes above a corner; minus infinity asks for nothing but the floors."""
        least = dict(self.floors)
        for layer, lower in zip(self.layers, corner.tolist(), strict=True):
            least[layer] = max(lower, least.get(layer, -np.inf))
        matrices = self.compiled.matrices
        boxes: dict[int, Sides] = {}
        for layer, lower in least.items():
            at = self.columns[layer]
            if at is not None:
                upper = float(matrices.upper[at])
                boxes[at] = min(max(float(matrices.lower[at]), lower), upper), upper
        return Changes(boxes=boxes)

    def can_be_met(self, floors: Mapping[str, float]) -> bool:
        """Whether some plan meets every limit and some floors, gains in points."""
        boxes: dict[int, Sides] = {}
        for layer, least in floors.items():
            at = self.columns[layer]
            if at is None:
                if least > IDLE:
                    return False
                continue
            upper = float(self.compiled.matrices.upper[at])
            boxes[at] = min(max(float(self.compiled.matrices.lower[at]), least), upper), upper
        question = Question({}, Changes(boxes=boxes), Tolerance(1.0), needs="plan")
        return not self.oracle.ask(question).is_infeasible

    def read(self, answer: Answer) -> Portfolio | None:
        """The plan of an answer with its gains; None where it breaks a limit."""
        if answer.plan is None or answer.decisions is None:
            return None
        if find_worst(self.scenario, self.compiled.evaluator.play(answer.plan)) > TOLERANCE:
            return None
        return Portfolio(answer.plan, self.gains_of(answer.plan), answer.decisions)

    # Plans ------------------------------------------------------------------------------------

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
