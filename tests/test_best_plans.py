"""Best plans stage after stage: the oracle beside `solve`, for each objective and under changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stratafolio.inputs.build import derive_scenario
from stratafolio.inputs.read import read_scenario
from stratafolio.inputs.scenario import Scenario
from stratafolio.model.failures import SolverFailed
from stratafolio.model.solving.best_plans import (
    GAPS,
    OutOfTime,
    choose_tolerance,
    find_all_best,
    find_best,
    find_duals,
)
from stratafolio.model.solving.compiled import Compiled
from stratafolio.model.solving.engine import Engine, Searched
from stratafolio.model.solving.ladder import Candidate, Ladder
from stratafolio.model.solving.matrices import INFINITE
from stratafolio.model.solving.oracle import Oracle
from stratafolio.model.solving.question import Changes, Question, Tolerance
from stratafolio.model.solving.solve import solve_scenario
from stratafolio.model.studies.explain.around import ban
from stratafolio.model.work.clock import Clock
from stratafolio.model.work.store import Remembered

CLASSICS = Path(__file__).parent / "classics"

CLOSELY = Tolerance(1e-6)

IDLE_PROGRAMME: dict[str, Any] = {
    "budget": {"per_year": 5},
    "instruments": {"idle": {"area": "energy", "max_per_year": 2, "min_per_year": 0.5}},
}
"""One that adds nothing, and is on or off: the solver does not mind which."""

OBJECTIVES: dict[str, dict[str, Any]] = {
    "weighted": {},
    "weakest_layer": {"objective": "weakest_layer"},
    "lexicographic": {
        "objective": "lexicographic",
        "priorities": [["semiconductors"], ["frontier"]],
    },
}


def open_textbook(objective: str) -> tuple[Scenario, Oracle]:
    """Give the textbook with an objective, which its limits leave in the balance."""
    patch = {"budget": {"per_year": 3}, **OBJECTIVES[objective]}
    scenario = derive_scenario(read_scenario("textbook"), patch)
    return scenario, Oracle.open(scenario)


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("banned", ["", "power"])
def test_a_kept_answer_gives_the_plan_that_it_was_kept_of(objective: str, banned: str) -> None:
    """Of an answer that is kept the plan remains, not the solver's values: it is no less a plan."""
    scenario, _ = open_textbook(objective)
    scenario = derive_scenario(scenario, IDLE_PROGRAMME)
    store = Remembered()
    told = []
    for _ in range(2):
        oracle = Oracle(Compiled(scenario), store=store)
        question = oracle.question(CLOSELY, ban(banned)) if banned else oracle.question(CLOSELY)
        told.append(find_best(oracle, question))
        assert oracle.ask(question).plan is not None
    fresh, kept = told
    assert fresh is not None
    assert kept is not None
    assert (kept.gain, kept.bound, kept.plan) == (fresh.gain, fresh.bound, fresh.plan)
    assert "idle" not in kept.plan or banned


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_the_best_plan_is_that_of_solve_with_and_without_each_programme(objective: str) -> None:
    scenario, oracle = open_textbook(objective)
    questions = {"": oracle.question(CLOSELY)}
    questions |= {i: oracle.question(CLOSELY, ban(i)) for i in scenario.instruments}
    plans = find_all_best(oracle, questions)
    assert set(plans) == set(questions)
    for banned, best in plans.items():
        limits: Any = {"none": {"kind": "ban", "instruments": [banned]}} if banned else {}
        solved = solve_scenario(derive_scenario(scenario, {"constraints": limits}), gap=0.0)
        assert best is not None
        assert banned not in best.plan
        # A later stage may use the room that it leaves to earlier ones.
        assert best.gain == pytest.approx(solved.gain, abs=1e-4)
        for layer, z in solved.played.outcome.items():
            assert best.played.outcome[layer] == pytest.approx(z, abs=1e-3)


def test_duals_tell_what_a_little_money_is_worth() -> None:
    """Between the slopes of the gain to both sides: a kink at 3 a year leaves a choice."""
    scenario, oracle = open_textbook("weighted")
    best = find_best(oracle, oracle.question(CLOSELY))
    assert best is not None
    duals = find_duals(oracle, best)
    less, more = (
        solve_scenario(derive_scenario(scenario, {"budget": {"per_year": bn}}), gap=0.0).gain
        for bn in (2.99, 3.01)
    )
    worth = sum(duals[row] for row in oracle.matrices.limit_rows["budget.per_year"])
    assert (more - best.gain) / 0.01 - 1e-3 <= worth <= (best.gain - less) / 0.01 + 1e-3
    assert worth > 0


@pytest.mark.parametrize("begins", [False, True])
def test_a_search_that_begins_from_a_plan_gives_the_same_answer(begins: bool) -> None:
    """A knapsack whose relaxation settles nothing, each item left out, beside `solve`."""
    scenario = read_scenario(str(CLASSICS / "lorie_savage.yaml"))
    oracle = Oracle.open(scenario)
    oracle.begins_from_plans = begins
    plans = find_all_best(
        oracle, {i: oracle.question(CLOSELY, ban(i)) for i in scenario.instruments}
    )
    assert oracle.solves >= len(scenario.instruments)
    for banned, best in plans.items():
        limits: Any = {"none": {"kind": "ban", "instruments": [banned]}}
        solved = solve_scenario(derive_scenario(scenario, {"constraints": limits}), gap=0.0)
        assert best is not None
        assert best.gain == pytest.approx(solved.gain, rel=1e-6)
        assert best.bound == pytest.approx(solved.gain, rel=3e-6)


def test_a_search_that_loses_the_plan_it_begins_from_proves_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """HiGHS says there is no plan at all, where one is known: its word is no bound."""
    _, oracle = open_textbook("weighted")
    oracle.begin_from_plans()
    engine = oracle.engines[0]
    question = oracle.question(CLOSELY)
    best = find_best(oracle, question)
    assert best is not None
    decisions = oracle.compiled.decisions_of(best.plan)
    optimum = engine.keep(question, decisions, oracle.start_under(best.plan))
    assert optimum is not None
    monkeypatch.setattr(Engine, "search", lambda *_, **__: Searched(-INFINITE, None, is_final=True))
    ladder = Ladder(oracle.stock, engine, question, oracle.clock, begins_from_plans=True)
    ladder.best, ladder.bound = Candidate(decisions, optimum, "known"), optimum.value + 1.0
    ladder.search(optimum)
    assert ladder.bound == optimum.value + 1.0


def test_large_scenarios_alone_are_told_roughly_beside_another_plan() -> None:
    """Three gaps where mixed programs take long; one in small scenarios and where stages follow."""
    assert choose_tolerance(Oracle.open(read_scenario("us-2027")), 1e-4) == Tolerance(GAPS * 1e-4)
    for objective in OBJECTIVES:
        assert choose_tolerance(open_textbook(objective)[1], 1e-4) == Tolerance(1e-4)


def test_what_there_was_no_time_for_is_left_out() -> None:
    scenario, _ = open_textbook("lexicographic")
    oracle = Oracle.open(scenario, Clock(0.0))
    assert find_all_best(oracle, {"": oracle.question(CLOSELY)}) == {}
    with pytest.raises(OutOfTime):
        find_best(oracle, oracle.question(CLOSELY))


def test_no_plan_at_all_is_none_in_every_stage() -> None:
    for objective in OBJECTIVES:
        scenario, oracle = open_textbook(objective)
        nothing = Changes(banned=frozenset(scenario.instruments), demanded=frozenset({"power"}))
        assert find_best(oracle, oracle.question(CLOSELY, nothing)) is None


def test_a_plan_that_breaks_a_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The solver's values are read as twice as much money: the evaluator finds it out."""
    _, oracle = open_textbook("weighted")
    read = type(oracle.compiled).read_plan

    def read_twice(self: Any, values: Any) -> Any:
        return {i: {t: 2 * bn for t, bn in own.items()} for i, own in read(self, values).items()}

    monkeypatch.setattr(type(oracle.compiled), "read_plan", read_twice)
    with pytest.raises(SolverFailed, match="breaks a limit"):
        find_best(oracle, Question(oracle.score.terms, tolerance=CLOSELY))
