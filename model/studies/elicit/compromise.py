"""The plan that is regretted least over a region, among those with some known on/off decisions.

Such a plan is mostly best nowhere, so that answering weightings does not find it. With decisions
held it is a linear program:

    minimise r   such that   w_c . gain(x) + best_c r >= best_c   for each corner c of the region
"""

from __future__ import annotations

import numpy as np

from ...equations.curves import Array
from ...equations.evaluate import SMALLEST_GAIN
from ...solving.extended import FurtherColumn, Row, extend
from ...solving.live import carry_basis
from ...solving.matrices import INFINITE
from ...solving.memory import Memory
from ...solving.oracle import Oracle
from ...solving.portfolios import Portfolio
from ...solving.question import Changes, Question
from ..weights.sweep import Sweep

MOST_ROWS = 24
"""Corners that a compromise minds: with fifty the program takes a second."""


class Compromiser:
    """Finds plans that are regretted little, by a program with one further column: the regret."""

    def __init__(self, sweep: Sweep) -> None:
        self.sweep = sweep
        own = sweep.compiled.matrices
        self.regret = len(own.lower)
        matrices = extend(own, [FurtherColumn(0.0, INFINITE)])
        self.oracle = Oracle(
            sweep.compiled,
            sweep.clock,
            matrices=matrices,
            near=sweep.oracle,
            store=sweep.store,
            memory=Memory(),  # its bases have a column more
        )
        self.oracle.past = "compromises"

    def find(self, corners: Array, best: Array, known: Portfolio) -> Portfolio | None:
        """The plan with a known one's decisions whose largest regret at corners is smallest.

        `corners` has the shape [corners, layers], `best` the best gain or its bound at each. Of
        very many corners, those at which the known plan loses most.
        """
        decisions = known.decisions
        place = corners.mean(axis=0)
        self._begin_near(place, decisions)
        losing = np.argsort(corners @ known.gains - best, kind="stable")[:MOST_ROWS]
        corners, best = corners[losing], best[losing]
        most = np.maximum(best, SMALLEST_GAIN)
        rows = tuple(
            Row({**self.sweep.aim(corner), self.regret: float(whole)}, lower=float(gain))
            for corner, gain, whole in zip(corners, best, most, strict=True)
        )
        question = Question({self.regret: -1.0}, Changes(rows=rows), place=place, decided=decisions)
        plan = self.oracle.ask(question).plan
        if plan is None:
            return None
        return Portfolio(plan, self.sweep.oracle.gains_of([plan])[0], decisions)

    def _begin_near(self, place: Array, decisions: Array) -> None:
        """Lets the program begin where the nearest weighting under the same decisions ended."""
        held, memory = decisions.tobytes(), self.sweep.oracle.memory
        start = memory.find_start(place, held) or memory.find_start(place)
        if start is not None:
            begins, ends = self.sweep.oracle.matrices, self.oracle.matrices
            self.oracle.memory.take_start(place, carry_basis(start, begins, ends), held)
