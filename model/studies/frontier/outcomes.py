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
from dataclasses import dataclass

import numpy as np

from ...equations.curves import Array
from ...equations.evaluate import Plan
from ...failures import SolverFailed
from ...solving.question import Answer, Question, Tolerance
from ...work.clock import Clock
from .outlook import Outlook
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

    def __init__(self, outlook: Outlook, clock: Clock) -> None:
        self.outlook, self.clock = outlook, clock
        self.oracle = outlook.oracle
        if len(outlook.integers) <= FEW_BINARIES:
            self.oracle.branch_alone()
        self.count = len(outlook.layers)
        self.plans: list[Plan] = []
        self.gains = np.zeros((0, self.count))
        self.shadows: list[tuple[int, Array, float]] = []
        self.stuck = 0
        self.ideal = np.full(self.count, np.inf)
        self.range = np.ones(self.count)
        self.step = np.full(self.count, RESOLUTION)
        self.leaning = np.full((self.count, self.count), LEANING)
        self.corners = outlook.lower[None, :] - 1.0

    @property
    def is_complete(self) -> bool:
        return not len(self.corners) and not self.stuck

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
        start = self.corners[0]
        changes = self.outlook.stand_at(start)
        layers = np.eye(self.count)
        asked = [Question(self.outlook.aim(layer), changes, needs="bound") for layer in layers]
        for at, answer in enumerate(self.oracle.ask_all(asked)):
            if answer.is_infeasible:
                raise SolverFailed("the relaxation of what has a plan was said to have none")
            self.ideal[at] = answer.bound
        if not np.isfinite(self.ideal).all():
            return  # time ran out
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

    def _ask_all(self, zones: list[ZoneQuestion]) -> list[Reply]:
        """The plans with the largest gain in the free layer above corners in the others."""
        answers = self.oracle.ask_all([self._pose(zone) for zone in zones])
        return [self._read(*pair) for pair in zip(zones, answers, strict=True)]

    def _find_least(self, zone: ZoneQuestion) -> Array:
        """The least gains in a zone; minus infinity in the layer that is free."""
        least: Array = zone.corner + self.step
        if not zone.is_whole:
            least[zone.free] = -np.inf
        return least

    def _pose(self, zone: ZoneQuestion) -> Question:
        return Question(
            self.outlook.aim(self.leaning[zone.free]),
            self.outlook.stand_at(self._find_least(zone)),
            Tolerance(0.0, 1.0),
            needs="plan",
            straight=True,
            recalls=False,
        )

    def _read(self, zone: ZoneQuestion, answer: Answer) -> Reply:
        """The plan in an answer, without what is idle in it, and what the answer proves."""
        is_cut_short = self.clock.is_over and not answer.is_settled
        if answer.is_infeasible:
            return Reply(None, None, -np.inf, is_final=True)
        if answer.plan is None or is_cut_short:
            return Reply(None, None, np.inf, is_final=False)
        others = np.delete(np.arange(self.count), zone.free)
        least = self._find_least(zone)
        bound = answer.bound - float(self.leaning[zone.free][others] @ least[others])
        plan = self.outlook.drop_idle(answer.plan)
        return Reply(plan, self.outlook.gains_of(plan), bound, is_final=True)

    def _take(self, question: ZoneQuestion, reply: Reply) -> None:
        """Takes in a plan and what its solve proves of other zones."""
        zone = (self.corners == question.corner).all(axis=1)
        if not reply.is_final:
            if not self.clock.is_over:
                # Neither a plan nor a proof that there is none: asking again would change nothing.
                self.corners = self.corners[~zone]
                self.stuck += int(zone.any())
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
            self._take(whole, self._ask_all([whole])[0])

    def _add(self, reply: Reply) -> None:
        gains = reply.gains
        if gains is None or reply.plan is None:
            return
        if len(self.gains) and (np.abs(self.gains - gains) <= self.step / 2).all(axis=1).any():
            return
        self.plans.append(reply.plan)
        self.gains = np.vstack([self.gains, gains])
        self.corners = split_zones(self.corners, gains)
