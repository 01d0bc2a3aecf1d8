"""Short sections of a page for the studies that a run folder holds beside its plan and map."""

from __future__ import annotations

from .report_rows import name_all
from .runs.reported import Reported
from .section import Section, make_table, tell
from .sheet import Record
from .studies.describe import DESCRIBERS, describe
from .trade_sections import write_alternatives, write_budget, write_frontier
from .writers.page_section import write_section


def describe_studies(one: Reported) -> list[Section]:
    """The sections, each with an anchor, a title, sentences, pictures and tables."""
    found = []
    for command in SECTIONS:
        record = one.studies.get(command)
        if record is not None and command in DESCRIBERS:
            found.append(write_section(describe(command, one.scenario, record)))
        elif record is not None:
            section: Section = {
                "anchor": command.replace(" ", "-"),
                "sentences": [],
                "figures": [],
                "tables": [],
            }
            section |= WRITERS[command](one, record)
            if record.get("missing"):
                told = f"No time was left for: {', '.join(map(tell, record['missing']))}."
                section["sentences"] = [*section["sentences"], told]
            found.append(section)
    return found


def write_explain(one: Reported, record: Record) -> Section:
    """Prices of limits and what it would take to fund what is not."""
    names = name_all(one.scenario.instruments)
    if "repairs" in record:
        is_idle = record["status"] == "spends_nothing"
        repairs = [
            [tell(repair["gives_up"]), tell(repair.get("gain"))]
            for repair in record.get("repairs", ())
        ]
        return {
            "title": f"Why no plan {'spends anything' if is_idle else 'meets every limit'}",
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


SECTIONS = (
    *("explain", "sensitivity weights", "sensitivity budget", "sensitivity inputs"),
    *("frontier", "alternatives", "robust", "compare"),
)
"""The commands whose records have sections of this kind, in the order of a page."""

WRITERS = {
    "explain": write_explain,
    "sensitivity weights": write_weights,
    "sensitivity budget": write_budget,
    "frontier": write_frontier,
    "alternatives": write_alternatives,
}
"""What writes the section of each command's record."""
