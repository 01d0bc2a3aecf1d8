"""What whole amounts of a layer's unit are worth: questions weigh them against each other."""

from __future__ import annotations

from ...inputs.scenario import Scenario
from .curves import worth_of_lead
from .evaluate import Evaluator

AMOUNTS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50)
"""Whole amounts of a layer's unit that a person can hold in mind."""

HALF = 0.5
"""The one amount that is not whole: half a unit can be held in mind as well."""

COARSE = 4.0
"""Half a unit is offered where a whole one is worth so many points."""

LEAST_POINTS, MOST_POINTS = 0.5, 20.0
"""What is offered is worth as many points: less is not felt, more not believed."""

DIGITS = ".5g"
"""How points are told in a statement, which is what an answer means."""


def list_amounts(scenario: Scenario) -> dict[str, dict[float, float]]:
    """What whole amounts of each layer's unit are worth, in points, on top of spending nothing.

    So much more of lead in every scored year; a layer without a unit is told in points.
    """
    evaluator = Evaluator(scenario)
    leads = evaluator.play_nothing().leads
    found = {}
    for id_, layer in scenario.layers.items():
        before = worth_of_lead(layer.worth, leads[id_])
        worth = {}
        for amount in list_whole(layer.points_per_unit or 1.0):
            after = worth_of_lead(layer.worth, leads[id_] + amount * (layer.points_per_unit or 1.0))
            worth[amount] = float(f"{(after - before) @ evaluator.shares:{DIGITS}}")
        found[id_] = {amount: points for amount, points in worth.items() if points > 0}
    return found


def list_whole(points_per_unit: float) -> list[float]:
    """Whole amounts, or half a unit, that come to neither too few nor too many points.

    >>> list_whole(10.0), list_whole(2.0), list_whole(0.01)[:3]
    ([0.5, 1, 2], [1, 2, 3, 4, 5, 6, 8, 10], [50, 60, 80])
    """
    scale = 1
    while AMOUNTS[-1] * scale * points_per_unit < MOST_POINTS / 2 and scale < 10**12:
        scale *= 10
    amounts: list[float] = sorted(
        {amount * size for amount in AMOUNTS for size in {scale, max(1, scale // 10)}}
    )
    amounts = [HALF, *amounts] if points_per_unit >= COARSE else amounts
    fit = [a for a in amounts if LEAST_POINTS <= a * points_per_unit <= MOST_POINTS]
    return fit or [1, 2, 3]
