"""Several lines of questions side by side, each of which goes on from its last answers."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TypeVar

from .oracle import Oracle
from .question import Answer, Question

T = TypeVar("T")

Inquiry = Generator[Sequence[Question], Sequence[Answer], T]
"""Yields questions, is sent their answers, and returns what follows from them."""


def inquire(oracle: Oracle, inquiries: Sequence[Inquiry[T]]) -> list[T | None]:
    """What follows from each of some inquiries; None for those that the clock has cut short.

    The questions of all are asked together, round by round, and answers are sent in the order of
    the inquiries: what one learns the next may use, whoever solves.
    """
    results: list[T | None] = [None] * len(inquiries)
    open_: dict[int, Sequence[Answer] | None] = dict.fromkeys(range(len(inquiries)))
    while open_:
        asked: dict[int, Sequence[Question]] = {}
        for number, answers in open_.items():
            inquiry = inquiries[number]
            try:
                asked[number] = next(inquiry) if answers is None else inquiry.send(answers)
            except StopIteration as end:
                results[number] = end.value
        if oracle.clock.is_over:
            break
        told = iter(oracle.ask_all([question for some in asked.values() for question in some]))
        open_ = {number: [next(told) for _ in some] for number, some in asked.items()}
    for inquiry in inquiries:
        inquiry.close()
    return results
