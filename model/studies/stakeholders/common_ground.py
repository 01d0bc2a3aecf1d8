"""What all stakeholders would fund, what none would, and what each dispute is about.

A stakeholder's verdict on a programme is looked at as one of weights and beliefs: what they would
do with the beliefs of each other one, and with the weights of each other one. If nobody's verdict
changes with beliefs, the dispute is about values. If all agree whenever they share beliefs,
whosever these are, it is about facts. Otherwise it is about both. A dispute cannot be about values
alone and about facts alone: then nothing would change the verdict, and there were none.
"""

from __future__ import annotations

from collections.abc import Mapping

from ...solving.best_plans import OutOfTime
from .findings import CommonGround, Dispute, Over, Verdict, Wish, judge
from .worlds import Worlds

Crossed = Mapping[tuple[str, str], Mapping[str, Verdict]]
"""Verdicts by whose weights and whose beliefs they come from, then by instrument."""


def find_common_ground(worlds: Worlds, wishes: Mapping[str, Wish]) -> CommonGround:
    """What the wishes have in common, and what disputes are about where there is time."""
    verdicts = {id_: wish.verdicts for id_, wish in wishes.items()}
    said = {i: {id_: own[i] for id_, own in verdicts.items()} for i in worlds.scenario.instruments}
    agreed = {i: frozenset(by.values()) for i, by in said.items()}
    disputed = [i for i, every in agreed.items() if every not in ({"funds"}, {"leaves"})]
    crossed = cross(worlds, list(wishes)) if disputed else {}
    return CommonGround(
        funded=tuple(i for i, every in agreed.items() if every == {"funds"}),
        not_funded=tuple(i for i, every in agreed.items() if every == {"leaves"}),
        disputes=tuple(
            Dispute(i, said[i], None if crossed is None else tell_over(crossed, i))
            for i in disputed
        ),
    )


def cross(worlds: Worlds, ids: list[str]) -> Crossed | None:
    """Everybody's verdicts with everybody's beliefs; None where time runs out."""
    crossed = {}
    try:
        for weigher in ids:
            for believer in ids:
                shares = worlds.find_shares(weigher, believer) or {}
                crossed[weigher, believer] = {i: judge(share) for i, share in shares.items()}
    except OutOfTime:
        return None
    return crossed


def tell_over(crossed: Crossed, instrument: str) -> Over:
    """What a dispute about a programme is about.

    >>> def crossed(aa, ab, ba, bb):
    ...     ids = ["a", "b"]
    ...     pairs = [(weigher, believer) for weigher in ids for believer in ids]
    ...     return {p: {"grid": v} for p, v in zip(pairs, (aa, ab, ba, bb), strict=True)}
    >>> tell_over(crossed("funds", "funds", "leaves", "leaves"), "grid")
    'values'
    >>> tell_over(crossed("funds", "leaves", "funds", "leaves"), "grid")
    'facts'
    >>> tell_over(crossed("funds", "leaves", "leaves", "leaves"), "grid")
    'both'
    """
    by_weigher: dict[str, set[str]] = {}
    by_believer: dict[str, set[str]] = {}
    for (weigher, believer), verdicts in crossed.items():
        by_weigher.setdefault(weigher, set()).add(verdicts[instrument])
        by_believer.setdefault(believer, set()).add(verdicts[instrument])
    if all(len(own) == 1 for own in by_weigher.values()):
        return "values"
    return "facts" if all(len(own) == 1 for own in by_believer.values()) else "both"
