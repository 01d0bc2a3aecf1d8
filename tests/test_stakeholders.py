"""Stakeholders with weights and beliefs of their own, held against every plan there is."""

from __future__ import annotations

import itertools
import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from every_plan import Case, list_cases
from small_scenarios import Document, put, refuse, run, write_scenario
from test_elicit import knapsack

from stratafolio.calls.people import question_stakeholders
from stratafolio.inputs.build import build_scenario
from stratafolio.inputs.complaint import InputError
from stratafolio.inputs.patch import merge
from stratafolio.model.failures import Infeasible
from stratafolio.model.solving.best_plans import OutOfTime
from stratafolio.model.studies.stakeholders.worlds import Worlds
from stratafolio.model.studies.weights.sweep import Sweep
from stratafolio.model.work.clock import Clock
from stratafolio.model.work.store import Store

Weights = tuple[float, float]


def camps(seed: int) -> Document:
    """Four all-or-nothing programmes, two layers, and three camps that see the effects apart."""
    draw = random.Random(seed)
    instruments = {
        name: {
            "area": "energy",
            "max_per_year": draw.choice([0.6, 0.8, 1.0]),
            "all_or_nothing": True,
            "scale": round(draw.uniform(0.5, 2.0), 2),
        }
        for name in ("a", "b", "c", "d")
    }
    effects = {
        f"{name}_{layer}": {
            "instrument": name,
            "layer": layer,
            "points": round(draw.uniform(0.5, 4.0), 3),
        }
        for name in instruments
        for layer in ("x", "y")
    }
    believed = {e: {"points": round(draw.uniform(0.2, 5.0), 3)} for e in effects}
    return {
        "years": {"first": 2027, "last": 2028, "score_until": 2030},
        "budget": {"per_year": 1.7},
        "weights": {"x": 2, "y": 1},
        "areas": {"energy": {}},
        "layers": {"x": {}, "y": {}},
        "instruments": instruments,
        "effects": effects,
        "stakeholders": {
            "left": {"weights": {"x": 1, "y": 4}},
            "right": {"weights": {"x": 5, "y": 1}, "beliefs": {"effects": believed}},
            "middle": {"statements": ["x >= 0.5 * y", "y >= x"]},
        },
    }


PLACES: dict[str, list[Weights]] = {
    "left": [(0.2, 0.8)],
    "right": [(5 / 6, 1 / 6)],
    "middle": [(1 / 3, 2 / 3), (0.5, 0.5)],
}
"""The corners of the camps' weightings."""


class Judged:
    """One camp's world: every plan there with what it gains in each layer."""

    def __init__(self, document: Document, believer: str) -> None:
        beliefs = document["stakeholders"][believer].get("beliefs", {})
        world = merge({k: v for k, v in document.items() if k != "stakeholders"}, beliefs)
        affordable = [case for case in list_cases(world) if case.needs <= 1.7 + 1e-9]
        nothing = next(case for case in affordable if not case.funded)
        self.gains = {
            key(case): tuple(case.outcome[z] - nothing.outcome[z] for z in ("x", "y"))
            for case in affordable
        }

    def value(self, plan: Any, weights: Weights) -> float:
        return sum(w * g for w, g in zip(weights, self.gains[plan], strict=True))

    def best(self, weights: Weights) -> Any:
        return max(self.gains, key=lambda plan: self.value(plan, weights))

    def regret(self, plan: Any, weights: Weights) -> float:
        best = self.value(self.best(weights), weights)
        return max(0.0, best - self.value(plan, weights)) / max(best, 0.01)


def key(case: Case) -> Any:
    return tuple(sorted((i, tuple(sorted(years))) for i, years in case.spending.items()))


def funds(plan: Any) -> set[str]:
    return {instrument for instrument, _ in plan}


@pytest.mark.parametrize("seed", range(5))
def test_common_ground_and_least_regret_against_every_plan(seed: int) -> None:
    """Best plans, funded by all and by none, and the smallest largest regret, by enumeration."""
    document = camps(seed)
    record = question_stakeholders(build_scenario(document, {}, "camps")).record
    worlds = {id_: Judged(document, id_) for id_ in document["stakeholders"]}
    shares: dict[str, dict[str, float]] = {}
    for id_, corners in PLACES.items():
        along = np.linspace(0.0, 1.0, 401) if len(corners) > 1 else [0.0]
        first, last = np.array(corners[0]), np.array(corners[-1])
        points = [tuple((1 - t) * first + t * last) for t in along]
        sets = [funds(worlds[id_].best((float(x), float(y)))) for x, y in points]
        shares[id_] = {i: sum(i in s for s in sets) / len(sets) for i in document["instruments"]}
        told = record["stakeholders"][id_]["funded_share"]
        for i, share in shares[id_].items():
            room = 0.12 if len(corners) > 1 else 0.0
            assert told[i] == pytest.approx(share, abs=room)
    for id_ in ("left", "right"):
        weights = PLACES[id_][0]
        plan = worlds[id_].best(weights)
        assert record["stakeholders"][id_]["funded"] == sorted(funds(plan))
        gain = worlds[id_].value(plan, weights)
        assert record["stakeholders"][id_]["gain"] == pytest.approx(gain, abs=1e-6)
    for i in document["instruments"]:
        every = [own[i] for own in shares.values()]
        if all(share == 1 for share in every):
            assert i in record["common"]["funded"]
        elif all(share == 0 for share in every):
            assert i in record["common"]["not_funded"]
        elif all(share in (0, 1) for share in every):
            assert i in record["common"]["disputed"]
    judges = [(worlds[id_], corner) for id_, corners in PLACES.items() for corner in corners]
    plans = worlds["left"].gains
    least = min(max(world.regret(plan, at) for world, at in judges) for plan in plans)
    assert record["least_regret"]["largest"] == pytest.approx(least, abs=2e-4)
    assert least - 2e-4 <= record["least_regret"]["proven_at_least"] + 2e-4
    assert record["least_regret"]["proven_at_least"] <= least + 1e-6
    assert record["complete"]


@pytest.mark.parametrize("seed", range(5))
def test_what_disputes_are_about_against_every_plan(seed: int) -> None:
    """For two camps with weightings, by giving each the other's beliefs and weights."""
    document = camps(seed)
    del document["stakeholders"]["middle"]
    record = question_stakeholders(build_scenario(document, {}, "camps")).record
    worlds = {id_: Judged(document, id_) for id_ in document["stakeholders"]}
    for i, dispute in record["common"]["disputes"].items():
        verdict = {
            (weigher, believer): i in funds(worlds[believer].best(PLACES[weigher][0]))
            for weigher, believer in itertools.product(worlds, repeat=2)
        }
        same_beliefs = all(verdict["left", b] == verdict["right", b] for b in worlds)
        same_weights = all(verdict[w, "left"] == verdict[w, "right"] for w in worlds)
        expected = "facts" if same_beliefs else "values" if same_weights else "both"
        assert dispute["over"] == expected


def plain_camps() -> Document:
    """One layer has two rival programmes, the other has one; money is for two of the three.

    `known` always pays. `left_bet` and `right_bet` are worth 4 points to those who believe in them
    and 1 to the others, in both layers alike: what is at odds about them is a fact. `art` and
    `trade` give 3 points in one layer each, as all know: what is at odds about them are values.
    """
    document: Document = {
        "years": {"first": 2027, "last": 2027, "score_until": 2027},
        "budget": {"per_year": 3.0},
        "weights": {"x": 1, "y": 1},
        "areas": {"energy": {}},
        "layers": {"x": {}, "y": {}},
        "instruments": {},
        "effects": {},
        "stakeholders": {
            "left": {"weights": {"x": 9, "y": 1}, "beliefs": bets("left_bet", "right_bet")},
            "right": {"weights": {"x": 1, "y": 9}, "beliefs": bets("right_bet", "left_bet")},
        },
    }
    points = {
        "known": (9, 9),
        "art": (3, 0.1),
        "trade": (0.1, 3),
        "left_bet": (2, 2),
        "right_bet": (2, 2),
    }
    for name, both in points.items():
        document["instruments"][name] = {
            "area": "energy",
            "max_per_year": 1.0,
            "all_or_nothing": True,
            "curve": "linear",
            "scale": 1.0,
        }
        for layer, worth in zip(("x", "y"), both, strict=True):
            put(
                document,
                f"effects.{name}_{layer}",
                {"instrument": name, "layer": layer, "points": worth},
            )
    return document


def bets(on: str, against: str) -> dict[str, Any]:
    points = {on: 5.0, against: 0.05}
    return {
        "effects": {
            f"{name}_{layer}": {"points": worth}
            for name, worth in points.items()
            for layer in ("x", "y")
        }
    }


def test_facts_and_values_are_told_apart() -> None:
    """Bets are disputed for what is believed of them, art and trade for what is wanted."""
    record = question_stakeholders(build_scenario(plain_camps(), {}, "plain")).record
    assert record["common"]["funded"] == ["known"]
    over = {i: dispute["over"] for i, dispute in record["common"]["disputes"].items()}
    assert over == {"art": "values", "trade": "values", "left_bet": "facts", "right_bet": "facts"}


def test_a_stakeholder_without_weights_has_those_of_the_scenario() -> None:
    """One who only believes weighs as the scenario does."""
    document = plain_camps()
    del document["stakeholders"]["left"]["weights"]
    record = question_stakeholders(build_scenario(document, {}, "plain")).record
    assert record["stakeholders"]["left"]["weights"] == {"x": 0.5, "y": 0.5}


def floor(document: Document, at_least: float) -> Document:
    """The lead in x has to reach something, which no camp's bet but its own does."""
    document["layers"]["x"] = {"us": 0, "china": 0}
    document["constraints"] = {
        "lead": {"kind": "lead", "layer": "x", "at_least": at_least, "years": [2027, 2027]}
    }
    return put(document, "budget.per_year", 1.0)


def test_worlds_that_no_plan_can_keep_together() -> None:
    """Each camp needs its own bet: the plan is made for the first, the other one is set aside."""
    document = floor(plain_camps(), 4.0)
    document["instruments"].pop("known")
    document["effects"] = {k: v for k, v in document["effects"].items() if "known" not in k}
    record = question_stakeholders(build_scenario(document, {}, "plain")).record
    least = record["least_regret"]
    assert least["funded"] == ["left_bet"]
    assert least["regret"] == {"left": 0.0, "right": None}
    assert least["set_aside"] == ["right"]


def test_beliefs_without_a_plan_are_named_and_the_others_go_on() -> None:
    """A camp whose world meets no floor is left out, by name."""
    document = floor(plain_camps(), 8.5)
    beliefs = document["stakeholders"]["right"]["beliefs"]
    beliefs["effects"]["known_x"] = {"points": 1.0}
    result = question_stakeholders(build_scenario(document, {}, "plain"))
    right = result.record["stakeholders"]["right"]
    assert right["funded"] is None
    assert "right" in right["why"]
    assert "leaves no plan" in right["why"]
    assert result.record["least_regret"]["regret"]["right"] is None
    assert result.record["least_regret"]["regret"]["left"] == 0.0
    assert "right is left out" in str(result)


def test_invalid_beliefs_are_named_and_the_others_go_on(tmp_path: Path) -> None:
    """The stakeholder is named with what is wrong; every other command refuses the scenario."""
    path = "stakeholders.left.beliefs.effects.art_x.points"
    document = put(plain_camps(), path, "much")
    alone = plain_camps()
    del alone["stakeholders"]["left"]
    file, out = str(write_scenario("yaml", tmp_path / "s", document)), str(tmp_path / "run")
    told = json.loads(run("sensitivity", "stakeholders", file, "--json", "--out", out).out)
    expected = question_stakeholders(build_scenario(alone, {}, "plain")).record
    assert path in told["stakeholders"]["left"]["why"]
    assert "expected a number, got 'much'" in told["stakeholders"]["left"]["why"]
    assert told["stakeholders"]["left"]["funded"] is None
    assert told["stakeholders"]["right"] == expected["stakeholders"]["right"]
    assert told["common"]["funded"] == expected["common"]["funded"]
    assert told["least_regret"]["regret"] == {"left": None, "right": 0.0}
    assert run("report", out, "--out", str(tmp_path / "page.html")).code == 0
    for command in (["scenario", "check"], ["solve"], ["elicit"]):
        refuse(*command, file, says=(path, "expected a number"))


def test_nobody_has_a_plan() -> None:
    """Where no camp's world leaves a plan the scenario is infeasible."""
    document = floor(plain_camps(), 99.0)
    with pytest.raises(Infeasible, match="no stakeholder has a plan"):
        question_stakeholders(build_scenario(document, {}, "plain"))


def test_bad_stakeholders_are_told(tmp_path: Path) -> None:
    """None at all; an objective with stages; beliefs that are invalid, by whose they are."""
    document = plain_camps()
    file = str(write_scenario("yaml", tmp_path / "good", document))
    none = ("stakeholders: the scenario has none",)
    refuse("sensitivity", "stakeholders", file, "--set", "stakeholders=null", says=none)
    staged = ("objective: 'weakest_layer' has stages",)
    refuse("sensitivity", "stakeholders", file, "--set", "objective=weakest_layer", says=staged)
    paths = [f"stakeholders.{own}.beliefs.effects.art_x.points" for own in ("left", "right")]
    every = [word for path in paths for word in ("--set", f"{path}=much")]
    refuse("sensitivity", "stakeholders", file, *every, says=tuple(paths))
    with pytest.raises(InputError, match="the scenario has none"):
        question_stakeholders(build_scenario({**document, "stakeholders": {}}, {}, "plain"))


def test_the_command_keeps_its_run_and_fits_a_screen(tmp_path: Path, monkeypatch: Any) -> None:
    """The run is read again, says the same, and no line of the screen is cut or too long."""
    monkeypatch.setenv("COLUMNS", "80")
    file, out = str(write_scenario("yaml", tmp_path, camps(1))), str(tmp_path / "run")
    first = run("sensitivity", "stakeholders", file, "--out", out)
    assert max(map(len, first.out.splitlines())) <= 80
    assert "…" not in first.out
    assert {"regrets.csv", "common_ground.csv", "least_regret.csv", "stakeholders.jsonl"} <= {
        each.name for each in Path(out).iterdir()
    }
    again = run("sensitivity", "stakeholders", file, "--out", out, "--json")
    told, kept = json.loads(again.out), json.loads(Path(out, "run.json").read_text())
    assert all(kept[name] == value for name, value in told.items() if name != "seconds")
    page = tmp_path / "page.html"
    run("report", out, "--out", str(page))
    text = page.read_text(encoding="utf-8")
    assert "Common ground" in text
    assert "Largest regret of each plan" in text


def test_time_that_runs_out_is_told(tmp_path: Path) -> None:
    """With hardly any time nothing is called known that is not."""
    file = str(write_scenario("yaml", tmp_path, camps(2)))
    outcome = run("sensitivity", "stakeholders", file, "--time-limit", "0.0001", "--json")
    record = json.loads(outcome.out)
    if "error" in record:
        assert record["error"]["kind"] == "solver"
        assert "--time-limit" in record["error"]["message"]
    else:
        assert not record["complete"]
        assert record["missing"]


def test_a_corner_that_is_not_proven_judges_no_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the best gain is known to be at least is not what a plan loses at most."""
    sides = {"openers": {"statements": ["y >= x", "z >= 0.1"]}}
    scenario = build_scenario(knapsack(3) | {"stakeholders": sides}, {}, "open")
    worlds = Worlds(scenario, 0.3, 1e-6, 1, Clock(), Store())
    assert worlds.find_shares("openers", "openers")  # the bank then knows plans and bounds
    monkeypatch.setattr(Sweep, "answer_batch", lambda *_: None)
    with pytest.raises(OutOfTime):
        worlds.gain_at_corners("openers")
    monkeypatch.undo()
    worlds = Worlds(scenario, 0.3, 1e-6, 1, Clock(), Store())
    assert (worlds.gain_at_corners("openers") > 0.0).all()
