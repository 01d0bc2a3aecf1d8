"""For each figure the value at which the funded set changes, found and verified by solving.

1. The figure is moved to the end of its range, then one width of the range beyond; never across 0
   unless its range is.
2. Where today's funded set then loses more than the tolerance, the nearest such value lies between
   the last value that holds and this one, and is closed in (`model/solving/turning.py`).
3. Both ends of what is left, a thousandth of the range apart or less, have been settled in full.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ....inputs.complaint import InputError
from ....inputs.figures import TOLD_ONLY, Figure, list_figures
from ....inputs.scenario import Scenario
from ...equations.evaluate import Plan
from ...solving.oracle import Oracle
from ...solving.trail import Trail
from ...solving.turning import Path, Turn, Undecided, find_turn, hold_against, measure_lead
from ...work.fan_out import Crew
from .asking import Asking, refuse_nothing
from .findings import BreakEven, FigureFlip, FigureStudy
from .variants import Variants, open_variants, write_plan

BEYOND, FARTHER = 1.0, 4.0
"""Widths of the range that are searched beyond its ends; the second for figures that are named."""

CLOSE, CLOSEST = 1e-3, 1e-5
"""Share of the range's width within which a flip is located; the second if answers are exact."""

EXACT = 1e-5
"""Answers to a smaller gap are exact enough for the closer."""

LATEST = 3
"""Plans found at other values that are tried first, the latest of each side."""

AT_HAND = 3
"""Values whose scenarios are kept compiled: a lead is asked for where an answer was."""


def find_break_evens(
    scenario: Scenario,
    named: Sequence[str] = (),
    gap: float | None = None,
    crew: Crew | None = None,
) -> FigureStudy:
    """Every figure's nearest flips, the nearest in terms of its range first."""
    figures = list_figures(scenario, named, ranged=False)
    asking = Asking(scenario, gap, crew or Crew())
    records = [{"path": figure.path, "beyond": FARTHER if named else BEYOND} for figure in figures]
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
    study = asking.conclude("breakeven", figures, asked=len(figures), answered=len(rows))
    return replace(study, break_evens=sorted(rows, key=rank))


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
    told = json.loads(record)
    variants = open_variants(shared)
    (figure,) = list_figures(variants.scenario, [told["path"]], ranged=False)
    search = ValueSearch(variants, figure, told["beyond"])
    below, least = search.go(-1.0)
    above, most = search.go(1.0)
    return {
        "below": below,
        "above": above,
        "searched": [least, most],
        "solves": search.asked,
        "plans": [write_plan(plan) for plan in search.rivals],
    }


class ValueSearch:
    """One figure's way outwards until today's funded set is no longer good enough."""

    def __init__(self, variants: Variants, figure: Figure, beyond: float) -> None:
        self.variants, self.figure, self.beyond = variants, figure, beyond
        self.width = width_of(figure)
        self.holders: list[Plan] = [variants.plan]
        self.rivals: list[Plan] = []
        self.at_hand: dict[float, Oracle | None] = {}
        self.asked = 0
        self.trail = Trail()

    def go(self, side: float) -> tuple[dict[str, Any] | None, float]:
        """The nearest flip to one side, and how far was searched."""
        begin = self.figure.value
        if abs(begin) == float("inf") or self.figure.keys[-1] in TOLD_ONLY:
            return None, begin
        close = CLOSE if self.variants.tolerance.share > EXACT else CLOSEST
        nearest = 1.0 if self.figure.is_whole else close * self.width
        path = Path(self.has_flipped, self.measure_lead, lambda *_: nearest, self.figure.settle)
        turn = find_turn(path, begin, self._list_stops(side))
        if turn.at is None:
            return None, turn.holds_at
        return self._tell(turn.at, turn), turn.at

    def _list_stops(self, side: float) -> list[float]:
        """The end of the range, and how far beyond it the search goes: a group not at all."""
        figure = self.figure
        if figure.members:
            return [side]
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

    def open(self, value: float) -> Oracle | None:
        """The variant at a value; None where that is no valid scenario."""
        if value not in self.at_hand:
            try:
                oracle = self.variants.open(self.figure.patch(value), self.trail)
            except InputError:
                oracle = None
            while len(self.at_hand) >= AT_HAND:
                del self.at_hand[next(iter(self.at_hand))]
            self.at_hand[value] = oracle
        return self.at_hand[value]

    def has_flipped(self, value: float) -> bool | None:
        """Whether today's set loses more than the gap there; None: no valid scenario."""
        self.asked += 1
        oracle = self.open(value)
        if oracle is None:
            return None
        known = [*self.rivals[: -LATEST - 1 : -1], *self.holders[: -LATEST - 1 : -1]]
        verdict = hold_against(oracle, self.variants.today, self.variants.tolerance, known)
        if verdict.is_beaten is None:
            raise Undecided
        if verdict.best.plan is not None and verdict.is_beaten:
            self.rivals.append(verdict.best.plan)
        if verdict.holder is not None and verdict.holder.plan is not None:
            self.holders.append(verdict.holder.plan)
        return verdict.is_beaten

    def measure_lead(self, value: float) -> float | None:
        """By how much the latest rival gains more than today's set may be short of, points."""
        oracle = self.open(value)
        if oracle is None or not self.rivals:
            return None
        variants = self.variants
        return measure_lead(
            oracle, variants.today, variants.tolerance, self.holders[-1], self.rivals[-1]
        )

    def _tell(self, at: float, turn: Turn) -> dict[str, Any]:
        """What is funded at the value that flips."""
        plan: Plan | None = None
        oracle = self.open(at)
        if oracle is not None and self.rivals:
            optimum = oracle.keep(oracle.question(self.variants.tolerance), self.rivals[-1])
            plan = None if optimum is None else oracle.compiled.read_plan(optimum.values)
        funded, today = plan or {}, self.variants.plan
        order = self.variants.scenario.instruments
        return {
            "at": at,
            "holds_at": turn.holds_at,
            "enters": [i for i in order if i in funded and i not in today],
            "leaves": [i for i in order if i in today and i not in funded and plan is not None],
            "why": "" if plan is not None else "no plan meets every limit",
        }
