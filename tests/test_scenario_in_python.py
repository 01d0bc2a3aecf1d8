"""Scenarios from Python: tables as data frames, patches, files, and what is refused."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from small_scenarios import run, tiny_document

import stratafolio as sf


def refuse(call: Any, *arguments: Any, **options: Any) -> str:
    """What a call complains of."""
    with pytest.raises(sf.InputError) as error:
        call(*arguments, **options)
    return str(error.value)


@pytest.fixture(scope="module")
def textbook() -> sf.Scenario:
    return sf.read_scenario("textbook")


@pytest.mark.parametrize("name", sf.list_bundled())
def test_tables_go_back_in_as_the_same_scenario(name: str) -> None:
    scenario = sf.read_scenario(name)
    rebuilt = sf.scenario_from_tables(scenario.document, name=name, **scenario.tables)
    assert rebuilt.document == scenario.document
    assert rebuilt == scenario


def test_tables_have_ids_as_their_index_and_keep_expressions_as_text() -> None:
    document = tiny_document()
    document["assumptions"] = {"reach": {"value": 2}}
    document["effects"]["grid_frontier"]["points"] = "2 * reach"
    scenario = sf.scenario_from_tables(document)
    effects = scenario.tables["effects"]
    assert effects.index.name == "id"
    assert effects["points"].to_dict() == {"grid_frontier": "2 * reach", "labs_diffusion": 5.0}
    assert scenario.effects["grid_frontier"].points == 4.0
    assert sf.scenario_from_tables(document, effects=effects) == scenario


def test_tables_are_copies(textbook: sf.Scenario) -> None:
    frame = textbook.tables["instruments"]
    frame.loc["power", "max_per_year"] = 2.5
    assert textbook.tables["instruments"].loc["power", "max_per_year"] == 3


def test_ids_may_be_a_column_or_an_index_without_a_name(textbook: sf.Scenario) -> None:
    frame = textbook.tables["instruments"]
    for given in (frame.reset_index(), frame.rename_axis(None)):
        rebuilt = sf.scenario_from_tables(textbook.document, name="textbook", instruments=given)
        assert rebuilt == textbook


def test_numbers_of_numpy_are_numbers(textbook: sf.Scenario) -> None:
    patch = {"budget": {"per_year": {np.int64(2027): np.float64(3.5), 2028: np.int64(4)}}}
    assert textbook.change(patch).budget.per_year == {2027: 3.5, 2028: 4.0}
    assert sf.read_scenario("textbook", budget=np.float64(4)).budget.per_year == 4.0
    frame = textbook.tables["instruments"].assign(
        spendout=pd.Series([np.array([0.5, 0.5])] * 3, list("xyz")).to_numpy()
    )
    rebuilt = sf.scenario_from_tables(textbook.document, instruments=frame)
    assert rebuilt.instruments["power"].spendout == (0.5, 0.5)


def test_frames_stand_on_what_the_document_extends(textbook: sf.Scenario) -> None:
    frame = pd.DataFrame({"id": ["power"], "max_per_year": [2.5]})
    scenario = sf.scenario_from_tables({"extends": "textbook"}, instruments=frame)
    assert scenario.instruments["power"].max_per_year == 2.5
    assert list(scenario.instruments) == list(textbook.instruments)


def test_a_change_is_a_setting(textbook: sf.Scenario) -> None:
    changed = textbook.change({"effects": {"power_frontier": {"points": 5}}}, name="more")
    assert changed.name == "more"
    assert changed.document == (
        sf.read_scenario("textbook", "effects.power_frontier.points=5").document
    )
    assert textbook.effects["power_frontier"].points == 4
    without = textbook.change({"interactions": None})
    assert not without.interactions
    new = {"layer": "frontier", "instrument": "controls", "points": 1}
    assert textbook.change({"effects": {"more": new}}).effects["more"].points == 1


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("instruments.power.maxper_year", 3),
        ("layers.frontire.us", 3),
        ("layers.frontire", 3),
        ("budget.per_yeer", 3),
        ("budget.per_year.next", 3),
        ("weights.frontire", 1),
        ("nothing", 1),
        ("extends", "us-2027"),
        ("steady.much", 1),
        ("instruments", "power"),
    ],
)
def test_a_change_refuses_what_a_setting_refuses(
    textbook: sf.Scenario, path: str, value: Any
) -> None:
    patch: Any = value
    for key in reversed(path.split(".")):
        patch = {key: patch}
    if path == "layers.frontire.us":
        # A patch cannot tell a field of a missing row from a row at a new id: that is read whole.
        assert refuse(textbook.change, {"layers": {"frontire": {"uss": 3}}}).startswith(
            "layers.frontire.uss: is not a known key; did you mean 'us'?"
        )
        return
    typed = run("solve", "textbook", "--set", f"{path}={value}")
    assert typed.code == 3
    assert refuse(textbook.change, patch) in typed.err.replace("--set ", "")


def test_all_that_is_wrong_with_a_change_is_told(textbook: sf.Scenario) -> None:
    told = refuse(textbook.change, {"nothing": 1, "budget": {"per_yeer": 2}})
    assert len(told.splitlines()) == 2
    assert refuse(textbook.change, 3) == "patch: expected a mapping, got 3"


def test_wrong_options_are_told_as_the_command_line_tells_them() -> None:
    typed = run("solve", "textbook", "--budget=-1", "--weights", "fronteir=1", "--set", "a=3")
    told = refuse(sf.read_scenario, "textbook", "a=3", -1, {"fronteir": 1})
    assert len(told.splitlines()) == 3
    for line in told.splitlines():
        assert line in typed.err
    assert refuse(sf.read_scenario, 3).startswith("SCENARIO: expected a bundled name or a path")
    assert refuse(sf.read_scenario, "textbook", weights=3).startswith("--weights: expected layer=")
    assert refuse(sf.read_scenario, "textbook", [3]).startswith("--set: expected path=value")
    assert "expected a number" in refuse(sf.read_scenario, "textbook", budget=float("nan"))


def test_wrong_frames_are_told_by_row(textbook: sf.Scenario) -> None:
    frames, document = textbook.tables, textbook.document
    twice = pd.concat([frames["instruments"], frames["instruments"].head(1)])
    told = refuse(sf.scenario_from_tables, document, instruments=twice, layer=twice, effects=[])
    assert told.splitlines() == [
        "instruments row 5: id 'power' is already used in instruments row 2; ids are given once",
        "layer: is no table of a scenario; did you mean 'layers'?",
        "effects: expected a DataFrame, got a list",
    ]
    lacking = frames["instruments"].drop(columns="area")
    assert refuse(sf.scenario_from_tables, document, instruments=lacking) == (
        "instruments row 1: column 'area' is missing; every row needs it"
    )
    half = frames["instruments"].assign(first_year=2027.5)
    assert "instruments row 2, first_year: expected a year such as 2027, got 2027.5" in refuse(
        sf.scenario_from_tables, document, instruments=half
    )
    elsewhere = frames["effects"].assign(layer="fronteir")
    told = refuse(sf.scenario_from_tables, {"extends": "textbook"}, effects=elsewhere)
    assert told.startswith("effects row 2, layer: 'fronteir' is not a layer; did you mean")
    bare = frames["instruments"].reset_index(drop=True)
    assert "expected a column 'id'" in refuse(sf.scenario_from_tables, document, instruments=bare)
    assert refuse(sf.scenario_from_tables, [1]).startswith("document: expected a mapping")
    assert "years: is missing" in refuse(sf.scenario_from_tables, {})


def test_whole_years_may_be_floats_where_pandas_makes_them(textbook: sf.Scenario) -> None:
    frame = textbook.tables["instruments"].assign(first_year=np.array([2028, np.nan, np.nan]))
    assert frame["first_year"].dtype == float
    rebuilt = sf.scenario_from_tables(textbook.document, instruments=frame)
    assert rebuilt.instruments["power"].first_year == 2028


@pytest.mark.parametrize("name", ["kept", "kept.yaml", "kept.xlsx"])
def test_what_is_saved_reads_back(textbook: sf.Scenario, tmp_path: Path, name: str) -> None:
    changed = textbook.change({"budget": {"per_year": 4}})
    kept = changed.save(tmp_path / name)
    assert kept == tmp_path / name
    assert sf.read_scenario(kept).document == changed.document
    textbook.save(str(kept))
    assert sf.read_scenario(str(kept)).document == textbook.document


def test_saving_spares_what_is_there(textbook: sf.Scenario, tmp_path: Path) -> None:
    assert "expected a folder or a name ending in" in refuse(textbook.save, tmp_path / "a.csv")
    (tmp_path / "file").write_text("mine")
    assert "is a file" in refuse(textbook.save, tmp_path / "file")
    assert "holds no scenario" in refuse(textbook.save, tmp_path)
    sf.solve(textbook).save(tmp_path / "run")
    assert "holds a run" in refuse(textbook.change({"steady": 0.1}).save, tmp_path / "run")
    assert sf.read_scenario(tmp_path / "run").document == textbook.document


def test_a_scenario_sent_elsewhere_still_changes(textbook: sf.Scenario) -> None:
    sent = pickle.loads(pickle.dumps(textbook))  # noqa: S301  # written in this line
    assert sent == textbook
    assert sent.change({"budget": {"per_year": 4}}).budget.per_year == 4.0
