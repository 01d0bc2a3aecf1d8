"""What a memo of one page says: the question, the answer, and what that rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..questions import list_answers
from ..runs.reported import Reported
from ..sheet import Chart, Record, Table
from .describe import describe
from .plan_charts import draw_areas
from .plan_tables import pick_doubtful
from .portfolios import CORE, EXTERIOR
from .rows import list_feeds, list_spending, sum_programmes
from .solve import SCALE, tell_gains, tell_plan
from .verdict import find_shares, tell_cut, tell_rests
from .words import Words, count, join_words

FEW = 3
"""Programmes named as robust, and as disputed."""

NOT_ASKED = "This was not asked for this memo: {command} would tell."


@dataclass(frozen=True)
class Part:
    """A heading with its sentences, and a table and a chart where it has them."""

    heading: str
    sentences: tuple[str, ...]
    table: Table | None = None
    chart: Chart | None = None


@dataclass(frozen=True)
class Memo:
    """A memo: its title, where it comes from, and its parts in their order."""

    title: str
    of: str
    parts: tuple[Part, ...]


def write_memo(one: Reported) -> Memo:
    """The memo of a plan and of the studies kept beside it."""
    words, record = Words(one.scenario), one.record
    if record is None:
        lacking = "This run holds no plan; stratafolio solve with the same --out adds one."
        return Memo(words.title, tell_origin(one), (Part("The question", (ask(words), lacking)),))
    sheet = describe(one_command(record), one.scenario, record)
    tables = {table.name: table for table in sheet.parts if isinstance(table, Table)}
    feeds = list_feeds(one.scenario, record)
    spending = draw_areas(words, record)
    lacking = sheet.completeness.tell()
    clash = [sheet.verdict] if record.get("clash") else []
    return Memo(
        words.title,
        tell_origin(one),
        (
            Part("The question", (ask(words),)),
            Part(
                "The recommendation",
                (
                    *filter(None, [lacking, *clash]),
                    tell_plan(words, record),
                    tell_gains(record),
                    SCALE,
                ),
                tables.get("areas_by_year") or tables.get("areas"),
                spending,
            ),
            Part("What it rests on", tell_rests(words, record, feeds)),
            Part("Robust and disputed", tell_robust(words, one.studies, record)),
            Part("What would change the answer", tell_changes(one)),
            Part("What to doubt first", tell_doubts(words, record, feeds)),
        ),
    )


def tell_origin(one: Reported) -> str:
    """Which scenario a memo is about, and where its numbers come from."""
    return f"{one.label}: {one.origin}."


def one_command(record: Record) -> str:
    """The command whose record a plan is."""
    return "evaluate" if record["status"] == "given" else "solve"


def ask(words: Words) -> str:
    """The question that a scenario puts."""
    scenario = words.scenario
    years, layers = scenario.years, count(len(scenario.layers), "layer")
    return (
        f"How to split a budget over {join_words(list(words.areas.values()))}, "
        f"{count(len(scenario.instruments), 'programme')} in FY{years.first}-{years.last}, so that "
        f"the {words.lead} in {layers}, weighed together until {years.score_until}, gains most?"
    )


def tell_robust(words: Words, studies: Mapping[str, Record], record: Record) -> tuple[str, ...]:
    """Programmes funded whatever counts, and those that depend on it, largest first."""
    shares = find_shares(studies)
    if shares is None:
        return (NOT_ASKED.format(command="stratafolio sensitivity map"),)
    totals = sum_programmes(list_spending(words.scenario, record))
    order = sorted(shares, key=lambda id_: -totals.get(id_, 0.0))
    always = [words.programmes[id_] for id_ in order if shares[id_] >= CORE][:FEW]
    between = [
        f"{words.programmes[id_]} ({shares[id_]:.0%})"
        for id_ in sorted(shares, key=lambda id_: abs(shares[id_] - 0.5))
        if EXTERIOR < shares[id_] < CORE
    ][:FEW]
    return (
        f"Funded under {CORE:.0%} of all weightings or more, the largest: {join_words(always)}."
        if always
        else "No programme is funded under nearly all weightings.",
        f"Disputed, with the share of weightings that fund them: {join_words(between)}."
        if between
        else "No programme depends on the weights.",
        tell_cut(studies),
    )


ASKED = {
    "sensitivity flip": "Weights",
    "sensitivity map": "All weights",
    "sensitivity budget": "Money",
    "sensitivity inputs tornado": "Figures",
    "sensitivity inputs breakeven": "Turning points",
    "alternatives": "Plans nearly as good",
    "robust": "Futures",
    "sensitivity stakeholders": "People",
}
"""Studies that tell what would change the answer."""


def tell_changes(one: Reported) -> tuple[str, ...]:
    """The answer of each study that tells what would change the plan."""
    told, answers = [], list_answers()
    for answer, what in ASKED.items():
        if answer in one.studies:
            sheet = describe(answers[answer], one.scenario, one.studies[answer])
            told.append(f"{what}: {' '.join(sheet.lines[: 1 + (not sheet.completeness.is_whole)])}")
    if told:
        return tuple(told)
    commands = "stratafolio sensitivity flip (weights), budget (money) and inputs (figures)"
    return (NOT_ASKED.format(command=commands),)


def tell_doubts(words: Words, record: Record, feeds: list[Record]) -> tuple[str, ...]:
    """The doubtful effects that carry most of the gain, with their ranges."""
    doubtful = [row for row in pick_doubtful(words, feeds) if row["gain"] > 0]
    told = []
    for row in doubtful[:FEW]:
        own = words.scenario.effects[row["effect"]]
        ends = own.ranges.get("points")
        spread = f", which may lie between {ends.low:g} and {ends.high:g}" if ends else ""
        share = row["gain"] / record["gain"]
        told.append(
            f"What {words.programmes[own.instrument]} does for {words.layers[own.layer]}: "
            f"{own.points:g} points at most{spread}; {share:.0%} of the gain."
        )
    return tuple(told) or ("No effect that carries the gain is marked as doubtful.",)
