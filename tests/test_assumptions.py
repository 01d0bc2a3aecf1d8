"""Assumptions: figures that follow from others, in every form and under every patch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import openpyxl
import pytest
from small_scenarios import FORMS, Document, put, refuse, run, tiny_document, write_scenario

from stratafolio.inputs.build import build_scenario, derive_scenario
from stratafolio.inputs.expressions import LONGEST, NoExpression, parse_expression
from stratafolio.inputs.figures import list_figures
from stratafolio.inputs.numbers import put_numbers
from stratafolio.inputs.patch import merge
from stratafolio.inputs.read import read_scenario
from stratafolio.inputs.scenario import Scenario
from stratafolio.inputs.workbook import make_workbook
from stratafolio.inputs.write import dump_yaml, make_schema


def assumed_document() -> Document:
    """Give the tiny document told by its assumptions, with an expression wherever one may stand."""
    document = tiny_document()
    document["assumptions"] = {
        "points_per_gw": {
            "title": "Points of a gigawatt",
            "value": 0.2,
            "low": 0.1,
            "high": 0.4,
            "unit": "points",
            "group": "power",
            "confidence": "low",
            "source": "report",
            "note": "a rule",
        },
        "gw": {"value": 20, "low": 10, "high": 30, "group": "power"},
        "half_gw": {"value": "gw / 2"},
        "rate": {"value": 0.03},
        "years_late": {"value": 1, "low": 0, "high": 2},
    }
    document["correlations"] = {
        "rules": {"between": ["assumptions.points_per_gw", "assumptions.gw"], "rank": -0.5}
    }
    document["discount_rate"] = "rate"
    put(document, "budget.per_year", "0.1 * gw")
    put(document, "layers.frontier.us", "(gw + half_gw) / 2")
    put(document, "instruments.grid.scale", "max(4, points_per_gw)")
    put(document, "instruments.grid.lag", "years_late")
    put(document, "instruments.grid.spendout", ["0.02 * gw", "1 - 0.02 * gw"])
    put(document, "effects.grid_frontier.points", "gw * points_per_gw")
    floor = {"kind": "lead", "layer": "frontier", "at_least": "half_gw - 5", "years": [2027, 2028]}
    put(document, "constraints.floor", floor)
    cap = {"kind": "spend", "of": ["labs"], "at_most": "min(gw, 0.75)"}
    put(document, "constraints.cap", cap)
    put(document, "futures.storm.change", {"assumptions": {"gw": {"value": 10}}})
    put(document, "stakeholders.firms.beliefs", {"assumptions": {"points_per_gw": {"value": 0.1}}})
    return document


POINTS = "effects.grid_frontier.points"


def build(document: Document) -> Scenario:
    return build_scenario(document, {}, "small")


NUMBERS: dict[str, Any] = {
    "discount_rate": 0.03,
    "budget.per_year": 2.0,
    "layers.frontier.us": 15.0,
    "instruments.grid.scale": 4.0,
    "instruments.grid.lag": 1,
    "instruments.grid.spendout": (0.4, 0.6),
    "effects.grid_frontier.points": 4.0,
    "constraints.floor.at_least": 5.0,
    "constraints.cap.at_most": 0.75,
}
"""What the expressions above come to, by hand."""


def look_up(scenario: Scenario, path: str) -> Any:
    """Give the figure at a path of a scenario."""
    value: Any = scenario
    for key in path.split("."):
        value = value[key] if isinstance(value, dict) else getattr(value, key)
    return value


@pytest.mark.parametrize("form", FORMS)
def test_every_form_reads_expressions(form: str, tmp_path: Path) -> None:
    scenario = read_scenario(str(write_scenario(form, tmp_path, assumed_document())))
    assert {path: look_up(scenario, path) for path in NUMBERS} == NUMBERS
    assert scenario.assumed["half_gw"] == 10.0
    assert scenario.assumptions["points_per_gw"].ranges["value"] == (0.1, 0.4)
    assert scenario.correlations["rules"].rank == -0.5


@pytest.mark.parametrize("form", ["yaml", "xlsx"])
def test_exports_keep_expressions_and_read_back(form: str, tmp_path: Path) -> None:
    document = assumed_document()
    document |= {"sides": {"own": "EU", "other": None}, "money": {"unit": "million", "symbol": "€"}}
    for layer in document["layers"].values():
        layer.pop("china")
    document["ranges"] = {"coverage": 0.8, "shape": "normal"}
    scenario = build(document)
    file = tmp_path / f"again.{form}"
    is_book = form == "xlsx"
    file.write_bytes(make_workbook(scenario) if is_book else dump_yaml(scenario.document).encode())
    again = read_scenario(str(file))
    assert again.document["effects"]["grid_frontier"]["points"] == "gw * points_per_gw"
    assert again.expressions == scenario.expressions
    for name in ("layers", "instruments", "effects", "constraints", "assumptions", "budget"):
        assert getattr(again, name) == getattr(scenario, name), name
    assert (again.sides.own, again.sides.other) == ("EU", None)
    assert (again.money.unit, again.money.symbol) == ("million", "€")
    assert (again.uncertainty.coverage, again.uncertainty.shape) == (0.8, "normal")


def test_an_assumption_moves_all_that_hangs_on_it() -> None:
    """Half the gigawatts: the rows that hang on them change, and no others are read anew."""
    scenario = build(assumed_document())
    moved = derive_scenario(scenario, {"assumptions": {"gw": {"value": 10}}})
    assert moved.effects["grid_frontier"].points == 2.0
    assert moved.budget.per_year == 1.0
    assert moved.instruments["grid"].spendout == (0.2, 0.8)
    assert moved.assumed["half_gw"] == 5.0
    assert moved.effects["labs_diffusion"] is scenario.effects["labs_diffusion"]
    again = derive_scenario(moved, {"assumptions": {"gw": {"value": 20}}})
    assert again == scenario
    rule = derive_scenario(scenario, {"assumptions": {"points_per_gw": {"value": 0.1}}})
    assert rule.effects["grid_frontier"].points == 2.0
    assert rule.layers["frontier"] is scenario.layers["frontier"]


def test_patches_set_assumptions_and_put_numbers_over_expressions(tmp_path: Path) -> None:
    file = str(write_scenario("yaml", tmp_path, assumed_document()))
    moved = read_scenario(file, ["assumptions.points_per_gw.value=0.1"])
    assert moved.effects["grid_frontier"].points == 2.0
    typed = read_scenario(file, ["effects.grid_frontier.points=3", "budget.per_year=2*rate + 1"])
    assert typed.effects["grid_frontier"].points == 3.0
    assert typed.budget.per_year == 1.06
    child = tmp_path / "child.yaml"
    child.write_text("extends: tiny.yaml\nassumptions: {gw: {value: 25}}\n", encoding="utf-8")
    assert read_scenario(str(child)).effects["grid_frontier"].points == 5.0
    without = read_scenario(file, ["sides.other=null", "layers.diffusion.china=0"])
    assert without.sides.other is None
    assert read_scenario(file, ["sides.own=EU"]).sides.other == "China"


def test_futures_and_beliefs_are_worlds_of_other_assumptions() -> None:
    scenario = build(assumed_document())
    storm = derive_scenario(scenario, scenario.futures["storm"].change)
    assert storm.effects["grid_frontier"].points == 2.0
    firms = derive_scenario(scenario, scenario.stakeholders["firms"].beliefs)
    assert firms.effects["grid_frontier"].points == 2.0


def test_numbers_stand_in_place_of_expressions(tmp_path: Path) -> None:
    """The document of numbers is the same problem, and no expression is left in it."""
    scenario = build(assumed_document())
    numbers = put_numbers(scenario.document, scenario.expressions)
    plain = build(numbers)
    assert {path: look_up(plain, path) for path in NUMBERS} == NUMBERS
    assert not plain.expressions
    assert numbers["effects"]["grid_frontier"]["points"] == 4
    file = write_scenario("yaml", tmp_path, assumed_document())
    shown = json.loads(run("scenario", "show", file, "--numbers", "--json").out)
    assert shown["assumptions"]["half_gw"]["value"] == 10
    kept = json.loads(run("scenario", "show", file, "--json").out)
    assert kept["effects"]["grid_frontier"]["points"] == "gw * points_per_gw"


def test_a_run_folder_keeps_expressions(tmp_path: Path) -> None:
    file = write_scenario("yaml", tmp_path, assumed_document())
    assert run("solve", file, "--out", tmp_path / "run").code == 0
    again = read_scenario(str(tmp_path / "run"))
    assert again.document["effects"]["grid_frontier"]["points"] == "gw * points_per_gw"
    assert json.loads(run("solve", tmp_path / "run", "--json").out)["gain"] == pytest.approx(
        json.loads(run("solve", file, "--json").out)["gain"], abs=1e-9
    )


def test_a_report_lists_assumptions_and_takes_them_back(tmp_path: Path) -> None:
    """The ledger has an assumption's own words, and a value changed in the workbook moves all."""
    file = write_scenario("yaml", tmp_path, assumed_document())
    book = tmp_path / "book.xlsx"
    ended = run("report", file, "--out", tmp_path / "page.html", "--xlsx", book)
    assert ended.code == 0, ended.err
    opened = openpyxl.load_workbook(book)
    header, *rows = opened["figures"].iter_rows()
    at = {str(cell.value): k for k, cell in enumerate(header)}
    told = {str(row[at["path"]].value): row for row in rows}
    rule = told["assumptions.points_per_gw"]
    assert [rule[at[key]].value for key in ("title", "value", "low", "high", "confidence")] == [
        *("Points of a gigawatt", 0.2, 0.1, 0.4, "low")
    ]
    points = told[POINTS]
    share = points[at["share of gain"]].value
    assert isinstance(share, float)
    assert 0 < share < 1
    assert rule[at["share of gain"]].value == told["assumptions.gw"][at["share of gain"]].value
    assert rule[at["share of gain"]].value == share
    assert told["assumptions.rate"][at["share of gain"]].value is None
    assert (points[at["value"]].value, points[at["low"]].value) == (4, None)
    assert str(points[at["note"]].value).startswith("gw * points_per_gw")
    assert read_scenario(str(book)).expressions == read_scenario(str(file)).expressions
    rule[at["value"]].value = 0.1
    rule[at["high"]].value = 0.3
    opened.save(book)
    again = read_scenario(str(book))
    assert again.effects["grid_frontier"].points == 2.0
    assert again.assumptions["points_per_gw"].ranges["value"] == (0.1, 0.3)


def test_the_schema_allows_expressions_where_the_reader_does() -> None:
    schema = make_schema()
    jsonschema.validate(assumed_document(), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(put(assumed_document(), "steady", "rate"), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(put(assumed_document(), "assumptions.gw.low", "rate"), schema)


def test_check_says_what_nothing_uses_and_what_hangs_on_none(tmp_path: Path) -> None:
    document = put(assumed_document(), "assumptions.spare", {"value": 1})
    put(document, "assumptions.by_way_of_it", {"value": "2 * spare"})
    put(document, "effects.labs_diffusion.points_low", 4.9)
    put(document, "effects.labs_diffusion.points_high", 9.0)
    put(document, "assumptions.gw.value", 31)
    put(document, "instruments.grid.spendout", [1])
    put(document, "constraints.floor.at_least", 0)
    record = json.loads(
        run("scenario", "check", write_scenario("yaml", tmp_path, document), "--json").out
    )
    idle = [o["where"] for o in record["oddities"] if "nothing is computed" in o["message"]]
    assert idle == ["assumptions.spare", "assumptions.by_way_of_it"]
    outside = [o["where"] for o in record["oddities"] if "outside its range" in o["message"]]
    assert outside == ["assumptions.gw.value"]
    medians, apart = (remark["message"] for remark in record["remarks"])
    assert "assumptions.gw (lognormal around 17.3, value 31)" in medians
    assert "effects.labs_diffusion.points (lognormal around 6.64, value 5)" in medians
    assert "years_late" not in medians
    assert "effects.labs_diffusion.points" in apart
    assert "assumptions" not in apart.partition(":")[2]


def test_repairs_move_limits_that_are_computed(tmp_path: Path) -> None:
    """Labs must have 3 a year and may spend 2: the repairs say what the budget is, in numbers."""
    document = put(assumed_document(), "instruments.labs.max_per_year", 5)
    put(document, "constraints", {})
    put(document, "budget.total", "gw")
    floor = {"kind": "spend", "of": ["labs"], "at_least": "gw / 20 + 2"}
    put(document, "constraints.floor", floor)
    file = write_scenario("yaml", tmp_path, document)
    assert run("solve", file).code == 4
    record = json.loads(run("explain", file, "--json").out)
    patches = [repair["patch"] for repair in record["repairs"]]
    assert {"budget": {"per_year": 3}} in patches
    assert {"constraints": {"floor": {"at_least": 2}}} in patches


def test_a_stakeholder_may_have_beliefs_alone(tmp_path: Path) -> None:
    """Whose weights then are the scenario's; there is no region to name."""
    document = put(assumed_document(), "stakeholders.firms.weights", None)
    file = write_scenario("yaml", tmp_path, document)
    assert run("scenario", "check", file).code == 0
    record = json.loads(run("sensitivity", "map", file, "--json").out)
    stands = record["stakeholders"]["stands"]["firms"]
    assert stands["weights"] == {"frontier": 0.5, "diffusion": 0.5}
    refuse("solve", file, "--weights", "firms", says=("no weights to take",))
    where = ("sensitivity", "map", file, "--stakeholder", "firms")
    refuse(*where, says=("--stakeholder", "beliefs alone"))


# Arithmetic -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12 * a", 2.4),
        ("1 - 2 - 3", -4.0),
        ("12 / 3 / 2", 2.0),
        ("-(a + 1) * 10", -12.0),
        ("2 * -a", -0.4),
        ("min(a, 1, 3) + max(0, -1)", 0.2),
        ("0.3 - 0.1 * 3", 0.0),
        ("1 / 3 * 3", 1.0),
        ("lambda * 2", 6.0),
        ("3e13 / 1e9", 30000.0),
        (" .5 ", 0.5),
    ],
)
def test_arithmetic(text: str, value: float) -> None:
    assert parse_expression(text).evaluate({"a": 0.2, "lambda": 3.0}) == value


@pytest.mark.parametrize(
    "text",
    [
        *("", "(", "a b", "2a", "a,", "(a, b)", "min", "min(a)", "min(*a)", "max(a=1, b=2)"),
        *("a ** 2", "a // 2", "a % 2", "a.real", "a[0]", "'a'", "f(a)", "3(a)", "a if a else a"),
        *("__import__('os')", "lambda: 1", "a := 1", "0x10", "1_000", "1j", "a == 1", "[a]"),
        *("1e308 * 10", "1e999999999", "1e30", "1e20 * 1e20", "1 / 0", "0 / 0", "1 / (a - a)"),
        *("a" * (LONGEST + 1), "(" * 60 + "a" + ")" * 60, "-" * 60 + "1", "٣", "a\x00"),
    ],
)
def test_what_is_no_arithmetic_is_refused(text: str) -> None:
    with pytest.raises(NoExpression):
        parse_expression(text).evaluate({"a": 0.2, "b": 1.0})


# Bad input ------------------------------------------------------------------------------------

BAD: dict[str, tuple[Document, tuple[str, ...]]] = {
    "unknown": ({POINTS: "gww * 2"}, (POINTS, "'gww * 2'", "did you mean 'gw'")),
    "circle": (
        {"assumptions.gw": {"value": "half_gw"}},
        ("assumptions.", "circle", "gw -> half_gw -> gw"),
    ),
    "circle of itself": ({"assumptions.rate.value": "rate + 1"}, ("circle", "rate -> rate")),
    "division by zero": (
        {POINTS: "1 / (gw - 20)"},
        (POINTS, "'1 / (gw - 20)' divides by 0", "gw = 20"),
    ),
    "negative cost": (
        {"instruments.grid.max_per_year": "gw - 21"},
        ("instruments.grid.max_per_year", "0 or more", "'gw - 21' comes to -1, with gw = 20"),
    ),
    "lag that is not whole": (
        {"instruments.grid.lag": "years_late / 2"},
        ("instruments.grid.lag", "whole", "comes to 0.5, with years_late = 1"),
    ),
    "shares that do not sum to 1": (
        {"instruments.grid.spendout": [0.5, "rate"]},
        ("instruments.grid.spendout", "sum to 1", "'rate' comes to 0.03"),
    ),
    "rule across fields": (
        {"instruments.labs.min_per_year": "gw / 10"},
        ("min_per_year", "is above max_per_year", "'gw / 10' comes to 2, with gw = 20"),
    ),
    "import": ({POINTS: "__import__('os')"}, (POINTS, "more than numbers")),
    "attribute": ({POINTS: "gw.real"}, (POINTS, "more than numbers", "'.'")),
    "power": ({POINTS: "gw ** 2"}, (POINTS, "more than numbers", "'**'")),
    "10,000 characters": ({POINTS: "gw+" * 3333 + "1"}, (POINTS, "10000 characters")),
    "too large": ({POINTS: "1e308*10"}, (POINTS, "1e+30")),
    "too large a result": ({POINTS: "1e9*gw"}, (POINTS, "at most 1e+08", "comes to 2e+10")),
    "range beside an expression": (
        {f"{POINTS}_low": 1, f"{POINTS}_high": 5},
        (f"{POINTS}_low", "beside an expression, 'gw * points_per_gw'"),
    ),
    "range of a computed assumption": (
        {"assumptions.half_gw.low": 1, "assumptions.half_gw.high": 5},
        ("assumptions.half_gw.low", "beside an expression"),
    ),
    "low above high": ({"assumptions.gw.low": 40}, ("assumptions.gw.low", "above the high value")),
    "one end": ({"assumptions.rate.low": 0}, ("assumptions.rate.low", "high is missing")),
    "an end that is an expression": (
        {"assumptions.gw.low": "rate"},
        ("assumptions.gw.low", "expected a number", "'rate'"),
    ),
    "lognormal below 0": (
        {"assumptions.years_late.shape": "lognormal"},
        ("assumptions.years_late.shape", "lognormal", "the low value is 0"),
    ),
    "lognormal for all": (
        {"ranges.shape": "lognormal"},
        ("ranges.shape", "of 'assumptions.years_late' is 0"),
    ),
    "beta outside": (
        {"assumptions.gw.shape": "beta", "assumptions.gw.value": 31, "instruments.grid": None},
        ("assumptions.gw.shape", "within 10 to 30"),
    ),
    "unknown shape": ({"assumptions.gw.shape": "triangle"}, ("shape", "lognormal")),
    "coverage": ({"ranges.coverage": 1.0}, ("ranges.coverage", "0.1 to 0.999")),
    "unknown key of ranges": ({"ranges.cover": 0.5}, ("ranges.cover", "did you mean 'coverage'")),
    "correlation above 1": (
        {"correlations.rules.rank": 1.1},
        ("correlations.rules.rank", "-1 to 1"),
    ),
    "correlation with itself": (
        {"correlations.rules.between": ["assumptions.gw", "assumptions.gw"]},
        ("correlations.rules.between", "two different figures"),
    ),
    "correlation without a range": (
        {"correlations.rules.between": ["assumptions.gw", "assumptions.rate"]},
        ("correlations.rules.between", "'assumptions.rate'", "with a range"),
    ),
    "correlation given twice": (
        {"correlations.again": {"between": "assumptions.gw assumptions.points_per_gw", "rank": 0}},
        ("correlations.again.between", "'rules'"),
    ),
    "correlations that cannot be": (
        {
            "correlations.b": {"between": "assumptions.gw assumptions.years_late", "rank": 0.9},
            "correlations.c": {
                "between": "assumptions.points_per_gw assumptions.years_late",
                "rank": 0.9,
            },
        },
        ("correlations", "no distribution", "assumptions.gw and assumptions.years_late: 0.9"),
    ),
    "named like a function": ({"assumptions.min": {"value": 1}}, ("assumptions.min", "'min'")),
    "named like a word": ({"assumptions.never": {"value": 1}}, ("assumptions.never", "'never'")),
    "no value": ({"assumptions.gw.value": None}, ("assumptions.gw.value", "missing")),
    "an expression of settings": ({"steady": "rate"}, ("steady", "'rate'")),
    "belief about years": (
        {"stakeholders.firms.beliefs": {"years": {"first": 2026}}},
        ("stakeholders.firms.beliefs.years", "beliefs are", "cannot change 'years'"),
    ),
    "belief about weights": (
        {"stakeholders.firms.beliefs": {"weights": {"frontier": 2}}},
        ("stakeholders.firms.beliefs.weights", "cannot change 'weights'"),
    ),
    "belief that cannot be": (
        {"stakeholders.firms.beliefs": {"assumptions": {"gw": {"value": -1}}}},
        ("stakeholders.firms.beliefs.budget.per_year", "comes to -0.1, with gw = -1"),
    ),
    "a date": ({POINTS: "2027-01-01"}, (POINTS, "expected a number", "'2027-01-01'")),
    "no other side": ({"sides": {"other": None}}, ("layers.diffusion.china", "no other side")),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused(case: str, tmp_path: Path) -> None:
    changes, says = BAD[case]
    document = assumed_document()
    for path, value in changes.items():
        put(document, path, value)
    refuse("scenario", "check", write_scenario("yaml", tmp_path, document), says=says)


def test_one_mistake_is_told_once() -> None:
    """What hangs on an assumption that has no value is wrong for that reason alone."""
    document = put(assumed_document(), "assumptions.gw.value", "1 / 0")
    with pytest.raises(Exception, match="divides by 0") as caught:
        build(document)
    assert len(str(caught.value).splitlines()) == 1


def test_an_assumption_may_be_called_like_a_layer() -> None:
    document = put(assumed_document(), "assumptions.frontier", {"value": 3})
    put(document, POINTS, "frontier")
    assert build(document).effects["grid_frontier"].points == 3.0


def test_without_assumptions_words_are_no_expressions(tmp_path: Path) -> None:
    document = put(tiny_document(), POINTS, "many")
    says = (POINTS, "expected a number", "'many'")
    refuse("scenario", "check", write_scenario("yaml", tmp_path, document), says=says)
    assert build(put(tiny_document(), POINTS, "2 * 3")).effects["grid_frontier"].points == 6.0


def test_a_formula_of_a_spreadsheet_is_told_how_to_stand_as_text(tmp_path: Path) -> None:
    file = write_scenario("xlsx", tmp_path, assumed_document())
    book = openpyxl.load_workbook(file)
    header = [cell.value for cell in book["effects"][1]]
    book["effects"].cell(row=2, column=header.index("points") + 1, value="=gw*points_per_gw")
    book.save(file)
    refuse("scenario", "check", file, says=("effects", "row 2", "formula", "as text", "without"))


# Paths ----------------------------------------------------------------------------------------


def test_assumptions_are_among_the_figures_in_doubt() -> None:
    scenario = build(assumed_document())
    paths = [figure.path for figure in list_figures(scenario)]
    assert paths == ["assumptions.points_per_gw", "assumptions.gw", "assumptions.years_late"]
    (rule,) = list_figures(scenario, ["assumptions.points_per_gw.value"])
    assert (rule.title, rule.unit, rule.confidence) == ("Points of a gigawatt", "points", "low")
    assert derive_scenario(scenario, rule.patch(0.4)).effects["grid_frontier"].points == 8.0
    late = list_figures(scenario, ["assumptions.years_late"])[0]
    assert late.patch(1.7) == {"assumptions": {"years_late": {"value": 2}}}


def test_a_group_moves_together() -> None:
    """Low: 10 GW at 0.1 points; high: 30 at 0.4; halfway up: 25 at 0.3."""
    scenario = build(put(assumed_document(), "instruments.grid.spendout", [1]))
    (power,) = list_figures(scenario, ["group:power"])
    assert (power.low, power.value, power.high) == (-1, 0, 1)
    for position, points in ((-1, 1.0), (0, 4.0), (0.5, 7.5), (1, 12.0)):
        moved = derive_scenario(scenario, power.patch(position))
        assert moved.effects["grid_frontier"].points == pytest.approx(points)
    assert merge({}, power.patch(0)) == {
        "assumptions": {"points_per_gw": {"value": 0.2}, "gw": {"value": 20.0}}
    }


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("effects.grid_frontier.points", ("is computed", "assumptions.gw or assumptions.points")),
        ("assumptions.rate", ("carries no range", "give low and high beside it")),
        ("assumptions.gv", ("did you mean 'assumptions.gw'",)),
        ("group:powr", ("did you mean 'group:power'",)),
    ],
)
def test_figures_without_a_range_say_what_has_one(
    path: str, says: tuple[str, ...], tmp_path: Path
) -> None:
    file = write_scenario("yaml", tmp_path, assumed_document())
    refuse("sensitivity", "inputs", file, "--figure", path, says=("--figure", *says))
