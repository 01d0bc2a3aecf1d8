"""The section of a page that moves weights: sliders, the triangle, the core index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..runs.reported import DRAWN, Reported
from ..studies.explorer import (
    add_drawn,
    add_slice,
    describe_weights,
    draw_choice,
    name_pillars,
)
from ..studies.map import draw_core
from ..studies.pillar_map import draw_triangle
from ..studies.weighing import describe_weighing, name_moved, say_core, say_map
from ..studies.words import Words
from ..titles import name_all
from .gallery import Gallery
from .page_section import write_section


def write_weights(
    one: Reported, several: Sequence[Reported], gallery: Gallery, kicker: str = ""
) -> tuple[dict[str, Any] | None, Any]:
    """The weight explorer, the triangle and the core index, with the data for the sliders."""
    record = one.studies.get("sensitivity map")
    if record is None or not record["portfolios"] or record["certified_regret"] is None:
        return None, None
    scenario = one.scenario
    data = describe_weights(one, record, several)
    over_pillars = one.studies.get("pillar map", record)
    if over_pillars is not record:
        add_slice(data, scenario, over_pillars)
    if DRAWN in one.studies:
        add_drawn(data, one.studies[DRAWN])
    drawn = draw_triangle(one, over_pillars)
    data["triangle"] = drawn[1] if drawn else None
    sheet = describe_weighing(one, record, is_alone=len(several) == 1)
    return {
        **write_section(sheet, gallery, kicker=kicker),
        "unit": name_moved(scenario, record),
        "money": Words(scenario).money,
        "choice": gallery.hang(draw_choice(one, record), id_="choice"),
        "triangle": gallery.hang(drawn[0], id_="pillar-map") if drawn else None,
        "marks": drawn[1]["marks"] if drawn else [],
        "triangle_sentence": say_map(over_pillars) if drawn else "",
        "pillars": list(name_pillars(scenario).values()),
        "core": gallery.hang(draw_core(scenario, record["core_index"]), id_="core-index"),
        "core_sentence": say_core(record, name_all(scenario.instruments)),
    }, data
