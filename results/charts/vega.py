"""Charts as Vega-Lite specifications, SVG and PNG; the one file that knows the chart library.

Text of scenarios stands in the rows and in lists of names alone, never in an expression.
"""

from __future__ import annotations

import functools
import html
import importlib
import importlib.util
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from ..sheet import Chart
from .palette import FAINT, INK, QUIET


def import_when_used(name: str) -> Any:
    """A library that is loaded when something of it is first asked for.

    Every describer knows charts, and most commands draw none.
    """
    spec = importlib.util.find_spec(name)
    if name in sys.modules or spec is None or spec.loader is None:
        return importlib.import_module(name)
    spec.loader = importlib.util.LazyLoader(spec.loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


if TYPE_CHECKING:
    import altair as alt
    import vl_convert
else:
    alt, vl_convert = import_when_used("altair"), import_when_used("vl_convert")

Rows = Sequence[Mapping[str, Any]]
Spec = dict[str, Any]
Colours = Mapping[str, str]
"""Colour by the name that stands in the rows."""

Width = int | Literal["container"]
"""Pixels, or `container` for as wide as the page is there."""

FEW = 8
"""Whole numbers that an axis has room for."""

FONT = "Helvetica Neue, Helvetica, Arial, Liberation Sans, sans-serif"
PAGE_WIDTH = 740
"""Pixels of a chart that stands by itself."""

CONFIG: Spec = {
    "font": FONT,
    "background": "white",
    "view": {"stroke": None},
    "axis": {
        "labelColor": QUIET,
        "titleColor": QUIET,
        "gridColor": FAINT,
        "domainColor": FAINT,
        "tickColor": FAINT,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelLimit": 260,
    },
    "legend": {
        "labelColor": INK,
        "labelFontSize": 12,
        "labelLimit": 230,
        "titleLimit": 320,
        "orient": "top",
        "symbolType": "square",
        "title": None,
        "columns": 3,
    },
    "title": {"color": INK, "fontSize": 14, "anchor": "start", "fontWeight": "bold"},
    "text": {"color": INK, "fontSize": 12, "font": FONT},
    "concat": {"spacing": 24},
}

MONEY, POINTS, SHARE = ",.2f", ".2f", ".0%"


_GLOBAL_NAMES = "window.vegaEmbed = vegaEmbed; window.vega = vega;"


@functools.cache
def make_bundle() -> str:
    """The chart library's JavaScript in one piece: it fetches nothing."""
    return str(vl_convert.javascript_bundle(_GLOBAL_NAMES))


def describe(spec: Spec, says: str) -> Spec:
    """A chart that bears what it says in words, for those who cannot see it."""
    return {**spec, "description": says}


def render_svg(spec: Spec) -> str:
    """A chart as SVG, without a browser; what it says in words is its title."""
    svg = str(vl_convert.vegalite_to_svg(spec))
    says = spec.get("description")
    if not says:
        return svg
    head, bracket, rest = svg.partition(">")
    return f"{head}{bracket}<title>{html.escape(str(says))}</title>{rest}"


def make_altair(chart: Chart) -> Any:
    """A chart as an Altair chart, with its title and what it says in words."""
    spec = {**chart.draw(PAGE_WIDTH, True), "title": chart.title, "description": chart.says}
    return alt.Chart.from_dict(spec)


def render_png(spec: Spec, scale: float = 2.0) -> bytes:
    """A chart as PNG, without a browser."""
    return bytes(vl_convert.vegalite_to_png(spec, scale=scale))


class ChartRows:
    """The rows of a chart by name, laid beside it last: the library would walk through each."""

    def __init__(self) -> None:
        self.rows: dict[str, Rows] = {}

    def add(self, rows: Rows, name: str = "") -> alt.NamedData:
        """Takes rows in under a name of their own."""
        name = name or f"rows{len(self.rows)}"
        self.rows[name] = list(rows)
        return alt.NamedData(name=name)

    def finish(self, chart: Any) -> Spec:
        """A chart of these rows as a specification in the house's style."""
        spec: Spec = chart.to_dict(validate=False)
        spec |= {"config": CONFIG, "datasets": self.rows}
        return {**spec, "autosize": {"type": "fit-x", "contains": "padding"}}


def _colour(field: str, colours: Colours, legend: bool) -> alt.Color:
    scale = alt.Scale(domain=list(colours), range=list(colours.values()))
    return alt.Color(f"{field}:N", scale=scale, legend=alt.Legend() if legend else None)


def _years(rows: Rows) -> alt.Axis:
    years = [row["year"] for row in rows]
    return _count_whole(years, title=None, labelAngle=0, labelOverlap=True, grid=False)


def _count_whole(values: Iterable[int], **options: Any) -> alt.Axis:
    """An axis of whole numbers: few stand all there, as Vega would round ticks at halves."""
    there_are = sorted(set(values))
    few = there_are if len(there_are) < FEW else alt.Undefined
    return alt.Axis(format="d", values=few, tickCount=6, tickMinStep=1, **options)


def draw_years(rows: Rows, colours: Colours, width: Width, legend: bool, money: str) -> Spec:
    """Spending by year, stacked by area (rows: area, rank, year, bn), in units of `money`."""
    sheet = ChartRows()
    chart = (
        alt.Chart(sheet.add(rows), width=width, height=260)
        .mark_bar(stroke="white")
        .encode(
            x=alt.X("year:O", axis=_years(rows), scale=alt.Scale(paddingInner=0.25)),
            y=alt.Y("bn:Q", stack=True, axis=alt.Axis(title=f"{money} a year", tickCount=5)),
            color=_colour("area", colours, legend),
            order=alt.Order("rank:Q"),
            tooltip=[
                alt.Tooltip("area:N", title="Area"),
                alt.Tooltip("year:O", title="Year"),
                alt.Tooltip("bn:Q", title=money, format=MONEY),
            ],
        )
    )
    return sheet.finish(chart)


def draw_programmes(
    rows: tuple[Rows, Rows],
    names: Sequence[str],
    colours: Colours,
    width: Width,
    legend: bool,
    money: str,
) -> Spec:
    """Spending by programme and year as squares as large as the money, with totals beside them."""
    spending, totals = rows
    sheet = ChartRows()
    axis = alt.Axis(title=None, domain=False, ticks=False, labelColor=INK, labelPadding=8)
    down = alt.Y("programme:N", sort=list(names), axis=axis)
    squares = (
        alt.Chart(sheet.add(spending))
        .mark_square(opacity=1)
        .encode(
            x=alt.X(
                "year:O",
                axis=alt.Axis(
                    orient="top",
                    title=None,
                    labelAngle=0,
                    labelOverlap=True,
                    domain=False,
                    ticks=False,
                ),
            ),
            y=down,
            size=alt.Size("bn:Q", scale=alt.Scale(range=[0, 330], zero=True), legend=None),
            color=_colour("area", colours, legend),
            tooltip=[
                alt.Tooltip("programme:N", title="Programme"),
                alt.Tooltip("year:O", title="Year"),
                alt.Tooltip("bn:Q", title=money, format=MONEY),
            ],
        )
    )
    sums = (
        alt.Chart(sheet.add(totals))
        .mark_text(align="right")
        .encode(x=alt.X("year:O"), y=down, text=alt.Text("bn:Q", format=",.1f"))
    )
    height = 20 * max(1, len(names))
    return sheet.finish(alt.layer(squares, sums).properties(width=width, height=height))


def draw_flow(
    rows: tuple[Rows, Rows, Rows], colours: Colours, width: Width, height: int, money: str
) -> Spec:
    """Money from areas over programmes to layers: ribbons, nodes and labels with their places."""
    ribbons, nodes, labels = rows
    sheet = ChartRows()
    across = alt.X("x:Q", scale=alt.Scale(domain=[0, 1], nice=False), axis=None)
    upright = alt.Scale(domain=[0, 1], reverse=True, nice=False)
    down = alt.Y("y:Q", scale=upright, axis=None)
    colour = _colour("area", colours, False)
    flows = (
        alt.Chart(sheet.add(ribbons))
        .mark_area(opacity=0.42, line=False)
        .encode(
            x=across,
            y=down,
            y2="y2:Q",
            color=colour,
            detail="flow:N",
            tooltip=[
                alt.Tooltip("from:N", title="From"),
                alt.Tooltip("to:N", title="To"),
                alt.Tooltip("bn:Q", title=money, format=MONEY),
                alt.Tooltip("points:N", title="Points there"),
            ],
        )
    )
    bars = (
        alt.Chart(sheet.add(nodes))
        .mark_rect()
        .encode(
            x=across,
            x2="x2:Q",
            y=down,
            y2="y2:Q",
            color=alt.Color("colour:N", scale=None, legend=None),
            tooltip=[
                alt.Tooltip("name:N", title="Name"),
                alt.Tooltip("bn:Q", title=money, format=MONEY),
            ],
        )
    )
    texts = [
        alt.Chart(sheet.add([row for row in labels if row["align"] == align]))
        .mark_text(align=align, baseline="middle", fontSize=11, limit=210, dx=dx)  # type: ignore[arg-type]  # a literal of the library's
        .encode(x=across, y=down, text="name:N")
        for align, dx in (("left", 4), ("right", -4))
    ]
    return sheet.finish(alt.layer(flows, bars, *texts).properties(width=width, height=height))


def draw_lead(
    rows: Rows, colour: str, limits: tuple[float, float], width: Width, title: str | None = None
) -> Spec:
    """A layer's lead over the years: with the plan, and without it as a dashed line."""
    sheet = ChartRows()
    base = alt.Chart(sheet.add(rows)).encode(
        x=alt.X("year:Q", axis=_years(rows), scale=alt.Scale(nice=False, zero=False)),
        tooltip=[
            alt.Tooltip("year:Q", title="Year", format="d"),
            alt.Tooltip("lead:Q", title="With the plan, points", format=POINTS),
            alt.Tooltip("without:Q", title="Without, points", format=POINTS),
        ],
    )
    scale = alt.Scale(domain=list(limits), nice=False)
    axis = alt.Axis(title=None, tickCount=5)
    between = base.mark_area(opacity=0.18, color=colour).encode(
        y=alt.Y("lead:Q", scale=scale, axis=axis), y2="without:Q"
    )
    without = base.mark_line(color=QUIET, strokeDash=[4, 3], strokeWidth=1.5).encode(y="without:Q")
    with_plan = base.mark_line(color=colour, strokeWidth=2.5).encode(y="lead:Q")
    points = base.mark_point(opacity=0, size=200).encode(y="lead:Q")
    parity = (
        alt.Chart(sheet.add([{"parity": 0}]))
        .mark_rule(color=QUIET, strokeWidth=0.7)
        .encode(y="parity:Q")
    )
    layered = alt.layer(parity, between, without, with_plan, points)
    return sheet.finish(
        layered.properties(width=width, height=150, **({"title": title} if title else {}))
    )


def draw_path(
    rows: Rows, today: float, colours: Colours, width: Width, money: str, title: str | None = None
) -> Spec:
    """Spending by area as one layer's weight goes from 0 to 1 (rows: from, to, area, y, y2)."""
    sheet = ChartRows()
    steps = (
        alt.Chart(sheet.add(rows))
        .mark_rect(stroke="white", strokeWidth=0.3)
        .encode(
            x=alt.X(
                "from:Q",
                scale=alt.Scale(domain=[0, 1]),
                axis=alt.Axis(format="%", title="weight", tickCount=5, grid=False),
            ),
            x2="to:Q",
            y=alt.Y("y:Q", axis=alt.Axis(title=None, tickCount=4)),
            y2="y2:Q",
            color=_colour("area", colours, False),
            tooltip=[
                alt.Tooltip("area:N", title="Area"),
                alt.Tooltip("bn:Q", title=money, format=MONEY),
                alt.Tooltip("from:Q", title="from weight", format=".1%"),
                alt.Tooltip("to:Q", title="to weight", format=".1%"),
            ],
        )
    )
    now = (
        alt.Chart(sheet.add([{"today": today}]))
        .mark_rule(color=INK, strokeDash=[3, 2])
        .encode(x="today:Q")
    )
    layered = alt.layer(steps, now)
    return sheet.finish(
        layered.properties(width=width, height=130, **({"title": title} if title else {}))
    )


def draw_core(
    rows: Rows, names: Sequence[str], colours: Colours, width: Width, legend: bool
) -> Spec:
    """The share of weight space under which each programme is funded."""
    sheet = ChartRows()
    axis = alt.Axis(title=None, domain=False, ticks=False, labelColor=INK)
    base = alt.Chart(sheet.add(rows)).encode(
        y=alt.Y("programme:N", sort=list(names), axis=axis),
        x=alt.X(
            "share:Q",
            scale=alt.Scale(domain=[0, 1]),
            axis=alt.Axis(format="%", title="share of weight space in which it is funded"),
        ),
        tooltip=[
            alt.Tooltip("programme:N", title="Programme"),
            alt.Tooltip("share:Q", title="Funded", format=".1%"),
        ],
    )
    bars = base.mark_bar(height=11).encode(color=_colour("area", colours, legend))
    return sheet.finish(bars.properties(width=width, height=18 * max(1, len(names))))


def draw_choice(
    rows: tuple[Rows, Rows],
    names: Sequence[str],
    most: float,
    colours: Colours,
    width: Width,
    money: str,
) -> Spec:
    """Spending by programme of the portfolio that is best for the weights; ticks are the plan's.

    The data are called `choice`, so that a page can change them.
    """
    choice, plan = rows
    sheet = ChartRows()
    axis = alt.Axis(title=None, domain=False, ticks=False, labelColor=INK)
    across = alt.X(
        "bn:Q",
        scale=alt.Scale(domain=[0, most]),
        axis=alt.Axis(title=f"{money} over all years", tickCount=5),
    )
    down = alt.Y("programme:N", sort=list(names), scale=alt.Scale(domain=list(names)), axis=axis)
    bars = (
        alt.Chart(sheet.add(choice, "choice"))
        .mark_bar(height=11)
        .encode(
            x=across,
            y=down,
            color=_colour("area", colours, False),
            tooltip=[
                alt.Tooltip("programme:N", title="Programme"),
                alt.Tooltip("bn:Q", title=money, format=MONEY),
            ],
        )
    )
    ticks = (
        alt.Chart(sheet.add(plan))
        .mark_tick(color=INK, thickness=2, height=14)
        .encode(x=across, y=down)
    )
    return sheet.finish(
        alt.layer(bars, ticks).properties(width=width, height=17 * max(1, len(names)))
    )


def draw_triangle(
    outline: tuple[Rows, Rows],
    cells: Rows,
    marks: Rows,
    shade: tuple[str, str | None],
    width: int,
    tooltips: Mapping[str, str],
) -> Spec:
    """The map over three pillars: a cell for each portfolio, shaded by the field `show` names.

    `outline` is the frame's corners and their names, `cells` GeoJSON features in the triangle of
    side 1, `marks` points with a `letter`; `shade` is the field shown first, and the legend's
    title. The parameter `show` and the data `here` (one point) are for a page to change.
    """
    sheet = ChartRows()
    show = alt.param(name="show", value=shade[0])
    legend = alt.Legend(
        orient="bottom", offset=34, gradientLength=width - 120, format=SHARE, title=shade[1]
    )
    scale = alt.Scale(scheme="cividis", reverse=True)
    areas = (
        alt.Chart(sheet.add(cells))
        .transform_calculate(value="datum[show]")
        .mark_geoshape(stroke="white", strokeWidth=1)
        .encode(
            fill=alt.Fill("value:Q", scale=scale, legend=legend),
            tooltip=[alt.Tooltip(f"{field}:N", title=title) for field, title in tooltips.items()],
        )
        .project(
            type="identity",
            reflectY=True,
            scale=alt.ExprRef("width"),
            translate=alt.ExprRef("[0, height]"),
        )
    )
    corners, labels = outline
    frame = _in_triangle(sheet, corners).mark_line(color=QUIET, strokeWidth=1)
    texts = [
        _in_triangle(sheet, [row for row in labels if row["align"] == align])
        .mark_text(align=align, fontWeight="bold", limit=width // 2, clip=False)
        .encode(text="name:N")
        for align in ("left", "center", "right")
    ]
    stands = _in_triangle(sheet, marks)
    rings = stands.mark_point(shape="circle", size=230, fill="white", stroke=INK, opacity=1)
    letters = stands.mark_text(fontWeight="bold").encode(text="letter:N")
    here = _in_triangle(sheet, [{"x": -9, "y": -9}], "here").mark_point(
        shape="circle", size=130, stroke="white", fill=INK, strokeWidth=2.5, opacity=1, clip=True
    )
    layers = [areas, frame.encode(order="order:Q"), *texts, rings, letters, here]
    layered = alt.layer(*layers).add_params(show)
    spec = sheet.finish(layered.properties(width=width, height=round(width * 0.8660254)))
    return {**spec, "autosize": {"type": "pad"}}  # fitted, cells and frame would be of two sizes


def _in_triangle(sheet: ChartRows, rows: Rows, name: str = "") -> alt.Chart:
    """Rows placed in the triangle of side 1."""
    across = alt.X("x:Q", scale=alt.Scale(domain=[0, 1], nice=False), axis=None)
    down = alt.Y("y:Q", scale=alt.Scale(domain=[0, 0.8660254], nice=False), axis=None)
    return alt.Chart(sheet.add(rows, name)).encode(x=across, y=down)


def draw_scenarios(
    rows: Rows, labels: Sequence[str], colours: Colours, width: Width, legend: bool, money: str
) -> Spec:
    """Spending by area, a bar for each scenario, in units of `money`."""
    sheet = ChartRows()
    chart = (
        alt.Chart(sheet.add(rows))
        .mark_bar(stroke="white", height=22)
        .encode(
            y=alt.Y(
                "scenario:N",
                sort=list(labels),
                axis=alt.Axis(title=None, labelColor=INK, domain=False, ticks=False),
            ),
            x=alt.X(
                "bn:Q", stack=True, axis=alt.Axis(title=f"{money} over all years", tickCount=6)
            ),
            color=_colour("area", colours, legend),
            order=alt.Order("rank:Q"),
            tooltip=[
                alt.Tooltip("scenario:N", title="Scenario"),
                alt.Tooltip("area:N", title="Area"),
                alt.Tooltip("bn:Q", title=money, format=MONEY),
            ],
        )
    )
    return sheet.finish(chart.properties(width=width, height=38 * max(1, len(labels))))


def draw_curve(rows: Rows, titles: Sequence[str], width: Width) -> Spec:
    """A line through points (rows: x, y)."""
    return _draw_points(rows, titles, width, alt.MarkDef("line", point=True, color=INK))


def draw_outcomes(rows: Rows, titles: Sequence[str], width: Width) -> Spec:
    """Outcomes over two layers (rows: x, y, supported); those unsupported are hollow."""
    mark = alt.MarkDef("point", size=46, stroke=INK, strokeWidth=1.2, opacity=1)
    fill = alt.condition("datum.supported", alt.value(INK), alt.value("white"))
    return _draw_points(rows, titles, width, mark, fill=fill)


def _draw_points(
    rows: Rows, titles: Sequence[str], width: Width, mark: alt.MarkDef, **channels: Any
) -> Spec:
    sheet = ChartRows()
    across, up = titles
    near = alt.Scale(zero=False)
    is_counted = all(isinstance(row["x"], int) for row in rows)
    steps = _count_whole(row["x"] for row in rows) if is_counted else alt.Axis()
    chart = alt.Chart(sheet.add(rows), mark=mark).encode(
        x=alt.X("x:Q", title=across, scale=near, axis=steps),
        y=alt.Y("y:Q", title=up, scale=near),
        tooltip=[
            alt.Tooltip("x:Q", title=across, format=".3f"),
            alt.Tooltip("y:Q", title=up, format=".3f"),
        ],
        **channels,
    )
    return sheet.finish(chart.properties(width=width, height=280))


def draw_bars(
    rows: Rows,
    title: str,
    width: Width,
    *,
    colours: Colours | None = None,
    rule: float | None = None,
) -> Spec:
    """Bars from one value to another, in the rows' order (rows: name, from, to).

    Of a colour for each `area` in the rows, if there are colours; with a dot where a row has one,
    and a line through all at `rule`.
    """
    sheet = ChartRows()
    data = sheet.add(rows)
    names = list(dict.fromkeys(str(row["name"]) for row in rows))
    axis = alt.Axis(title=None, domain=False, ticks=False, labelColor=INK)
    y = alt.Y("name:N", sort=names, axis=axis)
    bars = (
        alt.Chart(data)
        .mark_bar(height=11, opacity=0.75)
        .encode(
            y=y,
            x=alt.X("from:Q", scale=alt.Scale(zero=False), axis=alt.Axis(title=title)),
            x2="to:Q",
            color=_colour("area", colours, legend=True) if colours else alt.value("#6699cc"),
            tooltip=[
                alt.Tooltip("name:N", title=" "),
                alt.Tooltip("from:Q", title="from", format=".3f"),
                alt.Tooltip("to:Q", title="to", format=".3f"),
            ],
        )
    )
    layers = [bars]
    if any("dot" in row for row in rows):
        dots = alt.Chart(data).mark_point(size=34, filled=True, color=INK, opacity=1)
        layers.append(dots.encode(y=y, x="dot:Q"))
    if rule is not None:
        layers.append(alt.Chart(sheet.add([{"at": rule}])).mark_rule(color=INK).encode(x="at:Q"))
    return sheet.finish(alt.layer(*layers).properties(width=width, height=18 * max(1, len(names))))


def join(specs: Sequence[Spec], columns: int) -> Spec:
    """Several charts as one, in columns."""
    data: dict[str, Rows] = {}
    parts = []
    for at, spec in enumerate(specs):
        own = {name: f"{name}_{at}" for name in spec["datasets"]}
        data |= {own[name]: rows for name, rows in spec["datasets"].items()}
        top = ("config", "$schema", "autosize", "datasets")
        inner = {key: part for key, part in spec.items() if key not in top}
        parts.append(_rename_data(inner, own))
    whole = {"$schema": specs[0]["$schema"], "config": CONFIG, "datasets": data}
    return {**whole, "concat": parts, "columns": columns}


def _rename_data(spec: Spec, names: Mapping[str, str]) -> Spec:
    """The chart with its rows called otherwise: charts that stand together share one sheet."""
    renamed = dict(spec)
    if "data" in spec:
        renamed["data"] = {"name": names[spec["data"]["name"]]}
    if "layer" in spec:
        renamed["layer"] = [_rename_data(layer, names) for layer in spec["layer"]]
    return renamed
