"""Comparing: regret, kept sets and attribution beside a second way to each."""

from __future__ import annotations

import json
import random
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from every_plan import list_cases
from small_scenarios import Document, put, refuse, run, tiny_document, write_scenario

from stratafolio.inputs.build import build_scenario, derive_scenario
from stratafolio.inputs.read import read_scenario
from stratafolio.inputs.scenario import Scenario
from stratafolio.model.equations.evaluate import relative
from stratafolio.model.solving.solve import evaluate_plan, solve_scenario
from stratafolio.model.studies.compare.attribution import find_differing
from stratafolio.model.studies.compare.compare import Comparing, compare_contenders
from stratafolio.model.studies.compare.findings import Contender, World
from stratafolio.results.studies.words import join_words

LEANER = "leaner=textbook --budget 3"
CHIPS = "chips=textbook --weights frontier=1,semiconductors=3"
CAPPED = "capped=textbook --set 'constraints.cap={kind: spend, of: [power], at_most: 2}'"
CUT_SHORT = '{"store": 1, "scenario": "x", "study": "weights"}\n'
"""What a study that was cut short leaves in its folder."""

ITEMS = ("textbook", LEANER, CHIPS, CAPPED)
LABELS = ("textbook", "leaner", "chips", "capped")


def compare(*arguments: object) -> Any:
    """Give the JSON of a comparison."""
    ended = run("compare", *arguments, "--json")
    assert ended.code == 0, ended.err
    return json.loads(ended.out)


def list_worlds() -> dict[str, Scenario]:
    """Give what the items mean."""
    cap = {"kind": "spend", "of": ["power"], "at_most": 2}
    textbook = read_scenario("textbook")
    return {
        "textbook": textbook,
        "leaner": read_scenario("textbook", budget=3),
        "chips": read_scenario("textbook", weights="frontier=1,semiconductors=3"),
        "capped": derive_scenario(textbook, {"constraints": {"cap": cap}}),
    }


@pytest.fixture(scope="module")
def record() -> Any:
    return compare(*ITEMS)


def test_gains_areas_and_sets_are_those_of_solve(record: Any) -> None:
    assert record["scenarios"] == list(LABELS)
    for label, scenario in list_worlds().items():
        solved = solve_scenario(scenario)
        assert record["gain"][label] == pytest.approx(solved.gain, abs=1e-6)
        assert record["funded"][label] == list(solved.plan)
        totals = dict.fromkeys(scenario.areas, 0.0)
        for i, own in solved.plan.items():
            totals[scenario.instruments[i].area] += sum(own.values())
        assert record["areas"][label] == pytest.approx(totals, abs=1e-5)


def test_regret_is_that_of_evaluating_each_plan_in_each_world(record: Any) -> None:
    worlds = list_worlds()
    plans = {label: solve_scenario(scenario).plan for label, scenario in worlds.items()}
    for plan in LABELS:
        for world, scenario in worlds.items():
            played = evaluate_plan(scenario, plans[plan], gap=0.0)
            broken = {row.id for row in played.broken}
            assert set(record["cannot"][plan][world]) == broken
            if broken:
                assert record["regret"][plan][world] is None
                continue
            best = record["best_gain"][world]
            expected = relative(best - played.gain, best)
            assert record["regret"][plan][world] == pytest.approx(expected, abs=1e-6)
            loss = max(0.0, best - played.gain)
            assert record["regret_points"][plan][world] == pytest.approx(loss, abs=1e-6)


def test_kept_sets_are_solved_with_all_others_banned(record: Any) -> None:
    """Textbook's programmes fund nothing by force, so a ban of the others is an upper bound."""
    for world, scenario in list_worlds().items():
        for plan in LABELS:
            kept = record["kept"][plan][world]
            assert kept is not None
            regret = record["regret"][plan][world]
            assert regret is None or kept <= regret + 1e-9
            others = [i for i in scenario.instruments if i not in record["funded"][plan]]
            ban: Any = {"none": {"kind": "ban", "instruments": others}} if others else {}
            gain = solve_scenario(derive_scenario(scenario, {"constraints": ban}), gap=0.0).gain
            best = record["best_gain"][world]
            assert record["kept_points"][plan][world] >= best - gain - 1e-6
            assert record["kept_points"][plan][world] <= best - gain + 1e-3


def test_distance_is_the_share_of_money_that_moves(record: Any) -> None:
    """Leaner spends 4 on power and 2 on laboratories, textbook 4, 4 and 2 on controls."""
    assert record["distance"]["textbook"]["leaner"] == pytest.approx((0 + 2 + 2) / 16)
    for a in LABELS:
        assert record["distance"][a][a] == 0
        for b in LABELS:
            assert record["distance"][a][b] == record["distance"][b][a]


def test_the_least_regretted_can_be_played_everywhere(record: Any) -> None:
    """Leaner spends least, so it alone can be played in all three; capped plans can in none."""
    assert record["least_regret"] is None
    assert all(None in row.values() for row in record["regret"].values())
    three = compare("textbook", LEANER, CHIPS)
    regret = three["regret"]
    whole = {p: max(row.values()) for p, row in regret.items() if None not in row.values()}
    assert three["least_regret"] == min(whole, key=lambda plan: whole[plan]) == "leaner"


def test_scenarios_with_other_constraints_alone_are_judged_by_their_gains() -> None:
    """The capped plan keeps all limits, so it was regretted least, though it gains less."""
    record = compare("textbook", CAPPED)
    assert record["regret"]["capped"]["textbook"] > 0
    assert record["regret"]["textbook"]["capped"] is None
    assert record["least_regret"] is None
    assert record["least_regret_kept"] is None
    assert record["verdict"]["by"] == record["verdict_kept"]["by"] == "gain"
    assert record["verdict"]["plan"] == max(record["gain"], key=lambda label: record["gain"][label])
    assert record["verdict"]["among"] == ["textbook", "capped"]
    told = run("compare", "textbook", CAPPED)
    cost = record["gain"]["textbook"] - record["gain"]["capped"]
    words = " ".join(told.out.split())
    assert f"those of capped cost {cost:.3f} points" in words
    assert "none is named as least regretted" in words
    assert "Least regretted" not in words


def test_a_plan_is_not_preferred_for_keeping_constraints_that_others_break() -> None:
    """With other weights and a cap, nothing tells which plan to prefer; funded sets can be held."""
    record = compare("textbook", CAPPED.replace("textbook", "textbook --weights frontier=1", 1))
    assert None in record["regret"]["textbook"].values()
    assert None not in record["regret"]["capped"].values()
    assert record["least_regret"] is None
    assert "textbook cannot be played" in record["verdict"]["reason"]
    assert record["verdict_kept"]["by"] == "regret"
    assert record["least_regret_kept"] in ("textbook", "capped")


def test_what_was_not_solved_in_time_is_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only one of the worlds is solved: nothing is said of which gains most."""
    solve = Comparing._solve_world

    def solve_one(self: Comparing, number: int, contender: Contender) -> World | None:
        return solve(self, number, contender) if contender.label == "textbook" else None

    monkeypatch.setattr(Comparing, "_solve_world", solve_one)
    worlds = {label: world for label, world in list_worlds().items() if label != "chips"}
    found = compare_contenders([Contender(label, world) for label, world in worlds.items()])
    assert found.verdict.by == "none"
    assert not found.is_complete
    assert "in time" in found.verdict.reason


@pytest.mark.parametrize("seed", range(6))
def test_all_that_are_least_regretted_are_named(seed: int, tmp_path: Path) -> None:
    """Of three worlds two want the same plan: whether both are named, by playing every plan."""
    draw = random.Random(seed)
    names, plans = ("one", "other", "twin"), {}
    documents = {name: bet(draw) for name in names[:2]}
    documents["twin"] = {**documents[draw.choice(("one", "other"))], "title": "Twin"}
    gains: dict[str, dict[frozenset[str], float]] = {}
    for name, document in documents.items():
        (tmp_path / f"{name}.yaml").write_text(json.dumps(document), encoding="utf-8")
        afford = [case for case in list_cases(document) if case.needs <= 1.0 + 1e-9]
        plans[name] = max(afford, key=lambda case: case.gain)
        gains[name] = {case.funded: case.gain for case in afford}
    largest = {
        plan: max(1 - gains[world][own.funded] / plans[world].gain for world in names)
        for plan, own in plans.items()
    }
    least = [name for name in names if largest[name] <= min(largest.values()) + 1e-9]
    record = compare(*(tmp_path / f"{name}.yaml" for name in names))
    assert record["verdict"]["alike"] == least
    assert record["least_regret"] in least
    told = " ".join(run("compare", *(tmp_path / f"{name}.yaml" for name in names)).out.split())
    named = join_words(least)
    alike = f"Least regretted: {named} alike."
    assert (alike if len(least) > 1 else f"Least regretted: {named}.") in told


def bet(draw: random.Random) -> Document:
    """One of two programmes can be paid for, in one year."""
    return {
        "years": {"first": 2027, "last": 2027, "score_until": 2028},
        "budget": {"per_year": 1.0},
        "weights": {"x": 1},
        "areas": {"energy": {}},
        "layers": {"x": {}},
        "instruments": {
            i: {"area": "energy", "max_per_year": 1.0, "all_or_nothing": True, "scale": 1.0}
            for i in ("a", "b")
        },
        "effects": {
            f"{i}_x": {"instrument": i, "layer": "x", "points": round(draw.uniform(1, 4), 2)}
            for i in ("a", "b")
        },
    }


def test_the_only_plan_that_every_world_allows_is_told_as_such() -> None:
    told = run("compare", "textbook", LEANER, CHIPS)
    assert "Least regretted: leaner, as the only plan that every world allows." in told.out


def test_attribution_is_shapley_over_fresh_solves() -> None:
    """Budget, weights and constraints all differ: six orders, eight scenarios, all solved here."""
    parts: dict[str, Any] = {
        "budget": {"budget": {"per_year": 3}},
        "weights": {"weights": {"frontier": 1, "semiconductors": 3}},
        "constraints": {"constraints": {"cap": {"kind": "spend", "of": ["power"], "at_most": 1}}},
    }
    other = (
        "b=textbook --budget 3 --weights frontier=1,semiconductors=3 "
        "--set 'constraints.cap={kind: spend, of: [power], at_most: 1}'"
    )
    (entry,) = compare("textbook", other)["attribution"]
    base = read_scenario("textbook")

    def gain(groups: tuple[str, ...]) -> float:
        patch = {key: value for group in groups for key, value in parts[group].items()}
        return solve_scenario(derive_scenario(base, patch), gap=0.0).gain

    expected = dict.fromkeys(parts, 0.0)
    for order in permutations(parts):
        for k, group in enumerate(order):
            expected[group] += (gain(order[: k + 1]) - gain(order[:k])) / 6
    for group, value in expected.items():
        assert entry["gain"][group] == pytest.approx(value, abs=1e-6)
    assert entry["gain"]["figures"] == 0
    assert sum(expected.values()) == pytest.approx(entry["gain"]["total"], abs=1e-6)
    for own in entry["areas"].values():
        parts_of_it = [own[g] for g in ("budget", "weights", "figures", "constraints")]
        assert sum(parts_of_it) == pytest.approx(own["total"], abs=1e-6)


def test_a_change_of_an_assumption_is_shared_by_what_hangs_on_it() -> None:
    """Half the gigawatts are half the budget and half the points: Shapley over these two.

    One is in between with the budget of the other, and with its points, both set by hand.
    """
    document = put(tiny_document(), "assumptions.gw", {"value": 20})
    put(document, "budget.per_year", "gw / 10")
    put(document, "effects.grid_frontier.points", "gw / 5")
    one = build_scenario(document, {}, "one")
    other = derive_scenario(one, {"assumptions": {"gw": {"value": 10}}})
    assert find_differing(one, other) == ("budget", "figures")
    patches: dict[str, Any] = {
        "budget": {"budget": {"per_year": 1.0}},
        "figures": {"effects": {"grid_frontier": {"points": 2.0}}},
    }
    start, end = solve_scenario(one, gap=0.0).gain, solve_scenario(other, gap=0.0).gain
    first = {
        key: solve_scenario(derive_scenario(one, patch), gap=0.0).gain
        for key, patch in patches.items()
    }
    study = compare_contenders([Contender("a", one), Contender("b", other)], gap=0.0)
    (attribution,) = study.attribution
    assert attribution.gain is not None
    for key, rest in (("budget", "figures"), ("figures", "budget")):
        share = 0.5 * (first[key] - start) + 0.5 * (end - first[rest])
        assert attribution.gain[key] == pytest.approx(share, abs=1e-6)


def test_only_orders_whose_every_step_has_a_plan_count() -> None:
    """Power at least 2 a year needs the larger budget first: one order of two is left."""
    change = "constraints.floor={kind: spend, of: [power], at_least: 2}"
    record = compare("textbook --budget 1", f"b=textbook --set '{change}'")
    (entry,) = record["attribution"]
    assert entry["orders"] == 1
    whole = entry["gain"]
    assert whole["budget"] + whole["constraints"] == pytest.approx(whole["total"], abs=1e-6)
    middle = solve_scenario(read_scenario("textbook"), gap=0.0).gain
    assert whole["budget"] == pytest.approx(middle - record["gain"]["textbook"], abs=1e-6)


def test_a_scenario_with_itself_is_zero_everywhere() -> None:
    record = compare("textbook", "textbook")
    assert record["scenarios"] == ["textbook", "textbook#2"]
    for matrix in ("distance", "regret", "regret_points", "kept", "kept_points"):
        for row in record[matrix].values():
            assert set(row.values()) == {0}
    (entry,) = record["attribution"]
    assert set(entry["gain"].values()) == {0}
    assert all(set(own.values()) == {0} for own in entry["areas"].values())


# Plans and runs -------------------------------------------------------------------------------


def test_a_plan_of_ones_own_is_judged_but_is_no_world(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text("instrument,year,bn\npower,2027,3\ncontrols,2028,2\n", encoding="utf-8")
    record = compare("textbook", LEANER, file)
    assert record["scenarios"] == ["textbook", "leaner"]
    assert record["plans"] == ["textbook", "leaner", "mine"]
    plan = {"power": {2027: 3.0}, "controls": {2028: 2.0}}
    for label, scenario in list(list_worlds().items())[:2]:
        gain = evaluate_plan(scenario, plan).gain
        lost = record["best_gain"][label] - gain
        assert record["regret_points"]["mine"][label] == pytest.approx(lost, abs=1e-6)


def test_a_run_is_a_contender_with_its_plan(tmp_path: Path) -> None:
    file, out = tmp_path / "mine.csv", tmp_path / "given"
    file.write_text("instrument,year,bn\npower,2027,3\n", encoding="utf-8")
    assert run("evaluate", "textbook", "--plan", file, "--out", out).code == 0
    assert run("solve", "textbook", "--out", tmp_path / "best").code == 0
    record = compare("textbook", tmp_path / "best", out)
    assert record["scenarios"] == ["textbook", "best", "given"]
    assert record["regret"]["best"]["textbook"] == 0
    assert record["status"]["given"] == "given"
    assert record["funded"]["given"] == ["power"]
    gain = evaluate_plan(read_scenario("textbook"), {"power": {2027: 3.0}}).gain
    assert record["gain"]["given"] == pytest.approx(gain)


def test_edited_and_incomplete_runs_are_refused(tmp_path: Path) -> None:
    out = tmp_path / "done"
    assert run("solve", "textbook", "--out", out).code == 0
    spending = (out / "spending.csv").read_text("utf-8")
    (out / "spending.csv").write_text(spending.replace("3.0", "2.5", 1), encoding="utf-8")
    refuse("compare", "textbook", out, says=("spending.csv and run.json differ",))
    (out / "spending.csv").unlink()
    refuse("compare", "textbook", out, says=("lacks spending.csv",))
    scenario = (out / "scenario.yaml").read_text("utf-8")
    (out / "scenario.yaml").write_text(scenario.replace("per_year: 5", "per_year: 6"), "utf-8")
    refuse("compare", "textbook", out, says=("was changed since (or edited)",))
    (out / "run.json").write_text("{", encoding="utf-8")
    refuse("compare", "textbook", out, says=("was edited",))
    (out / "run.json").unlink()
    (out / "bank.jsonl").write_text(CUT_SHORT, encoding="utf-8")
    refuse("compare", "textbook", out, says=("cut short",))
    (out / "scenario.yaml").unlink()
    refuse("compare", "textbook", out, says=("no scenario.yaml",))


# Odd companies --------------------------------------------------------------------------------


def test_an_infeasible_scenario_among_others_is_recorded() -> None:
    record = compare("textbook", "none=textbook --set 'constraints.x={kind: spend, at_least: 9}'")
    assert record["status"] == {"textbook": "optimal", "none": "infeasible"}
    assert record["gain"]["none"] is None
    assert record["regret"]["textbook"] == {"textbook": 0, "none": None}
    assert record["regret"]["none"] == {"textbook": None, "none": None}
    assert "x" in record["why"]["none"]
    assert record["least_regret"] == "textbook"
    assert record["attribution"][0]["gain"] is None
    assert "none has no plan" in record["attribution"][0]["reason"]
    told = run(
        "compare", "textbook", "none=textbook --set 'constraints.x={kind: spend, at_least: 9}'"
    )
    assert told.code == 0
    assert "no plan" in told.out


def test_other_layers_and_years_are_compared_as_far_as_they_go(tmp_path: Path) -> None:
    file = write_scenario("yaml", tmp_path, tiny_document())
    later = put(tiny_document(), "years", {"first": 2028, "last": 2029, "score_until": 2031})
    shifted = build_scenario(later, {}, "later")
    record = compare(
        file, "textbook", write_scenario("yaml", tmp_path / "later", dict(shifted.document))
    )
    tiny, other = record["scenarios"][0], record["scenarios"][2]
    assert record["cannot"][tiny]["textbook"] == ["instruments.grid"]
    assert record["regret"][tiny]["textbook"] is None
    assert "years" in record["cannot"][tiny][other]
    assert any("layers" in note for note in record["notes"])
    assert any("years differ" in note for note in record["notes"])
    assert 0 < record["distance"][tiny]["textbook"] <= 1


def test_bad_input(tmp_path: Path) -> None:
    refuse("compare", "textbook", says=("two things",))
    refuse("compare", "textbook", "textbok", says=("textbook",))
    refuse("compare", "textbook", "textbook --bugdet 3", says=("bugdet",))
    refuse("compare", "textbook", "textbook --set 'budget", says=("quot",))
    refuse("compare", tmp_path / "a.csv", tmp_path / "b.csv", says=("scenario",))
    details = refuse("compare", "a=nowhere", "b=textbook --set nothing=1")
    assert len(details) == 2
    taken = tmp_path / "taken"
    taken.write_text("", encoding="utf-8")
    refuse("compare", "textbook", "textbook", "--csv", taken, says=("is a file",))
    refuse("compare", code=2, kind="usage")


def test_tables_and_the_screen(tmp_path: Path) -> None:
    ended = run("compare", *ITEMS, "--csv", tmp_path / "tables", "--out", tmp_path / "run")
    assert ended.code == 0
    assert all(len(line) <= 100 for line in ended.out.splitlines())
    for part in ("Side by side", "Regret", "Distance", "where the change comes from"):
        assert part in ended.out
    names = {file.stem for file in (tmp_path / "tables").iterdir()}
    assert {"summary", "regret", "distance", "attribution", "spending_by_plan"} <= names
    assert json.loads((tmp_path / "run" / "run.json").read_text("utf-8"))["scenarios"] == list(
        LABELS
    )


def test_workers_do_not_change_the_numbers() -> None:
    def answer(workers: int) -> Any:
        found = compare(*ITEMS, "--workers", workers)
        return {key: value for key, value in found.items() if key != "seconds"}

    assert answer(1) == answer(2)


def test_changes_for_all_apply_to_each() -> None:
    record = compare("textbook", CHIPS, "--budget", 2)
    for label, scenario in list(list_worlds().items())[::2]:
        derived = derive_scenario(scenario, {"budget": {"per_year": 2}})
        assert record["gain"][label] == pytest.approx(solve_scenario(derived).gain, abs=1e-6)
