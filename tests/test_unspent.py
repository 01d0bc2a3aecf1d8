"""What is left of the budget, and what stops it: each reason where one can see it by eye."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from small_scenarios import Document, put, run, tiny_document, write_folder

from stratafolio.inputs.read import read_scenario
from stratafolio.model.equations.unspent import find_unspent
from stratafolio.model.solving.solve import solve_scenario
from stratafolio.results.studies.plan_record import tabulate as tabulate_solution
from stratafolio.results.studies.solve import tell_unspent
from stratafolio.results.studies.words import Words

GRID, LABS = "instruments.grid", "instruments.labs"
CAP = {"kind": "spend", "of": ["grid"], "at_most": 0.5}

CASES: dict[str, tuple[dict[str, Any], float, dict[str, list[str]]]] = {
    # Two years of at most 2 and 1: 6 of 20 are spent.
    "maximum": ({"budget.per_year": 10.0}, 14.0, {"maximum": ["grid", "labs"]}),
    # grid may rise to 0.5 and 1.0; labs spends 1 and 1.
    "growth": (
        {"budget.per_year": 10.0, f"{GRID}.max_growth": 0.5},
        16.5,
        {"growth": ["grid"], "maximum": ["labs"]},
    ),
    "limits": (
        {"budget.per_year": 10.0, "constraints.cap": CAP},
        17.0,
        {"limits": ["grid"], "maximum": ["labs"]},
    ),
    # What grid does begins years after the last that is scored.
    "nothing": (
        {"budget.per_year": 10.0, "effects.grid_frontier.lag": 9},
        18.0,
        {"nothing": ["grid"], "maximum": ["labs"]},
    ),
    # labs runs for one year; grid spends 2 and 2.
    "rules": (
        {"budget.per_year": 10.0, f"{LABS}.run_years": 1},
        15.0,
        {"maximum": ["grid"], "rules": ["labs"]},
    ),
    # A year has 2: grid takes 1.5, and labs needs 1.
    "minimum": (
        {
            f"{GRID}.max_per_year": 1.5,
            f"{LABS}.min_per_year": 1.0,
            "effects.labs_diffusion.points": 0.1,
        },
        1.0,
        {"maximum": ["grid"], "minimum": ["labs"]},
    ),
    # A list that rises only beyond what a year's most can bring together.
    "nothing yet": (
        {"budget.per_year": 10.0, f"{GRID}.curve": [[0, 0], [50, 0], [60, 1]]},
        18.0,
        {"nothing": ["grid"], "maximum": ["labs"]},
    ),
}


def change(changes: dict[str, Any]) -> Document:
    document = tiny_document()
    for path, value in changes.items():
        put(document, path, value)
    return document


@pytest.mark.parametrize("case", CASES)
def test_what_stops_the_money_is_told(case: str, tmp_path: Path) -> None:
    changes, left, stopped = CASES[case]
    folder = write_folder(tmp_path / "tiny", change(changes))
    solution = solve_scenario(read_scenario(str(folder)), gap=0.0)
    record = tabulate_solution(solution)
    unspent = record["unspent"]
    assert unspent["bn"] == pytest.approx(left, abs=1e-6)
    assert unspent["budget_bn"] == 2 * solution.scenario.document["budget"]["per_year"]
    assert unspent["stopped"] == stopped
    assert unspent["limits"] == (["cap"] if "limits" in stopped else [])
    assert sum(unspent["by_year"].values()) == pytest.approx(left, abs=1e-6)
    said = tell_unspent(Words(solution.scenario), record)
    assert said.startswith(f"${left:.1f} bn of a budget of")
    assert all(id_ in said for ids in stopped.values() for id_ in ids)


def test_a_budget_that_is_spent_is_not_spoken_of() -> None:
    solution = solve_scenario(read_scenario("textbook"))
    record = tabulate_solution(solution)
    assert record["unspent"] is None
    assert tell_unspent(Words(solution.scenario), record) == ""


@pytest.mark.parametrize(
    "settings",
    [
        ("budget={per_year: 10, carry_over: true}",),
        ("budget={total: 20}",),
        ("budget={per_year: 30, total: 20}",),
        ("objective=weakest_layer",),
        ("objective=lexicographic", "priorities=[[diffusion]]"),
        ("steady=0.1",),
    ],
)
def test_every_budget_and_objective_has_its_reasons(
    settings: tuple[str, ...], tmp_path: Path
) -> None:
    folder = write_folder(tmp_path / "tiny", change({"budget.per_year": 10.0}))
    scenario = read_scenario(str(folder), settings)
    unspent = find_unspent(scenario, solve_scenario(scenario, gap=0.0).played)
    assert unspent is not None
    assert unspent.budget_bn == 20.0
    stopped = dict(unspent.stopped)
    if "steady" in settings[0]:
        assert set(stopped) <= {"steady", "maximum"}
    else:
        assert unspent.bn == pytest.approx(14.0, abs=1e-6)
        assert stopped == {"maximum": ("grid", "labs")}


def test_screen_json_and_page_say_it(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "tiny", change({"budget.per_year": 10.0}))
    out, page = tmp_path / "run", tmp_path / "page.html"
    told = "$14.0 bn of a budget of $20.0 bn are left"
    ended = run("solve", folder, "--out", out)
    assert told in " ".join(ended.out.split())
    assert run("report", out, "--out", page).code == 0
    assert told in page.read_text("utf-8")
    # A plan of the user's own: what is left is told, and no reason made up for it.
    plan = tmp_path / "plan.csv"
    plan.write_text("instrument,year,bn\ngrid,2027,1\n", encoding="utf-8")
    ended = run("evaluate", folder, "--plan", plan)
    assert "$19.0 bn of a budget of $20.0 bn are left." in " ".join(ended.out.split())
