"""Best plans of variants of one scenario: each a patch, compiled afresh, solved once."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from ...inputs.build import derive_scenario
from ...inputs.complaint import InputError
from ...inputs.scenario import Scenario
from ..equations.evaluate import Evaluator, Plan
from ..failures import SolverFailed
from ..work.clock import Clock
from .oracle import Oracle
from .resolve import OutOfTime, Resolving
from .solution import Best

Engine = TypeVar("Engine")
Task = TypeVar("Task")
Found = TypeVar("Found")

STUDY_NEEDS_NOT: Mapping[str, Any] = {"futures": None, "stakeholders": None, "steady": 0}
"""What studies of best plans leave out: it would be checked and built for nothing."""


COMPILING = threading.Lock()
"""Held while Pyomo builds a model: it does not promise that two may be built at once."""


class BestPlans:
    """Answers for patches on a scenario, each found once; counts what that took."""

    def __init__(self, scenario: Scenario, gap: float, clock: Clock) -> None:
        self.scenario = derive_scenario(scenario, STUDY_NEEDS_NOT)
        self.gap = gap
        self.clock = clock
        self.solves = self.linear_solves = 0
        self.evaluator = Evaluator(self.scenario)
        self._known: dict[str, Future[Best | None]] = {}
        self._lock = threading.Lock()
        self._base: Oracle | None = None

    def find_best(
        self, patch: Mapping[str, Any], known: Sequence[Plan] = (), beside: Best | None = None
    ) -> Best | None:
        """The best plan under a patch, as `Resolving` finds it; None where there is none."""
        key = json.dumps(patch, sort_keys=True, default=str)
        with self._lock:
            earlier = self._known.get(key)
            if earlier is None:
                mine: Future[Best | None] = Future()
                self._known[key] = mine
        if earlier is not None:
            return earlier.result()
        try:
            found = self._solve(patch, known, beside)
        except BaseException as error:
            mine.set_exception(error)
            with self._lock:
                del self._known[key]
            raise
        mine.set_result(found)
        return found

    def _solve(
        self, patch: Mapping[str, Any], known: Sequence[Plan], beside: Best | None
    ) -> Best | None:
        resolving = self.open(patch)
        if resolving is None:
            return None
        best = resolving.find_best(known, beside)
        self.take_count(resolving)
        return best

    def open(self, patch: Mapping[str, Any]) -> Resolving | None:
        """The scenario under a patch, compiled and not yet solved; None if it is no valid one."""
        if self.clock.is_over:
            raise OutOfTime
        try:
            derived = derive_scenario(self.scenario, patch)
            with COMPILING:
                if self._base is None:
                    self._base = Oracle.open(self.scenario, self.clock)
                return Resolving(derived, self.gap, self.clock, self._base)
        except (InputError, SolverFailed):
            return None

    def take_count(self, resolving: Resolving) -> None:
        """Adds the solves of another to those counted here."""
        with self._lock:
            self.solves += resolving.solves
            self.linear_solves += resolving.linear_solves
        resolving.solves = resolving.linear_solves = 0


def share_out(
    engines: Sequence[Engine],
    tasks: Sequence[Task],
    act: Callable[[Engine, Task], Found],
    done: Callable[[], None],
    clock: Clock,
) -> list[Found | None]:
    """What acting on each task gives, in order; None where the clock ran out before.

    An engine is one worker's own; an answer depends on its task alone, so that their number does
    not matter.
    """

    def attempt(engine: Engine, task: Task) -> Found | None:
        try:
            return act(engine, task)
        except OutOfTime:
            return None
        finally:
            done()

    if len(engines) == 1:
        return [attempt(engines[0], task) for task in tasks]
    results: list[Found | None] = [None] * len(tasks)
    queue = iter(enumerate(tasks))
    lock = threading.Lock()

    def work(engine: Engine) -> None:
        while True:
            with lock:
                at, task = next(queue, (-1, None))
            if at < 0:
                return
            results[at] = attempt(engine, task)  # type: ignore[arg-type]  # None ends the queue

    with ThreadPoolExecutor(len(engines)) as pool:
        workers = [pool.submit(work, engine) for engine in engines]
        try:
            for worker in workers:
                worker.result()
        except BaseException:
            clock.limit = 0.0  # the others end with what they are at
            raise
    return results
