"""A scenario with some figures changed: its best plan and bound, beside the plan kept.

Most variants need no mixed solve: the linear relaxation bounds what any plan can gain, and the
decisions of the plan at hand with all amounts chosen anew reach it within the tolerance.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...inputs.build import build_scenario, derive_scenario
from ...inputs.complaint import InputError
from ...inputs.scenario import FUNDED_BN, Scenario
from ..equations.curves import Array
from ..equations.evaluate import SMALLEST_GAIN, Evaluator, Plan, relative
from ..equations.limits import TOLERANCE, find_worst
from ..failures import SolverFailed
from .compiled import Compiled
from .matrices import INFINITE
from .refigured import Refigured

SAME_SET_ROOM = 1e-3
"""$ billion that an instrument which must be funded spends at least."""


@dataclass(frozen=True)
class VariantBest:
    """The best plan found of a variant, its gain, and a proven bound of the gain."""

    plan: Plan
    gain: float
    bound: float


def strip(scenario: Scenario) -> dict[str, Any]:
    """The document that variants are derived from: one world, never steadied."""
    left_out = ("futures", "stakeholders", "steady")
    return {key: value for key, value in scenario.document.items() if key not in left_out}


class Variants:
    """Answers variants of one scenario, one at a time, each by its own patch alone."""

    def __init__(self, shared: Mapping[str, Any]) -> None:
        self.scenario = build_scenario(dict(shared["document"]), {}, str(shared["name"]))
        self.gap = float(shared["gap"])
        self.plan: Plan = read_plan(shared.get("plan") or {})
        self.refigured = Refigured(self.scenario)

    def answer(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """What a variant's best plan gains, what the plan at hand gains there, what is funded."""
        patch = record["patch"]
        try:
            scenario = derive_scenario(self.scenario, patch)
        except InputError as error:
            return {"status": "invalid", "why": str(error)}
        evaluator = Evaluator(scenario)
        baseline = evaluator.play_nothing().score
        kept = self._keep(scenario, evaluator, baseline)
        compiled = self.refigured.compile(scenario, evaluator, patch)
        best = Asked(compiled, self.gap).find_best(self.plan)
        if best is None:
            return {"status": "infeasible", "kept": kept}
        funded = list_funded(best.plan)
        told = {
            "status": "optimal"
            if relative(best.bound - best.gain, best.gain) <= self.gap
            else "feasible",
            "gain": best.gain,
            "bound": best.bound,
            "kept": kept,
            "funded": [i for i in scenario.instruments if i in funded],
            "totals": add_up(scenario, evaluator, best.plan),
            "plan": {i: {str(t): bn for t, bn in own.items()} for i, own in best.plan.items()},
        }
        if record.get("held") is not None:
            held = set(record["held"])
            told["held"] = best.gain if funded == held else self._hold(compiled, held)
        return told

    def _keep(self, scenario: Scenario, evaluator: Evaluator, baseline: float) -> float | None:
        """The gain of the plan at hand; None where it breaks a limit."""
        if not self.plan:
            return None
        played = evaluator.play(self.plan)
        broken = find_worst(scenario, played) > TOLERANCE
        return None if broken else played.score - baseline

    def _hold(self, compiled: Compiled, held: set[str]) -> float | None:
        """The best gain of plans that fund the same instruments; None if there is none."""
        best = Asked(compiled, self.gap, held).find_best(self.plan)
        return None if best is None else best.gain


class Asked:
    """One question to a compiled variant; with `held`, only plans that fund just these."""

    def __init__(self, compiled: Compiled, gap: float, held: set[str] | None = None) -> None:
        self.compiled, self.gap, self.held = compiled, gap, held
        self.live = compiled.live
        self.target = compiled.make_target("score", compiled.scenario.weights)

    def find_best(self, known: Plan) -> VariantBest | None:
        """The best plan; `known` is one whose decisions are tried first. None if infeasible."""
        rows = self.live.row_count
        try:
            if self.held is not None:
                hold_set(self.compiled, self.held)
            return self._find_best(known)
        finally:
            release_set(self.compiled, rows)

    def _find_best(self, known: Plan) -> VariantBest | None:
        live, compiled = self.live, self.compiled
        compiled.maximise(self.target)
        live.relax_columns(live.integers)
        live.has_start = False
        relaxed = live.solve()
        if relaxed.status == "infeasible":
            return None
        bound = -relaxed.bound
        if not len(live.integers):
            return self._finish(self._spend_least(relaxed.known_values), bound)
        best = self._fix(self.compiled.decisions_of(known)) if known else None
        if best is None or not self._is_close(best, bound):
            rounded = self._fix(np.round(relaxed.known_values[live.integers]))
            best = self._better(best, rounded)
        if best is None or not self._is_close(best, bound):
            live.free_columns(live.integers)
            start = None if best is None else np.round(best[live.integers])
            answer = live.solve(self.gap, smallest=SMALLEST_GAIN, decisions=start)
            if answer.status == "infeasible" and best is None:
                return None
            if answer.status != "infeasible":
                bound = min(bound, -answer.bound)
            if answer.values is not None:
                found = self._fix(np.round(answer.values[live.integers]))
                best = self._better(best, answer.values if found is None else found)
        if best is None:
            raise SolverFailed("HiGHS gave no plan, and did not say that there is none")
        live.fix_columns(live.integers, np.round(best[live.integers]))
        return self._finish(self._spend_least(best), bound)

    def _fix(self, decisions: Array) -> Array | None:
        """The best values under some decisions, or None."""
        self.live.fix_columns(self.live.integers, decisions)
        self.live.has_start = False
        try:
            answer = self.live.solve()
        except SolverFailed:
            return None
        return answer.values if answer.status == "optimal" else None

    def _better(self, one: Array | None, other: Array | None) -> Array | None:
        found = [values for values in (one, other) if values is not None]
        return max(found, key=self.target.value, default=None)

    def _is_close(self, values: Array, bound: float) -> bool:
        gain = self.target.value(values)
        return relative(bound - gain, gain) <= self.gap

    def _spend_least(self, values: Array) -> Array:
        """Of the values that tie under the same decisions, those that spend least."""
        live = self.live
        live.has_start = False
        answer = live.solve()
        if answer.status != "optimal" or answer.values is None:
            return values
        return self.compiled.spend_least(live, answer.values)

    def _finish(self, values: Array, bound: float) -> VariantBest:
        compiled = self.compiled
        plan = compiled.read_plan(values)
        played = compiled.evaluator.play(plan)
        if find_worst(compiled.scenario, played) > TOLERANCE:
            raise SolverFailed(f"the plan found breaks a limit by more than {TOLERANCE:g}")
        gain = played.score - compiled.baseline.score
        return VariantBest(plan, gain, max(bound, gain))


def hold_set(compiled: Compiled, held: Collection[str]) -> None:
    """Bans all others, and has each of these funded at some time, until `release_set`."""
    live = compiled.live
    others = [at for (i, _), at in compiled.authority.items() if i not in held]
    at = np.array(others, dtype=np.int32)
    live.set_bounds(at, np.zeros(len(at)), np.zeros(len(at)))
    for i in sorted(held):
        own = {at: 1.0 for (j, _), at in compiled.authority.items() if i == j}
        live.add_row(own, SAME_SET_ROOM, INFINITE)


def release_set(compiled: Compiled, rows: int) -> None:
    """Gives back all bounds and decisions, and takes away the rows beyond so many."""
    live = compiled.live
    live.drop_rows_from(rows)
    at = np.array(list(compiled.authority.values()), dtype=np.int32)
    live.set_bounds(at, live.lower[at], live.upper[at])
    live.free_columns(live.integers)


def list_funded(plan: Plan) -> set[str]:
    """The instruments that a plan funds."""
    return {i for i, own in plan.items() if any(bn > FUNDED_BN for bn in own.values())}


def add_up(scenario: Scenario, evaluator: Evaluator, plan: Plan) -> dict[str, float]:
    """Authority with launch costs over all years by instrument, $ billion."""
    played = evaluator.play(plan)
    totals = {
        i: float(played.authority[i].sum() + played.launch_costs[i].sum())
        for i in scenario.instruments
    }
    return {i: total for i, total in totals.items() if total > 0}


def read_plan(told: Mapping[str, Mapping[str, float]]) -> Plan:
    """A plan with its years as numbers."""
    return {i: {int(t): float(bn) for t, bn in own.items()} for i, own in told.items()}


@functools.lru_cache(maxsize=1)
def open_variants(shared: str) -> Variants:
    """The one compiled scenario that a worker keeps at hand."""
    return Variants(json.loads(shared))


def answer_variant(shared: str, record: str) -> dict[str, Any]:
    """A task for `fan_out`: the scenario and the plan at hand, and one patch."""
    return open_variants(shared).answer(json.loads(record))
