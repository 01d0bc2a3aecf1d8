"""Whether a variant's best plan is of some kind: by bounds where these tell, by a mixed solve else.

Two plans are held against each other, each the best of its kind. The linear relaxation bounds one
from above, known decisions with amounts chosen anew bound the other from below; only where the two
overlap is the variant solved as it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...equations.evaluate import SMALLEST_GAIN, Plan, relative
from ...solving.best_plans import BestPlans
from ...solving.canonical import TIE_TOLERANCE
from ...solving.resolve import Resolving
from ...solving.solution import Best, is_funded
from .crossing import EnoughSearched
from .findings import Patch

TRIED = 3
"""Known decisions of each kind that are tried with amounts chosen anew."""

Probed = tuple[bool, Best | None]


def probe_funding(
    best_plans: BestPlans,
    patch: Patch,
    instrument: str,
    known: Sequence[Plan],
    fixed: Best | None,
    *,
    may_search: bool = True,
) -> tuple[bool, Best | None, bool]:
    """Whether the best plan under a patch funds an instrument, with a plan of that kind if known.

    And whether that took a mixed solve. `fixed`: the best plan without the instrument, where the
    patch does not touch such plans. Raises EnoughSearched where bounds do not tell and a mixed
    solve is not wanted.
    """
    resolving = best_plans.open(patch)
    if resolving is None:
        return False, None, False
    try:
        is_wanted, best = _probe_funding(resolving, instrument, known, fixed, may_search)
        return is_wanted, best, resolving.solves > 0
    finally:
        best_plans.take_count(resolving)


def _probe_funding(
    resolving: Resolving,
    instrument: str,
    known: Sequence[Plan],
    fixed: Best | None,
    may_search: bool,
) -> Probed:
    if not resolving.is_staged and not resolving.is_small:
        with resolving.funding([instrument]):
            most_with = resolving.relax()
        if most_with is None:
            return False, None
        others = [plan for plan in known if not is_funded(plan, instrument)]
        without = fixed or keep_any(resolving, others)
        room = resolving.gap * max(most_with, SMALLEST_GAIN)
        if without is not None and most_with < without.gain - room:
            return False, without
        with_it = keep_any(resolving, [plan for plan in known if is_funded(plan, instrument)])
        if with_it is not None and is_funded(with_it.plan, instrument):
            if fixed is not None:
                most_without: float | None = fixed.bound
            else:
                with resolving.without([instrument]):
                    most_without = resolving.relax()
            if most_without is None or with_it.gain > most_without + room:
                return True, with_it
    if not may_search:
        raise EnoughSearched
    best = resolving.find_best()
    if best is None or not is_funded(best.plan, instrument):
        return False, best
    # Within the gap another solve may find another plan: that does not count yet.
    if fixed is None and resolving.is_small:
        with resolving.without([instrument]):
            fixed = resolving.find_best()
    room = max(resolving.gap, 10 * TIE_TOLERANCE) * max(best.gain, SMALLEST_GAIN)
    return fixed is None or best.gain > fixed.gain + room, best


def probe_flip(
    best_plans: BestPlans, patch: Patch, base: Best, known: Sequence[Plan], tolerance: float
) -> Probed:
    """Whether every plan that funds what `base` funds loses more than the tolerance under a patch.

    With the best plan known there.
    """
    resolving = best_plans.open(patch)
    if resolving is None:
        return False, None
    try:
        return _probe_flip(resolving, base, known, tolerance)
    finally:
        best_plans.take_count(resolving)


def _probe_flip(
    resolving: Resolving, base: Best, known: Sequence[Plan], tolerance: float
) -> Probed:
    now = set(base.plan)
    best: Best | None = None
    if not resolving.is_staged and not resolving.is_small:
        bound = resolving.relax()
        if bound is None:
            return False, None
        same = keep_any(resolving, [plan for plan in known if set(plan) == now])
        is_same = same is not None and set(same.plan) == now
        if same is not None and is_same and relative(bound - same.gain, bound) <= tolerance:
            return False, same
        best = keep_any(resolving, [plan for plan in known[::-1] if set(plan) != now])
        most = _bound_set(resolving, now)
        if best is not None and relative(best.gain - most, best.gain) > tolerance:
            return True, best
    found = resolving.find_best()
    if found is None:
        return False, None
    if set(found.plan) == now:
        return False, found
    others = [i for i in resolving.scenario.instruments if i not in now]
    with resolving.without(others), resolving.funding(sorted(now)):
        kept = resolving.find_best()
    is_flipped = kept is None or relative(found.gain - kept.gain, found.gain) > tolerance
    return is_flipped, found


def _bound_set(resolving: Resolving, funded: set[str]) -> float:
    """A bound on the gain of plans that fund some instruments and no others."""
    others = [i for i in resolving.scenario.instruments if i not in funded]
    with resolving.without(others), resolving.funding(sorted(funded)):
        bound = resolving.relax()
    return -float("inf") if bound is None else bound


def keep_any(resolving: Resolving, plans: Iterable[Plan]) -> Best | None:
    """The best of some known decisions with amounts chosen anew; the first few that differ."""
    best: Best | None = None
    tried: list[frozenset[tuple[str, int]]] = []
    for plan in plans:
        decided = frozenset((i, t) for i, years in plan.items() for t in years)
        if decided in tried:
            continue
        if len(tried) == TRIED:
            break
        tried.append(decided)
        kept = resolving.keep(plan)
        if kept is not None and (best is None or kept.gain > best.gain):
            best = kept
    return best
