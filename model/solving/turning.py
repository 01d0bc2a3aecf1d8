"""Where a decision turns: whether plans of one kind are beaten, and the first value where they are.

Of one kind are the plans that some changes leave: those with today's funded set, those without an
instrument (docs/decisions/turning.md).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ..equations.evaluate import Plan
from .matrices import INFINITE
from .oracle import Oracle
from .question import Answer, Changes, Tolerance

MOST_ROUNDS = 40
"""Rounds of closing in: bisection alone needs a dozen, and a meeting counts as one."""

MOST_STEPS = 30
"""Steps to where two plans meet."""

ROUNDING = 1e-9
"""Share of a distance that is lost to rounding."""

FAR_BEHIND = -1e6
"""Points by which a plan that breaks a limit is behind all others."""

HALVINGS = 6
"""How often a stop is drawn nearer where no valid scenario lies so far out."""


# One scenario ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Verdict:
    """The best plan found, the best of one kind, and whether all of that kind are beaten.

    `is_beaten` is None where time ended before it was known; `holder` where no plan of the kind was
    looked for or found.
    """

    best: Answer
    holder: Answer | None
    is_beaten: bool | None


def hold_against(
    oracle: Oracle,
    holding: Changes,
    tolerance: Tolerance,
    known: Sequence[Plan] = (),
    needs: str = "plan",
) -> Verdict:
    """Whether some plan gains more than every plan of one kind, by more than the tolerance.

    So it is too where there is no plan at all. `holding` leaves the plans of the kind; `known` are
    plans whose decisions are tried first. The best plan is found to the tolerance, so that one
    ahead by up to two tolerances may go unseen.
    """
    best = oracle.ask(replace(oracle.question(tolerance, known=known), needs=needs))
    if best.plan is None:
        return Verdict(best, None, True if best.is_infeasible else None)
    if holding.allows(best.plan):
        return Verdict(best, best, False if best.is_settled else None)
    enough = best.value - tolerance.room(best.value)
    question = oracle.question(tolerance, holding, known)
    held = oracle.ask(replace(question, needs="plan", at_least=enough, enough=enough))
    holder = None if held.plan is None else held
    if held.bound <= enough or (held.is_settled and held.value < enough):
        return Verdict(best, holder, True)
    is_near = best.is_settled or held.value >= best.bound - tolerance.room(best.bound)
    return Verdict(best, holder, False if is_near and held.value >= enough else None)


def measure_lead(
    oracle: Oracle, holding: Changes, tolerance: Tolerance, holder: Plan, rival: Plan
) -> float:
    """By how much a rival gains more than beats the best known plan of one kind, in points.

    Both with their decisions, amounts chosen anew: two linear programs, and nothing proven.
    """
    least = oracle.value_under(oracle.question(tolerance, holding), holder)
    most = oracle.value_under(oracle.question(tolerance), rival)
    if least == -INFINITE:
        return INFINITE
    return max(most - tolerance.allow(least), FAR_BEHIND)


# Along a path ---------------------------------------------------------------------------------


class Undecided(Exception):
    """Raised by a path where it is not known, for want of time, whether a decision has turned."""


@dataclass(frozen=True)
class Path:
    """Values along which a decision may turn.

    `has_turned` says so at a value, settled in full; None where there is no valid scenario; it may
    raise Undecided. `lead`: by how much what is known to turn it is ahead, quickly; None where
    nothing is known. `close`: how near both ends of an answer have to be. `settle`: the nearest
    value that may be asked about.
    """

    has_turned: Callable[[float], bool | None]
    lead: Callable[[float], float | None]
    close: Callable[[float, float], float]
    settle: Callable[[float], float] = float


@dataclass(frozen=True)
class Turn:
    """Where a decision turns: `at` it has, at `holds_at` it has not, both settled in full.

    `at` is None where it has turned nowhere up to `holds_at`. `is_located`: both are as near to
    each other as was asked; else time ended before.
    """

    at: float | None
    holds_at: float
    is_located: bool = True


def find_turn(path: Path, begin: float, stops: Sequence[float]) -> Turn:
    """The first value on a path at which a decision has turned, from one at which it holds.

    `stops` are the values outwards at which it is asked; between the last that holds and the first
    that does not, the turn is closed in. What turns and turns back between stops is not seen.

    >>> path = Path(lambda at: at >= 0.3, lambda at: at - 0.3, lambda *_: 0.01)
    >>> turn = find_turn(path, 0.0, [0.2, 0.5, 1.0])
    >>> 0.3 <= turn.at <= 0.31, turn.holds_at < 0.3, turn.is_located
    (True, True, True)
    """
    search = _Search(path, begin)
    try:
        search.go_outwards(stops)
        search.close_in()
    except Undecided:
        return Turn(search.turned, search.holds, is_located=False)
    return Turn(search.turned, search.holds)


class _Search:
    """The last value that holds and the first that has turned, as far as they are known."""

    def __init__(self, path: Path, begin: float) -> None:
        self.path = path
        self.holds = begin
        self.turned: float | None = None

    def go_outwards(self, stops: Sequence[float]) -> None:
        """Asks at the stops until one has turned."""
        for stop in stops:
            at, has_turned = self._reach(stop)
            if has_turned:
                self.turned = at
                return
            if has_turned is not None:
                self.holds = at

    def _reach(self, stop: float) -> tuple[float, bool | None]:
        """The stop, or as near to it as there is a valid scenario, and whether it has turned."""
        at = self.path.settle(stop)
        has_turned = self.path.has_turned(at)
        for _ in range(HALVINGS):
            if has_turned is not None:
                break
            at = self.path.settle(self.holds + 0.5 * (at - self.holds))
            if at == self.holds:
                break
            has_turned = self.path.has_turned(at)
        return at, has_turned

    def close_in(self) -> None:
        """Narrows the stretch: asks about where known plans meet, else in the middle."""
        for _ in range(MOST_ROUNDS):
            if self.turned is None or self._is_close(self.holds, self.turned):
                return
            before = self.holds, self.turned
            holds, turned = self._meet(*before)
            if holds != self.holds:
                self._ask(holds)
            if self.turned == before[1] and turned not in (self.holds, self.turned):
                self._ask(turned)
            if before == (self.holds, self.turned):
                middle = self.path.settle(0.5 * (before[0] + before[1]))
                if middle in before:
                    return
                self._ask(middle)

    def _ask(self, at: float) -> None:
        if self.path.has_turned(at):
            self.turned = at
        else:
            self.holds = at

    def _is_close(self, holds: float, turned: float) -> bool:
        return abs(turned - holds) <= self.path.close(holds, turned) * (1 + ROUNDING)

    def _meet(self, holds: float, turned: float) -> tuple[float, float]:
        """A stretch, as narrow as is asked for, about where the known plans on both sides meet."""
        behind, ahead = self.path.lead(holds), self.path.lead(turned)
        if behind is None or ahead is None or behind > 0 or ahead <= 0 or ahead == INFINITE:
            return holds, turned
        for step in range(MOST_STEPS):
            if self._is_close(holds, turned):
                break
            share = 0.5
            if step % 3 < 2:
                # Leads are nearly straight lines: aim a little to either side of where they end.
                aside = 0.3 * self.path.close(holds, turned) / abs(turned - holds)
                share = behind / (behind - ahead) + (aside if step % 3 else -aside)
                share = min(max(share, 0.02), 0.98)
            at = self.path.settle(holds + share * (turned - holds))
            lead = None if at in (holds, turned) else self.path.lead(at)
            if lead is None:
                break
            if lead > 0:
                turned, ahead = at, lead
            else:
                holds, behind = at, lead
        return holds, turned
