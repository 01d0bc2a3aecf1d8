"""Many scenarios on workers of the user's own: what is sent there and what comes back is whole."""

from __future__ import annotations

import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor

import pytest

import stratafolio as sf

FLOOR = {"kind": "lead", "layer": "frontier", "at_least": 99, "years": [2029, 2029]}


def test_results_and_errors_come_back_from_workers_as_they_are_here() -> None:
    textbook = sf.read_scenario("textbook")
    scenarios = [textbook.change({"budget": {"per_year": bn}}) for bn in (4, 5)]
    impossible = textbook.change({"constraints": {"floor": FLOOR}})
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=spawn) as pool:
        asked = [pool.submit(sf.solve, scenario) for scenario in (*scenarios, impossible)]
    for scenario, answer in zip(scenarios, asked, strict=False):
        here, there = sf.solve(scenario), answer.result()
        assert there.record["spending"] == here.record["spending"]
        assert there.gain == here.gain
        assert there.tables["leads"].equals(here.tables["leads"])
    error = asked[-1].exception()
    assert isinstance(error, sf.Infeasible)
    with pytest.raises(sf.Infeasible) as here_too:
        sf.solve(impossible)
    assert error.conflict == here_too.value.conflict
    assert str(error) == str(here_too.value)


def test_a_complaint_that_is_sent_says_the_same() -> None:
    with pytest.raises(sf.InputError) as error:
        sf.read_scenario("textbook", ["nothing=1", "budget.per_yeer=2"])
    sent = pickle.loads(pickle.dumps(error.value))  # noqa: S301  # written in this line
    assert str(sent) == str(error.value)
    assert sent.complaints == error.value.complaints
