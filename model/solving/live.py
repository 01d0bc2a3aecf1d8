"""One live HiGHS: a model as matrices, changed in place.

The only file that knows HiGHS.
"""

from __future__ import annotations

import base64
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import highspy
import numpy as np

from ..equations.curves import Array
from ..failures import SolverFailed
from ..work.crew import CalledOff, Errand
from .matrices import INFINITE, Columns, Matrices
from .solver_run import Report, SolverRun

Basis = highspy.HighsBasis
SMALL_MODEL = 20_000
"""Columns of a linear program that solves within a blink: it is not run in a thread."""

WAYS: tuple[Mapping[str, float | str | bool], ...] = (
    {},
    {"mip_feasibility_tolerance": 1e-9, "primal_feasibility_tolerance": 1e-9},
    {"presolve": "off"},
    {
        "presolve": "off",
        "mip_feasibility_tolerance": 1e-9,
        "primal_feasibility_tolerance": 1e-9,
    },
)
"""How HiGHS may search, in turn: each goes another way through the same program."""

USUAL: Mapping[str, float | str | bool] = {
    "presolve": "choose",
    "mip_feasibility_tolerance": 1e-6,
    "primal_feasibility_tolerance": 1e-7,
}
"""What the ways change, as HiGHS has it."""

DEVEX = 1
"""HiGHS's number of a pricing that measures no edges at its start."""

DUAL_ROUNDING = 1e-7
"""A dual smaller than the solver's own tolerance says nothing."""

ROUNDING = 1e-5
"""Infeasibility of a mixed-integer optimum that refining it as a linear program removes."""


@dataclass(frozen=True)
class Solved:
    """What HiGHS found for a minimisation: `values` by column, None if there are none.

    `status` is `optimal`, `stopped` (by time, nodes or the user) or `infeasible`.
    """

    status: str
    objective: float
    bound: float
    values: Array | None
    nodes: int
    seconds: float

    @property
    def known_values(self) -> Array:
        """The values, where there have to be some. Raises SolverFailed."""
        if self.values is None:
            raise SolverFailed("HiGHS gave no plan, and did not say that there is none")
        return self.values


class Live:
    """Matrices in one HiGHS. Costs, bounds and rows are changed in place."""

    def __init__(self, matrices: Matrices) -> None:
        self.matrices = matrices
        self.integers = matrices.integers
        self.column_count = len(matrices.lower)
        self.lower, self.upper = matrices.lower, matrices.upper
        self.limit_rows = matrices.limit_rows
        self.is_quick = False
        self.way = 0
        self.seconds = 0.0
        self.nodes = 0
        self._begin()

    def _begin(self) -> None:
        """Takes a HiGHS of its own, with nothing changed yet."""
        matrices = self.matrices
        self.costs = matrices.costs.copy()
        self.now_lower, self.now_upper = self.lower.copy(), self.upper.copy()
        self.now_row_lower = matrices.row_lower.tolist()
        self.now_row_upper = matrices.row_upper.tolist()
        self.held_columns = np.zeros(self.column_count, dtype=bool)
        self.held_rows: set[int] = set()
        self.has_start = False
        self.still_integer = set(self.integers.tolist())
        self.highs = self._pass_model()

    @property
    def is_mixed(self) -> bool:
        """Whether some columns are still integers: not all have been fixed."""
        return bool(self.still_integer)

    def _pass_model(self) -> highspy.Highs:
        values, columns, starts, _ = self.matrices.entries
        kinds = np.full(self.column_count, int(highspy.HighsVarType.kContinuous), dtype=np.int32)
        kinds[self.integers] = int(highspy.HighsVarType.kInteger)
        highs = highspy.Highs()
        self._check(highs.setOptionValue("output_flag", False))
        self._check(highs.setOptionValue("threads", 1))
        # A blocked or interrupted run must not leave a half-written log beside the user's files.
        self._check(highs.setOptionValue("log_to_console", False))
        # As arrays: a HighsLp takes in a list number by number, five times as slowly.
        status = highs.passModel(
            self.column_count,
            self.row_count,
            len(values),
            int(highspy.MatrixFormat.kRowwise),
            int(highspy.ObjSense.kMinimize),
            0.0,
            self.costs,
            self.lower,
            self.upper,
            self.matrices.row_lower,
            self.matrices.row_upper,
            starts,
            columns,
            values,
            kinds,
        )
        self._check(status)
        return highs

    @staticmethod
    def _check(status: highspy.HighsStatus) -> None:
        if status == highspy.HighsStatus.kError:
            raise SolverFailed("HiGHS refused a call; this is a fault of the program, not of yours")

    # Changes in place -------------------------------------------------------------------------

    def set_costs(self, costs: Array) -> None:
        """Minimise `costs` times the columns from now on."""
        self.costs = np.asarray(costs, dtype=float)
        every = np.arange(self.column_count, dtype=np.int32)
        self._check(self.highs.changeColsCost(len(every), every, self.costs))

    def minimise(self, terms: Mapping[int, float]) -> None:
        """Minimise a sum of coefficients times columns from now on."""
        costs = np.zeros(self.column_count)
        for at, coefficient in terms.items():
            costs[at] = coefficient
        self.set_costs(costs)

    def set_bounds(self, columns: Columns, lower: Array, upper: Array) -> None:
        """Bounds of some columns from now on."""
        self.now_lower[columns], self.now_upper[columns] = lower, upper
        self._check(self.highs.changeColsBounds(len(columns), columns, lower, upper))

    def fix_columns(self, columns: Columns, values: Array) -> None:
        """Holds integer columns at values; what is fixed no longer counts as integer."""
        self.set_bounds(columns, values, values)
        self._set_kind(columns, highspy.HighsVarType.kContinuous)

    def free_columns(self, columns: Columns) -> None:
        """Gives integer columns their own bounds and kind back."""
        self.set_bounds(columns, self.lower[columns], self.upper[columns])
        self._set_kind(columns, highspy.HighsVarType.kInteger)

    def relax_columns(self, columns: Columns) -> None:
        """Gives integer columns their own bounds back, and lets them be fractions."""
        self.set_bounds(columns, self.lower[columns], self.upper[columns])
        self._set_kind(columns, highspy.HighsVarType.kContinuous)

    def _set_kind(self, columns: Columns, kind: highspy.HighsVarType) -> None:
        if kind == highspy.HighsVarType.kInteger:
            self.still_integer.update(columns.tolist())
        else:
            self.still_integer.difference_update(columns.tolist())
        if len(columns):
            kinds = np.full(len(columns), int(kind), dtype=np.uint8)
            self._check(self.highs.changeColsIntegrality(len(columns), columns, kinds))

    @property
    def row_count(self) -> int:
        """Rows there are, those added among them."""
        return len(self.now_row_lower)

    def add_row(self, terms: Mapping[int, float], lower: float, upper: float) -> int:
        """A further row; its number. Zero coefficients are left out."""
        kept = {at: value for at, value in terms.items() if value}
        at = np.array(list(kept), dtype=np.int32)
        values = np.array(list(kept.values()), dtype=float)
        self._check(self.highs.addRow(lower, upper, len(at), at, values))
        self.now_row_lower.append(lower)
        self.now_row_upper.append(upper)
        return self.row_count - 1

    def set_row(self, row: int, lower: float, upper: float) -> None:
        """The sides of a row from now on."""
        self.now_row_lower[row], self.now_row_upper[row] = lower, upper
        self._check(self.highs.changeRowBounds(row, lower, upper))

    def drop_rows_from(self, first: int) -> None:
        """Takes away the rows added since there were `first` of them."""
        if self.row_count > first:
            rows = np.arange(first, self.row_count, dtype=np.int32)
            self._check(self.highs.deleteRows(len(rows), rows))
            del self.now_row_lower[first:], self.now_row_upper[first:]

    def row_duals(self) -> Array:
        """Change of the minimum of the linear program just solved per unit of a row's side."""
        return np.array(self.highs.getSolution().row_dual)

    def column_prices(self) -> Array:
        """The reduced costs of the linear program just solved, by column."""
        return np.array(self.highs.getSolution().col_dual)

    def bound_released(self, columns: Columns, lower: Array, upper: Array) -> float:
        """What the minimum of the linear program just solved cannot fall below in wider boxes.

        Its duals stay feasible if fixed columns are let go: by weak duality each lowers the minimum
        by no more than its reduced cost times the way to the better end of its box.
        """
        prices = self.column_prices()[columns]
        held = self.now_lower[columns]
        falls = np.minimum(prices * (lower - held), prices * (upper - held))
        return float(self.highs.getInfo().objective_function_value + falls.sum())

    def hold_face(self, values: Array) -> None:
        """Leaves only the optima of the linear program just solved.

        Complementary slackness: a point is optimal if it keeps at its bound every column with a
        reduced cost, and tight every row with a dual.
        """
        solution = self.highs.getSolution()
        priced = (np.abs(solution.col_dual) > DUAL_ROUNDING) & ~self.held_columns
        columns = np.flatnonzero(priced).astype(np.int32)
        if len(columns):
            at = values[columns]
            self._check(self.highs.changeColsBounds(len(columns), columns, at, at))
            self.held_columns[columns] = True
        duals = np.array(solution.row_dual)
        rows = np.flatnonzero(np.abs(duals) > DUAL_ROUNDING)
        rows = np.array([r for r in rows.tolist() if r not in self.held_rows], dtype=np.int32)
        if len(rows):
            at = np.array(solution.row_value)[rows]
            self._check(self.highs.changeRowsBounds(len(rows), rows, at, at))
            self.held_rows.update(rows.tolist())

    def release_face(self) -> None:
        """Gives back what `hold_face` has held."""
        columns = np.flatnonzero(self.held_columns).astype(np.int32)
        self.held_columns[:] = False
        self.set_bounds(columns, self.now_lower[columns], self.now_upper[columns])
        rows = np.array(sorted(self.held_rows), dtype=np.int32)
        self.held_rows.clear()
        lower = np.array(self.now_row_lower)[rows]
        upper = np.array(self.now_row_upper)[rows]
        self._check(self.highs.changeRowsBounds(len(rows), rows, lower, upper))

    def is_held(self, column: int) -> bool:
        """Whether a column has one value left."""
        fixed = self.now_lower[column] == self.now_upper[column]
        return bool(self.held_columns[column] or fixed)

    def suspend_limit(self, id_: str) -> None:
        """Takes a limit's rows out of force."""
        for row in self.limit_rows[id_]:
            self.set_row(row, -INFINITE, INFINITE)

    def restore_limit(self, id_: str) -> None:
        """Puts a limit's rows into force again."""
        for row in self.limit_rows[id_]:
            lower, upper = self.matrices.row_lower[row], self.matrices.row_upper[row]
            self.set_row(row, float(lower), float(upper))

    def prefer_primal(self) -> None:
        """Solves linear programs by the primal simplex method, which stays near a start.

        New costs leave a basis feasible: from a weighting nearby it takes a third of the time.
        """
        self._check(self.highs.setOptionValue("simplex_strategy", 4))
        name = "primal_simplex_bound_perturbation_multiplier"
        self._check(self.highs.setOptionValue(name, 0.0))

    @contextmanager
    def by_dual(self) -> Iterator[None]:
        """While it lasts, linear programs are solved by the dual simplex method.

        Where many begin from one optimum, one that it found is the better: of those of us-2027 that
        tie, the primal method's takes other programs three times as many pivots.
        """
        usual = {"simplex_strategy": 1, "simplex_dual_edge_weight_strategy": DEVEX}
        before = {name: self.highs.getOptionValue(name)[1] for name in usual}
        for name, value in usual.items():
            self._check(self.highs.setOptionValue(name, value))
        try:
            yield
        finally:
            for name, value in before.items():
                self._check(self.highs.setOptionValue(name, value))

    def expect_few_pivots(self) -> None:
        """Solves linear programs by Devex pricing, which needs nothing known of its start.

        Steepest edges are measured at every row of a start first: for us-2027 that takes 30 ms,
        where the pivots from the start of a scenario nearby take 3.
        """
        self._check(self.highs.setOptionValue("simplex_dual_edge_weight_strategy", DEVEX))

    def branch_alone(self) -> None:
        """Searches mixed programs by cuts and branching: for where a good plan is known already."""
        self._check(self.highs.setOptionValue("mip_heuristic_effort", 0.0))
        for name in (
            "mip_heuristic_run_feasibility_jump",
            "mip_heuristic_run_rins",
            "mip_heuristic_run_rens",
            "mip_heuristic_run_root_reduced_cost",
            "mip_allow_restart",
            "mip_detect_symmetry",
        ):
            self._check(self.highs.setOptionValue(name, False))

    def skip_heuristics(self) -> None:
        """Searches mixed programs by branching alone: small ones are done before heuristics are.

        No heuristics, no cuts below the root, no trial branchings: on knapsacks of 20 to 60 items
        it takes a fifth to an eighth of the time. What is so quick needs no thread of its own.
        """
        self.is_quick = True
        self.branch_alone()
        self._check(self.highs.setOptionValue("mip_pscost_minreliable", 0))
        self._check(self.highs.setOptionValue("mip_allow_cut_separation_at_nodes", False))

    def solve_afresh(
        self, seconds: float | None = None, *, interior: bool = False, crossover: bool = False
    ) -> Solved:
        """Solves a large linear program without regard to earlier solves, presolve and all.

        `interior`: by interior points: on programs that make a smallest gain large it takes a fifth
        of the time. Without `crossover` it is for the sake of the bound, good to 1e-6; with it the
        optimum has a basis.
        """
        self.has_start = False
        if not interior:
            return self.solve(seconds=seconds)
        self._check(self.highs.setOptionValue("solver", "ipm"))
        self._check(self.highs.setOptionValue("run_crossover", "on" if crossover else "off"))
        try:
            return self.solve(seconds=seconds)
        finally:
            self._check(self.highs.setOptionValue("solver", "choose"))
            self._check(self.highs.setOptionValue("run_crossover", "on"))
            self.has_start = False

    # Starts -----------------------------------------------------------------------------------

    def save_start(self) -> Basis:
        """The basis of the last linear solve, from which others may start."""
        basis: Basis = self.highs.getBasis()
        return basis

    def start_from(self, basis: Basis) -> None:
        """Starts the next linear solve from a saved basis, whatever was solved in between.

        HiGHS carries random numbers and more from solve to solve, clearSolver or not: it is passed
        its own model anew, so that among optima that tie it finds the same one each time.
        """
        self._check(self.highs.passModel(self.highs.getLp()))
        if len(basis.row_status) != self.row_count:
            basis = stretch_basis(basis, self.row_count)
        self.go_on_from(basis)

    def go_on_from(self, basis: Basis) -> None:
        """Starts the next linear solve from a basis of the same rows, and else as things stand.

        What is then found depends on all that was solved since the model was passed anew.
        """
        self.has_start = self.highs.setBasis(basis) == highspy.HighsStatus.kOk

    # Solving ----------------------------------------------------------------------------------

    def solve(
        self,
        gap: float = 0.0,
        seconds: float | None = None,
        most_nodes: int | None = None,
        smallest: float = 0.0,
        within: float = 0.0,
        report: Report | None = None,
        decisions: Array | None = None,
        target: float | None = None,
        cut_off: float | None = None,
    ) -> Solved:
        """Minimises. `gap` is relative, and in points relative to `smallest` below that.

        `within`: so many points are close enough. `decisions`: values of the integer columns of a
        plan that is known, to start from. `target`: a mixed search ends once it has a plan as good
        as that. `cut_off`: a linear program is left as stopped once its minimum is seen to lie
        above.

        Raises SolverFailed. Should HiGHS not stop in time, it is left to itself with the best plan
        that it has told; so it is where the user interrupts. What was changed is then as at first.
        """
        highs = self.highs
        if Errand.is_this_called_off():
            raise CalledOff
        if self.is_mixed or not self.has_start:
            # HiGHS loses optima where it starts from an earlier solution beside a row as tight as
            # its own tolerance (docs/decisions/highs.md): mixed solves start afresh. So does what
            # follows a solve without a solution: HiGHS 1.15.1 may crash on what that left behind.
            self._check(highs.clearSolver())
        if decisions is not None and self.is_mixed:
            highs.setSolution(len(decisions), self.integers, decisions)
        limit = INFINITE if seconds is None else max(seconds, 0.01)
        options: dict[str, float | int | str | bool] = {
            **USUAL,
            **WAYS[self.way],
            "time_limit": float(highs.getRunTime()) + limit if limit < INFINITE else INFINITE,
            "mip_rel_gap": float(gap),
            "mip_abs_gap": float(max(gap * smallest, within)),
            "objective_target": -INFINITE if target is None else target,
            "objective_bound": INFINITE if cut_off is None else cut_off,
            "mip_max_nodes": most_nodes if most_nodes is not None else 2_147_483_647,
        }
        for name, value in options.items():
            self._check(highs.setOptionValue(name, value))
        begun = time.perf_counter()
        if self.column_count > SMALL_MODEL or (self.is_mixed and not self.is_quick):
            is_mixed, run = self.is_mixed, SolverRun(highs)
            try:
                run.await_end(limit, report)
            finally:
                if not run.has_ended:
                    self._begin()
            if not run.has_ended:
                best = INFINITE if run.values is None else run.best
                bound = run.bound if is_mixed else -INFINITE
                return Solved("stopped", best, bound, run.values, 0, run.seconds)
        else:
            highs.run()
        return self._read_answer(time.perf_counter() - begun)

    def _read_answer(self, took: float) -> Solved:
        highs = self.highs
        info = highs.getInfo()
        status = highs.getModelStatus()
        known = highspy.HighsModelStatus
        nodes = max(0, int(info.mip_node_count))
        self.seconds += took
        self.nodes += nodes
        self.has_start = False
        if status in (known.kInfeasible, known.kUnboundedOrInfeasible):
            return Solved("infeasible", INFINITE, INFINITE, None, nodes, took)
        words = {
            known.kOptimal: "optimal",
            known.kTimeLimit: "stopped",
            known.kSolutionLimit: "stopped",
            known.kIterationLimit: "stopped",
            known.kInterrupt: "stopped",
            known.kObjectiveTarget: "stopped",
            known.kObjectiveBound: "stopped",
        }
        if status == known.kSolveError and info.max_primal_infeasibility <= ROUNDING:
            # HiGHS calls an optimum a failure if postsolve leaves it a hair beyond its tolerance.
            words[status] = "optimal"
        if status not in words:
            raise SolverFailed(f"HiGHS stopped with '{highs.modelStatusToString(status)}'")
        feasible = highspy.SolutionStatus.kSolutionStatusFeasible
        has_values = info.primal_solution_status == feasible or status == known.kSolveError
        self.has_start = has_values
        values = np.array(highs.getSolution().col_value) if has_values else None
        objective = float(info.objective_function_value) if has_values else INFINITE
        is_mixed = self.is_mixed
        bound = float(info.mip_dual_bound) if is_mixed else objective
        if words[status] == "optimal" and abs(bound) >= INFINITE:
            return Solved("infeasible", INFINITE, INFINITE, None, nodes, took)
        if words[status] == "stopped" and not is_mixed:
            bound = -INFINITE
        return Solved(words[status], objective, bound, values, nodes, took)

    # Files ------------------------------------------------------------------------------------

    def write(self, path: Path) -> None:
        """The model as an .lp or .mps file with readable names."""
        for at, name in enumerate(self.matrices.names):
            self.highs.passColName(at, name)
        for at, name in enumerate(self.matrices.row_names):
            self.highs.passRowName(at, name)
        if self.highs.writeModel(str(path)) == highspy.HighsStatus.kError:
            raise OSError(f"{path} cannot be written")


def write_basis(basis: Basis) -> str:
    """A basis as a text: whether each column, then each row, is basic or at a bound."""
    states = bytes(map(int, [*basis.col_status, *basis.row_status]))
    return base64.b64encode(zlib.compress(states)).decode()


def read_basis(text: str, columns: int) -> Basis:
    """The basis that a text tells, of a program with so many columns."""
    kinds = [highspy.HighsBasisStatus(at) for at in range(5)]
    states = [kinds[at] for at in zlib.decompress(base64.b64decode(text))]
    basis = make_basis(states[:columns], states[columns:])
    basis.alien = False
    return basis


def stretch_basis(basis: Basis, rows: int) -> Basis:
    """The basis with further rows, which are free in it, or without those beyond so many."""
    wider = highspy.HighsBasis()
    wider.valid, wider.alien = True, basis.alien or len(basis.row_status) > rows
    wider.col_status = basis.col_status
    statuses = list(basis.row_status)[:rows]
    free = highspy.HighsBasisStatus.kBasic
    wider.row_status = statuses + [free] * (rows - len(statuses))
    return wider


def make_basis(columns: Sequence[Any], rows: Sequence[Any]) -> Basis:
    """A basis from statuses, which need not fit together; None stands for the lower end."""
    made = highspy.HighsBasis()
    made.valid = made.alien = True
    made.col_status = [highspy.HighsBasisStatus.kLower if s is None else s for s in columns]
    made.row_status = list(rows)
    return made


def carry_basis(basis: Basis, begins: Matrices, ends: Matrices) -> Basis:
    """The basis of one program told of another with other columns and rows.

    What only the other has stands at its lower end, or is free if it is a row.
    """
    is_same = begins.column_keys == ends.column_keys and begins.row_keys == ends.row_keys
    if is_same and begins.matrix.shape == ends.matrix.shape:
        return basis
    low, free = highspy.HighsBasisStatus.kLower, highspy.HighsBasisStatus.kBasic
    columns = dict(zip(begins.column_keys, basis.col_status, strict=False))
    rows = dict(zip(begins.row_keys, basis.row_status, strict=False))
    further = len(ends.lower) - len(ends.column_keys), len(ends.row_lower) - len(ends.row_keys)
    return make_basis(
        [columns.get(key, low) for key in ends.column_keys] + [low] * further[0],
        [rows.get(key, free) for key in ends.row_keys] + [free] * further[1],
    )


def version() -> str:
    """The version of HiGHS."""
    return str(highspy.Highs().version())
