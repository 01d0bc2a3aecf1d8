"""A warm sweep of 1,000 weightings of the linear version of `us-2027`, beside its peers.

The linear version is `us-2027` without minimums, launch costs, runs and choices; what hinders lies
on straight lines. The same matrix is solved by a bare highspy loop that changes costs and nothing
else, by Pyomo's two persistent interfaces, and built anew for each weighting; these for fewer
weightings, as they take long. Each solve starts from where the one before ended.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

import highspy
import numpy as np
from measure import PAIRS, describe_machine, say_claim
from numpy.typing import NDArray

from stratafolio.inputs.build import derive_scenario
from stratafolio.inputs.read import read_scenario
from stratafolio.inputs.scenario import Scenario
from stratafolio.model.equations.formulation import Formulation
from stratafolio.model.solving.compiled import Compiled
from stratafolio.model.solving.engine import Engine
from stratafolio.model.solving.question import Question

Array = NDArray[np.float64]
WEIGHTINGS = 1000
CLAIM, PERSISTENT, REBUILD = 1.3, 3.0, 20.0


def read_linear() -> Scenario:
    """The linear version of `us-2027`."""
    scenario = read_scenario("us-2027")
    freed = {"min_per_year": None, "all_or_nothing": None, "launch_cost": None, "run_years": None}
    bent = {
        id_: {"curve": "linear", "scale": 2 * float(scenario.response(id_).scale or 1.0)}
        for id_, effect in scenario.effects.items()
        if effect.points < 0
    }
    patch = {
        "instruments": dict.fromkeys(scenario.instruments, freed),
        "effects": bent,
        "interactions": {id_: None for id_, own in scenario.interactions.items() if own.points < 0},
        "constraints": {
            id_: None
            for id_, own in scenario.constraints.items()
            if getattr(own, "kind", "") in ("choose", "requires", "launches", "fund")
        },
    }
    return derive_scenario(scenario, patch)


def draw(count: int, layers: int) -> Array:
    """Weightings, evenly from the simplex."""
    return np.random.default_rng(1).dirichlet(np.ones(layers), count)


def aim(compiled: Compiled, weighting: Array) -> Question:
    """The best plan under a weighting."""
    return Question(dict(zip(compiled.outcome_gain.values(), weighting.tolist(), strict=True)))


def open_engine(compiled: Compiled) -> tuple[Engine, Any]:
    """An engine that stays near its start, and the basis of equal weights."""
    engine = Engine(compiled)
    equal = np.ones(len(compiled.scenario.layers))
    first = engine.relax(aim(compiled, equal), None)
    assert first is not None
    engine.linear.prefer_primal()
    return engine, first.start


def sweep_live(compiled: Compiled, weightings: Array) -> Array:
    """Ours: the live model, and the evaluator in one batch. Gives each gain."""
    engine, start = open_engine(compiled)
    plans = []
    cells = list(compiled.authority.items())
    for weighting in weightings:
        optimum = engine.relax(aim(compiled, weighting), start)
        assert optimum is not None
        start = optimum.start
        plans.append([optimum.values[at] for _, at in cells])
    spent = np.array(plans)
    first, years = compiled.scenario.years.first, len(compiled.scenario.years.spending)
    authority = {i: np.zeros((len(plans), years)) for i in compiled.scenario.instruments}
    for k, ((i, t), _) in enumerate(cells):
        authority[i][:, t - first] = spent[:, k]
    outcomes = compiled.evaluator.outcomes(authority)
    baseline = np.array(list(compiled.baseline.outcome.values()))
    return np.asarray(((outcomes - baseline) * weightings).sum(axis=1))


def sweep_bare(compiled: Compiled, weightings: Array) -> Array:
    """The same matrix in highspy alone: costs of the outcomes are changed, and it is solved."""
    engine, start = open_engine(compiled)
    highs: highspy.Highs = engine.linear.highs
    highs.setBasis(start)
    at = np.array(list(compiled.outcome_gain.values()), np.int32)
    found = []
    for weighting in weightings:
        highs.changeColsCost(len(at), at, -weighting)
        highs.run()
        found.append(-highs.getInfo().objective_function_value)
    return np.array(found)


def open_objective(compiled: Compiled) -> Any:
    """The Pyomo model with an objective whose weights can change."""
    import pyomo.environ as pyo

    model = Formulation(compiled.scenario).model
    layers = list(compiled.scenario.layers)
    model.swept = pyo.Param(layers, mutable=True, initialize=1.0)
    for objective in model.component_objects(pyo.Objective, active=True):
        objective.deactivate()
    model.aim = pyo.Objective(
        expr=-sum(model.swept[layer] * model.outcome_gain[layer] for layer in layers)
    )
    return model


def sweep_persistent(kind: str, compiled: Compiled, weightings: Array) -> Array:
    """Pyomo's persistent interfaces: parameters of the objective are changed, and it is solved."""
    import pyomo.environ as pyo

    model = open_objective(compiled)
    if kind == "appsi":
        from pyomo.contrib.appsi.solvers import Highs

        solver = Highs()
        solver.update_config.check_for_new_or_removed_constraints = False
        solver.update_config.check_for_new_or_removed_vars = False
        solver.update_config.check_for_new_or_removed_params = False
        solver.update_config.update_constraints = False
        solver.update_config.update_vars = False
        solver.update_config.update_named_expressions = False
    else:
        from pyomo.contrib.solver.solvers.highs import Highs as Persistent

        solver = Persistent()
    found = []
    for weighting in weightings:
        for layer, weight in zip(compiled.scenario.layers, weighting.tolist(), strict=True):
            model.swept[layer] = weight
        solver.solve(model)
        found.append(-pyo.value(model.aim))
    return np.array(found)


def sweep_rebuilt(compiled: Compiled, weightings: Array) -> Array:
    """Everything built anew for each weighting."""
    found = []
    for weighting in weightings:
        rebuilt = Compiled(compiled.scenario)
        optimum = Engine(rebuilt).relax(aim(rebuilt, weighting), None)
        assert optimum is not None
        found.append(optimum.value)
    return np.array(found)


def time_sweep(sweep: Callable[[], Array]) -> tuple[float, Array]:
    """Seconds for each weighting of a sweep, and its gains."""
    begun = time.perf_counter()
    gains = sweep()
    return (time.perf_counter() - begun) / len(gains), gains


def main() -> None:
    """Print each ratio, in pairs for the bare loop, once for the slow ones."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=PAIRS)
    parser.add_argument("--weightings", type=int, default=WEIGHTINGS)
    given = parser.parse_args()
    print(describe_machine(["pyomo", "highspy", "numpy"]))
    scenario = read_linear()
    compiled = Compiled(scenario)
    assert not len(compiled.live.integers)
    print(f"{len(compiled.live.lower)} columns, {compiled.live.row_count} rows")
    weightings = draw(given.weightings, len(scenario.layers))
    ratios, seconds = [], []
    for _ in range(given.pairs):
        ours, gains = time_sweep(lambda: sweep_live(compiled, weightings))
        bare, expected = time_sweep(lambda: sweep_bare(compiled, weightings))
        ratios.append(ours / bare)
        seconds.append(ours)
        print(f"  live {1000 * ours:.2f} ms, bare {1000 * bare:.2f} ms a weighting", flush=True)
    print(f"gains: the evaluator's less HiGHS's, at most {np.abs(gains - expected).max():.1e}")
    say_claim("live over bare", statistics.median(ratios), CLAIM)
    ours = statistics.median(seconds)
    few = weightings[:25]
    for kind in ("appsi", "contrib.solver"):
        each, found = time_sweep(
            lambda kind=kind: sweep_persistent(kind, Compiled(scenario), few)  # type: ignore[misc]
        )
        agree = np.abs(found - expected[:25]).max()
        print(f"{kind}: {each / ours:.1f} times live (claim: {PERSISTENT:g}), agree to {agree:.0e}")
    each, _ = time_sweep(lambda: sweep_rebuilt(compiled, few[:10]))
    print(f"rebuilt: {each / ours:.1f} times live (claim: {REBUILD:g})")


if __name__ == "__main__":
    main()
