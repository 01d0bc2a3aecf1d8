"""One question on its way up: answered by the cheapest step that does, and no further.

1. the linear relaxation, for a bound, begun from the basis of the nearest question;
2. the on/off decisions of known plans, their amounts chosen anew;
3. the best of these with one programme's years at a time exchanged for the relaxation's;
4. a dive from the relaxation, then the mixed program in the neighbourhood of what is known;
5. a tree of branches below the relaxation, among the plans that would be better by more than is
   allowed;
6. the mixed program, among the same.

It stops as soon as plan and bound meet within the question's tolerance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from ..equations.curves import Array
from ..failures import SolverFailed
from ..work.clock import Clock
from .answers import Starts
from .dive import NEAR, dive
from .engine import Engine, Linear
from .exchange import list_exchanges
from .live import SMALL_MODEL
from .matrices import INFINITE
from .memory import RELAXED
from .question import Answer, Question
from .stock import Stock
from .tree import Tree

CANDIDATES = 3
"""Known decisions tried with amounts chosen anew before others are looked for."""

CLOSEST = 1e-6
"""A tolerance below which no row keeps plans out that would not be better by enough.

HiGHS may lose plans beside a row as tight as its own tolerance.
"""

BEYOND = 0.9
"""Share of the tolerance by which a plan that is looked for must be better."""

ROUNDING = 1e-9
"""Share of a room that is lost to rounding where a bound is a value with all its room."""

FAR = 4.0
"""Tolerances between plan and bound from which on a neighbourhood is searched first.

The whole program needs about a second of us-2027 to prove that no plan is better by a tolerance,
and many to find one from far below.
"""

NEAR_NODES = 40
"""Nodes of a search in a neighbourhood: a count, so that answers repeat."""

BRANCHES = 400
"""Linear programs of one tree of branches, after which HiGHS's own search goes on."""

FEW_COLUMNS, SHARPNESS_OF_FEW = 1_000, 0.01
"""Columns of a program that is proven this much more closely than is asked: it costs little."""

MOST_OPEN = 90
"""Decisions open in a neighbourhood: with more of them the whole program is as quick."""


@dataclass(frozen=True)
class Candidate:
    """Decisions with the best amounts under them."""

    decisions: Array
    optimum: Linear
    step: str


class Ladder:
    """A question as far as it is answered: the best plan found, and the bound that none exceeds.

    `begins_from_plans`: mixed programs are searched as a whole, from the best plan known. The
    `starts` take in the bases of what was solved on the way.
    """

    def __init__(
        self,
        stock: Stock,
        engine: Engine,
        question: Question,
        clock: Clock,
        *,
        begins_from_plans: bool = False,
    ) -> None:
        self.stock, self.engine, self.question, self.clock = stock, engine, question, clock
        self.begins_from_plans = begins_from_plans
        self.compiled, self.matrices = stock.compiled, stock.matrices
        self.starts = Starts()
        self.best: Candidate | None = None
        self.bound = INFINITE

    def climb(self) -> Answer:
        """The cheapest step that settles the question, and all before it."""
        question = self.question
        if question.decided is not None:
            return self._choose_amounts(question.decided)
        self._try_first()
        if self._is_settled():
            return self._conclude()
        relaxed = self._relax()
        if relaxed is None:
            return Answer(-INFINITE, -INFINITE)
        self.bound = min(self.bound, relaxed.value)
        if question.needs == "bound" or self.bound <= question.at_least:
            told = {at: float(relaxed.values[at]) for at in question.tells}
            return Answer(-INFINITE, self.bound, is_settled=True, told=told)
        if not len(self.matrices.integers):
            self.best = Candidate(np.zeros(0), relaxed, "relaxed")
            return self._conclude()
        if self._is_settled():
            self._note_start()
            return self._conclude()
        for step in self._list_steps():
            for found in step(relaxed):
                self._take(found)
                if self._is_close() or self.clock.is_over:
                    break
            self._note_start()
            if self._is_settled() or self.clock.is_over:
                return self._conclude()
        if question.may_search and not question.only_near:
            self._branch(relaxed)
            if not self._is_settled() and not self.clock.is_over:
                self.search(relaxed)
        return self._conclude()

    # Where it stands --------------------------------------------------------------------------

    @property
    def value(self) -> float:
        """What the best plan found is worth; minus infinity without one."""
        return -INFINITE if self.best is None else self.best.optimum.value

    def _is_settled(self) -> bool:
        """Whether no more needs to be known."""
        is_enough = self.best is not None and self.value >= self.question.enough
        return is_enough or self.bound <= self.question.at_least or self._is_close()

    def _is_close(self) -> bool:
        """Whether plan and bound meet within the tolerance."""
        if self.best is None:
            return False
        return self.bound - self.value <= self.question.tolerance.room(self.value) * (1 + ROUNDING)

    @property
    def _is_proof(self) -> bool:
        """Whether it is asked if any plan is worth more than a value, however much more."""
        question = self.question
        return np.isfinite(question.at_least) and question.may_search and not question.only_near

    @property
    def _is_exact(self) -> bool:
        return self.question.tolerance.share < CLOSEST

    @property
    def _can_branch(self) -> bool:
        """Whether branches are worth looking at one by one, each a linear program from the last.

        Not where no plan is known: that there is none HiGHS's own search sees sooner.
        """
        if self.begins_from_plans or self._is_exact:
            return False
        is_begun = self.best is not None or np.isfinite(self.question.at_least)
        return is_begun and len(self.matrices.lower) <= SMALL_MODEL

    def _take(self, found: Candidate | None) -> None:
        """Keeps what is better than the best so far."""
        if found is not None and (self.best is None or found.optimum.value > self.value):
            self.best = found

    def _note_start(self) -> None:
        if self.best is not None:
            self.starts.bases[self.best.decisions.tobytes()] = self.best.optimum.start

    # Linear programs --------------------------------------------------------------------------

    def _relax(self) -> Linear | None:
        """The linear relaxation, begun from the nearest basis known.

        Where costs alone differ every basis is feasible: the one worth most is the nearest.
        """
        question, stock = self.question, self.stock
        if self.engine.is_primal:
            start = stock.memory.find_best(question.place, question.terms)
        else:
            start = stock.memory.find_start(question.place)
        relaxed = self.engine.relax(question, start or stock.first_start(self.engine))
        if relaxed is None:
            return None
        self.starts.bases[RELAXED] = relaxed.start
        if self.engine.is_primal:
            reached = {at: float(relaxed.values[at]) for at in question.terms}
            self.starts.reached.update(reached)
        if stock.trail is not None:
            stock.trail.note(self.matrices, relaxed.start)
        return relaxed

    def _choose_amounts(self, decided: Array) -> Answer:
        """The best amounts under decisions that are all the question leaves."""
        place, memory, key = self.question.place, self.stock.memory, decided.tobytes()
        start = memory.find_start(place, key) or memory.find_start(place)
        start = start or self.stock.first_start(self.engine)
        optimum = self.engine.keep(self.question, decided, start)
        if optimum is None:
            return Answer(-INFINITE, -INFINITE)
        self.best, self.bound = self._read(optimum, "known"), optimum.value
        self.starts.bases[key] = optimum.start
        return self._conclude()

    def _try_first(self) -> None:
        """In a variant the most promising known decisions, whose prices may bound all others.

        Mostly they do: then the relaxation need not be solved.
        """
        is_variant = self.stock.near is not None and len(self.matrices.integers) > 0
        if is_variant and self.question.needs != "bound":
            self.best = next(self._try_known(None), None)
            if self.best is not None:
                self.bound = self.best.optimum.most

    def _list_steps(self) -> list[Callable[[Linear], Iterator[Candidate]]]:
        """The steps to good plans. A proof makes do with what is known, as branches are quicker."""
        if self.question.straight or (self._is_proof and self._can_branch):
            return [self._try_known]
        return [self._try_known, self._exchange, self._dive, self._search_near]

    def _try_known(self, relaxed: Linear | None) -> Iterator[Candidate]:
        """Known decisions with amounts chosen anew, the most promising first."""
        tried = set() if self.best is None else {self.best.decisions.tobytes()}
        for plan in self.stock.rank(self.question):
            if len(tried) == max(CANDIDATES, len(self.question.known)):
                break
            decisions = self.compiled.decisions_of(plan) if isinstance(plan, Mapping) else plan
            key = decisions.tobytes()
            if key in tried:
                continue
            tried.add(key)
            if relaxed is not None and self.engine.is_primal:
                optimum = self.engine.keep_below(self.question, decisions, relaxed)
            else:
                optimum = self.stock.keep_known(self.engine, self.question, plan, decisions)
            if optimum is not None:
                yield self._read(optimum, "known")

    def _exchange(self, relaxed: Linear) -> Iterator[Candidate]:
        """The best of these with one programme's years at a time as the relaxation has them."""
        best = self.best
        if best is None:
            return
        for at, run in list_exchanges(self.compiled, relaxed.values, best.optimum.values):
            values = best.optimum.values.copy()
            values[at] = run
            decisions = np.abs(np.round(values[self.matrices.integers]))
            optimum = self.engine.keep(self.question, decisions, best.optimum.start)
            if optimum is not None:
                kept = self._read(optimum, "exchange")
                yield kept
                best = max(best, kept, key=lambda own: own.optimum.value)

    def _dive(self, relaxed: Linear) -> Iterator[Candidate]:
        """The decisions that the relaxation leads to."""
        try:
            can_dive = bool(self.compiled.on)
            decisions = dive(self.engine, self.question, relaxed) if can_dive else None
        except SolverFailed:
            return  # the steps after it need none of it
        if decisions is not None:
            optimum = self.engine.keep(self.question, decisions, relaxed.start)
            if optimum is not None:
                yield self._read(optimum, "dive")

    # Mixed programs ---------------------------------------------------------------------------

    def _search_near(self, relaxed: Linear) -> Iterator[Candidate]:
        """The mixed program with what the relaxation has nearly decided held as it is."""
        question, integers = self.question, self.matrices.integers
        shares = relaxed.values[integers]
        held = np.abs(shares - np.round(shares)) <= NEAR
        is_wide = not held.any() or (~held).sum() > MOST_OPEN
        if is_wide or self._is_exact or not question.may_search or self.clock.is_over:
            return
        room = question.tolerance.room(relaxed.value)
        if self._is_proof or relaxed.value - self.value <= FAR * room:
            return  # the whole program tells as soon whether anything is better
        fixed = integers[held], np.round(shares[held])
        target = min(relaxed.value - room, question.enough)
        if self._can_branch:
            searched = self._plant(target).search(relaxed, fixed)
        else:
            searched = self.engine.search(
                question,
                question.tolerance.share,
                self.clock.left,
                beyond=max(question.at_least, self.value + BEYOND * room),
                target=target,
                most_nodes=NEAR_NODES,
                fixed=fixed,
            )
        near = self._keep_found(relaxed, searched.decisions, "near")
        if near is not None:
            yield near

    def _branch(self, relaxed: Linear) -> None:
        """The better plans, or that there are none, by branches from the relaxation."""
        if not self._can_branch:
            return
        searched = self._plant(self.question.enough).search(relaxed)
        self._take(self._keep_found(relaxed, searched.decisions, "tree"))
        if searched.bound > -INFINITE:  # that there is no plan at all HiGHS's own search is to say
            self.bound = min(self.bound, searched.bound)

    def _plant(self, target: float) -> Tree:
        """A tree of the plans that are better by enough than what is known."""
        question = self.question
        is_small = len(self.matrices.lower) <= FEW_COLUMNS
        sharpness = question.sharpness * (SHARPNESS_OF_FEW if is_small else 1.0)

        def raise_from(value: float) -> float:
            return value + BEYOND * sharpness * question.tolerance.room(value)

        is_better = self.best is not None and self.value > question.at_least
        beyond = raise_from(self.value) if is_better else question.at_least
        return Tree(self.engine, question, self.clock, beyond, raise_from, target, BRANCHES)

    def search(self, relaxed: Linear) -> None:
        """The mixed program, among plans that are better than the best known by enough."""
        question, best = self.question, self.best
        beyond, room, within = -INFINITE, 0.0, 0.0
        start = None
        if best is not None and self.begins_from_plans and not self._is_exact:
            start = best.decisions
        if np.isfinite(question.at_least):
            beyond = question.at_least
        elif best is not None and not self._is_exact:
            within = question.sharpness * question.tolerance.room(self.value)
            if start is None:
                room, within = within, 0.0
                beyond = self.value + BEYOND * room
        searched = self.engine.search(
            question,
            question.sharpness * question.tolerance.share,
            self.clock.left,
            beyond=beyond,
            target=question.enough,
            most_nodes=question.most_nodes,
            start=start,
            within=within,
        )
        # Where none is better by enough, what is allowed is the bound.
        allowed = beyond + (1 - BEYOND) * room
        if searched.decisions is None and searched.is_final:
            if best is None or beyond > -INFINITE:  # else HiGHS has lost a plan: it proves nothing
                self.bound = min(self.bound, allowed)
            return
        self._take(self._keep_found(relaxed, searched.decisions, "mixed"))
        self.bound = min(self.bound, max(searched.bound, allowed))

    # The answer -------------------------------------------------------------------------------

    def _keep_found(self, relaxed: Linear, decisions: Array | None, step: str) -> Candidate | None:
        """What a search has found, its amounts chosen anew."""
        if decisions is None:
            return None
        optimum = self.engine.keep_below(self.question, decisions, relaxed)
        return None if optimum is None else self._read(optimum, step)

    def _read(self, optimum: Linear, step: str) -> Candidate:
        """An optimum with the decisions that it was found under."""
        return Candidate(np.abs(np.round(optimum.values[self.matrices.integers])), optimum, step)

    def _conclude(self) -> Answer:
        """The plan in the best values found."""
        question, best = self.question, self.best
        if best is None:
            is_settled = self.bound <= max(question.at_least, -INFINITE)
            return Answer(-INFINITE, self.bound, is_settled=is_settled)
        optimum = best.optimum
        if question.needs == "least":
            least = self.engine.keep_least(question, best.decisions, optimum.start)
            optimum = least or optimum
        return Answer(
            self.value,
            max(self.bound, self.value),
            self.compiled.read_plan(optimum.values),
            optimum.values,
            best.decisions,
            best.step,
            self._is_settled(),
        )
