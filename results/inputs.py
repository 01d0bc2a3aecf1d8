"""The studies of figures as records and tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..inputs.figures import GROUP, Figure
from ..model.studies.figures.findings import BreakEven, FigureStudy, Index, Shares, Swing, Worth
from .sheet import tidy

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
    elif study.method == "voi":
        record |= {"samples": study.sample_count, "seed": study.seed, **tabulate_values(study)}
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
    return [row for row in rows if any(row[key] is not None for key in row if key not in PLAIN)]


PLAIN = (
    *("path", "value", "low", "high"),
    *("title", "unit", "group", "confidence", "source"),
)
"""What is told of a figure before anything is asked about it."""


UNITS = {
    "tornado": "figures",
    "breakeven": "figures",
    "sobol": "base samples",
    "sample": "samples",
    "voi": "samples",
}
"""What a method's answers are counted in."""


def tell_answered(method: str, answered: int, asked: int) -> str:
    """What there was time for, where it was not all.

    >>> tell_answered("tornado", 27, 233)
    'The time was over: 27 of 233 figures are answered, the rest is not known.'
    """
    told = f"{answered:,} of {asked:,} {UNITS[method]} are answered"
    return f"The time was over: {told}, the rest is not known."


def name_figure(figure: Figure) -> Record:
    """Path, value and range, and whose word it is."""
    return {
        "path": figure.path,
        "value": number(figure.value),
        "low": number(figure.low),
        "high": number(figure.high),
        "title": figure.title,
        "unit": figure.unit,
        "group": figure.group,
        "confidence": figure.confidence,
        "source": list(figure.source),
    }


def call_figure(path: str, title: str) -> str:
    """What people call a figure: its title, after the id that it is named by.

    >>> call_figure("assumptions.gw", "Gigawatts short"), call_figure("group:power", "power")
    ('gw: Gigawatts short', 'group:power, all together')
    >>> call_figure("effects.a.points", "")
    'effects.a.points'
    """
    if path.startswith(GROUP):
        return f"{path}, all together"
    return f"{path.rpartition('.')[2]}: {title}" if title else path


def tell_range(path: str, low: str, high: str, unit: str, between: str) -> str:
    """A range in its unit; a group's ends are those of all its members.

    >>> tell_range("assumptions.gw", "6", "20", "GW", "..")
    '6..20 GW'
    """
    if path.startswith(GROUP):
        return f"all low{between}all high"
    return f"{low}{between}{high} {unit}".rstrip()


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


def tabulate_values(study: FigureStudy) -> Record:
    """What knowing is worth, the most valuable first."""
    values = study.values
    if values is None:
        return {}
    every = tabulate_worth(values.everything)
    return {
        "counted": values.count,
        "failed": dict(values.failed),
        "options": len(values.choices),
        "evpi": every["evppi"],
        "evpi_se": every["se"],
        "evpi_bn": every["bn"],
        "points_per_bn": None if values.per_bn is None else tidy(values.per_bn),
        "unpaid_share": tidy(values.unpaid),
        "figures": [
            name_figure(row.figure) | tabulate_worth(row)
            for row in values.figures
            if row.figure is not None
        ],
        "groups": [
            {
                "group": row.figure.title,
                "members": [member.path for member in row.figure.members],
                **tabulate_worth(row),
            }
            for row in values.groups
            if row.figure is not None
        ],
        "plans": [
            {
                "id": f"P{number}",
                "mean_gain": tidy(choice.mean_gain),
                "best_share": tidy(choice.best_share),
                "funded": list(choice.funded),
            }
            for number, choice in enumerate(values.choices, start=1)
        ],
    }


def say_values(record: Mapping[str, Any]) -> list[str]:
    """What the value of knowing means, in words."""
    best = record["plans"][0]
    often = sum(plan["best_share"] for plan in record["plans"][1:])
    pay = "more money buys nothing here"
    if record["evpi_bn"] is not None:
        pay = f"as much as $ {record['evpi_bn']:.2f} bn more buys"
    said = [
        (
            f"One of {len(record['plans'])} plans is chosen today. Over {record['counted']} joint "
            f"samples the best on average gains {best['mean_gain']:.3f} points, and in "
            f"{often:.0%} of them another would have been the better choice."
        ),
        (
            f"To know every figure before choosing would add {record['evpi']:.3f} points "
            f"(± {record['evpi_se']:.3f}): {pay}."
        ),
    ]
    worth = [row for row in record["figures"] if row["evppi"] > 2 * row["se"]]
    if worth:
        named = ", ".join(call_figure(row["path"], row["title"]) for row in worth[:3])
        said.append(f"A study pays that tells, before the others: {named}.")
    else:
        said.append("No figure alone is surely worth a study: none would change the choice enough.")
    failed = sum((record.get("failed") or {}).values())
    if failed:
        said.append(f"{failed} samples are no valid scenario and are left out.")
    if record["unpaid_share"] > 0:
        said.append(
            f"In {record['unpaid_share']:.1%} of all plays a plan could not be paid for, and "
            "counts as nothing."
        )
    return said


def tabulate_worth(worth: Worth) -> Record:
    """Points, their standard error, and the money that buys as many."""
    return {
        "evppi": tidy(worth.points),
        "se": tidy(worth.error),
        "bn": None if worth.bn is None else tidy(worth.bn),
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
    if record.get("groups"):
        groups = [{**row, "members": " ".join(row["members"])} for row in record["groups"]]
        tables["groups_voi"] = (list(groups[0]), groups)
    if "instruments" in record:
        names = [key for key in record["instruments"][0] if key != "goes_with"]
        kept = [{key: row[key] for key in names} for row in record["instruments"]]
        tables["instruments_sample"] = (names, kept)
    return tables
