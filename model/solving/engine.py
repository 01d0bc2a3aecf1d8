"""One worker's solvers over a compiled scenario: relaxed, with decisions held, and mixed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..equations.curves import Array
from ..equations.evaluate import SMALLEST_GAIN
from ..failures import Infeasible, SolverFailed
from .compiled import Compiled
from .live import Basis, Live, Matrices, read_basis, write_basis
from .portfolios import (
    Cut,
    Portfolio,
    list_on,
    read_cut,
    read_portfolio,
    switch_on,
    write_cut,
    write_portfolio,
)


@dataclass
class Found:
    """What answering a weighting has found; the starts are bases for weightings nearby."""

    portfolios: list[Portfolio] = field(default_factory=list)
    cuts: list[Cut] = field(default_factory=list)
    start: Basis | None = None
    start_of: tuple[bytes, Basis] | None = None

    def take(self, portfolio: Portfolio | None, weights: Array) -> float:
        """Keeps a portfolio, if there is one; its gain, in points."""
        if portfolio is None:
            return -np.inf
        self.portfolios.append(portfolio)
        return float(portfolio.gains @ weights)

    def write(self, *, final: bool) -> dict[str, Any]:
        """All of it as JSON holds it; `final` unless time has cut it short."""
        of = self.start_of
        return {
            "portfolios": [write_portfolio(portfolio) for portfolio in self.portfolios],
            "cuts": [write_cut(cut) for cut in self.cuts],
            "start": None if self.start is None else write_basis(self.start),
            "start_of": of and {"on": list_on(np.frombuffer(of[0])), "start": write_basis(of[1])},
            "final": final,
        }

    @classmethod
    def read(cls, record: Mapping[str, Any], columns: int, integers: int) -> Found:
        """What a record tells of a program with so many columns and integer ones."""
        start, of = record["start"], record["start_of"]
        return cls(
            [read_portfolio(row, integers) for row in record["portfolios"]],
            [read_cut(row) for row in record["cuts"]],
            None if start is None else read_basis(start, columns),
            of and (switch_on(of["on"], integers).tobytes(), read_basis(of["start"], columns)),
        )


class Engine:
    """Solvers of one's own. An answer depends on its question alone, not on what was asked before.

    `matrices` are those of the scenario, or of a part of its plans.
    """

    def __init__(self, compiled: Compiled, matrices: Matrices | None = None) -> None:
        self.compiled = compiled
        matrices = matrices or compiled.live.matrices
        outcome_gain = compiled.formulation.model.outcome_gain
        self.outcome_columns = [
            compiled.live.column(outcome_gain[layer]) for layer in compiled.scenario.layers
        ]
        self.relaxed, self.held = Live(matrices), Live(matrices)
        self.mixed = Live(matrices) if len(matrices.integers) else None
        for live in (self.relaxed, self.held):
            live.relax_columns(matrices.integers)
        # Each linear solve starts from one saved basis.
        self.maximise(self.relaxed, np.full(len(self.outcome_columns), 1.0))
        if self.relaxed.solve().status == "infeasible":
            raise Infeasible((), "no plan meets every limit")
        self.start = self.relaxed.save_start()
        self.latest: Basis | None = None
        self.relaxed.prefer_primal()
        self.held.prefer_primal()

    def maximise(self, live: Live, weights: Array) -> None:
        """Sets the costs so that minimising them maximises the gain under some weights."""
        pairs = zip(self.outcome_columns, weights.tolist(), strict=True)
        live.minimise({at: -weight for at, weight in pairs if at is not None})

    def relax(self, weights: Array, start: Basis | None = None) -> tuple[float, Array]:
        """The gain and values of the linear relaxation: a bound, and exact without integers.

        `start`: the basis of a weighting nearby, if one is known.
        """
        self.maximise(self.relaxed, weights)
        self.relaxed.start_from(start or self.start)
        answer = self.relaxed.solve()
        return -answer.bound, answer.known_values

    def keep(
        self, decisions: Array, weights: Array, best: float, start: Basis | None = None
    ) -> Portfolio | None:
        """The best portfolio under some decisions, at its least spending.

        None if there is none that gains more than `best`. `start`: the basis of the same decisions
        under other weights, if one is known.
        """
        live, integers = self.held, self.compiled.live.integers
        live.set_bounds(integers, decisions, decisions)
        self.maximise(live, weights)
        live.start_from(start or self.start)
        answer = live.solve()
        self.latest = live.save_start() if answer.status == "optimal" else None
        if answer.status != "optimal" or answer.values is None or -answer.objective <= best:
            return None
        live.hold_face(answer.values)
        live.minimise(dict.fromkeys(self.compiled.authority.values(), 1.0))
        cheapest = live.solve()
        live.release_face()
        values = answer.values if cheapest.values is None else cheapest.values
        return self.read_portfolio(values, decisions)

    def search(self, weights: Array, gap: float, left: float | None) -> tuple[float, Array | None]:
        """A bound from the mixed program, and the decisions of the best plan found."""
        mixed = self.mixed
        if mixed is None:
            raise SolverFailed("a linear scenario has no decisions to search for")
        self.maximise(mixed, weights)
        answer = mixed.solve(gap, left, smallest=SMALLEST_GAIN)
        if answer.status == "infeasible":
            raise Infeasible((), "no plan meets every limit")
        found = None if answer.values is None else np.abs(np.round(answer.values[mixed.integers]))
        return -answer.bound, found

    def read_portfolio(self, values: Array, decisions: Array) -> Portfolio:
        """The plan in a solver's values, as the evaluator plays it."""
        compiled = self.compiled
        plan = compiled.read_plan(values)
        outcome = compiled.evaluator.outcome_of(plan)
        gains = [outcome[layer] - z for layer, z in compiled.baseline.outcome.items()]
        return Portfolio(plan, np.array(gains), decisions)
