"""The workbook of a report: its numbers, its sheets, and that it reads back as a scenario."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from small_scenarios import refuse, run, tiny_document
from test_report import load_record, make_run

from stratafolio.inputs.read import read_scenario
from stratafolio.results.studies.describe import describe


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run folder of the tiny scenario with a map beside the plan."""
    return make_run(tmp_path_factory.mktemp("report") / "tiny-run", tiny_document())


@pytest.fixture(scope="module")
def book(folder: Path) -> Path:
    file = folder.parent / "tiny.xlsx"
    assert run("report", folder, "--xlsx", file).code == 0
    return file


def test_workbook_reads_back_as_the_scenario(folder: Path, book: Path) -> None:
    shown = json.loads(run("scenario", "show", book, "--json").out)
    assert shown == json.loads(run("scenario", "show", folder, "--json").out)


def test_figures_changed_in_the_workbook_change_the_scenario(book: Path, tmp_path: Path) -> None:
    edited = openpyxl.load_workbook(book)
    sheet = edited["figures"]
    header = [str(cell.value) for cell in sheet[1]]
    row = next(
        r for r in sheet.iter_rows(min_row=2) if r[0].value == "effects.grid_frontier.points"
    )
    row[header.index("value")].value = 8
    row[header.index("low")].value = 2
    row[header.index("high")].value = 9.5
    edited.save(tmp_path / "edited.xlsx")
    shown = json.loads(run("scenario", "show", tmp_path / "edited.xlsx", "--json").out)
    effect = shown["effects"]["grid_frontier"]
    assert (effect["points"], effect["points_low"], effect["points_high"]) == (8, 2, 9.5)
    direct = run("solve", book, "--set", "effects.grid_frontier.points=8", "--json")
    solved = run("solve", tmp_path / "edited.xlsx", "--json")
    assert json.loads(solved.out)["gain"] == json.loads(direct.out)["gain"]
    row[header.index("value")].value = "much"
    row[header.index("path")].value = "effects.gird_frontier.points"
    edited.save(tmp_path / "wrong.xlsx")
    refuse("solve", tmp_path / "wrong.xlsx", says=("figures row", "gird_frontier"))
    sheet.delete_cols(header.index("value as reported") + 1)
    edited.save(tmp_path / "short.xlsx")
    refuse("solve", tmp_path / "short.xlsx", says=("figures row 1", "value as reported"))


def test_a_study_named_like_a_table_of_the_scenario_has_a_sheet_of_its_own(tmp_path: Path) -> None:
    stakeholders = {"unions": {"title": "Unions", "weights": {"frontier": 1}}}
    folder = make_run(tmp_path / "run", {**tiny_document(), "stakeholders": stakeholders})
    assert run("sensitivity", "stakeholders", folder, "--out", folder).code == 0
    made = run("report", folder, "--xlsx", tmp_path / "book.xlsx")
    assert made.code == 0, made.err
    assert {"stakeholders", "Stakeholders study"} <= set(
        openpyxl.load_workbook(tmp_path / "book.xlsx").sheetnames
    )


def test_workbook_holds_the_numbers_of_the_run(folder: Path, book: Path) -> None:
    record = load_record(folder, "solve")
    check_numbers(book, record)


def check_numbers(file: Path, record: dict[str, Any]) -> None:
    opened = openpyxl.load_workbook(file, data_only=True)
    facts = {row[0]: row[1] for row in opened["Summary"].iter_rows(values_only=True)}
    assert facts["gain"] == pytest.approx(record["gain"], abs=1e-9)
    assert facts["spending"] == pytest.approx(sum(record["areas"].values()))
    spending = list(opened["Spending"].iter_rows(values_only=True))
    years = [cell for cell in spending[0] if re.fullmatch("[0-9]{4}", str(cell))]
    for row in spending[1 : 1 + len(record["funded"])]:
        for year, bn in zip(years, row[3:], strict=False):
            launch = record["launch_costs"].get(str(row[1]), {}).get(str(year), 0.0)
            known = record["spending"][str(row[1])].get(str(year), 0.0) + launch
            assert isinstance(bn, int | float)
            assert bn == pytest.approx(known, abs=1e-6)
    leads = list(opened["Leads"].iter_rows(values_only=True))
    for row in leads[1 : 1 + len(next(iter(record["leads"].values())))]:
        for at, layer in enumerate(record["leads"]):
            assert row[1 + 2 * at] == pytest.approx(record["leads"][layer][str(row[0])])
            assert row[2 + 2 * at] == pytest.approx(record["baseline_leads"][layer][str(row[0])])
    limits = list(opened["Limits"].iter_rows(values_only=True))[1:]
    kept = [(r["id"], r["sense"], r["value"], r["limit"]) for r in record["constraints"]]
    assert [(r[0], r[2], r[4], r[5]) for r in limits] == kept


def test_workbook_opens_in_an_office_program(folder: Path, book: Path, tmp_path: Path) -> None:
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("there is no LibreOffice here to open the workbook with")
    home = f"-env:UserInstallation=file://{tmp_path}/office"
    command = [office, home, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML"]
    done = subprocess.run(
        [*command, "--outdir", str(tmp_path / "saved"), str(book)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    record = load_record(folder, "solve")
    check_numbers(tmp_path / "saved" / book.name, record)
    shown = json.loads(run("scenario", "show", tmp_path / "saved" / book.name, "--json").out)
    assert shown == json.loads(run("scenario", "show", folder, "--json").out)


def test_workbook_has_native_charts_and_frozen_headers(book: Path) -> None:
    import zipfile

    with zipfile.ZipFile(book) as packed:
        charts = [name for name in packed.namelist() if name.startswith("xl/charts/chart")]
    assert len(charts) >= 4
    for sheet in openpyxl.load_workbook(book).worksheets:
        assert sheet.freeze_panes == "B2", sheet.title


def test_each_study_has_a_sheet_in_the_workbook_and_it_reads_back(tmp_path: Path) -> None:
    out, book = tmp_path / "run", tmp_path / "book.xlsx"
    asked = (("solve",), ("sensitivity", "flip"), ("sensitivity", "map"), ("frontier",))
    for command in asked:
        more = ("--layers", "frontier,semiconductors") if command == ("frontier",) else ()
        assert run(*command, "textbook", *more, "--out", out).code == 0, command
    assert run("report", out, "--xlsx", book).code == 0
    sheets = openpyxl.load_workbook(book)
    assert {"Flip", "Map", "Frontier"} <= set(sheets.sheetnames)
    verdict = describe(
        "sensitivity flip", read_scenario("textbook"), load_record(out, "sensitivity flip")
    ).verdict
    cells = [str(cell.value) for row in sheets["Flip"].iter_rows() for cell in row if cell.value]
    assert verdict in cells
    assert (
        "What is funded as one layer's weight goes from 0 to 1, the others in proportion" in cells
    )
    assert run("solve", book).code == 0


def test_the_first_sheet_says_first_which_studies_are_not_complete(tmp_path: Path) -> None:
    out = make_run(tmp_path / "run", tiny_document())
    record = json.loads((out / "run.json").read_text("utf-8"))
    assert record["options"]["command"] == "sensitivity map"
    for complete in (True, False):
        kept = json.dumps(record | {"complete": complete})
        (out / "run.json").write_text(kept, encoding="utf-8")
        assert run("report", out, "--xlsx", tmp_path / "run.xlsx").code == 0
        told = str(openpyxl.load_workbook(tmp_path / "run.xlsx")["Summary"]["A2"].value)
        assert told.startswith("Map: Not complete." if not complete else "A tiny scenario")
