"""On/off decisions from a linear relaxation: a dive, with every run of years made whole.

Programmes that the relaxation has nearly decided are held; it is solved again; where none is
nearly decided the least doubtful one is. A run of funded years may have no gap: the relaxation's
years become the unbroken run that agrees with most of them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..equations.curves import Array
from .compiled import Compiled
from .engine import Engine, Linear
from .matrices import Columns
from .question import Question

NEAR = 0.02
"""A decision that the relaxation has so close to whole counts as decided."""

MOST_STEPS = 14
"""Linear programs of one dive: a count, so that answers repeat."""


def dive(engine: Engine, question: Question, relaxed: Linear) -> Array | None:
    """Integer columns that the relaxation leads to; None where it leads nowhere."""
    compiled, live = engine.compiled, engine.linear
    cells = list_runs(compiled)
    values, start = relaxed.values, relaxed.start
    with engine.posed(live, question):
        before = {i: live.now_upper[at].copy() for i, at in cells.items()}
        try:
            open_ = dict(cells)
            for _ in range(MOST_STEPS):
                for i in choose_next(values, open_):
                    at = open_.pop(i)
                    run_years = compiled.scenario.instruments[i].run_years
                    run = np.minimum(choose_run(values[at], run_years), before[i])
                    live.set_bounds(at, run, run)
                if not open_:
                    break
                step = engine.solve(start)
                if step is None:
                    return None
                values, start = step.values, step.start
            for at in open_.values():
                values[at] = np.round(values[at])
            last = engine.solve(start)
        finally:
            for at in cells.values():
                live.set_bounds(at, live.lower[at], live.upper[at])
    if last is None:
        return None
    decisions = compiled.decisions_of(compiled.read_plan(last.values))
    further = engine.integers[len(decisions) :]
    return np.append(decisions, np.round(last.values[further]))


def list_runs(compiled: Compiled) -> dict[str, Columns]:
    """The columns of each on/off instrument's years, in order."""
    cells: dict[str, list[int]] = {}
    for (i, _), at in compiled.on.items():
        cells.setdefault(i, []).append(at)
    return {i: np.array(at, dtype=np.int32) for i, at in cells.items()}


def choose_next(values: Array, cells: dict[str, Columns]) -> Sequence[str]:
    """The instruments that are nearly decided, else the one in least doubt."""
    doubt = {i: float(np.abs(values[at] - np.round(values[at])).max()) for i, at in cells.items()}
    decided = [i for i, most in doubt.items() if most <= NEAR]
    return decided or [min(doubt, key=lambda i: doubt[i])]


def choose_run(shares: Array, run_years: int | None = None) -> Array:
    """The unbroken run of years that agrees best with the shares, as zeros and ones.

    >>> choose_run(np.array([0.1, 0.9, 0.4, 0.8, 0.0]))
    array([0., 1., 1., 1., 0.])
    >>> choose_run(np.array([0.2, 0.2, 0.9]), run_years=2)
    array([0., 1., 1.])
    """
    count = len(shares)
    best, chosen = 0.0, np.zeros(count)
    for begins in range(count):
        for ends in range(begins + 1, count + 1):
            if run_years is not None and ends - begins != run_years:
                continue
            worth = float((shares[begins:ends] - 0.5).sum())
            if worth > best + 1e-9:
                best, chosen = worth, np.zeros(count)
                chosen[begins:ends] = 1.0
    return chosen
