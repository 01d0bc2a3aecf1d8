"""Which charts a report has, by the folder they are written into."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..runs.reported import Reported
from ..sheet import Chart
from . import plan_charts as pictures
from .explorer import draw_choice
from .pillar_map import draw_triangle
from .rows import list_feeds
from .scenarios import name_scenarios
from .sections import list_sheets
from .words import Words


def list_charts(several: Sequence[Reported]) -> dict[str, list[Chart]]:
    """Pictures by folder: `.` for those of one scenario, else one for each and the comparison."""
    if len(several) == 1:
        return {".": draw_all(several[0])}
    folders = {name_folder(one.label): draw_all(one) for one in several}
    side_by_side = pictures.draw_scenarios(several, name_scenarios(several))
    return {".": [side_by_side] if side_by_side else [], **folders}


def draw_all(one: Reported) -> list[Chart]:
    """Every chart there is of one scenario and its studies."""
    found: list[Chart] = []
    if one.record is not None:
        found += pictures.draw_plan(
            Words(one.scenario), one.record, list_feeds(one.scenario, one.record)
        )
    over = one.studies.get("sensitivity map")
    if over is not None and over["portfolios"]:
        found.append(draw_choice(one, over))
        triangle = draw_triangle(one, one.studies.get("pillar map", over))
        found += [triangle[0]] if triangle else []
    told = [chart for sheet in list_sheets(one) for chart in sheet.charts]
    names = [chart.name for chart in found]
    return [*found, *(chart for chart in told if chart.name not in names)]


def name_folder(label: str) -> str:
    """A label as a folder's name.

    >>> name_folder("us-2027#2")
    'us-2027-2'
    """
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", label).strip(".-") or "scenario"
