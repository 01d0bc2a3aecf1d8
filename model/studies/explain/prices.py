"""What each limit costs: the gain with it one unit looser, less the gain.

The whole limit first, looser in all its periods at once; then, where that is worth anything, each
period alone. Beside each the price that the linear program gives at the plan's on/off decisions:
its duals are one-sided where decisions would change, and `agrees` says whether they can be trusted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from ....inputs.scenario import Choose, CrowdInFloor, Launches, LeadFloor, Scenario, SpendLimit
from ...equations.curves import Array
from ...equations.evaluate import SMALLEST_GAIN, Plan
from ...equations.limits import authority_of, list_limits
from ...equations.periods import cut
from ...solving.best_plans import find_all_best, find_best
from ...solving.matrices import INFINITE
from ...solving.question import Changes, Sides
from ...solving.solution import Best
from .around import Around
from .findings import LimitPrice, Patch

SHARE_STEP = 0.01
"""One unit of a limit told as a share: a percentage point."""

AGREEMENT = 0.1
"""Prices that differ by less than this share of the larger agree."""

TELLING_BN = 0.01
"""A change of spending below this, $ billion, is not worth telling."""


Key = tuple[str, str, int | None]
"""A limit, its side, and the year in which it is looser; None for all of them."""


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

    @property
    def key(self) -> Key:
        """What it is known by."""
        return self.id, self.sense, self.year


def list_loosenings(around: Around) -> list[Loosening]:
    """Every limit that can be looser, whole limits first, each followed by its periods."""
    found: list[Loosening] = []
    matrices, scenario = around.oracle.matrices, around.scenario
    for id_, rows in matrices.limit_rows.items():
        keys = {row: matrices.limit_keys[row] for row in rows}
        if id_ == "budget.per_year":
            found += _loosen_caps(scenario, keys)
        elif id_ == "budget.total":
            found.append(Loosening(id_, "at_most", None, "$ bn", dict.fromkeys(rows, 1.0)))
        else:
            found += _loosen_constraint(scenario, id_, keys, around.base)
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

    def __init__(self, around: Around, duals: Array) -> None:
        self.around, self.base, self.duals = around, around.base, duals
        self.room = around.gap * max(self.base.gain, SMALLEST_GAIN)

    def find_all(
        self, loosenings: Iterable[Loosening], done: Callable[[], None]
    ) -> dict[Key, LimitPrice]:
        """Prices by what is looser; what there was no time for is left out."""
        rows, patched = {}, {}
        for step in loosenings:
            if self._is_patched(step):
                patched[step.key] = step
            else:
                rows[step.key] = self.around.ask(Changes(sides=self._move(step)), self.known)
        found = find_all_best(self.around.oracle, rows, done)
        found |= self.around.share_out(self._vary, patched, done)
        every = {step.key: step for step in loosenings}
        return {key: self.tell(every[key], best) for key, best in found.items()}

    @property
    def known(self) -> list[Plan]:
        """The best plan keeps every limit that is looser."""
        return [self.base.plan]

    def _is_patched(self, step: Loosening) -> bool:
        """Whether rows' sides do not say all: coefficients change, or what is on/off does."""
        if not step.patch or not step.lifted:
            return step.patch is not None
        scenario = self.around.scenario
        others = {id_: limit for id_, limit in scenario.constraints.items() if id_ != step.id}
        without = scenario.model_copy(update={"constraints": others})
        without.__dict__.pop("on_off", None)
        return without.on_off != scenario.on_off

    def _move(self, step: Loosening) -> dict[int, Sides]:
        """The sides of rows with a limit looser."""
        matrices = self.around.oracle.matrices
        sides = dict.fromkeys(step.lifted, (-INFINITE, INFINITE))
        for row, shift in step.shifts.items():
            lower, upper = float(matrices.row_lower[row]), float(matrices.row_upper[row])
            sides[row] = (lower + min(shift, 0.0), upper + max(shift, 0.0))
        return sides

    def _vary(self, step: Loosening) -> Best | None:
        """The best plan where a patch makes the limit looser."""
        with self.around.varied(step.patch or {}, self.known) as variant:
            if variant is None:
                return None
            return find_best(variant, variant.question(self.around.beside))

    def tell(self, step: Loosening, best: Best | None) -> LimitPrice:
        """The price of a limit by the best plan with it looser."""
        base, lp_price = self.base, self._price_by_duals(step)
        gain = base.gain if best is None else max(best.gain, base.gain)
        bound = base.bound if best is None else max(best.bound, gain)
        price = gain - base.gain
        apart = abs(price - (lp_price or 0.0))
        agrees = apart <= max(AGREEMENT * max(price, lp_price or 0.0), self.room)
        buys = () if best is None or price <= self.room else list_increases(base, best)
        at_most, is_binding = bound - base.gain, self._is_binding(step)
        return LimitPrice(
            step.id,
            step.sense,
            step.year,
            step.unit,
            price,
            at_most,
            lp_price,
            agrees,
            is_binding,
            buys,
        )

    def tell_nothing(self, step: Loosening, whole: LimitPrice) -> LimitPrice:
        """The price of one period of a limit that is worth nothing even in all its periods."""
        return replace(
            whole,
            year=step.year,
            unit=step.unit,
            price=0.0,
            lp_price=self._price_by_duals(step),
            is_binding=self._is_binding(step),
            buys=(),
        )

    def _price_by_duals(self, step: Loosening) -> float | None:
        """What the linear program at today's decisions says; None for what is dropped."""
        if step.lifted:
            return None
        worth = sum(shift * self.duals[row] for row, shift in step.shifts.items())
        return float(max(worth, 0.0))

    def _is_binding(self, step: Loosening) -> bool:
        """Whether the best plan has some row of the limit tight, in the period if it has one."""
        for row in list_limits(self.around.scenario, self.base.played):
            if row.id != step.id or (step.year not in (None, row.year)):
                continue
            if step.sense in ("dropped", row.sense) and row.is_binding:
                return True
        return False


def list_increases(before: Best, after: Best) -> tuple[tuple[str, float], ...]:
    """Instruments that spend more afterwards, the largest increase first, $ billion."""
    totals = before.totals
    more = {i: bn - totals[i] for i, bn in after.totals.items()}
    rising = [(i, bn) for i, bn in more.items() if bn > TELLING_BN]
    return tuple(sorted(rising, key=lambda pair: -pair[1]))


def price_limits(pricing: Pricing, done: Callable[[], None]) -> tuple[LimitPrice, ...] | None:
    """The prices of every limit, whole ones first, or None if time ran out before the last.

    A period is only solved for where the whole limit is worth more than the gap.
    """
    loosenings = list_loosenings(pricing.around)
    whole = [step for step in loosenings if step.year is None]
    prices = pricing.find_all(whole, done)
    wholes = {(step.id, step.sense): prices.get(step.key) for step in whole}
    if None in wholes.values():
        return None
    asked = []
    for step in loosenings:
        price = wholes[step.id, step.sense]
        if step.year is not None and price is not None:
            if price.price > pricing.room:
                asked.append(step)
            else:
                prices[step.key] = pricing.tell_nothing(step, price)
    prices |= pricing.find_all(asked, done)
    if len(prices) < len(loosenings):
        return None
    return tuple(prices[step.key] for step in loosenings)
