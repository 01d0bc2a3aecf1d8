"""`stratafolio elicit`: an interview that ends with a portfolio proven good for all answers."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .options import tolerance_option
from .output import printable
from .regions import region_options
from .study import Asked, study

if TYPE_CHECKING:
    from ..calls.people import Elicitation
    from ..results.result import Result

PROMPT = "a, b, s about the same, ? cannot say, u take the last back, q stop"

WIDTH = 80
"""Letters in a line at most: longer ones are hard to read."""

SIGNS = frozenset("<>=")
"""A statement has at least one of them."""

KEYS = {"a": "a", "b": "b", "s": "same", "same": "same", "?": "skip", "skip": "skip"}
"""What may be typed for each answer."""

KEPT = ("tolerance", "questions", "where", "stakeholder")
"""Options of an interview that is kept which must stay as they were."""


@study(gap=False)
@click.option(
    "--answers",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A YAML list of {statement} or {question: N, answer: a | b | same | skip}.",
)
@click.option(
    "--questions",
    type=int,
    default=20,
    show_default=True,
    metavar="N",
    help="Ask no more than so many questions.",
)
@tolerance_option(0.05, "Share of the best gain that the portfolio may lose at most in the end.")
@region_options
def elicit(
    asked: Asked,
    answers: Path | None,
    questions: int,
    tolerance: float,
    where: tuple[str, ...],
    stakeholder: str | None,
) -> Result:
    """Find a portfolio for SCENARIO that is proven good for all weights that fit your answers.

    Asks which of two things is worth more, one question after another: in a terminal as a
    dialogue, else by --answers and --json, which give the next question. --out keeps the interview
    and goes on with it; in the folder of a map of SCENARIO it begins at once, from what the map has
    proven. --gap is not needed here: --tolerance says how sure an answer is.
    """
    from ..calls import people
    from ..calls.progress import watching
    from ..inputs.answers import read_answers
    from ..results.runs.folder import BANK

    options = {
        "tolerance": tolerance,
        "questions": questions,
        "where": list(where),
        "stakeholder": stakeholder,
    }
    kept = read_kept(asked.out, options)
    told = read_answers(answers) if answers else kept.get("answers") or []
    most_known = kept.get("bank")  # what the interview in it began with
    has_bank = asked.out is not None and (asked.out / BANK).is_file()
    store = asked.open_store("interview.jsonl", "interview") if asked.out else None
    with watching(f"interviewing about {asked.scenario.name}") as tell:
        elicitation = people.elicit(
            asked.scenario,
            tolerance=tolerance,
            questions=questions,
            where=where,
            stakeholder=stakeholder,
            time_limit=asked.time_limit,
            workers=asked.workers,
            store=store,
            report=tell,
            bank=asked.out if has_bank and most_known != 0 else None,
            most_known=most_known or None,
        )
        elicitation.reply(told, str(answers) if answers else "--out")
    if answers is None and is_dialogue():
        talk(elicitation)
    return elicitation.result


def is_dialogue() -> bool:
    """Whether there is somebody to talk to."""
    as_json = click.get_current_context().params.get("as_json")
    return not as_json and sys.stdin.isatty() and sys.stdout.isatty()


def read_kept(out: Path | None, options: Mapping[str, Any]) -> Mapping[str, Any]:
    """The interview in the run folder, if there is one. Raises InputError if asked otherwise."""
    from ..inputs.complaint import InputError
    from ..results.runs.record import name_record, open_record

    if out is None:
        return {}
    for file in (out / "run.json", out / name_record("elicit")):
        if not file.is_file():
            continue
        record = open_record(file)
        if record["options"]["command"] != "elicit":
            continue
        for name in KEPT:
            kept = record["options"].get(name)
            if kept != options[name]:
                message = (
                    f"the interview in it was begun with --{name} {kept}, now it is "
                    f"{options[name]}; give the same, or another --out"
                )
                raise InputError.of(f"--out {out}", message)
        return record
    return {}


def talk(elicitation: Elicitation) -> None:
    """Asks one question after another in the terminal until the interview is over."""
    from rich.prompt import Prompt

    from ..inputs.complaint import InputError

    before: dict[str, Any] | None = None
    while not elicitation.is_done:
        record = elicitation.result.record
        goes_on = before is not None and record["asked"] > before["asked"]
        show_question(elicitation, record, before if goes_on else None)
        before = record
        try:
            typed = Prompt.ask(PROMPT).strip()
        except (EOFError, KeyboardInterrupt):
            return
        if typed.lower() == "q":
            return
        try:
            take(elicitation, typed)
        except InputError as error:
            for complaint in error.complaints:
                tell(f"{complaint.where}: {complaint.message}")


def take(elicitation: Elicitation, typed: str) -> None:
    """Takes what was typed: an answer, a word about an earlier one, or a statement.

    Raises InputError.
    """
    from ..inputs.complaint import InputError

    key = typed.lower()
    if key in KEYS:
        elicitation.answer(KEYS[key])
    elif key.split(maxsplit=1)[:1] == ["u"]:
        number = key[1:].strip()
        if number and not number.isdecimal():
            message = f"expected the number of a question, as u 3; got {number!r:.40}"
            raise InputError.of("take back", message)
        last = elicitation.result.record["asked"]
        if not last:
            raise InputError.of("take back", "nothing is answered yet")
        elicitation.take_back(int(number or last))
    elif not SIGNS.intersection(typed):
        message = (
            f"expected a, b, s, ?, u or q, or a statement such as {example(elicitation)}; "
            f"got {typed!r:.40}"
        )
        raise InputError.of("answer", message)
    else:
        elicitation.state(typed)


def example(elicitation: Elicitation) -> str:
    """A statement about the first two layers."""
    first, *others = elicitation.result.scenario.layers
    return f"'{first} >= 2 * {others[0]}'" if others else f"'{first} >= 0.5'"


def show_question(
    elicitation: Elicitation, record: dict[str, Any], before: dict[str, Any] | None
) -> None:
    """What is proven so far, and the next question."""
    from ..results.studies.elicit import tell_turn

    question = record["question"]
    click.echo()
    for line in tell_turn(elicitation.result.scenario, record, before):
        tell(line)
    tell(f"Question {question['number']}: which is worth more to you?")
    for side in ("a", "b"):
        tell(question[side], f"  {side}  ")


def tell(text: str, indent: str = "") -> None:
    """Prints a paragraph within the width of the terminal, its further lines indented alike."""
    width = min(shutil.get_terminal_size().columns, WIDTH)
    click.echo(click.wrap_text(printable(text), width, indent, " " * len(indent)))
