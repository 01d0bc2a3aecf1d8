"""The non-dominated outcomes over some layers: what a lead in one costs in another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ....inputs.complaint import Complaint, InputError, suggest
from ....inputs.scenario import Scenario
from ...equations.curves import Array
from ...failures import Infeasible
from ...solving.conflict import explain_infeasible
from ...solving.frontier_solvers import Outlook
from ...solving.live import Live
from ...solving.matrices import INFINITE, Matrices
from ...work.clock import Clock
from ...work.store import Store
from ..effort import Effort
from .coverage import Coverage
from .findings import FrontierFindings, FrontierPoint
from .outcomes import OutcomeSearch, Report
from .zones import find_dominated

TIED = 1e-9
"""Relative to the range: a point that ties with the best under some weights is supported."""


def study_frontier(
    scenario: Scenario,
    layers: Sequence[str],
    floors: Mapping[str, float] | None = None,
    tolerance: float = 0.01,
    time_limit: float | None = None,
    workers: int = 1,
    store: Store | None = None,
    report: Report | None = None,
) -> FrontierFindings:
    """Every non-dominated outcome where all spending is all-or-nothing, else a representation.

    `floors` are least outcomes of any layers. Raises InputError for layers that are none,
    Infeasible where no plan meets every limit and floor.
    """
    floors = dict(floors or {})
    refuse_layers(scenario, layers, floors, tolerance)
    clock = Clock(time_limit)
    outlook = Outlook(scenario, layers, floors)
    search: OutcomeSearch | Coverage
    if outlook.is_all_or_nothing:
        search = OutcomeSearch(outlook, workers, clock, store or Store())
    else:
        search = Coverage(outlook, tolerance, workers, clock, store or Store())
    if not can_be_met(outlook):
        raise explain_floors(outlook)
    search.run(report)
    points = list_points(outlook, search)
    return FrontierFindings(
        scenario=scenario,
        layers=tuple(layers),
        floors=floors,
        tolerance=0.0 if outlook.is_all_or_nothing else tolerance,
        steps=dict(zip(layers, search.step.tolist(), strict=True)),
        points=tuple(points),
        open_zones=len(search.corners) + (search.stuck if isinstance(search, Coverage) else 0),
        is_exact=outlook.is_all_or_nothing,
        effort=Effort(search.solves, search.linear_solves, clock.seconds, search.is_complete),
    )


def refuse_layers(
    scenario: Scenario, layers: Sequence[str], floors: Mapping[str, float], tolerance: float
) -> None:
    """Raises InputError with everything that is wrong with what is asked."""
    wrong = [
        Complaint("--layers", f"'{layer}' is not a layer; {suggest(layer, scenario.layers)}")
        for layer in layers
        if layer not in scenario.layers
    ]
    if len(set(layers)) < 2:
        known = ", ".join(scenario.layers)
        message = (
            f"expected two or more different layers, got {len(set(layers))}; there are {known}"
        )
        wrong.append(Complaint("--layers", message))
    elif len(set(layers)) < len(layers):
        wrong.append(Complaint("--layers", "a layer is named twice; name each once"))
    wrong += [
        Complaint("--floor", f"'{layer}' is not a layer; {suggest(layer, scenario.layers)}")
        for layer in floors
        if layer not in scenario.layers
    ]
    wrong += [
        Complaint("--floor", f"{layer}: expected a number, got {z}")
        for layer, z in floors.items()
        if not np.isfinite(z)
    ]
    is_finite = all(own.all_or_nothing for own in scenario.instruments.values())
    if not (0 < tolerance < 1 or (tolerance == 0 and is_finite)):
        message = (
            f"expected a share above 0 and below 1, got {tolerance:g}; 0 is for scenarios in "
            "which all spending is all-or-nothing"
        )
        wrong.append(Complaint("--tolerance", message))
    if wrong:
        raise InputError(wrong)


def can_be_met(outlook: Outlook) -> bool:
    """Whether some plan meets every limit and floor."""
    live = Live(outlook.compiled.live.matrices)
    for layer, floor in outlook.floors.items():
        if not outlook.raise_floor(live, layer, floor):
            return False
    return live.solve(gap=1.0, smallest=1.0).status != "infeasible"


def explain_floors(outlook: Outlook) -> Infeasible:
    """The error that names the floors that clash, or the limits where these already do."""
    floors = outlook.floors
    needed = dict(floors)
    for layer in floors:
        outlook.floors = {name: z for name, z in needed.items() if name != layer}
        if not can_be_met(outlook):
            needed = dict(outlook.floors)
    outlook.floors = floors
    if not needed:
        return explain_infeasible(outlook.compiled)
    told = [f"{layer} at {z + outlook.baseline[layer]:g} or more" for layer, z in needed.items()]
    what = "the floor" if len(told) == 1 else "the floors"
    message = f"no plan meets every limit and {what} {', '.join(told)}; lower one of them"
    return Infeasible(tuple(f"--floor {layer}" for layer in needed), message)


def list_points(outlook: Outlook, search: OutcomeSearch | Coverage) -> list[FrontierPoint]:
    """The points that none other beats, from the most in the first layer to the least."""
    gains, plans = search.gains, search.plans
    kept = np.flatnonzero(~find_dominated(gains)) if len(gains) else np.zeros(0, dtype=int)
    order = sorted(kept.tolist(), key=lambda at: (-gains[at]).tolist())
    chosen = gains[order]
    room = 0.0 if outlook.is_all_or_nothing else 1e-6
    points = []
    for at, number in enumerate(order):
        outcome = outlook.compiled.evaluator.outcome_of(plans[number])
        weights = find_support(chosen, at, room)
        told = None if weights is None else dict(zip(outlook.layers, weights.tolist(), strict=True))
        points.append(FrontierPoint(outcome, plans[number], weights is not None, told))
    return points


def find_support(gains: Array, at: int, room: float = 0.0) -> Array | None:
    """Weights under which one outcome is the best of all; None if there are none.

    The weights, which sum to 1, are those with the largest margin over the other outcomes, so that
    they lie inside the region of weights where there is one. `room`: relative to the range, what
    still counts as a tie.

    >>> find_support(np.array([[4.0, 0.0], [1.9, 1.9], [0.0, 4.0]]), 1) is None
    True
    >>> find_support(np.array([[4.0, 0.0], [3.0, 3.0], [0.0, 4.0]]), 1).tolist()
    [0.5, 0.5]
    """
    others = np.delete(gains, at, axis=0)
    count = gains.shape[1]
    if not len(others):
        return np.full(count, 1.0 / count)
    scale = np.maximum(np.ptp(gains, axis=0), 1e-12)
    ahead = (gains[at] - others) / scale
    import scipy.sparse as sp

    rows = np.column_stack([ahead, -np.ones(len(ahead))])
    total = np.append(np.ones(count), 0.0)
    matrix = sp.csc_array(np.vstack([rows, total]))
    lower = np.append(np.zeros(count), -10.0)
    matrices = Matrices(lower, np.append(np.ones(count), 10.0), matrix)
    matrices.row_lower = np.append(np.zeros(len(ahead)), 1.0)
    matrices.row_upper = np.append(np.full(len(ahead), INFINITE), 1.0)
    live = Live(matrices)
    live.minimise({count: -1.0})
    answer = live.solve()
    if answer.values is None or answer.values[count] < -max(room, TIED):
        return None
    weights = np.maximum(answer.values[:count], 0.0) / scale
    return np.asarray(weights / weights.sum())
