"""The nearest point on a path of patches at which a plan becomes of another kind.

A path runs from today's value, at 0, to its end, at 1. Plans already known say where a change is to
be expected; a solve there confirms it or adds a better plan; then the point is closed in from both
sides, each side solved.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..resolve import Best

FIRST_STEP = 0.05
"""Share of a path tried first where known plans say nothing."""

NUDGE = 0.02
"""Share of the way by which an expected change is overstepped, so that a solve can tell."""


@dataclass(frozen=True)
class Crossing:
    """Where on a path the plan is of the wanted kind, and the nearest point before where it is not.

    Both were solved. `best` is the plan at `at`.
    """

    at: float
    before: float
    best: Best


Probe = Callable[[float], tuple[bool, Best | None]]
"""Solves at a point of the path; says whether its plan is of the wanted kind."""

Expect = Callable[[], float | None]
"""Where known plans let one expect the change; None where they do not."""


def find_crossing(
    probe: Probe,
    expect: Expect,
    resolution: float,
    most_probes: int,
    first: float | None = None,
) -> Crossing | None:
    """The nearest change found on a path, or None if not even its end is of the wanted kind.

    `resolution` is relative to the distance. `first` is an expectation of the caller's own.

    >>> found = find_crossing(lambda s: (s >= 0.3, None), lambda: None, 0.01, 40)
    >>> 0.3 <= found.at <= 0.303 and found.before < 0.3
    True
    """
    low, high = 0.0, 1.0
    best: Best | None = None
    is_known = False
    probes = 0
    expected = first if first is not None else expect()
    if expected is None:
        is_wanted, best = probe(1.0)
        probes += 1
        expected = expect()
        if not is_wanted and expected is None:
            return None
        is_known = is_wanted
    at: float | None = min(1.0, (1 + NUDGE) * expected) if expected is not None else FIRST_STEP
    while probes < most_probes and high - low > resolution * high:
        if at is None or not low < at < high:
            at = (low + high) / 2
            if is_known and low == 0:
                at = max(high / 4, min(FIRST_STEP, high / 2))
            elif not is_known:
                at = min(1.0, max(2 * low, FIRST_STEP))
        is_wanted, found = probe(at)
        probes += 1
        if is_wanted:
            high, best, is_known = at, found, True
        else:
            low = at
            if at >= 1.0:
                return None
        at = _choose_next(expect(), low, high, is_known, resolution)
    if not is_known:
        return None
    return Crossing(high, low, best) if best is not None or high <= 1.0 else None  # type: ignore[arg-type]


def _choose_next(
    expected: float | None, low: float, high: float, is_known: bool, resolution: float
) -> float | None:
    """Just before or behind where the change is expected, on whichever side is not solved yet."""
    if expected is None:
        return None
    step = 0.5 * resolution
    if is_known and expected > low and expected >= (1 - 2 * NUDGE) * high:
        return high * (1 - 0.9 * resolution)  # the change is here: close in from below
    for at in (expected * (1 + step), expected * (1 - step)):
        if low < at < high:
            return at
    return None
