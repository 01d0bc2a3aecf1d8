"""What is lost if an instrument is taken away, and what an unfunded one would cost if funded."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ...equations.evaluate import Plan
from ...solving.best_plans import find_all_best, find_conflict_under
from ...solving.solution import Best
from .around import Around, ban, demand
from .findings import Replacement
from .prices import list_increases


def find_replacements(around: Around, done: Callable[[], None]) -> dict[str, Replacement]:
    """The loss of the best plan without each instrument, and who spends more in it.

    An instrument that the plan does not fund is missed by nobody. What there was no time for is
    left out.
    """
    plan, scenario = around.base.plan, around.scenario
    questions = {
        i: around.ask_among(ban(i), [{j: years for j, years in plan.items() if j != i}])
        for i in plan
    }
    found = find_all_best(around.oracle, questions, done)
    unfunded = {i: Replacement(0.0, 0.0, ()) for i in scenario.instruments if i not in plan}
    return unfunded | {i: _tell_replacement(around, i, best) for i, best in found.items()}


def _tell_replacement(around: Around, instrument: str, best: Best | None) -> Replacement:
    base = around.base
    if best is None:
        needs = find_conflict_under(around.oracle, ban(instrument))
        return Replacement(None, None, (), needs)
    most = base.bound - best.gain
    return Replacement(max(0.0, base.gain - best.gain), most, list_increases(base, best))


def find_forced(
    around: Around, instruments: Iterable[str], done: Callable[[], None]
) -> dict[str, Best | None]:
    """The best plan that funds each instrument; None where there is none.

    What there was no time for is left out.
    """
    questions = {
        i: around.ask_among(demand(i), list_begun(around, i), around.tolerance) for i in instruments
    }
    return find_all_best(around.oracle, questions, done)


def list_begun(around: Around, instrument: str) -> list[Plan]:
    """The best plan with an instrument funded besides, in one run of years or another."""
    plan, scenario = around.base.plan, around.scenario
    if instrument not in scenario.on_off:
        return [plan]
    window = scenario.window(instrument)
    length = scenario.instruments[instrument].run_years or 1
    least = scenario.least_when_funded(instrument)
    return [
        {**plan, instrument: dict.fromkeys(range(first, first + length), least)}
        for first in range(window.start, window.stop - length + 1)
    ]
