"""Several plans, each played in every other's world, and kept there with amounts chosen anew."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

from ....inputs.build import derive_scenario
from ....inputs.scenario import Scenario
from ...equations.evaluate import Evaluator, Plan, Played
from ...equations.limits import TOLERANCE, list_instrument_limits, list_limits
from ...failures import SolverFailed
from ...solving.best_plans import COMPILING, STUDY_NEEDS_NOT, share_out
from ...solving.conflict import explain_infeasible
from ...solving.resolve import OutOfTime, Resolving
from ...solving.solution import Best
from ...work.clock import Clock
from .attribution import attribute
from .findings import Attribution, Comparison, Contender, Fate, World

Report = Callable[[float, float, str], None]

Cell = tuple[str, str]
"""A plan's label and a world's."""


def compare_contenders(
    contenders: Sequence[Contender],
    gap: float = 1e-4,
    clock: Clock | None = None,
    workers: int = 1,
    report: Report | None = None,
) -> Comparison:
    """Everything that `compare` says of two contenders or more; infeasible ones are recorded."""
    return Comparing(contenders, gap, clock or Clock(), workers, report).run()


class Comparing:
    """One comparison: worlds first, then every plan in each of them, then what differs."""

    def __init__(
        self,
        contenders: Sequence[Contender],
        gap: float,
        clock: Clock,
        workers: int,
        report: Report | None,
    ) -> None:
        self.contenders = tuple(contenders)
        self.gap = gap
        self.clock = clock
        self.workers = [None] * workers
        self.report = report
        self.solves = 0
        self.done = 0
        self.total = sum(c.is_world for c in contenders)
        self.missing: list[str] = []

    def run(self) -> Comparison:
        worlds = self._solve_worlds()
        plans: dict[str, Plan] = {}
        for c in self.contenders:
            best = worlds[c.label].best if c.is_world else None
            plan = c.plan if c.plan is not None else (best.plan if best else None)
            if plan is not None:
                plans[c.label] = plan
        played, gains = self._play_own(plans)
        fates = self._find_fates(plans, worlds)
        best_known = {}
        for world, solved in worlds.items():
            if solved.best is not None:
                found = [solved.best.gain]
                for label in plans:
                    fate = fates[label].get(world)
                    found += (
                        [g for g in (fate.gain, fate.kept_gain) if g is not None] if fate else []
                    )
                best_known[world] = max(found)
        attribution = self._attribute(worlds)
        return Comparison(
            contenders=self.contenders,
            worlds=worlds,
            plans=plans,
            played=played,
            gains=gains,
            fates=fates,
            best_known=best_known,
            attribution=attribution,
            notes=tuple(list_differences(self.contenders)),
            missing=tuple(self.missing),
            solves=self.solves,
            seconds=self.clock.seconds,
        )

    # Worlds -----------------------------------------------------------------------------------

    def _solve_worlds(self) -> dict[str, World]:
        """Each scenario's best plan; scenarios that are the same are solved once."""
        worlds = [c for c in self.contenders if c.is_world]
        different: dict[str, Contender] = {}
        for c in worlds:
            different.setdefault(fingerprint(c.scenario), c)
        tasks = list(different.values())
        found = share_out(self.workers, tasks, self._solve_world, self._step, self.clock)
        solved = dict(zip(different, found, strict=True))
        result = {}
        for c in worlds:
            one = solved[fingerprint(c.scenario)]
            if one is None:
                self.missing.append(f"the best plan of {c.label}")
                one = World(c, None, "not solved in time")
            result[c.label] = World(c, one.best, one.why)
        if not any(world.best for world in result.values()):
            first = next(iter(result.values()))
            if not first.is_infeasible:
                raise SolverFailed(f"no plan was found: {first.why}; allow more with --time-limit")
        return result

    def _solve_world(self, _: None, contender: Contender) -> World:
        try:
            resolving = self._open(contender.scenario)
            best = resolving.find_best()
            self.solves += resolving.solves
            if best is None:
                return World(
                    contender, None, f"infeasible: {explain_infeasible(resolving.compiled)}"
                )
        except SolverFailed as error:
            return World(contender, None, str(error))
        return World(contender, best)

    def _open(self, scenario: Scenario) -> Resolving:
        if self.clock.is_over:
            raise OutOfTime
        derived = derive_scenario(scenario, STUDY_NEEDS_NOT)
        with COMPILING:
            return Resolving(derived, self.gap, self.clock)

    def _play_own(self, plans: Mapping[str, Plan]) -> tuple[dict[str, Played], dict[str, float]]:
        played, gains = {}, {}
        for c in self.contenders:
            if c.label in plans:
                evaluator = Evaluator(c.scenario)
                own = evaluator.play(plans[c.label])
                played[c.label] = own
                gains[c.label] = own.score - evaluator.play_nothing().score
        return played, gains

    # Fates ------------------------------------------------------------------------------------

    def _find_fates(
        self, plans: Mapping[str, Plan], worlds: Mapping[str, World]
    ) -> dict[str, dict[str, Fate]]:
        """Each plan in each world that has a best plan to hold it against."""
        open_worlds = [world for world in worlds.values() if world.best is not None]
        self.total = self.done + len(open_worlds)

        def judge(_: None, world: World) -> dict[str, Fate]:
            return self._judge(world, plans)

        judged = share_out(self.workers, open_worlds, judge, self._step, self.clock)
        fates: dict[str, dict[str, Fate]] = {label: {} for label in plans}
        for world, found in zip(open_worlds, judged, strict=True):
            for label in plans:
                fate = (found or {}).get(label)
                if fate is None:
                    gain, broken = play_in(plans[label], world.contender.scenario)
                    fate = Fate(gain, broken, None, is_known=False)
                if not fate.is_known:
                    self.missing.append(f"{label} kept in {world.contender.label}")
                fates[label][world.contender.label] = fate
        return fates

    def _judge(self, world: World, plans: Mapping[str, Plan]) -> dict[str, Fate]:
        scenario, best = world.contender.scenario, world.best
        if best is None:
            return {}
        resolving: Resolving | None = None
        found: dict[str, Fate] = {}
        known: dict[frozenset[str], tuple[float | None, bool]] = {
            frozenset(best.plan): (best.gain, True)
        }
        for label, plan in plans.items():
            gain, broken = play_in(plan, scenario)
            funded = frozenset(plan)
            if funded not in known:
                if funded <= set(scenario.instruments):
                    resolving = resolving or self._open(scenario)
                    known[funded] = self._keep(resolving, plan, best)
                else:
                    known[funded] = (None, True)
            kept, is_known = known[funded]
            if gain is not None and is_known:
                kept = gain if kept is None else max(kept, gain)
            found[label] = Fate(gain, broken, kept, is_known)
        if resolving is not None:
            self.solves += resolving.solves
        return found

    def _keep(self, resolving: Resolving, plan: Plan, best: Best) -> tuple[float | None, bool]:
        """The best gain with the plan's funded set, None if there is none; whether it is known."""
        scenario = resolving.scenario
        others = [i for i in scenario.instruments if i not in plan]
        inside = {
            i: {t: bn for t, bn in years.items() if t in scenario.window(i)}
            for i, years in plan.items()
        }
        try:
            with resolving.without(others), resolving.funding(list(plan)):
                kept = resolving.find_best([inside], beside=best)
        except OutOfTime:
            return None, False
        return (None if kept is None else kept.gain), True

    # Differences ------------------------------------------------------------------------------

    def _attribute(self, worlds: Mapping[str, World]) -> tuple[Attribution, ...]:
        """From the first scenario to each of the others."""
        labels = list(worlds)
        found = []
        for label in labels[1:]:
            entry, solves = attribute(worlds[labels[0]], worlds[label], self.gap, self.clock)
            self.solves += solves
            if entry.reason.startswith("no time"):
                self.missing.append(f"attribution from {labels[0]} to {label}")
            found.append(entry)
        return tuple(found)

    def _step(self) -> None:
        self.done += 1
        if self.report:
            self.report(min(self.done, self.total), self.total, "")


def play_in(plan: Plan, scenario: Scenario) -> tuple[float | None, tuple[str, ...]]:
    """The gain of a plan in a scenario, None where it breaks something; and what it breaks."""
    wrong = [f"instruments.{i}" for i in plan if i not in scenario.instruments]
    spent = {t for years in plan.values() for t, bn in years.items() if bn > 0}
    if any(t not in scenario.years.spending for t in spent):
        wrong.append("years")
    if wrong:
        return None, tuple(wrong)
    evaluator = Evaluator(scenario)
    played = evaluator.play(plan)
    rows = [*list_limits(scenario, played), *list_instrument_limits(scenario, played)]
    broken = tuple(dict.fromkeys(row.id for row in rows if row.violation > TOLERANCE))
    if broken:
        return None, broken
    return played.score - evaluator.play_nothing().score, ()


def fingerprint(scenario: Scenario) -> str:
    """What makes two scenarios the same problem."""
    kept = {
        key: value
        for key, value in scenario.document.items()
        if key not in ("title", "description", "futures", "stakeholders", "sources")
    }
    return json.dumps(kept, sort_keys=True, default=str)


def list_differences(contenders: Sequence[Contender]) -> list[str]:
    """What cannot be compared: layers, instruments and years that only some have."""
    worlds = [c for c in contenders if c.is_world]
    notes = []
    for what in ("layers", "instruments", "areas"):
        sets = {c.label: set(getattr(c.scenario, what)) for c in worlds}
        shared = set.intersection(*sets.values()) if sets else set()
        for label, own in sets.items():
            extra = [
                id_ for id_ in getattr(_find(worlds, label).scenario, what) if id_ not in shared
            ]
            if extra:
                notes.append(f"not every scenario has the {what} of {label}: {', '.join(extra)}")
            del own
    years = {
        (c.scenario.years.first, c.scenario.years.last, c.scenario.years.score_until)
        for c in worlds
    }
    if len(years) > 1:
        told = ", ".join(
            f"{c.label} spends {c.scenario.years.first}-{c.scenario.years.last} and is scored to "
            f"{c.scenario.years.score_until}"
            for c in worlds
        )
        notes.append(f"years differ: {told}; gains are averages over different years")
    return notes


def _find(contenders: Sequence[Contender], label: str) -> Contender:
    return next(c for c in contenders if c.label == label)
