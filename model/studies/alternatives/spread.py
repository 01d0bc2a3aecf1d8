"""Plans nearly as good as the best: the range of spending among them, and those that differ most.

The least and the most spent on each area and instrument are a program each over all plans within
the share of the best gain; a relaxation and known decisions settle most of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ....inputs.build import derive_scenario
from ....inputs.complaint import InputError
from ....inputs.scenario import Scenario
from ...failures import SolverFailed
from ...solving.inquiry import Inquiry, inquire
from ...solving.matrices import INFINITE
from ...solving.oracle import Oracle
from ...solving.question import Answer, Changes, Question, Tolerance
from ...solving.solution import Solution
from ...solving.solve import solve_scenario
from ...work.clock import Clock
from ...work.store import Store
from ..effort import Effort
from .farthest import SAME_DISTANCE, FarthestSearch
from .findings import Alternative, AlternativeFindings, SpendingRange
from .near_best import HERE, KnownPlan, Money, NearBest

BATCH = 4
"""Ends of ranges asked for side by side: a count, so that answers repeat."""

FEW_BINARIES = 100
"""Up to so many binaries ends and distances are solved to the gap asked for."""

COARSE = 0.02
"""Share of an amount, or distance, within which more binaries leave them proven; told as a gap.

The last per cent takes four times as long as all before it. A gap of 0 asks for them.
"""

SAME_BN = 1e-6
"""$ billion, relative to max(1, amount): an end proven within this is exact."""

Report = Callable[[float, float, str], None]


@dataclass
class End:
    """One end of a range: the least of the money of some instruments, or the most.

    `found` and `proven` are in $ billion, with their sign turned at the upper end: there the most
    is the least of what is minus it. `proven` is minus infinity until something is.
    """

    members: tuple[str, ...]
    terms: Money
    is_most: bool
    found: float = INFINITE
    proven: float = -INFINITE
    is_asked: bool = False

    def measure(self, known: KnownPlan) -> float:
        """What a plan spends here, with the sign of this end."""
        spent = sum(known.money[i] for i in self.members)
        return -spent if self.is_most else spent

    @property
    def is_settled(self) -> bool:
        return self.found - self.proven <= SAME_BN * max(1.0, abs(self.found))


class Alternatives:
    """The study of one scenario."""

    def __init__(
        self,
        scenario: Scenario,
        within: float,
        count: int,
        gap: float,
        clock: Clock,
        workers: int,
        store: Store,
        report: Report | None = None,
    ) -> None:
        self.scenario, self.within, self.count = scenario, within, count
        self.gap, self.clock, self.store, self.report = gap, clock, store, report
        self.best = self._solve_best()
        self.near = NearBest(self.best.scenario, self.best.stages, within)
        compiled = self.near.compiled
        self.oracle = Oracle(compiled, clock, workers, store=store)
        self.oracle.prefer_primal()
        decisions = compiled.decisions_of(self.best.plan)
        money = self.near.count_money(self.best.plan)
        self.pool = [KnownPlan(self.best.plan, money, decisions, self.best.gain)]
        self.is_coarse = gap > 0 and len(decisions) > FEW_BINARIES
        self.is_proven = self.best.status == "optimal"
        self.is_exhausted = False
        self.asked = self.answered = 0
        self.solves = self.linear_solves = 0

    @property
    def sharpness(self) -> float:
        """Share of an amount or a distance that is left open."""
        return max(COARSE, self.gap) if self.is_coarse else 0.0

    def _solve_best(self) -> Solution:
        """The best plan before steadying."""
        plain = derive_scenario(self.scenario, {"steady": 0.0})
        return solve_scenario(plain, self.gap, self.clock.left)

    # Ranges -----------------------------------------------------------------------------------

    def find_ranges(self) -> tuple[dict[str, SpendingRange], dict[str, SpendingRange]]:
        """The least and the most on every area and instrument."""
        scenario = self.scenario
        areas = {area: self._open_ends(scenario.instruments_of((area,))) for area in scenario.areas}
        instruments = {i: self._open_ends((i,)) for i in scenario.instruments}
        every = [end for pair in [*areas.values(), *instruments.values()] for end in pair]
        self._measure(every)
        todo = [end for end in every if not end.is_settled]
        while todo and not self.clock.is_over:
            batch, todo = todo[:BATCH], todo[BATCH:]
            inquire(self.oracle, [self._ask(end) for end in batch])
            self._measure(every)
            todo = [end for end in todo if not end.is_settled]
            if self.report:
                self.report(len(every) - len(todo), len(every), "ends of ranges")
        self.asked = len(every)
        self.answered = sum(end.is_asked or end.is_settled for end in every)
        self.is_proven &= self.answered == self.asked
        return (
            {area: make_range(*pair) for area, pair in areas.items()},
            {i: make_range(*pair) for i, pair in instruments.items()},
        )

    def _open_ends(self, members: tuple[str, ...]) -> tuple[End, End]:
        """Both ends of a range, with what is certain beforehand: none spends less than nothing."""
        terms = self.near.add_up(members)
        minus = {at: -share for at, share in terms.items()}
        most = End(members, terms, is_most=True, proven=-INFINITE if terms else 0.0)
        return End(members, minus, is_most=False, proven=0.0), most

    def _measure(self, ends: list[End]) -> None:
        """Lets every end know of all plans there are."""
        for end in ends:
            end.found = min(end.found, *(end.measure(known) for known in self.pool))

    def _ask(self, end: End) -> Inquiry[None]:
        """One end: the relaxation's, if known decisions reach it, else the mixed program's."""
        changes = Changes(rows=self.near.rows)
        (relaxed,) = yield [Question(end.terms, changes, needs="bound", place=HERE)]
        if relaxed.is_infeasible:
            raise SolverFailed("the best plan was said to break a limit")
        end.proven = max(end.proven, -relaxed.bound)
        best = min(self.pool, key=end.measure)
        if not end.is_settled:
            kept = Question(end.terms, changes, needs="plan", decided=best.decisions, place=HERE)
            (answer,) = yield [kept]
            self._take(end, answer)
        allowed = max(self.sharpness, SAME_BN) * max(1.0, abs(end.found))
        if end.found - end.proven > allowed and self.oracle.is_mixed:
            question = Question(
                end.terms,
                changes,
                Tolerance(self.sharpness, max(1.0, abs(end.found))),
                needs="plan",
                at_least=-end.found + allowed if self.sharpness else -INFINITE,
                straight=True,
                place=HERE,
            )
            (answer,) = yield [question]
            self._take(end, answer)
            end.proven = max(end.proven, -answer.bound)
        end.is_asked = not self.clock.is_over or end.found - end.proven <= allowed

    def _take(self, end: End, answer: Answer) -> None:
        """Takes in a plan that was found on the way to an end."""
        known = self.near.read(answer)
        if known is not None:
            self.pool.append(known)
            end.found = min(end.found, end.measure(known))

    # Plans that differ ------------------------------------------------------------------------

    def find_plans(self, ranges: Mapping[str, SpendingRange]) -> list[Alternative]:
        """The best plan, then each as far as can be from all before it."""
        first = self.pool[0]
        plans = [Alternative(first.plan, self.best.best_gain, None, None, first.money)]
        boxes = {
            i: (own.least_proven, self._most_of(i) if own.most_proven is None else own.most_proven)
            for i, own in ranges.items()
        }
        search = FarthestSearch(
            self.near, self.oracle, boxes, self.pool, self.sharpness, self.store
        )
        while len(plans) < self.count and not self.clock.is_over:
            if self.report:
                self.report(len(plans), self.count, "plans that differ")
            others = [plan.money for plan in plans]
            known, distance, at_most = search.find(others)
            if distance <= SAME_DISTANCE:
                self.is_exhausted = at_most is not None and at_most <= SAME_DISTANCE
                break
            plans.append(Alternative(known.plan, known.gain, distance, at_most, known.money))
        self.solves += search.solves
        self.linear_solves += search.linear_solves
        self.is_proven &= len(plans) == self.count or self.is_exhausted
        return plans

    def _most_of(self, instrument: str) -> float:
        """The most that can be spent on an instrument, whatever it gains."""
        own = self.scenario.instruments[instrument]
        return own.max_per_year * len(self.scenario.window(instrument)) + own.launch_cost


def make_range(least: End, most: End) -> SpendingRange:
    """A range from what is known of both its ends."""
    highest = None if most.proven == -INFINITE else max(-most.found, -most.proven) + 0.0
    return SpendingRange(
        least.found + 0.0, -most.found + 0.0, min(least.found, least.proven) + 0.0, highest
    )


def study_alternatives(
    scenario: Scenario,
    within: float = 0.01,
    count: int = 5,
    gap: float = 1e-4,
    time_limit: float | None = None,
    workers: int = 1,
    store: Store | None = None,
    report: Report | None = None,
) -> AlternativeFindings:
    """Ranges of spending among plans within a share of the best gain, and plans that differ most.

    Raises InputError for a share or a count that makes no sense, Infeasible, SolverFailed.
    """
    refuse_share(within, count)
    clock = Clock(time_limit)
    study = Alternatives(scenario, within, count, gap, clock, workers, store or Store(), report)
    areas, instruments = study.find_ranges()
    plans = study.find_plans(instruments)
    return AlternativeFindings(
        scenario=scenario,
        best_gain=study.best.best_gain,
        within=within,
        areas=areas,
        instruments=instruments,
        plans=tuple(plans),
        is_exhausted=study.is_exhausted,
        is_best_proven=study.best.status == "optimal",
        asked=study.asked,
        answered=study.answered,
        effort=Effort(
            study.solves + study.oracle.solves,
            study.linear_solves + study.oracle.linear_solves,
            clock.seconds,
            study.is_proven and not clock.is_over,
        ),
    )


def refuse_share(within: float, count: int) -> None:
    """Raises InputError for a share that is none, or fewer than one plan."""
    if not 0 < within <= 1:
        message = f"expected a share above 0 and at most 1, got {within:g}"
        raise InputError.of("--within", message)
    if count < 1:
        raise InputError.of("--count", f"expected at least 1, got {count}")
