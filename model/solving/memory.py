"""What an oracle remembers: plans that were good, and bases from which linear programs begin.

Questions of one batch read it; it grows only between batches, in the order of the questions, so
that answers do not depend on who gives them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from ..equations.curves import Array
from ..equations.evaluate import Plan
from .live import Basis

MOST_PLANS = 400
"""Plans remembered: all of them are played under each question's figures."""

MOST_STARTS = 400
"""Bases remembered of questions answered, for those near them."""


def name_plan(plan: Plan) -> str:
    """A text that plans alike to a dollar share."""
    return ";".join(
        f"{i}:" + ",".join(f"{t}={bn:.9g}" for t, bn in years.items()) for i, years in plan.items()
    )


@dataclass
class Memory:
    """Plans by name, in the order in which they came, and bases by where a question stood."""

    plans: dict[str, Plan] = field(default_factory=dict)
    starts: list[tuple[Array, Basis]] = field(default_factory=list)

    def take(self, plans: Iterable[Plan]) -> None:
        """Remembers plans; of very many, the first."""
        for plan in plans:
            if len(self.plans) < MOST_PLANS:
                self.plans.setdefault(name_plan(plan), plan)

    def take_start(self, place: Array | None, start: Basis) -> None:
        """Remembers the basis of a question."""
        if place is not None and len(self.starts) < MOST_STARTS:
            self.starts.append((place, start))

    def find_start(self, place: Array | None) -> Basis | None:
        """The basis of the nearest question."""
        if place is None or not self.starts:
            return None
        places = np.array([known for known, _ in self.starts])
        return self.starts[int(np.abs(places - place).sum(axis=1).argmin())][1]
