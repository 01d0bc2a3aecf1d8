"""The figures of a scenario that carry a range: their paths, values, and patches that set them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .complaint import Complaint, InputError, suggest
from .patch import merge, nest
from .record import Record
from .scenario import Scenario

RANGED = ("layers", "instruments", "effects", "interactions")
"""The tables whose rows may carry ranges."""

TOLD_ONLY = frozenset({"output_per_bn", "points_per_unit"})
"""Figures that are reported and move no decision."""

WHOLE = frozenset({"lag", "run_years", "first_year", "last_year", "trend_until"})
"""Figures that are whole numbers: a value between two is rounded."""


@dataclass(frozen=True)
class Figure:
    """A scalar of a scenario: dotted path, value, and its range if it carries one."""

    path: str
    value: float
    low: float | None
    high: float | None

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(self.path.split("."))

    @property
    def is_whole(self) -> bool:
        return self.keys[-1] in WHOLE

    def settle(self, value: float) -> float:
        """A value as the figure can have it."""
        return float(round(value)) if self.is_whole else value

    def patch(self, value: float) -> dict[str, Any]:
        """The patch that sets it."""
        settled = self.settle(value)
        told: Any = int(settled) if self.is_whole else settled
        if settled == float("inf"):
            told = "never"
        patch: dict[str, Any] = nest(self.keys, told)
        return patch


def join_patches(patches: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Several patches as one."""
    joined: dict[str, Any] = {}
    for patch in patches:
        joined = merge(joined, patch)
    return joined


def list_figures(
    scenario: Scenario, named: Sequence[str] = (), *, ranged: bool = True
) -> list[Figure]:
    """The figures with a range, or those named. Raises InputError for names that are none.

    `ranged`: those named must carry a range too.
    """
    every = {figure.path: figure for figure in _list_all(scenario)}
    if not named:
        found = [figure for figure in every.values() if figure.low is not None]
        if not found:
            message = (
                "no figure carries a range; give some a low and a high value beside it, as "
                "points_low and points_high"
            )
            raise InputError.of("figures", message)
        return found
    complaints = []
    for path in named:
        if path not in every:
            message = f"'{path}' is no figure with a value; {suggest(path, every)}"
            complaints.append(Complaint("--figure", message))
        elif ranged and every[path].low is None:
            last = path.split(".")[-1]
            message = f"'{path}' carries no range; give {last}_low and {last}_high beside it"
            complaints.append(Complaint("--figure", message))
    if complaints:
        raise InputError(complaints)
    return [every[path] for path in dict.fromkeys(named)]


def _list_all(scenario: Scenario) -> list[Figure]:
    found = _list_in(scenario, ())
    for table in RANGED:
        rows: Mapping[str, Record] = getattr(scenario, table)
        for id_, row in rows.items():
            found += _list_in(row, (table, id_))
    return found


def _list_in(row: Record, above: tuple[str, ...]) -> list[Figure]:
    found = []
    for name in row.ranged:
        value = getattr(row, name)
        if value is None:
            continue
        ends = row.ranges.get(name)
        path = ".".join((*above, name))
        low, high = (None, None) if ends is None else (float(ends.low), float(ends.high))
        found.append(Figure(path, float(value), low, high))
    return found
