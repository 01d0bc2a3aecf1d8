"""The plan whose largest regret over all stakeholders is smallest, each in their own world.

A world is a future that is never known: all years' decisions are shared, so the joint model of
several futures is that of several beliefs. What a stakeholder gains is judged under each corner of
their weightings. Under a fixed plan regret grows from every point towards some corner: its largest
value is at one, since the best gain is convex in the weights and the plan's own linear.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ...equations.curves import Array
from ...equations.evaluate import Plan, relative
from ...equations.limits import TOLERANCE, find_worst
from ...failures import Infeasible, SolverFailed
from ...solving.best_plans import QUICK
from ...solving.compiled import DUST_BN
from ...solving.criteria import Criterion
from ...solving.extensive import Extensive
from ...solving.joint import Joint
from .findings import LeastRegret, Regrets
from .worlds import Worlds

SMALL_GAP = 1e-4
"""How closely the largest regret is told where mixed programs are quick; else the tolerance."""


@dataclass(frozen=True)
class Judge:
    """One stakeholder: corners of their weightings, and the best gain known at each."""

    corners: Array
    best: Array


class RegretStudy:
    """Regrets of plans among stakeholders who have one of their own."""

    def __init__(self, worlds: Worlds, judges: Mapping[str, Judge]) -> None:
        self.worlds, self.judges = worlds, judges
        self.solves = 0

    def measure(self, plan: Plan) -> Regrets:
        """What each stakeholder loses by a plan at most."""
        shares: dict[str, float | None] = dict.fromkeys(self.worlds.scenario.stakeholders)
        points = dict(shares)
        for id_, judge in self.judges.items():
            if not self.can_keep(id_, plan):
                continue
            gains = judge.corners @ self.worlds.oracle(id_, id_).gains_of([plan])[0]
            pairs = list(zip(judge.best.tolist(), gains.tolist(), strict=True))
            shares[id_] = max(relative(best - gain, best) for best, gain in pairs)
            points[id_] = max(0.0, *(best - gain for best, gain in pairs))
        return Regrets(shares, points)

    def can_keep(self, id_: str, plan: Plan) -> bool:
        """Whether a plan keeps every limit of the world that a stakeholder believes in."""
        compiled = self.worlds.compiled(id_)
        return find_worst(compiled.scenario, compiled.evaluator.play(plan)) <= TOLERANCE

    def find_least(self, plans: Sequence[Plan]) -> LeastRegret | None:
        """The plan that is least regretted; None where time runs out before one is known.

        `plans` are known ones.
        """
        ids = list(self.judges)
        try:
            return self._solve(ids, plans)
        except Infeasible:
            together: list[str] = []
            for id_ in ids:  # those whose worlds leave a plan, in the scenario's order
                with contextlib.suppress(Infeasible):
                    self._solve([*together, id_], plans)
                    together.append(id_)
            return self._solve(together, plans)

    def _solve(self, ids: Sequence[str], plans: Sequence[Plan]) -> LeastRegret | None:
        """The least regretted plan of those that some stakeholders can keep. Raises Infeasible."""
        names = {self.worlds.keys[id_]: id_ for id_ in reversed(ids)}  # the first who believes it
        blocks = {id_: self.worlds.oracle(id_, id_) for id_ in reversed(names.values())}
        views, best = self._list_views(ids, names)
        years = self.worlds.scenario.years.spending
        groups = dict.fromkeys(years, tuple(blocks)) if len(blocks) > 1 else {}
        form = Extensive({id_: own.compiled for id_, own in blocks.items()}, groups, views)
        is_quick = len(form.live.integers) <= QUICK
        gap = min(SMALL_GAP, self.worlds.tolerance) if is_quick else self.worlds.tolerance
        chances = dict.fromkeys(views, 1 / len(views))
        joint = Joint(form, blocks, chances, gap, self.worlds.clock)
        shared = [dict.fromkeys(blocks, plan) for plan in self._rank(ids, plans)]
        criterion = Criterion("regret", chances, best)
        found = None
        bound = 0.0
        with contextlib.suppress(SolverFailed):
            bound, found = joint.solve(criterion, 0.0, shared[:1] if not is_quick else shared)
        self.solves += joint.solves
        known = [*(self._round(ids, found[next(iter(blocks))]) if found else ()), *plans]
        legal = [plan for plan in known if all(self.can_keep(id_, plan) for id_ in ids)]
        if not legal:
            return None
        least = min(legal, key=lambda plan: self._largest(ids, plan))
        regrets = self.measure(least)
        proven = min(max(0.0, criterion.merit_of(bound)), self._largest(ids, least))
        set_aside = tuple(id_ for id_ in self.judges if id_ not in ids)
        return LeastRegret(least, regrets, proven, set_aside)

    def _list_views(
        self, ids: Sequence[str], names: Mapping[str, str]
    ) -> tuple[dict[str, tuple[str, Mapping[str, float]]], dict[str, float]]:
        """Every corner of everybody's weightings in their world, and the best gain known there."""
        views: dict[str, tuple[str, Mapping[str, float]]] = {}
        best: dict[str, float] = {}
        layers = list(self.worlds.scenario.layers)
        for id_ in ids:
            judge = self.judges[id_]
            for number, corner in enumerate(judge.corners.tolist()):
                weights = dict(zip(layers, corner, strict=True))
                name = f"{id_} {number}"
                views[name] = names[self.worlds.keys[id_]], weights
                best[name] = float(judge.best[number])
        return views, best

    def _rank(self, ids: Sequence[str], plans: Sequence[Plan]) -> list[Plan]:
        """Plans that all of some stakeholders can keep, the least regretted first."""
        legal = [plan for plan in plans if all(self.can_keep(id_, plan) for id_ in ids)]
        return sorted(legal, key=lambda plan: self._largest(ids, plan))

    def _largest(self, ids: Sequence[str], plan: Plan) -> float:
        """The largest regret among some stakeholders who can keep the plan."""
        shares = self.measure(plan).shares
        known = (shares[id_] for id_ in ids)
        return max((share for share in known if share is not None), default=float("inf"))

    def _round(self, ids: Sequence[str], plan: Plan) -> Iterator[Plan]:
        """A plan in whole thousands of dollars, where no limit minds, and as it is."""
        rounded = {i: {t: round(bn, 6) for t, bn in years.items()} for i, years in plan.items()}
        compiled = [self.worlds.compiled(id_) for id_ in ids]
        worst = max(find_worst(own.scenario, own.evaluator.play(rounded)) for own in compiled)
        yield rounded if worst <= DUST_BN else plan


def judge_all(worlds: Worlds, ids: Sequence[str]) -> dict[str, Judge]:
    """Every stakeholder who has a plan as a judge of others'. Raises OutOfTime."""
    corners = {id_: worlds.places[id_].corners for id_ in ids}
    return {
        id_: Judge(own, np.asarray(worlds.gain_at_corners(id_))) for id_, own in corners.items()
    }
