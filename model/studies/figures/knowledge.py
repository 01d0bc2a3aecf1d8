"""What knowing some figures before choosing is worth, from samples of what each option gains.

Knowing x one chooses the option that gains most given x. The expected gain given x is found by a
regression of gains on x (Strong, Oakley and Brennan, Medical Decision Making 34, 2014):

1. Gains less those of the option that is best on average, regressed on a natural cubic spline of x;
   on those of all members and the products of two, for a group. Other figures that are drawn apart
   from x stand beside them, as straight lines: what they explain is no noise then.
2. The value is the mean of the largest fitted gain, less the largest mean.
3. Fits with noise put in once more (the coefficients' own covariance) tell by how much noise alone
   raises the value, which is taken off, and its error.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from ...equations.curves import Array

KNOTS = (0.05, 0.275, 0.5, 0.725, 0.95)
"""Where splines bend, as shares of the draws (Harrell, Regression Modeling Strategies, 2.4.6)."""

FEW = 5
"""Figures that take no more values than these are fitted value by value."""

ROWS_A_COLUMN = 20
"""Samples for each further figure that stands beside: more of them would be noise themselves."""

MOST_TOGETHER = 8
"""Members of a group up to which each two are fitted together."""

REPEATS = 100
"""Fits with noise put in once more."""


class Estimate(NamedTuple):
    """A value in points, and its standard error."""

    points: float
    error: float


def measure_all(gains: Array) -> Estimate:
    """What knowing everything is worth: the mean of the best gain, less the best mean gain.

    Gains have the shape [samples, options].

    >>> measure_all(np.array([[0.0, 2.0], [0.0, -1.0]])).points
    0.5
    """
    lead = gains.max(axis=1) - gains[:, gains.mean(axis=0).argmax()]
    return Estimate(float(lead.mean()), float(lead.std(ddof=1) / np.sqrt(len(lead))))


class Knowledge:
    """Samples of figures, shape [samples, figures], and what options gain in each."""

    def __init__(
        self, drawn: Array, gains: Array, tied: Sequence[frozenset[int]], seed: int
    ) -> None:
        """`tied`: the sets of figures that are drawn together, by column."""
        best = int(gains.mean(axis=0).argmax())
        self.leads = np.delete(gains - gains[:, [best]], best, axis=1)
        self.drawn, self.tied = drawn, tied
        self.noise = np.random.default_rng([seed, 2])
        self.lines = np.apply_along_axis(scale, 0, drawn)
        self.order = self._rank_lines()
        self.most = measure_all(gains)

    def _rank_lines(self) -> list[int]:
        """The figures that vary, those first that go most with any option's gain."""
        leads = self.leads - self.leads.mean(axis=0)
        sizes = leads.std(axis=0)
        leads = leads[:, sizes > 0] / sizes[sizes > 0]
        if not leads.size:
            return []
        strength = np.abs(self.lines.T @ leads / len(leads)).max(axis=1)
        varies = self.lines.std(axis=0) > 0
        return [int(k) for k in np.argsort(-strength, kind="stable") if varies[k]]

    def measure(self, columns: Sequence[int]) -> Estimate:
        """What knowing the figures in some columns is worth, before choosing."""
        known = self._list_terms(columns)
        if not known.size or not self.leads.size:
            return Estimate(0.0, 0.0)
        aside = set(columns).union(*(tie for tie in self.tied if tie & set(columns)))
        samples = len(self.leads)
        beside = [k for k in self.order if k not in aside][: samples // ROWS_A_COLUMN]
        terms = np.column_stack([known, self.lines[:, beside]])
        terms = terms - terms.mean(axis=0)
        mean = self.leads.mean(axis=0)
        fit, _, _, _ = np.linalg.lstsq(terms, self.leads - mean, rcond=None)
        left = self.leads - mean - terms @ fit
        spare = max(1, samples - terms.shape[1] - 1)
        width = known.shape[1]
        known = terms[:, :width]
        fitted = mean + known @ fit[:width]
        value, error = worth_of(fitted)
        again = [
            worth_of(fitted + known @ e)[0] for e in self._list_noise(terms, left, width, spare)
        ]
        noise = float(np.mean(again)) - value
        spread = float(np.std(again, ddof=1))
        points = min(max(0.0, value - noise), self.most.points)
        return Estimate(points, float(np.hypot(error, spread)))

    def _list_terms(self, columns: Sequence[int]) -> Array:
        """What figures are known by: their splines, and of few also the products of two."""
        varying = [k for k in columns if self.lines[:, k].std() > 0]
        terms = [spline(self.lines[:, k]) for k in varying]
        if 1 < len(varying) <= MOST_TOGETHER:
            terms += [
                (self.lines[:, one] * self.lines[:, other])[:, None]
                for at, one in enumerate(varying)
                for other in varying[at + 1 :]
            ]
        return np.column_stack(terms) if terms else np.empty((len(self.drawn), 0))

    def _list_noise(self, terms: Array, left: Array, width: int, spare: int) -> Iterator[Array]:
        """Errors that the first coefficients of a fit may have, shape [coefficients, options]."""
        precision = np.asarray(np.linalg.pinv(terms.T @ terms), dtype=float)
        by_term = find_factor(precision[:width, :width])
        by_option = find_factor(left.T @ left / spare)
        for _ in range(REPEATS):
            drawn = self.noise.standard_normal((width, left.shape[1]))
            yield by_term @ drawn @ by_option.T


def worth_of(fitted: Array) -> Estimate:
    """The value of choosing by fitted leads over the option that is best on average, at 0."""
    best = np.maximum(fitted.max(axis=1), 0.0)
    value = float(best.mean()) - max(0.0, float(fitted.mean(axis=0).max()))
    return Estimate(max(0.0, value), float(best.std(ddof=1) / np.sqrt(len(best))))


def find_factor(matrix: Array) -> Array:
    """A factor of a covariance, some of whose directions may have none."""
    sizes, axes = np.linalg.eigh(matrix)
    return np.asarray(axes * np.sqrt(np.maximum(sizes, 0.0)))


def scale(values: Array) -> Array:
    """Values less their mean, over their spread; zeros where nothing varies.

    Where some never end, their rates are taken.

    >>> scale(np.array([1.0, 3.0])).tolist(), scale(np.array([2.0, 2.0])).tolist()
    ([-1.0, 1.0], [0.0, 0.0])
    """
    finite = np.where(np.isfinite(values), values, np.nan)
    if np.isnan(finite).any():
        finite = 1 / values  # never is a rate of 0
    spread = finite.std()
    if not spread > 1e-12 * max(1.0, float(np.abs(finite).max())):
        return np.zeros_like(finite)
    return np.asarray((finite - finite.mean()) / spread)


def spline(values: Array) -> Array:
    """A natural cubic spline of values, without a constant: shape [samples, terms].

    Hastie, Tibshirani and Friedman, The Elements of Statistical Learning, equation 5.4.
    """
    distinct = np.unique(values)
    if len(distinct) <= FEW:
        return np.column_stack([values == value for value in distinct[1:]]).astype(float)
    knots = np.unique(np.quantile(values, KNOTS))
    if len(knots) < 3:
        return values[:, None]

    def bend(knot: float) -> Array:
        beyond = np.maximum(values - knot, 0.0) ** 3 - np.maximum(values - knots[-1], 0.0) ** 3
        return np.asarray(beyond / (knots[-1] - knot))

    last = bend(knots[-2])
    return np.column_stack([values, *(bend(knot) - last for knot in knots[:-2])])
