"""What Sobol indices say: which figures make the gain, and each area's spending, uncertain."""

from __future__ import annotations

from ...model.studies.figures.findings import FigureStudy, Index, Shares
from ..sheet import NOT_KNOWN, SHOWN, Chart, Column, Record, Table, tidy
from .figure_titles import list_figure, path_column
from .figures import MOST_FIGURES, begin_row, spread
from .words import Words, count, drop_empty

TITLE = "Which figures make the answer uncertain"
SHORT = "Variance"

WHY_BEYOND = (
    "Shares are estimates from samples. Where one is above 100% or below 0%, or its interval "
    "reaches there, that is their error: more --samples make it smaller."
)

LEAST_SHARE = 0.005
"""Of an area's variance: what moves less is not said to move it."""


def tabulate_rows(study: FigureStudy) -> Record:
    """Sobol indices of the gain by figure, and those of each area's spending beside them."""
    gain = study.shares["gain"]
    rows = [begin_row(f) | tabulate_indices(gain, f.path) for f in study.figures]
    return {
        "figures": sorted(rows, key=lambda row: -row["total"]),
        "areas": {
            name: {figure.path: tabulate_indices(shares, figure.path) for figure in study.figures}
            for name, shares in study.shares.items()
            if name != "gain" and shares.varies
        },
        "answers": {
            name: {
                "mean": tidy(shares.mean),
                **spread(shares.spread),
                "varies": shares.varies,
                "drift": tidy(shares.drift),
            }
            for name, shares in study.shares.items()
        },
    }


def tabulate_indices(shares: Shares, path: str) -> Record:
    """A figure's indices of one answer, with their intervals and what half of the samples gave."""
    first, total = shares.first[path], shares.total[path]
    return {
        "first": tidy(first.value),
        "first_interval": give_interval(first),
        "total": tidy(total.value),
        "total_interval": give_interval(total),
        "total_from_half": tidy(total.from_half),
    }


def give_interval(index: Index) -> list[float | None]:
    """The 95 % interval of an index."""
    return [tidy(index.value - index.half_width), tidy(index.value + index.half_width)]


def tell(words: Words, record: Record) -> tuple[str, list[str], list[Table | Chart]]:
    """The figure that makes the gain most uncertain, and the shares of all."""
    rows = sorted(record["figures"], key=lambda row: -(row["total"] or 0.0))
    shown = [set_row(words, record, row) for row in rows]
    gain = (record.get("answers") or {}).get("gain")
    verdict = "No figure makes the gain uncertain."
    if rows and rows[0]["total"]:
        verdict = f"{shown[0]['figure']} makes the gain most uncertain: {tell_share(rows[0])}."
    of_areas = [own for area in (record.get("areas") or {}).values() for own in area.values()]
    is_told = any(map(is_beyond, [*rows, *of_areas]))
    sentences = [WHY_BEYOND] if is_told else []
    if gain is not None and gain["median"] is not None:
        drift = gain["drift"]
        ends = f"{gain['p05']:.3f} to {gain['p95']:.3f}"
        sentences.append(
            f"Over {count(record['samples'], 'base sample')} the gain is {gain['median']:.3f} "
            f"points ({ends} in nine of ten). From half of the samples to all the total shares "
            f"moved by at most {drift:.1%}."
        )
    columns = [
        Column("figure", "figure"),
        Column("first", "alone", "share"),
        Column("first_interval", "alone, between", "range", "%", 1),
        Column("total", "in all", "share"),
        Column("total_interval", "in all, between", "range", "%", 1),
        Column("moves", "moves most"),
        path_column(),
    ]
    table = Table(
        "sobol",
        "Shares of the gain's variance",
        drop_empty(columns, shown),
        shown,
        note="Alone: what a figure makes by itself; in all: with all others, so that these may sum "
        "to more than 100%. Between: in 95 of 100 such samples. Moves most: the area of whose "
        "spending's variance it makes the largest share.",
        most=MOST_FIGURES,
        on=SHOWN,
    )
    return verdict, sentences, [table]


def tell_share(row: Record) -> str:
    """A figure's share of the variance in all, with its error; that it is none is said.

    >>> tell_share({"total": 0.62, "total_interval": [0.5, 0.74]})
    'an estimated 62% of its variance (95%: 50% to 74%)'
    >>> tell_share({"total": 1.22, "total_interval": [0.9, 1.54]})
    'an estimated 122% of its variance, which no share can be (95%: 90% to 154%)'
    """
    share, ends = row["total"], row["total_interval"]
    error = "95%: " + " to ".join(NOT_KNOWN if end is None else f"{end:.0%}" for end in ends)
    beyond = ", which no share can be" if share > 1.0 else ""
    return f"an estimated {share:.0%} of its variance{beyond} ({error})"


def is_beyond(row: Record) -> bool:
    """Whether an index, or an end of its interval, is what no share can be."""
    told = [row.get("first"), row["total"]]
    told += [*row.get("first_interval", ()), *row.get("total_interval", ())]
    return any(share is not None and not 0.0 <= share <= 1.0 for share in told)


def set_row(words: Words, record: Record, row: Record) -> Record:
    """A line as the table shows it; intervals in per cent."""
    intervals = {
        key: [None if end is None else 100 * end for end in row[key]]
        for key in ("first_interval", "total_interval")
    }
    return (
        list_figure(words, row)
        | {"first": row["first"], "total": row["total"]}
        | intervals
        | {"moves": tell_main_area(words, record.get("areas") or {}, row["path"])}
    )


def tell_main_area(words: Words, areas: Record, path: str) -> str:
    """The area whose spending a figure decides most; nothing where it moves none."""
    shares = {area: (rows.get(path) or {}).get("total") or 0.0 for area, rows in areas.items()}
    most = max(shares, key=lambda area: shares[area], default="")
    if not most or shares[most] <= LEAST_SHARE:
        return ""
    return f"{words.areas.get(most, most)} {shares[most]:.0%}"
