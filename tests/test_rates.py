"""Rates of exchange between layers, held against every plan of small scenarios."""

from __future__ import annotations

import json

import numpy as np
import pytest
from small_scenarios import Document, run
from test_elicit import LAYERS, gains_of_every_plan, knapsack

from stratafolio.inputs.build import build_scenario
from stratafolio.model.equations.evaluate import Plan
from stratafolio.model.solving.best_plans import OutOfTime
from stratafolio.model.solving.oracle import Oracle
from stratafolio.model.studies.explain.findings import STEPS
from stratafolio.model.studies.explain.rates import find_rates
from stratafolio.model.work.clock import Clock

WEIGHTS = np.full(3, 1 / 3)


def choose_plan(document: Document) -> tuple[frozenset[str], Plan]:
    """Give the best plan at equal weights, and what it funds."""
    gains = gains_of_every_plan(document)
    best = max(gains, key=lambda funded: float(gains[funded] @ WEIGHTS))
    return best, {i: {2027: document["instruments"][i]["max_per_year"]} for i in sorted(best)}


@pytest.mark.parametrize("seed", range(4))
def test_prices_are_those_of_every_plan(seed: int) -> None:
    """For half a point more in each layer, the least given up in each other one, and in score."""
    document, weights = knapsack(seed), WEIGHTS
    gains = gains_of_every_plan(document)
    every = np.array(list(gains.values()))
    best, plan = choose_plan(document)
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
            assert all(price.moves_bn[i] > 0 for i in price.enters)
            assert all(price.moves_bn[i] < 0 for i in price.leaves)
            assert set(price.moves_bn) == {*price.enters, *price.leaves}  # all or nothing
        if has_more.any():
            assert rate.score is not None
            expected = float(gains[best] @ weights - (every[has_more] @ weights).max())
            assert rate.score.points == pytest.approx(expected, abs=1e-5)
        else:
            assert rate.score is None


@pytest.mark.parametrize("seed", range(8))
def test_the_step_is_the_largest_that_one_layer_can_pay_for(seed: int) -> None:
    document = knapsack(seed)
    gains = gains_of_every_plan(document)
    best, plan = choose_plan(document)
    every = np.array(list(gains.values())) - gains[best]
    oracle = Oracle.open(build_scenario(document, {}, "knapsack"))
    for rate in find_rates(oracle, plan, 0.0):
        at = LAYERS.index(rate.layer)
        losing = (np.delete(every, at, axis=1) < -2e-6).sum(axis=1)
        for payers, told in ((1, rate.cheapest), (len(LAYERS), rate.score)):
            able = every[losing <= payers, at]
            paid = [step for step in STEPS if (able >= step - 2e-6).any()]
            if paid:
                assert rate.more == paid[0]
                assert told is not None
                break
            assert told is None
        else:
            assert rate.more == STEPS[-1]


def test_what_there_is_no_time_for_is_not_told_as_impossible() -> None:
    document = knapsack(0)
    _, plan = choose_plan(document)
    oracle = Oracle.open(build_scenario(document, {}, "knapsack"), Clock(0.0))
    with pytest.raises(OutOfTime):
        next(find_rates(oracle, plan))


def test_explain_tells_the_rates_when_asked() -> None:
    told = json.loads(run("explain", "textbook", "--rates", "--json").out)
    assert [rate["layer"] for rate in told["rates"]] == ["frontier", "semiconductors"]
    assert "What more of a layer costs" in run("explain", "textbook", "--rates").out
    assert json.loads(run("explain", "textbook", "--json").out)["rates"] is None
