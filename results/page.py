"""A report as one HTML page that fetches nothing: a document without JavaScript, alive with it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2

from .. import __version__
from . import charts, pictures
from .palette import colour_areas
from .pictures import PAGE_WIDTH, PANEL_WIDTH, Picture
from .portfolio import Record
from .report_rows import (
    Rows,
    clean,
    list_binding,
    list_feeds,
    list_figures,
    list_leads,
    list_spending,
    name_all,
    shorten,
    sum_programmes,
)
from .reported import Reported
from .screen import name_years, tell_output
from .sentences import (
    describe_limit,
    say_core,
    say_map,
    tell_gap,
    tell_units,
    write_recommendation,
)
from .side_by_side import compare_plans, find_worst_regret
from .study_sections import describe_studies
from .weight_page import describe_weights, draw_choice, draw_triangle, name_pillars

HERE = Path(__file__).parent
MINOR = 0.03
"""Figures that carry less of the gain are left out in print."""

NOTES = {
    "flow": "Areas, programmes, layers of the contest. A ribbon is as wide as its money; what a "
    "programme gets is split over layers like the points of lead it brings to each.",
    "spending-by-programme": "A square is as large as its money; totals in $ billion.",
}
"""How to read a chart."""

MOST_PORTFOLIOS = 40
"""Rows of the table of portfolios; the sliders know all."""


class Gallery:
    """The charts of a page: pictures in the document, specifications for what makes them live."""

    def __init__(self) -> None:
        self.live: dict[str, Any] = {}
        self.pictures: list[Picture] = []

    def hang(
        self, picture: Picture, prefix: str = "", note: str = "", id_: str = ""
    ) -> dict[str, Any]:
        """Takes a picture in; gives what the template needs to show it."""
        name = id_ or f"{prefix}{picture.name}"
        width = PANEL_WIDTH if picture.group else PAGE_WIDTH
        spec = picture.make(width, False)
        svg = charts.render_svg(spec)
        self.live[name] = spec if picture.is_fixed else {**spec, "width": "container"}
        self.pictures.append(picture)
        size = re.search(r'width="([\d.]+)" height="([\d.]+)"', svg)
        return {
            "id": name,
            "title": picture.title,
            "says": picture.says,
            "note": note,
            "image": f"data:image/svg+xml,{quote(svg, safe=_UNQUOTED)}",
            "width": round(float(size[1])) if size else width,
            "height": round(float(size[2])) if size else width,
        }


_UNQUOTED = " !$&'()*+,-./:;=?@[]_~"


def make_page(several: Sequence[Reported]) -> str:
    """The page of one scenario, or of several side by side."""
    gallery = Gallery()
    chapters = [write_chapter(one, at, len(several) > 1, gallery) for at, one in enumerate(several)]
    first = several[0]
    weights, map_data = write_weights(first, gallery)
    flip = write_flip(first, gallery)
    studies = [
        {**study, "figures": [gallery.hang(picture) for picture in study["figures"]]}
        for study in describe_studies(first)
    ]
    ledger = write_ledger(first)
    comparison = write_comparison(several, gallery) if len(several) > 1 else None
    data = escape_json({"figures": gallery.live, "map": map_data})
    library = escape_script(f"(()=>{{{charts.make_bundle()}}})();")
    script = escape_script((HERE / "page.js").read_text("utf-8"))
    titles = [shorten(one.scenario.title or one.label, 120) for one in several]
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    template = environment.from_string((HERE / "page.html").read_text("utf-8"))
    return template.render(
        title=titles[0] if len(titles) == 1 else f"{len(titles)} scenarios side by side",
        description=clean(first.scenario.description)[:1000] if len(several) == 1 else "",
        version=__version__,
        contents=list_contents(chapters, comparison, weights, flip, studies),
        chapters=chapters,
        comparison=comparison,
        weights=weights,
        flip=flip,
        studies=studies,
        ledger=ledger,
        data=data,
        library=library,
        script=script,
        script_hashes=jinja2.utils.markupsafe.Markup(
            f"{hash_script(library)} {hash_script(script)}"
        ),
    )


def escape_json(value: Any) -> Any:
    """A value as JSON that may stand in a script element, whatever texts it holds."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for bad in "<>&\u2028\u2029":
        text = text.replace(bad, f"\\u{ord(bad):04x}")
    return jinja2.utils.markupsafe.Markup(text)  # noqa: S704  # nothing that HTML knows is left in it


def escape_script(text: str) -> Any:
    """Our own JavaScript as it may stand in a script element."""
    safe = re.sub(r"<(/script|!--)", r"\\x3c\1", text, flags=re.IGNORECASE)
    return jinja2.utils.markupsafe.Markup(safe)  # noqa: S704  # shipped with the package


def hash_script(text: str) -> str:
    """What a content security policy knows a script by."""
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def list_contents(
    chapters: Sequence[Mapping[str, Any]],
    comparison: Any,
    weights: Any,
    flip: Any,
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
    found += [("flip", "Flips")] if flip else []
    found += [(study["anchor"], study["short"]) for study in studies]
    return [*found, ("ledger", "Assumptions")]


def write_chapter(one: Reported, at: int, is_one_of_many: bool, gallery: Gallery) -> dict[str, Any]:
    """What the page says of one scenario."""
    scenario, record = one.scenario, one.record
    name = shorten(scenario.title or one.label, 120)
    heading = f"{one.label}: {name}" if is_one_of_many else "The recommendation"
    chapter: dict[str, Any] = {
        "anchor": f"s{at}",
        "heading": heading,
        "sentences": [],
        "broken": "",
        "lacking": "",
        "figures": {},
        "provenance": tell_provenance(one),
    }
    if record is None:
        chapter["lacking"] = (
            "This run folder holds studies and no plan; `stratafolio solve` with the same --out "
            "adds one."
        )
        return chapter
    feeds = list_feeds(one, record)
    drawn = pictures.draw_plan(one, record, feeds)
    broken = len(record.get("broken", ()))
    years = scenario.years
    return {
        **chapter,
        "sentences": write_recommendation(one, record, feeds),
        "numbers": list_numbers(one, record),
        "broken": f"{broken} limit{'s' if broken > 1 else ''}" if broken else "",
        "figures": {
            picture.name: gallery.hang(picture, f"s{at}-", NOTES.get(picture.name, ""))
            for picture in drawn
            if not picture.group
        },
        "leads": [gallery.hang(picture, f"s{at}-") for picture in drawn if picture.group],
        "legend": [
            {"title": name_all(scenario.areas)[area], "colour": colour}
            for area, colour in colour_areas(scenario.areas).items()
        ],
        "years": list(years.spending),
        "spending": tabulate_spending(one, record),
        "unfunded": [
            title
            for id_, title in name_all(scenario.instruments).items()
            if id_ not in record["funded"]
        ],
        "harms": tell_harms(one, feeds),
        "first": years.first,
        "last": years.last,
        "until": years.score_until,
        "lead_rows": tabulate_leads(one, record),
        "binding": tabulate_binding(one, record),
        "priced": "explain" in one.studies,
    }


def tell_provenance(one: Reported) -> str:
    """Where a plan comes from and what is proven of it."""
    record = one.record
    told = f"{one.label}: {one.origin}."
    if record is None:
        return told
    solver, checks = record.get("solver") or {}, record["checks"]
    return (
        f"{told} Solved by {solver.get('name', 'no solver')} {solver.get('version', '')} to a gap "
        f"of {tell_gap(record['gap'])}; steadier spending gives up "
        f"{record['steady_cost'] or 0.0:.2%} of the best gain; worst violation of a limit "
        f"{checks['max_violation']:.1e}; the smooth curves would score "
        f"{checks['curve_error_points']:.4f} points differently."
    )


def _number(value: float | None, digits: int) -> str:
    """A number, or a dash where there is none; no negative zero.

    >>> _number(-0.001, 1), _number(None, 1), _number(1234.5, 1)
    ('0.0', '-', '1,234.5')
    """
    if value is None:
        return "-"
    shown = f"{value:,.{digits}f}"
    return shown.lstrip("-") if not re.search("[1-9]", shown) else shown


def list_numbers(one: Reported, record: Record) -> list[dict[str, str]]:
    """The few numbers that everybody asks for."""
    money = sum(bn or 0.0 for bn in record["areas"].values())
    return [
        {
            "name": "Gain over spending nothing",
            "value": _number(record["gain"], 2),
            "unit": "points",
        },
        {"name": "New money", "value": f"${_number(money, 1)}", "unit": "bn"},
        {
            "name": "Programmes funded",
            "value": str(len(record["funded"])),
            "unit": f"of {len(one.scenario.instruments)}",
        },
        {
            "name": "Private money moved along",
            "value": f"${_number(record['private_bn'], 1)}",
            "unit": "bn",
        },
        {
            "name": "Proven gap to the best plan",
            "value": tell_gap(record["gap"]),
            "unit": "of the gain",
        },
    ]


def tabulate_spending(one: Reported, record: Record) -> Rows:
    """A row for each funded programme: $ billion by year, in all, and what it buys."""
    spending = list_spending(one, record)
    by_programme: dict[str, list[float]] = {}
    for row in spending:
        by_programme.setdefault(row["instrument"], []).append(row["bn"])
    names = name_all(one.scenario.instruments)
    return [
        {
            "name": names[id_],
            "cells": [_number(bn, 2) if bn > 0 else "" for bn in amounts],
            "total": _number(sum(amounts), 2),
            "buys": shorten(tell_output(record["outputs"][id_]), 90)
            if id_ in record["outputs"]
            else "",
        }
        for id_, amounts in by_programme.items()
    ]


def tell_harms(one: Reported, feeds: Rows) -> list[str]:
    """Effects of funded programmes that cost points, the worst first."""
    programmes, layers = name_all(one.scenario.instruments), name_all(one.scenario.layers)
    harms = sorted((row for row in feeds if row["points"] < -5e-3), key=lambda row: row["points"])
    return [
        f"{programmes[row['instrument']]} takes {-row['points']:.2f} points from "
        f"{layers[row['layer']]}"
        for row in harms[:6]
    ]


def tabulate_leads(one: Reported, record: Record) -> Rows:
    """A row for each layer: leads with and without the plan, and their natural units."""
    years = one.scenario.years
    first, last, until = str(years.first), str(years.last), str(years.score_until)
    rows = []
    for id_, name in name_all(one.scenario.layers).items():
        lead, without = record["leads"][id_], record["baseline_leads"][id_]
        own = one.scenario.layers[id_]
        cells = [lead[first], lead[last], without[last], lead[until], without[until]]
        rows.append(
            {
                "name": name,
                "indicator": shorten(own.indicator, 160),
                "weight": f"{record['weights'][id_]:.0%}",
                "cells": [_number(cell, 1) for cell in cells],
                "units": tell_units(own, lead[last], without[last]).strip(" ()"),
            }
        )
    return rows


def tabulate_binding(one: Reported, record: Record) -> Rows:
    """A row for each limit that binds or is broken, with its price where that is known."""
    rows = []
    for row in list_binding(record, one.studies.get("explain")):
        sign = "at least" if row["sense"] == "at_least" else "at most"
        price = row["price"]
        rows.append(
            {
                "name": describe_limit(row["id"], one.scenario),
                "broken": row["broken"],
                "years": name_years(row["years"]) if row["years"] else "all",
                "value": _number(row["value"], 2),
                "limit": f"{sign} {_number(row['limit'], 2)}",
                "price": "" if price is None else f"{_number(price, 3)} points",
            }
        )
    return rows


def write_weights(one: Reported, gallery: Gallery) -> tuple[dict[str, Any] | None, Any]:
    """The weight explorer, the triangle and the core index, with the data for the sliders."""
    record = one.studies.get("sensitivity map")
    if record is None or not record["portfolios"]:
        return None, None
    scenario = one.scenario
    programmes, areas = name_all(scenario.instruments), name_all(scenario.areas)
    data = describe_weights(one, record)
    over_pillars = one.studies.get("pillar map", record)
    drawn = draw_triangle(one, over_pillars)
    triangle = gallery.hang(drawn[0], id_="pillar-map") if drawn else None
    data["triangle"] = drawn[1] if drawn else None
    is_pillars = any(slider["id"] not in scenario.layers for slider in data["sliders"])
    ranked = sorted(record["portfolios"], key=lambda portfolio: -portfolio["share"])
    rows = [
        {
            "id": str(portfolio["id"]),
            "share": f"{portfolio['share']:.1%}",
            "funded": len(portfolio["funded"]),
            "areas": [_number(portfolio["areas"].get(area), 1) for area in areas],
        }
        for portfolio in ranked[:MOST_PORTFOLIOS]
    ]
    return {
        "sentence": say_map(record),
        "kind": tell_kind(record, is_pillars, scenario.name),
        "unit": "pillar" if is_pillars else "layer",
        "choice": gallery.hang(
            draw_choice(one, record), id_="choice", note="Ticks: the recommended plan."
        ),
        "area_names": list(areas.values()),
        "rows": rows,
        "more": max(0, len(ranked) - MOST_PORTFOLIOS),
        "triangle": triangle,
        "triangle_sentence": say_map(over_pillars) if drawn else "",
        "pillars": list(name_pillars(scenario).values()),
        "core": gallery.hang(pictures.draw_core(one, record["core_index"]), id_="core-index"),
        "core_sentence": say_core(record, programmes),
    }, data


def tell_kind(record: Record, is_pillars: bool, name: str) -> str:
    """Which map the page holds, and how a finer one is had."""
    over = "pillars, within which weight splits as in the scenario" if is_pillars else "layers"
    told = f"A map over {over}, at a tolerance of {record['tolerance']:.1%} of the best gain."
    if record.get("made_for_page"):
        told += (
            " It was made for this page, coarser than the command's own: `stratafolio sensitivity "
            f"map {name} --out DIR` and `stratafolio report DIR` show a finer one."
        )
    return told


def write_flip(one: Reported, gallery: Gallery) -> dict[str, Any] | None:
    """The nearest flip in a sentence, and the one-layer paths."""
    flip = one.studies.get("sensitivity flip")
    if flip is None:
        return None
    names, layers = name_all(one.scenario.instruments), name_all(one.scenario.layers)
    nearest = flip["nearest"]
    safe = flip["proven_none_within_pp"]
    sure = (
        ""
        if safe is None
        else f" Nearer than {safe:.1f} percentage points nothing changes: proven."
    )
    if nearest is None:
        sentence = f"No weights were found at which other programmes are funded.{sure}"
    else:
        moved = [
            f"{layers[id_]} {flip['weights'][id_]:.0%} to {weight:.0%}"
            for id_, weight in nearest["weights"].items()
            if abs(weight - flip["weights"][id_]) > 0.005
        ]
        moves = [f"{names.get(id_, id_)} enters" for id_ in nearest["enters"]]
        moves += [f"{names.get(id_, id_)} leaves" for id_ in nearest["leaves"]]
        sentence = (
            f"The decision changes once {nearest['shift_pp']:.1f} percentage points of weight move "
            f"({', '.join(moved) or 'a little of each'}): {', '.join(moves)}.{sure}"
        )
    return {
        "sentence": sentence,
        "paths": [gallery.hang(picture) for picture in pictures.draw_paths(one, flip)],
    }


def write_ledger(one: Reported) -> dict[str, Any]:
    """Every figure, ready to be filtered."""
    record = one.record
    feeds = [] if record is None else list_feeds(one, record)
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


def write_comparison(several: Sequence[Reported], gallery: Gallery) -> dict[str, Any]:
    """Gains, areas, regret and programmes of several scenarios."""
    planned = [(one, one.record) for one in several if one.record is not None]
    regrets = compare_plans(several)
    picture = pictures.draw_scenarios(several)
    titles: dict[str, str] = {}
    for one, _ in planned:
        titles |= {
            id_: name
            for id_, name in name_all(one.scenario.instruments).items()
            if id_ not in titles
        }
    totals = {one.label: sum_programmes(list_spending(one, record)) for one, record in planned}
    rows = []
    for one in several:
        record = one.record or {"areas": {}, "funded": [], "gain": None}
        rows.append(
            {
                "label": one.label,
                "title": shorten(one.scenario.title, 90),
                "gain": _number(record["gain"], 2),
                "money": _number(sum(bn or 0.0 for bn in record["areas"].values()), 1),
                "funded": len(record["funded"]),
            }
        )
    regret_rows = []
    for label, row in regrets.items():
        worst = find_worst_regret(row)
        cells = [
            {
                "text": "-" if cell.share is None else f"{cell.share:.1%} ({cell.points:.2f})",
                "shade": round(min(0.7, 2 * (cell.share or 0.0)), 3),
                "why": f"breaks {', '.join(cell.broken[:5])}" if cell.broken else "",
            }
            for cell in row.values()
        ]
        regret_rows.append(
            {"label": label, "cells": cells, "worst": "-" if worst is None else f"{worst:.1%}"}
        )
    return {
        "rows": rows,
        "labels": [one.label for one, _ in planned],
        "regret": regret_rows,
        "figure": gallery.hang(picture) if picture else None,
        "legend_html": "",
        "programmes": [
            {
                "name": name,
                "cells": [_number(own[id_], 1) if id_ in own else "" for own in totals.values()],
            }
            for id_, name in titles.items()
            if any(id_ in own for own in totals.values())
        ],
    }


def list_leads_of(one: Reported) -> Rows:
    """Leads by layer and year, where there is a plan."""
    return [] if one.record is None else list_leads(one, one.record)
