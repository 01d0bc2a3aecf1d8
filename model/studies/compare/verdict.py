"""Which plan to prefer where several worlds are possible, and where that cannot be said.

A regret is what a plan loses in a world that may come true. Constraints are another matter: which
of them hold is decided, and a plan made under many of them is not the better for it, though it can
be played where others cannot. Scenarios that differ in nothing else gain in the same points: then
it is their gains that are compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...equations.evaluate import relative
from .findings import Contender, Fate, Preference, World

RULES = "constraints"
"""The group of what is decided and not waited for."""


def judge_by_gain(worlds: Mapping[str, World], differing: Sequence[str]) -> Preference | None:
    """The scenario that gains most, if they differ in their constraints alone; else None."""
    gains = {label: world.best.gain for label, world in worlds.items() if world.best is not None}
    if set(differing) != {RULES}:
        return None
    return Preference("gain", max(gains, key=lambda label: gains[label]), tuple(gains))


def judge_by_regret(
    contenders: Sequence[Contender],
    fates: Mapping[str, Mapping[str, Fate]],
    best_known: Mapping[str, float],
    *,
    kept: bool,
    is_complete: bool,
    differing: Sequence[str],
) -> Preference:
    """The plan with the smallest largest regret among those that every world allows.

    None is named where worlds differ in their constraints too and not all plans keep them all.
    Worlds without a plan of their own are left out; ties go to the smaller sum, then the first.
    """
    regrets: dict[str, list[float]] = {}
    for contender in contenders:
        fate_in = fates.get(contender.label, {})
        row = [find_regret(fate_in.get(w), best, kept=kept) for w, best in best_known.items()]
        told = [regret for regret in row if regret is not None]
        if row and len(told) == len(row):
            regrets[contender.label] = told
    among = tuple(regrets)
    if not is_complete:
        return Preference("none", None, among, "not everything was solved in time")
    if not regrets:
        return Preference("none", None, (), "no plan can be played in every world")
    broken = [c.label for c in contenders if c.label in fates and c.label not in regrets]
    if RULES in differing and broken:
        reason = f"the constraints differ, and {', '.join(broken)} cannot be played under all"
        return Preference("none", None, among, reason)
    least = min(regrets, key=lambda label: (max(regrets[label]), sum(regrets[label])))
    return Preference("regret", least, among)


def find_regret(fate: Fate | None, best: float, *, kept: bool) -> float | None:
    """The share of the best gain that a plan loses in a world; None where it cannot be played."""
    gain = None if fate is None else fate.pick_gain(kept=kept)
    return None if gain is None else relative(best - gain, best)
