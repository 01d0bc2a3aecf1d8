"""Several plans in each other's worlds, by the evaluator alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...inputs.scenario import FUNDED_BN
from ...model.equations.evaluate import Evaluator, Plan, relative
from ...model.equations.limits import TOLERANCE, list_instrument_limits, list_limits
from ..runs.reported import Reported, plan_of
from ..sheet import Record


@dataclass(frozen=True)
class Regret:
    """What a plan loses in a world: a share of the best gain there, and points; or why it cannot.

    `share` is None where the plan cannot be played; `broken` then names the limits it breaks.
    """

    share: float | None
    points: float | None
    broken: tuple[str, ...] = ()


def compare_plans(several: Sequence[Reported]) -> dict[str, dict[str, Regret]]:
    """The regret of each plan in each scenario's world, by label and label.

    The best gain of a world is the best known there: its own plan's before steadying, or a better
    one among those brought.
    """
    planned = [(one, one.record) for one in several if one.record is not None]
    gains: dict[str, dict[str, float]] = {}
    broken: dict[tuple[str, str], tuple[str, ...]] = {}
    best: dict[str, float] = {}
    for world, own in planned:
        evaluator = Evaluator(world.scenario)
        baseline = evaluator.play_nothing().score
        best[world.label] = _best_gain(own)
        for one, record in planned:
            plan = plan_of(record)
            stray = find_stray(plan, world)
            if stray:
                broken[one.label, world.label] = stray
                continue
            played = evaluator.play(plan)
            rows = [
                *list_limits(world.scenario, played),
                *list_instrument_limits(world.scenario, played),
            ]
            names = tuple(dict.fromkeys(row.id for row in rows if row.violation > TOLERANCE))
            if names:
                broken[one.label, world.label] = names
                continue
            gain = played.score - baseline
            gains.setdefault(one.label, {})[world.label] = gain
            best[world.label] = max(best[world.label], gain)
    return {
        one.label: {
            world.label: _tell_regret(
                gains.get(one.label, {}).get(world.label),
                best[world.label],
                broken.get((one.label, world.label), ()),
            )
            for world, _ in planned
        }
        for one, _ in planned
    }


def _best_gain(record: Record) -> float:
    """The gain of the best plan found, before steadying."""
    gain, cost = float(record["gain"]), float(record["steady_cost"] or 0.0)
    return gain / (1.0 - cost) if 0.0 < cost < 1.0 else gain


def _tell_regret(gain: float | None, best: float, broken: tuple[str, ...]) -> Regret:
    if gain is None:
        return Regret(None, None, broken)
    return Regret(relative(best - gain, best), max(0.0, best - gain))


def find_stray(plan: Plan, world: Reported) -> tuple[str, ...]:
    """What a plan funds that the world does not have: programmes, or years without spending."""
    scenario = world.scenario
    stray: list[str] = []
    for id_, years in plan.items():
        funded = [year for year, bn in years.items() if bn > FUNDED_BN]
        if id_ not in scenario.instruments and funded:
            stray.append(f"instruments.{id_}")
        elif any(year not in scenario.years.spending for year in funded):
            stray.append(f"instruments.{id_}.years")
    return tuple(stray)


def find_worst_regret(row: Mapping[str, Regret]) -> float | None:
    """The largest regret of a plan, or None if it cannot be played in some world."""
    shares = [regret.share for regret in row.values()]
    return (
        None if any(share is None for share in shares) else max(s for s in shares if s is not None)
    )
