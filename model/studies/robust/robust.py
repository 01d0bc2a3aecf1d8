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

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ....inputs.build import derive_scenario
from ....inputs.complaint import InputError
from ....inputs.scenario import Scenario
from ...equations.evaluate import Plan, relative
from ...equations.limits import TOLERANCE, find_worst
from ...failures import Infeasible, SolverFailed
from ...solving.canonical import TIE_TOLERANCE
from ...solving.compiled import DUST_BN
from ...solving.conflict import explain_infeasible
from ...solving.criteria import CRITERIA, Criterion, expect
from ...solving.extensive import Extensive, find_groups_of_futures, refuse_known_figures
from ...solving.joint import Joint
from ...solving.oracle import Oracle
from ...solving.question import Answer, Changes, Tolerance
from ...solving.stages import STAGE_TOLERANCE
from ...work.fan_out import Crew
from .findings import InFuture, Robustness, RobustPlan

ROOM_BN = 1e-6
"""A plan that is kept may differ by as much: it is told in thousands of dollars."""


TOO_LATE = "the time was over before"
"""Why something is not known."""


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
        self.base = Oracle.open(make_world(scenario, None), self.clock)
        self.oracles = {id_: self.base.vary(world) for id_, world in worlds.items()}
        self.base.store, self.base.past = crew.keep, "without futures"
        for id_, oracle in self.oracles.items():
            oracle.store, oracle.past = crew.keep, f"future {id_}"
        self.compiled = {id_: oracle.compiled for id_, oracle in self.oracles.items()}
        form = Extensive(self.compiled, self.groups)
        self.joint = Joint(
            form, self.oracles, self.probabilities, gap, self.clock, self._tell_found
        )
        self.steps = 2 * len(worlds) + 1 + len(CRITERIA)
        self.step = 0
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
        self._tell("the plan without futures")
        without = self.base.ask(self.base.question(Tolerance(self.single_gap)))
        for id_, oracle in self.oracles.items():
            self._tell(f"the best of {id_}")
            answer = oracle.ask(oracle.question(Tolerance(self.single_gap)))
            if answer.is_infeasible:
                clash = explain_infeasible(oracle.compiled)
                raise Infeasible(clash.conflict, f"future {id_}: {clash}")
            best = oracle.play(answer)
            if best is None:
                message = (
                    f"no plan was found in time for future {id_}; allow more with --time-limit"
                )
                raise SolverFailed(message)
            self.own[id_] = Own(best.gain, best.bound, best.plan)
        self.joint.remember({id_: own.plan for id_, own in self.own.items()})
        if without.is_infeasible:
            self.notes["vss"] = "the scenario without futures has no plan"
        elif not without.is_settled:
            self.notes["vss"] = TOO_LATE
        return without.plan

    def _keep_plan_without_futures(self, plan: Plan | None) -> dict[str, float] | None:
        """Gains by future if the scenario's plan without futures is kept until each is known."""
        if plan is None:
            return None
        plans: dict[str, Plan] = {}
        gains: dict[str, float] = {}
        for id_, compiled in self.compiled.items():
            self._tell(f"what is left to do in {id_}")
            until = self.scenario.futures[id_].known_from or self.scenario.years.last + 1
            kept = self._go_on(self.oracles[id_], plan, until)
            if kept is None or kept.is_infeasible:
                self.notes["vss"] = f"the plan without futures cannot be kept in {id_}"
                return None
            if not kept.is_settled:
                self.notes["vss"] = TOO_LATE
            if kept.plan is None:
                return None
            plans[id_] = kept.plan
            played = compiled.evaluator.play(kept.plan)
            gains[id_] = played.score - compiled.baseline.score
        self.kept.append(plans)
        self.joint.remember(plans)
        return None if self.notes else gains

    def _go_on(self, oracle: Oracle, plan: Plan, until: int) -> Answer | None:
        """The best plan of a future that spends as another before a year; None if none can."""
        compiled, matrices = oracle.compiled, oracle.matrices
        boxes: dict[int, tuple[float, float]] = {}
        for i, years in plan.items():
            if any(t < until and (i, t) not in compiled.authority for t in years):
                return None
        for (i, t), at in compiled.authority.items():
            if t < until:
                amount = plan.get(i, {}).get(t, 0.0)
                room = ROOM_BN if amount > 0 else 0.0
                lower, upper = float(matrices.lower[at]), float(matrices.upper[at])
                boxes[at] = max(lower, amount - room), min(upper, amount + room)
                if boxes[at][0] > boxes[at][1]:
                    return None
        for (i, t), at in compiled.on.items():
            if t < until:
                state = float(t in plan.get(i, {}))
                boxes[at] = state, state
        known = [plan]
        question = oracle.question(Tolerance(self.single_gap), Changes(boxes=boxes), known)
        return oracle.ask(question)

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
            self.joint.remember(plans)
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
        own_gap = max(relative(own.bound - own.gain, own.gain) for own in self.own.values())
        proven: tuple[str, ...] = ()
        if own_gap <= self.single_gap + TIE_TOLERANCE:
            closest = self.joint.gap + TIE_TOLERANCE
            proven = tuple(name for name, plan in plans.items() if plan.gap <= closest)
        if "expected" not in proven:
            self.notes.setdefault("vss", TOO_LATE)
            committed = None
        vss = None if committed is None else expected - expect(committed, self.probabilities)
        return Robustness(
            scenario=self.scenario,
            criterion=criterion,
            alpha=self.alpha,
            plans=plans,
            shared=self.groups,
            evpi=knowing - expected if "expected" in proven else None,
            vss=vss,
            committed=committed,
            status="optimal" if criterion in proven else "feasible",
            proven=proven,
            is_complete=len(proven) == len(plans) and self.notes.get("vss") != TOO_LATE,
            solves=self.base.solves
            + sum(o.solves for o in self.oracles.values())
            + self.joint.solves,
            seconds=self.clock.seconds,
            notes=self.notes,
        )
