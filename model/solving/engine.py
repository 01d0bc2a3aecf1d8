"""One worker's solvers over a compiled scenario: relaxed, with decisions held, and mixed.

An answer depends on its question and the basis it starts from alone, not on what was asked before:
the model is passed to HiGHS anew before each linear solve (docs/decisions/highs.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np

from ...inputs.scenario import TOKEN_BN
from ..equations.curves import Array
from ..failures import SolverFailed
from .compiled import Compiled
from .live import Basis, Live
from .matrices import INFINITE, Columns, Matrices
from .question import Changes, Question, Terms

DOUBTING = 2
"""Ways in which HiGHS must say that there is no plan: beside a tight limit it may lose one."""


@dataclass(frozen=True)
class Linear:
    """The optimum of a linear program: its value, the values by column, and its basis.

    `most`: what no plan exceeds, whatever is decided where decisions were held.
    """

    value: float
    values: Array
    start: Basis
    most: float = INFINITE


@dataclass(frozen=True)
class Searched:
    """What a mixed program gave: a bound of its value, the decisions found, how it ended."""

    bound: float
    decisions: Array | None
    is_final: bool


class Engine:
    """Solvers of one's own for one program: a compiled scenario, perhaps with further columns."""

    def __init__(self, compiled: Compiled, matrices: Matrices | None = None) -> None:
        self.compiled = compiled
        self.matrices = matrices or compiled.matrices
        self.integers = self.matrices.integers
        self.linear = Live(self.matrices)
        self.linear.relax_columns(self.integers)
        self._mixed: Live | None = None
        self._branching: Live | None = None
        self._tree: Live | None = None
        self.linear_solves = self.mixed_solves = 0
        self.is_primal = False

    def prefer_primal(self) -> None:
        """Begins linear programs by the primal simplex method: where only costs change."""
        self.is_primal = True
        self.linear.prefer_primal()

    @property
    def mixed(self) -> Live:
        """The solver of the mixed program, opened when it is first needed."""
        if self._mixed is None:
            self._mixed = Live(self.matrices)
        return self._mixed

    @property
    def branching(self) -> Live:
        """The solver of the mixed program that looks for no plans but by branching."""
        if self._branching is None:
            self._branching = Live(self.matrices)
            self._branching.branch_alone()
        return self._branching

    @property
    def tree(self) -> Live:
        """The solver of linear programs that each lie a decision away from the one before."""
        if self._tree is None:
            self._tree = Live(self.matrices)
            self._tree.relax_columns(self.integers)
            self._tree.expect_few_pivots()
        return self._tree

    @contextmanager
    def posed(self, live: Live, question: Question) -> Iterator[None]:
        """While it lasts, a solver has the changes and the costs of a question."""
        rows = live.row_count
        boxes = self._list_boxes(question.changes)
        at = np.array(list(boxes), dtype=np.int32)
        before = [(live.now_row_lower[r], live.now_row_upper[r]) for r in question.changes.sides]
        lower, upper = (np.array([box[end] for box in boxes.values()]) for end in (0, 1))
        live.set_bounds(at, lower, upper)
        for row, sides in question.changes.sides.items():
            live.set_row(row, *sides)
        for terms in self._list_demands(question.changes):
            live.add_row(*terms)
        for further in question.changes.rows:
            live.add_row(further.terms, further.lower, further.upper)
        live.minimise({column: -coefficient for column, coefficient in question.terms.items()})
        try:
            yield
        finally:
            live.drop_rows_from(rows)
            for row, sides in zip(question.changes.sides, before, strict=True):
                live.set_row(row, *sides)
            live.set_bounds(at, live.lower[at], live.upper[at])

    def _list_boxes(self, changes: Changes) -> dict[int, tuple[float, float]]:
        boxes = {
            at: (0.0, 0.0)
            for cells in (self.compiled.authority, self.compiled.on)
            for (i, _), at in cells.items()
            if i in changes.banned
        }
        return {**boxes, **changes.boxes}

    def _list_demands(self, changes: Changes) -> Iterator[tuple[Terms, float, float]]:
        """A row for each instrument that must be funded at some time."""
        compiled = self.compiled
        for i in sorted(changes.demanded):
            is_switched = i in compiled.scenario.on_off
            cells = compiled.start if is_switched else compiled.authority
            terms = {at: 1.0 for (j, _), at in cells.items() if i == j}
            yield terms, 1.0 if is_switched else TOKEN_BN, INFINITE

    # Linear programs --------------------------------------------------------------------------

    def relax(self, question: Question, start: Basis | None) -> Linear | None:
        """The optimum of the linear relaxation; None if not even that has a plan."""
        with self.posed(self.linear, question):
            return self.solve(start)

    def solve(self, start: Basis | None) -> Linear | None:
        """The optimum of what the linear solver has been posed; None if it has none."""
        live = self.linear
        if start is None:
            live.has_start = False
        else:
            live.start_from(start)
        self.linear_solves += 1
        answer = live.solve()
        if answer.status == "infeasible" or answer.values is None:
            return None
        return Linear(-answer.objective, answer.values, live.save_start())

    def keep(self, question: Question, decisions: Array, start: Basis | None) -> Linear | None:
        """The optimum under some decisions, amounts chosen anew; None if there is none."""
        live = self.linear
        with self.posed(live, question):
            box = live.now_lower[self.integers].copy(), live.now_upper[self.integers].copy()
            with self.holding(self.integers, decisions):
                try:
                    optimum = self.solve(start)
                except SolverFailed:
                    return None
                if optimum is None:
                    return None
                return replace(optimum, most=-live.bound_released(self.integers, *box))

    def keep_below(self, question: Question, decisions: Array, relaxed: Linear) -> Linear | None:
        """The same, begun from the question's own relaxation by the dual simplex method.

        Costs are then the same and bounds alone differ, which leaves the basis dual feasible.
        """
        with self.linear.by_dual():
            return self.keep(question, decisions, relaxed.start)

    def keep_least(
        self, question: Question, decisions: Array, start: Basis | None
    ) -> Linear | None:
        """The same, and of the optima that tie the one that spends least."""
        if question.amounts is not None:
            question = replace(question, terms=question.amounts)
        with self.posed(self.linear, question), self.holding(self.integers, decisions):
            try:
                best = self.solve(start)
            except SolverFailed:
                return None
            if best is None:
                return None
            self.linear_solves += 1
            values = self.compiled.spend_least(self.linear, best.values)
            return Linear(best.value, values, best.start)

    def find_duals(self, question: Question, decisions: Array, start: Basis | None) -> Array | None:
        """What the value rises by per unit of each row's side, some decisions held.

        Of the program's own rows. None where there is no optimum.
        """
        with self.posed(self.linear, question), self.holding(self.integers, decisions):
            if self.solve(start) is None:
                return None
            return np.asarray(-self.linear.row_duals()[: len(self.matrices.row_lower)])

    @contextmanager
    def holding(self, columns: Columns, values: Array) -> Iterator[None]:
        """While it lasts, some columns of the linear solver stand at values."""
        live = self.linear
        lower, upper = live.now_lower[columns].copy(), live.now_upper[columns].copy()
        held = np.clip(values, lower, upper)  # a question may leave no choice
        live.set_bounds(columns, held, held)
        try:
            yield
        finally:
            live.set_bounds(columns, lower, upper)

    # Mixed programs ---------------------------------------------------------------------------

    def search(
        self,
        question: Question,
        gap: float,
        seconds: float | None,
        beyond: float = -INFINITE,
        target: float = INFINITE,
        most_nodes: int | None = None,
        fixed: tuple[Columns, Array] | None = None,
        start: Array | None = None,
        within: float = 0.0,
    ) -> Searched:
        """The mixed program among plans worth more than `beyond`, until one is worth `target`.

        `fixed`: integer columns held at values. `start`: decisions of a plan that is known: others
        are found by branching alone, beginning from it unless `beyond` keeps it out. `within`: so
        many points are close enough. The bound is minus infinity where there is no plan.
        """
        live = self.mixed if start is None else self.branching
        is_kept_out = np.isfinite(beyond)
        self.mixed_solves += 1
        with self.posed(live, question):
            if is_kept_out:
                live.add_row(question.terms, beyond, INFINITE)
            if fixed is not None:
                live.fix_columns(*fixed)
            try:
                ways = 1 if is_kept_out or fixed is not None else DOUBTING
                for live.way in range(ways):
                    answer = live.solve(
                        gap,
                        seconds,
                        most_nodes=most_nodes,
                        smallest=question.tolerance.smallest,
                        target=-target if np.isfinite(target) else None,
                        decisions=None if is_kept_out else start,
                        within=within,
                    )
                    if answer.status != "infeasible":
                        break
                    seconds = None if seconds is None else seconds - answer.seconds
            finally:
                live.way = 0
                if fixed is not None:
                    live.free_columns(fixed[0])
        if answer.status == "infeasible":
            return Searched(-INFINITE, None, is_final=True)
        decisions = (
            None if answer.values is None else np.abs(np.round(answer.values[self.integers]))
        )
        return Searched(-answer.bound, decisions, answer.status == "optimal")


@contextmanager
def uncounted(engine: Engine) -> Iterator[None]:
    """While it lasts, the linear programs solved are not counted."""
    counted = engine.linear_solves
    try:
        yield
    finally:
        engine.linear_solves = counted
