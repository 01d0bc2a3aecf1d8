"""What a reader of a scenario's ranges should know: none of it is strange, and all of it counts."""

from __future__ import annotations

import math

from .complaint import Complaint
from .figures import Figure, list_ranged
from .scenario import Scenario

FAR_SHARE = 0.1
"""A median farther from the value than this share of the range tells another story than it."""

NAMED = 8
"""Figures that a remark names; the others are counted."""


def find_remarks(scenario: Scenario) -> list[Complaint]:
    """What is to be said of a scenario's ranges and assumptions."""
    figures = list_ranged(scenario)
    return [*tell_medians(figures), *tell_unassumed(scenario, figures)]


def tell_medians(figures: list[Figure]) -> list[Complaint]:
    """Ranges whose ends put the middle of all draws far from the value."""
    far: list[tuple[float, str]] = []
    for figure in figures:
        median = find_median(figure)
        if median is None or figure.low is None or figure.high is None:
            continue
        share = abs(median - figure.value) / (figure.high - figure.low)
        if share > FAR_SHARE:
            told = f"{figure.path} ({figure.shape} around {median:.3g}, value {figure.value:.3g})"
            far.append((share, told))
    if not far:
        return []
    shown = [told for _, told in sorted(far, key=lambda pair: -pair[0])]
    message = (
        f"in {len(far)} of {len(figures)} the middle of all draws lies more than {FAR_SHARE:.0%} "
        "of the range from the value, since it follows from low and high: " + name_some(shown)
    )
    return [Complaint("ranges", message)]


def find_median(figure: Figure) -> float | None:
    """The median of a figure's shape; None where the value itself shapes it, or nothing varies."""
    low, high = figure.low, figure.high
    if low is None or high is None or low == high:
        return None
    if figure.shape == "lognormal":
        return math.sqrt(low * high)
    return (low + high) / 2 if figure.shape in ("normal", "uniform") else None


def tell_unassumed(scenario: Scenario, figures: list[Figure]) -> list[Complaint]:
    """Ranged figures that hang on no assumption, where there are assumptions."""
    apart = [figure.path for figure in figures if not figure.is_assumption]
    if not scenario.assumptions or not apart:
        return []
    message = (
        f"{len(apart)} of {len(figures)} stand beside figures that hang on no assumption: "
        + name_some(apart)
    )
    return [Complaint("ranges", message)]


def name_some(names: list[str]) -> str:
    """The first of some names, and how many more there are.

    >>> name_some(["a", "b"])
    'a, b'
    """
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")
