"""What `compare` says: scenarios, runs and plans side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...inputs.scenario import Scenario
from ...model.equations.evaluate import Played, relative
from ...model.solving.solution import total_spending
from ...model.studies.compare.findings import Attribution, Comparison, Preference
from ..sheet import Completeness, Record, Sheet, tidy
from .alike import find_smallest
from .limit_titles import name_limit
from .plans_compared import (
    Labels,
    keep_tables,
    list_broken,
    list_changes,
    list_distances,
    list_losses,
    list_outcomes,
    list_plans,
    list_spending,
)
from .portfolios import tidy_all
from .words import Words, capitalise, count, join_words, name_fully, tell_effort

Matrix = dict[str, dict[str, float | None]]


def tabulate(comparison: Comparison) -> Record:
    """Everything `compare --json` promises."""
    worlds, plans = list(comparison.worlds), [c.label for c in comparison.contenders]
    regret, points = list_regrets(comparison, kept=False)
    kept, kept_points = list_regrets(comparison, kept=True)
    played, gains = comparison.played, comparison.gains
    return {
        "scenarios": worlds,
        "plans": plans,
        "titles": {c.label: c.scenario.title for c in comparison.contenders},
        "names": list_titles(comparison),
        "status": {label: name_status(comparison, label) for label in plans},
        "why": {w: solved.why for w, solved in comparison.worlds.items() if solved.why},
        "gain": {label: tidy(gains.get(label)) for label in plans},
        "score": {label: tidy(played[label].score) if label in played else None for label in plans},
        "best_gain": {label: tidy(comparison.best_known.get(label)) for label in worlds},
        "areas": {label: add_areas(comparison, label) for label in plans},
        "funded": {label: list(comparison.plans.get(label, {})) for label in plans},
        "spending": {
            label: {i: tidy(bn) for i, bn in total_spending(own).items() if bn > 1e-6}
            for label, own in played.items()
        },
        "outcome": {label: tidy_all(own.outcome) for label, own in played.items()},
        "leads": {label: list_leads(comparison, label) for label in played},
        "distance": {a: {b: measure_distance(played, a, b) for b in plans} for a in plans},
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
        "verdict": tabulate_verdict(comparison.verdict, regret),
        "verdict_kept": tabulate_verdict(comparison.verdict_kept, kept),
        "attribution": [tabulate_attribution(entry) for entry in comparison.attribution],
        "notes": list(comparison.notes),
        "complete": comparison.is_complete,
        "missing": list(comparison.missing),
        "solves": comparison.solves,
        "seconds": round(comparison.seconds, 3),
    }


def list_titles(comparison: Comparison) -> Record:
    """What people call the areas, layers, programmes and broken limits of all scenarios."""
    titles: dict[str, dict[str, str]] = {"areas": {}, "layers": {}, "instruments": {}, "limits": {}}
    for contender in reversed(comparison.contenders):  # the first to name a thing has its way
        scenario = contender.scenario
        for table in ("areas", "layers", "instruments"):
            titles[table] |= name_fully(getattr(scenario, table))
    for fates in comparison.fates.values():
        for world, fate in fates.items():
            words = Words(comparison.worlds[world].contender.scenario)
            titles["limits"] |= {id_: name_limit(words, id_) for id_ in fate.broken}
    return titles


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
    return tidy_all(totals)


def list_leads(comparison: Comparison, label: str) -> Record:
    """A plan's leads by layer and year, in its own world."""
    scenario = next(c.scenario for c in comparison.contenders if c.label == label)
    first = scenario.years.first
    return {
        layer: {str(year): tidy(lead) for year, lead in enumerate(own.tolist(), first)}
        for layer, own in comparison.played[label].leads.items()
    }


def measure_distance(played: Mapping[str, Played], one: str, other: str) -> float | None:
    """The share of money that moves between two plans: sum of differences over sum of totals."""
    if one not in played or other not in played:
        return None
    x, y = total_spending(played[one]), total_spending(played[other])
    moved = sum(abs(x.get(i, 0.0) - y.get(i, 0.0)) for i in {*x, *y})
    total = sum(x.values()) + sum(y.values())
    return tidy(moved / total) if total > 0 else 0.0


def list_regrets(comparison: Comparison, *, kept: bool) -> tuple[Matrix, Matrix]:
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


def tabulate_verdict(verdict: Preference, regret: Matrix) -> Record:
    """Which plan to prefer, out of which, and by what; or why that cannot be said.

    `alike`: all whose largest regret is as small; `plan` is the one of them with the smallest sum.
    """
    largest = {label: measure_largest(regret[label]) for label in verdict.among}
    return {
        "by": verdict.by,
        "plan": verdict.plan,
        "alike": find_smallest(largest) if verdict.by == "regret" else [],
        "among": list(verdict.among),
        "reason": verdict.reason or None,
    }


def measure_largest(regrets: Mapping[str, float | None]) -> float:
    """The largest regret of a plan over the worlds in which it is known."""
    return max((regret for regret in regrets.values() if regret is not None), default=0.0)


def tabulate_attribution(entry: Attribution) -> Record:
    """Where a change comes from."""
    areas = entry.areas or {}
    return {
        "from": entry.begins,
        "to": entry.ends,
        "gain": None if entry.gain is None else tidy_all(entry.gain),
        "areas": None if entry.gain is None else {a: tidy_all(own) for a, own in areas.items()},
        "orders": entry.orders,
        "reason": entry.reason or None,
    }


# The sheet ------------------------------------------------------------------------------------


def describe(scenario: Scenario, record: Record, findings: Any = None) -> Sheet:
    """What each does, what it loses in the others' worlds, and where differences come from."""
    del findings
    words = Labels(scenario, record)
    missing = record.get("missing") or ()
    left = f"No time was left for: {', '.join(missing)}." if missing else ""
    worlds, plans = count(len(words.worlds), "world"), count(len(words.plans), "plan")
    return Sheet(
        name="compare",
        title=f"{plans}, each judged in {worlds}",
        short="Compared",
        verdict=tell_verdicts(record),
        sentences=[f"{label}: {why}." for label, why in (record.get("why") or {}).items()],
        parts=[
            list_plans(words, record),
            *list_spending(words, record),
            *list_outcomes(words, record),
            *list_losses(words, record),
            *list_broken(words, record),
            *list_distances(words, record),
            *list_changes(words, record),
            *keep_tables(words, record),
        ],
        notes=[f"{capitalise(note)}." for note in record.get("notes") or ()],
        effort=tell_effort(record),
        completeness=Completeness(record.get("complete", True), proven=left),
    )


def tell_verdicts(record: Record) -> str:
    """Which plan is least regretted as it stands, and by its funded set; or why none is."""
    verdict, kept = record.get("verdict"), record.get("verdict_kept")
    if verdict is None:
        least = record.get("least_regret")
        return f"Least regretted: {least}." if least else "None is named as least regretted."
    if verdict["by"] == "gain":
        return tell_gains(record)
    told = tell_verdict(verdict)
    if kept is None or kept["by"] == "gain":
        return told
    if tell_verdict(kept) == told:
        return f"{told} The same holds with only the funded set kept."
    return f"{told} With only the funded set kept, {lower(tell_verdict(kept))}"


def lower(text: str) -> str:
    """The text with a small first letter.

    >>> lower("Least regretted: a.")
    'least regretted: a.'
    """
    return text[:1].lower() + text[1:]


def tell_verdict(verdict: Record) -> str:
    """Which plan is least regretted and among which, or why none is."""
    if verdict["plan"] is None:
        reason = verdict.get("reason") or "no plan can be played in every world"
        return f"{capitalise(reason)}, so none is named as least regretted."
    if len(verdict["among"]) == 1:
        return f"Least regretted: {verdict['plan']}, as the only plan that every world allows."
    alike = verdict.get("alike") or []
    if len(alike) > 1:
        return f"Least regretted: {join_words(alike)} alike."
    return f"Least regretted: {verdict['plan']}."


def tell_gains(record: Record) -> str:
    """What the constraints of each scenario cost, where they differ in nothing else."""
    verdict, gains = record["verdict"], record["best_gain"]
    most = gains[verdict["plan"]]
    costs = [
        f"those of {label} cost {most - gains[label]:.3f} points"
        for label in verdict["among"]
        if label != verdict["plan"]
    ]
    return (
        "The scenarios differ in their constraints alone, and a plan is not the better for keeping "
        "more of them: none is named as least regretted. Most is gained under those of "
        f"{verdict['plan']}, {most:.3f} points; {', '.join(costs)}."
    )
