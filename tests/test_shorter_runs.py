"""What funds in vain is switched off; where that cannot pay it is not tried."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import second_opinion
from small_scenarios import tiny_document

from stratafolio.inputs.build import build_scenario, derive_scenario
from stratafolio.inputs.read import read_scenario
from stratafolio.model.solving import canonical
from stratafolio.model.solving.canonical import drop_worthless, only_helps
from stratafolio.model.solving.compiled import Compiled


@pytest.mark.parametrize("seed", range(12))
def test_runs_that_are_not_tried_are_worth_less(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Plans drawn at random: the same programmes and years are dropped as if all were tried."""
    document = second_opinion.random_scenario(seed, all_or_nothing=False)
    compiled = Compiled(build_scenario(document, {}, "random"))
    rng = np.random.default_rng(seed)
    values = np.zeros(len(compiled.matrices.lower))
    for (i, t), at in compiled.authority.items():
        own = compiled.scenario.instruments[i]
        values[at] = rng.choice([own.min_per_year, own.max_per_year])
        if (i, t) in compiled.on:
            values[compiled.on[i, t]] = 1.0
    score = compiled.list_targets()[-1]
    quick = drop_worthless(compiled, [], score, values)
    monkeypatch.setattr(canonical, "only_helps", lambda *_: False)
    assert np.array_equal(quick, drop_worthless(compiled, [], score, values))


def test_a_cost_that_comes_later_is_dropped_whole() -> None:
    """Controls of 2 bn in both years, at a cost of 2.4 points from the year after.

    In ninths of a point a billion of 2027 is worth 1.75 - 2.4 and one of 2028 is worth 1.5 - 1.2
    (library/textbook.yaml): without its last year the run loses, without all of it the plan gains.
    """
    costly = {
        "effects": {"controls_later": {"points": -2.4}},
        "instruments": {"controls": {"min_per_year": 0.5}},
    }
    compiled = Compiled(derive_scenario(read_scenario("textbook"), costly))
    values = np.zeros(len(compiled.matrices.lower))
    for year in (2027, 2028):
        values[compiled.authority["controls", year]] = 2.0
        values[compiled.on["controls", year]] = 1.0
    fewer = drop_worthless(compiled, [], compiled.list_targets()[-1], values)
    assert [fewer[at] for (i, _), at in compiled.on.items() if i == "controls"] == [0.0, 0.0]


@pytest.mark.parametrize(
    ("patch", "helps"),
    [
        ({}, True),
        ({"effects": {"grid_frontier": {"points": -1}}}, False),
        ({"interactions": None}, True),
    ],
)
def test_what_only_helps_has_no_cost(patch: dict[str, Any], helps: bool) -> None:
    scenario = derive_scenario(build_scenario(tiny_document(), {}, "tiny"), patch)
    assert only_helps(scenario, "grid") is helps
