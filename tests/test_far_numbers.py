"""Numbers orders of magnitude apart: no wrong optimum, whatever the units and the tolerances.

Small scenarios with one or two numbers moved by up to seven powers of ten, held against a second
model by a second solver. A plan of the second solver counts where plain loops say that it keeps
every limit. STRATAFOLIO_FUZZ says which are drawn.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
import second_opinion
from far_numbers import draw_far_scenario
from fuzz.cases import list_cases
from second_model import NoAnswer, SecondModel, Stage

from stratafolio.inputs.read import read_scenario
from stratafolio.inputs.scenario import Scenario
from stratafolio.model.equations.curves import KNOTS
from stratafolio.model.equations.evaluate import relative
from stratafolio.model.equations.limits import LimitRow
from stratafolio.model.failures import Infeasible
from stratafolio.model.solving.solution import Solution
from stratafolio.model.solving.solve import solve_scenario

GAP = 1e-4
ROOM = 1.1e-6
"""What an earlier stage may lose to later ones, in points or as a share, and a limit likewise."""

DRAWN = list_cases(25 if os.environ.get("STRATAFOLIO_LONG") else 12)
HARD = (51, 62, 245, 277, 306, 349, 370, 561, 602, 661, 662, 751, 760, 862, 996, 1035)
"""Draws on which one search, or stocks in units of a list's last point, once went wrong."""

CASES = Path(__file__).parent / "magnitudes"


def list_stages(scenario: Scenario) -> list[Stage]:
    """What is maximised in turn: shares of outcomes, or nothing for the smallest gain."""
    weights = second_opinion.weights_of(scenario.document)
    if scenario.objective == "weakest_layer":
        return [{}, weights]
    stages = []
    for layers in (scenario.priorities or ()) if scenario.objective == "lexicographic" else ():
        total = sum(weights[layer] for layer in layers)
        equal = 1 / len(layers)
        stages.append({name: weights[name] / total if total else equal for name in layers})
    return [*stages, weights]


def gain_in(stage: Stage, played: second_opinion.Played) -> float:
    gains = {name: z - played.baseline_outcome[name] for name, z in played.outcome.items()}
    if stage:
        return sum(share * gains[name] for name, share in stage.items())
    return min(gains[name] for name, weight in played.weights.items() if weight > 0)


def solve_or_none(scenario: Scenario) -> Solution | None:
    try:
        return solve_scenario(scenario, gap=GAP)
    except Infeasible:
        return None


def list_broken(scenario: Scenario, spending: Mapping[str, Mapping[int, float]]) -> list[str]:
    """The limits that a plan breaks by more than the docs say: for leads by what must be added."""
    document = scenario.document
    broken = second_opinion.broken_limits(document, spending, breakpoints=KNOTS)
    played = second_opinion.play(document, spending, breakpoints=KNOTS)
    for name, row in (document.get("constraints") or {}).items():
        if row["kind"] != "lead":
            continue
        for year, lead in played.leads[row["layer"]].items():
            if row["years"][0] <= year <= row["years"][1]:
                needed = row["at_least"] - played.baseline_leads[row["layer"]][year]
                if lead < row["at_least"] - ROOM * max(1.0, abs(needed)):
                    broken.append(f"{name} {year}: {lead} of {row['at_least']}")
    return broken


def check_against_second_solver(scenario: Scenario) -> None:
    """The plan keeps every limit, and no plan of the second solver beats one called optimal."""
    solution = solve_or_none(scenario)
    floors: list[tuple[Stage, float]] = []
    if solution is not None:
        plan = {name: dict(years) for name, years in solution.plan.items()}
        assert list_broken(scenario, plan) == []
        assert solution.status != "optimal" or solution.gap <= GAP
        played = second_opinion.play(scenario.document, plan, breakpoints=KNOTS)
        assert played.gain == pytest.approx(solution.gain, abs=1e-7 * max(1.0, abs(solution.gain)))
    stages = list_stages(scenario)
    for number, stage in enumerate(stages):
        is_last = number == len(stages) - 1
        try:
            spending = SecondModel(scenario.document, KNOTS).solve(stage, floors)
        except NoAnswer as why:
            pytest.skip(f"the second solver has no answer: {why}")
        if spending is None or list_broken(scenario, spending):
            return
        assert solution is not None, f"called infeasible, and there is {spending}"
        other = second_opinion.play(scenario.document, spending, breakpoints=KNOTS)
        ours, theirs = gain_in(stage, played), gain_in(stage, other)
        if is_last:
            ours = max(ours, solution.best_gain)  # a steady plan gives up some of it
        room = 0.0 if is_last else ROOM * max(1.0, abs(ours))
        if solution.status == "optimal":
            assert relative(theirs - ours - room, theirs) <= GAP + 1e-5, spending
        floors.append((stage, min(ours, theirs) - 1e-9 * max(1.0, abs(ours))))


@pytest.mark.parametrize("seed", [*DRAWN, *(seed for seed in HARD if seed not in DRAWN)])
def test_no_answer_called_optimal_is_beaten(seed: int) -> None:
    check_against_second_solver(draw_far_scenario(seed))


@pytest.mark.parametrize("file", sorted(CASES.glob("*.yaml")), ids=lambda file: file.stem)
def test_scenarios_once_answered_wrongly(file: Path) -> None:
    check_against_second_solver(read_scenario(str(file)))


@pytest.mark.parametrize("file", sorted(CASES.glob("leap_*.yaml")), ids=lambda file: file.stem)
def test_a_leap_by_next_to_no_stock_is_proven(file: Path) -> None:
    """2,000 dollars are two of the solver's tolerances: what they buy must not come for free."""
    assert solve_scenario(read_scenario(str(file)), gap=GAP).status == "optimal"


# By hand ------------------------------------------------------------------------------------------

TEXTBOOK = 125 / 72
"""The gain of the textbook, points; its own file has the arithmetic."""


def solve_textbook(*settings: str) -> Solution:
    return solve_scenario(read_scenario("textbook", settings), gap=0.0)


@pytest.mark.parametrize("end", ["5", "1e3", "1e5", "1e7", "1e8"])
@pytest.mark.parametrize("most", ["3", "1e8"])
def test_a_flat_tail_changes_nothing_however_long(end: str, most: str) -> None:
    """With all the money there is, 5 bn a year, power could at most be full a year earlier."""
    curve = f"instruments.power.curve=[[0,0],[4,1],[{end},1]]"
    solution = solve_textbook(curve, f"instruments.power.max_per_year={most}")
    assert solution.gain == pytest.approx(TEXTBOOK, abs=1e-6)
    assert solution.status == "optimal"


def test_a_point_beyond_all_means_changes_nothing() -> None:
    near = solve_textbook("instruments.power.curve=[[0,0],[1,.1],[2,.9]]")
    far = solve_textbook("instruments.power.curve=[[0,0],[1,.1],[2,.9],[1e6,1]]")
    assert far.gain == pytest.approx(near.gain, abs=1e-5)
    assert far.status == "optimal"


@pytest.mark.parametrize("most", ["3", "1e8"])
def test_a_leap_of_the_reach_is_taken(most: str) -> None:
    """1.000001 bn of power in 2027 fill its reach; the 2 bn left of 5 after labs go to controls.

    Leads gained: labs' reach is 1/2, 3/4, 3/8, so 3/2, 4 + 9/4 + 2 * 3/4 and 4 + 9/8 + 2 * 3/8, of
    which half counts: 3/4 + 31/8 + 47/16 = 121/16, in a third of the years, at 2/3 of the weight.
    Controls, by the textbook: 2 bn less 1e-6 at 0.25 and 2 bn at 0.75 ninths of a point.
    """
    curve = "instruments.power.curve=[[0,0],[1,0],[1.000001,1]]"
    solution = solve_textbook(curve, f"instruments.power.max_per_year={most}")
    expected = 121 / 16 / 3 * 2 / 3 + ((2 - 1e-6) * 0.25 + 2 * 0.75) / 9
    assert solution.gain == pytest.approx(expected, abs=1e-6)
    assert solution.plan["power"] == pytest.approx({2027: 1.000001}, abs=1e-8)


@pytest.mark.parametrize(
    "curve",
    ["[[0,0],[1e-6,1]]", "[[0,0],[1e-6,.9],[5,1]]", "[[0,0],[3,.5],[3.0000001,1]]"],
)
def test_a_curve_finer_than_money_is_told_is_not_called_worthless(curve: str) -> None:
    """Without power's 4 points 0.7639 are left; with half of them and more there is much more."""
    assert solve_textbook(f"instruments.power.curve={curve}").gain > 1.5


def test_a_scale_beyond_all_means_leaves_what_is_without() -> None:
    far = solve_textbook("instruments.power.curve=saturating", "instruments.power.scale=1e7")
    ban = "constraints.no={kind: ban, instruments: [power]}"
    without = solve_textbook(ban)
    assert far.gain == pytest.approx(without.gain, abs=1e-6)


def test_positions_do_not_widen_what_is_rounding() -> None:
    """Chips stand 10 to 4, and nothing but controls moves them: by at most 2 points in 2028."""
    far = ("layers.semiconductors.us=1e7", "layers.semiconductors.china=4")
    floor = (
        "constraints.floor={{kind: lead, layer: semiconductors, at_least: {}, years: [2028, 2028]}}"
    )
    solution = solve_textbook(*far, floor.format(1e7 - 4 + 1.5))
    assert solution.played.leads["semiconductors"][1] >= 1e7 - 4 + 1.5 - 1e-5
    with pytest.raises(Infeasible):
        solve_textbook(*far, floor.format(1e7 - 4 + 4.5))


def test_a_plan_short_of_a_floor_is_told_however_far_the_positions() -> None:
    short = LimitRow("floor", "at_least", 2028, 1e7 + 1.0, 1e7 + 4.0, idle=1e7)
    assert short.violation == pytest.approx(0.75)
    met = LimitRow("floor", "at_least", 2028, 1e7 + 5.0, 1e7 + 4.0, idle=1e7)
    assert not met.is_binding


def test_positions_do_not_widen_what_later_stages_may_take() -> None:
    """Chips first: only controls move them, so 2 bn go there in both years, wherever they stand."""
    staged = ("objective=lexicographic", "priorities=[[semiconductors]]")
    near = solve_textbook(*staged)
    far = solve_textbook(*staged, "layers.semiconductors.us=1e7")
    assert far.plan == near.plan
    assert far.gain == pytest.approx(near.gain, abs=1e-6)
