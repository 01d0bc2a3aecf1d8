"""What a page says of several plans side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..runs.reported import Reported
from ..studies import plan_charts as pictures
from ..studies.rows import list_spending, sum_programmes
from ..studies.side_by_side import Regret, compare_plans, find_worst_regret
from ..titles import Rows, name_all, shorten
from .gallery import Gallery
from .page_plan import list_legend, tell_number


def write_comparison(several: Sequence[Reported], gallery: Gallery) -> dict[str, Any]:
    """Gains, areas, regret and programmes of several scenarios."""
    planned = [(one, one.record) for one in several if one.record is not None]
    picture, regrets = pictures.draw_scenarios(several), compare_plans(several)
    titles: dict[str, str] = {}
    for one, _ in planned:
        titles |= {
            id_: name
            for id_, name in name_all(one.scenario.instruments).items()
            if id_ not in titles
        }
    totals = {
        one.label: sum_programmes(list_spending(one.scenario, record)) for one, record in planned
    }
    rows = []
    for one in several:
        record = one.record or {"areas": {}, "funded": [], "gain": None}
        rows.append(
            {
                "label": one.label,
                "title": shorten(one.scenario.title, 90),
                "gain": tell_number(record["gain"], 2),
                "money": tell_number(sum(bn or 0.0 for bn in record["areas"].values()), 1),
                "funded": len(record["funded"]),
            }
        )
    return {
        "rows": rows,
        "labels": [one.label for one, _ in planned],
        "regret": tabulate_regret(regrets),
        "reasons": [
            f"{plan} in {world}: breaks {', '.join(cell.broken[:5])}."
            for plan, row in regrets.items()
            for world, cell in row.items()
            if cell.broken
        ],
        "figure": gallery.hang(picture) if picture else None,
        "legend": list_legend(pictures.name_areas(several)),
        "programmes": [
            {"name": name, "cells": [_tell_total(own.get(id_)) for own in totals.values()]}
            for id_, name in titles.items()
            if any(id_ in own for own in totals.values())
        ],
    }


def tabulate_regret(regrets: Mapping[str, Mapping[str, Regret]]) -> Rows:
    """A row for each plan with a cell for each world, shaded by what it loses there."""
    found = []
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
        found.append(
            {"label": label, "cells": cells, "worst": "-" if worst is None else f"{worst:.1%}"}
        )
    return found


def _tell_total(bn: float | None) -> str:
    return "" if bn is None else tell_number(bn, 1)
