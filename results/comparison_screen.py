"""A comparison on a terminal."""

from __future__ import annotations

from rich.console import Console

from .explanation_screen import head, say
from .screen import make_table, open_console
from .sheet import Record

FITS, LEADS_FIT = 5, 4
"""Plans that stand side by side in a hundred columns; more are told in several blocks."""


def show_comparison(record: Record) -> None:
    """Prints what a comparison says, the most important first."""
    console = open_console()
    blocks = [record["plans"][k : k + FITS] for k in range(0, len(record["plans"]), FITS)]
    console.print(
        f"{len(record['plans'])} plans, each judged in {len(record['scenarios'])} worlds."
    )
    for block in blocks:
        show_summary(console, record, block)
    for block in blocks:
        show_instruments(console, record, block)
    for start in range(0, len(record["plans"]), LEADS_FIT):
        show_layers(console, record, record["plans"][start : start + LEADS_FIT])
    show_regret(console, record)
    show_distance(console, record)
    show_attribution(console, record)
    for note in record["notes"]:
        console.print()
        say(console, note[:1].upper() + note[1:] + ".")
    if record["missing"]:
        console.print()
        say(console, f"No time was left for: {', '.join(record['missing'])}.")
    console.print()
    console.print(f"{record['solves']} solves in {record['seconds']:.0f} s.")


def short(label: str, longest: int = 16) -> str:
    """A label that fits a column.

    >>> short("application-first-again", 12)
    'application.'
    """
    return label if len(label) <= longest else label[: longest - 1] + "."


def show_summary(console: Console, record: Record, plans: list[str]) -> None:
    """Status, gain and spending by area."""
    head(console, "Side by side")
    rows = [["status", *(record["status"][plan] for plan in plans)]]
    rows.append(["gain, points", *(number(record["gain"][plan], 3) for plan in plans)])
    rows.append(["score", *(number(record["score"][plan], 3) for plan in plans)])
    areas = dict.fromkeys(a for plan in plans for a in record["areas"][plan] or {})
    rows += [
        [f"{area}, $ bn", *(area_cell(record, plan, area) for plan in plans)] for area in areas
    ]
    totals = [
        "" if record["areas"][plan] is None else number(sum(record["areas"][plan].values()), 1)
        for plan in plans
    ]
    rows.append(["all, $ bn", *totals])
    table = make_table(["", *(short(plan) for plan in plans)], rows)
    table.columns[0].max_width = 26
    console.print(table)
    for label, why in record["why"].items():
        if label in plans:
            say(console, f"{label}: {why}.")


def number(value: float | None, digits: int) -> str:
    """A number, or nothing."""
    return "" if value is None else f"{value:.{digits}f}"


def area_cell(record: Record, plan: str, area: str) -> str:
    """Spending in an area with its share."""
    own = record["areas"][plan]
    if own is None or area not in own:
        return ""
    total = sum(own.values())
    return f"{own[area]:.1f} ({own[area] / total:.0%})" if total else "0.0"


def show_instruments(console: Console, record: Record, plans: list[str]) -> None:
    """Spending by instrument; a blank where it is not funded."""
    head(console, "Spending by programme, $ bn (blank: not funded)")
    names = dict.fromkeys(i for own in record["spending"].values() for i in own)
    rows = [
        [i, *(number(record["spending"].get(plan, {}).get(i), 2) for plan in plans)] for i in names
    ]
    table = make_table(["", *(short(plan) for plan in plans)], rows)
    table.columns[0].max_width = 26
    console.print(table)


def show_layers(console: Console, record: Record, plans: list[str]) -> None:
    """Leads in the first, a middle and the last scored year."""
    told = [plan for plan in plans if plan in record["leads"]]
    if not told:
        return
    head(console, "Lead by layer, points: first year, ten years on, last scored year")
    layers = dict.fromkeys(layer for plan in told for layer in record["leads"][plan])
    rows = []
    for layer in layers:
        cells = []
        for plan in told:
            years = list((record["leads"][plan].get(layer) or {}).items())
            picked = [years[0], years[min(9, len(years) - 1)], years[-1]] if years else []
            cells.append(" ".join(f"{lead:.1f}" for _, lead in picked))
        rows.append([layer, *cells])
    table = make_table(["", *(short(plan) for plan in told)], rows)
    table.columns[0].max_width = 20
    console.print(table)


def show_regret(console: Console, record: Record) -> None:
    """What each plan loses in each other's world, as it stands and with its set kept."""
    worlds = [world for world in record["scenarios"] if record["status"].get(world) != "unsolved"]
    plans = [plan for plan in record["plans"] if record["gain"][plan] is not None]
    titles = {
        "regret": "Regret: each plan (row) played as it stands in each world (column)",
        "kept": "The same with only the funded set kept, amounts and years chosen anew",
    }
    for what, title in titles.items():
        head(console, title)
        for start in range(0, len(worlds), FITS):
            block = worlds[start : start + FITS]
            rows = [
                [short(plan, 20), *(regret_cell(record, what, plan, world) for world in block)]
                for plan in plans
            ]
            console.print(make_table(["", *(short(world) for world in block)], rows))
        if record["verdict"]["by"] != "gain":
            say(console, tell_verdict(record["verdict" if what == "regret" else "verdict_kept"]))
    if record["verdict"]["by"] == "gain":
        say(console, tell_gains(record))
    show_cannot(console, record)


def tell_verdict(verdict: Record) -> str:
    """Which plan is least regretted and among which, or why none is."""
    if verdict["plan"] is None:
        reason = verdict["reason"]
        return f"{reason[:1].upper()}{reason[1:]}, so none is named as least regretted."
    if len(verdict["among"]) == 1:
        return f"Least regretted: {verdict['plan']}, as the only plan that every world allows."
    return f"Least regretted: {verdict['plan']}."


def tell_gains(record: Record) -> str:
    """What the constraints of each scenario cost, where they differ in nothing else."""
    verdict, gains = record["verdict"], record["best_gain"]
    most = gains[verdict["plan"]]
    costs = [
        f"those of {label} cost {most - gains[label]:.3f} points"
        for label in verdict["among"]
        if label != verdict["plan"]
    ]
    return (
        "The scenarios differ in their constraints alone, and a plan is not the better for keeping "
        "more of them: none is named as least regretted. Most is gained under those of "
        f"{verdict['plan']}, {most:.3f} points; {', '.join(costs)}."
    )


def regret_cell(record: Record, what: str, plan: str, world: str) -> str:
    """A regret with the points lost, or why there is none."""
    value = record[what][plan][world]
    if value is not None:
        return f"{value:.1%} ({record[what + '_points'][plan][world]:.2f})"
    return "no plan" if record["gain"].get(world) is None else "cannot"


def show_cannot(console: Console, record: Record) -> None:
    """Which limits a plan would break in other worlds."""
    told = [
        (plan, world, limits)
        for plan, worlds in record["cannot"].items()
        for world, limits in worlds.items()
        if limits
    ]
    if told:
        head(console, "What cannot be played, and the limits it breaks")
    for plan, world, limits in told:
        more = f" and {len(limits) - 4} more" if len(limits) > 4 else ""
        say(console, f"{plan} in {world}: {', '.join(limits[:4])}{more}")


def show_distance(console: Console, record: Record) -> None:
    """The share of money that moves between plans."""
    plans = [plan for plan in record["plans"] if record["gain"][plan] is not None]
    if len(plans) < 2:
        return
    head(console, "Distance: share of the money that moves")
    for start in range(0, len(plans), FITS):
        block = plans[start : start + FITS]
        rows = [
            [short(a, 20), *(f"{record['distance'][a][b] or 0.0:.0%}" for b in block)]
            for a in plans
        ]
        console.print(make_table(["", *(short(b) for b in block)], rows))


def show_attribution(console: Console, record: Record) -> None:
    """Where the change from the first scenario to each other comes from."""
    groups = ["budget", "weights", "figures", "constraints", "total"]
    for entry in record["attribution"]:
        head(console, f"From {entry['from']} to {entry['to']}: where the change comes from")
        if entry["gain"] is None:
            say(console, f"{entry['reason']}.")
            continue
        rows = [["gain, points", *(f"{entry['gain'][g]:+.3f}" for g in groups)]]
        for area, own in entry["areas"].items():
            rows.append([f"{area}, $ bn", *(f"{own[g]:+.1f}" for g in groups)])
        console.print(make_table(["", *groups], rows))
