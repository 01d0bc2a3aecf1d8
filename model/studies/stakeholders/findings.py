"""What stakeholders would fund, what all of them would, and the plan that none regrets much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ....inputs.scenario import Scenario
from ...equations.curves import Array
from ...equations.evaluate import Plan

FUNDS, LEAVES = 0.99, 0.01
"""A stakeholder funds a programme from this share of weightings on, and leaves it up to that one.

One with a weighting has a share of 1 or 0.
"""

Verdict = Literal["funds", "leaves", "torn"]

Over = Literal["values", "facts", "both"]
"""What a dispute is about: weights, beliefs, or both of them."""


def judge(share: float) -> Verdict:
    """What a funded share says that a stakeholder would do with a programme.

    >>> judge(1.0), judge(0.5), judge(0.0)
    ('funds', 'torn', 'leaves')
    """
    if share >= FUNDS:
        return "funds"
    return "leaves" if share <= LEAVES else "torn"


@dataclass(frozen=True)
class Wish:
    """What one stakeholder would do alone, in the world they believe in.

    `weights` (shape [layers]) are the stakeholder's, or the middle of their region; `plan` is best
    under these, with its gain and proven bound. `funded_share`: of the region's weightings, those
    under whose best plan a programme is funded, `drawn` of them; None where time ran out. `why`
    says why there is no plan.
    """

    world: Scenario | None
    weights: Array
    is_region: bool
    gain: float | None = None
    bound: float | None = None
    plan: Plan | None = None
    funded_share: Mapping[str, float] | None = None
    drawn: int = 1
    why: str = ""

    @property
    def verdicts(self) -> dict[str, Verdict]:
        """What it would do with each programme; nothing where that is not known."""
        return {i: judge(share) for i, share in (self.funded_share or {}).items()}


@dataclass(frozen=True)
class Dispute:
    """A programme that some would fund and others not; `over` is None where time ran out."""

    instrument: str
    verdicts: Mapping[str, Verdict]
    over: Over | None

    @property
    def verdicts_by_kind(self) -> dict[Verdict, list[str]]:
        """The stakeholders who would fund it, who would not, and who are torn."""
        kinds: tuple[Verdict, ...] = ("funds", "leaves", "torn")
        return {kind: [id_ for id_, own in self.verdicts.items() if own == kind] for kind in kinds}


@dataclass(frozen=True)
class CommonGround:
    """Programmes that every stakeholder would fund, that none would, and those in dispute."""

    funded: tuple[str, ...]
    not_funded: tuple[str, ...]
    disputes: tuple[Dispute, ...]


@dataclass(frozen=True)
class Regrets:
    """What each stakeholder, in the world they believe in, loses by a plan at most.

    As a share of their best gain and in points; None where the plan cannot be kept in that world.
    """

    shares: Mapping[str, float | None]
    points: Mapping[str, float | None]

    @property
    def largest(self) -> float | None:
        """The largest of those that are known."""
        return max((share for share in self.shares.values() if share is not None), default=None)


@dataclass(frozen=True)
class LeastRegret:
    """The plan whose largest regret over all stakeholders is the smallest that was found.

    No plan's largest regret is below `proven_at_least` (None where nothing is proven). Those `set
    aside` believe in worlds in which no plan that the others can keep can be kept.
    """

    plan: Plan
    regrets: Regrets
    proven_at_least: float | None
    set_aside: tuple[str, ...]


@dataclass(frozen=True)
class Ground:
    """The answer of `sensitivity stakeholders`; None is what there was no time for.

    `regret_of`: by the stakeholder whose own plan it is, what all lose by that.
    """

    tolerance: float
    wishes: Mapping[str, Wish]
    common: CommonGround | None
    regret_of: Mapping[str, Regrets]
    least_regret: LeastRegret | None
    missing: Sequence[str]
    complete: bool
    solves: int
    linear_solves: int
    seconds: float
