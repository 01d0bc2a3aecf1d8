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

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import numpy as np

from ....inputs.complaint import InputError
from ....inputs.scenario import Scenario
from ...equations.curves import Array
from ...equations.evaluate import SMALLEST_GAIN
from ...failures import SolverFailed
from ...solving.budget_line import LEAST_WIDTH, BudgetEngine, BudgetLine, Keeping, Kept, Relaxed
from ...solving.conflict import explain_infeasible
from ...solving.live import Basis
from ...work.clock import Clock
from ...work.store import Store
from .stretches import Straight, find_widest, join, lowest

BATCH = 4
"""Stretches worked on before what was found is shared: a count, so that answers repeat."""

CLOSING = 0.5
"""Share of the tolerance within which the curve is proven; the rest is left for funded sets."""

SEARCHED = 0.2
"""Share of the tolerance that a mixed solve leaves open, unless the gap is to be 0."""

EXACT = 1e-7
"""Relative to max(1, gain): where a linear scenario's line and chord meet."""

Report = Callable[[float, float, str], None]
"""Told how much of how much is done, and a few words on what is proven."""


@dataclass(frozen=True)
class BudgetCell:
    """A stretch of budgets and the lines that no plan is above on it.

    `is_loose`: the relaxation is known to be too loose there to close it.
    """

    lower: float
    upper: float
    lines: tuple[Straight, ...] = ()
    is_done: bool = False
    is_loose: bool = False


@dataclass
class BudgetWork:
    """What working on one stretch has found."""

    cells: list[BudgetCell] = field(default_factory=list)
    keepings: list[Keeping] = field(default_factory=list)
    points: list[tuple[Keeping, float, Kept]] = field(default_factory=list)
    relaxed: list[tuple[float, Relaxed]] = field(default_factory=list)
    solves: int = 0
    linear_solves: int = 0


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
        self.gap, self.clock, self.store = gap, clock, store
        self.line = BudgetLine(scenario)
        self.engines = [BudgetEngine(self.line) for _ in range(workers)]
        self.keepings: dict[tuple[bytes, frozenset[str] | None], Keeping] = {}
        self.relaxed_at: dict[float, Relaxed] = {}
        self.cells: list[BudgetCell] = []
        self.solves = self.linear_solves = 0

    @property
    def is_complete(self) -> bool:
        return all(cell.is_done for cell in self.cells)

    # The whole --------------------------------------------------------------------------------

    def trace(self, report: Report | None = None) -> None:
        """Works on stretches until all are done or the clock has run out."""
        self._refuse_too_little()
        ends = [self.lower] if self.lower == self.upper else [self.lower, self.upper]
        for work in self._side_by_side(self._open_end, ends):
            self._take(work)
        if not any(self.lower in keeping.points for keeping in self.keepings.values()):
            raise SolverFailed("no plan was found in time; allow more with --time-limit")
        if len(ends) == 1:
            return
        todo = [BudgetCell(self.lower, self.upper)]
        while todo and not self.clock.is_over:
            batch, todo = todo[:BATCH], todo[BATCH:]
            for work in self._side_by_side(self._work, batch):
                self._take(work)
                self.cells += [cell for cell in work.cells if cell.is_done]
                todo += [cell for cell in work.cells if not cell.is_done]
            if report:
                done = sum(cell.upper - cell.lower for cell in self.cells)
                report(done, self.upper - self.lower, f"{len(self.cells)} stretches proven")
        open_cells = [self._bound_flatly(cell) for cell in todo]
        self.cells = sorted([*self.cells, *open_cells], key=lambda cell: cell.lower)

    def _bound_flatly(self, cell: BudgetCell) -> BudgetCell:
        """A cell no time was left for: what bounds a larger budget bounds it too."""
        above = [known.bound for at, known in self.relaxed_at.items() if at >= cell.upper]
        return replace(cell, lines=(*cell.lines, *((bound, 0.0) for bound in above)))

    def bound_at(self, budget: float) -> float:
        """The least that is proven of the best gain at a budget."""
        over = [known.bound for at, known in self.relaxed_at.items() if at >= budget]
        lines = [
            lowest(cell.lines, budget)
            for cell in self.cells
            if cell.lower <= budget <= cell.upper and cell.lines
        ]
        return max(self.best_at(budget)[1], min([*over, *lines], default=np.inf))

    def _side_by_side(
        self, work: Callable[..., BudgetWork], tasks: list[BudgetCell] | list[float]
    ) -> list[BudgetWork]:
        count = len(self.engines)

        def some(at: int) -> list[BudgetWork]:
            return [work(self.engines[at], task) for task in tasks[at::count]]

        with self.store.batch(), ThreadPoolExecutor(count) as pool:
            if count == 1:
                return some(0)
            parts = list(pool.map(some, range(count)))
        return [parts[at % count][at // count] for at in range(len(tasks))]

    def _take(self, work: BudgetWork) -> None:
        for keeping in work.keepings:
            self.keepings.setdefault(keeping.key, keeping)
        for keeping, budget, kept in work.points:
            self.keepings[keeping.key].points.setdefault(budget, kept)
        self.relaxed_at.update(work.relaxed)
        self.solves += work.solves
        self.linear_solves += work.linear_solves

    def _refuse_too_little(self) -> None:
        """Raises InputError below the least budget at which any plan meets every limit."""
        least = self.engines[0].least_budget()
        if least is None:
            from ...solving.compiled import Compiled

            raise explain_infeasible(Compiled(self.scenario))
        if self.lower < least - 1e-6 * max(1.0, least):
            shown = np.ceil(least * 1e4 - 1e-3) / 1e4
            raise InputError.of(
                "--from",
                f"no plan meets every limit at ${self.lower:g} bn a year: constraints demand at "
                f"least ${shown:g} bn; begin there or above, or loosen a constraint",
            )

    # One stretch ------------------------------------------------------------------------------

    def allow(self, gain: float) -> float:
        """How far line and chord may part where no less than `gain` is gained, in points."""
        if not self.line.is_mixed:
            return EXACT * max(1.0, abs(gain))
        return max(CLOSING * self.tolerance * max(gain, SMALLEST_GAIN), EXACT * max(1.0, abs(gain)))

    def best_at(
        self, budget: float, work: BudgetWork | None = None
    ) -> tuple[Keeping | None, float]:
        """The best keeping known at a budget, and its gain."""
        found: Keeping | None = None
        best = -np.inf
        for keeping in self.keepings.values():
            kept = keeping.points.get(budget)
            if kept is not None and kept.gain > best:
                found, best = keeping, kept.gain
        for keeping, at, kept in work.points if work else ():
            if at == budget and kept.gain > best:
                found, best = keeping, kept.gain
        return found, best

    def _open_end(self, engine: BudgetEngine, budget: float) -> BudgetWork:
        """Decisions for one budget: the relaxation's, rounded; searched for where these fail."""
        work = BudgetWork()
        self._look(engine, work, BudgetCell(budget, budget), budget)
        return work

    def _look(
        self, engine: BudgetEngine, work: BudgetWork, cell: BudgetCell, budget: float
    ) -> BudgetCell:
        """Finds good decisions at a budget within a cell; the cell with the lines learnt."""
        if not self.line.is_mixed:
            self._keep(engine, work, self._remember(engine, work, np.zeros(0)), budget)
            return cell
        relaxed = engine.relax(budget, budget, 0.0, self._find_start(budget))
        work.linear_solves += 1
        if relaxed is not None:
            work.relaxed.append((budget, relaxed))
            self._keep(engine, work, self._remember(engine, work, relaxed.rounded), budget)
            if self._is_near(relaxed.bound, self.best_at(budget, work)[1]):
                return cell
        return self._search(engine, work, cell, budget)

    def _is_near(self, bound: float, gain: float) -> bool:
        return bool(np.isfinite(gain)) and bound - gain <= 0.5 * self.allow(gain)

    def _search(
        self, engine: BudgetEngine, work: BudgetWork, cell: BudgetCell, budget: float
    ) -> BudgetCell:
        """Asks the mixed program over a cell; what it finds is kept at both ends and a budget."""
        if self.clock.is_over:
            return cell
        low, high = self.best_at(cell.lower, work)[1], self.best_at(cell.upper, work)[1]
        known = np.isfinite(low) and np.isfinite(high) and cell.upper > cell.lower
        slope = max(0.0, join(cell.lower, low, cell.upper, high)[1]) if known else 0.0
        gap = SEARCHED * self.tolerance if self.gap else 0.0
        asked = f"search {cell.lower!r} {cell.upper!r} {slope!r} {gap!r} {low!r}"

        def solve() -> dict[str, object]:
            least = low if np.isfinite(low) else 0.0
            bound, found, is_final = engine.search(
                cell.lower, cell.upper, slope, gap, least, self.clock.left
            )
            decisions = None if found is None else np.flatnonzero(found > 0.5).tolist()
            known = bound if np.isfinite(bound) else None
            return {"bound": known, "on": decisions, "final": is_final}

        answer = self.store.ask(asked, solve)
        work.solves += 1
        if answer["on"] is not None:
            decisions = np.zeros(len(self.line.matrices.integers))
            decisions[answer["on"]] = 1.0
            keeping = self._remember(engine, work, decisions)
            for at in dict.fromkeys((cell.lower, budget, cell.upper)):
                self._keep(engine, work, keeping, at)
        if answer["bound"] is None:
            return cell
        return replace(cell, lines=(*cell.lines, (float(answer["bound"]), slope)))

    def _remember(self, engine: BudgetEngine, work: BudgetWork, decisions: Array) -> Keeping:
        """The keeping of some decisions, with the least budget at which they can be kept."""
        key = (decisions.tobytes(), None)
        if key in self.keepings:
            return self.keepings[key]
        for keeping in work.keepings:
            if keeping.key == key:
                return keeping
        least = engine.least_budget(decisions)
        work.linear_solves += 1
        keeping = Keeping(decisions, None, np.inf if least is None else least)
        work.keepings.append(keeping)
        return keeping

    def _keep(
        self, engine: BudgetEngine, work: BudgetWork, keeping: Keeping, budget: float
    ) -> None:
        """Chooses the amounts anew under some decisions at a budget, where that is possible."""
        if budget in keeping.points or budget < keeping.least - 1e-9:
            return
        if any(known is keeping and at == budget for known, at, _ in work.points):
            return
        kept = engine.keep(keeping, budget, is_cheapest=not self.line.is_mixed)
        work.linear_solves += 1
        if kept is not None:
            work.points.append((keeping, budget, kept))

    def _find_start(self, budget: float) -> Basis | None:
        """The basis of the nearest budget that has been relaxed."""
        if not self.relaxed_at:
            return None
        return self.relaxed_at[min(self.relaxed_at, key=lambda at: abs(at - budget))].start

    def _list_chords(self, cell: BudgetCell, work: BudgetWork) -> list[Straight]:
        """What every keeping known at both ends of a cell reaches between them."""
        known = [(k, k.points) for k in self.keepings.values()]
        extra: dict[int, dict[float, Kept]] = {}
        for keeping, at, kept in work.points:
            extra.setdefault(id(keeping), {})[at] = kept
        known += [(k, {}) for k in work.keepings]
        chords = []
        for keeping, points in known:
            both = {**points, **extra.get(id(keeping), {})}
            if cell.lower in both and cell.upper in both:
                low, high = both[cell.lower].gain, both[cell.upper].gain
                chords.append(join(cell.lower, low, cell.upper, high))
        return chords

    def _closes(self, cell: BudgetCell, work: BudgetWork) -> bool:
        """Whether lines and chords meet within what is allowed."""
        chords = self._list_chords(cell, work)
        if not chords or not cell.lines:
            return False
        widest, _ = find_widest(cell.lines, chords, cell.lower, cell.upper)
        return widest <= self.allow(self.best_at(cell.lower, work)[1])

    def _work(self, engine: BudgetEngine, cell: BudgetCell) -> BudgetWork:
        """Closes a stretch or cuts it in two."""
        work = BudgetWork()
        low, gain = self.best_at(cell.lower)
        high, top = self.best_at(cell.upper)
        if low is None or high is None:
            raise SolverFailed("a budget that has a plan was said to have none")
        for keeping in (low, high):
            for end in (cell.lower, cell.upper):
                self._keep(engine, work, keeping, end)
        slope = max(0.0, join(cell.lower, gain, cell.upper, top)[1])
        middle = (cell.lower + cell.upper) / 2
        relaxed = engine.relax(cell.lower, cell.upper, slope, self._find_start(middle))
        work.linear_solves += 1
        at = middle
        if relaxed is not None:
            cell = replace(cell, lines=(*cell.lines, (relaxed.bound, slope)))
            if cell.lower + LEAST_WIDTH < relaxed.budget < cell.upper - LEAST_WIDTH:
                at = relaxed.budget
        if self._closes(cell, work) or cell.upper - cell.lower <= 2 * LEAST_WIDTH:
            work.cells = [replace(cell, is_done=True)]
            return work
        if high.least > cell.lower + LEAST_WIDTH:
            self._cut_at_jump(engine, work, cell, low, high)
            return work
        cell = self._learn(engine, work, cell, at, (low, high))
        if self._closes(cell, work):
            work.cells = [replace(cell, is_done=True)]
            return work
        better, _ = self.best_at(cell.upper, work)
        if better is not None and better.least > cell.lower + LEAST_WIDTH:
            self._cut_at_jump(engine, work, cell, low, better)
            return work
        if not any(budget == at for _, budget, _ in work.points):
            self._keep(engine, work, low, at)
        work.cells = [replace(cell, upper=at), replace(cell, lower=at)]
        return work

    def _learn(
        self,
        engine: BudgetEngine,
        work: BudgetWork,
        cell: BudgetCell,
        at: float,
        known: tuple[Keeping, Keeping],
    ) -> BudgetCell:
        """Makes sure that something good is known where a cell is to be cut."""
        for keeping in known:
            self._keep(engine, work, keeping, at)
        if not self.line.is_mixed:
            return cell
        bound = lowest(cell.lines, at)
        if self._is_near(bound, self.best_at(at, work)[1]):
            return cell
        relaxed = engine.relax(at, at, 0.0, self._find_start(at))
        work.linear_solves += 1
        if relaxed is not None:
            work.relaxed.append((at, relaxed))
            keeping = self._remember(engine, work, relaxed.rounded)
            for budget in (at, cell.lower, cell.upper):
                self._keep(engine, work, keeping, budget)
            if self._is_near(min(bound, relaxed.bound), self.best_at(at, work)[1]):
                return cell
        if self._is_curved(cell) and not cell.is_loose:
            # Too wide to close whatever is found: one budget alone is asked about, in less time.
            self._search(engine, work, BudgetCell(at, at), at)
            best = self.best_at(at, work)[1]
            is_loose = relaxed is not None and not self._is_near(relaxed.bound, best)
            return replace(cell, is_loose=is_loose)
        return self._search(engine, work, cell, at)

    def _is_curved(self, cell: BudgetCell) -> bool:
        """Whether even the relaxation's own chord would leave a cell open."""
        ends = [self.relaxed_at.get(end) for end in (cell.lower, cell.upper)]
        if ends[0] is None or ends[1] is None:
            return False
        ideal = join(cell.lower, ends[0].bound, cell.upper, ends[1].bound)
        widest, _ = find_widest(cell.lines, [ideal], cell.lower, cell.upper)
        return widest > self.allow(self.best_at(cell.lower)[1])

    def _cut_at_jump(
        self, engine: BudgetEngine, work: BudgetWork, cell: BudgetCell, low: Keeping, high: Keeping
    ) -> None:
        """Cuts a cell just below the least budget of the decisions that are best at its end."""
        jump = high.least
        below = max(cell.lower, jump - LEAST_WIDTH)
        self._keep(engine, work, low, below)
        work.cells = [replace(cell, upper=below)]
        if jump < cell.upper - LEAST_WIDTH:
            self._keep(engine, work, high, jump)
            self._keep(engine, work, low, jump)
            work.cells.append(replace(cell, lower=jump))
