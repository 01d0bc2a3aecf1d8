"""What the commands print and keep: keys, tables, run folders, exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from small_scenarios import put, refuse, run, tiny_document, write_scenario

from stratafolio.inputs.read import list_bundled, read_scenario

SOLVE_KEYS = {
    "scenario", "title", "status", "score", "baseline_score", "gain", "bound", "gap",
    "gap_points", "steady_cost", "stages", "weights", "outcome", "baseline_outcome", "areas",
    "funded", "spending", "launch_costs", "outlays", "leads", "baseline_leads", "private_bn",
    "outputs", "constraints", "checks", "solver", "seconds",
}  # fmt: skip
PLAN = "instrument,year,bn\npower,2027,1\ncontrols,2028,2\n"


def run_json(*arguments: object) -> dict[str, Any]:
    ended = run(*arguments, "--json")
    assert ended.code == 0, ended.err
    record = json.loads(ended.out)
    assert isinstance(record, dict)
    return record


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    file = tmp_path / "plan.csv"
    file.write_text(PLAN, encoding="utf-8")
    return file


def test_solve_prints_every_key_of_the_contract() -> None:
    record = run_json("solve", "textbook")
    assert set(record) >= SOLVE_KEYS
    assert record["status"] == "optimal"
    assert record["gain"] == pytest.approx(125 / 72)
    assert record["areas"] == {"energy": 4.0, "research_compute": 4.0, "export_controls": 2.0}
    assert record["funded"] == ["power", "labs", "controls"]
    assert record["spending"]["power"] == {"2027": 3.0, "2028": 1.0}
    assert sum(record["weights"].values()) == pytest.approx(1)
    assert set(record["leads"]["frontier"]) == {"2027", "2028", "2029"}
    assert record["leads"]["frontier"]["2028"] == pytest.approx(16.75)
    for row in record["constraints"]:
        assert set(row) >= {"id", "sense", "year", "value", "limit", "slack", "binding"}
        assert row["slack"] >= 0
    assert {row["year"] for row in record["constraints"]} == {"2027", "2028"}
    assert set(record["checks"]) == {"max_violation", "curve_error_points"}
    assert set(record["solver"]) == {"name", "version", "seconds", "nodes"}
    assert set(record["stages"][0]) == {"objective", "value", "bound", "gap"}


def test_solve_for_people_fits_one_screen_and_names_what_matters() -> None:
    out = run("solve", "textbook").out
    assert "Gain 1.736 points" in out
    assert "Optimal" in out
    for part in ("Power lines", "2027-28", "Frontier", "What binds", "budget.per_year", "Doubt"):
        assert part in out, out
    assert max(len(line) for line in out.splitlines()) <= 100


def test_evaluate_says_what_a_plan_gains_breaks_and_lacks(plan: Path) -> None:
    """Power 1 bn in 2027, controls 2 bn in 2028.

    Power's stock of 1 from 2028 is reach 1/4, a point of lead, worth 1/2 above 10: 2 years * 1/2.
    Controls: 2 in 2028, 1 in 2029 less 1.5: 1.5. Gain (2/3 * 1 + 1/3 * 1.5) / 3 = 7/18.
    """
    record = run_json("evaluate", "textbook", "--plan", plan)
    assert record["status"] == "given"
    assert record["gain"] == pytest.approx(7 / 18)
    assert record["gap_points"] == pytest.approx(125 / 72 - 7 / 18)
    assert record["gap"] == pytest.approx((125 / 72 - 7 / 18) / (125 / 72))
    assert record["broken"] == []
    shown = run("evaluate", "textbook", "--plan", plan).out
    assert "It keeps every limit" in shown


def test_evaluate_names_every_limit_that_a_plan_breaks(tmp_path: Path) -> None:
    file = tmp_path / "plan.csv"
    file.write_text("instrument,year,bn\npower,2027,9\nlabs,2028,1\n", encoding="utf-8")
    record = run_json("evaluate", "textbook", "--plan", file)
    broken = {row["id"] for row in record["broken"]}
    assert broken == {
        "budget.per_year", "instruments.power.max_per_year", "instruments.labs.all_or_nothing",
    }  # fmt: skip
    assert "It breaks 3 limits" in run("evaluate", "textbook", "--plan", file).out


def test_run_folder_is_a_scenario_with_the_same_answer(tmp_path: Path) -> None:
    """The second acceptance line of a run: changed, kept, solved again."""
    folder = tmp_path / "run1"
    first = run_json(
        "solve", "textbook", "--set", "effects.controls_later.points=-2", "--budget", 4,
        "--out", folder,
    )  # fmt: skip
    for place in (folder, folder / "scenario.yaml"):
        again = run_json("solve", place)
        for key in ("gain", "score", "spending", "launch_costs", "areas", "weights"):
            assert again[key] == first[key]
    kept = json.loads((folder / "run.json").read_text("utf-8"))
    assert {key: kept[key] for key in first} == first
    assert {"versions", "scenario_hash", "options"} <= set(kept)
    names = {file.name for file in folder.iterdir()}
    assert names == {"run.json", "scenario.yaml", "spending.csv", "leads.csv", "constraints.csv"}
    given = run_json("evaluate", folder, "--plan", folder / "spending.csv")
    assert given["gain"] == pytest.approx(first["gain"])
    assert given["broken"] == []


def test_settings_apply_from_left_to_right_then_budget_then_weights() -> None:
    record = run_json(
        "scenario", "show", "textbook", "--set", "budget.per_year=1", "--set", "budget.per_year=2",
        "--set", "weights={frontier: 5}", "--weights", "semiconductors=1", "--budget", 3,
    )  # fmt: skip
    assert record["budget"]["per_year"] == 3
    assert record["weights"] == {"semiconductors": 1}


def test_weights_of_a_stakeholder_and_why_statements_are_none(tmp_path: Path) -> None:
    file = write_scenario("yaml", tmp_path, tiny_document())
    record = run_json("solve", file, "--weights", "firms")
    assert record["weights"] == {"frontier": 1.0, "diffusion": 0.0}
    refused = run("solve", file, "--weights", "unions")
    assert refused.code == 3
    assert "--stakeholder unions" in refused.err


def test_staged_objectives_report_each_stage() -> None:
    record = run_json(
        "solve", "textbook", "--set", "objective=lexicographic",
        "--set", "priorities=[[semiconductors]]",
    )  # fmt: skip
    assert [stage["objective"] for stage in record["stages"]] == ["semiconductors", "score"]
    # 2 bn in both years: stocks 2, 3 and 1.5, less 1.5 and 3 for what was spent a year before.
    assert record["stages"][0]["value"] == pytest.approx(6 + (2 + 3 + 1.5 - 1.5 - 3) / 3)
    assert record["outcome"]["semiconductors"] == pytest.approx(6 + 2 / 3, abs=1e-5)


def test_time_that_is_too_short_is_told() -> None:
    ended = run("solve", "us-2027", "--time-limit", 0.001, "--json")
    assert ended.code == 5
    assert ended.error["kind"] == "solver"
    assert "--time-limit" in ended.error["message"]


def test_infeasible_scenario_has_its_own_exit_code(tmp_path: Path) -> None:
    document = put(tiny_document(), "constraints.far", {"kind": "spend", "at_least": 2.9})
    ended = run("solve", write_scenario("yaml", tmp_path, document), "--json")
    assert ended.code == 4
    assert [detail["where"] for detail in ended.error["details"]] == ["budget.per_year", "far"]


def test_list_and_check_of_the_bundled_scenarios() -> None:
    listed = run_json("scenario", "list")["scenarios"]
    assert [row["scenario"] for row in listed] == list_bundled()
    for name in list_bundled():
        checked = run_json("scenario", "check", name)
        assert checked["valid"]


def test_new_scenario_is_valid_plain_and_solvable(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    assert run("scenario", "new", folder).code == 0
    assert run_json("scenario", "check", folder)["oddities"] == []
    assert run_json("solve", folder)["status"] == "optimal"
    assert run("scenario", "new", folder).code == 3
    setting = ("--set", "assumptions.points_per_gw.value=0.1")
    for options, points in (((), 4.0), (setting, 2.0)):
        shown = run_json("scenario", "show", folder, *options, "--numbers")
        assert shown["effects"]["grid_frontier"]["points"] == points


@pytest.mark.parametrize("ending", ["xlsx", "yaml"])
@pytest.mark.parametrize("name", ["us-2027", "ecosystem-first", "textbook"])
def test_exported_scenario_reads_back_as_it_was(name: str, ending: str, tmp_path: Path) -> None:
    file = tmp_path / f"again.{ending}"
    assert run("scenario", "export", name, file).code == 0
    again, scenario = read_scenario(str(file)), read_scenario(name)
    for table in ("layers", "instruments", "effects", "interactions", "constraints", "futures"):
        assert list(getattr(again, table)) == list(getattr(scenario, table))
    for effect in scenario.effects:
        assert again.response(effect) == scenario.response(effect)
    assert again.weights == pytest.approx(dict(scenario.weights))


def test_exported_model_has_readable_names_and_no_constant(tmp_path: Path) -> None:
    file = tmp_path / "m.lp"
    assert run("scenario", "export", "textbook", file).code == 0
    text = file.read_text("utf-8")
    objective = text[text.lower().index("obj") : text.lower().index("st\n")]
    assert "outcome_gain(frontier)" in objective
    assert not any(part.replace(".", "").isdigit() for part in objective.split()[-1:])
    for name in ("authority(power,2027)", "limits(budget.per_year,at_most,2027)", "equation_2"):
        assert name in text


def test_schema_is_json_schema() -> None:
    schema = json.loads(run("scenario", "schema").out)
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert "points_low" in schema["$defs"]["Effect"]["properties"]
    assert {"required": ["extends"]} in schema["anyOf"]


# Weights as factors -----------------------------------------------------------------------------


def test_factors_keep_the_weights_of_the_layers_that_are_not_named() -> None:
    """One weight is doubled, then all are normalised."""
    plain = run_json("solve", "textbook")["weights"]
    told = run_json("solve", "textbook", "--weights", "frontier=2x")["weights"]
    rest = plain["semiconductors"]
    whole = 2 * plain["frontier"] + rest
    assert told["frontier"] == pytest.approx(2 * plain["frontier"] / whole)
    assert told["semiconductors"] == pytest.approx(rest / whole)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("frontier=2x,semiconductors=3", ("semiconductors=3", "do not mix")),
        ("frontire=2x", ("frontire", "did you mean 'frontier'")),
        ("frontier=2x,frontier=3x", ("given twice",)),
    ],
)
def test_factors_that_make_no_sense_are_refused(text: str, says: tuple[str, ...]) -> None:
    refuse("solve", "textbook", "--weights", text, says=("--weights", *says))


def test_layers_without_weight_are_said_first() -> None:
    shown = run("solve", "textbook", "--weights", "frontier=1").out
    assert "Only Frontier counts: the other layer has no weight." in " ".join(shown.split())
    assert "other layer" not in run("solve", "textbook").out
