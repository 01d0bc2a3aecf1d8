"""What the questions about weights say, on one screen each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..inputs.scenario import Scenario
from .screen import draw_bar, make_table, open_console, plain
from .studies.portfolios import CORE, EXTERIOR, classify

Record = Mapping[str, Any]

MOST_ROWS = 10
"""Portfolios shown; the rest are summed up in one line."""

BAR = 10


def name_instrument(scenario: Scenario, id_: str) -> str:
    """Its title, or its id."""
    return scenario.instruments[id_].title or id_


def head(scenario: Scenario, sentences: Sequence[str]) -> Text:
    """The title and what is proven, in a few lines."""
    title = plain(scenario.title or scenario.name)
    title.stylize("bold")
    return Text.assemble(title, f"  [{scenario.name}]\n", "\n".join(sentences))


def show_samples(scenario: Scenario, record: Record) -> None:
    """Prints which programmes are funded under how many of the weightings drawn."""
    console = open_console()
    few = [row for row in record["portfolios"] if row["acceptability"] > 0]
    proof = (
        f"Each is answered by a plan that loses at most {record['worst_regret']:.2%} of the best "
        "gain, proven"
    )
    if not record["complete"]:
        proof = (
            f"The time was over: {record['answered']:,} of {record['samples']:,} weightings are "
            f"answered, and only these are counted. {proof}"
        )
    sets = len({tuple(row["funded"]) for row in few})
    drawn = f"{record['samples']:,} weightings drawn (seed {record['seed']})"
    first = f"{drawn}: {len(few)} portfolios, {sets} funded sets."
    console.print(head(scenario, [first, proof + ".", tell_effort(record)]))
    show_classes(
        console,
        scenario,
        {row["id"]: row["funded_share"] for row in record["instruments"]},
        {row["id"]: row for row in record["instruments"]},
    )
    console.print()
    rows = [
        [
            scenario.areas[area].title or area,
            *(f"{spread[key]:.1f}" for key in SPREAD_KEYS),
            draw_bar(spread["spend_median_bn"], _most(record["areas"]), 20),
        ]
        for area, spread in record["areas"].items()
    ]
    columns = ["Area, $ bn", "5 % below", "median", "5 % above", ""]
    console.print(make_table(columns, rows, texts=(0, 4)))
    console.print()
    console.print(portfolio_table(scenario, record["portfolios"], "acceptability", "best under"))


def tell_effort(record: Record) -> str:
    """What the answer took.

    >>> tell_effort({"solves": 3, "linear_solves": 1200, "seconds": 4.2})
    '3 mixed-integer solves, 1,200 linear ones, 4 s.'
    >>> tell_effort({"solves": 1200, "linear_solves": 1200, "seconds": 4.2})
    '1,200 linear solves, 4 s.'
    """
    linear = f"{record['linear_solves']:,} linear"
    if record["solves"] == record["linear_solves"]:
        return f"{linear} solves, {record['seconds']:.0f} s."
    return f"{record['solves']:,} mixed-integer solves, {linear} ones, {record['seconds']:.0f} s."


SPREAD_KEYS = ("spend_p05_bn", "spend_median_bn", "spend_p95_bn")


def _most(areas: Mapping[str, Record]) -> float:
    return max((float(spread["spend_median_bn"]) for spread in areas.values()), default=0.0)


def show_classes(
    console: Console,
    scenario: Scenario,
    shares: Mapping[str, float],
    details: Mapping[str, Record] | None = None,
) -> None:
    """Prints what is funded anyway, what depends on the weights, and what is not funded anyway."""
    core = [id_ for id_, share in shares.items() if classify(share) == "core"]
    exterior = [id_ for id_, share in shares.items() if classify(share) == "exterior"]
    between = sorted(
        (id_ for id_ in shares if id_ not in core and id_ not in exterior),
        key=lambda id_: -shares[id_],
    )
    console.print()
    console.print(_list_names(f"Fund anyway (core, at least {CORE:.0%})", scenario, core))
    console.print(
        _list_names(f"Leave anyway (exterior, at most {EXTERIOR:.0%})", scenario, exterior)
    )
    if not between:
        return
    console.print()
    rows = []
    for id_ in between:
        row = [name_instrument(scenario, id_), f"{shares[id_]:.1%}"]
        if details is not None:
            own = details[id_]
            row += [f"{own['sampling_error']:.1%}", *(f"{own[key]:.1f}" for key in SPREAD_KEYS)]
        rows.append([*row, draw_bar(shares[id_], 1.0, BAR)])
    columns = ["Depends on the weights (borderline)", "funded"]
    if details is not None:
        columns += ["+-", "5 % below", "median $ bn", "5 % above"]
    table = make_table([*columns, ""], rows, texts=(0, len(columns)))
    table.columns[0].max_width = 44
    console.print(table)


def _list_names(what: str, scenario: Scenario, ids: Sequence[str]) -> Text:
    text = Text(f"{what}: ", style="bold")
    names = plain("; ".join(name_instrument(scenario, id_) for id_ in ids) or "none", 2000)
    names.stylize("not bold")
    return text.append_text(names)


def portfolio_table(
    scenario: Scenario, portfolios: Sequence[Record], share: str, head_of_share: str
) -> Table:
    """The portfolios with the largest shares: spending by area, and what the next ones change."""
    areas = list(scenario.areas)
    first = portfolios[0]["funded"]
    rows = []
    for row in portfolios[:MOST_ROWS]:
        funded = row["funded"]
        changes = [f"+{id_}" for id_ in funded if id_ not in first]
        changes += [f"-{id_}" for id_ in first if id_ not in funded]
        rows.append(
            [
                str(row["id"]),
                f"{row[share]:.1%}",
                *(f"{row['areas'][area]:.0f}" for area in areas),
                str(len(funded)),
                " ".join(changes) if row is not portfolios[0] else "",
            ]
        )
    columns = ["", head_of_share, *(shorten(area) for area in areas), "funds"]
    table = make_table([*columns, "against the first"], rows, texts=(0, len(columns)))
    fit_last(table, columns, rows)
    rest = portfolios[MOST_ROWS:]
    if rest:
        left = sum(row[share] for row in rest)
        table.caption = f"and {len(rest)} more with {left:.1%} in all (--json lists them)"
        table.caption_justify = "left"
        table.caption_style = ""
    return table


def fit_last(table: Table, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Gives the last column, of text, what the others leave of the screen."""
    widths = [
        max(len(cell) for cell in (c, *(row[k] for row in rows))) for k, c in enumerate(columns)
    ]
    for column, width in zip(table.columns, widths, strict=False):
        column.min_width = width
    table.columns[-1].max_width = max(12, open_console().width - sum(widths) - 2 * len(widths))


def shorten(id_: str) -> str:
    """An area's id as a narrow heading.

    >>> shorten("research_compute"), shorten("energy")
    ('research', 'energy')
    """
    return id_.split("_", maxsplit=1)[0][:9]


def show_map(scenario: Scenario, record: Record) -> None:
    """Prints the certified map: the portfolios with their shares, and what all of them fund."""
    console = open_console()
    of = ", ".join(record["coordinates"])
    count = len(record["portfolios"])
    what = "One portfolio" if count == 1 else f"One of these {count} portfolios"
    proof = (
        f"Weights of {of}. {what} is good enough under every weighting: it loses at most "
        f"{record['certified_regret']:.2%} of the best gain there "
        f"({record['certified_points']:.3f} points), proven."
        if record["certified_regret"] is not None
        else f"Weights of {of}. {what} is best of those known under every weighting; how much it "
        "may lose of the best gain is not known yet."
    )
    sentences = [proof, tell_effort(record)]
    if not record["complete"]:
        stopped = (
            f"Stopped before the tolerance of {record['tolerance']:.1%} was proven: what stands "
            "here holds, and --out lets a later run go on from it."
        )
        sentences.append(stopped)
    if record["share_error"]:
        sentences.append(f"Shares are sampled, to within {record['share_error']:.1%}.")
    console.print(head(scenario, sentences))
    console.print()
    console.print(portfolio_table(scenario, record["portfolios"], "share", "share"))
    show_classes(console, scenario, record["core_index"])
    show_stakeholders(console, scenario, record)


def show_stakeholders(console: Console, scenario: Scenario, record: Record) -> None:
    """Prints which portfolio suits whom, and what suits all."""
    told = record["stakeholders"]
    if not told["stands"]:
        return
    console.print()
    least = told["least_regret"]["id"]
    rows = []
    for id_, stand in told["stands"].items():
        title = scenario.stakeholders[id_].title or id_
        rows.append(
            [
                title + (" (statements)" if stand["is_region"] else ""),
                stand["best"],
                f"{stand['regret'][stand['best']]:.1%}",
                f"{stand['regret'][least]:.1%}",
            ]
        )
    columns = ["Stakeholder", "best listed", "loses at most", f"with {least} at most"]
    console.print(make_table(columns, rows, texts=(0, 1)))
    suits = told["acceptable_to_all"]
    console.print(
        Text(
            f"Within the tolerance for all of them: {', '.join(suits)}."
            if suits
            else f"None is within the tolerance for all; the largest loss is least with {least}: "
            f"{told['least_regret']['regret']:.1%}."
        )
    )
