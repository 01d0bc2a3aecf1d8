"""An explanation or a diagnosis as the mapping that `--json` prints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..model.studies.explain.findings import Change, Explanation, LedgerFigure, LimitPrice, Reason
from ..model.studies.repair.findings import Diagnosis, Member, Repair
from .sentences import list_sentences, list_settings
from .sheet import Record, tidy


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
        "complete": not explanation.missing,
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


def tabulate_figure(figure: LedgerFigure) -> Record:
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
        "title": figure.title,
        "unit": figure.unit,
    }


# Infeasible -----------------------------------------------------------------------------------


def tabulate_diagnosis(diagnosis: Diagnosis) -> Record:
    """Everything `explain --json` promises where there is no plan, or none that spends."""
    scenario = diagnosis.scenario
    return {
        "scenario": scenario.name,
        "title": scenario.title,
        "status": "spends_nothing" if diagnosis.spends_nothing else "infeasible",
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
