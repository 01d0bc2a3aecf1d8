"""The verdict on each programme, from a plan and what studies kept beside it say of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..sheet import Column, Record, Table
from .plan_tables import SMALL, pick_doubtful
from .portfolios import CORE, EXTERIOR, classify
from .rows import list_spending, sum_programmes
from .shares import tell_classes
from .words import Words, join_words

FEW = 3
"""Effects that are named."""

SURE, DEPENDS, NEVER = "fund anyway", "depends on the weights", "leave"
ADVICE = {"core": SURE, "borderline": DEPENDS, "exterior": NEVER}
"""What the share of weightings under which a programme is funded advises."""

IN, OUT = "in this plan", "not in this plan"
"""All there is to say of a programme without a study of weights."""

ORDER = (SURE, IN, DEPENDS, OUT, NEVER)

OVER_WEIGHTS = ("sensitivity map", "sensitivity weights")
"""Studies that tell under which weightings a programme is funded, the better one first."""

NO_WEIGHTS = (
    "Which programmes depend on the weights was not asked: stratafolio sensitivity map or weights, "
    "with the same --out, would tell."
)
NO_RANGES = (
    "How far the money may move without losing much was not asked: stratafolio alternatives, with "
    "the same --out, would tell."
)


def list_verdict(
    words: Words, record: Record, feeds: Sequence[Record], studies: Mapping[str, Record]
) -> Table:
    """Each programme: fund it anyway, weigh it or leave it; its money, and how sure that is."""
    shares, ranges = find_shares(studies), find_ranges(studies)
    totals = sum_programmes(list_spending(words.scenario, record))
    carried: dict[str, float] = {}
    for row in feeds:
        carried[row["instrument"]] = carried.get(row["instrument"], 0.0) + row["gain"]
    gain = record["gain"]
    rows: list[Record] = []
    for id_ in words.programmes:
        bn = totals.get(id_, 0.0)
        share = None if shares is None else shares.get(id_)
        advice = (IN if bn > 0 else OUT) if share is None else ADVICE[classify(share)]
        rows.append(
            {
                "id": id_,
                "advice": advice,
                "bn": bn,
                "between": None if ranges is None else ranges.get(id_),
                "share": share,
                "carries": carried.get(id_, 0.0) / gain if gain > SMALL else None,
            }
        )
    rows.sort(key=lambda row: (ORDER.index(row["advice"]), -row["bn"]))
    columns = [
        words.programme_column(),
        Column("advice", "verdict"),
        words.money_column("bn", "in this plan"),
    ]
    if ranges is not None:
        kept = studies["alternatives"]
        so_far = "" if kept.get("complete", True) else ", as far as known"
        between = f"within {100 * kept['within']:.3g}% of the best gain{so_far}"
        columns.append(Column("between", between, "range", words.money))
    if shares is not None:
        columns.append(Column("share", "weightings that fund it", "share"))
    columns.append(Column("carries", "of the gain", "share", digits=0, absent=""))
    without = any(row["advice"] == SURE and (row["between"] or [1.0])[0] == 0 for row in rows)
    note = " ".join([*tell_grounds(studies), *([WITHOUT] if without else []), CARRIES])
    return Table("verdict", "The verdict on each programme", columns, rows, note, most=len(rows))


WITHOUT = (
    "A range that begins at 0.00 says that, at the scenario's own weights, a plan so near the best "
    "does without the programme."
)

CUT_SHORT = (
    "The study of weights that says so was cut short: with plans that it has not found it may be "
    "otherwise."
)

CARRIES = (
    "Of the gain: what is lost of it without the programme's effects, the plan kept; effects that "
    "help each other count twice."
)


def tell_grounds(studies: Mapping[str, Record]) -> list[str]:
    """What the verdicts rest on, or which studies would tell."""
    told = []
    command = find_study(studies)
    if command is None:
        told.append(NO_WEIGHTS)
    else:
        kept = studies[command]
        of = f"a map at a tolerance of {100 * kept['tolerance']:.3g}% of the best gain"
        if command == "sensitivity weights":
            of = f"{kept['samples']:,} weightings drawn at random"
        cut = "" if kept.get("complete", True) else ", cut short"
        told.append(
            f"Fund anyway: funded under {CORE:.0%} of the weightings or more; leave: under "
            f"{EXTERIOR:.0%} or fewer, by {of}{cut}."
        )
    ranges = studies.get("alternatives")
    if ranges is None:
        told.append(NO_RANGES)
    elif not ranges.get("complete", True):
        told.append("The search for the ends of the ranges was cut short: they may be wider.")
    return told


def find_study(studies: Mapping[str, Record]) -> str | None:
    """The study that tells under which weightings programmes are funded, a whole one if any is."""
    told = [
        command
        for command in OVER_WEIGHTS
        if studies.get(command, {}).get("core_index") or studies.get(command, {}).get("instruments")
    ]
    return min(told, key=lambda own: not studies[own].get("complete", True), default=None)


def find_shares(studies: Mapping[str, Record]) -> dict[str, float] | None:
    """The share of weightings under which each programme is funded, if a study tells."""
    command = find_study(studies)
    if command is None:
        return None
    if command == "sensitivity map":
        told = studies[command]["core_index"]
        return {id_: float(share or 0.0) for id_, share in told.items()}
    return {row["id"]: float(row["funded_share"]) for row in studies[command]["instruments"]}


def find_ranges(studies: Mapping[str, Record]) -> dict[str, list[float | None]] | None:
    """The least and the most that programmes get in plans nearly as good, if a study tells."""
    kept = studies.get("alternatives")
    if kept is None or kept["best_gain"] is None:
        return None
    return dict(kept["ranges"]["instruments"])


def tell_advice(studies: Mapping[str, Record]) -> str:
    """How many programmes are right whatever counts, if a study tells; and if it was cut short."""
    shares = find_shares(studies)
    if shares is None:
        return ""
    return f"{tell_classes(shares)} {tell_cut(studies)}".strip()


def tell_cut(studies: Mapping[str, Record]) -> str:
    """That the study which tells what depends on the weights was cut short, where it was."""
    command = find_study(studies)
    is_cut = command is not None and not studies[command].get("complete", True)
    return CUT_SHORT if is_cut else ""


def tell_rests(words: Words, record: Record, feeds: Sequence[Record]) -> tuple[str, ...]:
    """How much of the gain rests on figures that are judgement or of low confidence."""
    gain = record["gain"]
    if gain <= 0:
        return ("Nothing is gained, so nothing rests on any figure.",)
    doubtful = sum(row["gain"] for row in pick_doubtful(words, feeds))
    most = sorted(feeds, key=lambda row: -row["gain"])[:FEW]
    told = [
        f"{words.programmes[row['instrument']]} for {words.layers[row['layer']]} "
        f"({row['gain'] / gain:.0%})"
        for row in most
        if row["gain"] > 0
    ]
    hangs = (
        f"{min(1.0, max(0.0, doubtful / gain)):.0%} of the gain hangs on effects whose size is "
        "judgement, of low confidence or of none given."
    )
    return hangs, f"The effects that carry most of it: {join_words(told)}." if told else ""
