"""The study of the budget on a terminal."""

from __future__ import annotations

import math

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..model.studies.budget.findings import BudgetFindings, Step
from .budget_range import list_intervals
from .screen import draw_bar, make_table, open_console, plain

NAMED = 3
"""Programmes that a cell names before it counts the rest."""


def show_budget(found: BudgetFindings) -> None:
    """Prints how the gain and the funded set move with the budget, then both lists."""
    console = open_console()
    console.print(headline(found))
    console.print()
    console.print(interval_table(found))
    console.print(name_first(found))
    show_steps(console, found, "Cut list: fewest points per dollar first", found.cuts, 1)
    console.print(plain(f"It ends there: {found.cuts_stop}.", 400))
    show_steps(console, found, "Add list: most points per dollar first", found.adds, -1)
    console.print(plain(f"It ends there: {found.adds_stop}.", 400))
    for note in found.notes.values():
        console.print(plain(f"Note: {note}.", 400))
    console.print()
    console.print(tell_effort(found))


def tell_known(value: float | None, form: str) -> str:
    """A figure in a form; in words where time ran out before it was known.

    >>> tell_known(1.25, ".1f"), tell_known(None, ".1f"), tell_known(float("-inf"), ".1f")
    ('1.2', 'not known', 'not known')
    """
    return "not known" if value is None or not math.isfinite(value) else format(value, form)


def headline(found: BudgetFindings) -> Text:
    """What the range does to the gain, in a few lines."""
    scenario = found.scenario
    title = plain(scenario.title or scenario.name)
    title.stylize("bold")
    low, high = found.curve[0], found.curve[-1]
    known = "" if found.proven_share == 1 else " known"
    text = Text.assemble(title, f"  [{scenario.name}]\n")
    text.append(
        f"From ${found.lower:g} bn to ${found.upper:g} bn a year the best gain{known} goes from "
        f"{tell_known(low.gain, '.3f')} to {tell_known(high.gain, '.3f')} points.\n"
    )
    text.append(tell_proof(found))
    return text


def tell_proof(found: BudgetFindings) -> str:
    """How far the curve and the funded sets are proven."""
    if found.is_exact and found.proven_share == 1:
        return f"The curve is exact: straight between {len(found.curve)} breakpoints."
    if found.proven is None:
        return "Time ran out before it was proven how good the funded sets below are."
    if found.proven > found.tolerance * (1 + 1e-6):
        return (
            f"Time ran out: each funded set below is proven to stay within {found.proven:.2%} of "
            f"the best gain over its whole stretch, not within {found.tolerance:.2%}."
        )
    return (
        f"Each funded set below stays within {found.tolerance:.2%} of the best gain over its "
        f"whole stretch (proven: {found.proven:.3%})."
    )


def interval_table(found: BudgetFindings) -> Table:
    """A row for each stretch: budgets, gains, worth of a billion, who comes and goes."""
    rows = []
    most = max((stretch.worth or 0.0 for stretch in found.stretches), default=0.0)
    for number, row in enumerate(list_intervals(found)):
        worth = row["worth_per_bn"]
        first = f"{len(row['funded'])} funded" if number == 0 else ""
        rows.append(
            [
                f"{row['from_bn']:.2f} - {row['to_bn']:.2f}",
                tell_known(row["gain_from"], ".3f"),
                tell_known(row["gain_to"], ".3f"),
                "" if worth is None else f"{worth:.4f}",
                draw_bar(worth or 0.0, most, 8),
                first or name_some(row["enters"]),
                name_some(row["leaves"]),
            ]
        )
    columns = ["$ bn a year", "gain from", "to", "per $ bn", "", "comes in", "goes out"]
    table = make_table(columns, rows, texts=(0, 4, 5, 6))
    table.columns[0].min_width = max((len(row[0]) for row in rows), default=0)
    table.columns[4].min_width = 8
    for column in table.columns[5:]:
        column.no_wrap = False
    return table


def name_first(found: BudgetFindings) -> Text:
    """The set that is funded at the least budget."""
    names = ", ".join(found.stretches[0].funded) if found.stretches else ""
    return plain(f"At ${found.lower:g} bn a year: {names or 'nothing'}.", 800)


def name_some(ids: list[str]) -> str:
    """A few names, then how many more.

    >>> name_some(["a", "b", "c", "d", "e"])
    'a, b, c and 2 more'
    """
    if len(ids) <= NAMED + 1:
        return ", ".join(ids)
    return f"{', '.join(ids[:NAMED])} and {len(ids) - NAMED} more"


def show_steps(
    console: Console, found: BudgetFindings, heading: str, steps: tuple[Step, ...], sign: int
) -> None:
    """Prints one list: what goes or comes, its money and points, and what a free hand gains."""
    console.print()
    console.print(Text(heading, style="bold"))
    if not steps:
        return
    rows = []
    for number, step in enumerate(steps, 1):
        title = found.scenario.instruments[step.instrument].title or step.instrument
        rows.append(
            [
                f"{number}. {title}",
                f"{step.money:.2f}",
                tell_known(step.points, ".3f"),
                tell_known(step.points / step.money, ".4f") if step.money else "",
                f"{step.total:.1f}",
                tell_known(step.gain, ".3f"),
                tell_known(step.behind, ".3f"),
                tell_known(step.share, ".1%"),
            ]
        )
    verbs = ("saves $ bn", "loses") if sign > 0 else ("costs $ bn", "gains")
    columns = ["Programme", *verbs, "per $ bn", "then $ bn", "gain", "behind", "share"]
    table = make_table(columns, rows)
    table.columns[0].max_width = 36
    console.print(table)
    console.print(
        "behind: points that the best plan for the same money has more; share: of its gain."
    )


def tell_effort(found: BudgetFindings) -> Text:
    """What was solved, and whether time sufficed."""
    effort = found.effort
    text = Text(
        f"{effort.solves} mixed and {effort.linear_solves} linear solves in {effort.seconds:.0f} s."
    )
    if not effort.is_complete:
        text.append(f" Time ran out with {found.proven_share:.0%} of the range proven.")
        steps = [*found.cuts, *found.adds]
        known = sum(step.behind is not None for step in steps)
        if known < len(steps):
            text.append(f" {known} of {len(steps)} steps were held against the best plan.")
    return text
