"""What is lost if an instrument is taken away, and what an unfunded one would cost if funded."""

from __future__ import annotations

from ...solving.conflict import find_conflict
from ...solving.resolve import Resolving
from ...solving.solution import Best
from .findings import Replacement
from .prices import list_increases


def find_replacement(resolving: Resolving, base: Best, instrument: str) -> Replacement:
    """The loss of the best plan without an instrument, and who spends more in it.

    An instrument that the plan does not fund is missed by nobody.
    """
    if instrument not in base.plan:
        return Replacement(0.0, 0.0, ())
    others = {i: years for i, years in base.plan.items() if i != instrument}
    with resolving.without([instrument]):
        best = resolving.find_best([others], beside=base)
    if best is None:
        return Replacement(None, None, (), find_needs(resolving, instrument))
    most = base.bound - best.gain
    return Replacement(max(0.0, base.gain - best.gain), most, list_increases(base, best))


def find_needs(resolving: Resolving, instrument: str) -> tuple[str, ...]:
    """Limits that cannot be met without an instrument: each needed for the clash."""
    with resolving.without([instrument]):
        return find_conflict(resolving.compiled)


def find_forced(resolving: Resolving, instrument: str) -> Best | None:
    """The best plan that funds an instrument, if only by a token; None if there is none."""
    with resolving.funding([instrument]):
        return resolving.find_best()
