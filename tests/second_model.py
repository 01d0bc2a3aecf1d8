"""A second model of small scenarios: the design's equations as a mixed program, for another solver.

Written from the text of the design and the plain loops of `second_opinion`; it shares no code with
the package. Every curve is exact, by special ordered sets, whatever its signs; every stock is told
relative to the most that can stand there. What it finds is spending, to be played by plain loops:
a plan counts only as far as they say that it keeps every limit.
"""

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import second_opinion
from pyscipopt import Model, quicksum
from second_opinion import TOKEN, ByYear, Document, Spending

Expression = Any
Stage = Mapping[str, float]
"""Shares of the layers' outcomes that a stage adds up; empty for the smallest gain of all."""


class NoAnswer(Exception):
    """The second solver neither found a plan nor proved that there is none."""


class SecondModel:
    """One document as a mixed program in $ billion and points, without regard to speed."""

    def __init__(self, document: Document, knots: Sequence[float], seconds: float = 20.0) -> None:
        self.document = document
        self.knots = knots
        self.instruments = second_opinion._table(document, "instruments")
        self.layers = second_opinion._table(document, "layers")
        self.spending_years = second_opinion.spending_years(document)
        self.scored_years = second_opinion.scored_years(document)
        self.outlay_years = second_opinion.outlay_years(document)
        self.on_off = set(second_opinion.on_off_instruments(document))
        self.model = Model()
        self.model.hideOutput()
        for name, value in (
            ("limits/gap", 0.0),
            ("limits/time", seconds),
            ("numerics/feastol", 1e-9),
            ("parallel/maxnthreads", 1),
        ):
            self.model.setParam(name, value)
        self._decide()
        self._lead()
        self._limit()

    # Decisions ------------------------------------------------------------------------------------

    def _most(self, name: str) -> float:
        """The most an instrument can spend in a year, as far as its maximum and the money go."""
        budget = self.document["budget"]
        most = float(self.instruments[name]["max_per_year"])
        if second_opinion._get(budget, "counts", "authority") == "outlays":
            return most
        caps = second_opinion._get(budget, "per_year", math.inf)
        if isinstance(caps, Mapping):
            caps = sum(cap for cap in caps.values() if cap is not None)
        elif second_opinion._get(budget, "carry_over", False):
            caps *= len(self.spending_years)
        return min(most, float(caps), float(second_opinion._get(budget, "total", math.inf)))

    def _decide(self) -> None:
        model = self.model
        self.x: dict[tuple[str, int], Expression] = {}
        self.on: dict[tuple[str, int], Expression] = {}
        self.start: dict[tuple[str, int], Expression] = {}
        for name, row in self.instruments.items():
            years = second_opinion.own_years(self.document, name)
            most, whole = self._most(name), float(row["max_per_year"])
            least = max(second_opinion._get(row, "min_per_year", 0.0), TOKEN)
            growth = second_opinion._get(row, "max_growth")
            for t in years:
                self.x[name, t] = model.addVar(lb=0.0, ub=most)
                if growth is not None:
                    model.addCons(self.x[name, t] - self.x.get((name, t - 1), 0.0) <= growth)
            if name not in self.on_off:
                continue
            for t in years:
                x, on = self.x[name, t], model.addVar(vtype="B")
                start = model.addVar(vtype="B")
                self.on[name, t], self.start[name, t] = on, start
                if second_opinion._get(row, "all_or_nothing", False):
                    model.addCons(x == whole * on if whole <= most else on == 0)
                    least = whole
                if least > most:
                    model.addCons(on == 0)
                model.addCons(x <= most * on)
                model.addCons(x >= least * on)
                before = self.on.get((name, t - 1), 0.0)
                model.addCons(on - before <= start)
                model.addCons(start <= on)
                model.addCons(start + before <= 1)
            starts = quicksum(self.start[name, t] for t in years)
            model.addCons(starts <= 1)
            run = second_opinion._get(row, "run_years")
            if run is not None:
                model.addCons(quicksum(self.on[name, t] for t in years) == run * starts)

    def _outlays(self, name: str) -> dict[int, Expression]:
        """Equation 1."""
        shares = second_opinion._get(self.instruments[name], "spendout", [1])
        return {
            t: quicksum(
                share * self.x[name, t - wait]
                for wait, share in enumerate(shares)
                if (name, t - wait) in self.x
            )
            for t in self.outlay_years
        }

    # Reaches, leads and outcomes ------------------------------------------------------------------

    def _reach(self, effect: Mapping[str, Any]) -> dict[int, Expression]:
        """Equations 2 and 3 of one effect: its reach in each scored year, exact on its curve."""
        name = effect["instrument"]

        def trait(field: str, default: Any = None) -> Any:
            return second_opinion._trait(self.document, effect, field, default)

        half_life = trait("half_life", "never")
        kept = 1.0 if half_life == "never" else 2.0 ** (-1.0 / half_life)
        curve, scale, lag = trait("curve", "saturating"), trait("scale"), int(trait("lag", 0))
        shares = second_opinion._get(self.instruments[name], "spendout", [1])
        own = {t: self._most(name) for i, t in self.x if i == name}
        reaches: dict[int, Expression] = {}
        weighs: ByYear = dict.fromkeys(own, 0.0)
        for t in self.scored_years:
            weighs = {tau: kept * weight for tau, weight in weighs.items()}
            for wait, share in enumerate(shares):
                if t - lag - wait in weighs:
                    weighs[t - lag - wait] += share
            top = sum(weight * own[tau] for tau, weight in weighs.items())
            if top <= 0:
                continue
            if curve == "linear":
                reaches[t] = quicksum(w / scale * self.x[name, tau] for tau, w in weighs.items())
                continue
            stock = quicksum(w / top * self.x[name, tau] for tau, w in weighs.items())
            places = [scale * u for u in self.knots] if isinstance(curve, str) else None
            stocks = places or [float(point[0]) for point in curve]
            stocks = [place for place in stocks if place < top] + [top]
            reaches[t] = self._bend(
                stock,
                [place / top for place in stocks],
                [second_opinion.reach_of(curve, scale, place, self.knots) for place in stocks],
            )
        return reaches

    def _bend(
        self, stock: Expression, places: Sequence[float], values: Sequence[float]
    ) -> Expression:
        """The value at a stock on the line through the points."""
        shares = [self.model.addVar(lb=0.0, ub=1.0) for _ in places]
        self.model.addCons(quicksum(shares) == 1)
        self.model.addCons(
            quicksum(s * place for s, place in zip(shares, places, strict=True)) == stock
        )
        if len(places) > 2:
            self.model.addConsSOS2(shares, list(range(1, len(shares) + 1)))
        return quicksum(s * value for s, value in zip(shares, values, strict=True))

    def _lead(self) -> None:
        """Equations 4 and 5: what each lead and each outcome gains on spending nothing."""
        document, model = self.document, self.model
        effects = second_opinion._table(document, "effects")
        reaches = {name: self._reach(effect) for name, effect in effects.items()}
        idle = second_opinion.play(document, {}, breakpoints=self.knots)
        self.idle_leads = idle.leads
        terms: dict[tuple[str, int], list[Expression]] = {
            (layer, t): [] for layer in self.layers for t in self.scored_years
        }
        for name, effect in effects.items():
            for t, reach in reaches[name].items():
                terms[effect["layer"], t].append(effect["points"] * reach)
        for row in second_opinion._table(document, "interactions").values():
            for t in self.scored_years:
                pair = [reaches[name].get(t, 0.0) for name in row["between"]]
                both = model.addVar(lb=0.0)
                if row["points"] > 0:
                    for reach in pair:
                        model.addCons(both <= reach)
                else:
                    model.addCons(both >= pair[0] + pair[1] - 1)
                terms[row["layer"], t].append(row["points"] * both)
        discount = second_opinion.discount_factors(document)
        self.lead_gains: dict[tuple[str, int], Expression] = {}
        self.gains: dict[str, Expression] = {}
        for layer, row in self.layers.items():
            parts = []
            worth = second_opinion._get(row, "worth")
            for t in self.scored_years:
                gain = model.addVar(lb=None)
                model.addCons(gain == quicksum(terms[layer, t]))
                self.lead_gains[layer, t] = gain
                parts.append(discount[t] * self._worth_gain(worth, self.idle_leads[layer][t], gain))
            self.gains[layer] = quicksum(parts)

    def _worth_gain(
        self, worth: Sequence[Sequence[float]] | None, lead: float, gain: Expression
    ) -> Expression:
        """What a gain on a lead is worth: never more than on any piece of a concave worth."""
        if worth is None:
            return gain
        now = second_opinion.worth_of(worth, lead)
        more = self.model.addVar(lb=None)
        for (x0, y0), (x1, y1) in itertools.pairwise(worth):
            slope = (y1 - y0) / (x1 - x0)
            self.model.addCons(more <= slope * gain + (y0 + slope * (lead - x0) - now))
        return more

    # Limits ---------------------------------------------------------------------------------------

    def _authority(self, name: str, t: int) -> Expression:
        cost = second_opinion._get(self.instruments[name], "launch_cost", 0.0)
        return self.x.get((name, t), 0.0) + cost * self.start.get((name, t), 0.0)

    def _limit(self) -> None:
        self._limit_budget()
        for row in second_opinion._table(self.document, "constraints").values():
            getattr(self, f"_limit_{row['kind']}")(row)

    def _hold(self, value: Expression, row: Mapping[str, Any], whole: Expression = None) -> None:
        """Holds a value to the sides of a row; `whole` is what shares are shares of."""
        for field, sign in (("at_least", 1.0), ("at_most", -1.0)):
            side = second_opinion._get(row, field)
            if side is not None:
                edge = side if whole is None else side * whole
                self.model.addCons(sign * (quicksum([value]) - edge) >= 0)

    def _limit_budget(self) -> None:
        budget = self.document["budget"]
        by_outlays = second_opinion._get(budget, "counts", "authority") == "outlays"
        years = self.outlay_years if by_outlays else self.spending_years
        outlays = {name: self._outlays(name) for name in self.instruments}
        spent = {
            t: quicksum(
                outlays[name][t] + self._authority(name, t) - self.x.get((name, t), 0.0)
                if by_outlays
                else self._authority(name, t)
                for name in self.instruments
            )
            for t in years
        }
        caps = second_opinion._get(budget, "per_year")
        if isinstance(caps, Mapping):
            caps = {int(t): cap for t, cap in caps.items() if cap is not None}
        elif caps is not None:
            caps = dict.fromkeys(years, caps)
        so_far: list[Expression] = []
        cap_so_far = 0.0
        for t in sorted(set(caps or {}) & set(years)):
            if not second_opinion._get(budget, "carry_over", False):
                so_far, cap_so_far = [], 0.0
            so_far = [*so_far, spent[t]]
            cap_so_far += (caps or {})[t]
            self._hold(quicksum(so_far), {"at_most": cap_so_far})
        self._hold(quicksum(spent.values()), {"at_most": second_opinion._get(budget, "total")})

    def _limit_spend(self, row: Mapping[str, Any]) -> None:
        members = second_opinion._members(self.document, row)
        a, b = second_opinion._get(row, "years", [-math.inf, math.inf])
        years = [t for t in self.spending_years if a <= t <= b]
        by_year = second_opinion._get(row, "each", "year") == "year"
        for period in [[t] for t in years] if by_year else [years]:
            value = quicksum(self._authority(name, t) for name in members for t in period)
            whole = quicksum(self._authority(name, t) for name in self.instruments for t in period)
            is_share = second_opinion._get(row, "unit", "bn") == "share"
            self._hold(value, row, whole if is_share else None)

    def _limit_lead(self, row: Mapping[str, Any]) -> None:
        for t in self.scored_years:
            if row["years"][0] <= t <= row["years"][1]:
                needed = row["at_least"] - self.idle_leads[row["layer"]][t]
                self.model.addCons(self.lead_gains[row["layer"], t] >= needed)

    def _limit_crowd_in(self, row: Mapping[str, Any]) -> None:
        moved: dict[int, list[Expression]] = {t: [] for t in self.outlay_years}
        for name in second_opinion._members(self.document, row):
            rate = second_opinion._get(self.instruments[name], "crowd_in", 0.0)
            for t, outlay in self._outlays(name).items():
                moved[t].append(rate * outlay)
        if second_opinion._get(row, "each", "horizon") == "horizon":
            self._hold(quicksum(itertools.chain(*moved.values())), row)
            return
        for t in self.spending_years:
            self._hold(quicksum(moved[t]), row)

    def _limit_choose(self, row: Mapping[str, Any]) -> None:
        if second_opinion._get(row, "each", "horizon") == "horizon":
            self._hold(quicksum(v for (name, _), v in self.start.items() if name in row["of"]), row)
            return
        for year in self.spending_years:
            funded = [v for (name, t), v in self.on.items() if name in row["of"] and t == year]
            self._hold(quicksum(funded), row)

    def _limit_requires(self, row: Mapping[str, Any]) -> None:
        lead_time = second_opinion._get(row, "lead_time", 0)
        for need in row["needs"]:
            for (name, t), on in self.on.items():
                if name == row["instrument"]:
                    begun = [
                        v
                        for (i, tau), v in self.start.items()
                        if i == need and tau <= t - lead_time
                    ]
                    self.model.addCons(on <= quicksum(begun))

    def _limit_launches(self, row: Mapping[str, Any]) -> None:
        members = second_opinion._get(row, "of", self.on_off)
        for year in self.spending_years:
            begun = [v for (name, t), v in self.start.items() if name in members and t == year]
            self._hold(quicksum(begun), row)

    def _limit_fund(self, row: Mapping[str, Any]) -> None:
        for (name, t), on in self.on.items():
            if name in row["instruments"] and t >= row["from"]:
                self.model.addCons(on == 1)

    def _limit_ban(self, row: Mapping[str, Any]) -> None:
        for (name, _), x in self.x.items():
            if name in row["instruments"]:
                self.model.addCons(x == 0)

    # Solving --------------------------------------------------------------------------------------

    def value_of(self, stage: Stage) -> Expression:
        """What a stage maximises."""
        if stage:
            return quicksum(share * self.gains[layer] for layer, share in stage.items())
        smallest = self.model.addVar(lb=None)
        for layer, weight in second_opinion.weights_of(self.document).items():
            if weight > 0:
                self.model.addCons(smallest <= self.gains[layer])
        return smallest

    def solve(self, stage: Stage, floors: Sequence[tuple[Stage, float]] = ()) -> Spending | None:
        """The best spending it finds for a stage, earlier ones held; None if none is possible.

        Raises NoAnswer where it finds none in time.
        """
        for earlier, least in floors:
            self.model.addCons(self.value_of(earlier) >= least)
        goal = self.model.addVar(lb=None, ub=1e12)
        self.model.addCons(goal <= self.value_of(stage))
        self.model.setObjective(goal, "maximize")
        self.model.optimize()
        if self.model.getNSols() == 0:
            if self.model.getStatus() == "infeasible":
                return None
            raise NoAnswer(self.model.getStatus())
        found = self.model.getBestSol()
        spending: Spending = {}
        for (name, t), x in self.x.items():
            amount = min(max(float(self.model.getSolVal(found, x)), 0.0), self._most(name))
            if name in self.on_off:
                is_on = self.model.getSolVal(found, self.on[name, t]) > 0.5
                least = max(second_opinion._get(self.instruments[name], "min_per_year", 0.0), TOKEN)
                if second_opinion._get(self.instruments[name], "all_or_nothing", False):
                    least = self.instruments[name]["max_per_year"]
                amount = max(amount, least) if is_on else 0.0
            if amount > 1e-9:
                spending.setdefault(name, {})[t] = amount
        return spending
