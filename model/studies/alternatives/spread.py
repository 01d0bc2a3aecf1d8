"""Plans nearly as good as the best: the range of spending among them, and those that differ most.

The least and the most spent on each area and instrument are a program each over all plans within
the share of the best gain; a relaxation and known decisions settle most of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ....inputs.build import derive_scenario
from ....inputs.complaint import InputError
from ....inputs.scenario import Scenario
from ...failures import SolverFailed
from ...solving.near_best import KnownPlan, MoneyEngine, NearBest, Terms, find_floor
from ...solving.solution import Solution
from ...solving.solve import solve_scenario
from ...work.clock import Clock
from ...work.store import Store
from ..effort import Effort
from .farthest import SAME_DISTANCE, FarthestSearch
from .findings import Alternative, AlternativeFindings, SpendingRange

BATCH = 4
"""Ends of ranges asked for before what was found is shared."""

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
    """One end of a range: the least of some terms, as found and as proven."""

    name: str
    terms: Terms
    found: float = np.inf
    proven: float = -np.inf

    @property
    def is_settled(self) -> bool:
        return self.found - self.proven <= SAME_BN * max(1.0, abs(self.found))


@dataclass
class AlternativesWork:
    """What asking for one end has found."""

    proven: float
    plans: list[KnownPlan] = field(default_factory=list)
    solves: int = 0
    linear_solves: int = 0
    is_final: bool = True


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
        floors = {
            stage.objective: find_floor(value, within)
            for stage, value in zip(self.best.stages, self._stage_gains(), strict=True)
        }
        self.near = NearBest(self.best.scenario, floors)
        self.engines = [MoneyEngine(self.near) for _ in range(workers)]
        decisions = self.near.compiled.decisions_of(self.best.plan)
        money = self.near.count_money(self.best.plan)
        self.pool = [KnownPlan(self.best.plan, money, decisions, self.best.gain)]
        self.solves = self.linear_solves = 0
        self.is_coarse = gap > 0 and len(decisions) > FEW_BINARIES
        self.is_proven = True
        self.is_exhausted = False

    @property
    def sharpness(self) -> float:
        """Share of an amount or a distance that is left open."""
        return max(COARSE, self.gap) if self.is_coarse else 0.0

    def _solve_best(self) -> Solution:
        """The best plan before steadying."""
        plain = derive_scenario(self.scenario, {"steady": 0.0})
        return solve_scenario(plain, self.gap, self.clock.left)

    def _stage_gains(self) -> list[float]:
        """What each stage's best value gains on spending nothing."""
        from ...solving.compiled import Compiled

        targets = Compiled(self.best.scenario).list_targets()
        return [
            stage.value - target.offset
            for stage, target in zip(self.best.stages, targets, strict=True)
        ]

    # Ranges -----------------------------------------------------------------------------------

    def find_ranges(self) -> tuple[dict[str, SpendingRange], dict[str, SpendingRange]]:
        """The least and the most on every area and instrument."""
        scenario = self.scenario
        groups = {f"area {area}": scenario.instruments_of((area,)) for area in scenario.areas}
        groups |= {f"instrument {i}": (i,) for i in scenario.instruments}
        ends: dict[str, tuple[End, End]] = {}
        for name, members in groups.items():
            terms = self.near.add_up(members) if members else {}
            minus = {at: -one for at, one in terms.items()}
            ends[name] = End(f"least {name}", terms), End(f"most {name}", minus)
        every = [end for pair in ends.values() for end in pair]
        self._measure(every, groups)
        for end in every:
            if not end.terms:
                end.proven = end.found = 0.0
            elif not end.name.startswith("most"):
                end.proven = max(end.proven, 0.0)
        todo = [end for end in every if not end.is_settled]
        while todo and not self.clock.is_over:
            batch, todo = todo[:BATCH], todo[BATCH:]
            for end, work in zip(batch, self._ask_all(batch), strict=True):
                end.proven = max(end.proven, work.proven)
                self.pool += work.plans
                self.solves += work.solves
                self.linear_solves += work.linear_solves
            self._measure(every, groups)
            todo = [end for end in todo if not end.is_settled]
            if self.report:
                self.report(len(every) - len(todo), len(every), "ends of ranges")
        self.is_proven &= not todo
        found = {name: self._make_range(*pair) for name, pair in ends.items()}
        areas = {area: found[f"area {area}"] for area in scenario.areas}
        return areas, {i: found[f"instrument {i}"] for i in scenario.instruments}

    def _measure(self, ends: list[End], groups: Mapping[str, tuple[str, ...]]) -> None:
        """Lets every end know of all plans there are."""
        for end in ends:
            sign = -1.0 if end.name.startswith("most") else 1.0
            members = groups[end.name.partition(" ")[2]]
            for known in self.pool:
                end.found = min(end.found, sign * sum(known.money[i] for i in members))

    @staticmethod
    def _make_range(least: End, most: End) -> SpendingRange:
        return SpendingRange(
            least.found + 0.0,
            -most.found + 0.0,
            min(least.found, least.proven) + 0.0,
            max(-most.found, -most.proven) + 0.0,
        )

    def _ask_all(self, ends: list[End]) -> list[AlternativesWork]:
        count = len(self.engines)

        def some(at: int) -> list[AlternativesWork]:
            return [self._ask(self.engines[at], end) for end in ends[at::count]]

        with self.store.batch(), ThreadPoolExecutor(count) as pool:
            if count == 1:
                return some(0)
            parts = list(pool.map(some, range(count)))
        return [parts[at % count][at // count] for at in range(len(ends))]

    def _ask(self, engine: MoneyEngine, end: End) -> AlternativesWork:
        """One end: the relaxation's, if known decisions reach it, else the mixed program's."""
        relaxed = engine.relax(end.terms)
        if relaxed is None:
            raise SolverFailed("the best plan was said to break a limit")
        bound, rounded, values = relaxed
        work = AlternativesWork(bound, linear_solves=1)
        if engine.mixed is None:
            known = self.near.read(values)
            work.plans += [known] if known is not None else []
            return work
        best = end.found
        own = self._pick_decisions(end)
        for decisions in [rounded, *own]:
            if best - bound <= SAME_BN * max(1.0, abs(best)):
                return work
            kept = engine.keep(decisions, end.terms)
            work.linear_solves += 1
            if kept is not None:
                work.plans.append(kept)
                best = min(best, self._value(kept, end))
        if best - bound <= self._allow(best) or self.clock.is_over:
            return work

        def solve() -> dict[str, Any]:
            bound, found = engine.search(end.terms, self.sharpness, self.clock.left)
            on = None if found is None else np.flatnonzero(found > 0.5).tolist()
            known = bound if np.isfinite(bound) else None
            return {"bound": known, "on": on, "final": not self.clock.is_over}

        asked = f"{end.name} {dict(self.near.floors)!r} {self.sharpness!r}"
        answer = self.store.ask(asked, solve)
        work.solves = 1
        work.proven = bound if answer["bound"] is None else max(bound, float(answer["bound"]))
        if answer["on"] is not None:
            decisions = np.zeros(len(self.near.matrices.integers))
            decisions[answer["on"]] = 1.0
            kept = engine.keep(decisions, end.terms)
            work.linear_solves += 1
            work.plans += [kept] if kept is not None else []
        return work

    def _allow(self, amount: float) -> float:
        """How far an end may be from its proof, $ billion."""
        return max(self.sharpness, SAME_BN) * max(1.0, abs(amount))

    def _value(self, known: KnownPlan, end: End) -> float:
        sign = -1.0 if end.name.startswith("most") else 1.0
        kind, name = end.name.split(" ")[1:]
        members = self.scenario.instruments_of((name,)) if kind == "area" else (name,)
        return sign * sum(known.money[i] for i in members)

    def _pick_decisions(self, end: End) -> list[Any]:
        """The decisions of the known plan that is best at an end."""
        best = min(self.pool, key=lambda known: self._value(known, end))
        return [best.decisions]

    # Plans that differ ------------------------------------------------------------------------

    def find_plans(self, ranges: Mapping[str, SpendingRange]) -> list[Alternative]:
        """The best plan, then each as far as can be from all before it."""
        first = self.pool[0]
        found = [Alternative(first.plan, self.best.best_gain, None, None, first.money)]
        boxes = {i: (one.least_proven, one.most_proven) for i, one in ranges.items()}
        search = FarthestSearch(self.near, boxes, self.pool, self.sharpness, self.clock, self.store)
        while len(found) < self.count and not self.clock.is_over:
            if self.report:
                self.report(len(found), self.count, "plans that differ")
            others = [one.money for one in found]
            known, distance, at_most = search.find(others)
            if distance <= SAME_DISTANCE:
                self.is_exhausted = at_most <= SAME_DISTANCE
                break
            found.append(Alternative(known.plan, known.gain, distance, at_most, known.money))
        self.solves += search.solves
        self.linear_solves += search.linear_solves
        self.is_proven &= len(found) == self.count or self.is_exhausted
        return found


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
        effort=Effort(study.solves, study.linear_solves, clock.seconds, study.is_proven),
    )


def refuse_share(within: float, count: int) -> None:
    """Raises InputError for a share that is none, or fewer than one plan."""
    if not 0 < within <= 1:
        message = f"expected a share above 0 and at most 1, got {within:g}"
        raise InputError.of("--within", message)
    if count < 1:
        raise InputError.of("--count", f"expected at least 1, got {count}")
