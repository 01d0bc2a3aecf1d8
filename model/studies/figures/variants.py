"""A scenario with some figures changed: its best plan, and whether today's funded set still holds.

What a task gives depends on its two texts alone: one has the scenario, the plan at hand and the
plans that were good in other variants, the other a patch.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from typing import Any

from ....inputs.build import build_scenario, derive_scenario
from ....inputs.complaint import InputError
from ....inputs.scenario import Scenario
from ...equations.evaluate import Plan
from ...equations.limits import TOLERANCE, find_worst
from ...failures import SolverFailed
from ...solving.memory import Memory
from ...solving.oracle import Oracle
from ...solving.question import Tolerance, hold_set
from ...solving.trail import Trail
from ...solving.turning import hold_against

PlanRecord = dict[str, dict[str, float]]
"""A plan as JSON has it: its years are texts."""


def strip(scenario: Scenario) -> dict[str, Any]:
    """The document that variants are derived from: one world, never steadied."""
    left_out = ("futures", "stakeholders", "steady")
    return {key: value for key, value in scenario.document.items() if key not in left_out}


class Variants:
    """Answers variants of one scenario, each by its patch and by the plans that it is told of."""

    def __init__(self, base: Mapping[str, Any]) -> None:
        self.scenario = build_scenario(dict(base["document"]), {}, str(base["name"]))
        self.tolerance = Tolerance(float(base["gap"]))
        self.plan: Plan = read_plan(base.get("plan") or {})
        self.oracle = Oracle.open(self.scenario)
        self.today = hold_set(self.scenario, self.plan)
        self.known: Sequence[Plan] = ()

    def open(self, patch: Mapping[str, Any], trail: Trail | None = None) -> Oracle:
        """The oracle of a variant, perhaps one of several on a path. Raises InputError."""
        return self.oracle.vary(derive_scenario(self.scenario, patch), Memory.of(self.known), trail)

    def answer(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """What a variant's best plan gains, what the plan at hand gains there, what is funded.

        With `held`, whether every plan with today's funded set loses more than the tolerance.
        """
        try:
            oracle = self.open(record["patch"])
        except InputError as error:
            return {"status": "invalid", "why": str(error)}
        kept = self._keep(oracle)
        known = [self.plan] if self.plan else []
        if record.get("held"):
            verdict = hold_against(oracle, self.today, self.tolerance, known, needs="least")
            best, flips = verdict.best, verdict.is_beaten
        else:
            best, flips = oracle.ask(oracle.question(self.tolerance, known=known)), None
        solves = max(oracle.solves, 1)
        played = oracle.play(best)
        if played is None:
            if not best.is_infeasible:
                raise SolverFailed("HiGHS gave no plan, and did not say that there is none")
            return {"status": "infeasible", "kept": kept, "flips": flips, "solves": solves}
        return {
            "status": "optimal" if best.is_settled else "feasible",
            "gain": played.gain,
            "bound": played.bound,
            "kept": kept,
            "funded": [i for i in oracle.scenario.instruments if i in played.plan],
            "totals": {i: total for i, total in played.totals.items() if total > 0},
            "plan": write_plan(played.plan),
            "flips": flips,
            "solves": solves,
        }

    def _keep(self, oracle: Oracle) -> float | None:
        """The gain of the plan at hand; None where it breaks a limit."""
        if not self.plan:
            return None
        played = oracle.compiled.evaluator.play(self.plan)
        broken = find_worst(oracle.scenario, played) > TOLERANCE
        return None if broken else played.score - oracle.compiled.baseline.score


def write_plan(plan: Plan) -> PlanRecord:
    """A plan as JSON holds it."""
    return {i: {str(t): bn for t, bn in years.items()} for i, years in plan.items()}


def read_plan(record: Mapping[str, Mapping[str, float]]) -> Plan:
    """A plan with its years as numbers."""
    return {i: {int(t): float(bn) for t, bn in years.items()} for i, years in record.items()}


@functools.lru_cache(maxsize=1)
def compile_base(base: str) -> Variants:
    """The one compiled scenario that a worker keeps at hand."""
    return Variants(json.loads(base))


@functools.lru_cache(maxsize=1)
def open_variants(shared: str) -> Variants:
    """The scenario, told of the plans that its batch of questions may know."""
    told = json.loads(shared)
    variants = compile_base(told["base"])
    variants.known = [read_plan(plan) for plan in told["known"]]
    return variants


def answer_variant(shared: str, record: str) -> dict[str, Any]:
    """A task for `fan_out`: the scenario and what is known, and one patch."""
    return open_variants(shared).answer(json.loads(record))
