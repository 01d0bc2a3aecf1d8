"""Questions about people: what stakeholders would fund, and what one person's answers lead to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..inputs.arguments import (
    check_arguments,
    take_count,
    take_path,
    take_share,
    take_text,
    take_whole,
)
from ..inputs.scenario import Scenario
from ..model.work.store import Store
from ..results.result import Result
from .asking import RULES, keep_options
from .progress import Tell, following

if TYPE_CHECKING:
    from ..model.studies.elicit.interview import Interview


@keep_options(tolerance=take_share)
def question_stakeholders(
    scenario: Scenario,
    *,
    tolerance: float = 0.01,
    gap: float = 1e-4,
    time_limit: float | None = None,
    workers: int = 1,
    progress: bool = False,
    store: Store | None = None,
    report: Tell | None = None,
) -> Result:
    """What each stakeholder would fund by own weights and beliefs, and what they have in common.

    `tolerance`: the share of the best gain within which plans count as best over a region, and how
    closely the least regretted plan is proven; `gap`: how closely each one's own best plan is;
    `time_limit` in seconds. Gains are points, regrets shares of one's own best gain. Raises
    InputError without stakeholders, Infeasible where nobody has a plan, SolverFailed.

    >>> import stratafolio as sf
    >>> firms, unions = {"weights": {"frontier": 1}}, {"statements": ["semiconductors >= frontier"]}
    >>> patch = {"stakeholders": {"firms": firms, "unions": unions}}
    >>> ground = sf.question_stakeholders(sf.read_scenario("textbook").change(patch))
    >>> ground.to_frame("common_ground").set_index("instrument")["funded_by"].to_dict()
    {'power': 'all', 'labs': 'all', 'controls': 'some'}
    """
    from ..model.studies.stakeholders import question
    from ..results.studies.stakeholders import tabulate

    with following(f"asking the stakeholders of {scenario.name}", progress, report) as tell:
        ground = question.question_stakeholders(
            scenario, tolerance, gap, workers, time_limit, store, tell
        )
    record = tabulate(scenario, ground)
    return Result("sensitivity stakeholders", scenario, record, ground)


class Elicitation:
    """An interview under way: `.question`, `.answer("a")`, `.state("x >= y")`, `.result`.

    It is over once `.question` is None; what is proven by then is known at any time, as a Result.
    """

    def __init__(self, make: Callable[[], Interview], options: Mapping[str, Any]) -> None:
        """`make` begins the same interview again, from kept answers of the solver."""
        self._make, self._options = make, dict(options)
        self._interview = make()

    @property
    def question(self) -> dict[str, Any] | None:
        """The next question: its number, both offers in words, and what each answer says."""
        question: dict[str, Any] | None = self.result.record["question"]
        return question

    @property
    def is_done(self) -> bool:
        return self._interview.question is None

    @check_arguments(answer=take_text)
    def answer(self, answer: str) -> None:
        """Answers the question: `a`, `b`, `same` or `skip`. Raises InputError."""
        self._interview.answer(answer)

    @check_arguments(statement=take_text)
    def state(self, statement: str) -> None:
        """Takes a statement about the weights. Raises InputError that names what clashes."""
        self._interview.state(statement)

    @check_arguments(where=take_text)
    def reply(self, entries: Sequence[Mapping[str, Any]], where: str = "answers") -> None:
        """Takes a list of `{statement}` or `{question, answer}`. Raises InputError."""
        from ..inputs.answers import check_answers
        from ..model.studies.elicit.interview import reply_all

        reply_all(self._interview, check_answers(entries, where), where)

    @check_arguments(number=take_whole)
    def take_back(self, number: int) -> None:
        """Takes one answer back, by the number of its question. Raises InputError.

        What was said after it stays, as statements: the questions that follow may be others.
        """
        from ..inputs.complaint import InputError
        from ..model.studies.elicit.interview import list_entries

        replies = self._interview.replies
        places = [place for place, own in enumerate(replies) if own.number == number]
        if not places:
            message = f"question {number} is not answered; nothing to take back"
            raise InputError.of("take back", message)
        before, after = replies[: places[0]], replies[places[0] + 1 :]
        entries = list_entries(before)
        entries += [{"statement": text} for own in after for text in own.statements]
        self._interview = self._make()
        self.reply(entries)

    @property
    def result(self) -> Result:
        """What is proven by now, and what was said."""
        from ..results.studies.elicit import tabulate

        interviewed = self._interview.conclude()
        record = tabulate(interviewed.scenario, interviewed)
        return Result("elicit", interviewed.scenario, record, interviewed, self._options)


@check_arguments(**{**RULES, "tolerance": take_share, "bank": take_path, "most_known": take_count})
def elicit(
    scenario: Scenario,
    *,
    tolerance: float = 0.05,
    questions: int = 20,
    where: Sequence[str] = (),
    stakeholder: str | None = None,
    answers: Sequence[Mapping[str, Any]] = (),
    bank: str | Path | None = None,
    time_limit: float | None = None,
    workers: int = 1,
    progress: bool = False,
    store: Store | None = None,
    report: Tell | None = None,
    most_known: int | None = None,
) -> Elicitation:
    """Asks for trade-offs until one portfolio is proven good for every weighting that agrees.

    `tolerance`: the share of the best gain that it may lose; `questions`: the most that are asked;
    `where` and `stakeholder`: statements to begin with; `answers`: `{statement}` or `{question,
    answer}` given already; `bank`: the run folder of `sensitivity map` or `weights` of the same
    scenario, from whose plans and bounds it begins at once (the first `most_known` of them);
    `time_limit` in seconds. Raises InputError, Infeasible, SolverFailed.

    >>> import stratafolio as sf
    >>> interview = sf.elicit(sf.read_scenario("textbook"), tolerance=0.001)
    >>> question = interview.question
    >>> question["a"].endswith("more in Frontier"), question["b"].endswith("more in Chips")
    (True, True)
    >>> interview.answer("a")
    >>> interview.result.record["statements"] == [question["statement_if_a"]]
    True
    """
    from ..model.studies.elicit.interview import Interview
    from ..model.studies.weights.choose_region import choose_region
    from ..model.studies.weights.kept import list_weighed
    from ..model.studies.weights.sweep import open_sweep
    from ..model.work.store import Remembered
    from ..results.runs.folder import open_bank

    start = choose_region(scenario, where=where, stakeholder=stakeholder)
    kept = store or Remembered()
    known = list_weighed(open_bank(Path(bank), scenario))[:most_known] if bank else []

    def make() -> Interview:
        with following(f"interviewing about {scenario.name}", progress, report) as tell:
            sweep = open_sweep(scenario, tolerance, workers, time_limit, kept)
            return Interview(sweep, start, tolerance, questions, tell, known)

    options = {
        "tolerance": tolerance,
        "questions": questions,
        "where": list(where),
        "stakeholder": stakeholder,
        "bank": None if bank is None else str(bank),
        "time_limit": time_limit,
        "workers": workers,
    }
    elicitation = Elicitation(make, options)
    elicitation.reply(answers)
    return elicitation
