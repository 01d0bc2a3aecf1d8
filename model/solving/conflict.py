"""Why nothing is feasible: a set of limits that clash, each of them needed for the clash.

Deletion filter: with all limits in force there is no plan. Take them out one at a time, those of
low priority first; a limit without which there still is no plan stays out. What remains clashes,
and every part of it is needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..failures import Infeasible
from ..work.clock import Clock

if TYPE_CHECKING:
    from .compiled import Compiled


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
