"""The tutorial and the recipes: every command line, file and figure in them, from the top down."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from small_scenarios import run

DOCS = Path(__file__).parents[1] / "docs"

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
"""A block of a document, and what it says that it holds."""

NAMED = re.compile(r"[Ss]ave as `([\w.]+)`")
"""How a document names the file of the next block."""

OUTSIDE = ("make ",)
"""How lines begin that set up the environment, in which all of this runs."""


def list_blocks(text: str) -> Iterator[tuple[str, str, str]]:
    """Each block: what it holds, its text, and the name that the text before it gives."""
    end = 0
    for block in BLOCK.finditer(text):
        named = NAMED.findall(text[end : block.start()])
        yield block[1], block[2], named[-1] if named else ""
        end = block.end()


def squeeze(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("name", ["tutorial.md", "recipes.md"])
def test_every_line_runs_and_shows_what_is_told(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Files are saved where they are named; a block of text stands in what was last shown."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    shown, lines = "", 0
    for kind, text, file in list_blocks((DOCS / name).read_text("utf-8")):
        if kind in ("yaml", "csv"):
            assert file, f"nothing names the file of {text[:60]!r}"
            Path(file).write_text(text, "utf-8")
        elif kind == "python":
            exec(compile(text, name, "exec"), {})  # noqa: S102  # the document's own code
            shown = capsys.readouterr().out
        elif kind == "text":
            for told in text.splitlines():
                assert squeeze(told) in squeeze(shown), told
        else:
            for line in text.splitlines():
                if not line.startswith(OUTSIDE):
                    ended = run(*shlex.split(line)[1:])
                    assert ended.code == 0, (line, ended.err)
                    shown, lines = ended.out, lines + 1
    assert lines > 5


def read_shown(text: str) -> tuple[list[str], list[str]]:
    """The command at the head of a block, if there is one, as words, and the lines below it."""
    if not text.startswith("$ "):
        return [], text.splitlines()
    first, *lines = text.removeprefix("$ ").splitlines()
    while first.count("'") % 2:  # what is quoted goes on in the next line
        first += f" {lines.pop(0).strip()}"
    return shlex.split(first), lines


@pytest.mark.parametrize(
    ("name", "least"),
    [("explain", 4), ("budget", 1), ("frontier", 1), ("alternatives", 1), ("weights", 1)],
)
def test_screens_that_a_document_shows_are_those_of_today(
    monkeypatch: pytest.MonkeyPatch, name: str, least: int
) -> None:
    """A block goes on with the screen of the command before it."""
    monkeypatch.setenv("COLUMNS", "110")
    shown, commands = "", 0
    for kind, text, _ in list_blocks((DOCS / f"{name}.md").read_text("utf-8")):
        if kind:
            continue
        words, lines = read_shown(text)
        if words:
            ended = run(*words[1:])
            assert ended.code == 0, ended.err
            shown, commands = ended.out, commands + 1
        for line in lines:
            assert squeeze(line) in squeeze(shown), line
    assert commands >= least


@pytest.mark.parametrize("name", ["tutorial.md", "recipes.md"])
def test_every_command_of_the_walkthroughs_is_ours(name: str) -> None:
    for kind, text, _ in list_blocks((DOCS / name).read_text("utf-8")):
        assert kind in ("", "yaml", "csv", "python", "text"), kind
        for line in text.splitlines() if not kind else ():
            assert line.startswith(("stratafolio ", *OUTSIDE)), line


def test_the_glossary_is_in_order_and_says_each_word_in_a_sentence() -> None:
    text = (DOCS / "glossary.md").read_text("utf-8")
    words = re.findall(r"^\*\*([^*]+)\*\*", text, re.MULTILINE)
    assert len(words) > 25
    assert words == sorted(words, key=str.casefold)
    for entry in re.findall(r"^\*\*[^*]+\*\*: (.*?)(?=\n\n|\Z)", text, re.MULTILINE | re.DOTALL):
        assert entry.rstrip().endswith(".")
        assert len(re.findall(r"[.?!](?= [A-Z])", squeeze(entry))) == 0, entry
