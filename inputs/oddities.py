"""What looks strange though legal: what it is, why it matters, and how to mend it."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Mapping
from typing import Any

from .complaint import Complaint
from .expressions import NoExpression, parse_expression
from .hanging import list_used_assumptions
from .record import Record
from .scenario import Choose, LeadFloor, Scenario, SpendLimit

FAR_SCALE = 100
"""A scale so many times the most that can be spent leaves the effect at nearly nothing."""

LATE_SHARE = 0.5
"""Money is late if more than this share of its effect falls after the last scored year."""

Found = Iterator[Complaint]


def find_oddities(scenario: Scenario) -> list[Complaint]:
    """Everything strange, in the order of the tables."""
    return [
        complaint
        for find in (
            find_values_outside,
            find_idle_layers,
            find_leaving_percent,
            find_far_scales,
            find_late_effects,
            find_late_money,
            find_empty_periods,
            find_underspending_shares,
            find_runs_too_short,
            find_idle_assumptions,
        )
        for complaint in find(scenario)
    ]


def find_values_outside(scenario: Scenario) -> Found:
    """Values outside their own range."""
    rows: list[tuple[str, Record]] = [("discount_rate", scenario)]
    for table in ("assumptions", "layers", "instruments", "effects", "interactions"):
        rows += [(f"{table}.{id_}", row) for id_, row in getattr(scenario, table).items()]
    for where, row in rows:
        for name, (low, high) in row.ranges.items():
            value = getattr(row, name)
            if value is not None and not low <= value <= high:
                place = where if row is scenario else f"{where}.{name}"
                message = (
                    f"{value:g} lies outside its range, {low:g} to {high:g}; sensitivity runs move "
                    "inside the range only: change the value or widen the range"
                )
                yield Complaint(place, message)


def find_idle_layers(scenario: Scenario) -> Found:
    """Layers that no instrument touches, and weights on them."""
    moved = {effect.layer for effect in scenario.effects.values() if effect.points}
    moved |= {own.layer for own in scenario.interactions.values() if own.points}
    for id_ in scenario.layers:
        if id_ in moved:
            continue
        if scenario.weights.get(id_):
            message = (
                f"has {scenario.weights[id_]:.0%} of the weight, and no effect moves it: that "
                "share decides nothing; give it an effect or take its weight away"
            )
        else:
            message = "no instrument touches it; give it an effect or leave it out"
        yield Complaint(f"layers.{id_}", message)


def find_leaving_percent(scenario: Scenario) -> Found:
    """Indicators in percent whose position leaves 0 to 100 by trend alone."""
    years = scenario.years
    for id_, layer in scenario.layers.items():
        if "percent" not in layer.unit or not layer.points_per_unit:
            continue
        until = layer.trend_until if layer.trend_until is not None else years.score_until
        elapsed = min(until, years.score_until) - years.first
        for side, position, trend in (
            ("us", layer.us, layer.us_trend),
            ("china", layer.china, layer.china_trend),
        ):
            end = (position + trend * elapsed) / layer.points_per_unit
            start = position / layer.points_per_unit
            if not -1e-6 <= min(start, end) <= max(start, end) <= 100 + 1e-6:
                message = (
                    f"runs from {start:.0f} to {end:.0f} {layer.unit} by {years.first + elapsed}, "
                    "outside 0 to 100; end the trend earlier with trend_until"
                )
                yield Complaint(f"layers.{id_}.{side}_trend", message)


def most_spent(scenario: Scenario, instrument: str) -> float:
    """The most an instrument could spend over all years, $ billion."""
    own = scenario.instruments[instrument]
    window = scenario.window(instrument)
    years = min(len(window), own.run_years or len(window))
    return own.max_per_year * years


def find_far_scales(scenario: Scenario) -> Found:
    """Scales that no stock can come near."""
    for id_, effect in scenario.effects.items():
        response = scenario.response(id_)
        most = most_spent(scenario, effect.instrument)
        if response.scale is not None and most > 0 and response.scale > FAR_SCALE * most:
            message = (
                f"the scale, {response.scale:g} bn, is over {FAR_SCALE} times the most that can be "
                f"spent, {most:g} bn: the effect stays near nothing; check its unit"
            )
            yield Complaint(f"effects.{id_}.scale", message)


def find_late_effects(scenario: Scenario) -> Found:
    """Effects that start after the last scored year."""
    for id_, effect in scenario.effects.items():
        start = scenario.window(effect.instrument)[0] + scenario.response(id_).lag
        if start > scenario.years.score_until:
            message = (
                f"starts in {start} at the earliest, after the last scored year "
                f"{scenario.years.score_until}: it counts for nothing; score longer or shorten "
                "the lag"
            )
            yield Complaint(f"effects.{id_}.lag", message)


def find_late_money(scenario: Scenario) -> Found:
    """Last years of spending whose effects mostly fall after the last scored year."""
    effects_of: dict[str, list[str]] = {}
    for effect, own in scenario.effects.items():
        if own.points:
            effects_of.setdefault(own.instrument, []).append(effect)
    for id_ in scenario.instruments:
        effects = effects_of.get(id_)
        if not effects:
            continue
        last = scenario.window(id_)[-1]
        seen = max(share_seen(scenario, effect, last) for effect in effects)
        if 0 < seen < 1 - LATE_SHARE:
            message = (
                f"of what a dollar spent in {last} does in its first twenty years, {seen:.0%} "
                f"falls by {scenario.years.score_until}: money so late looks worth little, and "
                "its later costs are not seen; raise years.score_until"
            )
            yield Complaint(f"instruments.{id_}", message)


def share_seen(scenario: Scenario, effect: str, year: int) -> float:
    """Share of a dollar's stock-years, of those in its first twenty years, that are scored."""
    response = scenario.response(effect)
    spendout = scenario.instruments[response.instrument].spendout
    keep = 1.0 if math.isinf(response.half_life) else 2 ** (-1 / response.half_life)
    stock, seen, total = 0.0, 0.0, 0.0
    for age in range(20):
        since = age - response.lag
        stock = keep * stock + (spendout[since] if 0 <= since < len(spendout) else 0.0)
        total += stock
        if year + age <= scenario.years.score_until:
            seen += stock
    return seen / total if total else 0.0


def find_empty_periods(scenario: Scenario) -> Found:
    """Constraints whose years lie outside the scenario's."""
    years = scenario.years
    for id_, limit in scenario.constraints.items():
        span = limit.years if isinstance(limit, SpendLimit | LeadFloor) else None
        until = years.score_until if isinstance(limit, LeadFloor) else years.last
        if span and (span[0] > until or span[1] < years.first):
            message = f"its years lie outside {years.first}..{until}: it holds nowhere; move them"
            yield Complaint(f"constraints.{id_}.years", message)


def find_underspending_shares(scenario: Scenario) -> Found:
    """Floors told as shares, which spending less elsewhere can meet."""
    most_of = {id_: most_spent(scenario, id_) for id_ in scenario.instruments}
    most_in = dict.fromkeys(scenario.areas, 0.0)
    for id_, own in scenario.instruments.items():
        most_in[own.area] += most_of[id_]
    budget = total_budget(scenario)
    for id_, limit in scenario.constraints.items():
        if isinstance(limit, SpendLimit) and limit.unit == "share" and limit.at_least:
            named = dict.fromkeys(limit.of or scenario.areas)
            alone = [n for n in named if n in most_of and scenario.instruments[n].area not in named]
            most = sum(most_in.get(n, 0.0) for n in named) + sum(most_of[n] for n in alone)
            if most < limit.at_least * budget:
                message = (
                    f"asks for {limit.at_least:.0%} of spending, and these instruments can take "
                    f"{most:g} of {budget:g} bn: it is met by leaving money unspent; lower it, or "
                    "set a sum with unit: bn"
                )
                yield Complaint(f"constraints.{id_}.at_least", message)


def total_budget(scenario: Scenario) -> float:
    """All the money there is over the years of spending, $ billion; infinite if uncapped."""
    caps = scenario.budget.per_year
    total = math.inf if scenario.budget.total is None else scenario.budget.total
    if caps is None:
        return total
    years = scenario.years.spending
    by_year = sum(caps[t] for t in years) if isinstance(caps, Mapping) else caps * len(years)
    return min(total, by_year)


def find_runs_too_short(scenario: Scenario) -> Found:
    """Choices that can never be made for want of instruments."""
    for id_, limit in scenario.constraints.items():
        if isinstance(limit, Choose) and limit.at_least and limit.at_least > len(limit.of):
            asked = f"{limit.at_least} of {len(limit.of)} instruments"
            message = f"asks for {asked}, which cannot be; lower it"
            yield Complaint(f"constraints.{id_}.at_least", message)


def find_idle_assumptions(scenario: Scenario) -> Found:
    """Assumptions that no figure hangs on, be it by way of others."""
    used = list_used_assumptions(scenario) | set(list_worldly_names(scenario))
    for id_ in scenario.assumptions:
        if id_ not in used:
            message = "nothing is computed from it: it decides nothing; use it or leave it out"
            yield Complaint(f"assumptions.{id_}", message)


def list_worldly_names(scenario: Scenario) -> Iterator[str]:
    """The assumptions in the expressions of futures and beliefs."""
    worlds: list[Any] = [future.change for future in scenario.futures.values()]
    worlds += [own.beliefs for own in scenario.stakeholders.values()]
    while worlds:
        value = worlds.pop()
        if isinstance(value, Mapping | list):
            worlds += value.values() if isinstance(value, Mapping) else value
        elif isinstance(value, str):
            with contextlib.suppress(NoExpression):
                yield from parse_expression(value).names
