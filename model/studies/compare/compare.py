"""Several plans, each played in every other's world, and kept there with amounts chosen anew."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence

from ....inputs.scenario import Scenario
from ...equations.evaluate import Evaluator, Plan, Played
from ...equations.limits import TOLERANCE, list_instrument_limits, list_limits
from ...failures import SolverFailed
from ...solving.best_plans import (
    OutOfTime,
    choose_tolerance,
    count_solves,
    find_all_best,
    find_best,
)
from ...solving.conflict import explain_infeasible
from ...solving.memory import Memory
from ...solving.oracle import Oracle
from ...solving.question import Tolerance, hold_set
from ...work.clock import Clock
from ...work.crew import run_all
from ..plain import make_plain
from .attribution import NO_TIME, attribute, find_differing
from .findings import Attribution, Comparison, Contender, Fate, Preference, World
from .verdict import judge_by_gain, judge_by_regret

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
        self.workers = range(workers)
        self.report = report
        self.solves = 0
        self.done = 0
        self.total = sum(c.is_world for c in contenders)
        self.missing: list[str] = []
        self.first: Oracle | None = None
        self.oracles: dict[str, Oracle] = {}

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
        best_known = find_best_known(worlds, fates)
        attribution = self._attribute(worlds)
        verdicts = self._judge_plans(worlds, fates, best_known)
        return Comparison(
            contenders=self.contenders,
            worlds=worlds,
            plans=plans,
            played=played,
            gains=gains,
            fates=fates,
            best_known=best_known,
            verdict=verdicts[0],
            verdict_kept=verdicts[1],
            attribution=attribution,
            notes=tuple(list_differences(self.contenders)),
            missing=tuple(self.missing),
            solves=self.solves,
            seconds=self.clock.seconds,
        )

    # Worlds -----------------------------------------------------------------------------------

    def _solve_worlds(self) -> dict[str, World]:
        """Each scenario's best plan; scenarios that are the same are solved once.

        The first is solved alone: the others try its decisions.
        """
        worlds = [c for c in self.contenders if c.is_world]
        different: dict[str, Contender] = {}
        for c in worlds:
            different.setdefault(fingerprint(c.scenario), c)
        (first, contender), *rest = different.items()
        solved = {first: self._solve_world(0, contender)}
        others = [contender for _, contender in rest]
        # Should the first be no problem for HiGHS, the next one stands for it.
        side_by_side = self.workers if self.first is not None else range(1)
        found = run_all(self._solve_world, others, side_by_side, self.clock)
        solved |= {key: world for (key, _), world in zip(rest, found, strict=True)}
        result = {}
        for c in worlds:
            world = solved[fingerprint(c.scenario)]
            if world is None:
                self.missing.append(f"the best plan of {c.label}")
                world = World(c, None, "not solved in time")
            result[c.label] = World(c, world.best, world.why)
        if not any(world.best for world in result.values()):
            world = next(iter(result.values()))
            if not world.is_infeasible:
                raise SolverFailed(f"no plan was found: {world.why}; allow more with --time-limit")
        return result

    def _solve_world(self, _: int, contender: Contender) -> World | None:
        """A scenario's best plan, or why there is none; None where time ran out."""
        try:
            oracle = self._open(contender)
            plans = list(oracle.memory.plans.values())
            best = find_best(oracle, oracle.question(Tolerance(self.gap), known=plans))
            if best is None:
                why = explain_infeasible(oracle.compiled, self.clock)
                return World(contender, None, f"infeasible: {why}")
        except OutOfTime:
            return None
        except SolverFailed as error:
            return World(contender, None, str(error))
        finally:
            self._step()
        return World(contender, best)

    def _open(self, contender: Contender) -> Oracle:
        """A world's oracle: a variant of the first one's, whose best plan it knows."""
        if self.clock.is_over:
            raise OutOfTime
        plain = make_plain(contender.scenario)
        if self.first is None:
            self.first = oracle = Oracle.open(plain, self.clock)
        else:
            oracle = self.first.vary(plain, Memory.of(self.first.memory.plans.values()))
        self.oracles[fingerprint(contender.scenario)] = oracle
        return oracle

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

        def judge(_: int, world: World) -> dict[str, Fate]:
            try:
                return self._judge(world, plans)
            finally:
                self._step()

        # Worlds that are the same share an oracle, which is no two threads' own.
        judged = run_all(judge, open_worlds, self._list_free(open_worlds), self.clock)
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
        self.solves += sum(count_solves(oracle) for oracle in self.oracles.values())
        return fates

    def _list_free(self, worlds: Sequence[World]) -> range:
        prints = {fingerprint(world.contender.scenario) for world in worlds}
        return self.workers if len(prints) == len(worlds) else range(1)

    def _judge(self, world: World, plans: Mapping[str, Plan]) -> dict[str, Fate]:
        """What becomes of each plan in a world, as it stands and with its funded set kept."""
        scenario, best = world.contender.scenario, world.best
        if best is None:
            return {}
        sets = {label: frozenset(plan) for label, plan in plans.items()}
        kept: dict[frozenset[str], float | None] = {frozenset(best.plan): best.gain}
        kept |= {funded: None for funded in sets.values() if not funded <= {*scenario.instruments}}
        kept |= self._keep_sets(world, plans, {*sets.values()} - {*kept})
        fates: dict[str, Fate] = {}
        for label, plan in plans.items():
            gain, broken = play_in(plan, scenario)
            is_known = sets[label] in kept
            kept_gain = kept.get(sets[label])
            if gain is not None and is_known:
                kept_gain = gain if kept_gain is None else max(kept_gain, gain)
            fates[label] = Fate(gain, broken, kept_gain, is_known)
        return fates

    def _keep_sets(
        self, world: World, plans: Mapping[str, Plan], sets: Collection[frozenset[str]]
    ) -> dict[frozenset[str], float | None]:
        """The best gain with each funded set, None if there is none; left out if time ran out."""
        scenario = world.contender.scenario
        oracle = self.oracles[fingerprint(scenario)]
        questions = {}
        for plan in plans.values():
            funded = frozenset(plan)
            if funded in sets and funded not in questions:
                inside = {
                    i: {t: bn for t, bn in years.items() if t in scenario.window(i)}
                    for i, years in plan.items()
                }
                changes = hold_set(scenario, funded)
                beside = choose_tolerance(oracle, self.gap)
                questions[funded] = oracle.question(beside, changes, [inside])
        found = find_all_best(oracle, questions)
        return {funded: None if best is None else best.gain for funded, best in found.items()}

    # Differences ------------------------------------------------------------------------------

    def _judge_plans(
        self,
        worlds: Mapping[str, World],
        fates: Mapping[str, Mapping[str, Fate]],
        best_known: Mapping[str, float],
    ) -> tuple[Preference, Preference]:
        """Which plan to prefer, as plans stand and with their funded sets kept."""
        scenarios = [world.contender.scenario for world in worlds.values() if world.best]
        differing = {
            group for other in scenarios[1:] for group in find_differing(scenarios[0], other)
        }
        told_apart = sorted(differing)
        is_solved = not any(what.startswith("the best plan of") for what in self.missing)
        by_gain = judge_by_gain(worlds, told_apart) if is_solved else None
        if by_gain is not None:
            return by_gain, by_gain
        is_kept = not any(" kept in " in what for what in self.missing)
        told = (self.contenders, fates, best_known)
        return (
            judge_by_regret(*told, kept=False, is_complete=is_solved, differing=told_apart),
            judge_by_regret(
                *told, kept=True, is_complete=is_solved and is_kept, differing=told_apart
            ),
        )

    def _attribute(self, worlds: Mapping[str, World]) -> tuple[Attribution, ...]:
        """From the first scenario to each of the others."""
        labels = list(worlds)
        found = []
        for label in labels[1:]:
            if self.first is None:
                break
            workers = len(self.workers)
            entry, solves = attribute(
                worlds[labels[0]], worlds[label], self.first, self.gap, workers
            )
            self.solves += solves
            if entry.reason == NO_TIME:
                self.missing.append(f"attribution from {labels[0]} to {label}")
            found.append(entry)
        return tuple(found)

    def _step(self) -> None:
        self.done += 1
        if self.report:
            self.report(min(self.done, self.total), self.total, "")


def find_best_known(
    worlds: Mapping[str, World], fates: Mapping[str, Mapping[str, Fate]]
) -> dict[str, float]:
    """The most that any plan is known to gain in each world that has a best plan."""
    best_known = {}
    for label, world in worlds.items():
        if world.best is not None:
            told = [fate_in[label] for fate_in in fates.values() if label in fate_in]
            gains = [gain for fate in told for gain in (fate.gain, fate.kept_gain)]
            best_known[label] = max([world.best.gain, *(g for g in gains if g is not None)])
    return best_known


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
