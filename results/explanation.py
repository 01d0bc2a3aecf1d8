"""An explanation or a diagnosis as the mapping that `--json` prints, and as sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..inputs.scenario import Scenario
from ..model.reasons import (
    Change,
    Diagnosis,
    Explanation,
    Figure,
    LimitPrice,
    Member,
    Reason,
    Repair,
)
from .portfolio import Record, tidy

HELD_BY = {
    "money": "money",
    "maximum": "its own maximum",
    "growth": "how fast it can grow",
    "limit": "another limit",
    "exclusion": "an exclusion",
    "prerequisite": "a prerequisite",
    "nothing left to gain": "nothing left to gain",
}


def maybe(number: float | None) -> float | None:
    """A number made tidy, or None."""
    return None if number is None else tidy(float(number))


def clean(value: Any) -> Any:
    """A value of a patch as JSON takes it: keys as text, numbers made tidy."""
    if isinstance(value, Mapping):
        return {str(key): clean(inner) for key, inner in value.items()}
    if isinstance(value, float):
        return tidy(value)
    return value


# Feasible -------------------------------------------------------------------------------------


def tabulate_explanation(explanation: Explanation) -> Record:
    """Everything `explain --json` promises; parts there was no time for are null."""
    scenario, solution, best = explanation.scenario, explanation.solution, explanation.best
    prices, reasons, figures = explanation.prices, explanation.reasons, explanation.figures
    ties = explanation.ties
    return {
        "scenario": scenario.name,
        "title": scenario.title,
        "status": solution.status,
        "gain": tidy(best.gain),
        "bound": tidy(best.bound),
        "gap": tidy(solution.gap),
        "funded": list(best.plan),
        "limits": None if prices is None else [tabulate_price(price) for price in prices],
        "instruments": None if reasons is None else [tabulate_reason(r) for r in reasons],
        "ties": None if ties is None else {i: [tidy(a), tidy(b)] for i, (a, b) in ties.items()},
        "ties_are_exact": explanation.ties_are_exact,
        "figures": None if figures is None else [tabulate_figure(f) for f in figures],
        "sentences": list_sentences(explanation),
        "missing": list(explanation.missing),
        "solves": explanation.solves,
        "linear_solves": explanation.linear_solves,
        "seconds": round(explanation.seconds, 3),
    }


def tabulate_price(price: LimitPrice) -> Record:
    """The price of one limit, or of one period of it."""
    return {
        "id": price.id,
        "year": None if price.year is None else str(price.year),
        "price": tidy(price.price),
        "lp_price": maybe(price.lp_price),
        "agree": price.agrees,
        "binding": price.is_binding,
        "sense": price.sense,
        "unit": price.unit,
        "price_at_most": tidy(price.at_most),
        "buys": {i: tidy(bn) for i, bn in price.buys},
    }


def tabulate_reason(reason: Reason) -> Record:
    """Why one instrument is funded as it is."""
    replacement = reason.replacement
    return {
        "id": reason.id,
        "funded": reason.is_funded,
        "spending_bn": tidy(reason.spending_bn),
        "held_by": reason.held_by,
        "held_by_limits": list(reason.limits),
        "worth_per_bn": tidy(reason.worth),
        "margin_per_bn": tidy(reason.margin),
        "loses_if_funded": maybe(reason.forced_loss),
        "replacement": None
        if replacement is None
        else {
            "points": maybe(replacement.points),
            "points_at_most": maybe(replacement.at_most),
            "instead": [i for i, _ in replacement.instead],
            "instead_bn": {i: tidy(bn) for i, bn in replacement.instead},
            "needed_by": list(replacement.needed_by),
        },
        "to_fund": None
        if reason.to_fund is None
        else [tabulate_change(change) for change in reason.to_fund],
    }


def tabulate_change(change: Change) -> Record:
    """One change that would fund an instrument; nulls where none within reach does."""
    record: Record = {"change": change.kind}
    if change.is_factor:
        record["factor"] = maybe(change.value)
    else:
        record["from"], record["to"] = clean(change.base), clean(change.value)
    if change.layer is not None:
        record["layer"] = change.layer
        if change.value is not None:
            moved = sum(abs(change.value[key] - change.base[key]) for key in change.base)
            record["shift_pp"] = tidy(50 * moved)
    record["not_at"] = clean(change.not_at)
    record["searched_to"] = clean(change.searched_to)
    record["within_range"] = change.within_range
    record["patch"] = clean(change.patch)
    return record


def tabulate_figure(figure: Figure) -> Record:
    """A line of the ledger of assumptions."""
    return {
        "path": figure.path,
        "value": tidy(figure.value),
        "confidence": figure.confidence,
        "source": list(figure.source),
        "share_of_gain": tidy(figure.share),
        "flips_at": maybe(figure.flips_at),
        "low": maybe(figure.low),
        "high": maybe(figure.high),
        "not_at": maybe(figure.not_at),
        "enters": list(figure.enters),
        "leaves": list(figure.leaves),
        "flip_sought": figure.is_flip_known,
    }


# Sentences ------------------------------------------------------------------------------------


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
    if reason.forced_loss is not None and reason.forced_loss > 1e-9:
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
    inside = {True: ", within the ranges given", False: ", beyond the ranges given"}
    return f"{told}{inside.get(change.within_range, '') if change.is_factor else ''}."  # type: ignore[arg-type]


def tell_budget(change: Change, scenario: Scenario) -> str:
    """A budget that would do, with today's."""
    per_year = scenario.budget.per_year is not None
    unit = "bn a year" if per_year else "bn in all"
    if isinstance(change.base, Mapping):
        more = next(change.value[year] - change.base[year] for year in change.base)
        return f"${more:.2f} bn more in every year"
    return f"a budget of ${change.value:.2f} {unit} instead of ${change.base:.2f} {unit}"


def tell_flip(scenario: Scenario, figure: Figure) -> str:
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
        f"At {figure.path} = {figure.flips_at:.4g}, not {figure.value:.4g}, the decision changes"
        f"{': ' + moves if moves else ''}."
    )


# Infeasible -----------------------------------------------------------------------------------


def tabulate_diagnosis(diagnosis: Diagnosis) -> Record:
    """Everything `explain --json` promises for a scenario without a plan."""
    scenario = diagnosis.scenario
    return {
        "scenario": scenario.name,
        "title": scenario.title,
        "status": "infeasible",
        "conflicts": [[member.id for member in conflict] for conflict in diagnosis.conflicts],
        "details": [
            [tabulate_member(member) for member in conflict] for conflict in diagnosis.conflicts
        ],
        "repairs": [tabulate_repair(repair) for repair in diagnosis.repairs],
        "complete": diagnosis.is_complete,
        "missing": list(diagnosis.missing),
        "solves": diagnosis.solves,
        "seconds": round(diagnosis.seconds, 3),
    }


def tabulate_member(member: Member) -> Record:
    """One limit of a conflict."""
    return {
        "id": member.id,
        "title": member.title,
        "sense": member.sense or None,
        "have": maybe(member.have),
        "need": maybe(member.need),
        "short_by": maybe(member.short_by),
        "unit": member.unit or None,
    }


def tabulate_repair(repair: Repair) -> Record:
    """One repair with its patch."""
    return {
        "gives_up": list(repair.gives_up),
        "patch": clean(repair.patch),
        "gain": maybe(repair.gain),
        "priority": tidy(repair.priority),
        "priority_sum": tidy(repair.priority_sum),
        "moves": [
            {
                "limit": move.id,
                "path": move.field if move.by is not None else f"constraints.{move.id}",
                "from": clean(move.before),
                "to": clean(move.after),
                "by": maybe(move.by),
                "unit": move.unit or None,
            }
            for move in repair.moves
        ],
        "settings": list_settings(repair),
        "spending_bn": maybe(repair.spending_bn),
        "extra_budget_bn": tidy(repair.extra_bn),
    }


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
