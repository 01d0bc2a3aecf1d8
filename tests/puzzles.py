"""Small all-or-nothing scenarios of which every plan is known, and what may be asked of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pytest
import second_opinion
from every_plan import Case, list_cases

from stratafolio.inputs.build import build_scenario
from stratafolio.inputs.scenario import Scenario
from stratafolio.model.equations.curves import KNOTS
from stratafolio.model.solving.extended import Row
from stratafolio.model.solving.matrices import INFINITE
from stratafolio.model.solving.oracle import Oracle
from stratafolio.model.solving.question import NOTHING, Answer, Changes, Terms, Tolerance, hold_set

SLACK = 2e-6


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
