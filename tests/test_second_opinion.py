"""The solver against plain loops, brute force over all plans, and a second solver."""

from __future__ import annotations

import os
from pathlib import Path

import highspy
import pytest
import second_opinion
from pyscipopt import Model

from stratafolio.inputs.build import build_scenario
from stratafolio.inputs.read import list_bundled, read_scenario
from stratafolio.inputs.scenario import Scenario
from stratafolio.model.equations.curves import KNOTS
from stratafolio.model.failures import Infeasible
from stratafolio.model.solving.solution import Solution
from stratafolio.model.solving.solve import export_model, solve_scenario

MOST_PLANS = 800

LONG = bool(os.environ.get("STRATAFOLIO_LONG"))

DRAWN = 60 if LONG else 30
"""Scenarios drawn of each kind."""


def random_problem(seed: int, all_or_nothing: bool, objective: str = "weighted") -> Scenario:
    document = second_opinion.random_scenario(
        seed, all_or_nothing=all_or_nothing, objective=objective, most_plans=MOST_PLANS
    )
    return build_scenario(document, {}, f"random_{seed}")


def solve_or_none(scenario: Scenario) -> Solution | None:
    try:
        return solve_scenario(scenario, gap=0.0)
    except Infeasible:
        return None


def as_spending(solution: Solution) -> second_opinion.Spending:
    return {id_: dict(years) for id_, years in solution.plan.items()}


@pytest.mark.parametrize("seed", range(DRAWN))
def test_best_of_all_plans_by_brute_force(seed: int) -> None:
    scenario = random_problem(seed, all_or_nothing=True)
    solution = solve_or_none(scenario)
    try:
        best, _ = second_opinion.best_by_brute_force(scenario.document, KNOTS)
    except second_opinion.NoPlan:
        assert solution is None
        return
    assert solution is not None
    assert solution.status == "optimal"
    assert solution.best_gain == pytest.approx(best, abs=1e-6 * max(1.0, abs(best)))


@pytest.mark.parametrize("seed", [*range(25 if LONG else 12), 91, 123, 219, 918])
def test_weakest_layer_by_brute_force(seed: int) -> None:
    scenario = random_problem(seed, all_or_nothing=True, objective="weakest_layer")
    solution = solve_or_none(scenario)
    try:
        smallest, score, _ = second_opinion.best_weakest(scenario.document, KNOTS)
    except second_opinion.NoPlan:
        assert solution is None
        return
    assert solution is not None
    assert solution.stages[0].value == pytest.approx(smallest, abs=2e-6 * max(1.0, abs(smallest)))
    assert solution.stages[1].value == pytest.approx(score, abs=1e-5 * max(1.0, abs(score)))


@pytest.mark.parametrize("seed", [*range(25 if LONG else 12), 391, 423, 650, 919])
def test_lexicographic_stages_by_brute_force(seed: int) -> None:
    scenario = random_problem(seed, all_or_nothing=True, objective="lexicographic")
    solution = solve_or_none(scenario)
    try:
        values, _ = second_opinion.best_lexicographic(scenario.document, KNOTS)
    except second_opinion.NoPlan:
        assert solution is None
        return
    assert solution is not None
    for value, stage in zip(values, solution.stages, strict=True):
        assert stage.value == pytest.approx(value, abs=1e-5 * max(1.0, abs(value)))


@pytest.mark.parametrize("seed", range(DRAWN))
def test_every_plan_plays_the_same_and_breaks_nothing(seed: int) -> None:
    scenario = random_problem(seed, all_or_nothing=False)
    solution = solve_or_none(scenario)
    if solution is None:
        pytest.skip("this draw is infeasible: there is no plan to play")
    spending = as_spending(solution)
    played = second_opinion.play(scenario.document, spending, breakpoints=KNOTS)
    assert played.gain == pytest.approx(solution.gain, abs=1e-9 * max(1.0, abs(played.gain)))
    assert played.score == pytest.approx(solution.score, abs=1e-9)
    assert played.private_bn == pytest.approx(solution.private_bn, abs=1e-9)
    for layer, leads in played.leads.items():
        assert list(leads.values()) == pytest.approx(solution.played.leads[layer].tolist())
    broken = second_opinion.broken_limits(scenario.document, spending, breakpoints=KNOTS)
    assert broken == []
    smooth = second_opinion.play(scenario.document, spending)
    error = abs(smooth.score - played.score)
    assert solution.curve_error == pytest.approx(error, abs=1e-9)


def solve_by_scip(file: Path, seconds: float = 60.0, relaxed: bool = False) -> tuple[float, float]:
    """Objective and bound of a written model by the second solver; it minimises."""
    model = Model()
    model.hideOutput()
    model.readProblem(str(file))
    model.setParam("limits/time", seconds)
    if relaxed:
        model.relax()
    else:
        model.setParam("limits/gap", 0.0)
    model.optimize()
    best = float(model.getObjVal()) if model.getNSols() else float("inf")
    return best, float(model.getDualbound())


@pytest.mark.parametrize("seed", range(100 if LONG else 18))
def test_second_solver_on_random_files(seed: int, tmp_path: Path) -> None:
    scenario = random_problem(seed, all_or_nothing=seed % 2 == 0)
    solution = solve_or_none(scenario)
    file = tmp_path / ("model.lp" if seed % 3 else "model.mps")
    export_model(scenario, file)
    best, _ = solve_by_scip(file)
    if solution is None:
        assert best == float("inf")
    else:
        assert -best == pytest.approx(solution.best_gain, abs=1e-6 * max(1.0, abs(best)))


@pytest.mark.parametrize("ending", ["lp", "mps"])
def test_second_solver_on_the_textbook(ending: str, tmp_path: Path) -> None:
    scenario = read_scenario("textbook")
    export_model(scenario, tmp_path / f"textbook.{ending}")
    best, _ = solve_by_scip(tmp_path / f"textbook.{ending}")
    assert -best == pytest.approx(solve_scenario(scenario, gap=0.0).best_gain, abs=1e-6)


def relax_by_highs(file: Path) -> float:
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("solve_relaxation", True)
    highs.readModel(str(file))
    highs.run()
    return float(highs.getInfo().objective_function_value)


SEARCHED = ("us-2027", "textbook")
"""Bundled scenarios that a second solver is given in every run: the others are variants of one."""

VARIANT = "a variant of us-2027, some seconds: STRATAFOLIO_LONG=1 runs it too"


@pytest.mark.parametrize("name", list_bundled())
def test_relaxations_of_bundled_scenarios_agree(name: str, tmp_path: Path) -> None:
    if name not in SEARCHED and not LONG:
        pytest.skip(VARIANT)
    file = tmp_path / "model.mps"
    export_model(read_scenario(name), file)
    best, _ = solve_by_scip(file, relaxed=True)
    assert best == pytest.approx(relax_by_highs(file), abs=1e-6 * max(1.0, abs(best)))


@pytest.mark.parametrize("name", list_bundled())
def test_intervals_of_bundled_scenarios_overlap(name: str, tmp_path: Path) -> None:
    """What each solver has proven, plan to bound, must leave the same optimum possible."""
    if name not in SEARCHED and not LONG:
        pytest.skip(VARIANT)
    scenario = read_scenario(name)
    solution = solve_scenario(scenario, gap=1e-3)
    file = tmp_path / "model.mps"
    export_model(scenario, file)
    best, bound = solve_by_scip(file, seconds=10.0)
    rounding = 1e-6 * max(1.0, solution.best_gain)
    highest = solution.bound - solution.baseline.score
    assert -best <= highest + rounding
    assert -bound >= solution.best_gain - rounding
