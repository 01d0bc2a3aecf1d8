"""What stands in for Pyomo where a model is only wanted as arrays.

The formulation writes variables and rows in Pyomo's words; these few classes take them down as
numbers, many times as fast as Pyomo builds its objects. They know just what the formulation uses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

Key = tuple[str, Any]
"""A component's name and an index of it; a component without an index has None."""

Terms = list[tuple[float, "Variable"]]
Row = tuple[float | None, Terms, float | None]
"""Lower side, coefficients by column, upper side."""

anything = object()
"""Says that rows come under any index."""

Binary, minimize = "binary", "minimize"


class Variable:
    """One variable: its box, whether it is whole, and how many were named before it."""

    __slots__ = ("is_binary", "lb", "number", "ub")

    def __init__(self, lb: float, ub: float, is_binary: bool) -> None:
        self.lb, self.ub, self.is_binary = lb, ub, is_binary
        self.number = -1  # until its family has a name

    def setub(self, value: float) -> None:
        """Lowers the upper end of the box."""
        self.ub = value


Columns = dict[Any, Variable]
"""A family of columns by index."""


def Var(  # noqa: N802  # Pyomo's word
    index: Iterable[Any] = (None,),
    bounds: Callable[..., Any] | tuple[float, float] = (0.0, 1.0),
    domain: str = "",
) -> Any:
    """A family of columns; without an index the one column."""
    is_binary = domain == Binary
    if not callable(bounds):
        low, high = bounds
        family = {key: Variable(low, high, is_binary) for key in index}
    else:
        keys = [(key, key if isinstance(key, tuple) else (key,)) for key in index]
        boxes = {key: bounds(None, *parts) for key, parts in keys}
        family = {key: Variable(low, high, is_binary) for key, (low, high) in boxes.items()}
    return family.get(None, family)


class Constraint(dict[Any, Row]):
    """A family of rows by index."""

    def __init__(self, index: Any = None) -> None:
        del index
        super().__init__()


class Objective:
    """The objective: it is set on the columns, and not taken down."""

    def __init__(self, **parts: Any) -> None:
        del parts


class ConcreteModel:
    """Columns and rows with their keys, in the order in which their families were given a name."""

    name: str
    columns: list[Variable]
    column_keys: list[Key]
    families: dict[str, Constraint]

    def __init__(self, name: str = "") -> None:
        self.__dict__.update(name=name, columns=[], column_keys=[], families={})

    def __setattr__(self, name: str, part: Any) -> None:
        self.__dict__[name] = part
        if isinstance(part, Constraint):
            self.families[name] = part
        elif isinstance(part, dict | Variable):
            family = part if isinstance(part, dict) else {None: part}
            for number, column in enumerate(family.values(), len(self.columns)):
                column.number = number
            self.columns += family.values()
            self.column_keys += [(name, index) for index in family]

    @property
    def row_keys(self) -> list[Key]:
        """What the rows stand for."""
        return [(name, index) for name, family in self.families.items() for index in family]

    @property
    def rows(self) -> list[Row]:
        """All rows, in the order of their keys."""
        return [row for family in self.families.values() for row in family.values()]


def linear(terms: Iterable[tuple[float, Variable]]) -> Terms:
    """The terms that weigh something."""
    return [(coefficient, column) for coefficient, column in terms if coefficient]
