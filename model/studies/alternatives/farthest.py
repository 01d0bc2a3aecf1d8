"""The plan as far as can be from some others, among those nearly as good as the best.

It maximises the smallest of several ratios, which Dinkelbach's method does in a few programs: ask
for the plan that is furthest beyond a distance, take its own distance as the next, until there is
none (Crouzeix, Ferland and Schaible, Journal of Optimization Theory and Applications 47(1), 1985,
for several ratios). Before each, linear programs climb from known plans: with the decisions of a
plan, and the side of the others on which it spends, the question is linear. A plan that is far
from many is as far from few, so that distances proven before hold for all that come after.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ...solving.extended import Row
from ...solving.matrices import INFINITE
from ...solving.memory import Memory
from ...solving.oracle import Oracle
from ...solving.question import Answer, Changes, Question, Tolerance
from ...work.store import Store
from .apart import Apart, Monies, build_apart, measure_nearest, measure_scale
from .near_best import HERE, KnownPlan, NearBest

SAME_DISTANCE = 1e-6
"""Plans no further apart spend alike."""

ROUNDS, COARSE_ROUNDS = 12, 3
"""Searches for one plan: the distances rise so fast that a few do."""

MOST_NODES = 5000
"""Nodes of one such program: a count, so that answers repeat; what is left is told as a gap."""

STARTS, CLIMBS = 8, 6
"""Known plans to climb from by linear programs, and steps of such a climb."""

Boxes = Mapping[str, tuple[float, float]]
"""The least and the most that any plan spends by instrument, $ billion."""


class FarthestSearch:
    """The search for plans that differ; `pool`: the plans known, to which it adds."""

    def __init__(
        self,
        near: NearBest,
        oracle: Oracle,
        boxes: Boxes,
        pool: list[KnownPlan],
        sharpness: float,
        store: Store,
    ) -> None:
        """`boxes`: proven ranges by instrument.

        `sharpness`: the share of a distance that large scenarios leave open, else 0.
        """
        self.near, self.oracle, self.boxes, self.pool = near, oracle, boxes, pool
        self.sharpness, self.store = sharpness, store
        self.memory = Memory()
        self.at_most = 1.0
        self.solves = self.linear_solves = 0

    def find(self, others: Monies) -> tuple[KnownPlan, float, float]:
        """The plan farthest from all others, its distance, and the largest there may be."""
        self.memory = Memory()  # bases of programs with as many columns
        best = self._climb(self._list_starts(others), others)
        distance = measure_nearest(best, others)
        for _ in range(COARSE_ROUNDS if self.sharpness else ROUNDS):
            is_close = self.at_most - distance <= max(self.sharpness, SAME_DISTANCE)
            if self.oracle.clock.is_over or is_close:
                break
            known = self._search_beyond(distance, others, best)
            if known is None or measure_nearest(known, others) <= distance + 1e-9:
                break
            best = self._climb([known], others)
            distance = measure_nearest(best, others)
        best = self._raise_gain(best, others)
        self.pool.append(best)
        self.at_most = max(self.at_most, distance)
        return best, distance, self.at_most

    def _list_starts(self, others: Monies) -> list[KnownPlan]:
        order = sorted(self.pool, key=lambda known: -measure_nearest(known, others))
        return order[:STARTS]

    def _climb(self, starts: Sequence[KnownPlan], others: Monies) -> KnownPlan:
        """The farthest plan that linear programs reach, decisions and sides kept, step by step."""
        best = max(starts, key=lambda known: measure_nearest(known, others))
        for _ in range(CLIMBS):
            distance = measure_nearest(best, others)
            apart, oracle = self._build(distance, others)
            if self.oracle.clock.is_over:
                break
            told = oracle.ask_all(
                [
                    Question(
                        {apart.least: 1.0},
                        needs="plan",
                        decided=apart.place(start, others),
                        place=HERE,
                    )
                    for start in starts
                ]
            )
            self._count(oracle)
            known = [plan for answer in told if (plan := self.near.read(answer)) is not None]
            best = max([best, *known], key=lambda plan: measure_nearest(plan, others))
            starts = [best]
            if measure_nearest(best, others) <= distance + SAME_DISTANCE:
                break
        return best

    def _build(self, distance: float, others: Monies) -> tuple[Apart, Oracle]:
        """The model of plans beyond a distance, and its oracle, which begins where others do."""
        apart = build_apart(self.near, others, self.boxes, distance)
        oracle = Oracle(
            self.near.compiled,
            self.oracle.clock,
            len(self.oracle.engines),
            apart.matrices,
            near=self.oracle,
            store=self.store,
            memory=self.memory,
        )
        oracle.begin_from_plans()
        oracle.past = repr([distance, [sorted(other.items()) for other in others]])
        return apart, oracle

    def _count(self, oracle: Oracle) -> None:
        self.solves += oracle.solves
        self.linear_solves += oracle.linear_solves

    def _search_beyond(self, distance: float, others: Monies, best: KnownPlan) -> KnownPlan | None:
        """A plan beyond a distance, if one is found; tells how much farther any may be."""
        apart, oracle = self._build(distance, others)
        scale = measure_scale(others)
        answer = oracle.ask(
            Question(
                {apart.least: 1.0},
                Changes(),
                Tolerance(self.sharpness, scale),
                needs="plan",
                known=[apart.place(best, others)],
                straight=not self.sharpness,
                may_search=not self.sharpness,
                most_nodes=MOST_NODES,
                place=HERE,
            )
        )
        self._count(oracle)
        self._bound(distance, others, answer)
        return self.near.read(answer)

    def _bound(self, distance: float, others: Monies, answer: Answer) -> None:
        """What is proven of the largest distance, given how far beyond one any plan is."""
        least_money = min(sum(other.values()) for other in others) + sum(
            low for low, _ in self.boxes.values()
        )
        if np.isfinite(answer.bound):
            further = max(0.0, answer.bound) / max(least_money, 1e-9)
            self.at_most = max(distance, min(self.at_most, distance + further))

    def _raise_gain(self, best: KnownPlan, others: Monies) -> KnownPlan:
        """Of plans as far, with the same decisions and sides, the one that gains most."""
        distance = measure_nearest(best, others)
        apart, oracle = self._build(distance, others)
        row = Row({apart.least: 1.0}, -1e-7 * measure_scale(others), INFINITE)
        answer = oracle.ask(
            Question(
                self.near.score.terms,
                Changes(rows=(row,)),
                needs="plan",
                decided=apart.place(best, others),
                place=HERE,
            )
        )
        self._count(oracle)
        better = self.near.read(answer)
        is_as_far = better and measure_nearest(better, others) >= distance - SAME_DISTANCE
        return better if better and is_as_far and better.gain > best.gain else best
