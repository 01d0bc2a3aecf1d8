"""Joint draws of doubtful figures: each by the shape of its range, together as they go together.

1. A Latin hypercube: from 0 to 1 there are as many parts as samples, and each figure takes each
   part once.
2. Figures with rank correlations are put into the order of normal draws with these correlations
   (Iman and Conover, Communications in Statistics B11, 1982): what each figure takes stays. Normal
   draws have Spearman's r where their own correlation is 2 sin(pi r / 6).
3. Each figure's quantile at its part is its draw, cut where its field ends. So is what is computed
   from drawn assumptions, where it would be no value of its field.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ....inputs.expressions import Expression, NoExpression, parse_expression
from ....inputs.fields import LARGEST_SIZE
from ....inputs.figures import Figure, find_limits, join_patches
from ....inputs.numbers import Numbers
from ....inputs.patch import TABLES, merge
from ....inputs.scenario import TOKEN_BN, Scenario
from ...equations.curves import Array

NEAREST = 1e-9
"""Draws from 0 to 1 keep so far from both: a normal figure has no value there."""

FEW_CUT = 0.01
"""A larger share of draws that is cut is told."""


@dataclass(frozen=True)
class Draws:
    """Values, shape [samples, figures], and the share of each figure's draws that were cut.

    `mends` has a patch for each sample, of computed figures that were cut.
    """

    figures: Sequence[Figure]
    values: Array
    cut: Mapping[str, float]
    mends: Sequence[Mapping[str, Any]]

    def list_patches(self) -> list[dict[str, Any]]:
        """The patch of each sample."""
        return [
            join_patches(
                [
                    *(f.patch(float(v)) for f, v in zip(self.figures, row, strict=True)),
                    mend,
                ]
            )
            for row, mend in zip(self.values, self.mends, strict=True)
        ]

    def tell_cut(self) -> dict[str, str]:
        """A note on figures of which more than a few draws were cut; none where there are none."""
        many = {path: share for path, share in self.cut.items() if share > FEW_CUT}
        if not many:
            return {}
        named = ", ".join(f"{path} ({share:.0%})" for path, share in list(many.items())[:10])
        more = f" and {len(many) - 10} more" if len(many) > 10 else ""
        return {"cut": f"Draws beyond what a figure may be are cut at its limit: {named}{more}."}


def draw_latin_hypercube(
    scenario: Scenario, figures: Sequence[Figure], samples: int, seed: int
) -> Draws:
    """Joint draws of some figures."""
    from scipy.stats import qmc

    generator = np.random.default_rng(seed)
    units = qmc.LatinHypercube(len(figures), rng=generator).random(samples)
    tie_together(scenario, figures, units, np.random.default_rng([seed, 1]))
    return spread_out(scenario, figures, units)


def tie_together(
    scenario: Scenario, figures: Sequence[Figure], units: Array, generator: np.random.Generator
) -> None:
    """Reorders the columns of figures with correlations so that they have them; in place."""
    at = {figure.path: column for column, figure in enumerate(figures)}
    pairs = {
        own.between: own.rank
        for own in scenario.correlations.values()
        if all(path in at for path in own.between)
    }
    tied = list(dict.fromkeys(path for pair in pairs for path in pair))
    if not tied:
        return
    matrix = np.eye(len(tied))
    for (one, other), rank in pairs.items():
        i, j = tied.index(one), tied.index(other)
        matrix[i, j] = matrix[j, i] = 2 * np.sin(np.pi * rank / 6)
    scores = whiten(generator.standard_normal((len(units), len(tied)))) @ find_root(matrix).T
    for column, path in enumerate(tied):
        ranks = scores[:, column].argsort().argsort()
        units[:, at[path]] = np.sort(units[:, at[path]])[ranks]


def whiten(scores: Array) -> Array:
    """Normal draws without the correlations that they have by chance, where there are enough."""
    samples, count = scores.shape
    if samples <= count + 1:
        return scores
    centred = scores - scores.mean(axis=0)
    covariance = np.atleast_2d(np.cov(centred, rowvar=False))
    return np.asarray(np.linalg.solve(np.linalg.cholesky(covariance), centred.T).T)


def find_root(matrix: Array) -> Array:
    """A matrix that gives the correlations when multiplied by its transpose.

    Ranks that can be together may have normal correlations that just cannot: the nearest then.

    >>> root = find_root(np.array([[1.0, 0.5], [0.5, 1.0]]))
    >>> np.round(root @ root.T, 9).tolist()
    [[1.0, 0.5], [0.5, 1.0]]
    """
    sizes, axes = np.linalg.eigh(matrix)
    root = axes * np.sqrt(np.maximum(sizes, 0.0))
    return np.asarray(root / np.linalg.norm(root, axis=1, keepdims=True))


def spread_out(scenario: Scenario, figures: Sequence[Figure], units: Array) -> Draws:
    """Draws from 0 to 1, shape [samples, figures], as values of the figures."""
    values, cut = np.empty_like(units), {}
    inside = np.clip(units, NEAREST, 1 - NEAREST)
    coverage = scenario.uncertainty.coverage
    for at, figure in enumerate(figures):
        drawn = find_quantiles(figure, coverage, inside[:, at])
        if not figure.is_assumption:
            least, most = find_bounds(scenario, figure)
            most = np.inf if np.isinf(drawn).any() else most
            cut[figure.path] = float(((drawn < least) | (drawn > most)).mean())
            drawn = np.clip(drawn, least, most)
        values[:, at] = drawn
    mends, more = cut_computed(scenario, figures, values)
    return Draws(figures, values, {**cut, **more}, mends)


def cut_computed(
    scenario: Scenario, figures: Sequence[Figure], values: Array
) -> tuple[list[dict[str, Any]], dict[str, float]]:
    """Patches that cut what is computed at the limits of its field, and the shares that were cut.

    A whole figure is rounded.
    """
    assumed = [(at, f.keys[1]) for at, f in enumerate(figures) if f.is_assumption]
    computed = list_computed(scenario)
    bounds = {figure.path: find_bounds(scenario, figure) for figure, _ in computed}
    hanging = [
        (figure, expression)
        for figure, expression in computed
        if figure.is_whole or min(map(abs, bounds[figure.path])) < LARGEST_SIZE
    ]
    mends: list[dict[str, Any]] = [{} for _ in values]
    if not assumed or not hanging:
        return mends, {}
    times_cut = dict.fromkeys((figure.path for figure, _ in hanging), 0)
    rows = scenario.document["assumptions"]
    for row, mend in zip(values, mends, strict=True):
        drawn = {id_: {**rows[id_], "value": float(row[at])} for at, id_ in assumed}
        numbers = Numbers({**rows, **drawn}, []).values
        for figure, expression in hanging:
            try:
                value = expression.evaluate(numbers)
            except (KeyError, NoExpression):
                continue  # no value at all: the sample is counted as having no plan
            least, most = bounds[figure.path]
            held = min(max(figure.settle(value), least), most)
            times_cut[figure.path] += not least <= value <= most
            if held != value:
                mend.update(merge(mend, figure.patch(held)))
    return mends, {path: times / len(values) for path, times in times_cut.items() if times}


def list_computed(scenario: Scenario) -> list[tuple[Figure, Expression]]:
    """The figures that are computed and may carry a range where they are not."""
    found = []
    for path, texts in scenario.expressions.items():
        for place, text in texts.items():
            table = path[0] if path else ""
            record = TABLES.get(table, Scenario)
            if len(place) == 1 and place[0] in record.ranged:
                figure = Figure(".".join((*path, *place)), 0.0, None, None)
                found.append((figure, parse_expression(text)))
    return found


def find_bounds(scenario: Scenario, figure: Figure) -> tuple[float, float]:
    """The least and the largest value of a figure beside the fields next to it, as these stand.

    A programme's most in a year is not below its least there, nor is what it may grow by.
    """
    table, name = (figure.keys[0], figure.keys[-1]) if len(figure.keys) > 1 else ("", figure.path)
    least, most = find_limits(table, name)
    if table != "instruments":
        return least, most
    own = scenario.instruments[figure.keys[1]]
    if name in ("max_per_year", "max_growth"):
        takes_all = name == "max_per_year" and own.all_or_nothing
        least = max(least, TOKEN_BN if takes_all else scenario.least_when_funded(figure.keys[1]))
    elif name == "min_per_year":
        ends = (own.max_per_year, own.max_growth)
        most = min([most, *(end for end in ends if end is not None)])
    return least, most


def find_quantiles(figure: Figure, coverage: float, units: Array) -> Array:
    """The values of a figure below which it lies with some probabilities.

    Low and high are the ends of a central interval of that coverage; `beta` (PERT: Malcolm,
    Roseboom, Clark and Fazar, Operations Research 7, 1959) and `uniform` lie within them. Where an
    end is `never`, what is uniform is the rate, one over the value. Whole figures are rounded, so
    that in `uniform` each is as likely.

    >>> one = Figure("assumptions.a", 3.0, 1.0, 9.0, shape="lognormal")
    >>> np.round(find_quantiles(one, 0.9, np.array([0.05, 0.5, 0.95])), 9).tolist()
    [1.0, 3.0, 9.0]
    """
    from scipy.special import betaincinv, ndtri

    low, high = figure.low or 0.0, figure.high or 0.0
    if low == high:
        return np.full_like(units, low)
    if high == np.inf:
        return np.asarray(low / (1 - units))
    if figure.shape in ("lognormal", "normal"):
        is_log = figure.shape == "lognormal"
        ends = np.log([low, high]) if is_log else np.array([low, high])
        deviations = ndtri(units) / ndtri((1 + coverage) / 2)
        drawn = ends.mean() + (ends[1] - ends[0]) / 2 * deviations
        drawn = np.exp(drawn) if is_log else drawn
    elif figure.shape == "beta":
        peak = (figure.value - low) / (high - low)
        drawn = low + (high - low) * betaincinv(1 + 4 * peak, 1 + 4 * (1 - peak), units)
    elif figure.is_whole:
        return np.asarray(np.minimum(np.floor(low + units * (high - low + 1)), high))
    else:
        drawn = low + units * (high - low)
    return np.asarray(np.rint(drawn) if figure.is_whole else drawn)
