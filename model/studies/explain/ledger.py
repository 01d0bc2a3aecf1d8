"""The figures that a result leans on, and the values at which they would change the decision.

The decision changes where every plan that funds today's instruments loses more than the tolerance,
its amounts and years chosen anew. Known plans, played under another value, say where to look; a
solve there and one just before confirm it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ....inputs.patch import nest
from ....inputs.scenario import Scenario
from ...equations.evaluate import Evaluator, Plan, relative
from ...solving.best_plans import BestPlans
from ...solving.resolve import Resolving
from ...solving.solution import Best
from .crossing import find_crossing
from .findings import LedgerFigure, Patch
from .probing import probe_flip

FLIP_TOLERANCE = 1e-3
"""What today's funded set must lose at least, relative to the best gain."""

FLIP_FINE = 1e-3
"""How closely a flip is told in a small scenario, relative to its distance."""

MOST_FLIPS = 15
"""Figures whose flip is looked for."""

LEAST_SHARE = 1e-6
"""Figures that carry less of the gain are not told."""

WIDE = 1.0
"""Without a range, a figure is moved by this share of itself in both directions."""

INSTRUMENT_FIGURES = ("scale", "max_per_year", "half_life", "lag", "launch_cost", "min_per_year")


def list_figures(resolving: Resolving, best: Best) -> list[LedgerFigure]:
    """Every figure of what is funded: points and scales, then the rest, the largest first."""
    scenario, evaluator = resolving.scenario, resolving.compiled.evaluator
    gain = best.gain if best.gain > 0 else float("inf")
    carried = evaluator.gain_by_effect(best.played)
    found: list[LedgerFigure] = []
    for effect, points in carried.items():
        own = scenario.effects[effect]
        path = f"effects.{effect}.points"
        found.append(_figure(path, own, "points", points / gain, own.confidence, own.source))
    for id_, interaction in scenario.interactions.items():
        lost = _without_interaction(evaluator, best, id_)
        path = f"interactions.{id_}.points"
        origin = (interaction.confidence, interaction.source)
        found.append(_figure(path, interaction, "points", lost / gain, *origin))
    for id_, instrument in scenario.instruments.items():
        if id_ not in best.plan:
            continue
        others = {i: years for i, years in best.plan.items() if i != id_}
        lost = best.played.score - evaluator.play(others).score
        for name in INSTRUMENT_FIGURES:
            value = getattr(instrument, name)
            if value and (name in instrument.ranges):
                path = f"instruments.{id_}.{name}"
                origin = (instrument.confidence, instrument.source)
                found.append(_figure(path, instrument, name, lost / gain, *origin))
    told = [figure for figure in found if abs(figure.share) > LEAST_SHARE]
    return sorted(told, key=lambda figure: (not _is_size(figure), -abs(figure.share)))


def _is_size(figure: LedgerFigure) -> bool:
    """Whether a figure is points or a scale: these come first, the most doubted ones."""
    return figure.path.endswith((".points", ".scale"))


def _figure(
    path: str,
    own: Any,
    name: str,
    share: float,
    confidence: str | None,
    source: tuple[str, ...],
) -> LedgerFigure:
    ends = own.ranges.get(name)
    low, high = (ends.low, ends.high) if ends else (None, None)
    return LedgerFigure(path, float(getattr(own, name)), low, high, confidence, source, share)


def _without_interaction(evaluator: Evaluator, best: Best, id_: str) -> float:
    """Points of score that hang on an interaction, the plan kept."""
    interaction = evaluator.scenario.interactions[id_]
    reach = best.played.reach
    leads = dict(best.played.leads)
    together = evaluator._together(interaction, reach)
    leads[interaction.layer] = leads[interaction.layer] - interaction.points * together
    return best.played.score - evaluator.score(evaluator.outcome(leads))


class Flipping:
    """Looks for the flips of single figures, from plans known under today's figures."""

    def __init__(
        self, best_plans: BestPlans, base: Best, known: list[Plan], resolution: float, probes: int
    ) -> None:
        self.best_plans = best_plans
        self.scenario = best_plans.scenario
        self.base = base
        self.known = known
        self.resolution = resolution
        self.probes = probes

    def find_flip(self, figure: LedgerFigure) -> LedgerFigure:
        """The figure with its nearest flip within its range, or with none."""
        nearest = replace(figure, is_flip_known=True)
        distance = float("inf")
        for end in list_ends(self.scenario, figure):
            found = self._search(figure, end)
            if found and abs((found.flips_at or 0.0) - figure.value) < distance:
                distance = abs((found.flips_at or 0.0) - figure.value)
                nearest = found
        return nearest

    def _search(self, figure: LedgerFigure, end: float) -> LedgerFigure | None:
        pool = list(self.known)
        table, id_, name = figure.path.split(".")

        def value(at: float) -> float:
            return round(figure.value + at * (end - figure.value), 9)

        def patch(at: float) -> Patch:
            found: Mapping[str, Any] = nest((table, id_, name), value(at))
            return found

        def probe(at: float) -> tuple[bool, Best | None]:
            is_flipped, best = probe_flip(
                self.best_plans, patch(at), self.base, pool, FLIP_TOLERANCE
            )
            if best is not None:
                pool.append(best.plan)
            return is_flipped, best

        def expect() -> float | None:
            if name != "points":
                return None
            return self._expect(figure, end, pool)

        crossing = find_crossing(probe, expect, self.resolution, self.probes)
        if crossing is None:
            return None
        now = set(self.base.plan)
        then = now if crossing.best is None else set(crossing.best.plan)
        instruments = self.scenario.instruments
        return replace(
            figure,
            flips_at=value(crossing.at),
            not_at=value(crossing.before),
            enters=tuple(i for i in instruments if i in then - now),
            leaves=tuple(i for i in instruments if i in now - then),
            is_flip_known=True,
        )

    def _expect(self, figure: LedgerFigure, end: float, pool: list[Plan]) -> float | None:
        """The first point at which a known plan of another set is that much better, all kept."""
        table, id_, _ = figure.path.split(".")
        evaluator = self.best_plans.evaluator
        now = set(self.base.plan)
        plays = [(set(plan) == now, evaluator.play(plan)) for plan in pool]
        weights, steps = self.scenario.weights, 50
        baseline = evaluator.play_nothing().score
        for step in range(1, steps + 1):
            moved = (step / steps) * (end - figure.value)
            same = other = -float("inf")
            for is_same, played in plays:
                leads = dict(played.leads)
                if table == "effects":
                    own = self.scenario.effects[id_]
                    leads[own.layer] = leads[own.layer] + moved * played.reach[id_]
                else:
                    both = self.scenario.interactions[id_]
                    together = evaluator._together(both, played.reach)
                    leads[both.layer] = leads[both.layer] + moved * together
                outcome = evaluator.outcome(leads)
                score = sum(weights[layer] * z for layer, z in outcome.items()) - baseline
                same, other = (max(same, score), other) if is_same else (same, max(other, score))
            if relative(other - same, other) > FLIP_TOLERANCE:
                return step / steps
        return None


def list_ends(scenario: Scenario, figure: LedgerFigure) -> list[float]:
    """The ends of a figure's range, or as far again in both directions where it has none."""
    del scenario
    low, high = figure.low, figure.high
    if low is None or high is None:
        reach = WIDE * abs(figure.value)
        low, high = figure.value - reach, figure.value + reach
    return [end for end in (low, high) if abs(end - figure.value) > 1e-9]
