"""What the studies of figures give: plain results by figure, for tables and pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ....inputs.figures import Figure
from ....inputs.scenario import Scenario

Spread = tuple[float, float, float]
"""The 5th, 50th and 95th percentile."""


@dataclass(frozen=True)
class AtEnd:
    """A figure at one value: gains in points, None where there is no plan or it cannot be kept.

    `moved_bn` is half of what all instruments' totals change by; `enters` and `leaves` compare
    the funded set with today's; it `flips` if no plan with today's set is within the tolerance.
    """

    value: float
    gain: float | None
    kept: float | None
    moved_bn: float
    flips: bool
    enters: tuple[str, ...]
    leaves: tuple[str, ...]
    note: str = ""

    @property
    def lost(self) -> float:
        """Points lost by keeping the plan rather than choosing anew; 0 where it is not known."""
        if self.gain is None or self.kept is None:
            return 0.0
        return max(0.0, self.gain - self.kept)


@dataclass(frozen=True)
class Swing:
    """A figure at its low and its high value."""

    figure: Figure
    low: AtEnd
    high: AtEnd

    @property
    def flips(self) -> bool:
        return self.low.flips or self.high.flips

    @property
    def lost(self) -> float:
        return max(self.low.lost, self.high.lost)

    @property
    def swing(self) -> float:
        """By how much the gain changes at most, the plan chosen anew, points."""
        gains = [end.gain for end in (self.low, self.high) if end.gain is not None]
        return max(gains) - min(gains) if len(gains) == 2 else 0.0


@dataclass(frozen=True)
class FigureFlip:
    """Where the funded set changes: `at` it has, at `holds_at` it has not, both by solving."""

    at: float
    holds_at: float
    enters: tuple[str, ...]
    leaves: tuple[str, ...]
    why: str = ""


@dataclass(frozen=True)
class BreakEven:
    """The nearest flips of one figure on both sides; None where none is in what was searched."""

    figure: Figure
    below: FigureFlip | None
    above: FigureFlip | None
    searched: tuple[float, float]

    @property
    def nearest(self) -> FigureFlip | None:
        found = [flip for flip in (self.below, self.above) if flip is not None]
        return min(found, key=lambda flip: abs(flip.at - self.figure.value), default=None)

    @property
    def within_range(self) -> bool | None:
        """Whether it flips within its range; None for a figure without one."""
        figure = self.figure
        if figure.low is None or figure.high is None:
            return None
        flips = [flip for flip in (self.below, self.above) if flip is not None]
        return any(figure.low <= flip.at <= figure.high for flip in flips)


@dataclass(frozen=True)
class Index:
    """A Sobol index, half the width of its 95 % interval, and the index from half the samples."""

    value: float
    half_width: float
    from_half: float


@dataclass(frozen=True)
class Shares:
    """First-order and total Sobol indices of one answer, by figure; `varies` if it does at all."""

    first: Mapping[str, Index]
    total: Mapping[str, Index]
    mean: float
    spread: Spread
    varies: bool

    @property
    def drift(self) -> float:
        """The largest change of a total index from half of the samples to all."""
        return max((abs(i.value - i.from_half) for i in self.total.values()), default=0.0)


@dataclass(frozen=True)
class Worth:
    """What knowing a figure, a group or everything before choosing is worth.

    Points with their standard error, and the budget that buys as many at the margin, $ billion;
    None where more buys nothing. A group's `figure` moves its members.
    """

    figure: Figure | None
    points: float
    error: float
    bn: float | None


@dataclass(frozen=True)
class Choice:
    """A plan to choose: what it gains on average, and in which share of samples it is the best."""

    funded: tuple[str, ...]
    totals: Mapping[str, float]
    mean_gain: float
    best_share: float


@dataclass(frozen=True)
class Values:
    """The value of knowing before choosing among some plans, the most valuable first.

    `unpaid` is the share of plays in which no part of the plan was within the sample's limits;
    `missed` that in which a floor was missed that spending less cannot mend, by limit.
    """

    count: int
    failed: Mapping[str, int]
    choices: Sequence[Choice]
    everything: Worth
    figures: Sequence[Worth]
    groups: Sequence[Worth]
    per_bn: float | None
    unpaid: float
    missed: Mapping[str, float]


@dataclass(frozen=True)
class FigureStudy:
    """What all methods share, with the results of the one that was asked for.

    `asked` and `answered` count figures, samples, or base samples.
    """

    scenario: Scenario
    method: str
    base_gain: float
    base_bound: float
    funded: tuple[str, ...]
    totals: Mapping[str, float]
    tolerance: float
    figures: Sequence[Figure]
    solves: int
    seconds: float
    asked: int
    answered: int
    notes: Mapping[str, str] = field(default_factory=dict)
    swings: Sequence[Swing] = ()
    break_evens: Sequence[BreakEven] = ()
    shares: Mapping[str, Shares] = field(default_factory=dict)
    samples: Samples | None = None
    values: Values | None = None
    sample_count: int = 0
    seed: int = 0

    @property
    def is_complete(self) -> bool:
        """Whether time sufficed for all that was asked."""
        return self.answered == self.asked


@dataclass(frozen=True)
class Samples:
    """Joint samples: how often each instrument is funded, spreads, and what goes with what.

    `goes_with` names for every answer the figures that go with it, with their rank correlation.
    """

    count: int
    failed: Mapping[str, int]
    gain: Spread
    kept_count: int
    kept_loss: Spread | None
    funded_share: Mapping[str, float]
    spending: Mapping[str, Spread]
    areas: Mapping[str, Spread]
    goes_with: Mapping[str, Sequence[tuple[str, float]]]
