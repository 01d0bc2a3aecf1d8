"""Each numbered equation, as the rows it makes of one small scenario, without a solver.

The rows of tests/golden/ were derived by hand from docs/model.md; the arithmetic stands in their
comments. One more variable or another coefficient anywhere in the model shows here.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pyomo.core as pyo
import pytest
from pyomo.repn import generate_standard_repn

from stratafolio.inputs.build import build_scenario
from stratafolio.model.equations.formulation import Formulation

GOLDEN = Path(__file__).parent / "golden"
MODEL = Path(__file__).parents[1] / "docs" / "model.md"

PARTS = {
    "decisions": ["most", "least", "begins", "starts_on", "run", "single_run", "growth"],
    "equation_1": ["equation_1"],
    "equation_2": ["equation_2"],
    "equation_3": ["equation_3", "filling", "above", "full", "waiting", "tight_fill"],
    "equation_4": ["equation_4", "first_of_pair", "second_of_pair"],
    "equation_5": ["equation_5", "worth_piece"],
    "equation_6": ["equation_6", "weakest_layer"],
    "limits": ["limits"],
    "steadiness": ["rise", "fall"],
}
"""The components of the model, by the golden file that holds their rows."""

SMALL: dict[str, Any] = {
    "years": {"first": 2030, "last": 2031, "score_until": 2032},
    "discount_rate": 0,
    "steady": 0.1,
    "objective": "weakest_layer",
    "budget": {"per_year": 3},
    "weights": {"lead": 3, "other": 1},
    "areas": {"one": {}},
    "layers": {
        "lead": {
            "us": 5,
            "china": 4,
            "us_trend": 1,
            "trend_until": 2031,
            "worth": [[0, 0], [2, 2], [6, 4]],
        },
        "other": {"us": 1},
    },
    "instruments": {
        "plant": {
            "area": "one",
            "max_per_year": 2,
            "min_per_year": 0.5,
            "launch_cost": 0.25,
            "max_growth": 1.5,
            "spendout": [0.25, 0.75],
            "half_life": 1,
            "curve": [[0, 0], [1, 0.5], [3, 1]],
        },
        "mill": {
            "area": "one",
            "max_per_year": 1,
            "run_years": 1,
            "all_or_nothing": True,
            "curve": "linear",
            "scale": 2,
        },
        "road": {"area": "one", "max_per_year": 1, "lag": 1, "curve": [[0, 0], [2, 1]]},
    },
    "effects": {
        "plant_lead": {"instrument": "plant", "layer": "lead", "points": 8},
        "mill_lead": {"instrument": "mill", "layer": "lead", "points": -2},
        "road_lead": {"instrument": "road", "layer": "lead", "points": 4},
        "road_other": {"instrument": "road", "layer": "other", "points": -1, "half_life": 1},
        "road_harm": {
            "instrument": "road",
            "layer": "lead",
            "points": -1,
            "curve": [[0, 0], [1, 0.1], [4, 1]],
            "lag": 0,
        },
        "plant_other": {
            "instrument": "plant",
            "layer": "other",
            "points": -3,
            "curve": [[0, 0], [1, 1]],
            "lag": 1,
        },
    },
    "interactions": {
        "help": {"between": ["plant_lead", "road_lead"], "layer": "lead", "points": 1},
        "hinder": {"between": ["plant_other", "road_other"], "layer": "other", "points": -1},
    },
    "constraints": {
        "floor": {"kind": "lead", "layer": "lead", "at_least": 2.5, "years": [2031, 2031]},
        "half": {"kind": "spend", "of": ["plant"], "at_most": 0.5, "unit": "share"},
        "first_plant": {"kind": "requires", "instrument": "mill", "needs": ["plant"]},
        "one_launch": {"kind": "launches", "at_most": 1},
    },
}


@pytest.fixture(scope="module")
def model() -> Any:
    return Formulation(build_scenario(SMALL, {}, "small")).model


def show_terms(terms: list[tuple[float, Any]]) -> str:
    """Coefficients and variables as LP files write them, in the order of their names.

    A coefficient is shown to six digits: retention and slopes are not round.
    """
    named = sorted((variable.name.replace(" ", ""), c) for c, variable in terms)
    return " ".join(f"{'-' if c < 0 else '+'} {abs(c):.6g} {name}" for name, c in named)


def show_row(row: Any) -> str:
    """Name, terms, sense and right-hand side of a row, or an objective's terms."""
    is_objective = row.ctype is pyo.Objective
    form = generate_standard_repn(row.expr if is_objective else row.body)
    terms = show_terms(list(zip(form.linear_coefs, form.linear_vars, strict=True)))
    name = row.name.replace(" ", "")
    if is_objective:
        return f"{name}: {terms}"
    lower, upper = pyo.value(row.lower), pyo.value(row.upper)
    if lower == upper:
        return f"{name}: {terms} = {lower + 0.0:.6g}"
    sense, edge = ("<=", upper) if lower is None else (">=", lower)
    return f"{name}: {terms} {sense} {edge + 0.0:.6g}"


def show_part(model: Any, part: str) -> list[str]:
    components = (model.find_component(name) for name in PARTS[part])
    return [show_row(row) for one in components for row in one.values()]


@pytest.mark.parametrize("part", PARTS)
def test_rows_are_those_derived_by_hand(model: Any, part: str) -> None:
    lines = (GOLDEN / f"{part}.lp").read_text("utf-8").splitlines()
    golden = [line for line in lines if line and not line.startswith("\\")]
    assert show_part(model, part) == golden


def test_every_numbered_equation_has_a_golden_file() -> None:
    numbers = re.findall(r"^\*\*Equation (\d+):", MODEL.read_text("utf-8"), re.MULTILINE)
    assert numbers == ["1", "2", "3", "4", "5", "6"]
    for number in numbers:
        assert (GOLDEN / f"equation_{number}.lp").is_file()


def test_every_row_of_the_model_is_held_against_a_golden_file(model: Any) -> None:
    """A component that no golden file names, or that the small scenario leaves empty, is a gap."""
    components = {
        one.local_name: len(one)
        for kind in (pyo.Constraint, pyo.Objective)
        for one in model.component_objects(kind)
    }
    assert sorted(components) == sorted(name for part in PARTS.values() for name in part)
    assert [name for name, rows in components.items() if not rows] == []
    assert {file.stem for file in GOLDEN.glob("*.lp")} == set(PARTS)
