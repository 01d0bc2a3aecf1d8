"""Old published problems, reproduced as scenarios; tests/classics/expected.yaml has the sources."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from stratafolio.inputs.build import derive_scenario
from stratafolio.inputs.read import read_scenario
from stratafolio.inputs.yaml_text import parse_yaml
from stratafolio.model.solving.solve import solve_scenario

CLASSICS = Path(__file__).parent / "classics"
EXPECTED: dict[str, Any] = parse_yaml((CLASSICS / "expected.yaml").read_text("utf-8"))[0]
NINE = EXPECTED["lorie_savage"]
KNAPSACK = EXPECTED["knapsack_kirlik_sayin"]


@pytest.mark.parametrize("case", ["whole", "four_requires_five", "parts"])
def test_nine_projects_of_lorie_and_savage(case: str) -> None:
    expected = NINE[case]
    scenario = read_scenario(str(CLASSICS / "lorie_savage.yaml"))
    scenario = derive_scenario(scenario, expected.get("patch", {}))
    solution = solve_scenario(scenario, gap=0.0)
    assert solution.gain == pytest.approx(expected["gain"], abs=1e-6)
    if "funded" in expected:
        assert list(solution.plan) == expected["funded"]
    for year, outlays in expected["outlays"].items():
        paid = sum(series[int(year) - 2027] for series in solution.played.outlays.values())
        assert paid == pytest.approx(outlays, abs=1e-5)
    for project, part in expected.get("parts", {}).items():
        most = scenario.instruments[project].max_per_year
        spent = float(solution.played.authority[project][0])
        assert spent / most == pytest.approx(float(Fraction(part)), abs=1e-5)


@pytest.mark.parametrize("case", KNAPSACK["weightings"], ids=lambda case: str(case["total"]))
def test_knapsack_with_three_objectives(case: dict[str, Any]) -> None:
    scenario = read_scenario(str(CLASSICS / "knapsack_kirlik_sayin.yaml"))
    scenario = derive_scenario(scenario, {"weights": case["weights"]})
    solution = solve_scenario(scenario, gap=0.0)
    assert solution.gain == pytest.approx(case["gain"], abs=1e-6)
    outcome = [round(z, 6) for z in solution.played.outcome.values()]
    assert outcome in [best["outcome"] for best in case["best"]]
    if case["unique"]:
        items = case["best"][0]["items"]
        assert list(solution.plan) == [f"item_{item}" for item in items]
