"""The figures that a result leans on, and the values at which they would change the decision.

The decision changes where every plan that funds today's instruments loses more than the tolerance,
its amounts and years chosen anew (docs/decisions/funded-set.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ....inputs.hanging import find_assumptions
from ....inputs.patch import nest
from ...equations.evaluate import Evaluator, Plan, relative
from ...solving.best_plans import OutOfTime, find_best, settle_plan
from ...solving.oracle import Oracle
from ...solving.question import Tolerance, hold_set
from ...solving.solution import Best
from ...solving.trail import Trail
from ...solving.turning import Path, find_turn, hold_against, measure_lead
from .around import Around
from .findings import LedgerFigure

FLIP_TOLERANCE = 1e-3
"""What today's funded set must lose at least, relative to the best gain."""

TOLERANCE = Tolerance(FLIP_TOLERANCE)

FLIP_FINE = 1e-3
"""How closely a flip is told, relative to its distance."""

AT_HAND = 4
"""Variants of one figure kept at hand."""

TRIED = 2
"""Plans of either kind, the latest ones, whose decisions are tried first."""

MOST_FLIPS = 15
"""Figures whose flip is looked for."""

LEAST_SHARE = 1e-6
"""Figures that carry less of the gain are not told."""

WIDE = 1.0
"""Without a range, a figure is moved by this share of itself in both directions."""

EFFECT_FIGURES = ("points", "scale", "half_life", "lag")

INSTRUMENT_FIGURES = ("scale", "max_per_year", "half_life", "lag", "launch_cost", "min_per_year")


def list_figures(around: Around) -> list[LedgerFigure]:
    """Every figure of what is funded: points and scales, then the rest, the largest first.

    In place of figures that are computed stand the assumptions that they are computed from.
    """
    scenario, evaluator, best = around.scenario, around.oracle.compiled.evaluator, around.base
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
    typed = [f for f in found if not find_assumptions(scenario, *f.path.split("."))]
    typed += list_assumptions(around, gain)
    told = [figure for figure in typed if abs(figure.share) > LEAST_SHARE]
    return sorted(told, key=lambda figure: (not _is_size(figure), -abs(figure.share)))


def list_assumptions(around: Around, gain: float) -> list[LedgerFigure]:
    """The assumptions that figures of what is funded are computed from, themselves typed."""
    scenario, evaluator, best = around.scenario, around.oracle.compiled.evaluator, around.base
    hanging: dict[str, set[str]] = {}
    for effect, own in scenario.effects.items():
        if own.instrument not in best.plan:
            continue
        places = [("effects", effect, name) for name in EFFECT_FIGURES]
        places += [("instruments", own.instrument, name) for name in INSTRUMENT_FIGURES]
        for place in places:
            for name in find_assumptions(scenario, *place):
                hanging.setdefault(name, set()).add(effect)
    found = []
    for name, assumption in scenario.assumptions.items():
        if name not in hanging or find_assumptions(scenario, "assumptions", name, "value"):
            continue
        lost = best.played.score - _score_without(evaluator, best, hanging[name])
        origin = (assumption.confidence, assumption.source)
        figure = _figure(f"assumptions.{name}", assumption, "value", lost / gain, *origin)
        found.append(replace(figure, title=assumption.title, unit=assumption.unit))
    return found


def _score_without(evaluator: Evaluator, best: Best, effects: set[str]) -> float:
    """The score of a plan, some effects left out."""
    reach = {
        effect: 0.0 * own if effect in effects else own for effect, own in best.played.reach.items()
    }
    return evaluator.score(evaluator.outcome(evaluator.leads(reach)))


def _is_size(figure: LedgerFigure) -> bool:
    """Whether a figure is points, a scale or an assumption: these come first, most doubted."""
    return figure.path.endswith((".points", ".scale")) or figure.path.startswith("assumptions.")


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

    def __init__(self, around: Around, known: Sequence[Plan]) -> None:
        self.around, self.known = around, known
        self.today = hold_set(around.scenario, around.base.plan)

    def find_flip(self, figure: LedgerFigure) -> LedgerFigure:
        """The figure with its nearest flip within its range, or with none. Raises OutOfTime."""
        sides = [self._search(figure, end) for end in list_ends(figure)]
        flips = [side for side in sides if side is not None]
        if not flips:
            return replace(figure, is_flip_known=True)
        return min(flips, key=lambda flip: abs((flip.flips_at or 0.0) - figure.value))

    def _search(self, figure: LedgerFigure, end: float) -> LedgerFigure | None:
        side = Side(self, figure)
        path = Path(side.has_turned, side.measure_lead, side.find_close, lambda at: round(at, 9))
        try:
            turn = find_turn(path, figure.value, [end])
        finally:
            side.close_all()
        if turn.at is None:
            return None
        now = set(self.around.base.plan)
        best = side.best_at.get(turn.at)
        then = now if best is None else set(best.plan)
        order = self.around.scenario.instruments
        return replace(
            figure,
            flips_at=turn.at,
            not_at=turn.holds_at,
            enters=tuple(i for i in order if i in then - now),
            leaves=tuple(i for i in order if i in now - then),
            is_flip_known=True,
        )


class Side:
    """The values of a figure to one side of today's, each a variant."""

    def __init__(self, flipping: Flipping, figure: LedgerFigure) -> None:
        self.around, self.today = flipping.around, flipping.today
        self.figure = figure
        below = ("value",) if figure.path.startswith("assumptions.") else ()
        self.keys = (*figure.path.split("."), *below)
        self.known = flipping.known
        self.holders: list[Plan] = [self.around.base.plan]
        self.rivals: list[Plan] = []
        self.best_at: dict[float, Best] = {}
        self.opened: dict[float, Oracle | None] = {}
        self.trail = Trail()

    def open(self, value: float) -> Oracle | None:
        """The variant at a value; None where that is no valid scenario."""
        if value not in self.opened:
            while len(self.opened) >= AT_HAND:
                self.around.count(self.opened.pop(next(iter(self.opened))))
            plans = [*self.holders, *self.known]
            self.opened[value] = self.around.vary(nest(self.keys, value), plans, trail=self.trail)
        return self.opened[value]

    def close_all(self) -> None:
        """Counts what the variants at hand have solved."""
        for variant in self.opened.values():
            self.around.count(variant)
        self.opened.clear()

    def has_turned(self, value: float) -> bool | None:
        """Whether every plan with today's set loses more than the tolerance there."""
        variant = self.open(value)
        if variant is None:
            return None
        if self.around.is_staged:
            return self._has_turned_in_stages(variant, value)
        known = [*self.rivals[-TRIED:][::-1], *self.holders[-TRIED:][::-1]]
        verdict = hold_against(variant, self.today, TOLERANCE, known, needs="least")
        if verdict.is_beaten is None:
            raise OutOfTime
        if verdict.holder is not None and verdict.holder.plan is not None:
            self.holders.append(verdict.holder.plan)
        if verdict.is_beaten:
            best = settle_plan(variant, variant.question(TOLERANCE), verdict.best)
            if best is not None:
                self.rivals.append(best.plan)
                self.best_at[value] = best
        return verdict.is_beaten

    def _has_turned_in_stages(self, variant: Oracle, value: float) -> bool:
        question = variant.question(self.around.tolerance)
        best = find_best(variant, question)
        if best is None:
            return True
        if best.plan.keys() == self.around.base.plan.keys():
            return False
        kept = find_best(variant, replace(question, changes=self.today))
        self.best_at[value] = best
        return kept is None or relative(best.gain - kept.gain, best.gain) > FLIP_TOLERANCE

    def measure_lead(self, value: float) -> float | None:
        """By how much the latest rival gains more than today's set may be short of, points."""
        variant = None if self.around.is_staged or not self.rivals else self.open(value)
        if variant is None:
            return None
        return measure_lead(variant, self.today, TOLERANCE, self.holders[-1], self.rivals[-1])

    def find_close(self, holds: float, turned: float) -> float:
        """How near to each other both ends of a flip have to be."""
        del holds
        return FLIP_FINE * abs(turned - self.figure.value)


def list_ends(figure: LedgerFigure) -> list[float]:
    """The ends of a figure's range, or as far again in both directions where it has none."""
    low, high = figure.low, figure.high
    if low is None or high is None:
        reach = WIDE * abs(figure.value)
        low, high = figure.value - reach, figure.value + reach
    return [end for end in (low, high) if abs(end - figure.value) > 1e-9]
