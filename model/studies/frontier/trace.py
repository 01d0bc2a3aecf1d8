"""The non-dominated outcomes over some layers: what a lead in one costs in another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ....inputs.complaint import Complaint, InputError, suggest
from ....inputs.scenario import Scenario
from ...failures import Infeasible
from ...solving.conflict import explain_infeasible
from ...solving.support import find_support
from ...work.clock import Clock
from ...work.store import Store
from ..effort import Effort
from .coverage import Coverage
from .findings import FrontierFindings, FrontierPoint
from .outcomes import OutcomeSearch, Report
from .outlook import Outlook
from .zones import find_dominated


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
    outlook = Outlook(scenario, layers, floors, clock, workers, store or Store())
    search: OutcomeSearch | Coverage
    if outlook.is_all_or_nothing:
        search = OutcomeSearch(outlook, clock)
    else:
        search = Coverage(outlook, tolerance, clock)
    if not outlook.can_be_met(outlook.floors):
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
        open_zones=len(search.corners) + search.stuck,
        is_exact=outlook.is_all_or_nothing,
        effort=Effort(
            outlook.oracle.solves, outlook.oracle.linear_solves, clock.seconds, search.is_complete
        ),
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
    is_discrete = all(own.all_or_nothing for own in scenario.instruments.values())
    if not 0 < tolerance < 1 and not (tolerance == 0 and is_discrete):
        message = (
            f"expected a share above 0 and below 1, got {tolerance:g}; 0 is for scenarios in "
            "which all spending is all-or-nothing"
        )
        wrong.append(Complaint("--tolerance", message))
    if wrong:
        raise InputError(wrong)


def explain_floors(outlook: Outlook) -> Infeasible:
    """The error that names the floors that clash, or the limits where these already do."""
    needed = dict(outlook.floors)
    for layer in outlook.floors:
        others = {name: z for name, z in needed.items() if name != layer}
        if not outlook.can_be_met(others):
            needed = others
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
