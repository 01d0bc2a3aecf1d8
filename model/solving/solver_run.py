"""A run of HiGHS beside its caller's thread: it can be watched, interrupted and left to itself."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from concurrent.futures import wait
from typing import Any

import numpy as np

from ..equations.curves import Array
from ..work.crew import CalledOff, Errand

Report = Callable[[float, float | None, float | None], None]
"""Told seconds, best objective and bound so far, about ten times a second."""

PARTING = 0.3
"""Seconds in which HiGHS has to stop once it is told to."""


class SolverRun:
    """One run of HiGHS, so that Ctrl-C, progress and the end of time get through to its caller.

    HiGHS looks at its clock here and there, and some parts of it never listen: it is told to stop
    when its time is over, and left to itself where it does not. `has_ended` is False then.
    """

    def __init__(self, highs: Any) -> None:
        self.highs = highs
        self.begun = time.perf_counter()
        self.best, self.bound = math.inf, -math.inf
        self.values: Array | None = None
        self.is_told_to_stop = self.has_ended = False
        self._listen()
        self.errand: Errand[Any] = Errand(highs.run)

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.begun

    def await_end(self, seconds: float, report: Report | None) -> None:
        """Waits for so long at most.

        Raises what the run raises, KeyboardInterrupt, and CalledOff where nobody waits any more.
        """
        try:
            self._watch(seconds, report)
        finally:
            self.is_told_to_stop = True
            if wait([self.errand.future], PARTING).done:
                self.has_ended = True
                self._leave()
        if self.has_ended:
            self.errand.future.result()

    def _watch(self, seconds: float, report: Report | None) -> None:
        while (left := seconds - self.seconds) > 0:
            if wait([self.errand.future], min(0.1, left)).done:
                return
            if Errand.is_this_called_off():
                raise CalledOff
            if report:
                report(self.seconds, finite(self.best), finite(self.bound))

    def _listen(self) -> None:
        self.highs.cbMipInterrupt += self._note
        self.highs.cbMipInterrupt += self._heed
        self.highs.cbSimplexInterrupt += self._heed
        self.highs.cbIpmInterrupt += self._heed
        self.highs.cbMipImprovingSolution += self._keep

    def _leave(self) -> None:
        self.highs.cbMipInterrupt -= self._note
        self.highs.cbMipInterrupt -= self._heed
        self.highs.cbSimplexInterrupt -= self._heed
        self.highs.cbIpmInterrupt -= self._heed
        self.highs.cbMipImprovingSolution -= self._keep

    def _note(self, event: Any) -> None:
        self.best = float(event.data_out.mip_primal_bound)
        self.bound = float(event.data_out.mip_dual_bound)

    def _heed(self, event: Any) -> None:
        # HiGHS remembers the last word that it was told, from run to run.
        event.interrupt(self.is_told_to_stop)

    def _keep(self, event: Any) -> None:
        self.best = float(event.data_out.objective_function_value)
        self.values = np.array(event.data_out.mip_solution)


def finite(value: float) -> float | None:
    """A figure, or None where HiGHS has none yet."""
    return value if abs(value) < math.inf else None
