"""A scenario as a Pyomo model: one function for each numbered equation of docs/model.md.

Symbols: i instrument, t year, e effect, g group of effects that share a reach, k segment of a
curve, n interaction, l layer. Money in $ billion, leads and outcomes in points.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import pyomo.core as pyo
from pyomo.common.dependencies import DeferredImportCallbackFinder
from pyomo.common.gc_manager import PauseGC
from pyomo.core.expr.numeric_expr import LinearExpression

from ...inputs.scenario import Scenario
from .amounts import bound_amounts, can_launch, is_beyond
from .curves import reach_of_stock, retention, worth_pieces
from .evaluate import Evaluator
from .limit_rows import Term, list_limit_rows
from .reaches import NARROW, Group, Segment, find_groups, list_segments

# Pyomo hooks itself into the import of scipy, and then takes statistics and more along: half a
# second that nothing here needs. What does need them imports them itself.
DeferredImportCallbackFinder._callbacks.pop("scipy", None)

Cell = tuple[str, int]
"""Group and year."""

Piece = tuple[str, int, int]
"""Group, year and segment of its curve."""


ROUNDING = 1e-9
"""What weighs or leaves less is left over from floating-point arithmetic."""


def linear(terms: Iterable[Term]) -> LinearExpression:
    """The sum of coefficient times variable, built without expression trees."""
    kept = [(c, v) for c, v in terms if abs(c) > ROUNDING or (c and matters(c, v))]
    return LinearExpression(
        constant=0, linear_coefs=[c for c, _ in kept], linear_vars=[v for _, v in kept]
    )


def matters(coefficient: float, variable: Any) -> bool:
    """Whether a term can come to more than rounding, however little it weighs."""
    largest = max(abs(float(variable.lb)), abs(float(variable.ub)))
    return abs(coefficient) * largest > ROUNDING


def roomy(lower: float, upper: float) -> tuple[float, float]:
    """Bounds of a column that rows define, a tenth wider than they need be.

    A box as tight as the rows themselves invites presolve to take an optimum at its edge for a
    contradiction (docs/decisions/highs.md).
    """
    margin = 0.1 * max(1.0, abs(lower), abs(upper))
    return (lower - margin if lower else 0.0), upper + margin


class Pyomo:
    """The words that a model is written in, as Pyomo has them."""

    ConcreteModel, Var, Constraint, Objective = (
        pyo.ConcreteModel,
        pyo.Var,
        pyo.Constraint,
        pyo.Objective,
    )
    Binary, anything, minimize = pyo.Binary, pyo.Any, pyo.minimize
    linear = staticmethod(linear)


class Formulation:
    """The Pyomo model of a scenario, with what its parts mean.

    `model` holds variables and rows by equation; `groups` the shared reaches. With `fixed_money`
    what limits on spending rule out is left out: they may then not be moved in it.
    """

    def __init__(self, scenario: Scenario, fixed_money: bool = False, kit: Any = None) -> None:
        """`kit`: who takes the model down, Pyomo or the recorder."""
        self.scenario = scenario
        self.kit = kit = kit or Pyomo
        self.evaluator = Evaluator(scenario)
        self.fixed_money = fixed_money
        self.amounts = {i: bound_amounts(scenario, i, fixed_money) for i in scenario.instruments}
        self.model = kit.ConcreteModel(name=scenario.name)
        self.spending = list(scenario.years.spending)
        self.scored = list(scenario.years.scored)
        self.groups = find_groups(scenario, self.evaluator, self.amounts)
        self.group_of = {effect: group.name for group in self.groups for effect in group.effects}
        # Index sets are given as lists throughout: Pyomo orders no set that it is given as a
        # mapping, and the order of columns decides between plans that tie.
        with PauseGC():
            self._build()

    def _build(self) -> None:
        self.add_decisions()
        self.add_outlays()
        self.add_stocks()
        self.add_reaches()
        self.add_leads()
        self.add_outcomes()
        self.add_score()
        self.add_limits()
        if self.scenario.steady:
            self.add_changes()

    # Decisions --------------------------------------------------------------------------------

    def add_decisions(self) -> None:
        """Authority of each instrument and year; for on/off instruments when they are funded."""
        model, scenario = self.model, self.scenario
        own = scenario.instruments
        cells = [(i, t) for i in own for t in scenario.window(i)]
        model.authority = self.kit.Var(cells, bounds=lambda _, i, t: (0.0, self.amounts[i][t]))
        switched = [(i, t) for i, t in cells if i in scenario.on_off]
        model.on = self.kit.Var(switched, domain=self.kit.Binary)
        model.start = self.kit.Var(switched, bounds=(0.0, 1.0))
        self._add_switches(switched)
        growing = [(i, t) for i, t in cells if own[i].max_growth is not None]
        model.growth = self.kit.Constraint(growing)
        for i, t in growing:
            before = [(-1.0, model.authority[i, t - 1])] if (i, t - 1) in model.authority else []
            rise = self.kit.linear([(1.0, model.authority[i, t]), *before])
            model.growth[i, t] = (None, rise, own[i].max_growth)

    def _add_switches(self, cells: list[tuple[str, int]]) -> None:
        """One unbroken run of funded years, each with at least the minimum."""
        model, scenario = self.model, self.scenario
        x, on, start = model.authority, model.on, model.start
        model.most, model.least = self.kit.Constraint(cells), self.kit.Constraint(cells)
        model.begins, model.starts_on = self.kit.Constraint(cells), self.kit.Constraint(cells)
        model.run = self.kit.Constraint(cells)
        switched = list(dict.fromkeys(i for i, _ in cells))
        model.single_run = self.kit.Constraint(switched)
        for i, t in cells:
            own, least = scenario.instruments[i], scenario.least_when_funded(i)
            most = self.amounts[i][t]
            if is_beyond(least, most):
                for variable in (x[i, t], on[i, t], start[i, t]):
                    variable.setub(0.0)
            elif own.all_or_nothing:
                whole = self.kit.linear([(1.0, x[i, t]), (-own.max_per_year, on[i, t])])
                model.most[i, t] = (0.0, whole, 0.0)
            else:
                model.most[i, t] = (None, self.kit.linear([(1.0, x[i, t]), (-most, on[i, t])]), 0.0)
                model.least[i, t] = (
                    0.0,
                    self.kit.linear([(1.0, x[i, t]), (-least, on[i, t])]),
                    None,
                )
            if self.fixed_money and not can_launch(scenario, i, t):
                start[i, t].setub(0.0)
            begun = [(-1.0, on[i, t - 1])] if (i, t - 1) in on else []
            step = self.kit.linear([(1.0, on[i, t]), *begun, (-1.0, start[i, t])])
            if own.run_years is None:
                model.begins[i, t] = (None, step, 0.0)
                model.starts_on[i, t] = (
                    None,
                    self.kit.linear([(1.0, start[i, t]), (-1.0, on[i, t])]),
                    0.0,
                )
                continue
            window = scenario.window(i)
            if t + own.run_years - 1 > window[-1]:
                start[i, t].setub(0.0)
            since = range(max(window[0], t - own.run_years + 1), t + 1)
            run = self.kit.linear([(1.0, on[i, t]), *((-1.0, start[i, tau]) for tau in since)])
            model.run[i, t] = (0.0, run, 0.0)
        for i in switched:
            once = self.kit.linear((1.0, start[i, t]) for t in scenario.window(i))
            model.single_run[i] = (None, once, 1.0)

    # Equation 1 -------------------------------------------------------------------------------

    def add_outlays(self) -> None:
        """Equation 1: outlays from authority, o[i,t] = sum of spendout[i,tau] x[i,t-tau]."""
        model, scenario = self.model, self.scenario
        x = model.authority
        cells = {}
        for i, own in scenario.instruments.items():
            window = scenario.window(i)
            for t in range(window[0], window[-1] + len(own.spendout)):
                given = [
                    (share, x[i, t - age])
                    for age, share in enumerate(own.spendout)
                    if (i, t - age) in x
                ]
                cells[i, t] = given
        largest = {i: max(most.values()) for i, most in self.amounts.items()}
        model.outlays = self.kit.Var(list(cells), bounds=lambda _, i, _t: (0.0, largest[i]))
        model.equation_1 = self.kit.Constraint(list(cells))
        for cell, given in cells.items():
            terms = [(1.0, model.outlays[cell]), *((-share, v) for share, v in given)]
            model.equation_1[cell] = (0.0, self.kit.linear(terms), 0.0)

    # Equation 2 -------------------------------------------------------------------------------

    def add_stocks(self) -> None:
        """Equation 2: stocks keep what their half-life leaves and gain the lagged outlays.

        Stocks are told in units of their group.
        """
        model = self.model
        cells = {
            (group.name, t): group
            for group in self.groups
            for t, most in zip(self.scored, group.most, strict=True)
            if most > 0
        }
        first = self.scored[0]
        model.stock = self.kit.Var(
            list(cells), bounds=lambda _, g, t: roomy(0.0, float(cells[g, t].most[t - first]))
        )
        model.equation_2 = self.kit.Constraint(list(cells))
        for (g, t), group in cells.items():
            response = group.response
            terms: list[Term] = [(1.0, model.stock[g, t])]
            if (g, t - 1) in model.stock:
                terms.append((-retention(response.half_life), model.stock[g, t - 1]))
            if (response.instrument, t - response.lag) in model.outlays:
                outlays = model.outlays[response.instrument, t - response.lag]
                terms.append((-1.0 / group.unit, outlays))
            model.equation_2[g, t] = (0.0, self.kit.linear(terms), 0.0)

    # Equation 3 -------------------------------------------------------------------------------

    def add_reaches(self) -> None:
        """Equation 3: reach on the piecewise-linear curve of its stock.

        A curve is filled segment by segment. Where all uses of a reach push it the right way,
        an envelope is exact; elsewhere binaries make each segment wait for the one before it.
        """
        model = self.model
        stocks = {g: [t for t in self.scored if (g, t) in model.stock] for g in self._names()}
        cells = {(group.name, t): group for group in self.groups for t in stocks[group.name]}
        tops = {
            (group.name, t): top
            for group in self.groups
            for t, top in zip(
                self.scored,
                reach_of_stock(group.response, group.unit * group.most).tolist(),
                strict=True,
            )
        }
        model.reach = self.kit.Var(list(cells), bounds=lambda _, g, t: roomy(0.0, tops[g, t]))
        segments = {
            (g, t): list_segments(group, float(group.most[t - self.scored[0]]))
            for (g, t), group in cells.items()
            if group.form in ("below", "exact")
        }
        fills = {(g, t, k): s for (g, t), some in segments.items() for k, s in enumerate(some)}
        model.fill = self.kit.Var(list(fills), bounds=lambda _, g, t, k: (0.0, fills[g, t, k].most))
        waits = [
            key
            for key in fills
            if cells[key[:2]].form == "exact" and (*key[:2], key[2] + 1) in fills
        ]
        model.filled = self.kit.Var(waits, domain=self.kit.Binary)
        model.equation_3 = self.kit.Constraint(list(cells))
        model.filling = self.kit.Constraint(list(segments))
        model.above = self.kit.Constraint(self.kit.anything)
        for (g, t), group in cells.items():
            reach, stock = model.reach[g, t], model.stock[g, t]
            if group.form == "line":
                (_, _), (width, rise) = group.points
                row = self.kit.linear([(1.0, reach), (-rise / width, stock)])
                model.equation_3[g, t] = (0.0, row, 0.0)
            elif group.form == "above":
                self._add_above(group, t)
            else:
                filled = [(s, model.fill[g, t, k]) for k, s in enumerate(segments[g, t])]
                terms = [(1.0, reach), *((-s.slope * s.step, fill) for s, fill in filled)]
                model.equation_3[g, t] = (0.0, self.kit.linear(terms), 0.0)
                if not filled:
                    continue  # a stock that has decayed to the solver's rounding reaches nothing
                room = self.kit.linear([*((s.step, fill) for s, fill in filled), (-1.0, stock)])
                model.filling[g, t] = (0.0 if group.form == "exact" else None, room, 0.0)
        self._add_waiting(waits, fills)
        self._add_tight_fills(fills, cells)

    def _names(self) -> list[str]:
        return [group.name for group in self.groups]

    def _add_above(self, group: Group, t: int) -> None:
        """Reach above each piece of a convex curve: nothing pushes it higher."""
        model = self.model
        points = group.points
        for k, ((x0, y0), (x1, y1)) in enumerate(pairwise(points)):
            slope = (y1 - y0) / (x1 - x0)
            row = self.kit.linear(
                [(1.0, model.reach[group.name, t]), (-slope, model.stock[group.name, t])]
            )
            model.above[group.name, t, k] = (y0 - slope * x0, row, None)

    def _add_waiting(self, waits: list[Piece], fills: dict[Piece, Segment]) -> None:
        """A segment is filled before the next one is begun."""
        model = self.model
        model.full, model.waiting = self.kit.Constraint(waits), self.kit.Constraint(waits)
        for g, t, k in waits:
            done = model.filled[g, t, k]
            full = self.kit.linear([(1.0, model.fill[g, t, k]), (-fills[g, t, k].most, done)])
            model.full[g, t, k] = (0.0, full, None)
            after = self.kit.linear(
                [(1.0, model.fill[g, t, k + 1]), (-fills[g, t, k + 1].most, done)]
            )
            model.waiting[g, t, k] = (None, after, 0.0)

    def _add_tight_fills(self, fills: dict[Piece, Segment], cells: dict[Cell, Group]) -> None:
        """Rows that only tighten: no segment is fuller than a start so late could fill it."""
        model, scenario = self.model, self.scenario
        switched = [key for key in fills if cells[key[:2]].response.instrument in scenario.on_off]
        model.tight_fill = self.kit.Constraint(switched)
        first = self.scored[0]
        starts = {
            i: [(tau - first, model.start[i, tau]) for tau in scenario.window(i)]
            for i in scenario.on_off
        }
        for g, t, k in switched:
            group, segment = cells[g, t], fills[g, t, k]
            most = group.most_if_begun[t - first].tolist()
            begins, width, step = segment.begins, segment.width, segment.step
            least = NARROW * segment.most  # looser than some rooms, but nearer the others in size
            begun = []
            for tau, start in starts[group.response.instrument]:
                room = min(width, most[tau] - begins) / step
                if room > ROUNDING:
                    begun.append((-room if room > least else -least, start))
            row = self.kit.linear([(1.0, model.fill[g, t, k]), *begun])
            model.tight_fill[g, t, k] = (None, row, 0.0)

    # Equation 4 -------------------------------------------------------------------------------

    def add_leads(self) -> None:
        """Equation 4: what spending adds to each lead, by effects and interactions."""
        model, scenario = self.model, self.scenario
        self._add_interactions()
        cells = [(layer, t) for layer in scenario.layers for t in self.scored]
        terms: dict[tuple[str, int], list[Term]] = {cell: [] for cell in cells}
        sums: dict[tuple[str, str], float] = {}
        for e, own in scenario.effects.items():
            if not own.points:
                continue
            key = (own.layer, self.group_of[e])
            sums[key] = sums.get(key, 0.0) + own.points
        for (layer, g), points in sums.items():
            for t in self.scored:
                if (g, t) in model.reach:
                    terms[layer, t].append((points, model.reach[g, t]))
        for n, interaction in scenario.interactions.items():
            for t in self.scored:
                if (n, t) in model.together:
                    terms[interaction.layer, t].append((interaction.points, model.together[n, t]))
        bounds = {
            cell: (
                sum(min(c * v.lb, c * v.ub) for c, v in some),
                sum(max(c * v.lb, c * v.ub) for c, v in some),
            )
            for cell, some in terms.items()
        }
        model.lead_gain = self.kit.Var(cells, bounds=lambda _, layer, t: roomy(*bounds[layer, t]))
        model.equation_4 = self.kit.Constraint(cells)
        for cell, some in terms.items():
            row = self.kit.linear([(1.0, model.lead_gain[cell]), *((-c, v) for c, v in some)])
            model.equation_4[cell] = (0.0, row, 0.0)

    def _add_interactions(self) -> None:
        """The smaller of two reaches where they help, what exceeds 1 where they hinder."""
        model, scenario = self.model, self.scenario
        pairs = {}
        for n, interaction in scenario.interactions.items():
            if not interaction.points:
                continue
            names = [self.group_of[e] for e in interaction.between]
            for t in self.scored:
                # A reach without a stock is 0: nothing to share, but a list may go beyond 1 alone.
                found = [model.reach[g, t] for g in names if (g, t) in model.reach]
                if len(found) == 2 or (found and interaction.points < 0 and found[0].ub > 1):
                    pairs[n, t] = found
        model.together = self.kit.Var(
            list(pairs), bounds=lambda _, n, t: roomy(0.0, sum(float(r.ub) for r in pairs[n, t]))
        )
        model.first_of_pair = self.kit.Constraint(list(pairs))
        model.second_of_pair = self.kit.Constraint(list(pairs))
        for (n, t), found in pairs.items():
            both = model.together[n, t]
            if scenario.interactions[n].points > 0:
                for rows, one in zip(
                    (model.first_of_pair, model.second_of_pair), found, strict=True
                ):
                    rows[n, t] = (None, self.kit.linear([(1.0, both), (-1.0, one)]), 0.0)
                continue
            reaches = [(-1.0, one) for one in found]
            if len(found) == 2 and found[0] is found[1]:
                reaches = [(-2.0, found[0])]
            model.first_of_pair[n, t] = (-1.0, self.kit.linear([(1.0, both), *reaches]), None)

    # Equation 5 -------------------------------------------------------------------------------

    def add_outcomes(self) -> None:
        """Equation 5: what each layer's outcome gains on spending nothing.

        A concave worth is the smallest of its pieces, each told from the lead without spending.
        """
        model, scenario = self.model, self.scenario
        curved = {
            (layer, t): worth_pieces(own.worth)
            for layer, own in scenario.layers.items()
            if own.worth is not None
            for t in self.scored
        }
        gains = {
            cell: (
                self._gain_in_worth(cell, float(model.lead_gain[cell].lb), some),
                self._gain_in_worth(cell, float(model.lead_gain[cell].ub), some),
            )
            for cell, some in curved.items()
        }
        model.worth_gain = self.kit.Var(
            list(curved), bounds=lambda _, layer, t: roomy(*gains[layer, t])
        )
        pieces = [(*cell, k) for cell, some in curved.items() for k in range(len(some))]
        model.worth_piece = self.kit.Constraint(pieces)
        for layer, t, k in pieces:
            some = curved[layer, t]
            slope, _ = some[k]
            row = [(1.0, model.worth_gain[layer, t]), (-slope, model.lead_gain[layer, t])]
            edge = self._gain_in_worth((layer, t), 0.0, [some[k]], some)
            model.worth_piece[layer, t, k] = (None, self.kit.linear(row), edge)
        parts = {
            layer: [
                (share, (model.worth_gain if (layer, t) in curved else model.lead_gain)[layer, t])
                for share, t in zip(scenario.discount_shares, self.scored, strict=True)
            ]
            for layer in scenario.layers
        }
        model.outcome_gain = self.kit.Var(
            list(scenario.layers),
            bounds=lambda _, layer: roomy(
                sum(share * part.lb for share, part in parts[layer]),
                sum(share * part.ub for share, part in parts[layer]),
            ),
        )
        model.equation_5 = self.kit.Constraint(list(scenario.layers))
        for layer, some in parts.items():
            row = self.kit.linear([(1.0, model.outcome_gain[layer]), *((-c, v) for c, v in some)])
            model.equation_5[layer] = (0.0, row, 0.0)

    def _gain_in_worth(
        self,
        cell: tuple[str, int],
        lead_gain: float,
        pieces: list[tuple[float, float]],
        without: list[tuple[float, float]] | None = None,
    ) -> float:
        """Worth of the lead in a layer and year with some gain, less its worth without."""
        layer, t = cell
        trend = float(self.evaluator.trends[layer][t - self.scored[0]])
        now = min(slope * trend + edge for slope, edge in without or pieces)
        return min(slope * (trend + lead_gain) + edge for slope, edge in pieces) - now

    # Equation 6 -------------------------------------------------------------------------------

    def add_score(self) -> None:
        """Equation 6: the gain, to be maximised; written as its negative, to be minimised."""
        model, scenario = self.model, self.scenario
        terms = [(-scenario.weights[layer], model.outcome_gain[layer]) for layer in scenario.layers]
        model.equation_6 = self.kit.Objective(expr=self.kit.linear(terms), sense=self.kit.minimize)
        if scenario.objective != "weakest_layer":
            return
        counted = [layer for layer in scenario.layers if scenario.weights[layer] > 0]
        gains = [model.outcome_gain[layer] for layer in counted]
        model.weakest = self.kit.Var(bounds=(min(g.lb for g in gains), min(g.ub for g in gains)))
        model.weakest_layer = self.kit.Constraint(counted)
        for layer in counted:
            row = self.kit.linear([(1.0, model.weakest), (-1.0, model.outcome_gain[layer])])
            model.weakest_layer[layer] = (None, row, 0.0)

    def name_gain(self) -> None:
        """Puts the gain itself in place of its negative: `model.gain`, to be maximised."""
        model, weights = self.model, self.scenario.weights
        terms = [(weights[layer], model.outcome_gain[layer]) for layer in self.scenario.layers]
        model.del_component(model.equation_6)
        model.gain = pyo.Objective(expr=linear(terms), sense=pyo.maximize)

    # Limits -----------------------------------------------------------------------------------

    def add_limits(self) -> None:
        """The rows of the budget and the constraints, keyed by (limit, part, period)."""
        model = self.model
        model.nothing = self.kit.Var(bounds=(0.0, 0.0))
        model.limits = self.kit.Constraint(self.kit.anything)
        for id_, part, period, lower, terms, upper in list_limit_rows(self):
            kept = [(coefficient, variable) for coefficient, variable in terms if coefficient]
            if not kept and (lower or 0.0) <= 0 and (upper or 0.0) >= 0:
                continue
            # A limit that no decision counts towards and that is not met: a fixed zero breaks it.
            model.limits[id_, part, period] = (
                lower,
                self.kit.linear(kept or [(1.0, model.nothing)]),
                upper,
            )

    # Steadiness -------------------------------------------------------------------------------

    def add_changes(self) -> None:
        """How much each instrument's authority changes from one year to the next."""
        model, scenario = self.model, self.scenario
        x = model.authority
        pairs = [
            (i, t)
            for i in scenario.instruments
            for t in self.spending[1:]
            if (i, t) in x or (i, t - 1) in x
        ]
        largest = {i: max(most.values()) for i, most in self.amounts.items()}
        model.change = self.kit.Var(pairs, bounds=lambda _, i, _t: (0.0, largest[i]))
        model.rise, model.fall = self.kit.Constraint(pairs), self.kit.Constraint(pairs)
        for i, t in pairs:
            now = [(1.0, x[i, t])] if (i, t) in x else []
            before = [(-1.0, x[i, t - 1])] if (i, t - 1) in x else []
            change = [(-1.0, model.change[i, t])]
            flipped = [(-c, v) for c, v in [*now, *before]]
            model.rise[i, t] = (None, self.kit.linear([*now, *before, *change]), 0.0)
            model.fall[i, t] = (None, self.kit.linear([*flipped, *change]), 0.0)
