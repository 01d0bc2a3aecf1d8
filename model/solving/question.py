"""What may be asked of one compiled scenario, and what an answer says."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from ...inputs.scenario import Scenario
from ..equations.curves import Array
from ..equations.evaluate import NEGLIGIBLE_LOSS, SMALLEST_GAIN, Plan
from .extended import Row
from .matrices import INFINITE

Terms = Mapping[int, float]
"""Coefficients by column."""

Sides = tuple[float, float]
"""The least and the most that a row or a column may be."""


@dataclass(frozen=True)
class Changes:
    """What is otherwise than in the scenario as it was compiled.

    `banned` instruments spend nothing, each `demanded` one is funded at some time, if only by a
    token. `boxes` and `sides` are other bounds of columns and of rows; `rows` are further rows.
    """

    banned: frozenset[str] = frozenset()
    demanded: frozenset[str] = frozenset()
    boxes: Mapping[int, Sides] = field(default_factory=dict)
    sides: Mapping[int, Sides] = field(default_factory=dict)
    rows: tuple[Row, ...] = ()

    def allows(self, plan: Plan) -> bool:
        """Whether a plan funds what is demanded and nothing that is banned."""
        return self.demanded <= plan.keys() and self.banned.isdisjoint(plan)


NOTHING = Changes()


def hold_set(scenario: Scenario, funded: Collection[str]) -> Changes:
    """The changes that leave just the plans with one funded set: these instruments, no others.

    A set is funded where each of its instruments is at some time, if only by a token
    (docs/decisions/funded-set.md).
    """
    others = frozenset(scenario.instruments) - frozenset(funded)
    return Changes(banned=others, demanded=frozenset(funded))


@dataclass(frozen=True)
class Tolerance:
    """How far plan and bound may part: a share of the value, or of `smallest` where it is less."""

    share: float = 1e-4
    smallest: float = SMALLEST_GAIN

    def room(self, value: float) -> float:
        """The points by which a bound may lie above a value."""
        return max(self.share * max(value, self.smallest), NEGLIGIBLE_LOSS)

    def allow(self, value: float) -> float:
        """The most that any plan may be worth for one of this value to be within the tolerance.

        >>> Tolerance(0.1).allow(9.0), Tolerance(0.1).allow(-1.0)
        (10.0, -0.999)
        """
        return max(value / max(1.0 - self.share, 1e-9), value + self.share * self.smallest)


@dataclass(frozen=True)
class Question:
    """The plan with the largest sum of `terms`, under some changes, as closely as `tolerance` asks.

    `known`: plans, or values of the integer columns, whose decisions are tried first. `at_least`:
    where no plan is worth more than that, to know it is enough. `enough`: a value that ends the
    search once a plan has it.
    `needs`: `bound`, `plan`, or `least`, the plan that spends least of those that tie with it.
    `amounts`: the terms by which amounts are chosen once decisions are, if not the same.
    `may_search`: whether mixed programs may be solved, `only_near`: if so, only in neighbourhoods;
    `sharpness`: the share of the tolerance that they may leave open, `most_nodes`: how many nodes
    the whole one may take. `straight`: it comes straight after known decisions, where these are
    likely to be good and it has but to prove so. `recalls`: whether remembered plans are tried.
    `decided`: values at which the integer columns stand, so that amounts alone are chosen.
    `tells`: columns whose values at the relaxation's optimum a bound comes with.
    """

    terms: Terms
    changes: Changes = NOTHING
    tolerance: Tolerance = Tolerance()
    needs: str = "least"
    known: Sequence[Plan | Array] = ()
    at_least: float = -INFINITE
    enough: float = INFINITE
    amounts: Terms | None = None
    sharpness: float = 1.0
    may_search: bool = True
    place: Array | None = None
    """Where it stands among questions of its kind: bases of the nearest are begun from."""
    only_near: bool = False
    most_nodes: int | None = None
    straight: bool = False
    recalls: bool = True
    decided: Array | None = None
    tells: tuple[int, ...] = ()


@dataclass(frozen=True)
class Answer:
    """The best plan found, its value and the bound that no plan exceeds.

    `plan` is None where none was found: there is none at all if `is_infeasible`. `values` are the
    solver's, by column, `decisions` those of the integer columns. `step` says what settled it:
    `relaxed`, `known`, `exchange`, `dive`, `near`, `tree` or `mixed`; `is_settled` whether plan and
    bound meet. `told` are the values that the question `tells` of.
    """

    value: float
    bound: float
    plan: Plan | None = None
    values: Array | None = None
    decisions: Array | None = None
    step: str = "relaxed"
    is_settled: bool = False
    mixed: int = 0
    linear: int = 0
    told: Mapping[int, float] = field(default_factory=dict)

    @property
    def is_infeasible(self) -> bool:
        """Whether it is proven that no plan meets every limit."""
        return self.plan is None and self.bound == -INFINITE
