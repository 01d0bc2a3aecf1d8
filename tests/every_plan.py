"""Every plan of a small all-or-nothing scenario, played by the second opinion: no solver."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import second_opinion

from stratafolio.model.equations.curves import KNOTS

Document = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """A plan that keeps every limit but the yearly budget, and what it takes and gives.

    `needs`: the least yearly budget that pays for it.
    """

    spending: dict[str, dict[int, float]]
    funded: frozenset[str]
    money: dict[str, float]
    needs: float
    gain: float
    outcome: Mapping[str, float]

    @property
    def total(self) -> float:
        return sum(self.money.values())


def list_cases(document: Document) -> list[Case]:
    """All plans that keep every limit at some yearly budget."""
    unit = {**document, "budget": {**document["budget"], "per_year": 1.0}}
    found = []
    for spending in second_opinion.every_all_or_nothing_plan(document):
        plan = {name: dict(years) for name, years in spending.items()}
        limits = second_opinion.all_limits(unit, plan, breakpoints=KNOTS)
        capped = [limit for limit in limits if limit.id == "budget.per_year"]
        others = [limit for limit in limits if limit.id != "budget.per_year"]
        if any(limit.violation > 1e-6 for limit in others):
            continue
        played = second_opinion.play(document, plan, breakpoints=KNOTS)
        instruments = document["instruments"]
        money = {
            name: sum(plan[name].values()) + instruments[name].get("launch_cost", 0.0)
            if name in plan
            else 0.0
            for name in instruments
        }
        found.append(
            Case(
                spending=plan,
                funded=frozenset(plan),
                money=money,
                needs=max((limit.value / limit.limit for limit in capped), default=0.0),
                gain=played.gain,
                outcome=played.outcome,
            )
        )
    return found


def best_of(cases: list[Case], budget: float, total: float = float("inf")) -> float:
    """The largest gain that a yearly budget, and a sum in all, pay for."""
    return max(
        (c.gain for c in cases if c.needs <= budget + 1e-9 and c.total <= total + 1e-7),
        default=float("-inf"),
    )
