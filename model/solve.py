"""One scenario to one solution: stages in turn, a proven gap, and a canonical plan."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..inputs.scenario import FUNDED_BN, Scenario
from .canonical import TIE_TOLERANCE, choose_canonical, drop_worthless
from .curves import Array
from .evaluate import SMALLEST_GAIN, Evaluator, Plan, Played, relative
from .formulation import Formulation
from .limits import TOLERANCE, LimitRow, list_instrument_limits, list_limits
from .live import INFINITE, Answer, Live, Report, version
from .solution import Effort, Infeasible, Solution, SolverFailed, Stage

STAGE_TOLERANCE = 1e-6
"""A later stage keeps each earlier value within this times max(1, |value|)."""

STAGE_ROOMS = (1e-5, 1e-4, 1e-6, 1e-7)
"""Room for earlier values while HiGHS looks for decisions, tried in turn.

At room as small as its own tolerance, 1e-6, HiGHS may call a stage infeasible that has a plan
(docs/decisions/highs.md). The decisions found must then keep within STAGE_TOLERANCE.
"""

DUST_BN = 1e-7
"""Spending below this is the solver's rounding."""

Progress = Callable[[float, float | None, float | None], None]
"""Told seconds, the best gain and its bound so far."""


@dataclass(frozen=True)
class Target:
    """One stage: what it maximises, as columns with coefficients, and the value of nothing."""

    name: str
    terms: dict[int, float]
    offset: float


@dataclass(frozen=True)
class Floor:
    """The value of an earlier stage, and the least that later ones must keep of it."""

    target: Target
    value: float
    floor: float


def flip(value: float | None) -> float | None:
    """The gain behind a minimised objective; None where HiGHS has no figure yet."""
    return None if value is None or abs(value) > 1e15 else -value


class Clock:
    """Seconds since the start, and what is left of a limit on the whole command."""

    def __init__(self, limit: float | None) -> None:
        self.begun = time.perf_counter()
        self.limit = limit

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.begun

    @property
    def left(self) -> float | None:
        return None if self.limit is None else self.limit - self.seconds

    @property
    def is_over(self) -> bool:
        return self.left is not None and self.left <= 0


class Solver:
    """A scenario compiled once, ready to be solved.

    `names` of the methods say what they give; all values are in points and $ billion.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.formulation = Formulation(scenario)
        self.evaluator = self.formulation.evaluator
        self.live = Live(self.formulation)
        model = self.formulation.model
        self.baseline = self.evaluator.play_nothing()
        self.authority = {
            cell: at
            for cell, variable in model.authority.items()
            if (at := self.live.column(variable)) is not None
        }
        self.switches = self.live.columns(model.on.values())
        self.filled = self.live.columns(model.filled.values())

    # Stages -----------------------------------------------------------------------------------

    def list_targets(self) -> list[Target]:
        """The objectives in turn; the score is the last."""
        scenario, model = self.scenario, self.formulation.model
        weights = scenario.weights
        targets = []
        if scenario.objective == "weakest_layer":
            at = self.live.column(model.weakest)
            targets.append(Target("weakest_layer", {at: 1.0} if at is not None else {}, 0.0))
        if scenario.objective == "lexicographic":
            for layers in scenario.priorities or ():
                total = sum(weights[layer] for layer in layers)
                shares = {
                    layer: weights[layer] / total if total else 1 / len(layers) for layer in layers
                }
                targets.append(self._target(" + ".join(layers), shares))
        return [*targets, self._target("score", dict(weights))]

    def _target(self, name: str, shares: dict[str, float]) -> Target:
        outcome_gain = self.formulation.model.outcome_gain
        terms = {}
        for layer, share in shares.items():
            at = self.live.column(outcome_gain[layer])
            if share and at is not None:
                terms[at] = share
        offset = sum(share * self.baseline.outcome[layer] for layer, share in shares.items())
        return Target(name, terms, offset)

    def maximise(self, target: Target) -> None:
        """Sets the costs so that minimising them maximises a target."""
        self.live.minimise({at: -coefficient for at, coefficient in target.terms.items()})

    # Plans ------------------------------------------------------------------------------------

    def read_plan(self, values: Array) -> Plan:
        """The spending in a solver's values, cleared of rounding."""
        scenario = self.scenario
        plan: dict[str, dict[int, float]] = {}
        on = self.formulation.model.on
        for (i, t), at in self.authority.items():
            amount = round(float(values[at]), 9)
            own = scenario.instruments[i]
            if (i, t) in on:
                switch = self.live.column(on[i, t])
                is_on = switch is not None and values[switch] > 0.5
                least = scenario.least_when_funded(i)
                amount = min(max(amount, least), own.max_per_year) if is_on else 0.0
            amount = min(amount, own.max_per_year)
            if amount > DUST_BN:
                plan.setdefault(i, {})[t] = amount
        return {
            i: plan[i]
            for i in scenario.instruments
            if i in plan and max(plan[i].values()) > FUNDED_BN
        }

    def fix_decisions(self, values: Array) -> None:
        """Holds every integer column at its rounded value: what is left is a linear program."""
        at = self.live.integers
        self.live.fix_columns(at, np.round(values[at]))

    def solve_linear(self, known: Array) -> Array:
        """Values of the linear program left once decisions are fixed.

        `known` is feasible up to rounding; it is the answer where tolerances leave no other.
        """
        try:
            answer = self.live.solve()
        except SolverFailed:
            return known
        return known if answer.status != "optimal" or answer.values is None else answer.values


def solve_scenario(
    scenario: Scenario,
    gap: float = 1e-4,
    time_limit: float | None = None,
    report: Progress | None = None,
) -> Solution:
    """The optimal portfolio of a scenario, canonical, as the evaluator plays it.

    `gap` is relative to the gain; `time_limit` in seconds for everything. Raises Infeasible with
    a conflict, and SolverFailed if no plan is found in time or a plan breaks a limit.
    """
    clock = Clock(time_limit)
    solver = Solver(scenario)
    return Solving(solver, gap, clock, report).run()


class Solving:
    """One run through the stages of a compiled scenario."""

    def __init__(
        self, solver: Solver, gap: float, clock: Clock, report: Progress | None = None
    ) -> None:
        self.solver = solver
        self.live = solver.live
        self.scenario = solver.scenario
        self.gap = gap
        self.clock = clock
        self.report = report
        self.floors: list[Floor] = []

    def run(self) -> Solution:
        """All stages, then the canonical plan, then what the evaluator says of it."""
        stages: list[Stage] = []
        targets = self.solver.list_targets()
        values = np.zeros(0)
        is_proven = True
        for target in targets:
            answer, values = self._solve_stage(target)
            value = self._value(target, values)
            bound = max(target.offset - answer.bound, target.offset + value)
            share = relative(bound - target.offset - value, value)
            stages.append(Stage(target.name, target.offset + value, bound, share))
            is_proven &= answer.status == "optimal"
            floor = value - STAGE_TOLERANCE * max(1.0, abs(target.offset + value))
            if target is not targets[-1]:
                self.floors.append(Floor(target, value, floor))
                self.live.free_columns(self.live.integers)
        best = self.solver.evaluator.play(self.solver.read_plan(values))
        values = self._drop_worthless(targets[-1], values)
        values = choose_canonical(self.solver, targets[-1].terms, values, self.clock)
        plan = self._round(self.solver.read_plan(values))
        return self._conclude(plan, best, "optimal" if is_proven else "feasible", stages)

    def _drop_worthless(self, score: Target, values: Array) -> Array:
        """Values under decisions that tie with those found and fund nothing in vain."""
        fewer = drop_worthless(self.solver, values)
        if fewer is values:
            return values
        self.live.free_columns(self.live.integers)
        self.solver.fix_decisions(fewer)
        answer = self.live.solve()
        if answer.status == "optimal" and answer.values is not None:
            lost = self._value(score, values) - self._value(score, answer.values)
            if lost <= TIE_TOLERANCE * max(1.0, self._value(score, values)):
                return answer.values
        self.live.free_columns(self.live.integers)
        self.solver.fix_decisions(values)
        return values

    def _solve_stage(self, target: Target) -> tuple[Answer, Array]:
        """What HiGHS says of a stage, and values of the best plan under the decisions found."""
        if not self.floors:
            answer = self._search(target)
            if answer.status == "infeasible":
                from .studies.conflict import explain_infeasible

                raise explain_infeasible(self.solver)
            values = answer.known_values
            self.solver.fix_decisions(values)
            return answer, self.solver.solve_linear(values)
        rows = self.live.row_count
        for room in STAGE_ROOMS:
            self.live.drop_rows_from(rows)
            self.live.free_columns(self.live.integers)
            kept = [
                self.live.add_row(
                    floor.target.terms,
                    floor.value - room * max(1.0, abs(floor.target.offset + floor.value)),
                    INFINITE,
                )
                for floor in self.floors
            ]
            answer = self._search(target)
            if answer.values is None:
                continue
            self.solver.fix_decisions(answer.values)
            for row, floor in zip(kept, self.floors, strict=True):
                self.live.set_row(row, floor.floor, INFINITE)
            refined = self.live.solve()
            if refined.status == "optimal" and refined.values is not None:
                # The rows stay for the canonical plan; a further stage makes its own.
                if target.name != "score":
                    self.live.drop_rows_from(rows)
                return answer, refined.values
        raise SolverFailed(f"HiGHS finds no plan for the stage {target.name}, though there is one")

    def _search(self, target: Target) -> Answer:
        self.solver.maximise(target)
        left = self.clock.left
        if self.clock.is_over:
            raise SolverFailed("no plan was found in time; allow more with --time-limit")
        report: Report | None = None
        if self.report:
            tell = self.report

            def report(seconds: float, best: float | None, bound: float | None) -> None:
                del seconds
                tell(self.clock.seconds, flip(best), flip(bound))

        answer = self.live.solve(self.gap, left, smallest=SMALLEST_GAIN, report=report)
        if answer.status != "infeasible" and answer.values is None:
            raise SolverFailed("no plan was found in time; allow more with --time-limit")
        return answer

    @staticmethod
    def _value(target: Target, values: Array) -> float:
        return float(sum(c * values[at] for at, c in target.terms.items()))

    def _round(self, plan: Plan) -> Plan:
        """The plan in whole thousands of dollars, unless that breaks a limit or costs a tie."""
        rounded = {i: {t: round(bn, 6) for t, bn in years.items()} for i, years in plan.items()}
        evaluator = self.solver.evaluator
        exact, played = evaluator.play(plan), evaluator.play(rounded)
        rows = [
            *list_limits(self.scenario, played),
            *list_instrument_limits(self.scenario, played),
        ]
        worst = max((row.violation for row in rows), default=0.0)
        lost = exact.score - played.score
        return rounded if worst <= DUST_BN and lost <= TIE_TOLERANCE else plan

    # The conclusion ---------------------------------------------------------------------------

    def _conclude(self, plan: Plan, best: Played, status: str, stages: list[Stage]) -> Solution:
        solver = self.solver
        played = solver.evaluator.play(plan)
        limits = list_limits(self.scenario, played)
        broken = find_broken([*limits, *list_instrument_limits(self.scenario, played)])
        worst = max((row.violation for row in broken), default=0.0)
        if worst > TOLERANCE:
            row = max(broken, key=lambda row: row.violation)
            raise SolverFailed(
                f"the plan found breaks {row.id} by {row.violation:.2g} of it, more than "
                f"{TOLERANCE:g}; numbers of very different size in the scenario are the usual cause"
            )
        bound = stages[-1].bound
        best_gain = best.score - solver.baseline.score
        if best.score > bound + 1e-5 * max(1.0, abs(best_gain)):
            raise SolverFailed(
                f"the plan found scores {best.score:.6f}, above the solver's bound {bound:.6f}"
            )
        bound = max(bound, best.score, played.score)
        loss = bound - best.score
        given_up = relative(best.score - played.score, best_gain) if self.scenario.steady else 0.0
        return Solution(
            scenario=self.scenario,
            status=status,
            plan=plan,
            played=played,
            baseline=solver.baseline,
            best_gain=best_gain,
            bound=bound,
            gap=relative(loss, best_gain),
            gap_points=max(0.0, loss),
            steady_cost=given_up,
            stages=tuple(stages),
            limits=tuple(limits),
            broken=(),
            max_violation=worst,
            curve_error=solver.evaluator.curve_error(played),
            private_bn=solver.evaluator.private_money(played),
            effort=Effort("HiGHS", version(), self.live.seconds, self.live.nodes),
            seconds=self.clock.seconds,
        )


def export_model(scenario: Scenario, file: Path) -> None:
    """The first stage of a scenario as an .lp or .mps file that minimises the negative gain."""
    solver = Solver(scenario)
    solver.maximise(solver.list_targets()[0])
    solver.live.write(file)


def find_broken(rows: list[LimitRow]) -> list[LimitRow]:
    """The rows that are broken at all, rounding included."""
    return [row for row in rows if row.violation > 0]


def evaluate_plan(
    scenario: Scenario,
    plan: Plan,
    gap: float = 1e-4,
    time_limit: float | None = None,
    report: Progress | None = None,
) -> Solution:
    """A plan the user brings, played forward, with every limit it breaks and its gap to the best.

    An infeasible scenario leaves no best plan: the bound and gap are then not numbers.
    """
    clock = Clock(time_limit)
    evaluator = Evaluator(scenario)
    played, baseline = evaluator.play(plan), evaluator.play_nothing()
    limits = list_limits(scenario, played)
    rows = [*limits, *list_instrument_limits(scenario, played)]
    notes: dict[str, str] = {}
    try:
        best = solve_scenario(scenario, gap, clock.left, report)
        bound, best_gain, stages, effort = best.bound, best.best_gain, best.stages, best.effort
    except Infeasible as error:
        notes["bound"] = f"the scenario has no plan that meets its limits: {error}"
        bound, best_gain, stages = float("nan"), float("nan"), ()
        effort = Effort("HiGHS", version(), 0.0, 0)
    loss = bound - played.score
    loss = 0.0 if loss < 0 else loss  # what is not a number stays so
    return Solution(
        scenario=scenario,
        status="given",
        plan=plan,
        played=played,
        baseline=baseline,
        best_gain=best_gain,
        bound=bound,
        gap=relative(loss, best_gain),
        gap_points=loss,
        steady_cost=0.0,
        stages=stages,
        limits=tuple(limits),
        broken=tuple(row for row in rows if row.violation > TOLERANCE),
        max_violation=max((row.violation for row in rows), default=0.0),
        curve_error=evaluator.curve_error(played),
        private_bn=evaluator.private_money(played),
        effort=effort,
        seconds=clock.seconds,
        notes=notes,
    )
