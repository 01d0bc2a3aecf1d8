"""What a little more of a layer costs in each other one: the record and the tables of rates."""

from __future__ import annotations

from collections.abc import Sequence

from ...model.studies.explain.findings import STEPS, ExchangeRate, Price
from ..sheet import DATA, SHOWN, Column, Record, Table, tidy
from .words import Words

MOST_MOVES = 2
"""Programmes named on either side of what moves; the record has all."""


def tabulate_rate(rate: ExchangeRate) -> Record:
    """What `more` points in one layer cost in each other one, and in score."""
    return {
        "layer": rate.layer,
        "more": tidy(rate.more),
        "prices": {layer: tabulate_cost(own) for layer, own in rate.prices.items()},
        "score": tabulate_cost(rate.score),
        "cheapest": rate.cheapest,
    }


def tabulate_cost(price: Price | None) -> Record | None:
    """Points given up, at the least, and the programmes that move; None where no plan has it."""
    if price is None:
        return None
    return {
        "points": tidy(price.points),
        "at_least": tidy(price.at_least),
        "enters": list(price.enters),
        "leaves": list(price.leaves),
        "moves_bn": {i: tidy(bn) for i, bn in price.moves_bn.items()},
    }


def list_moves(rates: Sequence[Record]) -> list[Record]:
    """What is spent more or less on each programme, by layer and by what pays; "" for the score."""
    return [
        {"layer": rate["layer"], "in": other, "instrument": i, "bn": bn}
        for rate in rates
        for other, cost in (*rate["prices"].items(), ("", rate["score"]))
        for i, bn in ((cost or {}).get("moves_bn") or {}).items()
    ]


def choose_largest(cost: Record, sign: int) -> list[str]:
    """The programmes that get the most more, or the most less."""
    moves = (cost.get("moves_bn") or {}).items()
    return [i for i, bn in moves if sign * bn > 0][:MOST_MOVES]


def list_rates(words: Words, rates: Sequence[Record]) -> list[Table]:
    """What more of each layer costs where it is cheapest, and in score."""
    rows = []
    for rate in rates:
        cheapest, score = rate["cheapest"], rate["score"]
        cost = rate["prices"][cheapest] if cheapest is not None else score or {}
        none = "no plan has more" if score is None else "no other layer alone"
        rows.append(
            {
                "layer": rate["layer"],
                "more": rate["more"] if score or cost else "",
                "cheapest": none if cheapest is None else words.layers[cheapest],
                "points": cost["points"] if cheapest is not None else "",
                "score": score["points"] if score else "",
                "up": choose_largest(cost, 1) or "",
                "down": choose_largest(cost, -1) or "",
            }
        )
    if not rows:
        return []
    columns = [
        words.layer_column(title="more of"),
        Column("more", "by points", "number"),
        Column("cheapest", "costs least in"),
        Column("points", "points there", "points"),
        Column("score", "points of score", "points"),
        words.programmes_column("up", "more for"),
        words.programmes_column("down", "less for"),
    ]
    note = (
        "Within the money and the rules there are, no other layer losing; in the largest of "
        f"{', '.join(f'{step:g}' for step in STEPS[:-1])} and {STEPS[-1]:g} points for which one "
        "other layer can pay. Of the score: what it loses at the least, all other layers free. At "
        f"most {MOST_MOVES} programmes are named that would get more, or less."
    )
    nothing = {"points": None, "at_least": None}
    data = [
        {"layer": rate["layer"], "more": rate["more"], "in": other, **(cost or nothing)}
        for rate in rates
        for other, cost in rate["prices"].items()
    ]
    keys = ("layer", "more", "in", "points", "at_least", "enters", "leaves")
    return [
        Table("rates", "What more of a layer costs", columns, rows, note=note, on=SHOWN),
        Table("rates", "", [Column(key, key) for key in keys], data, on=DATA),
    ]
