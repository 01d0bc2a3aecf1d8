"""The charts of a page: pictures in the document, specifications for what makes them live."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from ..charts import vega as charts
from ..charts.vega import PAGE_WIDTH
from ..sheet import Chart
from ..studies.plan_charts import PANEL_WIDTH


class Gallery:
    """The charts of a page: pictures in the document, specifications for what makes them live."""

    def __init__(self) -> None:
        self.live: dict[str, Any] = {}

    def hang(
        self, picture: Chart, prefix: str = "", note: str = "", id_: str = ""
    ) -> dict[str, Any]:
        """Takes a picture in; gives what the template needs to show it."""
        name = id_ or f"{prefix}{picture.name}"
        width = PANEL_WIDTH if picture.group else PAGE_WIDTH
        spec = charts.describe(picture.draw(width, False), picture.says)
        svg = charts.render_svg(spec)
        self.live[name] = spec if picture.is_fixed else {**spec, "width": "container"}
        size = re.search(r'width="([\d.]+)" height="([\d.]+)"', svg)
        return {
            "id": name,
            "title": picture.title,
            "says": picture.says,
            "table": "",
            "note": note or picture.note,
            "kind": "fixed" if picture.is_fixed else "scroll" if picture.is_wide else "",
            "image": f"data:image/svg+xml,{quote(svg, safe=_UNQUOTED)}",
            "width": round(float(size[1])) if size else width,
            "height": round(float(size[2])) if size else width,
        }


_UNQUOTED = " !$&'()*+,-./:;=?@[]_~"
