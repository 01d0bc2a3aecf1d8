"""What plans nearly as good may spend: the ends of ranges as a table, a ruler and a chart."""

from __future__ import annotations

from typing import Any

from ...inputs.scenario import Scenario
from ...model.studies.alternatives.findings import SpendingRange
from ..charts import lines_and_bars
from ..sheet import SCREEN, SHOWN, Chart, Column, Record, Table, tidy
from ..titles import name_all
from .words import Words, colour_titles, count

RULER = 30
"""Letters of the picture of a range."""


def list_ends(own: SpendingRange) -> list[float | None]:
    """The least and the most, as found."""
    return [tidy(round(own.least, 9)), tidy(round(own.most, 9))]


def judge(own: SpendingRange, best: float) -> str:
    """What a range says in a word, "open" where the proof leaves it open.

    >>> judge(SpendingRange(1.0, 2.0, 1.0, 2.0), 1.5), judge(SpendingRange(0.0, 0.0, 0.0, 0.0), 0.0)
    ('always', 'never')
    """
    if own.most_proven is not None and own.most_proven <= 1e-6:
        return "never"
    if own.least_proven > 1e-6:
        return "always"
    if own.least > 1e-6 or own.most <= 1e-6:
        return "open"
    return "may go" if best > 1e-6 else "may come"


def list_ranges(words: Words, record: Record, kind: str) -> Table:
    """A row for each range: its ends, the best plan's money, and a picture."""
    ranges = record["ranges"][kind]
    judged = (record.get("judged") or {}).get(kind, {})
    plans = record["plans"]
    spent = (plans[0]["areas"] if kind == "areas" else plans[0]["totals"]) if plans else {}
    top = max((most or 0.0 for _, most in ranges.values()), default=0.0)
    rows = [
        {
            "id": id_,
            "least": least,
            "best": spent.get(id_, 0.0) if plans else None,
            "most": most,
            "judged": judged.get(id_, ""),
            "picture": draw_ruler(least, spent.get(id_, 0.0), most, top),
        }
        for id_, (least, most) in ranges.items()
    ]
    title, first = (
        ("Spending by area", words.area_column("id"))
        if kind == "areas"
        else ("Spending by programme", words.programme_column())
    )
    columns = [
        first,
        words.money_column("least", "least"),
        words.money_column("best", "best plan"),
        words.money_column("most", "most"),
        Column("judged", "funded"),
        Column("picture", "", on=frozenset({SCREEN})),
    ]
    note = ""
    if kind == "instruments" and judged:
        note = (
            "Always, never: so in every plan that good, proven; may go, may come: not so in some; "
            "open: not known."
        )
    return Table(kind, title, columns, rows, note, on=SHOWN)


def draw_ruler(least: float | None, best: float | None, most: float | None, top: float) -> str:
    """A range on a ruler, the best plan marked.

    >>> draw_ruler(0.0, 10.0, 20.0, 30.0)
    '─────────●──────────··········'
    """
    if top <= 0 or least is None or best is None or most is None:
        return ""
    first, mark, last = (
        min(RULER - 1, max(0, round(RULER * bn / top) - 1)) for bn in (least, best, most)
    )
    cells = ["·"] * RULER
    for at in range(first, last + 1):
        cells[at] = "─"
    cells[mark] = "●"
    return "".join(cells)


def tell_ends(words: Words, record: Record) -> list[str]:
    """How far the ends are proven, where that leaves something open."""
    gaps = list((record.get("range_gaps") or {}).get("instruments", {}).values())
    widest = max((gap or 0.0 for gap in gaps), default=0.0)
    if not record.get("complete", True) or widest <= 1e-3:
        return []
    return [f"The ends are proven to {words.amount(widest, 2)} or less."]


def draw_ranges(scenario: Scenario, words: Words, record: Record) -> list[Chart]:
    """What may be spent on each programme, with a dot at the best plan."""
    plans = record["plans"]
    best = plans[0]["totals"] if plans else {}
    labels, areas = name_all(words.scenario.instruments), name_all(words.scenario.areas)
    bars = [
        {
            "name": labels[i],
            "area": areas[scenario.instruments[i].area],
            "from": ends[0],
            "dot": best.get(i, 0.0),
            "to": ends[1],
        }
        for i, ends in record["ranges"]["instruments"].items()
        if i in scenario.instruments
    ]
    if not bars:
        return []
    colours = colour_titles(words.scenario)

    def draw(width: Any, legend: bool) -> Record:
        del legend
        return lines_and_bars.draw_bars(
            bars, f"over all years, {words.money}", width, colours=colours
        )

    says = (
        f"Bars from the least to the most for {count(len(bars), 'programme')}, a dot at the best "
        "plan"
    )
    title = "What may be spent on each programme"
    return [Chart("alternatives-ranges", title, says, draw, table="instruments")]
