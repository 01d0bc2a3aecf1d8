"""What documents say of the runs that are kept in docs/figures.

python benchmarks/quoted_text.py [NAME …]     sentences and tables as they are to stand there

A test holds that each of them stands in its document, so that no figure outlives its run.
"""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from quoted_figures import (
    BASE,
    BUDGETS,
    COMPARED,
    HORIZONS,
    KEPT,
    LEFT_OUT,
    PLANS,
    SHIFTED,
    TASKS,
)

from stratafolio.inputs.read import read_scenario

Kept = Mapping[str, Any]

AREAS = {
    "energy": "energy",
    "open_source": "open models",
    "research_compute": "research compute",
    "export_controls": "controls",
    "safety": "safety",
}

NUMBERS = (
    *("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen", "twenty"),
)

TOP = 8
"""Assumptions in the table of the tornado."""


def read_kept(name: str) -> Kept:
    """What is kept of a run."""
    kept: Kept = json.loads((KEPT / f"{name}.json").read_text("utf-8"))
    return kept


def spell(number: int) -> str:
    """A number in words, up to twenty."""
    return NUMBERS[number] if number < len(NUMBERS) else str(number)


def share(value: float) -> str:
    """A share as documents write it."""
    return f"{100 * value:.0f} per cent"


def lay_out(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    told = ["| " + " | ".join(cells) + " |" for cells in (header, *rows)]
    return "\n".join([told[0], "|" + "---|" * len(header), *told[1:]])


def join(ids: Iterable[str]) -> str:
    """Ids as code, one after another."""
    return ", ".join(f"`{id_}`" for id_ in ids)


def name_figure(path: str) -> str:
    """A figure as code: an assumption by its id alone."""
    return f"`{path.removeprefix('assumptions.')}`"


# Figures one at a time ------------------------------------------------------------------------


def tell_tornado(kept: Kept) -> list[str]:
    """What each assumption does at its ends."""
    rows = sorted(kept["figures"], key=lambda row: -row["lost_points"])
    instruments = len(read_scenario("us-2027").instruments)
    assumed = [row for row in rows if row["path"].startswith("assumptions.")]
    flips = [row for row in rows if row["flips"]]
    others = [row for row in flips if row not in rows[:TOP]]
    widest = max(rows, key=measure_swing)
    labs = next(row for row in rows if row["path"] == "assumptions.labs_won")
    return [
        (
            f"In `us-2027` {len(rows)} figures carry a range, {len(assumed)} of them assumptions. "
            f"The best plan gains {kept['base_gain']:.3f} points and funds "
            f"{len(kept['funded'])} of {instruments} programmes."
        ),
        lay_out(
            [
                *("assumption", "the plan kept loses, points", "gain at its low and high end"),
                "what is then funded",
            ],
            [
                [
                    f"{name_figure(row['path'])}: {lower(row['title'])}",
                    f"{row['lost_points']:.3f}",
                    f"{row['gain_low']:.2f}, {row['gain_high']:.2f}",
                    tell_flips(row),
                ]
                for row in rows[:TOP]
            ],
        ),
        f"**{spell(len(flips)).capitalize()} of the {len(rows)} change what is funded**",
        *(f"{name_figure(row['path'])} ({tell_flips(row)})" for row in others),
        f"moves the gain from {labs['gain_low']:.2f} to {labs['gain_high']:.2f}",
        f"keeping the plan then loses {labs['lost_points']:.3f}",
        (
            f"({name_figure(widest['path'])}, {spell(count_hanging(widest['path']))} programmes) "
            f"moves it by {measure_swing(widest):.2f}"
        ),
    ]


def measure_swing(row: Kept) -> float:
    """By how much a figure moves the gain over its range."""
    if row["gain_low"] is None or row["gain_high"] is None:
        return 0.0
    return float(abs(row["gain_high"] - row["gain_low"]))


def count_hanging(path: str) -> int:
    """The programmes that some effect of hangs on an assumption."""
    from stratafolio.inputs.hanging import find_assumptions

    scenario, id_ = read_scenario("us-2027"), path.removeprefix("assumptions.")
    return len(
        {
            own.instrument
            for effect, own in scenario.effects.items()
            if id_ in find_assumptions(scenario, "effects", effect, "points")
        }
    )


def tell_flips(row: Kept) -> str:
    """Who comes and goes at which end."""
    told = []
    for end in ("low", "high"):
        changes = [
            f"{join(row[f'{change}_{end}'])} {word}"
            for change, word in (("enters", "in"), ("leaves", "out"))
            if row[f"{change}_{end}"]
        ]
        if changes:
            told.append(f"{end}: {', '.join(changes)}")
    return "; ".join(told) or "the same"


def lower(title: str) -> str:
    """A title within a sentence; names keep their capital."""
    keeps = title.startswith(("AI ", "China", "American", "Chinese"))
    return title if keeps else title[:1].lower() + title[1:]


# All at once ----------------------------------------------------------------------------------

CLASSES = (
    ("all", 1.0, 1.0),
    ("99 to 90 per cent", 0.9, 1.0),
    ("89 to 60 per cent", 0.6, 0.9),
    ("59 to 10 per cent", 0.1, 0.6),
    ("9 per cent or fewer", 0.0, 0.1),
)
"""How often programmes are funded: a name, the least share, and what the share is below."""


def tell_sample(kept: Kept) -> list[str]:
    """What is funded over joint samples, and what the areas get."""
    gain, areas, largest = kept["gain"], kept["areas"], kept["largest"]
    tasks, lost = kept["tasks"], kept["kept_loss"]
    rows = []
    for name, least, most in CLASSES:
        inside = [
            id_
            for id_, share in kept["funded_share"].items()
            if (share == 1.0 if least == 1.0 else least <= share < most)
        ]
        inside.sort(key=lambda id_: -kept["funded_share"][id_])
        shown = [
            f"`{id_}`" + ("" if least == 1.0 else f" {int(100 * kept['funded_share'][id_])}")
            for id_ in inside
        ]
        rows.append([name, ", ".join(shown) or "none"])

    def spent(area: str) -> str:
        return f"{areas[area]['p05']:.0f} to {areas[area]['p95']:.0f} billion"

    power = areas["energy"]["goes_with"][0]
    return [
        (
            f"the best plan gains {gain['median']:.2f} points (median; mean "
            f"{kept['mean_gain']:.2f}), {gain['p05']:.2f} to {gain['p95']:.2f} in nine of ten"
        ),
        lay_out(["funded in", "programmes, and in how many per cent of the samples"], rows),
        (
            f"{share(tasks[0])} of the money or more in all {kept['counted']}, "
            f"{100 * tasks[1]:.0f} to {share(tasks[2])} in nine of ten"
        ),
        (
            f"the largest area in {share(largest['open_source'])}, {spent('open_source')} of 120; "
            f"research compute is the largest in {share(largest['research_compute'])}, energy in "
            f"{share(largest['energy'])}"
        ),
        (
            f"{spent('energy')}, and goes with {name_figure(power['path'])} (rank correlation "
            f"{power['correlation']:.2f})"
        ),
        f"{spent('export_controls')}, more than energy in {share(kept['controls_above_energy'])}",
        f"today's plan can be kept in {kept['kept']} of the {kept['counted']} samples",
        (
            f"Kept, it loses {lost['median']:.2f} points of what a plan chosen anew gains (median; "
            f"{lost['p05']:.2f} to {lost['p95']:.2f} in nine of ten)"
        ),
    ]


def tell_voi(kept: Kept) -> list[str]:
    """What it is worth to know before choosing."""
    told = [
        (
            f"{spell(kept['plans']).capitalize()} plans to choose among, each played in each of "
            f"{kept['counted']:,} joint samples."
        ),
        (
            f"Knowing everything before choosing would be worth {kept['evpi']:.3f} points "
            f"(standard error {kept['evpi_se']:.3f}): {kept['evpi'] / kept['base_gain']:.1%} of "
            f"the gain, as much as {kept['evpi_bn']:.0f} of the 120 billion buy at the margin."
        ),
        lay_out(
            ["group", "assumptions in it", "is worth, points", "as much as, $ billion"],
            [
                [row["group"], str(row["members"]), tell_worth(row), f"{row['bn']:.1f}"]
                for row in kept["groups"]
            ],
        ),
        *(
            f"| {name_figure(row['path'])} | {tell_worth(row)} | {row['bn']:.1f} |"
            for row in kept["figures"][:5]
        ),
    ]
    missed = kept["missed_share"]
    if missed:
        named = ", ".join(f"`{id_}` in {share:.1%}" for id_, share in missed.items())
        told.append(f"Floors that plans miss in some plays: {named}.")
    else:
        told.append("No plan misses a floor in any sample.")
    return told


def tell_worth(row: Kept) -> str:
    """Points with their standard error."""
    return f"{row['evppi']:.4f} ± {row['se']:.4f}"


def tell_robust(kept: Kept) -> list[str]:
    """One plan for several futures, by each criterion."""
    criteria, expected = kept["criteria"], kept["criteria"]["expected"]
    gains = expected["gains"]

    def line(name: str, key: str) -> list[str]:
        values = [criteria[criterion][key] for criterion in ("expected", "worst", "regret", "cvar")]
        told = [f"{values[0]:.4f}", f"{values[1]:.4f}", f"{100 * values[2]:.2f} %"]
        return [name, *told, f"{values[3]:.4f}"]

    return [
        lay_out(
            [
                *("plan by", "expected gain", "smallest gain", "largest regret"),
                "mean of the worst fifth",
            ],
            [
                line("its own value", "value"),
                line("proven: no plan has a better one than", "bound"),
            ],
        ),
        (
            f"Knowing the future at once would add {kept['evpi']:.4f} points to the expected gain "
            f"of {expected['value']:.2f} (EVPI)"
        ),
        (
            f"({min(gains.values()):.2f} in `{min(gains, key=lambda id_: gains[id_])}`, "
            f"{max(gains.values()):.2f} in `{max(gains, key=lambda id_: gains[id_])}`)"
        ),
        f"loses {kept['vss']:.4f} points on average (VSS)",
    ]


def tell_breakeven(kept: Kept) -> list[str]:
    """The assumptions whose nearest turning point lies within their range."""
    inside = [row for row in kept["figures"] if row["within_range"]]
    return [
        (
            f"{spell(len(inside)).capitalize()} of {len(kept['figures'])} turn what is funded "
            "within their range"
        ),
        lay_out(
            ["figure", "value", "range", "turns at", "comes in", "goes out"],
            [
                [
                    name_figure(row["path"]),
                    f"{row['value']:g}",
                    f"{row['low']:g} to {row['high']:g}",
                    f"{row['flips_at']:.3g}",
                    join(row["enters"]) or "-",
                    join(row["leaves"]) or "-",
                ]
                for row in inside
            ],
        ),
    ]


# Plans ----------------------------------------------------------------------------------------


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


def tell_map(kept: Kept) -> list[str]:
    """What holds of all splits of the weight between the pillars, told no finer than is sure."""
    titles = {id_: own.title for id_, own in read_scenario("us-2027").instruments.items()}
    core = kept["core_index"]
    always = [titles[id_] for id_, share in core.items() if share > 0.999]
    never = [titles[id_] for id_, share in core.items() if share < 0.001]
    assert kept["tasks"] > 0.5
    assert kept["controls"] < 0.2
    least, most = kept["energy"]
    assert least < 0.02
    assert most > 1 / 3
    return [
        "The three tasks take more than half of the money in every portfolio",
        f"Funded in all of the triangle: {'; '.join(always)}.",
        f"In none of it: {'; '.join(never)}.",
        "Controls never take more than a fifth of the money.",
        "from next to nothing to more than a third of the money",
    ]


def tell_stakeholders(kept: Kept) -> list[str]:
    """What the four sides have in common, and the plan that none regrets much."""
    common, least = kept["common"], kept["least_regret"]
    kinds = [dispute["over"] for dispute in common["disputes"].values()]
    regret, instruments = least["regret"], len(read_scenario("us-2027").instruments)
    of_sides = {side: max(own.values()) for side, own in kept["regret_of"].items()}
    mildest = min(of_sides, key=lambda side: of_sides[side])
    worst = max(kept["regret_of"]["security"], key=kept["regret_of"]["security"].__getitem__)
    told = {"commerce": "commerce", "security": "the planner", "stability": "arms control"}
    planner = 100 * of_sides[mildest]
    return [
        f"all would fund {spell(len(common['funded']))} of {instruments} programmes",
        (
            f"{spell(len(common['disputed'])).capitalize()} are disputed. "
            f"{spell(kinds.count('values')).capitalize()} of these are about values alone"
        ),
        f"{spell(kinds.count('both')).capitalize()} are about both",
        f"{'None is' if 'facts' not in kinds else 'Some are'} about facts alone",
        (
            f"costs nobody more than {100 * least['largest']:.1f} % of their best gain, and proven "
            f"no plan brings that below {100 * least['proven_at_least']:.1f} %"
        ),
        (
            f"{100 * regret['commerce']:.1f} % of commerce and {100 * regret['science']:.1f} % of "
            "open science"
        ),
        f"{told[mildest]}'s own is the mildest and costs the planner {planner:.0f} %",
        f"the planner's own costs {told[worst]} up to {100 * of_sides['security']:.0f} %",
        f"{spell(round(kept['seconds'] / 60)).capitalize()} minutes on one of two busy processors",
    ]


def tell_interviews(kept: Kept) -> list[str]:
    """How many questions respondents needed, how long they waited, whom wrong answers misled."""

    def read(label: str, column: str) -> list[float]:
        return [float(told) for told in kept[label][column].split()]

    def count_misled(label: str) -> list[float]:
        pairs = zip(read(label, "true"), read(label, "certified"), strict=True)
        return [true for true, certified in pairs if true > certified]

    questions, waits = read("chosen", "questions"), read("chosen", "longest_wait_s")
    misled = count_misled("wrong")
    assert not count_misled("chosen")
    at_random = {how: statistics.median(read(how, "questions")) for how in ("any", "splitting")}
    return [
        f"about {round(kept['chosen']['opened_s'], -1):.0f} s of processor time",
        f"{max(waits):g} s for the slowest of {len(questions)} simulated respondents",
        (
            f"These needed {statistics.median(questions):g} questions in the median and "
            f"{max(questions):g} at the most"
        ),
        "none of them had a plan that loses more under their true weights than was proven",
        (
            f"drawn at random take {at_random['any']:g}, those among them that split what is left "
            f"{at_random['splitting']:g}"
        ),
        (
            f"Of {spell(len(read('wrong', 'true')))} simulated respondents of `us-2027` who got "
            f"one answer in ten wrong, {spell(len(misled))} ended with a plan that loses more "
            f"under their true weights than was certified, {100 * max(misled):.0f} % at most"
        ),
    ]


TELL: Mapping[str, tuple[str, Callable[[Kept], list[str]]]] = {
    "plans": ("us-2027.md", tell_plans),
    "shares": ("us-2027.md", tell_shares),
    "claims": ("us-2027.md", tell_claims),
    "compare": ("us-2027.md", tell_compare),
    "tornado": ("uncertainty.md", tell_tornado),
    "breakeven": ("uncertainty.md", tell_breakeven),
    "sample": ("uncertainty.md", tell_sample),
    "voi": ("uncertainty.md", tell_voi),
    "robust": ("uncertainty.md", tell_robust),
    "map": ("weights.md", tell_map),
    "stakeholders": ("stakeholders.md", tell_stakeholders),
    "interviews": ("stakeholders.md", tell_interviews),
}
"""Which document quotes a run, and what it says."""


def main() -> None:
    """Prints what the documents are to say."""
    for name in sys.argv[1:] or [name for name in TELL if (KEPT / f"{name}.json").exists()]:
        document, tell = TELL[name]
        print(f"\n# {name}, in docs/{document}\n")
        print("\n\n".join(tell(read_kept(name))))


if __name__ == "__main__":
    main()
