"""What a page says of a map beside its sliders: what it proves, its portfolios, the stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ...inputs.scenario import Scenario
from ..runs.reported import DRAWN, FOR_PAGE, Reported
from ..sheet import PAGE, Record, Sheet, Table
from .explorer import frame_map
from .map import list_stands
from .portfolios import CORE, EXTERIOR
from .shares import list_portfolios
from .words import Words, capitalise, join_words, tell_counts

MOST_PORTFOLIOS = 40
"""Rows of the table of portfolios; the sliders know all."""

ON = frozenset({PAGE})


def describe_weighing(one: Reported, record: Record, is_alone: bool) -> Sheet:
    """What a map proves for every weighting, and the tables beside its sliders.

    Its sentences: over what the map was made, and of which of several scenarios it is.
    """
    words = Words(one.scenario)
    told = tell_kind(record, one.scenario) + tell_others(one)
    return Sheet(
        name="weights",
        title=words.title,
        of=one.scenario.name,
        short="Weights",
        heading="If other things count: move the weights",
        verdict=say_map(record),
        sentences=[
            text
            for text in (told, "" if is_alone else words.tell_whose("The sliders are those"))
            if text
        ],
        parts=[
            *list_known(words, record),
            *(replace(table, on=ON) for table in list_stands(words, record)),
        ],
    )


def list_known(words: Words, record: Record) -> list[Table]:
    """The map's portfolios, those that are best under most weightings first."""
    ranked = sorted(record["portfolios"], key=lambda portfolio: -portfolio["share"])
    tables = list_portfolios(words, ranked, "share", ON)[:1]
    return [replace(table, most=MOST_PORTFOLIOS, note="", form="folded") for table in tables]


def name_moved(scenario: Scenario, record: Record) -> str:
    """Whose weight the sliders of a map move."""
    is_of_layers = all(id_ in scenario.layers for id_ in frame_map(scenario, record))
    return "layer" if is_of_layers else "pillar"


def tell_kind(record: Record, scenario: Scenario) -> str:
    """Which map the page holds, and how a finer one is had."""
    moved = name_moved(scenario, record)
    within = ", within which weight splits as in the scenario" if moved == "pillar" else ""
    tolerance = f"a tolerance of {record['tolerance']:.1%} of the best gain"
    told = f"A map over {moved}s{within}, at {tolerance}."
    if record.get(FOR_PAGE):
        told += (
            " It was made for this page, coarser than the command's own; for a finer one, run "
            f"stratafolio sensitivity map {scenario.name} --out DIR, then stratafolio report DIR."
        )
    return told


def tell_others(one: Reported) -> str:
    """Which portfolios the sliders know beside those of the map."""
    told = []
    if DRAWN in one.studies:
        told.append("portfolios called drawn are the best known at weightings between its own")
    if "pillar map" in one.studies:
        told.append("portfolios called pillars come from the map over three pillars")
    return f" The sliders know more: {'; '.join(told)}." if told else ""


def say_map(record: Record) -> str:
    """What a map of weights proves, in one sentence."""
    count = len(record["portfolios"])
    sure = (
        f"loses at most {record['certified_regret']:.1%} of the best gain "
        f"(never more than {record['certified_points']:.3f} points)"
    )
    whole = (
        "" if record["complete"] else " The map was cut short, so this is what was proven so far."
    )
    plural = "portfolio" if count == 1 else "portfolios"
    start = f"For every weighting the best of these {count} {plural} {sure}"
    return f"{start}; proven, not sampled.{whole}"


def say_core(record: Record, names: Mapping[str, str]) -> str:
    """Which programmes are funded under nearly all weights, and which under nearly none."""
    core = record["core_index"]
    always = [names[id_] for id_ in names if core.get(id_, 0.0) >= CORE]
    never = [names[id_] for id_ in names if core.get(id_, 0.0) <= EXTERIOR]
    between = len(names) - len(always) - len(never)
    parts = []
    if always:
        parts.append(f"Funded under {CORE:.0%} of all weightings or more: {join_words(always)}.")
    if never:
        parts.append(f"Under {EXTERIOR:.0%} or fewer: {join_words(never)}.")
    of = f"of {len(names)}"
    depend = tell_counts((between, f"{of} depends", f"{of} depend"))
    return " ".join([*parts, f"{capitalise(depend)} on what counts."])
