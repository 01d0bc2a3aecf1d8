"""Explaining: every number beside a second way to it, and scenarios without a plan."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from small_scenarios import Document, Outcome, put, refuse, run, tiny_document, write_scenario

from stratafolio.inputs.build import build_scenario, derive_scenario
from stratafolio.inputs.read import read_scenario
from stratafolio.inputs.scenario import Scenario
from stratafolio.model.failures import Infeasible
from stratafolio.model.solving.solve import solve_scenario
from stratafolio.model.solving.turning import Path as Way
from stratafolio.model.solving.turning import find_turn
from stratafolio.model.studies.explain.explain import Explaining
from stratafolio.model.studies.explain.findings import Change, Explanation
from stratafolio.model.studies.explain.prices import Pricing
from stratafolio.model.work.clock import Clock
from stratafolio.results.studies.explain import tabulate
from stratafolio.results.studies.reasons import tell_missing
from stratafolio.results.studies.words import Words


def explain_scenario(scenario: Scenario) -> Explanation:
    """Give the whole explanation."""
    return Explaining(scenario, gap=0.0).run()


def two_roads(**changes: Any) -> Scenario:
    """Give two linear instruments and a year: north gives 2 points per bn, south 1."""
    document: Document = {
        "years": {"first": 2030, "last": 2030, "score_until": 2030},
        "budget": {"per_year": 2},
        "weights": {"lead": 1},
        "areas": {"roads": {}},
        "layers": {"lead": {"us": 5, "china": 4}},
        "instruments": {
            "north": {"area": "roads", "max_per_year": 3, "curve": "linear", "scale": 1},
            "south": {"area": "roads", "max_per_year": 4, "curve": "linear", "scale": 1},
        },
        "effects": {
            "by_north": {"instrument": "north", "layer": "lead", "points": 2},
            "by_south": {"instrument": "south", "layer": "lead", "points": 1},
        },
    }
    return derive_scenario(build_scenario(document, {}, "two_roads"), changes)


def crowded() -> Scenario:
    """Give four programmes bought as wholes, two years and three layers."""
    instruments = {
        name: {"area": "a", "max_per_year": cost, "all_or_nothing": True, "curve": "linear"}
        | {"scale": cost}
        for name, cost in zip("pqrt", (2.0, 1.5, 3.0, 2.5), strict=True)
    }
    points = {"p": (4, 0, 1), "q": (1, 2, 0), "r": (0, 5, 2), "t": (0, 1, 3)}
    document: Document = {
        "years": {"first": 2030, "last": 2031, "score_until": 2032},
        "budget": {"per_year": 5},
        "weights": {"x": 0.5, "y": 0.3, "z": 0.2},
        "areas": {"a": {}},
        "layers": {"x": {}, "y": {}, "z": {}},
        "instruments": instruments,
        "effects": {
            f"{i}_{layer}": {"instrument": i, "layer": layer, "points": value}
            for i, values in points.items()
            for layer, value in zip("xyz", values, strict=True)
            if value
        },
        "constraints": {
            "not_both": {"kind": "choose", "of": ["p", "r"], "at_most": 1},
            "little_t": {"kind": "spend", "of": ["t"], "at_most": 2.5, "each": "horizon"},
        },
    }
    return build_scenario(document, {}, "crowded")


SCENARIOS = {
    "crowded": crowded(),
    "roads": two_roads(),
    "textbook": read_scenario("textbook", budget=2),
}


@cache
def explain_by_name(name: str) -> Explanation:
    """Give the whole explanation of one of these scenarios."""
    return explain_scenario(SCENARIOS[name])


def gain_of(scenario: Scenario, patch: Any) -> float:
    """Give the best gain under a patch, from a fresh solve."""
    return solve_scenario(derive_scenario(scenario, patch), gap=0.0).gain


# Prices ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_price_is_that_of_a_fresh_solve(name: str) -> None:
    scenario, explanation = SCENARIOS[name], explain_by_name(name)
    caps = scenario.budget.per_year
    assert isinstance(caps, float)
    base = solve_scenario(scenario, gap=0.0).gain
    for price in explanation.prices or ():
        patch: Any = {"budget": {"per_year": caps + 1}}
        if price.year is not None:
            years = {t: caps + (t == price.year) for t in scenario.years.spending}
            patch = {"budget": {"per_year": years}}
        if price.id == "not_both":
            patch = {"constraints": {price.id: {"at_most": 2}}}
        if price.id == "little_t":
            patch = {"constraints": {price.id: {"at_most": 3.5}}}
        assert price.price == pytest.approx(gain_of(scenario, patch) - base, abs=1e-6), price
        assert price.price <= price.at_most + 1e-9


@pytest.mark.parametrize("name", ["roads", "textbook"])
def test_a_linear_price_lies_between_the_solves_on_either_side(name: str) -> None:
    """At one set of on/off decisions the gain is concave in the budget."""
    scenario = SCENARIOS[name]
    base = solve_scenario(scenario, gap=0.0)
    caps = scenario.budget.per_year
    assert isinstance(caps, float)
    price = next(p for p in explain_by_name(name).prices or () if p.year is None)
    assert price.lp_price is not None
    keep = {"constraints": {"only": {"kind": "ban", "instruments": [
        i for i in scenario.instruments if i not in base.plan]}}}  # fmt: skip
    gains = {
        step: gain_of(scenario, {**keep, "budget": {"per_year": caps + step}})
        for step in (-0.01, 0.0, 0.01)
    }
    assert (gains[0.01] - gains[0.0]) / 0.01 <= price.lp_price + 1e-6
    assert price.lp_price <= (gains[0.0] - gains[-0.01]) / 0.01 + 1e-6


def test_prices_that_differ_are_flagged() -> None:
    """A programme of 3 bought as a whole: at today's decisions a further bn buys nothing."""
    whole = two_roads(instruments={"north": {"all_or_nothing": True}, "south": {"max_per_year": 1}})
    explanation = explain_scenario(whole)
    price = next(p for p in explanation.prices or () if p.year is None)
    assert price.price == pytest.approx(6 - 1)
    assert price.lp_price == pytest.approx(0)
    assert not price.agrees
    assert dict(price.buys) == {"north": 3.0}


# Reasons --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SCENARIOS)
def test_what_is_lost_without_an_instrument(name: str) -> None:
    scenario = SCENARIOS[name]
    base = solve_scenario(scenario, gap=0.0).gain
    for reason in explain_by_name(name).reasons or ():
        assert reason.replacement is not None
        banned = {"constraints": {"none": {"kind": "ban", "instruments": [reason.id]}}}
        lost = base - gain_of(scenario, banned)
        assert reason.replacement.points == pytest.approx(lost, abs=1e-6)


def test_what_holds_each_back() -> None:
    """North has what money buys; a cap, a growth limit or a ban takes its place."""

    def held(scenario: Scenario, instrument: str) -> tuple[str | None, tuple[str, ...]]:
        reasons = {r.id: r for r in explain_scenario(scenario).reasons or ()}
        return reasons[instrument].held_by, reasons[instrument].limits

    assert held(two_roads(), "north")[0] == "money"
    assert held(two_roads(), "south")[0] == "money"
    assert held(two_roads(instruments={"north": {"max_per_year": 1}}), "north")[0] == "maximum"
    assert held(two_roads(instruments={"north": {"max_growth": 1}}), "north")[0] == "growth"
    no_south = {"none": {"kind": "ban", "instruments": ["south"]}}
    assert held(two_roads(constraints=no_south), "south") == ("exclusion", ("none",))
    capped = {"cap": {"kind": "spend", "of": ["north"], "at_most": 1}}
    assert held(two_roads(constraints=capped), "north") == ("limit", ("cap",))
    idle = two_roads(effects={"by_south": {"points": 0}})
    assert held(idle, "south")[0] == "nothing left to gain"
    needy: Any = {
        "instruments": {"north": {"min_per_year": 0.5}, "south": {"min_per_year": 0.5}},
        "effects": {"by_south": {"points": 9}, "by_north": {"points": 0.1}},
        "constraints": {
            "first": {"kind": "requires", "instrument": "south", "needs": ["north"], "lead_time": 1}
        },
    }
    assert held(two_roads(**needy), "south") == ("prerequisite", ("first",))
    one = {"one": {"kind": "choose", "of": ["north", "south"], "at_most": 1}}
    rich = two_roads(constraints=one, budget={"per_year": 9})
    assert held(rich, "south") == ("exclusion", ("one",))


def test_an_instrument_that_limits_need_cannot_be_taken_away() -> None:
    fund = {"stay": {"kind": "fund", "instruments": ["south"], "from": 2030}}
    scenario = two_roads(constraints=fund, instruments={"south": {"min_per_year": 1}})
    reason = {r.id: r for r in explain_scenario(scenario).reasons or ()}["south"]
    assert reason.replacement is not None
    assert reason.replacement.points is None
    assert reason.replacement.needed_by == ("stay",)


# Changes that fund ----------------------------------------------------------------------------


def list_changes(explanation: Explanation) -> list[tuple[str, Change]]:
    """Give every change found, with its instrument."""
    return [
        (r.id, change)
        for r in explanation.reasons or ()
        for change in r.to_fund or ()
        if change.value is not None
    ]


@pytest.mark.parametrize("name", SCENARIOS)
def test_funded_at_the_stated_change_and_not_just_below(name: str) -> None:
    scenario = SCENARIOS[name]
    changes = list_changes(explain_by_name(name))
    assert changes
    for instrument, change in changes:
        assert change.patch is not None
        at = solve_scenario(derive_scenario(scenario, change.patch), gap=0.0)
        assert instrument in at.plan, change
        below = solve_scenario(
            derive_scenario(scenario, step_back(scenario, instrument, change)), 0.0
        )
        assert instrument not in below.plan, change


def step_back(scenario: Scenario, instrument: str, change: Change) -> Any:
    """Give the patch that goes just not as far."""
    before = change.not_at
    if change.kind == "budget":
        return {"budget": {"per_year": before}}
    if change.kind == "weights":
        return {"weights": before}
    own = scenario.instruments[instrument]
    if change.kind == "effect":
        effects = scenario.effects.items()
        return {"effects": {
            e: {"points": effect.points * before}
            for e, effect in effects if effect.instrument == instrument and effect.points > 0
        }}  # fmt: skip
    names = ("scale", "min_per_year", "max_per_year", "launch_cost")
    fields = {n: v * before for n in names if (v := getattr(own, n))}
    return {"instruments": {instrument: fields}}


def test_break_evens_of_two_roads() -> None:
    """South matches north at twice the effect or half the cost; at a budget above 3 north is full.

    There is one layer, so no weights help.
    """
    changes = {c.kind: c for i, c in list_changes(explain_by_name("roads")) if i == "south"}
    assert changes["effect"].value == pytest.approx(2, rel=1e-3)
    assert changes["cost"].value == pytest.approx(0.5, rel=1e-3)
    assert changes["budget"].value == pytest.approx(3, rel=1e-3)
    assert "weights" not in changes
    assert changes["effect"].value >= 2
    assert changes["cost"].value <= 0.5


def test_a_change_that_nothing_brings_is_told() -> None:
    """A programme that helps nothing is not bought at any price."""
    idle = two_roads(effects={"by_south": {"points": 0}})
    reasons = {r.id: r for r in explain_scenario(idle).reasons or ()}
    told = {c.kind: c.value for c in reasons["south"].to_fund or ()}
    assert told == {"cost": None, "budget": None}


def test_prices_at_a_kink_are_those_of_a_little_more() -> None:
    """At 2 a year both programmes stand at a kink: a dollar more buys less than the last one."""
    prices = explain_scenario(read_scenario("textbook", budget=2)).prices
    assert prices
    for price in prices:
        assert price.lp_price == pytest.approx(price.price, abs=1e-6)
        assert price.agrees


def test_a_crossing_is_closed_in_from_both_sides() -> None:
    way = Way(lambda s: s >= 0.123, lambda s: s - 0.2, lambda _, turned: 1e-3 * turned)
    found = find_turn(way, 0.0, [1.0])
    assert found.at is not None
    assert found.holds_at < 0.123 <= found.at <= 0.123 * 1.002


# Ties and figures -----------------------------------------------------------------------------


def test_ties_of_two_equal_roads() -> None:
    """North and south alike and 2 bn to spend: each may get any part of it."""
    equal = explain_scenario(two_roads(effects={"by_south": {"points": 2}}))
    assert equal.ties is not None
    assert equal.ties["north"] == pytest.approx((0, 2), abs=1e-5)
    assert equal.ties["south"] == pytest.approx((0, 2), abs=1e-5)
    assert explain_by_name("roads").ties == {}


def test_a_figure_flips_where_the_other_road_is_as_good() -> None:
    """North's 2 points: below 1, south does as well; today's set then loses a thousandth."""
    figures = {f.path: f for f in explain_by_name("roads").figures or ()}
    own = figures["effects.by_north.points"]
    assert own.share == pytest.approx(1)
    assert own.flips_at == pytest.approx(0.999, abs=2e-3)
    assert own.enters == ("south",)
    assert own.leaves == ("north",)


def test_what_is_computed_is_told_by_its_assumptions() -> None:
    """North has 2 points a bn for 2 bn, which hang on `rule` and `north_share`: all of the gain.

    At a rule of 0.5 north has 1 point as south has; a typed figure stays a figure of its own.
    """
    rule = {"title": "Points of a road", "value": 1, "low": 0.25, "high": 3, "unit": "points"}
    scenario = two_roads(
        assumptions={
            "rule": {**rule, "confidence": "low", "source": "judgement"},
            "twice": {"value": "2 * rule"},
            "unused": {"value": 3},
        },
        effects={"by_north": {"points": "twice"}},
    )
    figures = {figure.path: figure for figure in explain_scenario(scenario).figures or ()}
    assert list(figures) == ["assumptions.rule"]
    found = figures["assumptions.rule"]
    assert (found.title, found.unit, found.confidence) == ("Points of a road", "points", "low")
    assert (found.value, found.low, found.high) == (1.0, 0.25, 3.0)
    assert found.share == pytest.approx(1.0)
    assert found.flips_at == pytest.approx(0.5, abs=2e-3)
    assert (found.enters, found.leaves) == (("south",), ("north",))
    record = tabulate(explain_scenario(scenario))
    assert record["figures"][0]["title"] == "Points of a road"
    both = derive_scenario(scenario, {"budget": {"per_year": 5}})
    shares = {figure.path: figure.share for figure in explain_scenario(both).figures or ()}
    assert shares == {
        "assumptions.rule": pytest.approx(6 / 8),
        "effects.by_south.points": pytest.approx(2 / 8),
    }


def test_figures_that_carry_as_much_stand_in_the_order_of_the_scenario() -> None:
    """All gain hangs on each of six assumptions alike: no run of the interpreter reorders them."""
    names = ["width", "slope", "bends", "grade", "wear", "tolls"]
    told = {"value": 1, "low": 0.5, "high": 2, "confidence": "low", "source": "judgement"}
    scenario = two_roads(
        assumptions=dict.fromkeys(names, told),
        effects={"by_north": {"points": f"2 * {' * '.join(names)}"}},
    )
    figures = explain_scenario(scenario).figures or ()
    assert [figure.path for figure in figures] == [f"assumptions.{name}" for name in names]


@pytest.mark.parametrize("name", ["crowded", "textbook"])
def test_the_decision_changes_at_a_flip(name: str) -> None:
    scenario, explanation = SCENARIOS[name], explain_by_name(name)
    now = set(explanation.best.plan)
    flips = [f for f in explanation.figures or () if f.flips_at is not None]
    assert flips
    for figure in flips:
        table, id_, field = figure.path.split(".")
        at = derive_scenario(scenario, {table: {id_: {field: figure.flips_at}}})
        best = solve_scenario(at, gap=0.0)
        assert set(best.plan) != now
        others = [i for i in scenario.instruments if i not in now]
        ban: Any = {"constraints": {"x": {"kind": "ban", "instruments": others}}} if others else {}
        try:
            kept = gain_of(at, ban)
            assert best.gain - kept >= -1e-9
        except Infeasible:
            pass
        before = derive_scenario(scenario, {table: {id_: {field: figure.not_at}}})
        same = gain_of(before, ban) if others else solve_scenario(before, gap=0.0).gain
        assert solve_scenario(before, gap=0.0).gain - same <= 1.01e-3 * max(same, 0.01) + 1e-6


# The command ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Outcome, Path]:
    """Give what the command prints, and the run it keeps."""
    out = tmp_path_factory.mktemp("explained") / "run"
    ended = run("explain", "textbook", "--budget", 2, "--fund", "controls", "--out", out)
    assert ended.code == 0, ended.err
    return ended, out


def test_json_has_the_promised_keys(kept: tuple[Outcome, Path]) -> None:
    record = json.loads((kept[1] / "run.json").read_text("utf-8"))
    assert {"status", "limits", "instruments", "ties", "figures"} <= set(record)
    for row in record["limits"]:
        assert {"id", "year", "price", "lp_price", "agree", "binding"} <= set(row)
    for row in record["instruments"]:
        assert {"id", "funded", "spending_bn", "held_by", "replacement", "to_fund"} <= set(row)
        assert {"points", "instead"} <= set(row["replacement"])
    changes = next(r for r in record["instruments"] if r["id"] == "controls")["to_fund"]
    assert [c["change"] for c in changes] == ["cost", "effect", "budget", "weights"]
    assert all("factor" in c for c in changes[:2])
    assert all({"from", "to"} <= set(c) for c in changes[2:])
    keys = {"path", "value", "confidence", "source", "share_of_gain", "flips_at"}
    assert all(keys <= set(row) for row in record["figures"])
    assert record["solves"] > 0
    assert any("The next $1 billion a year" in sentence for sentence in record["sentences"])


def test_workers_do_not_change_the_numbers() -> None:
    one = tabulate(explain_by_name("textbook"))
    two = tabulate(Explaining(SCENARIOS["textbook"], 0.0, workers=2).run())
    assert {**one, "seconds": 0} == {**two, "seconds": 0}


def test_a_partial_explanation_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(1000.0)
    study = Explaining(read_scenario("textbook", budget=2), clock=clock)
    tell = Pricing.tell

    def end_after_one(self: Pricing, *arguments: Any) -> Any:
        found = tell(self, *arguments)
        clock.limit = 0.0
        return found

    monkeypatch.setattr(Pricing, "tell", end_after_one)
    record = tabulate(study.run())
    assert record["limits"] is None
    assert record["ties"] is None
    assert record["instruments"][0]["replacement"] is None
    assert record["instruments"][2]["to_fund"] is None
    assert record["figures"][0]["flips_at"] is None
    assert {"prices", "ties", "to_fund of controls"} <= set(record["missing"])
    told = tell_missing(Words(study.scenario), ["to_fund of controls", "replacement of power"])
    assert told == (
        "No time was left for: what it would take to fund Controls; what would replace Power lines."
    )


def test_an_interrupted_explanation_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(self: Explaining) -> None:
        del self
        raise KeyboardInterrupt

    monkeypatch.setattr(Explaining, "_reason", interrupt)
    assert run("explain", "textbook", "--out", tmp_path / "run").code == 130
    record = json.loads((tmp_path / "run" / "run.json").read_text("utf-8"))
    assert record["limits"]
    assert record["instruments"] is None
    assert {"reasons", "ties", "to_fund", "figures"} <= set(record["missing"])


def test_the_screen_fits_a_hundred_columns(kept: tuple[Outcome, Path]) -> None:
    ended, out = kept
    assert all(len(line) <= 100 for line in ended.out.splitlines())
    for part in ("What the limits cost", "What it would take", "Ties", "figures that carry"):
        assert part in ended.out
    assert (out / "limits.csv").exists()
    assert json.loads((out / "run.json").read_text("utf-8"))["status"] == "optimal"


def test_bad_input(tmp_path: Path) -> None:
    details = refuse("explain", "textbook", "--fund", "labz", "--fund", "x", says=("labs",))
    assert [d["where"] for d in details] == ["--fund labz", "--fund x"]
    file = write_scenario("yaml", tmp_path, put(tiny_document(), "budget.per_year", -1))
    refuse("explain", file)
