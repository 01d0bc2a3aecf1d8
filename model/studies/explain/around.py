"""A scenario's best plan, and questions about plans that are held against it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar

from ....inputs.build import derive_scenario
from ....inputs.complaint import InputError
from ....inputs.scenario import Scenario
from ...equations.evaluate import Plan
from ...failures import SolverFailed
from ...solving.best_plans import OutOfTime, choose_tolerance, count_solves, is_quick
from ...solving.memory import Memory
from ...solving.oracle import Oracle
from ...solving.question import NOTHING, Changes, Question, Tolerance
from ...solving.solution import Best
from ...solving.trail import Trail
from ...work.crew import run_all
from .findings import Patch

Key = TypeVar("Key")
Task = TypeVar("Task")
Result = TypeVar("Result")


class Around:
    """One scenario's oracle, its best plan, and the oracles of its variants."""

    def __init__(self, oracle: Oracle, base: Best, gap: float) -> None:
        self.oracle, self.base, self.gap = oracle, base, gap
        self.scenario: Scenario = oracle.scenario
        self.clock = oracle.clock
        self.tolerance = Tolerance(gap)
        self.beside = choose_tolerance(oracle, gap)
        self._lock = threading.Lock()
        self._solves = self._linear_solves = 0

    @property
    def is_quick(self) -> bool:
        """Whether mixed programs are as quick as linear ones.

        Then ties are exact, and changes are told finely.
        """
        return is_quick(self.oracle)

    @property
    def is_staged(self) -> bool:
        """Whether objectives come in turn: then bounds of the score alone decide nothing."""
        return len(self.oracle.targets) > 1

    @property
    def solves(self) -> int:
        """Mixed programs solved; linear ones where the scenario has no other."""
        return self._solves + count_solves(self.oracle)

    @property
    def linear_solves(self) -> int:
        """Linear programs solved."""
        return self._linear_solves + self.oracle.linear_solves

    def ask(self, changes: Changes = NOTHING, known: Sequence[Plan] = ()) -> Question:
        """The question of the best plan under some changes, to be held against the best one."""
        return self.oracle.question(self.beside, changes, known)

    def ask_among(
        self, changes: Changes, known: Sequence[Plan], tolerance: Tolerance | None = None
    ) -> Question:
        """The same where changes only leave fewer plans: none is then better than today's bound."""
        tolerance = tolerance or self.beside
        question = self.oracle.question(tolerance, changes, known)
        if self.is_staged:
            return question
        return replace(question, enough=self.base.bound - tolerance.room(self.base.bound))

    @contextmanager
    def varied(self, patch: Patch, known: Iterable[Plan]) -> Iterator[Oracle | None]:
        """The oracle of a variant, which knows some plans; None where it is no valid scenario.

        Raises OutOfTime where there is no time left to compile it.
        """
        variant = self.vary(patch, known)
        try:
            yield variant
        finally:
            self.count(variant)

    def vary(
        self,
        patch: Patch,
        known: Iterable[Plan],
        memory: Memory | None = None,
        trail: Trail | None = None,
    ) -> Oracle | None:
        """The same, to be counted once no more is asked.

        `memory`: what variants of one task share. `trail`: the path that they lie on.
        """
        if self.clock.is_over:
            raise OutOfTime
        try:
            own = memory or Memory.of(known)
            return self.oracle.vary(derive_scenario(self.scenario, patch), own, trail)
        except (InputError, SolverFailed):
            return None

    def fork(self, memory: Memory) -> Oracle:
        """An oracle of the same scenario with a memory of its own, for one task alone."""
        return Oracle(self.oracle.compiled, self.clock, near=self.oracle, memory=memory)

    def count(self, variant: Oracle | None) -> None:
        """Counts what a variant has solved."""
        if variant is not None and variant is not self.oracle:
            with self._lock:
                self._solves += count_solves(variant)
                self._linear_solves += variant.linear_solves

    def share_out(
        self,
        act: Callable[[Task], Result],
        tasks: Mapping[Key, Task],
        done: Callable[[], None],
    ) -> dict[Key, Result]:
        """What acting on each task gives; what there was no time for is left out.

        Tasks run side by side and learn nothing from each other.
        """

        def attempt(_: object, task: Task) -> tuple[Result] | None:
            try:
                return (act(task),)
            except OutOfTime:
                return None
            finally:
                done()

        results = run_all(attempt, list(tasks.values()), self.oracle.engines, self.clock)
        pairs = zip(tasks, results, strict=True)
        return {key: result[0] for key, result in pairs if result is not None}


def ban(instrument: str) -> Changes:
    """The plans that do without an instrument."""
    return Changes(banned=frozenset({instrument}))


def demand(instrument: str) -> Changes:
    """The plans that fund an instrument, if only by a token."""
    return Changes(demanded=frozenset({instrument}))
