"""What a command prints on stdout: JSON or text, whole or not at all."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from collections.abc import Iterator
from typing import Any

import click


def print_json(record: Any) -> None:
    """A record as JSON on stdout; what is not printable there stands as an escape."""
    text = json.dumps(record, indent=2, ensure_ascii=not shows_unicode(), allow_nan=False)
    click.echo("".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text))


def printable(text: str) -> str:
    r"""Text without control characters, so that no file steers the terminal.

    >>> printable("a\x1b[31mb")
    'a?[31mb'
    """
    return "".join(c if c.isprintable() or c in "\n\t" else "?" for c in text)


def shows_unicode() -> bool:
    """Whether stdout takes every character."""
    return (sys.stdout.encoding or "utf-8").lower().startswith("utf")


class Held(io.TextIOWrapper):
    """What a command has printed so far, held back until it has ended."""

    def __init__(self, encoding: str | None) -> None:
        self._bytes = io.BytesIO()
        super().__init__(self._bytes, encoding or "utf-8", errors="replace", newline="")

    def take(self) -> str:
        """What was printed; nothing is left behind."""
        self.flush()
        text = self._bytes.getvalue().decode(self.encoding, errors="replace")
        self.seek(0)
        self.truncate()
        return text


@contextlib.contextmanager
def holding_stdout() -> Iterator[Held | None]:
    """Holds back what is printed where a program may read it: half a table is worse than none.

    Gives None for a terminal, which shows everything at once.
    """
    stdout = sys.stdout
    if stdout.isatty():
        yield None
        return
    held = Held(stdout.encoding)
    sys.stdout = held
    try:
        yield held
    finally:
        sys.stdout = stdout


def silence_stdout() -> None:
    """Sends the rest of stdout nowhere, so that Python does not fail on it once more at exit."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
