"""Clocks that a test drives, work beside the main thread, and tasks shared out over threads."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import Any

import pytest
from ticking import tick

from stratafolio.inputs.read import read_scenario
from stratafolio.model.failures import SolverFailed
from stratafolio.model.solving.compiled import Compiled
from stratafolio.model.solving.live import Live
from stratafolio.model.solving.solution import Solution
from stratafolio.model.solving.solve import solve_scenario
from stratafolio.model.work.clock import Clock
from stratafolio.model.work.crew import CalledOff, Errand, call_off, run_all


def test_a_clock_goes_by_the_source_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    tick(monkeypatch, step=2.0)
    clock = Clock(7.0)
    assert [clock.left for _ in range(4)] == [5.0, 3.0, 1.0, -1.0]
    assert clock.is_over
    assert Clock().left is None
    stopped = Clock()
    stopped.stop()
    assert stopped.is_over


def test_a_solve_that_is_cut_short_anywhere_has_a_plan_or_says_so() -> None:
    """Whenever the clock runs out: a plan that holds with its proven gap, or a sentence."""
    staged = ("objective=lexicographic", "priorities=[[semiconductors]]")
    scenario = read_scenario("textbook", staged)
    best = solve_scenario(scenario).gain
    statuses = set()
    for limit in range(1, 30):
        solution: Solution | None = None
        with pytest.MonkeyPatch.context() as patch:
            tick(patch)
            with contextlib.suppress(SolverFailed):
                solution = solve_scenario(scenario, time_limit=limit)
        statuses.add(solution.status if solution else "none")
        if solution:
            assert solution.max_violation <= 1e-6
            assert solution.gain <= best + 1e-6 <= solution.bound - solution.baseline.score + 2e-6
            assert solution.status == "feasible" or solution.gap <= 1e-4
    assert statuses == {"none", "feasible", "optimal"}


# Errands ----------------------------------------------------------------------------------------


def test_an_errand_gives_what_it_does_or_raises_what_it_raises() -> None:
    assert Errand(lambda: 7).future.result(5) == 7

    def fail() -> None:
        raise MemoryError

    with pytest.raises(MemoryError):
        Errand(fail).future.result(5)


def test_an_errand_that_is_called_off_ends_at_its_next_solve() -> None:
    compiled = Compiled(read_scenario("textbook"))
    compiled.maximise(compiled.list_targets()[-1])
    begun = threading.Event()

    def solve_for_ever() -> None:
        while True:
            compiled.live.solve()
            begun.set()

    errand = Errand(solve_for_ever)
    assert begun.wait(10)
    call_off([errand])
    with pytest.raises(CalledOff):
        errand.future.result(10)
    assert compiled.live.solve().status == "optimal", "this thread is not called off"


def test_no_further_thread_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(thread: threading.Thread) -> None:
        del thread
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    with pytest.raises(SolverFailed, match="no further thread"):
        Errand(lambda: 1)


# Sharing out ------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 2, 5])
def test_results_come_in_order_whatever_the_engines(count: int) -> None:
    def act(engine: list[int], number: int) -> int:
        engine.append(number)
        time.sleep(0.001 * (number % 3))
        return number**2

    engines: list[list[int]] = [[] for _ in range(count)]
    assert run_all(act, range(9), engines, Clock()) == [n**2 for n in range(9)]
    assert sorted(number for engine in engines for number in engine) == list(range(9))
    assert run_all(act, [], engines, Clock()) == []


@pytest.mark.parametrize("count", [1, 2])
def test_no_task_is_begun_after_the_end_of_time(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    tick(monkeypatch)
    clock = Clock(4.5)
    found = run_all(lambda _, task: task, range(9), [None] * count, clock)
    assert [n for n in found if n is not None] == [0, 1, 2, 3]


def test_the_first_failure_ends_the_others() -> None:
    clock, begun = Clock(), threading.Event()

    def act(engine: int, task: int) -> int:
        del engine
        if task == 0:
            assert begun.wait(10)
            raise ValueError("no")
        begun.set()
        while not Errand.is_this_called_off():
            time.sleep(0.001)
        raise CalledOff

    with pytest.raises(ValueError, match="no"):
        run_all(act, range(2), [1, 2], clock)
    assert clock.is_over


# HiGHS beside this thread -----------------------------------------------------------------------


def test_a_solver_that_does_not_stop_in_time_is_left_to_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The best plan that it has told is the answer, and the next solve is unharmed."""
    import highspy

    compiled = Compiled(read_scenario("textbook", ("instruments.power.min_per_year=0.1",)))
    live = compiled.live
    compiled.maximise(compiled.list_targets()[-1])
    before = live.solve(1e-6)
    own, ended = highspy.Highs.run, threading.Event()

    def run(highs: Any) -> Any:
        status = own(highs)
        ended.wait(10)
        return status

    monkeypatch.setattr(highspy.Highs, "run", run)
    answer = live.solve(1e-6, seconds=0.2)
    monkeypatch.undo()
    ended.set()
    assert answer.status == "stopped"
    assert answer.seconds < 2.0
    assert answer.objective == pytest.approx(before.objective, abs=1e-6)
    assert answer.values is not None
    assert answer.bound <= before.objective + 1e-9
    compiled.maximise(compiled.list_targets()[-1])
    assert live.solve(1e-6).objective == pytest.approx(before.objective, abs=1e-9)


def test_a_solver_that_was_told_to_stop_forgets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """HiGHS would stop each later run at once."""
    compiled = Compiled(read_scenario("us-2027"))
    compiled.maximise(compiled.list_targets()[-1])
    own = Live.solve

    def solve_at_once(live: Live) -> object:
        return own(live, 0.0, seconds=0.05)

    first = solve_at_once(compiled.live)
    assert getattr(first, "status", "") == "stopped"
    compiled.live.relax_columns(compiled.live.integers)
    monkeypatch.setattr("stratafolio.model.solving.live.SMALL_MODEL", 0)
    assert compiled.live.solve().status == "optimal"
