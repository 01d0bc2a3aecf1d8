"""An interview: one trade-off after another, until one portfolio is proven good for all answers.

1. A bank of portfolios and bounds is filled: the middle and the corners of the region of
   weightings, and some drawn from it.
2. The region's corners prove how much each portfolio loses at most; some are answered anew.
3. The trade-off that is expected to leave the smallest regret is asked; its answer cuts the region.

What was said alone decides what comes next: the same replies lead to the same question.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ....inputs.complaint import InputError
from ....inputs.scenario import Scenario
from ....inputs.statements import Statement, parse_statement
from ...equations.whole_amounts import list_amounts
from ..weights.choose_region import read_statement
from ..weights.kept import take_answers
from ..weights.region import Region
from ..weights.sweep import Sweep
from .certificate import Certifier
from .choose import Chooser
from .clash import find_clash
from .findings import ANSWERS, Certificate, Ending, Interviewed, TradeOff, Utterance
from .offers import list_layer_trade_offs, list_portfolio_trade_offs

LIKELY = 24
"""Portfolios asked about: those that are best under the most weightings."""

Report = Callable[[float, float, str], None]
"""Told how many questions are answered of how many, and what is proven."""


class Interview:
    """An interview under way. `start` is the region that it begins with.

    `most_questions`: it ends after so many. `known`: answers that a study of weights has kept: it
    begins at once from their plans and bounds. Raises InputError, Infeasible and SolverFailed.
    """

    def __init__(
        self,
        sweep: Sweep,
        start: Region,
        tolerance: float = 0.05,
        most_questions: int = 20,
        report: Report | None = None,
        known: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        if most_questions < 0:
            raise InputError.of("--questions", f"expected 0 or more, got {most_questions}")
        self.sweep, self.start, self.region = sweep, start, start
        self.tolerance, self.most_questions = tolerance, most_questions
        self.report = report
        self.replies: list[Utterance] = []
        self.skipped: set[tuple[str, ...]] = set()
        self.history: list[float] = []
        self.certifier = Certifier(sweep, tolerance)
        self.amounts = list_amounts(self.scenario)
        self.layer_trade_offs = list_layer_trade_offs(self.amounts)
        self._tell("opening the bank")
        self.taken = len(known)
        take_answers(sweep, known)
        self.certifier.open(start)
        self._go_on()

    @property
    def scenario(self) -> Scenario:
        return self.sweep.compiled.scenario

    @property
    def asked(self) -> int:
        """Questions answered."""
        return sum(reply.number is not None for reply in self.replies)

    def _tell(self, what: str) -> None:
        if self.report:
            self.report(self.asked, self.most_questions, what)

    # Replies ----------------------------------------------------------------------------------

    def answer(self, answer: str) -> None:
        """Takes an answer to the question: one of `ANSWERS`. Raises InputError."""
        if answer not in ANSWERS:
            message = f"expected one of {', '.join(ANSWERS)}, got {answer!r:.40}"
            raise InputError.of(f"question {self.asked + 1}", message)
        if self.question is None:
            message = f"there is no question to answer: {ENDED[self.ended]}"
            raise InputError.of(f"question {self.asked + 1}", message)
        said = self.question.list_statements(answer)
        if answer in ("same", "skip"):
            self.skipped.add(self.question.layers)
        self._take(Utterance(said, self.asked + 1, answer, self.question))

    def state(self, text: str, where: str = "statement") -> None:
        """Takes a statement of the person's own about the weights. Raises InputError.

        Where it clashes with what was said before, the smallest set that does is named, and the
        statement is not taken.
        """
        try:
            read_statement(self.scenario, text)
        except InputError as error:
            raise InputError.of(where, error.complaints[0].message) from None
        said = [*self.statements, text]
        clash = find_clash(self.start, [parse_statement(own) for own in said])
        if clash:
            told = [self._name_statement(at, said) for at in clash]
            alone = len(told) == 1 and not self.start.statements
            listed = " and ".join(filter(None, [", ".join(told[:-1]), told[-1]]))
            message = (
                f"{listed} leaves no weighting that sums to 1; mend it or leave it out"
                if alone
                else f"{listed} cannot all be true of what the interview began with; take one back"
                if len(told) == 1
                else f"{listed} cannot all be true; take one of them back"
            )
            raise InputError.of(where, message)
        self._take(Utterance((text,)))

    def _name_statement(self, at: int, said: Sequence[str]) -> str:
        """A statement by the question that it comes from, if it does."""
        place = 0
        for reply in self.replies:
            if place <= at < place + len(reply.statements) and reply.number is not None:
                return f"answer {reply.number} ('{said[at]}')"
            place += len(reply.statements)
        return f"'{said[at]}'"

    @property
    def statements(self) -> tuple[str, ...]:
        """All that was said of the weights, in order."""
        return tuple(text for reply in self.replies for text in reply.statements)

    def _take(self, reply: Utterance) -> None:
        said: list[Statement] = [parse_statement(text) for text in self.statements]
        said += [parse_statement(text) for text in reply.statements]
        if reply.statements:
            kept = [*self.start.statements, *said]
            self.region = Region(self.start.layers, self.start.frame, kept, "answers")
        self.replies.append(reply)
        self._go_on()

    # What comes next --------------------------------------------------------------------------

    def _go_on(self) -> None:
        """Proves what can be proven now, and chooses the next question."""
        self.certificate: Certificate = self.certifier.prove(self.region)
        self.question: TradeOff | None = None
        self.ended: Ending | None = None
        chooser = self._open_chooser()
        if self._is_good:
            self.ended = "tolerance"
        elif self.asked >= self.most_questions:
            self.ended = "questions"
        else:
            self.question = self._choose(chooser)
            if self.question is None:
                self.certificate = self.certifier.close(self.region)
                unproven: Ending = "time" if self.sweep.clock.is_over else "no question"
                self.ended = "tolerance" if self._is_good else unproven
        self.is_cut_short = not self._is_good and self.sweep.clock.is_over
        self.chooser = chooser
        self.history.append(self.certificate.regret)
        self._tell(f"proven: at most {self.certificate.regret:.1%} lost")

    @property
    def _is_good(self) -> bool:
        return self.certificate.regret <= self.tolerance

    def _open_chooser(self) -> Chooser:
        return Chooser(self.region, self.certifier.bank.gains, self.certificate.corners)

    def _choose(self, chooser: Chooser) -> TradeOff | None:
        """The trade-off that is expected to help most; None where none would."""
        likely = chooser.often[:LIKELY]
        gains = self.certifier.bank.gains
        of_portfolios = list_portfolio_trade_offs(self.amounts, gains, likely)
        able = [*self.layer_trade_offs, *of_portfolios]
        return chooser.choose([own for own in able if own.layers not in self.skipped])

    # What is known ----------------------------------------------------------------------------

    def conclude(self) -> Interviewed:
        """How far the interview has come."""
        bank, corners = self.certifier.bank, self.certificate.corners
        plans = [bank.portfolios[at].plan for at in np.unique(self.chooser.best).tolist()]
        sweep, compromiser = self.sweep, self.certifier.compromiser
        return Interviewed(
            scenario=self.scenario,
            tolerance=self.tolerance,
            most_questions=self.most_questions,
            replies=tuple(self.replies),
            statements=self.statements,
            question=self.question,
            asked=self.asked,
            ended=self.ended,
            portfolio=bank.portfolios[self.certificate.best],
            certificate=self.certificate,
            weights=np.asarray(corners.mean(axis=0)),
            least=np.asarray(corners.min(axis=0)),
            most=np.asarray(corners.max(axis=0)),
            funded=tuple(i for i in self.scenario.instruments if all(i in p for p in plans)),
            not_funded=tuple(
                i for i in self.scenario.instruments if all(i not in p for p in plans)
            ),
            history=tuple(self.history),
            solves=sweep.solves + compromiser.solves,
            linear_solves=sweep.linear_solves + compromiser.linear_solves,
            seconds=sweep.clock.seconds,
            where=tuple(own.text for own in self.start.statements),
            taken=self.taken,
            is_cut_short=self.is_cut_short,
        )


SAID = ("statement_if_a", "statement_if_b")
"""What tells one question from another in a list of answers."""

ENDED: Mapping[Ending | None, str] = {
    "tolerance": "it is proven well enough already",
    "questions": "enough was asked already",
    "no question": "no question would help",
    "time": "the time was over",
    None: "",
}
"""Why there is no question."""


def reply_all(interview: Interview, entries: Sequence[Mapping[str, Any]], where: str) -> None:
    """Takes replies as a list of answers tells them: `{statement}` or `{question, answer}`.

    A question may come with what it was (`a`, `b`); `where` names the list. Raises InputError.
    """
    for place, entry in enumerate(entries, 1):
        there = f"{where} entry {place}"
        if "statement" in entry:
            interview.state(str(entry["statement"]), there)
            continue
        number, expected = entry["question"], interview.asked + 1
        if number != expected or interview.question is None:
            raise InputError.of(f"{there}, question", explain_number(interview, number))
        for name in SAID:
            said = getattr(interview.question, name)
            if name in entry and entry[name] != said:
                message = (
                    f"question {number} is another one here (got {entry[name]!r:.80}, expected "
                    f"{said!r}): these are answers for another scenario or other options"
                )
                raise InputError.of(f"{there}, {name}", message)
        try:
            interview.answer(entry["answer"])
        except InputError as error:
            raise InputError.of(f"{there}, answer", error.complaints[0].message) from None


def list_entries(replies: Sequence[Utterance]) -> list[dict[str, Any]]:
    """Replies as a list of answers that gives them again."""
    entries: list[dict[str, Any]] = []
    for reply in replies:
        if reply.number is None or reply.trade_off is None:
            entries += [{"statement": text} for text in reply.statements]
            continue
        asked = {name: getattr(reply.trade_off, name) for name in SAID}
        entries.append({"question": reply.number, "answer": reply.answer, **asked})
    return entries


def explain_number(interview: Interview, number: object) -> str:
    """Why a question's number is not that of the next one."""
    expected = interview.asked + 1
    if interview.question is None:
        return f"there is no question {number}: {ENDED[interview.ended]}; leave it out"
    if isinstance(number, int) and 0 < number < expected:
        return f"question {number} is answered already; the next one is {expected}"
    return f"there is no question {number} yet; the next one is {expected}"
