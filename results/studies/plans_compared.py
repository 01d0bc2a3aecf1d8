"""The tables of a comparison: plans beside each other, and each in the others' worlds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...inputs.scenario import Scenario
from ...model.studies.compare.findings import GROUPS
from ..sheet import SHOWN, Column, Record, Show, Table
from .words import Words, keep_table

STATUS = {
    "optimal": "best plan",
    "given": "plan brought",
    "infeasible": "no plan meets every limit",
    "unsolved": "not solved in time",
}
"""What a plan is."""

YEARS_ON = 9
"""Between the first and the last year told, ten years on."""


class Labels(Words):
    """The titles of all scenarios that are compared, and the columns of plans and worlds."""

    def __init__(self, scenario: Scenario, record: Record) -> None:
        super().__init__(scenario)
        names = record.get("names") or {}
        self.areas |= names.get("areas") or {}
        self.layers |= names.get("layers") or {}
        self.programmes |= names.get("instruments") or {}
        self.limits: Mapping[str, str] = names.get("limits") or {}
        self.worlds = list(record["scenarios"])
        self.plans = list(record.get("plans") or record["scenarios"])


def list_plans(words: Labels, record: Record) -> Table:
    """What each plan is, gains and spends in its own world."""
    rows = [
        {
            "plan": plan,
            "title": (record.get("titles") or {}).get(plan) or "",
            "status": STATUS.get((record.get("status") or {}).get(plan, ""), ""),
            "gain": record["gain"].get(plan),
            "score": (record.get("score") or {}).get(plan),
            "spends": add_up((record.get("areas") or {}).get(plan)),
        }
        for plan in words.plans
    ]
    columns = [
        Column("plan", "plan"),
        Column("title", "of"),
        Column("status", "what it is"),
        Column("gain", "gain", "points", "points", absent=""),
        Column("score", "score", "points", "points", absent=""),
        words.money_column("spends", "spends", 1, absent=""),
    ]
    return Table("plans", "Side by side", columns, rows, on=SHOWN)


def add_up(amounts: Mapping[str, float | None] | None) -> float | None:
    """A sum, or nothing where there is nothing to add up."""
    return None if amounts is None else sum(amount or 0.0 for amount in amounts.values())


def plan_columns(show: Show, digits: int, labels: Sequence[str]) -> list[Column]:
    """A column for each plan; its key is the label after a colon."""
    return [Column(f":{label}", label, show, digits=digits, absent="") for label in labels]


def list_spending(words: Labels, record: Record) -> list[Table]:
    """Spending by area and by programme, the plans beside each other."""
    areas, spending = record.get("areas") or {}, record.get("spending") or {}
    plans = [plan for plan in words.plans if areas.get(plan)]
    if not plans:
        return []
    totals = {plan: areas[plan] for plan in plans}
    ids = dict.fromkeys(area for own in totals.values() for area in own)
    rows = [
        {"of": words.areas.get(area, area)}
        | {f":{plan}": own.get(area) for plan, own in totals.items()}
        for area in ids
    ]
    rows.append({"of": "all"} | {f":{plan}": add_up(own) for plan, own in totals.items()})
    programmes = dict.fromkeys(i for own in spending.values() for i in own)
    by_programme = [
        {"of": words.programmes.get(i, i)}
        | {f":{plan}": own.get(i) for plan, own in spending.items()}
        for i in programmes
    ]
    by_area = [Column("of", "area"), *plan_columns("money", 1, plans)]
    by_one = [Column("of", "programme"), *plan_columns("money", 2, plans)]
    title = f"Spending by programme, {words.money} (blank: not funded)"
    return [
        Table("areas", f"Spending by area, {words.money}", by_area, rows, on=SHOWN),
        Table("programmes", title, by_one, by_programme, on=SHOWN),
    ]


def list_outcomes(words: Labels, record: Record) -> list[Table]:
    """Leads in the first year, ten years on and in the last scored one, plan by plan."""
    leads = record.get("leads") or {}
    rows, spans = [], set()
    for layer in dict.fromkeys(layer for own in leads.values() for layer in own):
        for plan, own in leads.items():
            years = list((own.get(layer) or {}).items())
            if not years:
                continue
            first, middle, last = years[0], years[min(YEARS_ON, len(years) - 1)], years[-1]
            spans.add((first[0], middle[0], last[0]))
            values = {"first": first[1], "middle": middle[1], "last": last[1]}
            rows.append({"layer": layer, "plan": plan, **values})
    headings = ("first year", "ten years on, or last", "last year")
    if len(spans) == 1:
        headings = next(iter(spans))
    keys = ("first", "middle", "last") if len(set(headings)) == 3 else ("first", "last")
    titles = dict(zip(("first", "middle", "last"), headings, strict=True))
    columns = [
        words.layer_column(),
        Column("plan", "plan"),
        *(Column(key, titles[key], "points", digits=1) for key in keys),
    ]
    return [Table("leads", f"{words.lead}, points", columns, rows, on=SHOWN)]


def list_losses(words: Labels, record: Record) -> list[Table]:
    """What each plan loses in each other's world, as it stands and with its set kept."""
    status = record.get("status") or {}
    worlds = [world for world in words.worlds if status.get(world) != "unsolved"]
    plans = [plan for plan in words.plans if record["gain"].get(plan) is not None]
    titles = {
        "regret": "Regret: each plan (row) played as it stands in each world (column)",
        "kept": "The same with only the funded set kept, amounts and years chosen anew",
    }
    columns = [Column("plan", "plan"), *(Column(f":{world}", f"in {world}") for world in worlds)]
    tables = []
    for what, title in titles.items():
        if record.get(what) is None:
            continue
        rows = [
            {"plan": plan}
            | {f":{world}": tell_regret(record, what, plan, world) for world in worlds}
            for plan in plans
        ]
        tables.append(Table(f"losses_{what}", title, columns, rows, note=SHARES_LOST, on=SHOWN))
    return tables


SHARES_LOST = "The share of the best gain there that is lost; in brackets the points lost."


def tell_regret(record: Record, what: str, plan: str, world: str) -> str:
    """A regret with the points lost, or why there is none."""
    value = (record[what].get(plan) or {}).get(world)
    if value is None:
        if record["gain"].get(world) is None:
            return "no plan"
        return "cannot" if (record.get("cannot") or {}).get(plan, {}).get(world) else "not known"
    points = ((record.get(f"{what}_points") or {}).get(plan) or {}).get(world)
    return f"{value:.1%}" if points is None else f"{value:.1%} ({points:.2f})"


def list_broken(words: Labels, record: Record) -> list[Table]:
    """Which limits a plan would break in other worlds."""
    rows = [
        {"plan": plan, "world": world, "limits": limits}
        for plan, worlds in (record.get("cannot") or {}).items()
        for world, limits in worlds.items()
        if limits
    ]
    columns = [
        Column("plan", "plan of"),
        Column("world", "in"),
        Column("limits", "limits it breaks", "titles", titles=words.limits),
    ]
    return [Table("broken", "What cannot be played", columns, rows, on=SHOWN)]


def list_distances(words: Labels, record: Record) -> list[Table]:
    """The share of the money that moves between plans."""
    plans = [plan for plan in words.plans if record["gain"].get(plan) is not None]
    distances = record.get("distance")
    if len(plans) < 2 or distances is None:
        return []
    rows = [
        {"plan": plan} | {f":{other}": distances[plan].get(other) for other in plans}
        for plan in plans
    ]
    columns = [Column("plan", "plan"), *plan_columns("share", 0, plans)]
    title = "Distance: the share of the money that moves"
    return [Table("distances", title, columns, rows, on=SHOWN)]


def list_changes(words: Labels, record: Record) -> list[Table]:
    """Where the change from the first scenario to each other comes from."""
    tables = []
    for entry in record.get("attribution") or ():
        title = f"From {entry['from']} to {entry['to']}: where the change comes from"
        name = f"change-{entry['to']}"
        if entry["gain"] is None:
            why = [{"why": f"{entry['reason']}."}]
            tables.append(Table(name, title, [Column("why", "not known, as")], why, on=SHOWN))
            continue
        rows = [{"of": "gain, points", **entry["gain"]}]
        rows += [
            {"of": f"{words.areas.get(area, area)}, {words.money}", **own}
            for area, own in entry["areas"].items()
        ]
        columns = [
            Column("of", "change of"),
            *(Column(key, key, "number", digits=3, is_signed=True) for key in (*GROUPS, "total")),
        ]
        tables.append(Table(name, title, columns, rows, on=SHOWN))
    return tables


# The tables of a run --------------------------------------------------------------------------


def keep_tables(words: Labels, record: Record) -> list[Table]:
    """The tables of a run, under the record's own names."""
    if "spending" not in record:
        return []
    plans, worlds = words.plans, words.worlds
    areas = list(dict.fromkeys(a for own in record["areas"].values() if own for a in own))
    instruments = dict.fromkeys(i for own in record["spending"].values() for i in own)
    regrets = [
        {"plan": plan, "world": world, "cannot": " ".join(record["cannot"][plan].get(world, []))}
        | {
            key: record[key][plan][world]
            for key in ("regret", "regret_points", "kept", "kept_points")
        }
        for plan in plans
        for world in worlds
    ]
    leads = [
        {"plan": plan, "layer": layer, "year": year, "lead": lead}
        for plan, own in record["leads"].items()
        for layer, by_year in own.items()
        for year, lead in by_year.items()
    ]
    changes = [
        {"from": entry["from"], "to": entry["to"], "of": what, **values}
        for entry in record["attribution"]
        if entry["gain"] is not None
        for what, values in [("gain", entry["gain"]), *entry["areas"].items()]
    ]
    summary = [
        {"plan": plan, "status": record["status"][plan], "gain": record["gain"][plan]}
        | {area: (record["areas"][plan] or {}).get(area) for area in areas}
        for plan in plans
    ]
    spending = [
        {"instrument": i, **{plan: record["spending"].get(plan, {}).get(i, 0.0) for plan in plans}}
        for i in instruments
    ]
    distance = [{"plan": plan, **record["distance"][plan]} for plan in plans]
    keys = ("plan", "world", "regret", "regret_points", "kept", "kept_points", "cannot")
    return [
        keep_table("summary", ("plan", "status", "gain", *areas), summary),
        keep_table("spending_by_plan", ("instrument", *plans), spending),
        keep_table("leads_by_plan", ("plan", "layer", "year", "lead"), leads),
        keep_table("distance", ("plan", *plans), distance),
        keep_table("regret", keys, regrets),
        keep_table("attribution", ("from", "to", "of", *GROUPS, "total"), changes),
    ]
