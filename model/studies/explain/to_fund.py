"""What it would take to fund an instrument: its cost, its effect, the budget, or the weights.

One change at a time, each a path of patches from today's value outwards. Costs are one factor on
the scale, the yearly minimum and maximum and the launch cost; effects one on its positive points.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import log
from typing import Any

from ....inputs.record import Record
from ....inputs.scenario import Scenario
from ...solving.question import Terms
from ...solving.solution import Best, is_funded
from ...solving.turning import Path, find_turn
from .along import Along, Route, move_budget
from .around import Around
from .findings import Change, Patch

CHEAPEST, STRONGEST = 0.02, 50.0
"""Factors on cost and on effect beyond which nothing is looked for."""

FINE, COARSE = 1e-4, 0.05
"""How closely a change is told, relative to it, in a small scenario and in a large one."""

MOST_ROUTES = 2
"""Layers whose weight is moved in a large scenario, those tried first that promise most."""

STEPS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.0)
"""Where a large one is: shares of a path."""

NUDGE = 0.02
"""Share of the way by which an expected change is overstepped, so that a solve can tell."""

CLOSE_STEPS = tuple((k / 40) ** 1.5 for k in range(1, 41))
"""Where a small scenario is solved as its budget moves: more money may drop a programme again."""

COSTS = ("scale", "min_per_year", "max_per_year", "launch_cost")


class Funding:
    """The smallest changes that fund one instrument, from its scenario's best plan outwards.

    `forced` is the best plan that funds it today, if there is one; `known` all plans known to keep
    today's limits, whose worth under other weights says where to look.
    """

    def __init__(
        self,
        around: Around,
        instrument: str,
        forced: Best | None,
        known: Sequence[Best],
        money: float = 0.0,
    ) -> None:
        self.around = around
        self.scenario = around.scenario
        self.instrument = instrument
        self.base = around.base
        self.forced = forced
        self.known = list(known)
        self.money = money
        self.is_fine = around.is_quick

    def list_changes(self) -> tuple[Change, ...]:
        """The smallest change of each kind, in the order of the kinds. Raises OutOfTime."""
        found = [self._search(route) for route in (self._cost_route(), self._effect_route())]
        found.append(self._search_nearest(list(self._budget_routes())))
        found.append(self._search_nearest(self._pick_routes(list(self._weight_routes()))))
        return tuple(change for change in found if change is not None)

    def _search_nearest(self, routes: list[Route]) -> Change | None:
        """The smallest change on any of some routes; in a large scenario the first that finds one.

        They come in the order in which they are expected to.
        """
        found: list[Change | None] = []
        for route in routes:
            found.append(self._search(route))
            if not self.is_fine and found[-1] is not None and found[-1].value is not None:
                break
        return self._nearest(found)

    def _pick_routes(self, routes: list[Route]) -> list[Route]:
        """Routes of weights, the nearest expected first; in a large scenario the first few."""
        expected = {id(route): self._expect_weights(route) for route in routes}

        def shift(route: Route) -> float:
            at = expected[id(route)]
            if at is None:
                return float("inf")
            value = route.value(at)
            return float(sum(abs(value[layer] - route.base[layer]) for layer in value))

        ordered = sorted(routes, key=shift)
        return ordered if self.is_fine else ordered[:MOST_ROUTES]

    def _search(self, route: Route | None) -> Change | None:
        if route is None:
            return None
        along = Along(self.around, route, self.instrument, self.known)
        fineness = FINE if self.is_fine else COARSE
        path = Path(along.has_turned, along.measure_lead, lambda _, turned: fineness * turned)
        try:
            if not self.is_fine and not along.has_turned(1.0):
                return self._tell(route, None, 0.0)
            turn = find_turn(path, 0.0, self._list_stops(route))
            if turn.at is None:
                return self._tell(route, None, 0.0)
            before = turn.holds_at
            if self.is_fine:
                before = along.step_back(turn.at, turn.holds_at)
            return self._tell(route, turn.at, before)
        finally:
            along.close_all()

    def _list_stops(self, route: Route) -> Sequence[float]:
        """Points of a path at which it is asked, from today's value outwards."""
        if route.kind == "budget":
            return CLOSE_STEPS if self.is_fine else STEPS
        expected = self._expect(route)
        if expected is None:
            return (1.0,)
        return tuple(dict.fromkeys((min(1.0, (1 + NUDGE) * expected), 1.0)))

    def _tell(self, route: Route, at: float | None, before: float) -> Change:
        value = None if at is None else route.value(at)
        return Change(
            route.kind,
            route.base,
            value,
            None if at is None else route.value(before),
            route.end,
            None if at is None else route.patch(value),
            None if at is None else self._is_within_range(route.kind, value),
            layer=route.layer,
        )

    @staticmethod
    def _nearest(changes: list[Change | None]) -> Change | None:
        """The one closest to today's value; one that finds nothing only where all do."""
        told = [change for change in changes if change is not None]
        found = [change for change in told if change.value is not None]
        return min(found, key=measure) if found else (told[0] if told else None)

    # Paths ------------------------------------------------------------------------------------

    def _cost_route(self) -> Route:
        def value(at: float) -> float:
            return round(float(CHEAPEST**at), 6)

        return Route(
            "cost", 1.0, CHEAPEST, value, lambda c: scale_cost(self.scenario, self.instrument, c)
        )

    def _effect_route(self) -> Route | None:
        if not list_positive(self.scenario, self.instrument):
            return None

        def value(at: float) -> float:
            return round(float(STRONGEST**at), 6)

        return Route(
            "effect",
            1.0,
            STRONGEST,
            value,
            lambda f: scale_effect(self.scenario, self.instrument, f),
        )

    def _budget_routes(self) -> Iterator[Route]:
        budget = self.scenario.budget
        most = sum(own.max_per_year + own.launch_cost for own in self.scenario.instruments.values())
        if budget.per_year is None:
            total = budget.total or 0.0
            ends = [max(most * len(self.scenario.years.spending), 2 * total), 0.0]
            for end in ends:
                yield self._line(total, end, "total")
        elif not isinstance(budget.per_year, Mapping):
            now = float(budget.per_year)
            for end in (max(most, 2 * now), 0.0):
                yield self._line(now, end, "per_year")
        else:
            caps = {str(year): float(cap) for year, cap in budget.per_year.items()}

            def shift(at: float, caps: Mapping[str, float] = caps) -> dict[str, float]:
                return {year: round(cap + at * most, 6) for year, cap in caps.items()}

            patch = lambda v: {"budget": {"per_year": {int(y): cap for y, cap in v.items()}}}  # noqa: E731
            yield Route("budget", caps, shift(1.0), shift, patch)

    def _line(self, start: float, end: float, field: str) -> Route:
        return Route(
            "budget",
            start,
            end,
            lambda at: round(start + at * (end - start), 6),
            lambda value: {"budget": {field: value}},
            move=lambda value: move_budget(self.around.oracle, f"budget.{field}", value - start),
        )

    def _weight_routes(self) -> Iterator[Route]:
        """One layer's weight more or less, the others in proportion to what they are."""
        touched = {
            e.layer for e in self.scenario.effects.values() if e.instrument == self.instrument
        }
        own = {
            e for e, effect in self.scenario.effects.items() if effect.instrument == self.instrument
        }
        for n in self.scenario.interactions.values():
            if own.intersection(n.between):
                touched.add(n.layer)
        weights = self.scenario.weights
        for layer in self.scenario.layers:
            if layer not in touched:
                continue
            for end in (1.0, 0.0):
                if (end == 0.0 and weights[layer] in (0.0, 1.0)) or weights[layer] == end:
                    continue

                def value(at: float, layer: str = layer, end: float = end) -> dict[str, float]:
                    return move_weight(weights, layer, weights[layer] + at * (end - weights[layer]))

                yield Route(
                    "weights",
                    dict(weights),
                    value(1.0),
                    value,
                    lambda v: {"weights": v},
                    layer,
                    terms=self._aim,
                )

    def _aim(self, weights: Mapping[str, float]) -> Terms:
        """The gain under some weights, by column."""
        return self.around.oracle.compiled.make_target("score", weights).terms

    # Expectations -----------------------------------------------------------------------------

    def _expect(self, route: Route) -> float | None:
        """Where a known plan that funds the instrument overtakes all known ones that do not."""
        if route.kind == "weights":
            return self._expect_weights(route)
        if route.kind == "cost" and self.forced is not None and self.money > 0:
            factor = 1 - (self.base.gain - self.forced.gain) / self.money
            return log(factor) / log(CHEAPEST) if CHEAPEST < factor < 1 else None
        if route.kind == "effect" and self.forced is not None:
            return self._expect_effect(self.forced)
        return None

    def _expect_effect(self, best: Best) -> float | None:
        """The point at which a plan, as it stands, is worth as much as the best one."""
        positive = list_positive(self.scenario, self.instrument)

        def gain(factor: float) -> float:
            reach = best.played.reach
            leads = dict(best.played.leads)
            for effect in positive:
                figures = self.scenario.effects[effect]
                more = (factor - 1) * figures.points * reach[effect]
                leads[figures.layer] = leads[figures.layer] + more
            evaluator = self.around.oracle.compiled.evaluator
            return evaluator.score(evaluator.outcome(leads))

        target = self.base.played.score
        if gain(STRONGEST) < target:
            return None
        low, high = 0.0, 1.0
        for _ in range(40):
            middle = (low + high) / 2
            if gain(STRONGEST**middle) < target:
                low = middle
            else:
                high = middle
        return high

    def _expect_weights(self, route: Route, steps: int = 400) -> float | None:
        """The first of many points at which the best known plan funds the instrument."""
        layers = list(self.scenario.layers)
        for step in range(1, steps + 1):
            value = route.value(step / steps)
            gains = [
                (sum(value[layer] * best.played.outcome[layer] for layer in layers), best)
                for best in self.known
            ]
            top = max(gains, key=lambda pair: pair[0])
            if is_funded(top[1].plan, self.instrument):
                return step / steps
        return None

    # Ranges -----------------------------------------------------------------------------------

    def _is_within_range(self, kind: str, factor: Any) -> bool | None:
        """Whether every figure that a factor moves stays within its own range, if each has one."""
        if kind not in ("cost", "effect"):
            return None
        scenario = self.scenario
        if kind == "cost":
            own = scenario.instruments[self.instrument]
            moved: list[tuple[Record, str]] = [(own, name) for name in COSTS if getattr(own, name)]
        else:
            moved = [
                (scenario.effects[e], "points") for e in list_positive(scenario, self.instrument)
            ]
        known = [(getattr(own, name), own.ranges.get(name)) for own, name in moved]
        if not any(ends for _, ends in known):
            return None
        return all(
            ends is None or ends.low - 1e-9 <= factor * value <= ends.high + 1e-9
            for value, ends in known
        )


def measure(change: Change) -> float:
    """How far a change of budget or weights goes: share of the budget, or of weight moved."""
    base, value = change.base, change.value
    if isinstance(base, Mapping):
        moved = sum(abs(value[key] - base[key]) for key in base)
        return float(moved / max(sum(base.values()), 1e-12))
    return float(abs(value - base) / max(abs(base), 1e-12))


def list_positive(scenario: Scenario, instrument: str) -> list[str]:
    """An instrument's effects with positive points."""
    return [
        e for e, own in scenario.effects.items() if own.instrument == instrument and own.points > 0
    ]


def scale_cost(scenario: Scenario, instrument: str, factor: float) -> Patch:
    """The patch that makes an instrument cheaper by one factor; effects' own scales too."""
    own = scenario.instruments[instrument]
    fields = {name: value * factor for name in COSTS if (value := getattr(own, name))}
    effects = {
        e: {"scale": effect.scale * factor}
        for e, effect in scenario.effects.items()
        if effect.instrument == instrument and effect.scale is not None
    }
    patch: dict[str, Any] = {"instruments": {instrument: fields}}
    return {**patch, "effects": effects} if effects else patch


def scale_effect(scenario: Scenario, instrument: str, factor: float) -> Patch:
    """The patch that multiplies an instrument's positive points."""
    return {
        "effects": {
            e: {"points": scenario.effects[e].points * factor}
            for e in list_positive(scenario, instrument)
        }
    }


def move_weight(weights: Mapping[str, float], layer: str, value: float) -> dict[str, float]:
    """All weights with one layer's at a value and the others in proportion, summing to 1.

    >>> move_weight({"a": 0.5, "b": 0.25, "c": 0.25}, "a", 0.6)
    {'a': 0.6, 'b': 0.2, 'c': 0.2}
    """
    rest = sum(weight for other, weight in weights.items() if other != layer)
    moved = {}
    for other, weight in weights.items():
        share = weight / rest if rest > 0 else 1 / max(1, len(weights) - 1)
        moved[other] = round(value if other == layer else (1 - value) * share, 9)
    return moved
