"""Why nothing is feasible: a set of limits that clash, each of them needed for the clash.

Or why nothing but idleness is: a share of nothing is nothing, so limits on shares that contradict
each other are met by spending nothing, and clash with the first token that is spent.

Deletion filter: with all limits in force there is no plan. Take them out one at a time, those of
low priority first; a limit without which there still is no plan stays out. What remains clashes,
and every part of it is needed.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ...inputs.scenario import TOKEN_BN, Scenario
from ..equations.limits import list_caps
from ..failures import Infeasible, SolverFailed
from ..work.clock import Clock
from .compiled import Compiled
from .matrices import INFINITE


def explain_infeasible(compiled: Compiled, clock: Clock | None = None) -> Infeasible:
    """The error that names a conflict. Spending nothing breaks none of the instruments' rules."""
    clock = clock or Clock()
    conflict = find_conflict(compiled, clock)
    titles = [name_limit(compiled, id_) for id_ in conflict]
    if len(titles) == 1:
        why = f"{titles[0]} cannot be met, whatever else is given up"
    else:
        why = f"{', '.join(titles[:-1])} and {titles[-1]} cannot all be met; one has to give"
    if clock.is_over:
        why += " (time ended before it was known whether each of them is needed for the clash)"
    return Infeasible(conflict, f"no plan meets every limit: {why}")


def find_clash(scenario: Scenario, seconds: float | None = None) -> tuple[str, ...] | None:
    """Limits that clash as soon as a token is spent, none needless; None where some plan spends.

    None too where there is no money, and where there is no time to tell.
    """
    caps, total = list_caps(scenario), scenario.budget.total
    if (caps and sum(caps.values()) < TOKEN_BN) or (total is not None and total < TOKEN_BN):
        return None
    compiled = Compiled(scenario)
    live = compiled.live
    live.add_row(count_money(compiled), TOKEN_BN, INFINITE)
    live.set_costs(np.zeros(live.column_count))
    try:
        if live.solve(seconds=seconds).status != "infeasible":
            return None
        return find_conflict(compiled) or None
    except SolverFailed:
        return None


def count_money(compiled: Compiled) -> Mapping[int, float]:
    """All authority, by column, launch costs left out."""
    return dict.fromkeys(compiled.authority.values(), 1.0)


def find_conflict(compiled: Compiled, clock: Clock | None = None) -> tuple[str, ...]:
    """Ids of limits that clash, in the scenario's order; dropping any one resolves the clash.

    Once the clock is over, what has not been tried without stays among them.
    """
    clock = clock or Clock()
    live = compiled.live
    live.free_columns(live.integers)
    live.set_costs(np.zeros(live.column_count))
    priorities = {id_: limit.priority for id_, limit in compiled.scenario.constraints.items()}
    order = sorted(live.limit_rows, key=lambda id_: -priorities.get(id_, 1.0), reverse=True)
    needed = []
    for id_ in order:
        live.suspend_limit(id_)
        if clock.is_over or live.solve(seconds=clock.left).status != "infeasible":
            live.restore_limit(id_)
            needed.append(id_)
    for id_ in order:
        live.restore_limit(id_)
    return tuple(id_ for id_ in live.limit_rows if id_ in needed)


def name_limit(compiled: Compiled, id_: str) -> str:
    """A limit's id with its title, as a user knows it."""
    limit = compiled.scenario.constraints.get(id_)
    return f"{id_} ({limit.title})" if limit is not None and limit.title else id_
