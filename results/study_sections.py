"""Short sections of a page for the studies that a run folder holds beside its plan and map."""

from __future__ import annotations

from .runs.reported import Reported
from .section import Section, tell
from .sheet import Record
from .studies.describe import DESCRIBERS, describe
from .trade_sections import write_alternatives, write_budget, write_frontier
from .writers.page_section import write_section


def describe_studies(one: Reported) -> list[Section]:
    """The sections, each with an anchor, a title, sentences, pictures and tables."""
    return [
        write_section(describe(command, one.scenario, record))
        if command in DESCRIBERS
        else write_old_section(one, command, record)
        for command, record in list_studies(one)
    ]


def list_studies(one: Reported) -> list[tuple[str, Record]]:
    """The studies that there are, as a page tells them, with their records."""
    return [(command, one.studies[command]) for command in ORDER if command in one.studies]


def write_old_section(one: Reported, command: str, record: Record) -> Section:
    """The section of a study that has no describer yet."""
    section: Section = {
        "anchor": command.replace(" ", "-"),
        "lacking": "",
        "sentences": [],
        "figures": [],
        "panels": [],
        "tables": [],
    }
    section |= WRITERS[command](one, record)
    if record.get("missing"):
        told = f"No time was left for: {', '.join(map(tell, record['missing']))}."
        section["sentences"] = [*section["sentences"], told]
    return section


WRITERS = {
    "sensitivity budget": write_budget,
    "frontier": write_frontier,
    "alternatives": write_alternatives,
}
"""What writes the section of each command's record that has no describer yet."""

ORDER = (
    "sensitivity map",
    "sensitivity flip",
    "explain",
    "sensitivity weights",
    "sensitivity budget",
    "sensitivity inputs",
    "frontier",
    "alternatives",
    "robust",
    "compare",
)
"""Studies as a page tells them."""
