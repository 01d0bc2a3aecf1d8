"""One place per number: no writer and no command says what a describer calls it, or its unit."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DESCRIBERS = sorted((ROOT / "results" / "studies").glob("*.py"))
OTHERS = sorted([*(ROOT / "results" / "writers").glob("*.py"), *(ROOT / "cli").glob("*.py")])
TEMPLATES = sorted((ROOT / "results" / "writers").glob("*.html"))

NAMED: Mapping[str, tuple[int, ...]] = {"Column": (1, 3), "Table": (1,), "Chart": (1,)}
"""Where a call of each has a title or a unit; of what ends in `_column`, in the second place."""

TOLD = ("title", "unit", "heading", "verdict", "note")
"""The arguments that hold one wherever they stand."""

SHORTEST = 2
"""Letters of what is no title: `of`, `in`, a letter."""

KEYS: Mapping[str, set[str]] = {
    "results/writers/frames.py": {"year", "points"},
    "results/writers/memo_document.py": {"scenario"},
    "results/writers/memo_text.py": {"scenario"},
    "results/writers/page.py": {"figures"},
    "results/writers/page_section.py": {"years"},
    "results/writers/terminal.py": {"title"},
    "results/writers/workbook.py": {"value"},
}
"""Words of titles that stand elsewhere as keys or names of options: they say no number."""


def call_name(call: ast.Call) -> str:
    function = call.func
    if isinstance(function, ast.Name):
        return function.id
    return function.attr if isinstance(function, ast.Attribute) else ""


def list_texts(node: ast.AST) -> Iterator[str]:
    """The texts that an expression may come to, those inside a text with fields among them."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield from (str(part.value) for part in node.values if isinstance(part, ast.Constant))
    elif isinstance(node, ast.IfExp):
        yield from list_texts(node.body)
        yield from list_texts(node.orelse)


def tidy(text: str) -> str:
    """A title without what stands around it.

    >>> tidy(", $ bn: "), tidy("Spending by area")
    ('$ bn', 'spending by area')
    """
    return " ".join(text.split()).strip(" ,.:;()").casefold()


def collect_told() -> set[str]:
    """Every title and unit that a describer gives a number, a table or a chart."""
    told = {"$ bn", "$ billion"}  # how scenarios tell money that do not say otherwise
    for file in DESCRIBERS:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = call_name(node)
            places = NAMED.get(name, (1,) if name.endswith("_column") else ())
            held = [node.args[at] for at in places if at < len(node.args)]
            held += [own.value for own in node.keywords if own.arg in TOLD]
            told |= {tidy(text) for value in held for text in list_texts(value)}
    return {text for text in told if len(text) > SHORTEST}


def list_spoken(tree: ast.Module) -> Iterator[str]:
    """The texts of a file that may reach a reader: not docstrings, keys or what is compared."""
    silent: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            silent.add(id(node.value))
        elif isinstance(node, ast.Subscript):
            silent.update(map(id, ast.walk(node.slice)))
        elif isinstance(node, ast.Dict):
            silent.update(map(id, node.keys))
        elif isinstance(node, ast.Compare):
            silent.update(map(id, ast.walk(node)))
        elif isinstance(node, ast.Call) and call_name(node) in ("get", "pop", "option"):
            silent.update(map(id, node.args))
        elif isinstance(node, ast.keyword) and node.arg == "metavar":
            silent.add(id(node.value))
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and id(node) not in silent:
            yield node.value  # type: ignore[attr-defined]  # it is a constant


def list_shown(template: str) -> list[str]:
    """The texts of a template that a reader sees."""
    text = re.sub(r"<(style|script).*?</\1>|{#.*?#}", "", template, flags=re.DOTALL)
    text = re.sub(r"{[%{].*?[%}]}", "<>", text, flags=re.DOTALL)
    return re.split(r"<[^>]*>", text)


def find_repeated(file: Path) -> set[str]:
    """The titles and units of describers that a writer or a command says as well."""
    text = file.read_text("utf-8")
    spoken = list_shown(text) if file.suffix == ".html" else list_spoken(ast.parse(text))
    found = {tidy(own) for own in spoken} & collect_told() - KEYS.get(name_file(file), set())
    # A word alone is the name of an option or of a key there.
    return {own for own in found if not own.isidentifier()} if "cli" in file.parts else found


def name_file(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("file", [*OTHERS, *TEMPLATES], ids=name_file)
def test_no_writer_and_no_command_words_what_a_describer_says(file: Path) -> None:
    assert find_repeated(file) == set()


def test_describers_say_something_that_could_be_repeated() -> None:
    told = collect_told()
    assert {"spent", "spending by area", "gain", "points", "weights at the nearest flip"} <= told
    assert len(told) > 200


def test_a_writer_that_says_a_title_or_a_unit_is_caught(tmp_path: Path) -> None:
    writer = tmp_path / "writer.py"
    writer.write_text('"""gain"""\nhead = [("Spending by area", 3), f"{1}, $ bn"]\nx = y["gain"]\n')
    spoken = {tidy(text) for text in list_spoken(ast.parse(writer.read_text("utf-8")))}
    assert spoken & collect_told() == {"spending by area", "$ bn"}
