"""Titles and texts of a scenario as they are shown: short, and without codes that steer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

Rows = list[dict[str, Any]]

SHORT = 44
"""Characters of a title in charts and tables; the ledger holds texts whole."""


def clean(text: object) -> str:
    r"""Text of a scenario without control codes and marks that turn the text around it.

    >>> clean("a\x1b[31m\u202eb\nc")
    'a [31m b c'
    """
    return "".join(c if c.isprintable() or c == "\u200d" else " " for c in str(text))


def shorten(text: object, longest: int = SHORT) -> str:
    """Clean text of at most so many characters.

    >>> shorten("National laboratories", 10)
    'National…'
    """
    shown = re.sub(r"\s+", " ", clean(text)).strip()
    return shown if len(shown) <= longest else shown[: longest - 1].rstrip() + "…"


def name_all(table: Mapping[str, Any], longest: int = SHORT) -> dict[str, str]:
    """A short title for each id, no two alike."""
    names: dict[str, str] = {}
    for id_, row in table.items():
        name = shorten(getattr(row, "title", "") or id_, longest)
        if name in names.values():
            name = f"{shorten(name, longest - 12)} ({shorten(id_, 20)})"
        names[id_] = name if name not in names.values() else id_
    return names
