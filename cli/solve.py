"""`stratafolio solve`: the optimal portfolio of one scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .study import Asked, study

if TYPE_CHECKING:
    from ..results.result import Result


@study()
def solve(asked: Asked) -> Result:
    """The optimal portfolio of SCENARIO: what to spend, what it gains, and how sure that is.

    One scenario is one solve on one thread, whatever --workers says.
    """
    from ..calls.plans import solve

    return solve(asked.scenario, gap=asked.gap, time_limit=asked.time_limit, progress=True)
