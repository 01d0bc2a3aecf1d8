"""A model as arrays: as Pyomo's compiler gives it, or as the recorder took it down."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pyomo.common.gc_manager import PauseGC
from pyomo.core import Constraint, Objective, SortComponents

from ..equations.curves import Array
from ..equations.formulation import Formulation
from ..equations.recorder import ConcreteModel, Key
from ..failures import SolverFailed

Columns = NDArray[np.int32]
INFINITE = float("inf")

SMALLEST, LARGEST = 1e-9, 2e9
"""Coefficients outside are dropped by HiGHS, or drown what stands beside them."""

FAR_APART = 1e6
"""Coefficients further apart than this many times are more than one search should be trusted with:
of 1,300 such scenarios HiGHS 1.15.1 told a wrong optimum of four, with or without presolve."""


class Entries(NamedTuple):
    """What stands in a matrix, row by row: row r has the entries from starts[r] to starts[r + 1].

    scipy's sparse arrays take as long to import as a scenario takes to be written down: a solve
    needs none.
    """

    values: Array
    columns: Columns
    starts: Columns
    shape: tuple[int, int]


class Matrices:
    """A model as arrays: columns with costs and boxes, rows with two sides; all is minimised.

    `matrix` is given as entries or as one of scipy's sparse arrays. `column_keys` and `row_keys`
    say what each stands for: a component of the formulation and an index of it. Columns and rows
    that a study has added stand behind them and have no key.
    """

    def __init__(
        self,
        lower: Array,
        upper: Array,
        matrix: Any,
        column_keys: Sequence[Key] = (),
        row_keys: Sequence[Key] = (),
    ) -> None:
        self.lower, self.upper = lower, upper
        self._given = matrix
        self.costs = np.zeros(len(lower))
        self.integers: Columns = np.zeros(0, dtype=np.int32)
        self.row_lower = np.full(matrix.shape[0], -INFINITE)
        self.row_upper = np.full(matrix.shape[0], INFINITE)
        self.column_keys, self.row_keys = column_keys, row_keys

    @property
    def matrix(self) -> Any:
        """The matrix as one of scipy's sparse arrays."""
        if isinstance(self._given, Entries):
            import scipy.sparse as sp

            values, columns, starts, shape = self._given
            self._given = sp.csr_array((values, columns, starts), shape=shape)
        return self._given

    @property
    def entries(self) -> Entries:
        """The matrix row by row."""
        if isinstance(self._given, Entries):
            return self._given
        rows = self._given.tocsr()
        return Entries(rows.data, rows.indices, rows.indptr, rows.shape)

    @cached_property
    def places(self) -> Mapping[str, Mapping[Any, int]]:
        """The columns by component and index, in the order of the formulation."""
        found: dict[str, dict[Any, int]] = {}
        for at, (component, index) in enumerate(self.column_keys):
            found.setdefault(component, {})[index] = at
        return found

    @cached_property
    def column_order(self) -> KeyOrder:
        """The order of the columns, for those of variants."""
        return KeyOrder(self.column_keys)

    @cached_property
    def row_order(self) -> KeyOrder:
        """The order of the rows, for those of variants."""
        return KeyOrder(self.row_keys)

    @cached_property
    def limit_keys(self) -> Mapping[int, tuple[str, str, int | str]]:
        """Limit, part and period of each row of the budget and the constraints."""
        return {at: index for at, (name, index) in enumerate(self.row_keys) if name == "limits"}

    @cached_property
    def limit_rows(self) -> Mapping[str, list[int]]:
        """The rows of each limit by its id."""
        found: dict[str, list[int]] = {}
        for at, (id_, _, _) in self.limit_keys.items():
            found.setdefault(id_, []).append(at)
        return found

    @property
    def names(self) -> list[str]:
        """The columns' names, as files take them."""
        return [name_key(key) for key in self.column_keys]

    @property
    def row_names(self) -> list[str]:
        """The rows' names, as files take them."""
        return [name_key(key) for key in self.row_keys]

    def narrow(self, closed: Sequence[int], some: Sequence[Sequence[int]]) -> Matrices:
        """The same with some columns at 0, and of each further group at least one in full."""
        import scipy.sparse as sp

        rows = np.zeros((len(some), len(self.lower)))
        for at, group in enumerate(some):
            rows[at, list(group)] = 1.0
        narrower = copy.copy(self)
        narrower.upper = self.upper.copy()
        narrower.upper[list(closed)] = 0.0
        narrower._given = sp.vstack([self.matrix, sp.csr_array(rows)], format="csr")
        narrower.row_lower = np.append(self.row_lower, np.ones(len(some)))
        narrower.row_upper = np.append(self.row_upper, np.full(len(some), INFINITE))
        return narrower

    @property
    def are_far_apart(self) -> bool:
        """Whether coefficients differ so much that one search is not enough to trust."""
        sizes = np.abs(self.entries.values)
        sizes = sizes[sizes > 0]
        return bool(sizes.max(initial=1.0) > FAR_APART * sizes.min(initial=1.0))

    def refuse_wild_numbers(self) -> None:
        """Raises SolverFailed for coefficients that the solver would drop or could not weigh."""
        values, columns, starts, _ = self.entries
        sizes = np.abs(values)
        wild = np.flatnonzero(((sizes < SMALLEST) & (sizes > 0)) | (sizes > LARGEST))
        if len(wild):
            first = int(wild[0])
            row = self.row_names[int(np.searchsorted(starts, first, side="right")) - 1]
            column = self.names[columns[first]]
            raise SolverFailed(
                f"{row} weighs {column} with {values[first]:.3g}, beyond what can be "
                f"solved reliably ({SMALLEST:g} to {LARGEST:g}); is all money in $ billion, and "
                "no cost or maximum far beyond the budget?"
            )


def compile_matrices(formulation: Formulation) -> Matrices:
    """The Pyomo model of a scenario as arrays. Raises SolverFailed for wild coefficients.

    It gives what Pyomo's own compiler gives, columns and rows in the same order, without scipy and
    without walking through expressions: the formulation writes sums of coefficients times variables
    and nothing else.
    """
    with PauseGC():
        return _compile(formulation.model)


def _compile(model: Any) -> Matrices:
    columns: list[Any] = []
    keys: list[Key] = []
    places: dict[int, int] = {}

    def gather(expression: Any) -> dict[int, float]:
        """Coefficients by column; families are numbered as the first of them comes."""
        terms: dict[int, float] = {}
        weighed = zip(expression.linear_coefs, expression.linear_vars, strict=True)
        for coefficient, variable in weighed:
            at = places.get(id(variable))
            if at is None:
                family = variable.parent_component()
                places.update((id(own), n) for n, own in enumerate(family.values(), len(columns)))
                columns.extend(family.values())
                keys.extend((family.local_name, index) for index in family)
                at = places[id(variable)]
            terms[at] = terms.get(at, 0.0) + coefficient
        return terms

    costs: dict[int, float] = {}
    for objective in model.component_data_objects(Objective):
        costs |= gather(objective.expr)
    rows, lower, upper, row_keys = [], [], [], []
    for family in model.component_objects(Constraint):
        name = family.local_name
        for index, row in family.items(SortComponents.ORDERED_INDICES):
            least, body, most = row.to_bounded_expression()
            sides = -INFINITE if least is None else least, INFINITE if most is None else most
            terms = gather(body)
            if not terms and sides[0] <= 0 <= sides[1]:
                continue  # it says nothing
            rows.append(terms)
            lower.append(sides[0])
            upper.append(sides[1])
            row_keys.append((name, index))
    weighed = np.array([at for terms in rows for at in terms], dtype=np.int32)
    used = np.unique([*weighed, *costs]).astype(np.int32)
    kept = [columns[at] for at in used]
    boxes = np.array([v.bounds for v in kept], dtype=float).reshape(-1, 2)
    matrices = Matrices(
        boxes[:, 0].copy(),
        boxes[:, 1].copy(),
        Entries(
            np.array([value for terms in rows for value in terms.values()], dtype=float),
            np.searchsorted(used, weighed).astype(np.int32),
            np.cumsum([0, *map(len, rows)], dtype=np.int32),
            (len(rows), len(kept)),
        ),
        [keys[at] for at in used],
        row_keys,
    )
    binary = [at for at, v in enumerate(kept) if v.is_binary()]
    matrices.integers = np.array(binary, dtype=np.int32)
    matrices.costs[np.searchsorted(used, list(costs))] = list(costs.values())
    matrices.row_lower, matrices.row_upper = np.array(lower, float), np.array(upper, float)
    matrices.refuse_wild_numbers()
    return matrices


def gather_matrices(formulation: Formulation, like: Matrices) -> Matrices:
    """A recorded model as arrays, in the order of another's columns and rows.

    Plans, decisions and bases of one scenario then serve its variants; what the other lacks stands
    behind. Raises SolverFailed for wild coefficients.
    """
    with PauseGC():
        return _gather(formulation.model, like)


def _gather(recorded: ConcreteModel, like: Matrices) -> Matrices:
    import scipy.sparse as sp

    keys, written = recorded.row_keys, recorded.rows
    rows, row_keys = like.row_order.arrange(keys)
    sides = [written[at] for at in rows]
    terms = [term for _, some, _ in sides for term in some]
    numbers = np.array([column.number for _, column in terms])
    used = np.unique(numbers).tolist()
    keys = [recorded.column_keys[number] for number in used]
    order, column_keys = like.column_order.arrange(keys)
    columns = [used[at] for at in order]
    place = np.zeros(len(recorded.columns), dtype=np.int32)
    place[columns] = np.arange(len(columns))
    starts = np.cumsum([0, *(len(some) for _, some, _ in sides)])
    values = np.array([coefficient for coefficient, _ in terms])
    matrix = sp.csr_array((values, place[numbers], starts), shape=(len(rows), len(columns)))
    matrix.sum_duplicates()
    boxes = [recorded.columns[number] for number in columns]
    matrices = Matrices(
        np.array([column.lb for column in boxes], dtype=float),
        np.array([column.ub for column in boxes], dtype=float),
        matrix,
        column_keys,
        row_keys,
    )
    whole = [at for at, column in enumerate(boxes) if column.is_binary]
    matrices.integers = np.array(whole, dtype=np.int32)
    matrices.row_lower = np.array([-INFINITE if low is None else low for low, _, _ in sides])
    matrices.row_upper = np.array([INFINITE if high is None else high for _, _, high in sides])
    matrices.refuse_wild_numbers()
    return matrices


class KeyOrder:
    """Keys in a known order, others behind them; the last answer is kept, as most are alike."""

    def __init__(self, keys: Sequence[Key]) -> None:
        self.keys = keys
        self.places = {key: at for at, key in enumerate(keys)}
        self._last: tuple[list[Key], list[int], list[Key]] = [], [], []

    def arrange(self, keys: list[Key]) -> tuple[list[int], list[Key]]:
        """Where keys stand, in the known order, and the keys so arranged.

        >>> KeyOrder([("y", 1), ("z", 1), ("x", 1)]).arrange([("x", 1), ("x", 2), ("y", 1)])
        ([2, 0, 1], [('y', 1), ('x', 1), ('x', 2)])
        """
        known, order, arranged = self._last
        if keys != known:
            ranks = [self.places.get(key, len(self.places)) for key in keys]
            order = np.argsort(ranks, kind="stable").tolist()
            # Known keys are given as they are kept here: what is the same object compares at once.
            own = [*self.keys, None]
            arranged = [own[ranks[at]] or keys[at] for at in order]
            self._last = keys, order, arranged
        return order, arranged


def name_key(key: Key) -> str:
    """A column's or a row's name as LP and MPS files take it.

    >>> name_key(("limits", ("budget.per_year", "at_most", 2027))), name_key(("nothing", None))
    ('limits(budget.per_year,at_most,2027)', 'nothing')
    """
    component, index = key
    if index is None:
        return component
    parts = index if isinstance(index, tuple) else (index,)
    return f"{component}({','.join(str(part) for part in parts)})"
