"""Every non-dominated outcome where all spending is all-or-nothing: an exact search of zones.

A zone is what is above a corner and covered by no known outcome (zones.py). To search it,
one layer is left out: the largest gain in that layer, with a little weight on the others, among
plans above the corner in all the others. That plan is non-dominated, and its gain bounds the layer
left out for every zone as high in the others: such zones are closed without a solve. This is the
scheme of Tamby and Vanderpooten (INFORMS Journal on Computing 33(1), 2021, pp. 72-85), with one
solve for a point in place of two: where gains are whole multiples of some step, weights below half
a step never trade the first layer for the others.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...equations.curves import Array
from ...equations.evaluate import Plan
from ...failures import SolverFailed
from ...solving.frontier_solvers import Outlook, OutlookEngine
from ...work.clock import Clock
from ...work.store import Store
from .zones import find_step, split_zones

BATCH = 4
"""Zones searched before what was found is shared, once there are many."""

MANY = 3 * BATCH

FEW_BINARIES = 150
"""Up to so many binaries a search by branching alone is quicker."""

RESOLUTION = 1e-5
"""Points, relative to max(1, range): outcomes closer than this in a layer count as equal in it."""

LEANING = 1e-3
"""Weight on the layers that are not aimed at, relative to their ranges."""

Report = Callable[[float, float, str], None]


@dataclass(frozen=True)
class ZoneQuestion:
    """A zone to search, and the layer that is left free; `is_whole`: none is."""

    corner: Array
    free: int
    is_whole: bool = False


@dataclass(frozen=True)
class Reply:
    """The plan found, if any, and a bound of the free layer's gain in the zone's shadow."""

    plan: Plan | None
    gains: Array | None
    bound: float
    is_final: bool


class OutcomeSearch:
    """The search for all non-dominated outcomes of an outlook; gains in points."""

    def __init__(self, outlook: Outlook, workers: int, clock: Clock, store: Store) -> None:
        self.outlook, self.clock, self.store = outlook, clock, store
        self.engines = [OutlookEngine(outlook) for _ in range(workers)]
        if len(outlook.integers) <= FEW_BINARIES:
            for engine in self.engines:
                if engine.mixed is not None:
                    engine.mixed.skip_heuristics()
        self.count = len(outlook.layers)
        self.plans: list[Plan] = []
        self.gains = np.zeros((0, self.count))
        self.shadows: list[tuple[int, Array, float]] = []
        self.solves = 0
        self.linear_solves = 0
        self.ideal = np.full(self.count, np.inf)
        self.range = np.ones(self.count)
        self.step = np.full(self.count, RESOLUTION)
        self.leaning = np.full((self.count, self.count), LEANING)
        self.corners = outlook.lower[None, :] - 1.0

    @property
    def is_complete(self) -> bool:
        return not len(self.corners)

    def run(self, report: Report | None = None) -> None:
        """Searches zones until none is left or the clock has run out."""
        self._find_ideal()
        while len(self.corners) and not self.clock.is_over:
            questions = self._pick()
            if not questions:
                break
            for question, reply in zip(questions, self._ask_all(questions), strict=True):
                self._take(question, reply)
            if report:
                found, left = len(self.plans), len(self.corners)
                report(found, found + left, f"{found} outcomes, {left} zones left")

    # The scale of things ----------------------------------------------------------------------

    def _find_ideal(self) -> None:
        """The largest gain in each layer by the relaxation: no zone goes beyond it."""
        engine = self.engines[0]
        start = self.corners[0]
        for at in range(self.count):
            above = engine.relax(start, np.eye(self.count)[at], None)
            self.linear_solves += 1
            if above is None:
                raise SolverFailed("the relaxation of what has a plan was said to have none")
            self.ideal[at] = above.bound
        self.range = np.maximum(self.ideal - start, 1e-6)
        steps = self._find_steps()
        for at in range(self.count):
            resolution = RESOLUTION * max(1.0, self.range[at] - 1.0)
            self.step[at] = steps[at] / 2 if steps[at] > 2 * resolution else resolution
            others = np.delete(self.range, at).sum()
            is_exact = steps[at] > 2 * resolution
            tiny = 0.25 * steps[at] / max(others, 1e-9)
            lean = np.minimum(tiny, 1.0) if is_exact else LEANING * self.range[at] / self.range
            self.leaning[at] = lean
            self.leaning[at, at] = 1.0

    def _find_steps(self) -> Array:
        """The step of which all gains in a layer are multiples; 0 where there is none known.

        Where every effect is linear, no effects interact and leads are their own worth, a gain is
        a sum of parts, one for each funded year.
        """
        scenario, evaluator = self.outlook.scenario, self.outlook.compiled.evaluator
        found = np.zeros(self.count)
        for at, layer in enumerate(self.outlook.layers):
            own = scenario.layers[layer]
            effects = [e for e in scenario.effects.values() if e.layer == layer]
            responses = {
                id_: evaluator.responses[id_]
                for id_, e in scenario.effects.items()
                if e.layer == layer
            }
            mixes = any(n.layer == layer and n.points for n in scenario.interactions.values())
            if own.worth is not None or mixes or not effects:
                continue
            if any(response.curve != "linear" for response in responses.values()):
                continue
            parts: dict[tuple[str, int], float] = {}
            for id_, response in responses.items():
                points = scenario.effects[id_].points
                per_bn = points * (evaluator.shares @ evaluator.kernels[response])
                per_bn = per_bn / (response.scale or 1.0)
                most = scenario.instruments[response.instrument].max_per_year
                for year, value in enumerate((per_bn * most).tolist()):
                    key = (response.instrument, year)
                    parts[key] = parts.get(key, 0.0) + value
            found[at] = find_step(np.array(list(parts.values())))
        return found

    # Zones ------------------------------------------------------------------------------------

    def _pick(self) -> list[ZoneQuestion]:
        """The zones whose shadows are largest, each with the layer to leave free."""
        self._close()
        if not len(self.corners):
            return []
        room = np.maximum(self.ideal - self.corners, 1e-12) / self.range
        shadow = room.prod(axis=1, keepdims=True) / room
        wanted = BATCH if len(self.corners) > MANY else 1
        questions = []
        order = np.argsort(-shadow.max(axis=1), kind="stable")
        for zone in order[:wanted]:
            free = int(shadow[zone].argmax())
            questions.append(ZoneQuestion(self.corners[zone], free))
        return questions

    def _close(self) -> None:
        """Drops the zones that are proven empty."""
        is_open = (self.corners < self.ideal - self.step / 2).all(axis=1)
        self.corners = self.corners[is_open]
        for free, shadow, bound in self.shadows:
            if not len(self.corners):
                break
            higher = self.corners >= shadow - 1e-12
            higher[:, free] = self.corners[:, free] + self.step[free] > bound
            self.corners = self.corners[~higher.all(axis=1)]
        self.shadows = self.shadows[-500:]

    def _ask_all(self, questions: list[ZoneQuestion]) -> list[Reply]:
        count = min(len(self.engines), len(questions))

        def some(at: int) -> list[Reply]:
            return [self._ask(self.engines[at], one) for one in questions[at::count]]

        with self.store.batch(), ThreadPoolExecutor(count) as pool:
            if count == 1:
                return some(0)
            parts = list(pool.map(some, range(count)))
        return [parts[at % count][at // count] for at in range(len(questions))]

    def _ask(self, engine: OutlookEngine, question: ZoneQuestion) -> Reply:
        """The plan with the largest gain in the free layer above a corner in the others."""
        free, compiled = question.free, self.outlook.compiled
        least = question.corner + self.step
        if not question.is_whole:
            least[free] = -np.inf
        weights = self.leaning[free]
        asked = f"above {self.outlook.question} {least.tolist()} {weights.tolist()}"

        def solve() -> dict[str, Any]:
            bound, values, is_final = engine.search(least, weights, 0.0, 1.0, self.clock.left)
            plan = None if values is None else compiled.read_plan(values)
            kept = (
                None
                if plan is None
                else {i: {str(t): bn for t, bn in years.items()} for i, years in plan.items()}
            )
            bound = float(np.nan_to_num(bound, posinf=1e300, neginf=-1e300))
            return {"plan": kept, "bound": bound, "final": is_final}

        answer = self.store.ask(asked, solve)
        self.solves += 1
        others = np.delete(np.arange(self.count), free)
        bound = answer["bound"] - float(weights[others] @ least[others])
        if answer["plan"] is None:
            bound = bound if answer["bound"] < 1e299 else np.inf
            return Reply(None, None, bound if answer["final"] else np.inf, answer["final"])
        read = {i: {int(t): bn for t, bn in y.items()} for i, y in answer["plan"].items()}
        plan = self.outlook.drop_idle(read)
        return Reply(plan, self.outlook.gains_of(plan), bound, answer["final"])

    def _take(self, question: ZoneQuestion, reply: Reply) -> None:
        """Takes in a plan and what its solve proves of other zones."""
        if not reply.is_final:
            return
        if not question.is_whole:
            shadow = question.corner.copy()
            self.shadows.append((question.free, shadow, reply.bound))
        if reply.gains is not None:
            self._add(reply)
        zone = (self.corners == question.corner).all(axis=1)
        if not zone.any():
            return
        if question.is_whole or reply.gains is None:
            self.corners = self.corners[~zone]
            return
        self._close()
        zone = (self.corners == question.corner).all(axis=1)
        if zone.any() and not self.clock.is_over:
            whole = ZoneQuestion(question.corner, question.free, is_whole=True)
            self._take(whole, self._ask(self.engines[0], whole))

    def _add(self, reply: Reply) -> None:
        gains = reply.gains
        if gains is None or reply.plan is None:
            return
        if len(self.gains) and (np.abs(self.gains - gains) <= self.step / 2).all(axis=1).any():
            return
        self.plans.append(reply.plan)
        self.gains = np.vstack([self.gains, gains])
        self.corners = split_zones(self.corners, gains)
