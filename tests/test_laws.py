"""What must hold of any scenario, tried on random small ones."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import second_opinion
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from stratafolio.inputs.build import build_scenario, derive_scenario
from stratafolio.inputs.read import read_scenario
from stratafolio.inputs.record import Record
from stratafolio.inputs.scenario import Scenario
from stratafolio.inputs.workbook import make_workbook
from stratafolio.inputs.write import dump_yaml
from stratafolio.model.failures import Infeasible
from stratafolio.model.solving.solve import solve_scenario

laws = settings(
    max_examples=40 if os.environ.get("STRATAFOLIO_LONG") else 10,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.function_scoped_fixture],
)
"""The same draws in every run: a law that breaks breaks for everybody. STRATAFOLIO_LONG=1: more."""

seeds = st.integers(0, 10**6)


def draw(seed: int, constraints: bool = True) -> Scenario:
    document = second_opinion.random_scenario(
        seed, all_or_nothing=False, constraints=constraints, futures=True
    )
    return build_scenario(document, {}, f"random_{seed}")


def best_gain(scenario: Scenario) -> float:
    """The best gain, exactly; draws without a plan say nothing about a law."""
    try:
        return solve_scenario(scenario, gap=0.0).best_gain
    except Infeasible:
        assume(False)
        raise


def near(value: float) -> Any:
    return pytest.approx(value, abs=2e-6 * max(1.0, abs(value)))


@laws
@given(seeds, st.floats(1.0, 3.0))
def test_more_budget_never_lowers_the_gain(seed: int, factor: float) -> None:
    scenario = draw(seed)
    budget: dict[str, Any] = dict(scenario.document["budget"])
    caps = budget.get("per_year")
    if isinstance(caps, Mapping):
        budget["per_year"] = {year: cap * factor for year, cap in caps.items()}
    elif caps is not None:
        budget["per_year"] = caps * factor
    if budget.get("total") is not None:
        budget["total"] *= factor
    before = best_gain(scenario)
    after = best_gain(derive_scenario(scenario, {"budget": budget}))
    assert after >= before - 2e-6 * max(1.0, abs(before))


@laws
@given(seeds, st.floats(0.01, 100.0))
def test_the_scale_of_weights_does_not_matter(seed: int, factor: float) -> None:
    scenario = draw(seed)
    weights = {layer: w * factor for layer, w in scenario.document["weights"].items()}
    scaled = derive_scenario(scenario, {"weights": weights})
    assert best_gain(scaled) == near(best_gain(scenario))


def rename(value: Any, names: Mapping[str, str]) -> Any:
    """The value with ids replaced wherever they stand as keys or whole texts."""
    if isinstance(value, Mapping):
        return {names.get(key, key): rename(inner, names) for key, inner in value.items()}
    if isinstance(value, list):
        return [rename(inner, names) for inner in value]
    return names.get(value, value) if isinstance(value, str) else value


@laws
@given(seeds)
def test_names_do_not_matter(seed: int) -> None:
    scenario = draw(seed)
    names = {id_: f"z_{at}" for at, id_ in enumerate(scenario.instruments)}
    renamed = build_scenario(rename(scenario.document, names), {}, "renamed")
    assert best_gain(renamed) == near(best_gain(scenario))


@laws
@given(seeds)
def test_the_order_of_rows_does_not_matter(seed: int) -> None:
    scenario = draw(seed)
    turned = {
        key: dict(list(value.items())[::-1])
        if isinstance(value, Mapping) and key != "years"
        else value
        for key, value in scenario.document.items()
    }
    assert best_gain(build_scenario(turned, {}, "turned")) == near(best_gain(scenario))


@laws
@given(seeds)
def test_a_useless_instrument_changes_nothing(seed: int) -> None:
    """Without constraints, as some of these count any spending at all."""
    scenario = draw(seed, constraints=False)
    area = next(iter(scenario.areas))
    useless = {"useless": {"area": area, "max_per_year": 1.0, "min_per_year": 0.1, "scale": 1.0}}
    with_it = derive_scenario(scenario, {"instruments": useless})
    solution = solve_scenario(with_it, gap=0.0)
    assert solution.best_gain == near(best_gain(scenario))
    assert "useless" not in solution.plan


@laws
@given(seeds)
def test_telling_figures_by_assumptions_changes_nothing(seed: int) -> None:
    """Points and costs as products of assumptions: the same figures, and so the same gain."""
    scenario = draw(seed)
    rules = {"half": {"value": 0.5}, "two": {"value": "1 / half"}}
    points = {f"points_{e}": {"value": own.points} for e, own in scenario.effects.items()}
    most = {f"most_{i}": {"value": own.max_per_year} for i, own in scenario.instruments.items()}
    computed: dict[str, dict[str, Any]] = {
        "effects": {e: {"points": f"half * points_{e} * two"} for e in scenario.effects},
        "instruments": {i: {"max_per_year": f"max(0, most_{i})"} for i in scenario.instruments},
    }
    for row in [*computed["effects"].values(), *computed["instruments"].values()]:
        row.update(dict.fromkeys(f"{name}_{end}" for name in tuple(row) for end in ("low", "high")))
    told = derive_scenario(scenario, {"assumptions": {**rules, **points, **most}, **computed})
    for e, effect in scenario.effects.items():
        assert told.effects[e].points == pytest.approx(effect.points, rel=1e-15)
    for i, own in scenario.instruments.items():
        assert told.instruments[i].max_per_year == own.max_per_year
    assert best_gain(told) == near(best_gain(scenario))


@laws
@given(seeds, st.floats(0.0, 3.0))
def test_a_further_constraint_never_raises_the_gain(seed: int, most: float) -> None:
    scenario = draw(seed)
    first = next(iter(scenario.instruments))
    limit = {"further": {"kind": "spend", "of": [first], "at_most": most, "each": "horizon"}}
    free = best_gain(scenario)
    assert best_gain(derive_scenario(scenario, {"constraints": limit})) <= free + 2e-6 * max(
        1.0, abs(free)
    )


def plain(value: Any) -> Any:
    """All that a scenario says, whether or not it was said by leaving it out.

    To fourteen digits: a workbook keeps fifteen.
    """
    if isinstance(value, float):
        return float(f"{value:.14g}")
    if isinstance(value, tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, Record):
        fields = {name: plain(getattr(value, name)) for name in type(value).model_fields}
        return {**fields, "ranges": plain(value.ranges)}
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    return value


@laws
@given(seed=seeds, form=st.sampled_from(["yaml", "xlsx"]))
def test_writing_and_reading_back_is_the_identity(seed: int, form: str, tmp_path: Path) -> None:
    scenario = draw(seed)
    file = tmp_path / f"again.{form}"
    is_book = form == "xlsx"
    file.write_bytes(make_workbook(scenario) if is_book else dump_yaml(scenario.document).encode())
    again = read_scenario(str(file))
    assert plain(again) == plain(scenario)
    assert list(again.instruments) == list(scenario.instruments)


@laws
@given(seeds)
def test_the_evaluator_and_the_solver_agree(seed: int) -> None:
    """The last stage's value is the solver's; the best gain is the evaluator's."""
    scenario = draw(seed)
    best_gain(scenario)
    solution = solve_scenario(scenario, gap=0.0)
    by_solver = solution.stages[-1].value - solution.baseline.score
    assert solution.best_gain == near(by_solver)
    assert solution.max_violation <= 1e-6
    assert solution.gain >= solution.best_gain - 1.1e-7 * max(1.0, solution.best_gain)
