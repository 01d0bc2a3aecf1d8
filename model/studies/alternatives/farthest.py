"""The plan as far as can be from some others, among those nearly as good as the best.

It maximises the smallest of several ratios, which Dinkelbach's method does in a few mixed programs:
ask for the plan that is furthest beyond a distance, take its own distance as the next, until there
is none (Crouzeix, Ferland and Schaible, Journal of Optimization Theory and Applications 47(1),
1985, for several ratios). Before each, linear programs climb from known plans: with the decisions
of a plan, and the side of the others on which it spends, the question is linear.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ...solving.live import Live
from ...solving.near_best import Apart, KnownPlan, NearBest, build_apart, measure_distance
from ...work.clock import Clock
from ...work.store import Store

SAME_DISTANCE = 1e-6
"""Plans no further apart spend alike."""

ROUNDS, COARSE_ROUNDS = 12, 1
"""Mixed programs for one plan: the distances rise so fast that a few do."""

MOST_NODES, COARSE_NODES = 5000, 20
"""Nodes of one such program: a count, so that answers repeat; what is left is told as a gap."""

STARTS, CLIMBS = 4, 6
"""Known plans to climb from by linear programs before a mixed one, and steps of such a climb."""

Monies = Sequence[Mapping[str, float]]
"""What each of some plans spends by instrument, $ billion."""


class FarthestSearch:
    """The search for plans that differ; `pool`: the plans known, to which it adds."""

    def __init__(
        self,
        near: NearBest,
        boxes: Mapping[str, tuple[float, float]],
        pool: list[KnownPlan],
        sharpness: float,
        clock: Clock,
        store: Store,
    ) -> None:
        """`boxes`: proven ranges by instrument, $ billion.

        `sharpness`: the share of a distance that large scenarios leave open, else 0.
        """
        self.near, self.boxes, self.pool = near, boxes, pool
        self.sharpness, self.clock, self.store = sharpness, clock, store
        self.solves = self.linear_solves = 0

    def find(self, others: Monies) -> tuple[KnownPlan, float, float]:
        """The plan farthest from all others, its distance, and the largest there may be."""
        best = self._climb(self._list_starts(others), others)
        distance, at_most = measure_nearest(best, others), 1.0
        least_money = min(sum(other.values()) for other in others) + sum(
            low for low, _ in self.boxes.values()
        )
        for _ in range(COARSE_ROUNDS if self.sharpness else ROUNDS):
            if self.clock.is_over or at_most - distance <= max(self.sharpness, SAME_DISTANCE):
                break
            beyond, known = self._search_beyond(distance, others, best)
            if np.isfinite(beyond):
                further = max(0.0, beyond) / max(least_money, 1e-9)
                at_most = max(distance, min(at_most, distance + further))
            if known is None or measure_nearest(known, others) <= distance + 1e-9:
                break
            best = self._climb([known], others)
            distance = measure_nearest(best, others)
            at_most = max(at_most, distance)
        best = self._raise_gain(best, others)
        self.pool.append(best)
        return best, distance, min(1.0, at_most)

    def _list_starts(self, others: Monies) -> list[KnownPlan]:
        order = sorted(self.pool, key=lambda known: -measure_nearest(known, others))
        return order[:STARTS]

    def _climb(self, starts: Sequence[KnownPlan], others: Monies) -> KnownPlan:
        """The farthest plan that linear programs reach, decisions and sides kept, step by step."""
        best = max(starts, key=lambda known: measure_nearest(known, others))
        for _ in range(CLIMBS):
            distance = measure_nearest(best, others)
            apart, live = self._build(distance, others)
            found = [best]
            for start in starts:
                if self.clock.is_over:
                    break
                live.fix_columns(live.integers, apart.place(start, others))
                self.linear_solves += 1
                values = live.solve().values
                known = None if values is None else self.near.read(values)
                found += [] if known is None else [known]
            best = max(found, key=lambda known: measure_nearest(known, others))
            starts = [best]
            if measure_nearest(best, others) <= distance + SAME_DISTANCE:
                break
        return best

    def _build(self, distance: float, others: Monies) -> tuple[Apart, Live]:
        """The model of plans beyond a distance, to be asked for the one furthest beyond."""
        apart = build_apart(self.near, others, self.boxes, distance)
        live = Live(apart.matrices)
        live.minimise({apart.least: -1.0})
        return apart, live

    def _search_beyond(
        self, distance: float, others: Monies, best: KnownPlan
    ) -> tuple[float, KnownPlan | None]:
        """How far beyond a distance any plan is, $ billion, at most; and the one found."""
        apart, live = self._build(distance, others)

        def solve() -> dict[str, Any]:
            answer = live.solve(
                self.sharpness,
                self.clock.left,
                most_nodes=COARSE_NODES if self.sharpness else MOST_NODES,
                smallest=measure_scale(others),
                decisions=apart.place(best, others),
            )
            kept = None if answer.values is None else answer.values[live.integers]
            on = None if kept is None else np.flatnonzero(kept > 0.5).tolist()
            bound = -answer.bound if np.isfinite(answer.bound) else 1e300
            return {"bound": bound, "on": on, "final": not self.clock.is_over}

        totals = [sorted(other.items()) for other in others]
        model = dict(self.near.floors), dict(self.boxes), apart.place(best, others).tolist()
        answer = self.store.ask(f"beyond {distance!r} {self.sharpness!r} {totals!r} {model}", solve)
        self.solves += 1
        bound = float(answer["bound"])
        if answer["on"] is None:
            return (bound if bound < 1e299 else np.inf), None
        decisions = np.zeros(len(live.integers))
        decisions[answer["on"]] = 1.0
        live.fix_columns(live.integers, decisions)
        values = live.solve().values
        self.linear_solves += 1
        return bound, None if values is None else self.near.read(values)

    def _raise_gain(self, best: KnownPlan, others: Monies) -> KnownPlan:
        """Of plans as far, with the same decisions and sides, the one that gains most."""
        distance = measure_nearest(best, others)
        apart, live = self._build(distance, others)
        live.fix_columns(live.integers, apart.place(best, others))
        live.add_row({apart.least: 1.0}, -1e-7 * measure_scale(others), 1e9)
        live.minimise({at: -share for at, share in self.near.score.terms.items()})
        values = live.solve().values
        self.linear_solves += 1
        better = None if values is None else self.near.read(values)
        is_as_far = better and measure_nearest(better, others) >= distance - SAME_DISTANCE
        return better if better and is_as_far and better.gain > best.gain else best


def measure_nearest(known: KnownPlan, others: Monies) -> float:
    """How far a plan is from the nearest of some others."""
    return min(measure_distance(known.money, other) for other in others)


def measure_scale(others: Monies) -> float:
    """$ billion to which gaps are relative, at least 1."""
    return max(1.0, sum(others[0].values()))
