"""Studies of weights cut short at every moment: what was not answered is not counted or claimed."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from small_scenarios import run
from test_weights import Knapsack

from stratafolio.model.failures import SolverFailed
from stratafolio.model.studies.weights.choose_region import choose_region
from stratafolio.model.studies.weights.flip import find_flips, find_today, hold_today
from stratafolio.model.studies.weights.map import map_weights
from stratafolio.model.studies.weights.samples import sample_weights
from stratafolio.model.studies.weights.sweep import Sweep, open_sweep
from stratafolio.model.work.clock import Clock
from stratafolio.results.studies.flip import tabulate as tabulate_flips
from stratafolio.results.studies.map import tabulate as tabulate_map
from stratafolio.results.studies.weights import tabulate as tabulate_samples

MOMENTS = (1, 3, 8, 20, 60)


class Countdown(Clock):
    """A clock that runs out once it has been looked at so many times."""

    def __init__(self, looks: int) -> None:
        super().__init__(1e9)
        self.looks = looks

    @property
    def is_over(self) -> bool:
        self.looks -= 1
        return self.looks < 0


def wind_up(sweep: Sweep, looks: int) -> None:
    """Gives a sweep, its oracle too, a clock that runs out."""
    sweep.clock = sweep.oracle.clock = Countdown(looks)


def refuse_wild_numbers(record: Any) -> None:
    """JSON that holds nothing but numbers: no infinity, nothing that is no number."""
    json.dumps(record, allow_nan=False)


@pytest.mark.parametrize("looks", MOMENTS)
def test_samples_count_only_what_was_answered(looks: int) -> None:
    problem = Knapsack(4, items=10, layers=4)
    sweep = open_sweep(problem.scenario, 0.001)
    wind_up(sweep, looks)
    try:
        sampled = sample_weights(sweep, choose_region(problem.scenario), 60, 1)
    except SolverFailed as error:
        assert "in time" in str(error)  # noqa: PT017  # either way to end is right
        return
    record = tabulate_samples(problem.scenario, sampled)
    refuse_wild_numbers(record)
    assert record["answered"] == len(sampled.chosen) <= record["samples"] == 60
    assert record["complete"] == (record["answered"] == 60)
    best = (sampled.weights @ problem.plans[1].T).max(axis=1)
    chosen = [sampled.portfolios[at].gains for at in sampled.chosen.tolist()]
    kept = np.einsum("ij,ij->i", sampled.weights, np.array(chosen))
    assert ((best - kept) <= 0.001 * best + 1e-7).all()


@pytest.mark.parametrize("looks", MOMENTS)
def test_map_claims_no_more_than_it_has_proven(looks: int) -> None:
    problem = Knapsack(4, items=10, layers=4)
    sweep = open_sweep(problem.scenario, 0.001)
    wind_up(sweep, looks)
    region = choose_region(problem.scenario)
    try:
        found = map_weights(sweep, region, 0.001)
    except SolverFailed as error:
        assert "in time" in str(error)  # noqa: PT017  # either way to end is right
        return
    record = tabulate_map(problem.scenario, found)
    refuse_wild_numbers(record)
    if record["certified_regret"] is None:
        assert not record["complete"]
        return
    drawn = region.draw(2000, 0)
    best = (drawn @ problem.plans[1].T).max(axis=1)
    kept = (drawn @ np.array([c.portfolio.gains for c in found.cells]).T).max(axis=1)
    assert ((best - kept) / best).max() <= record["certified_regret"] + 1e-9


@pytest.mark.parametrize("looks", MOMENTS)
def test_flip_claims_no_more_than_it_has_proven(looks: int) -> None:
    problem = Knapsack(1, items=9, layers=3)
    free = open_sweep(problem.scenario, 0.001)
    today = find_today(free)
    held = hold_today(free, today)
    clock = Countdown(looks)
    for sweep in (free, held):
        sweep.clock = sweep.oracle.clock = clock
    flips = find_flips(free, held, today, 0.001)
    record = tabulate_flips(problem.scenario, flips)
    refuse_wild_numbers(record)
    assert record["complete"] <= (record["answered"] == 3)
    proven = record["proven_none_within_pp"]
    assert proven is None or proven > 0
    if proven is not None:
        drawn = choose_region(problem.scenario).draw(4000, 0)
        near = drawn[50 * np.abs(drawn - flips.weights).sum(axis=1) < proven]
        best = (near @ problem.plans[1].T).max(axis=1)
        assert (best - near @ flips.today.gains <= 0.001 * best + 1e-6).all()


@pytest.mark.parametrize("command", ["weights", "map", "flip"])
@pytest.mark.parametrize("seconds", ["0.2", "0.6"])
def test_screen_and_record_say_what_is_not_known(command: str, seconds: str) -> None:
    """The commands themselves: an answer that says how far it came, or a sentence; never inf."""
    for form in ((), ("--json",)):
        ended = run("sensitivity", command, "us-2027", "--time-limit", seconds, *form)
        assert ended.code in (0, 5)
        told = ended.out + ended.err
        assert "inf%" not in told
        assert "nan" not in told.split()
        assert "Traceback" not in told
        assert "a fault of the program" not in told
        if form and ended.code == 0:
            record = json.loads(ended.out)
            assert not record["complete"]
            assert all(
                value is None or math.isfinite(value)
                for value in record.values()
                if isinstance(value, float)
            )
