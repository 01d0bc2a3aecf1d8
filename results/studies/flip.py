"""What `sensitivity flip` says: the nearest weights at which other programmes are funded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from ...inputs.scenario import Scenario
from ...model.studies.weights.findings import Flips
from ..charts import weight_drawings
from ..sheet import SHOWN, TIDY, Chart, Column, Completeness, Record, Sheet, Table, tidy
from ..titles import name_all
from .portfolios import tidy_all, total_areas
from .words import Words, colour_titles, count, list_changes, mark_areas, tell_effort

MOST_STRETCHES = 6
"""Stretches shown for each layer, those around today's weight."""


def tabulate(scenario: Scenario, flips: Flips) -> Record:
    """Everything `sensitivity flip --json` promises."""
    layers = list(scenario.layers)
    today = flips.today.funded
    nearest: Record | None = None
    if flips.nearest is not None:
        enters, leaves = list_changes(flips.nearest.portfolio.funded, today)
        nearest = {
            "weights": dict(zip(layers, map(tidy, flips.nearest.weights.tolist()), strict=True)),
            "shift_pp": tidy(flips.nearest.shift_pp),
            "enters": enters,
            "leaves": leaves,
            "areas": tidy_all(total_areas(scenario, flips.nearest.portfolio.plan)),
        }
    return {
        "scenario": scenario.name,
        "title": scenario.title,
        "tolerance": tidy(flips.tolerance),
        "weights": dict(zip(layers, map(tidy, flips.weights.tolist()), strict=True)),
        "funded": list(today),
        "areas": tidy_all(total_areas(scenario, flips.today.plan)),
        "nearest": nearest,
        "proven_none_within_pp": tidy(flips.proven_none_within_pp),
        "complete": flips.complete,
        "answered": sum(stretches is not None for stretches in flips.by_layer.values()),
        "by_layer": {
            layer: stretches
            and [
                {
                    "from": tidy(stretch.begins),
                    "to": tidy(stretch.ends),
                    "funded": list(stretch.portfolio.funded),
                    "areas": tidy_all(total_areas(scenario, stretch.portfolio.plan)),
                }
                for stretch in stretches
            ]
            for layer, stretches in flips.by_layer.items()
        },
        "solves": flips.solves,
        "linear_solves": flips.linear_solves,
        "seconds": round(flips.seconds, 3),
    }


def describe(scenario: Scenario, record: Record, findings: Any = None) -> Sheet:
    """The nearest flip, what changes there, and each layer's weight from 0 to 1."""
    del findings
    words = Words(scenario)
    return Sheet(
        name="sensitivity-flip",
        title=words.title,
        of=scenario.name,
        heading="How far the weights may move",
        short="Flips",
        verdict=tell_nearest(record),
        sentences=[tell_today(record, len(scenario.instruments))],
        parts=[
            *list_nearest(words, record),
            *list_paths(words, record),
            *draw_paths(scenario, record["weights"], record["by_layer"]),
        ],
        effort=tell_effort(record) if "linear_solves" in record else "",
        completeness=Completeness(
            record.get("complete", True), record.get("answered"), len(record["by_layer"]), "layers"
        ),
    )


def tell_today(record: Record, there_are: int) -> str:
    """What today's weights fund, and how long that stays right."""
    return (
        f"Today's weights fund {len(record['funded']) or 'none'} of "
        f"{count(there_are, 'programme')}. They stay right while a plan with just these loses at "
        f"most {record['tolerance']:.2%} of the best gain."
    )


def tell_nearest(record: Record) -> str:
    """The nearest flip, and how far it is proven that there is none, in a sentence."""
    proven, nearest = record["proven_none_within_pp"], record["nearest"]
    if proven is None:
        if nearest is None:
            return "Whether the decision turns at all, and where, is not known."
        return (
            f"The decision turns when {nearest['shift_pp']:.2f} percentage points of weight move; "
            "whether it turns nearer is not known."
        )
    if nearest is None:
        sure = "at all" if proven >= 100 else f"within {proven:.2f} percentage points"
        return (
            "No weights were found at which other programmes are funded; proven: there are none "
            f"{sure}."
        )
    return (
        f"The decision turns when {nearest['shift_pp']:.2f} percentage points of weight move; "
        f"proven: no shift of less than {proven:.2f} turns it."
    )


def list_nearest(words: Words, record: Record) -> list[Table]:
    """Today's weights beside those of the nearest flip, and what comes and goes there."""
    nearest = record["nearest"]
    if nearest is None:
        return []
    weights = [
        {
            "layer": layer,
            "today": today,
            "at_flip": nearest["weights"][layer],
            "moved_pp": None
            if nearest["weights"][layer] is None
            else 100 * (nearest["weights"][layer] - today),
        }
        for layer, today in record["weights"].items()
    ]
    columns = [
        words.layer_column(),
        Column("today", "today", "share"),
        Column("at_flip", "at the flip", "share"),
        Column("moved_pp", "moved", "number", "percentage points", 1, is_signed=True),
    ]
    changes = [
        {"change": change, "id": id_}
        for change, key in (("comes in", "enters"), ("goes out", "leaves"))
        for id_ in nearest[key]
    ]
    return [
        Table("nearest_weights", "Weights at the nearest flip", columns, weights),
        Table(
            "nearest_changes",
            "What changes there",
            [Column("change", "change"), words.programme_column(), Column("id", "id", on=SHOWN)],
            changes,
        ),
    ]


def list_paths(words: Words, record: Record) -> list[Table]:
    """Along each layer's weight: from where to where a set stays, and what comes and goes."""
    weights, by_layer = record["weights"], record["by_layer"]
    rows = [
        {
            "layer": layer,
            "from": stretch["from"],
            "to": stretch["to"],
            **stretch["areas"],
            "funded": " ".join(stretch["funded"]),
        }
        for layer, stretches in by_layer.items()
        for stretch in stretches or ()
    ]
    ends = list_ends(words)
    columns = [*ends, *words.area_columns(0), Column("funded", "funded")]
    return [
        show_paths(words, weights, by_layer, record["funded"], "flips", SHOWN),
        Table("flips", "", columns, rows, on=TIDY),
    ]


def list_ends(words: Words) -> list[Column]:
    """Whose weight it is, from where to where."""
    return [
        words.layer_column(title="weight of"),
        Column("from", "from", "share"),
        Column("to", "to", "share"),
    ]


def show_paths(
    words: Words,
    weights: Record,
    by_layer: Mapping[str, Sequence[Record] | None],
    funded: Sequence[str],
    name: str,
    on: frozenset[str],
) -> Table:
    """A few stretches of each layer's weight, and what each funds beside today's set."""
    shown: list[Record] = []
    for layer, stretches in by_layer.items():
        if stretches is None:
            shown.append({"layer": layer, "from": None, "to": None})
            continue
        shown += [
            {
                "layer": layer,
                "from": stretch["from"],
                "to": stretch["to"],
                **stretch["areas"],
                "now": stretch["from"] <= weights[layer] <= stretch["to"],
                **words.change_cells(stretch["funded"], funded),
            }
            for stretch in pick_around(stretches, weights[layer])
        ]
    told = [
        Column("now", "today's", "yes", absent=""),
        *words.change_columns("beside today's set", "comes in", "goes out"),
    ]
    return Table(
        name,
        "What is funded as one layer's weight goes from 0 to 1, the others in proportion",
        [*list_ends(words), *words.area_columns(0), *told],
        shown,
        on=on,
    )


def pick_around(stretches: Sequence[Record], now: float) -> Sequence[Record]:
    """A few stretches, those around today's weight.

    >>> steps = [{"from": k / 10, "to": (k + 1) / 10} for k in range(10)]
    >>> [step["from"] for step in pick_around(steps, 0.05)]
    [0.0, 0.1, 0.2, 0.3, 0.4, 0.5]
    """
    home = next((k for k, own in enumerate(stretches) if own["from"] <= now <= own["to"]), 0)
    first = max(0, min(home - MOST_STRETCHES // 2, len(stretches) - MOST_STRETCHES))
    return stretches[first : first + MOST_STRETCHES]


def draw_paths(
    scenario: Scenario,
    weights: Record,
    by_layer: Mapping[str, Sequence[Record] | None],
    table: str = "flips",
) -> list[Chart]:
    """A panel for each layer: spending by area as its weight goes from 0 to 1."""
    words = Words(scenario)
    colours, areas = colour_titles(words.scenario), name_all(words.scenario.areas)
    charts = []
    for layer, steps in by_layer.items():
        if steps is None:  # there was no time for it
            continue
        title = words.layers.get(layer, layer)
        today = weights.get(layer, scenario.weights.get(layer, 0.0))
        says = (
            f"Spending by area as the weight of {title} goes from 0 to 1, in "
            f"{count(len(steps), 'step')}; today it is {today:.0%}"
        )
        draw = partial(draw_path, stack_steps(steps, areas), today, colours, words.money, title)
        heading = f"{title}: {words.money} by area, dashed today's weight"
        marks = mark_areas(scenario)
        charts.append(
            Chart(f"path-{layer}", heading, says, draw, "paths", table=table, legend=marks)
        )
    return charts


def draw_path(
    rows: list[Record],
    today: float,
    colours: Any,
    money: str,
    title: str,
    width: Any,
    legend: bool,
) -> Record:
    """A panel that bears its title where it has a legend: on a page that stands above it."""
    return weight_drawings.draw_path(rows, today, colours, width, money, title if legend else None)


def stack_steps(steps: Sequence[Record], area_names: dict[str, str]) -> list[Record]:
    """The areas of each step of a path, one on top of the other."""
    rows = []
    for step in steps:
        below = 0.0
        for area, title in area_names.items():
            amount = step["areas"].get(area) or 0.0
            ends = {"from": step["from"], "to": step["to"], "y": below, "y2": below + amount}
            rows.append({**ends, "area": title, "bn": amount})
            below += amount
    return rows
