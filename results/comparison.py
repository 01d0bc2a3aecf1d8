"""A comparison as the mapping that `--json` prints, and as tables."""

from __future__ import annotations

from typing import Any

from ..model.equations.evaluate import Played, relative
from ..model.solving.solution import total_spending
from ..model.studies.compare.findings import GROUPS, Comparison, Preference
from .sheet import Record, tidy
from .studies.solve import every_year

Matrix = dict[str, dict[str, float | None]]


def tabulate_comparison(comparison: Comparison) -> Record:
    """Everything `compare --json` promises."""
    worlds, plans = list(comparison.worlds), [c.label for c in comparison.contenders]
    regret, points = find_regrets(comparison, kept=False)
    kept, kept_points = find_regrets(comparison, kept=True)
    played, gains = comparison.played, comparison.gains
    return {
        "scenarios": worlds,
        "plans": plans,
        "titles": {c.label: c.scenario.title for c in comparison.contenders},
        "status": {label: name_status(comparison, label) for label in plans},
        "why": {w: solved.why for w, solved in comparison.worlds.items() if solved.why},
        "gain": {label: maybe(gains.get(label)) for label in plans},
        "score": {
            label: maybe(played[label].score if label in played else None) for label in plans
        },
        "best_gain": {label: maybe(comparison.best_known.get(label)) for label in worlds},
        "areas": {label: add_areas(comparison, label) for label in plans},
        "funded": {label: list(comparison.plans.get(label, {})) for label in plans},
        "spending": {
            label: {i: tidy(bn) for i, bn in total_spending(own).items() if bn > 1e-6}
            for label, own in played.items()
        },
        "outcome": {
            label: {layer: tidy(z) for layer, z in own.outcome.items()}
            for label, own in played.items()
        },
        "leads": {label: list_leads(comparison, label) for label in played},
        "distance": {a: {b: find_distance(played, a, b) for b in plans} for a in plans},
        "regret": regret,
        "regret_points": points,
        "kept": kept,
        "kept_points": kept_points,
        "cannot": {
            plan: {
                world: list(fate.broken)
                for world in worlds
                if (fate := comparison.fates.get(plan, {}).get(world)) is not None
            }
            for plan in plans
        },
        "least_regret": comparison.verdict.least_regret,
        "least_regret_kept": comparison.verdict_kept.least_regret,
        "verdict": tabulate_verdict(comparison.verdict),
        "verdict_kept": tabulate_verdict(comparison.verdict_kept),
        "attribution": [tabulate_attribution(entry) for entry in comparison.attribution],
        "notes": list(comparison.notes),
        "complete": comparison.is_complete,
        "missing": list(comparison.missing),
        "solves": comparison.solves,
        "seconds": round(comparison.seconds, 3),
    }


def maybe(number: float | None) -> float | None:
    """A number made tidy, or None."""
    return None if number is None else tidy(number)


def name_status(comparison: Comparison, label: str) -> str:
    """`optimal` for a best plan, `given` for one that was brought, else why there is none."""
    if label in comparison.plans:
        contender = next(c for c in comparison.contenders if c.label == label)
        return "optimal" if contender.plan is None else "given"
    return "infeasible" if comparison.worlds[label].is_infeasible else "unsolved"


def add_areas(comparison: Comparison, label: str) -> Record | None:
    """Spending by area of a plan, over the areas of its scenario; None without a plan."""
    own = comparison.played.get(label)
    if own is None:
        return None
    scenario = next(c.scenario for c in comparison.contenders if c.label == label)
    totals = dict.fromkeys(scenario.areas, 0.0)
    for i, bn in total_spending(own).items():
        totals[scenario.instruments[i].area] += bn
    return {area: tidy(bn) for area, bn in totals.items()}


def list_leads(comparison: Comparison, label: str) -> Record:
    """A plan's leads by layer and year, in its own world."""
    scenario = next(c.scenario for c in comparison.contenders if c.label == label)
    first = scenario.years.first
    return {layer: every_year(own, first) for layer, own in comparison.played[label].leads.items()}


def find_distance(played: dict[str, Played] | Any, one: str, other: str) -> float | None:
    """The share of money that moves between two plans: sum of differences over sum of totals."""
    if one not in played or other not in played:
        return None
    x, y = total_spending(played[one]), total_spending(played[other])
    moved = sum(abs(x.get(i, 0.0) - y.get(i, 0.0)) for i in {*x, *y})
    total = sum(x.values()) + sum(y.values())
    return tidy(moved / total) if total > 0 else 0.0


def find_regrets(comparison: Comparison, *, kept: bool) -> tuple[Matrix, Matrix]:
    """Regret and the points lost, by plan and world; None where a plan cannot be played."""
    regret: Matrix = {}
    points: Matrix = {}
    for contender in comparison.contenders:
        label = contender.label
        regret[label], points[label] = {}, {}
        for world in comparison.worlds:
            fate = comparison.fates.get(label, {}).get(world)
            gain = None if fate is None else fate.pick_gain(kept=kept)
            if gain is None:
                regret[label][world] = points[label][world] = None
                continue
            best = comparison.best_known[world]
            regret[label][world] = tidy(relative(best - gain, best))
            points[label][world] = tidy(max(0.0, best - gain))
    return regret, points


def tabulate_verdict(verdict: Preference) -> Record:
    """Which plan to prefer, out of which, and by what; or why that cannot be said."""
    return {
        "by": verdict.by,
        "plan": verdict.plan,
        "among": list(verdict.among),
        "reason": verdict.reason or None,
    }


def tabulate_attribution(entry: Any) -> Record:
    """Where a change comes from."""
    record: Record = {
        "from": entry.begins,
        "to": entry.ends,
        "gain": None,
        "areas": None,
        "orders": entry.orders,
        "reason": entry.reason or None,
    }
    if entry.gain is not None:
        record["gain"] = {group: tidy(value) for group, value in entry.gain.items()}
        record["areas"] = {
            area: {group: tidy(value) for group, value in own.items()}
            for area, own in entry.areas.items()
        }
    return record


def list_tables(record: Record) -> dict[str, tuple[list[str], list[Record]]]:
    """The tables of a comparison as columns and rows, by name."""
    plans, worlds = record["plans"], record["scenarios"]
    areas = list(dict.fromkeys(a for own in record["areas"].values() if own for a in own))
    instruments = list(dict.fromkeys(i for own in record["spending"].values() for i in own))
    regrets = [
        {
            "plan": plan,
            "world": world,
            "regret": record["regret"][plan][world],
            "regret_points": record["regret_points"][plan][world],
            "kept": record["kept"][plan][world],
            "kept_points": record["kept_points"][plan][world],
            "cannot": " ".join(record["cannot"][plan].get(world, [])),
        }
        for plan in plans
        for world in worlds
    ]
    leads = [
        {"plan": plan, "layer": layer, "year": year, "lead": lead}
        for plan, own in record["leads"].items()
        for layer, by_year in own.items()
        for year, lead in by_year.items()
    ]
    changes = [
        {"from": entry["from"], "to": entry["to"], "of": what, **values}
        for entry in record["attribution"]
        if entry["gain"] is not None
        for what, values in [("gain", entry["gain"]), *entry["areas"].items()]
    ]
    summary = [
        {
            "plan": plan,
            "status": record["status"][plan],
            "gain": record["gain"][plan],
            **{area: (record["areas"][plan] or {}).get(area) for area in areas},
        }
        for plan in plans
    ]
    spending = [
        {"instrument": i, **{plan: record["spending"].get(plan, {}).get(i, 0.0) for plan in plans}}
        for i in instruments
    ]
    distance = [{"plan": a, **record["distance"][a]} for a in plans]
    columns = ["plan", "world", "regret", "regret_points", "kept", "kept_points", "cannot"]
    return {
        "summary": (["plan", "status", "gain", *areas], summary),
        "spending_by_plan": (["instrument", *plans], spending),
        "leads_by_plan": (["plan", "layer", "year", "lead"], leads),
        "distance": (["plan", *plans], distance),
        "regret": (columns, regrets),
        "attribution": (["from", "to", "of", *GROUPS, "total"], changes),
    }
