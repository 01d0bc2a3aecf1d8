"""The best gain as the yearly budget moves: every breakpoint of it, within a proven tolerance.

The gain never falls with the budget. Over a stretch [l, r] of budgets, with the price p of a
billion taken from the chord of what is known at both ends, the most that any plan gains less p
times its budget gives a line that no plan is above. Under decisions that are kept the gain is
concave in the budget, so what is known at both ends is reached between them. Where line and chord
meet within the tolerance the stretch is done; else it is cut where the line touches, which in a
linear scenario is a breakpoint of the curve. Where decisions become affordable the gain may jump:
the least budget of decisions is a linear program, and the stretch is cut there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ....inputs.complaint import InputError
from ....inputs.scenario import Scenario
from ...equations.curves import Array
from ...equations.evaluate import SMALLEST_GAIN
from ...failures import SolverFailed
from ...solving.conflict import explain_infeasible
from ...solving.inquiry import Inquiry, inquire
from ...solving.question import Answer, Changes, Question, Tolerance
from ...work.clock import Clock
from ...work.store import Store
from .line import LEAST_WIDTH, BudgetLine, Keeping
from .stretches import Straight, find_widest, height, join, lowest

BATCH = 4
"""Stretches worked on side by side: a count, so that answers repeat."""

CLOSING = 0.5
"""Share of the tolerance within which the curve is proven; the rest is left for funded sets."""

NEAR = 0.85
"""Share of that by which a plan may be behind where a stretch is cut: curves take the rest."""

SEARCHED = 0.2
"""Share of the tolerance that a mixed program leaves open, unless the gap is to be 0."""

MOST_NODES = 60
"""Nodes of a mixed program before a stretch is rather cut: a count, so that answers repeat."""

LAGGING = 1.5
"""Times that by which what is known may be behind before something better is looked for."""

INSIDE = 0.99
"""Share of what is allowed that a proof leaves, so that rounding does not open it again."""

EXACT = 1e-7
"""Relative to max(1, gain): where a linear scenario's line and chord meet."""

NEIGHBOURS = 3
"""Keepings tried where a stretch is cut before the oracle looks for others."""

Report = Callable[[float, float, str], None]
"""Told how much of how much is done, and a few words on what is proven."""

Asking = Inquiry[None]
"""Questions one after another, which leave behind what they have found."""


@dataclass(frozen=True)
class BudgetCell:
    """A stretch of budgets and the lines that no plan is above on it."""

    lower: float
    upper: float
    lines: tuple[Straight, ...] = ()
    is_done: bool = False


class BudgetCurve:
    """The best gain between two budgets, from below and from above."""

    def __init__(
        self,
        scenario: Scenario,
        lower: float,
        upper: float,
        tolerance: float,
        gap: float,
        workers: int,
        clock: Clock,
        store: Store,
    ) -> None:
        self.scenario = scenario
        self.lower, self.upper, self.tolerance = lower, upper, tolerance
        self.gap, self.clock = gap, clock
        self.line = BudgetLine(scenario, clock, workers, store)
        self.oracle = self.line.oracle
        self.keepings: dict[bytes, Keeping] = {}
        self.relaxed_at: dict[float, float] = {}
        self.bounds: dict[float, float] = {}
        self.cells: list[BudgetCell] = []

    @property
    def proven_share(self) -> float:
        """How much of the range is proven, as a share."""
        if self.is_complete:
            return 1.0
        done = sum(cell.upper - cell.lower for cell in self.cells if cell.is_done)
        return min(1.0, done / (self.upper - self.lower))

    @property
    def is_complete(self) -> bool:
        return all(cell.is_done for cell in self.cells)

    # The whole --------------------------------------------------------------------------------

    def trace(self, report: Report | None = None) -> None:
        """Works on stretches until all are done or the clock has run out."""
        self._refuse_too_little()
        ends = [self.lower] if self.lower == self.upper else [self.lower, self.upper]
        inquire(self.oracle, [self._open_end(end) for end in ends])
        if self.best_at(self.lower)[0] is None:
            raise SolverFailed("no plan was found in time; allow more with --time-limit")
        if len(ends) == 1:
            return
        todo = [BudgetCell(self.lower, self.upper)]
        while todo and not self.clock.is_over:
            batch, todo = todo[:BATCH], todo[BATCH:]
            worked = inquire(self.oracle, [self._work(cell) for cell in batch])
            for cell, parts in zip(batch, worked, strict=True):
                for part in [cell] if parts is None else parts:
                    (self.cells if part.is_done else todo).append(part)
            if report:
                done = sum(cell.upper - cell.lower for cell in self.cells)
                report(done, self.upper - self.lower, f"{len(self.cells)} stretches proven")
        self.cells = sorted([*self.cells, *map(self._bound_flatly, todo)], key=lambda c: c.lower)

    def _bound_flatly(self, cell: BudgetCell) -> BudgetCell:
        """A cell no time was left for: what bounds a larger budget bounds it too."""
        above = [bound for at, bound in self.bounds.items() if at >= cell.upper]
        return replace(cell, lines=(*cell.lines, *((bound, 0.0) for bound in above)))

    def bound_at(self, budget: float) -> float:
        """The least that is proven of the best gain at a budget; infinite where nothing is."""
        over = [bound for at, bound in self.bounds.items() if at >= budget]
        lines = [
            lowest(cell.lines, budget)
            for cell in self.cells
            if cell.lower <= budget <= cell.upper and cell.lines
        ]
        return max(self.gain_at(budget), min([*over, *lines], default=np.inf))

    def best_at(self, budget: float) -> tuple[Keeping | None, float]:
        """The best keeping known at a budget, and its gain."""
        known = [
            (keeping.points[budget].gain, keeping)
            for keeping in self.keepings.values()
            if budget in keeping.points
        ]
        if not known:
            return None, -np.inf
        gain, keeping = max(known, key=lambda pair: pair[0])
        return keeping, gain

    def gain_at(self, budget: float) -> float:
        """The most known to be gained at a budget: with more money no less than with little."""
        gains = [
            kept.gain
            for keeping in self.keepings.values()
            for at, kept in keeping.points.items()
            if at <= budget
        ]
        return max(gains, default=-np.inf)

    def _refuse_too_little(self) -> None:
        """Raises InputError below the least budget at which any plan meets every limit."""
        answer = self.oracle.ask(self.line.pose_least())
        if answer.is_infeasible:
            raise explain_infeasible(self.line.compiled)
        least = max(0.0, -answer.bound)
        if self.lower < least - 1e-6 * max(1.0, least):
            shown = np.ceil(least * 1e4 - 1e-3) / 1e4
            raise InputError.of(
                "--from",
                f"no plan meets every limit at ${self.lower:g} bn a year: constraints demand at "
                f"least ${shown:g} bn; begin there or above, or loosen a constraint",
            )

    # What is known ----------------------------------------------------------------------------

    def allow(self, gain: float) -> float:
        """How far line and chord may part where no less than `gain` is gained, in points."""
        exact = EXACT * max(1.0, abs(gain))
        if not self.line.is_mixed:
            return exact
        return max(CLOSING * self.tolerance * max(gain, SMALLEST_GAIN), exact)

    def _is_near(self, cell: BudgetCell, budget: float) -> bool:
        """Whether the lines of a cell are so near to what is known at a budget in it."""
        gain = self.best_at(budget)[1]
        line = lowest(cell.lines, budget) if cell.lines else np.inf
        bound = min(line, self.relaxed_at.get(budget, np.inf))
        return bool(np.isfinite(gain)) and bound - gain <= NEAR * self.allow(gain)

    def _lags(self, budget: float) -> bool:
        """Whether what is known at a budget is so far behind that there must be something better.

        By as much the relaxation is seldom ahead of the best plan.
        """
        gain = self.best_at(budget)[1]
        behind = self.relaxed_at.get(budget, np.inf) - gain
        return not np.isfinite(gain) or behind > LAGGING * self.allow(gain)

    def _list_chords(self, cell: BudgetCell) -> list[Straight]:
        """What every keeping known at both ends of a cell reaches between them."""
        known = [keeping.points for keeping in self.keepings.values()]
        return [
            join(cell.lower, points[cell.lower].gain, cell.upper, points[cell.upper].gain)
            for points in known
            if cell.lower in points and cell.upper in points
        ]

    def _closes(self, cell: BudgetCell) -> bool:
        """Whether lines and chords meet within what is allowed."""
        chords = self._list_chords(cell)
        if not chords or not cell.lines:
            return False
        widest, _ = find_widest(cell.lines, chords, cell.lower, cell.upper)
        return widest <= self.allow(self.best_at(cell.lower)[1])

    def _is_curved(self, cell: BudgetCell) -> bool:
        """Whether even the relaxation's own chord would leave a cell open."""
        ends = [self.relaxed_at.get(end) for end in (cell.lower, cell.upper)]
        if ends[0] is None or ends[1] is None:
            return False
        ideal = join(cell.lower, ends[0], cell.upper, ends[1])
        widest, _ = find_widest(cell.lines, [ideal], cell.lower, cell.upper)
        return widest > self.allow(self.best_at(cell.lower)[1])

    def _list_near(self, budget: float) -> list[Keeping]:
        """Keepings that are the best at the budgets nearest to one."""
        budgets = {at for keeping in self.keepings.values() for at in keeping.points}
        found: dict[bytes, Keeping] = {}
        for at in sorted(budgets, key=lambda at: (abs(at - budget), at)):
            keeping, _ = self.best_at(at)
            if keeping is not None:
                found[keeping.decisions.tobytes()] = keeping
            if len(found) == NEIGHBOURS:
                break
        return list(found.values())

    # Asking -----------------------------------------------------------------------------------

    def _keep(self, keepings: Sequence[Keeping], budgets: Sequence[float]) -> Asking:
        """Chooses the amounts anew under some decisions at some budgets, where that is possible."""
        is_cheapest = not self.line.is_mixed
        wanted = [
            (keeping, budget)
            for keeping in keepings
            for budget in dict.fromkeys(budgets)
            if budget not in keeping.points and budget > keeping.too_little
        ]
        if not wanted:
            return
        answers = yield [self.line.pose_keeping(k, budget, is_cheapest) for k, budget in wanted]
        for (keeping, budget), answer in zip(wanted, answers, strict=True):
            self.take(keeping, budget, answer, is_cheapest)

    def take(self, keeping: Keeping, budget: float, answer: Answer, is_cheapest: bool) -> None:
        """Takes in what a keeping gains at a budget, or that it cannot be kept there."""
        kept = self.line.read_kept(answer, budget, is_cheapest)
        if kept is not None:
            keeping.points[budget] = kept
        elif answer.is_infeasible:
            keeping.too_little = max(keeping.too_little, budget)

    def remember(self, decisions: Array) -> Keeping:
        """The keeping of some decisions."""
        keeping = Keeping(decisions)
        return self.keepings.setdefault(decisions.tobytes(), keeping)

    def find_least(self, keeping: Keeping) -> Asking:
        """The least budget at which a keeping can be kept."""
        if keeping.least is None:
            (answer,) = yield [self.line.pose_least(keeping)]
            keeping.least = np.inf if answer.plan is None else max(0.0, -answer.value)

    def _open_end(self, budget: float) -> Asking:
        """The best plan for one budget."""
        relaxed = self.line.pose_relaxed(budget, budget, 0.0)
        bound, answer = yield [relaxed, self._pose_at(budget, only_near=False)]
        if np.isfinite(bound.bound):
            self.relaxed_at[budget] = bound.bound
        self._read_at(budget, answer)

    def _look(self, budget: float) -> Inquiry[Keeping | None]:
        """Looks for good decisions at one budget; their keeping, if there are better ones."""
        (answer,) = yield [self._pose_at(budget, only_near=self.gap > 0)]
        return self._read_at(budget, answer)

    def _pose_at(self, budget: float, only_near: bool) -> Question:
        """The question of the best plan at one budget."""
        gain = self.best_at(budget)[1]
        is_known = self.gap > 0 and np.isfinite(gain)
        return Question(
            self.line.price(0.0),
            Changes(boxes={self.line.budget: (budget, budget)}),
            Tolerance(NEAR * CLOSING * self.tolerance if self.gap else 0.0),
            needs="plan" if self.line.is_mixed else "least",
            at_least=gain + NEAR * self.allow(gain) if is_known else -np.inf,
            only_near=only_near,
            place=np.array([budget]),
        )

    def _read_at(self, budget: float, answer: Answer) -> Keeping | None:
        """Takes in the best plan found at one budget."""
        if np.isfinite(answer.bound):
            self.bounds[budget] = min(self.bounds.get(budget, np.inf), answer.bound)
        if answer.plan is None or answer.decisions is None:
            return None
        keeping = self.remember(answer.decisions)
        self.take(keeping, budget, answer, is_cheapest=not self.line.is_mixed)
        return keeping

    # One stretch ------------------------------------------------------------------------------

    def _work(self, cell: BudgetCell) -> Inquiry[list[BudgetCell]]:
        """Closes a stretch or cuts it in two."""
        low, high = self.best_at(cell.lower)[0], self.best_at(cell.upper)[0]
        if low is None:
            raise SolverFailed("a budget that has a plan was said to have none")
        yield from self._keep([low, high or low], [cell.lower, cell.upper])
        cell, at = yield from self._relax(cell)
        if self._closes(cell) or cell.upper - cell.lower <= 2 * LEAST_WIDTH:
            return [replace(cell, is_done=True)]
        cells = yield from self._cut_at_jump(cell, low)
        if cells:
            return cells
        cell = yield from self._learn(cell, at)
        if self._closes(cell):
            return [replace(cell, is_done=True)]
        cells = yield from self._cut_at_jump(cell, low)
        return cells or [replace(cell, upper=at), replace(cell, lower=at)]

    def _slope(self, cell: BudgetCell) -> float:
        """Points for each further billion a year between what is known at both ends."""
        low, high = self.best_at(cell.lower)[1], self.best_at(cell.upper)[1]
        return max(0.0, join(cell.lower, low, cell.upper, high)[1])

    def _relax(self, cell: BudgetCell) -> Inquiry[tuple[BudgetCell, float]]:
        """The cell with the relaxation's line, and the budget at which to cut it."""
        slope, at = self._slope(cell), (cell.lower + cell.upper) / 2
        (relaxed,) = yield [self.line.pose_relaxed(cell.lower, cell.upper, slope)]
        if not relaxed.told:
            return cell, at
        touches = relaxed.told[self.line.budget]
        if cell.lower + LEAST_WIDTH < touches < cell.upper - LEAST_WIDTH:
            at = touches
        line = relaxed.bound, slope
        self.relaxed_at.setdefault(at, height(line, at))
        self.bounds.setdefault(at, height(line, at))
        return replace(cell, lines=(*cell.lines, line)), at

    def _learn(self, cell: BudgetCell, at: float) -> Inquiry[BudgetCell]:
        """Makes sure that something good is known where a cell is to be cut."""
        yield from self._keep(self._list_near(at), [at])
        if not self.line.is_mixed or self._is_near(cell, at):
            return cell
        if self.gap == 0 or self._lags(at):
            keeping = yield from self._look(at)
            if keeping is not None:
                yield from self._keep([keeping], [cell.lower, cell.upper])
            if self._is_near(cell, at) or self._closes(cell):
                return cell
        if self._is_curved(cell):
            return cell
        return (yield from self._search(cell, at))

    def _search(self, cell: BudgetCell, at: float) -> Inquiry[BudgetCell]:
        """Asks the mixed program whether any plan is above the chords by more than is allowed."""
        low, high = self.best_at(cell.lower)[1], self.best_at(cell.upper)[1]
        slope, chords = self._slope(cell), self._list_chords(cell)
        ahead, _ = find_widest([(0.0, slope)], chords or [(0.0, slope)], cell.lower, cell.upper)
        scale = max(high, SMALLEST_GAIN)
        question = Question(
            self.line.price(slope),
            Changes(boxes={self.line.budget: (cell.lower, cell.upper)}),
            Tolerance(SEARCHED * self.tolerance if self.gap else 0.0, scale),
            needs="plan",
            at_least=INSIDE * self.allow(low) - ahead if chords and self.gap else -np.inf,
            straight=True,
            most_nodes=MOST_NODES if self.gap else None,
            place=np.array([at]),
        )
        (answer,) = yield [question]
        if answer.decisions is not None:
            keeping = self.remember(answer.decisions)
            yield from self._keep([keeping], [cell.lower, at, cell.upper])
        if not np.isfinite(answer.bound):
            return cell
        return replace(cell, lines=(*cell.lines, (answer.bound, slope)))

    def _cut_at_jump(self, cell: BudgetCell, low: Keeping) -> Inquiry[list[BudgetCell]]:
        """Cuts a cell just below the least budget of the decisions that are best at its end."""
        high = self.best_at(cell.upper)[0]
        if high is None or cell.lower in high.points:
            return []
        yield from self.find_least(high)
        jump = cell.lower if high.least is None else high.least
        if jump <= cell.lower + LEAST_WIDTH:
            return []
        below = max(cell.lower, jump - LEAST_WIDTH)
        cells = [replace(cell, upper=below)]
        yield from self._keep([low], [below])
        if jump < cell.upper - LEAST_WIDTH:
            yield from self._keep([high, low], [jump])
            cells.append(replace(cell, lower=jump))
        return cells
