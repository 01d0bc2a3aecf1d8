"""Joint samples of all figures: how often each programme is funded, and what goes with it.

Each figure is drawn by the shape of its range, an assumption once for all that hangs on it, and
those with a correlation go together (`draws.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ....inputs.figures import Figure, list_figures, spread_groups
from ....inputs.scenario import Scenario
from ...equations.curves import Array
from ...work.fan_out import Crew
from .asking import Answer, Asking, refuse_nothing
from .draws import draw_latin_hypercube
from .findings import FigureStudy, Samples, Spread

NAMED = 3
"""Figures named as going with an answer."""

CHANCE = 4.0
"""Standard errors of a rank correlation that figures apart from an answer hardly ever reach."""

SHARES = (5, 50, 95)
"""Percentiles."""


def draw_samples(
    scenario: Scenario,
    named: Sequence[str] = (),
    samples: int = 1000,
    seed: int = 0,
    gap: float | None = None,
    crew: Crew | None = None,
) -> FigureStudy:
    """The answers under joint samples. Raises InputError, Infeasible and SolverFailed."""
    figures = spread_groups(list_figures(scenario, named))
    asking = Asking(scenario, gap, crew or Crew())
    draws = draw_latin_hypercube(scenario, figures, samples, seed)
    drawn = draws.values
    answers = asking.ask(draws.list_patches(), "joint samples")
    told = [(row, a) for row, a in zip(drawn, answers, strict=True) if a is not None]
    good = [(row, a) for row, a in told if a["status"] in ("optimal", "feasible")]
    refuse_nothing(len(good))
    failed = {
        status: sum(a["status"] == status for _, a in told) for status in ("invalid", "infeasible")
    }
    found = gather(scenario, figures, np.array([row for row, _ in good]), [a for _, a in good])
    study = asking.conclude("sample", figures, asked=samples, answered=len(told))
    found = replace(found, failed={status: n for status, n in failed.items() if n})
    notes = draws.tell_cut()
    return replace(study, samples=found, sample_count=samples, seed=seed, notes=notes)


def gather(
    scenario: Scenario, figures: Sequence[Figure], drawn: Array, answers: Sequence[Answer]
) -> Samples:
    """Shares, spreads and what goes with what, from the answers that have a plan."""
    gains = np.array([answer["gain"] for answer in answers])
    kept = np.array([np.nan if a["kept"] is None else a["kept"] for a in answers])
    lost = np.maximum(gains - kept, 0.0)[~np.isnan(kept)]
    totals = {
        i: np.array([answer["totals"].get(i, 0.0) for answer in answers])
        for i in scenario.instruments
    }
    funded = {i: np.array([i in a["funded"] for a in answers]) for i in scenario.instruments}
    areas = {
        area: np.sum(
            [totals[i] for i, own in scenario.instruments.items() if own.area == area], axis=0
        )
        if any(own.area == area for own in scenario.instruments.values())
        else np.zeros(len(answers))
        for area in scenario.areas
    }
    questions: dict[str, Array] = {"gain": gains}
    questions |= {i: own.astype(float) for i, own in funded.items()} | areas
    correlations = correlate(drawn, np.array(list(questions.values())).T)
    goes_with = {}
    for name, column in zip(questions, correlations.T, strict=True):
        order = np.argsort(-np.abs(column), kind="stable")
        most = len(figures) if name == "gain" else NAMED
        least = 0.0 if name == "gain" else CHANCE / np.sqrt(len(answers))
        named = [
            (figures[k].path, float(column[k])) for k in order[:most] if abs(column[k]) > least
        ]
        goes_with[name] = named
    return Samples(
        count=len(answers),
        failed={},
        gain=percentiles(gains),
        kept_count=len(lost),
        kept_loss=percentiles(lost) if len(lost) else None,
        funded_share={i: float(own.mean()) for i, own in funded.items()},
        spending={i: percentiles(own) for i, own in totals.items()},
        areas={area: percentiles(own) for area, own in areas.items()},
        goes_with=goes_with,
    )


def percentiles(values: Array) -> Spread:
    """The 5th, 50th and 95th percentile; zeros where there are no values."""
    if not len(values):
        return 0.0, 0.0, 0.0
    low, middle, high = np.percentile(values, SHARES).tolist()
    return low, middle, high


def correlate(drawn: Array, answers: Array) -> Array:
    """Rank correlation of every figure with every answer; 0 where either never varies.

    Shapes [samples, figures] and [samples, answers] to [figures, answers].

    >>> correlate(np.array([[1.0], [2.0], [9.0]]), np.array([[0.0, 5.0], [1.0, 5.0], [4.0, 5.0]]))
    array([[1., 0.]])
    """
    from scipy.stats import rankdata

    x, y = (rankdata(values, axis=0) for values in (drawn, answers))
    x, y = x - x.mean(axis=0), y - y.mean(axis=0)
    sizes = np.sqrt(np.outer((x**2).sum(axis=0), (y**2).sum(axis=0)))
    with np.errstate(invalid="ignore", divide="ignore"):
        found = np.where(sizes > 0, (x.T @ y) / sizes, 0.0)
    return np.asarray(np.round(found, 12), dtype=float)
