"""A report as one HTML page that fetches nothing: a document without JavaScript, alive with it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from ... import __version__
from ..charts import vega as charts
from ..runs.reported import Reported
from ..studies.rows import list_feeds, list_figures
from ..studies.sections import list_sheets
from ..titles import clean, shorten
from .gallery import Gallery
from .page_comparison import write_comparison
from .page_plan import write_chapter
from .page_section import write_section
from .page_weights import write_weights

HERE = Path(__file__).parent
MINOR = 0.03
"""Figures that carry less of the gain are left out in print."""

SCRIPT = (
    *("ground", "charts", "saving", "bounds", "judge", "region", "questions"),
    *("explorer", "triangle", "pins", "interview", "ledger", "start"),
)
"""The files of `script/`: each knows what comes before it, `start` sets all going."""

CHARTS = ("figures", "panels")
"""The charts of a study's section: those as wide as the page, and those beside each other."""


def make_page(several: Sequence[Reported]) -> str:
    """The page of one scenario, or of several side by side."""
    gallery = Gallery()
    chapters = [write_chapter(one, at, len(several) > 1, gallery) for at, one in enumerate(several)]
    first = several[0]
    weights, map_data = write_weights(first, several, gallery)
    studies = [
        {
            **study,
            **{kind: [gallery.hang(chart) for chart in study[kind]] for kind in CHARTS},
        }
        for study in map(write_section, list_sheets(first))
    ]
    ledger = write_ledger(first)
    comparison = write_comparison(several, gallery) if len(several) > 1 else None
    data = escape_json({"figures": gallery.live, "map": map_data})
    library = escape_script(f"(()=>{{{charts.make_bundle()}}})();")
    script = escape_script(join_script())
    titles = [shorten(one.scenario.title or one.label, 120) for one in several]
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    template = environment.from_string((HERE / "page.html").read_text("utf-8"))
    return template.render(
        title=titles[0] if len(titles) == 1 else f"{len(titles)} scenarios side by side",
        description=clean(first.scenario.description)[:1000] if len(several) == 1 else "",
        version=__version__,
        contents=list_contents(chapters, comparison, weights, studies),
        chapters=chapters,
        comparison=comparison,
        weights=weights,
        studies=studies,
        ledger=ledger,
        data=data,
        library=library,
        script=script,
        script_hashes=hash_scripts(library, script),
    )


def join_script() -> str:
    """The page's own script: what stands in `script/`, in order, in one scope."""
    parts = [(HERE / "script" / f"{name}.js").read_text("utf-8") for name in SCRIPT]
    return "\n".join(['(() => {\n"use strict";', *parts, "})();"])


def escape_json(value: Any) -> Any:
    """A value as JSON that may stand in a script element, whatever texts it holds."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for bad in "<>&\u2028\u2029":
        text = text.replace(bad, f"\\u{ord(bad):04x}")
    return Markup(text)  # noqa: S704  # nothing that HTML knows is left in it


def escape_script(text: str) -> Any:
    """Our own JavaScript as it may stand in a script element."""
    safe = re.sub(r"<(/script|!--)", r"\\x3c\1", text, flags=re.IGNORECASE)
    return Markup(safe)  # noqa: S704  # shipped with the package


def hash_scripts(*scripts: str) -> Any:
    """What a content security policy knows scripts by: no other runs on the page."""
    digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()) for text in scripts]
    told = " ".join(f"'sha256-{digest.decode()}'" for digest in digests)
    return Markup(told)  # noqa: S704  # letters, digits and signs of base64


def list_contents(
    chapters: Sequence[Mapping[str, Any]],
    comparison: Any,
    weights: Any,
    studies: Sequence[Mapping[str, Any]],
) -> list[tuple[str, str]]:
    """Anchors and names of the sections."""
    found = [("comparison", "Side by side")] if comparison else []
    for chapter in chapters:
        if len(chapters) > 1:
            found.append((chapter["anchor"], shorten(chapter["heading"], 24)))
        else:
            found.append((chapter["anchor"], "Recommendation"))
            if chapter["figures"]:
                found += [
                    (f"{chapter['anchor']}-spending", "Spending"),
                    (f"{chapter['anchor']}-leads", "Contest"),
                    (f"{chapter['anchor']}-limits", "Limits"),
                ]
    found += [("weights", "Weights")] if weights else []
    found += [(study["anchor"], study["short"]) for study in studies]
    return [*found, ("ledger", "Assumptions")]


def write_ledger(one: Reported) -> dict[str, Any]:
    """Every figure, ready to be filtered."""
    record = one.record
    feeds = [] if record is None else list_feeds(one.scenario, record)
    rows = []
    for row in list_figures(one.scenario, feeds, 0.0 if record is None else record["gain"]):
        share = row["share"]
        low, high = row["low"], row["high"]
        rows.append(
            {
                **row,
                "table": row["path"].partition(".")[0],
                "value": _plain_value(row["value"]),
                "range": "" if low is None else f"{_plain_value(low)} to {_plain_value(high)}",
                "share": "" if share is None else f"{share:.1%}",
                "share_value": 0.0 if share is None else abs(share),
                "minor": share is None or abs(share) < MINOR,
                "confidence": row["confidence"] or "none given",
            }
        )
    return {
        "rows": rows,
        "confidences": list(dict.fromkeys(row["confidence"] for row in rows)),
        "tables": list(dict.fromkeys(row["table"] for row in rows)),
    }


def _plain_value(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else clean(value)
