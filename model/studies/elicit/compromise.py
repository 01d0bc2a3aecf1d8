"""The plan that is regretted least over a region.

Such a plan is mostly best nowhere, so that answering weightings does not find it. It is a program
of its own:

    minimise r   such that   w_c . gain(x) + best_c r >= best_c   for each corner c of the region

Where mixed programs are quick it is solved among all plans, else among those with some known on/off
decisions, where it is linear.
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

    def __init__(self, sweep: Sweep, *, is_quick: bool) -> None:
        """`is_quick`: whether mixed programs are, so that it looks among all plans."""
        self.sweep, self.is_quick = sweep, is_quick
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
        self.solves = self.linear_solves = 0

    def find(self, corners: Array, best: Array, known: Portfolio) -> Portfolio | None:
        """The plan whose largest regret at corners is smallest, near a known one.

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
        decided = None if self.is_quick else decisions
        answer = self.oracle.ask(
            Question(
                {self.regret: -1.0},
                Changes(rows=rows),
                known=(decisions,),
                place=place,
                decided=decided,
            )
        )
        self.solves += answer.mixed if self.sweep.is_mixed else 1
        self.linear_solves += 1
        if answer.plan is None or answer.decisions is None:
            return None
        gains = self.sweep.oracle.gains_of([answer.plan])[0]
        return Portfolio(answer.plan, gains, answer.decisions)

    def _begin_near(self, place: Array, decisions: Array) -> None:
        """Lets the program begin where the nearest weighting under the same decisions ended."""
        held, memory = decisions.tobytes(), self.sweep.oracle.memory
        start = memory.find_start(place, held) or memory.find_start(place)
        if start is not None:
            begins, ends = self.sweep.oracle.matrices, self.oracle.matrices
            self.oracle.memory.take_start(place, carry_basis(start, begins, ends), held)
