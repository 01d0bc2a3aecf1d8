"""What a plan says in three sentences, with numbers and in natural units."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .studies.portfolios import CORE, EXTERIOR
from .studies.words import join_words

DOUBTFUL = ("low", "judgement", "")
MANY = 3
"""Most names in one sentence."""


def say_map(record: Mapping[str, Any]) -> str:
    """What a map of weights proves, in one sentence."""
    count = len(record["portfolios"])
    sure = (
        f"loses at most {record['certified_regret']:.1%} of the best gain "
        f"(never more than {record['certified_points']:.3f} points)"
    )
    whole = (
        "" if record["complete"] else " The map was cut short, so this is what was proven so far."
    )
    plural = "portfolio" if count == 1 else "portfolios"
    start = f"For every weighting the best of these {count} {plural} {sure}"
    return f"{start}; proven, not sampled.{whole}"


def say_core(record: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Which programmes are funded under nearly all weights, and which under nearly none."""
    core = record["core_index"]
    always = [names[id_] for id_ in names if core.get(id_, 0.0) >= CORE]
    never = [names[id_] for id_ in names if core.get(id_, 0.0) <= EXTERIOR]
    between = len(names) - len(always) - len(never)
    parts = []
    if always:
        parts.append(f"Funded under {CORE:.0%} of all weightings or more: {join_words(always)}.")
    if never:
        parts.append(f"Under {EXTERIOR:.0%} or fewer: {join_words(never)}.")
    return " ".join([*parts, f"{between} of {len(names)} depend on what counts."])


def tell_gap(gap: float | None) -> str:
    """A proven gap as a share that it does not exceed.

    >>> tell_gap(0.00001), tell_gap(0.0123), tell_gap(0.0), tell_gap(None)
    ('0.01%', '1.23%', '0%', '-')
    """
    if gap is None:
        return "-"
    return "0%" if gap == 0 else f"{max(gap, 1e-4):.2%}"
