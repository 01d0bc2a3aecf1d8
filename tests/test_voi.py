"""The value of knowing: held against closed forms, and against what a value must be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import norm
from small_scenarios import Document, put, refuse, run, tiny_document, write_scenario

import stratafolio as sf
from stratafolio.inputs.build import build_scenario, derive_scenario
from stratafolio.inputs.figures import list_figures
from stratafolio.inputs.scenario import Scenario
from stratafolio.model.equations.evaluate import Evaluator, Plan
from stratafolio.model.equations.limits import budget_rows, list_limits
from stratafolio.model.solving.solve import solve_scenario
from stratafolio.model.studies.figures.asking import Asking
from stratafolio.model.studies.figures.draws import draw_latin_hypercube
from stratafolio.model.studies.figures.findings import Values
from stratafolio.model.studies.figures.knowledge import Knowledge, spline
from stratafolio.model.studies.figures.playing import fit_plan, play_plans
from stratafolio.model.studies.figures.voi import keep_options, value_knowledge
from stratafolio.model.work import clock
from stratafolio.model.work.clock import Clock, PartClock
from stratafolio.model.work.fan_out import Crew

Z = float(norm.ppf(0.95))
"""Standard deviations from the median to an end of a range that holds nine of ten."""


def toy_document() -> Document:
    """Give the toy of R's package voi: do it or not, for an effect N(1, 1) and a cost N(0, 2).

    One year, one layer, all or nothing: to do it gains effect less cost, in points.
    """
    return {
        "years": {"first": 2027, "last": 2027, "score_until": 2027},
        "budget": {"per_year": 1},
        "weights": {"x": 1},
        "areas": {"area": {}},
        "layers": {"x": {}},
        "assumptions": {
            "effect": {"value": 1, "low": 1 - Z, "high": 1 + Z, "group": "both"},
            "cost": {"value": 0, "low": -2 * Z, "high": 2 * Z, "group": "both"},
            "idle": {"value": 1, "low": -1, "high": 2, "group": "idle"},
        },
        "instruments": {
            "do_it": {
                "area": "area",
                "max_per_year": 1,
                "all_or_nothing": True,
                "curve": "linear",
                "scale": 1,
            }
        },
        "effects": {
            "do_it_x": {"instrument": "do_it", "layer": "x", "points": "effect - cost"},
        },
    }


def build(document: Document) -> Scenario:
    return build_scenario(document, {}, "small")


def read_values(values: Values | None) -> dict[str, tuple[float, float]]:
    """Give value and error by path, groups by their own."""
    assert values is not None
    rows = (*values.figures, *values.groups)
    return {row.figure.path: (row.points, row.error) for row in rows if row.figure is not None}


def expect_lead(mean: float, spread: float) -> float:
    """The mean of a normal variable's positive part."""
    return float(mean * norm.cdf(mean / spread) + spread * norm.pdf(mean / spread))


def test_the_toy_has_its_exact_values() -> None:
    """Today one does it, for 1 point on average; a known quantity says where not to.

    E max(0, N(1, s)) - 1 with s = 1, 2 and the root of 5: 0.0833, 0.3956 and 0.4798.
    """
    study = value_knowledge(build(toy_document()), samples=10_000)
    assert study.values is not None
    values = read_values(study.values)
    every = study.values.everything
    expected = {
        "assumptions.effect": expect_lead(1, 1) - 1,
        "assumptions.cost": expect_lead(1, 2) - 1,
        "group:both": expect_lead(1, 5**0.5) - 1,
    }
    assert expected["assumptions.effect"] == pytest.approx(0.0833, abs=5e-5)
    assert expected["assumptions.cost"] == pytest.approx(0.3956, abs=5e-5)
    assert expected["group:both"] == pytest.approx(0.4798, abs=5e-5)
    for path, exact in expected.items():
        points, error = values[path]
        assert points == pytest.approx(exact, rel=0.03), path
        assert abs(points - exact) < 3 * error, path
        assert error < 0.02, path
    assert every.points == pytest.approx(expected["group:both"], rel=0.03)
    assert values["assumptions.idle"] == values["group:idle"] == (0.0, 0.0)
    assert len(study.values.choices) == 2
    assert {choice.funded for choice in study.values.choices} == {("do_it",), ()}
    assert study.values.choices[0].mean_gain == pytest.approx(1.0, abs=0.03)


def test_figures_that_go_together_tell_of_each_other() -> None:
    """With a rank of 1 the cost is twice the effect less 2: to know one is to know both.

    The gain is 2 - effect then, N(1, 1): 0.0833 for each.
    """
    document = toy_document()
    document["correlations"] = {
        "tie": {"between": ["assumptions.effect", "assumptions.cost"], "rank": 1}
    }
    values = read_values(value_knowledge(build(document), samples=4000).values)
    exact = expect_lead(1, 1) - 1
    for path in ("assumptions.effect", "assumptions.cost", "group:both"):
        assert values[path][0] == pytest.approx(exact, rel=0.03), path


def crowded_document() -> Document:
    """Give the tiny document with assumptions in all that one can doubt, and money for one."""
    document = put(tiny_document(), "budget.per_year", 1.0)
    document["assumptions"] = {
        "grid_points": {"value": 4, "low": 1, "high": 9, "group": "points"},
        "labs_points": {"value": 5, "low": 2, "high": 8, "group": "points"},
        "factor": {"value": 1, "low": 0.5, "high": 1.5, "group": "points"},
        "grid_scale": {"value": 4, "low": 2, "high": 9, "group": "scales"},
        "labs_scale": {"value": 2, "low": 1, "high": 5, "group": "scales"},
        "labs_most": {"value": 1, "low": 0.6, "high": 2},
        "labs_least": {"value": 0.2, "low": 0.1, "high": 0.25},
    }
    put(document, "effects.grid_frontier.points", "grid_points * factor")
    put(document, "effects.labs_diffusion.points", "labs_points")
    put(document, "instruments.grid.scale", "grid_scale")
    put(document, "instruments.labs.scale", "labs_scale")
    put(document, "instruments.labs.max_per_year", "labs_most")
    put(document, "instruments.labs.min_per_year", "labs_least")
    return document


def test_no_value_is_negative_none_above_knowing_all_none_below_its_members() -> None:
    study = value_knowledge(build(crowded_document()), samples=400, options=8)
    values = read_values(study.values)
    assert study.values is not None
    most = study.values.everything.points
    assert most > 0
    for path, (points, error) in values.items():
        assert 0 <= points <= most, path
        assert error >= 0
    for group, members in (("points", ("grid_points", "labs_points", "factor")),):
        for member in members:
            assert values[f"group:{group}"][0] >= values[f"assumptions.{member}"][0]
    ranked = [row.points for row in study.values.figures]
    assert ranked == sorted(ranked, reverse=True)
    assert 2 <= len(study.values.choices) <= 8
    assert study.values.per_bn is not None
    top = study.values.figures[0]
    assert top.bn == pytest.approx(top.points / study.values.per_bn)


def test_private_money_is_worth_nothing_to_know_where_no_limit_counts_it() -> None:
    """Noise gave it a value before."""
    document = put(crowded_document(), "instruments.grid.crowd_in", 2.0)
    put(document, "instruments.grid.crowd_in_low", 1.0)
    put(document, "instruments.grid.crowd_in_high", 4.0)
    path = "instruments.grid.crowd_in"
    study = value_knowledge(build(document), samples=60, options=3)
    assert read_values(study.values)[path] == (0.0, 0.0)
    floor = {"kind": "crowd_in", "at_least": 1.0}
    counted = value_knowledge(
        build(put(document, "constraints.floor", floor)), samples=60, options=3
    )
    assert read_values(counted.values)[path][1] > 0


def test_money_is_valued_by_solving() -> None:
    """A tenth more of both years is 0.2 bn: the gain with it, less the gain without."""
    scenario = build(crowded_document())
    values = value_knowledge(scenario, samples=60, options=2).values
    assert values is not None
    more = derive_scenario(scenario, {"budget": {"per_year": 1.1}})
    worth = solve_scenario(more, gap=0.0).gain - solve_scenario(scenario, gap=0.0).gain
    assert values.per_bn == pytest.approx(worth / 0.2, rel=1e-4)
    ample = derive_scenario(scenario, {"budget": {"per_year": 100.0}})
    free = value_knowledge(ample, samples=60, options=2).values
    assert free is not None
    assert free.per_bn is None
    assert free.everything.bn is None


def test_noise_alone_is_worth_nothing() -> None:
    """Gains that hang on nothing known: the estimate is within its error of 0."""
    noise = np.random.default_rng(5)
    drawn, gains = noise.random((1000, 8)), noise.standard_normal((1000, 6))
    knowledge = Knowledge(drawn, gains, [], 0)
    estimates = [knowledge.measure([k]) for k in range(8)]
    assert all(estimate.points <= 3 * estimate.error for estimate in estimates)
    assert np.mean([estimate.points for estimate in estimates]) < 0.02


def test_what_bends_is_seen() -> None:
    """One gains 0, the other x squared less 1, with x uniform on -2 to 2.

    The mean of the better is the integral beyond 1: (1/2)·(8/3 - 2 - 1/3 + 1) = 2/3; the best mean
    is 4/3 - 1 = 1/3.
    """
    x = (np.arange(4000) + 0.5) / 1000 - 2
    gains = np.column_stack([np.zeros(4000), x**2 - 1])
    points, _ = Knowledge(x[:, None], gains, [], 0).measure([0])
    assert points == pytest.approx(1 / 3, rel=0.05)


def test_products_of_two_are_seen_in_a_group() -> None:
    """X · y with both from -1 to 1 says which of two to choose; each alone says nothing.

    The mean of max(0, x·y) is half of the mean of |x|·|y|, 1/8.
    """
    noise = np.random.default_rng(3)
    drawn = noise.uniform(-1, 1, (4000, 2))
    gains = np.column_stack([np.zeros(4000), drawn[:, 0] * drawn[:, 1]])
    knowledge = Knowledge(drawn, gains, [], 0)
    assert knowledge.measure([0, 1]).points == pytest.approx(1 / 8, rel=0.1)
    assert knowledge.measure([0]).points < 0.02


def test_figures_of_few_values_and_of_none() -> None:
    assert spline(np.array([0.0, 1.0, 2.0, 1.0])).shape == (4, 2)
    drawn = np.column_stack([np.ones(100), np.repeat([0.0, 1.0], 50)])
    gains = np.column_stack([np.zeros(100), np.repeat([-1.0, 2.0], 50)])
    knowledge = Knowledge(drawn, gains, [], 0)
    assert knowledge.measure([0]).points == 0.0
    assert knowledge.measure([1]).points == pytest.approx(0.5)


def test_options_are_those_that_raise_the_best_gain_most() -> None:
    gains = np.array([[3.0, 0.0, 1.0, 3.0], [0.0, 2.9, 1.0, 0.0], [0.0, 0.0, 1.1, 0.0]])
    assert keep_options(gains, 4) == [2, 0, 1]
    assert keep_options(gains, 2) == [2, 0]


# Playing --------------------------------------------------------------------------------------


def test_a_plan_is_played_as_far_as_a_world_lets_it() -> None:
    """A programme that takes less gets less; one that cannot run for less gets its least."""
    scenario = build(tiny_document())
    plan: Plan = {"grid": {2027: 1.0, 2028: 1.2}, "labs": {2027: 1.0, 2028: 0.5}}
    less = derive_scenario(scenario, {"instruments": {"labs": {"max_per_year": 0.6}}})
    assert fit_plan(Evaluator(less), plan).plan == {
        "grid": {2027: 1.0, 2028: 1.2},
        "labs": {2027: 0.6, 2028: 0.5},
    }
    more = derive_scenario(scenario, {"instruments": {"labs": {"min_per_year": 0.9}}})
    assert fit_plan(Evaluator(more), plan).plan == {
        "grid": {2027: 1.0, 2028: pytest.approx(1.1)},
        "labs": {2027: 1.0, 2028: 0.9},
    }
    none = derive_scenario(
        scenario, {"instruments": {"labs": {"first_year": 2028, "run_years": 1}}}
    )
    assert fit_plan(Evaluator(none), plan).plan == {
        "grid": {2027: 1.0, 2028: 1.2},
        "labs": {2028: 0.5},
    }
    whole = derive_scenario(
        scenario, {"instruments": {"labs": {"run_years": 2, "last_year": 2028}}}
    )
    late: Plan = {"labs": {2028: 0.5}}
    assert fit_plan(Evaluator(whole), late).plan == {}


def test_a_plan_that_cannot_be_paid_for_counts_as_nothing() -> None:
    scenario = build(tiny_document())
    document = {"instruments": {"labs": {"launch_cost": 5.0}}}
    dear = derive_scenario(scenario, document)
    plan: Plan = {"labs": {2027: 1.0, 2028: 0.5}}
    assert fit_plan(Evaluator(dear), plan).plan is None
    assert play_plans(dear, [plan, {}]) == ([0.0, 0.0], 1, {})


LESS = {"instruments": {"labs": {"max_per_year": 0.6}}}
"""A world in which the laboratories take 0.6 in 2027, of the 1 that was decided."""

MENDED: dict[str, tuple[Document, Document]] = {
    # Of 2.2 + 1.1 half is 1.65; of x less for the grid, 2.2 - x = 1.1: each year gives half.
    "a share at most": (
        {"kind": "spend", "of": ["energy"], "at_most": 0.5, "unit": "share", "each": "horizon"},
        {"grid": {2027: 0.5, 2028: 0.6}, "labs": {2027: 0.6, 2028: 0.5}},
    ),
    # 0.6 is two fifths of 1.5 and 0.5 of 1.25: the grid has 0.9 and 0.75.
    "a share at least": (
        {"kind": "spend", "of": ["labs"], "at_least": 0.4, "unit": "share"},
        {"grid": {2027: 0.9, 2028: 0.75}, "labs": {2027: 0.6, 2028: 0.5}},
    ),
    "money at most": (
        {"kind": "spend", "of": ["grid"], "at_most": 0.8, "years": [2028, 2028]},
        {"grid": {2027: 1.0, 2028: 0.8}, "labs": {2027: 0.6, 2028: 0.5}},
    ),
    # The laboratories have 1.1 of 3.3, and go.
    "so many at a time": (
        {"kind": "choose", "of": ["grid", "labs"], "at_most": 1, "each": "year"},
        {"grid": {2027: 1.0, 2028: 1.2}},
    ),
    "so many begun": (
        {"kind": "launches", "of": ["grid", "labs"], "at_most": 1},
        {"grid": {2027: 1.0, 2028: 1.2}},
    ),
    "after what it needs": (
        {"kind": "requires", "instrument": "labs", "needs": ["grid"], "lead_time": 1},
        {"grid": {2027: 1.0, 2028: 1.2}, "labs": {2028: 0.5}},
    ),
}
"""Limits that a world's own figures break, and what is left of the plan, by hand."""


@pytest.mark.parametrize("case", MENDED)
def test_every_limit_is_tested_again_in_every_world(case: str) -> None:
    limit, left = MENDED[case]
    document = put(tiny_document(), "constraints.it", limit)
    if limit["kind"] == "requires":
        put(document, "instruments.grid.min_per_year", 0.1)
    world = derive_scenario(build(document), LESS)
    plan: Plan = {"grid": {2027: 1.0, 2028: 1.2}, "labs": {2027: 1.0, 2028: 0.5}}
    fitted, missed = fit_plan(Evaluator(world), plan)
    assert missed == ()
    assert fitted is not None
    assert fitted.keys() == left.keys()
    for id_, years in left.items():
        assert fitted[id_] == pytest.approx(years, abs=1e-5), id_


def test_what_needs_another_is_left_out_with_it() -> None:
    limit = {"kind": "requires", "instrument": "labs", "needs": ["grid"]}
    document = put(tiny_document(), "constraints.it", limit)
    world = build(put(document, "instruments.grid.min_per_year", 0.1))
    assert fit_plan(Evaluator(world), {"labs": {2027: 1.0, 2028: 0.5}}).plan == {}


FLOORS: dict[str, Document] = {
    "lead": {"layer": "frontier", "at_least": 100, "years": [2028, 2030]},
    "crowd_in": {"at_least": 1},
    "spend": {"of": ["labs"], "at_least": 3, "each": "horizon"},
    "choose": {"of": ["labs"], "at_least": 1, "each": "year"},
}


@pytest.mark.parametrize("kind", FLOORS)
def test_a_floor_that_is_missed_is_told_and_the_plan_played(kind: str) -> None:
    """Spending less mends none of them: 0.6 and 0.5 in one programme, one year without it."""
    document = put(tiny_document(), "constraints.floor", {"kind": kind, **FLOORS[kind]})
    world = derive_scenario(build(document), LESS)
    years = {2027: 1.0} if kind == "choose" else {2027: 1.0, 2028: 0.5}
    plan: Plan = {"labs": years}
    fitted, missed = fit_plan(Evaluator(world), plan)
    assert fitted == {"labs": years | {2027: 0.6}}
    assert missed == ("floor",)
    gains, unpaid, counted = play_plans(world, [plan, {}])
    assert gains[0] > 0
    assert (unpaid, counted["floor"]) == (0, 2)


@pytest.mark.parametrize("counts", ["authority", "outlays"])
@pytest.mark.parametrize("carry_over", [True, False])
def test_what_is_played_is_within_the_budget(counts: str, carry_over: bool) -> None:
    """Over many draws of what programmes take, no plan that is played breaks a budget."""
    document = put(crowded_document(), "budget.counts", counts)
    put(document, "budget.carry_over", carry_over)
    scenario = build(document)
    plan = solve_scenario(scenario, gap=0.0).plan
    draws = draw_latin_hypercube(scenario, list_figures(scenario), 60, seed=1)
    shares = []
    for patch in draws.list_patches():
        evaluator = Evaluator(derive_scenario(scenario, patch))
        fitted = fit_plan(evaluator, plan).plan
        if fitted is not None:
            rows = budget_rows(evaluator.scenario, evaluator.play(fitted))
            assert max(row.violation for row in rows) <= 1e-6
            shares.append(sum(sum(years.values()) for years in fitted.values()))
    assert len(shares) > 50
    assert len({round(share, 6) for share in shares}) > 5


def test_what_is_played_is_within_every_cap() -> None:
    """Over many draws two limits on shares, in a year and over all, hold in what is played."""
    document = put(crowded_document(), "budget.per_year", 2.0)
    document["constraints"] = {
        "some": {"kind": "spend", "of": ["labs"], "at_least": 0.3, "unit": "share"},
        "few": {
            "kind": "spend",
            "of": ["grid"],
            "at_most": 0.6,
            "unit": "share",
            "each": "horizon",
        },
    }
    scenario = build(document)
    plan = solve_scenario(scenario, gap=0.0).plan
    draws = draw_latin_hypercube(scenario, list_figures(scenario), 60, seed=1)
    held = 0
    for patch in draws.list_patches():
        evaluator = Evaluator(derive_scenario(scenario, patch))
        fitted, missed = fit_plan(evaluator, plan)
        assert missed == ()
        assert fitted
        rows = list_limits(evaluator.scenario, evaluator.play(fitted))
        assert max(row.violation for row in rows) <= 1e-6
        held += fitted != plan
    assert held > 10


def test_missed_floors_are_told(tmp_path: Path) -> None:
    floor = {"kind": "spend", "of": ["labs"], "at_least": 1.1, "each": "horizon"}
    document = put(crowded_document(), "constraints.floor", floor)
    file = write_scenario("yaml", tmp_path, document)
    options = ("--method", "voi", "--samples", 60, "--options", 3)
    told = run("sensitivity", "inputs", file, *options)
    assert "Floors that plans missed in some plays, counted all the same: floor" in told.out
    record = read_record("sensitivity", "inputs", file, *options, "--json")
    assert 0 < record["missed_share"]["floor"] < 1


def test_worth_of_knowing_is_told_without_ids() -> None:
    """By titles on a screen, with sources on the page alone; plans by what sets them apart."""
    floor = {
        "kind": "spend",
        "of": ["labs"],
        "at_least": 1.1,
        "each": "horizon",
        "title": "A floor",
    }
    document = put(crowded_document(), "constraints.floor", floor)
    for id_ in document["assumptions"]:
        put(document, f"assumptions.{id_}.source", "judgement")
    scenario = build(document)
    result = sf.question_figures(scenario, method="voi", samples=60, options=3)
    assert "A floor (" in str(result)
    assert "rests on" not in str(result)
    tables = {table.name: table for table in result.sheet.tables_on("page")}
    assert "rests on" in [column.title for column in tables["voi"].columns]
    best, *others = result.record["plans"]
    assert others
    for plan, row in zip(others, tables["plans_voi"].rows[1:], strict=True):
        assert set(row["comes"]) == set(plan["funded"]) - set(best["funded"])
        assert set(row["goes"]) == set(best["funded"]) - set(plan["funded"])


# Time -----------------------------------------------------------------------------------------


def test_a_part_of_a_clock_is_over_with_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = [0.0]
    monkeypatch.setattr(clock, "read_seconds", lambda: seconds[0])
    whole = Clock(10.0)
    part = PartClock(whole, 0.5)
    assert part.left == 5.0
    over = []
    for seconds[0] in (4.0, 5.0):
        over.append((part.is_over, whole.is_over))
    PartClock(whole, 0.5).stop()
    over.append((part.is_over, whole.is_over))
    assert over == [(False, False), (True, False), (True, True)]
    endless = PartClock(Clock(), 0.5)
    assert endless.left is None
    assert not endless.is_over


def test_time_is_left_to_play_plans_where_it_ends_while_they_are_sought(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Three samples of sixty are solved in the part of the time that there is for it."""
    seconds, asked = [0.0], Asking.ask

    def ask(asking: Asking, patches: Any, what: str, **options: Any) -> Any:
        if what.startswith("best plans"):
            found = asked(asking, patches[:3], what, **options)
            seconds[0] = 6.5
            return found + asked(asking, patches[3:], what, **options)
        return asked(asking, patches, what, **options)

    monkeypatch.setattr(clock, "read_seconds", lambda: seconds[0])
    monkeypatch.setattr(Asking, "ask", ask)
    study = value_knowledge(
        build(crowded_document()), samples=60, options=20, crew=Crew(clock=Clock(10.0))
    )
    assert study.values is not None
    assert study.values.count == 60
    assert (study.asked, study.answered) == (120, 63)
    assert not study.is_complete


# The command ----------------------------------------------------------------------------------


def read_record(*arguments: object) -> dict[str, Any]:
    """Give what a command prints as JSON."""
    ended = run(*arguments)
    assert ended.code == 0, ended.err
    record: dict[str, Any] = json.loads(ended.out)
    return record


def test_the_command_keeps_its_answers_whoever_gives_them(tmp_path: Path) -> None:
    file = write_scenario("yaml", tmp_path, crowded_document())
    options = ("--method", "voi", "--samples", 60, "--options", 3, "--json")
    one = read_record("sensitivity", "inputs", file, *options)
    two = read_record("sensitivity", "inputs", file, *options, "--workers", 2)
    assert {key: one[key] for key in one if key != "seconds"} == {
        key: two[key] for key in two if key != "seconds"
    }
    assert one["options"] == len(one["plans"]) <= 3
    assert {"method", "samples", "options", "evpi", "evpi_se", "figures", "groups"} <= set(one)
    assert {row["group"] for row in one["groups"]} == {"points", "scales"}
    known = read_record("sensitivity", "inputs", file, *options, "--figure", "group:points")
    paths = {row["path"] for row in known["figures"]}
    assert paths == {f"assumptions.{name}" for name in ("grid_points", "labs_points", "factor")}


def test_too_few_samples_are_refused(tmp_path: Path) -> None:
    file = write_scenario("yaml", tmp_path, crowded_document())
    says = ("50 are needed",)
    options = ("--method", "voi", "--samples", 10)
    refuse("sensitivity", "inputs", file, *options, says=says, code=5, kind="solver")


def test_every_crew_gives_the_same() -> None:
    scenario = build(crowded_document())
    one = value_knowledge(scenario, samples=60, options=3)
    two = value_knowledge(scenario, samples=60, options=3, crew=Crew(workers=2))
    assert one.values == two.values
