"""An explanation or a diagnosis as sentences with dollars, fit for a memo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..inputs.scenario import Scenario
from ..model.studies.explain.findings import Change, Explanation, LedgerFigure, LimitPrice, Reason
from ..model.studies.repair.findings import Member, Repair
from .inputs import call_figure

WIDE_BRACKET = 0.06
"""A change is told with the value before it where these are apart by more than this share of it."""

HELD_BY = {
    "money": "money",
    "maximum": "its own maximum",
    "growth": "its growth limit",
    "limit": "another limit",
    "exclusion": "an exclusion",
    "prerequisite": "a prerequisite",
    "nothing left to gain": "nothing left to gain",
}


def name_instrument(scenario: Scenario, id_: str) -> str:
    """An instrument's title, or its id."""
    return scenario.instruments[id_].title or id_


def name_limit(scenario: Scenario, id_: str) -> str:
    """A limit as a user knows it: its id with its title."""
    if id_ == "budget.per_year":
        return "the yearly budget"
    if id_ == "budget.total":
        return "the total budget"
    parts = id_.split(".")
    if parts[0] == "instruments" and len(parts) == 3:
        what = parts[2].replace("_", " ")
        return f"the {what} of {name_instrument(scenario, parts[1])}"
    limit = scenario.constraints.get(id_)
    return f"{id_} ({limit.title})" if limit is not None and limit.title else id_


def tell_clash(scenario: Scenario, clash: Sequence[str]) -> str:
    """Why every plan that meets the limits spends nothing."""
    names = [name_limit(scenario, id_) for id_ in clash]
    if len(names) == 1:
        return f"No plan may spend anything: {names[0]} rules it out."
    return (
        f"Every plan that meets the limits spends nothing: {', '.join(names[:-1])} and {names[-1]} "
        "clash as soon as a dollar is spent, and shares of nothing hold by nothing."
    )


def list_sentences(explanation: Explanation) -> list[str]:
    """What an analyst may lift into a memo: prices first, then changes and flips."""
    scenario = explanation.scenario
    found = [
        tell_price(scenario, price)
        for price in explanation.prices or ()
        if price.year is None and (price.price > 1e-6 or price.is_binding)
    ]
    for reason in explanation.reasons or ():
        found += [tell_reason(scenario, reason)] if not reason.is_funded else []
        found += [tell_change(scenario, reason.id, change) for change in reason.to_fund or ()]
    found += [tell_flip(scenario, f) for f in explanation.figures or () if f.flips_at is not None]
    return found


def list_names(scenario: Scenario, pairs: tuple[tuple[str, float], ...], most: int = 3) -> str:
    """Instruments with what they get more, the largest first."""
    told = [f"{name_instrument(scenario, i)} (+${bn:.2f} bn)" for i, bn in pairs[:most]]
    rest = len(pairs) - most
    return ", ".join(told) + (f" and {rest} more" if rest > 0 else "")


def tell_price(scenario: Scenario, price: LimitPrice) -> str:
    """What one limit costs, with dollars and points."""
    name = name_limit(scenario, price.id)
    if price.price <= 1e-6:
        return f"{capital(name)} binds, but giving way would gain nothing."
    buys = f", spent on {list_names(scenario, price.buys)}" if price.buys else ""
    if price.id.startswith("budget."):
        when = f" in {price.year}" if price.year is not None else ""
        a_year = " a year" if price.unit == "$ bn a year" else ""
        text = f"The next $1 billion{a_year}{when} buys {price.price:.4f} points{buys}."
    elif price.sense == "dropped":
        text = f"Without {name} the plan would gain {price.price:.4f} points{buys}."
    else:
        text = f"{capital(name)}, one {price.unit} looser, gains {price.price:.4f} points{buys}."
    if not price.agrees and price.lp_price is not None:
        text += f" (At today's on/off decisions it would be {price.lp_price:.4f}.)"
    return text


def capital(text: str) -> str:
    """The text with a capital first letter; ids stay as they are."""
    return text[:1].upper() + text[1:] if text.startswith("the ") else text


def tell_reason(scenario: Scenario, reason: Reason) -> str:
    """Why an instrument is not funded."""
    name = name_instrument(scenario, reason.id)
    limits = ", ".join(name_limit(scenario, id_) for id_ in reason.limits)
    because = {
        "money": "its money does more elsewhere",
        "exclusion": f"{limits} keeps it out",
        "prerequisite": f"{limits} comes first",
        "limit": f"{limits} leaves no room",
        "nothing left to gain": "it would add nothing",
    }.get(reason.held_by or "", "there was no time to find out why")
    cost = ""
    if reason.forced_loss is not None and reason.forced_loss < 5e-5:
        cost = "; funding it all the same would lose next to nothing" if reason.forced_loss else ""
    elif reason.forced_loss is not None:
        cost = f"; funding it all the same would lose {reason.forced_loss:.4f} points"
    return f"{name} is not funded: {because}{cost}."


def tell_change(scenario: Scenario, instrument: str, change: Change) -> str:
    """What one change would have to be for an instrument to be funded."""
    name = name_instrument(scenario, instrument)
    if change.value is None:
        what = {
            "cost": f"No cut in cost down to {change.searched_to:.0%} of today's"
            if change.kind == "cost"
            else "",
            "effect": f"No effect up to {change.searched_to:g} times today's"
            if change.kind == "effect"
            else "",
            "budget": "No budget, larger or smaller,",
            "weights": "No change of one layer's weight",
        }[change.kind]
        return f"{what} would fund {name}."
    if change.kind == "cost":
        costs = scenario.instruments[instrument]
        most = costs.max_per_year
        told = (
            f"{name} would be funded if it cost {1 - change.value:.1%} less "
            f"(${most * change.value:.2f} bn instead of ${most:.2f} bn for a full year)"
        )
    elif change.kind == "effect":
        told = (
            f"{name} would be funded if its positive effects were {change.value:.3g} times as large"
        )
    elif change.kind == "budget":
        told = f"{name} would be funded with {tell_budget(change, scenario)}"
    else:
        layer = change.layer or ""
        title = scenario.layers[layer].title or layer
        told = (
            f"{name} would be funded if {title} had a weight of {change.value[layer]:.1%} "
            f"instead of {change.base[layer]:.1%}"
        )
    inside = {True: ", within the ranges given", False: ", beyond the ranges given", None: ""}
    return f"{told}{inside[change.within_range]}{tell_bracket(change)}."


def tell_bracket(change: Change) -> str:
    """The nearest value that does not fund, where it is some way before the one that does."""
    value, before, base = change.value, change.not_at, change.base
    if change.layer is not None:
        value, before, base = (part[change.layer] for part in (value, before, base))
    if isinstance(value, Mapping):
        year = next(iter(value))
        value, before, base = value[year], before[year], base[year]
    if abs(value - before) <= WIDE_BRACKET * abs(value - base):
        return ""
    if change.layer is not None:
        return f" (at {before:.1%} it is not)"
    if change.kind == "budget":
        return f" (with ${before:.2f} bn it is not)"
    return f" (at {before:.3g} of it, it is not)"


def tell_budget(change: Change, scenario: Scenario) -> str:
    """A budget that would do, with today's."""
    per_year = scenario.budget.per_year is not None
    unit = "bn a year" if per_year else "bn in all"
    if isinstance(change.base, Mapping):
        more = next(change.value[year] - change.base[year] for year in change.base)
        return f"${more:.2f} bn more in every year"
    return f"a budget of ${change.value:.2f} {unit} instead of ${change.base:.2f} {unit}"


def tell_flip(scenario: Scenario, figure: LedgerFigure) -> str:
    """Where a figure changes the decision."""
    enters = ", ".join(name_instrument(scenario, i) for i in figure.enters)
    leaves = ", ".join(name_instrument(scenario, i) for i in figure.leaves)
    moves = " and ".join(
        part
        for part in (
            f"{enters} comes in" if enters else "",
            f"{leaves} drops out" if leaves else "",
        )
        if part
    )
    return (
        f"At {call_figure(figure.path, figure.title)} = {figure.flips_at:.4g}, not "
        f"{figure.value:.4g}, the decision changes"
        f"{': ' + moves if moves else ''}."
    )


# Infeasible ----------------------------------------------------------------------------------


def list_settings(repair: Repair) -> list[str]:
    """The patch as `--set` options."""
    return [
        f"{move.field}={move.after:.12g}" if move.by is not None else f"constraints.{move.id}=null"
        for move in repair.moves
    ]


def tell_member(scenario: Scenario, member: Member) -> str:
    """A limit of a conflict as have, need and short by."""
    name = name_limit(scenario, member.id)
    if member.need is None or member.have is None or member.short_by is None:
        return name
    return (
        f"{name}: have {tell_amount(member.have, member.unit)}, "
        f"need {tell_amount(member.need, member.unit)}, "
        f"short by {tell_amount(member.short_by, member.unit)}"
    )


def tell_amount(amount: float, unit: str) -> str:
    """A number with its unit.

    >>> tell_amount(2.5, "$ bn a year"), tell_amount(0.26, "of spending"), tell_amount(3, "points")
    ('$2.50 bn a year', '26.0% of spending', '3 points')
    """
    if unit.startswith("$ "):
        return f"${amount:.2f} {unit[2:]}"
    return f"{amount:.1%} {unit}" if unit == "of spending" else f"{amount:.4g} {unit}".rstrip()


def tell_repair(scenario: Scenario, repair: Repair) -> str:
    """A repair as a sentence, with dollars and the gain it leaves."""
    parts = []
    for move in repair.moves:
        name = name_limit(scenario, move.id)
        if move.by is None:
            parts.append(f"drop {name}")
        else:
            before, after = tell_amount(move.before, move.unit), tell_amount(move.after, move.unit)
            parts.append(f"move {name} from {before} to {after}")
    gain = "" if repair.gain is None else f"; the best plan then gains {repair.gain:.3f} points"
    spent = "" if repair.spending_bn is None else f" for ${repair.spending_bn:.1f} bn"
    extra = (
        f", ${repair.extra_bn:.1f} bn more than the budget has" if repair.extra_bn > 1e-9 else ""
    )
    text = " and ".join(parts)
    return f"{text[:1].upper()}{text[1:]}{gain}{spent}{extra}."
