"""A study costs one file: what it says once is on screen, page, workbook, CSV, JSON and a frame."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from small_scenarios import run, run_through

import stratafolio as sf
from stratafolio.cli.study import Asked, study
from stratafolio.results.questions import QUESTIONS, StudyEntry
from stratafolio.results.sheet import EVERYWHERE, TIDY, Column, Record, Sheet, Table
from stratafolio.results.studies.words import Words

# The study: how much of each layer's weight a programme could feed. All there is to it -----------


@study(gap=False)
def reach(asked: Asked) -> sf.Result:
    """How much weight the effects of each programme touch."""
    scenario, touched = asked.scenario, dict[str, set[str]]()
    for own in scenario.effects.values():
        touched.setdefault(own.instrument, set()).add(own.layer)
    rows = [
        {"id": id_, "weight": sum(scenario.weights[layer] for layer in layers)}
        for id_, layers in touched.items()
    ]
    return sf.Result("reach", scenario, {"scenario": scenario.name, "programmes": rows})


def describe(scenario: sf.Scenario, record: Record, findings: Any = None) -> Sheet:
    """The weight that each programme touches."""
    del findings
    words, rows = Words(scenario), record["programmes"]
    most = max(rows, key=lambda row: row["weight"])
    return Sheet(
        name="reach",
        title=words.title,
        heading="What programmes reach",
        short="Reach",
        verdict=f"{words.programmes[most['id']]} touches most: {most['weight']:.1%} of the weight.",
        parts=[
            Table(
                "reach",
                "Weight touched",
                [words.programme_column(), Column("weight", "weight touched", "share")],
                rows,
                on=EVERYWHERE | TIDY,
            )
        ],
    )


# What every output makes of it -------------------------------------------------------------------

VERDICT = "Power lines touches most: 66.7% of the weight."


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run folder of the study and of a plan."""
    monkeypatch.setitem(QUESTIONS, "reach", StudyEntry(__name__))
    folder = tmp_path / "run"
    assert run("solve", "textbook", "--out", folder).code == 0
    assert run_through(reach, "textbook", "--out", folder).code == 0
    return folder


def test_the_screen_and_the_json_say_it(kept: Path) -> None:
    shown = run_through(reach, "textbook").out
    assert VERDICT in shown
    assert {"programme", "66.7%"} <= set(shown.split("Weight touched")[1].split())
    assert "Laboratories" in shown
    told = json.loads(run_through(reach, "textbook", "--json").out)
    assert told["programmes"][0] == {"id": "power", "weight": 2 / 3}
    assert json.loads((kept / "run.json").read_text("utf-8"))["programmes"] == told["programmes"]


def test_the_csv_and_the_data_frame_hold_it(kept: Path) -> None:
    record = json.loads((kept / "run.json").read_text("utf-8"))
    result = sf.Result("reach", sf.read_scenario(str(kept)), record)
    assert (kept / "reach.csv").read_text("utf-8").splitlines()[0] == "id,weight"
    frame = result.to_frame("reach")
    assert list(frame.columns) == ["id", "weight"]
    assert frame["weight"].tolist() == [row["weight"] for row in record["programmes"]]
    assert VERDICT in str(result)
    assert VERDICT in result._repr_html_()
    again = result.save(kept.parent / "again")
    assert (again / "run.json").is_file()


def test_the_page_and_the_workbook_show_it(kept: Path, tmp_path: Path) -> None:
    page, book = tmp_path / "page.html", tmp_path / "book.xlsx"
    ended = run("report", kept, "--out", page, "--xlsx", book)
    assert ended.code == 0, ended.err
    text = page.read_text("utf-8")
    assert VERDICT in text
    assert 'id="reach"' in text
    assert "Weight touched" in text
    cells = [
        str(cell)
        for sheet in openpyxl.load_workbook(book)
        for row in sheet.iter_rows(values_only=True)
        for cell in row
    ]
    assert VERDICT in cells
    assert "Power lines" in cells
