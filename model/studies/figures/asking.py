"""What the studies of figures share: the plan at hand, and questions to variants of a scenario."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ....inputs.build import build_scenario
from ....inputs.complaint import InputError
from ....inputs.figures import Figure
from ....inputs.scenario import Scenario
from ...failures import SolverFailed
from ...solving.compiled import Compiled
from ...solving.stages import Solving
from ...work.fan_out import Crew, Task, fan_out, write_text
from .findings import AtEnd, FigureStudy
from .variants import PlanRecord, answer_variant, read_plan, strip, write_plan

SMALL, LARGE = 1e-6, 1e-3
"""Gap of each answer unless one is asked for: exact but for rounding, or what decides."""

MANY_INTEGERS = 100
"""Integer columns of a scenario whose thousand variants cannot each be solved to the end."""

Answer = dict[str, Any]


FIRST_BATCH = 16
"""Questions answered before the others are told what was good in these; each batch is as large as
all before it: workers begin afresh with each, and the plans that matter are soon known."""

MOST_KNOWN = 32
"""Plans that a batch is told of: those that were best most often."""


class Asking:
    """A scenario with its best plan, which variants are held against."""

    def __init__(self, scenario: Scenario, gap: float | None, crew: Crew) -> None:
        """Raises InputError for objectives other than the score, Infeasible, and SolverFailed."""
        if scenario.objective != "weighted":
            message = (
                f"'{scenario.objective}' has stages, and figures are questioned by the score; "
                "give --set objective=weighted"
            )
            raise InputError.of("objective", message)
        self.scenario, self.crew = scenario, crew
        document = strip(scenario)
        plain = build_scenario(document, {}, scenario.name)
        self.compiled = Compiled(plain)
        many = len(self.compiled.integers) > MANY_INTEGERS
        self.gap = gap if gap is not None else (LARGE if many else SMALL)
        solution = Solving(self.compiled, min(self.gap, 1e-4), crew.clock).run()
        self.base_gain = solution.best_gain
        self.base_bound = solution.bound - solution.baseline.score
        base = {
            "document": document,
            "name": scenario.name,
            "gap": self.gap,
            "plan": write_plan(solution.plan),
        }
        self.base = write_text(base)
        self.plan = solution.plan
        self.funded = tuple(i for i in scenario.instruments if i in solution.plan)
        played = solution.played
        self.totals = {
            i: float(played.authority[i].sum() + played.launch_costs[i].sum()) for i in self.funded
        }
        self.solves = 1
        self.known: dict[bytes, PlanRecord] = {}
        self.times_best: Counter[bytes] = Counter()

    def ask(
        self, patches: Sequence[Mapping[str, Any]], what: str, *, held: bool = False
    ) -> list[Answer | None]:
        """What each variant's best plan is; with `held`, whether today's funded set is beaten.

        None where time ran out.
        """
        return self.run(answer_variant, [{"patch": patch, "held": held} for patch in patches], what)

    def run(
        self, task: Task, records: Sequence[Mapping[str, Any]], what: str
    ) -> list[Answer | None]:
        """Any task over records, beside the scenario, its plan, and the plans known to be good.

        What is known grows between batches alone, in the order of the records: answers do not
        depend on who gives them.
        """
        answers: list[Answer | None] = []
        for begins, ends in list_batches(len(records)):
            if self.crew.clock.is_over:
                break
            shared = {"base": self.base, "known": self._list_known()}
            crew = self._count_on(begins, len(records))
            for answer in fan_out(task, shared, records[begins:ends], crew, what):
                answers.append(answer)
                if answer is not None:
                    self.solves += answer.get("solves", 1)
                    self._learn(answer)
        return answers + [None] * (len(records) - len(answers))

    def _count_on(self, done: int, total: int) -> Crew:
        """The crew, which tells how much is done of all batches."""
        report = self.crew.report
        if report is None:
            return self.crew
        return replace(
            self.crew, report=lambda more, _, what: report(done + more, float(total), what)
        )

    def _learn(self, answer: Answer) -> None:
        """Notes the plans that were best in a variant, one for each of its on/off decisions."""
        if not len(self.compiled.integers):
            return
        for plan in [*answer.get("plans", ()), *filter(None, [answer.get("plan")])]:
            decisions = self.compiled.decisions_of(read_plan(plan)).tobytes()
            self.known.setdefault(decisions, plan)
            self.times_best[decisions] += 1

    def _list_known(self) -> list[PlanRecord]:
        return [self.known[decisions] for decisions, _ in self.times_best.most_common(MOST_KNOWN)]

    def compare(self, figure: Figure, value: float, answer: Answer) -> AtEnd:
        """A figure at one value, held against the plan at hand."""
        value = figure.settle(value)
        if answer["status"] == "invalid":
            return AtEnd(
                value, None, None, 0.0, False, (), (), f"no valid scenario: {answer['why']}"
            )
        if answer["status"] == "infeasible":
            return AtEnd(
                value, None, answer["kept"], 0.0, True, (), (), "no plan meets every limit"
            )
        enters = tuple(i for i in answer["funded"] if i not in self.funded)
        leaves = tuple(i for i in self.funded if i not in answer["funded"])
        flips = bool(answer["flips"])
        totals = answer["totals"]
        every = {*totals, *self.totals}
        moved = 0.5 * sum(abs(totals.get(i, 0.0) - self.totals.get(i, 0.0)) for i in every)
        gain = answer["gain"]
        if answer["kept"] is not None:
            gain = max(gain, answer["kept"])
        return AtEnd(value, gain, answer["kept"], moved, flips, enters, leaves)

    def conclude(
        self, method: str, figures: Sequence[Figure], *, asked: int, answered: int
    ) -> FigureStudy:
        """What all methods tell; each adds its own."""
        return FigureStudy(
            scenario=self.scenario,
            method=method,
            base_gain=self.base_gain,
            base_bound=self.base_bound,
            funded=self.funded,
            totals=self.totals,
            tolerance=self.gap,
            figures=figures,
            solves=self.solves,
            seconds=self.crew.clock.seconds,
            asked=asked,
            answered=answered,
        )


def list_batches(count: int) -> Iterator[tuple[int, int]]:
    """Where the batches of so many questions begin and end.

    >>> list(list_batches(100))
    [(0, 16), (16, 32), (32, 64), (64, 100)]
    """
    begins = 0
    while begins < count:
        ends = min(count, max(FIRST_BATCH, 2 * begins))
        yield begins, ends
        begins = ends


def refuse_nothing(done: int) -> None:
    """Raises SolverFailed where time ended before anything was answered."""
    if not done:
        raise SolverFailed("the time ended before any figure was answered; allow more")
