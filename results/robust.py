"""One plan for several futures, as a record, as tables and on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..inputs.scenario import FUNDED_BN, Scenario
from ..model.equations.evaluate import Plan, Played
from ..model.solving.criteria import CRITERIA, expect, mean_of_worst
from ..model.studies.robust.findings import Robustness, RobustPlan
from .portfolio import by_year
from .screen import make_table, name_years, open_console, plain
from .sheet import tidy

Record = dict[str, Any]

ASKED = {
    "expected": "the largest expected gain",
    "worst": "the largest gain in the worst future",
    "regret": "the smallest regret in any future",
    "cvar": "the largest mean of the worst futures",
}
"""What each criterion asks for, in words."""


def tabulate_robustness(found: Robustness) -> Record:
    """Everything `robust --json` promises; money in $ billion, gains in points, years as text."""
    scenario, chosen = found.scenario, found.chosen
    return {
        "scenario": scenario.name,
        "title": scenario.title,
        "status": found.status,
        "complete": found.is_complete,
        "asked": len(CRITERIA),
        "answered": len(found.proven),
        "criterion": found.criterion,
        "alpha": found.alpha,
        "value": tidy(chosen.value),
        "bound": tidy(chosen.bound),
        "gap": tidy(chosen.gap),
        "first_stage": list_first_stage(found, chosen),
        "shared": [
            {
                "years": [str(year) for year in years],
                "futures": list(members),
                "spending": spend_in(chosen.futures[members[0]].plan, years),
            }
            for members, years in list_shared(found)
        ],
        "futures": {
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
                    i: by_year(own.played.authority[i], scenario.years.first) for i in own.plan
                },
            }
            for id_, own in chosen.futures.items()
        },
        "evpi": None if found.evpi is None else tidy(found.evpi),
        "vss": None if found.vss is None else tidy(found.vss),
        "price_points": tidy(weigh_losses(found, chosen)),
        "committed": None
        if found.committed is None
        else {id_: tidy(gain) for id_, gain in found.committed.items()},
        "criteria": {name: compare_plan(found, plan) for name, plan in found.plans.items()},
        "solves": found.solves,
        "seconds": round(found.seconds, 3),
        **({"notes": dict(found.notes)} if found.notes else {}),
    }


def name_year(year: int | None) -> str | None:
    """A year as text, as in all JSON."""
    return None if year is None else str(year)


def compare_plan(found: Robustness, plan: RobustPlan) -> Record:
    """A plan by one criterion, judged by all of them."""
    gains = {id_: own.gain for id_, own in plan.futures.items()}
    probabilities = {id_: own.probability for id_, own in found.scenario.futures.items()}
    return {
        "value": tidy(plan.value),
        "bound": tidy(plan.bound),
        "gap": tidy(plan.gap),
        "expected": tidy(expect(gains, probabilities)),
        "worst": tidy(min(gains.values())),
        "regret": tidy(max(own.regret for own in plan.futures.values())),
        "cvar": tidy(mean_of_worst(gains, probabilities, found.alpha)),
        "gains": {id_: tidy(gain) for id_, gain in gains.items()},
        "first_stage": list_first_stage(found, plan),
    }


def weigh_losses(found: Robustness, plan: RobustPlan) -> float:
    """What the plan is expected to give up because the future is not known, points."""
    futures = found.scenario.futures
    return sum(futures[id_].probability * own.lost for id_, own in plan.futures.items())


def first_years(scenario: Scenario) -> list[int]:
    """The years in which spending depends on no future."""
    last = scenario.years.last + 1
    known = min(own.known_from or last for own in scenario.futures.values())
    return [year for year in scenario.years.spending if year < known]


def list_first_stage(found: Robustness, plan: RobustPlan) -> dict[str, dict[str, float]]:
    """Spending that is the same in every future, by instrument and year."""
    any_future = next(iter(plan.futures.values()))
    return spend_in(any_future.plan, first_years(found.scenario))


def spend_in(plan: Plan, years: list[int]) -> dict[str, dict[str, float]]:
    """What a plan spends in some years, instruments without any left out."""
    found = {
        i: {
            str(t): float(tidy(bn) or 0.0) for t, bn in own.items() if t in years and bn > FUNDED_BN
        }
        for i, own in plan.items()
    }
    return {i: own for i, own in found.items() if own}


def list_shared(found: Robustness) -> list[tuple[tuple[str, ...], list[int]]]:
    """Futures that spend alike, with the years in which they do, in order of time."""
    spans: dict[tuple[str, ...], list[int]] = {}
    for year, members in found.shared.items():
        spans.setdefault(members, []).append(year)
    return list(spans.items())


def add_up(scenario: Scenario, played: Played) -> dict[str, float | None]:
    """Authority with launch costs over all years, by area, $ billion."""
    totals = dict.fromkeys(scenario.areas, 0.0)
    for id_, own in scenario.instruments.items():
        totals[own.area] += float(played.authority[id_].sum() + played.launch_costs[id_].sum())
    return {area: tidy(total) for area, total in totals.items()}


Tables = dict[str, tuple[list[str], list[dict[str, Any]]]]


def list_tables(record: Mapping[str, Any]) -> Tables:
    """The CSV files of a run: futures, spending by future, and the four criteria."""
    futures = [
        {"future": id_, **{key: own[key] for key in FUTURE_COLUMNS[1:]}}
        for id_, own in record["futures"].items()
    ]
    spending = [
        {"future": id_, "instrument": i, "year": year, "bn": bn}
        for id_, own in record["futures"].items()
        for i, years in own["spending"].items()
        for year, bn in years.items()
    ]
    criteria = [
        {"criterion": name, **{key: plan[key] for key in CRITERIA_COLUMNS[1:]}}
        for name, plan in record["criteria"].items()
    ]
    return {
        "futures": (FUTURE_COLUMNS, futures),
        "futures_spending": (["future", "instrument", "year", "bn"], spending),
        "criteria": (CRITERIA_COLUMNS, criteria),
    }


FUTURE_COLUMNS = ["future", "probability", "gain", "own_best", "regret", "regret_points"]
CRITERIA_COLUMNS = ["criterion", "value", "gap", *CRITERIA]


# The screen -----------------------------------------------------------------------------------


def show_robustness(found: Robustness) -> None:
    """Prints the plan to follow now, what each future then does, and what knowing is worth."""
    console = open_console()
    scenario = found.scenario
    title = plain(scenario.title or scenario.name)
    title.stylize("bold")
    title.append(f"  [{scenario.name}]\n", "default")
    title.append(tell_headline(found))
    console.print(title)
    console.print()
    years = first_years(scenario)
    if years:
        console.print(first_stage_table(found, years))
        console.print()
    console.print(future_table(found))
    for line in tell_shared(found):
        console.print(plain(line))
    console.print()
    console.print(criteria_table(found))
    console.print()
    console.print(plain(tell_worth(found), 1000))
    if not found.is_complete:
        console.print(plain(tell_proven(len(found.proven))))


def tell_proven(criteria: int) -> str:
    """What there was time for, where it was not all.

    >>> tell_proven(1)
    'The time was over: the best plan is proven by 1 of 4 criteria, the rest is not known.'
    """
    told = f"the best plan is proven by {criteria} of {len(CRITERIA)} criteria"
    return f"The time was over: {told}, the rest is not known."


def tell_value(name: str, value: float) -> str:
    """A criterion's value in its unit.

    >>> tell_value("regret", 0.0213), tell_value("worst", 2.5)
    ('2.13%', '2.500 points')
    """
    return f"{value:.2%}" if name == "regret" else f"{value:.3f} points"


def tell_headline(found: Robustness) -> str:
    """What was asked for, what was found, and what is proven."""
    name, chosen = found.criterion, found.chosen
    asked = ASKED[name]
    if name == "cvar":
        asked = f"the largest mean gain of the worst {found.alpha:.0%}"
    bound = tell_value(name, chosen.bound)
    side = "less than" if name == "regret" else "more than"
    gap = f"{chosen.gap:.2%}"
    ended = "" if found.status == "optimal" else "; the time ended before more was proven"
    proof = f"no plan has {side} {bound} (gap {gap}{ended})"
    return (
        f"One plan for {count(len(found.scenario.futures), 'future')}, by {asked}: "
        f"{tell_value(name, chosen.value)}; {proof}."
    )


def count(number: int, what: str) -> str:
    """A number with its noun.

    >>> count(1, "future"), count(7, "future")
    ('1 future', '7 futures')
    """
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def first_stage_table(found: Robustness, years: list[int]) -> Any:
    """What to spend before any future is known."""
    spending = list_first_stage(found, found.chosen)
    instruments = found.scenario.instruments
    rows = [
        [instruments[i].title or i, *(tell_bn(own.get(str(year))) for year in years)]
        for i, own in spending.items()
    ]
    totals = [sum(own.get(str(year), 0.0) for own in spending.values()) for year in years]
    rows.append(["all, without launch costs", *(tell_bn(total) for total in totals)])
    span = name_years(years)
    table = make_table([f"Now, whatever comes ({span}), $ bn", *map(str, years)], rows)
    table.columns[0].max_width = 44
    return table


def tell_bn(amount: float | None) -> str:
    """An amount, or nothing where there is none.

    >>> tell_bn(0.5), tell_bn(None)
    ('0.50', '')
    """
    return f"{amount:.2f}" if amount else ""


def future_table(found: Robustness) -> Any:
    """The gain in each future beside the best had it been known, and what is then done."""
    common = set.intersection(*(set(own.plan) for own in found.chosen.futures.values()))
    rows = []
    for id_, own in found.chosen.futures.items():
        future = found.scenario.futures[id_]
        extra = [i for i in own.plan if i not in common]
        rows.append(
            [
                future.title or id_,
                f"{future.probability:.0%}",
                str(future.known_from or "never"),
                f"{own.gain:.3f}",
                f"{own.own_best:.3f}",
                f"{own.regret:.2%}",
                ", ".join(extra) or "-",
            ]
        )
    columns = ["Future", "chance", "known", "gain", "own best", "regret", "funded only in some"]
    table = make_table(columns, rows, texts=(0, 6))
    table.columns[0].max_width = 34
    table.columns[6].max_width = 60
    return table


def tell_shared(found: Robustness) -> list[str]:
    """Which futures go on alike after the first of them is known."""
    lines = []
    for members, years in list_shared(found):
        if len(members) < len(found.scenario.futures):
            lines.append(f"{name_years(years)}: one plan still for {', '.join(members)}.")
    return lines


def criteria_table(found: Robustness) -> Any:
    """Each criterion's own plan, judged by all four."""
    rows = []
    for name, plan in found.plans.items():
        judged = compare_plan(found, plan)
        rows.append(
            [
                f"{name}{' (this one)' if name == found.criterion else ''}",
                f"{judged['expected']:.3f}",
                f"{judged['worst']:.3f}",
                f"{judged['regret']:.2%}",
                f"{judged['cvar']:.3f}",
                f"{plan.gap:.2%}",
            ]
        )
    worst = f"worst {found.alpha:.0%}"
    columns = ["Plan by", "expected", "worst", "regret", worst, "gap"]
    return make_table(columns, rows)


def tell_worth(found: Robustness) -> str:
    """What it is worth to know, and to think of futures at all."""
    price = weigh_losses(found, found.chosen)
    adds = "what is not known" if found.evpi is None else f"{found.evpi:.3f} points on average"
    lines = [
        f"Knowing the future at once would add {adds} (EVPI).",
        f"This plan gives up {price:.3f} points on average against each future's own best.",
    ]
    if found.vss is not None:
        lines.append(
            f"Keeping the plan without futures until they are known would lose {found.vss:.3f} "
            "points on average against the best expected gain (VSS)."
        )
    else:
        lines.append(f"VSS cannot be told: {found.notes.get('vss', '')}.")
    return " ".join(lines)
