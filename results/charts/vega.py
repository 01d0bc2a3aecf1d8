"""Charts as Vega-Lite specifications, SVG and PNG; the one file that loads the chart library.

The drawings beside it take the library from here. Text of scenarios stands in the rows and in lists
of names alone, never in an expression.
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

__all__ = ["alt"]
"""What the drawings take from here that was not made here."""

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
        "labelSeparation": 8,
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


def colour_by(field: str, colours: Colours, legend: bool) -> alt.Color:
    """A colour for each name in a field."""
    scale = alt.Scale(domain=list(colours), range=list(colours.values()))
    return alt.Color(f"{field}:N", scale=scale, legend=alt.Legend() if legend else None)


def mark_years(rows: Rows) -> alt.Axis:
    """An axis of the years in the rows."""
    years = [row["year"] for row in rows]
    return mark_whole(years, title=None, labelAngle=0, labelOverlap=True, grid=False)


def mark_whole(values: Iterable[int], **options: Any) -> alt.Axis:
    """An axis of whole numbers: few stand all there, as Vega would round ticks at halves."""
    there_are = sorted(set(values))
    few = there_are if len(there_are) < FEW else alt.Undefined
    return alt.Axis(format="d", values=few, tickCount=6, tickMinStep=1, **options)


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
