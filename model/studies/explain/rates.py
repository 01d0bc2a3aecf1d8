"""Rates of exchange: what one more point in a layer costs in each other one, at a plan.

The plan's gain in the one layer is to be a point higher, in all others but one no lower than it
is: how high can that one be? What it falls short of today is the price. Money and rules hold.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ...equations.evaluate import Plan
from ...solving.oracle import Oracle
from ...solving.question import Answer, Changes, Question, Tolerance
from .findings import ExchangeRate, Price

ROOM = 1e-6
"""Points by which a floor lies below what the plan has: rounding is no reason to have no plan."""


def find_rates(
    oracle: Oracle, plan: Plan, more: float = 1.0, tolerance: Tolerance | None = None
) -> list[ExchangeRate]:
    """The rates of exchange at a plan that keeps every limit, for each layer that money moves."""
    gains = dict(zip(oracle.scenario.layers, oracle.gains_of([plan])[0].tolist(), strict=True))
    columns = oracle.compiled.outcome_gain
    close = tolerance or Tolerance()
    rates = []
    for layer in columns:
        floors = {**gains, layer: gains[layer] + more}
        prices = {
            other: price(oracle, plan, gains[other], {columns[other]: 1.0}, floors, other, close)
            for other in columns
            if other != layer
        }
        weights = oracle.scenario.weights
        now = sum(weights[own] * gain for own, gain in gains.items())
        only = {layer: floors[layer]}
        score = price(oracle, plan, now, oracle.score.terms, only, None, close)
        rates.append(ExchangeRate(layer, more, prices, score))
    return rates


def price(
    oracle: Oracle,
    plan: Plan,
    now: float,
    terms: Mapping[int, float],
    floors: Mapping[str, float],
    free: str | None,
    tolerance: Tolerance,
) -> Price | None:
    """How far the largest value of some terms falls short of `now`, above floors of layers.

    The layer that is `free` has none.
    """
    columns, upper = oracle.compiled.outcome_gain, oracle.matrices.upper
    boxes = {}
    for layer, at in columns.items():
        if layer in floors and layer != free:
            if floors[layer] - ROOM > upper[at]:
                return None
            boxes[at] = (floors[layer] - ROOM, float(upper[at]))
    answer: Answer = oracle.ask(Question(terms, Changes(boxes=boxes), tolerance, known=(plan,)))
    if answer.plan is None or not np.isfinite(answer.value):
        return None
    return Price(
        points=now - answer.value,
        at_least=now - answer.bound,
        enters=tuple(i for i in answer.plan if i not in plan),
        leaves=tuple(i for i in plan if i not in answer.plan),
    )
