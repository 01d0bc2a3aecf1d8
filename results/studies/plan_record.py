"""A plan as the record that `solve --json` prints and a run keeps."""

from __future__ import annotations

from ...inputs.scenario import FUNDED_BN
from ...model.equations.curves import Array
from ...model.equations.limits import LimitRow
from ...model.equations.unspent import find_unspent
from ...model.solving.solution import Solution
from ..sheet import (
    Record,
    tidy,
)


def tabulate(solution: Solution) -> Record:
    """Everything `solve --json` promises; money in $ billion, years as text."""
    scenario, played, baseline = solution.scenario, solution.played, solution.baseline
    first = scenario.years.first
    funded = list_funded(solution)
    return {
        "scenario": scenario.name,
        "title": scenario.title,
        "status": solution.status,
        "score": tidy(solution.score),
        "baseline_score": tidy(baseline.score),
        "gain": tidy(solution.gain),
        "best_gain": tidy(solution.best_gain),
        "bound": tidy(solution.bound),
        "gap": tidy(solution.gap),
        "gap_points": tidy(solution.gap_points),
        "steady_cost": tidy(solution.steady_cost),
        "stages": [
            {
                "objective": stage.objective,
                "value": tidy(stage.value),
                "bound": tidy(stage.bound),
                "gap": tidy(stage.gap),
            }
            for stage in solution.stages
        ],
        "weights": {layer: tidy(weight) for layer, weight in scenario.weights.items()},
        "outcome": {layer: tidy(z) for layer, z in played.outcome.items()},
        "baseline_outcome": {layer: tidy(z) for layer, z in baseline.outcome.items()},
        "areas": add_up_areas(solution),
        "unspent": tabulate_unspent(solution),
        "funded": funded,
        "spending": {id_: by_year(played.authority[id_], first) for id_ in funded},
        "launch_costs": {
            id_: by_year(played.launch_costs[id_], first)
            for id_ in funded
            if played.launch_costs[id_].any()
        },
        "outlays": {id_: by_year(played.outlays[id_], first) for id_ in funded},
        "leads": {layer: every_year(lead, first) for layer, lead in played.leads.items()},
        "baseline_leads": {
            layer: every_year(lead, first) for layer, lead in baseline.leads.items()
        },
        "private_bn": tidy(solution.private_bn),
        "outputs": list_outputs(solution),
        "constraints": [tabulate_limit(row) for row in solution.limits],
        "broken": [tabulate_limit(row) for row in solution.broken],
        "checks": {
            "max_violation": tidy(solution.max_violation),
            "curve_error_points": tidy(solution.curve_error),
        },
        "solver": {
            "name": solution.effort.solver,
            "version": solution.effort.version,
            "seconds": round(solution.effort.seconds, 3),
            "nodes": solution.effort.nodes,
        },
        "clash": None if solution.clash is None else list(solution.clash),
        "seconds": round(solution.seconds, 3),
        **({"notes": dict(solution.notes)} if solution.notes else {}),
    }


def by_year(amounts: Array, first: int) -> dict[str, float]:
    """The years with money in them."""
    return {
        str(first + at): float(tidy(amount) or 0.0)
        for at, amount in enumerate(amounts.tolist())
        if abs(amount) > FUNDED_BN
    }


def every_year(values: Array, first: int) -> dict[str, float | None]:
    """A series by year, as text."""
    return {str(first + at): tidy(value) for at, value in enumerate(values.tolist())}


def list_funded(solution: Solution) -> list[str]:
    """Instruments funded in some year, in the scenario's order."""
    authority = solution.played.authority
    return [id_ for id_ in solution.scenario.instruments if (authority[id_] > FUNDED_BN).any()]


def instrument_totals(solution: Solution) -> dict[str, float]:
    """Authority with launch costs over all years, by instrument, $ billion."""
    played = solution.played
    return {
        id_: float(played.authority[id_].sum() + played.launch_costs[id_].sum())
        for id_ in solution.scenario.instruments
    }


def add_up_areas(solution: Solution) -> dict[str, float | None]:
    """Authority with launch costs over all years, by area, $ billion."""
    totals = dict.fromkeys(solution.scenario.areas, 0.0)
    for id_, total in instrument_totals(solution).items():
        totals[solution.scenario.instruments[id_].area] += total
    return {area: tidy(total) for area, total in totals.items()}


def list_outputs(solution: Solution) -> dict[str, Record]:
    """What the outlays of funded instruments buy, where the data tell."""
    found = {}
    for id_ in list_funded(solution):
        own = solution.scenario.instruments[id_]
        if own.output_per_bn is not None:
            amount = own.output_per_bn * float(solution.played.outlays[id_].sum())
            found[id_] = {"amount": tidy(amount), "unit": own.output}
    return found


def tabulate_unspent(solution: Solution) -> Record | None:
    """What is left of the budget, and what stops the instruments; None where it is all spent."""
    is_given = solution.status == "given"
    unspent = find_unspent(solution.scenario, solution.played, with_reasons=not is_given)
    if unspent is None:
        return None
    return {
        "bn": tidy(unspent.bn),
        "budget_bn": tidy(unspent.budget_bn),
        "by_year": {str(year): tidy(bn) for year, bn in unspent.by_year.items()},
        "stopped": {reason: list(stopped) for reason, stopped in unspent.stopped.items()},
        "limits": list(unspent.limits),
    }


def tabulate_limit(row: LimitRow) -> Record:
    """A row of the constraints table."""
    return {
        "id": row.id,
        "sense": row.sense,
        "year": None if row.year is None else str(row.year),
        "value": tidy(row.value),
        "limit": tidy(row.limit),
        "slack": tidy(row.slack),
        "binding": row.is_binding,
    }
