"""Plans nearly as good as the best, as the mapping that `--json` prints, and as tables."""

from __future__ import annotations

from typing import Any

from ..model.studies.alternatives.findings import Alternative, AlternativeFindings, SpendingRange
from .portfolio import Tables
from .sheet import Record, tidy

APART_BN = 0.05
"""$ billion over all years: a smaller difference does not set a plan apart."""

TOLD = 3
"""Differences that a plan's name tells."""


def tabulate_alternatives(found: AlternativeFindings) -> Record:
    """Everything `alternatives --json` promises; points and $ billion over all years."""
    return {
        "scenario": found.scenario.name,
        "title": found.scenario.title,
        "best_gain": tidy(found.best_gain),
        "within": found.within,
        "ranges": {
            "areas": {area: list_ends(one) for area, one in found.areas.items()},
            "instruments": {i: list_ends(one) for i, one in found.instruments.items()},
        },
        "range_gaps": {
            "areas": {area: tidy(one.gap) for area, one in found.areas.items()},
            "instruments": {i: tidy(one.gap) for i, one in found.instruments.items()},
        },
        "plans": [tabulate_plan(found, plan, number) for number, plan in enumerate(found.plans)],
        "different_plans": len(found.plans) if found.is_exhausted else None,
        "complete": found.effort.is_complete,
        "ends_asked": found.asked,
        "ends_proven": found.answered,
        "solves": found.effort.solves,
        "linear_solves": found.effort.linear_solves,
        "seconds": round(found.effort.seconds, 3),
    }


def list_ends(one: SpendingRange) -> list[float | None]:
    """The least and the most, as found."""
    return [tidy(round(one.least, 9)), tidy(round(one.most, 9))]


def tabulate_plan(found: AlternativeFindings, plan: Alternative, number: int) -> Record:
    """One plan with its distance to those before it, and what sets it apart from the best."""
    scenario = found.scenario
    areas = dict.fromkeys(scenario.areas, 0.0)
    for i, bn in plan.money.items():
        areas[scenario.instruments[i].area] += bn
    gap = None
    if plan.distance is not None and plan.distance_at_most is not None:
        gap = tidy(max(0.0, plan.distance_at_most - plan.distance))
    return {
        "id": "best" if number == 0 else f"alternative_{number}",
        "name": name_plan(found, plan),
        "gain": tidy(plan.gain),
        "distance": None if plan.distance is None else tidy(plan.distance),
        "distance_gap": gap,
        "areas": {area: tidy(bn) for area, bn in areas.items()},
        "funded": list(plan.plan),
        "totals": {i: tidy(bn) for i, bn in plan.money.items() if i in plan.plan},
        "spending": {
            i: {str(year): tidy(bn) for year, bn in years.items()} for i, years in plan.plan.items()
        },
    }


def name_plan(found: AlternativeFindings, plan: Alternative) -> str:
    """What sets a plan apart from the best one, the largest differences first."""
    best = found.plans[0].money
    if plan.distance is None:
        return "the best plan"
    change = {i: bn - best[i] for i, bn in plan.money.items()}
    order = sorted(change, key=lambda i: -abs(change[i]))
    told = [tell_change(best[i], plan.money[i], i) for i in order if abs(change[i]) > APART_BN]
    return ", ".join(told[:TOLD]) or "the same programmes, a little more or less of each"


def tell_change(before: float, now: float, instrument: str) -> str:
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
    return f"{word} {instrument} ({now - before:+.1f})"


def list_alternative_tables(record: Record) -> Tables:
    """The ranges and the plans as CSV files."""
    ranges: list[dict[str, Any]] = [
        {
            "kind": kind[:-1],
            "id": id_,
            "least_bn": least,
            "most_bn": most,
            "gap_bn": record["range_gaps"][kind][id_],
        }
        for kind, rows in record["ranges"].items()
        for id_, (least, most) in rows.items()
    ]
    ids = list(record["ranges"]["instruments"])
    plans = [
        {
            **{key: plan[key] for key in ("id", "name", "gain", "distance", "distance_gap")},
            **{f"{i}_bn": plan["totals"].get(i, 0.0) for i in ids},
        }
        for plan in record["plans"]
    ]
    columns = ["id", "name", "gain", "distance", "distance_gap", *(f"{i}_bn" for i in ids)]
    return {
        "ranges": (["kind", "id", "least_bn", "most_bn", "gap_bn"], ranges),
        "plans": (columns, plans),
    }
