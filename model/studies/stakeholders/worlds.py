"""The worlds that stakeholders believe in, each compiled once, and what they weigh there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ....inputs.build import derive_scenario
from ....inputs.scenario import Scenario
from ...equations.curves import Array
from ...solving.best_plans import OutOfTime, find_best, is_quick
from ...solving.compiled import Compiled
from ...solving.oracle import Oracle
from ...solving.question import Tolerance
from ...solving.solution import Best
from ...work.clock import Clock
from ...work.store import Store
from ..weights.choose_region import place_stakeholders
from ..weights.envelope import ROUNDING, bound_regret
from ..weights.region import Region
from ..weights.sweep import Sweep
from ..weights.watch import Watch

SAMPLES = 200
"""Weightings drawn from a region for funded shares: their standard error is at most 3.5 %."""

ROUGH = 0.1
"""Share of the tolerance by which a best plan of a large scenario may fall short."""

Share = Mapping[str, float]
"""A funded share by instrument."""


@dataclass(frozen=True)
class Standpoint:
    """The weightings of a stakeholder: `corners` has the shape [corners, layers]."""

    middle: Array
    corners: Array
    region: Region | None

    def draw(self) -> Array:
        """Weightings drawn evenly; shape [weightings, layers]."""
        return self.middle[None, :] if self.region is None else self.region.draw(SAMPLES, 0)


def find_standpoints(scenario: Scenario) -> dict[str, Standpoint]:
    """Where each stakeholder stands."""
    places = {}
    for id_, where in place_stakeholders(scenario).items():
        if isinstance(where, Region):
            corners = where.weigh(where.corners)
            is_single = where.dimension == 0
            places[id_] = Standpoint(corners.mean(axis=0), corners, None if is_single else where)
        else:
            places[id_] = Standpoint(where, where[None, :], None)
    return places


class Worlds:
    """Stakeholders' worlds: those who believe the same share one.

    Every world is compiled as a variant of the scenario without beliefs, so that plans known in one
    are tried in the others.
    """

    def __init__(
        self,
        scenario: Scenario,
        tolerance: float,
        gap: float,
        workers: int,
        clock: Clock,
        store: Store,
    ) -> None:
        self.scenario, self.tolerance, self.gap = scenario, tolerance, gap
        self.workers, self.clock, self.store = workers, clock, store
        self.places = find_standpoints(scenario)
        self.keys = {
            id_: json.dumps(own.beliefs, sort_keys=True)
            for id_, own in scenario.stakeholders.items()
        }
        self.base = Oracle.open(self._derive("", None, None), clock, workers)
        self._oracles: dict[tuple[str, bytes], Oracle] = {}
        self._sweeps: dict[str, Sweep] = {}
        self._best: dict[tuple[str, bytes], Best | None] = {}
        self._solves = [0, 0]
        self._shares: dict[tuple[str, str], Share | None] = {}

    # Worlds -----------------------------------------------------------------------------------

    def _derive(self, name: str, believer: str | None, weights: Array | None) -> Scenario:
        """The scenario as a stakeholder believes it to be, under some weights; never steadied."""
        beliefs = self.scenario.stakeholders[believer].beliefs if believer else {}
        change: dict[str, Any] = {**beliefs, "futures": None, "stakeholders": None, "steady": 0.0}
        if weights is not None:
            change["weights"] = dict(zip(self.scenario.layers, weights.tolist(), strict=True))
        return derive_scenario(self.scenario, change, name or self.scenario.name)

    def oracle(self, weigher: str, believer: str) -> Oracle:
        """Answers about one's middle weights in the world that another one believes in."""
        middle = self.places[weigher].middle
        key = self.keys[believer], middle.tobytes()
        if key not in self._oracles:
            name = f"{self.scenario.name}, stakeholder {believer}"
            oracle = self.base.vary(self._derive(name, believer, middle))
            self._oracles[key] = oracle
        return self._oracles[key]

    def compiled(self, believer: str) -> Compiled:
        """The world that a stakeholder believes in, compiled."""
        return self.oracle(believer, believer).compiled

    def sweep(self, believer: str) -> Sweep:
        """Answers about many weightings of the world that a stakeholder believes in."""
        key = self.keys[believer]
        if key not in self._sweeps:
            sweep = Sweep(
                self.compiled(believer), self.tolerance, self.workers, self.clock, store=self.store
            )
            sweep.oracle.past = f"{key} swept"
            self._sweeps[key] = sweep
        return self._sweeps[key]

    # Answers ----------------------------------------------------------------------------------

    def find_best(self, weigher: str, believer: str) -> Best | None:
        """The best plan under one's middle weights in another's world; None where there is none.

        Raises OutOfTime.
        """
        oracle = self.oracle(weigher, believer)
        key = self.keys[believer], self.places[weigher].middle.tobytes()
        if key not in self._best:
            name = f"best by {self.places[weigher].middle.tolist()} if {key[0]}"
            record = self.store.ask(name, lambda: self._ask_best(oracle))
            self._solves[0] += record["mixed"]
            self._solves[1] += record["linear"]
            self._best[key] = self._play(oracle, record)
        return self._best[key]

    def _ask_best(self, oracle: Oracle) -> dict[str, Any]:
        """The best plan as JSON holds it. Raises OutOfTime."""
        if self.clock.is_over:
            raise OutOfTime
        best = find_best(oracle, oracle.question(self.choose_tolerance(oracle)))
        counts = {"mixed": oracle.solves, "linear": oracle.linear_solves}
        if best is None:
            return {"plan": None, "bound": None, **counts}
        plan = {i: {str(t): bn for t, bn in years.items()} for i, years in best.plan.items()}
        return {"plan": plan, "bound": best.bound, **counts}

    def choose_tolerance(self, oracle: Oracle) -> Tolerance:
        """How closely a best plan is told: to the gap, or a share of the tolerance if that is slow.

        Some weightings of us-2027 take a minute to a gap of 1e-4, all a few seconds to 1e-3.
        """
        if is_quick(oracle):
            return Tolerance(self.gap)
        return Tolerance(max(self.gap, ROUGH * self.tolerance))

    @staticmethod
    def _play(oracle: Oracle, record: Mapping[str, Any]) -> Best | None:
        """The plan that a record tells of, as the evaluator plays it."""
        if record["plan"] is None:
            return None
        plan = {i: {int(t): bn for t, bn in years.items()} for i, years in record["plan"].items()}
        oracle.memory.take([plan])
        played = oracle.compiled.evaluator.play(plan)
        return Best(played.score - oracle.compiled.baseline.score, record["bound"], plan, played)

    def find_shares(self, weigher: str, believer: str) -> Share | None:
        """Under which share of one's weightings each programme is funded in another's world.

        Raises OutOfTime. None where that world has no plan.
        """
        place, key = self.places[weigher], (weigher, self.keys[believer])
        if key not in self._shares:
            best = self.find_best(weigher, believer)
            if best is None:
                self._shares[key] = None
            elif place.region is None:
                instruments = self.scenario.instruments
                self._shares[key] = {i: float(i in best.plan) for i in instruments}
            else:
                self._shares[key] = self._sample(place, self.sweep(believer))
        return self._shares[key]

    def _sample(self, place: Standpoint, sweep: Sweep) -> Share:
        """The funded shares over weightings drawn from a region."""
        sweep.tolerance = self.tolerance
        watch = self._settle(place.draw(), sweep)
        funded = [frozenset(sweep.bank.portfolios[at].plan) for at in watch.best.tolist()]
        return {
            i: sum(i in some for some in funded) / len(funded) for i in self.scenario.instruments
        }

    def gain_at_corners(self, id_: str) -> Array:
        """The best gain known at each corner of one's weightings, in their own world.

        Shape [corners]. Raises OutOfTime, also where it is not proven to be the best: what a plan
        loses at most is told by it.
        """
        place = self.places[id_]
        if place.region is None:
            best = self.find_best(id_, id_)
            return np.array([0.0 if best is None else best.gain])
        sweep = self.sweep(id_)
        sweep.tolerance = self.choose_tolerance(sweep.oracle).share
        return self._settle(place.corners, sweep).lower

    @staticmethod
    def _settle(weightings: Array, sweep: Sweep) -> Watch:
        """Weightings that are certain to the tolerance of a sweep. Raises OutOfTime."""
        watch = sweep.settle(weightings)
        is_known = np.isfinite(watch.lower) & np.isfinite(watch.upper)
        if not is_known.all() or (
            (bound_regret(watch.lower, watch.upper) > sweep.tolerance + ROUNDING).any()
        ):
            raise OutOfTime
        return watch

    @property
    def solves(self) -> tuple[int, int]:
        """Mixed-integer solves, linear ones where there is no other, and all linear ones."""
        swept = [sweep.oracle for sweep in self._sweeps.values()]
        mixed = self._solves[0] + sum(oracle.solves for oracle in swept)
        linear = self._solves[1] + sum(oracle.linear_solves for oracle in swept)
        return (mixed if self.base.is_mixed else linear), linear
