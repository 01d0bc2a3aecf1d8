"""One way to fund an instrument: points at which it is asked whether the best plan funds it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...solving.memory import Memory
from ...solving.oracle import Oracle
from ...solving.question import Sides, Terms
from ...solving.solution import Best
from ...solving.trail import Trail
from ...solving.turning import Undecided
from .around import Around
from .findings import Patch
from .probing import EnoughSearched, Probing, Spot

MOST_SEARCHES = 5
"""Mixed programs spent in a large scenario on one change once a value is known that funds."""

STEPS_BACK = (2, 4, 8, 16, 64)
"""How many widths of the bracket a point may lie before a change, tried in turn."""

AT_HAND = 4
"""Points of a route kept at hand."""


@dataclass(frozen=True)
class Route:
    """One way to fund an instrument: the value at a point of the path, and its patch.

    `move`: the sides of rows that say the same, `terms` the objective that does; both None where
    the scenario has to be written anew.
    """

    kind: str
    base: Any
    end: Any
    value: Callable[[float], Any]
    patch: Callable[[Any], Patch]
    layer: str | None = None
    move: Callable[[Any], Mapping[int, Sides]] | None = None
    terms: Callable[[Any], Terms] | None = None


class Along:
    """The points of one route, each a spot where it is asked whether the instrument is funded."""

    def __init__(
        self, around: Around, route: Route, instrument: str, known: Sequence[Best]
    ) -> None:
        self.around, self.route = around, route
        plans = [best.plan for best in known]
        self.probing = Probing(instrument, around.gap, plans)
        self.memory = Memory.of(plans)
        self.has_any = False
        self.opened: dict[float, Spot | None] = {}
        self.fork: Oracle | None = None
        self.trail = Trail()

    def open(self, at: float) -> Spot | None:
        """What is asked at a point; None where that is no valid scenario."""
        if at not in self.opened:
            while len(self.opened) >= AT_HAND:
                self._close(self.opened.pop(next(iter(self.opened))))
            self.opened[at] = self._make_spot(at, self.route.value(at))
        return self.opened[at]

    def _make_spot(self, at: float, value: Any) -> Spot | None:
        route = self.route
        if self.around.is_staged or (route.move is None and route.terms is None):
            variant = self.around.vary(route.patch(value), (), self.memory, self.trail)
            without = self.around.base if route.kind in ("cost", "effect") else None
            if variant is None:
                return None
            return Spot(variant, variant.score.terms, {}, without, at)
        if self.fork is None:
            self.fork = self.around.fork(self.memory)
            if route.terms is not None:
                self.fork.prefer_primal()
        terms = self.fork.score.terms if route.terms is None else route.terms(value)
        return Spot(self.fork, terms, {} if route.move is None else route.move(value), None, at)

    def _close(self, spot: Spot | None) -> None:
        if spot is not None and spot.oracle is not self.fork:
            self.around.count(spot.oracle)

    def close_all(self) -> None:
        """Counts what has been solved."""
        for spot in self.opened.values():
            self._close(spot)
        self.opened.clear()
        self.around.count(self.fork)

    def has_turned(self, at: float) -> bool | None:
        """Whether the best plan there funds the instrument. Raises OutOfTime, and Undecided."""
        spot = self.open(at)
        if spot is None:
            return None
        if self.around.is_staged:
            return self.probing.is_funded_in_stages(spot)
        has_searched = self.probing.mixed >= MOST_SEARCHES and not self.around.is_quick
        try:
            is_funded_there = self.probing.is_funded_at(
                spot, may_search=not (self.has_any and has_searched)
            )
        except EnoughSearched:
            raise Undecided from None
        if is_funded_there and not self.has_any:
            self.has_any, self.probing.mixed = True, 0
        return is_funded_there

    def measure_lead(self, at: float) -> float | None:
        """By how much known plans that fund it are ahead there."""
        spot = None if self.around.is_staged else self.open(at)
        return None if spot is None else self.probing.measure_lead(spot)

    def step_back(self, at: float, before: float) -> float:
        """A point before `at` where not even a plan within the gap funds it, if one is near."""
        step = at - before
        for count in STEPS_BACK:
            back = max(0.0, at - count * step)
            spot = self.open(back) if back > 0 and not self.around.is_staged else None
            if spot is None:
                return back if back == 0 else before
            if not self.probing.may_be_funded_at(spot):
                return back
        return before


def move_budget(oracle: Oracle, limit: str, by: float) -> dict[int, Sides]:
    """The sides of a budget's rows with so much more in each year, or in all."""
    matrices = oracle.matrices
    rows = {matrices.limit_keys[row][2]: row for row in matrices.limit_rows[limit]}
    is_carried = oracle.scenario.budget.carry_over and limit == "budget.per_year"
    periods = sorted(rows, key=int) if limit == "budget.per_year" else list(rows)
    return {
        rows[period]: (
            float(matrices.row_lower[rows[period]]),
            float(matrices.row_upper[rows[period]]) + by * (k + 1 if is_carried else 1),
        )
        for k, period in enumerate(periods)
    }
