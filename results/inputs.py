"""The studies of figures as records and tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..inputs.figures import Figure
from ..model.studies.figures.findings import BreakEven, FigureStudy, Index, Shares, Swing
from .portfolio import tidy

Record = dict[str, Any]


def tabulate_inputs(study: FigureStudy) -> Record:
    """Everything `sensitivity inputs --json` promises; points and $ billion."""
    record: Record = {
        "scenario": study.scenario.name,
        "title": study.scenario.title,
        "method": study.method,
        "base_gain": tidy(study.base_gain),
        "base_bound": tidy(study.base_bound),
        "funded": list(study.funded),
        "tolerance": study.tolerance,
        "complete": study.is_complete,
        "asked": study.asked,
        "answered": study.answered,
        "figures": [],
    }
    if study.method == "tornado":
        record["figures"] = [tabulate_swing(row) for row in study.swings]
        record["figures"] += list_open(study, record["figures"])
    elif study.method == "breakeven":
        record["figures"] = [tabulate_break_even(row) for row in study.break_evens]
        record["figures"] += list_open(study, record["figures"])
    elif study.method == "sobol":
        record |= {"samples": study.sample_count, "seed": study.seed, **tabulate_shares(study)}
    else:
        record |= {"samples": study.sample_count, "seed": study.seed, **tabulate_samples(study)}
    record |= {"solves": study.solves, "seconds": round(study.seconds, 3)}
    if study.notes:
        record["notes"] = dict(study.notes)
    return record


def list_open(study: FigureStudy, answered: list[Record]) -> list[Record]:
    """The figures that there was no time for: all that would be told of them is null."""
    told = {row["path"] for row in answered}
    nothing = dict.fromkeys(answered[0]) if answered else {}
    return [nothing | name_figure(f) for f in study.figures if f.path not in told]


def list_answered(rows: list[Record]) -> list[Record]:
    """The figures of which more is told than what they are."""
    plain = ("path", "value", "low", "high")
    return [row for row in rows if any(row[key] is not None for key in row if key not in plain)]


UNITS = {"tornado": "figures", "breakeven": "figures", "sobol": "base samples", "sample": "samples"}
"""What a method's answers are counted in."""


def tell_answered(method: str, answered: int, asked: int) -> str:
    """What there was time for, where it was not all.

    >>> tell_answered("tornado", 27, 233)
    'The time was over: 27 of 233 figures are answered, the rest is not known.'
    """
    told = f"{answered:,} of {asked:,} {UNITS[method]} are answered"
    return f"The time was over: {told}, the rest is not known."


def name_figure(figure: Figure) -> Record:
    """Path, value and range."""
    return {
        "path": figure.path,
        "value": number(figure.value),
        "low": number(figure.low),
        "high": number(figure.high),
    }


def number(value: float | None) -> float | str | None:
    """A figure as a scenario writes it: what never ends as `never`."""
    if value is None:
        return None
    return "never" if value == float("inf") else tidy(value)


def points(value: float | None) -> float | None:
    """Points, or nothing where they are not known."""
    return None if value is None else tidy(value)


def tabulate_swing(row: Swing) -> Record:
    """A line of the tornado."""
    found = name_figure(row.figure)
    for name, end in (("low", row.low), ("high", row.high)):
        found |= {f"gain_{name}": points(end.gain), f"kept_{name}": points(end.kept)}
    found["flips"] = row.flips
    found["lost_points"] = tidy(row.lost)
    for name, end in (("low", row.low), ("high", row.high)):
        found |= {
            f"flips_{name}": end.flips,
            f"moved_{name}_bn": tidy(end.moved_bn),
            f"enters_{name}": list(end.enters) if end.flips else [],
            f"leaves_{name}": list(end.leaves) if end.flips else [],
        }
    ends = (("low", row.low), ("high", row.high))
    return found | {"notes": [f"{name}: {end.note}" for name, end in ends if end.note]}


def tabulate_break_even(row: BreakEven) -> Record:
    """A line of the break-evens."""
    flip = row.nearest
    return name_figure(row.figure) | {
        "flips_at": None if flip is None else number(flip.at),
        "holds_at": None if flip is None else number(flip.holds_at),
        "within_range": row.within_range,
        "enters": [] if flip is None else list(flip.enters),
        "leaves": [] if flip is None else list(flip.leaves),
        "why": "" if flip is None else flip.why,
        "below": None if row.below is None else number(row.below.at),
        "above": None if row.above is None else number(row.above.at),
        "searched": [number(end) for end in row.searched],
    }


def tabulate_shares(study: FigureStudy) -> Record:
    """Sobol indices of the gain by figure, and those of each area's spending beside them."""
    gain = study.shares["gain"]
    rows = [name_figure(f) | tabulate_indices(gain, f.path) for f in study.figures]
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
        "first_interval": interval(first),
        "total": tidy(total.value),
        "total_interval": interval(total),
        "total_from_half": tidy(total.from_half),
    }


def interval(index: Index) -> list[float | None]:
    """The 95 % interval of an index."""
    return [tidy(index.value - index.half_width), tidy(index.value + index.half_width)]


def tabulate_samples(study: FigureStudy) -> Record:
    """What joint samples give."""
    samples = study.samples
    if samples is None:
        return {}
    scenario = study.scenario
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
                "goes_with": pairs(samples.goes_with.get(i, ())),
            }
            for i in scenario.instruments
        ],
        "areas": {
            area: {**spread(own), "goes_with": pairs(samples.goes_with.get(area, ()))}
            for area, own in samples.areas.items()
        },
        "figures": [
            name_figure(figure) | {"goes_with_gain": points(with_gain.get(figure.path))}
            for figure in sorted(
                study.figures, key=lambda figure: -abs(with_gain.get(figure.path, 0.0))
            )
        ],
    }


def spread(values: tuple[float, float, float]) -> dict[str, float | None]:
    """Three percentiles by name."""
    return dict(zip(("p05", "median", "p95"), map(tidy, values), strict=True))


def pairs(found: Any) -> list[Record]:
    """Figures with their correlation."""
    return [{"path": path, "correlation": tidy(value)} for path, value in found]


Tables = dict[str, tuple[list[str], list[dict[str, Any]]]]


def list_tables(record: Mapping[str, Any]) -> Tables:
    """The CSV files of a run."""
    rows = [
        {
            key: " ".join(map(str, value)) if isinstance(value, list) else value
            for key, value in row.items()
            if not isinstance(value, Mapping)
        }
        for row in record["figures"]
    ]
    columns = list(dict.fromkeys(key for row in rows for key in row))
    tables: Tables = {f"figures_{record['method']}": (columns, rows)}
    if "instruments" in record:
        names = [key for key in record["instruments"][0] if key != "goes_with"]
        kept = [{key: row[key] for key in names} for row in record["instruments"]]
        tables["instruments_sample"] = (names, kept)
    return tables
