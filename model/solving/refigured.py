"""A compiled scenario whose figures are changed in place where they enter as coefficients.

The points of effects and interactions stand in one row for each layer and year, and many figures
stand in no row at all. Where nothing else changes, and no points change their sign, the matrices
stay as they are but for these; any other variant is compiled anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from ...inputs.figures import TOLD_ONLY
from ...inputs.scenario import CrowdInFloor, LeadFloor, Scenario
from ..equations.evaluate import Evaluator
from .compiled import Compiled

WIDE = 1e4
"""Points: gains of any variant lie within, whatever its figures."""

POSITIONS = frozenset({"us", "china", "us_trend", "china_trend", "trend_until"})
"""Fields of a layer that move its lead without spending, and so no gain unless it is curved."""

Leaf = tuple[tuple[str, ...], Any]


class Refigured:
    """One compiled scenario, and compiled variants of it; one variant at a time."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.floored = {
            limit.layer for limit in scenario.constraints.values() if isinstance(limit, LeadFloor)
        }
        self.counts_private = any(
            isinstance(limit, CrowdInFloor) for limit in scenario.constraints.values()
        )
        self.compiled: Compiled | None = None
        self.groups: Mapping[str, str] = {}
        self.rows: dict[tuple[str, int], int | None] = {}
        self.weighs: dict[tuple[str, str], float] = {}

    def compile(
        self, scenario: Scenario, evaluator: Evaluator, patch: Mapping[str, Any]
    ) -> Compiled:
        """The variant that a patch makes, compiled; until the next one is asked for."""
        if not all(self._is_in_place(leaf) for leaf in list_leaves(patch)):
            return Compiled(scenario)
        if self.compiled is None:
            self.compiled = self._open()
        compiled = self.compiled
        for (layer, name), points in self._weigh(scenario).items():
            if self.weighs[layer, name] != points:
                self._set(compiled, layer, name, points)
                self.weighs[layer, name] = points
        compiled.scenario = scenario
        compiled.evaluator = evaluator
        compiled.baseline = evaluator.play_nothing()
        return compiled

    def _is_in_place(self, leaf: Leaf) -> bool:
        """Whether a change leaves all but coefficients of leads as they are."""
        path, value = leaf
        if len(path) != 3:
            return False
        table, id_, field = path
        if field in TOLD_ONLY:
            return True
        if table == "layers" and field in POSITIONS:
            return self.scenario.layers[id_].worth is None and id_ not in self.floored
        if table == "instruments" and field == "crowd_in":
            return not self.counts_private
        if field != "points" or not isinstance(value, int | float):
            return False
        rows = self.scenario.effects if table == "effects" else self.scenario.interactions
        return bool(rows[id_].points * value > 0)

    def _open(self) -> Compiled:
        """The scenario compiled, with room for any gains."""
        compiled = Compiled(self.scenario)
        model, live = compiled.formulation.model, compiled.live
        gains = (model.lead_gain, model.worth_gain, model.outcome_gain)
        at = np.concatenate([live.columns(some.values()) for some in gains]).astype(np.int32)
        live.set_bounds(at, np.full(len(at), -WIDE), np.full(len(at), WIDE))
        self.rows = {cell: live.matrices.row_of(row) for cell, row in model.equation_4.items()}
        self.groups = compiled.formulation.group_of
        self.weighs = self._weigh(self.scenario)
        return compiled

    def _weigh(self, scenario: Scenario) -> dict[tuple[str, str], float]:
        """Points by layer, and by the group or the interaction that they weigh."""
        groups = self.groups
        found: dict[tuple[str, str], float] = {}
        for id_, effect in scenario.effects.items():
            if id_ in groups:
                key = (effect.layer, f"reach {groups[id_]}")
                found[key] = found.get(key, 0.0) + effect.points
        for id_, interaction in scenario.interactions.items():
            found[interaction.layer, f"together {id_}"] = interaction.points
        return found

    def _set(self, compiled: Compiled, layer: str, name: str, points: float) -> None:
        """Changes the points of one reach, or of two together, in every year of a layer."""
        model, live = compiled.formulation.model, compiled.live
        kind, _, id_ = name.partition(" ")
        variables = model.reach if kind == "reach" else model.together
        for year in compiled.formulation.scored:
            if (id_, year) in variables:
                column = live.column(variables[id_, year])
                row = self.rows[layer, year]
                if column is not None and row is not None:
                    live.set_coefficient(row, column, -points)


def list_leaves(patch: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[Leaf]:
    """Every path and value that a patch sets.

    >>> list(list_leaves({"a": {"b": 1, "c": 2}}))
    [(('a', 'b'), 1), (('a', 'c'), 2)]
    """
    for key, value in patch.items():
        if isinstance(value, Mapping):
            yield from list_leaves(value, (*above, key))
        else:
            yield (*above, key), value
