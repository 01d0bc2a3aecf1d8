"""The section of a page on doubtful figures: which of them move the gain, and which the plan."""

from __future__ import annotations

from typing import Any

from ..inputs.figures import GROUP
from .charts import vega as charts
from .inputs import call_figure, list_answered, say_values, tell_answered, tell_range
from .runs.reported import Reported
from .section import Section, make_table, tell
from .sheet import Chart, Record
from .studies.rows import name_all, shorten

MOST_BARS = 20


def write_inputs(one: Reported, record: Record) -> Section:
    """What each figure decides, the most decisive first."""
    writers = {
        "tornado": write_tornado,
        "breakeven": write_break_evens,
        "sobol": write_shares,
        "sample": write_samples,
        "voi": write_values,
    }
    method, answered, asked = record["method"], record.get("answered"), record.get("asked")
    if answered is None or asked is None or answered == asked:
        return {"short": "Figures", **writers[method](one, record)}
    section = writers[method](one, {**record, "figures": list_answered(record["figures"])})
    said = [*section["sentences"], tell_answered(method, answered, asked)]
    return {"short": "Figures", **section, "sentences": said}


def write_tornado(one: Reported, record: Record) -> Section:
    """Each figure at its low and its high value."""
    figures = record["figures"]
    wide = [row for row in figures if None not in (row["gain_low"], row["gain_high"])]
    wide = sorted(wide, key=lambda row: -abs(row["gain_high"] - row["gain_low"]))[:MOST_BARS]
    bars = [
        {
            "name": shorten(call_row(row), 60),
            "from": min(row["gain_low"], row["gain_high"]),
            "to": max(row["gain_low"], row["gain_high"]),
        }
        for row in wide
    ]
    picture = Chart(
        "tornado",
        "The gain at the low and the high value of each figure",
        f"Bars for the {len(bars)} figures that move the gain most",
        lambda width, _: charts.draw_bars(bars, "gain, points", width, rule=record["base_gain"]),
    )
    names = name_all(one.scenario.instruments)
    rows = [
        [
            tell(call_row(row)),
            tell_ends(row),
            tell(row["gain_low"], 3),
            tell(row["gain_high"], 3),
            tell(row.get("lost_points"), 3),
            "; ".join(
                f"{end}: {tell_set(row, f'_{end}', names)}"
                for end in ("low", "high")
                if row.get(f"flips_{end}")
            )
            or "-",
        ]
        for row in figures
    ]
    columns = ["figure", "range", "gain at low", "at high", "kept loses", "then funded"]
    flips = sum(bool(row.get("flips_low") or row.get("flips_high")) for row in figures)
    return {
        "title": "Which figures move the answer",
        "sentences": [
            (
                f"{flips} of {len(figures)} figures change what is funded somewhere in their "
                "range. Kept loses: the points lost by keeping today's plan rather than "
                "choosing anew."
            )
        ],
        "figures": [picture],
        "tables": [make_table("Figures, the most decisive first", columns, rows)],
    }


def call_row(row: Record) -> str:
    """What a figure is called."""
    return call_figure(row["path"], row.get("title") or "")


def tell_ends(row: Record) -> str:
    """The range of a figure in its unit."""
    low, high = tell_figure(row["low"]), tell_figure(row["high"])
    return tell_range(row["path"], low, high, row.get("unit") or "", " to ")


def tell_set(row: Record, end: str, names: dict[str, str]) -> str:
    """Who comes in and who goes out at an end of a range, or where the answer turns.

    >>> tell_set({"enters_low": ["a"], "leaves_low": ["b"]}, "_low", {"a": "A", "b": "B"})
    'with A, without B'
    """
    told = [f"with {names.get(i, i)}" for i in row.get(f"enters{end}") or ()]
    told += [f"without {names.get(i, i)}" for i in row.get(f"leaves{end}") or ()]
    return ", ".join(told) or str(row.get("why") or "-")


def tell_figure(value: Any) -> str:
    """A figure as it would be typed.

    >>> tell_figure(0.25), tell_figure(None), tell_figure("never")
    ('0.25', '-', 'never')
    """
    if value is None:
        return "-"
    return f"{value:.4g}" if isinstance(value, int | float) else str(value)


def write_break_evens(one: Reported, record: Record) -> Section:
    """The value at which the funded set changes, by figure."""
    names = name_all(one.scenario.instruments)
    found = [row for row in record["figures"] if row["flips_at"] is not None]
    rows = [
        [
            tell(call_row(row)),
            tell_figure(row["value"]),
            tell_ends(row),
            tell_figure(row["flips_at"]),
            tell(row["within_range"]),
            tell_set(row, "", names),
        ]
        for row in found
    ]
    within = sum(bool(row["within_range"]) for row in found)
    columns = ["figure", "now", "range", "turns at", "in its range", "then funded"]
    return {
        "title": "At which value of a figure the answer turns",
        "sentences": [
            (
                f"{within} figures change what is funded within their range, {len(found) - within} "
                f"only beyond it, {len(record['figures']) - len(found)} nowhere that was searched."
            )
        ],
        "tables": [make_table("Figures, the nearest first", columns, rows)],
    }


def write_shares(one: Reported, record: Record) -> Section:
    """Sobol indices of the gain."""
    del one
    rows = [
        [
            tell(call_row(row)),
            *(
                f"{tell(row[key], 3)} ({tell(row[f'{key}_interval'][0], 3)} to "
                f"{tell(row[f'{key}_interval'][1], 3)})"
                for key in ("first", "total")
            ),
        ]
        for row in sorted(record["figures"], key=lambda row: -(row["total"] or 0.0))
    ]
    columns = ["figure", "alone (95 %)", "in all (95 %)"]
    return {
        "title": "Which figures make the answer uncertain",
        "sentences": [
            (
                f"The share of the gain's variance that a figure makes alone, and with all others; "
                f"{record['samples']} base samples, 95 % intervals."
            )
        ],
        "tables": [make_table("Shares of the gain's variance", columns, rows)],
    }


def write_samples(one: Reported, record: Record) -> Section:
    """How often each programme is funded over joint samples, and what goes with it."""
    names, areas = name_all(one.scenario.instruments), name_all(one.scenario.areas)
    columns = ["programme", "funded in", "5 % of spending, $ bn", "median", "95 %", "goes with"]
    rows = [
        [
            names.get(own["id"], own["id"]),
            f"{own['funded_share']:.0%}",
            *(tell(own[f"spend_{key}_bn"]) for key in ("p05", "median", "p95")),
            tell_pairs(own["goes_with"]),
        ]
        for own in sorted(record["instruments"], key=lambda own: -own["funded_share"])
    ]
    by_area = [
        [
            areas.get(area, area),
            *(tell(own[key]) for key in ("p05", "median", "p95")),
            tell_pairs(own["goes_with"]),
        ]
        for area, own in record["areas"].items()
    ]
    gain, lost = record["gain"], record["kept_loss"]
    kept = (
        "today's plan breaks a limit in every one"
        if lost is None
        else f"keeping today's plan loses {tell(lost['median'])}, {tell(lost['p05'])} to "
        f"{tell(lost['p95'])}, in the {record['kept']} in which it breaks no limit"
    )
    return {
        "title": "All figures at once",
        "sentences": [
            (
                f"{record['counted']} joint samples of {len(record['figures'])} figures. The best "
                f"plan gains {tell(gain['median'])} points, {tell(gain['p05'])} to "
                f"{tell(gain['p95'])} in nine of ten; {kept}."
            )
        ],
        "tables": [
            make_table("Programmes, those funded most often first", columns, rows),
            make_table("Areas", ["area", *columns[2:]], by_area),
        ],
    }


def tell_pairs(found: list[Record]) -> str:
    """The figure that an answer goes with most, and its rank correlation."""
    return "; ".join(f"{own['correlation']:+.2f} {own['path']}" for own in found[:1]) or "-"


def write_values(one: Reported, record: Record) -> Section:
    """What knowing a figure, or a group of them, before choosing is worth."""
    del one
    groups = [{**row, "path": f"{GROUP}{row['group']}", "title": ""} for row in record["groups"]]
    worth = [row for row in (*groups, *record["figures"]) if row["evppi"]]
    worth = sorted(worth, key=lambda row: -row["evppi"])
    bars = [
        {"name": shorten(call_row(row), 60), "from": 0.0, "to": row["evppi"]}
        for row in worth[:MOST_BARS]
    ]
    picture = Chart(
        "worth-of-knowing",
        "What knowing a figure before choosing is worth",
        f"Bars for the {len(bars)} figures and groups that are worth most to know",
        lambda width, _: charts.draw_bars(bars, "points", width, rule=0.0),
    )
    rows = [
        [
            tell(call_row(row)),
            tell(row["evppi"], 4),
            tell(row["se"], 4),
            tell(row["bn"]),
            tell(", ".join(filter(None, [row.get("confidence"), *row.get("source", [])])) or None),
        ]
        for row in worth
    ]
    columns = ["to know before choosing", "points", "standard error", "$ bn", "rests on"]
    return {
        "title": "What it would be worth to know",
        "sentences": [
            *say_values(record),
            (
                "Points: what knowing it adds to the gain on average. $ bn: the budget that buys "
                "as many points at the margin."
            ),
        ],
        "figures": [picture] if bars else [],
        "tables": [make_table("Figures and groups, the most valuable first", columns, rows)],
    }
