"""The study of the budget as the mapping that `--json` prints, and as tables."""

from __future__ import annotations

from typing import Any

from ..model.studies.budget.findings import BudgetFindings, Step
from .portfolio import Tables
from .sheet import Record, tidy


def tabulate_budget(found: BudgetFindings) -> Record:
    """Everything `sensitivity budget --json` promises; points and $ billion a year."""
    spent = sum(sum(years.values()) for years in found.plan.values())
    return {
        "scenario": found.scenario.name,
        "title": found.scenario.title,
        "from": found.lower,
        "to": found.upper,
        "tolerance": found.tolerance,
        "proven": tidy(found.proven),
        "exact": found.is_exact,
        "complete": found.effort.is_complete,
        "proven_share": tidy(found.proven_share),
        "curve": [[tidy(p.budget), tidy(p.gain), tidy(p.bound)] for p in found.curve],
        "intervals": list_intervals(found),
        "plan": {
            "gain": tidy(found.gain),
            "funded": list(found.plan),
            "spending_bn": tidy(spent),
            "spending": {
                i: {str(year): tidy(bn) for year, bn in years.items()}
                for i, years in found.plan.items()
            },
        },
        "cut_list": [tabulate_step(step, 1) for step in found.cuts],
        "cut_list_ends": found.cuts_stop,
        "add_list": [tabulate_step(step, -1) for step in found.adds],
        "add_list_ends": found.adds_stop,
        "solves": found.effort.solves,
        "linear_solves": found.effort.linear_solves,
        "seconds": round(found.effort.seconds, 3),
        **({"notes": dict(found.notes)} if found.notes else {}),
    }


def list_intervals(found: BudgetFindings) -> list[Record]:
    """The stretches over which one funded set stays, with who comes and goes."""
    rows: list[Record] = []
    before: tuple[str, ...] = ()
    for stretch in found.stretches:
        rows.append(
            {
                "from_bn": tidy(stretch.lower),
                "to_bn": tidy(stretch.upper),
                "funded": list(stretch.funded),
                "gain_from": tidy(stretch.gain_lower),
                "gain_to": tidy(stretch.gain_upper),
                "worth_per_bn": None if stretch.worth is None else tidy(stretch.worth),
                "proven": tidy(stretch.proven),
                "enters": [i for i in stretch.funded if i not in before] if rows else [],
                "leaves": [i for i in before if i not in stretch.funded],
            }
        )
        before = stretch.funded
    return rows


def tabulate_step(step: Step, sign: int) -> Record:
    """A step of the cut list; of the add list where `sign` is -1: it saves less than nothing."""
    return {
        "instrument": step.instrument,
        "saves_bn": tidy(sign * step.money),
        "loses_points": tidy(sign * step.points),
        "loss_against_free": tidy(step.behind),
        "loss_at_most": tidy(step.behind_at_most),
        "loss_share": tidy(step.share),
        "points_per_bn": tidy(step.points / step.money) if step.money else None,
        "gain_after": tidy(step.gain),
        "money_after_bn": tidy(step.total),
    }


def list_budget_tables(record: Record) -> Tables:
    """The curve, the intervals and both lists as CSV files."""
    curve = [{"bn": bn, "gain": gain, "bound": bound} for bn, gain, bound in record["curve"]]
    words = ("funded", "enters", "leaves")
    intervals: list[dict[str, Any]] = [
        {**row, **{word: " ".join(row[word]) for word in words}} for row in record["intervals"]
    ]
    steps = [
        {"list": name, "step": number, **step}
        for name in ("cut", "add")
        for number, step in enumerate(record[f"{name}_list"], 1)
    ]
    columns = ["from_bn", "to_bn", "gain_from", "gain_to", "worth_per_bn", "proven", *words]
    return {
        "curve": (["bn", "gain", "bound"], curve),
        "intervals": (columns, intervals),
        "steps": (
            [
                "list",
                "step",
                "instrument",
                "saves_bn",
                "loses_points",
                "points_per_bn",
                "loss_against_free",
                "loss_at_most",
                "loss_share",
                "gain_after",
                "money_after_bn",
            ],
            steps,
        ),
    }
