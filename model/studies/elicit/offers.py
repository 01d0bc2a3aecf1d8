"""Trade-offs that may be asked: two layers in natural units, or two portfolios of the bank."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from ....inputs.scenario import Scenario
from ...equations.curves import Array
from ...equations.whole_amounts import list_amounts
from .findings import Offer, TradeOff

RATIOS = tuple(float(ratio) for ratio in np.geomspace(0.1, 10.0, 25))
"""How much more a point of one layer may be worth than one of another: where they are asked."""

NEAR = 1.15
"""A ratio of amounts stands for one of these if it is no further off than by this factor."""

ABOUT = 1.1
"""Two offers are about the same where neither is worth more than so many times the other."""

MOST_LAYERS = 4
"""Portfolios are compared where they differ in at most so many layers, in tenths of a point."""


def list_layer_trade_offs(scenario: Scenario) -> list[TradeOff]:
    """For each two layers, the simplest whole amounts that stand at each ratio."""
    amounts = list_amounts(scenario)
    return [
        trade_off
        for one, other in itertools.combinations(scenario.layers, 2)
        for trade_off in _weigh_pair(one, amounts[one], other, amounts[other])
    ]


def _weigh_pair(
    one: str, ones: Mapping[int, float], other: str, others: Mapping[int, float]
) -> Iterator[TradeOff]:
    """The trade-offs of two layers."""
    pairs = sorted(itertools.product(ones, others), key=lambda pair: (sum(pair), pair))
    taken = set()
    for ratio in RATIOS:
        for pair in pairs:  # the simplest first
            reached = others[pair[1]] / ones[pair[0]]
            if 1 / NEAR <= reached / ratio <= NEAR:
                if pair not in taken:
                    taken.add(pair)
                    a = Offer({one: pair[0]}, {one: ones[pair[0]]})
                    b = Offer({other: pair[1]}, {other: others[pair[1]]})
                    yield make_trade_off("layers", a, b)
                break


def list_portfolio_trade_offs(
    scenario: Scenario, gains: Array, numbers: Sequence[int]
) -> list[TradeOff]:
    """Each two of some portfolios that differ in few layers, by what each brings more.

    `gains` has the shape [portfolios, layers]. What is shown is rounded to tenths of a point, and
    it is what is shown that an answer is about.
    """
    layers = list(scenario.layers)
    trade_offs = []
    for one, other in itertools.combinations(numbers, 2):
        differences = np.round(gains[one] - gains[other], 1)
        if np.count_nonzero(differences) > MOST_LAYERS:
            continue
        pairs = list(zip(layers, differences.tolist(), strict=True))
        more = {layer: points for layer, points in pairs if points > 0}
        less = {layer: -points for layer, points in pairs if points < 0}
        if more and less:
            a, b = (Offer(tell_units(scenario, own), own, number)
                    for own, number in ((more, one), (less, other)))  # fmt: skip
            trade_offs.append(make_trade_off("portfolios", a, b))
    return trade_offs


def tell_units(scenario: Scenario, points: Mapping[str, float]) -> dict[str, float]:
    """Points as amounts of each layer's unit."""
    return {
        layer: own / (scenario.layers[layer].points_per_unit or 1.0)
        for layer, own in points.items()
    }


def make_trade_off(kind: str, a: Offer, b: Offer) -> TradeOff:
    """The question of two offers, with what each answer says.

    >>> offers = Offer({"x": 1}, {"x": 2.0}), Offer({"y": 3}, {"y": 3.0})
    >>> question = make_trade_off("layers", *offers)
    >>> question.statement_if_a, question.statements_if_same
    ('2 * x >= 3 * y', ('2.2 * x >= 3 * y', '3.3 * y >= 2 * x'))
    """
    left, right = write_sum(a.points), write_sum(b.points)
    return TradeOff(
        kind="portfolios" if kind == "portfolios" else "layers",
        a=a,
        b=b,
        statement_if_a=f"{left} >= {right}",
        statement_if_b=f"{right} >= {left}",
        statements_if_same=(
            f"{write_sum(a.points, ABOUT)} >= {right}",
            f"{write_sum(b.points, ABOUT)} >= {left}",
        ),
    )


def write_sum(points: Mapping[str, float], factor: float = 1.0) -> str:
    """Points of layers as one side of a statement."""
    terms = ((layer, f"{factor * amount:.5g}") for layer, amount in points.items())
    return " + ".join(layer if told == "1" else f"{told} * {layer}" for layer, told in terms)
