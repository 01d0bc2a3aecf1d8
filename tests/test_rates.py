"""Rates of exchange between layers, held against every plan of small scenarios."""

from __future__ import annotations

import json

import numpy as np
import pytest
from small_scenarios import run
from test_elicit import LAYERS, gains_of_every_plan, knapsack

from stratafolio.inputs.build import build_scenario
from stratafolio.model.solving.oracle import Oracle
from stratafolio.model.studies.explain.rates import find_rates


@pytest.mark.parametrize("seed", range(4))
def test_prices_are_those_of_every_plan(seed: int) -> None:
    """For half a point more in each layer, the least given up in each other one, and in score."""
    document = knapsack(seed)
    gains = gains_of_every_plan(document)
    every = np.array(list(gains.values()))
    weights = np.full(3, 1 / 3)
    best = max(gains, key=lambda funded: float(gains[funded] @ weights))
    plan = {i: {2027: document["instruments"][i]["max_per_year"]} for i in sorted(best)}
    oracle = Oracle.open(build_scenario(document, {}, "knapsack"))
    for rate in find_rates(oracle, plan, 0.0, (0.5,)):
        at = LAYERS.index(rate.layer)
        has_more = every[:, at] >= gains[best][at] + 0.5 - 2e-6
        for other, price in rate.prices.items():
            free = LAYERS.index(other)
            kept = [k for k in range(3) if k not in (at, free)]
            able = has_more & (every[:, kept] >= gains[best][kept] - 2e-6).all(axis=1)
            if not able.any():
                assert price is None
                continue
            assert price is not None
            expected = float(gains[best][free] - every[able, free].max())
            assert price.points == pytest.approx(expected, abs=1e-5)
            assert price.at_least <= price.points + 1e-9
        if has_more.any():
            assert rate.score is not None
            expected = float(gains[best] @ weights - (every[has_more] @ weights).max())
            assert rate.score.points == pytest.approx(expected, abs=1e-5)
        else:
            assert rate.score is None


def test_explain_tells_the_rates_when_asked() -> None:
    told = json.loads(run("explain", "textbook", "--rates", "--json").out)
    assert [rate["layer"] for rate in told["rates"]] == ["frontier", "semiconductors"]
    assert "What more of a layer costs" in run("explain", "textbook", "--rates").out
    assert json.loads(run("explain", "textbook", "--json").out)["rates"] is None
