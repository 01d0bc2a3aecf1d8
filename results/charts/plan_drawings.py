"""Charts of a plan: money by year, programme and area, where it flows, and leads."""

from __future__ import annotations

from collections.abc import Sequence

from .palette import INK, QUIET
from .vega import (
    MONEY,
    POINTS,
    ChartRows,
    Colours,
    Rows,
    Spec,
    Width,
    alt,
    colour_by,
    mark_years,
)


def draw_years(rows: Rows, colours: Colours, width: Width, legend: bool, money: str) -> Spec:
    """Spending by year, stacked by area (rows: area, rank, year, bn), in units of `money`."""
    sheet = ChartRows()
    chart = (
        alt.Chart(sheet.add(rows), width=width, height=260)
        .mark_bar(stroke="white")
        .encode(
            x=alt.X("year:O", axis=mark_years(rows), scale=alt.Scale(paddingInner=0.25)),
            y=alt.Y("bn:Q", stack=True, axis=alt.Axis(title=f"{money} a year", tickCount=5)),
            color=colour_by("area", colours, legend),
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
            color=colour_by("area", colours, legend),
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
    colour = colour_by("area", colours, False)
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
        x=alt.X("year:Q", axis=mark_years(rows), scale=alt.Scale(nice=False, zero=False)),
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
            color=colour_by("area", colours, legend),
            order=alt.Order("rank:Q"),
            tooltip=[
                alt.Tooltip("scenario:N", title="Scenario"),
                alt.Tooltip("area:N", title="Area"),
                alt.Tooltip("bn:Q", title=money, format=MONEY),
            ],
        )
    )
    return sheet.finish(chart.properties(width=width, height=38 * max(1, len(labels))))
