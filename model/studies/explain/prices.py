"""What each limit costs: the gain with it one unit looser, less the gain.

The whole limit first, looser in all its periods at once; then, where that is worth anything, each
period alone. Beside each the price that the linear program gives at the plan's on/off decisions:
its duals are one-sided where decisions would change, and `agrees` says whether they can be trusted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ....inputs.scenario import Choose, CrowdInFloor, Launches, LeadFloor, Scenario, SpendLimit
from ...equations.curves import Array
from ...equations.evaluate import SMALLEST_GAIN
from ...equations.limits import authority_of, cut, list_limits
from ...solving.best_plans import BestPlans, share_out
from ...solving.matrices import INFINITE
from ...solving.resolve import Resolving
from ...solving.solution import Best
from .findings import LimitPrice, Patch

SHARE_STEP = 0.01
"""One unit of a limit told as a share: a percentage point."""

AGREEMENT = 0.1
"""Prices that differ by less than this share of the larger agree."""

TELLING_BN = 0.01
"""A change of spending below this, $ billion, is not worth telling."""


@dataclass(frozen=True)
class Loosening:
    """A limit's side, in all periods (`year` None) or one, and how its rows move when looser.

    `shifts` are signed changes of the rows' sides; `lifted` rows go out of force. `patch` says the
    same where rows cannot.
    """

    id: str
    sense: str
    year: int | None
    unit: str
    shifts: Mapping[int, float]
    lifted: tuple[int, ...] = ()
    patch: Patch | None = None


def list_loosenings(resolving: Resolving, played_best: Best) -> list[Loosening]:
    """Every limit that can be looser, whole limits first, each followed by its periods."""
    found: list[Loosening] = []
    matrices = resolving.live.matrices
    for id_, rows in resolving.live.limit_rows.items():
        keys = {row: matrices.limit_keys[row] for row in rows}
        if id_ == "budget.per_year":
            found += _loosen_caps(resolving.scenario, keys)
        elif id_ == "budget.total":
            found.append(Loosening(id_, "at_most", None, "$ bn", dict.fromkeys(rows, 1.0)))
        else:
            found += _loosen_constraint(resolving.scenario, id_, keys, played_best)
    return found


Keys = Mapping[int, tuple[str, str, int | str]]


def _loosen_caps(scenario: Scenario, keys: Keys) -> list[Loosening]:
    """A billion a year more; then a billion more in one year, which later years may use too."""
    rows = {int(period): row for row, (_, _, period) in keys.items()}
    carried = scenario.budget.carry_over
    years = sorted(rows)
    whole = {rows[year]: float(k + 1) if carried else 1.0 for k, year in enumerate(years)}
    found = [Loosening("budget.per_year", "at_most", None, "$ bn a year", whole)]
    for year in years:
        later = [t for t in years if t >= year] if carried else [year]
        shifts = dict.fromkeys((rows[t] for t in later), 1.0)
        found.append(Loosening("budget.per_year", "at_most", year, "$ bn", shifts))
    return found


def _loosen_constraint(scenario: Scenario, id_: str, keys: Keys, best: Best) -> list[Loosening]:
    limit = scenario.constraints[id_]
    if isinstance(limit, SpendLimit) and limit.unit == "share":
        return _loosen_share(scenario, id_, limit, keys, best)
    units = {SpendLimit: "$ bn", LeadFloor: "points", CrowdInFloor: "$ bn of private money"}
    units |= {Choose: "programme", Launches: "programme"}
    unit = units.get(type(limit))
    if unit is None:
        dropped = {"constraints": {id_: None}}
        return [Loosening(id_, "dropped", None, "limit", {}, tuple(keys), dropped)]
    found = []
    for sense in ("at_least", "at_most"):
        sign = -1.0 if sense == "at_least" else 1.0
        own = {row: key for row, key in keys.items() if key[1] == sense}
        if not own:
            continue
        found.append(Loosening(id_, sense, None, unit, dict.fromkeys(own, sign)))
        periods = {int(key[2]): row for row, key in own.items() if isinstance(key[2], int)}
        found += [
            Loosening(id_, sense, year, unit, {row: sign}) for year, row in sorted(periods.items())
        ]
    return found


def _loosen_share(
    scenario: Scenario, id_: str, limit: SpendLimit, keys: Keys, best: Best
) -> list[Loosening]:
    """A percentage point: the rows' coefficients change, so this is a patch.

    The shifts are those of the rows at today's total spending, for the linear price.
    """
    played, first = best.played, scenario.years.first
    years = list(cut(limit.years, scenario.years.spending))
    found = []
    for sense, share in (("at_least", limit.at_least), ("at_most", limit.at_most)):
        if share is None:
            continue
        sign = -1.0 if sense == "at_least" else 1.0
        shifts = {}
        for row, (_, part, period) in keys.items():
            if part == sense:
                inside = [period - first] if isinstance(period, int) else [t - first for t in years]
                total = sum(float(authority_of(played, i)[inside].sum()) for i in played.authority)
                shifts[row] = sign * SHARE_STEP * total
        value = max(0.0, round(share + sign * SHARE_STEP, 12))
        patch = {"constraints": {id_: {sense: value}}}
        found.append(Loosening(id_, sense, None, "percentage point", shifts, (), patch))
    return found


class Pricing:
    """Prices of the limits of one scenario around its best plan."""

    def __init__(self, base: Best, duals: Array, best_plans: BestPlans) -> None:
        self.base = base
        self.duals = duals
        self.best_plans = best_plans

    def price(self, resolving: Resolving, loosening: Loosening) -> LimitPrice:
        """One price; each mixed solve is tried with the decisions of the best plan before."""
        best = self._resolve(resolving, loosening)
        base = self.base
        gain = base.gain if best is None else max(best.gain, base.gain)
        bound = base.bound if best is None else max(best.bound, gain)
        price = gain - base.gain
        lp_price = None
        if not loosening.lifted:
            lp_price = sum(shift * self.duals[row] for row, shift in loosening.shifts.items())
            lp_price = float(max(lp_price, 0.0))
        room = resolving.gap * max(base.gain, SMALLEST_GAIN)
        apart = abs(price - (lp_price or 0.0))
        agrees = apart <= max(AGREEMENT * max(price, lp_price or 0.0), room)
        buys = () if best is None else list_increases(base, best)
        return LimitPrice(
            loosening.id,
            loosening.sense,
            loosening.year,
            loosening.unit,
            price,
            bound - base.gain,
            lp_price,
            agrees,
            self.is_binding(resolving.scenario, loosening),
            buys if price > room else (),
        )

    def _resolve(self, resolving: Resolving, loosening: Loosening) -> Best | None:
        known = [self.base.plan]
        if loosening.patch and not loosening.lifted:
            return self.best_plans.find_best(loosening.patch, known, self.base)
        if loosening.lifted:
            changed = {**resolving.scenario.constraints}
            del changed[loosening.id]
            without = resolving.scenario.model_copy(update={"constraints": changed})
            if without.on_off != resolving.scenario.on_off and loosening.patch:
                return self.best_plans.find_best(loosening.patch, known, self.base)
        live = resolving.live
        moves = dict.fromkeys(loosening.lifted, (-INFINITE, INFINITE))
        for row, shift in loosening.shifts.items():
            lower, upper = live.now_row_lower[row], live.now_row_upper[row]
            moves[row] = (lower + min(shift, 0.0), upper + max(shift, 0.0))
        with resolving.moving(moves):
            return resolving.find_best(known, beside=self.base)

    def is_binding(self, scenario: Scenario, loosening: Loosening) -> bool:
        """Whether the best plan has some row of the limit tight, in the period if it has one."""
        for row in list_limits(scenario, self.base.played):
            if row.id != loosening.id or (loosening.year not in (None, row.year)):
                continue
            if loosening.sense in ("dropped", row.sense) and row.is_binding:
                return True
        return False


def price_nothing(loosening: Loosening, whole: LimitPrice, pricing: Pricing) -> LimitPrice:
    """The price of one period of a limit that is worth nothing even in all its periods."""
    lp = sum(shift * pricing.duals[row] for row, shift in loosening.shifts.items())
    return LimitPrice(
        loosening.id,
        loosening.sense,
        loosening.year,
        loosening.unit,
        0.0,
        whole.at_most,
        float(max(lp, 0.0)),
        whole.agrees,
        pricing.is_binding(pricing.best_plans.scenario, loosening),
        (),
    )


def list_increases(before: Best, after: Best) -> tuple[tuple[str, float], ...]:
    """Instruments that spend more afterwards, the largest increase first, $ billion."""
    totals = before.totals
    more = {i: bn - totals[i] for i, bn in after.totals.items()}
    rising = [(i, bn) for i, bn in more.items() if bn > TELLING_BN]
    return tuple(sorted(rising, key=lambda pair: -pair[1]))


def price_limits(
    engines: Sequence[Resolving], pricing: Pricing, done: Callable[[], None]
) -> tuple[LimitPrice, ...] | None:
    """The prices of every limit, whole ones first, or None if time ran out before the last.

    A period is only solved for where the whole limit is worth more than the gap.
    """
    first = engines[0]
    loosenings = list_loosenings(first, pricing.base)
    whole = [step for step in loosenings if step.year is None]
    clock = first.clock
    found = share_out(engines, whole, pricing.price, done, clock)
    prices = {(p.id, p.sense): p for p in found if p is not None}
    room = first.gap * max(pricing.base.gain, SMALLEST_GAIN)
    parts = [step for step in loosenings if step.year is not None]
    worth = [step for step in parts if (p := prices.get((step.id, step.sense))) and p.price > room]
    told = dict(
        zip(map(id, worth), share_out(engines, worth, pricing.price, done, clock), strict=True)
    )
    rows: list[LimitPrice | None] = []
    for step in loosenings:
        if step.year is None:
            rows.append(prices.get((step.id, step.sense)))
        elif id(step) in told:
            rows.append(told[id(step)])
        elif (step.id, step.sense) in prices:
            rows.append(price_nothing(step, prices[step.id, step.sense], pricing))
    if any(row is None for row in rows) or len(prices) < len(whole):
        return None
    return tuple(row for row in rows if row is not None)
