"""The recorder takes the formulation down as Pyomo's compiler does, to the last digit."""

from __future__ import annotations

import numpy as np
import pytest
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler
from small_scenarios import tiny_document

from stratafolio.inputs.build import build_scenario, derive_scenario
from stratafolio.inputs.read import read_scenario
from stratafolio.inputs.scenario import Scenario
from stratafolio.model.equations.formulation import Formulation
from stratafolio.model.solving.compiled import Compiled
from stratafolio.model.solving.matrices import name_key

CURVED = {
    "layers": {"frontier": {"worth": [[-50, -40], [0, 0], [50, 20]]}},
    "effects": {"grid_frontier": {"curve": [[0, 0], [1, 0.1], [2, 0.9], [6, 1]]}},
    "instruments": {"labs": {"launch_cost": 0.1, "run_years": 2}},
    "objective": "weakest_layer",
    "steady": 0.01,
}
"""Convex curves, binaries, a launch, a worth, a stage before the score, and changes by year."""


def compare(scenario: Scenario) -> None:
    """Both ways give the same columns, rows, boxes, sides and coefficients, in the same order."""
    compiled = Compiled(scenario)
    ours, theirs = Compiled(scenario, like=compiled).matrices, compiled.matrices
    assert list(ours.column_keys) == list(theirs.column_keys)
    assert list(ours.row_keys) == list(theirs.row_keys)
    assert np.array_equal(ours.matrix.toarray(), theirs.matrix.toarray())
    for name in ("lower", "upper", "row_lower", "row_upper", "integers"):
        assert np.array_equal(getattr(ours, name), getattr(theirs, name)), name


@pytest.mark.parametrize("name", ["us-2027", "status-quo", "textbook"])
def test_bundled_scenarios_are_the_same_either_way(name: str) -> None:
    compare(read_scenario(name))


def compare_with_pyomo(scenario: Scenario) -> None:
    """Our way through the Pyomo model gives what Pyomo's own compiler gives, in the same order."""
    ours, model = Compiled(scenario).matrices, Formulation(scenario).model
    theirs = LinearStandardFormCompiler().write(model, mixed_form=True)
    assert [name_key(key) for key in ours.column_keys] == [
        name_key((column.parent_component().local_name, column.index()))
        for column in theirs.columns
    ]
    assert ours.row_names == [
        name_key((row.parent_component().local_name, row.index())) for row, _ in theirs.rows
    ]
    assert np.array_equal(ours.matrix.toarray(), theirs.A.toarray())
    assert np.array_equal(ours.costs, theirs.c.toarray()[0])
    for (_, side), low, high, rhs in zip(
        theirs.rows, ours.row_lower, ours.row_upper, theirs.rhs, strict=True
    ):
        assert (low, high) == (rhs if side <= 0 else -np.inf, rhs if side >= 0 else np.inf)


@pytest.mark.parametrize("name", ["us-2027", "status-quo", "textbook"])
def test_bundled_scenarios_are_compiled_as_pyomo_does(name: str) -> None:
    compare_with_pyomo(read_scenario(name))


def test_every_form_of_curve_and_stage_is_compiled_as_pyomo_does() -> None:
    compare_with_pyomo(derive_scenario(build_scenario(tiny_document(), {}, "tiny"), CURVED))


def test_every_form_of_curve_and_stage_is_the_same_either_way() -> None:
    compare(derive_scenario(build_scenario(tiny_document(), {}, "tiny"), CURVED))


def test_a_variant_keeps_the_places_of_what_it_shares() -> None:
    """A longer lag takes columns away: those that stay keep their order."""
    base = Compiled(build_scenario(tiny_document(), {}, "tiny"))
    patch = {"instruments": {"grid": {"lag": 1}}}
    variant = Compiled(derive_scenario(base.scenario, patch), like=base)
    shared = set(variant.matrices.column_keys) & set(base.matrices.column_keys)
    assert len(variant.matrices.column_keys) < len(base.matrices.column_keys)
    assert [key for key in variant.matrices.column_keys if key in shared] == [
        key for key in base.matrices.column_keys if key in shared
    ]
