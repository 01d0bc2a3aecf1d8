"""The studies of figures on a terminal: what each figure decides, the most decisive first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..inputs.figures import Figure
from ..model.studies.figures.findings import AtEnd, FigureFlip, FigureStudy, Samples, Worth
from .inputs import call_figure, say_values, tabulate_values, tell_answered, tell_range
from .screen import make_table, open_console, plain

SHOWN = 20
"""Figures shown on a screen; all are in the JSON and the tables."""


def show_inputs(study: FigureStudy) -> None:
    """Prints what the figures decide, the most decisive first."""
    console = open_console()
    title = plain(study.scenario.title or study.scenario.name)
    title.stylize("bold")
    title.append(f"  [{study.scenario.name}]\n", "default")
    title.append(
        f"The best plan gains {study.base_gain:.3f} points and funds {len(study.funded)} of "
        f"{len(study.scenario.instruments)} instruments."
    )
    console.print(title)
    show = {
        "tornado": show_tornado,
        "breakeven": show_break_evens,
        "sobol": show_shares,
        "sample": show_samples,
        "voi": show_values,
    }[study.method]
    show(console, study)
    if not study.is_complete:
        console.print(plain(tell_answered(study.method, study.answered, study.asked), 200))
    for note in study.notes.values():
        console.print(plain(note, 400))


def show_tornado(console: Any, study: FigureStudy) -> None:
    """Swings: what the gain does, and what the plan does."""
    flips = sum(row.flips for row in study.swings)
    console.print(
        plain(
            f"{flips} of {len(study.swings)} figures change what is funded somewhere in their "
            f"range, by more than {study.tolerance:.2g} of the gain. Most decisive first.",
            300,
        )
    )
    console.print()
    shown = study.swings[:SHOWN]
    rows = [
        [
            call(row.figure),
            tell_ends(row.figure),
            f"{tell_change(row.low, study)} {tell_change(row.high, study)}",
            f"{row.lost:.3f}",
            f"{max(row.low.moved_bn, row.high.moved_bn):.1f}",
        ]
        for row in shown
    ]
    columns = ["Figure", "range", "gain low, high", "kept loses", "moves bn"]
    table = make_table(columns, rows)
    table.columns[0].max_width = 49 - count_wide(row[1] for row in rows)
    console.print(table)
    if len(study.swings) > SHOWN:
        console.print(plain(f"... and {len(study.swings) - SHOWN} more (--json has all)."))
    console.print(
        plain(
            "kept loses: points lost by keeping today's plan rather than choosing anew; moves bn: "
            "$ billion that change hands between instruments.",
            300,
        )
    )
    rows = [
        [call(row.figure), tell_at(row.figure, value), tell_flip(end)]
        for row in shown
        for value, end in ((row.figure.low, row.low), (row.figure.high, row.high))
        if end.flips
    ]
    if rows:
        console.print()
        console.print(make_table(["What is funded changes", "at", "to"], rows, texts=(0, 2)))


def call(figure: Figure) -> str:
    """What a figure is called."""
    return call_figure(figure.path, figure.title)


def tell_ends(figure: Figure) -> str:
    """The range of a figure."""
    return tell_range(figure.path, tell(figure.low), tell(figure.high), figure.unit, "..")


def count_wide(ranges: Iterable[str]) -> int:
    """Characters by which the widest range is wider than a range without a unit."""
    return max(0, max((len(shown) for shown in ranges), default=0) - 14)


def tell_at(figure: Figure, value: float | None) -> str:
    """A value of a figure; that of a group is its share of the way to one end of all.

    >>> tell_at(Figure("group:a", 0, -1, 1, members=(Figure("assumptions.b", 2, 1, 4),)), 0.25)
    '25% to high'
    """
    if value is None or not figure.members:
        return tell(value)
    return f"{abs(value):.0%} to {'high' if value > 0 else 'low'}" if value else "as they are"


def tell(value: float | None) -> str:
    """A figure, short.

    >>> tell(0.5), tell(float("inf")), tell(None)
    ('0.5', 'never', '?')
    """
    if value is None:
        return "?"
    return "never" if value == float("inf") else f"{value:.4g}"


def tell_change(end: AtEnd, study: FigureStudy) -> str:
    """How the gain changes at one end."""
    return "   none" if end.gain is None else f"{end.gain - study.base_gain:+.3f}"


def tell_flip(end: AtEnd | FigureFlip) -> str:
    """Which instruments enter or leave."""
    change = [*(f"+{i}" for i in end.enters), *(f"-{i}" for i in end.leaves)]
    return " ".join(change) or (end.note if isinstance(end, AtEnd) else end.why)


def show_break_evens(console: Any, study: FigureStudy) -> None:
    """The values at which the funded set changes."""
    found = [row for row in study.break_evens if row.nearest is not None]
    within = sum(bool(row.within_range) for row in found)
    console.print(
        plain(
            f"{within} figures change what is funded within their range, {len(found) - within} "
            f"only beyond it, {len(study.break_evens) - len(found)} nowhere that was searched.",
            300,
        )
    )
    console.print()
    rows = []
    for row in found[:SHOWN]:
        flip = row.nearest
        if flip is None:
            continue
        rows.append(
            [
                call(row.figure),
                tell_at(row.figure, row.figure.value),
                tell_ends(row.figure),
                tell_at(row.figure, flip.at) + ("  " if row.within_range else " *"),
                tell_flip(flip),
            ]
        )
    columns = ["Figure", "now", "range", "flips at  ", "funded then"]
    table = make_table(columns, rows, texts=(0, 4))
    table.columns[0].max_width = 44 - count_wide(row[2] for row in rows)
    table.columns[4].no_wrap = False
    console.print(table)
    if any(not row.within_range for row in found[:SHOWN]):
        console.print(plain("* beyond its range."))
    if len(found) > SHOWN:
        console.print(plain(f"... and {len(found) - SHOWN} more (--json has all)."))


def show_shares(console: Any, study: FigureStudy) -> None:
    """Sobol indices."""
    gain = study.shares["gain"]
    low, median, high = gain.spread
    console.print(
        plain(
            f"Over {study.sample_count} samples a figure the gain is {median:.3f} points "
            f"({low:.3f} to {high:.3f} in nine of ten). Its total shares moved by at most "
            f"{gain.drift:.3f} from half of the samples to all.",
            300,
        )
    )
    console.print()
    ranked = sorted(study.figures, key=lambda f: -gain.total[f.path].value)
    rows = [
        [
            call(f),
            f"{gain.first[f.path].value:.3f} ± {gain.first[f.path].half_width:.3f}",
            f"{gain.total[f.path].value:.3f} ± {gain.total[f.path].half_width:.3f}",
            tell_main_area(study, f.path),
        ]
        for f in ranked[:SHOWN]
    ]
    columns = ["Figure", "alone", "in all", "moves most, of an area's spending"]
    console.print(make_table(columns, rows, texts=(0, 3)))


def tell_main_area(study: FigureStudy, path: str) -> str:
    """The area whose spending a figure decides most."""
    areas = {n: s.total[path].value for n, s in study.shares.items() if n != "gain" and s.varies}
    best = max(areas, key=lambda name: areas[name], default="")
    return f"{best} {areas[best]:.2f}" if best and areas[best] > 0.005 else "-"


def show_samples(console: Any, study: FigureStudy) -> None:
    """How often each programme is funded, and what goes with it."""
    samples = study.samples
    if samples is None:
        return
    low, median, high = samples.gain
    failed = sum(samples.failed.values())
    console.print(
        plain(
            f"{samples.count} joint samples of {len(study.figures)} figures"
            + (f" ({failed} without a plan)" if failed else "")
            + f": the best plan gains {median:.2f} points ({low:.2f} to {high:.2f} in 9 of 10); "
            + tell_kept(samples),
            400,
        )
    )
    console.print()
    rows = []
    shares = samples.funded_share
    for i in sorted(shares, key=lambda i: -shares[i]):
        p05, middle, p95 = samples.spending[i]
        with_it = samples.goes_with.get(i, ())
        rows.append(
            [
                i,
                f"{shares[i]:.0%}",
                f"{middle:.1f} ({p05:.1f}..{p95:.1f})",
                ", ".join(f"{value:+.2f} {path}" for path, value in with_it[:1]),
            ]
        )
    columns = ["Instrument", "funded in", "$ bn", "goes with"]
    show_named(console, columns, rows)
    console.print()
    rows = [
        [area, f"{p[1]:.1f} ({p[0]:.1f}..{p[2]:.1f})", goes]
        for area, p in samples.areas.items()
        for goes in [
            ", ".join(f"{v:+.2f} {path}" for path, v in samples.goes_with.get(area, ())[:1])
        ]
    ]
    show_named(console, ["Area", "$ bn", "goes with"], rows)


def show_named(console: Any, columns: list[str], rows: list[list[str]]) -> None:
    """Prints a table whose names are whole, with what goes with each cut where it does not fit."""
    table = make_table(columns, rows, texts=(0, len(columns) - 1))
    table.columns[0].min_width = max(len(row[0]) for row in rows)
    console.print(table)


def tell_kept(samples: Samples) -> str:
    """What keeping today's plan loses, in the samples in which it may be kept."""
    if samples.kept_loss is None:
        return "today's plan breaks a limit in every one."
    low, median, high = samples.kept_loss
    told = f"keeping today's plan loses {median:.2f} ({low:.2f} to {high:.2f})"
    broken = samples.count - samples.kept_count
    return f"{told}, and breaks a limit in {broken} of them." if broken else f"{told}."


def show_values(console: Any, study: FigureStudy) -> None:
    """What one would pay to know a figure before choosing, and on what it rests today."""
    values = study.values
    if values is None:
        return
    for sentence in say_values(tabulate_values(study)):
        console.print(plain(sentence, 500))
    console.print()
    rows = [
        [call(row.figure), *tell_worth(row), tell_ground(row.figure)]
        for row in (*values.groups, *values.figures)
        if row.figure is not None and row.points > 0
    ]
    if rows:
        columns = ["To know before choosing", "points", "±", "$ bn", "rests on"]
        table = make_table(columns, rows[:SHOWN], texts=(0, 4))
        table.columns[0].max_width = 60
        console.print(table)
    if len(rows) > SHOWN:
        console.print(plain(f"... and {len(rows) - SHOWN} more (--json has all)."))
    console.print(
        plain(
            "points: what knowing it adds to the gain on average, with the standard error of the "
            "estimate; $ bn: the budget that buys as many points at the margin.",
            300,
        )
    )


def tell_worth(worth: Worth) -> list[str]:
    """Points, error and money as cells."""
    money = "-" if worth.bn is None else f"{worth.bn:.2f}"
    return [f"{worth.points:.4f}", f"{worth.error:.4f}", money]


def tell_ground(figure: Figure) -> str:
    """How far a figure is trusted, and whose word it is."""
    return ": ".join(filter(None, [figure.confidence, ", ".join(figure.source)])) or "-"
