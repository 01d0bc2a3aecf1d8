"""Charts of studies: as the budget moves, plans nearly as good, what is traded, which figures."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt

from .charts import MONEY, Colours, Rows, Sheet, Spec, Width, colour_by
from .palette import INK

BLUE = "#6699cc"
PER_YEAR = "yearly budget, $ billion"


def draw_curve(rows: Rows, width: Width) -> Spec:
    """The best gain as the budget moves (rows: bn, gain)."""
    sheet = Sheet()
    chart = (
        alt.Chart(sheet.add(rows))
        .mark_line(point=True, color=INK)
        .encode(
            x=alt.X("bn:Q", scale=alt.Scale(zero=False), axis=alt.Axis(title=PER_YEAR)),
            y=alt.Y("gain:Q", axis=alt.Axis(title="gain, points")),
            tooltip=[
                alt.Tooltip("bn:Q", title=PER_YEAR, format=MONEY),
                alt.Tooltip("gain:Q", title="gain, points", format=".3f"),
            ],
        )
    )
    return sheet.finish(chart.properties(width=width, height=220))


def draw_stretches(rows: Rows, names: Sequence[str], colours: Colours, width: Width) -> Spec:
    """Between which budgets each programme is funded (rows: programme, area, from, to)."""
    sheet = Sheet()
    ends = [float(row[end]) for row in rows for end in ("from", "to")]
    scale = alt.Scale(domain=[min(ends, default=0.0), max(ends, default=1.0)], nice=False)
    chart = (
        alt.Chart(sheet.add(rows))
        .mark_bar(height=11)
        .encode(
            y=alt.Y("programme:N", sort=list(names), axis=_list_axis()),
            x=alt.X("from:Q", scale=scale, axis=alt.Axis(title=PER_YEAR)),
            x2="to:Q",
            color=colour_by("area", colours, legend=True),
            tooltip=[
                alt.Tooltip("programme:N", title="Programme"),
                alt.Tooltip("from:Q", title="funded from, $ bn a year", format=MONEY),
                alt.Tooltip("to:Q", title="to", format=MONEY),
            ],
        )
    )
    return sheet.finish(chart.properties(width=width, height=18 * max(1, len(names))))


def draw_ranges(rows: Rows, names: Sequence[str], colours: Colours, width: Width) -> Spec:
    """What may be spent on each programme (rows: programme, area, least, best, most)."""
    sheet = Sheet()
    data = sheet.add(rows)
    y = alt.Y("programme:N", sort=list(names), axis=_list_axis())
    bars = (
        alt.Chart(data)
        .mark_bar(height=9, opacity=0.55)
        .encode(
            y=y,
            x=alt.X("least:Q", axis=alt.Axis(title="over all years, $ billion")),
            x2="most:Q",
            color=colour_by("area", colours, legend=True),
            tooltip=[
                alt.Tooltip("programme:N", title="Programme"),
                alt.Tooltip("least:Q", title="least, $ bn", format=MONEY),
                alt.Tooltip("best:Q", title="best plan", format=MONEY),
                alt.Tooltip("most:Q", title="most", format=MONEY),
            ],
        )
    )
    dots = (
        alt.Chart(data)
        .mark_point(size=34, filled=True, color=INK, opacity=1)
        .encode(y=y, x="best:Q")
    )
    return sheet.finish(
        alt.layer(bars, dots).properties(width=width, height=18 * max(1, len(names)))
    )


def draw_outcomes(rows: Rows, titles: Sequence[str], width: Width) -> Spec:
    """Outcomes over two layers (rows: x, y, supported, number); hollow ones are unsupported."""
    sheet = Sheet()
    fill = alt.condition("datum.supported", alt.value(INK), alt.value("white"))
    chart = (
        alt.Chart(sheet.add(rows))
        .mark_point(size=46, stroke=INK, strokeWidth=1.2, opacity=1)
        .encode(
            x=alt.X("x:Q", scale=alt.Scale(zero=False), axis=alt.Axis(title=titles[0])),
            y=alt.Y("y:Q", scale=alt.Scale(zero=False), axis=alt.Axis(title=titles[1])),
            fill=fill,
            tooltip=[
                alt.Tooltip("number:Q", title="outcome"),
                alt.Tooltip("x:Q", title="across, points", format=".3f"),
                alt.Tooltip("y:Q", title="up, points", format=".3f"),
            ],
        )
    )
    return sheet.finish(chart.properties(width=width, height=320))


def _list_axis() -> alt.Axis:
    return alt.Axis(title=None, domain=False, ticks=False, labelColor=INK)


def draw_tornado(rows: Rows, names: Sequence[str], base: float, width: Width) -> Spec:
    """The gain at the low and the high value of each figure (rows: figure, from, to)."""
    sheet = Sheet()
    bars = (
        alt.Chart(sheet.add(rows))
        .mark_bar(height=12, color=BLUE)
        .encode(
            y=alt.Y("figure:N", sort=list(names), axis=_list_axis()),
            x=alt.X("from:Q", scale=alt.Scale(zero=False), axis=alt.Axis(title="gain, points")),
            x2="to:Q",
            tooltip=[
                alt.Tooltip("figure:N", title="Figure"),
                alt.Tooltip("from:Q", title="least gain", format=".3f"),
                alt.Tooltip("to:Q", title="most gain", format=".3f"),
            ],
        )
    )
    rule = alt.Chart(sheet.add([{"base": base}])).mark_rule(color=INK).encode(x="base:Q")
    return sheet.finish(
        alt.layer(bars, rule).properties(width=width, height=18 * max(1, len(names)))
    )
