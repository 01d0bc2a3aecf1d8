"""One knapsack's outcomes by pyaugmecon, as a program of its own; run by frontier_speed.py.

Reads the instance as JSON on stdin and prints one line of JSON. It runs in an environment of its
own: pyaugmecon 1.0.8 needs numpy below 2 and pandas below 3. Its `Model.solve` knows other solvers
only, so it is replaced by one that hands the same model to HiGHS, with gap 0 and one thread.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import tempfile
import time
from typing import Any

pyo: Any = importlib.import_module("pyomo.environ")
appsi: Any = importlib.import_module("pyomo.contrib.appsi.solvers.highs")
augmecon: Any = importlib.import_module("pyaugmecon")
augmecon_model: Any = importlib.import_module("pyaugmecon.model")


def build(profits: list[list[int]], weights: list[int], capacity: int) -> Any:
    """The knapsack as pyaugmecon's users write one: items by binaries, a list of objectives."""
    model = pyo.ConcreteModel()
    items = range(len(weights))
    model.take = pyo.Var(items, within=pyo.Binary)
    model.fits = pyo.Constraint(expr=sum(weights[i] * model.take[i] for i in items) <= capacity)
    model.obj_list = pyo.ObjectiveList()
    for k in range(len(profits[0])):
        total = sum(profits[i][k] * model.take[i] for i in items)
        model.obj_list.add(expr=total, sense=pyo.maximize)
        model.obj_list[k + 1].deactivate()
    return model


def solve_by_highs(self: Any) -> None:
    """In place of `Model.solve`: the same model by HiGHS."""
    highs = appsi.Highs()
    highs.config.load_solution = False
    highs.config.mip_gap = 0.0
    highs.highs_options = {"threads": 1, "mip_abs_gap": 0.0}
    self.result = highs.solve(self.model)
    known = pyo.TerminationCondition
    is_optimal = self.result.termination_condition.name == "optimal"
    if is_optimal:
        self.result.solution_loader.load_vars()
    self.term = known.optimal if is_optimal else known.infeasible
    self.status = pyo.SolverStatus.ok


def main() -> None:
    """Solves the instance on stdin."""
    instance = json.load(sys.stdin)
    augmecon_model.Model.solve = solve_by_highs
    lows, highs = instance["lows"], instance["highs"]
    options = {
        "name": "knapsack",
        "grid_points": max(h - low for low, h in zip(lows[1:], highs[1:], strict=True)) + 1,
        "nadir_points": lows[1:],
        "cpu_count": 1,
        "redivide_work": True,
        "output_excel": False,
    }
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        begun = time.perf_counter()
        study = augmecon.PyAugmecon(
            build(instance["profits"], instance["weights"], instance["capacity"]), options
        )
        # Its progress bar writes to stdout, which is for the answer.
        kept, sys.stdout = sys.stdout, sys.stderr
        study.solve()
        sys.stdout = kept
        seconds = time.perf_counter() - begun
    outcomes = sorted([round(z) for z in row] for row in study.unique_pareto_sols)
    solved = int(study.model.models_solved.value()) + len(lows) ** 2  # the payoff table
    print(json.dumps({"seconds": seconds, "outcomes": outcomes, "solves": solved}))


if __name__ == "__main__":
    main()
