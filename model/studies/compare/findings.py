"""What comparing gives: contenders, how each fares in each other's world, and why they differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ....inputs.scenario import Scenario
from ...equations.evaluate import Plan, Played
from ...solving.solution import Best

GROUPS = ("budget", "weights", "figures", "constraints")
"""What a difference between two scenarios is attributed to."""


@dataclass(frozen=True)
class Contender:
    """A scenario, a run or a plan by its label.

    `plan` is that of a run or of a file; None where the scenario's best plan stands for it. A plan
    from a file has no world of its own: `is_world` is false, and `scenario` is that of the first.
    """

    label: str
    scenario: Scenario
    plan: Plan | None = None
    is_world: bool = True


@dataclass(frozen=True)
class World:
    """A contender's scenario solved. `best` is None where that failed: `why` says how."""

    contender: Contender
    best: Best | None
    why: str = ""

    @property
    def is_infeasible(self) -> bool:
        return self.best is None and self.why.startswith("infeasible")


@dataclass(frozen=True)
class Fate:
    """One plan in one world: its gain, None if it cannot be played; the limits it breaks there.

    `kept_gain` is that of its funded set with amounts and years chosen anew, None if that cannot
    be. `is_known`: whether there was time to find that out.
    """

    gain: float | None
    broken: tuple[str, ...]
    kept_gain: float | None
    is_known: bool = True

    def pick_gain(self, *, kept: bool) -> float | None:
        """Its gain as it stands, or that of its funded set."""
        return self.kept_gain if kept else self.gain


@dataclass(frozen=True)
class Preference:
    """Which plan to prefer, out of which, and by what.

    `by` is `regret`: the smallest largest one; `gain`, where scenarios differ in their constraints
    alone; or `none`, and `reason` says why.
    """

    by: str
    plan: str | None
    among: tuple[str, ...]
    reason: str = ""

    @property
    def least_regret(self) -> str | None:
        """The least regretted plan, if regret decides."""
        return self.plan if self.by == "regret" else None


@dataclass(frozen=True)
class Attribution:
    """Where the change from one scenario to another comes from, by group and in total.

    `gain` and `areas` are None where no order of changes is valid and feasible: `reason` says so.
    """

    begins: str
    ends: str
    gain: Mapping[str, float] | None
    areas: Mapping[str, Mapping[str, float]] | None
    reason: str = ""
    orders: int = 0


@dataclass(frozen=True)
class Comparison:
    """Contenders side by side. `plans` and `played` are each one's own, in its own world.

    `verdict` is on plans as they stand, `verdict_kept` on their funded sets.
    """

    contenders: tuple[Contender, ...]
    worlds: Mapping[str, World]
    plans: Mapping[str, Plan]
    played: Mapping[str, Played]
    gains: Mapping[str, float]
    fates: Mapping[str, Mapping[str, Fate]]
    best_known: Mapping[str, float]
    verdict: Preference
    verdict_kept: Preference
    attribution: tuple[Attribution, ...]
    notes: tuple[str, ...]
    missing: tuple[str, ...]
    solves: int
    seconds: float

    @property
    def is_complete(self) -> bool:
        """Whether there was time for everything."""
        return not self.missing
