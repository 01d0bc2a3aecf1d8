"""Branch and bound by one live linear program: a short way to a proof that nothing is better.

HiGHS's own search first writes the program down anew, solves it cold and looks for cuts, which for
us-2027 is most of what it takes. Here each branch lies one on/off decision away from a program just
solved, some 50 pivots; where a good plan is known, a few dozen of them mostly suffice.

Branches are parted where that costs most on both sides, as estimated from what earlier partings
have cost (pseudocosts: Benichou et al., Mathematical Programming 1, 1971); the other decisions that
no better plan can have otherwise are made by their reduced costs.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from ..equations.curves import Array
from ..failures import SolverFailed
from ..work.clock import Clock
from .engine import Engine, Linear, Searched
from .live import Basis
from .matrices import INFINITE, Columns
from .question import Question

WHOLE = 1e-6
"""A share this close to nothing or all is decided; the solver's own tolerance."""

ROUNDING = 1e-9
"""What a value may lack for no more than rounding."""

FIRST_PRICE = 1e-6
"""What a decision costs at the least, so that one without a price is not left for ever."""


@dataclass(frozen=True, order=True)
class Branch:
    """Plans with some decisions made: none of them is worth more than `value`.

    They are sorted by what they may be worth, the best first, and the latest of those that tie.
    """

    loss: float
    number: int
    lower: Array
    upper: Array
    shares: Array
    basis: Basis

    @property
    def value(self) -> float:
        return -self.loss


class Prices:
    """What deciding each integer column has cost so far, per share that was moved."""

    def __init__(self, count: int) -> None:
        self.sums, self.counts = np.zeros((2, count)), np.zeros((2, count))

    def note(self, at: int, side: int, moved: float, lost: float) -> None:
        """Takes in that moving a column to a side, by a share, has lost some points."""
        self.sums[side, at] += lost / moved
        self.counts[side, at] += 1

    def estimate(self, at: Columns, shares: Array) -> Array:
        """What each column would lose on either side; shape [2, columns]."""
        seen = self.counts > 0
        usual = [
            float((self.sums[side][seen[side]] / self.counts[side][seen[side]]).mean())
            if seen[side].any()
            else 1.0
            for side in (0, 1)
        ]
        ways = np.array([shares, 1.0 - shares])
        own = self.sums[:, at] / np.maximum(self.counts[:, at], 1.0)
        rates = np.where(seen[:, at], own, np.array(usual)[:, None])
        return np.asarray(np.maximum(rates, FIRST_PRICE) * ways)


class Tree:
    """The search for plans of a question that are better than what is known, by enough.

    `beyond`: what a plan must be worth more than. `raise_from`: what a further one must be worth
    more than once one is found, by what that is worth. `target`: a value that ends it. It ends
    after `most_nodes` linear programs: a count, so that answers repeat.
    """

    def __init__(
        self,
        engine: Engine,
        question: Question,
        clock: Clock,
        beyond: float,
        raise_from: Callable[[float], float],
        target: float,
        most_nodes: int,
    ) -> None:
        self.engine, self.live, self.question = engine, engine.tree, question
        self.integers = engine.integers
        self.clock, self.target, self.most_nodes = clock, target, most_nodes
        self.threshold, self.raise_from = beyond, raise_from
        self.closed = -INFINITE  # what plans in branches that were left may be worth
        self.value = -INFINITE
        self.decisions: Array | None = None
        self.prices = Prices(len(self.integers))
        self.nodes = self.numbered = 0
        self.at: Basis | None = None  # the basis that the solver stands at

    def search(self, relaxed: Linear, fixed: tuple[Columns, Array] | None = None) -> Searched:
        """What is found below the relaxation, some integer columns `fixed` at values."""
        live = self.live
        self.engine.mixed_solves += 1
        with self.engine.posed(live, self.question):
            before = live.now_lower[self.integers].copy(), live.now_upper[self.integers].copy()
            try:
                live.start_from(relaxed.start)
                if fixed is not None:
                    live.set_bounds(fixed[0], fixed[1], fixed[1])
                box = live.now_lower[self.integers].copy(), live.now_upper[self.integers].copy()
                open_ = self._search_all(*box)
            except SolverFailed:
                return Searched(relaxed.value, self.decisions, is_final=False)
            finally:
                live.set_bounds(self.integers, *before)
        bound = max([self.closed, self.value, *(branch.value for branch in open_)])
        bound = min(bound, relaxed.value)
        return Searched(bound, self.decisions, is_final=not open_)

    def _search_all(self, lower: Array, upper: Array) -> list[Branch]:
        """Follows the best branch down, then the next best; what is still open in the end."""
        root = self._enter(lower, upper, None)
        open_ = [] if root is None else [root]
        while open_ and not self._must_end():
            branch: Branch | None = heapq.heappop(open_)
            while branch is not None:
                if self._must_end():
                    heapq.heappush(open_, branch)
                    break
                further = sorted(self._part(branch))
                branch = further[0] if further else None
                for other in further[1:]:
                    heapq.heappush(open_, other)
            if open_ and open_[0].value <= self.threshold:
                self.closed = max(self.closed, open_[0].value)
                return []
        return open_

    def _must_end(self) -> bool:
        return self.value >= self.target or self.nodes >= self.most_nodes or self.clock.is_over

    def _part(self, branch: Branch) -> Iterator[Branch]:
        """Both ways to decide what costs most either way, as far as they may lead to something."""
        if branch.value <= self.threshold:
            self.closed = max(self.closed, branch.value)
            return
        shares = branch.shares
        open_ = np.flatnonzero((shares > WHOLE) & (shares < 1.0 - WHOLE)).astype(np.int32)
        losses = self.prices.estimate(open_, shares[open_])
        chosen = int(np.argmax(losses[0] * losses[1]))
        at, share = int(open_[chosen]), float(shares[open_[chosen]])
        sides = (0, 1) if losses[0, chosen] >= losses[1, chosen] else (1, 0)
        for side in sides:  # the more promising one last: the solver then stands where it goes on
            lower, upper = branch.lower.copy(), branch.upper.copy()
            lower[at] = upper[at] = float(side)
            further = self._enter(lower, upper, branch, (at, side, 1.0 - share if side else share))
            if further is not None:
                yield further

    def _enter(
        self,
        lower: Array,
        upper: Array,
        parent: Branch | None,
        moved: tuple[int, int, float] | None = None,
    ) -> Branch | None:
        """A branch as its linear program shows it; None where nothing in it is left to look for."""
        basis = None if parent is None else parent.basis
        solved = self._solve(lower, upper, basis)
        if solved is None:
            return None
        if parent is not None and moved is not None:
            self.prices.note(*moved, max(parent.value - solved.value, 0.0))
        if solved.value <= self.threshold:
            self.closed = max(self.closed, solved.value)
            return None
        shares = solved.values[self.integers]
        self._tighten(lower, upper, shares, solved.value - self.threshold)
        if np.all((shares <= WHOLE) | (shares >= 1.0 - WHOLE)):
            self._take(solved, np.round(shares))
            return None
        self.numbered += 1
        return Branch(-solved.value, -self.numbered, lower, upper, shares, solved.start)

    def _tighten(self, lower: Array, upper: Array, shares: Array, slack: float) -> None:
        """Decides what by its reduced cost no plan worth looking for can have otherwise."""
        if not np.isfinite(slack):
            return
        prices = self.live.column_prices()[self.integers]
        slack += ROUNDING
        is_never = (prices > slack) & (shares < 0.5) & (upper > 0.5)
        is_always = (prices < -slack) & (shares > 0.5) & (lower < 0.5)
        upper[is_never], lower[is_always] = 0.0, 1.0
        if is_never.any() or is_always.any():  # the plans left out may be worth as much
            self.closed = max(self.closed, self.threshold)

    def _take(self, solved: Linear, decisions: Array) -> None:
        """A branch with all decisions made: its plan, if it stands with them as whole numbers."""
        self.closed = max(self.closed, solved.value)
        whole = self._solve(decisions, decisions, solved.start)
        if whole is not None and whole.value > self.value:
            self.value, self.decisions = whole.value, decisions
            self.threshold = max(self.threshold, self.raise_from(whole.value))

    def _solve(self, lower: Array, upper: Array, basis: Basis | None) -> Linear | None:
        """The linear program within a box, begun from a basis; None where nothing is left in it."""
        live = self.live
        live.set_bounds(self.integers, lower, upper)
        if basis is not None and basis is not self.at:
            live.go_on_from(basis)
        self.nodes += 1
        answer = live.solve(cut_off=-self.threshold if np.isfinite(self.threshold) else None)
        self.at = None
        if answer.status == "stopped":
            self.closed = max(self.closed, self.threshold)
            return None
        if answer.status == "infeasible" or answer.values is None:
            return None
        self.at = live.save_start()
        return Linear(-answer.objective, answer.values, self.at)
