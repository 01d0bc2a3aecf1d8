"""Ranges of spending and the farthest plans against every plan there is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import second_opinion
from every_plan import Case, list_cases
from small_scenarios import drop, put, refuse, run, tiny_document, write_folder

from stratafolio.inputs.build import build_scenario, derive_scenario
from stratafolio.inputs.read import read_scenario
from stratafolio.inputs.scenario import Scenario
from stratafolio.model.equations.curves import KNOTS
from stratafolio.model.solving.solve import solve_scenario
from stratafolio.model.studies.alternatives.findings import AlternativeFindings
from stratafolio.model.studies.alternatives.near_best import measure_distance
from stratafolio.model.studies.alternatives.spread import study_alternatives
from stratafolio.model.work.store import Store
from stratafolio.results.studies.alternatives import tabulate as tabulate_alternatives

SLACK = 1e-6
SEEDS = [0, 1, 2, 4, 6, 9, 12, 15]


def draw_good(seed: int, within: float) -> tuple[Scenario, list[Case]]:
    """A random all-or-nothing scenario, and all its plans within a share of the best gain."""
    document = second_opinion.random_scenario(seed, all_or_nothing=True, most_plans=300)
    cases = [
        case
        for case in list_cases(document)
        if not second_opinion.broken_limits(document, case.spending, breakpoints=KNOTS)
    ]
    best = max(case.gain for case in cases)
    floor = best - within * max(best, 0.01)
    good = [case for case in cases if case.gain >= floor - 1e-9]
    return build_scenario(document, {}, "random"), good


@pytest.mark.parametrize("seed", SEEDS)
def test_ranges_and_farthest_plans_against_every_plan(seed: int) -> None:
    within = 0.25
    scenario, good = draw_good(seed, within)
    different = {tuple(sorted((i, round(x, 6)) for i, x in c.money.items())) for c in good}
    count = min(4, len(different) + 1)
    found = study_alternatives(scenario, within, count, gap=0.0)
    assert found.effort.is_complete
    assert found.best_gain == pytest.approx(max(case.gain for case in good), abs=SLACK)
    for i, one in found.instruments.items():
        spent = [case.money[i] for case in good]
        assert [one.least, one.most] == pytest.approx([min(spent), max(spent)], abs=1e-5)
        assert one.gap is not None
        assert one.gap <= 1e-5
    for area, one in found.areas.items():
        members = scenario.instruments_of((area,))
        spent = [sum(case.money[i] for i in members) for case in good]
        assert [one.least, one.most] == pytest.approx([min(spent), max(spent)], abs=1e-5)
    before = [found.plans[0].money]
    for plan in found.plans[1:]:
        farthest = max(
            min(measure_distance(case.money, other) for other in before) for case in good
        )
        assert plan.distance == pytest.approx(farthest, abs=1e-6)
        assert plan.distance_at_most == pytest.approx(farthest, abs=1e-5)
        own = min(measure_distance(plan.money, other) for other in before)
        assert plan.distance == pytest.approx(own, abs=1e-9)
        assert plan.gain >= min(case.gain for case in good) - 1e-5
        before.append(plan.money)
    assert len(found.plans) == min(count, len(different))
    assert found.is_exhausted == (len(different) < count)


@pytest.mark.parametrize("name", ["textbook", "tiny", "linear"])
def test_ranges_of_continuous_spending_against_solves_of_their_own(name: str) -> None:
    """No more can be spent within the share: a little more, demanded, gains too little."""
    document = tiny_document()
    if name == "linear":
        drop(document, "instruments.labs.min_per_year")
    scenario = (
        read_scenario("textbook") if name == "textbook" else build_scenario(document, {}, "t")
    )
    within = 0.05
    found = study_alternatives(scenario, within, 2)
    floor = found.best_gain * (1 - within)

    def best_with(limit: dict[str, Any]) -> float:
        patch = {"constraints": {"limit": {"kind": "spend", "each": "horizon", **limit}}}
        return solve_scenario(derive_scenario(scenario, patch), gap=0.0).best_gain

    for i, one in found.instruments.items():
        top = len(scenario.years.spending) * scenario.instruments[i].max_per_year
        if one.most < top - 0.01:
            assert best_with({"of": [i], "at_least": one.most + 0.01}) < floor
        if one.least > 0.01:
            assert best_with({"of": [i], "at_most": one.least - 0.01}) < floor
        assert best_with({"of": [i], "at_least": one.most - 1e-6}) >= floor - 1e-5
        assert best_with({"of": [i], "at_most": one.least + 1e-6}) >= floor - 1e-5
    far = found.plans[1]
    assert far.distance is not None
    ends = found.instruments
    rng = np.random.default_rng(0)
    for _ in range(60):
        spread = {i: float(rng.uniform(one.least, one.most)) for i, one in ends.items()}
        distance = measure_distance(spread, found.plans[0].money)
        if distance > far.distance + 1e-3:
            pinned = {
                f"pin_{i}": {
                    "kind": "spend",
                    "each": "horizon",
                    "of": [i],
                    "at_least": bn,
                    "at_most": bn,
                }
                for i, bn in spread.items()
            }
            assert gain_or_less(derive_scenario(scenario, {"constraints": pinned})) < floor


def gain_or_less(scenario: Scenario) -> float:
    from stratafolio.model.failures import Infeasible

    try:
        return solve_scenario(scenario, gap=0.0).best_gain
    except Infeasible:
        return float("-inf")


def test_stages_are_kept_where_the_objective_has_several() -> None:
    patch = {"objective": "weakest_layer"}
    scenario = derive_scenario(read_scenario("textbook"), patch)
    best = solve_scenario(scenario, gap=0.0)
    found = study_alternatives(scenario, 0.1, 3)
    weakest = best.stages[0].value
    assert found.best_gain == pytest.approx(best.best_gain, abs=1e-5)
    for plan in found.plans:
        patched = build_scenario(dict(scenario.document), {}, "x")
        from stratafolio.model.equations.evaluate import Evaluator

        evaluator = Evaluator(patched)
        played, nothing = evaluator.play(plan.plan), evaluator.play_nothing()
        least = min(played.outcome[layer] - nothing.outcome[layer] for layer in scenario.layers)
        assert least >= weakest - 0.1 * max(weakest, 0.01) - 1e-5


def strip(found: AlternativeFindings) -> dict[str, Any]:
    record = tabulate_alternatives(found)
    return {key: record[key] for key in record if key != "seconds"}


def test_same_numbers_whatever_the_workers_and_after_a_cut(tmp_path: Path) -> None:
    scenario = read_scenario("textbook")
    file = tmp_path / "alternatives.jsonl"
    one = study_alternatives(scenario, 0.1, 3, store=Store(file, "x"))
    two = study_alternatives(scenario, 0.1, 3, workers=2)
    assert strip(one) == strip(two)
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])
    again = study_alternatives(scenario, 0.1, 3, store=Store(file, "x"))
    assert strip(again) == strip(one)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--within", "0"], ("--within", "above 0")),
        (["--within", "1.5"], ("--within", "at most 1")),
        (["--within", "nan"], ("--within",)),
        (["--count", "0"], ("--count",)),
    ],
)
def test_bad_shares_and_counts_are_refused(options: list[str], says: tuple[str, ...]) -> None:
    refuse("alternatives", "textbook", *options, says=says)


def test_count_beyond_the_plans_there_are_says_how_many(tmp_path: Path) -> None:
    seed = 1
    _, good = draw_good(seed, 0.25)
    different = {tuple(sorted((i, round(x, 6)) for i, x in c.money.items())) for c in good}
    document = second_opinion.random_scenario(seed, all_or_nothing=True, most_plans=300)
    path = write_folder(tmp_path / "few", document)
    count = len(different)
    command = ["alternatives", path, "--within", "0.25"]
    word = "only 1 plan" if count == 1 else f"only {count} different plans"
    refuse(*command, "--count", count + 1, says=("--count", word))
    told = run(*command, "--count", count, "--json")
    assert len(json.loads(told.out)["plans"]) == count


def test_command_gives_what_the_contract_promises(tmp_path: Path) -> None:
    out = tmp_path / "run"
    path = write_folder(tmp_path / "tiny", put(tiny_document(), "steady", 0.01))
    ended = run("alternatives", path, "--count", "3", "--out", out, "--json")
    assert ended.code == 0, ended.err
    record = json.loads(ended.out)
    assert {"best_gain", "within", "ranges", "plans"} <= set(record)
    assert set(record["ranges"]) == {"areas", "instruments"}
    for plan in record["plans"]:
        assert {"id", "gain", "distance", "areas", "funded"} <= set(plan)
    assert (out / "ranges.csv").exists()
    assert (out / "plans.csv").exists()
    screen = run("alternatives", path, "--count", "3")
    assert screen.code == 0
    assert max(len(line) for line in screen.out.splitlines()) <= 100
