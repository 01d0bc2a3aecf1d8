"""An explanation, or a diagnosis, on a terminal: it reads like a memo."""

from __future__ import annotations

import textwrap

from rich.console import Console
from rich.text import Text

from ..model.studies.explain.findings import Explanation, LimitPrice
from ..model.studies.repair.findings import Diagnosis
from .inputs import call_figure
from .screen import make_table, open_console, plain
from .sentences import (
    HELD_BY,
    list_settings,
    name_instrument,
    tell_change,
    tell_member,
    tell_price,
    tell_reason,
    tell_repair,
)

LONGEST = 400
"""Characters of a sentence that are shown."""


def show_explanation(explanation: Explanation) -> None:
    """Prints why a plan is what it is, the most important first."""
    console = open_console()
    scenario, best = explanation.scenario, explanation.best
    title = plain(scenario.title or scenario.name)
    title.stylize("bold")
    console.print(Text.assemble(title, f"  [{scenario.name}]"))
    console.print(
        f"The best plan gains {best.gain:.3f} points for ${sum(best.totals.values()):.1f} bn; "
        f"no plan gains more than {best.bound:.4f}."
    )
    show_prices(console, explanation)
    show_reasons(console, explanation)
    show_changes(console, explanation)
    show_ties(console, explanation)
    show_figures(console, explanation)
    console.print()
    console.print(
        f"{explanation.solves} mixed and {explanation.linear_solves} linear solves in "
        f"{explanation.seconds:.0f} s."
    )
    if explanation.missing:
        told = plain(f"No time was left for: {', '.join(explanation.missing)}.", LONGEST)
        console.print(told)


def head(console: Console, text: str) -> None:
    """A heading with a line of space above."""
    console.print()
    console.print(Text(text, style="bold"))


def say(console: Console, text: str, indent: int = 2) -> None:
    """A sentence with its lines indented."""
    shown, margin = plain(text, LONGEST).plain, " " * indent
    for line in textwrap.wrap(shown, console.width - indent) or [""]:
        console.print(Text(margin + line), soft_wrap=True)


def show_prices(console: Console, explanation: Explanation) -> None:
    """What each limit costs, whole limits as sentences and periods as a table."""
    if explanation.prices is None:
        return
    head(console, "What the limits cost")
    scenario = explanation.scenario
    whole = [p for p in explanation.prices if p.year is None]
    worth = [p for p in whole if p.price > 1e-6 or p.is_binding]
    for price in worth:
        say(console, tell_price(scenario, price))
    idle = [p.id for p in whole if p not in worth]
    if idle:
        say(console, f"Nothing would be gained by loosening {', '.join(dict.fromkeys(idle))}.")
    rows = [price_row(price) for price in explanation.prices if price.price > 1e-6]
    if rows:
        console.print()
        columns = ["One unit looser", "year", "points", "at most", "LP price", "", "unit"]
        console.print(make_table(columns, rows, texts=(0, 5, 6)))


def price_row(price: LimitPrice) -> list[str]:
    """A row of the table of prices."""
    lp = "" if price.lp_price is None else f"{price.lp_price:.4f}"
    return [
        price.id,
        "all" if price.year is None else str(price.year),
        f"{price.price:.4f}",
        f"{price.at_most:.4f}",
        lp,
        "" if price.agrees else "differs",
        price.unit,
    ]


def show_reasons(console: Console, explanation: Explanation) -> None:
    """Why each funded instrument gets what it gets, and what replaces it."""
    if explanation.reasons is None:
        return
    scenario = explanation.scenario
    head(console, "Why each programme is funded as it is")
    rows = []
    for reason in explanation.reasons:
        if not reason.is_funded:
            continue
        replacement = reason.replacement
        lost, instead = "?", ""
        if replacement is not None and replacement.points is None:
            lost, instead = "needed", "by " + ", ".join(replacement.needed_by)
        elif replacement is not None and replacement.points is not None:
            lost = f"{replacement.points:.4f}"
            instead = replacement.instead[0][0] if replacement.instead else ""
        held = HELD_BY.get(reason.held_by or "", "?")
        if reason.held_by == "limit":
            held = reason.limits[0]
        rows.append(
            [
                name_instrument(scenario, reason.id),
                f"{reason.spending_bn:.2f}",
                held,
                f"{reason.worth:.4f}",
                f"{reason.margin:.4f}",
                lost,
                instead,
            ]
        )
    columns = ["Programme", "$ bn", "held by", "worth/bn", "margin", "lost without", "instead"]
    table = make_table(columns, rows, texts=(0, 2, 6))
    table.columns[0].max_width = 26
    table.columns[2].max_width = 20
    console.print(table)
    say(
        console,
        "worth/bn: points from $1 bn more in its best year; margin: what it costs elsewhere.",
    )


def show_changes(console: Console, explanation: Explanation) -> None:
    """What it would take to fund what is not."""
    unfunded = [r for r in explanation.reasons or () if not r.is_funded]
    if not unfunded:
        return
    head(console, "What it would take to fund the others")
    for reason in unfunded:
        say(console, tell_reason(explanation.scenario, reason))
        for change in reason.to_fund or ():
            text = tell_change(explanation.scenario, reason.id, change)
            say(console, f"- {text}", indent=4)


def show_ties(console: Console, explanation: Explanation) -> None:
    """Where other plans are as good."""
    if explanation.ties is None:
        return
    head(console, "Ties")
    if not explanation.ties:
        say(console, "No other plan scores the same within the gap.")
        return
    among = "" if explanation.ties_are_exact else " with the same on/off decisions"
    say(console, f"Plans{among} that score the same within the gap spend, $ bn:")
    names = explanation.scenario
    rows = [
        [name_instrument(names, i), f"{least:.2f}", f"{most:.2f}"]
        for i, (least, most) in explanation.ties.items()
    ]
    console.print(make_table(["Programme", "least", "most"], rows))


def show_figures(console: Console, explanation: Explanation) -> None:
    """The ledger of assumptions: the figures that carry most."""
    if explanation.figures is None:
        return
    head(console, "The figures that carry the plan")
    rows = []
    for figure in explanation.figures[:15]:
        ends = "" if figure.low is None else f"{figure.low:g} to {figure.high:g}"
        flips = "?" if not figure.is_flip_known else "no"
        if figure.flips_at is not None:
            flips = f"{figure.flips_at:.3g}"
        moves = [f"+{i}" for i in figure.enters] + [f"-{i}" for i in figure.leaves]
        rows.append(
            [
                call_figure(figure.path, figure.title),
                f"{figure.value:g}",
                ends,
                figure.confidence or "",
                f"{figure.share:.0%}",
                flips,
                " ".join(moves),
            ]
        )
    columns = ["Figure", "value", "range", "confidence", "carries", "flips at", "then"]
    table = make_table(columns, rows, texts=(0, 3, 6))
    table.columns[0].max_width = 42
    console.print(table)
    rest = len(explanation.figures) - len(rows)
    if rest > 0:
        say(console, f"{rest} more figures carry less; --json has them all, with their sources.")


def show_diagnosis(diagnosis: Diagnosis) -> None:
    """Prints which limits clash, by how much, and a menu of repairs."""
    console = open_console()
    scenario = diagnosis.scenario
    title = plain(scenario.title or scenario.name)
    title.stylize("bold")
    console.print(Text.assemble(title, f"  [{scenario.name}]"))
    nothing = "Every plan that meets the limits spends nothing."
    console.print(nothing if diagnosis.spends_nothing else "No plan meets every limit.")
    for number, conflict in enumerate(diagnosis.conflicts[:5], start=1):
        alone = len(conflict) == 1
        head(console, f"Conflict {number}: {'cannot be met at all' if alone else 'these clash'}")
        for member in conflict:
            say(console, tell_member(scenario, member))
    rest = len(diagnosis.conflicts) - 5
    if rest > 0:
        say(console, f"... and {rest} more")
    head(console, "Repairs, those that give up least first")
    for number, repair in enumerate(diagnosis.repairs, start=1):
        say(console, f"{number}. {tell_repair(scenario, repair)}")
        told = " ".join(f"--set '{setting}'" for setting in list_settings(repair))
        say(console, told, indent=5)
    console.print()
    seconds = f"{diagnosis.solves} solves in {diagnosis.seconds:.0f} s."
    more = "" if diagnosis.is_complete else " There are more repairs than these."
    console.print(seconds + more)
    if diagnosis.missing:
        console.print(plain(f"No time was left for: {', '.join(diagnosis.missing)}.", LONGEST))
