"""What the value of information says: what knowing a figure before choosing is worth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...inputs.figures import GROUP
from ...model.studies.figures.findings import FigureStudy, Worth
from ..charts import vega
from ..sheet import BOOK, PAGE, SHOWN, Chart, Column, Record, Table, tidy
from .figure_titles import grounds_column, list_figure, name_figure, path_column
from .figures import MOST_FIGURES, begin_row, list_as_kept
from .words import Words, count, drop_empty, tell_text

TITLE = "What it would be worth to know"


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
    """What knowing everything is worth, then each figure and each group."""
    groups = [{**row, "path": f"{GROUP}{row['group']}"} for row in record["groups"]]
    worth = [row for row in (*groups, *record["figures"]) if row["evppi"]]
    shown = [
        list_figure(words, {"low": None, "high": None, **row})
        | {"evppi": row["evppi"], "se": row["se"], "money": row["bn"]}
        for row in sorted(worth, key=lambda row: -row["evppi"])
    ]
    pay = "more money buys nothing here"
    if record["evpi_bn"] is not None:
        pay = f"as much as {words.amount(record['evpi_bn'], 2)} more buys"
    verdict = (
        f"To know every figure before choosing would add {record['evpi']:.3f} points "
        f"(± {record['evpi_se']:.3f}): {pay}."
    )
    parts: list[Table | Chart] = [*draw_worth(shown), list_worth(words, shown)]
    parts.append(list_plans(words, record))
    if record["groups"]:
        parts.append(list_as_kept("groups_voi", record["groups"]))
    return verdict, tell_choices(words, record), parts


def tell_choices(words: Words, record: Record) -> list[str]:
    """What is chosen today, what a study would have to tell, and what could not be paid for."""
    best, often = record["plans"][0], sum(plan["best_share"] for plan in record["plans"][1:])
    sentences = [
        (
            f"One of {count(len(record['plans']), 'plan')} is chosen today. Over "
            f"{count(record['counted'], 'joint sample')} the best on average gains "
            f"{best['mean_gain']:.3f} points, and in {often:.0%} of them another would have been "
            "the better choice."
        )
    ]
    failed = sum((record.get("failed") or {}).values())
    if failed:
        sentences.append(f"{count(failed, 'sample')} left out: no valid scenario comes of them.")
    sure = [row for row in record["figures"] if row["evppi"] > 2 * row["se"]]
    names = [name_figure(words, row["path"], row.get("title") or "") for row in sure[:3]]
    if names:
        sentences.append(f"A study pays that tells, before the others: {'; '.join(names)}.")
    else:
        sentences.append(
            "No figure alone is surely worth a study: none would change the choice enough."
        )
    if record["unpaid_share"] > 0:
        sentences.append(
            f"In {record['unpaid_share']:.1%} of all plays a plan could not be paid for, and "
            "counts as nothing."
        )
    return sentences


def list_worth(words: Words, rows: Sequence[Record]) -> Table:
    """What each figure and each group is worth to know, and on what it rests today."""
    columns = [
        Column("figure", "to know before choosing"),
        Column("evppi", "adds", "points", "points", 4),
        Column("se", "±", "number", digits=4),
        words.money_column("money", "as much as", absent="-"),
        grounds_column(),
        path_column(),
    ]
    return Table(
        "voi",
        "Figures and groups, the most valuable first",
        drop_empty(columns, rows),
        rows,
        note="Adds: to the gain on average, with the standard error of the estimate. As much as: "
        "the money that buys as many points at the margin; - where more buys nothing.",
        most=MOST_FIGURES,
        on=SHOWN,
    )


def list_plans(words: Words, record: Record) -> Table:
    """The plans to choose among."""
    columns = [
        Column("id", "plan"),
        Column("mean_gain", "gains on average", "points", "points"),
        Column("best_share", "is best in", "share", digits=0),
        words.programmes_column("funded", "funds"),
    ]
    on = frozenset({PAGE, BOOK})
    return Table("plans_voi", "Plans to choose among", columns, record["plans"], on=on)


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
        return vega.draw_bars(bars, "points", width, rule=0.0)

    says = (
        f"Bars for the {len(bars)} figures and groups that are worth most to know; the longest is "
        f"{rows[0]['figure']}, {rows[0]['evppi']:.4f} points"
    )
    title = "What knowing a figure before choosing is worth"
    return [Chart("worth-of-knowing", title, says, draw, table="voi")]
