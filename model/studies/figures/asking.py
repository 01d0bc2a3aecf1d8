"""What the studies of figures share: the plan at hand, and questions to variants of a scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ....inputs.build import build_scenario
from ....inputs.complaint import InputError
from ....inputs.figures import Figure
from ....inputs.scenario import Scenario
from ...equations.evaluate import relative
from ...failures import SolverFailed
from ...solving.compiled import Compiled
from ...solving.stages import Solving
from ...solving.variants import answer_variant, strip
from ...work.fan_out import Crew, Task, fan_out
from .findings import AtEnd, FigureStudy

SMALL, LARGE = 1e-6, 1e-3
"""Gap of each answer unless one is asked for: exact but for rounding, or what decides."""

MANY_INTEGERS = 100
"""Integer columns of a scenario whose thousand variants cannot each be solved to the end."""

Answer = dict[str, Any]


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
        compiled = Compiled(plain)
        many = len(compiled.live.integers) > MANY_INTEGERS
        self.gap = gap if gap is not None else (LARGE if many else SMALL)
        solution = Solving(compiled, min(self.gap, 1e-4), crew.clock).run()
        self.base_gain = solution.best_gain
        self.base_bound = solution.bound - solution.baseline.score
        plan = {i: {str(t): bn for t, bn in own.items()} for i, own in solution.plan.items()}
        self.shared = {
            "document": document,
            "name": scenario.name,
            "gap": self.gap,
            "plan": plan,
        }
        self.funded = tuple(i for i in scenario.instruments if i in plan)
        played = solution.played
        self.totals = {
            i: float(played.authority[i].sum() + played.launch_costs[i].sum()) for i in self.funded
        }
        self.solves = 1

    def ask(
        self, patches: Sequence[Mapping[str, Any]], what: str, *, held: bool = False
    ) -> list[Answer | None]:
        """What each variant's best plan is, with `held` also the best with today's funded set.

        None where time ran out.
        """
        records = [{"patch": patch} | ({"held": self.funded} if held else {}) for patch in patches]
        return self.run(answer_variant, records, what)

    def run(
        self, task: Task, records: Sequence[Mapping[str, Any]], what: str
    ) -> list[Answer | None]:
        """Any task over records, beside the scenario and its plan."""
        found = fan_out(task, self.shared, records, self.crew, what)
        self.solves += sum(answer.get("solves", 1) for answer in found if answer is not None)
        return found

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
        flips = bool(enters or leaves) and lost_by_holding(answer) > self.gap
        totals = answer["totals"]
        every = {*totals, *self.totals}
        moved = 0.5 * sum(abs(totals.get(i, 0.0) - self.totals.get(i, 0.0)) for i in every)
        gain = answer["gain"]
        if answer["kept"] is not None:
            gain = max(gain, answer["kept"])
        return AtEnd(value, gain, answer["kept"], moved, flips, enters, leaves)

    def conclude(self, method: str, figures: Sequence[Figure], *, complete: bool) -> FigureStudy:
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
            complete=complete,
        )


def lost_by_holding(answer: Answer) -> float:
    """What the best plan with today's funded set loses, relative; infinite where there is none."""
    held = answer.get("held")
    if held is None:
        return float("inf")
    return relative(answer["gain"] - held, answer["gain"])


def refuse_nothing(done: int) -> None:
    """Raises SolverFailed where time ended before anything was answered."""
    if not done:
        raise SolverFailed("the time ended before any figure was answered; allow more")
