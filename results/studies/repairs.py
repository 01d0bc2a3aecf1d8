"""What `explain` says where no plan meets every limit, or none that spends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...inputs.scenario import Scenario
from ...model.studies.repair.findings import Diagnosis, Member, Repair
from ..sheet import SHOWN, Column, Completeness, Record, Sheet, Table, tidy
from .limit_titles import name_limit, tell_amount
from .words import Words, capitalise, count, drop_empty, keep_table, tell_effort

REPAIR_KEYS = ("repair", "limit", "path", "from", "to", "by", "unit")
"""The columns of a run's table of repairs."""


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
        "have": tidy(member.have),
        "need": tidy(member.need),
        "short_by": tidy(member.short_by),
        "unit": member.unit or None,
    }


def tabulate_repair(repair: Repair) -> Record:
    """One repair with its patch."""
    return {
        "gives_up": list(repair.gives_up),
        "patch": simplify(repair.patch),
        "gain": tidy(repair.gain),
        "priority": tidy(repair.priority),
        "priority_sum": tidy(repair.priority_sum),
        "moves": [
            {
                "limit": move.id,
                "path": move.field if move.by is not None else f"constraints.{move.id}",
                "from": simplify(move.before),
                "to": simplify(move.after),
                "by": tidy(move.by),
                "unit": move.unit or None,
            }
            for move in repair.moves
        ],
        "settings": list_settings(repair),
        "spending_bn": tidy(repair.spending_bn),
        "extra_budget_bn": tidy(repair.extra_bn),
    }


def simplify(value: Any) -> Any:
    """A value of a patch as JSON takes it: keys as text, numbers made tidy."""
    if isinstance(value, Mapping):
        return {str(key): simplify(inner) for key, inner in value.items()}
    if isinstance(value, float):
        return tidy(value)
    return value


def list_settings(repair: Repair) -> list[str]:
    """The patch as `--set` options."""
    return [
        f"{move.field}={move.after:.12g}" if move.by is not None else f"constraints.{move.id}=null"
        for move in repair.moves
    ]


# The sheet ------------------------------------------------------------------------------------


def describe_diagnosis(scenario: Scenario, record: Record) -> Sheet:
    """Which limits clash, by how much, and a menu of repairs."""
    words = Words(scenario)
    is_idle = record["status"] == "spends_nothing"
    conflicts, repairs = record.get("conflicts") or [], record.get("repairs") or []
    listed = f"{count(len(conflicts), 'conflict')} and {count(len(repairs), 'repair')} are found."
    missing = ", ".join(record.get("missing") or ())
    left = f" No time was left for: {missing}." if missing else ""
    return Sheet(
        name="explain",
        title=f"Why no plan {'spends anything' if is_idle else 'meets every limit'}: {words.title}",
        of=scenario.name,
        short="Why",
        verdict="Every plan that meets the limits spends nothing."
        if is_idle
        else "No plan meets every limit.",
        sentences=[capitalise(listed)],
        parts=[
            list_conflicts(words, record),
            list_repairs(words, repairs),
            keep_table(
                "repairs",
                REPAIR_KEYS,
                [
                    {"repair": number, **move}
                    for number, repair in enumerate(repairs, start=1)
                    for move in repair.get("moves") or ()
                ],
            ),
        ],
        effort=tell_effort(record),
        completeness=Completeness(
            record.get("complete", True),
            proven=f"Whether there are more repairs than these is not known.{left}",
        ),
    )


def list_conflicts(words: Words, record: Record) -> Table:
    """The limits of each conflict: what each can have beside the others, and what it needs."""
    ids = record.get("conflicts") or []
    details = record.get("details") or [[{"id": id_} for id_ in conflict] for conflict in ids]
    alone = "; it cannot be met at all"
    rows = [
        {
            "conflict": number,
            "limit": tell_member(words, member) + (alone if len(conflict) == 1 else ""),
        }
        for number, conflict in enumerate(details, start=1)
        for member in conflict
    ]
    columns = [Column("conflict", "conflict", "count"), Column("limit", "limits that clash")]
    return Table("conflicts", "What clashes", columns, rows, on=SHOWN)


def tell_member(words: Words, member: Record) -> str:
    """A limit of a conflict as have, need and short by."""
    name = name_limit(words, member["id"])
    amounts, unit = [member.get(key) for key in ("have", "need", "short_by")], member.get("unit")
    told = [tell_amount(words, amount, unit or "") for amount in amounts if amount is not None]
    if len(told) < len(amounts):
        return name
    have, need, short = told
    return f"{name}: have {have}, need {need}, short by {short}"


def list_repairs(words: Words, repairs: Sequence[Record]) -> Table:
    """What could give, those that give up least first, each with the patch that does it."""
    rows = [
        {
            "number": number,
            "moves": tell_moves(words, repair),
            "gain": repair.get("gain"),
            "spends": repair.get("spending_bn"),
            "extra": repair.get("extra_budget_bn") or "",
            "patch": " ".join(f"--set '{own}'" for own in repair.get("settings") or ()),
        }
        for number, repair in enumerate(repairs, start=1)
    ]
    columns = [
        Column("number", "repair", "count"),
        Column("moves", "what gives"),
        Column("gain", "then gains", "points", "points"),
        words.money_column("spends", "spends", 1),
        words.money_column("extra", "over budget", 1),
        Column("patch", "to do it"),
    ]
    title = "Repairs, those that give up least first"
    return Table("repairs_shown", title, drop_empty(columns, rows), rows, on=SHOWN)


def tell_moves(words: Words, repair: Record) -> str:
    """What a repair does to each limit."""
    moves = repair.get("moves")
    if not moves:
        return f"Give up {', '.join(name_limit(words, id_) for id_ in repair['gives_up'])}"
    parts = []
    for move in moves:
        name, unit = name_limit(words, move["limit"]), move["unit"] or ""
        if move["by"] is None:
            parts.append(f"drop {name}")
        else:
            before, after = (tell_amount(words, move[end], unit) for end in ("from", "to"))
            parts.append(f"move {name} from {before} to {after}")
    text = " and ".join(parts)
    return capitalise(text)


def tell_repair(words: Words, repair: Record) -> str:
    """A repair as a sentence, with money and the gain it leaves."""
    gain, spent, extra = (repair[key] for key in ("gain", "spending_bn", "extra_budget_bn"))
    told = tell_moves(words, repair)
    if gain is not None:
        told += f"; the best plan then gains {gain:.3f} points"
    if spent is not None:
        told += f" for {words.amount(spent)}"
    if extra and extra > 1e-9:
        told += f", {words.amount(extra)} more than the budget has"
    return f"{told}."
