"""The budget's breakpoints, funded sets and lists: against all plans, fresh solves and duals."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import second_opinion
from every_plan import Case, best_of, list_cases
from scipy.optimize import linprog
from small_scenarios import drop, put, refuse, run, spoil, tiny_document, write_folder

from stratafolio.inputs.build import build_scenario, derive_scenario
from stratafolio.inputs.complaint import InputError
from stratafolio.inputs.read import read_scenario
from stratafolio.inputs.scenario import Scenario
from stratafolio.model.solving.solve import solve_scenario
from stratafolio.model.studies.budget.findings import BudgetFindings
from stratafolio.model.studies.budget.line import LEAST_WIDTH, BudgetLine
from stratafolio.model.studies.budget.move import study_budget
from stratafolio.model.work.store import Store
from stratafolio.results.studies.budget import tabulate as tabulate_budget

TOLERANCE = 0.001
SLACK = 1e-6


def linear_document() -> dict[str, Any]:
    """No minimum anywhere: a linear program."""
    return drop(tiny_document(), "instruments.labs.min_per_year")


def build(document: dict[str, Any]) -> Scenario:
    return build_scenario(document, {}, "tiny")


def at_budget(scenario: Scenario, budget: float, banned: frozenset[str] = frozenset()) -> float:
    """The best gain by a solve of its own, with some instruments banned."""
    patch: dict[str, Any] = {"budget": {"per_year": budget}, "steady": 0.0}
    if banned:
        patch["constraints"] = {"not_these": {"kind": "ban", "instruments": sorted(banned)}}
    return solve_scenario(derive_scenario(scenario, patch), gap=0.0).best_gain


def check_cover(found: BudgetFindings) -> None:
    """The stretches follow each other from one end to the other, and the curve never falls."""
    assert found.stretches[0].lower == found.lower
    assert found.stretches[-1].upper == found.upper
    for one, other in pairwise(found.stretches):
        assert one.upper == other.lower
        assert one.funded != other.funded
    for before, after in pairwise(found.curve):
        assert before.budget < after.budget
        assert before.gain <= after.gain + SLACK
        assert before.bound is not None
        assert before.gain <= before.bound + SLACK


# All-or-nothing: every plan there is ----------------------------------------------------------


def draw_cases(seed: int) -> tuple[Scenario, list[Case]]:
    document = second_opinion.random_scenario(seed, all_or_nothing=True, most_plans=300)
    return build(document), list_cases(document)


SEEDS = [0, 1, 2, 5, 13, 21]


@pytest.mark.parametrize("seed", SEEDS)
def test_curve_and_sets_against_every_plan(seed: int) -> None:
    scenario, cases = draw_cases(seed)
    least = min(case.needs for case in cases)
    upper = 1.1 * max(case.needs for case in cases) + 1.0
    found = study_budget(scenario, least, upper, TOLERANCE, gap=0.0)
    assert found.effort.is_complete
    check_cover(found)
    for point in found.curve:
        assert point.gain == pytest.approx(best_of(cases, point.budget), abs=SLACK, rel=SLACK)
        assert point.bound is not None
        assert point.bound >= best_of(cases, point.budget) - SLACK
    for budget in np.linspace(least, upper, 60):
        best = best_of(cases, budget)
        stretch = next(s for s in found.stretches if budget <= s.upper)
        own = [case for case in cases if case.funded == frozenset(stretch.funded)]
        is_at_jump = any(abs(budget - s.upper) <= 2 * LEAST_WIDTH for s in found.stretches)
        if not is_at_jump:
            kept = best_of(own, budget)
            assert best - kept <= TOLERANCE * max(best, 0.01) + SLACK
    for stretch in found.stretches[:-1]:
        own = [case for case in cases if case.funded == frozenset(stretch.funded)]
        further = stretch.upper + 1e-3
        best = best_of(cases, further)
        behind = best - best_of(own, further)
        assert behind >= TOLERANCE * max(best, 0.01) - 1e-5, "it could have been kept for longer"


@pytest.mark.parametrize("seed", SEEDS)
def test_cut_list_against_every_plan(seed: int) -> None:
    scenario, cases = draw_cases(seed)
    own = scenario.budget.per_year
    if not isinstance(own, int | float):
        scenario = derive_scenario(scenario, {"budget": {"per_year": 5.0}})
        own = 5.0
    if best_of(cases, own) == float("-inf"):
        pytest.skip("nothing can be done for this budget")
    found = study_budget(scenario, float(own), float(own), TOLERANCE, gap=0.0)
    by_plan = {json.dumps(case.spending, sort_keys=True): case for case in cases}
    plan = {i: dict(years) for i, years in found.plan.items()}
    assert found.gain == pytest.approx(best_of(cases, own), abs=SLACK)
    now = by_plan[json.dumps(plan, sort_keys=True)]
    for step in found.cuts:
        ratios = {}
        for i in plan:
            without = {j: years for j, years in plan.items() if j != i}
            case = by_plan.get(json.dumps(without, sort_keys=True))
            if case is not None and case.needs <= own + 1e-9:
                ratios[i] = (now.gain - case.gain) / now.money[i]
        assert ratios[step.instrument] <= min(ratios.values()) + SLACK
        plan.pop(step.instrument)
        after = by_plan[json.dumps(plan, sort_keys=True)]
        assert step.money == pytest.approx(now.money[step.instrument])
        assert step.points == pytest.approx(now.gain - after.gain, abs=SLACK)
        free = best_of(cases, own, after.total)
        assert step.behind == pytest.approx(free - after.gain, abs=2 * SLACK)
        now = after
    rest = [{j: years for j, years in plan.items() if j != i} for i in plan]
    known = [by_plan.get(json.dumps(one, sort_keys=True)) for one in rest]
    assert all(case is None or case.needs > own + 1e-9 for case in known), found.cuts_stop


def test_add_list_against_every_plan() -> None:
    """Nine projects in one year: the best ratio first, as long as the larger budget pays."""
    points = {"a": 9.0, "b": 5.0, "c": 4.0, "d": 3.0, "e": 1.0}
    costs = {"a": 3.0, "b": 2.0, "c": 2.5, "d": 2.0, "e": 0.5}
    document = {
        "years": {"first": 2027, "last": 2027, "score_until": 2027},
        "budget": {"per_year": 5.0},
        "weights": {"frontier": 1},
        "areas": {"energy": {}},
        "layers": {"frontier": {"us": 0, "china": 0}},
        "instruments": {
            i: {
                "area": "energy",
                "max_per_year": bn,
                "all_or_nothing": True,
                "curve": "linear",
                "scale": bn,
            }
            for i, bn in costs.items()
        },
        "effects": {
            f"{i}_effect": {"instrument": i, "layer": "frontier", "points": gain}
            for i, gain in points.items()
        },
    }
    found = study_budget(build(document), 5.0, 9.6, TOLERANCE)
    assert set(found.plan) == {"a", "b"}
    # Points per dollar: e 2, c 1.6, d 1.5. e and c make 8; d would make 10, more than 9.6.
    assert [step.instrument for step in found.adds] == ["e", "c"]
    assert [step.points for step in found.adds] == pytest.approx([1.0, 4.0])
    # The best for 5.5 is a, b, e; for 8 it is a, b, c, e: neither is behind.
    assert [step.behind for step in found.adds] == pytest.approx([0.0, 0.0], abs=SLACK)
    record = tabulate_budget(found)
    assert [row["saves_bn"] for row in record["add_list"]] == pytest.approx([-0.5, -2.5])
    assert [row["instrument"] for row in record["cut_list"]] == ["b", "a"]


# Linear: duals ----------------------------------------------------------------------------------


@pytest.mark.parametrize("change", ["plain", "carry_over", "outlays", "total"])
def test_breakpoints_of_a_linear_scenario_against_duals(change: str) -> None:
    """Between breakpoints the dual price of money is the slope; at each it falls."""
    document = linear_document()
    if change == "carry_over":
        put(document, "budget.carry_over", True)
    elif change == "outlays":
        put(document, "budget.counts", "outlays")
    elif change == "total":
        put(document, "budget.total", 2.5)
    scenario = build(document)
    found = study_budget(scenario, 0.0, 3.5, TOLERANCE)
    assert found.is_exact
    assert len(found.curve) > 5
    line = BudgetLine(scenario)
    slopes = []
    for before, after in pairwise(found.curve):
        slope = (after.gain - before.gain) / (after.budget - before.budget)
        for share in (0.1, 0.5, 0.9):
            budget = before.budget + share * (after.budget - before.budget)
            gain, price = solve_by_scipy(line, budget)
            assert gain == pytest.approx(before.gain + slope * (budget - before.budget), abs=1e-7)
            assert price == pytest.approx(slope, abs=1e-5)
        slopes.append(slope)
    assert all(one > other + 1e-7 for one, other in pairwise(slopes)), "a breakpoint bends nothing"


def solve_by_scipy(line: BudgetLine, budget: float) -> tuple[float, float]:
    """The best gain at a budget and the price of a billion, by scipy's own duals."""
    own = line.matrices
    costs = np.zeros(len(own.lower))
    for at, share in line.score.terms.items():
        costs[at] = -share
    lower, upper = own.lower.copy(), own.upper.copy()
    lower[line.budget] = upper[line.budget] = budget
    matrix = own.matrix.toarray()
    above, below = np.isfinite(own.row_upper), np.isfinite(own.row_lower)
    above &= own.row_upper < 1e20
    below &= own.row_lower > -1e20
    solve: Any = linprog  # its types know no arrays of bounds
    answer = solve(
        costs,
        A_ub=np.vstack([matrix[above], -matrix[below]]),
        b_ub=np.concatenate([own.row_upper[above], -own.row_lower[below]]),
        bounds=np.column_stack([lower, upper]),
        method="highs-ipm",
    )
    price = answer.upper.marginals[line.budget] + answer.lower.marginals[line.budget]
    return -answer.fun, -price


# Mixed: a grid of solves ------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["textbook", "tiny"])
def test_mixed_scenario_against_a_grid_of_solves(name: str) -> None:
    scenario = read_scenario("textbook") if name == "textbook" else build(tiny_document())
    upper = 6.0 if name == "textbook" else 3.0
    found = study_budget(scenario, 0.0, upper, TOLERANCE)
    assert found.effort.is_complete
    assert found.proven is not None
    assert found.proven <= TOLERANCE + 1e-9
    check_cover(found)
    budgets = [p.budget for p in found.curve]
    gains, bounds = [p.gain for p in found.curve], [p.bound for p in found.curve]
    for budget in np.linspace(0.0, upper, 25)[1:]:
        best = at_budget(scenario, float(budget))
        stretch = next(s for s in found.stretches if budget <= s.upper)
        if not any(abs(budget - s.upper) < 1e-4 for s in found.stretches):
            kept = at_budget(
                scenario, float(budget), frozenset(scenario.instruments) - set(stretch.funded)
            )
            assert best - kept <= TOLERANCE * max(best, 0.01) + SLACK
        at = int(np.searchsorted(budgets, budget, side="left"))
        bound = bounds[at]
        assert bound is not None
        assert gains[at - 1] - SLACK <= best <= bound + SLACK


def test_marginal_worth_follows_from_the_gains() -> None:
    found = study_budget(read_scenario("textbook"), 0.0, 2.0, TOLERANCE)
    # Power alone: 1 point of lead per billion from the year after, halved by the worth above 10,
    # two thirds of the score: 1 bn a year gains 1/3 (inputs/library/textbook.yaml).
    assert found.stretches[0].funded == ("power",)
    assert found.stretches[0].worth == pytest.approx(1 / 3, abs=1e-5)


# What the study promises ------------------------------------------------------------------------


def strip(found: BudgetFindings) -> dict[str, Any]:
    record = tabulate_budget(found)
    return {key: record[key] for key in record if key != "seconds"}


def test_same_numbers_whatever_the_workers() -> None:
    scenario = read_scenario("textbook")
    one = study_budget(scenario, 0.0, 6.0, TOLERANCE, workers=1)
    two = study_budget(scenario, 0.0, 6.0, TOLERANCE, workers=2)
    assert strip(one) == strip(two)


def test_a_run_cut_short_goes_on_where_it_stopped(tmp_path: Path) -> None:
    scenario = read_scenario("textbook")
    file = tmp_path / "budget.jsonl"
    whole = study_budget(scenario, 0.0, 6.0, TOLERANCE, store=Store(file, "x"))
    content = file.read_bytes()
    asked = content.count(b'"key"')
    assert asked > 10
    for size in (10, len(content) // 2, len(content) - 3):
        file.write_bytes(content[:size])
        again = study_budget(scenario, 0.0, 6.0, TOLERANCE, store=Store(file, "x"))
        assert strip(again) == strip(whole)
        assert file.read_bytes().count(b'"key"') == asked
    with pytest.raises(InputError, match="other questions"):
        Store(file, "y")


def test_time_limit_leaves_what_is_proven() -> None:
    scenario = read_scenario("us-2027")
    found = study_budget(scenario, 4.0, 20.0, TOLERANCE, time_limit=6.0)
    assert not found.effort.is_complete
    assert found.effort.seconds < 60
    assert found.stretches[0].lower == 4.0
    assert found.stretches[-1].upper == 20.0
    assert all(point.bound is None or point.gain <= point.bound for point in found.curve)


def test_constraints_that_demand_money_name_the_least_budget(tmp_path: Path) -> None:
    document = spoil("instruments.labs.min_per_year", 0.7)
    put(document, "constraints.keep", {"kind": "fund", "instruments": ["labs"], "from": 2027})
    path = write_folder(tmp_path / "needs", document)
    refuse("sensitivity", "budget", path, "--from", "0.5", "--to", "2", says=("--from", "0.7 bn"))
    assert run("sensitivity", "budget", path, "--from", "0.7", "--to", "2").code == 0


def test_infeasible_at_any_budget_is_told_as_such(tmp_path: Path) -> None:
    document = spoil("constraints.much", {"kind": "spend", "at_least": 50})
    path = write_folder(tmp_path / "never", document)
    command = ["sensitivity", "budget", path, "--from", "1", "--to", "2"]
    refuse(*command, says=("much",), code=4, kind="infeasible")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--from", "3", "--to", "2"], ("--to", "reversed")),
        (["--from", "-1", "--to", "2"], ("--from",)),
        (["--from", "nan", "--to", "2"], ("--from",)),
        (["--from", "1", "--to", "inf"], ("--to",)),
        (["--from", "1", "--to", "2", "--tolerance", "1"], ("--tolerance",)),
        (["--from", "1", "--to", "2", "--tolerance", "0"], ("--tolerance",)),
    ],
)
def test_bad_ranges_are_refused(options: list[str], says: tuple[str, ...]) -> None:
    refuse("sensitivity", "budget", "textbook", *options, says=says)


def test_both_ends_are_needed() -> None:
    assert run("sensitivity", "budget", "textbook", "--from", "1").code == 2


def test_command_gives_what_the_contract_promises(tmp_path: Path) -> None:
    out = tmp_path / "run"
    command = ["sensitivity", "budget", "textbook", "--from", "0", "--to", "6", "--out", out]
    ended = run(*command, "--json")
    assert ended.code == 0, ended.err
    record = json.loads(ended.out)
    assert {"curve", "intervals", "cut_list", "add_list"} <= set(record)
    wanted = {"from_bn", "to_bn", "funded", "gain_from", "gain_to", "worth_per_bn"}
    assert all(wanted <= set(row) for row in record["intervals"])
    steps = {"instrument", "saves_bn", "loses_points", "loss_against_free"}
    assert all(steps <= set(row) for row in record["cut_list"])
    for name in ("run.json", "scenario.yaml", "curve.csv", "intervals.csv", "steps.csv"):
        assert (out / name).exists()
    screen = run(*command)
    assert screen.code == 0
    assert "Cut list" in screen.out
    assert max(len(line) for line in screen.out.splitlines()) <= 100
    # From textbook.yaml: taking the laboratories away leaves power alone for $ 4 bn, gaining
    # 0.7778; with the same money and a free hand power in 2027 and laboratories gain 0.8611.
    labs = next(row for row in record["cut_list"] if row["instrument"] == "labs")
    assert labs["loss_against_free"] == pytest.approx(0.8611111 - 0.7777778, abs=1e-6)
