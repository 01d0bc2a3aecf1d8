"""What docs/us-2027.md says of the runs that are kept in docs/figures."""

from __future__ import annotations

from collections.abc import Sequence

from quoted_figures import (
    BASE,
    BUDGETS,
    COMPARED,
    HORIZONS,
    LEFT_OUT,
    PLANS,
    SHIFTED,
    TASKS,
)
from quoted_words import AREAS, Kept, lay_out

from stratafolio.inputs.read import read_scenario


def tell_plans(kept: Kept) -> list[str]:
    """Gains and shares of several plans, and what the bundled one spends."""
    base, scenario = kept["us-2027"], read_scenario("us-2027")
    rows = []
    for label in PLANS:
        areas = kept[label]["areas"]
        total = sum(areas.values())
        name = f"`{label}`" if label != "stability" else "weights as `stability` may have them"
        shares = [f"{100 * areas[area] / total:.0f}" for area in AREAS]
        rows.append([name, f"{kept[label]['gain']:.2f}", *shares])
    told = [lay_out(["`stratafolio solve …`", "gain", *AREAS.values()], rows)]
    for area, name in AREAS.items():
        spent = {
            id_: bn + base["launches"].get(id_, 0.0)
            for id_, bn in base["spent"].items()
            if scenario.instruments[id_].area == area
        }
        named = [f"`{id_}` {spent[id_]:.1f}" for id_ in sorted(spent, key=lambda id_: -spent[id_])]
        told.append(f"{name.capitalize()} {base['areas'][area]:.0f}: {', '.join(named)}.")
    gained = {layer: z - base["baseline_outcome"][layer] for layer, z in base["outcome"].items()}
    parts = [
        f"`{layer}` {gained[layer]:.1f}" for layer in sorted(gained, key=lambda la: -gained[la])
    ]
    costs = [
        f"`{name}` {100 * (1 - kept[name]['gain'] / base['gain']):.0f} per cent"
        for name in ("ecosystem-first", "controls-first", "status-quo")
    ]
    told.append(f"At equal weights the limits of the others cost: {', '.join(costs)}.")
    told.append(f"The six outcomes rise by, in points: {', '.join(parts)}.")
    return told


def tell_shares(kept: Kept) -> list[str]:
    """What it loses to hold an area to less or more of the money."""
    best = kept[BASE]

    def lost(area: str, side: str) -> str:
        bn = SHIFTED[area][side == "at_least"]
        loss = 1 - kept[f"{area} {side}"]["gain"] / best["gain"]
        return f"{bn}: {100 * loss:.1f} %"

    return [
        lay_out(
            ["area", *AREAS.values()],
            [
                ["$ billion in the best plan", *(f"{best['areas'][a]:.0f}" for a in AREAS)],
                ["at most, and loss", *(lost(area, "at_most") for area in AREAS)],
                ["at least, and loss", *(lost(area, "at_least") for area in AREAS)],
            ],
        ),
        *(
            f"without `{id_}` the best gain falls by "
            f"{100 * (1 - kept[f'without {id_}']['gain'] / best['gain']):.2f} per cent"
            for id_ in LEFT_OUT
        ),
    ]


def tell_claims(kept: Kept) -> list[str]:
    """Controls by horizon, the article's three tasks by budget, what energy's absence costs."""

    def spent(label: str, areas: Sequence[str]) -> str:
        every = kept[label]["areas"]
        return f"{100 * sum(every[area] for area in areas) / sum(every.values()):.1f}"

    shown = [(year, spent(f"scored to {year}", ["export_controls"])) for year in HORIZONS]
    first, *later = shown
    tasks = [f"{float(spent(f'{bn} a year', TASKS)):.0f}" for bn in BUDGETS]
    with_it, without = kept[BASE]["outcome"], kept["no energy"]["outcome"]
    lost = {layer: with_it[layer] - without[layer] for layer in with_it}
    most, second = sorted(lost, key=lambda layer: -lost[layer])[:2]
    return [
        f"{first[1]} % scored to {first[0]}, "
        + ", ".join(f"{share_} to {year}" for year, share_ in later),
        f"yes: {float(spent(BASE, TASKS)):.0f} %",
        (
            f"they have {tasks[0]} % of {BUDGETS[0]}, {tasks[1]} of {BUDGETS[1]}, {tasks[2]} of "
            f"{BUDGETS[2]}"
        ),
        f"{lost[most]:.1f} points of its outcome (`{most}`); `{second}` {lost[second]:.1f}, next",
    ]


def tell_compare(kept: Kept) -> list[str]:
    """Who loses what in whose world; in brackets the funded set with amounts anew."""

    def cell(plan: str, world: str) -> str:
        if plan == world:
            return "0"
        lost, anew = kept["regret"][plan][world], kept["kept"][plan][world]
        if lost is not None:
            return f"{100 * lost:.1f} %"
        return "-" if anew is None else f"({100 * anew:.1f} %)"

    rows = [[f"`{plan}`", *(cell(plan, world) for world in COMPARED)] for plan in COMPARED]
    gain, lost = kept["gain"], kept["regret"]

    def percent(plan: str, world: str) -> str:
        return f"{100 * lost[plan][world]:.1f}"

    here, held, widened = "us-2027", "controls-first", "ecosystem-first"
    use, edge = "application-first", "frontier-first"
    return [
        lay_out(["plan, down; world, across", *COMPARED], rows),
        f"gains {gain['status-quo']:.2f} points instead of {gain[here]:.2f}",
        f"`{widened}` loses {percent(widened, here)} per cent, `{held}` {percent(held, here)}",
        (
            f"{percent(widened, use)} per cent against {percent(held, use)}, on the frontier "
            f"{percent(widened, edge)} against {percent(held, edge)}"
        ),
        (
            f"loses {100 * lost[use][edge]:.0f} per cent if the frontier counts, one made for the "
            f"frontier {100 * lost[edge][use]:.0f} per cent"
        ),
    ]
