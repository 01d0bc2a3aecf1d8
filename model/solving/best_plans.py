"""Best plans by the scenario's own objectives, stage after stage, as the evaluator plays them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from ..equations.curves import Array
from ..equations.evaluate import Plan
from ..equations.limits import TOLERANCE, find_worst
from ..failures import SolverFailed
from .canonical import TIE_TOLERANCE, shorten_runs
from .compiled import Target
from .conflict import find_conflict
from .extended import Row
from .matrices import INFINITE
from .oracle import BATCH, UNANSWERED, Oracle
from .question import NOTHING, Answer, Changes, Question, Tolerance
from .solution import Best
from .stages import STAGE_ROOMS, STAGE_TOLERANCE

QUICK = 60
"""Integer columns up to which a mixed program takes no longer than a few linear ones."""

GAPS = 3.0
"""Gaps within which a large scenario's best plan is told if it is held against another one."""

Key = TypeVar("Key", bound=Hashable)


class OutOfTime(Exception):
    """The time limit ended before an answer was proven."""


def find_best(oracle: Oracle, question: Question) -> Best | None:
    """The plan that answers a question about the score; None where there is none at all.

    Raises OutOfTime, and SolverFailed where the plan breaks a limit that was not moved.
    """
    best = find_all_best(oracle, {"best": question})
    if not best:
        raise OutOfTime
    return best["best"]


def find_all_best(
    oracle: Oracle, questions: Mapping[Key, Question], done: Callable[[], None] = lambda: None
) -> dict[Key, Best | None]:
    """The same for many questions by key; what there was no time for is left out.

    `done` is called after each.
    """
    every = list(questions.items())
    plans: dict[Key, Best | None] = {}
    for begins in range(0, len(every), BATCH):
        batch = every[begins : begins + BATCH]
        answers = ask_in_stages(oracle, [question for _, question in batch])
        for (key, question), answer in zip(batch, answers, strict=True):
            if not is_cut_short(oracle, answer):
                plans[key] = settle_plan(oracle, question, answer)
            done()
    return plans


def is_quick(oracle: Oracle) -> bool:
    """Whether mixed programs are as quick as linear ones."""
    return len(oracle.matrices.integers) <= QUICK


def choose_tolerance(oracle: Oracle, gap: float) -> Tolerance:
    """How closely a best plan is told that is held against another, itself told to the gap."""
    is_rough = len(oracle.targets) == 1 and not is_quick(oracle)
    return Tolerance(GAPS * gap if is_rough else gap)


def is_cut_short(oracle: Oracle, answer: Answer) -> bool:
    """Whether time ended before an answer was proven."""
    if answer.is_settled or answer.is_infeasible:
        return False
    return oracle.clock.is_over or answer.plan is None


# Stages ---------------------------------------------------------------------------------------


def ask_in_stages(oracle: Oracle, questions: Sequence[Question]) -> list[Answer]:
    """Answers to questions about the score, under the best values that earlier stages can have.

    The scenario's objectives are asked about in turn, each keeping the values of those before it.
    """
    if len(oracle.targets) == 1:
        return oracle.ask_all(questions)
    answers = [UNANSWERED] * len(questions)
    open_ = dict(enumerate(questions))
    room = STAGE_ROOMS[0] if oracle.is_mixed else STAGE_TOLERANCE
    for number, target in enumerate(oracle.targets):
        if number and not target.terms:
            continue  # nothing moves it
        asked = {
            at: pose_stage(question, target, answers[at], is_last=target is oracle.score)
            for at, question in open_.items()
        }
        for at, answer in zip(asked, oracle.ask_all(list(asked.values())), strict=True):
            if answer.plan is None or is_cut_short(oracle, answer):
                answers[at] = UNANSWERED if number else answer
                del open_[at]
                continue
            answers[at] = answer
            row = Row(target.terms, target.keep(answer.value, room))
            changes = open_[at].changes
            open_[at] = replace(open_[at], changes=replace(changes, rows=(*changes.rows, row)))
    return answers


def pose_stage(question: Question, target: Target, before: Answer, *, is_last: bool) -> Question:
    """A question about one stage, which begins from the decisions of the stage before."""
    known = question.known if before.decisions is None else (before.decisions, *question.known)
    needs = question.needs if is_last else "plan"
    return replace(
        question, terms=target.terms, known=known, needs=needs, at_least=-INFINITE, enough=INFINITE
    )


# Plans ----------------------------------------------------------------------------------------


def settle_plan(oracle: Oracle, question: Question, answer: Answer) -> Best | None:
    """The plan of an answer, which funds nothing in vain; None where there is no plan.

    It hangs on the plan alone: an answer that was kept has no more. Raises SolverFailed where it
    breaks a limit that was not moved.
    """
    if answer.plan is None:
        return None
    plan = drop_what_adds_nothing(oracle, question, answer, answer.plan)
    played = oracle.compiled.evaluator.play(plan)
    if not question.changes.sides and find_worst(oracle.scenario, played) > TOLERANCE:
        raise SolverFailed(f"the plan found breaks a limit by more than {TOLERANCE:g}")
    gain = played.score - oracle.compiled.baseline.score
    return Best(gain, max(answer.bound, gain), plan, played)


def drop_what_adds_nothing(oracle: Oracle, question: Question, answer: Answer, plan: Plan) -> Plan:
    """A plan that ties with the one found and funds nothing in vain.

    Under changes what adds nothing may be wanted all the same: then it stays.
    """
    if not oracle.is_mixed or len(oracle.targets) > 1 or question.changes != NOTHING:
        return plan
    fewer = shorten_runs(oracle.compiled, [], oracle.score, plan)
    if fewer is plan:
        return plan
    cheaper = oracle.keep(question, fewer)
    if cheaper is None or cheaper.value < answer.value - TIE_TOLERANCE:
        return plan
    return oracle.compiled.read_plan(cheaper.values)


# Beside the plan ------------------------------------------------------------------------------


def find_conflict_under(oracle: Oracle, changes: Changes) -> tuple[str, ...]:
    """Ids of limits that clash for the plans that some changes leave, each needed for the clash."""
    compiled = oracle.compiled
    with oracle.engines[0].posed(compiled.live, Question({}, changes)):
        return find_conflict(compiled, oracle.clock)


def find_duals(oracle: Oracle, best: Best) -> Array:
    """Points that the gain rises by per unit of each row's side, at the decisions of a best plan.

    The values that the plan has in earlier stages are kept.
    """
    baseline, plan = oracle.compiled.baseline, best.plan
    rows = tuple(
        Row(target.terms, target.value_of(best.played, baseline) - STAGE_TOLERANCE)
        for target in oracle.targets[:-1]
    )
    question = Question(oracle.score.terms, Changes(rows=rows))
    decisions = oracle.compiled.decisions_of(plan)
    duals = oracle.engines[0].find_duals(question, decisions, None)
    return np.zeros(len(oracle.matrices.row_lower)) if duals is None else duals


def count_solves(oracle: Oracle) -> int:
    """Mixed programs solved; linear ones where there is no other."""
    return oracle.solves if oracle.is_mixed else oracle.linear_solves
