"""What `sensitivity inputs` says: which doubtful figures matter, and at which value."""

from __future__ import annotations

import importlib
import re
from collections.abc import Mapping
from typing import Any

from ...inputs.figures import Figure
from ...inputs.scenario import Scenario
from ...model.studies.figures.findings import FigureStudy
from ..sheet import TIDY, Column, Completeness, Record, Sheet, Show, Table, tidy
from .figure_titles import name_figure
from .words import Words, count, tell_effort

PLAIN = (
    *("path", "value", "low", "high"),
    *("title", "unit", "group", "confidence", "source"),
)
"""What is told of a figure before anything is asked about it."""

COUNTED = {
    "tornado": "figures",
    "breakeven": "figures",
    "sobol": "base samples",
    "sample": "samples",
    "voi": "best plans and samples",
}
"""What a method's answers are counted in."""

DESCRIBERS = {
    "tornado": "tornado",
    "breakeven": "turning_points",
    "sobol": "variance_shares",
    "sample": "joint_samples",
    "voi": "worth_of_knowing",
}
"""The file in this folder that tells what a method found, by `tabulate_rows` and `tell`."""

MOST_FIGURES = 20
"""Figures shown; all are in the record and in the tables of a run."""

PATH = re.compile(r"\b(?:assumptions|effects|interactions|instruments|layers)(?:\.\w+)+")

SHOWS: Mapping[str, Show] = {
    **dict.fromkeys(("gain_low", "gain_high", "kept_low", "kept_high"), "points"),
    **dict.fromkeys(("lost_points", "evppi"), "points"),
}
"""How the columns of a run's tables are shown that have a unit which their name does not tell."""


def tabulate(study: FigureStudy) -> Record:
    """Everything `sensitivity inputs --json` promises; points, and money in the scenario's unit."""
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
    method = importlib.import_module(f".{DESCRIBERS[study.method]}", __package__)
    if COUNTED[study.method] == "figures":
        rows = method.tabulate_rows(study)
        record["figures"] = [*rows, *list_open(study, rows)]
    else:
        record |= {"samples": study.sample_count, "seed": study.seed}
        record |= method.tabulate_rows(study)
    record |= {"solves": study.solves, "seconds": round(study.seconds, 3)}
    if study.notes:
        record["notes"] = dict(study.notes)
    return record


def list_open(study: FigureStudy, answered: list[Record]) -> list[Record]:
    """The figures that there was no time for: all that would be told of them is null."""
    told = {row["path"] for row in answered}
    nothing = dict.fromkeys(answered[0]) if answered else {}
    return [nothing | begin_row(f) for f in study.figures if f.path not in told]


def list_answered(record: Record) -> list[Record]:
    """The figures of which more is told than what they are."""
    rows: list[Record] = record["figures"]
    if record.get("complete", True):
        return rows
    return [row for row in rows if any(row[key] is not None for key in row if key not in PLAIN)]


def count_answered(record: Record) -> str:
    """How many figures an answer is about: of all where it is whole."""
    number = len(list_answered(record))
    if record.get("complete", True):
        return count(number, "figure")
    return count(number, "figure answered", "figures answered")


def tell_tolerance(record: Record) -> list[str]:
    """When what is funded counts as changed."""
    tolerance = record.get("tolerance")
    if tolerance is None:
        return []
    loses = f"loses more than {100 * tolerance:.2g}% of the gain"
    return [f"What is funded counts as changed where every plan with today's programmes {loses}."]


def begin_row(figure: Figure) -> Record:
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


def number(value: float | None) -> float | str | None:
    """A figure as a scenario writes it: what never ends as `never`."""
    if value is None:
        return None
    return "never" if value == float("inf") else tidy(value)


def spread(values: tuple[float, float, float]) -> dict[str, float | None]:
    """Three percentiles by name."""
    return dict(zip(("p05", "median", "p95"), map(tidy, values), strict=True))


# The sheet ------------------------------------------------------------------------------------


def describe(scenario: Scenario, record: Record, findings: Any = None) -> Sheet:
    """What each figure decides, the most decisive first."""
    del findings
    words, method = Words(scenario), record["method"]
    of_method = importlib.import_module(f".{DESCRIBERS[method]}", __package__)
    verdict, sentences, parts = of_method.tell(words, record)
    today = tell_today(words, record)
    return Sheet(
        name=f"sensitivity-inputs-{method}",
        title=f"{of_method.TITLE}: {words.title}",
        heading=of_method.TITLE,
        of=scenario.name,
        short=of_method.SHORT,
        verdict=verdict,
        sentences=[*today, *sentences],
        parts=[*parts, list_rows(record)],
        notes=[name_paths(words, text) for text in (record.get("notes") or {}).values()],
        effort=tell_effort(record),
        completeness=Completeness(
            record.get("complete", True),
            record.get("answered"),
            record.get("asked"),
            COUNTED[method],
        ),
    )


def tell_today(words: Words, record: Record) -> list[str]:
    """What the best plan gains and how much of what there is it funds."""
    gain, funded = record.get("base_gain"), record.get("funded")
    if gain is None or funded is None:
        return []
    there_are = count(len(words.scenario.instruments), "programme")
    funds = f"funds {len(funded) or 'none'} of {there_are}"
    return [f"With all figures as they are the best plan gains {gain:.3f} points and {funds}."]


def name_paths(words: Words, text: str) -> str:
    """A sentence with the paths of figures in it told by name."""
    return PATH.sub(lambda found: name_figure(words, found[0]), text)


def list_rows(record: Record) -> Table:
    """Every figure as the record has it, for the tables of a run."""
    rows = [
        {key: value for key, value in row.items() if not isinstance(value, Mapping)}
        for row in record["figures"]
    ]
    return list_as_kept(f"figures_{record['method']}", rows)


def list_as_kept(name: str, rows: list[Record]) -> Table:
    """Rows as the record has them, under the record's own names."""
    keys = dict.fromkeys(key for row in rows for key in row)
    columns = [Column(key, key, SHOWS.get(key, "text")) for key in keys]
    return Table(name, "", columns, rows, on=TIDY)
