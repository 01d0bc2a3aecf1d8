"""Sobol indices: which share of an answer's variance a figure has, alone and in all.

Saltelli's scheme by SALib: for N base samples and d figures N · (d + 2) answers. SALib draws and
analyses; it never runs the model. Convergence is told by the intervals (bootstrap, 95 %) and by
how far the indices moved from half of the base samples to all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ....inputs.figures import Figure, list_figures, spread_groups
from ....inputs.scenario import Scenario
from ...equations.curves import Array
from ...failures import Infeasible, SolverFailed
from ...work.fan_out import Crew
from .asking import Answer, Asking
from .draws import Draws, spread_out
from .findings import FigureStudy, Index, Shares
from .sample import percentiles
from .tornado import rank_swings

MOST = 8
"""Figures taken where none is named: the scheme costs an answer per figure and base sample."""

FEWEST = 8
"""Base samples without which indices say nothing."""

FLAT = 1e-9
"""An answer whose standard deviation is smaller, as a share of its size, does not vary."""


def share_variance(
    scenario: Scenario,
    named: Sequence[str] = (),
    samples: int = 128,
    seed: int = 0,
    gap: float | None = None,
    crew: Crew | None = None,
) -> FigureStudy:
    """First-order and total indices of the gain and of each area's spending.

    `samples` is rounded up to a power of two. Raises InputError, Infeasible and SolverFailed.
    """
    crew = crew or Crew()
    notes = {}
    base = max(FEWEST, 1 << (samples - 1).bit_length())
    if base != samples:
        notes["samples"] = (
            f"{base} base samples rather than {samples}: the scheme takes powers of two."
        )
    figures = [f for f in spread_groups(list_figures(scenario, named)) if f.low != f.high]
    asking = Asking(scenario, gap, crew)
    if not named and len(figures) > MOST:
        ranked = rank_swings(asking, figures)
        figures = [swing.figure for swing in ranked if swing.swing > 0][:MOST]
        notes["figures"] = (
            f"The {len(figures)} figures that the tornado ranks first; --figure names others."
        )
    if not figures:
        raise SolverFailed(
            "no figure moves the gain within its range; there is no variance to share"
        )
    draws = draw_saltelli(scenario, figures, base, seed)
    notes |= draws.tell_cut()
    paths = {figure.path for figure in figures}
    if any(paths.issuperset(own.between) for own in scenario.correlations.values()):
        notes["correlations"] = (
            "Variance is shared among figures that are drawn apart: correlations are left out here "
            "(--method sample keeps them)."
        )
    answers = asking.ask(draws.list_patches(), "Sobol samples")
    asked = base
    whole, base = cut_to_whole(answers, asked, len(figures) + 2)
    refuse_gaps(whole)
    shares = {
        name: analyse(figures, values, base, seed)
        for name, values in list_answers(scenario, whole).items()
    }
    study = asking.conclude("sobol", figures, asked=asked, answered=base)
    return replace(study, shares=shares, sample_count=base, seed=seed, notes=notes)


def state_problem(figures: Sequence[Figure]) -> dict[str, Any]:
    """The problem as SALib takes it: all figures from 0 to 1."""
    return {
        "num_vars": len(figures),
        "names": [figure.path for figure in figures],
        "bounds": [[0.0, 1.0]] * len(figures),
    }


def draw_saltelli(scenario: Scenario, figures: Sequence[Figure], base: int, seed: int) -> Draws:
    """Values of Saltelli's scheme, shape [base · (figures + 2), figures]."""
    from SALib.sample import sobol

    generator = np.random.default_rng(seed)
    units = sobol.sample(state_problem(figures), base, calc_second_order=False, seed=generator)
    return spread_out(scenario, figures, np.asarray(units, dtype=float))


def cut_to_whole(
    answers: Sequence[Answer | None], base: int, width: int
) -> tuple[list[Answer], int]:
    """The answers of as many base samples, a power of two, as time has left whole."""
    done = next((at for at, answer in enumerate(answers) if answer is None), len(answers))
    while base * width > done:
        base //= 2
    if base < FEWEST:
        message = f"fewer than {FEWEST} base samples were answered in time; allow more"
        raise SolverFailed(message)
    return [answer for answer in answers[: base * width] if answer is not None], base


def refuse_gaps(answers: Sequence[Answer]) -> None:
    """Raises Infeasible where some samples have no plan: indices need an answer everywhere."""
    missing = sum(answer["status"] not in ("optimal", "feasible") for answer in answers)
    if missing:
        message = (
            f"{missing} of {len(answers)} samples have no plan, and indices need one everywhere; "
            "narrow the ranges, or use --method sample, which counts them"
        )
        raise Infeasible((), message)


def list_answers(scenario: Scenario, answers: Sequence[Answer]) -> dict[str, Array]:
    """The gain and each area's spending in every sample."""
    found = {"gain": np.array([answer["gain"] for answer in answers])}
    for area in scenario.areas:
        inside = [i for i, own in scenario.instruments.items() if own.area == area]
        found[area] = np.array([sum(a["totals"].get(i, 0.0) for i in inside) for a in answers])
    return found


def analyse(figures: Sequence[Figure], values: Array, base: int, seed: int) -> Shares:
    """Indices of one answer, from all samples and from half of them."""
    mean, spread = float(values.mean()), percentiles(values)
    if values.std() <= FLAT * max(1.0, abs(mean)):
        none = {figure.path: Index(0.0, 0.0, 0.0) for figure in figures}
        return Shares(none, none, mean, spread, varies=False)
    every = find_indices(figures, values, seed)
    half = find_indices(figures, values[: base // 2 * (len(figures) + 2)], seed)
    first, total = (
        {
            figure.path: Index(
                float(every[kind][at]),
                float(every[f"{kind}_conf"][at]),
                float(half[kind][at]),
            )
            for at, figure in enumerate(figures)
        }
        for kind in ("S1", "ST")
    )
    return Shares(first, total, mean, spread, varies=True)


def find_indices(figures: Sequence[Figure], values: Array, seed: int) -> Any:
    """SALib's analysis; a seed of 0 would count as none, so that one more is given."""
    from SALib.analyze import sobol

    if values.std() == 0:
        zeros = np.zeros(len(figures))
        return dict.fromkeys(("S1", "S1_conf", "ST", "ST_conf"), zeros)
    problem = state_problem(figures)
    return sobol.analyze(problem, values, calc_second_order=False, seed=seed + 1)
