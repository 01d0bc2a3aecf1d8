"""Scenarios gone wrong at random, in every form: checked, shown and solved without a fault."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import pytest
from fuzz.cases import draw_for, end_well, list_cases, read_json
from fuzz.mutate import change_document, change_text, change_workbook, full_document
from openpyxl.utils.exceptions import IllegalCharacterError
from small_scenarios import FORMS, write_scenario

SOLVE = ("solve", "--time-limit", "10")


def spoil_file(draw: Random, file: Path) -> None:
    """Changes a file of a scenario at random, as text or as a workbook."""
    if file.suffix != ".xlsx":
        file.write_bytes(change_text(draw, file.read_text("utf-8")))
        return
    if draw.random() < 0.8:
        book = openpyxl.load_workbook(file)
        for _ in range(draw.randint(1, 3)):
            change_workbook(draw, book)
        book.save(file)
        return
    with zipfile.ZipFile(file) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    name = draw.choice(list(parts))
    parts[name] = change_text(draw, parts[name].decode())
    with zipfile.ZipFile(file, "w") as packed:
        for part, content in parts.items():
            packed.writestr(part, content)


def write_spoiled(draw: Random, folder: Path) -> Path:
    """Writes a scenario in any form with something wrong in its document, its files or both."""
    document = full_document(draw)
    spoils_files = draw.random() < 0.4
    for _ in range(draw.choice((0, 1)) if spoils_files else draw.choice((1, 1, 1, 2, 4))):
        change_document(draw, document)
    form = draw.choice(FORMS)
    try:
        written = write_scenario(form, folder, document)
    except IllegalCharacterError:  # no workbook holds such a text
        written = write_scenario("yaml", folder, document)
    if spoils_files:
        files = sorted(written.iterdir()) if written.is_dir() else [written]
        spoil_file(draw, draw.choice(files))
    return written


@pytest.mark.parametrize("case", list_cases(60))
def test_spoiled_scenario_ends_well(case: int, tmp_path: Path) -> None:
    """What `check` refuses all refuse, and what it lets through all take."""
    draw = draw_for("document", case)
    file = write_spoiled(draw, tmp_path)
    form = draw.choice(((), ("--json",)))
    checked = end_well("scenario", "check", file, *form)
    assert checked.code in (0, 3)
    shown = end_well("scenario", "show", file, "--json")
    assert shown.code == checked.code
    if checked.code or draw.random() < 0.5:
        solved = end_well(*SOLVE, file, *form)
        assert (solved.code == 3) == (checked.code == 3), solved.err
    if checked.code == 0:
        assert_reads_back(draw, file, tmp_path, read_json(shown.out))


def assert_reads_back(draw: Random, file: Path, folder: Path, document: Any) -> None:
    """Assert that a scenario written in another form is the same scenario."""
    again = folder / "again.json"
    again.write_text(json.dumps(document), encoding="utf-8")
    if draw.random() < 0.5:
        again = folder / draw.choice(("again.yaml", "again.xlsx"))
        written = end_well("scenario", "export", file, again)
        assert written.code == 0 or again.suffix == ".xlsx", written.err
        if written.code:
            return
    shown = read_json(end_well("scenario", "show", again, "--json").out)
    # A workbook has no sheet for a table without rows.
    assert {k: v for k, v in shown.items() if v} == {k: v for k, v in document.items() if v}
