"""One scenario to one solution; a plan the user brings; the model as a file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ...inputs.complaint import InputError
from ...inputs.scenario import Scenario
from ..equations.evaluate import Evaluator, Plan, relative
from ..equations.formulation import Formulation
from ..equations.limits import TOLERANCE, list_instrument_limits, list_limits
from ..failures import Infeasible, SolverFailed
from ..work.clock import Clock
from .compiled import Compiled, clear_plan
from .live import version
from .solution import Solution, SolverEffort
from .stages import Progress, Solving


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
    return Solving(Compiled(scenario, fixed_money=True), gap, clock, report).run()


def export_model(scenario: Scenario, file: Path) -> None:
    """The first stage of a scenario as an .lp or .mps file that minimises the negative gain."""
    compiled = Compiled(scenario)
    compiled.maximise(compiled.list_targets()[0])
    compiled.live.write(file)


def evaluate_plan(
    scenario: Scenario,
    plan: Plan,
    gap: float = 1e-4,
    time_limit: float | None = None,
    report: Progress | None = None,
) -> Solution:
    """A plan the user brings, played forward, with every limit it breaks and its gap to the best.

    Where the scenario is infeasible, or no best plan is found in time, the bound and gap are not
    numbers, and a note says why.
    """
    clock = Clock(time_limit)
    given = play_plan(scenario, plan)
    try:
        best = solve_scenario(scenario, gap, clock.left, report)
    except (Infeasible, SolverFailed) as error:
        what = "the scenario has no plan that meets its limits"
        why = f"{what}: {error}" if isinstance(error, Infeasible) else str(error)
        effort = SolverEffort("HiGHS", version(), 0.0, 0)
        return replace(given, notes={"bound": why}, effort=effort, seconds=clock.seconds)
    loss = max(0.0, best.bound - given.score)
    return replace(
        given,
        best_gain=best.best_gain,
        bound=best.bound,
        gap=relative(loss, best.best_gain),
        gap_points=loss,
        stages=best.stages,
        effort=best.effort,
        seconds=clock.seconds,
        clash=best.clash,
    )


def read_formulation(formulation: Formulation) -> Solution:
    """The plan in the values of a model that was solved elsewhere, as the evaluator plays it.

    What no solver was asked for is not known: the bound, and the gap to the best plan. Raises
    InputError where the model has no values.
    """
    model = formulation.model
    given = {cell: variable.value for cell, variable in model.authority.items()}
    if all(value is None for value in given.values()):
        message = "has no solution to read; solve its `model` first, and look how that ended"
        raise InputError.of("formulation", message)
    # A solver gives no value to what stands in no row and in no objective.
    amounts = {cell: float(value or 0.0) for cell, value in given.items()}
    is_on = {cell: (variable.value or 0.0) > 0.5 for cell, variable in model.on.items()}
    solution = play_plan(formulation.scenario, clear_plan(formulation.scenario, amounts, is_on))
    why = "the model was solved elsewhere, perhaps with further constraints: its bound is not known"
    return replace(solution, notes={"bound": why})


def play_plan(scenario: Scenario, plan: Plan) -> Solution:
    """A plan played forward, with every limit it breaks; nothing is known of the best."""
    clock = Clock(None)
    evaluator = Evaluator(scenario)
    played, baseline = evaluator.play(plan), evaluator.play_nothing()
    limits = list_limits(scenario, played)
    rows = [*limits, *list_instrument_limits(scenario, played)]
    unknown = float("nan")
    return Solution(
        scenario=scenario,
        status="given",
        plan=plan,
        played=played,
        baseline=baseline,
        best_gain=unknown,
        bound=unknown,
        gap=unknown,
        gap_points=unknown,
        steady_cost=0.0,
        stages=(),
        limits=tuple(limits),
        broken=tuple(row for row in rows if row.violation > TOLERANCE),
        max_violation=max((row.violation for row in rows), default=0.0),
        curve_error=evaluator.curve_error(played),
        private_bn=evaluator.private_money(played),
        effort=SolverEffort("not known", "", 0.0, 0),
        seconds=clock.seconds,
    )
