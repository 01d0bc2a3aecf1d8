"""The oracle beside every plan there is: each kind of change and aim, each step, any memory."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from puzzles import SLACK, check, draw_puzzle, list_aims, list_allowed, list_changes

from stratafolio.inputs.build import derive_scenario
from stratafolio.inputs.read import read_scenario
from stratafolio.model.failures import SolverFailed
from stratafolio.model.solving import ladder
from stratafolio.model.solving.engine import Engine, Searched
from stratafolio.model.solving.live import Live, Solved
from stratafolio.model.solving.matrices import INFINITE
from stratafolio.model.solving.oracle import Oracle
from stratafolio.model.solving.question import (
    Changes,
    Question,
    Tolerance,
)
from stratafolio.model.solving.trail import Trail
from stratafolio.model.work.store import Store

LONG = bool(os.environ.get("STRATAFOLIO_LONG"))

SEEDS = [0, 1, 2, 9] if LONG else [0, 1]

FEW = SEEDS[:2] if LONG else SEEDS[1:]
"""Draws for what is tried in many ways on each."""

EXACT, COARSE = Tolerance(0.0), Tolerance(0.05)
STEPS = ("_try_known", "_exchange", "_dive", "_search_near")


@pytest.mark.parametrize("seed", SEEDS)
def test_every_change_and_every_aim_against_every_plan(seed: int) -> None:
    """One after another, so that each is asked with what those before have left behind."""
    puzzle = draw_puzzle(seed)
    tolerance = COARSE if seed % 2 else EXACT
    asked = 0
    for changes, is_left in list_changes(puzzle):
        left = [case for case in puzzle.cases if is_left(case)]
        for terms, value_of in list_aims(puzzle):
            answer = puzzle.oracle.ask(Question(terms, changes, tolerance))
            check(answer, [value_of(case) for case in left], tolerance)
            asked += 1
    assert asked >= 50


@pytest.mark.parametrize("make_trail", [lambda: None, Trail], ids=["alone", "on a trail"])
@pytest.mark.parametrize("seed", FEW)
def test_variants_with_other_figures_against_every_plan(
    seed: int, make_trail: Callable[[], Trail | None]
) -> None:
    """Each effect's points halved: every one begun from the scenario, or from the one before."""
    puzzle, trail = draw_puzzle(seed), make_trail()
    effects = list(puzzle.document["effects"])
    for effect in effects[:6]:
        points = 0.5 * float(puzzle.document["effects"][effect]["points"])
        patch = {"effects": {effect: {"points": points}}}
        row = {**puzzle.document["effects"][effect], "points": points}
        document = {**puzzle.document, "effects": {**puzzle.document["effects"], effect: row}}
        variant = puzzle.oracle.vary(derive_scenario(puzzle.scenario, patch), trail=trail)
        cases = list_allowed(document)
        answer = variant.ask(variant.question(EXACT))
        check(answer, [case.gain for case in cases], EXACT)
        for layer, at in variant.compiled.outcome_gain.items():
            nothing = variant.compiled.baseline.outcome[layer]
            answer = variant.ask(Question({at: 1.0}, tolerance=EXACT))
            check(answer, [case.outcome[layer] - nothing for case in cases], EXACT)


def test_a_variant_on_a_trail_begins_where_the_one_before_has_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The same program a second time takes not one pivot, with a row more under it or without."""
    scenario = read_scenario("textbook")
    oracle = Oracle.open(scenario)
    question = oracle.question(EXACT)
    plan = oracle.ask(question).plan
    assert plan is not None
    factors = dict(zip(scenario.effects, [0.2, 4.0] * len(scenario.effects), strict=False))
    moved = {id_: {"points": factors[id_] * row.points} for id_, row in scenario.effects.items()}
    far = derive_scenario(scenario, {"effects": moved})
    demanding = replace(question, changes=Changes(demanded=frozenset({next(iter(plan))})))
    solve, pivots = Live.solve, []

    def count(live: Live, *arguments: Any, **options: Any) -> Solved:
        solved = solve(live, *arguments, **options)
        pivots.append(int(live.highs.getInfo().simplex_iteration_count))
        return solved

    monkeypatch.setattr(Live, "solve", count)
    trail, counts = Trail(), []
    for _ in range(2):
        variant = oracle.vary(far, trail=trail)
        for asked in (question, demanding):
            assert variant.value_under(asked, plan) > -INFINITE
        counts.append(sum(pivots))
        pivots.clear()
    assert counts[0] > 0
    assert counts[1] == 0


def leave_out(monkeypatch: pytest.MonkeyPatch, steps: Sequence[str]) -> None:
    """Some steps of the ladder yield nothing."""
    for step in steps:
        monkeypatch.setattr(ladder.Ladder, step, lambda *_: iter(()))


@pytest.mark.parametrize("alone", [*STEPS, "nothing"])
@pytest.mark.parametrize("seed", FEW)
def test_each_step_alone_before_the_mixed_program(
    seed: int, alone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave_out(monkeypatch, [step for step in STEPS if step != alone])
    puzzle = draw_puzzle(seed)
    for changes, is_left in list_changes(puzzle):
        answer = puzzle.oracle.ask(Question(puzzle.oracle.score.terms, changes, EXACT))
        check(answer, [case.gain for case in puzzle.cases if is_left(case)], EXACT)


def fail(*_: Any, **__: Any) -> Any:
    raise SolverFailed("the solver has failed")


FAILING: Mapping[str, tuple[Any, str, Any]] = {
    "amounts": (Engine, "keep", lambda *_: None),
    "relaxation": (Engine, "relax", fail),
    "dive": (ladder, "dive", fail),
    "search ends early": (Engine, "search", lambda *_, **__: Searched(INFINITE, None, False)),
    "search fails": (Engine, "search", fail),
}


@pytest.mark.parametrize("step", FAILING)
@pytest.mark.parametrize("seed", FEW)
def test_a_solver_that_fails_at_a_step_makes_nothing_untrue(
    seed: int, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is still told is so: a plan that there is, a bound that none exceeds; or it fails."""
    puzzle = draw_puzzle(seed)
    puzzle.oracle.first_start()
    monkeypatch.setattr(*FAILING[step])
    told = 0
    for changes, is_left in list_changes(puzzle):
        gains = [case.gain for case in puzzle.cases if is_left(case)]
        try:
            answer = puzzle.oracle.ask(Question(puzzle.oracle.score.terms, changes, EXACT))
        except SolverFailed:
            continue
        told += 1
        best = max(gains, default=-INFINITE)
        assert answer.bound >= best - SLACK
        assert answer.value <= best + SLACK
        if answer.is_settled and gains:
            assert answer.value == pytest.approx(best, abs=SLACK)
    assert told or step == "relaxation"


@pytest.mark.parametrize("seed", FEW)
def test_what_is_remembered_changes_no_answer_beyond_its_tolerance(seed: int) -> None:
    """Forwards, backwards, with every plan there is remembered, and with nothing."""
    puzzle = draw_puzzle(seed)
    changes = [changes for changes, _ in list_changes(puzzle)]
    wanted = [
        [case.gain for case in puzzle.cases if is_left(case)] for _, is_left in list_changes(puzzle)
    ]
    questions = [Question(puzzle.oracle.score.terms, change, COARSE) for change in changes]
    full = Oracle.open(puzzle.scenario)
    full.memory.take(case.spending for case in puzzle.cases[::-1])
    backwards = Oracle.open(puzzle.scenario).ask_all(questions[::-1])[::-1]
    ways = [
        Oracle.open(puzzle.scenario).ask_all(questions),
        backwards,
        full.ask_all(questions),
        [Oracle.open(puzzle.scenario).ask(question) for question in questions],
    ]
    for answers in ways:
        for answer, gains in zip(answers, wanted, strict=True):
            check(answer, gains, COARSE)


def test_workers_and_kept_answers_give_the_same_numbers(tmp_path: Path) -> None:
    puzzle = draw_puzzle(SEEDS[0])
    questions = [
        Question(terms, changes, COARSE)
        for changes, _ in list_changes(puzzle)
        for terms, _ in list_aims(puzzle)
    ][::4]

    def tell(workers: int, store: Store | None = None) -> list[Any]:
        oracle = Oracle(puzzle.oracle.compiled, workers=workers, store=store)
        answers = oracle.ask_all(questions)
        numbers = [(answer.value, answer.bound, answer.plan, answer.step) for answer in answers]
        return [*numbers, oracle.solves, oracle.linear_solves]

    alone = tell(1)
    assert tell(2) == alone
    file = tmp_path / "answers.jsonl"
    assert tell(2, Store(file, "hash", "questions")) == alone
    content = file.read_bytes()
    for size in range(0, len(content) + 1, len(content) // 5):
        file.write_bytes(content[:size])
        assert tell(1, Store(file, "hash", "questions")) == alone
