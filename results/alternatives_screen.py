"""Plans nearly as good as the best, on a terminal."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.text import Text

from ..model.studies.alternatives.findings import AlternativeFindings, SpendingRange
from .alternatives import tabulate_alternatives
from .screen import make_table, open_console, plain

RULER = 30
"""Columns of the picture of a range."""


def show_alternatives(found: AlternativeFindings) -> None:
    """Prints how far spending may range, then the plans that differ most."""
    console = open_console()
    scenario = found.scenario
    title = plain(scenario.title or scenario.name)
    title.stylize("bold")
    console.print(Text.assemble(title, f"  [{scenario.name}]"))
    least = found.best_gain - found.within * max(found.best_gain, 0.01)
    may = "may" if found.answered == found.asked else "were found to"
    known = "" if found.is_best_proven else " known"
    console.print(
        f"The best plan{known} gains {found.best_gain:.3f} points. Plans that gain {least:.3f} or "
        f"more, within {found.within:.1%} of it, {may} spend:"
    )
    titles = {area: own.title or area for area, own in scenario.areas.items()}
    names = {i: own.title or i for i, own in scenario.instruments.items()}
    best = dict(found.plans[0].money)
    areas = dict.fromkeys(scenario.areas, 0.0)
    for i, bn in best.items():
        areas[scenario.instruments[i].area] += bn
    console.print()
    show_ranges(console, "Area", found.areas, areas, titles)
    console.print()
    show_ranges(console, "Instrument", found.instruments, best, names)
    show_plans(console, found)
    console.print()
    effort = found.effort
    text = (
        f"{effort.solves} mixed and {effort.linear_solves} linear solves in {effort.seconds:.0f} s."
    )
    widest = max((own.gap or 0.0 for own in found.instruments.values()), default=0.0)
    if widest > 1e-3 and found.answered == found.asked:
        text += f" The ends are proven to ${widest:.2f} bn or less."
    if not effort.is_complete:
        text += f" Time ran out with {found.answered} of {found.asked} ends of ranges proven."
    console.print(text)


def show_ranges(
    console: Console,
    heading: str,
    ranges: Mapping[str, SpendingRange],
    best: Mapping[str, float],
    titles: Mapping[str, str],
) -> None:
    """Prints a row for each range: its ends, the best plan's amount, and a picture."""
    top = max((one.most for one in ranges.values()), default=0.0)
    rows = [
        [
            titles[id_],
            f"{one.least:.2f}",
            f"{best[id_]:.2f}",
            f"{one.most:.2f}",
            judge(one, best[id_]),
            draw_range(one.least, best[id_], one.most, top),
        ]
        for id_, one in ranges.items()
    ]
    table = make_table([heading, "least", "best plan", "most", "", ""], rows, texts=(0, 5))
    table.columns[0].max_width = 34
    table.columns[5].min_width = RULER
    console.print(table)


def judge(one: SpendingRange, best: float) -> str:
    """What a range says in a word, "open" where the proof leaves it open.

    >>> judge(SpendingRange(1.0, 2.0, 1.0, 2.0), 1.5), judge(SpendingRange(0.0, 0.0, 0.0, 0.0), 0.0)
    ('always', 'never')
    """
    if one.most_proven is not None and one.most_proven <= 1e-6:
        return "never"
    if one.least_proven > 1e-6:
        return "always"
    if one.least > 1e-6 or one.most <= 1e-6:
        return "open"
    return "may go" if best > 1e-6 else "may come"


def draw_range(least: float, best: float, most: float, top: float) -> str:
    """A range on a ruler, the best plan marked.

    >>> draw_range(0.0, 10.0, 20.0, 30.0)
    '─────────●──────────          '
    """
    if top <= 0:
        return " " * RULER
    first, mark, last = (
        min(RULER - 1, max(0, round(RULER * bn / top) - 1)) for bn in (least, best, most)
    )
    cells = [" "] * RULER
    for at in range(first, last + 1):
        cells[at] = "─"
    cells[mark] = "●"
    return "".join(cells)


def show_plans(console: Console, found: AlternativeFindings) -> None:
    """Prints the plans that differ, by area, each with what sets it apart."""
    record = tabulate_alternatives(found)
    console.print()
    console.print(Text("Plans, each as far as can be from all before it", style="bold"))
    areas = list(found.scenario.areas)[:6]
    rows = []
    for number, plan in enumerate(record["plans"]):
        distance, gap = plan["distance"], plan["distance_gap"]
        rows.append(
            [
                f"{number}" if number else "best",
                f"{plan['gain']:.3f}",
                "" if distance is None else f"{distance:.3f}",
                "" if gap is None else f"{distance + gap:.3f}",
                *(f"{plan['areas'][area]:.1f}" for area in areas),
            ]
        )
    heads = [cut_title(found.scenario.areas[area].title or area) for area in areas]
    console.print(make_table(["", "gain", "distance", "at most", *heads], rows))
    for number, plan in enumerate(record["plans"]):
        if number:
            console.print(plain(f"{number}: {plan['name']}.", 300))
    if found.is_exhausted:
        count = len(found.plans)
        word = "plan differs" if count == 1 else "plans differ"
        console.print(f"{count} {word} in what is spent on what: there are no more.")


def cut_title(title: str, longest: int = 11) -> str:
    """A title short enough to head a column of figures.

    >>> cut_title("Export controls")
    'Export con.'
    """
    return title if len(title) <= longest else title[: longest - 1].rstrip() + "."
