"""Charts of weights: what is best along one weight, under how many, and over a triangle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .palette import INK, QUIET
from .vega import (
    MONEY,
    SHARE,
    ChartRows,
    Colours,
    Rows,
    Spec,
    Width,
    alt,
    colour_by,
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
            color=colour_by("area", colours, False),
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
            axis=alt.Axis(format="%", title="share of weightings"),
        ),
        tooltip=[
            alt.Tooltip("programme:N", title="Programme"),
            alt.Tooltip("share:Q", title="Funded", format=".1%"),
        ],
    )
    bars = base.mark_bar(height=11).encode(color=colour_by("area", colours, legend))
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
            color=colour_by("area", colours, False),
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
