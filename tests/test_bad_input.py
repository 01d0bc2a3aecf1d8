"""Wrong values, names and rules of section 3, in every form of a scenario, each told clearly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from small_scenarios import (
    FORMS,
    Document,
    Raw,
    drop,
    put,
    refuse,
    run,
    spoil,
    tiny_document,
    write_scenario,
)

IN_CSV = ("areas", "layers", "instruments", "effects", "interactions", "sources")
"""The tables that a folder keeps beside its settings."""

NAN, INF = float("nan"), float("inf")
HUGE = Raw("1" + "0" * 5000)


def place(form: str, path: str) -> str:
    """Give how the place of a dotted path begins, in each form."""
    table = path.partition(".")[0]
    is_table = table in (*IN_CSV, "constraints", "futures", "stakeholders")
    if form == "xlsx":
        return f"tiny.xlsx sheet {table if is_table else 'scenario'}"
    if form == "folder":
        return f"{table}.csv" if table in IN_CSV else "scenario.yaml line "
    return "tiny.yaml line "


def refuse_document(
    form: str, folder: Path, document: Document, says: tuple[str, ...] = ()
) -> list[dict[str, str]]:
    """Give the complaints about a document in one of the forms."""
    return refuse("scenario", "check", write_scenario(form, folder, document), says=says)


WRONG_VALUES: list[tuple[str, Any, tuple[str, ...]]] = [
    # Unknown keys and ids, with the nearest known name.
    ("titel", "x", ("titel", "title")),
    ("budget.per_yaer", 2, ("per_yaer", "per_year")),
    ("years.frist", 2027, ("frist", "first")),
    ("instruments.grid.max_per_yaer", 2, ("max_per_yaer", "max_per_year")),
    ("effects.grid_frontier.pionts", 2, ("pionts", "points")),
    ("instruments.grid.area", "enrgy", ("'enrgy'", "'energy'")),
    ("effects.grid_frontier.instrument", "grdi", ("'grdi'", "'grid'")),
    ("effects.grid_frontier.layer", "fronteer", ("'fronteer'", "'frontier'")),
    ("effects.grid_frontier.source", "reprot", ("'reprot'", "judgement")),
    ("weights.fronteer", 1, ("'fronteer'", "'frontier'")),
    ("layers.frontier.kind", "levle", ("'levle'", "level")),
    ("objective", "weightd", ("'weightd'", "weighted")),
    ("instruments.gr-id", {"area": "energy", "max_per_year": 1}, ("gr-id", "letters")),
    ("instruments.12", {"area": "energy", "max_per_year": 1}, ("12", "letter")),
    ("pillars", {"one": ["fronteer", "diffusion"]}, ("'fronteer'", "'frontier'")),
    ("priorities", [["fronteer"]], ("'fronteer'", "'frontier'")),
    # Words, flags, lists and mappings where numbers stand, and what is no number.
    ("instruments.grid.max_per_year", "lots", ("'lots'", "number")),
    ("instruments.grid.max_per_year", True, ("true", "number")),
    ("instruments.grid.max_per_year", [1, 2], ("list", "number")),
    ("instruments.grid.max_per_year", NAN, ("nan", "finite")),
    ("instruments.grid.max_per_year", INF, ("inf", "finite")),
    ("instruments.grid.max_per_year", Raw("1e400"), ("inf", "number")),
    ("instruments.grid.max_per_year", HUGE, ("number",)),
    ("instruments.grid.max_per_year", 1e13, ("1e+12",)),
    ("instruments.grid.max_per_year", Raw("$4"), ("'$4'", "number")),
    ("instruments.grid.scale", "4,5", ("'4,5'", "number")),
    ("budget.per_year", "2 bn", ("'2 bn'", "number")),
    ("budget.per_year", Raw("1e400"), ("inf", "number")),
    ("budget.carry_over", "no", ("'no'", "true or false")),
    ("budget.counts", "outlay", ("'outlay'", "outlays")),
    ("discount_rate", NAN, ("nan", "finite")),
    ("discount_rate", 3, ("3", "rate")),
    ("steady", 1, ("1", "share")),
    ("years.first", "soon", ("'soon'", "year")),
    ("years.first", 2027.5, ("2027.5", "year")),
    ("years", [2027, 2028], ("mapping", "list")),
    ("price_year", 20270, ("20270", "year")),
    # Figures of the wrong size or order.
    ("instruments.grid.launch_cost", -1, ("-1", "0 or more")),
    ("instruments.grid.max_per_year", -1, ("-1", "0 or more")),
    ("instruments.grid.scale", 0, ("above 0",)),
    ("instruments.grid.min_per_year", 3, ("3", "max_per_year", "2")),
    ("instruments.labs.max_growth", 0.1, ("never be started", "0.1", "0.2")),
    ("instruments.grid.run_years", 5, ("never be started", "5")),
    ("instruments.grid.first_year", 2040, ("2027..2028",)),
    ("instruments.grid.half_life", 0, ("above 0", "never")),
    ("instruments.grid.half_life", -2, ("-2", "above 0")),
    ("instruments.grid.half_life", "forever", ("'forever'", "never")),
    ("instruments.grid.lag", 1.5, ("1.5", "whole")),
    ("effects.grid_frontier.lag", -1, ("-1", "0 or more")),
    ("instruments.grid.spendout", [0.4, 0.4], ("sum to 1", "0.8")),
    ("instruments.grid.spendout", [1.5, -0.5], ("share", "1.5")),
    ("instruments.grid.spendout", 1, ("list of shares", "1")),
    ("instruments.grid.spendout", [], ("empty list",)),
    ("instruments.grid.curve", "satureting", ("'satureting'", "saturating")),
    ("instruments.grid.curve", [[1, 0], [2, 1]], ("[0, 0]",)),
    ("instruments.grid.curve", [[0, 0], [2, "x"]], ("'x'",)),
    ("layers.frontier.worth", [[0, 0], [1, 2], [2, 5]], ("concave",)),
    ("layers.frontier.trend_until", 1990, ("1990", "2027")),
    ("weights.frontier", -1, ("-1", "0 or more")),
    ("weights", {"frontier": 0, "diffusion": 0}, ("weights are 0",)),
    ("weights", {}, ("positive weight",)),
    ("years.first", 2030, ("2030", "2028", "swap")),
    ("years.score_until", 2026, ("2026", "2028")),
    ("years.score_until", 3000, ("974",)),
    ("budget.per_year", {"2027": 1}, ("2028", "missing")),
    ("budget.per_year", {"2027": 1, "2028": 1, "2029": 1}, ("2029", "2027..2028")),
    ("budget.per_year", {"02027": 1, "2028": 1}, ("02027", "year")),
    ("pillars", {"one": ["frontier"]}, ("diffusion", "missing")),
    ("pillars", {"one": ["frontier"], "two": ["frontier", "diffusion"]}, ("'one'", "overlap")),
    # Futures and stakeholders.
    ("futures.calm.probability", 0.4, ("sum to 1", "0.9")),
    ("futures.calm.probability", 1.5, ("1.5", "share")),
    ("futures.calm.probability", NAN, ("nan", "finite")),
    ("futures.calm.known_from", 2040, ("2040", "2027..2028")),
    ("stakeholders.firms.weights", {"frontier": 0}, ("positive",)),
    ("stakeholders.firms.weights", {"fronteer": 1}, ("'fronteer'", "'frontier'")),
    ("stakeholders.firms.statements", ["frontier >= 0.2"], ("both",)),
    ("stakeholders.unions.statements", ["diffuson >= frontier"], ("'diffuson'", "'diffusion'")),
    ("stakeholders.unions.statements", ["diffusion * frontier >= 1"], ("linear",)),
    ("stakeholders.unions.statements", ["diffusion >"], ("'diffusion >'",)),
    ("stakeholders.unions.statements", ["diffusion => 1"], ("'diffusion => 1'",)),
    ("stakeholders.unions.statements", ["3 >= 2"], ("no layer",)),
    ("stakeholders.unions.statements", [""], ("layer or a number",)),
    ("stakeholders.unions.statements", ["frontier / 0 >= 1"], ("divides",)),
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("path", "value", "says"), WRONG_VALUES)
def test_wrong_value_is_told_with_its_place(
    form: str, path: str, value: Any, says: tuple[str, ...], tmp_path: Path
) -> None:
    details = refuse_document(form, tmp_path, spoil(path, value), says)
    first = next(d for d in details if any(part.lower() in d["message"].lower() for part in says))
    assert first["where"].startswith(place(form, path)), first


@pytest.mark.parametrize("form", FORMS)
def test_where_names_row_line_and_field(form: str, tmp_path: Path) -> None:
    document = put(spoil("instruments.labs.area", "enrgy"), "years.last", "soon")
    wheres = {d["where"] for d in refuse_document(form, tmp_path, document)}
    assert (
        wheres
        == {
            "folder": {"instruments.csv row 3, area", "scenario.yaml line 4, years.last"},
            "yaml": {"tiny.yaml line 30, instruments.labs.area", "tiny.yaml line 4, years.last"},
            "xlsx": {
                "tiny.xlsx sheet instruments row 3, area",
                "tiny.xlsx sheet scenario row 4, years.last",
            },
        }[form]
    )


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("years", ("years", "missing")),
        ("budget", ("budget", "missing")),
        ("weights", ("weights", "missing")),
        ("areas", ("areas", "missing")),
        ("layers", ("layers", "missing")),
        ("instruments", ("instruments", "missing")),
    ],
)
def test_missing_table_is_named_once(
    form: str, table: str, says: tuple[str, ...], tmp_path: Path
) -> None:
    details = refuse_document(form, tmp_path, drop(tiny_document(), table), says)
    own = [d for d in details if d["where"].endswith(table)]
    assert len(own) == 1, own


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "path", ["instruments.*.area", "instruments.*.max_per_year", "effects.*.points"]
)
def test_missing_column_is_told_once(form: str, path: str, tmp_path: Path) -> None:
    document = tiny_document()
    table, _, field = path.split(".")
    for row in document[table].values():
        del row[field]
    details = refuse_document(form, tmp_path, document, (field, "missing"))
    assert len(details) == (2 if form == "yaml" else 1)
    if form != "yaml":
        assert "row 1" in details[0]["where"]


@pytest.mark.parametrize("form", FORMS)
def test_zero_instruments(form: str, tmp_path: Path) -> None:
    document = spoil("instruments", {})
    refuse_document(form, tmp_path, document, ("at least one instrument",))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("table", "row", "figure", "low", "high", "says"),
    [
        ("effects", "grid_frontier", "points", 9, 1, ("9", "above", "1")),
        ("effects", "grid_frontier", "points", 9, None, ("points_high", "both or neither")),
        ("effects", "grid_frontier", "points", None, 9, ("points_low", "both or neither")),
        ("effects", "grid_frontier", "points", "x", 9, ("'x'", "number")),
        ("effects", "grid_frontier", "scale", -1, 9, ("-1", "above 0")),
        ("effects", "grid_frontier", "lag", 0.5, 2, ("0.5", "whole")),
        ("effects", "grid_frontier", "half_life", "never", 9, ("above", "9")),
        ("instruments", "grid", "max_per_year", NAN, 3, ("nan", "finite")),
        ("instruments", "grid", "spendout", 1, 2, ("spendout_low",)),
        ("layers", "frontier", "us_trend", 2, 1, ("2", "above", "1")),
    ],
)
def test_bad_ranges(
    form: str,
    table: str,
    row: str,
    figure: str,
    low: Any,
    high: Any,
    says: tuple[str, ...],
    tmp_path: Path,
) -> None:
    document = tiny_document()
    for end, value in (("low", low), ("high", high)):
        if value is not None:
            put(document, f"{table}.{row}.{figure}_{end}", value)
    details = refuse_document(form, tmp_path, document, says)
    assert all(f"{figure}_" in d["where"] for d in details)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"years": {"last": 2029}}, ("'years'",)),
        ({"areas": {"energy": {"title": "x"}}}, ("'areas'",)),
        ({"objective": "weakest_layer"}, ("'objective'",)),
        ({"futures": {"calm": {"probability": 1}}}, ("'futures'",)),
        ({"nope": 1}, ("'nope'",)),
        ({"instruments": {"new": {"area": "energy", "max_per_year": 1}}}, ("'new'",)),
        ({"instruments": {"grid": None}}, ("ids",)),
        ({"instruments": {"grid": {"area": "open_source"}}}, ("'area'",)),
        ({"instruments": {"grid": {"max_per_yaer": 2}}}, ("max_per_yaer", "max_per_year")),
        ({"instruments": {"grid": {"max_per_year": -2}}}, ("-2", "0 or more")),
        ({"instruments": {"grid": {"min_per_year": 5}}}, ("5", "max_per_year")),
        ({"effects": {"grid_frontier": {"layer": "diffusion"}}}, ("'layer'",)),
        ({"effects": {"grid_frontier": {"points": "x"}}}, ("'x'", "number")),
        ({"effects": {"grid_fronteer": {"points": 1}}}, ("'grid_fronteer'", "'grid_frontier'")),
        ({"effects": 3}, ("mapping", "3")),
        ({"weights": {"frontier": 0, "diffusion": 0}}, ("weights are 0",)),
        ([1], ("list",)),
    ],
)
def test_futures_change_figures_only(
    form: str, change: Any, says: tuple[str, ...], tmp_path: Path
) -> None:
    details = refuse_document(form, tmp_path, spoil("futures.storm.change", change), says)
    assert len(details) == 1
    assert "change" in details[0]["where"]


CONSTRAINTS: list[tuple[Document, tuple[str, ...]]] = [
    ({"kind": "spnd", "at_most": 1}, ("'spnd'", "'spend'")),
    ({"at_most": 1}, ("kind", "missing")),
    ({"kind": "spend"}, ("at_least or at_most",)),
    ({"kind": "spend", "at_least": 3, "at_most": 1}, ("3", "at_most", "1")),
    ({"kind": "spend", "at_most": -1}, ("-1", "0 or more")),
    ({"kind": "spend", "at_most": 2, "unit": "share"}, ("share", "2")),
    ({"kind": "spend", "at_most": 1, "unit": "percent"}, ("'percent'", "share")),
    ({"kind": "spend", "at_most": 1, "of": ["enrgy"]}, ("'enrgy'", "'energy'")),
    ({"kind": "spend", "at_most": 1, "years": [2028, 2027]}, ("2028", "2027", "order")),
    ({"kind": "spend", "at_msot": 1}, ("at_msot", "at_most")),
    ({"kind": "spend", "at_most": 1, "priority": "high"}, ("'high'", "number")),
    ({"kind": "lead", "layer": "frontier", "at_least": 3}, ("years", "missing")),
    ({"kind": "lead", "layer": "fronteer", "at_least": 3, "years": [2027, 2028]}, ("'frontier'",)),
    ({"kind": "crowd_in"}, ("at_least", "missing")),
    ({"kind": "crowd_in", "at_least": 1, "of": ["frontier"]}, ("'frontier'", "area")),
    ({"kind": "choose", "of": ["grid"], "at_least": 1}, ("'grid'", "min_per_year")),
    ({"kind": "choose", "of": ["energy"], "at_most": 1}, ("'energy'", "instrument")),
    ({"kind": "choose", "of": ["labs"], "at_least": 1.5}, ("1.5", "whole")),
    ({"kind": "choose", "of": ["labs"], "at_least": -1}, ("-1",)),
    ({"kind": "choose", "of": ["labs"]}, ("at_least or at_most",)),
    ({"kind": "requires", "instrument": "labs", "needs": ["grid"]}, ("'grid'", "min_per_year")),
    ({"kind": "requires", "instrument": "labs", "needs": ["labs"]}, ("'labs'", "itself")),
    ({"kind": "requires", "instrument": "gird", "needs": ["labs"]}, ("'gird'", "'grid'")),
    (
        {"kind": "requires", "instrument": "grid", "needs": ["labs"], "lead_time": 1.5},
        ("1.5", "whole"),
    ),
    ({"kind": "launches", "at_most": "few"}, ("'few'", "whole")),
    ({"kind": "launches", "at_most": -1}, ("-1",)),
    ({"kind": "fund", "instruments": ["grid"], "from": 2027}, ("'grid'", "min_per_year")),
    ({"kind": "fund", "instruments": ["labs"]}, ("from", "missing")),
    ({"kind": "ban", "instruments": []}, ("at least one id",)),
    ({"kind": "ban", "instruments": ["labz"]}, ("'labz'", "'labs'")),
]


@pytest.mark.parametrize("form", ["yaml", "xlsx"])
@pytest.mark.parametrize(("limit", "says"), CONSTRAINTS)
def test_constraints_follow_the_rules(
    form: str, limit: Document, says: tuple[str, ...], tmp_path: Path
) -> None:
    # A list without ids is an empty cell in a workbook, and an empty cell is absent.
    if form == "xlsx" and limit.get("instruments") == []:
        limit, says = {"kind": "ban"}, ("instruments", "missing")
    details = refuse_document(form, tmp_path, spoil("constraints.one", limit), says)
    sheet = "tiny.xlsx sheet constraints row" if form == "xlsx" else "tiny.yaml line"
    assert all(d["where"].startswith(sheet) for d in details)


@pytest.mark.parametrize(
    ("between", "says"),
    [
        (["grid_frontier"], ("two different", "1")),
        (["grid_frontier", "grid_frontier"], ("grid_frontier", "once")),
        (["grid_frontier", "labs_frontier"], ("'labs_frontier'", "effect")),
    ],
)
def test_interactions_join_two_effects(
    between: list[str], says: tuple[str, ...], tmp_path: Path
) -> None:
    row = {"between": between, "layer": "frontier", "points": 1}
    refuse_document("yaml", tmp_path, spoil("interactions.both", row), says)


def test_interactions_take_no_linear_effect(tmp_path: Path) -> None:
    document = spoil("effects.grid_frontier.curve", "linear")
    row = {"between": ["grid_frontier", "labs_diffusion"], "layer": "frontier", "points": 1}
    put(document, "interactions.both", row)
    refuse_document("yaml", tmp_path, document, ("'grid_frontier'", "linear"))


@pytest.mark.parametrize("form", FORMS)
def test_several_mistakes_are_told_together(form: str, tmp_path: Path) -> None:
    document = spoil("instruments.grid.max_per_year", "lots")
    put(document, "effects.labs_diffusion.layer", "fronteer")
    put(document, "titel", "x")
    put(document, "futures.calm.probability", 0.4)
    put(document, "discount_rate", NAN)
    says = ("'lots'", "'fronteer'", "titel", "sum to 1", "nan", "5 things")
    assert len(refuse_document(form, tmp_path, document, says)) == 5


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("path", "value"),
    [("weights.frontier", -1), ("futures.storm.change", "x"), ("priorities", "frontier")],
)
def test_one_mistake_is_one_complaint(form: str, path: str, value: Any, tmp_path: Path) -> None:
    document = spoil(path, value)
    if path == "priorities":
        put(document, "objective", "lexicographic")
    assert len(refuse_document(form, tmp_path, document)) == 1


@pytest.mark.parametrize("form", FORMS)
def test_bad_cap_names_its_year(form: str, tmp_path: Path) -> None:
    document = spoil("budget.per_year", {"2027": 1, "2028": "lots"})
    refuse_document(form, tmp_path, document, ("2028", "'lots'"))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("instruments.grid.curve", [[0, 0], [2, 0.5], [1, 1]]),
        ("instruments.grid.curve", [[0, 0], [1, 0.5], [2, 0.25]]),
        ("layers.frontier.worth", [[0, 0], [1, 2], [2, 5]]),
    ],
)
def test_bad_curve_shows_what_was_got(path: str, value: Any, tmp_path: Path) -> None:
    (detail,) = refuse_document("yaml", tmp_path, spoil(path, value))
    assert "got a list of" not in detail["message"]


@pytest.mark.parametrize(
    "statement",
    ["frontier >= 1e400", "frontier * 1e300 * 1e300 >= 1", "(" * 5000 + "frontier"],
)
def test_statements_are_finite_and_shallow(statement: str, tmp_path: Path) -> None:
    refuse_document("yaml", tmp_path, spoil("stakeholders.unions.statements", [statement]))


@pytest.mark.parametrize("form", FORMS)
def test_nulls_are_absent_and_odd_names_are_only_names(form: str, tmp_path: Path) -> None:
    document = spoil("instruments.__proto__", {"area": "energy", "max_per_year": 1})
    put(document, "discount_rate", None)
    put(document, "instruments.grid.half_life", None)
    ended = run("scenario", "check", write_scenario(form, tmp_path, document), "--json")
    assert ended.code == 0, ended.out
