"""Files to text and CSV rows: of reasonable size, in UTF-8, told apart from what is neither."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from .complaint import InputError

LARGEST_FILE = 10_000_000
"""Bytes of the largest file read: a scenario a hundred times the bundled one."""


def read_bytes(file: Path, label: str) -> bytes:
    """The content of a file of reasonable size; raises InputError."""
    try:
        size = file.stat().st_size
        if size > LARGEST_FILE:
            message = (
                f"{size / 1e6:.0f} MB is too large; at most {LARGEST_FILE / 1e6:.0f} MB is read"
            )
            raise InputError.of(label, message)
        return file.read_bytes()
    except OSError as error:
        raise InputError.of(label, f"cannot be read ({error.strerror or error})") from None


def read_text(file: Path, label: str) -> str:
    """The text of a UTF-8 file; raises InputError."""
    raw = read_bytes(file, label)
    if b"\x00" in raw:
        raise InputError.of(label, "is a binary file; expected text in UTF-8")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        message = f"line {line} is not UTF-8; save the file with that encoding"
        raise InputError.of(label, message) from None
    if not text.strip():
        raise InputError.of(
            label, "is empty; `stratafolio scenario new DIR` writes one to start from"
        )
    return text


def read_csv(file: Path, label: str) -> list[list[str]]:
    """The rows of a CSV file as text; raises InputError that names the row."""
    rows: list[list[str]] = []
    try:
        rows.extend(csv.reader(io.StringIO(read_text(file, label), newline=""), strict=True))
    except csv.Error as error:
        message = f"is not readable as CSV ({error}); check its quotes"
        raise InputError.of(f"{label} row {len(rows) + 1}", message) from None
    return rows
