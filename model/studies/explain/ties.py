"""The range of spending of each instrument over the plans that tie with the best one."""

from __future__ import annotations

import numpy as np

from ...solving.best_plans import OutOfTime, is_cut_short
from ...solving.canonical import TIE_TOLERANCE
from ...solving.extended import Row
from ...solving.memory import Memory
from ...solving.question import Answer, Changes, Question, Tolerance
from .around import Around

WIDTH = 0.01
"""Ranges narrower than this, as a share of the most an instrument could ever get, are no ties."""

Ranges = dict[str, tuple[float, float]]


def find_ties(around: Around) -> tuple[Ranges, bool]:
    """Least and most spending where plans differ within the gap; and whether all are looked at.

    In a large scenario the on/off decisions of the best plan are held: plans with others may tie
    too, and widen the ranges. Raises OutOfTime.
    """
    scenario, base = around.scenario, around.base
    is_exact = around.is_quick and not around.is_staged
    instruments = list(scenario.instruments)
    questions = [pose_end(around, i, sign, is_exact) for i in instruments for sign in (-1.0, 1.0)]
    oracle = around.fork(Memory())
    if not is_exact:
        oracle.prefer_primal()
    # The first is a batch of its own: the others begin from its basis.
    answers = [*oracle.ask_all(questions[:1]), *oracle.ask_all(questions[1:])]
    around.count(oracle)
    if any(is_cut_short(oracle, answer) for answer in answers):
        raise OutOfTime
    ranges: Ranges = {}
    for i, least, most in zip(instruments, answers[::2], answers[1::2], strict=True):
        if least.is_infeasible or most.is_infeasible:
            continue
        spent = base.totals[i]
        low, high = min(-read_end(least), spent), max(read_end(most), spent)
        largest = scenario.instruments[i].max_per_year * len(scenario.window(i))
        if high - low > WIDTH * largest:
            ranges[i] = (max(low, 0.0), high)
    return ranges, is_exact


def pose_end(around: Around, instrument: str, sign: float, is_exact: bool) -> Question:
    """The question of the least (sign -1) or most (1) total spending, launch costs included."""
    oracle, base = around.oracle, around.base
    rows, boxes = [], {}
    for target in oracle.targets:
        gain = target.value_of(base.played, oracle.compiled.baseline)
        rows.append(Row(target.terms, gain - max(around.gap, TIE_TOLERANCE) * max(gain, 0.01)))
    if not is_exact:
        decisions = oracle.compiled.decisions_of(base.plan)
        held = zip(oracle.matrices.integers.tolist(), decisions.tolist(), strict=True)
        boxes = {at: (value, value) for at, value in held}
    terms = {at: sign * bn for at, bn in oracle.compiled.count_money(instrument).items()}
    return Question(
        terms,
        Changes(boxes=boxes, rows=tuple(rows)),
        Tolerance(0.0),
        needs="plan" if is_exact else "bound",
        known=[base.plan],
        place=np.zeros(1),
    )


def read_end(answer: Answer) -> float:
    """What is spent, with the question's sign: of a linear program the bound is the answer."""
    return answer.bound if answer.plan is None else answer.value
