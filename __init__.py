"""stratafolio: which policy budget survives which assumptions.

>>> import stratafolio
>>> scenario = stratafolio.read_scenario("textbook")
>>> round(stratafolio.solve(scenario).gain, 4)
1.7361
"""

from __future__ import annotations

TYPE_CHECKING = False  # typing itself is not imported: a command is to listen to signals at once

if TYPE_CHECKING:
    from typing import Any

    from .calls.compare import compare
    from .calls.explain import explain
    from .calls.figures import question_figures
    from .calls.formulations import formulate, read_solution
    from .calls.people import elicit, question_stakeholders
    from .calls.plans import evaluate, solve
    from .calls.robust import plan_robustly
    from .calls.trades import list_alternatives, move_budget, trace_frontier
    from .calls.weights import find_flip, map_weights, sample_weights
    from .inputs.complaint import Complaint, InputError
    from .inputs.from_tables import scenario_from_tables
    from .inputs.read import list_bundled, read_scenario
    from .inputs.scenario import Scenario
    from .model.failures import Infeasible, SolverFailed
    from .model.solving.solution import Solution
    from .results.result import Result

__version__ = "0.1.0"

_HOMES = {
    "compare": "calls.compare",
    "explain": "calls.explain",
    "question_figures": "calls.figures",
    "formulate": "calls.formulations",
    "read_solution": "calls.formulations",
    "elicit": "calls.people",
    "question_stakeholders": "calls.people",
    "evaluate": "calls.plans",
    "solve": "calls.plans",
    "plan_robustly": "calls.robust",
    "list_alternatives": "calls.trades",
    "move_budget": "calls.trades",
    "trace_frontier": "calls.trades",
    "find_flip": "calls.weights",
    "map_weights": "calls.weights",
    "sample_weights": "calls.weights",
    "Complaint": "inputs.complaint",
    "InputError": "inputs.complaint",
    "scenario_from_tables": "inputs.from_tables",
    "list_bundled": "inputs.read",
    "read_scenario": "inputs.read",
    "Scenario": "inputs.scenario",
    "Infeasible": "model.failures",
    "SolverFailed": "model.failures",
    "Solution": "model.solving.solution",
    "Result": "results.result",
}

__all__ = [
    "Complaint",
    "Infeasible",
    "InputError",
    "Result",
    "Scenario",
    "Solution",
    "SolverFailed",
    "__version__",
    "compare",
    "elicit",
    "evaluate",
    "explain",
    "find_flip",
    "formulate",
    "list_alternatives",
    "list_bundled",
    "map_weights",
    "move_budget",
    "plan_robustly",
    "question_figures",
    "question_stakeholders",
    "read_scenario",
    "read_solution",
    "sample_weights",
    "scenario_from_tables",
    "solve",
    "trace_frontier",
]


def __getattr__(name: str) -> Any:
    """A public name, imported when it is first used: `--help` needs none of the solver."""
    import importlib

    if name not in _HOMES:
        raise AttributeError(f"module 'stratafolio' has no attribute {name!r}")
    return getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)
