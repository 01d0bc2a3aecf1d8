"""The screen of a plan: nothing is cut at 80 columns, and limits over years say which years."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from small_scenarios import Document, run, tiny_document, write_folder

from stratafolio.inputs.read import read_scenario
from stratafolio.results.sheet import FIGURES, SCREEN, Sheet, tell_cell
from stratafolio.results.studies.describe import describe
from stratafolio.results.studies.plan_tables import set_limit
from stratafolio.results.studies.words import Words

LONG = "A programme of grants for regional networks of charging stations and depots"


def town() -> Document:
    """Long titles, limits of every look, layers with units of their own."""
    document = tiny_document()
    document["title"] = "What a town might do about data centres in the next few years"
    document["years"] = {"first": 2027, "last": 2032, "score_until": 2051}
    document["budget"] = {"per_year": 12.5, "carry_over": True}
    for id_, own in document["instruments"].items():
        own["title"] = f"{LONG} ({id_})"
        own["output"], own["output_per_bn"] = "five-year teams of engineers and economists", 1234.5
    for layer in document["layers"].values():
        layer["points_per_unit"], layer["unit"] = 0.37, "percentage points of all downloads"
    some = next(iter(document["instruments"]))
    document["constraints"] = {
        "no_more_than_a_little_of_it": {
            "kind": "spend",
            "title": "Of this programme there shall be no more than a little",
            "of": [some],
            "at_most": 0.75,
        }
    }
    return document


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_folder(tmp_path_factory.mktemp("town") / "town", town())


def read_sheet(folder: Path, record: dict[str, Any]) -> Sheet:
    return describe("solve", read_scenario(str(folder)), record)


def test_nothing_of_a_plan_is_cut_at_80_columns(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    shown = run("solve", folder).out
    sheet = read_sheet(folder, json.loads(run("solve", folder, "--json").out))
    assert max(map(len, shown.splitlines())) <= 80
    assert "…" not in shown
    words, whole = shown.split(), " ".join(shown.split())
    tables = sheet.tables_on(SCREEN)
    assert {"layers_natural", "binding", "areas_by_year"} <= {table.name for table in tables}
    for table in tables:
        for column in table.columns_on(SCREEN):
            assert all(word in words for word in column.heading.split()), column.heading
            for row in table.rows:
                cell = tell_cell(row.get(column.key, ""), column)
                if column.show == "bar":
                    continue
                assert cell in whole or column.show not in FIGURES, (table.name, cell)
                assert all(word in words for word in cell.split()), (table.name, cell)
        for line in filter(None, (table.title, table.note)):
            assert " ".join(line.split()) in whole


def test_a_limit_is_told_in_its_unit_and_a_rule_as_a_rule() -> None:
    words = Words(read_scenario("us-2027"))
    row = {"sense": "at_least", "years": [], "value": 1.0, "limit": 1.0, "price": None}
    told = {
        id_: set_limit(words, row | {"id": id_})
        for id_ in ("budget.per_year", "frontier_floor", "one_large_build")
    }
    assert [own["unit"] for own in told.values()] == ["$ bn", "points", "programmes"]
    rule = set_limit(words, row | {"id": "enforce_before_widening"})
    assert (rule["value"], rule["limit"], rule["unit"]) == ("", "a rule", "")


def list_limit(sheet: Sheet) -> dict[str, Any]:
    """The row of the yearly budget among the limits that bind or are broken."""
    (table,) = [own for own in sheet.tables_on(SCREEN) if own.name == "binding"]
    (row,) = [own for own in table.rows if "budget.per_year" in str(own["limit_title"])]
    return dict(row)


CARRIED = ("--set", "budget.carry_over=true", "--set", "budget.per_year=2")


def test_money_that_is_carried_over_is_added_up_to_the_year_that_binds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All of it is spent, so the last year binds, with the whole sum."""
    monkeypatch.setenv("COLUMNS", "120")
    record = json.loads(run("solve", "textbook", *CARRIED, "--json").out)
    spent = sum(record["areas"].values())
    assert spent == pytest.approx(4.0)
    shown = " ".join(run("solve", "textbook", *CARRIED).out.split())
    assert "Budget up to each year, added up (budget.per_year)" in shown
    assert "4.00 at most 4.00" in shown
    assert "Value and limit are those of the last year told." in shown


def test_a_limit_broken_is_told_for_the_periods_of_one_that_holds(tmp_path: Path) -> None:
    """Three a year where two are there: both years break, as both bind where two are spent."""
    told = {}
    for name, bn in (("holds", (2, 2)), ("breaks", (3, 3))):
        plan = tmp_path / f"{name}.csv"
        years = "".join(f"power,{2027 + at},{each}\n" for at, each in enumerate(bn))
        plan.write_text(f"instrument,year,bn\n{years}", "utf-8")
        asked = ("evaluate", "textbook", *CARRIED, "--plan", plan)
        record = json.loads(run(*asked, "--json").out)
        scenario = read_scenario("textbook", ("budget.carry_over=true", "budget.per_year=2"))
        told[name] = list_limit(describe("evaluate", scenario, record))
        assert "added up" in " ".join(run(*asked).out.split())
    assert told["holds"]["years"] == told["breaks"]["years"] == [2027, 2028]
    assert (told["holds"]["value"], told["breaks"]["value"]) == (4.0, 6.0)


def test_effects_of_one_title_are_told_apart_and_empty_columns_left_out() -> None:
    """Controls do two things to chips; no figure of the textbook has a range."""
    told = run("solve", "textbook", "--set", "effects.labs_frontier.confidence=high").out
    doubts = told[told.index("Doubt these first") :]
    assert {"controls_now", "controls_later"} <= set(doubts.split())
    assert "range" not in doubts.splitlines()[1]
