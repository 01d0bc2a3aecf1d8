"""One scenario with its yearly budget as a column: questions about any stretch of it.

The budget b stands on the left of every row that caps it, so that a question may fix it, leave it
free between two amounts at a price, or ask for the least of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from ....inputs.build import derive_scenario
from ....inputs.scenario import Scenario
from ...equations.curves import Array
from ...equations.evaluate import Plan
from ...equations.limits import TOLERANCE, find_worst
from ...solving.compiled import Compiled
from ...solving.extended import FurtherColumn, extend
from ...solving.matrices import INFINITE
from ...solving.oracle import Oracle
from ...solving.question import Answer, Changes, Question, Sides, Tolerance
from ...work.clock import Clock
from ...work.store import Store

LEAST_WIDTH = 1e-5
"""$ billion a year: budgets closer than this are one."""

Funded = frozenset[str]
"""A set of instruments."""


@dataclass(frozen=True)
class PlanAtBudget:
    """The best plan under some decisions at one budget, and its gain in points.

    `is_cheapest`: at its least spending; without it money may lie on what is worth nothing.
    """

    gain: float
    plan: Plan
    is_cheapest: bool

    @property
    def funded(self) -> Funded:
        return frozenset(self.plan)


@dataclass
class Keeping:
    """On/off decisions kept while the budget moves; `support`: who else may be funded.

    Under one keeping the gain is concave in the budget from `least` on, which is None until it is
    asked for. `points` are those known; at `too_little` and below it cannot be kept.

    """

    decisions: Array
    support: Funded | None = None
    least: float | None = None
    too_little: float = -INFINITE
    points: dict[float, PlanAtBudget] = field(default_factory=dict)


class BudgetLine:
    """A scenario compiled with a free yearly budget, and the oracle that is asked about it."""

    def __init__(
        self,
        scenario: Scenario,
        clock: Clock | None = None,
        workers: int = 1,
        store: Store | None = None,
    ) -> None:
        patch = {"budget": {"per_year": 1.0}, "steady": 0.0, "objective": "weighted"}
        if scenario.objective == "lexicographic":
            patch["priorities"] = None
        self.scenario = derive_scenario(scenario, patch)
        self.compiled = Compiled(self.scenario)
        plain = self.compiled.matrices
        # No plan can spend more in any year, so a budget beyond it changes nothing.
        self.most = sum(i.max_per_year + i.launch_cost for i in scenario.instruments.values())
        capped = plain.limit_rows.get("budget.per_year", [])
        # Each cap is so many times the yearly budget: the row's own side at a budget of 1.
        multiples = {row: -float(plain.row_upper[row]) for row in capped}
        sides = dict.fromkeys(capped, (-INFINITE, 0.0))
        self.matrices = extend(plain, [FurtherColumn(0.0, 1e6, multiples)], sides=sides)
        self.budget = len(plain.lower)
        self.score = self.compiled.list_targets()[-1]
        self.is_mixed = bool(len(plain.integers))
        self.loose = {
            i: [at for (j, _), at in self.compiled.authority.items() if j == i]
            for i in self.scenario.instruments
            if i not in self.scenario.on_off
        }
        self.oracle = Oracle(self.compiled, clock, workers, self.matrices, store=store)
        self.oracle.expect_few_pivots()

    def gain_of(self, plan: Plan, budget: float) -> float | None:
        """What a plan gains by the evaluator; None if it breaks a limit at that budget."""
        capped = self.scenario.budget.model_copy(update={"per_year": budget})
        scenario = self.scenario.model_copy(update={"budget": capped})
        played = self.compiled.evaluator.play(plan)
        if find_worst(scenario, played) > TOLERANCE:
            return None
        return played.score - self.compiled.baseline.score

    # Questions --------------------------------------------------------------------------------

    def price(self, slope: float) -> dict[int, float]:
        """The gain less `slope` points for each $ billion of yearly budget, by column."""
        return {**self.score.terms, self.budget: -slope}

    def pose_relaxed(self, lower: float, upper: float, slope: float) -> Question:
        """How much the relaxation gains over a stretch less the price of its budget."""
        return Question(
            self.price(slope),
            Changes(boxes={self.budget: (lower, upper)}),
            needs="bound",
            tells=(self.budget,),
            place=np.array([(lower + upper) / 2]),
        )

    def pose_keeping(self, keeping: Keeping, budget: float, is_cheapest: bool) -> Question:
        """The best amounts under a keeping at one budget."""
        boxes: dict[int, Sides] = {self.budget: (budget, budget)}
        return Question(
            self.price(0.0),
            Changes(boxes={**boxes, **self._close(keeping.support)}),
            needs="least" if is_cheapest else "plan",
            decided=keeping.decisions,
            place=np.array([budget]),
        )

    def pose_least(self, keeping: Keeping | None = None) -> Question:
        """The least budget, its sign turned, at which anything, or a keeping, can be done."""
        boxes: dict[int, Sides] = {self.budget: (0.0, max(1.0, self.most))}
        if keeping is None:
            exact = Tolerance(0.0)
            return Question({self.budget: -1.0}, Changes(boxes=boxes), exact, needs="plan")
        return Question(
            {self.budget: -1.0},
            Changes(boxes={**boxes, **self._close(keeping.support)}),
            needs="plan",
            decided=keeping.decisions,
            place=np.array([-self.most]),
        )

    def read_kept(self, answer: Answer, budget: float, is_cheapest: bool) -> PlanAtBudget | None:
        """The plan of an answer at one budget; None where the evaluator finds a limit broken."""
        if answer.plan is None:
            return None
        gain = self.gain_of(answer.plan, budget)
        return None if gain is None else PlanAtBudget(gain, answer.plan, is_cheapest)

    def _close(self, support: Funded | None) -> Mapping[int, Sides]:
        """Lets only some of the instruments that are not on/off be funded; None: all."""
        if support is None:
            return {}
        return {at: (0.0, 0.0) for i in self.loose if i not in support for at in self.loose[i]}
