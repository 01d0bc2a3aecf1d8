"""Charts of studies: a line through points, outcomes over two layers, bars between two ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .palette import INK
from .vega import (
    ChartRows,
    Colours,
    Rows,
    Spec,
    Width,
    alt,
    colour_by,
    mark_whole,
)

LABELS, LONG_LABELS = 260, 350
"""Pixels for names beside bars, and for those of figures, which are sentences."""


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
    steps = mark_whole(row["x"] for row in rows) if is_counted else alt.Axis()
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
    room: int = LABELS,
) -> Spec:
    """Bars from one value to another, in the rows' order (rows: name, from, to).

    Of a colour for each `area` in the rows, if there are colours; with a dot where a row has one,
    and a line through all at `rule`. Names have `room` pixels.
    """
    sheet = ChartRows()
    data = sheet.add(rows)
    names = list(dict.fromkeys(str(row["name"]) for row in rows))
    axis = alt.Axis(title=None, domain=False, ticks=False, labelColor=INK, labelLimit=room)
    y = alt.Y("name:N", sort=names, axis=axis)
    bars = (
        alt.Chart(data)
        .mark_bar(height=11, opacity=0.75)
        .encode(
            y=y,
            x=alt.X("from:Q", scale=alt.Scale(zero=False), axis=alt.Axis(title=title)),
            x2="to:Q",
            color=colour_by("area", colours, legend=True) if colours else alt.value("#6699cc"),
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
