"""The bank of portfolios: what solved weightings prove of all others.

The best gain is a support function of what can be reached: convex in the weights, and with all
weights doubled it doubles. So the best known portfolio bounds it from below everywhere, and the
solved weightings bound it from above: w = sum of a_i w_i with a_i >= 0 gives

    best(w) <= sum of a_i bound_i,

whose smallest value is a small linear program. Its dual is solved here: the largest w . g over all
gains g that no solved weighting rules out.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

from ...inputs.complaint import InputError
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
        self._file: Path | None = None
        self._hash = ""

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
        """Takes in a batch, in memory and in the file; portfolios it knows already are left out."""
        fresh = [portfolio for portfolio in portfolios if self._take_portfolio(portfolio)]
        cuts = list(cuts)
        for cut in cuts:
            self._take_cut(cut)
        if self._file is not None:
            self._append([_portfolio_line(p) for p in fresh] + [_cut_line(c) for c in cuts])

    def _take_portfolio(self, portfolio: Portfolio) -> bool:
        if len(self.gains):
            nearest = np.abs(self.gains - portfolio.gains).max(axis=1).min()
            if nearest <= SAME_GAIN:
                return False
        self.portfolios.append(portfolio)
        self.gains = np.vstack([self.gains, portfolio.gains])
        return True

    def _take_cut(self, cut: Cut) -> None:
        self.cuts.append(cut)
        self._outer.add_row(dict(enumerate(cut.weights.tolist())), -INFINITE, cut.bound)

    def count(self, kind: str) -> int:
        """How many cuts were proven by a kind of solve."""
        return sum(cut.kind == kind for cut in self.cuts)

    # The file ---------------------------------------------------------------------------------

    def keep_in(self, file: Path, scenario_hash: str) -> None:
        """Takes in what a file holds of the same scenario, and appends to it from now on.

        The last batch may be cut short by a killed run: it is dropped, and solved again. Raises
        InputError where the file is of another scenario or no bank.
        """
        lines: list[dict[str, Any]] = []
        whole = 0
        if file.exists():
            lines, whole = _read_batches(file)
        if lines:
            head = lines[0]
            if head.get("bank") != scenario_hash or head.get("layers") != list(self.layers):
                message = "is the bank of another scenario; name a new folder or delete this one"
                raise InputError.of(str(file), message)
            for line in lines[1:]:
                if "plan" in line:
                    self._take_portfolio(_read_portfolio(line))
                else:
                    self._take_cut(_read_cut(line))
        self._file = file
        if file.exists() and file.stat().st_size > whole:
            with file.open("r+b") as stream:
                stream.truncate(whole)
        if not lines:
            self._append([{"bank": scenario_hash, "layers": list(self.layers)}])

    def _append(self, lines: list[dict[str, Any]]) -> None:
        """A batch in one write, closed by a line of its own, and on the disk before it counts."""
        if self._file is None or not lines:
            return
        text = "".join(json.dumps(line) + "\n" for line in [*lines, {"end": len(lines)}])
        with self._file.open("ab") as stream:
            stream.write(text.encode())
            stream.flush()
            os.fsync(stream.fileno())


def _open_box(box: Box) -> Live:
    """The linear program of the upper bound before any cut: one column for each layer's gain."""
    live = Live(Matrices(*box, sp.coo_array((0, len(box[0])))))
    live.prefer_primal()
    return live


def _read_batches(file: Path) -> tuple[list[dict[str, Any]], int]:
    """The lines of every whole batch, and how many bytes these take."""
    found: list[dict[str, Any]] = []
    batch: list[dict[str, Any]] = []
    whole = at = 0
    for raw in file.read_bytes().splitlines(keepends=True):
        at += len(raw)
        try:
            line = json.loads(raw)
        except ValueError:
            break
        if not isinstance(line, dict):
            break
        if line.get("end") == len(batch) and batch:
            found += batch
            batch, whole = [], at
        else:
            batch.append(line)
    if not found and file.stat().st_size and not _looks_cut_short(file):
        raise InputError.of(str(file), "is no bank of portfolios; name a new folder")
    return found, whole


def _looks_cut_short(file: Path) -> bool:
    return file.read_bytes()[:9].startswith((b'{"bank": ', b'{"bank":'))


def _portfolio_line(portfolio: Portfolio) -> dict[str, Any]:
    return {
        "plan": {i: {str(t): bn for t, bn in years.items()} for i, years in portfolio.plan.items()},
        "gains": portfolio.gains.tolist(),
        "decisions": np.flatnonzero(portfolio.decisions > 0.5).tolist(),
        "integers": len(portfolio.decisions),
    }


def _read_portfolio(line: Mapping[str, Any]) -> Portfolio:
    decisions = np.zeros(int(line["integers"]))
    decisions[line["decisions"]] = 1.0
    plan = {i: {int(t): bn for t, bn in years.items()} for i, years in line["plan"].items()}
    return Portfolio(plan, np.array(line["gains"]), decisions)


def _cut_line(cut: Cut) -> dict[str, Any]:
    return {"weights": cut.weights.tolist(), "bound": cut.bound, "kind": cut.kind}


def _read_cut(line: Mapping[str, Any]) -> Cut:
    return Cut(np.array(line["weights"]), float(line["bound"]), str(line["kind"]))
