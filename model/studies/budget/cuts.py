"""The cut list and the add list: whole programmes taken away, or added, one at a time.

Each step takes away the programme that costs fewest points per dollar, the others' spending
unchanged and no limit broken, so that what was cut is never funded again. Adding goes the other
way, within the limits at a larger budget. Each plan is held against the best one for the same
money in all: the same limits, and spending capped at what is left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from ....inputs.build import derive_scenario
from ....inputs.scenario import FUNDED_BN, Scenario
from ...equations.curves import Array
from ...equations.evaluate import Plan, relative
from ...equations.limits import TOLERANCE, find_worst
from ...solving.compiled import DUST_BN, Compiled
from ...solving.extended import Row
from ...solving.oracle import Oracle
from ...solving.question import Answer, Changes, Question, Sides, Tolerance
from ...work.clock import Clock
from ...work.store import Store
from .curve import Report
from .findings import Step

BATCH = 4
"""Steps compared before what was found is shared: a count, so that answers repeat."""

NEAR = 0.5
"""Share of the tolerance within which the best plan for the same money is proven."""

KNOWN = 4
"""Decisions tried first: those of the steps before, with a little more money."""

ADDED = 1e-6
"""Share of the gain that the best size of one more programme leaves open."""

EXACT = 1e-6
"""Points, relative to max(1, gain): what the solver's own tolerance may put on a bound."""

ROOM_BN = 1e-7
"""Added to a cap on all money, so that a plan which spends just that is not cut off."""

WORTHLESS = 1e-9
"""Points: adding what gains less is no step."""


class Freely:
    """The best plans of a scenario for so much money in all."""

    def __init__(
        self,
        scenario: Scenario,
        tolerance: float,
        gap: float,
        clock: Clock,
        workers: int = 1,
        store: Store | None = None,
    ) -> None:
        patch: dict[str, object] = {"steady": 0.0, "objective": "weighted"}
        if scenario.objective == "lexicographic":
            patch["priorities"] = None
        self.scenario = derive_scenario(scenario, patch)
        self.compiled = Compiled(self.scenario)
        self.oracle = Oracle(self.compiled, clock, workers, store=store)
        self.oracle.past = repr(self.scenario.document.get("budget"))
        self.oracle.expect_few_pivots()
        self.clock = clock
        self.tolerance = Tolerance(NEAR * tolerance if gap else 0.0)
        self.money: dict[int, float] = {}
        for i in self.scenario.instruments:
            self.money |= self.compiled.count_money(i)
        self.known: list[Array] = []
        self.is_proven = True

    def gain_of(self, plan: Plan) -> float | None:
        """What a plan gains by the evaluator; None if it breaks a limit."""
        played = self.compiled.evaluator.play(plan)
        if find_worst(self.scenario, played) > TOLERANCE:
            return None
        return played.score - self.compiled.baseline.score

    def compare(self, steps: Sequence[Step], report: Report | None = None) -> list[Step]:
        """The steps with how far each plan is behind the best one for the money it spends.

        Those that no time is left for stay as they are.
        """
        compared: list[Step] = []
        while len(compared) < len(steps) and not self.clock.is_over:
            batch = steps[len(compared) : len(compared) + BATCH]
            answers = self.oracle.ask_all([self._pose(step) for step in batch])
            compared += [self._read(*pair) for pair in zip(batch, answers, strict=True)]
            if report:
                report(len(compared), len(steps), "steps of a list compared")
        self.is_proven &= len(compared) == len(steps)
        return [*compared, *steps[len(compared) :]]

    def _pose(self, step: Step) -> Question:
        row = Row(self.money, upper=step.total + ROOM_BN)
        is_mixed = self.oracle.is_mixed
        return Question(
            self.oracle.score.terms,
            Changes(rows=(row,)),
            self.tolerance,
            needs="plan",
            known=tuple(reversed(self.known)),
            at_least=step.gain + self.tolerance.room(step.gain) if is_mixed else -np.inf,
            place=np.array([step.total]),
        )

    def _read(self, step: Step, answer: Answer) -> Step:
        if answer.decisions is not None:
            self.known = [*self.known, answer.decisions][-KNOWN:]
        gain = None if answer.plan is None else self.gain_of(answer.plan)
        best = step.gain if gain is None else max(gain, step.gain)
        bound = max(best, answer.bound)
        allowed = self.tolerance.room(best) + EXACT * max(1.0, best)
        self.is_proven &= bound - best <= allowed
        behind = best - step.gain
        return replace(
            step, behind=behind, behind_at_most=bound - step.gain, share=relative(behind, best)
        )


def count_money(scenario: Scenario, plan: Plan) -> dict[str, float]:
    """Authority with launch costs over all years, by funded instrument, $ billion."""
    return {
        i: sum(years.values()) + scenario.instruments[i].launch_cost for i, years in plan.items()
    }


def list_cuts(freely: Freely, plan: Plan) -> tuple[list[Step], str]:
    """Whole programmes taken away in turn until none can go, and why it ends there."""
    steps: list[Step] = []
    gain = freely.gain_of(plan) or 0.0
    while plan:
        money = count_money(freely.scenario, plan)
        choices = []
        for i in plan:
            without = {j: years for j, years in plan.items() if j != i}
            kept = freely.gain_of(without)
            if kept is not None:
                choices.append(((gain - kept) / money[i], i, without, kept))
        if not choices:
            names = ", ".join(plan)
            return steps, f"none of {names} can go alone: a limit demands each of them"
        _, i, plan, kept = min(choices, key=lambda choice: choice[0])
        left = sum(count_money(freely.scenario, plan).values())
        steps.append(Step(i, money[i], gain - kept, kept, left))
        gain = kept
    return steps, "nothing is left"


def list_adds(freely: Freely, plan: Plan, price: float) -> tuple[list[Step], str]:
    """Whole programmes added in turn, most points per dollar first, and why it ends there.

    `freely` has the limits at the larger budget. An amount that may be chosen is added as long as
    a dollar more gains at least `price` points per $ billion.
    """
    steps: list[Step] = []
    gain = freely.gain_of(plan)
    if gain is None:
        return steps, "the plan of today breaks a limit at the larger budget"
    outside = [i for i in freely.scenario.instruments if i not in plan]
    while outside:
        if freely.clock.is_over:
            freely.is_proven = False
            return steps, "time ran out"
        choices = []
        for i, added in zip(outside, add_programmes(freely, plan, outside, price), strict=True):
            got = None if added is None else freely.gain_of(added)
            if added is not None and got is not None and got > gain + WORTHLESS:
                money = count_money(freely.scenario, added)[i]
                choices.append((-(got - gain) / money, i, added, got))
        if not choices:
            names = ", ".join(outside)
            return steps, f"adding any of {names} breaks a limit or gains too little"
        _, i, plan, got = min(choices, key=lambda choice: choice[0])
        spent = count_money(freely.scenario, plan)
        steps.append(Step(i, spent[i], got - gain, got, sum(spent.values())))
        gain = got
        outside.remove(i)
    return steps, "every programme is funded"


def add_programmes(
    freely: Freely, plan: Plan, instruments: Sequence[str], price: float
) -> list[Plan | None]:
    """The plan with each of some programmes added at its best size; None where that adds nothing.

    Programmes are added one at a time.
    """
    answers = freely.oracle.ask_all([pose_addition(freely, plan, i, price) for i in instruments])
    return [read_addition(freely, plan, *pair) for pair in zip(instruments, answers, strict=True)]


def pose_addition(freely: Freely, plan: Plan, instrument: str, price: float) -> Question:
    """What one more programme gains, all others as they are."""
    compiled = freely.compiled
    boxes: dict[int, Sides] = {}
    for (i, t), at in compiled.authority.items():
        if i != instrument:
            amount = plan.get(i, {}).get(t, 0.0)
            boxes[at] = amount, amount
    for (i, t), at in compiled.on.items():
        if i != instrument:
            is_on = float(plan.get(i, {}).get(t, 0.0) > FUNDED_BN)
            boxes[at] = is_on, is_on
    terms = dict(freely.oracle.score.terms)
    if not compiled.scenario.instruments[instrument].all_or_nothing:
        terms |= {at: -price for (i, _), at in compiled.authority.items() if i == instrument}
    return Question(terms, Changes(boxes=boxes), Tolerance(ADDED), needs="plan", straight=True)


def read_addition(freely: Freely, plan: Plan, instrument: str, answer: Answer) -> Plan | None:
    """The plan with a programme as an answer has it; None where it has none of it."""
    if answer.plan is None:
        return None
    spent: Mapping[int, float] = answer.plan.get(instrument, {})
    if max(spent.values(), default=0.0) <= max(FUNDED_BN, DUST_BN):
        return None
    return {
        i: spent if i == instrument else plan[i]
        for i in freely.scenario.instruments
        if i == instrument or i in plan
    }
