"""What docs/uncertainty.md says of the runs that are kept in docs/figures."""

from __future__ import annotations

from quoted_words import Kept, join, lay_out, name_figure, share, spell

from stratafolio.inputs.read import read_scenario

TOP = 8
"""Assumptions in the table of the tornado."""


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
