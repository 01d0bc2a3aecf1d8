"""The Pyomo model of a scenario for those who want more of it, and what a solver makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..inputs.arguments import check_arguments
from ..inputs.complaint import InputError
from ..inputs.scenario import Scenario
from ..results.result import Result
from .asking import take_scenario

if TYPE_CHECKING:
    from ..model.equations.formulation import Formulation


@check_arguments(scenario=take_scenario)
def formulate(scenario: Scenario) -> Formulation:
    """A scenario as a Pyomo model, to be extended and solved with any solver that Pyomo knows.

    `.model` is a ConcreteModel of its own; `model.authority[i, t]` is money in the scenario's unit,
    `model.on[i, t]` 0 or 1, `model.lead_gain[layer, t]` and `model.outcome_gain[layer]` points,
    `model.gain` the objective, in points. docs/model.md lists the rest.

    >>> import stratafolio as sf
    >>> model = sf.formulate(sf.read_scenario("textbook")).model
    >>> sorted(model.authority)[0], list(model.outcome_gain)
    (('controls', 2027), ['frontier', 'semiconductors'])
    """
    from ..model.equations.formulation import Formulation

    formulation = Formulation(scenario)
    formulation.name_gain()
    return formulation


@check_arguments()
def read_solution(formulation: object) -> Result:
    """The plan that a solver left in a formulation's model, as the evaluator plays it.

    The result is that of `evaluate`, but for what only a solve of ours would prove: the bound and
    the gap are not known. Rows that were added to the model are not in its table of constraints.
    Raises InputError where the model has no values.

    >>> import pyomo.environ as pyo
    >>> import stratafolio as sf
    >>> formulation = sf.formulate(sf.read_scenario("textbook"))
    >>> _ = pyo.SolverFactory("appsi_highs").solve(formulation.model)
    >>> round(sf.read_solution(formulation).gain, 4)
    1.7361
    """
    from ..model.equations.formulation import Formulation
    from ..model.solving.solve import read_formulation
    from ..results.studies.plan_record import tabulate

    if not isinstance(formulation, Formulation):
        message = f"expected what formulate gives, got a {type(formulation).__name__}"
        raise InputError.of("formulation", message)
    solution = read_formulation(formulation)
    return Result("evaluate", formulation.scenario, tabulate(solution), solution, {})
