"""What is typed on the command line, before it is taken apart."""

from __future__ import annotations

from collections.abc import Sequence


def check_arguments(arguments: Sequence[str]) -> None:
    """Raises InputError for text that neither a file's name nor any output can hold."""
    before = ""
    for at, text in enumerate(arguments, start=1):
        wrong = "a NUL character" if "\0" in text else ""
        if any("\ud800" <= character <= "\udfff" for character in text):
            wrong = "bytes that are no UTF-8"  # as Python shows them
        if wrong:
            from ..inputs.complaint import InputError

            where = before if before.startswith("--") else f"argument {at}"
            message = f"{text[:60]!r} holds {wrong}; take them out, or rename the file"
            raise InputError.of(where, message)
        before = text
