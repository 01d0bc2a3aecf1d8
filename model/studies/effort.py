"""How much a study solved."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Effort:
    """How much was solved, and whether everything that was asked is proven."""

    solves: int
    linear_solves: int
    seconds: float
    is_complete: bool
