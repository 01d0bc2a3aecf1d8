"""One scenario to one solution; a plan the user brings; the model as a file."""

from __future__ import annotations

from pathlib import Path

from ...inputs.scenario import Scenario
from ..equations.evaluate import Evaluator, Plan, relative
from ..equations.limits import TOLERANCE, list_instrument_limits, list_limits
from ..failures import Infeasible, SolverFailed
from ..work.clock import Clock
from .compiled import Compiled
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
    evaluator = Evaluator(scenario)
    played, baseline = evaluator.play(plan), evaluator.play_nothing()
    limits = list_limits(scenario, played)
    rows = [*limits, *list_instrument_limits(scenario, played)]
    notes: dict[str, str] = {}
    clash = None
    try:
        best = solve_scenario(scenario, gap, clock.left, report)
        bound, best_gain, stages, effort = best.bound, best.best_gain, best.stages, best.effort
        clash = best.clash
    except (Infeasible, SolverFailed) as error:
        what = "the scenario has no plan that meets its limits"
        notes["bound"] = f"{what}: {error}" if isinstance(error, Infeasible) else str(error)
        bound, best_gain, stages = float("nan"), float("nan"), ()
        effort = SolverEffort("HiGHS", version(), 0.0, 0)
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
        clash=clash,
    )
