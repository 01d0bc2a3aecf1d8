"""The cut list and the add list: whole programmes taken away, or added, one at a time.

Each step takes away the programme that costs fewest points per dollar, the others' spending
unchanged and no limit broken, so that what was cut is never funded again. Adding goes the other
way, within the limits at a larger budget. Each plan is held against the best one for the same
money in all: the same limits, and spending capped at what is left.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ....inputs.build import derive_scenario
from ....inputs.scenario import FUNDED_BN, Scenario
from ...equations.curves import Array
from ...equations.evaluate import SMALLEST_GAIN, Plan, relative
from ...equations.limits import TOLERANCE, find_worst
from ...solving.compiled import DUST_BN, Compiled
from ...solving.live import Live
from ...solving.matrices import INFINITE
from ...work.clock import Clock
from ...work.store import Store
from .curve import SEARCHED, Report
from .findings import Step

ROOM_BN = 1e-7
"""Added to a cap on all money, so that a plan which spends just that is not cut off."""

WORTHLESS = 1e-9
"""Points: adding what gains less is no step."""


class Freely:
    """The best plan of a scenario for so much money in all."""

    def __init__(
        self, scenario: Scenario, tolerance: float, gap: float, clock: Clock, store: Store
    ) -> None:
        patch: dict[str, object] = {"steady": 0.0, "objective": "weighted"}
        if scenario.objective == "lexicographic":
            patch["priorities"] = None
        self.scenario = derive_scenario(scenario, patch)
        self.compiled = Compiled(self.scenario)
        self.score = self.compiled.list_targets()[-1]
        self.tolerance, self.gap = tolerance, gap
        self.clock, self.store = clock, store
        matrices = self.compiled.live.matrices
        self.relaxed, self.held = Live(matrices), Live(matrices)
        self.mixed = Live(matrices)
        for live in (self.relaxed, self.held):
            live.relax_columns(matrices.integers)
        terms = self._count_money()
        for live in (self.relaxed, self.held, self.mixed):
            self.row = live.add_row(terms, -INFINITE, INFINITE)
            live.minimise({at: -share for at, share in self.score.terms.items()})
        self.known: list[Array] = []
        self.solves = self.linear_solves = 0
        self.is_proven = True

    def _count_money(self) -> dict[int, float]:
        """All authority and launch costs, by column."""
        terms: dict[int, float] = {}
        for i in self.scenario.instruments:
            terms |= self.compiled.count_money(i)
        return terms

    def gain_of(self, plan: Plan) -> float | None:
        """What a plan gains by the evaluator; None if it breaks a limit."""
        played = self.compiled.evaluator.play(plan)
        if find_worst(self.scenario, played) > TOLERANCE:
            return None
        return played.score - self.compiled.baseline.score

    def find_best(self, money: float, known: float) -> tuple[float, float]:
        """The most that is gained with so much money in all: the best found, and its bound.

        `known`: what some plan for that money gains. A mixed program is solved only where the
        relaxation and known decisions leave more open than half the tolerance.
        """
        for live in (self.relaxed, self.held, self.mixed):
            live.set_row(self.row, -INFINITE, money + ROOM_BN)
        answer = self.relaxed.solve()
        self.linear_solves += 1
        bound, best = -answer.bound, known
        integers = self.relaxed.integers
        if not len(integers):
            return max(best, bound), max(best, bound)
        near = self.gap * 0.5 if self.gap == 0 else 0.5 * self.tolerance
        tries = [np.abs(np.round(answer.known_values[integers])), *reversed(self.known)]
        for decisions in tries:
            if bound - best <= near * max(best, SMALLEST_GAIN):
                return best, max(best, bound)
            best = max(best, self._keep(decisions))
        if bound - best <= near * max(best, SMALLEST_GAIN) or self.clock.is_over:
            self.is_proven &= bound - best <= near * max(best, SMALLEST_GAIN)
            return best, max(best, bound)
        limits = self.scenario.document.get("budget"), self.gap, self.tolerance
        found = self.store.ask(f"freely {money!r} {limits!r}", self._search)
        self.solves += 1
        if found["on"] is not None:
            decisions = np.zeros(len(integers))
            decisions[found["on"]] = 1.0
            self.known = [*self.known, decisions][-4:]
            best = max(best, self._keep(decisions))
        self.is_proven &= bool(found["final"])
        return best, max(best, min(bound, float(found["bound"])))

    def _search(self) -> dict[str, object]:
        gap = min(self.gap, SEARCHED * self.tolerance)
        answer = self.mixed.solve(gap, self.clock.left, smallest=SMALLEST_GAIN)
        found = None if answer.values is None else answer.values[self.mixed.integers]
        decisions = None if found is None else np.flatnonzero(found > 0.5).tolist()
        bound = -answer.bound if np.isfinite(answer.bound) else INFINITE
        return {"bound": bound, "on": decisions, "final": answer.status == "optimal"}

    def _keep(self, decisions: Array) -> float:
        """What is gained with decisions kept and amounts chosen anew; minus infinity if nothing."""
        self.held.set_bounds(self.held.integers, decisions, decisions)
        answer = self.held.solve()
        self.linear_solves += 1
        if answer.status != "optimal" or answer.values is None:
            return -np.inf
        gain = self.gain_of(self.compiled.read_plan(answer.values))
        return -np.inf if gain is None else gain


def count_money(scenario: Scenario, plan: Plan) -> dict[str, float]:
    """Authority with launch costs over all years, by funded instrument, $ billion."""
    return {
        i: sum(years.values()) + scenario.instruments[i].launch_cost for i, years in plan.items()
    }


def list_cuts(
    freely: Freely, plan: Plan, report: Report | None = None
) -> tuple[tuple[Step, ...], str]:
    """Whole programmes taken away in turn until none can go, and why it ends there."""
    steps: list[Step] = []
    gain = freely.gain_of(plan) or 0.0
    count = len(plan)
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
            return tuple(steps), f"none of {names} can go alone: a limit demands each of them"
        if freely.clock.is_over:
            return tuple(steps), "time ran out"
        _, i, plan, kept = min(choices, key=lambda choice: choice[0])
        left = sum(count_money(freely.scenario, plan).values())
        steps.append(_make_step(freely, i, money[i], gain - kept, kept, left))
        gain = kept
        if report:
            report(len(steps), count, "cut list")
    return tuple(steps), "nothing is left"


def _make_step(
    freely: Freely, instrument: str, money: float, points: float, gain: float, total: float
) -> Step:
    best, bound = freely.find_best(total, gain)
    behind = max(0.0, best - gain)
    return Step(
        instrument=instrument,
        money=money,
        points=points,
        behind=behind,
        behind_at_most=max(0.0, bound - gain),
        share=relative(behind, best),
        gain=gain,
        total=total,
    )


def list_adds(
    freely: Freely, plan: Plan, price: float, report: Report | None = None
) -> tuple[tuple[Step, ...], str]:
    """Whole programmes added in turn, most points per dollar first, and why it ends there.

    `freely` has the limits at the larger budget. An amount that may be chosen is added as long as
    a dollar more gains at least `price` points per $ billion.
    """
    steps: list[Step] = []
    gain = freely.gain_of(plan)
    if gain is None:
        return (), "the plan of today breaks a limit at the larger budget"
    outside = [i for i in freely.scenario.instruments if i not in plan]
    count = len(outside)
    while outside:
        choices = []
        for i in outside:
            if freely.clock.is_over:
                return tuple(steps), "time ran out"
            added = _add_programme(freely, plan, i, price)
            got = None if added is None else freely.gain_of(added)
            if added is not None and got is not None and got > gain + WORTHLESS:
                money = count_money(freely.scenario, added)[i]
                choices.append((-(got - gain) / money, i, added, got))
        if not choices:
            names = ", ".join(outside)
            return tuple(steps), f"adding any of {names} breaks a limit or gains too little"
        _, i, plan, got = min(choices, key=lambda choice: choice[0])
        spent = count_money(freely.scenario, plan)
        total = sum(spent.values())
        steps.append(_make_step(freely, i, spent[i], got - gain, got, total))
        gain = got
        outside.remove(i)
        if report:
            report(len(steps), count, "add list")
    return tuple(steps), "every programme is funded"


def _add_programme(freely: Freely, plan: Plan, instrument: str, price: float) -> Plan | None:
    """The plan with one more programme at its best size; None if that adds nothing."""
    compiled, live = freely.compiled, freely.mixed
    live.set_row(freely.row, -INFINITE, INFINITE)
    fixed: dict[int, float] = {}
    for (i, t), at in compiled.authority.items():
        if i != instrument:
            fixed[at] = plan.get(i, {}).get(t, 0.0)
    for (i, t), at in compiled.on.items():
        if i != instrument:
            fixed[at] = float(plan.get(i, {}).get(t, 0.0) > FUNDED_BN)
    columns = np.array(list(fixed), dtype=np.int32)
    values = np.array(list(fixed.values()))
    own = compiled.scenario.instruments[instrument]
    costs = {at: -share for at, share in freely.score.terms.items()}
    if not own.all_or_nothing:
        for (i, _), at in compiled.authority.items():
            if i == instrument:
                costs[at] = price
    try:
        live.set_bounds(columns, values, values)
        live.minimise(costs)
        answer = live.solve(1e-6, freely.clock.left, smallest=SMALLEST_GAIN)
        freely.linear_solves += 1
    finally:
        live.set_bounds(columns, live.lower[columns], live.upper[columns])
        live.minimise({at: -share for at, share in freely.score.terms.items()})
    if answer.values is None:
        return None
    spent: Mapping[int, float] = compiled.read_plan(answer.values).get(instrument, {})
    if max(spent.values(), default=0.0) <= max(FUNDED_BN, DUST_BN):
        return None
    return {
        i: spent if i == instrument else plan[i]
        for i in compiled.scenario.instruments
        if i == instrument or i in plan
    }
