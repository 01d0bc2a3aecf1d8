"""What one more point in a layer costs in each other one: the record and the tables of rates."""

from __future__ import annotations

from collections.abc import Sequence

from ...model.studies.explain.findings import ExchangeRate, Price
from ..sheet import DATA, SHOWN, Column, Record, Table, tidy
from .words import Words


def tabulate_rate(rate: ExchangeRate) -> Record:
    """What a point more in one layer costs in each other one, and in score."""
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
    }


def list_rates(words: Words, rates: Sequence[Record]) -> list[Table]:
    """What a point more in each layer costs where it is cheapest, and in score."""
    rows = []
    for rate in rates:
        cheapest = rate["cheapest"]
        cost = rate["prices"][cheapest] if cheapest is not None else {}
        rows.append(
            {
                "layer": rate["layer"],
                "cheapest": "no plan has it" if cheapest is None else words.layers[cheapest],
                "points": cost.get("points", ""),
                "score": rate["score"]["points"] if rate["score"] else "",
                "comes": cost.get("enters") or "",
                "goes": cost.get("leaves") or "",
            }
        )
    if not rows:
        return []
    columns = [
        words.layer_column(title="a point more in"),
        Column("cheapest", "costs least in"),
        Column("points", "points there", "points"),
        Column("score", "points of score", "points"),
        words.programmes_column("comes", "comes in"),
        words.programmes_column("goes", "goes out"),
    ]
    note = (
        "Within the money and the rules there are, no other layer losing. Of the score: what it "
        "loses at the least, all other layers free."
    )
    data = [
        {"layer": rate["layer"], "in": other, **(cost or {"points": None, "at_least": None})}
        for rate in rates
        for other, cost in rate["prices"].items()
    ]
    keys = ("layer", "in", "points", "at_least", "enters", "leaves")
    return [
        Table("rates", "What one more point costs", columns, rows, note=note, on=SHOWN),
        Table("rates", "", [Column(key, key) for key in keys], data, on=DATA),
    ]
