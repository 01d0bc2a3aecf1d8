"""One question after another about one scenario: the best plan, and a bound that no plan exceeds.

However a question is put, it is answered by the cheapest step of the ladder (`ladder.py`) that
does, and no further. What was learnt on the way is remembered for the next one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

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
from .engine import Engine, Linear
from .ladder import Ladder
from .live import Basis
from .matrices import INFINITE, Matrices
from .memory import RELAXED, Memory
from .question import NOTHING, Answer, Changes, Question, Tolerance
from .solution import Best
from .stock import Stock
from .trail import Trail

BATCH = 8
"""Questions answered before the memory takes in what was learnt: a count: answers repeat."""

UNANSWERED = Answer(-INFINITE, INFINITE)
"""Nothing is known: there was no time to begin."""


class Oracle:
    """Answers questions about one compiled scenario, alone or a batch at a time.

    `matrices`: the scenario's with further columns, where questions need them. `near`: the oracle
    of which this one is a variant: it begins from its bases, and shares its memory unless it has a
    `memory` of its own. `trail`: the path of variants that it lies on.
    """

    def __init__(
        self,
        compiled: Compiled,
        clock: Clock | None = None,
        workers: int = 1,
        matrices: Matrices | None = None,
        near: Oracle | None = None,
        store: Store | None = None,
        memory: Memory | None = None,
        trail: Trail | None = None,
    ) -> None:
        """`store`: where answers are kept under all that they depend on.

        So an oracle that is asked the same again comes back through the same states, and what else
        the store holds changes nothing. Such answers have no `values`.
        """
        self.compiled = compiled
        self.scenario = compiled.scenario
        self.clock = clock or Clock()
        self.matrices = matrices or compiled.matrices
        self.store = store or Store()
        self.past = ""
        self.solves = self.linear_solves = 0  # mixed and linear ones, those behind kept answers too
        self.engines = [Engine(compiled, self.matrices) for _ in range(workers)]
        if near is not None:
            for engine in self.engines:
                engine.linear.expect_few_pivots()
        own = memory or (near.memory if near else Memory())
        self.stock: Stock = Stock(
            compiled, self.matrices, self.engines[0], own, near.stock if near else None, trail
        )
        self.targets = compiled.list_targets()
        self.score = self.targets[-1]
        self.begins_from_plans: bool = near.begins_from_plans if near else False
        self.is_mixed = bool(len(self.matrices.integers))

    @classmethod
    def open(cls, scenario: Scenario, clock: Clock | None = None, workers: int = 1) -> Oracle:
        """The oracle of a scenario, compiled."""
        return cls(Compiled(scenario), clock, workers)

    def vary(
        self, scenario: Scenario, memory: Memory | None = None, trail: Trail | None = None
    ) -> Oracle:
        """The oracle of a variant of the scenario.

        It shares what is remembered here unless it has a `memory` of its own. On a `trail` it
        begins where the variant before has ended.
        """
        compiled = Compiled(scenario, like=self.compiled)
        return Oracle(compiled, self.clock, near=self, memory=memory, trail=trail)

    def begin_from_plans(self) -> None:
        """Searches as a whole, without heuristics, from the best plan known.

        Where relaxations say little, as of distances: branches would be too many to look at.
        """
        self.begins_from_plans = True

    def prefer_primal(self) -> None:
        """Begins linear programs by the primal simplex method: where only costs change."""
        for engine in self.engines:
            engine.prefer_primal()

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
            self.stock.first_start(self.engines[0])
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
        ladder = Ladder(
            self.stock, engine, question, self.clock, begins_from_plans=self.begins_from_plans
        )
        answer = replace(
            ladder.climb(),
            mixed=engine.mixed_solves - counts[0],
            linear=engine.linear_solves - counts[1],
        )
        return answer, ladder.starts

    @property
    def memory(self) -> Memory:
        """What it remembers of questions before."""
        return self.stock.memory

    # Plans ------------------------------------------------------------------------------------

    def gains_of(self, plans: Sequence[Plan]) -> Array:
        """What plans gain in each layer, as the evaluator plays them; shape [plans, layers]."""
        return self.stock.gains_of(plans)

    def first_start(self) -> Basis | None:
        """The basis of the scenario's own relaxation, from which all others begin."""
        return self.stock.first_start(self.engines[0])

    def value_under(self, question: Question, plan: Plan) -> float:
        """What the best under a plan's decisions is worth; minus infinity where there is none."""
        decisions = self.compiled.decisions_of(plan)
        optimum = self.stock.keep_known(self.engines[0], question, plan, decisions)
        return -INFINITE if optimum is None else optimum.value

    def keep(self, question: Question, plan: Plan) -> Linear | None:
        """The optimum under a plan's decisions that spends least; None if there is none."""
        engine, decisions = self.engines[0], self.compiled.decisions_of(plan)
        return engine.keep_least(question, decisions, self.stock.start_of(engine, plan, decisions))

    def start_under(self, plan: Plan) -> Basis | None:
        """The basis under a plan's decisions by the scenario's own score."""
        return self.stock.start_of(self.engines[0], plan, self.compiled.decisions_of(plan))

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
