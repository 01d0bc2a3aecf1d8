"""The studies of figures as records, tables and on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..model.figure_results import AtEnd, BreakEven, FigureStudy, Index, Swing
from ..model.figures import Figure
from .portfolio import tidy
from .screen import make_table, open_console, plain

Record = dict[str, Any]

SHOWN = 20
"""Figures shown on a screen; all are in the JSON and the tables."""


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
        "complete": study.complete,
        "figures": [],
    }
    if study.method == "tornado":
        record["figures"] = [tabulate_swing(row) for row in study.swings]
    elif study.method == "breakeven":
        record["figures"] = [tabulate_break_even(row) for row in study.break_evens]
    elif study.method == "sobol":
        record |= {"samples": study.sample_count, "seed": study.seed, **tabulate_shares(study)}
    else:
        record |= {"samples": study.sample_count, "seed": study.seed, **tabulate_samples(study)}
    record |= {"solves": study.solves, "seconds": round(study.seconds, 3)}
    if study.notes:
        record["notes"] = dict(study.notes)
    return record


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
    notes = {name: end.note for name, end in (("low", row.low), ("high", row.high)) if end.note}
    return found | ({"notes": notes} if notes else {})


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


def tabulate_index(index: Index) -> Record:
    """An index with its interval."""
    return {
        "value": tidy(index.value),
        "low": tidy(index.value - index.half_width),
        "high": tidy(index.value + index.half_width),
        "from_half_the_samples": tidy(index.from_half),
    }


def tabulate_shares(study: FigureStudy) -> Record:
    """Sobol indices of the gain by figure, and those of each area's spending beside them."""
    gain = study.shares["gain"]
    figures = []
    for figure in study.figures:
        first, total = gain.first[figure.path], gain.total[figure.path]
        figures.append(
            name_figure(figure)
            | {
                "first": tidy(first.value),
                "first_interval": interval(first),
                "total": tidy(total.value),
                "total_interval": interval(total),
                "areas": {
                    name: {
                        "first": tabulate_index(shares.first[figure.path]),
                        "total": tabulate_index(shares.total[figure.path]),
                    }
                    for name, shares in study.shares.items()
                    if name != "gain" and shares.varies
                },
            }
        )
    return {
        "figures": sorted(figures, key=lambda row: -row["total"]),
        "answers": {
            name: {
                "mean": tidy(shares.mean),
                "p05_median_p95": [tidy(value) for value in shares.spread],
                "varies": shares.varies,
                "drift": tidy(shares.drift),
            }
            for name, shares in study.shares.items()
        },
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
        "kept_loss": spread(samples.kept_loss),
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


# The screen -----------------------------------------------------------------------------------


def show_inputs(study: FigureStudy) -> None:
    """Prints what the figures decide, the most decisive first."""
    console = open_console()
    title = plain(study.scenario.title or study.scenario.name)
    title.stylize("bold")
    title.append(f"  [{study.scenario.name}]\n", "default")
    title.append(
        f"The best plan gains {study.base_gain:.3f} points and funds {len(study.funded)} of "
        f"{len(study.scenario.instruments)} instruments."
    )
    console.print(title)
    show = {
        "tornado": show_tornado,
        "breakeven": show_break_evens,
        "sobol": show_shares,
        "sample": show_samples,
    }[study.method]
    show(console, study)
    if not study.complete:
        console.print(plain("The time ended before every figure was answered.", 200))
    for note in study.notes.values():
        console.print(plain(note, 400))


def show_tornado(console: Any, study: FigureStudy) -> None:
    """Swings: what the gain does, and what the plan does."""
    flips = sum(row.flips for row in study.swings)
    console.print(
        plain(
            f"{flips} of {len(study.swings)} figures change what is funded somewhere in their "
            f"range, by more than {study.tolerance:.2g} of the gain. Most decisive first.",
            300,
        )
    )
    console.print()
    rows = [
        [
            row.figure.path,
            f"{tell(row.figure.low)}..{tell(row.figure.high)}",
            f"{tell_change(row.low, study)} {tell_change(row.high, study)}",
            f"{row.lost:.3f}",
            f"{max(row.low.moved_bn, row.high.moved_bn):.1f}",
            tell_flips(row),
        ]
        for row in study.swings[:SHOWN]
    ]
    columns = ["Figure", "range", "gain low, high", "lost if kept", "$ bn moved", "funded"]
    table = make_table(columns, rows, texts=(0, 5))
    table.columns[0].max_width = 44
    console.print(table)
    if len(study.swings) > SHOWN:
        console.print(plain(f"... and {len(study.swings) - SHOWN} more (--json has all)."))


def tell(value: float | None) -> str:
    """A figure, short.

    >>> tell(0.5), tell(float("inf")), tell(None)
    ('0.5', 'never', '?')
    """
    if value is None:
        return "?"
    return "never" if value == float("inf") else f"{value:.4g}"


def tell_change(end: AtEnd, study: FigureStudy) -> str:
    """How the gain changes at one end."""
    return "   none" if end.gain is None else f"{end.gain - study.base_gain:+.3f}"


def tell_flips(row: Swing) -> str:
    """Which instruments enter or leave, at which end."""
    told = []
    for name, end in (("low", row.low), ("high", row.high)):
        if end.flips:
            change = [*(f"+{i}" for i in end.enters), *(f"-{i}" for i in end.leaves)]
            told.append(f"{name}: {' '.join(change) or end.note}")
    return "; ".join(told)


def show_break_evens(console: Any, study: FigureStudy) -> None:
    """The values at which the funded set changes."""
    found = [row for row in study.break_evens if row.nearest is not None]
    within = sum(bool(row.within_range) for row in found)
    console.print(
        plain(
            f"{within} figures change what is funded within their range, {len(found) - within} "
            f"only beyond it, {len(study.break_evens) - len(found)} not within four widths of it.",
            300,
        )
    )
    console.print()
    rows = []
    for row in found[:SHOWN]:
        flip = row.nearest
        if flip is None:
            continue
        change = [*(f"+{i}" for i in flip.enters), *(f"-{i}" for i in flip.leaves)]
        rows.append(
            [
                row.figure.path,
                tell(row.figure.value),
                f"{tell(row.figure.low)}..{tell(row.figure.high)}",
                tell(flip.at),
                "yes" if row.within_range else "no",
                " ".join(change) or flip.why,
            ]
        )
    columns = ["Figure", "now", "range", "flips at", "within", "funded then"]
    table = make_table(columns, rows, texts=(0, 5))
    table.columns[0].max_width = 44
    console.print(table)
    if len(found) > SHOWN:
        console.print(plain(f"... and {len(found) - SHOWN} more (--json has all)."))


def show_shares(console: Any, study: FigureStudy) -> None:
    """Sobol indices."""
    gain = study.shares["gain"]
    low, median, high = gain.spread
    console.print(
        plain(
            f"Over {study.sample_count} samples a figure the gain is {median:.3f} points "
            f"({low:.3f} to {high:.3f} in nine of ten). Its total shares moved by at most "
            f"{gain.drift:.3f} from half of the samples to all.",
            300,
        )
    )
    console.print()
    ranked = sorted(study.figures, key=lambda f: -gain.total[f.path].value)
    rows = [
        [
            f.path,
            f"{gain.first[f.path].value:.3f} ± {gain.first[f.path].half_width:.3f}",
            f"{gain.total[f.path].value:.3f} ± {gain.total[f.path].half_width:.3f}",
            tell_main_area(study, f.path),
        ]
        for f in ranked[:SHOWN]
    ]
    columns = ["Figure", "alone", "in all", "moves most, of an area's spending"]
    console.print(make_table(columns, rows, texts=(0, 3)))


def tell_main_area(study: FigureStudy, path: str) -> str:
    """The area whose spending a figure decides most."""
    areas = {n: s.total[path].value for n, s in study.shares.items() if n != "gain" and s.varies}
    best = max(areas, key=lambda name: areas[name], default="")
    return f"{best} {areas[best]:.2f}" if best and areas[best] > 0.005 else "-"


def show_samples(console: Any, study: FigureStudy) -> None:
    """How often each programme is funded, and what goes with it."""
    samples = study.samples
    if samples is None:
        return
    low, median, high = samples.gain
    lost = samples.kept_loss
    failed = sum(samples.failed.values())
    console.print(
        plain(
            f"{samples.count} joint samples of {len(study.figures)} figures"
            + (f" ({failed} without a plan)" if failed else "")
            + f": the best plan gains {median:.2f} points ({low:.2f} to {high:.2f} in 9 of 10); "
            f"keeping today's plan loses {lost[1]:.2f} ({lost[0]:.2f} to {lost[2]:.2f}).",
            400,
        )
    )
    console.print()
    rows = []
    shares = samples.funded_share
    for i in sorted(shares, key=lambda i: -shares[i]):
        p05, middle, p95 = samples.spending[i]
        with_it = samples.goes_with.get(i, ())
        rows.append(
            [
                i,
                f"{shares[i]:.0%}",
                f"{middle:.1f} ({p05:.1f}..{p95:.1f})",
                ", ".join(f"{path} {value:+.2f}" for path, value in with_it[:1]),
            ]
        )
    columns = ["Instrument", "funded in", "$ bn", "goes with"]
    console.print(make_table(columns, rows, texts=(0, 3)))
    console.print()
    rows = [
        [area, f"{p[1]:.1f} ({p[0]:.1f}..{p[2]:.1f})", goes]
        for area, p in samples.areas.items()
        for goes in [
            ", ".join(f"{path} {v:+.2f}" for path, v in samples.goes_with.get(area, ())[:2])
        ]
    ]
    console.print(make_table(["Area", "$ bn", "goes with"], rows, texts=(0, 2)))
