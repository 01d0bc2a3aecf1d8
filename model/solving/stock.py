"""What questions about one program begin from: plans that are known, and bases."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from ..equations.curves import Array
from ..equations.evaluate import Plan
from .compiled import Compiled
from .engine import Engine, Linear, uncounted
from .live import Basis, carry_basis
from .matrices import Matrices
from .memory import Memory
from .question import Question, Terms
from .trail import Trail


class Stock:
    """Remembered plans by what they promise, and the bases that linear programs begin from.

    `engine` solves what others begin from, where none of their own is at hand. `near`: the stock of
    the program of which this one is a variant: its bases are carried over. `trail`: the path that
    the variant lies on. Engines that work side by side may read it at once.
    """

    def __init__(
        self,
        compiled: Compiled,
        matrices: Matrices,
        engine: Engine,
        memory: Memory,
        near: Stock | None = None,
        trail: Trail | None = None,
    ) -> None:
        self.compiled, self.matrices, self.engine = compiled, matrices, engine
        self.memory, self.near, self.trail = memory, near, trail
        self._first: Basis | None = None
        self._lock = threading.RLock()  # variants of it may be asked side by side
        self._starts_of: dict[bytes, Basis | None] = {}
        self._gains_of_known: dict[str, Array] = {}

    # Plans ------------------------------------------------------------------------------------

    def rank(self, question: Question) -> Iterator[Plan | Array]:
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
        layers = list(self.compiled.scenario.layers)
        columns = {at: layers.index(layer) for layer, at in self.compiled.outcome_gain.items()}
        if not terms.keys() <= columns.keys():
            return None
        weights = np.zeros(len(layers))
        for at, weight in terms.items():
            weights[columns[at]] = weight
        return weights

    def gains_of(self, plans: Sequence[Plan]) -> Array:
        """What plans gain in each layer, as the evaluator plays them; shape [plans, layers]."""
        evaluator, scenario = self.compiled.evaluator, self.compiled.scenario
        years = evaluator.spending
        authority = {
            i: np.array([[plan.get(i, {}).get(t, 0.0) for t in years] for plan in plans])
            for i in scenario.instruments
        }
        baseline = np.array([self.compiled.baseline.outcome[layer] for layer in scenario.layers])
        return np.asarray(evaluator.outcomes(authority) - baseline)

    # Bases ------------------------------------------------------------------------------------

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
                first = self.near.first_start(self.near.engine)
                if first is not None:
                    self._first = carry_basis(first, self.near.matrices, self.matrices)
            else:
                with engine.linear.by_dual():
                    relaxed = engine.relax(self._ask_score(), None)
                self._first = None if relaxed is None else relaxed.start
        return self._first

    def start_of(self, engine: Engine, plan: Plan | Array, decisions: Array) -> Basis | None:
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
                start = self.near.start_of(self.near.engine, plan, own)
                if start is not None:
                    start = carry_basis(start, self.near.matrices, self.matrices)
            else:
                kept = engine.keep(self._ask_score(), decisions, self.first_start(engine))
                start = None if kept is None else kept.start
            self._starts_of[key] = start or self.first_start(engine)
        return self._starts_of[key]

    def _ask_score(self) -> Question:
        """The scenario's own score, or all outcomes alike where it has no terms."""
        outcomes = self.compiled.outcome_gain.values()
        score = self.compiled.list_targets()[-1]
        return Question(score.terms or dict.fromkeys(outcomes, 1.0))

    def keep_known(
        self, engine: Engine, question: Question, plan: Plan | Array, decisions: Array
    ) -> Linear | None:
        """The optimum under known decisions, begun from a question like it or the score's."""
        key = decisions.tobytes()
        start = self.memory.find_start(question.place, key)
        optimum = engine.keep(question, decisions, start or self.start_of(engine, plan, decisions))
        if optimum is not None and self.trail is not None:
            self.trail.note(self.matrices, optimum.start, key)
        return optimum
