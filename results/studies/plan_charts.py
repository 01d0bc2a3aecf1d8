"""The charts of a report, each with a name, a title and what it says in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from ..charts import vega as charts
from ..charts.flow import lay_out
from ..charts.palette import colour_areas, colour_layers
from ..charts.vega import PAGE_WIDTH, Spec, Width
from ..runs.reported import Reported
from ..sheet import Chart, Record
from ..titles import Rows, name_all, shorten
from .map import draw_core as draw_index
from .rows import list_leads, list_spending, sum_areas, sum_programmes
from .words import colour_titles

PANEL_WIDTH = 330
FLOW_HEIGHTS = (180, 27, 640)
"""Least height of a flow, height for each programme, and most."""


def draw_plan(one: Reported, record: Record, feeds: Rows) -> list[Chart]:
    """Spending by area and programme, the flow, and the leads."""
    scenario = one.scenario
    area_names = name_all(scenario.areas)
    colours = colour_titles(scenario)
    spending = list_spending(one.scenario, record)
    rank = {name: at for at, name in enumerate(area_names.values())}
    by_area = [{**row, "rank": rank[row["area"]]} for row in sum_areas(spending, scenario)]
    totals = sum_programmes(spending)
    names = name_all(scenario.instruments)
    listed = [names[id_] for id_ in totals]
    sums = [
        {"programme": names[id_], "year": "total", "bn": round(bn, 4)} for id_, bn in totals.items()
    ]
    squares = [
        {key: row[key] for key in ("programme", "area", "year", "bn")}
        for row in spending
        if row["bn"] > 0
    ]
    least, each, most = FLOW_HEIGHTS
    height = min(most, max(least, each * len(totals)))
    flow = lay_out(
        scenario, totals, feeds, colour_areas(scenario.areas), colour_layers(scenario.layers)
    )
    return [
        Chart(
            "spending-by-area",
            "Spending by area and year",
            "Stacked bars: " + _tell_areas(record["areas"], area_names),
            lambda width, legend: charts.draw_years(by_area, colours, width, legend),
        ),
        Chart(
            "spending-by-programme",
            "Spending by programme and year",
            f"A square for each of {len(totals)} funded programmes and year, as large as its money",
            lambda width, legend: charts.draw_programmes(
                squares, sums, listed, colours, width, legend
            ),
        ),
        Chart(
            "flow",
            "Where the money goes and which layers it feeds",
            "Ribbons from areas over programmes to layers: "
            + _tell_areas(record["areas"], area_names),
            lambda width, _: charts.draw_flow(
                flow.ribbons, flow.nodes, flow.labels, colours, width, height
            ),
        ),
        *draw_leads(one, record),
    ]


def _tell_areas(areas: Mapping[str, float | None], names: Mapping[str, str]) -> str:
    return ", ".join(f"{names[id_]} ${bn or 0.0:.1f} bn" for id_, bn in areas.items())


def _title(draw: Callable[[Width, str | None], Spec], title: str) -> Callable[[Width, bool], Spec]:
    """A panel that bears its title where it has a legend: on a page the title stands above it."""
    return lambda width, legend: draw(width, title if legend else None)


def draw_leads(one: Reported, record: Record) -> list[Chart]:
    """A panel for each layer, on one scale."""
    rows = list_leads(one.scenario, record)
    if not rows:
        return []
    values = [row[key] for row in rows for key in ("lead", "without")]
    low, high = min(0.0, *values), max(0.0, *values)
    margin = 0.05 * (high - low or 1.0)
    limits = (low - margin, high + margin)
    year = one.scenario.years.last
    names = name_all(one.scenario.layers)
    pictures = []
    for layer, colour in colour_layers(one.scenario.layers).items():
        own = [row for row in rows if row["layer_id"] == layer]
        then = next(row for row in own if row["year"] == year)
        pictures.append(
            Chart(
                f"lead-{layer}",
                names[layer],
                f"Lead in {names[layer]}: {then['lead']:.1f} points in {year} with the plan, "
                f"{then['without']:.1f} without",
                _title(partial(charts.draw_lead, own, colour, limits), names[layer]),
                "leads",
            )
        )
    return pictures


def draw_core(one: Reported, core: Mapping[str, float]) -> Chart:
    """The core index, highest first."""
    return draw_index(one.scenario, core)


def name_areas(several: Sequence[Reported]) -> dict[str, str]:
    """The titles of all areas of several scenarios, the first one's first."""
    titles: dict[str, str] = {}
    for one in several:
        titles = {**name_all(one.scenario.areas), **titles}
    return titles


def draw_scenarios(several: Sequence[Reported]) -> Chart | None:
    """Spending by area, a bar for each scenario that has a plan."""
    titles = name_areas(several)
    colours = {titles[id_]: colour for id_, colour in colour_areas(titles).items()}
    rows = [
        {
            "scenario": shorten(one.label),
            "area": titles[area],
            "rank": at,
            "bn": one.record["areas"].get(area) or 0.0,
        }
        for one in several
        if one.record is not None
        for at, area in enumerate(titles)
    ]
    labels = list(dict.fromkeys(str(row["scenario"]) for row in rows))
    if not labels:
        return None
    says = "; ".join(
        f"{label}: "
        + ", ".join(
            f"{row['area']} ${row['bn']:.1f} bn" for row in rows if row["scenario"] == label
        )
        for label in labels
    )
    return Chart(
        "comparison",
        "Spending by area in each scenario",
        says,
        lambda width, legend: charts.draw_scenarios(rows, labels, colours, width, legend),
    )


def gather_files(pictures: Sequence[Chart]) -> dict[str, Spec]:
    """The charts as files hold them: by name, with title and legend, panels joined."""
    files: dict[str, Spec] = {}
    groups: dict[str, list[Chart]] = {}
    for picture in pictures:
        if picture.group:
            groups.setdefault(picture.group, []).append(picture)
        else:
            files[picture.name] = charts.describe(
                {**picture.draw(PAGE_WIDTH, True), "title": picture.title}, picture.says
            )
    for group, panels in groups.items():
        files[group] = charts.join([panel.draw(PANEL_WIDTH, True) for panel in panels], 2)
    return files
