"""What is typed on the command line, before it is taken apart."""

from __future__ import annotations

from collections.abc import Sequence

import click


def check_arguments(command: click.Command, arguments: Sequence[str]) -> None:
    """Raises InputError for text that neither a file's name nor any output can hold."""
    before = ""
    for text in arguments:
        wrong = "a NUL character" if "\0" in text else ""
        if any("\ud800" <= character <= "\udfff" for character in text):
            wrong = "bytes that are no UTF-8"  # as Python shows them
        if wrong:
            from ..inputs.complaint import InputError

            where = before if before.startswith("--") else name_argument(command, arguments)
            message = f"{text[:60]!r} holds {wrong}; take them out, or rename the file"
            raise InputError.of(where, message)
        before = text


def name_argument(command: click.Command, arguments: Sequence[str]) -> str:
    """What help calls the words that follow the command's name."""
    context = click.Context(command)
    for word in arguments:
        below = command.get_command(context, word) if isinstance(command, click.Group) else None
        command = below or command
    names = [p.human_readable_name for p in command.params if isinstance(p, click.Argument)]
    return names[0] if names else "argument"
