"""What looking for repairs finds: conflicts, and what could give."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ....inputs.scenario import Scenario
from ..explain.findings import Patch


@dataclass(frozen=True)
class Member:
    """One limit of a conflict: the best it can have beside the others, and what it needs."""

    id: str
    title: str
    sense: str
    unit: str
    have: float | None
    need: float | None
    short_by: float | None


@dataclass(frozen=True)
class Move:
    """What a repair does to one limit: a side moved from one value to another, or all dropped."""

    id: str
    field: str
    before: Any
    after: Any
    by: float | None
    unit: str


@dataclass(frozen=True)
class Repair:
    """Limits to give up, none of them needlessly; with the patch that does it, verified by solving.

    `gain` is that of the best plan afterwards, `spending_bn` what that spends, `extra_bn` what the
    budget has to rise by over all years; gain and spending are None where time ran out.
    """

    gives_up: tuple[str, ...]
    moves: tuple[Move, ...]
    patch: Patch
    priority: float
    priority_sum: float
    gain: float | None
    spending_bn: float | None
    extra_bn: float


@dataclass(frozen=True)
class Diagnosis:
    """Why a scenario has no plan, and what could give. `is_complete`: no repair is missing.

    `spends_nothing`: it has plans, and all of them spend nothing.
    """

    scenario: Scenario
    conflicts: tuple[tuple[Member, ...], ...]
    repairs: tuple[Repair, ...]
    is_complete: bool
    solves: int
    seconds: float
    missing: tuple[str, ...] = field(default=())
    spends_nothing: bool = False
