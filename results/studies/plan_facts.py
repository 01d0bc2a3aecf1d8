"""Rows of the facts that records of single plans tell: a plan, why it is so, and its repairs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..sheet import Record, Table
from .facts import lay_out, list_overview, number, pick, unroll
from .rates import list_moves

LIMIT = ("id", "sense", "year", "value", "limit", "slack", "binding")


def list_plan_facts(record: Record) -> list[Table]:
    """What is left of the budget and why, and the limits that a plan brought breaks."""
    unspent = record.get("unspent") or {}
    return [
        unroll("unspent", unspent.get("by_year"), "year", "bn"),
        unroll("stopped", unspent.get("stopped"), "reason", "instrument"),
        unroll("stopping_limits", {"limits": unspent.get("limits") or []}, "reason", "limit"),
        lay_out("broken", record.get("broken"), *LIMIT),
        list_overview(
            record, unspent__bn=unspent.get("bn"), unspent__budget_bn=unspent.get("budget_bn")
        ),
    ]


# Why ------------------------------------------------------------------------------------------


def list_reason_facts(record: Record) -> list[Table]:
    """What more of a limit buys, what replaces each programme, and what would fund it."""
    if record["status"] in ("infeasible", "spends_nothing"):
        return list_diagnosis_facts(record)
    reasons = record.get("instruments") or []
    replaced = pick(reasons, "replacement")
    buys = [
        {**price, "limit": price["id"], "instrument": i, "bn": bn}
        for price in record.get("limits") or ()
        for i, bn in (price.get("buys") or {}).items()
    ]
    lost = [{**reason, **(reason.get("replacement") or {})} for reason in reasons]
    ties = {i: {"least_bn": a, "most_bn": b} for i, (a, b) in (record.get("ties") or {}).items()}
    scores = [{**rate, **(rate.get("score") or {})} for rate in record.get("rates") or ()]
    moves = list_moves(record.get("rates") or [])
    score = ("layer", "more", "points", "at_least", "cheapest", "enters", "leaves")
    return [
        lay_out("limit_buys", buys, "limit", "sense", "year", "instrument", "bn"),
        unroll("held_by_limits", pick(reasons, "held_by_limits"), "instrument", "limit"),
        lay_out("replacements", lost, "id", "points", "points_at_most", "loses_if_funded"),
        unroll(
            "instead", {i: own.get("instead_bn") or {} for i, own in replaced.items()},
            "instrument", "instead", "bn",
        ),
        unroll(
            "needed_by", {i: own.get("needed_by") or [] for i, own in replaced.items()},
            "instrument", "limit",
        ),
        *list_changes(pick(reasons, "to_fund")),
        lay_out("ties", ties, "instrument", "least_bn", "most_bn"),
        lay_out("rate_scores", scores, *score),
        lay_out("rate_moves", moves, "layer", "in", "instrument", "bn"),
        list_overview(record),
    ]  # fmt: skip


CHANGE = ("change", "factor", "from", "to", "layer", "shift_pp", "not_at", "searched_to")


def list_changes(to_fund: Mapping[str, list[Record]]) -> list[Table]:
    """What would fund each programme: a row a change, and a row for each figure that moves."""
    changes: list[Record] = []
    moved: list[Record] = []
    for instrument, own in to_fund.items():
        for place, change in number(own).items():
            head = {"instrument": instrument, "number": place}
            values = {k: v for k, v in change.items() if not isinstance(v, Mapping)}
            changes.append(head | values)
            moved += [
                {**head, "what": what, "path": path, "value": value}
                for what, inner in change.items()
                if isinstance(inner, Mapping)
                for path, value in flatten(inner)
            ]
    keys = ("instrument", "number", *CHANGE, "within_range")
    figures = ("instrument", "number", "what", "path", "value")
    return [lay_out("changes", changes, *keys), lay_out("change_figures", moved, *figures)]


def flatten(patch: Mapping[str, Any], above: str = "") -> list[tuple[str, Any]]:
    """The values of a patch with their paths.

    >>> flatten({"effects": {"grid": {"points": 2.0}}})
    [('effects.grid.points', 2.0)]
    """
    told: list[tuple[str, Any]] = []
    for key, inner in patch.items():
        if isinstance(inner, Mapping):
            told += flatten(inner, f"{above}{key}.")
        else:
            told.append((f"{above}{key}", inner))
    return told


def list_diagnosis_facts(record: Record) -> list[Table]:
    """The limits of each conflict, and what each repair gives up, sets and leaves."""
    members = [
        {"conflict": place, **member}
        for place, conflict in number(record.get("details")).items()
        for member in conflict
    ]
    repairs = number(record.get("repairs"))
    plans = [{"repair": place, **own} for place, own in repairs.items()]
    patches = {place: dict(flatten(own["patch"])) for place, own in repairs.items()}
    member = ("conflict", "id", "title", "sense", "have", "need", "short_by", "unit")
    plan = ("repair", "gain", "priority", "priority_sum", "spending_bn", "extra_budget_bn")
    return [
        lay_out("conflicts", members, *member),
        lay_out("repair_plans", plans, *plan, "gives_up", "settings"),
        unroll("repair_patches", patches, "repair", "path", "value"),
        list_overview(record),
    ]


# Beside others --------------------------------------------------------------------------------


def list_comparison_facts(record: Record) -> list[Table]:
    """What each plan is, gains and achieves, and which one to prefer."""
    parts = ("status", "gain", "score", "best_gain", "why")
    plans = {
        plan: {"title": (record.get("titles") or {}).get(plan)}
        | {part: (record.get(part) or {}).get(plan) for part in parts}
        for plan in record.get("plans") or record["scenarios"]
    }
    verdicts = {name: record[name] for name in ("verdict", "verdict_kept") if record.get(name)}
    return [
        lay_out("plans", plans, "plan", "title", *parts),
        unroll("names", record.get("names"), "table", "id", "name"),
        unroll("outcomes", record.get("outcome"), "plan", "layer", "outcome"),
        lay_out("verdicts", verdicts, "of", "by", "plan", "among", "reason"),
        lay_out("attributions", record.get("attribution"), "from", "to", "orders", "reason"),
        list_overview(record),
    ]


def list_robust_facts(record: Record) -> list[Table]:
    """What is spent while futures are alike, and each criterion's plan."""
    futures, criteria = record.get("futures") or {}, record.get("criteria") or {}
    spans = number(record.get("shared"))
    shared = [
        {"span": place, "year": year, "future": future}
        for place, span in spans.items()
        for year in span["years"]
        for future in span["futures"]
    ]
    spent = {place: span["spending"] for place, span in spans.items()}
    by_area = {id_: own.get("areas") for id_, own in futures.items()}
    gains = {name: plan.get("gains") for name, plan in criteria.items()}
    first = {name: plan.get("first_stage") for name, plan in criteria.items()}
    return [
        unroll("first_stage", record.get("first_stage"), "instrument", "year", "bn"),
        lay_out("shared", shared, "span", "year", "future"),
        unroll("shared_spending", spent, "span", "instrument", "year", "bn"),
        unroll("futures_areas", by_area, "future", "area", "bn"),
        unroll("committed", record.get("committed"), "future", "gain"),
        unroll("criteria_gains", gains, "criterion", "future", "gain"),
        unroll("criteria_first_stage", first, "criterion", "instrument", "year", "bn"),
        list_overview(record),
    ]
