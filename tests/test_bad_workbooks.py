"""Workbooks with formulas, merged cells, missing sheets or no workbook in them at all."""

from __future__ import annotations

import datetime as dt
import signal
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from small_scenarios import refuse, run, tiny_document, write_workbook

CHECK = ("scenario", "check")


class TooSlowError(BaseException):
    """Not an Exception, so that no handler of errors takes it for one."""


@contextmanager
def at_most(seconds: int) -> Iterator[None]:
    """Break off what takes longer, so that a hang is a failed test."""

    def stop(*_: object) -> None:
        raise TooSlowError(f"took more than {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def spoil_workbook(folder: Path, change: Callable[[Workbook], Any]) -> Path:
    """Write a workbook of the tiny document with something changed in it."""
    file = write_workbook(folder / "tiny.xlsx", tiny_document())
    book = openpyxl.load_workbook(file)
    change(book)
    book.save(file)
    return file


def fill(sheet: str, cell: str, value: Any) -> Callable[[Workbook], Any]:
    def change(book: Workbook) -> None:
        book[sheet][cell] = value

    return change


BAD_WORKBOOKS: dict[str, tuple[Callable[[Workbook], Any], tuple[str, ...]]] = {
    "no settings": (lambda book: book.remove(book["scenario"]), ("'scenario'", "areas")),
    "no instruments": (lambda book: book.remove(book["instruments"]), ("instruments", "missing")),
    "unknown sheet": (lambda book: book.create_sheet("efects"), ("efects", "'effects'")),
    "formula": (fill("instruments", "C2", "=1+1"), ("sheet instruments", "C2", "formula")),
    "formula in settings": (fill("scenario", "B6", "=1+1"), ("sheet scenario", "B6", "formula")),
    "formula in header": (fill("effects", "C1", "=1+1"), ("sheet effects", "C1", "formula")),
    "error": (fill("instruments", "C2", "#N/A"), ("C2", "#N/A")),
    "merged": (lambda book: book["instruments"].merge_cells("A2:A3"), ("A2:A3", "merged")),
    "merged settings": (lambda book: book["scenario"].merge_cells("A2:B2"), ("A2:B2", "merged")),
    "date": (fill("instruments", "C2", dt.date(2027, 1, 1)), ("row 2", "'2027-01-01'")),
    "date for a year": (fill("scenario", "B3", dt.datetime(2027, 1, 1)), ("row 3", "year")),
    "flag": (fill("instruments", "C2", True), ("row 2, max_per_year", "true")),
    "key twice": (lambda book: book["scenario"].append(["title", "x"]), ("'title'", "twice")),
    "id twice": (lambda book: book["instruments"].append(["grid", "energy", 1]), ("'grid'",)),
    "number as id": (lambda book: book["instruments"].append([12, "energy", 1]), ("'12'",)),
    "unknown key": (lambda book: book["scenario"].append(["budget.totl", 1]), ("totl", "'total'")),
    "missing parent": (
        lambda book: book["scenario"].append(["extends", "nowhere"]),
        ("extends", "'nowhere'"),
    ),
}


@pytest.mark.parametrize("case", BAD_WORKBOOKS)
def test_bad_workbook(case: str, tmp_path: Path) -> None:
    change, says = BAD_WORKBOOKS[case]
    refuse(*CHECK, spoil_workbook(tmp_path, change), says=("tiny.xlsx", *says))


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04rubbish", b"title: x\n", b"\x00" * 100, b"\xd0\xcf\x11\xe0" * 50]
)
def test_file_that_is_no_workbook(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "bad.xlsx"
    file.write_bytes(content)
    refuse(*CHECK, file, says=("bad.xlsx", "workbook"))


def test_workbook_that_unpacks_to_too_much(tmp_path: Path) -> None:
    file = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"\0" * 250_000_000)
    refuse(*CHECK, file, says=("bomb.xlsx", "unpacks"))


@pytest.mark.parametrize(
    ("cell", "where"),
    [(("instruments", "C2"), "row 2, max_per_year"), (("scenario", "B6"), "row 6")],
)
@pytest.mark.parametrize(("number", "says"), [("1e400", "inf"), ("-1e400", "-inf")])
def test_number_beyond_all_numbers(
    number: str, says: str, cell: tuple[str, str], where: str, tmp_path: Path
) -> None:
    """Such as another program may write: this one only ever enters numbers there are."""
    mark = 7.0625
    file = spoil_workbook(tmp_path, fill(*cell, mark))
    with zipfile.ZipFile(file) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    with zipfile.ZipFile(file, "w") as packed:
        for name, content in parts.items():
            packed.writestr(name, content.replace(f"{mark}".encode(), number.encode()))
    refuse(*CHECK, file, says=("tiny.xlsx", where, "finite", f"got {says}"))


def test_cell_far_away_does_not_stall(tmp_path: Path) -> None:
    file = spoil_workbook(tmp_path, fill("instruments", "XFD1048576", "x"))
    with at_most(5):
        ended = run(*CHECK, file)
    assert ended.code == 3
    assert "sheet instruments" in ended.err
