"""The charts of a plan and of several, each with a name, a title and what it says in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from ...inputs.scenario import Scenario
from ..charts import plan_drawings
from ..charts import vega as charts
from ..charts.flow import lay_out
from ..charts.palette import INK, QUIET, colour_areas, colour_layers
from ..charts.vega import PAGE_WIDTH, Spec, Width
from ..runs.reported import Reported
from ..sheet import Chart, Mark, Record
from ..titles import Rows, name_all
from .rows import list_leads, list_spending, sum_areas, sum_programmes
from .words import Words, colour_titles, mark_areas

PANEL_WIDTH = 330
FLOW_HEIGHTS = (180, 27, 640)
"""Least height of a flow, height for each programme, and most."""

HOW_TO_READ_FLOW = (
    "Areas, programmes, layers of the contest. A ribbon is as wide as its money; what a programme "
    "gets is split over layers like the points of lead it brings to each."
)

LINES = (Mark("with the plan", INK, "solid"), Mark("spending nothing", QUIET, "dashed"))
"""The legend of leads."""


def draw_plan(words: Words, record: Record, feeds: Rows) -> list[Chart]:
    """Spending by area and programme, the flow, and the leads."""
    return [
        draw_areas(words, record),
        draw_programmes(words, record),
        draw_flow(words, record, feeds),
        *draw_leads(words.scenario, record),
    ]


def draw_areas(words: Words, record: Record) -> Chart:
    """Spending by area and year, stacked."""
    scenario = words.scenario
    names, colours = name_all(scenario.areas), colour_titles(scenario)
    rank = {name: at for at, name in enumerate(names.values())}
    rows = [
        {**row, "rank": rank[row["area"]]}
        for row in sum_areas(list_spending(scenario, record), scenario)
    ]
    return Chart(
        "spending-by-area",
        "Spending by area and year",
        f"Stacked bars: {tell_areas(words, record['areas'], names)}",
        lambda width, legend: plan_drawings.draw_years(rows, colours, width, legend, words.money),
        table="areas_by_year",
        legend=mark_areas(scenario),
    )


def draw_programmes(words: Words, record: Record) -> Chart:
    """Spending by programme and year, as squares."""
    scenario = words.scenario
    spending, names = list_spending(scenario, record), name_all(scenario.instruments)
    totals = sum_programmes(spending)
    sums = [
        {"programme": names[id_], "year": "total", "bn": round(bn, 4)} for id_, bn in totals.items()
    ]
    squares = [
        {key: row[key] for key in ("programme", "area", "year", "bn")}
        for row in spending
        if row["bn"] > 0
    ]
    colours, listed = colour_titles(scenario), [names[id_] for id_ in totals]
    return Chart(
        "spending-by-programme",
        "Spending by programme and year",
        f"A square for each of {len(totals)} funded programmes and year, as large as its money",
        lambda width, legend: plan_drawings.draw_programmes(
            (squares, sums), listed, colours, width, legend, words.money
        ),
        is_wide=True,
        table="programmes_by_year",
        note=f"A square is as large as its money; totals in {words.money}.",
        legend=mark_areas(scenario),
    )


def draw_flow(words: Words, record: Record, feeds: Rows) -> Chart:
    """The money from areas over programmes to layers."""
    scenario = words.scenario
    totals = sum_programmes(list_spending(scenario, record))
    least, each, most = FLOW_HEIGHTS
    height = min(most, max(least, each * len(totals)))

    def draw(width: Width, legend: bool) -> Spec:
        del legend
        areas, layers = colour_areas(scenario.areas), colour_layers(scenario.layers)
        flow = lay_out(scenario, totals, feeds, areas, layers)
        rows = (flow.ribbons, flow.nodes, flow.labels)
        return plan_drawings.draw_flow(rows, colour_titles(scenario), width, height, words.money)

    told = tell_areas(words, record["areas"], name_all(scenario.areas))
    return Chart(
        "flow",
        "Where the money goes and which layers it feeds",
        f"Ribbons from areas over programmes to layers: {told}",
        draw,
        is_wide=True,
        note=HOW_TO_READ_FLOW,
    )


def tell_areas(words: Words, areas: Mapping[str, float | None], names: Mapping[str, str]) -> str:
    """The money of each area, in a line."""
    return ", ".join(f"{names[id_]} {words.amount(bn or 0.0)}" for id_, bn in areas.items())


def _title(draw: Callable[[Width, str | None], Spec], title: str) -> Callable[[Width, bool], Spec]:
    """A panel that bears its title where it has a legend: on a page the title stands above it."""
    return lambda width, legend: draw(width, title if legend else None)


def draw_leads(scenario: Scenario, record: Record) -> list[Chart]:
    """A panel for each layer, on one scale."""
    rows = list_leads(scenario, record)
    if not rows:
        return []
    limits = find_limits(rows)
    year = scenario.years.last
    names = name_all(scenario.layers)
    pictures = []
    for layer, colour in colour_layers(scenario.layers).items():
        own = [row for row in rows if row["layer_id"] == layer]
        then = next(row for row in own if row["year"] == year)
        pictures.append(
            Chart(
                f"lead-{layer}",
                names[layer],
                f"Lead in {names[layer]}: {then['lead']:.1f} points in {year} with the plan, "
                f"{then['without']:.1f} without",
                _title(partial(plan_drawings.draw_lead, own, colour, limits), names[layer]),
                "leads",
                table="layers",
                legend=LINES,
            )
        )
    return pictures


def find_limits(rows: Rows) -> tuple[float, float]:
    """The ends of the scale on which all leads of a plan are drawn, parity among them.

    >>> find_limits([{"lead": 10.0, "without": -10.0}])
    (-11.0, 11.0)
    """
    values = [row[key] for row in rows for key in ("lead", "without")]
    low, high = min(0.0, *values), max(0.0, *values)
    margin = 0.05 * (high - low or 1.0)
    return low - margin, high + margin


def name_areas(several: Sequence[Reported]) -> dict[str, str]:
    """The titles of all areas of several scenarios, the first one's first."""
    titles: dict[str, str] = {}
    for one in several:
        titles = {**name_all(one.scenario.areas), **titles}
    return titles


def draw_scenarios(several: Sequence[Reported], names: Mapping[str, str]) -> Chart | None:
    """Spending by area, a bar for each scenario that has a plan; `names`: of scenarios by label."""
    titles, words = name_areas(several), Words(several[0].scenario)
    colours = {titles[id_]: colour for id_, colour in colour_areas(titles).items()}
    rows: list[Record] = [
        {
            "scenario": names[one.label],
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
            f"{row['area']} {words.amount(row['bn'])}" for row in rows if row["scenario"] == label
        )
        for label in labels
    )
    return Chart(
        "comparison",
        "Spending by area in each scenario",
        says,
        lambda width, legend: plan_drawings.draw_scenarios(
            rows, labels, colours, width, legend, words.money
        ),
        table="areas",
        legend=[Mark(title, colour) for title, colour in colours.items()],
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
