"""Problems without a plan, and figures so far apart that a solver may be wrong about them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from small_scenarios import (
    Document,
    put,
    refuse,
    run,
    spoil,
    tiny_document,
    write_folder,
    write_scenario,
    write_workbook,
)

FUND: Document = {"kind": "fund", "instruments": ["labs"], "from": 2027, "title": "Labs now"}

INFEASIBLE: list[tuple[Document, list[str]]] = [
    ({"now": FUND, "never": {"kind": "ban", "instruments": ["labs"]}}, ["now", "never"]),
    ({"now": FUND, "none": {"kind": "launches", "at_most": 0}}, ["now", "none"]),
    ({"all": {"kind": "spend", "at_least": 2.5}}, ["budget.per_year", "all"]),
    ({"far": {"kind": "spend", "at_least": 99}}, ["far"]),
    (
        {"floor": {"kind": "lead", "layer": "diffusion", "at_least": 90, "years": [2029, 2030]}},
        ["floor"],
    ),
    ({"private": {"kind": "crowd_in", "at_least": 1}}, ["private"]),
    (
        {
            "a": {"kind": "spend", "of": ["energy"], "at_least": 0.8, "unit": "share"},
            "b": {"kind": "spend", "of": ["labs"], "at_least": 0.5, "unit": "share"},
            "c": {"kind": "spend", "at_least": 1},
            "harmless": {"kind": "spend", "at_most": 50},
        },
        ["a", "b", "c"],
    ),
    ({"gap": {"kind": "spend", "of": ["labs"], "at_least": 0.1, "at_most": 0.15}}, ["gap"]),
]


@pytest.mark.parametrize(("limits", "clash"), INFEASIBLE)
@pytest.mark.parametrize("objective", ["weighted", "weakest_layer", "lexicographic"])
def test_infeasible_scenario_names_what_clashes(
    limits: Document, clash: list[str], objective: str, tmp_path: Path
) -> None:
    document = put(put(tiny_document(), "constraints", limits), "objective", objective)
    put(document, "priorities", [["frontier"], ["diffusion"]])
    file = write_scenario("yaml", tmp_path, document)
    details = refuse("solve", file, says=tuple(clash), code=4, kind="infeasible")
    assert sorted(d["where"] for d in details) == sorted(clash)


def test_plan_in_an_infeasible_scenario_has_no_best_beside_it(tmp_path: Path) -> None:
    document = put(tiny_document(), "constraints.far", {"kind": "spend", "at_least": 99})
    file = write_scenario("yaml", tmp_path, document)
    plan = tmp_path / "plan.csv"
    plan.write_text("instrument,year,bn\ngrid,2027,1\n", encoding="utf-8")
    record = json.loads(run("evaluate", file, "--plan", plan, "--json").out)
    assert record["status"] == "given"
    assert [record[key] for key in ("bound", "gap", "gap_points")] == [None, None, None]
    shown = run("evaluate", file, "--plan", plan).out
    assert "nan" not in shown
    assert "no best plan" in shown


# Figures far from each other: a proven answer or an error that owns up, never a wrong answer ----


def test_money_in_dollars_is_solved_or_refused(tmp_path: Path) -> None:
    """The same problem with all money times 1e9 has the same gain."""
    document = spoil("budget.per_year", 2e9)
    for row, most, least, scale in (("grid", 2.0, 0.0, 4.0), ("labs", 1.0, 0.2, 2.0)):
        put(document, f"instruments.{row}.max_per_year", most * 1e9)
        put(document, f"instruments.{row}.min_per_year", least * 1e9)
        put(document, f"instruments.{row}.scale", scale * 1e9)
    ended = run("solve", write_scenario("yaml", tmp_path, document), "--json")
    assert ended.code in (0, 3, 5), ended.out
    if ended.code == 0:
        usual = run("solve", write_scenario("yaml", tmp_path, tiny_document()), "--json")
        expected = json.loads(usual.out)["gain"]
        assert json.loads(ended.out)["gain"] == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("scale", [1e-6, 1e-8, 1e-12])
def test_tiny_scale_is_solved_or_refused(scale: float, tmp_path: Path) -> None:
    """Next to nothing buys nearly all four points of the grid: more than labs alone can give."""
    document = spoil("instruments.grid.scale", scale)
    ended = run("solve", write_scenario("yaml", tmp_path, document), "--json")
    assert ended.code in (0, 3, 5), ended.out
    if ended.code == 0:
        # The flat part of the curve table is within 0.005 of reach 1; labs give 1.1086.
        assert json.loads(ended.out)["gain"] > 3.09


@pytest.mark.parametrize("cost", [1e8, 1e9, 1e10, 1e12])
def test_launch_cost_beyond_all_means_leaves_the_rest(cost: float, tmp_path: Path) -> None:
    """An instrument nobody can afford is left out; the plan is that of the others."""
    document = spoil("instruments.grid.launch_cost", cost)
    ended = run("solve", write_scenario("yaml", tmp_path, document), "--json")
    assert ended.code in (0, 3, 5), ended.out
    if ended.code == 0:
        record = json.loads(ended.out)
        banned = put(tiny_document(), "constraints.no", {"kind": "ban", "instruments": ["grid"]})
        other = json.loads(run("solve", write_scenario("yaml", tmp_path, banned), "--json").out)
        assert record["funded"] == ["labs"]
        assert record["gain"] == pytest.approx(other["gain"], abs=1e-6)


def test_every_form_of_a_scenario_has_the_same_answer(tmp_path: Path) -> None:
    files = (
        write_folder(tmp_path / "tiny", tiny_document()),
        write_scenario("yaml", tmp_path, tiny_document()),
        write_workbook(tmp_path / "tiny.xlsx", tiny_document()),
    )
    gains = [json.loads(run("solve", file, "--json").out)["gain"] for file in files]
    assert gains == [gains[0]] * 3
