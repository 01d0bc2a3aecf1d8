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
"""Bases remembered of questions of a kind, for those near them."""

RELAXED = b"relaxed"
"""Stands for the relaxation, which holds no decisions."""


def name_plan(plan: Plan) -> str:
    """A text that plans alike to a dollar share."""
    return ";".join(
        f"{i}:" + ",".join(f"{t}={bn:.9g}" for t, bn in years.items()) for i, years in plan.items()
    )


@dataclass
class Memory:
    """Plans by name, in the order in which they came, and bases by where a question stood."""

    plans: dict[str, Plan] = field(default_factory=dict)
    starts: dict[bytes, list[tuple[Array, Basis]]] = field(default_factory=dict)

    def take(self, plans: Iterable[Plan]) -> None:
        """Remembers plans; of very many, the first."""
        for plan in plans:
            if len(self.plans) < MOST_PLANS:
                self.plans.setdefault(name_plan(plan), plan)

    def take_start(self, place: Array | None, start: Basis, held: bytes = RELAXED) -> None:
        """Remembers the basis of a question's relaxation, or under decisions that were held."""
        if place is not None:
            known = self.starts.setdefault(held, [])
            if len(known) < MOST_STARTS:
                known.append((place, start))

    def find_start(self, place: Array | None, held: bytes = RELAXED) -> Basis | None:
        """The basis of the nearest question of the kind."""
        known = self.starts.get(held)
        if place is None or not known:
            return None
        places = np.array([taken for taken, _ in known])
        return known[int(np.abs(places - place).sum(axis=1).argmin())][1]
