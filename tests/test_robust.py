"""One plan for several futures, held against brute force over every policy there is."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from small_scenarios import Document, drop, put, refuse, run, tiny_document, write_scenario

from stratafolio.inputs.build import build_scenario
from stratafolio.inputs.scenario import Scenario
from stratafolio.model.equations.evaluate import Evaluator, Plan
from stratafolio.model.equations.limits import find_worst
from stratafolio.model.solving import joint
from stratafolio.model.solving.criteria import CRITERIA, Criterion
from stratafolio.model.solving.solve import solve_scenario
from stratafolio.model.studies.robust.findings import Robustness
from stratafolio.model.studies.robust.robust import decide_robustly, make_world
from stratafolio.model.work.clock import Clock
from stratafolio.model.work.fan_out import Crew

YEARS = range(2027, 2030)
ALPHA = 0.4


def random_document(seed: int, known: list[int | None]) -> Document:
    """Three all-or-nothing instruments, three years, two layers, a future for each `known`."""
    draw = random.Random(seed)
    instruments = {
        name: {
            "area": "energy",
            "max_per_year": draw.choice([0.6, 0.8, 1.0]),
            "all_or_nothing": True,
            "scale": round(draw.uniform(0.5, 2.0), 2),
            "lag": draw.choice([0, 1]),
        }
        for name in ("a", "b", "c")
    }
    effects: dict[str, dict[str, Any]] = {
        f"{name}_{layer}": {
            "instrument": name,
            "layer": layer,
            "points": round(draw.uniform(0.5, 4.0), 3),
        }
        for name in instruments
        for layer in ("x", "y")
    }
    effects["a_y"]["points"] *= -0.3
    chances = [draw.uniform(0.2, 1.0) for _ in known]
    futures = {
        f"f{at}": {
            "probability": chance / sum(chances),
            **({"known_from": year} if year else {}),
            "change": {
                "effects": {e: {"points": round(draw.uniform(-0.5, 5.0), 3)} for e in effects}
            },
        }
        for at, (chance, year) in enumerate(zip(chances, known, strict=True))
    }
    return {
        "years": {"first": YEARS[0], "last": YEARS[-1], "score_until": 2031},
        "budget": {"per_year": 1.7},
        "weights": {"x": 2, "y": 1},
        "areas": {"energy": {}},
        "layers": {"x": {}, "y": {}},
        "instruments": instruments,
        "effects": effects,
        "futures": futures,
    }


def build(document: Document) -> Scenario:
    return build_scenario(document, {}, "small")


def list_plans(scenario: Scenario) -> list[Plan]:
    """Every plan of all-or-nothing instruments within the limits."""
    runs = [()] + [tuple(YEARS[a:b]) for a in range(3) for b in range(a + 1, 4)]
    evaluator = Evaluator(scenario)
    found: list[Plan] = []
    for chosen in itertools.product(runs, repeat=len(scenario.instruments)):
        plan = {
            i: dict.fromkeys(years, own.max_per_year)
            for (i, own), years in zip(scenario.instruments.items(), chosen, strict=True)
            if years
        }
        if find_worst(scenario, evaluator.play(plan)) <= 1e-9:
            found.append(plan)
    return found


def gains_of(world: Scenario, plans: list[Plan]) -> list[float]:
    evaluator = Evaluator(world)
    nothing = evaluator.play_nothing().score
    return [evaluator.play(plan).score - nothing for plan in plans]


def cut_plan(plan: Plan, years: range) -> tuple[tuple[str, int], ...]:
    """What is funded in some years, to compare plans by."""
    return tuple(sorted((i, t) for i, own in plan.items() for t in own if t in years))


def brute_force(scenario: Scenario, known: int) -> dict[str, Any]:
    """The best value by each criterion, EVPI and VSS, where all futures are known from one year.

    Once the first years are given, the largest gain of each future is best by every criterion.
    """
    worlds = {id_: make_world(scenario, id_) for id_ in scenario.futures}
    plans = list_plans(scenario)
    gains = {id_: gains_of(world, plans) for id_, world in worlds.items()}
    early = range(YEARS[0], known)
    after: dict[Any, dict[str, float]] = {}
    for at, plan in enumerate(plans):
        best = after.setdefault(cut_plan(plan, early), dict.fromkeys(worlds, -1e9))
        for id_ in worlds:
            best[id_] = max(best[id_], gains[id_][at])
    chances = {id_: own.probability for id_, own in scenario.futures.items()}
    own_best = {id_: max(found) for id_, found in gains.items()}
    values: dict[str, Any] = {}
    for name in CRITERIA:
        criterion = Criterion(name, chances, own_best, ALPHA)
        merit = max(criterion.merit(found) for found in after.values())
        values[name] = criterion.merit_of(merit)
    expected = values["expected"]
    values["evpi"] = sum(chances[id_] * own_best[id_] for id_ in worlds) - expected
    base = gains_of(make_world(scenario, None), plans)
    naive = plans[base.index(max(base))]
    kept = after[cut_plan(naive, early)]
    values["vss"] = expected - sum(chances[id_] * kept[id_] for id_ in worlds)
    return values


def check_shared(found: Robustness) -> None:
    """Futures that are not told apart yet spend alike, and no limit is broken in any."""
    for plan in found.plans.values():
        for year, members in found.shared.items():
            alike = {
                tuple(
                    (i, own.get(year, 0.0))
                    for i, own in sorted(plan.futures[id_].plan.items())
                    if year in own
                )
                for id_ in members
            }
            assert len(alike) == 1
        for own in plan.futures.values():
            assert find_worst(own.scenario, own.played) <= 1e-6


@pytest.mark.parametrize("seed", range(4))
def test_every_criterion_agrees_with_brute_force(seed: int) -> None:
    known = 2028 + seed % 2
    scenario = build(random_document(seed, [known, known, known]))
    found = decide_robustly(scenario, "worst", ALPHA, gap=0.0)
    expected = brute_force(scenario, known)
    for name in CRITERIA:
        assert found.plans[name].value == pytest.approx(expected[name], abs=1e-6), name
        assert found.plans[name].gap <= 1e-6
    assert found.evpi == pytest.approx(expected["evpi"], abs=1e-6)
    assert found.vss == pytest.approx(expected["vss"], abs=1e-6)
    assert found.evpi is not None
    assert found.evpi >= -1e-9
    assert found.vss is not None
    assert found.vss >= -1e-9
    check_shared(found)


def test_the_ways_of_a_large_model_agree_with_brute_force(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds from interior points, one candidate, ties with what is shared held."""
    monkeypatch.setattr(joint, "LARGE", 0)
    scenario = build(random_document(1, [2029, 2029, 2029]))
    found = decide_robustly(scenario, "regret", ALPHA, gap=1e-6)
    expected = brute_force(scenario, 2029)
    for name in CRITERIA:
        assert found.plans[name].value == pytest.approx(expected[name], abs=1e-5), name
        assert found.plans[name].gap <= 1e-5
    check_shared(found)


def test_known_at_different_times() -> None:
    """Two futures stay one until 2029 while a third is known from 2028: all policies enumerated."""
    scenario = build(random_document(11, [2028, 2029, 2029]))
    plans = list_plans(scenario)
    worlds = {id_: make_world(scenario, id_) for id_ in scenario.futures}
    gains = {id_: gains_of(world, plans) for id_, world in worlds.items()}
    chances = {id_: own.probability for id_, own in scenario.futures.items()}

    def best_by(future: str, years: range) -> dict[Any, float]:
        found: dict[Any, float] = {}
        for at, plan in enumerate(plans):
            key = cut_plan(plan, years)
            found[key] = max(found.get(key, -1e9), gains[future][at])
        return found

    alone = best_by("f0", range(2027, 2028))
    two = [best_by(future, range(2027, 2029)) for future in ("f1", "f2")]
    values = [
        {"f0": alone[cut_plan(plan, range(2027, 2028))]}
        | {f"f{k + 1}": own[cut_plan(plan, range(2027, 2029))] for k, own in enumerate(two)}
        for plan in plans
    ]
    found = decide_robustly(scenario, "regret", ALPHA, gap=0.0)
    own_best = {id_: max(own) for id_, own in gains.items()}
    for name in CRITERIA:
        criterion = Criterion(name, chances, own_best, ALPHA)
        best = max(criterion.merit(of_plan) for of_plan in values)
        assert criterion.merit_of(found.plans[name].value) == pytest.approx(best, abs=1e-6)
    assert dict(found.shared) == {2027: ("f0", "f1", "f2"), 2028: ("f1", "f2")}
    check_shared(found)


def test_ties_go_to_the_larger_expected_gain() -> None:
    """In the worst future nothing helps: by the worst gain all plans tie, by the mean not."""
    document = tiny_document()
    put(document, "futures.storm.change.effects.grid_frontier.points", 0)
    put(document, "futures.storm.change.effects.labs_diffusion", {"points": 0})
    found = decide_robustly(build(document), "worst", gap=0.0)
    alone = solve_scenario(make_world(build(document), "calm"), gap=0.0)
    assert found.chosen.value == pytest.approx(0.0, abs=1e-9)
    assert found.chosen.futures["calm"].gain == pytest.approx(alone.gain, abs=1e-6)


@pytest.mark.parametrize("criterion", CRITERIA)
def test_one_future_is_a_solve(criterion: str) -> None:
    document = drop(tiny_document(), "futures.calm")
    put(document, "futures.storm.probability", 1)
    scenario = build(document)
    found = decide_robustly(scenario, criterion, gap=0.0)
    alone = solve_scenario(make_world(scenario, "storm"), gap=0.0)
    assert found.chosen.futures["storm"].gain == pytest.approx(alone.gain, abs=1e-6)
    assert found.chosen.futures["storm"].plan == alone.plan
    assert found.evpi == pytest.approx(0.0, abs=1e-9)


def test_recourse_at_once_makes_knowing_worthless() -> None:
    scenario = build(random_document(3, [2027, 2027, 2027]))
    found = decide_robustly(scenario, gap=0.0)
    assert found.evpi == pytest.approx(0.0, abs=1e-9)
    assert found.vss == pytest.approx(0.0, abs=1e-9)
    assert max(own.regret for own in found.chosen.futures.values()) == pytest.approx(0.0, abs=1e-9)
    assert not found.shared


def test_amounts_agree_with_a_grid_of_first_years() -> None:
    """Continuous spending: no first year on a fine grid, with recourse solved afresh, is better."""
    document = tiny_document()
    for id_ in ("calm", "storm"):
        put(document, f"futures.{id_}.known_from", 2028)
    put(document, "instruments.labs.min_per_year", 0)
    put(document, "budget.per_year", 1.0)
    put(document, "instruments.grid.half_life", 1)
    put(document, "instruments.labs.half_life", 1)
    scenario = build(document)
    found = decide_robustly(scenario, "regret", gap=0.0)
    best = dict.fromkeys(CRITERIA, -1000000000.0)
    chances = {id_: own.probability for id_, own in scenario.futures.items()}
    worlds = {id_: make_world(scenario, id_) for id_ in scenario.futures}
    own_best = {id_: solve_scenario(world, gap=0.0).gain for id_, world in worlds.items()}
    steps = [k / 12 for k in range(13)]
    for grid, labs in [(a, b) for a in steps for b in steps if a + b <= 1 + 1e-9]:
        gains = {}
        for id_, world in worlds.items():
            later = [
                {"grid": {2027: grid, 2028: share}, "labs": {2027: labs, 2028: 1 - share}}
                for share in steps
            ]
            gains[id_] = max(gains_of(world, list(later)))
        for name in CRITERIA:
            criterion = Criterion(name, chances, own_best, 0.2)
            best[name] = max(best[name], criterion.merit(gains))
    for name in CRITERIA:
        criterion = Criterion(name, chances, own_best, 0.2)
        reached = criterion.merit_of(found.plans[name].value)
        assert best[name] - 1e-7 <= reached <= best[name] + 0.02


def test_plan_that_cannot_be_kept_has_no_vss() -> None:
    """The plan without futures spends all in the first year; a future demands more later."""
    document = tiny_document()
    for id_ in ("calm", "storm"):
        put(document, f"futures.{id_}.known_from", 2028)
    put(document, "budget", {"total": 2.0})
    put(document, "instruments.grid.half_life", "never")
    floor = {
        "kind": "spend",
        "of": ["grid"],
        "at_least": 0,
        "each": "horizon",
        "years": [2028, 2028],
    }
    put(document, "constraints", {"late": floor})
    put(document, "futures.storm.change.constraints", {"late": {"at_least": 1.5}})
    found = decide_robustly(build(document), gap=0.0)
    assert found.vss is None
    assert "storm" in found.notes["vss"]
    assert found.evpi is not None
    assert found.evpi > 0


# The command ----------------------------------------------------------------------------------


def write(folder: Path, changes: Mapping[str, Any]) -> Path:
    document = tiny_document()
    for path, value in changes.items():
        put(document, path, value)
    return write_scenario("yaml", folder, document)


def test_json_has_what_the_design_promises(tmp_path: Path) -> None:
    file = write(tmp_path, {"futures.calm.known_from": 2028, "futures.storm.known_from": 2028})
    told = run("robust", file, "--criterion", "regret", "--json", "--out", tmp_path / "run")
    assert told.code == 0, told.err
    record = json.loads(told.out)
    assert record["criterion"] == "regret"
    assert list(record["futures"]) == ["calm", "storm"]
    for own in record["futures"].values():
        assert set(own) >= {"probability", "gain", "own_best", "regret", "areas"}
    assert {year for own in record["first_stage"].values() for year in own} == {"2027"}
    assert {"value", "evpi", "vss", "gap"} <= set(record)
    assert record["value"] == max(own["regret"] for own in record["futures"].values())
    kept = json.loads((tmp_path / "run" / "run.json").read_text(encoding="utf-8"))
    assert kept["first_stage"] == record["first_stage"]
    for name in ("futures", "futures_spending", "criteria"):
        assert (tmp_path / "run" / f"{name}.csv").exists()
    assert run("solve", tmp_path / "run").code == 0


def test_screen_reads_like_a_memo(tmp_path: Path) -> None:
    file = write(tmp_path, {"futures.calm.title": "A [red]calm[/red] year"})
    told = run("robust", file, "--criterion", "cvar", "--alpha", "0.3")
    assert told.code == 0, told.err
    assert "the worst 30%" in told.out
    assert "[red]calm[/red]" in told.out
    assert "EVPI" in told.out
    assert max(len(line) for line in told.out.splitlines()) <= 100


def test_bad_input_is_refused(tmp_path: Path) -> None:
    bare = drop(tiny_document(), "futures")
    refuse("robust", write_scenario("yaml", tmp_path / "bare", bare), says=("futures", "none"))
    staged = ("--set", "objective=weakest_layer")
    refuse("robust", write(tmp_path / "s", {}), *staged, says=("objective", "weakest_layer"))
    file = write(tmp_path, {})
    refuse("robust", file, "--alpha", "0", says=("--alpha",))
    refuse("robust", file, "--criterion", "best", code=2, kind="usage", says=("criterion",))
    late = write(tmp_path / "late", {"futures.calm.known_from": 2035})
    refuse("robust", late, says=("known_from", "2035"))
    odd = write(tmp_path / "odd", {"futures.calm.probability": 0.9})
    refuse("robust", odd, says=("sum to 1",))


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"instruments": {"grid": {"max_per_year": 1.0}}}, "instruments.grid.max_per_year"),
        ({"instruments": {"labs": {"min_per_year": 0.5}}}, "instruments.labs.min_per_year"),
        ({"budget": {"per_year": 1.0}}, "budget.per_year"),
    ],
)
def test_futures_may_not_change_what_shared_spending_rests_on(
    tmp_path: Path, change: Document, path: str
) -> None:
    file = write(tmp_path, {"futures.storm.change": change, "futures.storm.known_from": 2028})
    details = refuse("robust", file, says=("storm", path, "2028"))
    assert details[0]["where"] == "futures.storm.change"
    at_once = write(
        tmp_path / "b", {"futures.storm.change": change, "futures.storm.known_from": 2027}
    )
    assert run("robust", at_once, "--json").code == 0


def test_futures_that_cannot_share_their_first_years_are_told(tmp_path: Path) -> None:
    """One future wants all in the first year, the other half: there is no plan for both."""
    early = {
        "kind": "spend",
        "of": ["grid"],
        "at_least": 0,
        "each": "horizon",
        "years": [2027, 2027],
    }
    late = {"kind": "spend", "of": ["grid"], "at_most": 9, "each": "horizon", "years": [2027, 2027]}
    changes = {
        "constraints": {"early": early, "late": late},
        "futures.calm.change.constraints": {"early": {"at_least": 1}},
        "futures.storm.change.constraints": {"late": {"at_most": 0.5}},
        "futures.calm.known_from": 2028,
        "futures.storm.known_from": 2028,
    }
    told = refuse(
        "robust", write(tmp_path, changes), says=("shares", "early"), code=4, kind="infeasible"
    )
    assert {detail["where"] for detail in told} == {"early", "late"}


def test_a_future_without_a_plan_is_named(tmp_path: Path) -> None:
    floor = {"kind": "lead", "layer": "frontier", "at_least": 15, "years": [2028, 2028]}
    changes = {
        "constraints": {"floor": floor},
        "futures.storm.change.layers": {"frontier": {"us": 1}},
    }
    refuse("robust", write(tmp_path, changes), says=("storm", "floor"), code=4, kind="infeasible")


def test_time_limit_leaves_a_proven_answer() -> None:
    """No time for the joint model: the plans known by then, and the bound of each future's own."""
    scenario = build(random_document(2, [2028, 2028, 2028]))
    found = decide_robustly(scenario, "expected", ALPHA, gap=0.0)

    class Late(Clock):
        """A clock that runs out once each future is solved."""

        @property
        def left(self) -> float | None:
            return -1.0 if self.late else 100.0

        late = False

    clock = Late(100.0)

    def note(done: float, total: float, what: str) -> None:
        del done, total
        clock.late |= what == "expected: the joint model"

    late = decide_robustly(scenario, "expected", ALPHA, 0.0, Crew(clock=clock, report=note))
    value = found.chosen.value
    assert late.chosen.value <= value + 1e-9
    assert late.chosen.bound >= value - 1e-9
