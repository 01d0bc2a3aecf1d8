"""The frontier on a terminal."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from ..model.studies.frontier.findings import FrontierFindings
from .frontier import list_prices, sum_areas, tell_rates
from .screen import draw_bar, make_table, open_console, plain

MOST_ROWS = 24
"""Points shown; where there are more, some evenly along the frontier."""

MOST_LAYERS = 5
"""Layers that fit beside each other."""


def show_frontier(found: FrontierFindings) -> None:
    """Prints the outcomes in order, what each costs beside the last, and who comes and goes."""
    console = open_console()
    console.print(headline(found))
    if found.points:
        console.print()
        console.print(point_table(found))
        for note in list_notes(found):
            console.print(note)
        if len(found.layers) == 2:
            console.print()
            console.print(tell_trade(found))
    console.print()
    effort = found.effort
    console.print(
        f"{effort.solves} mixed and {effort.linear_solves} linear solves in {effort.seconds:.0f} s."
    )


def headline(found: FrontierFindings) -> Text:
    """How many outcomes there are, and what is proven of them."""
    scenario = found.scenario
    title = plain(scenario.title or scenario.name)
    title.stylize("bold")
    text = Text.assemble(title, f"  [{scenario.name}]\n")
    names = ", ".join(scenario.layers[layer].title or layer for layer in found.layers)
    text.append_text(plain(f"What a lead costs in another layer: {names}.", 400))
    text.append("\n")
    if found.floors:
        floors = ", ".join(f"{layer} at {z:g} or more" for layer, z in found.floors.items())
        text.append_text(plain(f"Held: {floors}. The other layers are free.", 400))
        text.append("\n")
    count = len(found.points)
    if found.is_exact:
        unsupported = sum(not point.is_supported for point in found.points)
        if found.effort.is_complete:
            text.append(f"There are {count} non-dominated outcomes, all of them listed")
        else:
            text.append(f"{count} non-dominated outcomes were found before time ran out")
        text.append(f"; {unsupported} are the best under no weights.")
    elif found.effort.is_complete:
        steps = ", ".join(f"{step:.3f} in {layer}" for layer, step in found.steps.items())
        text.append(f"{count} points. No outcome is better than the nearest by more than {steps} ")
        text.append(f"points ({found.tolerance:.1%} of the range).")
    else:
        text.append(f"{count} points; time ran out with {found.open_zones} zones not yet covered.")
    return text


def pick_rows(count: int) -> list[int]:
    """Which of so many points are shown.

    >>> pick_rows(3), len(pick_rows(1000)), pick_rows(1000)[-1]
    ([0, 1, 2], 24, 999)
    """
    if count <= MOST_ROWS:
        return list(range(count))
    return sorted({round(at * (count - 1) / (MOST_ROWS - 1)) for at in range(MOST_ROWS)})


def point_table(found: FrontierFindings) -> Table:
    """A row for each point shown."""
    layers = found.layers[:MOST_LAYERS]
    points = found.points
    lowest = min(point.outcome[layers[0]] for point in points)
    span = max(point.outcome[layers[0]] for point in points) - lowest
    shown = pick_rows(len(points))
    rows = []
    before: frozenset[str] | None = None
    for at in shown:
        point = points[at]
        funded = frozenset(point.plan)
        rows.append(
            [
                f"{at + 1}" if point.is_supported else f"{at + 1} *",
                *(f"{point.outcome[layer]:.3f}" for layer in layers),
                draw_bar(point.outcome[layers[0]] - lowest, span, 10),
                f"{sum(sum_areas(found.scenario, point.plan).values()):.1f}",
                f"{len(funded)} funded" if before is None else name_change(before, funded),
            ]
        )
        before = funded
    columns = ["", *layers, "", "$ bn", "beside the one above"]
    last = len(columns) - 1
    table = make_table(columns, rows, texts=(0, last - 2, last))
    table.columns[last - 2].min_width = 10
    return table


def list_notes(found: FrontierFindings) -> list[str]:
    """What the table leaves out."""
    shown = pick_rows(len(found.points))
    notes = []
    if any(not found.points[at].is_supported for at in shown):
        among = "" if found.is_exact else " of these points"
        notes.append(f"* the best{among} under no weights.")
    if len(shown) < len(found.points):
        notes.append(f"{len(shown)} of {len(found.points)} points are shown; --csv has all.")
    if len(found.layers) > MOST_LAYERS:
        notes.append(f"{len(found.layers) - MOST_LAYERS} more layers are in --json.")
    return notes


def name_change(before: frozenset[str], after: frozenset[str]) -> str:
    """Who comes in and who goes out.

    >>> name_change(frozenset({"a", "b"}), frozenset({"b", "c"}))
    '+c -a'
    """
    signs = [f"+{i}" for i in sorted(after - before)] + [f"-{i}" for i in sorted(before - after)]
    return (
        " ".join(signs) if len(signs) <= 4 else f"{' '.join(signs[:3])} and {len(signs) - 3} more"
    )


def tell_trade(found: FrontierFindings) -> Text:
    """What a point of the second layer costs in the first at the start, the middle and the end."""
    one, other = found.layers
    if len(found.points) < 2:
        return plain("One outcome is the best in both layers: there is nothing to trade.")
    prices = tell_rates(list_prices([point.outcome for point in found.points], one, other))
    return plain(f"A point of {other} costs, in points of {one}: {prices}.", 400)
