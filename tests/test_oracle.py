"""The oracle beside every plan there is: each kind of change and aim, each step, any memory."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import second_opinion
from every_plan import Case, list_cases

from stratafolio.inputs.build import build_scenario, derive_scenario
from stratafolio.inputs.read import read_scenario
from stratafolio.inputs.scenario import Scenario
from stratafolio.model.equations.curves import KNOTS
from stratafolio.model.failures import SolverFailed
from stratafolio.model.solving import oracle
from stratafolio.model.solving.engine import Engine, Searched
from stratafolio.model.solving.extended import Row
from stratafolio.model.solving.live import Live, Solved
from stratafolio.model.solving.matrices import INFINITE
from stratafolio.model.solving.oracle import Oracle
from stratafolio.model.solving.question import (
    NOTHING,
    Answer,
    Changes,
    Question,
    Terms,
    Tolerance,
    hold_set,
)
from stratafolio.model.solving.trail import Trail
from stratafolio.model.work.store import Store

LONG = bool(os.environ.get("STRATAFOLIO_LONG"))

SEEDS = [0, 1, 2, 9] if LONG else [0, 1]

FEW = SEEDS[:2] if LONG else SEEDS[1:]
"""Draws for what is tried in many ways on each."""

SLACK = 2e-6
EXACT, COARSE = Tolerance(0.0), Tolerance(0.05)
STEPS = ("_try_known", "_exchange", "_dive", "_search_near")


@dataclass(frozen=True)
class Puzzle:
    """A small all-or-nothing scenario, its oracle, and all its plans."""

    document: dict[str, Any]
    scenario: Scenario
    oracle: Oracle
    cases: Sequence[Case]

    def gain_in(self, case: Case, layer: str) -> float:
        """What a plan gains in a layer over spending nothing."""
        return case.outcome[layer] - self.oracle.compiled.baseline.outcome[layer]

    def gains_enough(self, case: Case, layer: str, least: float) -> bool:
        return self.gain_in(case, layer) >= least


def count_money(case: Case, instrument: str, sign: float) -> float:
    return sign * case.money[instrument]


def is_with(case: Case, instrument: str) -> bool:
    return instrument in case.funded


def is_without(case: Case, instrument: str) -> bool:
    return instrument not in case.funded


def list_allowed(document: dict[str, Any]) -> list[Case]:
    """The plans that keep every limit, the yearly budget too."""
    return [
        case
        for case in list_cases(document)
        if not second_opinion.broken_limits(document, case.spending, breakpoints=KNOTS)
    ]


def draw_document(seed: int) -> dict[str, Any]:
    return second_opinion.random_scenario(seed, all_or_nothing=True, most_plans=250)


def draw_puzzle(seed: int) -> Puzzle:
    document = draw_document(seed)
    scenario = build_scenario(document, {}, "random")
    return Puzzle(document, scenario, Oracle.open(scenario), list_allowed(document))


Aim = tuple[Terms, Callable[[Case], float]]
"""What is maximised, by column and of a plan."""

Change = tuple[Changes, Callable[[Case], bool]]
"""What is otherwise, for the oracle and as a test of a plan."""


def list_aims(puzzle: Puzzle) -> Iterator[Aim]:
    """The score, each layer, other weights, and most and least money on each instrument."""
    compiled = puzzle.oracle.compiled
    yield puzzle.oracle.score.terms, lambda case: case.gain
    layers = list(compiled.outcome_gain.items())
    for layer, at in layers:
        yield {at: 1.0}, partial(puzzle.gain_in, layer=layer)
    weights = {at: 1.0 + place for place, (_, at) in enumerate(layers)}
    yield (
        weights,
        lambda case: sum(
            (1.0 + place) * puzzle.gain_in(case, layer) for place, (layer, _) in enumerate(layers)
        ),
    )
    for instrument in puzzle.scenario.instruments:
        money = compiled.count_money(instrument)
        for sign in (1.0, -1.0):
            terms = {at: sign * coefficient for at, coefficient in money.items()}
            yield terms, partial(count_money, instrument=instrument, sign=sign)


def list_changes(puzzle: Puzzle) -> Iterator[Change]:
    """Programmes banned, demanded and held, moved limits and boxes, and a further row."""
    yield NOTHING, lambda _: True
    instruments = list(puzzle.scenario.instruments)
    for i in instruments:
        yield Changes(banned=frozenset({i})), partial(is_without, instrument=i)
        yield Changes(demanded=frozenset({i})), partial(is_with, instrument=i)
    one, other = instruments[0], instruments[-1]
    yield (
        Changes(banned=frozenset({one}), demanded=frozenset({other})),
        lambda case: one not in case.funded and other in case.funded,
    )
    held = puzzle.cases[len(puzzle.cases) // 2].funded
    yield hold_set(puzzle.scenario, held), lambda case: case.funded == held
    matrices = puzzle.oracle.matrices
    sides = {
        row: (float(matrices.row_lower[row]), 0.7 * float(matrices.row_upper[row]))
        for row in matrices.limit_rows.get("budget.per_year", [])
    }
    per_year = puzzle.document["budget"].get("per_year")
    if isinstance(per_year, int | float):
        yield Changes(sides=sides), lambda case: case.needs <= 0.7 * per_year + 1e-9
    for layer, at in puzzle.oracle.compiled.outcome_gain.items():
        middle = float(np.median([puzzle.gain_in(case, layer) for case in puzzle.cases])) - 1e-7
        yield (
            Changes(boxes={at: (middle, INFINITE)}),
            partial(puzzle.gains_enough, layer=layer, least=middle),
        )
    money: dict[int, float] = {}
    for i in instruments:
        money |= puzzle.oracle.compiled.count_money(i)
    most = float(np.median([case.total for case in puzzle.cases])) + 1e-7
    yield Changes(rows=(Row(money, upper=most),)), lambda case: case.total <= most


def check(answer: Answer, values: Sequence[float], tolerance: Tolerance) -> None:
    """Assert that an answer is right where these are the values of all plans that there are."""
    if not values:
        assert answer.is_infeasible
        return
    best = max(values)
    assert answer.plan is not None
    assert answer.is_settled
    assert answer.value <= best + SLACK
    assert answer.bound >= best - SLACK
    assert answer.bound - answer.value <= tolerance.room(answer.value) + SLACK
    assert answer.value == pytest.approx(
        min(values, key=lambda value: abs(value - answer.value)), abs=SLACK
    )


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
        monkeypatch.setattr(Oracle, step, lambda *_: iter(()))


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
    "dive": (oracle, "dive", fail),
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
    puzzle.oracle.first_start(puzzle.oracle.engines[0])
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
