"""For each figure the value at which the funded set changes, found and verified by solving.

1. The figure is moved to the end of its range, then beyond it by four times the range's width.
2. Where today's funded set then loses more than the tolerance, the nearest such value lies between
   the last value that holds and this one. What today's set loses tells where to ask next.
3. Both ends of what is left, a thousandth of the range apart or less, have been solved.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ...inputs.scenario import Scenario
from ..fan_out import Crew
from ..figure_results import BreakEven, FigureStudy, Flip
from ..figures import Figure, list_figures
from ..variants import Variants, open_variants
from .inputs_asking import Asking, lost_by_holding, refuse_nothing

BEYOND = 4.0
"""Widths of the range that are searched beyond its ends."""

CLOSE, CLOSEST = 1e-3, 1e-5
"""Share of the range's width within which a flip is located; the second if answers are exact."""

EXACT = 1e-5
"""Answers to a smaller gap are exact enough for the closer."""

MOST_STEPS = 40
"""Questions to one side of one figure: bisection alone needs a dozen."""

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


def _read_flip(record: Mapping[str, Any] | None) -> Flip | None:
    if record is None:
        return None
    enters, leaves = tuple(record["enters"]), tuple(record["leaves"])
    return Flip(record["at"], record["holds_at"], enters, leaves, record["why"])


# The task -------------------------------------------------------------------------------------


def find_flips(shared: str, record: str) -> dict[str, Any]:
    """A task for `fan_out`: both sides of one figure."""
    own = json.loads(record)
    value, low, high = (_number(own[key]) for key in ("value", "low", "high"))
    figure = Figure(own["path"], 0.0 if value is None else value, low, high)
    search = Search(open_variants(shared), figure, own["held"])
    below, least = search.go(-1.0)
    above, most = search.go(1.0)
    return {"below": below, "above": above, "searched": [least, most], "solves": search.asked}


def _number(value: Any) -> float | None:
    return float("inf") if value == "never" else value


class Search:
    """One figure's way outwards until today's funded set is no longer good enough."""

    def __init__(self, variants: Variants, figure: Figure, held: Sequence[str]) -> None:
        self.variants, self.figure, self.held = variants, figure, list(held)
        self.width = width_of(figure)
        self.asked = 0

    def ask(self, value: float) -> tuple[float | None, dict[str, Any]]:
        """By how much today's set loses beyond the tolerance (None: no valid scenario)."""
        self.asked += 1
        record = {"patch": self.figure.patch(value), "held": self.held}
        answer = self.variants.answer(record)
        if answer["status"] == "invalid":
            return None, answer
        if answer["status"] == "infeasible":
            return float("inf"), answer
        if set(answer["funded"]) == set(self.held):
            return -self.variants.gap, answer
        return lost_by_holding(answer) - self.variants.gap, answer

    def go(self, side: float) -> tuple[dict[str, Any] | None, float]:
        """The nearest flip to one side, and how far was searched."""
        figure = self.figure
        end = figure.low if side < 0 else figure.high
        start = figure.value
        if abs(start) == float("inf"):
            return None, start
        inner, inner_loss = start, -self.variants.gap
        stops = []
        if end is not None and abs(end) < float("inf") and (end - start) * side > 0:
            stops.append(end)
        base = stops[-1] if stops else start
        stops.append(base + side * BEYOND * self.width)
        for stop in stops:
            outer, loss, answer = self._reach(inner, stop)
            if loss is None:
                continue
            if loss > 0:
                return self._close_in(inner, inner_loss, outer, loss, answer), outer
            inner, inner_loss = outer, loss
        return None, inner

    def _reach(self, inner: float, stop: float) -> tuple[float, float | None, dict[str, Any]]:
        """The stop, or as near to it as there is a valid scenario."""
        outer = self.figure.settle(stop)
        loss, answer = self.ask(outer)
        for _ in range(HALVINGS):
            if loss is not None:
                break
            outer = self.figure.settle(inner + 0.5 * (outer - inner))
            if outer == inner:
                break
            loss, answer = self.ask(outer)
        return outer, loss, answer

    def _close_in(
        self, inner: float, inner_loss: float, outer: float, loss: float, answer: dict[str, Any]
    ) -> dict[str, Any]:
        """Narrows the stretch between a value that holds and one that flips."""
        share_of_width = CLOSE if self.variants.gap > EXACT else CLOSEST
        close = 1.0 if self.figure.is_whole else share_of_width * self.width
        for step in range(MOST_STEPS):
            if abs(outer - inner) <= close * (1 + 1e-9):
                break
            share = 0.5
            if step % 3 < 2 and loss < float("inf"):
                # Losses are nearly straight lines: aim where the line meets the tolerance.
                share = min(max(-inner_loss / (loss - inner_loss), 0.02), 0.98)
            middle = self.figure.settle(inner + share * (outer - inner))
            if middle in (inner, outer):
                middle = self.figure.settle(0.5 * (inner + outer))
            if middle in (inner, outer):
                break
            found, new = self.ask(middle)
            if found is None or found <= 0:
                inner, inner_loss = middle, -self.variants.gap if found is None else found
            else:
                outer, loss, answer = middle, found, new
        funded = answer.get("funded", [])
        is_known = answer["status"] != "infeasible"
        return {
            "at": outer,
            "holds_at": inner,
            "enters": [i for i in funded if i not in self.held],
            "leaves": [i for i in self.held if i not in funded] if is_known else [],
            "why": "" if is_known else "no plan meets every limit",
        }
