"""For each figure the value at which the funded set changes, found and verified by solving.

1. The figure is moved to the end of its range, then one width of the range beyond; never across 0
   unless its range is.
2. Where today's funded set then loses more than the tolerance, the nearest such value lies between
   the last value that holds and this one. Linear programs say where the plan that beats it and
   today's set meet: only there is asked again, until no third plan comes between.
3. Both ends of what is left, a thousandth of the range apart or less, have been settled in full.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ....inputs.build import derive_scenario
from ....inputs.complaint import InputError
from ....inputs.figures import TOLD_ONLY, Figure, list_figures
from ....inputs.scenario import Scenario
from ...equations.evaluate import Evaluator, Plan
from ...solving.challenge import Challenge, Known
from ...solving.variants import Variants, list_funded, open_variants
from ...work.fan_out import Crew
from .asking import Asking, refuse_nothing
from .findings import BreakEven, FigureFlip, FigureStudy

BEYOND, FARTHER = 1.0, 4.0
"""Widths of the range that are searched beyond its ends; the second for figures that are named."""

CLOSE, CLOSEST = 1e-3, 1e-5
"""Share of the range's width within which a flip is located; the second if answers are exact."""

EXACT = 1e-5
"""Answers to a smaller gap are exact enough for the closer."""

MOST_ROUNDS = 40
"""Rounds to one side of one figure: bisection alone needs a dozen, and a meeting counts as one."""

MOST_STEPS = 30
"""Steps to where two plans meet."""

HALVINGS = 6
"""How often the end of the search is drawn nearer where no valid scenario lies so far out."""


def find_break_evens(
    scenario: Scenario,
    named: Sequence[str] = (),
    gap: float | None = None,
    crew: Crew | None = None,
) -> FigureStudy:
    """Every figure's nearest flips, the nearest in terms of its range first."""
    figures = list_figures(scenario, named, ranged=False)
    asking = Asking(scenario, gap, crew or Crew())
    records = [
        {
            "path": figure.path,
            "value": told(figure.value),
            "low": told(figure.low),
            "high": told(figure.high),
            "held": asking.funded,
            "beyond": FARTHER if named else BEYOND,
        }
        for figure in figures
    ]
    found = asking.run(find_flips, records, "break-evens")
    rows = [
        BreakEven(
            figure,
            _read_flip(answer["below"]),
            _read_flip(answer["above"]),
            (answer["searched"][0], answer["searched"][1]),
        )
        for figure, answer in zip(figures, found, strict=True)
        if answer is not None
    ]
    refuse_nothing(len(rows))
    study = asking.conclude("breakeven", figures, complete=len(rows) == len(figures))
    return replace(study, break_evens=sorted(rows, key=rank))


def told(value: float | None) -> float | str | None:
    """A value as JSON takes it: what is infinite in words."""
    return "never" if value == float("inf") else value


def rank(row: BreakEven) -> tuple[bool, float]:
    """How far the nearest flip is, in widths of the range; those without one last."""
    flip = row.nearest
    if flip is None:
        return True, 0.0
    return False, abs(flip.at - row.figure.value) / width_of(row.figure)


def width_of(figure: Figure) -> float:
    """The width of a figure's range, or what stands for it where there is none.

    >>> width_of(Figure("effects.a.points", 2.0, 1.0, 4.0)), width_of(Figure("b", 2.0, None, None))
    (3.0, 2.0)
    """
    if figure.low is not None and figure.high is not None:
        width = figure.high - figure.low
        if 0 < width < float("inf"):
            return width
    finite = figure.value if abs(figure.value) < float("inf") else 1.0
    return max(abs(finite), 1.0 if figure.is_whole else 0.1)


def _read_flip(record: Mapping[str, Any] | None) -> FigureFlip | None:
    if record is None:
        return None
    enters, leaves = tuple(record["enters"]), tuple(record["leaves"])
    return FigureFlip(record["at"], record["holds_at"], enters, leaves, record["why"])


# The task -------------------------------------------------------------------------------------


def find_flips(shared: str, record: str) -> dict[str, Any]:
    """A task for `fan_out`: both sides of one figure."""
    own = json.loads(record)
    value, low, high = (_number(own[key]) for key in ("value", "low", "high"))
    figure = Figure(own["path"], 0.0 if value is None else value, low, high)
    search = ValueSearch(open_variants(shared), figure, own["held"], own["beyond"])
    below, least = search.go(-1.0)
    above, most = search.go(1.0)
    return {"below": below, "above": above, "searched": [least, most], "solves": search.asked}


def _number(value: Any) -> float | None:
    return float("inf") if value == "never" else value


class ValueSearch:
    """One figure's way outwards until today's funded set is no longer good enough."""

    def __init__(
        self, variants: Variants, figure: Figure, held: Sequence[str], beyond: float
    ) -> None:
        self.variants, self.figure, self.held = variants, figure, list(held)
        self.beyond = beyond
        self.width = width_of(figure)
        self.holders: Known = [variants.plan]
        self.rivals: Known = []
        self.asked = 0

    def open(self, value: float) -> Challenge | None:
        """The variant at a value; None where that is no valid scenario."""
        variants, patch = self.variants, self.figure.patch(value)
        try:
            scenario = derive_scenario(variants.scenario, patch)
        except InputError:
            return None
        compiled = variants.refigured.compile(scenario, Evaluator(scenario), patch)
        return Challenge(compiled, variants.gap, self.held)

    def flips(self, value: float) -> bool | None:
        """Whether today's set loses more than the gap there; None: no valid scenario."""
        self.asked += 1
        challenge = self.open(value)
        return None if challenge is None else challenge.is_beaten(self.holders, self.rivals)

    def go(self, side: float) -> tuple[dict[str, Any] | None, float]:
        """The nearest flip to one side, and how far was searched."""
        inner = self.figure.value
        if abs(inner) == float("inf") or self.figure.keys[-1] in TOLD_ONLY:
            return None, inner
        for stop in self._list_stops(side):
            outer, is_flipped = self._reach(inner, stop)
            if is_flipped:
                return self._close_in(inner, outer), outer
            if is_flipped is not None:
                inner = outer
        return None, inner

    def _list_stops(self, side: float) -> list[float]:
        """The end of the range, and how far beyond it the search goes."""
        figure = self.figure
        known = [end for end in (figure.low, figure.value, figure.high) if end is not None]
        known = [end for end in known if abs(end) < float("inf")]
        least, most = min(known), max(known)
        end = least if side < 0 else most
        last = end + side * self.beyond * self.width
        if least >= 0 and most > 0:
            last = max(last, 0.0)
        elif most <= 0 and least < 0:
            last = min(last, 0.0)
        return [stop for stop in (end, last) if (stop - figure.value) * side > 0]

    def _reach(self, inner: float, stop: float) -> tuple[float, bool | None]:
        """The stop, or as near to it as there is a valid scenario, and whether it flips there."""
        outer = self.figure.settle(stop)
        is_flipped = self.flips(outer)
        for _ in range(HALVINGS):
            if is_flipped is not None:
                break
            outer = self.figure.settle(inner + 0.5 * (outer - inner))
            if outer == inner:
                break
            is_flipped = self.flips(outer)
        return outer, is_flipped

    def _close_in(self, inner: float, outer: float) -> dict[str, Any]:
        """Narrows the stretch between a value that holds and one that flips."""
        share_of_width = CLOSE if self.variants.gap > EXACT else CLOSEST
        close = (1.0 if self.figure.is_whole else share_of_width * self.width) * (1 + 1e-9)
        for _ in range(MOST_ROUNDS):
            if abs(outer - inner) <= close:
                break
            before = inner, outer
            holds, flips = self._meet(inner, outer, close)
            if holds != inner:
                if self.flips(holds):
                    outer = holds
                    continue
                inner = holds
            if flips not in (inner, outer):
                if self.flips(flips):
                    outer = flips
                else:
                    inner = flips
            if before == (inner, outer):
                middle = self.figure.settle(0.5 * (inner + outer))
                if middle in before:
                    break
                if self.flips(middle):
                    outer = middle
                else:
                    inner = middle
        return self._tell(inner, outer)

    def _meet(self, inner: float, outer: float, close: float) -> tuple[float, float]:
        """Where the latest rival and the latest plan of today's set meet: a stretch about it."""
        if not self.rivals:
            return inner, outer
        behind, ahead = self._lead(inner), self._lead(outer)
        if behind > 0 or ahead <= 0 or ahead == float("inf"):
            return inner, outer
        for step in range(MOST_STEPS):
            if abs(outer - inner) <= close:
                break
            share = 0.5
            if step % 3 < 2:
                # Leads are nearly straight lines: aim a little to either side of where they end.
                share = behind / (behind - ahead) + (0.3 if step % 3 else -0.3) * close / abs(
                    outer - inner
                )
                share = min(max(share, 0.02), 0.98)
            middle = self.figure.settle(inner + share * (outer - inner))
            if middle in (inner, outer):
                break
            lead = self._lead(middle)
            if lead > 0:
                outer, ahead = middle, lead
            else:
                inner, behind = middle, lead
        return inner, outer

    def _lead(self, value: float) -> float:
        """By how much the latest rival gains more than today's set may be short of, points."""
        challenge = self.open(value)
        if challenge is None:
            return -1.0
        _, least = challenge.rework(self.holders[-1], held=True)
        _, most = challenge.rework(self.rivals[-1], held=False)
        if least == -float("inf"):
            return float("inf")
        return max(most - challenge.allow(least), -1e6)

    def _tell(self, inner: float, outer: float) -> dict[str, Any]:
        """What is funded at the value that flips."""
        challenge = self.open(outer)
        plan: Plan | None = None
        if challenge is not None and self.rivals:
            plan, _ = challenge.rework(self.rivals[-1], held=False, frugal=True)
        funded = list_funded(plan or {})
        order = self.variants.scenario.instruments
        return {
            "at": outer,
            "holds_at": inner,
            "enters": [i for i in order if i in funded and i not in self.held],
            "leaves": [i for i in self.held if i not in funded] if plan is not None else [],
            "why": "" if plan is not None else "no plan meets every limit",
        }
