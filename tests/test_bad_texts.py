"""Titles and notes that try to steer the terminal, break the layout or get lost in a file."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from small_scenarios import (
    Document,
    put,
    refuse,
    run,
    show_yaml,
    tiny_document,
    write_folder,
)

TRICKS = {
    "escape": "\x1b[31mred\x1b]0;owned\x07",
    "eight-bit escape": "a\x9b31mb\x7f",
    "nothing": "a\0b",
    "markup": "[bold]x[/] [link=http://x]y[/link] [/nope] [red",
    "long": "x" * 10_000,
    "lines": "a\nb\r\nc\x85d\u2028e",
    "reversed": "\u202eabc\u202c \u200b",
    "joined": "\U0001f469\u200d\U0001f467",
    "combining": "a" + "\u0301" * 500,
    "formula": "=1+1",
    "word": "null",
    "number": "2027",
    "quotes": "\"'`: # - {[",
}


def trick(text: str) -> Document:
    """Give the tiny document with a text in every place that holds one."""
    document = tiny_document()
    put(document, "layers.frontier.points_per_unit", 2)
    put(document, "instruments.grid.output_per_bn", 2)
    put(document, "constraints.cap", {"kind": "spend", "at_most": 1.5, "title": text})
    for path in (
        "title",
        "description",
        "areas.energy.title",
        "instruments.grid.title",
        "instruments.grid.output",
        "instruments.grid.note",
        "layers.frontier.title",
        "layers.frontier.unit",
        "layers.frontier.indicator",
        "effects.grid_frontier.note",
        "stakeholders.firms.title",
        "sources.report.title",
    ):
        put(document, path, text)
    return document


def is_harmless(text: str) -> bool:
    """Whether no control character is left that a terminal could obey."""
    return all(c == "\n" or unicodedata.category(c) != "Cc" for c in text)


def write_trick(folder: Path, text: str) -> Path:
    file = folder / "trick.yaml"
    # As escapes of YAML: raw control characters may not stand in a file.
    literal = "".join(c if c.isascii() and c.isprintable() else f"\\U{ord(c):08x}" for c in text)
    quoted = '"' + literal.replace('"', '\\"') + '"'
    written = show_yaml(trick("PUT TEXT HERE")).replace('"PUT TEXT HERE"', quoted)
    file.write_text(written, encoding="utf-8")
    return file


@pytest.mark.parametrize("name", TRICKS)
def test_tricky_texts_print_harmlessly(name: str, tmp_path: Path) -> None:
    file = write_trick(tmp_path, TRICKS[name])
    for command in (("solve",), ("scenario", "check"), ("scenario", "show")):
        for form in ((), ("--json",)):
            ended = run(*command, file, *form)
            assert ended.code == 0, ended.err
            assert is_harmless(ended.out + ended.err), (command, form)
            if form:
                json.loads(ended.out)
    if name == "markup":
        assert TRICKS[name] in run("solve", file).out.splitlines()[0]


@pytest.mark.parametrize("name", TRICKS)
def test_tricky_texts_survive_writing_and_reading(name: str, tmp_path: Path) -> None:
    file = write_trick(tmp_path, TRICKS[name])
    original = json.loads(run("scenario", "show", file, "--json").out)
    assert original["title"] == TRICKS[name]
    out = tmp_path / "run"
    solved = run("solve", file, "--out", out, "--json")
    again = run("solve", out / "scenario.yaml", "--json")
    assert json.loads(solved.out)["spending"] == json.loads(again.out)["spending"]
    assert json.loads(run("scenario", "show", out, "--json").out) == original
    shown = tmp_path / "shown.yaml"
    shown.write_text(run("scenario", "show", file).out, encoding="utf-8")
    back = run("scenario", "show", shown, "--json")
    assert json.loads(back.out) == original


@pytest.mark.parametrize("name", ["escape", "nothing", "formula", "markup", "long", "reversed"])
def test_tricky_texts_in_workbooks(name: str, tmp_path: Path) -> None:
    file, book = write_trick(tmp_path, TRICKS[name]), tmp_path / "trick.xlsx"
    ended = run("scenario", "export", file, book)
    assert ended.code in (0, 3)
    assert "fault of the program" not in ended.err
    if ended.code == 0:
        shown = json.loads(run("scenario", "show", book, "--json").out)
        assert shown["instruments"]["grid"]["title"] == TRICKS[name]


def test_tricky_texts_in_errors(tmp_path: Path) -> None:
    limit = {"kind": "spend", "at_least": 99, "title": TRICKS["escape"] + TRICKS["markup"]}
    document = put(tiny_document(), "constraints.far", limit)
    file = tmp_path / "far.yaml"
    file.write_text(json.dumps(document), encoding="utf-8")
    refuse("solve", file, says=("far", "[bold]x[/]"), code=4, kind="infeasible")
    folder = write_folder(tmp_path / "odd", tiny_document())
    with (folder / "instruments.csv").open("a", encoding="utf-8") as stream:
        stream.write("\x1b[31mx,energy,\x1b[2J,1,,\n")
    details = refuse("solve", folder, says=("row 4",))
    assert all(is_harmless(d["message"]) or "\x1b" in d["message"] for d in details)
