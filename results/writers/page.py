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
from ..studies.chapter import list_chapter, tell_provenance
from ..studies.ledger import describe_ledger
from ..studies.scenarios import describe_scenarios, name_scenarios
from ..studies.sections import list_sheets
from ..titles import clean, shorten
from .gallery import Gallery
from .page_section import write_section
from .page_weights import write_weights

HERE = Path(__file__).parent
SCRIPT = (
    *("ground", "charts", "saving", "bounds", "judge", "region", "questions"),
    *("explorer", "triangle", "pins", "interview", "ledger", "reading"),
    "start",
)
"""The files of `script/`: each knows what comes before it, `start` sets all going."""


def make_page(several: Sequence[Reported]) -> str:
    """The page of one scenario, or of several side by side."""
    gallery, first, is_one = Gallery(), several[0], len(several) == 1
    names = name_scenarios(several)
    compared = None if is_one else describe_scenarios(several)
    sections = [] if compared is None else [write_section(compared, gallery)]
    studies = []
    for at, one in enumerate(several):
        kicker = "" if is_one else names[one.label]
        sections += [
            write_section(sheet, gallery, f"s{at}-", kicker) for sheet in list_chapter(one)
        ]
        prefix = f"s{at}-" if at else ""
        studies += [write_section(sheet, gallery, prefix, kicker) for sheet in list_sheets(one)]
    kicker = "" if is_one else names[first.label]
    weights, map_data = write_weights(first, several, gallery, kicker)
    ledger = write_section(describe_ledger(first, is_one), gallery, kicker=kicker)
    data = escape_json({"figures": gallery.live, "map": map_data})
    library = escape_script(f"(()=>{{{charts.make_bundle()}}})();")
    script = escape_script(join_script())
    titles = [shorten(one.scenario.title or one.label, 120) for one in several]
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    template = environment.from_string((HERE / "page.html").read_text("utf-8"))
    return template.render(
        title=titles[0] if compared is None else compared.title,
        description=clean(first.scenario.description)[:1000] if is_one else "",
        version=__version__,
        contents=list_contents(sections, weights, [*studies, ledger], is_one),
        gaps=[section for section in [*sections, *studies] if section["lacking"]],
        sections=sections,
        weights=weights,
        studies=[*studies, ledger],
        provenance=[tell_provenance(one) for one in several],
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
    sections: Sequence[Mapping[str, Any]],
    weights: Any,
    studies: Sequence[Mapping[str, Any]],
    is_one: bool,
) -> list[tuple[str, str]]:
    """Anchors and names of the sections; of several scenarios, only where each begins."""
    found: list[tuple[str, str]] = []
    for section in sections:
        name = section["short"] if is_one or not section["kicker"] else section["kicker"]
        if name not in [known for _, known in found]:
            found.append((section["anchor"], name))
    found += [(weights["anchor"], weights["short"])] if weights else []
    for study in studies:
        found.append((study["anchor"], study["short"]))
    return [(anchor, shorten(name, 24)) for anchor, name in found]
