"""What `explain` says: why the plan is what it is, and what would change it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ...inputs.scenario import Scenario
from ...model.studies.explain.findings import (
    Change,
    Explanation,
    LedgerFigure,
    LimitPrice,
    Reason,
)
from ...model.studies.repair.findings import Diagnosis
from ..sheet import BOOK, EVERYWHERE, PAGE, SHOWN, Column, Completeness, Record, Sheet, Table, tidy
from .figure_titles import grounds_column, list_figure, path_column, tell_at
from .limit_titles import list_limits, name_limit, tell_unit
from .rates import list_rates, tabulate_rate
from .reasons import (
    HELD_BY,
    LEAST_PRICE,
    list_more,
    list_sentences,
    tell_doubts,
    tell_missing,
    tell_others,
    tell_prices,
)
from .repairs import describe_diagnosis, simplify, tabulate_diagnosis
from .solve import tell_gains
from .words import Words, drop_empty, keep_table, tell_effort

WHY = "Why each programme is funded or not"

LIMIT_KEYS = (
    *("id", "sense", "year", "unit"),
    *("price", "price_at_most", "lp_price", "agree", "binding"),
)
PROGRAMME_KEYS = (
    *("id", "funded", "spending_bn", "held_by"),
    *("worth_per_bn", "margin_per_bn", "points"),
)
FIGURE_KEYS = (
    *("path", "value", "low", "high", "confidence", "share_of_gain", "flips_at"),
    *("not_at", "enters", "leaves", "flip_sought", "title", "unit", "source"),
)
"""The columns of a run's tables."""

MOST_FIGURES = 15


def tabulate(findings: Explanation | Diagnosis) -> Record:
    """Everything `explain --json` promises; parts there was no time for are null."""
    if isinstance(findings, Diagnosis):
        return tabulate_diagnosis(findings)
    scenario, solution, best = findings.scenario, findings.solution, findings.best
    prices, reasons, figures = findings.prices, findings.reasons, findings.figures
    ties = findings.ties
    record: Record = {
        "scenario": scenario.name,
        "title": scenario.title,
        "status": solution.status,
        "gain": tidy(best.gain),
        "steadied_gain": tidy(solution.gain),
        "steady_cost": tidy(solution.steady_cost),
        "bound": tidy(best.bound),
        "gap": tidy(solution.gap),
        "spending_bn": tidy(sum(best.totals.values())),
        "funded": list(best.plan),
        "limits": None if prices is None else [tabulate_price(price) for price in prices],
        "instruments": None if reasons is None else [tabulate_reason(r) for r in reasons],
        "ties": None if ties is None else {i: [tidy(a), tidy(b)] for i, (a, b) in ties.items()},
        "ties_are_exact": findings.ties_are_exact,
        "figures": None if figures is None else [tabulate_figure(f) for f in figures],
        "rates": None if findings.rates is None else [tabulate_rate(r) for r in findings.rates],
    }
    return record | {
        "sentences": list_sentences(Words(scenario), record),
        "complete": not findings.missing,
        "missing": list(findings.missing),
        "solves": findings.solves,
        "linear_solves": findings.linear_solves,
        "seconds": round(findings.seconds, 3),
    }


def tabulate_price(price: LimitPrice) -> Record:
    """The price of one limit, or of one period of it."""
    return {
        "id": price.id,
        "year": None if price.year is None else str(price.year),
        "price": tidy(price.price),
        "lp_price": tidy(price.lp_price),
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
        "loses_if_funded": tidy(reason.forced_loss),
        "replacement": None
        if replacement is None
        else {
            "points": tidy(replacement.points),
            "points_at_most": tidy(replacement.at_most),
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
        record["factor"] = tidy(change.value)
    else:
        record["from"], record["to"] = simplify(change.base), simplify(change.value)
    if change.layer is not None:
        record["layer"] = change.layer
        if change.value is not None:
            moved = sum(abs(change.value[key] - change.base[key]) for key in change.base)
            record["shift_pp"] = tidy(50 * moved)
    record["not_at"] = simplify(change.not_at)
    record["searched_to"] = simplify(change.searched_to)
    record["within_range"] = change.within_range
    record["patch"] = simplify(change.patch)
    return record


def tabulate_figure(figure: LedgerFigure) -> Record:
    """A line of the ledger of assumptions."""
    return {
        "path": figure.path,
        "title": figure.title,
        "unit": figure.unit,
        "value": tidy(figure.value),
        "confidence": figure.confidence,
        "source": list(figure.source),
        "share_of_gain": tidy(figure.share),
        "flips_at": tidy(figure.flips_at),
        "low": tidy(figure.low),
        "high": tidy(figure.high),
        "not_at": tidy(figure.not_at),
        "enters": list(figure.enters),
        "leaves": list(figure.leaves),
        "flip_sought": figure.is_flip_known,
    }


# The sheet ------------------------------------------------------------------------------------


def describe(scenario: Scenario, record: Record, findings: Any = None) -> Sheet:
    """Why a plan is what it is, the most important first; or why there is none."""
    del findings
    if record["status"] in ("infeasible", "spends_nothing"):
        return describe_diagnosis(scenario, record)
    words = Words(scenario)
    ties = record.get("ties")
    no_ties = ["Ties: no other plan scores the same within the gap."] if ties == {} else []
    return Sheet(
        name="explain",
        title=f"{WHY}: {words.title}",
        heading=WHY,
        of=scenario.name,
        short="Why",
        verdict=tell_plan(words, record),
        sentences=[
            *tell_doubts(words, record.get("figures")),
            *tell_prices(words, record),
            *tell_idle(words, record),
        ],
        parts=[
            *list_prices(words, record.get("limits") or []),
            *list_funded(words, record.get("instruments") or []),
            *list_unfunded(words, record.get("instruments") or []),
            *list_ties(words, ties or {}, is_exact=record.get("ties_are_exact", True)),
            *list_ledger(words, record.get("figures") or []),
            *list_rates(words, record.get("rates") or []),
        ],
        notes=no_ties,
        effort=tell_effort(record),
        completeness=Completeness(
            record.get("complete", True), proven=tell_missing(words, record.get("missing") or [])
        ),
    )


def tell_plan(words: Words, record: Record) -> str:
    """What the best plan gains and spends, and that none gains more; the steadied one first."""
    gain, bound, spent = (record.get(key) for key in ("gain", "bound", "spending_bn"))
    if gain is None:
        return f"{len(record['instruments'] or ())} programmes are explained."
    if record.get("steady_cost"):
        both = {**record, "gain": record["steadied_gain"], "best_gain": gain, "baseline_score": 0}
        cost = f" for {words.amount(spent)}" if spent is not None else ""
        return f"{tell_gains(both)} What follows is about the best plan{cost}, before steadying."
    told = f"The best plan gains {gain:.3f} points"
    told += f" for {words.amount(spent)}" if spent is not None else ""
    return told + (f"; no plan gains more than {bound:.4f}." if bound is not None else ".")


def tell_idle(words: Words, record: Record) -> list[str]:
    """Which limits cost nothing."""
    idle = dict.fromkeys(
        name_limit(words, price["id"])
        for price in record["limits"] or ()
        if price.get("year") is None
        and price.get("price") is not None
        and price["price"] <= LEAST_PRICE
        and not price.get("binding")
    )
    return [f"Nothing would be gained by loosening {', '.join(idle)}."] if idle else []


def list_prices(words: Words, prices: Sequence[Record]) -> list[Table]:
    """What one unit more of each limit is worth, by period."""
    rows = [
        {
            "limit": name_limit(words, price["id"]),
            "year": price.get("year") or "all",
            "unit": tell_unit(words, price.get("unit") or ""),
            "price": price["price"],
            "at_most": price.get("price_at_most"),
            "lp_price": price.get("lp_price"),
            "buys": list_more(words, price.get("buys") or {}),
        }
        for price in prices
        if (price.get("price") or 0.0) > LEAST_PRICE
    ]
    columns = [
        Column("limit", "one unit looser"),
        Column("year", "year"),
        Column("unit", "unit"),
        Column("price", "gains", "points", "points", 4),
        Column("at_most", "at most", "points", "points", 4),
        Column("lp_price", "with today's on/off", "points", "points", 4, absent=""),
        Column("buys", "spent on", on=frozenset({PAGE, BOOK})),
    ]
    return [
        Table("prices", "What the limits cost", columns, rows, on=SHOWN),
        keep_table("limits", LIMIT_KEYS, prices),
    ]


def list_funded(words: Words, reasons: Sequence[Record]) -> list[Table]:
    """Why each funded programme gets what it gets, and what replaces it."""
    rows = []
    for reason in reasons:
        replacement = reason.get("replacement") or {}
        held, limits = reason.get("held_by"), reason.get("held_by_limits")
        needed = list_limits(words, replacement.get("needed_by") or [])
        rows.append(
            {
                **reason,
                "held": list_limits(words, limits)
                if held == "limit" and limits
                else HELD_BY.get(held or ""),
                "points": replacement.get("points"),
                "lost": "" if needed else replacement.get("points"),
                "instead": replacement.get("instead") or "",
                "needed": f"needed by {needed}" if needed else "",
            }
        )
    funded = [row for row in rows if row["funded"]]
    columns = [
        words.programme_column(),
        words.money_column("spending_bn", "spends"),
        Column("held", "held by"),
        Column("worth_per_bn", "worth", "points", f"points per {words.money}", 4),
        Column("margin_per_bn", "elsewhere", "points", f"points per {words.money}", 4),
        Column("lost", "lost without", "points", "points", 4),
        words.programmes_column("instead", "instead"),
        Column("needed", "why not without"),
        Column("id", "id"),
    ]
    note = (
        "Worth: what one unit of money more in its best year adds; elsewhere: what that costs the "
        "others."
    )
    title = "Why each programme is funded as it is"
    return [
        Table("funded", title, drop_empty(columns, funded), funded, note=note, on=SHOWN),
        keep_table("instruments", PROGRAMME_KEYS, rows),
    ]


def list_unfunded(words: Words, reasons: Sequence[Record]) -> list[Table]:
    """What it would take to fund what is not."""
    rows = [
        {"id": reason["id"], "says": sentence}
        for reason in reasons
        for sentence in tell_others(words, reason)
    ]
    columns = [Column("id", "id"), Column("says", "why not, and what would do")]
    return [Table("to_fund", "What it would take to fund others", columns, rows, on=SHOWN)]


def list_ties(words: Words, ties: Record, *, is_exact: bool) -> list[Table]:
    """Where other plans are as good."""
    among = "" if is_exact else " with the same on/off decisions"
    rows = [{"id": id_, "least": ends[0], "most": ends[1]} for id_, ends in ties.items()]
    columns = [
        words.programme_column(),
        words.money_column("least", "least"),
        words.money_column("most", "most"),
    ]
    title = f"Ties: what plans{among} spend that score the same within the gap"
    return [Table("ties", title, columns, rows, on=SHOWN)]


def list_ledger(words: Words, figures: Sequence[Record]) -> list[Table]:
    """The ledger of assumptions: the figures that carry most."""
    rows = [
        list_figure(words, row)
        | {
            "now": tell_at(words, row, row["value"]),
            "share": row["share_of_gain"],
            "at": tell_turn(words, row),
            "enters": row.get("enters") or "",
            "leaves": row.get("leaves") or "",
            "confidence": row.get("confidence") or "",
        }
        for row in figures
    ]
    columns = [
        Column("figure", "figure"),
        Column("now", "now"),
        Column("range", "range"),
        Column("share", "carries", "share", "of the gain", 0),
        Column("at", "turns the decision at"),
        words.programmes_column("enters", "comes in"),
        words.programmes_column("leaves", "drops out"),
        # Elsewhere than on a page, whose ledger has all sources.
        replace(grounds_column(), on=EVERYWHERE - {PAGE}),
        Column("confidence", "confidence", on=frozenset({PAGE})),
        path_column(),
    ]
    title = "The figures that carry the plan"
    return [
        Table("ledger", title, drop_empty(columns, rows), rows, most=MOST_FIGURES, on=SHOWN),
        keep_table("figures", FIGURE_KEYS, figures),
    ]


def tell_turn(words: Words, row: Record) -> str | None:
    """Where a figure turns the decision; None where that is not known."""
    if row.get("flips_at") is not None:
        return tell_at(words, row, row["flips_at"])
    if not row.get("flip_sought"):
        return None
    is_ranged = row["low"] is not None and row["high"] is not None
    return "nowhere within it" if is_ranged else "nowhere from 0 to double"
