"""What `solve` and `evaluate` say: a plan, what it gains, how sure that is, what to doubt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...inputs.scenario import Scenario
from ..sheet import (
    Completeness,
    Record,
    Sheet,
    is_known,
)
from .plan_charts import draw_plan
from .plan_tables import (
    SMALL,
    list_areas,
    list_doubts,
    list_harms,
    list_layers,
    list_limits,
    list_programmes,
    list_tidy,
    list_years,
    tell_natural,
)
from .rows import list_feeds, list_spending, sum_programmes
from .sentences import tell_clash
from .words import Words, count, join_words

MANY = 3
"""Most names in one sentence."""

SCALE = "10 points are a clear lead in any layer, 30 an overwhelming one."


def describe(scenario: Scenario, record: Record, findings: Any = None) -> Sheet:
    """The plan by area, programme and layer; what binds or is broken; what to doubt first."""
    del findings
    words, clash = Words(scenario), record.get("clash")
    feeds = list_feeds(scenario, record)
    return Sheet(
        name="solve",
        title=words.title,
        of=scenario.name,
        short="Plan",
        verdict=tell_clash(scenario, clash) if clash else tell_plan(words, record),
        sentences=[text for text in list_sentences(words, record) if text],
        parts=[
            *list_areas(words, record),
            *list_programmes(words, record),
            *list_years(words, record),
            *list_layers(words, record),
            *draw_plan(words, record, feeds),
            *list_harms(words, feeds),
            *list_limits(words, record),
            *list_doubts(words, record, feeds),
            *list_tidy(record),
        ],
        notes=[*tell_repairs(record), tell_left_out(words, record)],
        completeness=Completeness(
            record["status"] != "feasible",
            proven="This is the best plan found in the time there was; a better one may exist.",
        ),
    )


def list_sentences(words: Words, record: Record) -> list[str]:
    """What is gained and proven, what is left of the budget, and what comes with it."""
    return [
        tell_plan(words, record) if record.get("clash") else "",
        tell_gains(record),
        tell_given(record) if record["status"] == "given" else "",
        tell_stages(words.scenario, record),
        tell_unspent(words, record),
        tell_layers(words, record),
        f"Private money moved along: {words.amount(record['private_bn'])}."
        if record["private_bn"]
        else "",
        SCALE,
    ]


def tell_plan(words: Words, record: Record) -> str:
    """How much is spent on what, and of how much there is."""
    scenario = words.scenario
    totals = sum_programmes(list_spending(scenario, record))
    whole = sum(totals.values())
    if whole <= SMALL:
        return "Spend nothing: no programme is funded."
    areas = sorted(record["areas"].items(), key=lambda own: -(own[1] or 0.0))
    main = [f"{words.areas[id_]} ({amount / whole:.0%})" for id_, amount in areas[:2] if amount]
    largest = sorted(totals, key=lambda id_: -totals[id_])[:MANY]
    told = [f"{words.programmes[id_]} ({words.amount(totals[id_])})" for id_ in largest]
    verb = "Your plan spends" if record["status"] == "given" else "Spend"
    years = scenario.years
    span = f"FY{years.first}" if years.first == years.last else f"FY{years.first}-{years.last}"
    unspent = record.get("unspent")
    of = f" of the {words.tell_sum(unspent['budget_bn'])} there is" if unspent else ""
    return (
        f"{verb} {words.tell_sum(whole)}{of} of new money over {span}, most of it on "
        f"{join_words(main)}: {len(totals)} of {count(len(scenario.instruments), 'programme')} "
        f"{'is' if len(totals) == 1 else 'are'} funded, the largest "
        f"{'is' if len(told) == 1 else 'are'} {join_words(told)}."
    )


def tell_gains(record: Record) -> str:
    """The plan's gain, the best plan's, what steadiness gives up, and the proof, in that order.

    >>> plan = {"status": "optimal", "gain": 2.76, "best_gain": 2.775, "steady_cost": 0.005}
    >>> told = tell_gains({**plan, "bound": 2.7754, "baseline_score": 0.0, "gap": 1e-4})
    >>> told.split(". ")[1]
    'The best plan found gains 2.775; steadier spending gives up 0.50% of it'
    """
    said = f"Gain {record['gain']:.3f} points over spending nothing"
    if record["status"] == "given":
        return f"{said}."
    most = record["bound"] - record["baseline_score"]
    proof = "Optimal: no plan" if record["status"] == "optimal" else "Not proven optimal: no plan"
    proof += f" gains more than {most:.4f}."
    if not record["steady_cost"]:
        return f"{said}. {proof}"
    return (
        f"{said}. The best plan found gains {record['best_gain']:.3f}; steadier spending gives up "
        f"{record['steady_cost']:.2%} of it. {proof}"
    )


def tell_given(record: Record) -> str:
    """How a plan the user brought stands against the best one."""
    broken = len(record.get("broken", ()))
    legal = f"It breaks {count(broken, 'limit')} (below)" if broken else "It keeps every limit"
    if not is_known(record["gap_points"]):
        return f"{legal}. There is no best plan to compare it with."
    most = record["bound"] - record["baseline_score"]
    return (
        f"{legal}. The best plan gains at most {most:.3f}: this one is "
        f"{record['gap_points']:.3f} points, or {record['gap']:.1%}, behind."
    )


def tell_stages(scenario: Scenario, record: Record) -> str:
    """The value of each stage where there is more than the weighted score."""
    if scenario.objective == "weighted" or record["status"] == "given":
        return ""
    stages = "; ".join(f"{own['objective']} {own['value']:.3f}" for own in record["stages"])
    return f"Stages ({scenario.objective.replace('_', ' ')}): {stages}."


STOPS = {
    "maximum": "{who} {get} the most that a year allows (max_per_year)",
    "growth": "{who} cannot grow faster (max_growth)",
    "rules": "{who} {is_} held by {its} own years and runs",
    "minimum": "{who} would need more than any year has left",
    "limits": "{who} {is_} held by limits ({limits})",
    "nothing": "more for {who} would gain nothing",
    "steady": "more for {who} would gain what steadier spending gives up",
    "gap": "more for {who} would gain too little to tell (within the gap)",
}
"""What keeps programmes from taking money that is left, in the order told."""


def tell_unspent(words: Words, record: Record) -> str:
    """What is left of the budget and what stops it, or nothing where it is spent."""
    unspent = record.get("unspent")
    if not unspent:
        return ""
    told = []
    for reason, form in STOPS.items():
        stopped = unspent["stopped"].get(reason, [])
        if stopped:
            is_, its, get = ("are", "their", "get") if len(stopped) > 1 else ("is", "its", "gets")
            who, limits = tell_who(words, stopped), join_words(unspent["limits"])
            told.append(form.format(who=who, is_=is_, its=its, get=get, limits=limits))
    start = f"{words.amount(unspent['bn'])} of a budget of {words.amount(unspent['budget_bn'])} "
    start += "are left"
    return f"{start}: {'; '.join(told)}." if told else f"{start}."


def tell_who(words: Words, ids: Sequence[str]) -> str:
    """Programmes by title, or how many where that would be long."""
    if len(ids) > MANY:
        return f"{len(ids)} programmes"
    return join_words([words.programmes[id_] for id_ in ids])


def tell_layers(words: Words, record: Record) -> str:
    """The two layers that gain most: where they stand with the plan and without."""
    scenario, year = words.scenario, str(words.scenario.years.last)
    added = {
        layer: record["weights"][layer] * (z - record["baseline_outcome"][layer])
        for layer, z in record["outcome"].items()
    }
    best = [id_ for id_ in sorted(added, key=lambda id_: -added[id_])[:2] if added[id_] > SMALL]
    told = []
    for id_ in best:
        lead, without = record["leads"][id_][year], record["baseline_leads"][id_][year]
        natural = tell_natural(words, scenario.layers[id_], lead, without)
        in_unit = f" ({natural})" if natural else ""
        told.append(
            f"{words.layers[id_]} stands at {lead:+.1f} points in {year} instead of "
            f"{without:+.1f}{in_unit}"
        )
    return f"Most of the gain: {join_words(told)}." if told else ""


def tell_left_out(words: Words, record: Record) -> str:
    """The programmes that are not funded, by title and id."""
    left = [id_ for id_ in words.scenario.instruments if id_ not in record["funded"]]
    told = "; ".join(f"{words.programmes[id_]} ({id_})" for id_ in left)
    return f"Not funded: {told}." if told else ""


def tell_repairs(record: Record) -> list[str]:
    """What could give where every plan spends nothing."""
    repairs = record.get("repairs") or []
    start = ["What could give (stratafolio explain has more, as patches):"] if repairs else []
    return [*start, *(f"- {repair}" for repair in repairs)]
