"""What an oracle remembers: plans that were good, and bases from which linear programs begin.

Questions of one batch read it; it grows only between batches, in the order of the questions, so
that answers do not depend on who gives them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from ..equations.curves import Array
from ..equations.evaluate import Plan
from .live import Basis
from .question import Terms

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


@dataclass(frozen=True)
class Start:
    """A basis from which others may begin: where its question stood, and what it came to.

    `reached`: the values of the columns that counted.
    """

    place: Array
    basis: Basis
    reached: Mapping[int, float]

    def is_worth(self, terms: Terms) -> float:
        """What its values are worth by other terms over the same columns."""
        return sum(share * self.reached[at] for at, share in terms.items())


@dataclass
class Memory:
    """Plans by name, in the order in which they came, and bases by the decisions that were held."""

    plans: dict[str, Plan] = field(default_factory=dict)
    starts: dict[bytes, list[Start]] = field(default_factory=dict)

    @classmethod
    def of(cls, plans: Iterable[Plan]) -> Memory:
        """A memory of some plans."""
        memory = cls()
        memory.take(plans)
        return memory

    def take(self, plans: Iterable[Plan]) -> None:
        """Remembers plans; of very many, the first."""
        for plan in plans:
            if len(self.plans) < MOST_PLANS:
                self.plans.setdefault(name_plan(plan), plan)

    def take_start(
        self,
        place: Array | None,
        basis: Basis,
        held: bytes = RELAXED,
        reached: Mapping[int, float] | None = None,
    ) -> None:
        """Remembers the basis of a question's relaxation, or under decisions that were held."""
        if place is not None:
            known = self.starts.setdefault(held, [])
            if len(known) < MOST_STARTS:
                known.append(Start(place, basis, reached or {}))

    def find_start(self, place: Array | None, held: bytes = RELAXED) -> Basis | None:
        """The basis of the nearest question of the kind."""
        known = self.starts.get(held)
        if place is None or not known:
            return None
        places = np.array([start.place for start in known])
        return known[int(np.abs(places - place).sum(axis=1).argmin())].basis

    def find_best(self, place: Array | None, terms: Terms) -> Basis | None:
        """The basis of the relaxation that is worth most by some terms: where costs alone differ.

        The nearest of all questions where some have counted other columns.
        """
        known = self.starts.get(RELAXED, [])
        if place is None or not known:
            return None
        if not all(terms.keys() <= start.reached.keys() for start in known):
            return self.find_start(place)
        return max(known, key=lambda start: start.is_worth(terms)).basis
