"""One question after another about one scenario: the best plan, and a bound that no plan exceeds.

However a question is put, it is answered by the cheapest step that does, and no further:

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

import hashlib
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...inputs.scenario import Scenario
from ..equations.curves import Array
from ..equations.evaluate import Plan
from ..equations.limits import TOLERANCE, find_worst
from ..failures import SolverFailed
from ..work.clock import Clock
from ..work.crew import run_all
from ..work.store import Store
from .answers import Starts, name_question, read_answer, write_answer, write_place
from .compiled import Compiled
from .dive import NEAR, dive
from .engine import Engine, Linear, uncounted
from .exchange import list_exchanges
from .live import SMALL_MODEL, Basis, carry_basis
from .matrices import INFINITE, Matrices
from .memory import RELAXED, Memory
from .question import NOTHING, Answer, Changes, Question, Terms, Tolerance
from .solution import Best
from .trail import Trail
from .tree import Tree

CANDIDATES = 3
"""Known decisions tried with amounts chosen anew before others are looked for."""

BATCH = 8
"""Questions answered before the memory takes in what was learnt: a count: answers repeat."""

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


UNANSWERED = Answer(-INFINITE, INFINITE)
"""Nothing is known: there was no time to begin."""


@dataclass(frozen=True)
class Candidate:
    """Decisions with the best amounts under them."""

    decisions: Array
    optimum: Linear
    step: str


class Oracle:
    """Answers questions about one compiled scenario, alone or a batch at a time.

    `matrices`: the scenario's with further columns, where questions need them. `near`: the oracle
    of which this one is a variant; it shares its memory and begins from its bases.
    """

    def __init__(
        self,
        compiled: Compiled,
        clock: Clock | None = None,
        workers: int = 1,
        matrices: Matrices | None = None,
        near: Oracle | None = None,
        store: Store | None = None,
    ) -> None:
        """`store`: where answers are kept under all that they depend on.

        So an oracle that is asked the same again comes back through the same states, and what else
        the store holds changes nothing. Such answers have no `values`.
        """
        self.compiled = compiled
        self.scenario = compiled.scenario
        self.clock = clock or Clock()
        self.matrices = matrices or compiled.matrices
        self.near = near
        self.store = store or Store()
        self.past = ""
        self.solves = self.linear_solves = 0  # mixed and linear ones, those behind kept answers too
        self.memory: Memory = near.memory if near else Memory()
        self.engines = [Engine(compiled, self.matrices) for _ in range(workers)]
        if near is not None:
            for engine in self.engines:
                engine.linear.expect_few_pivots()
        self.targets = compiled.list_targets()
        self.score = self.targets[-1]
        self.begins_from_plans: bool = near.begins_from_plans if near else False
        self.is_mixed = bool(len(self.matrices.integers))
        self.is_primal = False
        self.trail: Trail | None = None
        self._first: Basis | None = None
        self._lock = threading.RLock()  # variants of it may be asked side by side
        self._starts_of: dict[bytes, Basis | None] = {}
        self._gains_of_known: dict[str, Array] = {}

    @classmethod
    def open(cls, scenario: Scenario, clock: Clock | None = None, workers: int = 1) -> Oracle:
        """The oracle of a scenario, compiled."""
        return cls(Compiled(scenario), clock, workers)

    def vary(
        self,
        scenario: Scenario,
        known: Iterable[Plan] | None = None,
        trail: Trail | None = None,
    ) -> Oracle:
        """The oracle of a variant of the scenario.

        It shares what is remembered here, or remembers just the plans that are `known`. On a
        `trail` it begins where the variant before has ended.
        """
        variant = Oracle(Compiled(scenario, like=self.compiled), self.clock, near=self)
        variant.trail = trail
        if known is not None:
            variant.memory = Memory()
            variant.memory.take(known)
        return variant

    def begin_from_plans(self) -> None:
        """Searches as a whole, without heuristics, from the best plan known.

        Where relaxations say little, as of distances: branches would be too many to look at.
        """
        self.begins_from_plans = True

    def prefer_primal(self) -> None:
        """Begins linear programs by the primal simplex method: where only costs change."""
        self.is_primal = True
        for engine in self.engines:
            engine.linear.prefer_primal()

    def expect_few_pivots(self) -> None:
        """Begins linear programs as variants do: where each is much like one before."""
        for engine in self.engines:
            engine.linear.expect_few_pivots()

    def branch_alone(self) -> None:
        """Searches mixed programs by branching alone, which is quicker where they are small."""
        for engine in self.engines:
            engine.mixed.skip_heuristics()

    # Asking -----------------------------------------------------------------------------------

    def ask(self, question: Question) -> Answer:
        """The answer to one question, which the memory takes in."""
        return self.ask_all([question])[0]

    def ask_all(self, questions: Sequence[Question]) -> list[Answer]:
        """The answers to some questions, in their order; the memory grows between batches."""
        answers: list[Answer] = []
        for begins in range(0, len(questions), BATCH):
            batch = questions[begins : begins + BATCH]
            names = [repr([name_question(question), self.past]) for question in batch]
            with self.store.batch():
                told = self._answer_batch(list(zip(batch, names, strict=True)))
            self.past = hashlib.sha256("".join(names).encode()).hexdigest()
            for question, (answer, starts) in zip(batch, told, strict=True):
                if answer.plan is not None:
                    self.memory.take([answer.plan])
                for held, basis in starts.bases.items():
                    reached = starts.reached if held == RELAXED else None
                    self.memory.take_start(question.place, basis, held, reached)
                self.solves += answer.mixed
                self.linear_solves += answer.linear
                answers.append(answer)
        return answers

    def _answer_batch(self, batch: Sequence[tuple[Question, str]]) -> list[tuple[Answer, Starts]]:
        """Each answered by one engine; what there was no time to begin stays open."""
        told = [self._recall(name) for _, name in batch]
        fresh = [pair for pair, known in zip(batch, told, strict=True) if known is None]
        if fresh and not self.clock.is_over:
            self.first_start(self.engines[0])
        found = iter(run_all(self._answer_and_keep, fresh, self.engines, self.clock))
        return [known or next(found) or (UNANSWERED, Starts()) for known in told]

    def _recall(self, name: str) -> tuple[Answer, Starts] | None:
        """An answer that is kept."""
        record = self.store.find(name)
        columns, integers = len(self.matrices.lower), len(self.matrices.integers)
        return None if record is None else read_answer(record, columns, integers)

    def _answer_and_keep(self, engine: Engine, pair: tuple[Question, str]) -> tuple[Answer, Starts]:
        answer, starts = self._answer(engine, pair[0])
        if self.store.is_kept and np.isfinite(answer.bound):
            is_final = answer.is_settled or not self.clock.is_over
            kept = {**write_answer(answer, starts), **write_place(pair[0], self.store.mark)}
            self.store.add(pair[1], {**kept, "final": is_final})
        return answer, starts

    def _answer(self, engine: Engine, question: Question) -> tuple[Answer, Starts]:
        counts = engine.mixed_solves, engine.linear_solves
        starts = Starts()
        answer = self._climb(engine, question, starts)
        answer = replace(
            answer,
            mixed=engine.mixed_solves - counts[0],
            linear=engine.linear_solves - counts[1],
        )
        return answer, starts

    # The ladder -------------------------------------------------------------------------------

    def _climb(self, engine: Engine, question: Question, starts: Starts) -> Answer:
        """The cheapest step that settles the question, and all before it.

        Puts the bases of what was solved among the `starts`.
        """
        if question.decided is not None:
            return self._choose_amounts(engine, question, question.decided, starts)
        best = self._try_first(engine, question)
        bound = INFINITE if best is None else best.optimum.most
        if self._is_settled(question, best, bound):
            return self._conclude(engine, question, best, bound)
        relaxed = self._relax(engine, question, starts)
        if relaxed is None:
            return Answer(-INFINITE, -INFINITE)
        bound = min(bound, relaxed.value)
        if question.needs == "bound" or bound <= question.at_least:
            told = {at: float(relaxed.values[at]) for at in question.tells}
            return Answer(-INFINITE, bound, is_settled=True, told=told)
        if not self.is_mixed:
            kept = Candidate(np.zeros(0), relaxed, "relaxed")
            return self._conclude(engine, question, kept, bound)
        if best is not None and self._is_settled(question, best, bound):
            starts.bases[best.decisions.tobytes()] = best.optimum.start
            return self._conclude(engine, question, best, bound)
        steps = (self._try_known, self._exchange, self._dive, self._search_near)
        for step in steps[:1] if self._is_straight(question, best) else steps:
            for kept in step(engine, question, relaxed, best):
                if best is None or kept.optimum.value > best.optimum.value:
                    best = kept
                if self._is_close(question, best, bound) or self.clock.is_over:
                    break
            if best is not None:
                starts.bases[best.decisions.tobytes()] = best.optimum.start
            if self._is_settled(question, best, bound) or self.clock.is_over:
                return self._conclude(engine, question, best, bound)
        if not question.may_search or question.only_near or self.clock.is_over:
            return self._conclude(engine, question, best, bound)
        best, bound = self._branch(engine, question, relaxed, best, bound)
        if not self._is_settled(question, best, bound) and not self.clock.is_over:
            best, bound = self._search(engine, question, relaxed, best, bound)
        return self._conclude(engine, question, best, bound)

    def _relax(self, engine: Engine, question: Question, starts: Starts) -> Linear | None:
        """The linear relaxation, begun from the nearest basis known.

        Where costs alone differ every basis is feasible: the one worth most is the nearest.
        """
        place = question.place
        if self.is_primal:
            start = self.memory.find_best(place, question.terms)
        else:
            start = self.memory.find_start(place)
        relaxed = engine.relax(question, start or self.first_start(engine))
        if relaxed is None:
            return None
        starts.bases[RELAXED] = relaxed.start
        if self.is_primal:
            starts.reached.update({at: float(relaxed.values[at]) for at in question.terms})
        if self.trail is not None:
            self.trail.note(self.matrices, relaxed.start)
        return relaxed

    def _is_straight(self, question: Question, best: Candidate | None) -> bool:
        """Whether nothing is tried between known decisions and branches."""
        is_proof = self._is_proof(question) and self._can_branch(question, best)
        return question.straight or is_proof

    def _choose_amounts(
        self, engine: Engine, question: Question, decided: Array, starts: Starts
    ) -> Answer:
        """The best amounts under decisions that are all the question leaves."""
        key = decided.tobytes()
        start = self.memory.find_start(question.place, key)
        start = start or self.memory.find_start(question.place) or self.first_start(engine)
        optimum = engine.keep(question, decided, start)
        if optimum is None:
            return Answer(-INFINITE, -INFINITE)
        starts.bases[key] = optimum.start
        return self._conclude(engine, question, self._read(optimum, "known"), optimum.value)

    def _try_first(self, engine: Engine, question: Question) -> Candidate | None:
        """In a variant the most promising known decisions, whose prices may bound all others.

        Mostly they do: then the relaxation need not be solved.
        """
        if self.near is None or not self.is_mixed or question.needs == "bound":
            return None
        return next(self._try_known(engine, question, None, None), None)

    def _is_settled(self, question: Question, best: Candidate | None, bound: float) -> bool:
        """Whether no more needs to be known."""
        if best is not None and best.optimum.value >= question.enough:
            return True
        return bound <= question.at_least or self._is_close(question, best, bound)

    @staticmethod
    def _is_close(question: Question, best: Candidate | None, bound: float) -> bool:
        """Whether plan and bound meet within the tolerance."""
        if best is None:
            return False
        value = best.optimum.value
        return bound - value <= question.tolerance.room(value) * (1 + ROUNDING)

    def _try_known(
        self, engine: Engine, question: Question, relaxed: Linear | None, best: Candidate | None
    ) -> Iterator[Candidate]:
        """Known decisions with amounts chosen anew, the most promising first."""
        tried = set() if best is None else {best.decisions.tobytes()}
        for plan in self._rank(question):
            if len(tried) == max(CANDIDATES, len(question.known)):
                break
            decisions = self.compiled.decisions_of(plan) if isinstance(plan, Mapping) else plan
            key = decisions.tobytes()
            if key in tried:
                continue
            tried.add(key)
            if relaxed is not None and self.is_primal:
                optimum = engine.keep_below(question, decisions, relaxed)
            else:
                optimum = self._keep_known(engine, question, plan, decisions)
            if optimum is not None:
                yield self._read(optimum, "known")

    def _keep_known(
        self, engine: Engine, question: Question, plan: Plan | Array, decisions: Array
    ) -> Linear | None:
        """The optimum under known decisions, begun from a question like it or the score's."""
        key = decisions.tobytes()
        start = self.memory.find_start(question.place, key)
        optimum = engine.keep(question, decisions, start or self._start_of(engine, plan, decisions))
        if optimum is not None and self.trail is not None:
            self.trail.note(self.matrices, optimum.start, key)
        return optimum

    def _exchange(
        self, engine: Engine, question: Question, relaxed: Linear, best: Candidate | None
    ) -> Iterator[Candidate]:
        """The best of these with one programme's years at a time as the relaxation has them."""
        if best is None:
            return
        for at, run in list_exchanges(self.compiled, relaxed.values, best.optimum.values):
            values = best.optimum.values.copy()
            values[at] = run
            decisions = np.abs(np.round(values[self.matrices.integers]))
            optimum = engine.keep(question, decisions, best.optimum.start)
            if optimum is not None:
                kept = self._read(optimum, "exchange")
                yield kept
                if kept.optimum.value > best.optimum.value:
                    best = kept

    def _dive(
        self, engine: Engine, question: Question, relaxed: Linear, best: Candidate | None
    ) -> Iterator[Candidate]:
        """The decisions that the relaxation leads to."""
        del best
        try:
            decisions = dive(engine, question, relaxed) if self.compiled.on else None
        except SolverFailed:
            return  # the steps after it need none of it
        if decisions is not None:
            optimum = engine.keep(question, decisions, relaxed.start)
            if optimum is not None:
                yield self._read(optimum, "dive")

    def _search_near(
        self, engine: Engine, question: Question, relaxed: Linear, best: Candidate | None
    ) -> Iterator[Candidate]:
        """The mixed program with what the relaxation has nearly decided held as it is."""
        integers = self.matrices.integers
        shares = relaxed.values[integers]
        held = np.abs(shares - np.round(shares)) <= NEAR
        is_wide = not held.any() or (~held).sum() > MOST_OPEN
        if is_wide or self._is_exact(question) or not question.may_search or self.clock.is_over:
            return
        room = question.tolerance.room(relaxed.value)
        worst = -INFINITE if best is None else best.optimum.value
        if self._is_proof(question) or relaxed.value - worst <= FAR * room:
            return  # the whole program tells as soon whether anything is better
        fixed = integers[held], np.round(shares[held])
        target = min(relaxed.value - room, question.enough)
        if self._can_branch(question, best):
            searched = self._plant(engine, question, best, target).search(relaxed, fixed)
        else:
            searched = engine.search(
                question,
                question.tolerance.share,
                self.clock.left,
                beyond=max(question.at_least, worst + BEYOND * room),
                target=target,
                most_nodes=NEAR_NODES,
                fixed=fixed,
            )
        near = self._keep_found(engine, question, relaxed, searched.decisions, "near")
        if near is not None:
            yield near

    @staticmethod
    def _is_proof(question: Question) -> bool:
        """Whether it is asked if any plan is worth more than a value, however much more."""
        return np.isfinite(question.at_least) and question.may_search and not question.only_near

    def _can_branch(self, question: Question, best: Candidate | None) -> bool:
        """Whether branches are worth looking at one by one, each a linear program from the last.

        Not where no plan is known: that there is none HiGHS's own search sees sooner.
        """
        if self.begins_from_plans or self._is_exact(question):
            return False
        is_begun = best is not None or np.isfinite(question.at_least)
        return is_begun and len(self.matrices.lower) <= SMALL_MODEL

    def _branch(
        self,
        engine: Engine,
        question: Question,
        relaxed: Linear,
        best: Candidate | None,
        bound: float,
    ) -> tuple[Candidate | None, float]:
        """The better plans, or that there are none, by branches from the relaxation."""
        if not self._can_branch(question, best):
            return best, bound
        tree = self._plant(engine, question, best, question.enough)
        searched = tree.search(relaxed)
        found = self._keep_found(engine, question, relaxed, searched.decisions, "tree")
        if found is not None and (best is None or found.optimum.value > best.optimum.value):
            best = found
        if searched.bound == -INFINITE:
            return best, bound  # that there is no plan at all is for HiGHS's own search to say
        return best, min(bound, searched.bound)

    def _plant(
        self, engine: Engine, question: Question, best: Candidate | None, target: float
    ) -> Tree:
        """A tree of the plans that are better by enough than what is known."""
        is_small = len(self.matrices.lower) <= FEW_COLUMNS
        sharpness = question.sharpness * (SHARPNESS_OF_FEW if is_small else 1.0)

        def raise_from(value: float) -> float:
            return value + BEYOND * sharpness * question.tolerance.room(value)

        is_better = best is not None and best.optimum.value > question.at_least
        beyond = raise_from(best.optimum.value) if best and is_better else question.at_least
        return Tree(engine, question, self.clock, beyond, raise_from, target, BRANCHES)

    def _search(
        self,
        engine: Engine,
        question: Question,
        relaxed: Linear,
        best: Candidate | None,
        bound: float,
    ) -> tuple[Candidate | None, float]:
        """The mixed program, among plans that are better than the best known by enough."""
        beyond, room, within = -INFINITE, 0.0, 0.0
        start = self._begin_from(question, best)
        if np.isfinite(question.at_least):
            beyond = question.at_least
        elif best is not None and not self._is_exact(question):
            within = question.sharpness * question.tolerance.room(best.optimum.value)
            if start is None:
                room, within = within, 0.0
                beyond = best.optimum.value + BEYOND * room
        searched = engine.search(
            question,
            question.sharpness * question.tolerance.share,
            self.clock.left,
            beyond=beyond,
            target=question.enough,
            most_nodes=question.most_nodes,
            start=start,
            within=within,
        )
        if searched.decisions is None and searched.is_final:
            if best is not None and beyond == -INFINITE:
                return best, bound  # HiGHS has lost a plan that there is: it proves nothing
            # None is better by enough: what is allowed is then the bound.
            return best, min(bound, beyond + (1 - BEYOND) * room)
        kept = self._keep_found(engine, question, relaxed, searched.decisions, "mixed")
        if kept is not None and (best is None or kept.optimum.value > best.optimum.value):
            best = kept
        return best, min(bound, max(searched.bound, beyond + (1 - BEYOND) * room))

    def _begin_from(self, question: Question, best: Candidate | None) -> Array | None:
        """The decisions that a mixed program begins from; None where it begins with nothing."""
        if best is None or not self.begins_from_plans or self._is_exact(question):
            return None
        return best.decisions

    @staticmethod
    def _is_exact(question: Question) -> bool:
        return question.tolerance.share < CLOSEST

    def _keep_found(
        self,
        engine: Engine,
        question: Question,
        relaxed: Linear,
        decisions: Array | None,
        step: str,
    ) -> Candidate | None:
        """What a search has found, its amounts chosen anew."""
        if decisions is None:
            return None
        optimum = engine.keep_below(question, decisions, relaxed)
        return None if optimum is None else self._read(optimum, step)

    def _read(self, optimum: Linear, step: str) -> Candidate:
        """An optimum with the decisions that it was found under."""
        return Candidate(np.abs(np.round(optimum.values[self.matrices.integers])), optimum, step)

    def _conclude(
        self, engine: Engine, question: Question, best: Candidate | None, bound: float
    ) -> Answer:
        """The plan in the best values found."""
        if best is None:
            is_settled = bound <= max(question.at_least, -INFINITE)
            return Answer(-INFINITE, bound, is_settled=is_settled)
        optimum = best.optimum
        if question.needs == "least":
            optimum = (
                engine.keep_least(question, best.decisions, best.optimum.start) or best.optimum
            )
        plan = self.compiled.read_plan(optimum.values)
        return Answer(
            best.optimum.value,
            max(bound, best.optimum.value),
            plan,
            optimum.values,
            best.decisions,
            best.step,
            self._is_settled(question, best, bound),
        )

    # Memory -----------------------------------------------------------------------------------

    def _rank(self, question: Question) -> Iterator[Plan | Array]:
        """Known plans, the most promising first: those of the question, then the remembered."""
        yield from question.known
        weights = self._weigh(question.terms) if question.recalls else None
        if weights is None:
            return
        allowed = [(n, p) for n, p in self.memory.plans.items() if question.changes.allows(p)]
        if not allowed:
            return
        names, plans = zip(*allowed, strict=True)
        values = self._recall_gains(names, plans) @ weights
        for at in np.argsort(-values, kind="stable").tolist():
            yield plans[at]

    def _recall_gains(self, names: Sequence[str], plans: Sequence[Plan]) -> Array:
        """What remembered plans gain in each layer, each played once; shape [plans, layers]."""
        with self._lock:
            fresh = [at for at, name in enumerate(names) if name not in self._gains_of_known]
            if fresh:
                gains = self.gains_of([plans[at] for at in fresh])
                self._gains_of_known.update(zip([names[at] for at in fresh], gains, strict=True))
            return np.array([self._gains_of_known[name] for name in names])

    def _weigh(self, terms: Terms) -> Array | None:
        """The terms as weights of the layers' gains; None where other columns count."""
        layers = list(self.scenario.layers)
        columns = {at: layers.index(layer) for layer, at in self.compiled.outcome_gain.items()}
        if not terms.keys() <= columns.keys():
            return None
        weights = np.zeros(len(layers))
        for at, weight in terms.items():
            weights[columns[at]] = weight
        return weights

    def gains_of(self, plans: Sequence[Plan]) -> Array:
        """What plans gain in each layer, as the evaluator plays them; shape [plans, layers]."""
        evaluator = self.compiled.evaluator
        years = evaluator.spending
        authority = {
            i: np.array([[plan.get(i, {}).get(t, 0.0) for t in years] for plan in plans])
            for i in self.scenario.instruments
        }
        baseline = np.array(
            [self.compiled.baseline.outcome[layer] for layer in self.scenario.layers]
        )
        return np.asarray(evaluator.outcomes(authority) - baseline)

    def first_start(self, engine: Engine) -> Basis | None:
        """The basis of the scenario's own relaxation, from which all others begin."""
        # What prepares is not counted: who needs it first depends on the workers.
        with self._lock, uncounted(engine):
            return self._find_first(engine)

    def _find_first(self, engine: Engine) -> Basis | None:
        latest = None if self.trail is None else self.trail.find(self.matrices)
        if latest is not None:
            return latest
        if self._first is None:
            if self.near is not None:
                first = self.near.first_start(self.near.engines[0])
                if first is not None:
                    self._first = carry_basis(first, self.near.matrices, self.matrices)
            else:
                terms = self.score.terms or dict.fromkeys(self.compiled.outcome_gain.values(), 1.0)
                with engine.linear.by_dual():
                    relaxed = engine.relax(Question(terms), None)
                self._first = None if relaxed is None else relaxed.start
        return self._first

    def _start_of(self, engine: Engine, plan: Plan | Array, decisions: Array) -> Basis | None:
        """The basis under a plan's decisions by the scenario's own score."""
        with self._lock, uncounted(engine):
            return self._find_start_of(engine, plan, decisions)

    def _find_start_of(self, engine: Engine, plan: Plan | Array, decisions: Array) -> Basis | None:
        key = decisions.tobytes()
        latest = None if self.trail is None else self.trail.find(self.matrices, key)
        if latest is not None:
            return latest
        if key not in self._starts_of:
            if self.near is not None and isinstance(plan, Mapping):
                own = self.near.compiled.decisions_of(plan)
                start = self.near._start_of(self.near.engines[0], plan, own)
                if start is not None:
                    start = carry_basis(start, self.near.matrices, self.matrices)
            else:
                terms = self.score.terms or dict.fromkeys(self.compiled.outcome_gain.values(), 1.0)
                kept = engine.keep(Question(terms), decisions, self.first_start(engine))
                start = None if kept is None else kept.start
            self._starts_of[key] = start or self.first_start(engine)
        return self._starts_of[key]

    def value_under(self, question: Question, plan: Plan) -> float:
        """What the best under a plan's decisions is worth; minus infinity where there is none."""
        decisions = self.compiled.decisions_of(plan)
        optimum = self._keep_known(self.engines[0], question, plan, decisions)
        return -INFINITE if optimum is None else optimum.value

    def keep(self, question: Question, plan: Plan) -> Linear | None:
        """The optimum under a plan's decisions that spends least; None if there is none."""
        engine, decisions = self.engines[0], self.compiled.decisions_of(plan)
        return engine.keep_least(question, decisions, self._start_of(engine, plan, decisions))

    def start_under(self, plan: Plan) -> Basis | None:
        """The basis under a plan's decisions by the scenario's own score."""
        return self._start_of(self.engines[0], plan, self.compiled.decisions_of(plan))

    # The score --------------------------------------------------------------------------------

    def question(
        self, tolerance: Tolerance, changes: Changes = NOTHING, known: Sequence[Plan] = ()
    ) -> Question:
        """The question of the best plan by the scenario's own score."""
        return Question(self.score.terms, changes, tolerance, known=known)

    def play(self, answer: Answer) -> Best | None:
        """The plan of an answer about the score, as the evaluator plays it; None without a plan.

        Raises SolverFailed where it breaks a limit.
        """
        if answer.plan is None:
            return None
        played = self.compiled.evaluator.play(answer.plan)
        if find_worst(self.scenario, played) > TOLERANCE:
            raise SolverFailed(f"the plan found breaks a limit by more than {TOLERANCE:g}")
        gain = played.score - self.compiled.baseline.score
        return Best(gain, max(answer.bound, gain), answer.plan, played)
