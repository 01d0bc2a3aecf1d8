"""Each stakeholder by their own weights and beliefs: alone, what is common, and what none regrets.

1. The best plan of each, in the world they believe in; over a region also for weightings drawn.
2. What all would fund, what none would, and whether disputes are about values or about facts.
3. The plan whose largest regret is smallest.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping

from ....inputs.complaint import InputError
from ....inputs.scenario import Scenario
from ...failures import Infeasible, SolverFailed
from ...solving.best_plans import OutOfTime, find_conflict_under
from ...solving.question import NOTHING
from ...work.clock import Clock
from ...work.store import Store
from .common_ground import find_common_ground
from .findings import CommonGround, Ground, LeastRegret, Regrets, Wish
from .least_regret import RegretStudy, judge_all
from .worlds import Worlds

Report = Callable[[float, float, str], None]
"""Told how many of how many steps are done, and what is next."""


def question_stakeholders(
    scenario: Scenario,
    tolerance: float = 0.01,
    gap: float = 1e-4,
    workers: int = 1,
    time_limit: float | None = None,
    store: Store | None = None,
    report: Report | None = None,
) -> Ground:
    """What each would fund alone, what they have in common, and the least regretted plan.

    Raises InputError without stakeholders or where everybody's beliefs are invalid, SolverFailed
    where no stakeholder's plan is found in time or nobody's world has one.
    """
    if not scenario.stakeholders:
        message = "the scenario has none; give it some, each with weights, statements or beliefs"
        raise InputError.of("stakeholders", message)
    if scenario.objective != "weighted":
        message = (
            f"'{scenario.objective}' has stages, and stakeholders are compared by their scores; "
            "give --set objective=weighted"
        )
        raise InputError.of("objective", message)
    if len(scenario.unbelievable) == len(scenario.stakeholders):
        raise InputError(wrong for every in scenario.unbelievable.values() for wrong in every)
    clock = Clock(time_limit)
    worlds = Worlds(scenario, tolerance, gap, workers, clock, store or Store())
    steps = len(scenario.stakeholders) + 3
    tell = report or be_quiet
    wishes = {}
    for number, id_ in enumerate(scenario.stakeholders):
        tell(number, steps, f"the best of {id_}")
        wishes[id_] = find_wish(worlds, id_)
    with_plan = {id_: own for id_, own in wishes.items() if own.plan is not None}
    if not with_plan:
        raise explain_none(worlds, wishes)
    late = [id_ for id_, own in wishes.items() if own.why == TOO_LATE]
    tell(steps - 3, steps, "what is common")
    common: CommonGround | None = None
    if not late and all(own.funded_share is not None for own in with_plan.values()):
        common = find_common_ground(worlds, with_plan)
    tell(steps - 2, steps, "the least regretted plan")
    # Nothing is said of all while some are not known.
    regret_of, least, missing, joint_solves = find_regrets(worlds, {} if late else with_plan)
    mixed, linear = worlds.solves
    missing = [*late, *([] if common else ["common ground"]), *missing]
    if common and any(dispute.over is None for dispute in common.disputes):
        missing.append("what disputes are about")
    is_proven = least is not None and is_close(least, tolerance)
    return Ground(
        tolerance=tolerance,
        wishes=wishes,
        common=common,
        regret_of=regret_of,
        least_regret=least,
        missing=missing,
        complete=not missing and is_proven,
        solves=mixed + joint_solves,
        linear_solves=linear,
        seconds=clock.seconds,
    )


def be_quiet(done: float, total: float, what: str) -> None:
    """Tells nobody."""
    del done, total, what


TOO_LATE = "time ran out before a plan was found"
"""Why a stakeholder has no plan, where it is not that there is none."""


def explain_none(worlds: Worlds, wishes: Mapping[str, Wish]) -> Infeasible | SolverFailed:
    """Why no stakeholder has a plan."""
    told = "; ".join(dict.fromkeys(own.why for own in wishes.values()))
    if any(own.why == TOO_LATE for own in wishes.values()):
        return SolverFailed(f"no stakeholder has a plan: {told}; allow more with --time-limit")
    first = next(id_ for id_ in wishes if id_ not in worlds.scenario.unbelievable)
    clash = find_conflict_under(worlds.oracle(first, first), NOTHING)
    return Infeasible(clash, f"no stakeholder has a plan: {told}")


def is_close(least: LeastRegret, tolerance: float) -> bool:
    """Whether the least regretted plan is proven to be so within the tolerance."""
    kept = [share for id_, share in least.regrets.shares.items() if id_ not in least.set_aside]
    largest = max((share for share in kept if share is not None), default=None)
    if largest is None or least.proven_at_least is None:
        return False
    return largest - least.proven_at_least <= tolerance + 1e-6


def find_wish(worlds: Worlds, id_: str) -> Wish:
    """What one stakeholder would do; why there is no plan where there is none."""
    place = worlds.places[id_]
    is_region = place.region is not None
    wrong = worlds.scenario.unbelievable.get(id_)
    if wrong:
        told = "; ".join(f"{complaint.where}: {complaint.message}" for complaint in wrong)
        why = f"what {id_} believes is invalid ({told})"
        return Wish(None, place.middle, is_region, why=why)
    nothing = Wish(None, place.middle, is_region, why=TOO_LATE)
    try:
        best = worlds.find_best(id_, id_)
    except OutOfTime:
        return nothing
    world = worlds.compiled(id_).scenario
    if best is None:
        clash = find_conflict_under(worlds.oracle(id_, id_), NOTHING)
        what = f" ({', '.join(clash)} clash)" if clash else ""
        why = f"what {id_} believes leaves no plan{what}"
        return Wish(world, place.middle, is_region, why=why)
    shares = None
    with contextlib.suppress(OutOfTime):
        shares = worlds.find_shares(id_, id_)
    drawn = len(place.draw())
    return Wish(world, place.middle, is_region, best.gain, best.bound, best.plan, shares, drawn)


def find_regrets(
    worlds: Worlds, wishes: dict[str, Wish]
) -> tuple[dict[str, Regrets], LeastRegret | None, list[str], int]:
    """What each one's plan costs the others; the least regretted plan; what is missing; solves."""
    try:
        judges = judge_all(worlds, list(wishes)) if wishes else {}
    except OutOfTime:
        judges = {}
    if not judges:
        return {}, None, ["regrets", "the least regretted plan"], 0
    study = RegretStudy(worlds, judges)
    plans = {id_: own.plan for id_, own in wishes.items() if own.plan is not None}
    regret_of = {id_: study.measure(plan) for id_, plan in plans.items()}
    least = study.find_least(list(plans.values()))
    missing = [] if least else ["the least regretted plan"]
    return regret_of, least, missing, study.solves
