"""The help of every command as docs/commands.md shows it. Run as a program, it writes it there."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

import click
from small_scenarios import run

from stratafolio.cli.main import COMMANDS, stratafolio

DOCUMENT = Path(__file__).parents[1] / "docs" / "commands.md"

BLOCK = re.compile(r"^```\n\$ stratafolio ?([a-z ]*?) ?--help\n.*?^```$", re.MULTILINE | re.DOTALL)
"""A block that shows the help of a command."""


def list_commands() -> list[list[str]]:
    """Every command as its words, groups among them."""
    found: list[list[str]] = [[]]
    context = click.Context(stratafolio)
    for name in COMMANDS:
        found.append([name])
        command = stratafolio.get_command(context, name)
        if isinstance(command, click.Group):
            found += [[name, below] for below in command.list_commands(context)]
    return found


def make_block(words: Sequence[str]) -> str:
    """The block of one command: how one asks for its help, and what comes."""
    ended = run(*words, "--help")
    assert ended.code == 0, ended.err
    return "\n".join(
        ["```", " ".join(["$ stratafolio", *words, "--help"]), ended.out.rstrip(), "```"]
    )


def remake_blocks(text: str) -> str:
    """The document with every block of help as it is today.

    A command that has none gets one behind those of its group, or at the end.
    """
    text = BLOCK.sub(lambda block: make_block(block[1].split()), text)
    for words in list_commands():
        told = {tuple(block[1].split()) for block in BLOCK.finditer(text)}
        if tuple(words) not in told:
            alike = [block for block in BLOCK.finditer(text) if block[1].split()[:1] == words[:1]]
            place = alike[-1].end() if alike else len(text.rstrip())
            head = "" if alike else f"\n\n## {' '.join(words)}"
            text = f"{text[:place]}{head}\n\n{make_block(words)}{text[place:]}"
    return text


if __name__ == "__main__":
    os.environ["COLUMNS"] = "80"
    DOCUMENT.write_text(remake_blocks(DOCUMENT.read_text("utf-8")), "utf-8")
