"""What a report says of several scenarios side by side: a conclusion, and each in each world."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..runs.reported import Reported
from ..sheet import BOOK, PAGE, Chart, Column, Record, Sheet, Show, Table
from .alike import find_smallest
from .limit_titles import name_limit
from .plan_charts import draw_scenarios, name_areas
from .rows import list_spending, sum_programmes
from .side_by_side import Regret, compare_plans, find_worst_regret
from .words import Words, count, join_words, name_fully, tell_counts, tell_text

ON = frozenset({PAGE, BOOK})

DARKEST, DARKER = 0.7, 2.0
"""How dark a cell gets at most, and by how much for all of a gain that is lost."""

MOST_NAMED = 8
"""Programmes named in the conclusion."""

NOT_IN_PLAN = ("title", "description", "stakeholders", "sources", "pillars", "constraints")
"""What does not change which plan is better, and the constraints."""

REGRET = (
    "The share of the best gain there that the plan of the row loses in the world of the column; "
    "cannot: the plan breaks a limit there."
)
OWN_POINTS = (
    "Gains are in each scenario's own points: where weights or figures differ they are not the "
    "same points. The regret below is."
)


def describe_scenarios(several: Sequence[Reported]) -> Sheet:
    """Which programmes hold in all scenarios, which plan is least regretted, and the tables."""
    names, regrets = name_scenarios(several), compare_plans(several)
    planned = [(one, one.record) for one in several if one.record is not None]
    funded = {one.label: set(record["funded"]) for one, record in planned}
    chart = draw_scenarios(several, names)
    parts: list[Table | Chart | None] = [
        list_gains(several, names),
        chart,
        list_areas(several, names),
        list_regrets(regrets, names, "share"),
        list_regrets(regrets, names, "points"),
        list_broken(several, regrets, names),
        list_programmes(planned, names),
    ]
    return Sheet(
        name="comparison",
        title=f"{len(several)} scenarios side by side",
        short="Side by side",
        heading="The scenarios side by side",
        verdict=tell_common(several, funded),
        sentences=[text for text in [tell_preference(several, regrets, names)] if text],
        parts=[part for part in parts if part is not None],
        is_answer=True,
    )


def name_scenarios(several: Sequence[Reported]) -> dict[str, str]:
    """What people call each scenario, by label; with the label where titles are alike."""
    titles = {one.label: tell_text(one.scenario.title or one.label, 60) for one in several}
    told = list(titles.values())
    return {
        label: f"{title} ({tell_text(label, 40)})" if told.count(title) > 1 else title
        for label, title in titles.items()
    }


def tell_common(several: Sequence[Reported], funded: Mapping[str, set[str]]) -> str:
    """Which programmes every plan funds, and how many none does, in a sentence."""
    if len(funded) < 2:
        return "There are no two plans to compare."
    titles: dict[str, str] = {}
    for one in several:
        titles = {**name_fully(one.scenario.instruments), **titles}
    by_all = sum(all(id_ in own for own in funded.values()) for id_ in titles)
    by_none = sum(not any(id_ in own for own in funded.values()) for id_ in titles)
    between = [
        title
        for id_, title in titles.items()
        if 0 < sum(id_ in own for own in funded.values()) < len(funded)
    ]
    more = len(between) - MOST_NAMED
    named = [*between[:MOST_NAMED], f"{more} more"] if more > 1 else between
    which = f": {join_words(named)}" if between else ""
    in_none = tell_counts((by_none, "is in no plan", "are in no plan"))
    depend = tell_counts((len(between), "depends on the scenario", "depend on the scenario"))
    return (
        f"Of {count(len(titles), 'programme')} all {len(funded)} plans fund {by_all or 'none'}, "
        f"{in_none}; {depend}{which}."
    )


def tell_preference(
    several: Sequence[Reported],
    regrets: Mapping[str, Mapping[str, Regret]],
    names: Mapping[str, str],
) -> str:
    """Which plan is least regretted; or why none can be named."""
    planned = [one for one in several if one.record is not None]
    if len(planned) < 2:
        return ""
    if len({repr(state_problem(one)) for one in planned}) == 1:
        gains = {one.label: (one.record or {})["gain"] for one in planned}
        told = [
            f"{names[label]} {gains[label]:.3f}" for label in sorted(gains, key=lambda a: -gains[a])
        ]
        return (
            "The scenarios differ in their constraints alone, and a plan is not the better for "
            "keeping more of them: none is named as least regretted. Points gained under each: "
            f"{'; '.join(told)}."
        )
    worst = {label: find_worst_regret(row) for label, row in regrets.items()}
    known = {label: value for label, value in worst.items() if value is not None}
    if not known:
        return "No plan keeps the limits of every scenario, so none is named as least regretted."
    least = find_smallest(known)
    only = ", the only plan that keeps the limits of all" if len(known) == 1 else ""
    named = join_words([names[label] for label in least])
    loses = f"lose more than {known[least[0]]:.1%} of the best gain there"
    if len(least) > 1:
        return f"Least regretted: the plans of {named} alike. In no scenario here do they {loses}."
    return f"Least regretted: the plan of {named}{only}. In no scenario here does it {loses}."


def state_problem(one: Reported) -> Record:
    """All of a scenario that says how good a plan is: two that agree differ in rules alone."""
    return {key: own for key, own in one.scenario.document.items() if key not in NOT_IN_PLAN}


def list_gains(several: Sequence[Reported], names: Mapping[str, str]) -> Table:
    """What each plan gains and spends."""
    words = Words(several[0].scenario)
    rows = []
    for one in several:
        record = one.record or {"areas": {}, "funded": [], "gain": None}
        rows.append(
            {
                "scenario": names[one.label],
                "label": one.label,
                "gain": record["gain"],
                "spends": sum(bn or 0.0 for bn in record["areas"].values()),
                "funds": len(record["funded"]),
            }
        )
    columns = [
        Column("scenario", "of the scenario"),
        Column("label", "its name"),
        Column("gain", "gain", "points", "points", absent="no plan"),
        words.money_column("spends", "spends", 1),
        Column("funds", "programmes", "count"),
    ]
    return Table("gains", "What each plan gains", columns, rows, OWN_POINTS, on=ON)


def list_areas(several: Sequence[Reported], names: Mapping[str, str]) -> Table:
    """Spending by area, the scenarios beside each other."""
    words, areas = Words(several[0].scenario), name_areas(several)
    rows = [
        {"scenario": names[one.label], **one.record["areas"]}
        for one in several
        if one.record is not None
    ]
    columns = [Column("scenario", "of the scenario")]
    columns += [words.money_column(id_, title, 1, absent="") for id_, title in areas.items()]
    title = "Spending by area in each scenario"
    return Table("areas", title, columns, rows, form="folded", on=ON)


def list_regrets(
    regrets: Mapping[str, Mapping[str, Regret]], names: Mapping[str, str], what: str
) -> Table:
    """What each plan loses in each world, as a share or in points, and at worst."""
    rows = []
    for label, cells in regrets.items():
        row: Record = {"plan": names[label], "worst": None}
        for world, cell in cells.items():
            row[f":{world}"] = cell.share if what == "share" else cell.points
            row[f"shade:{world}"] = min(DARKEST, DARKER * (cell.share or 0.0))
        told = [row[f":{world}"] for world in cells]
        row["worst"] = None if any(value is None for value in told) else max(told)
        rows.append(row)
    is_share = what == "share"
    show: Show = "share" if is_share else "points"
    columns = [
        Column("plan", "plan of"),
        *(
            Column(
                f":{world}",
                f"in {names[world]}",
                show,
                absent="cannot",
                shade=f"shade:{world}" if is_share else "",
            )
            for world in regrets
        ),
        Column("worst", "worst", show, absent="cannot"),
    ]
    title = "Regret: what each plan loses in each scenario's world"
    if is_share:
        return Table("regret", title, columns, rows, REGRET, on=ON)
    return Table("regret_points", "The same in points", columns, rows, form="folded", on=ON)


def list_broken(
    several: Sequence[Reported],
    regrets: Mapping[str, Mapping[str, Regret]],
    names: Mapping[str, str],
) -> Table | None:
    """Which limits plans break in other scenarios."""
    words = {one.label: Words(one.scenario) for one in several}
    rows = [
        {
            "plan": names[plan],
            "world": names[world],
            "limits": [name_limit(words[world], id_) for id_ in cell.broken],
        }
        for plan, cells in regrets.items()
        for world, cell in cells.items()
        if cell.broken
    ]
    columns = [
        Column("plan", "plan of"),
        Column("world", "in"),
        Column("limits", "limits it breaks", "titles"),
    ]
    return Table("broken", "What cannot be played", columns, rows, on=ON) if rows else None


def list_programmes(
    planned: Sequence[tuple[Reported, Record]], names: Mapping[str, str]
) -> Table | None:
    """Money by programme, the scenarios beside each other."""
    if not planned:
        return None
    words = Words(planned[0][0].scenario)
    titles: dict[str, str] = {}
    totals = {}
    for one, record in planned:
        titles = {**name_fully(one.scenario.instruments), **titles}
        totals[one.label] = sum_programmes(list_spending(one.scenario, record))
    rows = [
        {"id": id_, **{f":{label}": own.get(id_, "") for label, own in totals.items()}}
        for id_ in titles
        if any(id_ in own for own in totals.values())
    ]
    columns = [Column("id", "programme", "title", titles=titles)]
    columns += [Column(f":{label}", names[label], "money", digits=1) for label in totals]
    title = f"Which programmes each scenario funds, {words.money} (blank: not funded)"
    return Table("programmes", title, columns, rows, most=len(rows), on=ON)
