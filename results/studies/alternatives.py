"""What `alternatives` says: how far spending may move at nearly the best gain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...inputs.scenario import Scenario
from ...model.studies.alternatives.findings import Alternative, AlternativeFindings, SpendingRange
from ..sheet import SHOWN, TIDY, Column, Completeness, Record, Sheet, Table, tidy
from .spending_ranges import draw_ranges, judge, list_ends, list_ranges, tell_ends
from .words import Words, count, tell_counts, tell_effort

APART_BN = 0.05
"""Money over all years: a smaller difference does not set a plan apart."""

TOLD = 3
"""Differences that a plan's name tells."""


def tabulate(alternatives: AlternativeFindings) -> Record:
    """Everything `alternatives --json` promises; points and money over all years."""
    scenario, plans = alternatives.scenario, alternatives.plans
    best = plans[0].money if plans else {}
    areas = total_money(scenario, best)
    ranges: Mapping[str, Mapping[str, SpendingRange]] = {
        "areas": alternatives.areas,
        "instruments": alternatives.instruments,
    }
    spent: Mapping[str, Mapping[str, float]] = {"areas": areas, "instruments": best}
    return {
        "scenario": scenario.name,
        "title": scenario.title,
        "best_gain": tidy(alternatives.best_gain),
        "best_proven": alternatives.is_best_proven,
        "within": alternatives.within,
        "ranges": {
            kind: {i: list_ends(own) for i, own in of.items()} for kind, of in ranges.items()
        },
        "range_gaps": {
            kind: {i: tidy(own.gap) for i, own in of.items()} for kind, of in ranges.items()
        },
        "judged": {
            kind: {i: judge(own, spent[kind].get(i, 0.0)) for i, own in of.items()}
            for kind, of in ranges.items()
        },
        "plans": [tabulate_plan(alternatives, plan, number) for number, plan in enumerate(plans)],
        "different_plans": len(plans) if alternatives.is_exhausted else None,
        "complete": alternatives.effort.is_complete,
        "ends_asked": alternatives.asked,
        "ends_proven": alternatives.answered,
        "solves": alternatives.effort.solves,
        "linear_solves": alternatives.effort.linear_solves,
        "seconds": round(alternatives.effort.seconds, 3),
    }


def total_money(scenario: Scenario, money: Mapping[str, float]) -> dict[str, float]:
    """Money over all years by area."""
    areas = dict.fromkeys(scenario.areas, 0.0)
    for i, bn in money.items():
        areas[scenario.instruments[i].area] += bn
    return areas


def tabulate_plan(alternatives: AlternativeFindings, plan: Alternative, number: int) -> Record:
    """One plan with its distance to those before it, and what sets it apart from the best."""
    best = alternatives.plans[0].money
    gap = None
    if plan.distance is not None and plan.distance_at_most is not None:
        gap = tidy(max(0.0, plan.distance_at_most - plan.distance))
    is_best = plan.distance is None
    return {
        "id": "best" if number == 0 else f"alternative_{number}",
        "name": "the best plan" if is_best else tell_apart(best, plan.money, {}),
        "gain": tidy(plan.gain),
        "distance": None if plan.distance is None else tidy(plan.distance),
        "distance_gap": gap,
        "areas": {
            area: tidy(bn) for area, bn in total_money(alternatives.scenario, plan.money).items()
        },
        "funded": list(plan.plan),
        "totals": {i: tidy(bn) for i, bn in plan.money.items() if i in plan.plan},
        "spending": {
            i: {str(year): tidy(bn) for year, bn in years.items()} for i, years in plan.plan.items()
        },
    }


def tell_apart(
    best: Mapping[str, float], money: Mapping[str, float], titles: Mapping[str, str]
) -> str:
    """What sets a plan apart from the best one, the largest differences first.

    >>> tell_apart({"a": 3.0, "b": 1.0}, {"b": 2.5}, {"a": "Grid"})
    'no Grid (-3.0), more b (+1.5)'
    """
    change = {i: money.get(i, 0.0) - best.get(i, 0.0) for i in {**money, **best}}
    told = [
        tell_change(best.get(i, 0.0), money.get(i, 0.0), titles.get(i, i))
        for i in sorted(change, key=lambda i: -abs(change[i]))
        if abs(change[i]) > APART_BN
    ]
    return ", ".join(told[:TOLD]) or "the same programmes, a little more or less of each"


def tell_change(before: float, now: float, name: str) -> str:
    """How one programme differs.

    >>> tell_change(3.0, 0.0, "grid"), tell_change(1.0, 2.5, "labs")
    ('no grid (-3.0)', 'more labs (+1.5)')
    """
    if now <= 1e-6:
        word = "no"
    elif before <= 1e-6:
        word = "also"
    else:
        word = "more" if now > before else "less"
    return f"{word} {name} ({now - before:+.1f})"


def describe(scenario: Scenario, record: Record, findings: Any = None) -> Sheet:
    """How far spending may range, then the plans that differ most."""
    del findings
    words = Words(scenario)
    return Sheet(
        name="alternatives",
        title=words.title,
        of=scenario.name,
        heading="Plans that are nearly as good",
        short="Alternatives",
        verdict=tell_room(record),
        sentences=[
            tell_threshold(words, record),
            "The distance of two plans is what they spend differently, as a share of both.",
        ],
        parts=[
            list_ranges(words, record, "areas"),
            list_ranges(words, record, "instruments"),
            *draw_ranges(scenario, words, record),
            *list_plans(words, record),
            *list_data(words, record),
        ],
        notes=[*tell_ends(words, record), *tell_all(record)],
        effort=tell_effort(record) if "linear_solves" in record else "",
        completeness=Completeness(
            record.get("complete", True),
            record.get("ends_proven"),
            record.get("ends_asked"),
            "ends of ranges",
            tell_open(record),
        ),
    )


def tell_open(record: Record) -> str:
    """What may be otherwise, as the time was over."""
    is_known = record.get("ends_proven") and record["ends_proven"] == record.get("ends_asked")
    wider = "" if is_known else "the true ranges may be wider, and "
    return f"The time was over: {wider}plans may differ more."


def tell_room(record: Record) -> str:
    """How many programmes are open to negotiation at that price, in a sentence.

    >>> judged = ["always", "always", "may go", "open", "open", "never"]
    >>> told = {"within": 0.01, "judged": {"instruments": dict(enumerate(judged))}}
    >>> tell_room(told).split(". ")[1]
    'Of the others every plan funds 2 and leaves out 1; 1 is open to negotiation.'
    """
    within = f"Within {record['within']:.1%} of the best gain"
    judged = list((record.get("judged") or {}).get("instruments", {}).values())
    if not judged:
        return f"{within} spending may move between the ends of the ranges below."
    unknown = judged.count("open")
    open_ = len(judged) - judged.count("always") - judged.count("never") - unknown
    negotiable = tell_counts((open_, "is open to negotiation", "are open to negotiation"))
    always, never = (judged.count(word) or "none" for word in ("always", "never"))
    programmes = count(len(judged), "programme")
    if not unknown:
        funds = f"every plan funds {always} of {programmes} and leaves out {never}"
        return f"{within}, {funds}; {negotiable}."
    known = f"Of the others every plan funds {always} and leaves out {never}"
    return (
        f"{within}, of {unknown} of {programmes} it is not known whether every plan funds them. "
        f"{known}; {negotiable}."
    )


def tell_threshold(words: Words, record: Record) -> str:
    """What the best plan gains, and what a plan must gain to be as good as that."""
    best = record["best_gain"]
    if best is None:
        return "What the best plan gains is not known."
    least = best - record["within"] * max(best, 0.01)
    known = "" if record.get("best_proven", True) else " known"
    spend = "may spend" if record.get("complete", True) else "were found to spend"
    return (
        f"The best plan{known} gains {best:.3f} points. Plans that gain {least:.3f} or more "
        f"{spend} what the ranges say, {words.money} over all years."
    )


def tell_all(record: Record) -> list[str]:
    """Whether there are more plans than those listed."""
    there = record.get("different_plans")
    if not there:
        return []
    differ = tell_counts((there, "plan differs", "plans differ"))
    return [f"{differ} in what is spent on what: there are no more."]


def list_plans(words: Words, record: Record) -> list[Table]:
    """The plans that differ, by area, each with what sets it apart."""
    plans = record["plans"]
    best = plans[0]["totals"] if plans else {}
    rows = [
        {
            **plan["areas"],
            "id": plan.get("id", str(number)),
            "gain": plan["gain"],
            "distance": plan["distance"],
            "at_most": add_gap(plan["distance"], plan["distance_gap"]),
            "apart": tell_apart(best, plan["totals"], words.programmes) if number else "",
        }
        for number, plan in enumerate(plans)
    ]
    columns = [
        Column("id", "plan"),
        Column("gain", "gain", "points", "points"),
        Column("distance", "distance", "number", digits=3, absent=""),
        Column("at_most", "at most", "number", digits=3, absent=""),
        *words.area_columns(1),
        Column("apart", "what sets it apart from the best"),
    ]
    title = "Plans, each as far as can be from all before it"
    return [Table("plans", title, columns, rows, on=SHOWN)]


def add_gap(distance: float | None, gap: float | None) -> float | None:
    """The largest distance there may be, where both are known.

    >>> add_gap(0.5, 0.25), add_gap(None, None)
    (0.75, None)
    """
    return None if distance is None or gap is None else distance + gap


def list_data(words: Words, record: Record) -> list[Table]:
    """The ranges and the plans as data."""
    gaps = record.get("range_gaps") or {}
    ranges = [
        {
            "kind": kind[:-1],
            "id": id_,
            "least_bn": least,
            "most_bn": most,
            "gap_bn": gaps.get(kind, {}).get(id_),
        }
        for kind, rows in record["ranges"].items()
        for id_, (least, most) in rows.items()
    ]
    ids = list(record["ranges"]["instruments"])
    heads = ("id", "name", "gain", "distance", "distance_gap")
    plans = [
        {
            **{key: plan.get(key) for key in heads},
            **{f"{i}_bn": plan["totals"].get(i, 0.0) for i in ids},
        }
        for plan in record["plans"]
    ]
    range_columns = [
        Column("kind", "kind"),
        Column("id", "area or programme"),
        words.money_column("least_bn", "least"),
        words.money_column("most_bn", "most"),
        words.money_column("gap_bn", "open"),
    ]
    plan_columns = [
        Column("id", "plan"),
        Column("name", "what sets it apart"),
        Column("gain", "gain", "points", "points"),
        Column("distance", "distance", "number"),
        Column("distance_gap", "open", "number"),
        *(words.money_column(f"{i}_bn", words.programmes.get(i, i)) for i in ids),
    ]
    return [
        Table("ranges", "", range_columns, ranges, on=TIDY),
        Table("plans", "", plan_columns, plans, on=TIDY),
    ]
