"""Short sections of a page for the studies that a run folder holds beside its plan and map."""

from __future__ import annotations

from .runs.reported import Reported
from .section import Section, make_table, tell
from .sheet import Record
from .studies.describe import DESCRIBERS, describe
from .studies.rows import name_all
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
    "sensitivity weights": write_weights,
    "sensitivity budget": write_budget,
    "frontier": write_frontier,
    "alternatives": write_alternatives,
}
"""What writes the section of each command's record."""
