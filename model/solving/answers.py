"""Questions by name, and answers as JSON holds them, so that a study cut short can go on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import astuple, dataclass, field
from typing import Any

import numpy as np

from ..equations.curves import Array
from .live import Basis, read_basis, write_basis
from .matrices import INFINITE
from .memory import RELAXED
from .portfolios import list_on, switch_on
from .question import NOTHING, Answer, Question


@dataclass
class Starts:
    """What an answer leaves for questions nearby.

    Bases by the decisions that were held, and the values of the relaxation in the question's terms.
    """

    bases: dict[bytes, Basis] = field(default_factory=dict)
    reached: dict[int, float] = field(default_factory=dict)


def name_question(question: Question) -> str:
    """All that an answer depends on, but for what was asked before."""
    changes = question.changes
    parts = [
        sorted(question.terms.items()),
        sorted(changes.banned),
        sorted(changes.demanded),
        sorted(changes.boxes.items()),
        sorted(changes.sides.items()),
        [(sorted(row.terms.items()), row.lower, row.upper) for row in changes.rows],
        astuple(question.tolerance),
        question.needs,
        [name_known(known) for known in question.known],
        question.at_least,
        question.enough,
        None if question.amounts is None else sorted(question.amounts.items()),
        question.sharpness,
        question.may_search,
        None if question.place is None else question.place.tolist(),
        [question.only_near, question.most_nodes, question.straight, question.recalls],
        None if question.decided is None else name_known(question.decided),
        question.tells,
    ]
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def name_known(known: Mapping[str, Any] | Array) -> str:
    """A plan or decisions that are tried first, in a few letters."""
    text = repr(known) if isinstance(known, Mapping) else known.tobytes().hex()
    return hashlib.sha256(text.encode()).hexdigest()


def write_answer(answer: Answer, starts: Starts) -> dict[str, Any]:
    """An answer with its bases, without the solver's values; no plan where there is none."""
    plan, decisions = answer.plan, answer.decisions
    return {
        "value": answer.value if plan is not None else None,
        "bound": answer.bound,
        "plan": plan and {i: {str(t): bn for t, bn in own.items()} for i, own in plan.items()},
        "on": [] if decisions is None else list_on(decisions),
        "step": answer.step,
        "settled": answer.is_settled,
        "mixed": answer.mixed,
        "linear": answer.linear,
        "told": [[at, value] for at, value in answer.told.items()],
        "starts": [
            [None if held == RELAXED else list_on(np.frombuffer(held)), write_basis(start)]
            for held, start in starts.bases.items()
        ],
        "reached": [[at, value] for at, value in starts.reached.items()],
    }


def write_place(question: Question, mark: str) -> dict[str, Any]:
    """Where a question stood that left all plans free: others may read its answer by that.

    `mark` stands for the versions by which it was answered.
    """
    if question.place is None or question.changes != NOTHING or question.decided is not None:
        return {}
    return {"place": question.place.tolist(), "mark": mark}


def read_answer(record: Mapping[str, Any], columns: int, integers: int) -> tuple[Answer, Starts]:
    """What a record tells of a program with so many columns and integer ones."""
    value, told = record["value"], record["plan"]
    plan = told and {i: {int(t): bn for t, bn in own.items()} for i, own in told.items()}
    answer = Answer(
        value=-INFINITE if value is None else value,
        bound=record["bound"],
        plan=plan,
        decisions=None if value is None else switch_on(record["on"], integers),
        step=record["step"],
        is_settled=record["settled"],
        mixed=record["mixed"],
        linear=record["linear"],
        told=dict(record["told"]),
    )
    bases = {
        RELAXED if on is None else switch_on(on, integers).tobytes(): read_basis(text, columns)
        for on, text in record["starts"]
    }
    return answer, Starts(bases, dict(record.get("reached", [])))  # earlier files tell none
