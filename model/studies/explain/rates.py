"""Rates of exchange: what a little more of one layer costs in each other one, at a plan.

The plan's gain in the one layer is to be higher by a step, in all others but one no lower than it
is: how high can that one be? What it falls short of today is the price. Money and rules hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from ...equations.curves import Array
from ...equations.evaluate import SMALLEST_GAIN, Plan
from ...solving.best_plans import OutOfTime, is_cut_short
from ...solving.matrices import INFINITE
from ...solving.oracle import Oracle
from ...solving.question import Answer, Changes, Question, Terms, Tolerance
from .findings import STEPS, ExchangeRate, Price

ROOM = 1e-6
"""Points by which a floor lies below what the plan has: rounding is no reason to have no plan."""

LEAST_MOVE = 0.005
"""Spending that moves by less is not told, $ bn."""

CLOSE = 0.01
"""Share of the step to which a price is told, unless the gap is wider."""

FEW = 2
"""Plans found last whose decisions are tried first."""


class Rates:
    """The rates of exchange at a plan that keeps every limit.

    `gap`: a share of the gain to which prices are told at the closest; 0 for exact ones. Raises
    OutOfTime where the clock has run out.
    """

    def __init__(self, oracle: Oracle, plan: Plan, gap: float) -> None:
        self.oracle, self.plan, self.gap = oracle, plan, gap
        self.columns = oracle.compiled.outcome_gain
        gains = oracle.gains_of([plan])[0].tolist()
        self.gains = dict(zip(oracle.scenario.layers, gains, strict=True))
        weights = oracle.scenario.weights
        self.found: list[Plan] = []
        self.score = sum(weights[layer] * gain for layer, gain in self.gains.items())

    def find(self, layer: str, steps: Sequence[float]) -> ExchangeRate:
        """What the first of some steps that one other layer can pay for costs in each.

        Where none can pay for any: the first that all others together can, or else the last.
        """
        rooms = {other: self._find_room(layer, other) for other in self.columns if other != layer}
        for step in steps:
            prices = {
                other: self._price_in(other, layer, step) if room >= step - ROOM else None
                for other, room in rooms.items()
            }
            if any(prices.values()):
                return ExchangeRate(layer, step, prices, self._price_in(None, layer, step))
        nothing: dict[str, Price | None] = dict.fromkeys(rooms)
        for step in steps:
            score = self._price_in(None, layer, step)
            if score is not None:
                break
        return ExchangeRate(layer, step, nothing, score)

    def _find_room(self, layer: str, other: str) -> float:
        """The most by which a layer's gain may rise where but one other may lose: a bound."""
        kept = {own: gain for own, gain in self.gains.items() if own not in (layer, other)}
        changes = self._hold(kept)
        if changes is None:
            return -INFINITE
        terms = {self.columns[layer]: 1.0}
        place = self._place(terms, kept)
        answer = self._ask(Question(terms, changes, needs="bound", place=place))
        return float(answer.bound - self.gains[layer])

    def _price_in(self, other: str | None, layer: str, step: float) -> Price | None:
        """What a step costs in one other layer, or in score with all others free."""
        more = self.gains[layer] + step
        if other is None:
            return self._price(self.score, self.oracle.score.terms, {layer: more}, step)
        kept = {own: gain for own, gain in self.gains.items() if own != other}
        terms = {self.columns[other]: 1.0}
        return self._price(self.gains[other], terms, {**kept, layer: more}, step)

    def _price(
        self, now: float, terms: Terms, floors: Mapping[str, float], step: float
    ) -> Price | None:
        """How far the largest value of some terms falls short of `now`, above floors of layers."""
        changes = self._hold(floors)
        if changes is None:
            return None
        close = CLOSE * step / max(now, SMALLEST_GAIN) if self.gap else 0.0
        answer = self._ask(
            Question(
                terms,
                changes,
                Tolerance(max(self.gap, close)),
                known=(*self.found[-FEW:], self.plan),
                recalls=False,
                place=self._place(terms, floors),
            )
        )
        if answer.plan is None:
            return None
        self.found.append(answer.plan)
        return Price(
            points=now - answer.value,
            at_least=now - answer.bound,
            enters=tuple(i for i in answer.plan if i not in self.plan),
            leaves=tuple(i for i in self.plan if i not in answer.plan),
            moves_bn=self._list_moves(answer.plan),
        )

    def _list_moves(self, plan: Plan) -> dict[str, float]:
        """What another plan spends more on each programme over all years, the most first."""
        moves = {
            i: sum(plan.get(i, {}).values()) - sum(self.plan.get(i, {}).values())
            for i in self.oracle.scenario.instruments
        }
        told = [(i, bn) for i, bn in moves.items() if abs(bn) >= LEAST_MOVE]
        return dict(sorted(told, key=lambda move: -abs(move[1])))

    def _ask(self, question: Question) -> Answer:
        answer = self.oracle.ask(question)
        if is_cut_short(self.oracle, answer):
            raise OutOfTime
        return answer

    def _place(self, terms: Terms, floors: Mapping[str, float]) -> Array:
        """Where a question stands among others: what it asks for, and which floors it has."""
        asked = [terms.get(at, 0.0) for at in self.columns.values()]
        more = [floors[own] - self.gains[own] if own in floors else -1.0 for own in self.columns]
        return np.array([*asked, *more])

    def _hold(self, floors: Mapping[str, float]) -> Changes | None:
        """The plans above floors of layers; None where one lies above all that there can be."""
        boxes = {}
        for layer, at in self.columns.items():
            if layer in floors:
                most = float(self.oracle.matrices.upper[at])
                if floors[layer] - ROOM > most:
                    return None
                boxes[at] = (floors[layer] - ROOM, most)
        return Changes(boxes=boxes)


def find_rates(
    oracle: Oracle, plan: Plan, gap: float = 1e-4, steps: Sequence[float] = STEPS
) -> Iterator[ExchangeRate]:
    """The rates of exchange at a plan, one after another for each layer that money moves.

    `steps`: points more that are asked about, the largest first. Raises OutOfTime.
    """
    rates = Rates(oracle, plan, gap)
    for layer in rates.columns:
        yield rates.find(layer, steps)
