"""Whether the best plan somewhere funds an instrument: by bounds where these tell, by search else.

The best plan that funds it is held against the best one that does not. Each has to be known only as
far as the other asks: whether any plan of the one kind is worth more than the best of the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ...equations.evaluate import SMALLEST_GAIN, Plan
from ...solving.best_plans import OutOfTime, find_best
from ...solving.canonical import TIE_TOLERANCE
from ...solving.matrices import INFINITE
from ...solving.oracle import Oracle
from ...solving.question import NOTHING, Answer, Changes, Question, Sides, Terms, Tolerance
from ...solving.solution import Best, is_funded
from .around import ban, demand

ROUGHLY = 10.0
"""Gaps within which it is enough, to begin with, to know the best plan without the instrument."""

TRIED = 3
"""Plans of a kind, the latest ones, whose decisions are tried first."""

ANY = Tolerance(1.0)
"""Any plan will do."""

OTHER_KIND = 10.0
"""How far apart plans of the two kinds stand: farther than any two spots."""


class EnoughSearched(Exception):
    """Raised where more would have to be searched than is to be spent."""


@dataclass(frozen=True)
class Spot:
    """A scenario with something moved: its oracle, what counts there, and the rows that are moved.

    `without`: the best plan that does not fund the instrument, where it is not moved by any of it.
    `at`: where it stands among the spots of a route: linear programs begin from the nearest.
    """

    oracle: Oracle
    terms: Terms
    sides: Mapping[int, Sides] = field(default_factory=dict)
    without: Best | None = None
    at: float | None = None

    def pose(self, changes: Changes, tolerance: Tolerance, known: Sequence[Plan]) -> Question:
        """The question of the best plan of a kind."""
        kind = OTHER_KIND if changes.demanded else 0.0
        return Question(
            self.terms,
            replace(changes, sides=self.sides),
            tolerance,
            needs="plan",
            known=known,
            place=None if self.at is None else np.array([self.at, kind]),
        )


class Probing:
    """Asks about one instrument at many spots; plans found at one are tried at the next."""

    def __init__(self, instrument: str, gap: float, known: Sequence[Plan]) -> None:
        self.instrument = instrument
        self.tolerance = Tolerance(gap)
        self.withs = [plan for plan in known if is_funded(plan, instrument)]
        self.withouts = [plan for plan in known if not is_funded(plan, instrument)]
        self.mixed = 0

    def is_funded_at(self, spot: Spot, by: float = 1.0, *, may_search: bool = True) -> bool:
        """Whether the best plan that funds it gains more than any other, by more than the gap.

        `by`: how many gaps; below 0 it is enough to be so close behind. Raises OutOfTime, and
        EnoughSearched where only a search could tell and none may be made.
        """
        if self._is_far_behind(spot, by):
            return False
        least, most = self._bound_without(spot)
        level, enough = least + by * self._room(least), most + by * self._room(most)
        question = spot.pose(demand(self.instrument), self.tolerance, self.withs[-TRIED:][::-1])
        question = replace(question, at_least=level, enough=enough, may_search=may_search)
        with_it = self._ask(spot, question, self.withs)
        if with_it.bound <= level:
            return False
        if with_it.value >= enough:
            return True
        self._refuse_open(spot, with_it, may_search=may_search)
        if spot.without is not None:
            return False
        level = with_it.value - by * self._room(with_it.value)
        question = spot.pose(ban(self.instrument), self.tolerance, self.withouts[-TRIED:][::-1])
        question = replace(question, at_least=level, enough=level, may_search=may_search)
        without = self._ask(spot, question, self.withouts)
        if without.bound > level:
            self._refuse_open(spot, without, may_search=may_search)
        return without.bound <= level

    def _is_far_behind(self, spot: Spot, by: float) -> bool:
        """Whether the first known plan without it gains more than the relaxation with it."""
        if spot.without is not None:
            return False
        question = spot.pose(ban(self.instrument), ANY, ())
        level = self._ask(spot, replace(question, may_search=False), self.withouts).value
        level += by * self._room(level)
        question = spot.pose(demand(self.instrument), self.tolerance, ())
        question = replace(question, needs="bound", at_least=level)
        return self._ask(spot, question, self.withs).bound <= level

    def is_funded_in_stages(self, spot: Spot) -> bool:
        """The same where objectives come in turn: both plans are found, and their scores compared.

        What a stage leaves to later ones for rounding may fund it by a hair: that does not count.
        """
        oracle, without = spot.oracle, spot.without
        best = find_best(oracle, oracle.question(self.tolerance))
        if best is None or not is_funded(best.plan, self.instrument):
            return False
        if without is None:
            without = find_best(oracle, oracle.question(self.tolerance, ban(self.instrument)))
        return without is None or best.gain > without.gain + self._room(best.gain)

    def may_be_funded_at(self, spot: Spot) -> bool:
        """Whether the best plan, or one within the gap of it, funds the instrument at all."""
        best = self._ask(spot, spot.pose(NOTHING, self.tolerance, ()), [])
        is_in = best.plan is not None and is_funded(best.plan, self.instrument)
        return is_in or self.is_funded_at(spot, by=-1.0)

    def measure_lead(self, spot: Spot) -> float | None:
        """By how much the latest plan that funds it gains more than the latest that does not.

        Less the gap; with their decisions, amounts chosen anew. None where no plan is known.
        """
        if not self.withs:
            return None
        question = spot.pose(demand(self.instrument), self.tolerance, ())
        most = spot.oracle.value_under(question, self.withs[-1])
        least = INFINITE if spot.without is None else spot.without.gain
        if spot.without is None and self.withouts:
            question = spot.pose(ban(self.instrument), self.tolerance, ())
            least = spot.oracle.value_under(question, self.withouts[-1])
        if least in (INFINITE, -INFINITE) or most == -INFINITE:
            return None
        return most - least - self._room(least)

    def _bound_without(self, spot: Spot) -> Sides:
        """The least and the most that the best plan without the instrument gains."""
        if spot.without is not None:
            return spot.without.gain, spot.without.bound
        roughly = Tolerance(ROUGHLY * self.tolerance.share)
        question = spot.pose(ban(self.instrument), roughly, ())
        answer = self._ask(spot, replace(question, may_search=False), self.withouts)
        return answer.value, answer.bound

    def _ask(self, spot: Spot, question: Question, pool: list[Plan]) -> Answer:
        if spot.oracle.clock.is_over:
            raise OutOfTime
        answer = spot.oracle.ask(question)
        self.mixed += answer.mixed
        if answer.plan is not None and answer.plan not in pool:
            pool.append(answer.plan)
        return answer

    @staticmethod
    def _refuse_open(spot: Spot, answer: Answer, *, may_search: bool) -> None:
        """Raises where an answer leaves open what was asked."""
        if answer.is_settled:
            return
        if spot.oracle.clock.is_over:
            raise OutOfTime
        if not may_search:
            raise EnoughSearched

    def _room(self, gain: float) -> float:
        """Points within which plans are as good as each other."""
        if gain in (INFINITE, -INFINITE):
            return 0.0
        return max(self.tolerance.share, 10 * TIE_TOLERANCE) * max(gain, SMALLEST_GAIN)
