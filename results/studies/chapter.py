"""A plan as a page tells it: the verdict, what to spend and when, the contest, what binds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...model.equations.evaluate import relative
from ..runs.reported import Reported
from ..sheet import PAGE, Chart, Column, Completeness, Record, Sheet, Table
from .describe import describe, tell_counted
from .plan_tables import list_limits
from .rows import list_feeds
from .solve import (
    SCALE,
    tell_gains,
    tell_given,
    tell_layers,
    tell_left_out,
    tell_plan,
    tell_repairs,
    tell_stages,
    tell_unspent,
)
from .verdict import list_verdict, tell_advice, tell_rests
from .words import Words, count

NO_PLAN = (
    "This run folder holds studies and no plan; stratafolio solve with the same --out adds one."
)
NO_PRICES = (
    "What a limit costs stands here once stratafolio explain was kept in the same run folder."
)

SPENDING = (
    *("spending-by-area", "areas_by_year", "areas", "spending-by-programme"),
    *("programmes_by_year", "flow", "harms"),
)
CONTEST = ("leads", "layers")
LIMITS = ("binding",)
"""Parts of a plan's sheet, by name or group, that each section shows."""


def list_chapter(one: Reported) -> list[Sheet]:
    """The sections of a plan; of a run without one, what is lacking."""
    words, record = Words(one.scenario), one.record
    if record is None:
        title = "The recommendation"
        return [Sheet("recommendation", words.title, "Recommendation", NO_PLAN, heading=title)]
    sheet = describe("evaluate" if record["status"] == "given" else "solve", one.scenario, record)
    return [
        describe_recommendation(one, record, sheet),
        describe_grounds(one, record, sheet),
        replace(
            pick_parts(sheet, SPENDING),
            name="spending",
            short="Spending",
            heading="What to spend, and when",
            notes=[tell_left_out(words, record)],
        ),
        replace(
            pick_parts(sheet, CONTEST),
            name="leads",
            short="Contest",
            heading="What it does to the contest",
            sentences=[f"The {words.lead} in points, by layer: {SCALE} 0 is parity."],
        ),
        describe_limits(one, record, sheet),
    ]


def list_verdicts(one: Reported) -> list[Sheet]:
    """The recommendation by itself, where there is a plan."""
    return [replace(own, name="verdict") for own in list_chapter(one)[:1] if one.record]


def pick_parts(sheet: Sheet, names: Sequence[str]) -> Sheet:
    """The sheet with these of its parts alone, in this order, and none of its words."""
    parts = [
        part
        for name in names
        for part in sheet.parts
        if PAGE in part.on and name in (part.name, part.group if isinstance(part, Chart) else "")
    ]
    return replace(
        sheet, verdict="", sentences=(), notes=(), parts=parts, completeness=Completeness()
    )


def describe_recommendation(one: Reported, record: Record, sheet: Sheet) -> Sheet:
    """The answer, the verdict on each programme, and what a point is."""
    words, feeds = Words(one.scenario), list_feeds(one.scenario, record)
    broken = len(record.get("broken", ()))
    sentences = [
        f"This plan breaks {count(broken, 'limit')}; see what binds." if broken else "",
        tell_plan(words, record) if record.get("clash") else "",
        *tell_counted(one.scenario),
        tell_gains(record),
        tell_given(record) if record["status"] == "given" else "",
        tell_advice(one.studies),
        tell_rests(words, record, feeds)[0],
        SCALE,
    ]
    return replace(
        sheet,
        name="recommendation",
        short="Recommendation",
        heading="The recommendation",
        sentences=[text for text in sentences if text],
        parts=[
            list_verdict(words, record, feeds, one.studies),
            list_numbers(words, record),
        ],
        notes=tell_repairs(record),
        is_answer=True,
    )


def describe_grounds(one: Reported, record: Record, sheet: Sheet) -> Sheet:
    """What carries the gain, what money is left, and what to doubt first."""
    words, feeds = Words(one.scenario), list_feeds(one.scenario, record)
    sentences = [
        *tell_rests(words, record, feeds)[1:],
        tell_layers(words, record),
        tell_stages(one.scenario, record),
        tell_unspent(words, record),
    ]
    return replace(
        pick_parts(sheet, ("doubts",)),
        name="grounds",
        short="Grounds",
        heading="What carries the gain",
        sentences=[text for text in sentences if text],
    )


def describe_limits(one: Reported, record: Record, sheet: Sheet) -> Sheet:
    """What binds, and its price where that is known."""
    words, explained = Words(one.scenario), one.studies.get("explain")
    tables = list_limits(words, record, explained)
    told = "" if tables else "No limit binds: more room would gain nothing."
    return replace(
        pick_parts(sheet, ()),
        name="limits",
        short="Limits",
        heading="What binds, and what it costs",
        verdict=told,
        parts=tables,
        notes=[NO_PRICES] if tables and explained is None else [],
    )


def list_numbers(words: Words, record: Record) -> Table:
    """The few numbers that everybody asks for, a tile each."""
    money = sum(bn or 0.0 for bn in record["areas"].values())
    private, programmes = record["private_bn"], len(words.programmes)
    told = [
        ("Gain over spending nothing", f"{record['gain']:.2f}", "points"),
        ("New money", f"{words.symbol}{money:,.1f}", words.unit),
        ("Programmes funded", str(len(record["funded"])), f"of {programmes}"),
    ]
    if private is not None:
        told.append(("Private money moved along", f"{words.symbol}{private:,.1f}", words.unit))
    if record["steady_cost"] is not None:
        cost = tell_share(record["steady_cost"])
        told.append(("Below the best plan found, for steadier spending", cost, "of its gain"))
    room = find_room(record)
    if room is not None:
        told.append(("No plan is better by more than", tell_share(room), "of the best gain"))
    rows = [dict(zip(("what", "value", "unit"), own, strict=True)) for own in told]
    columns = [Column(key, key) for key in ("what", "value", "unit")]
    return Table("numbers", "", columns, rows, form="tiles", on=frozenset({PAGE}))


def find_room(record: Record) -> float | None:
    """How far the shown plan's gain may be below the best there is, as a share of the best.

    >>> find_room({"gain": 2.0, "bound": 2.5, "baseline_score": 0.0})
    0.2
    """
    if record["bound"] is None:
        return None
    most = record["bound"] - record["baseline_score"]
    return relative(most - record["gain"], most)


def tell_share(share: float) -> str:
    """A share that a gap does not exceed.

    >>> tell_share(0.00001), tell_share(0.0123), tell_share(0.0)
    ('0.01%', '1.23%', '0%')
    """
    return "0%" if share == 0 else f"{max(share, 1e-4):.2%}"


def tell_provenance(one: Reported) -> str:
    """Where a plan comes from and what is proven of it."""
    record = one.record
    told = f"{one.label}: {one.origin}."
    if record is None:
        return told
    solver, checks = record.get("solver") or {}, record["checks"]
    return (
        f"{told} {tell_gains(record)} Solved by {solver.get('name', 'no solver')} "
        f"{solver.get('version', '')}; worst violation of a limit {checks['max_violation']:.1e}; "
        f"the smooth curves would score {checks['curve_error_points']:.4f} points differently."
    )
