"""Rows of the facts that records of trades tell: money, layers, near-best plans and figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..sheet import Record, Table
from .facts import lay_out, list_overview, number, pick, unroll


def list_budget_facts(record: Record) -> list[Table]:
    """Today's plan by year."""
    plan = record.get("plan") or {}
    return [
        unroll("spending", plan.get("spending"), "instrument", "year", "bn"),
        list_overview(
            record, plan__gain=plan.get("gain"), plan__spending_bn=plan.get("spending_bn")
        ),
    ]


def list_frontier_facts(record: Record) -> list[Table]:
    """The weights and the plan of each point, and what lies between neighbours."""
    points = [{"id": place, **own} for place, own in number(record.get("points")).items()]
    trade = record.get("trade") or []
    changes = [
        {"from": own["from"], "to": own["to"], "layer": layer, "change": change}
        for own in trade
        for layer, change in own["change"].items()
    ]
    return [
        unroll("weights", pick(points, "weights"), "point", "layer", "weight"),
        unroll("spending", pick(points, "spending"), "point", "instrument", "year", "bn"),
        lay_out("trade", trade, "from", "to", "rate"),
        lay_out("trade_changes", changes, "from", "to", "layer", "change"),
        unroll("floors", record.get("floors"), "layer", "at_least"),
        unroll("tolerances", record.get("tolerance_points"), "layer", "tolerance_points"),
        list_overview(record),
    ]


def list_alternative_facts(record: Record) -> list[Table]:
    """What each range says in a word, and each plan by area and by year."""
    plans = record.get("plans")
    return [
        unroll("judged", record.get("judged"), "kind", "id", "judged"),
        unroll("areas", pick(plans, "areas"), "plan", "area", "bn"),
        unroll("spending", pick(plans, "spending"), "plan", "instrument", "year", "bn"),
        list_overview(record),
    ]


SPREAD = ("p05", "median", "p95")
INDICES = ("first", "first_interval", "total", "total_interval", "total_from_half")


def list_figure_facts(record: Record) -> list[Table]:
    """The spread of each answer over joint samples, and what it goes with."""
    method = record["method"]
    tables: list[Table] = []
    if method == "sobol":
        tables = list_sobol_facts(record)
    elif method == "sample":
        tables = list_joint_facts(record)
    elif method == "voi":
        plan = ("id", "mean_gain", "best_share", "funded")
        tables = [lay_out("plans_voi", record.get("plans"), *plan)]
    return [*tables, list_overview(record)]


def list_sobol_facts(record: Record) -> list[Table]:
    """The spread of each answer, and the shares of each area's variance."""
    shares = [
        {"area": area, "path": path, **own}
        for area, by_path in (record.get("areas") or {}).items()
        for path, own in by_path.items()
    ]
    answer = ("answer", "mean", *SPREAD, "varies", "drift")
    return [
        lay_out("answers", record.get("answers"), *answer),
        lay_out("area_shares", shares, "area", "path", *INDICES),
    ]


def list_joint_facts(record: Record) -> list[Table]:
    """The spread of each answer, and the figures that it goes with."""
    areas = record.get("areas") or {}
    of_each: dict[str, Any] = pick(record.get("instruments"), "goes_with") | {
        area: own["goes_with"] for area, own in areas.items()
    }
    pairs = [{"of": id_, **pair} for id_, own in of_each.items() for pair in own]
    answers = {name: record.get(name) for name in ("gain", "kept_loss")} | areas
    known = {name: own for name, own in answers.items() if isinstance(own, Mapping)}
    return [
        lay_out("answers", known, "answer", *SPREAD),
        lay_out("goes_with", pairs, "of", "path", "correlation"),
    ]
