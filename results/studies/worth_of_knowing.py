"""What the value of information says: what knowing a figure before choosing is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ...inputs.figures import GROUP
from ...model.studies.figures.findings import FigureStudy, Worth
from ..charts import lines_and_bars
from ..sheet import BOOK, PAGE, SHOWN, Chart, Column, Record, Table, tidy
from .figure_titles import grounds_column, list_figure, name_figure, path_column
from .figures import MOST_FIGURES, begin_row, list_as_kept
from .words import Words, count, drop_empty, join_words, tell_text

TITLE = "What it would be worth to know"
SHORT = "Worth knowing"
DRAWN = frozenset({PAGE, BOOK})
"""Where there is room for what a screen has none for."""

WHO = "Who could know:"
"""What a note says before it names whom to ask."""


def tabulate_rows(study: FigureStudy) -> Record:
    """What knowing is worth, the most valuable first."""
    values = study.values
    if values is None:
        return {}
    every = tabulate_worth(values.everything)
    return {
        "counted": values.count,
        "failed": dict(values.failed),
        "options": len(values.choices),
        "evpi": every["evppi"],
        "evpi_se": every["se"],
        "evpi_bn": every["bn"],
        "points_per_bn": tidy(values.per_bn),
        "unpaid_share": tidy(values.unpaid),
        "missed_share": {id_: tidy(share) for id_, share in values.missed.items()},
        "figures": [
            begin_row(row.figure) | tabulate_worth(row)
            for row in values.figures
            if row.figure is not None
        ],
        "groups": [
            {
                "group": row.figure.title,
                "members": [member.path for member in row.figure.members],
                **tabulate_worth(row),
            }
            for row in values.groups
            if row.figure is not None
        ],
        "plans": [
            {
                "id": f"P{number}",
                "mean_gain": tidy(choice.mean_gain),
                "best_share": tidy(choice.best_share),
                "funded": list(choice.funded),
            }
            for number, choice in enumerate(values.choices, start=1)
        ],
    }


def tabulate_worth(worth: Worth) -> Record:
    """Points, their standard error, and the money that buys as many."""
    return {"evppi": tidy(worth.points), "se": tidy(worth.error), "bn": tidy(worth.bn)}


def tell(words: Words, record: Record) -> tuple[str, list[str], list[Table | Chart]]:
    """What knowing everything is worth, which studies would tell, then each figure and group."""
    groups = [{**row, "path": f"{GROUP}{row['group']}"} for row in record["groups"]]
    every = sorted((*groups, *record["figures"]), key=lambda row: -row["evppi"])
    worth = [row for row in every if row["evppi"] > row["se"]]
    shown = [
        list_figure(words, {"low": None, "high": None, **row})
        | {"evppi": row["evppi"], "se": row["se"], "money": row["bn"]}
        for row in worth
    ]
    pay = "more money buys nothing here"
    if record["evpi_bn"] is not None:
        pay = f"as much as {words.amount(record['evpi_bn'], 2)} more buys"
    verdict = (
        f"To know every figure before choosing would add {record['evpi']:.3f} points "
        f"(± {record['evpi_se']:.3f}): {pay}. All studies together are worth no more."
    )
    parts: list[Table | Chart] = [
        *list_studies(words, record),
        *draw_worth(shown),
        list_worth(words, shown, len(every) - len(worth)),
        list_plans(words, record),
    ]
    if record["groups"]:
        parts.append(list_as_kept("groups_voi", record["groups"]))
    return verdict, tell_choices(words, record), parts


def tell_choices(words: Words, record: Record) -> list[str]:
    """What is chosen today, and what a study would have to tell."""
    best, often = record["plans"][0], sum(plan["best_share"] for plan in record["plans"][1:])
    sentences = [
        (
            f"Of {count(len(record['plans']), 'plan')}, played in "
            f"{count(record['counted'], 'joint sample')} of all figures, the best on average gains "
            f"{best['mean_gain']:.3f} points there; in {often:.0%} of the samples another would "
            "have been the better choice."
        )
    ]
    failed = sum((record.get("failed") or {}).values())
    if failed:
        sentences.append(f"{count(failed, 'sample')} left out: no valid scenario comes of them.")
    first, *others = sorted(record["groups"], key=lambda row: -row["evppi"]) or [None]
    if first is not None and is_sure(first):
        paid = [row["group"] for row in others if is_sure(row)]
        then = f"then of {join_words(paid)}" if paid else "and of no other group surely"
        sentences.append(f"A study of {first['group']} pays first, {then}.")
    if not any(is_sure(row) for row in record["figures"]):
        sentences.append(
            "No figure alone is surely worth a study: none would change the choice enough."
        )
    return [*sentences, *tell_plays(words, record)]


def is_sure(row: Record) -> bool:
    """Whether a value is more than its error may make of nothing."""
    return bool(row["evppi"] > 2 * row["se"])


def list_studies(words: Words, record: Record) -> list[Table]:
    """The figures that are surely worth a study, what it may cost, and who could know."""
    shown = [
        {
            "figure": name_figure(words, row["path"], row.get("title") or ""),
            "money": row["bn"],
            "who": find_who_knows(words, row["path"]),
        }
        for row in record["figures"]
        if is_sure(row)
    ]
    if not shown:
        return []
    columns = [
        Column("figure", "a study of"),
        words.money_column("money", "worth", absent="-"),
        Column("who", "who could know", absent="nobody is named"),
    ]
    title = "Studies that would pay before deciding, the most valuable first"
    return [Table("studies_voi", title, columns, shown, most=MOST_FIGURES, on=SHOWN)]


def find_who_knows(words: Words, path: str) -> str:
    """Who could know an assumption, where its note says so after `Who could know:`."""
    own = words.scenario.assumptions.get(path.removeprefix("assumptions."))
    _, said, who = (own.note if own else "").partition(WHO)
    return who.strip().rstrip(".") if said else ""


def tell_plays(words: Words, record: Record) -> list[str]:
    """How often a plan could not be played, or was played though it missed a floor."""
    sentences = []
    if record["unpaid_share"] > 0:
        sentences.append(
            f"In {record['unpaid_share']:.1%} of all plays no part of a plan was within the "
            "limits of the sample, and it counts as nothing."
        )
    missed = record.get("missed_share") or {}
    if missed:
        limits = words.scenario.constraints
        named = "; ".join(
            f"{tell_text(limits[id_].title if id_ in limits else '') or id_} ({share:.1%} of plays)"
            for id_, share in missed.items()
        )
        sentences.append(f"Floors that plans missed in some plays, counted all the same: {named}.")
    return sentences


def list_worth(words: Words, rows: Sequence[Record], others: int) -> Table:
    """What each figure and each group is worth to know, and on what it rests today."""
    columns = [
        Column("figure", "to know before choosing"),
        Column("evppi", "adds", "points", "points", 4),
        Column("se", "±", "number", digits=4),
        words.money_column("money", "worth", absent="-"),
        replace(grounds_column(), on=DRAWN),
        path_column(),
    ]
    rest = (
        f" {count(others, 'other figure or group', 'other figures and groups')} cannot be told "
        "from nothing."
        if others
        else ""
    )
    return Table(
        "voi",
        "Figures and groups, the most valuable first",
        drop_empty(columns, rows),
        rows,
        note="Adds: to the gain on average, with the standard error of the estimate. Worth: "
        "the money that buys as many points at the margin, - where more buys nothing. They do not "
        f"add up: two figures that tell the same are each worth what both are.{rest}",
        most=MOST_FIGURES,
        on=SHOWN,
    )


def list_plans(words: Words, record: Record) -> Table:
    """The plans to choose among."""
    columns = [
        Column("id", "plan"),
        Column("mean_gain", "gains on average", "points", "points"),
        Column("best_share", "is best in", "share", digits=0),
        words.programmes_column("comes", "funds as well"),
        words.programmes_column("goes", "leaves out"),
    ]
    first, *_ = record["plans"]
    rows = [plan | words.change_cells(plan["funded"], first["funded"]) for plan in record["plans"]]
    note = (
        f"Against P1, which funds {words.list_programmes(first['funded'])}. Where nothing comes or "
        "goes, the same programmes get other amounts."
    )
    return Table("plans_voi", "Plans to choose among", columns, rows, note=note, on=DRAWN)


def draw_worth(rows: Sequence[Record]) -> list[Chart]:
    """Bars of what the most valuable figures and groups are worth to know."""
    bars = [
        {"name": tell_text(row["figure"], 60), "from": 0.0, "to": row["evppi"]}
        for row in rows[:MOST_FIGURES]
    ]
    if not bars:
        return []

    def draw(width: Any, legend: bool) -> Record:
        del legend
        return lines_and_bars.draw_bars(
            bars, "points", width, rule=0.0, room=lines_and_bars.LONG_LABELS
        )

    says = (
        f"Bars for the {len(bars)} figures and groups that are worth most to know; the longest is "
        f"{rows[0]['figure']}, {rows[0]['evppi']:.4f} points"
    )
    title = "What knowing a figure before choosing is worth"
    return [Chart("worth-of-knowing", title, says, draw, table="voi", is_wide=True)]
