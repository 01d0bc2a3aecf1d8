"""Short sections of a page for the studies that a run folder holds beside its plan and map."""

from __future__ import annotations

from typing import Any

from . import charts
from .pictures import Picture
from .portfolio import Record
from .report_rows import name_all, shorten
from .reported import Reported

Section = dict[str, Any]
MOST_ROWS = 40

INPUT_COLUMNS = (
    *("value", "low", "high", "gain_low", "gain_high", "kept_low", "kept_high", "flips"),
    *("flips_at", "within_range", "enters", "leaves"),
    *("first", "first_interval", "total", "total_interval"),
)
"""What is shown of a figure, whichever of it the method gives."""


def describe_studies(one: Reported) -> list[Section]:
    """The sections, each with an anchor, a title, sentences, pictures and tables."""
    found = []
    for command, write in WRITERS.items():
        record = one.studies.get(command)
        if record is not None:
            section = {
                "anchor": command.replace(" ", "-"),
                "sentences": [],
                "figures": [],
                "tables": [],
            }
            found.append({**section, **write(one, record)})
    return found


def tell(value: Any, digits: int = 2) -> str:
    """A value as a cell shows it.

    >>> tell(1.234), tell(None), tell(["a", "b"]), tell(True)
    ('1.23', '-', 'a, b', 'yes')
    """
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float | int):
        return f"{value:,.{digits}f}"
    if isinstance(value, list):
        return shorten(", ".join(tell(part, digits) for part in value), 300)
    return shorten(value, 300)


def make_table(title: str, columns: list[str], rows: list[list[str]]) -> Section:
    """A table of at most so many rows; says how many are left out."""
    left = len(rows) - MOST_ROWS
    more = f" (the first {MOST_ROWS} of {len(rows)})" if left > 0 else ""
    return {"title": title + more, "columns": columns, "rows": rows[:MOST_ROWS]}


def write_explain(one: Reported, record: Record) -> Section:
    """Prices of limits and what it would take to fund what is not."""
    names = name_all(one.scenario.instruments)
    if record["status"] == "infeasible":
        repairs = [
            [tell(repair["gives_up"]), tell(repair.get("gain"))]
            for repair in record.get("repairs", ())
        ]
        return {
            "title": "Why no plan meets every limit",
            "short": "Why",
            "sentences": [
                f"These limits clash: {tell(clash)}." for clash in record.get("conflicts", ())
            ],
            "tables": [make_table("Ways to mend it", ["gives up", "gain, points"], repairs)],
        }
    rows = [
        [
            names.get(own["id"], own["id"]),
            tell(own["funded"]),
            tell(own.get("spending_bn")),
            tell(own.get("held_by")),
            tell((own.get("replacement") or {}).get("points"), 3),
            "; ".join(filter(None, (tell_change(way) for way in own.get("to_fund") or ()))),
        ]
        for own in record["instruments"] or ()
    ]
    columns = ["programme", "funded", "$ bn", "held by", "points if replaced", "to fund it"]
    return {
        "title": "Why each programme is funded or not",
        "short": "Why",
        "sentences": [tell(sentence) for sentence in (record.get("sentences") or ())[:6]],
        "tables": [make_table("Programmes", columns, rows)] if rows else [],
    }


def tell_change(way: Record) -> str:
    """A change that would fund a programme, or nothing where none within reach does.

    >>> tell_change({"change": "cost", "factor": 0.5}), tell_change({"change": "budget", "to": 14})
    ('cost times 0.50', 'budget 14.00')
    >>> tell_change({"change": "weights", "to": {"a": 1.0}, "shift_pp": 7.0})
    'weights moved by 7.0 percentage points'
    """
    if way.get("factor") is not None:
        return f"{way['change']} times {way['factor']:.2f}"
    if way.get("shift_pp") is not None:
        return f"{way['change']} moved by {way['shift_pp']:.1f} percentage points"
    to = way.get("to")
    return f"{way['change']} {tell(to)}" if isinstance(to, int | float) else ""


def write_budget(one: Reported, record: Record) -> Section:
    """The best gain as the budget moves, and the cut and add lists."""
    names = name_all(one.scenario.instruments)
    points = [{"bn": bn, "gain": gain} for bn, gain, _ in record["curve"]]
    picture = Picture(
        "budget-curve",
        "The best gain as the budget moves",
        f"A curve of {len(points)} points",
        lambda width, _: charts.draw_curve(points, width),
    )
    columns = ["programme", "$ bn", "points", "points behind the best plan"]
    tables = [
        make_table(
            title,
            columns,
            [
                [
                    names.get(row["instrument"], row["instrument"]),
                    tell(abs(row["saves_bn"])),
                    tell(abs(row["loses_points"]), 3),
                    tell(row.get("loss_against_free"), 3),
                ]
                for row in record[key]
            ],
        )
        for title, key in (
            ("What to cut first, and what it loses", "cut_list"),
            ("What to add first, and what it gains", "add_list"),
        )
        if record[key]
    ]
    return {
        "title": "If there is more or less money",
        "short": "Budget",
        "figures": [picture],
        "tables": tables,
    }


def write_inputs(one: Reported, record: Record) -> Section:
    """The figures that move the answer most."""
    del one
    method, figures = record["method"], record["figures"]
    section: Section = {"title": f"Which figures move the answer: {method}", "short": "Figures"}
    if method == "tornado":
        wide = sorted(
            figures, key=lambda row: -abs((row["gain_high"] or 0) - (row["gain_low"] or 0))
        )[:20]
        rows = [
            {
                "figure": shorten(row["path"], 60),
                "from": min(row["gain_low"] or 0, row["gain_high"] or 0),
                "to": max(row["gain_low"] or 0, row["gain_high"] or 0),
            }
            for row in wide
        ]
        picture = Picture(
            "tornado",
            "The gain at the low and the high value of each figure",
            f"Bars for the {len(rows)} figures that move the gain most",
            lambda width, _: charts.draw_tornado(
                rows, [str(row["figure"]) for row in rows], record["base_gain"], width
            ),
        )
        section["figures"] = [picture]
    keys = [key for key in INPUT_COLUMNS if figures and key in figures[0]]
    section["tables"] = [
        make_table(
            "Figures",
            ["figure", *(key.replace("_", " ") for key in keys)],
            [[tell(row["path"]), *(tell(row.get(key), 3) for key in keys)] for row in figures],
        )
    ]
    return section


def write_weights(one: Reported, record: Record) -> Section:
    """Funded shares over sampled weightings."""
    names = name_all(one.scenario.instruments)
    rows = [
        [
            names.get(row["id"], row["id"]),
            f"{row['funded_share']:.0%}",
            tell(row["spend_p05_bn"]),
            tell(row["spend_median_bn"]),
            tell(row["spend_p95_bn"]),
            tell(row["class"]),
        ]
        for row in record["instruments"]
    ]
    columns = ["programme", "funded under", "5 % of spending, $ bn", "median", "95 %", "class"]
    return {
        "title": "Under thousands of weightings",
        "short": "Samples",
        "sentences": [
            f"{record['samples']} weightings; plans within {record['tolerance']:.1%} of the best."
        ],
        "tables": [make_table("Programmes", columns, rows)],
    }


def write_frontier(one: Reported, record: Record) -> Section:
    """The non-dominated outcomes."""
    names = name_all(one.scenario.layers)
    layers = list(record["layers"])
    rows = [
        [
            *(tell(point["outcome"][layer], 3) for layer in layers),
            tell(point["supported"]),
            str(len(point["funded"])),
        ]
        for point in record["points"]
    ]
    columns = [*(names.get(layer, layer) for layer in layers), "supported", "programmes"]
    is_all = record["complete"] and record.get("exact", True)
    said = "every one" if is_all else f"within {record['tolerance']:.1%} of every one"
    return {
        "title": "What can be had together",
        "short": "Frontier",
        "sentences": [f"{len(rows)} outcomes that no plan beats in all of these layers; {said}."],
        "tables": [make_table("Outcomes, points", columns, rows)],
    }


def write_alternatives(one: Reported, record: Record) -> Section:
    """Ranges of spending among plans that are nearly as good."""
    names, areas = name_all(one.scenario.instruments), name_all(one.scenario.areas)
    tables = [
        make_table(
            title,
            [title.lower(), "least, $ bn", "most, $ bn"],
            [
                [known.get(id_, id_), tell(ends[0]), tell(ends[1])]
                for id_, ends in record["ranges"][key].items()
            ],
        )
        for title, key, known in (("Areas", "areas", areas), ("Programmes", "instruments", names))
    ]
    return {
        "title": "Plans that are nearly as good",
        "short": "Alternatives",
        "sentences": [f"Spending among all plans within {record['within']:.1%} of the best gain."],
        "tables": tables,
    }


def write_robust(one: Reported, record: Record) -> Section:
    """One plan for several futures."""
    titles = name_all(one.scenario.futures)
    rows = [
        [
            titles.get(id_, id_),
            f"{own['probability']:.0%}",
            tell(own["gain"], 3),
            tell(own["own_best"], 3),
            f"{own['regret']:.1%}" if own["regret"] is not None else "-",
        ]
        for id_, own in record["futures"].items()
    ]
    told = f"Criterion {record['criterion']}: {tell(record['value'], 3)}"
    if record.get("evpi") is not None:
        told += f"; to know the future would be worth {tell(record['evpi'], 3)} points"
    columns = ["future", "probability", "gain", "best there", "regret"]
    return {
        "title": "One plan for several futures",
        "short": "Futures",
        "sentences": [f"{told}."],
        "tables": [make_table("Futures", columns, rows)],
    }


def write_compare(one: Reported, record: Record) -> Section:
    """The regret matrix that a comparison kept."""
    del one
    labels = list(record["scenarios"])
    plans = list(record.get("plans") or labels)
    rows = [
        [
            label,
            tell(record["gain"].get(label), 3),
            *(
                "-"
                if (record["regret"].get(label) or {}).get(world) is None
                else f"{record['regret'][label][world]:.1%}"
                for world in labels
            ),
        ]
        for label in plans
    ]
    columns = ["plan of", "gain, points", *(f"regret in {label}" for label in labels)]
    return {
        "title": "Held against other scenarios",
        "short": "Compared",
        "tables": [make_table("Regret", columns, rows)],
    }


WRITERS = {
    "explain": write_explain,
    "sensitivity weights": write_weights,
    "sensitivity budget": write_budget,
    "sensitivity inputs": write_inputs,
    "frontier": write_frontier,
    "alternatives": write_alternatives,
    "robust": write_robust,
    "compare": write_compare,
}
"""What writes the section of each command's record."""
