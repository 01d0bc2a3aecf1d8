"""What `sensitivity budget` says: the best plan as the money moves, what to cut and to add."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from ...inputs.scenario import Scenario
from ...model.studies.budget.findings import BudgetFindings, Step
from ..charts import lines_and_bars
from ..sheet import SCREEN, SHOWN, TIDY, Chart, Column, Completeness, Record, Sheet, Table, tidy
from ..titles import name_all
from .words import Words, colour_titles, count, list_changes, tell_counts, tell_effort

Width = Any


def tabulate(budget: BudgetFindings) -> Record:
    """Everything `sensitivity budget --json` promises; points and money a year."""
    spent = sum(sum(years.values()) for years in budget.plan.values())
    return {
        "scenario": budget.scenario.name,
        "title": budget.scenario.title,
        "from": budget.lower,
        "to": budget.upper,
        "tolerance": budget.tolerance,
        "proven": tidy(budget.proven),
        "exact": budget.is_exact,
        "complete": budget.effort.is_complete,
        "proven_share": tidy(budget.proven_share),
        "curve": [[tidy(p.budget), tidy(p.gain), tidy(p.bound)] for p in budget.curve],
        "intervals": list_intervals(budget),
        "plan": {
            "gain": tidy(budget.gain),
            "funded": list(budget.plan),
            "spending_bn": tidy(spent),
            "spending": {
                i: {str(year): tidy(bn) for year, bn in years.items()}
                for i, years in budget.plan.items()
            },
        },
        "cut_list": [tabulate_step(step, 1) for step in budget.cuts],
        "cut_list_ends": budget.cuts_stop,
        "add_list": [tabulate_step(step, -1) for step in budget.adds],
        "add_list_ends": budget.adds_stop,
        "solves": budget.effort.solves,
        "linear_solves": budget.effort.linear_solves,
        "seconds": round(budget.effort.seconds, 3),
        **({"notes": dict(budget.notes)} if budget.notes else {}),
    }


def list_intervals(budget: BudgetFindings) -> list[Record]:
    """The stretches over which one funded set stays, with who comes and goes."""
    rows: list[Record] = []
    before: tuple[str, ...] = ()
    for stretch in budget.stretches:
        enters, leaves = list_changes(stretch.funded, before)
        rows.append(
            {
                "from_bn": tidy(stretch.lower),
                "to_bn": tidy(stretch.upper),
                "funded": list(stretch.funded),
                "gain_from": tidy(stretch.gain_lower),
                "gain_to": tidy(stretch.gain_upper),
                # What more is worth is not known where a set's gain at an end is not the best.
                "worth_per_bn": None if stretch.proven is None else tidy(stretch.worth),
                "proven": tidy(stretch.proven),
                "enters": enters if rows else [],
                "leaves": leaves,
            }
        )
        before = stretch.funded
    return rows


def tabulate_step(step: Step, sign: int) -> Record:
    """A step of the cut list; of the add list where `sign` is -1: it saves less than nothing."""
    return {
        "instrument": step.instrument,
        "saves_bn": tidy(sign * step.money),
        "loses_points": tidy(sign * step.points),
        "loss_against_free": tidy(step.behind),
        "loss_at_most": tidy(step.behind_at_most),
        "loss_share": tidy(step.share),
        "points_per_bn": tidy(step.points / step.money) if step.money else None,
        "gain_after": tidy(step.gain),
        "money_after_bn": tidy(step.total),
    }


def describe(scenario: Scenario, record: Record, findings: Any = None) -> Sheet:
    """The gain and the funded sets between two budgets, and both lists."""
    del findings
    words = Words(scenario)
    return Sheet(
        name="sensitivity-budget",
        title=words.title,
        of=scenario.name,
        heading="If there is more or less money",
        short="Budget",
        verdict=tell_range(words, record),
        sentences=[tell_proof(record), *tell_first_sets(words, record)],
        parts=[
            list_sets(words, record),
            *draw_curve(words, record),
            *draw_programmes(scenario, words, record),
            *(list_steps(words, record, which) for which in LISTS),
            *list_data(words, record),
        ],
        notes=[
            *tell_empty(words, record),
            *(f"Note: {note}." for note in (record.get("notes") or {}).values()),
        ],
        effort=tell_effort(record) if "linear_solves" in record else "",
        completeness=Completeness(record.get("complete", True), proven=tell_open(record)),
    )


def tell_range(words: Words, record: Record) -> str:
    """What the range of budgets does to the gain, in a sentence."""
    curve = record["curve"]
    if not curve:
        return "What the best gain is at which budget is not known."
    (lower, first, *_), (upper, last, *_) = curve[0], curve[-1]
    known = "" if record.get("proven_share", 1) == 1 else " known"
    if first is None or last is None:
        told = [
            f"{'not known' if gain is None else f'{gain:.3f} points'} at {tell_budget(words, bn)}"
            for bn, gain in ((lower, first), (upper, last))
        ]
        return f"The best gain{known} is {told[0]} a year, and {told[1]}."
    return (
        f"From {tell_budget(words, lower)} to {tell_budget(words, upper)} a year the best "
        f"gain{known} goes from {first:.3f} to {last:.3f} points."
    )


def tell_budget(words: Words, bn: float) -> str:
    """A yearly budget without needless digits."""
    return words.amount(bn, 0 if float(bn).is_integer() else 2)


def tell_proof(record: Record) -> str:
    """How far the curve and the funded sets are proven."""
    share, tolerance = record.get("proven"), record["tolerance"]
    if record.get("exact") and record.get("proven_share") == 1:
        return f"The curve is exact: straight between {count(len(record['curve']), 'breakpoint')}."
    if "proven" not in record:
        return "Each funded set stays within the tolerance of the best gain over its whole stretch."
    if share is None:
        return "How good the funded sets are is not known: the time was over before."
    if share > tolerance * (1 + 1e-6):
        return (
            f"Each funded set is proven to stay within {share:.2%} of the best gain over its whole "
            f"stretch, not within {tolerance:.2%}: the time was over before."
        )
    return (
        f"Each funded set stays within {tolerance:.2%} of the best gain over its whole stretch "
        f"(proven: {share:.3%})."
    )


def tell_open(record: Record) -> str:
    """How much of the range, and how many steps, there was time for."""
    told = "The time was over"
    if record.get("proven_share") is not None:
        # Rounded down: all of it is proven only where nothing of it is open.
        told += f" with {int(100 * record['proven_share'])}% of the range of budgets proven"
    steps = [*record["cut_list"], *record["add_list"]]
    known = sum(step.get("loss_against_free") is not None for step in steps)
    if known < len(steps):
        of, held = f"of {count(len(steps), 'step')}", "held against the best plan"
        told += f"; {tell_counts((known, f'{of} was {held}', f'{of} were {held}'))}"
    return f"{told}."


def tell_first_sets(words: Words, record: Record) -> list[str]:
    """What is funded from the least budget on."""
    if not record["intervals"]:
        return []
    first = record["intervals"][0]
    names = words.list_programmes(first["funded"], "nothing")
    start, end = (tell_budget(words, first[key]) for key in ("from_bn", "to_bn"))
    return [f"From {start} to {end} a year, fund: {names}."]


def list_sets(words: Words, record: Record) -> Table:
    """A row for each stretch: budgets, gains, worth of more money, who comes and goes."""
    intervals: Sequence[Record] = record["intervals"]
    known = "gain" if record.get("proven_share", 1) == 1 else "gain known"
    rows = [
        {
            **row,
            "ends": [row["from_bn"], row["to_bn"]],
            "gains": [row["gain_from"], row["gain_to"]],
            "funds": len(row["funded"]),
            **words.change_cells(row["funded"], intervals[max(0, at - 1)]["funded"]),
        }
        for at, row in enumerate(intervals)
    ]
    columns = [
        Column("ends", "budget a year", "range", words.money),
        Column("gains", known, "range", "points", 3),
        Column("worth_per_bn", "worth of more", "number", f"points per {words.money}", 4),
        Column("worth_per_bn", "", "bar", on=frozenset({SCREEN})),
        Column("funds", "funds", "count"),
        *words.change_columns("beside the one above", "comes in", "goes out"),
    ]
    return Table("intervals", "Funded sets as the budget moves", columns, rows, on=SHOWN)


LISTS = {
    "cut": ("Cut list: what to cut first, the fewest points for the money", "saves", "loses"),
    "add": ("Add list: what to add first, the most points for the money", "costs", "gains"),
}
"""Title and verbs of each list."""


def list_steps(words: Words, record: Record, which: str) -> Table:
    """One list: what goes or comes, its money and points, and what a free hand gains."""
    title, saves, loses = LISTS[which]
    ends = record.get(f"{which}_list_ends")
    rows = [
        {
            **step,
            "step": number,
            "saves_bn": abs(step["saves_bn"]),
            "loses_points": None if step["loses_points"] is None else abs(step["loses_points"]),
        }
        for number, step in enumerate(record[f"{which}_list"], 1)
    ]
    columns = [
        Column("step", "step", "count"),
        words.programme_column("instrument"),
        words.money_column("saves_bn", saves),
        Column("loses_points", loses, "points", "points"),
        Column("points_per_bn", "each", "number", f"points per {words.money}", 4),
        words.money_column("money_after_bn", "then spends", 1),
        Column("gain_after", "then gains", "points", "points"),
        Column("loss_against_free", "behind", "points", "points"),
        Column("loss_share", "behind", "share", "of the gain"),
    ]
    note = (
        "Whole programmes, from today's plan on. Behind: what the plan that one would choose "
        "freely for the same money gains more."
    )
    if ends:
        note += f" It ends there: {name_ids(ends, words.programmes)}."
    return Table(f"{which}_list", title, columns, rows, note, on=SHOWN)


def tell_empty(words: Words, record: Record) -> list[str]:
    """Why a list has no steps."""
    return [
        f"There is nothing to {which}: {name_ids(ends, words.programmes)}."
        for which in LISTS
        if not record[f"{which}_list"] and (ends := record.get(f"{which}_list_ends"))
    ]


def name_ids(text: str, titles: Mapping[str, str]) -> str:
    """A sentence with titles in place of ids.

    >>> name_ids("adding any of grid, labs gains too little", {"grid": "Power lines"})
    'adding any of Power lines, labs gains too little'
    """
    return re.sub(r"\w+", lambda word: titles.get(word[0], word[0]), text)


def list_data(words: Words, record: Record) -> list[Table]:
    """The curve, the intervals and both lists as data."""
    curve = [{"bn": bn, "gain": gain, "bound": bound} for bn, gain, bound in record["curve"]]
    sets = ("funded", "enters", "leaves")
    intervals = [
        {**row, **{word: " ".join(row[word]) for word in sets}} for row in record["intervals"]
    ]
    steps = [
        {"list": name, "step": number, **step}
        for name in LISTS
        for number, step in enumerate(record[f"{name}_list"], 1)
    ]
    points = partial(Column, show="points", unit="points")
    curve_columns = [words.money_column("bn", "budget a year"), points("gain", "gain")]
    curve_columns.append(points("bound", "at most"))
    interval_columns = [
        words.money_column("from_bn", "from"),
        words.money_column("to_bn", "to"),
        points("gain_from", "gain from"),
        points("gain_to", "gain to"),
        Column("worth_per_bn", "worth of more", "number"),
        Column("proven", "proven", "share"),
        *(Column(word, word) for word in sets),
    ]
    step_columns = [
        Column("list", "list"),
        Column("step", "step", "count"),
        Column("instrument", "programme"),
        words.money_column("saves_bn", "saves"),
        points("loses_points", "loses"),
        Column("points_per_bn", "each", "number"),
        points("loss_against_free", "behind"),
        points("loss_at_most", "behind at most"),
        Column("loss_share", "behind", "share"),
        points("gain_after", "then gains"),
        words.money_column("money_after_bn", "then spends"),
    ]
    return [
        Table("curve", "", curve_columns, curve, on=TIDY),
        Table("intervals", "", interval_columns, intervals, on=TIDY),
        Table("steps", "", step_columns, steps, on=TIDY),
    ]


def draw_curve(words: Words, record: Record) -> list[Chart]:
    """The best gain as the budget moves."""
    points = [{"x": bn, "y": gain} for bn, gain, *_ in record["curve"] if gain is not None]
    if not points:
        return []
    titles = [f"yearly budget, {words.money}", "gain, points"]

    def draw(width: Width, legend: bool) -> Record:
        del legend
        return lines_and_bars.draw_curve(points, titles, width)

    title = "The best gain as the budget moves"
    says = f"A curve of {count(len(points), 'point')}. {tell_range(words, record)}"
    return [Chart("budget-curve", title, says, draw, table="intervals")]


def draw_programmes(scenario: Scenario, words: Words, record: Record) -> list[Chart]:
    """Between which budgets each programme is funded."""
    bars = join_stretches(scenario, words, record["intervals"])
    if not bars:
        return []
    colours = colour_titles(words.scenario)

    def draw(width: Width, legend: bool) -> Record:
        del legend
        return lines_and_bars.draw_bars(
            bars, f"yearly budget, {words.money}", width, colours=colours
        )

    title = "Between which budgets each programme is funded"
    says = "Bars by programme, those that come in first on top"
    return [Chart("budget-programmes", title, says, draw, table="intervals")]


def join_stretches(scenario: Scenario, words: Words, intervals: Sequence[Record]) -> list[Record]:
    """Where each programme is funded, stretches that touch joined; the first to come in first."""
    labels, areas = name_all(words.scenario.instruments), name_all(words.scenario.areas)
    bars: list[Record] = []
    latest: dict[str, Record] = {}
    for row in intervals:
        for id_ in row["funded"]:
            last = latest.get(id_)
            if last and abs(last["to"] - row["from_bn"]) < 1e-6:
                last["to"] = row["to_bn"]
                continue
            area = areas[scenario.instruments[id_].area]
            bar = {"name": labels[id_], "area": area}
            latest[id_] = {**bar, "from": row["from_bn"], "to": row["to_bn"]}
            bars.append(latest[id_])
    return sorted(bars, key=lambda bar: float(bar["from"]))
