"""What a plan says in three sentences, with numbers and in natural units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..inputs.scenario import Layer, Scenario
from .report_rows import SMALL, Rows, clean, list_spending, name_all, shorten, sum_programmes
from .runs.reported import Reported
from .sentences import tell_clash
from .sheet import Record
from .studies.portfolios import CORE, EXTERIOR

DOUBTFUL = ("low", "judgement", "")
MANY = 3
"""Most names in one sentence."""


def join_words(words: Sequence[str]) -> str:
    """Words with commas and an `and`.

    >>> join_words(["a", "b", "c"])
    'a, b and c'
    """
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def write_recommendation(one: Reported, record: Record, feeds: Rows) -> list[str]:
    """The recommendation: what to spend, what it gains, how sure that is; first what clashes."""
    clash = record.get("clash")
    left = say_unspent(one.scenario, record)
    return [
        *([tell_clash(one.scenario, clash)] if clash else []),
        say_money(one, record),
        *([left] if left else []),
        say_gain(one.scenario, record),
        say_doubt(one.scenario, record, feeds),
    ]


def say_money(one: Reported, record: Record) -> str:
    """How much, on what."""
    scenario, years = one.scenario, one.scenario.years
    totals = sum_programmes(list_spending(one, record))
    whole = sum(totals.values())
    if whole <= 0:
        return "Spend nothing: no programme is funded."
    areas = name_all(scenario.areas)
    by_area = sorted(record["areas"].items(), key=lambda item: -(item[1] or 0.0))
    main = [f"{areas[id_]} ({bn / whole:.0%})" for id_, bn in by_area[:2] if bn]
    names = name_all(scenario.instruments)
    largest = sorted(totals, key=lambda id_: -totals[id_])[:MANY]
    told = [f"{names[id_]} (${totals[id_]:.1f} bn)" for id_ in largest]
    verb = "Your plan spends" if record["status"] == "given" else "Spend"
    span = f"FY{years.first}" if years.first == years.last else f"FY{years.first}-{years.last}"
    return (
        f"{verb} ${whole:.1f} billion of new money over {span}, most of it on "
        f"{join_words(main)}: {len(totals)} of {len(scenario.instruments)} programmes are funded, "
        f"the largest {'is' if len(told) == 1 else 'are'} {join_words(told)}."
    )


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


def say_unspent(scenario: Scenario, record: Record) -> str:
    """What is left of the budget and what stops it, or nothing where it is spent."""
    unspent = record.get("unspent")
    if not unspent:
        return ""
    told = []
    for reason, words in STOPS.items():
        stopped = unspent["stopped"].get(reason, [])
        if stopped:
            many, limits = len(stopped) > 1, join_words(unspent["limits"])
            who = say_who(stopped, scenario)
            is_, its, get = ("are", "their", "get") if many else ("is", "its", "gets")
            told.append(words.format(who=who, is_=is_, its=its, get=get, limits=limits))
    start = f"${unspent['bn']:.1f} bn of a budget of ${unspent['budget_bn']:.1f} bn are left"
    return f"{start}: {'; '.join(told)}." if told else f"{start}."


def say_who(ids: Sequence[str], scenario: Scenario) -> str:
    """Programmes by name, or how many where that would be long."""
    if len(ids) > MANY:
        return f"{len(ids)} programmes"
    names = name_all(scenario.instruments)
    return join_words([names[id_] for id_ in ids])


def say_gain(scenario: Scenario, record: Record) -> str:
    """What the plan gains, and in which layers most."""
    names = name_all(scenario.layers)
    year = str(scenario.years.last)
    added = {
        layer: record["weights"][layer] * (z - record["baseline_outcome"][layer])
        for layer, z in record["outcome"].items()
    }
    best = [id_ for id_ in sorted(added, key=lambda id_: -added[id_])[:2] if added[id_] > SMALL]
    told = [
        f"{names[id_]} stands at {tell_points(record['leads'][id_][year])} points in {year} "
        f"instead of {tell_points(record['baseline_leads'][id_][year])}"
        + tell_units(
            scenario.layers[id_], record["leads"][id_][year], record["baseline_leads"][id_][year]
        )
        for id_ in best
    ]
    start = f"That gains {record['gain']:.2f} points of weighted lead over spending nothing"
    return f"{start}; {join_words(told)}." if told else f"{start}."


def tell_units(layer: Layer, lead: float, without: float) -> str:
    """Two leads in the layer's unit, in brackets, or nothing where it has none.

    >>> tell_units(Layer(unit="months", points_per_unit=2.0), 15.0, 12.0)
    ' (7.5 against 6.0 months)'
    >>> tell_units(Layer(unit="doublings", points_per_unit=5.0), -10.0, -15.0)
    ' (0.25 against 0.12 times)'
    """
    if not layer.points_per_unit:
        return ""
    units, units_without = lead / layer.points_per_unit, without / layer.points_per_unit
    if layer.unit == "doublings":
        return f" ({2**units:.2g} against {2**units_without:.2g} times)"
    told = f"{units:.1f} against {units_without:.1f}".replace("-", "\u2212")
    return f" ({told} {shorten(layer.unit)})".replace(" )", ")")


def say_doubt(scenario: Scenario, record: Record, feeds: Rows) -> str:
    """How well the plan is proven, and which figure to doubt first."""
    if record["status"] == "given" and record["gap_points"] is None:
        proof = "There is no plan within the limits to hold it against"
    elif record["status"] == "given":
        proof = (
            f"The best plan gains at most {record['gap_points']:.2f} points "
            f"({record['gap']:.1%}) more"
        )
    elif record["gap"] == 0:
        proof = "No plan gains more, if these figures are right"
    else:
        proof = (
            f"No plan gains more than {tell_gap(record['gap'])} beyond the best one found, if "
            "these figures are right"
        )
    doubtful = [
        row
        for row in sorted(feeds, key=lambda row: -abs(row["gain"]))
        if (scenario.effects[row["effect"]].confidence or "") in DOUBTFUL
    ]
    if not doubtful or record["gain"] <= SMALL or abs(doubtful[0]["gain"]) <= SMALL:
        return f"{proof}."
    first = doubtful[0]
    own = scenario.effects[first["effect"]]
    programme = name_all(scenario.instruments)[own.instrument]
    layer = name_all(scenario.layers)[own.layer]
    ends = own.ranges.get("points")
    spread = f", which may lie between {ends.low:g} and {ends.high:g}" if ends else ""
    return (
        f"{proof}; the figure to doubt first is what {programme} does for {layer} "
        f"({own.points:g} points at most{spread}): {first['gain'] / record['gain']:.0%} of the "
        "gain hangs on it."
    )


def say_map(record: Mapping[str, Any]) -> str:
    """What a map of weights proves, in one sentence."""
    count = len(record["portfolios"])
    sure = (
        f"loses at most {record['certified_regret']:.1%} of the best gain "
        f"(never more than {record['certified_points']:.3f} points)"
    )
    whole = (
        "" if record["complete"] else " The map was cut short, so this is what was proven so far."
    )
    plural = "portfolio" if count == 1 else "portfolios"
    start = f"For every weighting the best of these {count} {plural} {sure}"
    return f"{start}; proven, not sampled.{whole}"


def say_core(record: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Which programmes are funded under nearly all weights, and which under nearly none."""
    core = record["core_index"]
    always = [names[id_] for id_ in names if core.get(id_, 0.0) >= CORE]
    never = [names[id_] for id_ in names if core.get(id_, 0.0) <= EXTERIOR]
    between = len(names) - len(always) - len(never)
    parts = []
    if always:
        parts.append(f"Funded under {CORE:.0%} of all weightings or more: {join_words(always)}.")
    if never:
        parts.append(f"Under {EXTERIOR:.0%} or fewer: {join_words(never)}.")
    return " ".join([*parts, f"{between} of {len(names)} depend on what counts."])


def tell_gap(gap: float | None) -> str:
    """A proven gap as a share that it does not exceed.

    >>> tell_gap(0.00001), tell_gap(0.0123), tell_gap(0.0), tell_gap(None)
    ('0.01%', '1.23%', '0%', '-')
    """
    if gap is None:
        return "-"
    return "0%" if gap == 0 else f"{max(gap, 1e-4):.2%}"


def tell_points(points: float) -> str:
    """Points with their sign, and a true minus.

    >>> tell_points(2.34)
    '+2.3'
    """
    return f"{points:+.1f}".replace("-", "\u2212")


def describe_limit(id_: str, scenario: Scenario) -> str:
    """A limit's title, or its id in words."""
    own = scenario.constraints.get(id_)
    if own is not None and own.title:
        return shorten(own.title, 90)
    known = {"budget.per_year": "Budget of each year", "budget.total": "Budget over all years"}
    return known.get(id_, clean(id_))
