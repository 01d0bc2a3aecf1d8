"""One plan out of many that tie: the steadiest, then the cheapest, then the first in order.

Each step minimises one thing over the plans that the steps before left equal. An optimum of a
linear program and one set of its duals describe all its optima: whatever has a reduced cost stays
at its bound, whatever has a dual stays tight. Holding these leaves the plans that tie and no
tolerance to exploit, so that the steps cannot run into each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from .curves import Array
from .evaluate import Plan
from .limits import TOLERANCE, list_instrument_limits, list_limits
from .live import INFINITE
from .solution import SolverFailed

if TYPE_CHECKING:
    from .solve import Clock, Solver

TIE_TOLERANCE = 1e-7
"""Plans within this times max(1, gain) of the best tie with it."""

CANONICAL_NODES = 200
"""Nodes spent on cheaper plans along curves that need binaries: a count, so answers repeat."""

Terms = Mapping[int, float]
"""Coefficients by column."""


def choose_canonical(solver: Solver, score: Terms, values: Array, clock: Clock) -> Array:
    """Values of the canonical plan among those that tie with the best one.

    The on/off decisions are held in `solver.live`, and `values` are optimal for the score under
    them. The scenario's `steady` is the share of the gain that may be given up for the least change
    from year to year. Once the clock has run out, the values are those of the last step made. The
    live model is left as it was found.
    """
    steady = solver.scenario.steady
    live = solver.live
    rows = live.row_count
    gain = sum(coefficient * values[at] for at, coefficient in score.items())
    given = max(TIE_TOLERANCE * max(1.0, gain), steady * max(gain, 0.0))
    live.add_row(score, gain - given, INFINITE)
    cells = list(solver.authority.values())
    try:
        if not steady:
            # Ties in earnest: else each plan would be shaved by what the tolerance is worth.
            live.minimise({at: -coefficient for at, coefficient in score.items()})
            values = _solve_face(solver, clock, values)
        else:
            changes = live.columns(solver.formulation.model.change.values()).tolist()
            values = _minimise(solver, clock, dict.fromkeys(changes, 1.0), values)
        values = _minimise(solver, clock, dict.fromkeys(cells, 1.0), values, along_curves=True)
        return _fill_in_order(solver, clock, cells, values)
    finally:
        live.release_face()
        live.drop_rows_from(rows)


def drop_worthless(solver: Solver, values: Array) -> Array:
    """Values with on/off instruments switched off where they add nothing and no limit wants them.

    The solver is indifferent between a programme of no worth at its minimum and none at all.
    """
    evaluator, on = solver.evaluator, solver.formulation.model.on
    plan = solver.read_plan(values)
    best = evaluator.play(plan).score
    kept, off = plan, values.copy()
    for i in reversed(list(plan)):
        if i not in solver.scenario.on_off:
            continue
        for without in _list_shorter_runs(solver, kept, i):
            played = evaluator.play(without)
            rows = [
                *list_limits(solver.scenario, played),
                *list_instrument_limits(solver.scenario, played),
            ]
            worst = max((row.violation for row in rows), default=0.0)
            if best - played.score > TIE_TOLERANCE * max(1.0, abs(best)) or worst > TOLERANCE:
                continue
            for t in kept[i].keys() - without.get(i, {}).keys():
                off[solver.live.columns([on[i, t]])] = 0.0
            kept = without
            break
    return values if kept is plan else off


def _list_shorter_runs(solver: Solver, plan: Plan, instrument: str) -> Iterator[Plan]:
    """The plan without an instrument; then, if its run may be cut, with ever fewer last years."""
    years = sorted(plan[instrument])
    others = {i: own for i, own in plan.items() if i != instrument}
    yield others
    if solver.scenario.instruments[instrument].run_years is None:
        for end in range(1, len(years)):
            yield {**others, instrument: {t: plan[instrument][t] for t in years[:end]}}


def _minimise(
    solver: Solver, clock: Clock, terms: Terms, known: Array, along_curves: bool = False
) -> Array:
    """Values that make the terms smallest; only plans that do so are left after it.

    `along_curves`: the binaries of curves may change, as far as a count of nodes allows.
    """
    live = solver.live
    live.minimise(terms)
    if along_curves and len(solver.filled) and not clock.is_over:
        live.free_columns(solver.filled)
        try:
            found = live.solve(1e-6, clock.left, most_nodes=CANONICAL_NODES).values
        except SolverFailed:
            found = None
        known = known if found is None else found
        live.fix_columns(solver.filled, np.round(known[solver.filled]))
    return _solve_face(solver, clock, known)


def _solve_face(solver: Solver, clock: Clock, known: Array) -> Array:
    """The optimum, held; `known` where rounding or the clock has left the solver none."""
    if clock.is_over:
        return known
    try:
        answer = solver.live.solve(seconds=clock.left)
    except SolverFailed:
        return known
    if answer.status != "optimal" or answer.values is None:
        return known
    solver.live.hold_face(answer.values)
    return answer.values


def _fill_in_order(solver: Solver, clock: Clock, cells: list[int], values: Array) -> Array:
    """As much as possible to what comes first, instrument by instrument and year by year."""
    live = solver.live
    for at in cells:
        if live.is_held(at):
            continue
        live.minimise({at: -1.0})
        values = _solve_face(solver, clock, values)
    return values
