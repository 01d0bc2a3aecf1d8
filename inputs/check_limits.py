"""Rules for constraints: they name what exists, and ask for what can be told."""

from __future__ import annotations

from .complaint import Path
from .problem import Found, Known, Problem, not_one_of
from .scenario import (
    Choose,
    CrowdInFloor,
    Fund,
    Launches,
    LeadFloor,
    Limit,
    Requires,
    Scenario,
    SpendLimit,
)

LEAST_SHARE = 1e-6
"""Shares of spending nearer to 0 or 1 are lost in rounding beside the spending itself."""


def check_constraints(scenario: Scenario, known: Known) -> Found:
    """Constraints on things that exist, with sides in order."""
    payees = known["instruments"] | known["areas"]
    for id_, limit in scenario.constraints.items():
        path = ("constraints", id_)
        yield from _check_references(limit, path, known, payees)
        if isinstance(limit, SpendLimit | Choose):
            yield from _check_sides(limit, path)
        if isinstance(limit, Requires) and limit.instrument in limit.needs:
            message = f"'{limit.instrument}' cannot need itself; take it out"
            yield Problem((*path, "needs"), message)
        yield from _check_funding_shows(scenario, limit, path)


def _check_references(limit: Limit, path: Path, known: Known, payees: frozenset[str]) -> Found:
    instruments = known["instruments"]
    if isinstance(limit, SpendLimit | CrowdInFloor):
        for name in limit.of or ():
            yield from not_one_of((*path, "of"), name, payees, "an area or an instrument")
    if isinstance(limit, Choose | Launches):
        for name in limit.of or ():
            yield from not_one_of((*path, "of"), name, instruments, "an instrument")
    if isinstance(limit, LeadFloor):
        yield from not_one_of((*path, "layer"), limit.layer, known["layers"], "a layer")
    if isinstance(limit, Requires):
        field = (*path, "instrument")
        yield from not_one_of(field, limit.instrument, instruments, "an instrument")
        for name in limit.needs:
            yield from not_one_of((*path, "needs"), name, instruments, "an instrument")
    if not isinstance(limit, SpendLimit | CrowdInFloor | Choose | Launches | LeadFloor | Requires):
        for name in getattr(limit, "instruments", ()):
            yield from not_one_of((*path, "instruments"), name, instruments, "an instrument")


def _check_sides(limit: SpendLimit | Choose, path: Path) -> Found:
    low, high = limit.at_least, limit.at_most
    if low is None and high is None:
        yield Problem(path, "expected at_least or at_most, got neither; give at least one")
    elif low is not None and high is not None and low > high:
        message = f"{low:g} is above at_most, {high:g}; swap them"
        yield Problem((*path, "at_least"), message)
    if isinstance(limit, SpendLimit) and limit.unit == "share":
        for side, value in (("at_least", low), ("at_most", high)):
            if value is not None and value > 1:
                message = f"expected a share from 0 to 1, got {value:g} (or set unit: bn)"
                yield Problem((*path, side), message)
            elif value is not None and min(value, 1 - value) < LEAST_SHARE and value not in (0, 1):
                message = (
                    f"expected a share of 0, of {LEAST_SHARE:g} to {1 - LEAST_SHARE:.6f}, or of 1, "
                    f"got {value:g}"
                )
                yield Problem((*path, side), message)


def _check_funding_shows(scenario: Scenario, limit: Limit, path: Path) -> Found:
    """Where being funded is demanded, a token sum must not do."""
    demanded: tuple[str, ...] = ()
    field = "instruments"
    if isinstance(limit, Fund):
        demanded = limit.instruments
    elif isinstance(limit, Requires):
        demanded, field = limit.needs, "needs"
    elif isinstance(limit, Choose) and limit.at_least is not None and limit.at_least > 0:
        demanded, field = limit.of, "of"
    for name in demanded:
        own = scenario.instruments.get(name)
        if own is not None and not own.min_per_year and not own.all_or_nothing:
            message = (
                f"demands that '{name}' be funded, which a token sum would satisfy; give "
                f"instruments.{name} a min_per_year or make it all_or_nothing"
            )
            yield Problem((*path, field), message)
