"""The documents say what the code does: commands, fields, equations, links, sources."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
from help_blocks import list_commands, make_block, remake_blocks
from small_scenarios import run

from stratafolio.cli.main import COMMANDS, stratafolio
from stratafolio.inputs.assumption import Uncertainty
from stratafolio.inputs.hanging import find_assumptions
from stratafolio.inputs.patch import TABLES, known_fields
from stratafolio.inputs.read import list_bundled, read_scenario
from stratafolio.inputs.record import Record
from stratafolio.inputs.scenario import (
    CONSTRAINT_TYPES,
    Budget,
    Currency,
    Scenario,
    Sides,
    Years,
)

ROOT = Path(__file__).parents[1]
DOCS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
COMMANDS_DOC = (ROOT / "docs" / "commands.md").read_text("utf-8")
INPUTS_DOC = (ROOT / "docs" / "inputs.md").read_text("utf-8")


@pytest.mark.parametrize("words", list_commands(), ids=" ".join)
def test_help_stands_in_the_document_as_it_is(words: list[str]) -> None:
    assert make_block(words) in COMMANDS_DOC, "make commands writes it"


def test_the_document_of_commands_is_made_from_them() -> None:
    """Whatever help a document shows is remade, and a command that it lacks is added."""
    assert remake_blocks(COMMANDS_DOC) == COMMANDS_DOC
    older = COMMANDS_DOC.replace("Print JSON instead of tables.", "Print tables.")
    assert older != COMMANDS_DOC
    assert remake_blocks(older) == COMMANDS_DOC
    without = COMMANDS_DOC.replace(make_block(["scenario", "schema"]), "")
    assert make_block(["scenario", "schema"]) in remake_blocks(without)


@pytest.mark.parametrize("words", list_commands(), ids=" ".join)
def test_help_loses_no_words(words: list[str]) -> None:
    assert not re.search(r"\w\.\.\.$", make_block(words), re.MULTILINE)


def test_every_option_has_help() -> None:
    context = click.Context(stratafolio)
    for words in list_commands():
        command: click.Command = stratafolio
        for word in words:
            assert isinstance(command, click.Group)
            found = command.get_command(context, word)
            assert found is not None
            command = found
        assert command.help, words
        for option in command.params:
            if isinstance(option, click.Option) and not option.hidden:
                assert option.help, (words, option.name)


def section(title: str) -> str:
    """The text of docs/inputs.md under a heading."""
    found = re.search(
        rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", INPUTS_DOC, re.MULTILINE | re.DOTALL
    )
    assert found, f"docs/inputs.md has no section '{title}'"
    return found[1]


RECORDS: list[tuple[str, type[Record]]] = [
    ("scenario.yaml", Scenario),
    ("years", Years),
    ("budget", Budget),
    ("scenario.yaml", Currency),
    ("scenario.yaml", Sides),
    ("Ranges", Uncertainty),
    *((table, record) for table, record in TABLES.items() if table != "constraints"),
    *(("constraints", record) for record in CONSTRAINT_TYPES.values()),
]


@pytest.mark.parametrize(("title", "record"), RECORDS, ids=str)
def test_every_field_is_in_the_data_dictionary(title: str, record: type[Record]) -> None:
    told = set(re.findall(r"`([a-z_]+)`", section(title)))
    fields = {name for name in known_fields(record) if not re.search(r"_(low|high)$", name)}
    assert fields <= told


def test_every_kind_of_constraint_is_in_the_data_dictionary() -> None:
    assert set(CONSTRAINT_TYPES) <= set(re.findall(r"`([a-z_]+)`", section("constraints")))


@pytest.mark.parametrize("document", DOCS, ids=lambda file: file.name)
def test_links_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+\.[a-z]+)[^)]*\)", document.read_text("utf-8")):
        if not target.startswith("http"):
            assert (document.parent / target).exists(), target


@pytest.mark.parametrize("document", DOCS, ids=lambda file: file.name)
def test_files_that_documents_name_are_there(document: Path) -> None:
    text = document.read_text("utf-8")
    for name in re.findall(
        r"`((?:inputs|model|results|cli|tests|docs|benchmarks)/[\w./-]*)`", text
    ):
        assert (ROOT / name).exists(), name


def test_every_document_is_on_the_map() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    for document in ROOT.glob("docs/*.md"):
        assert f"docs/{document.name}" in readme


def test_commands_of_the_readme_run_as_written() -> None:
    """Every line of the first run is a command that is parsed; names and paths may be one's own."""
    readme = (ROOT / "README.md").read_text("utf-8")
    for line in re.findall(r"^stratafolio (.+?)(?:\s+#.*)?$", readme, re.MULTILINE):
        for part in line.split(" && "):
            words = part.removeprefix("stratafolio ").split()
            assert words[0] in COMMANDS
            group = [words[0], words[1]] if words[0] in ("scenario", "sensitivity") else [words[0]]
            assert run(*group, "--help").code == 0
            for option in (word for word in words if word.startswith("--")):
                assert option in run(*group, "--help").out, line


@pytest.mark.parametrize("name", list_bundled())
def test_every_bundled_figure_says_where_it_is_from(name: str) -> None:
    scenario = read_scenario(name)
    for table in ("layers", "instruments", "effects", "interactions", "constraints", "assumptions"):
        for id_, row in getattr(scenario, table).items():
            assert row.source, f"{table}.{id_} names no source and no judgement"


def test_the_bundled_scenario_explains_every_size() -> None:
    scenario = read_scenario("us-2027")
    for table in ("layers", "instruments", "effects", "interactions"):
        for id_, row in getattr(scenario, table).items():
            assert row.note, f"{table}.{id_} has no note"
            if table != "layers":
                assert row.confidence, f"{table}.{id_} has no confidence"
    ranged = {id_ for id_, assumption in scenario.assumptions.items() if assumption.ranges}
    for id_, effect in scenario.effects.items():
        hangs_on = find_assumptions(scenario, "effects", id_, "points")
        assert "points" in effect.ranges or ranged & hangs_on, f"effects.{id_} has no range"
    assert len(scenario.futures) >= 6
    assert len(scenario.stakeholders) >= 4


@pytest.mark.parametrize("name", list_bundled())
def test_no_value_of_a_bundled_scenario_is_strange(name: str) -> None:
    if name == "textbook":
        pytest.skip("small enough for a pencil, so its horizon is short")
    ended = run("scenario", "check", name)
    assert ended.code == 0
    assert "strange" not in ended.out


def test_documents_that_code_names_are_there() -> None:
    named = {
        (file, path)
        for room in ("cli", "calls", "inputs", "model", "results")
        for file in sorted((ROOT / room).rglob("*.py"))
        for path in re.findall(r"docs/[a-z0-9_/-]+\.md", file.read_text("utf-8"))
    }
    assert named
    assert [(file, path) for file, path in named if not (ROOT / path).is_file()] == []
