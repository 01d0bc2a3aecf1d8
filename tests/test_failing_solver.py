"""A solver that works k times and then fails: an answer that holds, or an error that says so."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from stratafolio.inputs.read import read_scenario
from stratafolio.model.failures import SolverFailed
from stratafolio.model.solving.live import Answer, Live
from stratafolio.model.solving.solve import evaluate_plan, solve_scenario

STAGED = ("objective=lexicographic", "priorities=[[semiconductors]]")
CURVED = ("effects.power_frontier.points=-4", "steady=0.1")


def fail() -> Answer:
    raise SolverFailed("the mock has had enough")


def stop() -> Answer:
    return Answer("stopped", math.inf, -math.inf, None, 0, 0.0)


def interrupt() -> Answer:
    raise KeyboardInterrupt


@pytest.fixture
def breaking(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Make the solver answer with `then` after `works` solves; gives how often it was called."""
    own = Live.solve
    calls = []

    def break_after(works: int, then: Any) -> list[int]:
        def solve(live: Live, *arguments: Any, **options: Any) -> Answer:
            calls.append(1)
            answer: Answer = own(live, *arguments, **options) if len(calls) <= works else then()
            return answer

        monkeypatch.setattr(Live, "solve", solve)
        return calls

    return break_after


@pytest.mark.parametrize("then", [fail, stop], ids=["fails", "stops"])
@pytest.mark.parametrize("settings", [(), STAGED, CURVED], ids=["plain", "staged", "curved"])
@pytest.mark.parametrize("works", range(8))
def test_answer_holds_or_error_says_so(
    works: int, settings: tuple[str, ...], then: Any, breaking: Any
) -> None:
    """Nothing but SolverFailed comes out, or a plan that is as good as it says."""
    scenario = read_scenario("textbook", settings)
    best = solve_scenario(scenario, gap=0.0).best_gain
    breaking(works, then)
    try:
        solution = solve_scenario(scenario, gap=0.0)
    except SolverFailed:
        return
    assert solution.max_violation <= 1e-6
    assert solution.bound - solution.baseline.score >= best - 1e-6
    if solution.status == "optimal":
        assert solution.best_gain == pytest.approx(best, abs=1e-6)


def test_no_solve_no_plan(breaking: Any) -> None:
    breaking(0, fail)
    with pytest.raises(SolverFailed, match="had enough"):
        solve_scenario(read_scenario("textbook"))
    given = evaluate_plan(read_scenario("textbook"), {})
    assert math.isnan(given.bound)
    assert "had enough" in given.notes["bound"]


def test_interruption_is_not_swallowed(breaking: Any) -> None:
    for works in range(3):
        calls = breaking(works, interrupt)
        calls.clear()
        with pytest.raises(KeyboardInterrupt):
            solve_scenario(read_scenario("textbook"))


def test_plan_beyond_its_limits_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A solver whose numbers break the budget is not believed."""
    own = Live.solve

    def overspend(live: Live, *arguments: Any, **options: Any) -> Answer:
        answer = own(live, *arguments, **options)
        spent = [
            at
            for at, name in enumerate(live.matrices.names)
            if name.startswith("authority(controls")
        ]
        values = np.array(answer.values)
        values[spent] = live.upper[spent]
        return Answer("optimal", answer.objective, answer.bound, values, 0, 0.0)

    monkeypatch.setattr(Live, "solve", overspend)
    with pytest.raises(SolverFailed, match=r"breaks budget\.per_year"):
        solve_scenario(read_scenario("textbook"))
