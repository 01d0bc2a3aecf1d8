"""What `sensitivity stakeholders` says: what each would fund, what all would, and least regret."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from ...inputs.scenario import Scenario
from ...model.studies.stakeholders.findings import Ground, LeastRegret, Regrets, Wish
from ..charts import lines_and_bars
from ..sheet import SHOWN, Chart, Column, Completeness, Record, Sheet, Table, tidy
from .alike import find_largest
from .portfolios import tidy_all, total_areas, total_instruments
from .stakeholder_tables import list_tidy
from .words import Words, capitalise, count, join_words, name_fully, tell_counts, tell_effort

ABOUT: Mapping[str | None, str] = {
    "values": "values alone",
    "facts": "facts alone",
    "both": "both",
    None: "something that is not known",
}
"""What a dispute is about, in the order told."""

# The record -----------------------------------------------------------------------------------


def tabulate(scenario: Scenario, ground: Ground) -> Record:
    """Everything `sensitivity stakeholders --json` promises."""
    common = ground.common
    return {
        "scenario": scenario.name,
        "title": scenario.title,
        "tolerance": tidy(ground.tolerance),
        "complete": ground.complete,
        "missing": list(ground.missing),
        "stakeholders": {
            id_: tabulate_wish(scenario, id_, own) for id_, own in ground.wishes.items()
        },
        "common": common
        and {
            "funded": list(common.funded),
            "not_funded": list(common.not_funded),
            "disputed": [dispute.instrument for dispute in common.disputes],
            "disputes": {
                dispute.instrument: {"over": dispute.over, **dispute.verdicts_by_kind}
                for dispute in common.disputes
            },
        },
        "regret_of": {id_: tidy_all_known(own.shares) for id_, own in ground.regret_of.items()},
        "least_regret": ground.least_regret
        and tabulate_least(scenario, ground.least_regret, ground.regret_of),
        "solves": ground.solves,
        "linear_solves": ground.linear_solves,
        "seconds": round(ground.seconds, 3),
    }


def tabulate_wish(scenario: Scenario, id_: str, own: Wish) -> Record:
    """One stakeholder: what they weigh and believe, and what they would do."""
    shares = own.funded_share
    return {
        "title": scenario.stakeholders[id_].title,
        "weights": dict(zip(scenario.layers, map(tidy, own.weights.tolist()), strict=True)),
        "is_region": own.is_region,
        "drawn": own.drawn,
        "has_beliefs": bool(scenario.stakeholders[id_].beliefs),
        "gain": tidy(own.gain),
        "bound": tidy(own.bound),
        "areas": dict.fromkeys(scenario.areas)
        if own.plan is None
        else tidy_all(total_areas(own.world or scenario, own.plan)),
        "spending": None
        if own.plan is None
        else tidy_all(total_instruments(own.world or scenario, own.plan)),
        "funded": None if own.plan is None else list(own.plan),
        "funded_share": None if shares is None else tidy_all(shares),
        "why": own.why,
    }


def tabulate_least(
    scenario: Scenario, least: LeastRegret, regret_of: Mapping[str, Regrets]
) -> Record:
    """The least regretted plan, and the stakeholder whose own plan is regretted least."""
    largest = {id_: own.largest for id_, own in regret_of.items()}
    whole = {
        id_: share
        for id_, share in largest.items()
        if share is not None and None not in regret_of[id_].shares.values()
    }
    return {
        "areas": tidy_all(total_areas(scenario, least.plan)),
        "funded": list(least.plan),
        "spending": tidy_all(total_instruments(scenario, least.plan)),
        "by_year": {
            i: {str(year): tidy(bn) for year, bn in years.items()}
            for i, years in least.plan.items()
        },
        "regret": tidy_all_known(least.regrets.shares),
        "regret_points": tidy_all_known(least.regrets.points),
        "largest": tidy(least.regrets.largest),
        "proven_at_least": tidy(least.proven_at_least),
        "set_aside": list(least.set_aside),
        "best_own": min(whole, key=lambda id_: whole[id_], default=None),
    }


def tidy_all_known(amounts: Mapping[str, float | None]) -> Record:
    """Numbers as a record holds them, those not known among them."""
    return {id_: tidy(amount) for id_, amount in amounts.items()}


# The sheet ------------------------------------------------------------------------------------


def describe(scenario: Scenario, record: Record, findings: Any = None) -> Sheet:
    """Each stakeholder alone, the common ground, and the least regretted plan."""
    del findings
    words = Words(scenario)
    people = name_fully(scenario.stakeholders)
    return Sheet(
        name="sensitivity-stakeholders",
        title=words.title,
        of=scenario.name,
        short="Stakeholders",
        heading="What each side would fund",
        verdict=tell_common(record),
        sentences=tell_rest(people, record),
        parts=[
            list_people(words, people, record),
            *list_agreed(words, record),
            *list_disputes(words, people, record),
            *list_regrets(people, record),
            list_least(words, record),
            *list_tidy(words, record),
        ],
        notes=tell_notes(record),
        effort=tell_effort(record),
        completeness=tell_completeness(record),
    )


def tell_completeness(record: Record) -> Completeness:
    """What is not known, and what is proven all the same."""
    if record["complete"]:
        return Completeness()
    lacking = f"Not known: {', '.join(record['missing'])}." if record["missing"] else ""
    least = record["least_regret"]
    proven = ""
    if least is not None and least["proven_at_least"]:
        proven = f"Proven: no plan's largest regret is below {least['proven_at_least']:.2%}."
    elif least is not None:
        proven = "How small the largest regret can be is not known."
    return Completeness(False, proven=" ".join(filter(None, (lacking, proven))))


def tell_common(record: Record) -> str:
    """How much is common ground, in a sentence."""
    common = record["common"]
    if common is None:
        return "What the stakeholders have in common is not known."
    asked = sum(own["funded"] is not None for own in record["stakeholders"].values())
    funded, disputed = len(common["funded"]), len(common["disputed"])
    if asked == 1:
        return f"The one stakeholder with a plan would fund {count(funded, 'programme')}."
    everybody = "both stakeholders" if asked == 2 else f"all {asked} stakeholders"
    would = f"would be funded by {everybody}"
    agreed = tell_counts(
        (funded, f"programme {would}", f"programmes {would}"),
        (len(common["not_funded"]), "by none"),
        none="no",
    )
    return f"{capitalise(agreed)}; {tell_counts((disputed, 'is disputed', 'are disputed'))}."


def tell_rest(people: Mapping[str, str], record: Record) -> list[str]:
    """What disputes are about, the least regretted plan, and who is left out."""
    said = []
    common = record["common"]
    if common and common["disputed"]:
        said.append(tell_disputes([own["over"] for own in common["disputes"].values()]))
    least = record["least_regret"]
    if least is not None and least["largest"] is not None:
        said.append(tell_least(people, least))
        said += [
            f"{people.get(id_, id_)} believes in a world in which no plan that the others can keep "
            "can be kept: the plan was made without."
            for id_ in least["set_aside"]
        ]
    said += [
        f"{people.get(id_, id_)} is left out: {own['why']}."
        for id_, own in record["stakeholders"].items()
        if own["why"]
    ]
    return said


def tell_disputes(kinds: Sequence[str | None]) -> str:
    """What each dispute is about, counted.

    >>> tell_disputes(["facts"])
    'The dispute is about facts alone.'
    >>> tell_disputes(["both", "values", "both"])
    'Of the 3 disputes 1 is about values alone, 2 are about both.'
    """
    parts = [
        (kinds.count(kind), f"about {about}") for kind, about in ABOUT.items() if kind in kinds
    ]
    if len(parts) == 1:
        number, about = parts[0]
        return f"The dispute is {about}." if number == 1 else f"All {number} disputes are {about}."
    told = tell_counts(*((number, f"is {about}", f"are {about}") for number, about in parts))
    return f"Of the {len(kinds)} disputes {told}."


def tell_least(people: Mapping[str, str], least: Record) -> str:
    """The least regretted plan in a sentence."""
    known = {people.get(id_, id_): own for id_, own in least["regret"].items() if own is not None}
    told = (
        f"The plan that none regrets much costs nobody more than {least['largest']:.2%} of the "
        f"best gain in the world they believe in (most for {join_words(find_largest(known))})"
    )
    if least["proven_at_least"] or (least["proven_at_least"] == 0 and not least["largest"]):
        told += f"; proven: no plan brings this below {least['proven_at_least']:.2%}"
    return f"{told}."


def list_people(words: Words, people: Mapping[str, str], record: Record) -> Table:
    """What each would do alone."""
    rows = [
        {
            "id": id_,
            "stands": "region" if own["is_region"] else "weights",
            "beliefs": own["has_beliefs"],
            "gain": own["gain"],
            "count": None if own["funded"] is None else len(own["funded"]),
            **own["areas"],
        }
        for id_, own in record["stakeholders"].items()
    ]
    columns = [
        Column("id", "stakeholder", "title", titles=people),
        Column("stands", "stands for"),
        Column("beliefs", "own beliefs", "yes"),
        Column("gain", "gain", "points"),
        Column("count", "programmes", "count"),
        *words.area_columns(),
    ]
    note = "Gain: of their own best plan, by their own weights, in the world they believe in."
    if any(own["is_region"] for own in record["stakeholders"].values()):
        note += " Of a region the plan is the best one in its middle."
    return Table("stakeholders", "What each would do alone", columns, rows, note=note, on=SHOWN)


def list_agreed(words: Words, record: Record) -> list[Table]:
    """What all would fund, and what none would."""
    common = record["common"]
    if common is None:
        return []
    rows = [
        {"id": id_, "verdict": verdict, **least_money(record, id_)}
        for verdict, key in (("all", "funded"), ("none", "not_funded"))
        for id_ in common[key]
    ]
    columns = [
        words.programme_column(),
        Column("verdict", "funded by"),
        words.money_column("least", "least", 1, absent=""),
        words.money_column("most", "most", 1, absent=""),
    ]
    note = "Least and most: over the stakeholders' own best plans, in all years."
    return [Table("common", "Common ground", columns, rows, note=note, on=SHOWN)]


def least_money(record: Record, id_: str) -> Record:
    """The least and the most that stakeholders' own plans spend on a programme."""
    spent = [
        own["spending"].get(id_, 0.0)
        for own in record["stakeholders"].values()
        if own["spending"] is not None
    ]
    if not any(spent):
        return {"least": None, "most": None}
    return {"least": min(spent), "most": max(spent)}


def list_disputes(words: Words, people: Mapping[str, str], record: Record) -> list[Table]:
    """Who would fund what others would not, and what that is about."""
    common = record["common"]
    if common is None or not common["disputed"]:
        return []
    rows = [
        {
            "id": id_,
            "over": dispute["over"],
            "funds": dispute["funds"] or "",
            "leaves": dispute["leaves"] or "",
            "torn": dispute["torn"] or "",
        }
        for id_, dispute in common["disputes"].items()
    ]
    has_torn = any(row["torn"] for row in rows)
    titles = dict(people)
    columns = [
        words.programme_column(),
        Column("over", "about"),
        Column("funds", "would fund it", "titles", titles=titles),
        Column("leaves", "would not", "titles", titles=titles),
        *([Column("torn", "torn", "titles", titles=titles)] if has_torn else []),
    ]
    note = (
        "About values: nobody's answer changes with the beliefs of others. About facts: whoever's "
        "beliefs they shared, all would agree."
    )
    if has_torn:
        note += " Torn: it depends on which of their own weightings is meant."
    return [Table("disputes", "Disputed", columns, rows, note=note, on=SHOWN)]


def list_regrets(people: Mapping[str, str], record: Record) -> list[Table | Chart]:
    """What each plan costs each stakeholder."""
    least = record["least_regret"]
    plans = {people.get(id_, id_): own for id_, own in record["regret_of"].items()}
    if least is not None:
        plans["least regret"] = least["regret"]
    if not plans:
        return []
    rows = [
        {
            "plan": name,
            "largest": max((r for r in own.values() if r is not None), default=None),
            **own,
        }
        for name, own in plans.items()
    ]
    columns = [
        Column("plan", "plan of"),
        *(
            Column(id_, people[id_], "share", digits=2, absent="cannot")
            for id_ in record["stakeholders"]
        ),
        Column("largest", "largest", "share", digits=2),
    ]
    note = (
        "What a plan loses at most, as a share of the stakeholder's own best gain. Cannot: it "
        "breaks a limit in the world they believe in, or they have no plan."
    )
    bars = [
        {"name": row["plan"], "from": 0.0, "to": 100 * row["largest"]}
        for row in rows
        if row["largest"] is not None
    ]
    chart = Chart(
        "regrets",
        "Largest regret of each plan",
        "The largest regret over all stakeholders, per cent: "
        + ", ".join(f"{bar['name']} {bar['to']:.1f}" for bar in bars),
        partial(draw_regrets, bars),
        table="regrets",
    )
    return [Table("regrets", "Regret", columns, rows, note=note, on=SHOWN), chart]


def draw_regrets(bars: Sequence[Record], width: Any, legend: bool) -> Record:
    """A bar for each plan: its largest regret."""
    del legend
    return lines_and_bars.draw_bars(bars, "largest regret, per cent", width)


def list_least(words: Words, record: Record) -> Table:
    """What the least regretted plan spends."""
    least = record["least_regret"]
    spending = least["spending"] if least else {}
    rows = [{"id": id_, "bn": bn} for id_, bn in spending.items()]
    columns = [words.programme_column(), words.money_column("bn", "spent in all years")]
    return Table("least_regret", "The plan that none regrets much", columns, rows, on=SHOWN)


def tell_notes(record: Record) -> list[str]:
    """How sure shares over regions are."""
    drawn = max((own["drawn"] for own in record["stakeholders"].values()), default=1)
    if drawn <= 1:
        return []
    told = (
        f"Shares over a region are over {drawn} weightings drawn from it, each with a plan within "
        f"{record['tolerance']:.1%} of the best: a share is known to {50 / drawn**0.5:.1f} "
        "percentage points or better (standard error)."
    )
    return [told]
