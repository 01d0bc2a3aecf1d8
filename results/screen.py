"""A solution on one screen of a terminal."""

from __future__ import annotations

import math
import os
import re
import sys

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..inputs.scenario import FUNDED_BN, Layer
from ..model.equations.evaluate import Evaluator
from ..model.equations.limits import LimitRow
from ..model.solving.solution import Solution
from .portfolio import add_up_areas, instrument_totals, list_funded, list_outputs, tabulate_unspent
from .recommendation import say_unspent
from .sheet import Record

BAR_WIDTH = 12
LEAST_WIDTH = 80
MOST_WIDTH = 400
WIDTH = 100
"""Columns where the terminal does not say how wide it is."""

DOUBTFUL = ("low", "judgement", None)
"""The confidences of figures to look at first."""


def open_console() -> Console:
    """A console as wide as the terminal, or a hundred columns where there is none."""
    width = None
    if not sys.stdout.isatty():
        said = os.environ.get("COLUMNS", "")
        width = int(said) if re.fullmatch("[0-9]{1,9}", said) else WIDTH
        width = min(max(width, LEAST_WIDTH), MOST_WIDTH)
    return Console(width=width, highlight=False, soft_wrap=False)


def plain(text: str, longest: int = 200) -> Text:
    """Text of a scenario: data, never markup or control codes."""
    shown = "".join(c if c.isprintable() else " " for c in text)
    return Text(shown if len(shown) <= longest else shown[: longest - 3] + "...")


def make_table(columns: list[str], rows: list[list[str]], texts: tuple[int, ...] = (0,)) -> Table:
    """A bare table. Columns at `texts` hold text, cut where it does not fit; figures never are."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for at, column in enumerate(columns):
        if at in texts:
            table.add_column(column, no_wrap=True, overflow="ellipsis")
        else:
            width = max(len(cell) for cell in (column, *(row[at] for row in rows)))
            table.add_column(column, no_wrap=True, justify="right", min_width=width)
    for row in rows:
        table.add_row(*(plain(cell) for cell in row))
    return table


def show_solution(solution: Solution) -> None:
    """Prints what a solution says, the most important first."""
    console = open_console()
    console.print(headline(solution))
    console.print()
    console.print(area_table(solution))
    console.print()
    console.print(instrument_table(solution))
    console.print()
    console.print(layer_table(solution))
    if solution.broken:
        console.print()
        console.print(limit_table("Limits it breaks", list(solution.broken), solution))
    else:
        binding = pick_binding(solution)
        if binding:
            console.print()
            console.print(limit_table("What binds", binding, solution))
    doubtful = doubtful_effects(solution)
    if doubtful is not None:
        console.print()
        console.print(doubtful)


def headline(solution: Solution) -> Text:
    """Score, gain, and what is proven, in two or three lines."""
    scenario = solution.scenario
    title = plain(scenario.title or scenario.name)
    title.stylize("bold")
    total = sum(instrument_totals(solution).values())
    text = Text.assemble(title, f"  [{scenario.name}]\n")
    if solution.clash:
        from .sentences import tell_clash

        text.append(f"{plain(tell_clash(scenario, solution.clash), 1000)}\n", style="bold")
    text.append(
        f"Gain {solution.gain:.3f} points over spending nothing: score {solution.score:.3f} "
        f"instead of {solution.baseline.score:.3f}, for ${total:.1f} bn.\n"
    )
    if solution.status == "given":
        text.append(describe_given(solution))
    else:
        proof = (
            "Optimal" if solution.status == "optimal" else "The best plan found, not proven optimal"
        )
        text.append(
            f"{proof}: no plan gains more than {solution.gap:.2%} beyond the best one found "
            f"({solution.gap_points:.4f} points)."
        )
        if scenario.steady:
            text.append(f" Steadier spending gives up {solution.steady_cost:.2%} of its gain.")
        if scenario.objective != "weighted":
            stages = "; ".join(f"{s.objective} {s.value:.3f}" for s in solution.stages)
            text.append(f"\nStages ({scenario.objective}): {stages}.")
    left = say_unspent(scenario, {"unspent": tabulate_unspent(solution)})
    text.append(f"\n{left}" if left else "")
    text.append(f"\nPrivate money moved along: ${solution.private_bn:.1f} bn.")
    return text


def describe_given(solution: Solution) -> str:
    """How a plan the user brought stands against the best one."""
    if math.isnan(solution.gap_points):
        return f"There is no best plan to compare with: {solution.notes.get('bound', '')}."
    broken = len(solution.broken)
    count = "1 limit" if broken == 1 else f"{broken} limits"
    legal = f"It breaks {count} (below)" if broken else "It keeps every limit"
    return (
        f"{legal}. The best plan gains at most {solution.bound - solution.baseline.score:.3f}: "
        f"this one is {solution.gap_points:.3f} points, or {solution.gap:.1%}, behind."
    )


def area_table(solution: Solution) -> Table:
    """Spending by area with its share."""
    areas = {area: bn or 0.0 for area, bn in add_up_areas(solution).items()}
    total = sum(areas.values())
    rows = []
    for area, bn in areas.items():
        share = bn / total if total else 0.0
        title = solution.scenario.areas[area].title or area
        rows.append([title, f"{bn:.1f}", f"{share:.0%}", draw_bar(share, 1.0, 30)])
    rows.append(["all", f"{total:.1f}", "", ""])
    return make_table(["Area", "$ bn", "share", ""], rows, texts=(0, 3))


def draw_bar(value: float, most: float, width: int = BAR_WIDTH) -> str:
    """A bar of blocks, in eighths.

    >>> draw_bar(0.5, 1.0, 4)
    '██'
    """
    eighths = round(8 * width * value / most) if most > 0 else 0
    return "█" * (eighths // 8) + ("▏▎▍▌▋▊▉"[eighths % 8 - 1] if eighths % 8 else "")


def instrument_table(solution: Solution) -> Table:
    """Spending by instrument, its years, and what it buys."""
    scenario = solution.scenario
    totals, outputs = instrument_totals(solution), list_outputs(solution)
    funded = list_funded(solution)
    most = max(totals.values(), default=0.0)
    order = list(scenario.areas)
    rows = []
    for id_ in sorted(funded, key=lambda id_: order.index(scenario.instruments[id_].area)):
        authority = solution.played.authority[id_]
        years = [
            t for t, bn in zip(scenario.years.spending, authority, strict=True) if bn > FUNDED_BN
        ]
        rows.append(
            [
                scenario.instruments[id_].title or id_,
                f"{totals[id_]:.2f}",
                name_years(years),
                draw_bar(totals[id_], most),
                tell_output(outputs[id_]) if id_ in outputs else "",
            ]
        )
    table = make_table(["Instrument", "$ bn", "years", "", "buys"], rows, texts=(0, 3, 4))
    table.columns[0].max_width = 40
    table.columns[3].min_width = BAR_WIDTH
    unfunded = [id_ for id_ in scenario.instruments if id_ not in funded]
    if unfunded:
        table.caption = plain(f"not funded: {', '.join(unfunded)}", 400)
        table.caption_justify = "left"
        table.caption_style = ""
    return table


def tell_output(output: Record) -> str:
    """An amount with its unit.

    >>> tell_output({"amount": 13200.0, "unit": "grants"})
    '13,200 grants'
    >>> tell_output({"amount": 8.123, "unit": "GW"})
    '8.12 GW'
    """
    amount = output["amount"]
    shown = f"{amount:,.0f}" if abs(amount) >= 1000 else f"{amount:.3g}"
    return f"{shown} {output['unit']}"


def name_years(years: list[int]) -> str:
    """Years as runs.

    >>> name_years([2027, 2028, 2029, 2031])
    '2027-29, 2031'
    """
    runs: list[list[int]] = []
    for year in years:
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return ", ".join(
        str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1] % 100:02d}" for run in runs
    )


def layer_table(solution: Solution) -> Table:
    """Leads by layer in the first and last year, with and without the plan, and their worth."""
    scenario = solution.scenario
    first, last = scenario.years.first, scenario.years.score_until
    spent = scenario.years.last
    at = spent - first
    rows = []
    for layer, own in scenario.layers.items():
        with_plan, without = solution.played.leads[layer], solution.baseline.leads[layer]
        rows.append(
            [
                own.title or layer,
                f"{scenario.weights[layer]:.0%}",
                f"{with_plan[0]:.1f}",
                f"{with_plan[at]:.1f}",
                f"({without[at]:.1f})",
                f"{with_plan[-1]:.1f}",
                f"({without[-1]:.1f})",
                tell_leads(own, with_plan[-1], without[-1]),
            ]
        )
    columns = ["Lead, points (without)", "weight", str(first), str(spent), f"({spent})"]
    columns += [str(last), f"({last})", f"{last} in its unit"]
    table = make_table(columns, rows, texts=(0, 7))
    table.columns[0].max_width = 34
    return table


def tell_leads(layer: Layer, lead: float, without: float) -> str:
    """Two leads in the unit of the layer's indicator; doublings as factors.

    >>> tell_leads(Layer(unit="months", points_per_unit=2.0), 15.0, 12.0)
    '7.5 (6.0) months'
    >>> tell_leads(Layer(unit="doublings", points_per_unit=5.0), -10.0, -15.0)
    '0.25 (0.12) times'
    """
    if not layer.points_per_unit:
        return ""
    units, units_without = lead / layer.points_per_unit, without / layer.points_per_unit
    if layer.unit == "doublings":
        return f"{2**units:.2g} ({2**units_without:.2g}) times"
    return f"{units:.1f} ({units_without:.1f}) {layer.unit}"


def pick_binding(solution: Solution) -> list[LimitRow]:
    """One row for each limit and side that binds: the period in which it binds first."""
    seen: dict[tuple[str, str], LimitRow] = {}
    for row in solution.limits:
        if row.is_binding:
            seen.setdefault((row.id, row.sense), row)
    return list(seen.values())[:8]


def limit_table(heading: str, rows: list[LimitRow], solution: Solution) -> Table:
    """Limits with what the plan makes of them."""
    wanted = {(row.id, row.sense) for row in rows}
    grouped: dict[tuple[str, str], list[LimitRow]] = {}
    for row in solution.broken or solution.limits:
        if (row.id, row.sense) in wanted and (solution.broken or row.is_binding):
            grouped.setdefault((row.id, row.sense), []).append(row)
    cells = []
    for (id_, sense), group in grouped.items():
        limit = solution.scenario.constraints.get(id_)
        name = f"{id_}: {limit.title}" if limit is not None and limit.title else id_
        shown = max(group, key=lambda row: (row.violation, row.year or 0))
        years = [row.year for row in group if row.year is not None]
        sign = "at least" if sense == "at_least" else "at most"
        cells.append(
            [
                name,
                name_years(years) if years else "all",
                f"{shown.value:.2f}",
                f"{sign} {shown.limit:.2f}",
            ]
        )
    table = make_table([heading, "years", "value", "limit"], cells)
    table.columns[0].max_width = 54
    return table


def doubtful_effects(solution: Solution) -> Table | None:
    """The three effects of low confidence that carry most of the gain."""
    evaluator = Evaluator(solution.scenario)
    carried = evaluator.gain_by_effect(solution.played)
    effects = solution.scenario.effects
    doubtful = [
        effect
        for effect in sorted(carried, key=lambda effect: -abs(carried[effect]))
        if effects[effect].confidence in DOUBTFUL and abs(carried[effect]) > 1e-9
    ][:3]
    if not doubtful:
        return None
    rows = []
    for effect in doubtful:
        own = effects[effect]
        ends = own.ranges.get("points")
        share = carried[effect] / solution.gain if solution.gain > 0 else 0.0
        rows.append(
            [
                effect,
                f"{share:.0%} of the gain",
                f"{own.points:g}",
                f"{ends.low:g} to {ends.high:g}" if ends else "none given",
                own.confidence or "none given",
            ]
        )
    columns = ["Doubt these first", "carries", "points", "range", "confidence"]
    return make_table(columns, rows)
