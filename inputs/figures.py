"""The figures of a scenario that are in doubt: their paths, ranges, and patches that set them."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .assumption import Shape, choose_shape
from .complaint import Complaint, InputError, suggest
from .expressions import parse_expression
from .fields import LARGEST
from .patch import TABLES, merge, nest
from .record import Record
from .scenario import Scenario

RANGED = ("layers", "instruments", "effects", "interactions")
"""The tables whose rows may carry ranges beside their figures."""

GROUP = "group:"
"""What stands before the name of a group of assumptions where a figure's path may stand."""

TOLD_ONLY = frozenset({"output_per_bn", "points_per_unit"})
"""Figures that are reported and move no decision."""

WHOLE = frozenset({"lag", "run_years", "first_year", "last_year", "trend_until"})
"""Figures that are whole numbers: a value between two is rounded."""


@dataclass(frozen=True)
class Figure:
    """A scalar of a scenario: dotted path, value, and its range if it carries one.

    An assumption's path is `assumptions.ID`. A group of assumptions, `group:NAME`, moves all its
    `members` together: its value is 0, all at their values; -1 is all low, 1 is all high.
    """

    path: str
    value: float
    low: float | None
    high: float | None
    shape: Shape | None = None
    title: str = ""
    unit: str = ""
    group: str = ""
    confidence: str | None = None
    source: tuple[str, ...] = ()
    counts: bool = False
    members: tuple[Figure, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """Where it stands in the document."""
        keys = tuple(self.path.split("."))
        return (*keys, "value") if self.is_assumption else keys

    @property
    def is_assumption(self) -> bool:
        return self.path.startswith("assumptions.")

    @property
    def is_whole(self) -> bool:
        """Whether it is a whole number, by its field or by those that hang on an assumption."""
        return self.counts or self.keys[-1] in WHOLE

    def settle(self, value: float) -> float:
        """A value as the figure can have it."""
        return float(round(value)) if self.is_whole else value

    def move(self, position: float) -> float:
        """The value at a position between its low end, -1, its value, 0, and its high end, 1."""
        end = self.low if position < 0 else self.high
        if end is None or not position:
            return self.value
        return self.settle(self.value + abs(position) * (end - self.value))

    def patch(self, value: float) -> dict[str, Any]:
        """The patch that sets it."""
        if self.members:
            return join_patches([member.patch(member.move(value)) for member in self.members])
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

    `ranged`: those named must carry a range too. A name may be that of a group of assumptions.
    """
    every = {figure.path: figure for figure in _list_all(scenario)}
    if not named:
        found = [figure for figure in every.values() if figure.low is not None]
        if not found:
            message = (
                "no figure carries a range; give some a low and a high value beside it, as "
                "points_low and points_high, or low and high of an assumption"
            )
            raise InputError.of("figures", message)
        return found
    every |= {figure.path: figure for figure in list_groups(list(every.values()))}
    complaints = []
    paths = [
        path.removesuffix(".value") if path.startswith("assumptions.") else path for path in named
    ]
    for path in paths:
        if path not in every:
            message = f"'{path}' is no figure with a value; {suggest(path, every)}"
            complaints.append(Complaint("--figure", message))
        elif ranged and every[path].low is None:
            complaints.append(Complaint("--figure", _say_rangeless(scenario, every[path])))
    if complaints:
        raise InputError(complaints)
    return [every[path] for path in dict.fromkeys(paths)]


def _say_rangeless(scenario: Scenario, figure: Figure) -> str:
    texts = scenario.expressions.get(figure.keys[:-1], {})
    text = texts.get((figure.keys[-1],))
    if text is not None:
        names = [f"assumptions.{name}" for name in parse_expression(text).names]
        instead = f"; question {' or '.join(names)}" if names else ""
        return f"'{figure.path}' is computed, '{text}', and carries no range itself{instead}"
    ends = ("low", "high")
    if not figure.is_assumption:
        ends = (f"{figure.keys[-1]}_low", f"{figure.keys[-1]}_high")
    return f"'{figure.path}' carries no range; give {' and '.join(ends)} beside it"


def list_ranged(scenario: Scenario) -> list[Figure]:
    """All figures that carry a range, assumptions among them."""
    figures = _list_all(scenario, ranged=True)
    return [figure for figure in figures if figure.low is not None]


def list_groups(figures: Sequence[Figure]) -> list[Figure]:
    """A figure for each group of assumptions, which moves those of them that carry a range."""
    members: dict[str, list[Figure]] = {}
    for figure in figures:
        if figure.group and figure.low is not None:
            members.setdefault(figure.group, []).append(figure)
    return [
        Figure(f"{GROUP}{name}", 0.0, -1.0, 1.0, title=name, members=tuple(found))
        for name, found in members.items()
    ]


def spread_groups(figures: Sequence[Figure]) -> list[Figure]:
    """The figures with the members of groups in place of these, each once."""
    found = [member for figure in figures for member in figure.members or (figure,)]
    return list({figure.path: figure for figure in found}.values())


def _list_all(scenario: Scenario, *, ranged: bool = False) -> Iterator[Figure]:
    yield from _list_in(scenario, (), scenario, ranged)
    yield from _list_assumptions(scenario)
    for table in RANGED:
        rows: Mapping[str, Record] = getattr(scenario, table)
        for id_, row in rows.items():
            yield from _list_in(row, (table, id_), scenario, ranged)


def _list_assumptions(scenario: Scenario) -> Iterator[Figure]:
    uses = {True: set[str](), False: set[str]()}
    for texts in scenario.expressions.values():
        for place, text in texts.items():
            uses[place[0] in WHOLE].update(parse_expression(text).names)
    counting = uses[True] - uses[False]
    for id_, own in scenario.assumptions.items():
        low, high = own.ranges.get("value", (None, None))
        known = [end for end in (own.value, low, high) if end is not None]
        yield Figure(
            f"assumptions.{id_}",
            own.value,
            low,
            high,
            shape=_choose(scenario, low, high, own.shape),
            title=own.title,
            unit=own.unit,
            group=own.group,
            confidence=own.confidence,
            source=own.source,
            counts=id_ in counting and all(not value % 1 for value in known),
        )


def _list_in(
    row: Record, above: tuple[str, ...], scenario: Scenario, ranged: bool
) -> Iterator[Figure]:
    ranges = row.ranges
    for name in ranges if ranged else row.ranged:
        value = getattr(row, name)
        if value is None:
            continue
        low, high = ranges.get(name, (None, None))
        yield Figure(
            ".".join((*above, name)),
            float(value),
            None if low is None else float(low),
            None if high is None else float(high),
            shape=_choose(scenario, low, high),
            confidence=getattr(row, "confidence", None),
            source=getattr(row, "source", ()),
        )


def _choose(
    scenario: Scenario, low: float | None, high: float | None, shape: Shape | None = None
) -> Shape | None:
    """The shape of a range; None where there is none, or one that never ends."""
    if low is None or high is None or high == float("inf"):
        return None
    return choose_shape(low, shape, scenario.uncertainty.shape)


@functools.cache
def find_limits(table: str, name: str) -> tuple[float, float]:
    """The least and the largest value that a field may have.

    >>> find_limits("instruments", "scale"), find_limits("instruments", "lag")
    ((1e-06, 100000000.0), (0.0, 1000000000000.0))
    """
    record = TABLES.get(table, Scenario)
    stated = record.model_json_schema()["properties"][name]
    parts = stated.get("anyOf", [stated])
    least = [float(part["minimum"]) for part in parts if "minimum" in part]
    most = [float(part["maximum"]) for part in parts if "maximum" in part]
    return max(least, default=-LARGEST), min(most, default=LARGEST)
