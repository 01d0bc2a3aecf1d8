"""stratafolio: which policy budget survives which assumptions.

>>> import stratafolio
>>> scenario = stratafolio.read_scenario("textbook")
>>> round(stratafolio.solve_scenario(scenario).gain, 6) > 0
True
"""

from __future__ import annotations

TYPE_CHECKING = False  # typing itself is not imported: a command is to listen to signals at once

if TYPE_CHECKING:
    from typing import Any

    from .calls.formulations import formulate, read_solution
    from .calls.plans import evaluate, solve
    from .calls.weights import find_flip
    from .inputs.build import derive_scenario
    from .inputs.complaint import Complaint, InputError
    from .inputs.from_tables import scenario_from_tables
    from .inputs.read import list_bundled, read_scenario
    from .inputs.scenario import Scenario
    from .model.equations.evaluate import Evaluator
    from .model.failures import Infeasible, SolverFailed
    from .model.solving.solution import Solution
    from .model.solving.solve import evaluate_plan, solve_scenario

__version__ = "0.1.0"

_HOMES = {
    "derive_scenario": "inputs.build",
    "evaluate": "calls.plans",
    "find_flip": "calls.weights",
    "formulate": "calls.formulations",
    "read_solution": "calls.formulations",
    "solve": "calls.plans",
    "Complaint": "inputs.complaint",
    "InputError": "inputs.complaint",
    "list_bundled": "inputs.read",
    "read_scenario": "inputs.read",
    "Scenario": "inputs.scenario",
    "scenario_from_tables": "inputs.from_tables",
    "Evaluator": "model.equations.evaluate",
    "Infeasible": "model.failures",
    "Solution": "model.solving.solution",
    "SolverFailed": "model.failures",
    "evaluate_plan": "model.solving.solve",
    "solve_scenario": "model.solving.solve",
}

__all__ = [
    "Complaint",
    "Evaluator",
    "Infeasible",
    "InputError",
    "Scenario",
    "Solution",
    "SolverFailed",
    "__version__",
    "derive_scenario",
    "evaluate",
    "evaluate_plan",
    "find_flip",
    "formulate",
    "list_bundled",
    "read_scenario",
    "read_solution",
    "scenario_from_tables",
    "solve",
    "solve_scenario",
]


def __getattr__(name: str) -> Any:
    """A public name, imported when it is first used: `--help` needs none of the solver."""
    import importlib

    if name not in _HOMES:
        raise AttributeError(f"module 'stratafolio' has no attribute {name!r}")
    return getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)
