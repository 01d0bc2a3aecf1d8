"""The sentences of `explain`, fit for a memo: what limits cost, and why each is funded or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..sheet import Record
from .figure_titles import name_figure, tell_at
from .limit_titles import list_limits, name_limit, tell_unit
from .words import Words, capitalise

WIDE_BRACKET = 0.06
"""A change is told with the value before it where these are apart by more than this share of it."""

MOST_DIGITS = 6
"""Decimals at most that tell two amounts apart."""

LEAST_PRICE = 1e-6
"""Points: what costs less costs nothing."""

HELD_BY = {
    "money": "money",
    "maximum": "its own maximum",
    "growth": "its growth limit",
    "limit": "another limit",
    "exclusion": "an exclusion",
    "prerequisite": "a prerequisite",
    "nothing left to gain": "nothing left to gain",
}
"""What stops a programme where it is."""


def list_sentences(words: Words, record: Record) -> list[str]:
    """What an analyst may lift into a memo: prices first, then changes and flips."""
    sentences = tell_prices(words, record)
    for reason in record["instruments"] or ():
        sentences += tell_others(words, reason)
    figures = record["figures"] or ()
    return sentences + [tell_flip(words, row) for row in figures if row["flips_at"] is not None]


def tell_prices(words: Words, record: Record) -> list[str]:
    """What each limit costs that costs anything, whole limits alone."""
    return [
        tell_price(words, price)
        for price in record["limits"] or ()
        if price.get("year") is None
        and ((price.get("price") or 0.0) > LEAST_PRICE or price.get("binding"))
    ]


def list_more(words: Words, buys: Mapping[str, float], most: int = 3) -> str:
    """Programmes with what they get more, the largest first."""
    told = [
        f"{words.programmes.get(i, i)} (+{words.amount(bn, 2)})"
        for i, bn in list(buys.items())[:most]
    ]
    rest = len(buys) - most
    return ", ".join(told) + (f" and {rest} more" if rest > 0 else "")


def tell_price(words: Words, price: Record) -> str:
    """What one limit costs, in points and with what would be bought."""
    name, points, unit = name_limit(words, price["id"]), price["price"], price.get("unit") or ""
    opening = capitalise(name) if name.startswith("the ") else name
    if points is None:
        return f"What {name} costs is not known."
    if points <= LEAST_PRICE:
        return f"{opening} binds, but giving way would gain nothing."
    buys = f", spent on {list_more(words, price['buys'])}" if price.get("buys") else ""
    if price["id"].startswith("budget."):
        when = f" in {price['year']}" if price.get("year") is not None else ""
        a_year = " a year" if unit == "$ bn a year" else ""
        unit_of_money = words.scenario.money.unit
        told = f"The next {words.symbol}1 {unit_of_money}{a_year}{when} buys {points:.4f} points"
        text = f"{told}{buys}."
    elif price.get("sense") == "dropped":
        text = f"Without {name} the plan would gain {points:.4f} points{buys}."
    else:
        looser = f"{opening}, one {tell_unit(words, unit)} looser,"
        text = f"{looser} gains {points:.4f} points{buys}."
    if not price.get("agree", True) and price.get("lp_price") is not None:
        text += f" (At today's on/off decisions it would be {price['lp_price']:.4f}.)"
    return text


def tell_others(words: Words, reason: Record) -> list[str]:
    """Why a programme is not funded, and what would fund it; nothing where it is."""
    changes = [tell_change(words, reason["id"], change) for change in reason.get("to_fund") or ()]
    return changes if reason["funded"] else [tell_reason(words, reason), *changes]


def tell_reason(words: Words, reason: Record) -> str:
    """Why an instrument is not funded."""
    name = words.programmes.get(reason["id"], reason["id"])
    limits = list_limits(words, reason.get("held_by_limits") or [])
    because = {
        "money": "its money does more elsewhere",
        "exclusion": f"{limits} keeps it out",
        "prerequisite": f"{limits} comes first",
        "limit": f"{limits} leaves no room",
        "nothing left to gain": "it would add nothing",
    }.get(reason.get("held_by") or "", "there was no time to find out why")
    cost, loss = "", reason.get("loses_if_funded")
    if loss is not None and loss < 5e-5:
        cost = "; funding it all the same would lose next to nothing" if loss else ""
    elif loss is not None:
        cost = f"; funding it all the same would lose {loss:.4f} points"
    return f"{name} is not funded: {because}{cost}."


def tell_change(words: Words, instrument: str, change: Record) -> str:
    """What one change would have to be for an instrument to be funded."""
    kind, name = change["change"], words.programmes.get(instrument, instrument)
    is_factor = kind in ("cost", "effect")
    value = change.get("factor") if is_factor else change.get("to")
    if value is None:
        return tell_nothing(name, change)
    if kind == "cost":
        told = f"{name} would be funded if it cost {1 - value:.1%} less"
        programme = words.scenario.instruments.get(instrument)
        if programme is not None:
            most = programme.max_per_year
            told += (
                f" ({words.amount(most * value, 2)} instead of {words.amount(most, 2)} for a full "
                "year)"
            )
    elif kind == "effect":
        told = f"{name} would be funded if its positive effects were {value:.3g} times as large"
    elif kind == "budget":
        told = f"{name} would be funded with {tell_budget(words, change)}"
    else:
        told = f"{name} would be funded if {tell_weight(words, change)}"
    is_within, inside = change.get("within_range"), ""
    if is_within is not None:
        inside = f", {'within' if is_within else 'beyond'} the ranges given"
    return f"{told}{inside}{tell_bracket(words, change)}."


def tell_nothing(name: str, change: Record) -> str:
    """That nothing within reach funds a programme."""
    kind, reach = change["change"], change.get("searched_to")
    what = {"budget": "No budget, larger or smaller,", "weights": "No change of one layer's weight"}
    if isinstance(reach, int | float):
        what["cost"] = f"No cut in cost down to {reach:.0%} of today's"
        what["effect"] = f"No effect up to {reach:g} times today's"
    return f"{what.get(kind, f'No change of {kind}')} would fund {name}."


def tell_weight(words: Words, change: Record) -> str:
    """The weight that would do, with today's."""
    layer, weights = change.get("layer"), change["to"]
    if layer is None:
        return f"{change['shift_pp']:.1f} percentage points of weight moved"
    title = words.layers.get(layer, layer)
    return f"{title} had a weight of {weights[layer]:.1%} instead of {change['from'][layer]:.1%}"


def tell_budget(words: Words, change: Record) -> str:
    """A budget that would do, with today's."""
    before, after = change.get("from"), change["to"]
    if isinstance(after, Mapping) and isinstance(before, Mapping):
        more = next(after[year] - before[year] for year in before)
        return f"{words.amount(more, 2)} more in every year"
    span = "a year" if words.scenario.budget.per_year is not None else "in all"
    if before is None:
        return f"a budget of {words.amount(after, 2)} {span}"
    digits = next((n for n in range(2, MOST_DIGITS) if round(after - before, n)), MOST_DIGITS)
    return (
        f"a budget of {words.amount(after, digits)} {span} instead of "
        f"{words.amount(before, digits)} {span}"
    )


def tell_bracket(words: Words, change: Record) -> str:
    """The nearest value that does not fund, where it is some way before the one that does."""
    kind, layer = change["change"], change.get("layer")
    is_factor = kind in ("cost", "effect")
    ends: list[Any] = [change["factor"] if is_factor else change["to"], change.get("not_at")]
    ends.append(1.0 if is_factor else change.get("from"))
    if None in ends:
        return ""
    if isinstance(ends[0], Mapping):
        key = layer or next(iter(ends[0]))
        ends = [end[key] for end in ends]
    value, before, base = ends
    if abs(value - before) <= WIDE_BRACKET * abs(value - base):
        return ""
    if layer is not None:
        return f" (at {before:.1%} it is not)"
    if kind == "budget":
        return f" (with {words.amount(before, 2)} it is not)"
    return f" (at {before:.3g} of it, it is not)"


def tell_flip(words: Words, row: Record) -> str:
    """Where a figure changes the decision."""
    enters = words.list_programmes(row.get("enters") or (), "")
    leaves = words.list_programmes(row.get("leaves") or (), "")
    moves = " and ".join(
        filter(None, (enters and f"{enters} comes in", leaves and f"{leaves} drops out"))
    )
    name = name_figure(words, row["path"])
    then = f": {moves}" if moves else ""
    return (
        f"With {name} at {tell_at(words, row, row['flips_at'])}, not "
        f"{tell_at(words, row, row['value'])}, the decision changes{then}."
    )


# What to doubt first --------------------------------------------------------------------------


def tell_doubts(words: Words, figures: Sequence[Record] | None) -> list[str]:
    """Which figures to doubt first: those that carry the gain, those that carry the decision."""
    rows = [row for row in figures or () if row.get("share_of_gain") is not None]
    if not rows:
        return []
    carry = max(rows, key=lambda row: row["share_of_gain"])
    turning = sorted((row for row in rows if row.get("flips_at") is not None), key=measure_change)
    share = f"{carry['share_of_gain']:.0%} of it"
    gain = f"Doubt first, for the gain: {name_figure(words, carry['path'])} ({share})"
    unknown = sum(not row.get("flip_sought") for row in rows)
    left = f" (for {unknown} of {len(rows)} figures that is not known)" if unknown else ""
    if not turning and unknown == len(rows):
        return [f"{gain}; which one the decision turns on is not known."]
    if not turning:
        return [f"{gain}; {tell_unturned(rows)}{left}."]
    nearest = turning[0]
    at, now = (tell_at(words, nearest, nearest[key]) for key in ("flips_at", "value"))
    if nearest["path"] == carry["path"]:
        return [f"{gain}, and for the decision, which turns at {at}, not {now}{left}."]
    return [
        (
            f"{gain}; for the decision: {name_figure(words, nearest['path'])}, which turns it "
            f"at {at}, not {now}{left}."
        ),
        (
            "They differ because what carries the gain need not tell the best plan from the next "
            "best, and what the decision turns on does just that."
        ),
    ]


def tell_unturned(rows: Sequence[Record]) -> str:
    """That no figure turns the decision, how far each was moved, and what counts as turning.

    >>> tell_unturned([{"low": 1.0, "high": 2.0}])
    'within its range no figure makes every plan with these programmes lose more than a thousandth \
of the gain'
    >>> tell_unturned([{"low": None, "high": None}]).partition(" no figure")[0]
    'from 0 to double its value'
    """
    has_range = [row["low"] is not None and row["high"] is not None for row in rows]
    moved = "within its range, or from 0 to double its value where it has none,"
    if all(has_range):
        moved = "within its range"
    elif not any(has_range):
        moved = "from 0 to double its value"
    loses = "makes every plan with these programmes lose more than a thousandth of the gain"
    return f"{moved} no figure {loses}"


def measure_change(row: Record) -> float:
    """By what share of its value a figure has to change until the decision turns.

    >>> measure_change({"value": 4.0, "flips_at": 3.0}), measure_change({"value": 0, "flips_at": 1})
    (0.25, inf)
    """
    value, flips_at = float(row["value"]), float(row["flips_at"])
    return abs(flips_at - value) / abs(value) if value else float("inf")


PARTS = {
    "reasons": "why each programme is funded or not",
    "ties": "plans that gain as much",
    "to_fund": "what it would take to fund the others",
    "figures": "which figures turn the decision",
    "rates": "rates of exchange",
}
"""Parts of an explanation by their names in the record, where these say too little."""

PARTS_OF = {
    "replacement": "what would replace {}",
    "held_by": "which limits hold {}",
    "to_fund": "what it would take to fund {}",
    "flips_at": "where {} turns the decision",
}
"""The same of one programme or figure."""

MOST_MISSING = 6
"""Missing parts that are named; the rest are counted."""


def tell_missing(words: Words, missing: Sequence[str]) -> str:
    """What there was no time for."""
    if not missing:
        return ""
    rest = len(missing) - MOST_MISSING
    more = f" and {rest} more" if rest > 0 else ""
    told = [name_part(words, part) for part in missing[:MOST_MISSING]]
    return f"No time was left for: {'; '.join(told)}{more}."


def name_part(words: Words, part: str) -> str:
    """A part of an explanation in words: which part, and of which programme or figure."""
    kind, _, of = part.partition(" of ")
    if not of:
        return PARTS.get(kind, part)
    title = name_figure(words, of) if kind == "flips_at" else words.programmes.get(of, of)
    return PARTS_OF[kind].format(title)
