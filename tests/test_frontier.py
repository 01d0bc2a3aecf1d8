"""Non-dominated outcomes against every plan, a published problem, and solves of any weighting."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import second_opinion
from every_plan import list_cases
from scipy.optimize import linprog
from small_scenarios import put, refuse, run, spoil, tiny_document, write_folder

from stratafolio.inputs.build import build_scenario, derive_scenario
from stratafolio.inputs.complaint import InputError
from stratafolio.inputs.read import read_scenario
from stratafolio.inputs.scenario import Scenario
from stratafolio.inputs.yaml_text import parse_yaml
from stratafolio.model.equations.curves import KNOTS, Array
from stratafolio.model.failures import Infeasible
from stratafolio.model.solving.solve import solve_scenario
from stratafolio.model.studies.frontier.findings import FrontierFindings
from stratafolio.model.studies.frontier.trace import study_frontier
from stratafolio.model.studies.frontier.zones import find_dominated, split_zones
from stratafolio.model.work.store import Store
from stratafolio.results.studies.frontier import tabulate as tabulate_frontier

CLASSICS = Path(__file__).parent / "classics"
KNAPSACK: dict[str, Any] = parse_yaml((CLASSICS / "expected.yaml").read_text("utf-8"))[0][
    "knapsack_kirlik_sayin"
]


def list_outcomes(found: FrontierFindings) -> Array:
    return np.array([[p.outcome[layer] for layer in found.layers] for p in found.points])


def keep_best(outcomes: Array, apart: float = 1e-5) -> Array:
    """The non-dominated of some outcomes; those that differ by rounding alone are one."""
    rounded = np.unique(np.round(outcomes / apart) * apart, axis=0)
    return rounded[~find_dominated(rounded)]


def is_best_somewhere(outcomes: Array, at: int) -> bool:
    """Whether weights of 0 or more make an outcome the best, by scipy's own solver."""
    others = np.delete(outcomes, at, axis=0)
    if not len(others):
        return True
    count = outcomes.shape[1]
    answer = linprog(
        np.zeros(count),
        A_ub=others - outcomes[at],
        b_ub=np.full(len(others), 1e-9),
        A_eq=np.ones((1, count)),
        b_eq=[1.0],
        bounds=[(0, None)] * count,
    )
    return bool(answer.status == 0)


# A published problem ----------------------------------------------------------------------------


def test_tolerance_0_is_the_natural_question_where_all_is_all_or_nothing() -> None:
    scenario = read_scenario(str(CLASSICS / "knapsack_kirlik_sayin.yaml"))
    exact = study_frontier(scenario, list(scenario.layers), tolerance=0.0)
    assert exact.effort.is_complete
    usual = study_frontier(scenario, list(scenario.layers))
    assert np.array_equal(list_outcomes(exact), list_outcomes(usual))
    mixed = read_scenario("textbook")
    with pytest.raises(InputError, match="all-or-nothing"):
        study_frontier(mixed, list(mixed.layers), tolerance=0.0)


def test_published_knapsack_has_exactly_its_known_outcomes() -> None:
    """Ten items and three profits, seven outcomes; the file says where it is from."""
    scenario = read_scenario(str(CLASSICS / "knapsack_kirlik_sayin.yaml"))
    found = study_frontier(scenario, list(scenario.layers))
    known = {tuple(case["outcome"]): case for case in KNAPSACK["non_dominated"]}
    assert found.effort.is_complete
    assert found.is_exact
    told = {tuple(round(z) for z in outcome): at for at, outcome in enumerate(list_outcomes(found))}
    assert set(told) == set(known)
    for outcome, at in told.items():
        point, case = found.points[at], known[outcome]
        assert point.is_supported == case["supported"]
        assert list(point.plan) == [f"item_{item}" for item in case["items"]]
    # One solve for a point, and one for a zone that turns out to be empty.
    assert found.effort.solves <= 3 * len(known)


@pytest.mark.parametrize(
    ("count", "items", "seed"), [(2, 14, 1), (2, 18, 2), (3, 12, 3), (4, 9, 4)]
)
def test_random_knapsacks_have_all_outcomes_of_a_dynamic_program(
    count: int, items: int, seed: int
) -> None:
    """Whole profits and weights from 1 to 100, half of all weight as capacity."""
    rng = np.random.default_rng(seed)
    profits = rng.integers(1, 101, size=(items, count))
    weights = rng.integers(1, 101, size=items)
    scenario = make_knapsack(profits, weights, int(weights.sum() // 2))
    found = study_frontier(scenario, list(scenario.layers))
    assert found.effort.is_complete
    wanted = solve_by_dynamic_program(profits, weights, int(weights.sum() // 2))
    told = {tuple(row) for row in np.round(list_outcomes(found)).astype(int).tolist()}
    assert told == wanted
    outcomes = list_outcomes(found)
    for at, point in enumerate(found.points):
        assert point.is_supported == is_best_somewhere(outcomes, at)


def make_knapsack(profits: Any, weights: Any, capacity: int) -> Scenario:
    """A knapsack as a scenario: an item is an instrument, a profit a layer."""
    layers = [f"profit_{k}" for k in range(profits.shape[1])]
    items = [f"item_{i}" for i in range(len(weights))]
    document = {
        "years": {"first": 2027, "last": 2027, "score_until": 2027},
        "budget": {"per_year": float(capacity)},
        "weights": dict.fromkeys(layers, 1),
        "areas": {"items": {}},
        "layers": {layer: {"us": 0, "china": 0} for layer in layers},
        "instruments": {
            item: {
                "area": "items",
                "max_per_year": float(weight),
                "all_or_nothing": True,
                "curve": "linear",
                "scale": float(weight),
            }
            for item, weight in zip(items, weights.tolist(), strict=True)
        },
        "effects": {
            f"{item}_{layer}": {"instrument": item, "layer": layer, "points": float(profits[i, k])}
            for i, item in enumerate(items)
            for k, layer in enumerate(layers)
        },
    }
    return build_scenario(document, {}, "knapsack")


def solve_by_dynamic_program(profits: Any, weights: Any, capacity: int) -> set[tuple[int, ...]]:
    """All non-dominated profits: states of weight and profits, item by item, dominated ones cut."""
    states = np.zeros((1, 1 + profits.shape[1]))
    for profit, weight in zip(profits, weights.tolist(), strict=True):
        more = states + np.concatenate([[-weight], profit])
        states = np.unique(np.concatenate([states, more[more[:, 0] >= -capacity]]), axis=0)
        states = states[~find_dominated(states)]
    ends = np.unique(states[:, 1:], axis=0)
    return {tuple(row) for row in ends[~find_dominated(ends)].astype(int).tolist()}


# Every plan ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [0, 1, 3, 4, 7, 11, 30])
def test_outcomes_of_random_scenarios_against_every_plan(seed: int) -> None:
    """Curves, interactions, lags, launch costs and limits of all kinds; any two to four layers."""
    document = second_opinion.random_scenario(seed, all_or_nothing=True, most_plans=300)
    scenario = build_scenario(document, {}, "random")
    layers = list(scenario.layers)
    cases = [
        case
        for case in list_cases(document)
        if not second_opinion.broken_limits(document, case.spending, breakpoints=KNOTS)
    ]
    assert cases
    found = study_frontier(scenario, layers)
    assert found.effort.is_complete
    wanted = keep_best(np.array([[case.outcome[layer] for layer in layers] for case in cases]))
    told = keep_best(list_outcomes(found))
    assert len(told) == len(wanted)
    assert told == pytest.approx(wanted, abs=3e-5)


def test_floor_cuts_the_frontier_and_other_layers_stay_free() -> None:
    scenario = read_scenario(str(CLASSICS / "knapsack_kirlik_sayin.yaml"))
    every = study_frontier(scenario, list(scenario.layers))
    two = study_frontier(scenario, ["profit_1", "profit_2"], {"profit_3": 3400.0})
    outcomes = list_outcomes(every)
    wanted = keep_best(outcomes[outcomes[:, 2] >= 3400.0][:, :2])
    assert keep_best(list_outcomes(two)) == pytest.approx(wanted)
    assert all(point.outcome["profit_3"] >= 3400.0 for point in two.points)
    with pytest.raises(Infeasible):
        study_frontier(scenario, ["profit_1", "profit_2"], {"profit_3": 9999.0})


def test_zones_describe_what_no_outcome_covers() -> None:
    """A random box of outcomes: a place is in some zone if and only if none is as good."""
    rng = np.random.default_rng(0)
    corners = np.zeros((1, 3))
    outcomes = rng.integers(1, 8, size=(12, 3)).astype(float)
    for outcome in outcomes:
        corners = split_zones(corners, outcome)
    for place in rng.uniform(0.0, 9.0, size=(400, 3)):
        covered = (outcomes >= place).all(axis=1).any()
        assert (corners < place).all(axis=1).any() != covered


# Continuous spending ------------------------------------------------------------------------------


def check_coverage(scenario: Scenario, found: FrontierFindings, outcome: dict[str, float]) -> None:
    """Some point is no worse than an outcome by more than a step in any layer."""
    steps = np.array([found.steps[layer] for layer in found.layers])
    wanted = np.array([outcome[layer] for layer in found.layers])
    ahead = wanted - list_outcomes(found) - steps
    assert ahead.max(axis=1).min() <= 1e-6, scenario.name


@pytest.mark.parametrize("name", ["textbook", "tiny", "linear"])
def test_every_weighting_is_covered(name: str) -> None:
    document = tiny_document()
    put(document, "effects.grid_diffusion", {**document["effects"]["grid_frontier"]})
    put(document, "effects.grid_diffusion.layer", "diffusion")
    put(document, "effects.grid_diffusion.points", 1.0)
    if name == "linear":
        del document["instruments"]["labs"]["min_per_year"]
    scenario = (
        read_scenario("textbook") if name == "textbook" else build_scenario(document, {}, "t")
    )
    layers = list(scenario.layers)
    found = study_frontier(scenario, layers, tolerance=0.02)
    assert found.effort.is_complete
    assert not found.is_exact
    for share in np.linspace(0.0, 1.0, 21).tolist():
        weights = {layers[0]: share, layers[1]: 1.0 - share}
        best = solve_scenario(derive_scenario(scenario, {"weights": weights}), gap=0.0)
        check_coverage(scenario, found, dict(best.played.outcome))
    outcomes = list_outcomes(found)
    assert not find_dominated(outcomes).any()
    for point in found.points:
        floors = {layers[1]: point.outcome[layers[1]] - 1e-7}
        alone = study_frontier(scenario, layers, floors, tolerance=0.9)
        most = max(p.outcome[layers[0]] for p in alone.points)
        step = found.steps[layers[0]]
        assert most <= point.outcome[layers[0]] + step + 1e-6, "a point is far from the frontier"
    if name == "linear":
        assert all(point.is_supported for point in found.points)


def test_three_continuous_layers_are_covered_too() -> None:
    document = spoil("layers.safety_stability", {"us": 1, "china": 0})
    put(document, "effects.labs_safety", {"instrument": "labs", "layer": "safety_stability"})
    put(document, "effects.labs_safety.points", -1.0)
    put(document, "effects.labs_safety.curve", "linear")
    scenario = build_scenario(document, {}, "three")
    found = study_frontier(scenario, list(scenario.layers), tolerance=0.1)
    assert found.effort.is_complete
    rng = np.random.default_rng(0)
    for weights in rng.dirichlet(np.ones(3), size=12).tolist():
        told = dict(zip(scenario.layers, weights, strict=True))
        best = solve_scenario(derive_scenario(scenario, {"weights": told}), gap=0.0)
        check_coverage(scenario, found, dict(best.played.outcome))


# What the study promises --------------------------------------------------------------------------


def strip(found: FrontierFindings) -> dict[str, Any]:
    record = tabulate_frontier(found)
    return {key: record[key] for key in record if key != "seconds"}


@pytest.mark.parametrize("name", ["textbook", "knapsack"])
def test_same_numbers_whatever_the_workers_and_after_a_cut(name: str, tmp_path: Path) -> None:
    path = "textbook" if name == "textbook" else str(CLASSICS / "knapsack_kirlik_sayin.yaml")
    scenario = read_scenario(path)
    file = tmp_path / "frontier.jsonl"
    layers = list(scenario.layers)
    one = study_frontier(scenario, layers, tolerance=0.05, store=Store(file, "x"))
    two = study_frontier(scenario, layers, tolerance=0.05, workers=2)
    assert strip(one) == strip(two)
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])
    again = study_frontier(scenario, layers, tolerance=0.05, store=Store(file, "x"))
    assert strip(again) == strip(one)


def test_time_limit_tells_that_it_is_not_complete() -> None:
    scenario = read_scenario("us-2027")
    found = study_frontier(scenario, ["frontier", "diffusion"], time_limit=3.0)
    assert not found.effort.is_complete
    assert tabulate_frontier(found)["complete"] is False


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--layers", "frontier"], ("two or more",)),
        (["--layers", "frontier,frontier"], ("two or more",)),
        (["--layers", ""], ("two or more",)),
        (["--layers", "frontier,chips"], ("chips", "not a layer")),
        (["--layers", "frontier,semiconductors", "--floor", "x=1"], ("'x' is not a layer",)),
        (["--layers", "frontier,semiconductors", "--floor", "frontier"], ("LAYER=Z",)),
        (["--layers", "frontier,semiconductors", "--floor", "frontier=nan"], ("a number",)),
        (["--layers", "frontier,semiconductors", "--tolerance", "0"], ("--tolerance",)),
        (["--layers", "frontier,semiconductors", "--csv", "/proc/x.csv"], ("--csv",)),
    ],
)
def test_bad_layers_floors_and_files_are_refused(options: list[str], says: tuple[str, ...]) -> None:
    refuse("frontier", "textbook", *options, says=says)


def test_floor_out_of_reach_is_infeasible() -> None:
    command = ["frontier", "textbook", "--layers", "frontier,semiconductors"]
    refuse(*command, "--floor", "frontier=99", says=("floor",), code=4, kind="infeasible")


def test_command_gives_what_the_contract_promises(tmp_path: Path) -> None:
    out, csv = tmp_path / "run", tmp_path / "points.csv"
    path = write_folder(tmp_path / "tiny", tiny_document())
    command = ["frontier", path, "--layers", "frontier,diffusion", "--tolerance", "0.1"]
    ended = run(*command, "--csv", csv, "--out", out, "--json")
    assert ended.code == 0, ended.err
    record = json.loads(ended.out)
    assert {"layers", "complete", "tolerance", "solves", "points"} <= set(record)
    for point in record["points"]:
        assert {"outcome", "supported", "funded", "areas"} <= set(point)
        assert set(point["outcome"]) == {"frontier", "diffusion"}
    lines = csv.read_text("utf-8").splitlines()
    assert len(lines) == len(record["points"]) + 1
    assert lines[0].startswith("point,frontier,diffusion,supported,energy_bn")
    assert (out / "run.json").exists()
    screen = run(*command)
    assert screen.code == 0
    assert max(len(line) for line in screen.out.splitlines()) <= 100
