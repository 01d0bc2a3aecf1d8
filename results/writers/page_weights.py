"""What a page says of a map: sliders, the triangle, the core index, where stakeholders stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..runs.reported import DRAWN, FOR_PAGE, Reported
from ..sheet import Column, Record, tell_cell
from ..studies.explorer import (
    add_drawn,
    add_slice,
    describe_weights,
    draw_choice,
    name_pillars,
)
from ..studies.map import draw_core
from ..studies.pillar_map import draw_triangle
from ..studies.portfolios import CORE, EXTERIOR
from ..studies.words import Words, join_words
from ..titles import Rows, name_all, shorten
from .gallery import Gallery

MONEY = Column("bn", "", "money", digits=1)

MOST_PORTFOLIOS = 40
"""Rows of the table of portfolios; the sliders know all."""


def write_weights(
    one: Reported, several: Sequence[Reported], gallery: Gallery
) -> tuple[dict[str, Any] | None, Any]:
    """The weight explorer, the triangle and the core index, with the data for the sliders."""
    record = one.studies.get("sensitivity map")
    if record is None or not record["portfolios"] or record["certified_regret"] is None:
        return None, None
    scenario = one.scenario
    programmes, areas = name_all(scenario.instruments), name_all(scenario.areas)
    data = describe_weights(one, record, several)
    over_pillars = one.studies.get("pillar map", record)
    if over_pillars is not record:
        add_slice(data, scenario, over_pillars)
    if DRAWN in one.studies:
        add_drawn(data, one.studies[DRAWN])
    drawn = draw_triangle(one, over_pillars)
    triangle = gallery.hang(drawn[0], id_="pillar-map") if drawn else None
    data["triangle"] = drawn[1] if drawn else None
    is_pillars = any(slider["id"] not in scenario.layers for slider in data["sliders"])
    ranked = sorted(record["portfolios"], key=lambda portfolio: -portfolio["share"])
    rows = [
        {
            "id": str(portfolio["id"]),
            "share": f"{portfolio['share']:.1%}",
            "funded": len(portfolio["funded"]),
            "areas": [tell_cell(portfolio["areas"].get(area), MONEY) for area in areas],
        }
        for portfolio in ranked[:MOST_PORTFOLIOS]
    ]
    return {
        "sentence": say_map(record),
        "kind": tell_kind(record, is_pillars, scenario.name) + tell_others(one),
        "unit": "pillar" if is_pillars else "layer",
        "money": Words(scenario).money,
        "choice": gallery.hang(
            draw_choice(one, record), id_="choice", note="Ticks: the recommended plan."
        ),
        "area_names": list(areas.values()),
        "rows": rows,
        "more": max(0, len(ranked) - MOST_PORTFOLIOS),
        "triangle": triangle,
        "marks": drawn[1]["marks"] if drawn else [],
        "triangle_sentence": say_map(over_pillars) if drawn else "",
        "pillars": list(name_pillars(scenario).values()),
        "stands": list_stands(one, record),
        "suits_all": say_suits_all(record),
        "core": gallery.hang(draw_core(scenario, record["core_index"]), id_="core-index"),
        "core_sentence": say_core(record, programmes),
    }, data


def tell_kind(record: Record, is_pillars: bool, name: str) -> str:
    """Which map the page holds, and how a finer one is had."""
    over = "pillars, within which weight splits as in the scenario" if is_pillars else "layers"
    told = f"A map over {over}, at a tolerance of {record['tolerance']:.1%} of the best gain."
    if record.get(FOR_PAGE):
        told += (
            " It was made for this page, coarser than the command's own; for a finer one, run "
            f"stratafolio sensitivity map {name} --out DIR, then stratafolio report DIR."
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


def list_stands(one: Reported, record: Record) -> Rows:
    """Each stakeholder's best portfolio, and what that of today's weights may lose them."""
    stands = (record.get("stakeholders") or {}).get("stands") or {}
    weights = one.scenario.weights
    today = max(
        record["portfolios"],
        key=lambda own: sum(weights[layer] * z for layer, z in own["outcome"].items()),
    )
    rows = []
    for id_, stand in stands.items():
        own = one.scenario.stakeholders.get(id_)
        best = stand["best"]
        rows.append(
            {
                "title": shorten((own.title if own else "") or id_, 60),
                "kind": "all weights that agree" if stand["is_region"] else "one weighting",
                "best": best,
                "loses": f"{stand['regret'][best]:.1%}",
                "today": f"{stand['regret'][today['id']]:.1%}",
            }
        )
    return rows


def say_suits_all(record: Record) -> str:
    """Which portfolio the stakeholders can all live with best."""
    found = (record.get("stakeholders") or {}).get("least_regret")
    if not found:
        return ""
    return (
        f"Portfolio {found['id']} suits all of them best: it loses none of them more than "
        f"{found['regret']:.1%} of the best gain, proven."
    )


def say_map(record: Mapping[str, Any]) -> str:
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


def say_core(record: Mapping[str, Any], names: Mapping[str, str]) -> str:
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
    return " ".join([*parts, f"{between} of {len(names)} depend on what counts."])
