"""Where the change between two scenarios comes from: Shapley values over the groups that differ.

One scenario is turned into the other group by group. What a group changes depends on what was
changed before it; its share is the mean over all orders whose every step is a valid scenario with
a plan. The shares sum to the whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations, permutations
from typing import Any

from ....inputs.build import build_scenario
from ....inputs.complaint import InputError
from ....inputs.numbers import put_numbers
from ....inputs.scenario import Scenario
from ...failures import SolverFailed
from ...solving.best_plans import OutOfTime, count_solves, find_best
from ...solving.memory import Memory
from ...solving.oracle import Oracle
from ...solving.question import Tolerance
from ...solving.solution import Best
from ...work.crew import run_all
from ..plain import make_plain
from .findings import GROUPS, Attribution, World

KEYS: Mapping[str, tuple[str, ...]] = {
    "budget": ("budget",),
    "weights": ("weights", "objective", "priorities"),
    "constraints": ("constraints",),
}
"""The keys of a document that make up a group; all others are figures."""

TOLD_ONLY = (
    *("title", "description", "pillars", "futures", "stakeholders", "sources", "price_year"),
    *("money", "sides", "ranges", "assumptions", "correlations"),
)
"""Keys that change no plan; assumptions do so by the figures that are computed from them."""

NO_TIME = "no time was left"
"""Why there is no attribution where some scenario in between was not solved."""

Value = dict[str, float]
"""The gain under "gain", and spending by area under "areas.ID"."""


def group_of(key: str) -> str | None:
    """The group a key of a document belongs to; None if it changes no plan.

    >>> group_of("objective"), group_of("effects"), group_of("title")
    ('weights', 'figures', None)
    """
    if key in TOLD_ONLY:
        return None
    return next((group for group, keys in KEYS.items() if key in keys), "figures")


def find_differing(one: Scenario, other: Scenario) -> tuple[str, ...]:
    """The groups in which two scenarios differ, in the order in which they are told."""
    documents = state_figures(one), state_figures(other)
    keys = dict.fromkeys([*documents[0], *documents[1]])
    found = set()
    for key in keys:
        group = group_of(key)
        if key == "weights":
            is_same = dict(one.weights) == dict(other.weights)
        elif key in ("budget", "objective", "priorities", "steady", "discount_rate", "years"):
            is_same = getattr(one, key) == getattr(other, key)
        else:
            is_same = documents[0].get(key) == documents[1].get(key)
        if group and not is_same:
            found.add(group)
    return tuple(group for group in GROUPS if group in found)


def state_figures(scenario: Scenario) -> dict[str, Any]:
    """The document with every figure as a number, whatever it is computed from."""
    document = put_numbers(scenario.document, scenario.expressions)
    return {k: v for k, v in document.items() if k not in ("assumptions", "correlations")}


def attribute(
    begins: World, ends: World, oracle: Oracle, gap: float, workers: int
) -> tuple[Attribution, int]:
    """The attribution between two solved worlds, and the solves it took.

    `oracle`: of a scenario much like both.
    """
    labels = (begins.contender.label, ends.contender.label)
    if begins.best is None or ends.best is None:
        lacking = begins if begins.best is None else ends
        reason = f"{lacking.contender.label} has no plan: {lacking.why}"
        return Attribution(*labels, None, None, reason), 0
    mixing = Mixing(begins, ends, oracle, gap)
    if not mixing.solve_all(workers):
        return Attribution(*labels, None, None, NO_TIME), mixing.solves
    shares, orders = mixing.share()
    if shares is None:
        reason = "in every order some step is no valid scenario or has no plan"
        return Attribution(*labels, None, None, reason), mixing.solves
    whole = mixing.known[frozenset(mixing.groups)] or {}
    start = mixing.known[frozenset()] or {}
    keys = dict.fromkeys([*start, *whole])
    told = {
        key: {
            **{group: shares.get(group, {}).get(key, 0.0) for group in GROUPS},
            "total": whole.get(key, 0.0) - start.get(key, 0.0),
        }
        for key in keys
    }
    areas = {key.removeprefix("areas."): parts for key, parts in told.items() if key != "gain"}
    return Attribution(*labels, told["gain"], areas, "", orders), mixing.solves


def measure(scenario: Scenario, best: Best) -> Value:
    """What is attributed of a best plan: its gain, and what it spends by area."""
    value = {"gain": best.gain} | {f"areas.{area}": 0.0 for area in scenario.areas}
    for i, bn in best.totals.items():
        value[f"areas.{scenario.instruments[i].area}"] += bn
    return value


class Mixing:
    """Scenarios between two others, each solved once: some groups of one, the rest of the other."""

    def __init__(self, begins: World, ends: World, oracle: Oracle, gap: float) -> None:
        self.one, self.other = begins.contender.scenario, ends.contender.scenario
        self.groups = find_differing(self.one, self.other)
        self.oracle, self.gap = oracle, gap
        self.plans = [world.best.plan for world in (begins, ends) if world.best is not None]
        self.known: dict[frozenset[str], Value | None] = {}
        for taken, world in ((frozenset[str](), begins), (frozenset(self.groups), ends)):
            if world.best is not None:
                self.known[taken] = measure(world.contender.scenario, world.best)
        self.solves = 0

    def solve_all(self, workers: int) -> bool:
        """Solves every scenario in between; whether there was time for all of them."""
        every = [
            frozenset(taken)
            for count in range(len(self.groups) + 1)
            for taken in combinations(self.groups, count)
        ]
        missing = [taken for taken in every if taken not in self.known]
        results = run_all(self._solve, missing, range(workers), self.oracle.clock)
        for taken, result in zip(missing, results, strict=True):
            if result is None:
                return False
            self.known[taken], solves = result
            self.solves += solves
        return True

    def share(self) -> tuple[dict[str, Value] | None, int]:
        """The mean change by group over the orders that work, and how many these are."""
        sums: dict[str, Value] = {group: {} for group in self.groups}
        count = 0
        for order in permutations(self.groups):
            steps = [self.known[frozenset(order[:k])] for k in range(len(order) + 1)]
            if any(step is None for step in steps):
                continue
            count += 1
            for k, group in enumerate(order):
                before, after = steps[k] or {}, steps[k + 1] or {}
                for key in dict.fromkeys([*before, *after]):
                    change = after.get(key, 0.0) - before.get(key, 0.0)
                    sums[group][key] = sums[group].get(key, 0.0) + change
        if not count:
            return None, 0
        means = {g: {key: total / count for key, total in own.items()} for g, own in sums.items()}
        return means, count

    def _solve(self, _: int, taken: frozenset[str]) -> tuple[Value | None, int] | None:
        """What the scenario with some groups of the other is worth, if it has a plan; the solves.

        None where time ran out.
        """
        try:
            mixed = make_plain(build_scenario(self._mix(taken), {}, "mixed"))
            oracle = self.oracle.vary(mixed, Memory.of(self.plans))
            best = find_best(oracle, oracle.question(Tolerance(self.gap), known=self.plans))
        except (InputError, SolverFailed):
            return None, 0
        except OutOfTime:
            return None
        return None if best is None else measure(mixed, best), count_solves(oracle)

    def _mix(self, taken: frozenset[str]) -> dict[str, Any]:
        """The document with some groups of the other scenario."""
        document: dict[str, Any] = {}
        one, other = state_figures(self.one), state_figures(self.other)
        for key in dict.fromkeys([*one, *other]):
            source = other if group_of(key) in taken else one
            if key in source and key not in ("futures", "stakeholders", "pillars"):
                document[key] = source[key]
        sources = [side.get("sources") or {} for side in (other, one)]
        document["sources"] = {**sources[0], **sources[1]}
        return document
