"""What stands in for Pyomo where a model is only wanted as arrays.

The formulation writes variables and rows in Pyomo's words; these few classes take them down as
numbers, many times as fast as Pyomo builds its objects. They know just what the formulation uses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

Key = tuple[str, Any]
"""A component's name and an index of it; a component without an index has None."""

Terms = list[tuple[float, "Column"]]
Row = tuple[float | None, Terms, float | None]
"""Lower side, coefficients by column, upper side."""

anything = object()
"""Says that rows come under any index."""

Binary, minimize = "binary", "minimize"


class Column:
    """One variable: its box, and whether it is whole."""

    __slots__ = ("family", "index", "is_binary", "lb", "ub")

    def __init__(self, family: Columns, index: Any, lb: float, ub: float, is_binary: bool) -> None:
        self.family, self.index, self.lb, self.ub = family, index, lb, ub
        self.is_binary = is_binary

    @property
    def key(self) -> Key:
        """What it stands for."""
        return self.family.name, self.index

    def setub(self, value: float) -> None:
        """Lowers the upper end of the box."""
        self.ub = value


class Columns:
    """A family of columns by index."""

    def __init__(self, index: Iterable[Any], box: Callable[..., Any], is_binary: bool) -> None:
        self.name = ""
        self.columns = {key: Column(self, key, *lay(box, key), is_binary) for key in index}

    def __getitem__(self, key: Any) -> Column:
        return self.columns[key]

    def __contains__(self, key: Any) -> bool:
        return key in self.columns

    def __iter__(self) -> Iterator[Any]:
        return iter(self.columns)

    def values(self) -> Iterable[Column]:
        """The columns in order."""
        return self.columns.values()

    def items(self) -> Iterable[tuple[Any, Column]]:
        """The columns by index."""
        return self.columns.items()


def Var(  # noqa: N802  # Pyomo's word
    index: Iterable[Any] = (None,),
    bounds: Callable[..., Any] | tuple[float, float] = (0.0, 1.0),
    domain: str = "",
) -> Any:
    """A family of columns; without an index the one column."""
    box = bounds if callable(bounds) else lambda *_: bounds
    family = Columns(index, box, domain == Binary)
    return family.columns.get(None, family)


def lay(box: Callable[..., Any], key: Any) -> tuple[float, float]:
    """The box of a column as Pyomo's rules tell it."""
    low, high = box(None, *key) if isinstance(key, tuple) else box(None, key)
    return float(low), float(high)


class Constraint:
    """A family of rows by index."""

    def __init__(self, index: Any = None) -> None:
        del index
        self.name = ""
        self.rows: dict[Any, Row] = {}

    def __setitem__(self, key: Any, row: Row) -> None:
        self.rows[key] = row


class Objective:
    """The objective: it is set on the columns, and not taken down."""

    def __init__(self, **parts: Any) -> None:
        del parts


class ConcreteModel:
    """Families of columns and rows in the order in which they were given a name."""

    def __init__(self, name: str = "") -> None:
        self.__dict__.update(name=name, families={})

    def __setattr__(self, name: str, family: Any) -> None:
        self.__dict__[name] = family
        if isinstance(family, Column):
            family.family.name = name
        elif isinstance(family, Columns | Constraint):
            family.name = name
            self.families[name] = family

    @property
    def rows(self) -> dict[Key, Row]:
        """All rows in the order in which their families were named."""
        return {
            (name, index): row
            for name, family in self.families.items()
            if isinstance(family, Constraint)
            for index, row in family.rows.items()
        }


def linear(terms: Iterable[tuple[float, Column]]) -> Terms:
    """The terms that weigh something."""
    return [(coefficient, column) for coefficient, column in terms if coefficient]
