"""Scenarios small enough to solve by hand, with the arithmetic beside them."""

from __future__ import annotations

from typing import Any

import pytest

from stratafolio.inputs.build import build_scenario, derive_scenario
from stratafolio.inputs.scenario import Scenario
from stratafolio.model.equations.evaluate import Evaluator, relative
from stratafolio.model.failures import Infeasible
from stratafolio.model.solving.solve import evaluate_plan, solve_scenario


def two_roads(**changes: Any) -> Scenario:
    """Two linear instruments and one year: north gives 2 points per bn, south 1 point per bn."""
    document: dict[str, Any] = {
        "years": {"first": 2030, "last": 2030, "score_until": 2030},
        "budget": {"per_year": 3},
        "weights": {"lead": 1},
        "areas": {"roads": {}},
        "layers": {"lead": {"us": 5, "china": 4}},
        "instruments": {
            "north": {"area": "roads", "max_per_year": 2},
            "south": {"area": "roads", "max_per_year": 4},
        },
        "effects": {
            "by_north": {
                "instrument": "north", "layer": "lead", "points": 2, "curve": "linear", "scale": 1,
            },
            "by_south": {
                "instrument": "south", "layer": "lead", "points": 1, "curve": "linear", "scale": 1,
            },
        },
    }  # fmt: skip
    return derive_scenario(build_scenario(document, {}, "two_roads"), changes)


def test_the_better_road_first() -> None:
    """North takes its 2 bn (4 points), south the bn that is left (1 point): a gain of 5."""
    solution = solve_scenario(two_roads())
    assert solution.gain == pytest.approx(5)
    assert solution.score == pytest.approx(1 + 5)
    assert solution.plan == {"north": {2030: 2.0}, "south": {2030: 1.0}}
    assert solution.gap == 0
    assert solution.effort.nodes == 0


def test_launch_cost_outweighs_a_gain() -> None:
    """North with a launch cost of 2.5: 0.5 bn are left to it (1 point); south alone gives 3."""
    solution = solve_scenario(two_roads(instruments={"north": {"launch_cost": 2.5}}), gap=0.0)
    assert solution.gain == pytest.approx(3)
    assert list(solution.plan) == ["south"]


def test_launch_cost_that_pays() -> None:
    """North with a launch cost of 0.5: 2 bn and the launch leave 0.5 for south: 4 + 0.5 points."""
    solution = solve_scenario(two_roads(instruments={"north": {"launch_cost": 0.5}}), gap=0.0)
    assert solution.gain == pytest.approx(4.5)
    assert solution.played.launch_costs["north"].tolist() == [0.5]


def test_minimum_that_does_not_fit() -> None:
    """South needs 2 bn a year at least: north 1 and south 2 give 4, north 2 alone gives 4 too.

    Both gain 4 points, and the canonical plan is the one that spends less, if the decisions of
    either were found: what is tested is the gain.
    """
    solution = solve_scenario(two_roads(instruments={"south": {"min_per_year": 2}}), gap=0.0)
    assert solution.gain == pytest.approx(4)


def test_no_money_lies_on_what_is_worth_nothing() -> None:
    """With no points by south, the plan spends 2 of the 3 bn it has."""
    solution = solve_scenario(two_roads(effects={"by_south": {"points": 0}}))
    assert solution.plan == {"north": {2030: 2.0}}


def test_ties_go_to_what_comes_first() -> None:
    """Equal points: north is filled first, and the order of the instruments is what says so."""
    equal = two_roads(effects={"by_south": {"points": 2}})
    assert solve_scenario(equal).plan == {"north": {2030: 2.0}, "south": {2030: 1.0}}
    instruments = dict(equal.document["instruments"])
    reversed_ = {"south": instruments["south"], "north": instruments["north"]}
    turned = build_scenario({**equal.document, "instruments": reversed_}, {}, "turned")
    assert solve_scenario(turned).plan == {"south": {2030: 3.0}}


def test_saturation_splits_the_money() -> None:
    """On [[0, 0], [1, 0.6], [4, 1]] north's first bn is worth 1.2, each further 0.267 points.

    South's are worth 1 each: north 1 bn, south 2 bn, a gain of 1.2 + 2.
    """
    curve = [[0, 0], [1, 0.6], [4, 1]]
    solution = solve_scenario(two_roads(effects={"by_north": {"curve": curve, "scale": None}}))
    assert solution.gain == pytest.approx(3.2)
    assert solution.plan == {"north": {2030: 1.0}, "south": {2030: 2.0}}


def test_worth_makes_catching_up_count_more() -> None:
    """The lead of 1 may rise by 5; beyond 3 a point is worth half: 2 + 3/2 = 3.5."""
    solution = solve_scenario(two_roads(layers={"lead": {"worth": [[0, 0], [3, 3], [5, 4]]}}))
    assert solution.gain == pytest.approx(3.5)
    assert solution.baseline.score == pytest.approx(1)


def test_negative_saturating_points_are_exact() -> None:
    """North costs 6 points at full reach on [[0, 0], [1, 1]] beside its 2 per bn.

    With 2 bn: 4 - 6 < 0, so nothing is spent on it; an envelope would have ignored the cost.
    """
    harm = {
        "instrument": "north", "layer": "lead", "points": -6, "curve": [[0, 0], [1, 1]],
    }  # fmt: skip
    solution = solve_scenario(two_roads(effects={"harm": harm}), gap=0.0)
    assert solution.plan == {"south": {2030: 3.0}}
    cheaper = solve_scenario(two_roads(effects={"harm": {**harm, "points": -0.5}}), gap=0.0)
    assert cheaper.gain == pytest.approx(5 - 0.5)


def test_backfire_years_later() -> None:
    """2 points per bn now, and -3 a year later for good: over three years 2*3 - 3*2 = 0 is left.

    With one more scored year it loses, with one less it gains 2*2 - 3 = 1 per bn over two years.
    """
    later = {
        "instrument": "north", "layer": "lead", "points": -3, "curve": "linear", "scale": 1,
        "lag": 1,
    }  # fmt: skip
    change: dict[str, Any] = {"effects": {"later": later, "by_south": {"points": 0}}}
    change["discount_rate"] = 0
    short = solve_scenario(two_roads(years={"score_until": 2031}, **change))
    assert short.gain == pytest.approx(2 * (2 * 2 - 3) / 2)
    long = solve_scenario(two_roads(years={"score_until": 2033}, **change))
    assert long.plan == {}


def test_infeasible_names_what_clashes() -> None:
    """Two bn for south and two for north do not fit into three; either fits alone."""
    constraints = {
        "north_first": {"kind": "spend", "of": ["north"], "at_least": 2},
        "south_too": {"kind": "spend", "of": ["south"], "at_least": 2},
        "harmless": {"kind": "spend", "of": ["south"], "at_most": 4},
    }
    with pytest.raises(Infeasible) as caught:
        solve_scenario(two_roads(constraints=constraints))
    assert set(caught.value.conflict) == {"budget.per_year", "north_first", "south_too"}


def test_a_plan_of_ones_own() -> None:
    """South 3 bn gains 3 of 5 that can be had: 2 points or 40 % behind; 4 bn break the budget."""
    solution = evaluate_plan(two_roads(), {"south": {2030: 3.0}})
    assert solution.status == "given"
    assert solution.gap_points == pytest.approx(2)
    assert solution.gap == pytest.approx(0.4)
    assert solution.broken == ()
    too_much = evaluate_plan(two_roads(), {"south": {2030: 4.0}})
    assert [row.id for row in too_much.broken] == ["budget.per_year"]


def test_steady_spending_gives_up_what_it_says() -> None:
    """Two years, a stock that does not last: at most 2 bn a year, 3 bn in all, and no carry-over.

    North's points are 2 in the first year and 2.2 in the second if spending can move freely.
    """
    scenario = two_roads(
        years={"last": 2031, "score_until": 2031},
        budget={"per_year": None, "total": 3},
        instruments={"north": {"half_life": 0.1}, "south": {"half_life": 0.1}},
        effects={"by_south": {"points": 1.9}},
        discount_rate=0.05,
        steady=0.1,
    )
    free = solve_scenario(derive_scenario(scenario, {"steady": 0}))
    calm = solve_scenario(scenario)
    assert calm.best_gain == pytest.approx(free.gain)
    assert calm.gain >= 0.9 * free.gain - 1e-6
    assert change_of(calm.plan) <= change_of(free.plan) + 1e-6
    assert calm.steady_cost == pytest.approx(relative(free.gain - calm.gain, free.gain), abs=1e-6)


def change_of(plan: Any) -> float:
    steps = [years.get(2031, 0.0) - years.get(2030, 0.0) for years in plan.values()]
    return float(sum(abs(step) for step in steps))


def test_every_equation_by_hand() -> None:
    """One instrument, 4 bn in 2030; every number of equations 1 to 6 worked out.

    spendout [0.25, 0.75]: outlays 1 in 2030, 3 in 2031. Lag 1, half-life 1 year: stocks 0, 1,
    0.5 + 3 = 3.5 and 1.75 in 2030..2033. Curve [[0, 0], [2, 0.5], [4, 1]]: reaches 0, 0.25, 0.875,
    0.4375. With 8 points and a trend of -1 a year until 2032 from 10 - 6 = 4: leads 4, 3 + 2 = 5,
    2 + 7 = 9, 2 + 3.5 = 5.5. Worth halves beyond 5: 4, 5, 7, 5.25. Without discount the outcome is
    21.25 / 4 = 5.3125; of nothing (4 + 3 + 2 + 2) / 4 = 2.75.
    """
    document: dict[str, Any] = {
        "years": {"first": 2030, "last": 2030, "score_until": 2033},
        "discount_rate": 0,
        "budget": {"per_year": 4},
        "weights": {"lead": 1, "other": 1},
        "areas": {"one": {}},
        "layers": {
            "lead": {
                "us": 10, "china": 6, "china_trend": 1, "trend_until": 2032,
                "worth": [[0, 0], [5, 5], [9, 7]],
            },
            "other": {"us": 1},
        },
        "instruments": {
            "plant": {
                "area": "one", "max_per_year": 4, "spendout": [0.25, 0.75], "lag": 1,
                "half_life": 1, "curve": [[0, 0], [2, 0.5], [4, 1]],
            }
        },
        "effects": {"by_plant": {"instrument": "plant", "layer": "lead", "points": 8}},
    }  # fmt: skip
    scenario = build_scenario(document, {}, "by_hand")
    played = Evaluator(scenario).play({"plant": {2030: 4.0}})
    assert played.outlays["plant"].tolist() == [1.0, 3.0]
    assert played.reach["by_plant"].tolist() == [0, 0.25, 0.875, 0.4375]
    assert played.leads["lead"].tolist() == [4, 5, 9, 5.5]
    assert played.outcome == {"lead": 5.3125, "other": 1.0}
    assert played.score == pytest.approx((5.3125 + 1) / 2)
    solution = solve_scenario(scenario)
    assert solution.gain == pytest.approx((5.3125 - 2.75) / 2)
    assert solution.plan == {"plant": {2030: 4.0}}
