"""Which limit holds an instrument back: money, its own rules, other limits, or nothing to gain.

A billion more in one year is worth what the evaluator says it adds. That is compared with what the
billion costs elsewhere: the duals of all limits it counts towards. Where it is worth more, its own
rules hold it; where not, money or another limit does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from ....inputs.scenario import Ban, Choose, Launches, Requires
from ...equations.curves import Array
from ...equations.evaluate import Evaluator
from ...solving.best_plans import find_conflict_under
from ...solving.solution import Best, is_funded
from .around import Around, demand
from .findings import LimitPrice

STEP_BN = 1e-5
"""How much is added to tell what more is worth: far within a segment of any curve."""

WORTHLESS = 1e-7
"""Points per $ billion: less is rounding."""

CLOSE = 1e-6
"""A maximum or a growth limit is reached within this, $ billion."""


def find_worths(evaluator: Evaluator, best: Best, instrument: str) -> Array:
    """Points of gain per $ billion more of authority in each year of spending, all else kept."""
    years = evaluator.spending
    count = len(years)
    base = {i: np.tile(amounts, (count + 1, 1)) for i, amounts in best.played.authority.items()}
    base[instrument][np.arange(count), np.arange(count)] += STEP_BN
    weights = np.array([evaluator.scenario.weights[layer] for layer in evaluator.scenario.layers])
    scores = evaluator.outcomes(base) @ weights
    return np.asarray((scores[:-1] - scores[-1]) / STEP_BN)


class Holding:
    """What holds each instrument of a scenario around its best plan."""

    def __init__(self, around: Around, duals: Array, prices: Sequence[LimitPrice]) -> None:
        self.around, self.base, self.prices = around, around.base, prices
        self.scenario = around.scenario
        self.evaluator = around.oracle.compiled.evaluator
        matrices = around.oracle.matrices
        rows = sorted(matrices.limit_keys)
        self.rows = [matrices.limit_keys[row][0] for row in rows]
        weighed = matrices.matrix.tocsr()[rows].tocsc()
        self.costs = {
            cell: weighed[:, [at]].toarray()[:, 0] * duals[rows]
            for cell, at in around.oracle.compiled.authority.items()
        }

    def find_margin(self, instrument: str) -> tuple[float, float]:
        """What a further billion is worth in its best year, and what it costs elsewhere then."""
        worths, costs = self._list_years(instrument)
        if not len(worths):
            return 0.0, 0.0
        at = int((worths - costs).argmax())
        return float(worths[at]), float(costs[at])

    def find_money(self, best: Best, instrument: str) -> float:
        """Points that what a plan spends on an instrument is worth elsewhere."""
        first = self.scenario.years.first
        amounts = best.played.authority[instrument]
        return float(
            sum(
                costs.sum() * amounts[t - first]
                for (i, t), costs in self.costs.items()
                if i == instrument
            )
        )

    def _list_years(self, instrument: str) -> tuple[Array, Array]:
        """Worth and cost of a billion more, by year in the instrument's own years."""
        first = self.scenario.years.first
        window = self.scenario.window(instrument)
        worths = find_worths(self.evaluator, self.base, instrument)[[t - first for t in window]]
        costs = np.array(
            [
                float(self.costs[instrument, t].sum())
                for t in window
                if (instrument, t) in self.costs
            ]
        )
        return worths, costs if len(costs) == len(worths) else np.zeros(len(worths))

    def explain_funded(self, instrument: str) -> tuple[str, tuple[str, ...]]:
        """What keeps a funded instrument from getting more."""
        own, first = self.scenario.instruments[instrument], self.scenario.years.first
        amounts = self.base.played.authority[instrument]
        window = self.scenario.window(instrument)
        worths, costs = self._list_years(instrument)
        causes: defaultdict[str, float] = defaultdict(float)
        for t, worth, cost in zip(window, worths.tolist(), costs.tolist(), strict=True):
            if worth - cost <= WORTHLESS:
                continue
            now = float(amounts[t - first])
            before = float(amounts[t - first - 1]) if t > first else 0.0
            if now >= own.max_per_year - CLOSE:
                causes["maximum"] += worth - cost
            elif own.max_growth is not None and now - before >= own.max_growth - CLOSE:
                causes["growth"] += worth - cost
        if causes:
            return max(causes, key=lambda cause: causes[cause]), ()
        if float(worths.max(initial=0.0)) <= WORTHLESS:
            return "nothing left to gain", ()
        return self._find_costly(instrument)

    def _find_costly(self, instrument: str) -> tuple[str, tuple[str, ...]]:
        """Another limit, where a billion more is worth its money but not both; else money."""
        worths, _ = self._list_years(instrument)
        is_money = np.array([id_.startswith("budget.") for id_ in self.rows], dtype=bool)
        by_limit: defaultdict[str, float] = defaultdict(float)
        is_worth_it = False
        for t, worth in zip(self.scenario.window(instrument), worths.tolist(), strict=True):
            costs = self.costs.get((instrument, t), np.zeros(len(self.rows)))
            money = float(costs[is_money].sum())
            is_worth_it |= worth - money > WORTHLESS + CLOSE * abs(money)
            for id_, cost in zip(self.rows, costs.tolist(), strict=True):
                by_limit[id_] += max(cost, 0.0)
        others = {id_: c for id_, c in by_limit.items() if not id_.startswith("budget.")}
        if is_worth_it and max(others.values(), default=0.0) > WORTHLESS:
            return "limit", (max(others, key=lambda id_: others[id_]),)
        return "money", tuple(id_ for id_, c in by_limit.items() if c > 0 and id_ not in others)

    def explain_unfunded(self, instrument: str, forced: Best | None) -> tuple[str, tuple[str, ...]]:
        """What keeps an unfunded instrument out."""
        constraints = self.scenario.constraints
        banned = [
            id_
            for id_, limit in constraints.items()
            if isinstance(limit, Ban) and instrument in limit.instruments
        ]
        if banned:
            return "exclusion", tuple(banned)
        if forced is None:
            clash = find_conflict_under(self.around.oracle, demand(instrument))
            needs = [id_ for id_ in clash if isinstance(constraints.get(id_), Requires)]
            only_money = all(id_.startswith("budget.") for id_ in clash)
            kind = "prerequisite" if needs else "money" if only_money else "exclusion"
            return kind, clash
        if self._is_worthless(instrument, forced):
            return "nothing left to gain", ()
        for price in self.prices:
            limit = constraints.get(price.id)
            counts = (isinstance(limit, Choose) and instrument in limit.of) or (
                isinstance(limit, Launches) and instrument in self.scenario.launched(limit)
            )
            needs_it = isinstance(limit, Requires) and limit.instrument == instrument
            if (counts or needs_it) and instrument in dict(price.buys):
                return ("prerequisite" if needs_it else "exclusion"), (price.id,)
        return self._find_costly(instrument)

    def _is_worthless(self, instrument: str, forced: Best) -> bool:
        """Whether the plan that funds it would lose nothing without, whatever it costs."""
        if not is_funded(forced.plan, instrument):
            return True
        others = {i: own for i, own in forced.plan.items() if i != instrument}
        return self.evaluator.play(others).score >= forced.played.score - WORTHLESS
