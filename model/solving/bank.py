"""The bank of portfolios: what solved weightings prove of all others.

The best gain is a support function of what can be reached: convex in the weights, and with all
weights doubled it doubles. So the best known portfolio bounds it from below everywhere, and the
solved weightings bound it from above: w = sum of a_i w_i with a_i >= 0 gives

    best(w) <= sum of a_i bound_i,

whose smallest value is a small linear program. Its dual is solved here: the largest w . g over all
gains g that no solved weighting rules out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import scipy.sparse as sp

from ..equations.curves import Array
from .live import Live
from .matrices import INFINITE, Matrices
from .portfolios import Cut, Portfolio

SAME_GAIN = 1e-9
"""Portfolios whose gains differ by less in every layer are one."""

Box = tuple[Array, Array]
"""The least and the most that can be gained in each layer, in points."""


class Bank:
    """Portfolios and cuts over the layers of one scenario; appended to, never changed."""

    def __init__(self, layers: Sequence[str], box: Box) -> None:
        self.layers = tuple(layers)
        self.portfolios: list[Portfolio] = []
        self.cuts: list[Cut] = []
        self.gains = np.zeros((0, len(self.layers)))
        self._outer = _open_box(box)

    # Bounds -----------------------------------------------------------------------------------

    def lower(self, weights: Array) -> tuple[Array, Array]:
        """The best known gain under each weighting, and whose it is; shapes [weightings].

        `weights` has the shape [weightings, layers]. Without portfolios: minus infinity, and -1.
        """
        if not self.portfolios:
            return np.full(len(weights), -np.inf), np.full(len(weights), -1)
        gains = weights @ self.gains.T
        best = gains.argmax(axis=1)
        return gains[np.arange(len(weights)), best], best

    def upper(self, weights: Array) -> tuple[Array, Array]:
        """A proven bound of the best gain under each weighting, and the gains that attain it.

        Shapes [weightings] and [weightings, layers].
        """
        bounds = np.full(len(weights), np.inf)
        corners = np.zeros_like(weights)
        for at, weighting in enumerate(weights):
            self._outer.minimise(dict(enumerate((-weighting).tolist())))
            answer = self._outer.solve()
            if answer.values is not None:
                bounds[at] = float(weighting @ answer.values)
                corners[at] = answer.values
        return bounds, corners

    def raises(self, corners: Array, since: int) -> Array:
        """Whether cuts from `since` on rule out the gains that attained a bound: it fell then."""
        if since >= len(self.cuts) or not len(corners):
            return np.zeros(len(corners), dtype=bool)
        weights = np.array([cut.weights for cut in self.cuts[since:]])
        bounds = np.array([cut.bound for cut in self.cuts[since:]])
        return np.asarray((corners @ weights.T > bounds + 1e-12).any(axis=1))

    # Growth -----------------------------------------------------------------------------------

    def add(self, portfolios: Iterable[Portfolio], cuts: Iterable[Cut]) -> None:
        """Takes in a batch; portfolios it knows already are left out."""
        for portfolio in portfolios:
            self._take_portfolio(portfolio)
        for cut in cuts:
            self._take_cut(cut)

    def _take_portfolio(self, portfolio: Portfolio) -> None:
        if len(self.gains):
            nearest = np.abs(self.gains - portfolio.gains).max(axis=1).min()
            if nearest <= SAME_GAIN:
                return
        self.portfolios.append(portfolio)
        self.gains = np.vstack([self.gains, portfolio.gains])

    def _take_cut(self, cut: Cut) -> None:
        self.cuts.append(cut)
        self._outer.add_row(dict(enumerate(cut.weights.tolist())), -INFINITE, cut.bound)

    def count(self, kind: str) -> int:
        """How many cuts were proven by a kind of solve."""
        return sum(cut.kind == kind for cut in self.cuts)


def _open_box(box: Box) -> Live:
    """The linear program of the upper bound before any cut: one column for each layer's gain."""
    live = Live(Matrices(*box, sp.coo_array((0, len(box[0])))))
    live.prefer_primal()
    return live
