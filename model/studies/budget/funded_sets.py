"""Over which budgets one funded set stays good enough, as far as it can be carried.

From the least budget on: of the sets that are best somewhere nearby and good enough here, the one
that stays within the tolerance longest is kept until it does not; where it parts from the best,
other years for the same programmes are searched for before it is given up. Then the next set.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from itertools import pairwise

import numpy as np

from ...equations.evaluate import SMALLEST_GAIN
from ...solving.question import Changes, Question, Tolerance, hold_set
from .curve import MOST_NODES, SEARCHED, BudgetCell, BudgetCurve, Report
from .findings import BudgetStretch
from .line import LEAST_WIDTH, Funded, Keeping, PlanAtBudget
from .stretches import find_corners, find_parting, height, join, lowest

NEARBY = 12
"""Stretches of the curve ahead of a budget whose best decisions are tried there."""

WORTHWHILE = 0.01
"""Share of the range: what carries a set on by less is not worth another search of the kind."""

REFINEMENTS = 8
"""Solves spent on telling one end of a funded set more sharply."""

SHARP = 1e-4
"""$ billion a year: an end that would move by less is sharp enough."""


class FundedSets:
    """The stretches of a traced curve over which one funded set stays within the tolerance."""

    def __init__(self, curve: BudgetCurve) -> None:
        self.curve = curve
        self.line = curve.line
        self.cells = curve.cells
        self.edges = [cell.lower for cell in self.cells]
        self.tolerance = curve.tolerance
        self.sets: dict[Funded, list[Keeping]] = {}
        self.width = curve.upper - curve.lower

    def list_stretches(self, report: Report | None = None) -> list[BudgetStretch]:
        """The stretches in turn, from the least budget to the largest."""
        found: list[BudgetStretch] = []
        at, upper = self.curve.lower, self.curve.upper
        while at < upper - 2 * LEAST_WIDTH:
            funded, end = self._choose(at)
            gains = [self._best_of(funded, budget) for budget in (at, end)]
            order = tuple(i for i in self.line.scenario.instruments if i in funded)
            worst = self._find_worst(funded, at, end)
            above = self.cells[self._find_cell(end)].lower
            if end < above <= end + 2 * LEAST_WIDTH:
                end = above  # a jump: what lies between is the solver's rounding
            if end >= upper - 2 * LEAST_WIDTH:
                end = upper
            proven = worst if np.isfinite(worst) else None
            stretch = BudgetStretch(at, end, order, gains[0], gains[1], proven)
            found = join_alike(found, stretch)
            at = end
            if report:
                what = f"funded sets, {len(found)} so far"
                report(at - self.curve.lower, upper - self.curve.lower, what)
        return found

    # Which set --------------------------------------------------------------------------------

    def _choose(self, at: float) -> tuple[Funded, float]:
        """The set to keep from a budget on, and how far it goes."""
        funded, end = frozenset[str](), at
        for candidate in self._list_candidates(at):
            # Sets are carried on only where they are still good enough at the longest reach.
            if end > at and not self._is_good(candidate, end + SHARP):
                continue
            reach = self._extend(candidate, at)
            if reach > end + SHARP:
                funded, end = candidate, reach
        while at < end < self.curve.upper - LEAST_WIDTH and self._search_further(funded, end):
            before, end = end, max(end, self._extend(funded, end))
            if end <= before + (WORTHWHILE * self.width if self.curve.gap else SHARP):
                break
        if end > at + LEAST_WIDTH:
            return funded, end
        # Nothing is proven good enough here: time ran out. The best known stands for the cell.
        upper = self.cells[self._find_cell(at)].upper
        return self._stand_in(at), max(upper, at + LEAST_WIDTH)

    def _is_good(self, funded: Funded, budget: float) -> bool:
        """Whether a set is known to be within the tolerance at one budget."""
        at = min(budget, self.curve.upper)
        lines = self.cells[self._find_cell(at)].lines
        kept = [self._at(keeping, at) for keeping in self.sets[funded]]
        gain = max((known.gain for known in kept if known is not None), default=-np.inf)
        best = max(lowest(lines, at), gain) if lines else np.inf
        return best - gain <= self.tolerance * max(best, SMALLEST_GAIN)

    def _stand_in(self, at: float) -> Funded:
        """The set that is known to gain most for so much money or less."""
        known = [
            (kept.gain, budget, keeping)
            for keeping in self.curve.keepings.values()
            for budget, kept in keeping.points.items()
            if budget <= at
        ]
        _, budget, keeping = max(known, key=lambda triple: triple[:2])
        kept = keeping.points[budget]
        self._remember(kept.funded, keeping).points.setdefault(budget, kept)
        return kept.funded

    def _list_candidates(self, at: float) -> list[Funded]:
        """Sets good enough at a budget, the best first; at least the best one."""
        number = self._find_cell(at)
        cell = self.cells[number]
        around = self.cells[max(0, number - 1) : number + NEARBY]
        tried: dict[int, Keeping] = {}
        for end in [at, *(end for near in around for end in (near.lower, near.upper))]:
            keeping, _ = self.curve.best_at(end)
            if keeping is not None:
                tried[id(keeping)] = keeping
        ranked = []
        for keeping in tried.values():
            kept = self._at(keeping, at, is_cheapest=bool(self.line.loose))
            if kept is not None:
                ranked.append((kept.gain, keeping, kept))
        if not ranked:
            return []
        ranked.sort(key=lambda known: -known[0])
        best = max(lowest(cell.lines, at), ranked[0][0]) if cell.lines else ranked[0][0]
        sets: dict[Funded, None] = {}
        for gain, keeping, kept in ranked:
            if sets and best - gain > self.tolerance * max(best, SMALLEST_GAIN):
                break
            for funded in self._list_sets(keeping, kept, cell.upper):
                sets.setdefault(funded)
        return list(sets)

    def _list_sets(self, keeping: Keeping, kept: PlanAtBudget, upper: float) -> list[Funded]:
        """What decisions fund at a budget and just above it; each with its keeping remembered."""
        funded = [kept.funded]
        if self.line.loose:
            above = self._at(keeping, upper, is_cheapest=True)
            if above is not None and above.funded != kept.funded:
                funded = [kept.funded | above.funded, kept.funded, above.funded]
        for one in funded:
            self._remember(one, keeping)
        return funded

    def _remember(self, funded: Funded, keeping: Keeping) -> Keeping:
        """The keeping of a set with some decisions."""
        known = self.sets.setdefault(funded, [])
        for same in known:
            if np.array_equal(same.decisions, keeping.decisions):
                return same
        if self.line.loose:
            support = funded & frozenset(self.line.loose)
            keeping = Keeping(keeping.decisions, support)
        known.append(keeping)
        return keeping

    def _search_further(self, funded: Funded, end: float) -> bool:
        """Looks for other years in which the same programmes may be funded, where they part."""
        if not self.line.is_mixed or self.curve.clock.is_over:
            return False
        budget = min(end + SHARP, self.curve.upper)
        cell = self.cells[self._find_cell(budget)]
        best = lowest(cell.lines, budget) if cell.lines else -np.inf
        changes = hold_set(self.line.scenario, funded)
        question = Question(
            self.line.price(0.0),
            Changes(changes.banned, changes.demanded, {self.line.budget: (budget, budget)}),
            Tolerance(SEARCHED * self.curve.tolerance if self.curve.gap else 0.0),
            needs="plan",
            at_least=best - self.tolerance * max(best, SMALLEST_GAIN),
            straight=True,
            most_nodes=MOST_NODES if self.curve.gap else None,
            place=np.array([budget]),
        )
        answer = self.curve.oracle.ask(question)
        if answer.decisions is None:
            return False
        before = len(self.sets[funded])
        self._remember(funded, self.curve.remember(answer.decisions))
        return len(self.sets[funded]) > before

    # How far ----------------------------------------------------------------------------------

    def _extend(self, funded: Funded, at: float) -> float:
        """How far a set stays within the tolerance, changing its years where that helps."""
        while True:
            further = max(self._cover(keeping, at) for keeping in self.sets[funded])
            if further <= at + LEAST_WIDTH:
                return max(at, further)
            at = further

    def _cover(self, keeping: Keeping, start: float) -> float:
        """How far the plans under one keeping stay within the tolerance without a break."""
        at = start
        for cell in self.cells[self._find_cell(start) :]:
            here = max(at, cell.lower)
            for _ in range(REFINEMENTS):
                low, high = self._at(keeping, here), self._at(keeping, cell.upper)
                if low is None or high is None or not cell.lines:
                    return at
                chord = join(here, low.gain, cell.upper, high.gain)
                parts = find_parting(
                    cell.lines, chord, here, cell.upper, self.tolerance, SMALLEST_GAIN
                )
                at = max(at, parts) if parts > here else at
                if parts >= cell.upper or parts < here + SHARP:
                    break
                here = parts
            if at < cell.upper:
                return at
        return at

    def _find_worst(self, funded: Funded, lower: float, upper: float) -> float:
        """The largest share by which a set may be behind the best between two budgets."""
        worst = 0.0
        for cell in self.cells[self._find_cell(lower) :]:
            low, high = max(lower, cell.lower), min(upper, cell.upper)
            if high <= low:
                break
            worst = max(worst, min(self._worst_in(k, cell, low, high) for k in self.sets[funded]))
        return worst

    def _worst_in(self, keeping: Keeping, cell: BudgetCell, low: float, high: float) -> float:
        lines = cell.lines
        known = sorted(at for at in keeping.points if low <= at <= high)
        inner = sorted({low, *known, high})
        worst = 0.0
        for one, other in pairwise(inner):
            ends = self._at(keeping, one), self._at(keeping, other)
            if ends[0] is None or ends[1] is None or not lines:
                return np.inf
            chord = join(one, ends[0].gain, other, ends[1].gain)
            for at in find_corners(lines, [chord], one, other):
                best = lowest(lines, at)
                worst = max(worst, (best - height(chord, at)) / max(best, SMALLEST_GAIN))
        return worst

    def _best_of(self, funded: Funded, budget: float) -> float:
        """The most that a set gains at a budget."""
        found = [self._at(keeping, budget) for keeping in self.sets[funded]]
        # Should time have run out: what is gained with less money is gained with more.
        found += [
            kept
            for keeping in self.sets[funded]
            for at, kept in keeping.points.items()
            if at <= budget
        ]
        return max((kept.gain for kept in found if kept is not None), default=-np.inf)

    def _at(
        self, keeping: Keeping, budget: float, is_cheapest: bool = False
    ) -> PlanAtBudget | None:
        """What a keeping gains at a budget, solved once."""
        known = keeping.points.get(budget)
        is_over = self.curve.clock.is_over
        if known is not None and (known.is_cheapest or not is_cheapest or is_over):
            return known
        if budget <= keeping.too_little or is_over:
            return None
        answer = self.curve.oracle.ask(self.line.pose_keeping(keeping, budget, is_cheapest))
        self.curve.take(keeping, budget, answer, is_cheapest)
        return keeping.points.get(budget)

    def _find_cell(self, at: float) -> int:
        """The number of the cell that begins at a budget or holds it."""
        number = max(0, bisect_right(self.edges, at) - 1)
        is_behind = at >= self.cells[number].upper and number + 1 < len(self.cells)
        return number + 1 if is_behind else number


def join_alike(found: list[BudgetStretch], stretch: BudgetStretch) -> list[BudgetStretch]:
    """Stretches with one more, which goes on from the last where it funds the same."""
    if not found or found[-1].funded != stretch.funded:
        return [*found, stretch]
    last = found[-1]
    proven = None
    if last.proven is not None and stretch.proven is not None:
        proven = max(last.proven, stretch.proven)
    longer = replace(last, upper=stretch.upper, gain_upper=stretch.gain_upper, proven=proven)
    return [*found[:-1], longer]
