"""Studies of figures, held against fresh solves, analytic break-evens and analytic indices."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from small_scenarios import Document, drop, put, refuse, run, tiny_document, write_scenario

from stratafolio.inputs.build import build_scenario, derive_scenario
from stratafolio.inputs.figures import Figure, list_figures
from stratafolio.inputs.scenario import Scenario
from stratafolio.model.equations.evaluate import Evaluator
from stratafolio.model.solving.solve import solve_scenario
from stratafolio.model.studies.figures.breakeven import find_break_evens
from stratafolio.model.studies.figures.draws import draw_latin_hypercube
from stratafolio.model.studies.figures.findings import BreakEven
from stratafolio.model.studies.figures.sample import draw_samples
from stratafolio.model.studies.figures.sobol import share_variance
from stratafolio.model.studies.figures.tornado import draw_tornado
from stratafolio.model.studies.figures.variants import Variants, strip
from stratafolio.model.work.fan_out import Crew
from stratafolio.model.work.store import Store

RANGES = {
    "effects.grid_frontier.points": (1.0, 6.0),
    "effects.labs_diffusion.points": (0.2, 9.0),
    "instruments.labs.max_per_year": (0.3, 2.0),
    "instruments.grid.scale": (1.0, 9.0),
}


def ranged_document() -> Document:
    """Give the tiny document with money for less than all, and four ranges."""
    document = put(tiny_document(), "budget.per_year", 1.0)
    for path, (low, high) in RANGES.items():
        put(document, f"{path}_low", low)
        put(document, f"{path}_high", high)
    return document


def linear_document() -> Document:
    """Give a linear program with two instruments and straight effects."""
    return {
        "years": {"first": 2027, "last": 2027, "score_until": 2027},
        "budget": {"per_year": 2.0},
        "weights": {"x": 1},
        "areas": {"one": {}, "two": {}},
        "layers": {"x": {}},
        "instruments": {
            "a": {"area": "one", "max_per_year": 1.0, "curve": "linear", "scale": 1.0},
            "b": {"area": "two", "max_per_year": 1.0, "curve": "linear", "scale": 2.0},
        },
        "effects": {
            "a_x": {
                "instrument": "a",
                "layer": "x",
                "points": 3.0,
                "points_low": 1.0,
                "points_high": 5.0,
            },
            "b_x": {
                "instrument": "b",
                "layer": "x",
                "points": 4.0,
                "points_low": 1.0,
                "points_high": 5.0,
            },
        },
    }


def build(document: Document) -> Scenario:
    return build_scenario(document, {}, "small")


def plain(scenario: Scenario) -> Scenario:
    return build_scenario(strip(scenario), {}, scenario.name)


# Tornado --------------------------------------------------------------------------------------


def test_tornado_agrees_with_fresh_solves() -> None:
    scenario = plain(build(ranged_document()))
    study = draw_tornado(scenario)
    base = solve_scenario(scenario, gap=0.0)
    assert {row.figure.path for row in study.swings} == set(RANGES)
    assert study.base_gain == pytest.approx(base.gain, abs=1e-6)
    for row in study.swings:
        for end in (row.low, row.high):
            variant = derive_scenario(scenario, row.figure.patch(end.value))
            fresh = solve_scenario(variant, gap=0.0)
            assert end.gain == pytest.approx(fresh.gain, abs=1e-5)
            changed = set(fresh.plan) != set(base.plan)
            assert end.flips == changed
            if end.kept is not None:
                evaluator = Evaluator(variant)
                played = evaluator.play(base.plan).score - evaluator.play_nothing().score
                assert end.kept == pytest.approx(played, abs=1e-5)
                assert end.gain is not None
                assert end.kept <= end.gain + 1e-9
    keys = [(not row.flips, -row.lost, -row.swing) for row in study.swings]
    assert keys == sorted(keys)
    assert any(row.flips for row in study.swings)


def test_tornado_is_the_same_with_two_workers_and_resumes(tmp_path: Path) -> None:
    scenario = build(ranged_document())
    one = draw_tornado(scenario)
    keep = tmp_path / "answers.jsonl"
    two = draw_tornado(scenario, crew=Crew(workers=2, keep=Store(keep, "hash", "inputs")))
    assert one.swings == two.swings
    size = keep.stat().st_size
    again = draw_tornado(scenario, crew=Crew(keep=Store(keep, "hash", "inputs")))
    assert again.swings == one.swings
    assert keep.stat().st_size == size


def test_figures_changed_in_place_give_what_a_fresh_build_gives() -> None:
    """One after the other, in place: each answers as if nothing had been asked before."""
    scenario = plain(build(tiny_document()))
    variants = Variants({"document": strip(scenario), "name": "tiny", "gap": 0.0})
    patches: list[Document] = [
        {"effects": {"grid_frontier": {"points": 30.0}, "labs_diffusion": {"points": 0.1}}},
        {
            "layers": {"frontier": {"us": 3, "us_trend": 2}},
            "instruments": {"grid": {"crowd_in": 3}},
        },
        {"effects": {"labs_diffusion": {"points": 50.0}}},
        {"effects": {"labs_diffusion": {"points": -1.0}}},
        {},
    ]
    for patch in patches:
        fresh = solve_scenario(derive_scenario(scenario, patch), gap=0.0)
        found = variants.answer({"patch": patch})
        assert found["gain"] == pytest.approx(fresh.gain, abs=1e-6)
        assert set(found["funded"]) == set(fresh.plan)
    compiled = variants.oracle.compiled
    assert compiled.scenario.effects["labs_diffusion"].points == 5.0


# Break-even -----------------------------------------------------------------------------------


def test_break_even_of_straight_effects_is_a_ratio() -> None:
    """Money for one of two: b's points a billion are 2, a's 3; they meet at 2 and at 6 points."""
    document = put(linear_document(), "budget.per_year", 1.0)
    study = find_break_evens(build(document))
    found = {row.figure.path: row for row in study.break_evens}
    a, b = found["effects.a_x.points"], found["effects.b_x.points"]
    assert a.nearest is not None
    assert b.nearest is not None
    assert a.nearest.at == pytest.approx(2.0, abs=1e-3)
    assert (a.within_range, a.nearest.enters, a.nearest.leaves) == (True, ("b",), ("a",))
    assert b.nearest.at == pytest.approx(6.0, abs=1e-3)
    assert (b.within_range, b.nearest.enters, b.nearest.leaves) == (False, ("b",), ("a",))
    assert a.above is None
    assert b.below is None


def test_break_evens_are_verified_by_fresh_solves() -> None:
    scenario = plain(build(ranged_document()))
    today = set(solve_scenario(scenario, gap=0.0).plan)
    study = find_break_evens(scenario)
    flips = [(row.figure, flip) for row in study.break_evens for flip in (row.below, row.above)]
    assert any(flip is not None for _, flip in flips)
    for figure, flip in flips:
        if flip is None:
            continue
        then = solve_scenario(derive_scenario(scenario, figure.patch(flip.at)), gap=0.0)
        before = solve_scenario(derive_scenario(scenario, figure.patch(flip.holds_at)), gap=0.0)
        assert set(then.plan) == today - set(flip.leaves) | set(flip.enters)
        assert set(then.plan) != today
        lost = before.gain - hold(scenario, figure, flip.holds_at, today)
        assert lost <= 1e-5


def hold(scenario: Scenario, figure: Figure, value: float, today: set[str]) -> float:
    """The best gain at a value if the instruments not funded today are banned."""
    others = [i for i in scenario.instruments if i not in today]
    ban = {"constraints": {"held": {"kind": "ban", "instruments": others}}} if others else {}
    return solve_scenario(derive_scenario(scenario, figure.patch(value) | ban), gap=0.0).gain


def test_nothing_at_all_may_beat_todays_set() -> None:
    """A billion for a gains 3 points and costs 2 elsewhere: below 2 points it is better kept."""
    document = linear_document()
    instruments = {"a": document["instruments"]["a"]}
    effects = {"a_x": document["effects"]["a_x"]}
    effects["a_y"] = {"instrument": "a", "layer": "y", "points": -2.0}
    document |= {"instruments": instruments, "effects": effects}
    document |= {"weights": {"x": 1, "y": 1}, "layers": {"x": {}, "y": {}}}
    (row,) = find_break_evens(build(document), ["effects.a_x.points"]).break_evens
    assert row.below is not None
    assert row.below.at == pytest.approx(2.0, abs=1e-3)
    assert (row.below.enters, row.below.leaves, row.below.why) == ((), ("a",), "")


def test_search_ends_at_nothing_and_goes_farther_for_figures_named() -> None:
    """Points of 3 within 1 to 4 are searched down to 0; up to 7, or to 16 where they are named."""
    document = put(linear_document(), "budget.per_year", 1.0)
    put(document, "effects.a_x.points_low", 1.0)
    put(document, "effects.a_x.points_high", 4.0)
    path = "effects.a_x.points"
    (every,) = [row for row in find_break_evens(build(document)).break_evens if name(row) == path]
    (named,) = find_break_evens(build(document), [path]).break_evens
    assert every.above is named.above is None
    assert (every.searched[1], named.searched[1]) == (7.0, 16.0)
    put(document, "effects.b_x.points", 0.0)
    (never,) = find_break_evens(build(document), [path]).break_evens
    assert never.searched[0] == 0.0


def name(row: BreakEven) -> str:
    """The path of a break-even's figure."""
    return row.figure.path


def test_whole_figures_flip_at_whole_values() -> None:
    document = put(linear_document(), "budget.per_year", 1.0)
    for path in ("years.last", "years.score_until"):
        put(document, path, 2029)
    put(document, "instruments.a.lag", 0)
    put(document, "instruments.a.lag_low", 0)
    put(document, "instruments.a.lag_high", 2)
    study = find_break_evens(build(document), ["instruments.a.lag"])
    (row,) = study.break_evens
    assert row.nearest is not None
    assert row.nearest.at == round(row.nearest.at)
    assert row.nearest.at - row.nearest.holds_at == 1


# Assumptions ----------------------------------------------------------------------------------


def ruled_document() -> Document:
    """Give the linear document with both effects told by one rule, and money for one of two."""
    document = put(linear_document(), "budget.per_year", 1.0)
    rule = {"title": "Points of a unit", "value": 1, "low": 0.5, "high": 2, "unit": "points"}
    document["assumptions"] = {
        "rule": {**rule, "group": "rules", "confidence": "low", "source": "judgement"},
        "units": {"value": 3, "low": 1, "high": 5, "group": "rules"},
    }
    document["effects"]["a_x"] = {"instrument": "a", "layer": "x", "points": "units * rule"}
    document["effects"]["b_x"] = {"instrument": "b", "layer": "x", "points": "4 * rule"}
    return document


def test_a_rule_moves_all_effects_at_once_and_therefore_flips_nothing() -> None:
    """The rule scales both: the gain is 3 times it, and a stays. Units of 1 make b the better."""
    study = draw_tornado(build(ruled_document()))
    swings = {swing.figure.path: swing for swing in study.swings}
    rule, units = swings["assumptions.rule"], swings["assumptions.units"]
    assert [rule.low.gain, rule.high.gain] == pytest.approx([1.5, 6.0])
    assert not rule.flips
    assert units.low.flips
    assert units.low.gain == pytest.approx(2.0)
    assert study.swings[0] is units


def test_a_group_at_its_ends_is_all_members_at_theirs() -> None:
    """Low: a makes 0.5 of 1 point, b 2 a unit of 2, so 1 point; high: a makes 10."""
    (swing,) = draw_tornado(build(ruled_document()), ["group:rules"]).swings
    assert [swing.low.gain, swing.high.gain] == pytest.approx([1.0, 10.0])
    assert swing.low.flips
    assert swing.low.enters == ("b",)
    (row,) = find_break_evens(build(ruled_document()), ["group:rules"]).break_evens
    assert row.above is None
    assert row.below is not None
    assert row.below.at == pytest.approx(-0.5, abs=2e-3), "units of 2, halfway from 3 to 1"
    assert row.searched[1] == 1.0


def test_an_assumption_breaks_even_where_its_product_does() -> None:
    (row,) = find_break_evens(build(ruled_document()), ["assumptions.units"]).break_evens
    assert row.below is not None
    assert row.below.at == pytest.approx(2.0, abs=5e-3)
    assert row.within_range


@pytest.mark.parametrize("method", ["tornado", "breakeven", "sobol", "sample", "voi"])
def test_every_method_tells_an_assumption_by_its_own_words(method: str, tmp_path: Path) -> None:
    file = write_scenario("yaml", tmp_path, ruled_document())
    options = ("--method", method, "--samples", 64 if method == "voi" else 16)
    told = run("sensitivity", "inputs", file, *options, "--json", "--out", tmp_path / "run")
    assert told.code == 0, told.err
    figures = {row["path"]: row for row in json.loads(told.out)["figures"]}
    assert set(figures) == {"assumptions.rule", "assumptions.units"}
    rule = figures["assumptions.rule"]
    words = (rule["title"], rule["unit"], rule["confidence"], rule["source"], rule["group"])
    assert words == ("Points of a unit", "points", "low", ["judgement"], "rules")
    page = tmp_path / "page.html"
    assert run("report", tmp_path / "run", "--out", page).code == 0
    shown = run("sensitivity", "inputs", file, *options)
    assert max(len(line) for line in shown.out.splitlines()) <= 100
    if method in ("tornado", "sobol"):
        for text in (page.read_text(encoding="utf-8"), shown.out):
            assert "Points of a unit" in text
            assert "assumptions.rule" in text


# Sobol and samples ----------------------------------------------------------------------------


def test_sobol_equals_the_analytic_indices() -> None:
    """Money for both: the gain is a + b / 2, uniform over widths of 4 and 2 points: 0.8 and 0.2."""
    document = linear_document() | {"ranges": {"shape": "uniform"}}
    study = share_variance(build(document), samples=64, seed=3)
    gain = study.shares["gain"]
    for path, share in (("effects.a_x.points", 0.8), ("effects.b_x.points", 0.2)):
        for index in (gain.first[path], gain.total[path]):
            assert abs(index.value - share) <= index.half_width
            assert index.half_width < 0.35
    assert gain.drift < 0.2
    assert not study.shares["one"].varies, "the plan cannot change"
    again = share_variance(build(document), samples=64, seed=3)
    assert again.shares == study.shares


def test_samples_agree_with_fresh_solves() -> None:
    scenario = plain(build(ranged_document()))
    study = draw_samples(scenario, samples=12, seed=4)
    figures = list_figures(scenario)
    draws = draw_latin_hypercube(scenario, figures, 12, seed=4)
    variants = [derive_scenario(scenario, patch) for patch in draws.list_patches()]
    plans = [solve_scenario(variant, gap=0.0) for variant in variants]
    assert study.samples is not None
    gains = [plan.gain for plan in plans]
    assert study.samples.gain == pytest.approx(np.percentile(gains, [5, 50, 95]), abs=1e-5)
    for i in scenario.instruments:
        share = np.mean([i in plan.plan for plan in plans])
        assert study.samples.funded_share[i] == pytest.approx(share)


def test_every_part_of_a_range_is_drawn_once() -> None:
    scenario = build(ranged_document() | {"ranges": {"shape": "uniform"}})
    figures = list_figures(scenario)
    drawn = draw_latin_hypercube(scenario, figures, 10, seed=0).values
    for at, figure in enumerate(figures):
        assert figure.low is not None
        assert figure.high is not None
        parts = np.floor((drawn[:, at] - figure.low) / (figure.high - figure.low) * 10)
        assert sorted(parts.tolist()) == list(range(10))
    assert not np.array_equal(drawn, draw_latin_hypercube(scenario, figures, 10, seed=1).values)


def test_samples_without_a_plan_are_counted() -> None:
    document = ranged_document()
    floor = {"kind": "lead", "layer": "frontier", "at_least": 15.5, "years": [2028, 2028]}
    put(document, "constraints", {"floor": floor})
    study = draw_samples(build(document), ["effects.grid_frontier.points"], samples=10)
    assert study.samples is not None
    assert study.samples.failed["infeasible"] > 0
    assert study.samples.count + study.samples.failed["infeasible"] == 10


def test_samples_in_which_todays_plan_may_be_kept_are_counted() -> None:
    """Both are funded to the full 1.0; with at most 0.2 to 1.0 for a, today's plan never fits."""
    document = linear_document() | {"ranges": {"shape": "uniform"}}
    put(document, "instruments.a.max_per_year_low", 0.2)
    put(document, "instruments.a.max_per_year_high", 1.0)
    moved = draw_samples(build(document), ["instruments.a.max_per_year"], samples=10).samples
    assert moved is not None
    assert (moved.kept_count, moved.kept_loss) == (0, None)
    fixed = draw_samples(build(document), ["effects.a_x.points"], samples=10).samples
    assert fixed is not None
    assert (fixed.kept_count, fixed.kept_loss) == (10, (0.0, 0.0, 0.0))


# The command ----------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["tornado", "breakeven", "sobol", "sample", "voi"])
def test_command_tells_every_method(method: str, tmp_path: Path) -> None:
    file = write_scenario("yaml", tmp_path, linear_document())
    options = ("--method", method, "--samples", 64 if method == "voi" else 8)
    told = run("sensitivity", "inputs", file, *options, "--json", "--out", tmp_path / "run")
    assert told.code == 0, told.err
    record = json.loads(told.out)
    assert record["method"] == method
    assert record["base_gain"] == pytest.approx(5.0)
    row = record["figures"][0]
    assert {"path", "value", "low", "high"} <= set(row)
    wanted = {
        "tornado": {"gain_low", "gain_high", "kept_low", "kept_high", "flips"},
        "breakeven": {"flips_at", "within_range", "enters", "leaves"},
        "sobol": {"first", "total", "first_interval", "total_interval"},
        "sample": {"goes_with_gain"},
        "voi": {"evppi", "se", "bn"},
    }
    assert wanted[method] <= set(row)
    kept = json.loads((tmp_path / "run" / "run.json").read_text(encoding="utf-8"))
    assert kept["figures"] == record["figures"]
    shown = run("sensitivity", "inputs", file, *options)
    assert shown.code == 0, shown.err
    assert max(len(line) for line in shown.out.splitlines()) <= 100


def test_bad_input_is_refused(tmp_path: Path) -> None:
    file = write_scenario("yaml", tmp_path / "a", tiny_document())
    refuse("sensitivity", "inputs", file, says=("no figure carries a range",))
    ranged = write_scenario("yaml", tmp_path / "b", linear_document())
    near = ("--figure", "effects.a_x.pints")
    refuse("sensitivity", "inputs", ranged, *near, says=("--figure", "effects.a_x.points"))
    bare = ("--figure", "instruments.a.scale")
    refuse("sensitivity", "inputs", ranged, *bare, says=("no range", "scale_low"))
    staged = ("--set", "objective=weakest_layer")
    refuse("sensitivity", "inputs", ranged, *staged, says=("objective", "weakest_layer"))
    refuse("sensitivity", "inputs", ranged, "--method", "guess", code=2, kind="usage")
    broken = put(drop(linear_document(), "effects.a_x.points_low"), "title", "broken")
    refuse("sensitivity", "inputs", write_scenario("yaml", tmp_path / "c", broken))
