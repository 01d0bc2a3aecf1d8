"""What `robust` says: one plan for several futures, and what each of them then does."""

from __future__ import annotations

from typing import Any

from ...inputs.scenario import FUNDED_BN, Scenario
from ...model.equations.evaluate import Plan, Played
from ...model.solving.criteria import CRITERIA, expect, mean_of_worst
from ...model.studies.robust.findings import Robustness, RobustPlan
from ..sheet import (
    BOOK,
    PAGE,
    SHOWN,
    Column,
    Completeness,
    Record,
    Sheet,
    Table,
    name_years,
    tidy,
)
from .portfolios import tidy_all
from .words import Words, count, drop_empty, keep_table, name_fully, tell_effort

ONE_PLAN = "One plan for several futures"

ASKED = {
    "expected": "the largest expected gain",
    "worst": "the largest gain in the worst future",
    "regret": "the smallest regret in any future",
    "cvar": "the largest mean gain of the worst {alpha}",
}
"""What each criterion asks for, in words."""

JUDGED_BY = {
    "expected": "expected gain",
    "worst": "smallest gain",
    "regret": "largest regret",
    "cvar": "mean of the worst {alpha}",
}
"""What each criterion looks at."""

FUTURE_KEYS = (
    *("future", "probability", "gain", "own_best", "regret", "regret_points"),
    *("own_bound", "known_from", "title"),
)
CRITERIA_KEYS = ("criterion", "value", "gap", *CRITERIA, "bound")
SPENDING_KEYS = ("future", "instrument", "year", "bn")
"""The columns of a run's tables."""


def tabulate(robustness: Robustness) -> Record:
    """Everything `robust --json` promises; gains in points, years as text."""
    scenario, chosen = robustness.scenario, robustness.chosen
    return {
        "scenario": scenario.name,
        "title": scenario.title,
        "status": robustness.status,
        "complete": robustness.is_complete,
        "asked": len(CRITERIA),
        "answered": len(robustness.proven),
        "criterion": robustness.criterion,
        "alpha": robustness.alpha,
        "value": tidy(chosen.value),
        "bound": tidy(chosen.bound),
        "gap": tidy(chosen.gap),
        "first_stage": list_first_stage(robustness, chosen),
        "shared": [
            {
                "years": [str(year) for year in years],
                "futures": list(members),
                "spending": spend_in(chosen.futures[members[0]].plan, years),
            }
            for members, years in list_shared(robustness)
        ],
        "futures": tabulate_futures(scenario, chosen),
        "evpi": tidy(robustness.evpi),
        "vss": tidy(robustness.vss),
        "price_points": tidy(weigh_losses(scenario, chosen)),
        "committed": None if robustness.committed is None else tidy_all(robustness.committed),
        "criteria": {n: compare_plan(robustness, plan) for n, plan in robustness.plans.items()},
        "solves": robustness.solves,
        "seconds": round(robustness.seconds, 3),
        **({"notes": dict(robustness.notes)} if robustness.notes else {}),
    }


def tabulate_futures(scenario: Scenario, chosen: RobustPlan) -> Record:
    """What the plan does and gains in each future."""
    return {
        id_: {
            "title": scenario.futures[id_].title,
            "probability": tidy(scenario.futures[id_].probability),
            "known_from": name_year(scenario.futures[id_].known_from),
            "gain": tidy(own.gain),
            "own_best": tidy(own.own_best),
            "own_bound": tidy(own.own_bound),
            "regret": tidy(own.regret),
            "regret_points": tidy(own.lost),
            "areas": add_up(own.scenario, own.played),
            "funded": list(own.plan),
            "spending": {
                i: {
                    str(year): tidy(float(bn))
                    for year, bn in enumerate(own.played.authority[i], scenario.years.first)
                    if bn > FUNDED_BN
                }
                for i in own.plan
            },
        }
        for id_, own in chosen.futures.items()
    }


def name_year(year: int | None) -> str | None:
    """A year as text, as in all JSON."""
    return None if year is None else str(year)


def compare_plan(robustness: Robustness, plan: RobustPlan) -> Record:
    """A plan by one criterion, judged by all of them."""
    gains = {id_: own.gain for id_, own in plan.futures.items()}
    probabilities = {id_: own.probability for id_, own in robustness.scenario.futures.items()}
    return {
        "value": tidy(plan.value),
        "bound": tidy(plan.bound),
        "gap": tidy(plan.gap),
        "expected": tidy(expect(gains, probabilities)),
        "worst": tidy(min(gains.values())),
        "regret": tidy(max(own.regret for own in plan.futures.values())),
        "cvar": tidy(mean_of_worst(gains, probabilities, robustness.alpha)),
        "gains": tidy_all(gains),
        "first_stage": list_first_stage(robustness, plan),
    }


def weigh_losses(scenario: Scenario, plan: RobustPlan) -> float:
    """What the plan is expected to give up because the future is not known, points."""
    return sum(scenario.futures[id_].probability * own.lost for id_, own in plan.futures.items())


def first_years(scenario: Scenario) -> list[int]:
    """The years in which spending depends on no future."""
    last = scenario.years.last + 1
    known = min(own.known_from or last for own in scenario.futures.values())
    return [year for year in scenario.years.spending if year < known]


def list_first_stage(robustness: Robustness, plan: RobustPlan) -> dict[str, dict[str, float]]:
    """Spending that is the same in every future, by instrument and year."""
    any_future = next(iter(plan.futures.values()))
    return spend_in(any_future.plan, first_years(robustness.scenario))


def spend_in(plan: Plan, years: list[int]) -> dict[str, dict[str, float]]:
    """What a plan spends in some years, instruments without any left out."""
    spent = {
        i: {
            str(t): float(tidy(bn) or 0.0) for t, bn in own.items() if t in years and bn > FUNDED_BN
        }
        for i, own in plan.items()
    }
    return {i: own for i, own in spent.items() if own}


def list_shared(robustness: Robustness) -> list[tuple[tuple[str, ...], list[int]]]:
    """Futures that spend alike, with the years in which they do, in order of time."""
    spans: dict[tuple[str, ...], list[int]] = {}
    for year, members in robustness.shared.items():
        spans.setdefault(members, []).append(year)
    return list(spans.items())


def add_up(scenario: Scenario, played: Played) -> dict[str, float | None]:
    """Authority with launch costs over all years, by area."""
    totals = dict.fromkeys(scenario.areas, 0.0)
    for id_, own in scenario.instruments.items():
        totals[own.area] += float(played.authority[id_].sum() + played.launch_costs[id_].sum())
    return tidy_all(totals)


# The sheet ------------------------------------------------------------------------------------


def describe(scenario: Scenario, record: Record, findings: Any = None) -> Sheet:
    """The plan to follow now, what each future then does, and what knowing is worth."""
    del findings
    words = Words(scenario)
    return Sheet(
        name="robust",
        title=f"{ONE_PLAN}: {words.title}",
        heading=ONE_PLAN,
        of=scenario.name,
        short="Futures",
        verdict=tell_plan(record),
        sentences=[*tell_worth(record), *tell_shared(words, record)],
        parts=[
            *list_now(words, record),
            *list_futures(words, record),
            *list_criteria(record),
        ],
        effort=tell_effort(record),
        completeness=Completeness(
            record.get("complete") is not False,
            record.get("answered"),
            record.get("asked", len(CRITERIA)),
            "criteria",
            ""
            if record.get("vss") is not None
            else "What planning for the futures adds is not known.",
        ),
    )


def tell_criterion(texts: dict[str, str], name: str, record: Record) -> str:
    """A criterion in words; `cvar` with its share."""
    alpha = record.get("alpha")
    share = "ones" if alpha is None else f"{alpha:.0%}"
    return texts[name].format(alpha=share)


def tell_value(name: str, value: float | None) -> str:
    """A criterion's value in its unit.

    >>> tell_value("regret", 0.0213), tell_value("worst", 2.5), tell_value("worst", None)
    ('2.13%', '2.500 points', 'not known')
    """
    if value is None:
        return "not known"
    return f"{value:.2%}" if name == "regret" else f"{value:.3f} points"


def tell_plan(record: Record) -> str:
    """What was asked for, what was found, and what is proven."""
    name = record["criterion"]
    told = (
        f"One plan for {count(len(record['futures']), 'future')}, by "
        f"{tell_criterion(ASKED, name, record)}: {tell_value(name, record['value'])}"
    )
    bound, gap = record.get("bound"), record.get("gap")
    if bound is None or gap is None:
        return f"{told}."
    side = "less than" if name == "regret" else "more than"
    is_whole = record.get("status", "optimal") == "optimal"
    ended = "" if is_whole else "; the time ended before more was proven"
    return f"{told}; no plan has {side} {tell_value(name, bound)} (gap {gap:.2%}{ended})."


def tell_worth(record: Record) -> list[str]:
    """What it is worth to know, and to think of futures at all."""
    sentences = ["What knowing the future at once would add is not known (EVPI)."]
    if record.get("evpi") is not None:
        added = f"{record['evpi']:.3f} points on average"
        sentences = [f"Knowing the future at once would add {added} (EVPI)."]
    if record.get("price_points") is not None:
        sentences.append(
            f"This plan gives up {record['price_points']:.3f} points on average against each "
            "future's own best."
        )
    why = (record.get("notes") or {}).get("vss")
    if record.get("vss") is not None:
        sentences.append(
            f"Keeping the plan without futures until they are known would lose "
            f"{record['vss']:.3f} points on average against the best expected gain (VSS)."
        )
    elif why:
        sentences.append(f"What planning for the futures adds (VSS) cannot be told: {why}.")
    return sentences


def tell_shared(words: Words, record: Record) -> list[str]:
    """Which futures go on alike after the first of them is known."""
    titles = name_fully(words.scenario.futures)
    return [
        f"{name_years(span['years'])}: one plan still for "
        f"{'; '.join(titles.get(id_, id_) for id_ in span['futures'])}."
        for span in record.get("shared") or ()
        if len(span["futures"]) < len(record["futures"])
    ]


def list_now(words: Words, record: Record) -> list[Table]:
    """What to spend before any future is known."""
    spent = record["first_stage"]
    years = sorted({year for by_year in spent.values() for year in by_year})
    if not years:
        return []
    rows = [{"programme": words.programmes.get(i, i), **by_year} for i, by_year in spent.items()]
    totals = {year: sum(by_year.get(year, 0.0) for by_year in spent.values()) for year in years}
    rows.append({"programme": "all, without launch costs", **totals})
    columns = [Column("programme", "programme"), *(Column(t, t, "money") for t in years)]
    title = f"Now, whatever comes ({name_years(years)}), {words.money}"
    return [Table("now", title, columns, rows, on=SHOWN)]


def list_futures(words: Words, record: Record) -> list[Table]:
    """The gain in each future beside the best had it been known, and what is then done."""
    titles = name_fully(words.scenario.futures)
    futures = record["futures"]
    funded = [set(own.get("funded") or ()) for own in futures.values()]
    always = set.intersection(*funded) if funded else set()
    rows = [
        {
            "future": id_,
            **own,
            "known_from": own.get("known_from") or "never",
            "only": [i for i in own.get("funded") or () if i not in always] or "",
            **{f"area:{area}": bn for area, bn in (own.get("areas") or {}).items()},
        }
        for id_, own in futures.items()
    ]
    future = Column("future", "future", "title", titles=titles)
    columns = [
        future,
        Column("probability", "chance", "share", digits=0),
        Column("known_from", "known from"),
        Column("gain", "gain", "points", "points"),
        Column("own_best", "best there", "points", "points"),
        Column("regret", "regret", "share", digits=2),
        words.programmes_column("only", "funded only in some"),
    ]
    by_area = [
        Column(f"area:{area}", title, "money", words.money, 1)
        for area, title in words.areas.items()
    ]
    spending = [
        {"future": id_, "instrument": i, "year": year, "bn": bn}
        for id_, own in futures.items()
        for i, by_year in (own.get("spending") or {}).items()
        for year, bn in by_year.items()
    ]
    on_page = frozenset({PAGE, BOOK})
    there = [Table("futures_areas", "Spending by future", [future, *by_area], rows, on=on_page)]
    return [
        Table("futures", "What each future brings", drop_empty(columns, rows), rows, on=SHOWN),
        *(there if any(own.get("areas") for own in futures.values()) else []),
        keep_table("futures", FUTURE_KEYS, rows),
        keep_table("futures_spending", SPENDING_KEYS, spending),
    ]


def list_criteria(record: Record) -> list[Table]:
    """Each criterion's own plan, judged by all four."""
    plans = record.get("criteria") or {}
    rows = [
        {
            **plan,
            "criterion": name,
            "by": tell_criterion(JUDGED_BY, name, record),
            "asked": name == record["criterion"] or "",
        }
        for name, plan in plans.items()
    ]
    columns = [
        Column("by", "best plan by"),
        Column("asked", "this one", "yes"),
        *(
            Column(
                name,
                tell_criterion(JUDGED_BY, name, record),
                "share" if name == "regret" else "points",
                "" if name == "regret" else "points",
                2 if name == "regret" else 3,
            )
            for name in CRITERIA
        ),
        Column("gap", "proven gap", "share", digits=2),
    ]
    return [
        Table(
            "criteria", "The best plan by each criterion, judged by all", columns, rows, on=SHOWN
        ),
        keep_table("criteria", CRITERIA_KEYS, rows),
    ]
