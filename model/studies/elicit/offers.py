"""Trade-offs that may be asked: two layers in natural units, or two portfolios of the bank."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from ...equations.curves import Array
from ...equations.whole_amounts import DIGITS
from .findings import Offer, TradeOff

RATIOS = tuple(float(ratio) for ratio in np.geomspace(0.1, 10.0, 25))
"""How much more a point of one layer may be worth than one of another: where they are asked."""

NEAR = 1.15
"""A ratio of amounts stands for one of these if it is no further off than by this factor."""

ABOUT = 1.1
"""Two offers are about the same where neither is worth more than so many times the other."""

MOST_LAYERS = 4
"""Layers in a question at most."""

SCALES = (1, 2, 4, 8, 16)
"""So many times what two portfolios differ by is weighed, so that it comes to whole amounts."""

BESIDE = 1.42
"""What is so many times smaller than the least amount is left out; larger than the most, too much.

Between 1 and 2 units the nearer is at most so many times off.
"""


def list_layer_trade_offs(amounts: Mapping[str, Mapping[float, float]]) -> list[TradeOff]:
    """For each two layers, the simplest whole amounts that stand at each ratio."""
    return [
        trade_off
        for one, other in itertools.combinations(amounts, 2)
        for trade_off in _weigh_pair(one, amounts[one], other, amounts[other])
    ]


def _weigh_pair(
    one: str, ones: Mapping[float, float], other: str, others: Mapping[float, float]
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
    amounts: Mapping[str, Mapping[float, float]], gains: Array, numbers: Sequence[int]
) -> list[TradeOff]:
    """Each two of some portfolios by what each brings more, or a multiple of it, in whole amounts.

    `amounts`: what these are worth, by layer; `gains` has the shape [portfolios, layers]. It is
    what is shown that an answer is about.
    """
    if len(numbers) < 2:
        return []
    pairs = np.array(list(itertools.combinations(numbers, 2)))
    differences = gains[pairs[:, 0]] - gains[pairs[:, 1]]
    trade_offs: dict[tuple[float, ...], TradeOff] = {}
    for scale in SCALES:
        for row in round_all(amounts, scale * differences).tolist():
            if tuple(row) not in trade_offs:
                told = dict(zip(amounts, row, strict=True))
                sides = [{z: abs(n) for z, n in told.items() if sign * n > 0} for sign in (1, -1)]
                a, b = (Offer(own, {z: amounts[z][n] for z, n in own.items()}) for own in sides)
                kind = "portfolios" if scale == 1 else "layers"
                trade_offs[tuple(row)] = make_trade_off(kind, a, b)
    return list(trade_offs.values())


def round_all(amounts: Mapping[str, Mapping[float, float]], differences: Array) -> Array:
    """Differences in points as whole amounts, those that can be told so.

    `differences` and what is returned have the shape [pairs, layers].

    >>> amounts = {"x": {1: 2.0, 2: 4.0}, "y": {5: 1.0, 10: 2.0}, "z": {1: 10.0, 2: 20.0}}
    >>> round_all(amounts, np.array([[3.5, -1.2, 2.0], [3.5, -4.0, 0.0]])).tolist()
    [[2.0, -5.0, 0.0]]
    """
    rounded = np.zeros(differences.shape)
    is_told = np.ones(len(differences), dtype=bool)
    for at, worth in enumerate(amounts.values()):
        if not worth:
            continue
        whole, points = np.array(list(worth), dtype=float), np.array(list(worth.values()))
        sizes = np.abs(differences[:, at])
        is_felt = sizes * BESIDE >= points.min()
        apart = np.abs(np.log(points / np.maximum(sizes, points.min() / BESIDE)[:, None]))
        nearest = whole[apart.argmin(axis=1)]
        rounded[:, at] = np.where(is_felt, np.sign(differences[:, at]) * nearest, 0)
        is_told &= sizes <= BESIDE * points.max()
    is_told &= (rounded > 0).any(axis=1) & (rounded < 0).any(axis=1)
    return np.asarray(rounded[is_told & (np.count_nonzero(rounded, axis=1) <= MOST_LAYERS)])


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
    terms = ((layer, f"{factor * amount:{DIGITS}}") for layer, amount in points.items())
    return " + ".join(layer if told == "1" else f"{told} * {layer}" for layer, told in terms)
