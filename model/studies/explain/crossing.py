"""The nearest point on a path of patches at which a plan becomes of another kind.

A path runs from today's value, at 0, to its end, at 1. Plans already known say where a change is to
be expected; a solve there confirms it or adds a better plan; then the point is closed in from both
sides, each side solved.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ...solving.solution import Best

STEPS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.0)
"""Shares of a path tried in turn where known plans say nothing."""

NUDGE = 0.02
"""Share of the way by which an expected change is overstepped, so that a solve can tell."""


@dataclass(frozen=True)
class Crossing:
    """Where on a path the plan is of the wanted kind, and the nearest point before where it is not.

    Both were solved. `best` is the plan at `at`.
    """

    at: float
    before: float
    best: Best | None


class EnoughSearched(Exception):
    """Raised by a probe that would cost more than is to be spent: what is known has to do."""


Probe = Callable[[float], tuple[bool, Best | None]]
"""Solves at a point of the path; says whether its plan is of the wanted kind."""

Expect = Callable[[], float | None]
"""Where known plans let one expect the change; None where they do not."""


def find_crossing(
    probe: Probe,
    expect: Expect,
    resolution: float,
    most_probes: int,
    steps: Sequence[float] = STEPS,
) -> Crossing | None:
    """The nearest change found on a path, or None if not even its end is of the wanted kind.

    `resolution` is relative to the distance. Where known plans expect nothing, `steps` from today's
    value outwards are tried until one is of the wanted kind.

    >>> found = find_crossing(lambda s: (s >= 0.3, None), lambda: None, 0.01, 40)
    >>> 0.3 <= found.at <= 0.303 and found.before < 0.3
    True
    """
    low, high = 0.0, 1.0
    best: Best | None = None
    is_known = False
    back = resolution
    probes = 0
    if expect() is None:
        is_known, best = probe(1.0)
        probes += 1
        if not is_known and expect() is None:
            return None
    while probes < most_probes and (not is_known or high - low > resolution * high):
        at = _choose_next(expect(), low, high if is_known else None, resolution, back, steps)
        try:
            is_wanted, found = probe(at)
        except EnoughSearched:
            break
        probes += 1
        if is_wanted:
            back = 4 * back if is_known and at >= high * (1 - 2 * back) else resolution
            high, best, is_known = at, found, True
        elif at >= 1.0:
            return None
        else:
            low, back = at, resolution
    return Crossing(high, low, best) if is_known else None


def _choose_next(
    expected: float | None,
    low: float,
    high: float | None,
    resolution: float,
    back: float,
    steps: Sequence[float],
) -> float:
    """Behind where the change is expected; then back from there; then between the two sides."""
    outward = next((step for step in steps if step > low), 1.0)
    if high is None:
        nudged = 0.0 if expected is None else (1 + NUDGE) * expected
        return min(1.0, nudged if nudged > low else outward)
    if expected is not None:
        behind = expected * (1 + 0.5 * resolution)
        if low < behind < high * (1 - resolution):
            return behind
        if high * (1 - back) > low:
            return high * (1 - back)
    elif outward < high:
        return outward
    return (low + high) / 2
