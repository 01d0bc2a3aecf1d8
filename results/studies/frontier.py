"""What `frontier` says: the outcomes that no plan beats, and what a lead costs in another layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby, pairwise
from typing import Any

from ...inputs.scenario import Scenario
from ...model.studies.frontier.findings import FrontierFindings, FrontierPoint
from ..charts import lines_and_bars
from ..sheet import (
    BOOK,
    NOTEBOOK,
    PAGE,
    SCREEN,
    TIDY,
    Chart,
    Column,
    Completeness,
    Record,
    Sheet,
    Table,
    tidy,
)
from .portfolios import tidy_all, total_areas
from .words import Words, capitalise, count, tell_effort

MOST_ON_SCREEN = 24
"""Points shown on a screen; where there are more, some evenly along the frontier."""

MOST_ON_PAGE = 200

Price = tuple[float, float, float]
"""Points of one layer for a point of another, and between which points of that other."""


def tabulate(frontier: FrontierFindings) -> Record:
    """Everything `frontier --json` promises; points and money."""
    return {
        "scenario": frontier.scenario.name,
        "title": frontier.scenario.title,
        "layers": list(frontier.layers),
        "floors": {layer: tidy(z) for layer, z in frontier.floors.items()},
        "complete": frontier.effort.is_complete,
        "exact": frontier.is_exact,
        "tolerance": tidy(frontier.tolerance),
        "tolerance_points": {layer: tidy(step) for layer, step in frontier.steps.items()},
        "open_zones": frontier.open_zones,
        "solves": frontier.effort.solves,
        "linear_solves": frontier.effort.linear_solves,
        "points": [tabulate_point(frontier.scenario, point) for point in frontier.points],
        "trade": list_trades(frontier),
        "seconds": round(frontier.effort.seconds, 3),
    }


def tabulate_point(scenario: Scenario, point: FrontierPoint) -> Record:
    """One outcome, the plan behind it, and the weights under which it is the best, if any."""
    return {
        "outcome": {layer: tidy(z) for layer, z in point.outcome.items()},
        "supported": point.is_supported,
        "weights": None
        if point.weights is None
        else {layer: tidy(weight) for layer, weight in point.weights.items()},
        "funded": list(point.plan),
        "areas": tidy_all(total_areas(scenario, point.plan)),
        "spending": {
            i: {str(year): tidy(bn) for year, bn in years.items()}
            for i, years in point.plan.items()
        },
    }


def list_trades(frontier: FrontierFindings) -> list[Record]:
    """What each point gives and takes, layer by layer, beside the one before it.

    With two layers `rate` is what a point of the second has cost in the first.
    """
    rows: list[Record] = []
    for before, after in pairwise(frontier.points):
        change = {layer: after.outcome[layer] - before.outcome[layer] for layer in frontier.layers}
        row: Record = {
            "from": len(rows) + 1,
            "to": len(rows) + 2,
            "change": {layer: tidy(points) for layer, points in change.items()},
        }
        if len(frontier.layers) == 2:
            given, got = (change[layer] for layer in frontier.layers)
            row["rate"] = tidy(-given / got) if got else None
        rows.append(row)
    return rows


def describe(scenario: Scenario, record: Record, findings: Any = None) -> Sheet:
    """The outcomes in order, what each funds beside the last, and what a point costs."""
    del findings
    words = Words(scenario)
    names = "; ".join(words.layers[layer] for layer in record["layers"])
    points = record["points"]
    left = record.get("open_zones")
    zones = f" with {count(left, 'zone')} of outcomes not yet covered" if left else ""
    return Sheet(
        name="frontier",
        title=words.title,
        of=scenario.name,
        heading="What can be had together",
        short="Frontier",
        verdict=tell_count(words, record),
        sentences=[
            f"What a lead costs in another layer: {names}.",
            *tell_floors(words, record),
            *tell_prices(words, record),
        ],
        parts=[
            *list_shown(words, record),
            *draw_outcomes(words, record),
            list_data(words, record, points),
        ],
        effort=tell_effort(record) if "linear_solves" in record else "",
        completeness=Completeness(record["complete"], proven=f"The time was over{zones}."),
    )


def tell_count(words: Words, record: Record) -> str:
    """How many outcomes there are, and what is proven of them, in a sentence."""
    points = record["points"]
    outcomes = f"{count(len(points), 'outcome')} that no plan beats in all of these layers"
    were = "were" if len(points) > 1 else "was"
    if not record["complete"]:
        return f"{capitalise(outcomes)} {were} found; there may be more."
    if record.get("exact", True):
        unsupported = sum(not point["supported"] for point in points)
        are = "is" if len(points) == 1 else "are"
        told = f"There {are} {outcomes}, all of them listed"
        if not unsupported:
            return f"{told}."
        those = "is the best" if unsupported == 1 else "are the best"
        return f"{told}; {unsupported} {those} under no weights."
    steps = record.get("tolerance_points") or {}
    told = " and ".join(f"{step:.3f} points in {words.layers[id_]}" for id_, step in steps.items())
    within = f"{record['tolerance']:.1%} of each layer's range"
    return (
        f"{outcomes} {were} found, and no other is better than the nearest of them by more than "
        f"{f'{told} ({within})' if told else within}; proven."
    )


def tell_floors(words: Words, record: Record) -> list[str]:
    """Which outcomes are held up."""
    floors = record.get("floors") or {}
    held = "; ".join(f"{words.layers[layer]} at {z:g} or more" for layer, z in floors.items())
    return [f"Held: {held}. The other layers are free."] if held else []


def tell_prices(words: Words, record: Record) -> list[str]:
    """What a point of the second of two layers costs in the first: at first, then, at last."""
    layers, points = record["layers"], record["points"]
    if len(layers) != 2:
        return []
    if len(points) < 2:
        best = "One outcome is the best in both layers: there is nothing to trade."
        return [best] if record["complete"] and points else []
    one, other = layers
    prices = tell_rates(list_prices([point["outcome"] for point in points], one, other))
    costs = f"A point of {words.layers[other]} costs, in points of {words.layers[one]}"
    return [f"{costs}: {prices}."] if prices else []


def list_prices(outcomes: Sequence[Mapping[str, float]], one: str, other: str) -> list[Price]:
    """What a point of `other` costs in points of `one` along outcomes: at first, then, at last."""
    last = len(outcomes) - 1
    prices = []
    for start, end in pairwise(sorted({0, last // 3, 2 * last // 3, last})):
        got = outcomes[end][other] - outcomes[start][other]
        if got > 0:
            rate = (outcomes[start][one] - outcomes[end][one]) / got
            prices.append((rate, outcomes[start][other], outcomes[end][other]))
    return prices


def tell_rates(prices: Sequence[Price]) -> str:
    """Prices in a row, those that read alike together.

    >>> tell_rates([(0.5, 1.0, 2.0), (0.501, 2.0, 3.0), (0.8, 3.0, 4.0)])
    '0.50 from 1.00 to 3.00; 0.80 from 3.00 to 4.00'
    """
    told = []
    for rate, along in groupby(prices, lambda price: f"{price[0]:.2f}"):
        stretches = list(along)
        told.append(f"{rate} from {stretches[0][1]:.2f} to {stretches[-1][2]:.2f}")
    return "; ".join(told)


def list_shown(words: Words, record: Record) -> list[Table]:
    """The outcomes in order: some on a screen, all elsewhere."""
    points = record["points"]
    few = pick_evenly(len(points))
    note = ""
    if len(few) < len(points):
        note = f"{len(few)} of {len(points)} outcomes are shown; --csv has all."
    title = "Outcomes, and what each funds beside the one above"
    columns = [
        Column("point", "outcome", "count"),
        *(Column(layer, words.layers[layer], "points", "points") for layer in record["layers"]),
        Column("ahead", "", "bar", on=frozenset({SCREEN})),
        Column("supported", "best under some weights", "yes"),
        words.money_column("money", "spends", 1),
        Column("funds", "funds", "count"),
        *words.change_columns("beside the one above", "comes in", "goes out"),
    ]
    every = list_rows(words, record, range(len(points)))
    some = list_rows(words, record, few)
    elsewhere = frozenset({PAGE, BOOK, NOTEBOOK})
    return [
        Table("points", title, columns, some, note, on=frozenset({SCREEN})),
        Table("points", title, columns, every, most=MOST_ON_PAGE, on=elsewhere),
    ]


def pick_evenly(points: int) -> list[int]:
    """Which of so many points are shown on a screen.

    >>> pick_evenly(3), len(pick_evenly(1000)), pick_evenly(1000)[-1]
    ([0, 1, 2], 24, 999)
    """
    if points <= MOST_ON_SCREEN:
        return list(range(points))
    last = MOST_ON_SCREEN - 1
    return sorted({round(at * (points - 1) / last) for at in range(MOST_ON_SCREEN)})


def list_rows(words: Words, record: Record, which: Sequence[int]) -> list[Record]:
    """A row for each of some outcomes, with who comes and goes beside the one above."""
    points, layers = record["points"], record["layers"]
    lowest = min((point["outcome"][layers[0]] for point in points), default=0.0)
    rows: list[Record] = []
    before: Sequence[str] | None = None
    for at in which:
        point = points[at]
        cells = words.change_cells(point["funded"], point["funded"] if before is None else before)
        before = point["funded"]
        rows.append(
            {
                "point": at + 1,
                **point["outcome"],
                "ahead": point["outcome"][layers[0]] - lowest,
                "supported": point["supported"],
                "money": sum(bn or 0.0 for bn in point["areas"].values()),
                "funds": len(point["funded"]),
                **cells,
            }
        )
    return rows


def list_data(words: Words, record: Record, points: Sequence[Record]) -> Table:
    """A row for each outcome: whether it is supported, spending by area, who is funded."""
    layers = list(points[0]["outcome"]) if points else list(record["layers"])
    rows = [
        {
            "point": number,
            **point["outcome"],
            "supported": point["supported"],
            **{f"{area}_bn": bn for area, bn in point["areas"].items()},
            "funded": " ".join(point["funded"]),
        }
        for number, point in enumerate(points, 1)
    ]
    columns = [
        Column("point", "outcome", "count"),
        *(Column(layer, words.layers.get(layer, layer), "points", "points") for layer in layers),
        Column("supported", "best under some weights", "yes"),
        *(words.money_column(f"{area}_bn", title) for area, title in words.areas.items()),
        Column("funded", "funded"),
    ]
    return Table("frontier", "", columns, rows, on=TIDY)


def draw_outcomes(words: Words, record: Record) -> list[Chart]:
    """The outcomes over the first two layers."""
    layers = record["layers"][:2]
    dots = [
        {
            "x": point["outcome"][layers[0]],
            "y": point["outcome"][layers[1]],
            "supported": point["supported"],
        }
        for point in record["points"]
    ]
    if not dots:
        return []
    titles = [f"{words.layers[layer]}, points" for layer in layers]

    def draw(width: Any, legend: bool) -> Record:
        del legend
        return lines_and_bars.draw_outcomes(dots, titles, width)

    says = f"{count(len(dots), 'dot')}, a dot for each; hollow ones are the best under no weights"
    if len(record["layers"]) > 2:
        says += f"; of {len(record['layers'])} layers the first two are shown"
    return [Chart("frontier", "Outcomes that no plan beats", says, draw, table="points")]
