"""What `elicit` says: the next question, what was answered, and what is proven by then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from ...inputs.scenario import Scenario
from ...model.equations.whole_amounts import HALF
from ...model.studies.elicit.findings import Interviewed, Offer, TradeOff, Utterance
from ..charts import lines_and_bars
from ..sheet import SHOWN, TIDY, Chart, Column, Completeness, Record, Sheet, Table, tidy
from .portfolios import tidy_all, total_areas, total_instruments
from .words import Words, capitalise, count, tell_counts, tell_effort

ENDED = {
    "tolerance": "It is proven as well as was asked for.",
    "questions": "As many questions were asked as were allowed.",
    "no question": "No further question would help.",
    "time": "There was no time to tell whether a further question would help.",
    None: "It is not over.",
}
"""Why an interview ended."""

CUT_SHORT = (
    "The time was over: what is proven of the portfolio holds, but with more time more might be "
    "proven of it, or another be found that loses less."
)

MOST_TOLD = 5
"""Programmes named in a sentence."""

TOLD = {"a": "a", "b": "b", "same": "about the same", "skip": "cannot say"}
"""Answers in words."""


# The record -----------------------------------------------------------------------------------


def tabulate(scenario: Scenario, found: Interviewed) -> Record:
    """Everything `elicit --json` promises."""
    words = Words(scenario)
    plan = found.portfolio.plan
    layers = list(scenario.layers)
    return {
        "scenario": scenario.name,
        "title": scenario.title,
        "tolerance": tidy(found.tolerance),
        "questions": found.most_questions,
        "where": list(found.where),
        "done": found.question is None,
        "ended": found.ended,
        "complete": not found.is_cut_short,
        "question": found.question
        and {"number": found.asked + 1, **tabulate_question(words, found.question)},
        "answers": [entry for reply in found.replies for entry in tabulate_reply(words, reply)],
        "statements": list(found.statements),
        "asked": found.asked,
        "portfolio": {
            "areas": tidy_all(total_areas(scenario, plan)),
            "funded": list(plan),
            "spending": tidy_all(total_instruments(scenario, plan)),
            "by_year": {
                i: {str(year): tidy(bn) for year, bn in years.items()} for i, years in plan.items()
            },
        },
        "certified_regret": tidy(found.certificate.regret),
        "certified_points": tidy(found.certificate.points),
        "weights": dict(zip(layers, map(tidy, found.weights.tolist()), strict=True)),
        "weight_ranges": {
            layer: [tidy(least), tidy(most)]
            for layer, least, most in zip(
                layers, found.least.tolist(), found.most.tolist(), strict=True
            )
        },
        "settled": {"funded": list(found.funded), "not_funded": list(found.not_funded)},
        "history": [tidy(regret) for regret in found.history],
        "bank": found.taken,
        "solves": found.solves,
        "linear_solves": found.linear_solves,
        "seconds": round(found.seconds, 3),
    }


def tabulate_question(words: Words, question: TradeOff) -> Record:
    """Both offers in words, and what each answer says of the weights."""
    return {
        "kind": question.kind,
        "a": tell_offer(words, question.a, question.kind),
        "b": tell_offer(words, question.b, question.kind),
        "statement_if_a": question.statement_if_a,
        "statement_if_b": question.statement_if_b,
        "statements_if_same": list(question.statements_if_same),
    }


def tabulate_reply(words: Words, reply: Utterance) -> list[Record]:
    """A reply as an entry of a list of answers: it may be given as one."""
    if reply.trade_off is None or reply.number is None:
        return [{"statement": text} for text in reply.statements]
    asked = tabulate_question(words, reply.trade_off)
    return [{"question": reply.number, "answer": reply.answer, **asked}]


def tell_offer(words: Words, offer: Offer, kind: str) -> str:
    """One side of a trade-off in natural units."""
    told = [tell_amount(words, layer, amount) for layer, amount in offer.units.items()]
    listed = " and ".join(filter(None, [", ".join(told[:-1]), told[-1]]))
    return listed if kind == "layers" else f"a plan that brings {listed}"


def tell_amount(words: Words, layer: str, amount: float) -> str:
    """So much more in a layer, in its unit or in points."""
    own = words.scenario.layers[layer]
    unit = (own.unit or "units") if own.points_per_unit else "points"
    return f"{name_units(amount, unit)} more in {words.layers[layer]}"


def name_units(amount: float, unit: str) -> str:
    """An amount with its unit.

    >>> name_units(1, "percentage points"), name_units(3, "months"), name_units(0.5, "doublings")
    ('1 percentage point', '3 months', 'half a doubling')
    """
    single = unit.removesuffix("s")
    if amount == HALF:
        return f"half {'an' if single[:1] in 'aeiou' else 'a'} {single}"
    return f"{amount:,.0f} {single if amount == 1 else unit}"


# The sheet ------------------------------------------------------------------------------------


def describe(scenario: Scenario, record: Record, findings: Any = None) -> Sheet:
    """What is proven, the next question, and what was said."""
    del findings
    words = Words(scenario)
    return Sheet(
        name="elicit",
        title=words.title,
        of=scenario.name,
        short="Interview",
        heading="What the answers prove",
        verdict=tell_proven(record),
        sentences=[tell_end(record), *tell_question(record), tell_settled(words, record)],
        parts=[
            list_plan(words, record),
            list_weights(words, record),
            *list_answers(record),
            *draw_progress(record),
            *list_tidy(words, record),
        ],
        effort=tell_effort(record),
        completeness=Completeness(record["complete"], proven=CUT_SHORT),
    )


def tell_proven(record: Record) -> str:
    """What is proven of the portfolio, in a sentence."""
    agree = "that agrees with what was said" if is_anything_said(record) else "there is"
    return (
        f"Proven: the portfolio below loses at most {record['certified_regret']:.2%} of the best "
        f"gain ({record['certified_points']:.3f} points) under every weighting {agree}."
    )


def is_anything_said(record: Record) -> bool:
    """Whether an answer or a statement leaves out some weightings."""
    return bool(record["statements"] or record["where"])


def tell_end(record: Record) -> str:
    """How many questions were answered, and why it ended or goes on."""
    texts = ("question was answered", "questions were answered")
    return (
        f"{capitalise(tell_counts((record['asked'], *texts), none='no'))}. {ENDED[record['ended']]}"
    )


def tell_question(record: Record) -> list[str]:
    """The next question."""
    question = record["question"]
    if question is None:
        return []
    told = (
        f"Question {question['number']}: which is worth more, (a) {question['a']}, or "
        f"(b) {question['b']}?"
    )
    return [told]


def tell_turn(scenario: Scenario, record: Record, before: Record | None = None) -> list[str]:
    """What a person is told before a question: what is proven, what is settled, how far it is.

    `before`: the record at the question before, if there was one.
    """
    words = Words(scenario)
    settled = record["settled"]
    left = record["questions"] - record["asked"]
    weights = "weights fit what was said" if is_anything_said(record) else "the weights"
    proven = (
        f"One plan is proven to lose at most {record['certified_regret']:.1%} of the best gain, "
        f"whatever {weights}. The goal is {record['tolerance']:.1%}; at most "
        f"{count(left, 'more question')}."
    )
    known = (
        "In the best plans known for such weights "
        f"{count_settled(settled, len(scenario.instruments))}."
    )
    lines = [proven, known]
    for kind, often in (("funded", "always"), ("not_funded", "never")):
        fresh = [i for i in settled[kind] if before and i not in before["settled"][kind]]
        if fresh:
            lines.append(f"Now {often} funded: {list_titles(words, fresh)}.")
    return lines


def list_titles(words: Words, instruments: Sequence[str]) -> str:
    """Programmes by title, of many the first."""
    told = [words.programmes[i] for i in instruments[:MOST_TOLD]]
    if len(instruments) > MOST_TOLD:
        told.append(f"{len(instruments) - MOST_TOLD} more")
    return " and ".join(filter(None, [", ".join(told[:-1]), told[-1]]))


def tell_settled(words: Words, record: Record) -> str:
    """How many programmes the answers leave no doubt about."""
    settled = record["settled"]
    return (
        "In the best known plans under the weightings that are left, "
        f"{count_settled(settled, len(words.scenario.instruments))}."
    )


def count_settled(settled: Record, there_are: int) -> str:
    """How many programmes are always funded, never, and in some plans.

    >>> count_settled({"funded": ["grid"], "not_funded": []}, 3)
    '1 programme is always funded, 2 in some'
    """
    funded, left = len(settled["funded"]), len(settled["not_funded"])
    return tell_counts(
        (funded, "programme is always funded", "programmes are always funded"),
        (left, "never"),
        (there_are - funded - left, "in some"),
        none="no",
    )


def list_plan(words: Words, record: Record) -> Table:
    """What the portfolio spends, and which programmes are settled."""
    settled = record["settled"]
    state = {
        **dict.fromkeys(settled["funded"], "always"),
        **dict.fromkeys(settled["not_funded"], "never"),
    }
    spending = record["portfolio"]["spending"]
    rows = [
        {"id": i, "bn": spending.get(i, 0.0), "state": state.get(i, "may be")}
        for i in words.scenario.instruments
    ]
    columns = [
        words.programme_column(),
        words.money_column("bn", "spent in all years"),
        Column("state", "funded"),
    ]
    note = "Funded: in the best known plans under weightings that agree with what was said."
    return Table("portfolio", "The portfolio", columns, rows, note=note, on=SHOWN)


def list_weights(words: Words, record: Record) -> Table:
    """Which weights agree with what was said."""
    rows = [
        {
            "layer": layer,
            "middle": record["weights"][layer],
            "least": ends[0],
            "most": ends[1],
        }
        for layer, ends in record["weight_ranges"].items()
    ]
    columns = [
        words.layer_column(),
        Column("least", "least", "share"),
        Column("middle", "middle", "share"),
        Column("most", "most", "share"),
    ]
    return Table("weights", "Weights that agree with what was said", columns, rows)


def list_answers(record: Record) -> list[Table]:
    """What was asked and answered."""
    rows = [
        {
            "number": entry.get("question", ""),
            "a": entry.get("a", ""),
            "b": entry.get("b", ""),
            "answer": TOLD.get(entry.get("answer", ""), entry.get("statement", "")),
        }
        for entry in record["answers"]
    ]
    if not rows:
        return []
    columns = [
        Column("number", "no.", "count"),
        Column("a", "a"),
        Column("b", "b"),
        Column("answer", "answer"),
    ]
    return [Table("answers", "What was said", columns, rows, on=SHOWN)]


def draw_progress(record: Record) -> list[Table | Chart]:
    """How the proven regret fell."""
    history = record["history"]
    rows = [{"replies": at, "regret": regret} for at, regret in enumerate(history)]
    table = Table(
        "progress",
        "What was proven after each reply",
        [
            Column("replies", "replies", "count"),
            Column("regret", "regret at most", "share", digits=2),
        ],
        rows,
    )
    if len(history) < 2:
        return [table]
    points = [{"x": row["replies"], "y": 100 * row["regret"]} for row in rows]
    says = (
        f"The largest regret proven falls from {history[0]:.1%} to {history[-1]:.1%} "
        f"in {count(len(history) - 1, 'reply', 'replies')}"
    )
    chart = Chart(
        "interview", "What was proven after each reply", says, partial(draw_history, points),
        table="progress",
    )  # fmt: skip
    return [table, chart]


def draw_history(points: Sequence[Mapping[str, Any]], width: Any, legend: bool) -> Record:
    """A line through the regret proven after each reply."""
    del legend
    return lines_and_bars.draw_curve(points, ["replies", "regret at most, per cent"], width)


def list_tidy(words: Words, record: Record) -> list[Table]:
    """The portfolio and the statements as rows: for CSV files and data frames."""
    spending = [
        {"instrument": i, "year": int(year), "bn": bn}
        for i, years in record["portfolio"]["by_year"].items()
        for year, bn in years.items()
    ]
    said = [{"statement": text} for text in record["statements"]]
    return [
        Table(
            "spending",
            "",
            [
                words.programme_column("instrument"),
                Column("year", "year", "count"),
                words.money_column("bn", "spent"),
            ],
            spending,
            on=TIDY,
        ),
        Table("statements", "", [Column("statement", "statement")], said, on=TIDY),
    ]
