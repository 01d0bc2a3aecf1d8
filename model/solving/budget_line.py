"""One scenario with its yearly budget as a column: what HiGHS answers about any stretch of it.

The budget b stands on the left of every row that caps it, so that a solve may fix it, leave it
free between two amounts at a price, or ask for the least of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ...inputs.build import derive_scenario
from ...inputs.scenario import Scenario
from ..equations.curves import Array
from ..equations.evaluate import SMALLEST_GAIN, Plan
from ..equations.limits import TOLERANCE, find_worst
from ..failures import SolverFailed
from .compiled import Compiled
from .extended import Column, extend
from .live import Basis, Live
from .matrices import INFINITE

LEAST_WIDTH = 1e-5
"""$ billion a year: budgets closer than this are one."""

Funded = frozenset[str]
"""A set of instruments."""


@dataclass(frozen=True)
class Kept:
    """The best plan under some decisions at one budget, and its gain in points.

    `is_cheapest`: at its least spending; without it money may lie on what is worth nothing.
    """

    gain: float
    plan: Plan
    is_cheapest: bool
    start: Basis

    @property
    def funded(self) -> Funded:
        return frozenset(self.plan)


@dataclass
class Keeping:
    """On/off decisions kept while the budget moves; `support`: who else may be funded.

    Under one keeping the gain is concave in the budget from `least` on. `points` are those known.
    """

    decisions: Array
    support: Funded | None
    least: float
    points: dict[float, Kept] = field(default_factory=dict)

    @property
    def key(self) -> tuple[bytes, Funded | None]:
        return self.decisions.tobytes(), self.support

    def find_start(self, budget: float) -> Basis | None:
        """The basis of the nearest budget that is known."""
        if not self.points:
            return None
        return self.points[min(self.points, key=lambda known: abs(known - budget))].start


@dataclass(frozen=True)
class Relaxed:
    """What a relaxation gives: its bound, at which budget, its decisions rounded, its basis."""

    bound: float
    budget: float
    rounded: Array
    start: Basis


class BudgetLine:
    """A scenario compiled with a free yearly budget; what its solvers share."""

    def __init__(self, scenario: Scenario) -> None:
        patch = {"budget": {"per_year": 1.0}, "steady": 0.0, "objective": "weighted"}
        if scenario.objective == "lexicographic":
            patch["priorities"] = None
        self.scenario = derive_scenario(scenario, patch)
        self.compiled = Compiled(self.scenario)
        own = self.compiled.live.matrices
        # No plan can spend more in any year, so a budget beyond it changes nothing.
        self.most = sum(i.max_per_year + i.launch_cost for i in scenario.instruments.values())
        capped = own.limit_rows.get("budget.per_year", [])
        # Each cap is so many times the yearly budget: the row's own side at a budget of 1.
        multiples = {row: -float(own.row_upper[row]) for row in capped}
        sides = dict.fromkeys(capped, (-INFINITE, 0.0))
        self.matrices = extend(own, [Column(0.0, 1e6, multiples)], sides=sides)
        self.budget = len(own.lower)
        self.score = self.compiled.list_targets()[-1]
        self.is_mixed = bool(len(own.integers))
        self.loose = {
            i: np.array([at for (j, _), at in self.compiled.authority.items() if j == i], np.int32)
            for i in self.scenario.instruments
            if i not in self.scenario.on_off
        }

    @property
    def is_all_or_nothing(self) -> bool:
        """Whether there are finitely many plans: each funded year costs what it costs."""
        return all(own.all_or_nothing for own in self.scenario.instruments.values())

    def gain_of(self, plan: Plan, budget: float) -> float | None:
        """What a plan gains by the evaluator; None if it breaks a limit at that budget."""
        capped = self.scenario.budget.model_copy(update={"per_year": budget})
        scenario = self.scenario.model_copy(update={"budget": capped})
        played = self.compiled.evaluator.play(plan)
        if find_worst(scenario, played) > TOLERANCE:
            return None
        return played.score - self.compiled.baseline.score


class BudgetEngine:
    """One worker's own solvers: relaxed, with decisions kept, mixed."""

    def __init__(self, line: BudgetLine) -> None:
        self.line = line
        self.relaxed, self.held = Live(line.matrices), Live(line.matrices)
        self.mixed = Live(line.matrices) if line.is_mixed else None
        for live in (self.relaxed, self.held):
            live.relax_columns(line.matrices.integers)
        self.price(self.relaxed, 0.0)
        self.relaxed.solve()
        # Each linear solve starts from one saved basis: an answer depends on its question alone.
        self.start = self.relaxed.save_start()

    def price(self, live: Live, slope: float) -> None:
        """Maximise the gain less `slope` points for each billion of yearly budget."""
        costs = {at: -share for at, share in self.line.score.terms.items()}
        live.minimise({**costs, self.line.budget: slope})

    def bound_budget(self, live: Live, lower: float, upper: float) -> None:
        at = np.array([self.line.budget], dtype=np.int32)
        live.set_bounds(at, np.array([lower]), np.array([upper]))

    def relax(
        self, lower: float, upper: float, slope: float, start: Basis | None = None
    ) -> Relaxed | None:
        """Most that the relaxation gains less the price of its budget; None if it is infeasible."""
        self.bound_budget(self.relaxed, lower, upper)
        self.price(self.relaxed, slope)
        self.relaxed.start_from(start or self.start)
        answer = self.relaxed.solve()
        if answer.status == "infeasible":
            return None
        values = answer.known_values
        return Relaxed(
            -answer.bound,
            float(values[self.line.budget]),
            np.abs(np.round(values[self.line.matrices.integers])),
            self.relaxed.save_start(),
        )

    def search(
        self, lower: float, upper: float, slope: float, gap: float, least: float, left: float | None
    ) -> tuple[float, Array | None, bool]:
        """The same of the mixed program: the bound, the decisions found, whether that is final.

        The bound is minus infinity if nothing is feasible. `least`: a gain known to be reached.
        """
        mixed = self._open_mixed()
        self.bound_budget(mixed, lower, upper)
        self.price(mixed, slope)
        answer = mixed.solve(gap, left, smallest=max(least, SMALLEST_GAIN))
        if answer.status == "infeasible":
            return -np.inf, None, True
        found = None if answer.values is None else np.abs(np.round(answer.values[mixed.integers]))
        return -answer.bound, found, answer.status == "optimal"

    def search_set(
        self, funded: Funded, budget: float, gap: float, left: float | None
    ) -> tuple[float, Array | None, bool]:
        """The best decisions that fund just these on/off instruments, at one budget."""
        mixed, line = self._open_mixed(), self.line
        scenario, start = line.scenario, line.compiled.start
        rows = mixed.row_count
        for i in scenario.instruments:
            if i not in scenario.on_off:
                continue
            starts = [start[i, t] for t in scenario.window(i) if (i, t) in start]
            wanted = 1.0 if i in funded else 0.0
            mixed.add_row(dict.fromkeys(starts, 1.0), wanted, wanted)
        try:
            return self.search(budget, budget, 0.0, gap, SMALLEST_GAIN, left)
        finally:
            mixed.drop_rows_from(rows)

    def least_budget(self, decisions: Array | None = None) -> float | None:
        """The least budget at which decisions can be kept, or at which anything can be done.

        None if none within the line is enough.
        """
        line = self.line
        live = self.mixed or self.relaxed
        if decisions is not None:
            live = self.held
            live.set_bounds(live.integers, decisions, decisions)
            self._close(live, None)
            live.start_from(self.start)
        self.bound_budget(live, 0.0, max(1.0, line.most))
        live.minimise({line.budget: 1.0})
        answer = live.solve()
        return None if answer.status == "infeasible" else max(0.0, answer.objective)

    def keep(self, keeping: Keeping, budget: float, is_cheapest: bool) -> Kept | None:
        """The best plan under a keeping at one budget; None if there is none."""
        live, line = self.held, self.line
        live.set_bounds(live.integers, keeping.decisions, keeping.decisions)
        self._close(live, keeping.support)
        self.bound_budget(live, budget, budget)
        self.price(live, 0.0)
        live.start_from(keeping.find_start(budget) or self.start)
        answer = live.solve()
        if answer.status != "optimal" or answer.values is None:
            return None
        start, values = live.save_start(), answer.values
        if is_cheapest:
            values = line.compiled.spend_least(live, values)
        plan = line.compiled.read_plan(values)
        gain = line.gain_of(plan, budget)
        return None if gain is None else Kept(gain, plan, is_cheapest, start)

    def _close(self, live: Live, support: Funded | None) -> None:
        """Lets only some of the instruments that are not on/off be funded; None: all."""
        for i, columns in self.line.loose.items():
            is_open = support is None or i in support
            upper = live.upper[columns] if is_open else np.zeros(len(columns))
            live.set_bounds(columns, live.lower[columns], upper)

    def _open_mixed(self) -> Live:
        if self.mixed is None:
            raise SolverFailed("a linear scenario has no decisions to search for")
        return self.mixed
