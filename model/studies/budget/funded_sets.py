"""Over which budgets one funded set stays good enough, as far as it can be carried.

From the least budget on: of the sets that are best somewhere nearby and good enough here, the one
that stays within the tolerance longest is kept until it does not; where it parts from the best,
other years for the same programmes are searched for before it is given up. Then the next set.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise

import numpy as np

from ...equations.evaluate import SMALLEST_GAIN
from ...solving.budget_line import LEAST_WIDTH, Funded, Keeping, Kept
from .curve import SEARCHED, BudgetCell, BudgetCurve, Report
from .findings import BudgetStretch
from .stretches import find_corners, find_parting, height, join, lowest

NEARBY = 6
"""Stretches of the curve ahead of a budget whose best decisions are tried there."""

REFINEMENTS = 8
"""Solves spent on telling one end of a funded set more sharply."""

SHARP = 1e-4
"""$ billion a year: an end that would move by less is sharp enough."""


class FundedSets:
    """The stretches of a traced curve over which one funded set stays within the tolerance."""

    def __init__(self, curve: BudgetCurve) -> None:
        self.curve = curve
        self.line, self.engine = curve.line, curve.engines[0]
        self.cells = curve.cells
        self.edges = [cell.lower for cell in self.cells]
        self.tolerance = curve.tolerance
        self.sets: dict[Funded, list[Keeping]] = {}

    def list_stretches(self, report: Report | None = None) -> list[BudgetStretch]:
        """The stretches in turn, from the least budget to the largest."""
        found: list[BudgetStretch] = []
        at, upper = self.curve.lower, self.curve.upper
        while at < upper - 2 * LEAST_WIDTH:
            funded, end = self._choose(at)
            ends = [self._best_of(funded, budget) for budget in (at, end)]
            order = tuple(i for i in self.line.scenario.instruments if i in funded)
            worst = self._find_worst(funded, at, end)
            above = self.cells[self._find_cell(end)].lower
            if end < above <= end + 2 * LEAST_WIDTH:
                end = above  # a jump: what lies between is the solver's rounding
            if end >= upper - 2 * LEAST_WIDTH:
                end = upper
            found.append(BudgetStretch(at, end, order, ends[0], ends[1], worst))
            at = end
            if report:
                report(at - self.curve.lower, upper - self.curve.lower, f"{len(found)} funded sets")
        return found

    # Which set --------------------------------------------------------------------------------

    def _choose(self, at: float) -> tuple[Funded, float]:
        """The set to keep from a budget on, and how far it goes."""
        candidates = self._list_candidates(at)
        reach = {funded: self._extend(funded, at) for funded in candidates}
        funded = max(reach, key=lambda name: (round(reach[name] / SHARP), -candidates[name]))
        end = reach[funded]
        while end < self.curve.upper - LEAST_WIDTH and self._search_further(funded, end):
            further = self._extend(funded, end)
            if further <= end + SHARP:
                break
            end = further
        if end <= at + LEAST_WIDTH:
            # Nothing is proven good enough here: time ran out. The best known stands for the cell.
            cell = self.cells[self._find_cell(at)]
            return funded, max(cell.upper, at + LEAST_WIDTH)
        return funded, end

    def _list_candidates(self, at: float) -> dict[Funded, int]:
        """Sets good enough at a budget, the best first, with their rank; at least the best one."""
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
        ranked.sort(key=lambda known: -known[0])
        best = max(lowest(cell.lines, at), ranked[0][0]) if cell.lines else ranked[0][0]
        sets: dict[Funded, int] = {}
        for gain, keeping, kept in ranked:
            if sets and best - gain > self.tolerance * max(best, SMALLEST_GAIN):
                break
            for funded in self._list_sets(keeping, kept, cell.upper):
                sets.setdefault(funded, len(sets))
        return sets

    def _list_sets(self, keeping: Keeping, kept: Kept, upper: float) -> list[Funded]:
        """What decisions fund at a budget and just above it; each with its keeping remembered."""
        funded = [kept.funded]
        if self.line.loose:
            above = self._at(keeping, upper, is_cheapest=True)
            if above is not None and above.funded != kept.funded:
                funded = [kept.funded | above.funded, kept.funded, above.funded]
        for one in funded:
            self._remember(one, keeping)
        return funded

    def _remember(self, funded: Funded, keeping: Keeping) -> None:
        support = funded & frozenset(self.line.loose) if self.line.loose else None
        known = self.sets.setdefault(funded, [])
        if all(not np.array_equal(one.decisions, keeping.decisions) for one in known):
            points = {} if support is not None else dict(keeping.points)
            known.append(Keeping(keeping.decisions, support, keeping.least, points))

    def _search_further(self, funded: Funded, end: float) -> bool:
        """Looks for other years in which the same programmes may be funded, where they part."""
        if not self.line.is_mixed or self.curve.clock.is_over:
            return False
        budget = min(end + SHARP, self.curve.upper)
        gap = SEARCHED * self.tolerance if self.curve.gap else 0.0
        names = ",".join(sorted(funded))

        def solve() -> dict[str, object]:
            _, found, is_final = self.engine.search_set(funded, budget, gap, self.curve.clock.left)
            decisions = None if found is None else np.flatnonzero(found > 0.5).tolist()
            return {"on": decisions, "final": is_final}

        answer = self.curve.store.ask(f"set {budget!r} {gap!r} {names}", solve)
        self.curve.solves += 1
        if answer["on"] is None:
            return False
        decisions = np.zeros(len(self.line.matrices.integers))
        decisions[answer["on"]] = 1.0
        before = len(self.sets[funded])
        least = self.engine.least_budget(decisions)
        self._remember(funded, Keeping(decisions, None, np.inf if least is None else least))
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

    def _at(self, keeping: Keeping, budget: float, is_cheapest: bool = False) -> Kept | None:
        """What a keeping gains at a budget, solved once."""
        known = keeping.points.get(budget)
        is_over = self.curve.clock.is_over
        if known is not None and (known.is_cheapest or not is_cheapest or is_over):
            return known
        if budget < keeping.least - 1e-9 or is_over:
            return None
        kept = self.engine.keep(keeping, budget, is_cheapest)
        self.curve.linear_solves += 1
        if kept is not None:
            keeping.points[budget] = kept
        return kept

    def _find_cell(self, at: float) -> int:
        """The number of the cell that begins at a budget or holds it."""
        number = max(0, bisect_right(self.edges, at) - 1)
        is_behind = at >= self.cells[number].upper and number + 1 < len(self.cells)
        return number + 1 if is_behind else number
