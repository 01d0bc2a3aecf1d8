"""What a scenario holds: `scenario list SCENARIO` gives ids for typing, titles for reading."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from small_scenarios import refuse, run, tiny_document, write_folder

from stratafolio.inputs.read import read_scenario

KINDS = ("programmes", "layers", "limits", "stakeholders", "figures")


def read(*words: object) -> Any:
    ended = run("scenario", "list", *words, "--json")
    assert ended.code == 0, ended.err
    return json.loads(ended.out)


def test_every_programme_stands_with_its_id_its_area_and_the_most_a_year() -> None:
    scenario = read_scenario("us-2027")
    told = read("--programmes")
    assert list(told) == ["scenario", "title", "programmes"]
    rows = {row["id"]: row for row in told["programmes"]}
    assert list(rows) == list(scenario.instruments)
    for id_, own in scenario.instruments.items():
        assert (rows[id_]["title"], rows[id_]["area"]) == (own.title, own.area)
        assert rows[id_]["max_per_year"] == own.max_per_year


def test_a_scenario_alone_lists_all_but_its_figures() -> None:
    scenario = read_scenario("us-2027")
    told = read("us-2027")
    assert [kind for kind in KINDS if kind in told] == list(KINDS[:-1])
    assert [row["id"] for row in told["layers"]] == list(scenario.layers)
    assert [row["id"] for row in told["limits"]] == list(scenario.constraints)
    assert [row["id"] for row in told["stakeholders"]] == list(scenario.stakeholders)


def test_without_a_scenario_the_bundled_ones_are_listed_as_before() -> None:
    assert "textbook" in [row["scenario"] for row in read()["scenarios"]]


def test_figures_are_listed_by_the_paths_that_set_them() -> None:
    told = read("textbook", "--figures")["figures"]
    paths = [row["path"] for row in told]
    assert "effects.power_frontier.points" in paths
    for row in told[:3]:
        assert run("scenario", "check", "textbook", "--set", f"{row['path']}=1").code == 0


def test_changes_apply_before_the_list() -> None:
    told = read("textbook", "--layers", "--weights", "frontier=1")
    assert {row["id"]: row["weight"] for row in told["layers"]}["frontier"] == 1.0
    added = read("textbook", "--programmes", "--set", "instruments.power.max_per_year=2.5")
    assert added["programmes"][0]["max_per_year"] == 2.5


def test_nothing_is_cut_at_80_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    told = read("us-2027", *(f"--{kind}" for kind in KINDS))
    shown = run("scenario", "list", "us-2027", *(f"--{kind}" for kind in KINDS)).out
    assert max(map(len, shown.splitlines())) <= 80
    assert "…" not in shown
    words = shown.split()
    for kind in KINDS[:-1]:
        for row in told[kind]:
            assert row["id"] in words
            assert all(word in words for word in row["title"].split())
    assert all(row["path"] in words for row in told["figures"])


def test_money_is_that_of_the_scenario_and_what_is_not_there_is_not_headed(tmp_path: Path) -> None:
    document = tiny_document()
    document["money"] = {"unit": "million", "symbol": "€"}
    document["constraints"] = {}
    folder = write_folder(tmp_path / "city", document)
    shown = run("scenario", "list", folder).out
    assert "€ m" in shown
    assert "$" not in shown
    assert "no limit and" in shown
    assert "\nLimits\n" not in shown


def test_a_scenario_that_is_not_there_is_named() -> None:
    refuse("scenario", "list", "nowhere", says=("nowhere", "textbook"))
