"""The smallest and the largest of several regrets: of one, or of several alike."""

from __future__ import annotations

from collections.abc import Mapping

ALIKE = 1e-6
"""Shares of a gain that differ by less are told as equal: no solver tells them apart."""


def find_smallest(regrets: Mapping[str, float]) -> list[str]:
    """All that have the smallest regret.

    >>> find_smallest({"a": 0.2, "b": 0.1, "c": 0.1})
    ['b', 'c']
    """
    least = min(regrets.values(), default=0.0)
    return [label for label, regret in regrets.items() if regret <= least + ALIKE]


def find_largest(regrets: Mapping[str, float]) -> list[str]:
    """All that have the largest regret.

    >>> find_largest({"a": 0.2, "b": 0.1, "c": 0.2})
    ['a', 'c']
    """
    return find_smallest({label: -regret for label, regret in regrets.items()})
