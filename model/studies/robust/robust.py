"""One plan for several futures: the best by a criterion, as one extensive form.

1. Each future is solved on its own: its own best, and a bound that no plan for all can pass.
2. The plan of the scenario without futures is kept in each until it is known: what it is worth to
   think of futures at all is told against it.
3. For each criterion the joint model: its linear relaxation for a bound; the decisions of the
   plans known so far with all amounts chosen anew; where the two do not meet, the mixed program,
   begun from the best of them.
4. Ties go to the larger expected gain, then to the least spending.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ....inputs.build import build_scenario, derive_scenario
from ....inputs.complaint import InputError
from ....inputs.scenario import Scenario
from ...equations.evaluate import SMALLEST_GAIN, Plan, relative
from ...equations.limits import TOLERANCE, find_worst
from ...failures import Infeasible, SolverFailed
from ...solving.canonical import TIE_TOLERANCE
from ...solving.compiled import DUST_BN, Compiled
from ...solving.criteria import CRITERIA, Criterion, expect
from ...solving.extensive import Extensive, find_groups_of_futures, refuse_known_figures
from ...solving.joint import Joint
from ...solving.stages import STAGE_TOLERANCE, Solving
from ...solving.variants import read_plan
from ...work.clock import Clock
from ...work.fan_out import Crew, fan_out
from .findings import InFuture, Robustness, RobustPlan

ROOM_BN = 1e-6
"""A plan that is kept may differ by as much: it is told in thousands of dollars."""


@dataclass
class Own:
    """What one future would do had it been known: its best gain, the proven bound, and the plan."""

    gain: float
    bound: float
    plan: Plan


def decide_robustly(
    scenario: Scenario,
    criterion: str = "expected",
    alpha: float = 0.2,
    gap: float | None = None,
    crew: Crew | None = None,
) -> Robustness:
    """The plan by a criterion, those by all others beside it, and the worth of knowing.

    `gap` of None means 1e-4, and 1e-3 in a large joint model. The crew solves each future on its
    own; the joint model is one solver's work. Raises InputError without futures or
    where they change what shared spending rests on, Infeasible, and SolverFailed.
    """
    if scenario.objective != "weighted":
        message = (
            f"'{scenario.objective}' has stages, and futures are compared by the score; "
            "give --set objective=weighted"
        )
        raise InputError.of("objective", message)
    if not scenario.futures:
        message = "the scenario has none; give it two or more, each with a probability"
        raise InputError.of("futures", message)
    worlds = {id_: make_world(scenario, id_) for id_ in scenario.futures}
    refuse_known_figures(scenario, worlds)
    study = Study(scenario, worlds, alpha, gap, crew or Crew())
    return study.run(criterion)


def make_world(scenario: Scenario, future: str | None) -> Scenario:
    """The scenario as one future has it, or as it is without any; never steadied."""
    plain = {"futures": None, "stakeholders": None, "steady": 0.0}
    change = scenario.futures[future].change if future else {}
    name = f"{scenario.name}, future {future}" if future else scenario.name
    return derive_scenario(scenario, {**change, **plain}, name)


class Study:
    """One run: the futures compiled, what is known of each, and the plans found so far."""

    def __init__(
        self,
        scenario: Scenario,
        worlds: Mapping[str, Scenario],
        alpha: float,
        gap: float | None,
        crew: Crew,
    ) -> None:
        self.scenario, self.worlds, self.alpha = scenario, worlds, alpha
        self.single_gap = 1e-4 if gap is None else gap
        self.crew, self.clock, self.report = crew, crew.clock, crew.report
        self.groups = find_groups_of_futures(scenario)
        self.probabilities = {id_: own.probability for id_, own in scenario.futures.items()}
        self.compiled = {id_: Compiled(world) for id_, world in worlds.items()}
        form = Extensive(self.compiled, self.groups)
        self.joint = Joint(form, self.probabilities, gap, self.clock, self._tell_found)
        self.steps = 2 * len(worlds) + 1 + len(CRITERIA)
        self.step = 0
        self.solves = 0
        self.own: dict[str, Own] = {}
        self.kept: list[dict[str, Plan]] = []
        self.found: list[dict[str, Plan]] = []
        self.notes: dict[str, str] = {}

    def run(self, criterion: str) -> Robustness:
        """All four criteria, the one asked for first."""
        committed = self._keep_plan_without_futures(self._solve_each())
        order = list(dict.fromkeys(["expected", criterion, *CRITERIA]))
        found = {name: self._solve_joint(name) for name in order}
        plans = {name: self._choose(name, found[name]) for name in CRITERIA}
        return self._conclude(criterion, plans, committed)

    def _tell(self, what: str) -> None:
        if self.report:
            self.report(self.step, self.steps, what)
        self.step += 1

    def _tell_found(self, what: str) -> None:
        if self.report:
            self.report(self.step - 0.5, self.steps, what)

    # Each future on its own -------------------------------------------------------------------

    def _solve_each(self) -> Plan | None:
        """Every future's own best; gives the plan of the scenario without futures, if it has one.

        Raises Infeasible, naming the future that has no plan.
        """
        left, crew = self.clock.left, self.crew
        count = len(self.worlds) + 1
        limit = None if left is None else max(0.1, 0.5 * left * crew.workers / count)
        shared = {"document": dict(self.scenario.document), "name": self.scenario.name}
        asked = [*self.worlds, None]
        records = [{"future": id_, "gap": self.single_gap, "limit": limit} for id_ in asked]
        found = fan_out(solve_future, shared, records, replace(crew, report=self._tell_each))
        self.solves += count
        for id_, own in zip(self.worlds, found, strict=False):
            if own is None or own["status"] == "late":
                message = (
                    f"no plan was found in time for future {id_}; allow more with --time-limit"
                )
                raise SolverFailed(message)
            if own["status"] == "infeasible":
                raise Infeasible(tuple(own["conflict"]), f"future {id_}: {own['why']}")
            self.own[id_] = Own(own["gain"], own["bound"], read_plan(own["plan"]))
        without = found[-1]
        if without is None or without["status"] in ("late", "infeasible"):
            self.notes["vss"] = (
                "the scenario without futures has no plan, or none was found in time"
            )
            return None
        return read_plan(without["plan"])

    def _tell_each(self, done: float, total: float, what: str) -> None:
        del total, what
        self.step = int(done)
        if self.report:
            self.report(done, self.steps, "each future's own best")

    def _keep_plan_without_futures(self, plan: Plan | None) -> dict[str, float] | None:
        """Gains by future if the scenario's plan without futures is kept until each is known."""
        if plan is None:
            return None
        plans: dict[str, Plan] = {}
        gains: dict[str, float] = {}
        for id_, compiled in self.compiled.items():
            self._tell(f"what is left to do in {id_}")
            until = self.scenario.futures[id_].known_from or self.scenario.years.last + 1
            kept = self._go_on(compiled, plan, until)
            if kept is None:
                self.notes["vss"] = f"the plan without futures cannot be kept in {id_}"
                return None
            plans[id_] = kept
            played = compiled.evaluator.play(kept)
            gains[id_] = played.score - compiled.baseline.score
        self.kept.append(plans)
        return gains

    def _go_on(self, compiled: Compiled, plan: Plan, until: int) -> Plan | None:
        """The best plan of a future that spends as another before a year; None if there is none."""
        live = compiled.live
        cells = [cell for cell in compiled.authority if cell[1] < until]
        amounts = np.array([plan.get(i, {}).get(t, 0.0) for i, t in cells])
        for i, years in plan.items():
            if any(t < until and (i, t) not in compiled.authority for t in years):
                return None
        columns = np.array([compiled.authority[cell] for cell in cells], dtype=np.int32)
        switched = [cell for cell in compiled.on if cell[1] < until]
        on = np.array([compiled.on[cell] for cell in switched], dtype=np.int32)
        states = np.array([float(t in plan.get(i, {})) for i, t in switched])
        room = np.where(amounts > 0, ROOM_BN, 0.0)
        lower = np.maximum(live.lower[columns], amounts - room)
        upper = np.minimum(live.upper[columns], amounts + room)
        if (lower > upper).any():
            return None
        try:
            live.set_bounds(columns, lower, upper)
            live.fix_columns(on, states)
            compiled.maximise(compiled.list_targets()[-1])
            self.solves += 1
            left = self.clock.left
            answer = live.solve(self.single_gap, left, smallest=SMALLEST_GAIN)
            if answer.values is None:
                return None
            compiled.fix_decisions(answer.values)
            return compiled.read_plan(compiled.solve_linear(answer.values))
        finally:
            live.set_bounds(columns, live.lower[columns], live.upper[columns])
            live.free_columns(live.integers)

    # The joint model --------------------------------------------------------------------------

    def _criterion(self, name: str) -> Criterion:
        best = {id_: own.gain for id_, own in self.own.items()}
        return Criterion(name, self.probabilities, best, self.alpha)

    def _solve_joint(self, name: str) -> float:
        """Finds a plan by one criterion, and gives the bound proven of its merit."""
        criterion = self._criterion(name)
        self._tell(f"{name}: the joint model")
        known = criterion.value({id_: own.bound for id_, own in self.own.items()})
        bound = criterion.merit_of(known)
        if self.clock.is_over and self.found:
            return bound
        candidates = [*self.kept, *self.found]
        if self.joint.is_large:  # only the best as it stands
            candidates.sort(key=lambda plans: -criterion.merit(self._gains(plans)))
            candidates = candidates[:1]
        bound, plans = self.joint.solve(criterion, bound, candidates)
        if plans is not None:
            self.found.append(self._round(plans))
        elif not self.found:
            raise SolverFailed("no plan was found in time; allow more with --time-limit")
        return bound

    def _round(self, plans: dict[str, Plan]) -> dict[str, Plan]:
        """Plans in whole thousands of dollars, where no limit minds."""
        rounded = {
            id_: {i: {t: round(bn, 6) for t, bn in years.items()} for i, years in plan.items()}
            for id_, plan in plans.items()
        }
        worst = max(self._worst(id_, plan) for id_, plan in rounded.items())
        return dict(rounded if worst <= DUST_BN else plans)

    def _worst(self, id_: str, plan: Plan) -> float:
        return find_worst(self.worlds[id_], self.compiled[id_].evaluator.play(plan))

    # What is told -----------------------------------------------------------------------------

    def _gains(self, plans: Mapping[str, Plan]) -> dict[str, float]:
        return {
            id_: compiled.evaluator.play(plans[id_]).score - compiled.baseline.score
            for id_, compiled in self.compiled.items()
        }

    def _choose(self, name: str, bound: float) -> RobustPlan:
        """The best of all plans found, by one criterion; ties go to the larger expected gain."""
        for plans in [*self.kept, *self.found]:
            for id_, gain in self._gains(plans).items():
                own = self.own[id_]
                if gain > own.gain:  # within the gap to which its own best was found
                    self.own[id_] = replace(own, gain=gain, bound=max(own.bound, gain))
        criterion = self._criterion(name)
        legal = [
            plans
            for plans in self.found
            if all(self._worst(id_, plan) <= TOLERANCE for id_, plan in plans.items())
        ]
        if not legal:
            raise SolverFailed(f"every plan found breaks a limit by more than {TOLERANCE:g}")
        merits = [criterion.merit(self._gains(plans)) for plans in legal]
        room = STAGE_TOLERANCE * max(1.0, abs(max(merits)))
        tied = [p for p, merit in zip(legal, merits, strict=True) if merit >= max(merits) - room]
        plans = max(tied, key=lambda plans: expect(self._gains(plans), self.probabilities))
        value = criterion.value(self._gains(plans))
        proven = criterion.merit_of(max(bound, criterion.merit_of(value)))
        return RobustPlan(name, value, proven, criterion.loss(proven, value), self._play(plans))

    def _play(self, plans: Mapping[str, Plan]) -> dict[str, InFuture]:
        found = {}
        for id_, plan in plans.items():
            compiled, own = self.compiled[id_], self.own[id_]
            played = compiled.evaluator.play(plan)
            gain = played.score - compiled.baseline.score
            found[id_] = InFuture(self.worlds[id_], plan, played, gain, own.gain, own.bound)
        return found

    def _conclude(
        self, criterion: str, plans: Mapping[str, RobustPlan], committed: dict[str, float] | None
    ) -> Robustness:
        expected = plans["expected"].value
        knowing = expect({id_: own.gain for id_, own in self.own.items()}, self.probabilities)
        vss = None if committed is None else expected - expect(committed, self.probabilities)
        chosen = plans[criterion]
        own_gap = max(relative(own.bound - own.gain, own.gain) for own in self.own.values())
        is_proven = chosen.gap <= self.joint.gap + TIE_TOLERANCE and own_gap <= self.single_gap
        return Robustness(
            scenario=self.scenario,
            criterion=criterion,
            alpha=self.alpha,
            plans=plans,
            shared=self.groups,
            evpi=knowing - expected,
            vss=vss,
            committed=committed,
            status="optimal" if is_proven else "feasible",
            solves=self.solves + self.joint.solves,
            seconds=self.clock.seconds,
            notes=self.notes,
        )


def solve_future(shared: str, record: str) -> dict[str, Any]:
    """A task for `fan_out`: a scenario as one future has it, solved on its own."""
    common, own = json.loads(shared), json.loads(record)
    scenario = build_scenario(common["document"], {}, common["name"])
    clock = Clock(own["limit"])
    try:
        found = Solving(Compiled(make_world(scenario, own["future"])), own["gap"], clock).run()
    except Infeasible as error:
        why = {"conflict": list(error.conflict), "why": str(error)}
        return {"status": "infeasible", "final": False, **why}
    except SolverFailed:
        if not clock.is_over:
            raise
        return {"status": "late", "final": False}
    plan = {i: {str(t): bn for t, bn in years.items()} for i, years in found.plan.items()}
    bound = found.bound - found.baseline.score
    return {"status": found.status, "gain": found.best_gain, "bound": bound, "plan": plan}
