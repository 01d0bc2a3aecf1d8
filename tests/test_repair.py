"""Repairs of scenarios without a plan, against brute force over every all-or-nothing plan."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from small_scenarios import Document, run

from stratafolio.inputs.build import build_scenario, derive_scenario
from stratafolio.inputs.scenario import Scenario
from stratafolio.model.equations.evaluate import Evaluator, Plan
from stratafolio.model.equations.limits import TOLERANCE, list_instrument_limits, list_limits
from stratafolio.model.failures import Infeasible
from stratafolio.model.solving.solve import solve_scenario
from stratafolio.model.studies.repair.findings import Diagnosis
from stratafolio.model.studies.repair.repair import Repairing

YEARS = (2030, 2031)
COSTS = {"p": 2.0, "q": 1.0, "r": 3.0}


def make_scenario(seed: int) -> Scenario:
    """Give a random small scenario of programmes bought as wholes, with up to eight constraints."""
    chance = random.Random(seed)
    instruments = {
        i: {"area": "a", "max_per_year": cost, "all_or_nothing": True, "curve": "linear"}
        | {"scale": cost}
        for i, cost in COSTS.items()
    }
    effects = {
        f"{i}_{layer}": {"instrument": i, "layer": layer, "points": chance.choice((1, 2, 3, 5))}
        for i in COSTS
        for layer in "xy"
    }
    constraints = {
        f"c{k}": {**make_limit(chance), "priority": chance.choice((1, 1, 2, 3))}
        for k in range(chance.randint(3, 8))
    }
    document: Document = {
        "years": {"first": YEARS[0], "last": YEARS[-1], "score_until": YEARS[-1]},
        "discount_rate": 0,
        "budget": {"per_year": chance.choice((2, 3, 4))},
        "weights": {"x": 2, "y": 1},
        "areas": {"a": {}},
        "layers": {"x": {}, "y": {}},
        "instruments": instruments,
        "effects": effects,
        "constraints": constraints,
    }
    return build_scenario(document, {}, f"random {seed}")


def make_limit(chance: random.Random) -> dict[str, Any]:
    """Give one random constraint."""
    one = chance.choice(list(COSTS))
    pair = chance.sample(list(COSTS), 2)
    amount = chance.choice((1, 2, 3, 4, 5))
    return chance.choice(
        [
            {"kind": "spend", "of": [one], "at_least": amount, "each": "horizon"},
            {"kind": "spend", "of": pair, "at_most": amount, "each": "horizon"},
            {
                "kind": "lead",
                "layer": chance.choice("xy"),
                "at_least": amount,
                "years": [2031, 2031],
            },
            {"kind": "choose", "of": pair, "at_least": 2},
            {"kind": "choose", "of": pair, "at_most": 1},
            {"kind": "fund", "instruments": [one], "from": 2030},
            {"kind": "ban", "instruments": [one]},
        ]
    )


def list_plans(scenario: Scenario) -> Iterable[Plan]:
    """Give every plan of unbroken runs."""
    runs = [(), (2030,), (2031,), (2030, 2031)]
    for chosen in itertools.product(runs, repeat=len(COSTS)):
        yield {
            i: dict.fromkeys(years, COSTS[i])
            for i, years in zip(scenario.instruments, chosen, strict=True)
            if years
        }


def find_least(scenario: Scenario) -> list[tuple[float, float, frozenset[str]]]:
    """Give what every minimal set of broken limits costs: highest priority, sum, the set."""
    evaluator = Evaluator(scenario)
    broken = set()
    for plan in list_plans(scenario):
        played = evaluator.play(plan)
        assert all(r.violation <= TOLERANCE for r in list_instrument_limits(scenario, played))
        rows = list_limits(scenario, played)
        broken.add(frozenset(row.id for row in rows if row.violation > TOLERANCE))
    minimal = [one for one in broken if not any(other < one for other in broken)]
    found = []
    for one in minimal:
        kept = scenario.constraints
        own = [kept[i].priority if i in kept else 1.0 for i in one]
        found.append((max(own, default=0.0), sum(own), one))
    return sorted(found, key=lambda key: key[:2])


def find_gain(scenario: Scenario, given_up: frozenset[str]) -> float | None:
    """Give the best gain with one limit moved just enough, or dropped; None for several."""
    if len(given_up) > 1:
        return None
    evaluator = Evaluator(scenario)
    baseline = evaluator.play_nothing().score
    found = []
    for plan in list_plans(scenario):
        played = evaluator.play(plan)
        rows = list_limits(scenario, played)
        if all(row.violation <= TOLERANCE or row.id in given_up for row in rows):
            short = max((max(0.0, -row.slack) for row in rows if row.id in given_up), default=0.0)
            found.append((short, played.score - baseline))
    (id_,) = given_up
    kind = getattr(scenario.constraints.get(id_), "kind", "spend")
    least = float("inf") if kind in ("fund", "ban") else min(short for short, _ in found)
    return max(gain for short, gain in found if short <= least + 1e-9)


INFEASIBLE = list(
    itertools.islice(
        (
            scenario
            for scenario in map(make_scenario, range(60))
            if (least := find_least(scenario)) and least[0][2]
        ),
        24,
    )
)


@pytest.mark.parametrize("scenario", INFEASIBLE, ids=lambda s: s.name)
def test_the_first_repair_is_the_best_by_brute_force(scenario: Scenario) -> None:
    least = find_least(scenario)
    diagnosis = Repairing(scenario, gap=0.0).run()
    first = diagnosis.repairs[0]
    assert (first.priority, first.priority_sum) == pytest.approx(least[0][:2])
    sets = {one for *_, one in least}
    told = [frozenset(repair.gives_up) for repair in diagnosis.repairs]
    assert len(set(told)) == len(told)
    assert set(told) <= sets
    if diagnosis.is_complete:
        assert set(told) == sets
    equal = [one for high, total, one in least if (high, total) == least[0][:2]]
    assert set(equal) <= set(told)
    gains = [find_gain(scenario, one) for one in equal]
    if None not in gains:
        assert first.gain == pytest.approx(max(gain for gain in gains if gain is not None))
    keys = [(r.priority, r.priority_sum, -(r.gain or 0.0)) for r in diagnosis.repairs]
    assert keys == sorted(keys)


@pytest.mark.parametrize("scenario", INFEASIBLE[:8], ids=lambda s: s.name)
def test_each_repair_works_and_each_part_of_it_is_needed(scenario: Scenario) -> None:
    diagnosis = Repairing(scenario, gap=0.0).run()
    for repair in diagnosis.repairs[:3]:
        solved = solve_scenario(derive_scenario(scenario, repair.patch), gap=0.0)
        assert solved.gain == pytest.approx(repair.gain, abs=1e-6)
        for left_out in repair.gives_up:
            with pytest.raises(Infeasible):
                solve_scenario(derive_scenario(scenario, leave_out(repair.patch, left_out)))


def leave_out(patch: Any, limit: str) -> Any:
    """Give a patch without what it does to one limit."""
    if limit.startswith("budget."):
        return {key: value for key, value in patch.items() if key != "budget"}
    kept = {i: own for i, own in patch.get("constraints", {}).items() if i != limit}
    return {**patch, "constraints": kept}


@pytest.mark.parametrize("scenario", INFEASIBLE[:8], ids=lambda s: s.name)
def test_conflicts_clash_and_no_part_is_needless(scenario: Scenario) -> None:
    """By brute force: no plan keeps all of a conflict, some plan keeps all but any one of it."""
    evaluator = Evaluator(scenario)
    broken = []
    for plan in list_plans(scenario):
        rows = list_limits(scenario, evaluator.play(plan))
        broken.append({row.id for row in rows if row.violation > TOLERANCE})
    diagnosis = Repairing(scenario, gap=0.0).run()
    assert diagnosis.conflicts
    for members in diagnosis.conflicts:
        conflict = {member.id for member in members}
        assert all(one & conflict for one in broken)
        for member in conflict:
            assert any(not one & (conflict - {member}) for one in broken)


# By hand --------------------------------------------------------------------------------------


def one_road(**changes: Any) -> Diagnosis:
    """Diagnose a road of at most 2 a year, over two years, with a budget of 3 a year."""
    document: Document = {
        "years": {"first": 2030, "last": 2031, "score_until": 2031},
        "budget": {"per_year": 3},
        "weights": {"lead": 1},
        "areas": {"roads": {}},
        "layers": {"lead": {}},
        "instruments": {
            "north": {"area": "roads", "max_per_year": 2, "curve": "linear", "scale": 1},
            "south": {"area": "roads", "max_per_year": 9, "curve": "linear", "scale": 1},
        },
        "effects": {"by_north": {"instrument": "north", "layer": "lead", "points": 1}},
    }
    scenario = derive_scenario(build_scenario(document, {}, "one_road"), changes)
    return Repairing(scenario, gap=0.0).run()


def test_the_budget_takes_part() -> None:
    """South has to get 4 a year of 3: lower the floor by 1, or raise the budget by 1."""
    found = one_road(constraints={"floor": {"kind": "spend", "of": ["south"], "at_least": 4}})
    assert [[m.id for m in c] for c in found.conflicts] == [["budget.per_year", "floor"]]
    budget, floor = found.conflicts[0]
    assert (floor.have, floor.need, floor.short_by) == pytest.approx((3, 4, 1))
    assert (budget.have, budget.need, budget.short_by) == pytest.approx((3, 4, 1))
    repairs = {repair.gives_up: repair for repair in found.repairs}
    assert repairs["floor",].patch == {"constraints": {"floor": {"at_least": 3.0}}}
    assert repairs["budget.per_year",].patch == {"budget": {"per_year": 4.0}}
    assert repairs["budget.per_year",].extra_bn == pytest.approx(2)


def test_figures_of_an_instrument_take_part_but_come_last() -> None:
    """North has to get 2.5 of at most 2."""
    limit = {"kind": "spend", "of": ["north"], "at_least": 2.5, "priority": 9}
    found = one_road(constraints={"floor": limit})
    assert [r.gives_up for r in found.repairs] == [
        ("floor",),
        ("instruments.north.max_per_year",),
    ]
    assert found.repairs[1].patch == {"instruments": {"north": {"max_per_year": 2.5}}}
    conflict = {m.id: m for m in found.conflicts[0]}
    assert conflict["instruments.north.max_per_year"].short_by == pytest.approx(0.5)


def test_lower_priority_gives_way_first() -> None:
    """South at least 2 a year and north at least 2 a year share 3: the less important gives 1."""
    found = one_road(
        budget={"per_year": 3},
        constraints={
            "some": {"kind": "spend", "of": ["south"], "at_least": 2, "priority": 3},
            "more": {"kind": "spend", "of": ["north"], "at_least": 2, "priority": 2},
        },
    )
    assert [r.gives_up for r in found.repairs[:3]] == [("budget.per_year",), ("more",), ("some",)]
    assert found.repairs[1].patch == {"constraints": {"more": {"at_least": 1.0}}}


def test_a_share_is_moved_just_enough() -> None:
    """South takes 2 of each year's 3, so north can have a third, not half."""
    found = one_road(
        constraints={
            "half": {"kind": "spend", "of": ["north"], "at_least": 0.5, "unit": "share"},
            "south": {"kind": "spend", "of": ["south"], "at_least": 2, "priority": 5},
        }
    )
    first = next(r for r in found.repairs if r.gives_up == ("half",))
    assert first.patch["constraints"]["half"]["at_least"] == pytest.approx(1 / 3, abs=1e-5)


# The commands ---------------------------------------------------------------------------------

CLASH = "constraints.floor={kind: spend, title: Power first, of: [power], at_least: 4}"


def test_explain_of_an_infeasible_scenario(tmp_path: Path) -> None:
    ended = run("explain", "textbook", "--set", CLASH, "--json")
    assert ended.code == 0
    record = json.loads(ended.out)
    assert record["status"] == "infeasible"
    assert record["conflicts"] == [["floor", "instruments.power.max_per_year"]]
    assert all({"gives_up", "patch", "gain"} <= set(repair) for repair in record["repairs"])
    setting = record["repairs"][0]["settings"][0]
    solved = run("solve", "textbook", "--set", CLASH, "--set", setting, "--json")
    assert json.loads(solved.out)["gain"] == pytest.approx(record["repairs"][0]["gain"], abs=1e-6)
    told = run("explain", "textbook", "--set", CLASH, "--out", tmp_path / "run")
    assert told.code == 0
    assert "Power first (floor): have $3.00 bn, need $4.00 bn, short by $1.00 bn" in told.out
    assert all(len(line) <= 100 for line in told.out.splitlines())
    assert (tmp_path / "run" / "repairs.csv").exists()


def test_solve_tells_the_first_repairs() -> None:
    ended = run("solve", "textbook", "--set", CLASH)
    assert ended.code == 4
    assert "Move Power first (floor) from $4.00 bn to $3.00 bn" in ended.err
