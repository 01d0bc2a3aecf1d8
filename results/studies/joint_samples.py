"""What joint samples say: how often each programme is funded, and what that goes with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ...model.studies.figures.findings import FigureStudy
from ..sheet import SHOWN, TIDY, Chart, Column, Record, Table, tidy
from .figure_titles import name_figure
from .figures import begin_row, spread
from .words import Words, count, drop_empty

TITLE = "All figures at once"
SHORT = "Joint samples"


def tabulate_rows(study: FigureStudy) -> Record:
    """What joint samples give."""
    samples = study.samples
    if samples is None:
        return {}
    with_gain = dict(samples.goes_with.get("gain", ()))
    return {
        "counted": samples.count,
        "failed": dict(samples.failed),
        "gain": spread(samples.gain),
        "kept": samples.kept_count,
        "kept_loss": None if samples.kept_loss is None else spread(samples.kept_loss),
        "instruments": [
            {
                "id": i,
                "funded_share": tidy(samples.funded_share[i]),
                **{
                    f"spend_{name}_bn": value for name, value in spread(samples.spending[i]).items()
                },
                "goes_with": tabulate_pairs(samples.goes_with.get(i, ())),
            }
            for i in study.scenario.instruments
        ],
        "areas": {
            area: {**spread(own), "goes_with": tabulate_pairs(samples.goes_with.get(area, ()))}
            for area, own in samples.areas.items()
        },
        "figures": [
            begin_row(figure) | {"goes_with_gain": tidy(with_gain.get(figure.path))}
            for figure in sorted(
                study.figures, key=lambda figure: -abs(with_gain.get(figure.path, 0.0))
            )
        ],
    }


def tabulate_pairs(pairs: Iterable[tuple[str, float]]) -> list[Record]:
    """Figures with their rank correlation."""
    return [{"path": path, "correlation": tidy(value)} for path, value in pairs]


def tell(words: Words, record: Record) -> tuple[str, list[str], list[Table | Chart]]:
    """What the best plan gains over the samples, what keeping today's loses, who is funded."""
    gain = record["gain"]
    failed = sum((record.get("failed") or {}).values())
    without = f" ({failed} without a plan)" if failed else ""
    drawn = count(record["counted"], "joint sample")
    figures = count(len(record["figures"]), "figure")
    verdict = f"No plan was found in any joint sample of {figures}{without}."
    if gain["median"] is not None:
        verdict = (
            f"Over {drawn} of {figures}{without} the best plan "
            f"gains {gain['median']:.2f} points, {gain['p05']:.2f} to {gain['p95']:.2f} in nine of "
            "ten."
        )
    return (
        verdict,
        [*tell_kept(record), *tell_always(words, record)],
        [*list_programmes(words, record), list_areas(words, record)],
    )


def tell_kept(record: Record) -> list[str]:
    """What keeping today's plan loses, in the samples in which it may be kept."""
    if not record["counted"]:
        return []
    lost, samples = record["kept_loss"], count(record["counted"], "sample")
    if lost is None or lost["median"] is None:
        return [f"Today's plan breaks a limit in each of the {samples}."]
    told = (
        f"Kept, today's plan loses {lost['median']:.2f} points of that (median), "
        f"{lost['p05']:.2f} to {lost['p95']:.2f} in nine of ten"
    )
    broken = record["counted"] - record["kept"]
    return [f"{told}; in {broken} of {samples} it breaks a limit." if broken else f"{told}."]


def tell_always(words: Words, record: Record) -> list[str]:
    """Who is funded in every sample, whatever the figures, and who in none."""
    told = []
    for word, share in (("every", 1.0), ("no", 0.0)):
        ids = [row["id"] for row in record["instruments"] if row["funded_share"] == share]
        if ids:
            told.append(f"Funded in {word} sample: {words.list_programmes(ids)}.")
    return told


def list_programmes(words: Words, record: Record) -> list[Table]:
    """How often each programme is funded and what it gets, the most frequent first."""
    shown = [
        {
            "id": row["id"],
            "funded_share": row["funded_share"],
            "median": row["spend_median_bn"],
            "ends": [row["spend_p05_bn"], row["spend_p95_bn"]],
            **set_pair(words, record, row["goes_with"]),
        }
        for row in sorted(record["instruments"], key=lambda row: -row["funded_share"])
    ]
    columns = [
        words.programme_column(),
        Column("funded_share", "funded in", "share", digits=0),
        *spending_columns(words),
    ]
    keys = ["id", "funded_share", *(f"spend_{name}_bn" for name in ("p05", "median", "p95"))]
    tidy_columns = [Column(key, key) for key in keys]
    title = "Programmes, those funded most often first"
    note = GOES_WITH if any(row["goes_with"] for row in shown) else ""
    return [
        Table("programmes_sample", title, drop_empty(columns, shown), shown, note=note, on=SHOWN),
        Table("instruments_sample", "", tidy_columns, record["instruments"], on=TIDY),
    ]


GOES_WITH = (
    "Goes with: the figure that spending rises with most (falls with, where the rank correlation "
    "is below 0)."
)


def spending_columns(words: Words) -> list[Column]:
    """Spending over the samples, and the figure that it goes with most."""
    return [
        words.money_column("median", "median", 1),
        Column("ends", "nine of ten", "range", words.money, 1),
        Column("goes_with", "goes with"),
        Column("correlation", "correlation", "number", digits=2, is_signed=True, absent=""),
    ]


def set_pair(words: Words, record: Record, pairs: Sequence[Mapping[str, float | str]]) -> Record:
    """The figure that an answer goes with most, by name."""
    if not pairs:
        return {"goes_with": "", "correlation": ""}
    path = str(pairs[0]["path"])
    titles = {row.get("path"): row.get("title") or "" for row in record["figures"]}
    return {
        "goes_with": name_figure(words, path, titles.get(path, "")),
        "correlation": pairs[0]["correlation"],
    }


def list_areas(words: Words, record: Record) -> Table:
    """What each area gets over the samples."""
    shown = [
        {
            "area": area,
            "median": row["median"],
            "ends": [row["p05"], row["p95"]],
            **set_pair(words, record, row["goes_with"]),
        }
        for area, row in record["areas"].items()
    ]
    columns = [words.area_column(), *spending_columns(words)]
    return Table("areas_sample", "Areas", drop_empty(columns, shown), shown, on=SHOWN)
