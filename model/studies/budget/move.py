"""`sensitivity budget` as a whole: the curve, the funded sets along it, what to cut and to add."""

from __future__ import annotations

import numpy as np

from ....inputs.build import derive_scenario
from ....inputs.complaint import InputError
from ....inputs.scenario import Scenario
from ...equations.evaluate import Plan
from ...failures import Infeasible, SolverFailed
from ...solving.solve import solve_scenario
from ...work.clock import Clock
from ...work.store import Store
from ..effort import Effort
from .curve import BudgetCurve, Report
from .cuts import Freely, list_adds, list_cuts
from .findings import BudgetFindings, BudgetStretch, CurvePoint, Step
from .funded_sets import FundedSets

TIME_OUT = "time ran out"

STRAIGHT = 1e-7
"""Points: a breakpoint of the curve that bends it by less is rounding."""


def study_budget(
    scenario: Scenario,
    lower: float,
    upper: float,
    tolerance: float = 0.001,
    gap: float = 1e-4,
    time_limit: float | None = None,
    workers: int = 1,
    store: Store | None = None,
    report: Report | None = None,
) -> BudgetFindings:
    """The best gain and funded set for yearly budgets between two amounts; cut and add lists.

    Raises InputError for a range that is no range or below what constraints demand, Infeasible
    where no budget is enough, SolverFailed if nothing is found in time.
    """
    refuse_range(lower, upper)
    refuse_tolerance(scenario, tolerance)
    clock = Clock(time_limit)
    store = store or Store()
    curve = BudgetCurve(scenario, lower, upper, tolerance, gap, workers, clock, store)
    curve.trace(report)
    stretches = FundedSets(curve).list_stretches(report) if curve.cells else _stand(curve)
    plan, gain, notes = _plan_today(scenario, gap, clock)
    lists: list[Freely] = []
    steps: list[tuple[Step, ...]] = [(), ()]
    stops = ["nothing is funded", "there is no plan to add to"]
    if gain is None:
        stops = [TIME_OUT if clock.is_over else "there is no plan of today"] * 2
    for number, problem in enumerate((scenario, _raise_caps(scenario, upper)) if plan else ()):
        if clock.is_over:
            stops[number] = TIME_OUT
            continue
        freely = Freely(problem, tolerance, gap, clock, workers, store)
        if number:
            found, stops[1] = list_adds(freely, plan, _price(curve, stretches))
        else:
            found, stops[0] = list_cuts(freely, plan)
        steps[number] = tuple(freely.compare(found, report))
        lists.append(freely)
    if scenario.objective != "weighted":
        notes["objective"] = (
            "the gain is the weighted score throughout; the scenario's own objective, "
            f"{scenario.objective}, is not followed"
        )
    is_complete = curve.is_complete and not clock.is_over and all(p.is_proven for p in lists)
    oracles = [curve.oracle, *(freely.oracle for freely in lists)]
    return BudgetFindings(
        scenario=scenario,
        lower=lower,
        upper=upper,
        tolerance=tolerance,
        proven_share=curve.proven_share,
        curve=tuple(list_curve(curve)),
        stretches=tuple(stretches),
        plan=plan,
        gain=gain,
        cuts=steps[0],
        cuts_stop=stops[0],
        adds=steps[1],
        adds_stop=stops[1],
        is_exact=not curve.line.is_mixed,
        effort=Effort(
            sum(oracle.solves for oracle in oracles),
            sum(oracle.linear_solves for oracle in oracles),
            clock.seconds,
            is_complete,
        ),
        notes=notes,
    )


def refuse_range(lower: float, upper: float) -> None:
    """Raises InputError for a range of budgets that is none."""
    if not 0 <= lower < float("inf"):
        raise InputError.of("--from", f"expected $ billion a year, 0 or more, got {lower:g}")
    if not lower <= upper < float("inf"):
        message = f"the range is reversed: {lower:g} to {upper:g}; --to is the larger amount"
        raise InputError.of("--to", message)


def refuse_tolerance(scenario: Scenario, tolerance: float) -> None:
    """Raises InputError for a tolerance that cannot be proven."""
    if not 0 <= tolerance < 1:
        message = f"expected a share from 0 to less than 1, got {tolerance:g}"
        raise InputError.of("--tolerance", message)
    is_discrete = all(own.all_or_nothing for own in scenario.instruments.values())
    if tolerance < 1e-5 and scenario.on_off and not is_discrete:
        message = (
            f"{tolerance:g} takes more solves than there is time for where amounts and on/off "
            "decisions mix; expected 1e-5 or more"
        )
        raise InputError.of("--tolerance", message)


def _plan_today(
    scenario: Scenario, gap: float, clock: Clock
) -> tuple[Plan, float | None, dict[str, str]]:
    """The best plan at the scenario's own budget, before steadying; a note where there is none."""
    patch: dict[str, object] = {"steady": 0.0, "objective": "weighted"}
    if scenario.objective == "lexicographic":
        patch["priorities"] = None
    if clock.is_over:
        return {}, None, {"cut_list": "time ran out before the plan of today was solved"}
    try:
        solution = solve_scenario(derive_scenario(scenario, patch), gap, clock.left)
    except Infeasible as error:
        return {}, None, {"cut_list": f"at its own budget {error}"}
    except SolverFailed as error:
        return {}, None, {"cut_list": str(error)}
    return solution.plan, solution.gain, {}


def _raise_caps(scenario: Scenario, upper: float) -> Scenario:
    """The scenario with the larger of its own yearly budget and another."""
    own = scenario.budget.per_year
    if own is None:
        return scenario
    if isinstance(own, (int, float)):
        return derive_scenario(scenario, {"budget": {"per_year": max(float(own), upper)}})
    raised = {str(year): max(amount, upper) for year, amount in own.items()}
    return derive_scenario(scenario, {"budget": {"per_year": raised}})


def _price(curve: BudgetCurve, stretches: list[BudgetStretch]) -> float:
    """What a dollar is worth at the largest budget, points per $ billion."""
    worth = stretches[-1].worth if stretches else None
    return max(0.0, worth or 0.0) / len(curve.scenario.years.spending)


def _stand(curve: BudgetCurve) -> list[BudgetStretch]:
    """The one stretch where the range is a single budget."""
    keeping, gain = curve.best_at(curve.lower)
    if keeping is None:
        return []
    funded = keeping.points[curve.lower].funded
    order = tuple(i for i in curve.scenario.instruments if i in funded)
    return [BudgetStretch(curve.lower, curve.upper, order, gain, gain, 0.0)]


def list_curve(curve: BudgetCurve) -> list[CurvePoint]:
    """The points between which the curve is straight, or is proven to lie close to a chord."""
    ends = sorted({end for cell in curve.cells for end in (cell.lower, cell.upper)})
    points = []
    for at in ends or [curve.lower]:
        bound = curve.bound_at(at)
        points.append(CurvePoint(at, curve.gain_at(at), bound if np.isfinite(bound) else None))
    return points if curve.line.is_mixed else drop_straight(points)


def drop_straight(points: list[CurvePoint]) -> list[CurvePoint]:
    """The points at which a curve bends, with its ends.

    >>> [p.budget for p in drop_straight([CurvePoint(b, min(b, 2.0), 9.0) for b in range(5)])]
    [0, 2, 4]
    """
    kept = points[:1]
    for at in range(1, len(points) - 1):
        before, here, after = kept[-1], points[at], points[at + 1]
        share = (here.budget - before.budget) / (after.budget - before.budget)
        straight = before.gain + share * (after.gain - before.gain)
        if abs(here.gain - straight) > STRAIGHT * max(1.0, abs(here.gain)):
            kept.append(here)
    return kept + points[len(points) - 1 :] if len(points) > 1 else kept
