"""Effects that share a reach: which way they push it, and how its curve may be modelled."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from ...inputs.scenario import Response, Scenario
from .curves import Array, trace_curve
from .evaluate import Evaluator

NARROWEST = 1e-6
"""Pieces of a curve narrower than this, in units of its group, are the solver's rounding."""


@dataclass(frozen=True)
class Group:
    """Effects of one instrument that share a reach, and what their reach is rewarded for.

    Stocks are told in units of `unit` $ billion, the scale of the curve or the last stock of a
    list, so that curves of any size look alike to the solver. `most` is the largest stock that can
    stand in each scored year; `most_if_begun[t][tau]` the same if first funded in year tau.
    """

    name: str
    response: Response
    effects: tuple[str, ...]
    is_rewarded: bool
    is_penalised: bool
    in_conflict: bool
    most: Array
    most_if_begun: Array

    @cached_property
    def unit(self) -> float:
        """$ billion of stock that count as 1."""
        return unit_of(self.response)

    @cached_property
    def points(self) -> list[tuple[float, float]]:
        """The points (stock in units, reach) of the curve."""
        return [(stock / self.unit, reach) for stock, reach in trace_curve(self.response)]

    @cached_property
    def form(self) -> str:
        """How reach is tied to stock: `line`, `below` or `above` the curve, or `exact`."""
        if self.response.curve == "linear":
            return "line"
        if self.in_conflict or (self.is_rewarded and self.is_penalised):
            return "exact"
        if self.is_penalised:
            return "above" if self._is_convex_where_used() else "exact"
        return "below" if self.response.is_concave else "exact"

    def _is_convex_where_used(self) -> bool:
        points = self.points
        if float(self.most.max(initial=0.0)) > points[-1][0] + 1e-12:
            points = [*points, (points[-1][0] * 2, points[-1][1])]
        rises = [(y1 - y0) / (x1 - x0) for (x0, y0), (x1, y1) in pairwise(points)]
        return all(after >= before - 1e-12 for before, after in pairwise(rises))


class Segment(NamedTuple):
    """A straight piece of a curve in units of its group: where it begins, how wide, its slope."""

    begins: float
    width: float
    slope: float


def unit_of(response: Response) -> float:
    """$ billion of stock that count as 1: the scale of a curve, or the last stock of a list."""
    return response.scale or trace_curve(response)[-1][0]


def list_segments(group: Group, most: float) -> list[Segment]:
    """The pieces of a group's curve that a stock of at most `most` can fill.

    Under an envelope the flat tail is left out; an exact curve must hold all of its stock, so a
    last piece too narrow to stand alone widens the one before it.
    """
    points = group.points
    if group.form == "exact" and most > points[-1][0]:
        points = [*points, (most, points[-1][1])]
    segments: list[Segment] = []
    for (x0, y0), (x1, y1) in pairwise(points):
        width = min(x1, most) - x0
        if width > NARROWEST:
            segments.append(Segment(x0, width, (y1 - y0) / (x1 - x0)))
        elif width > 0 and segments:
            last = segments[-1]
            segments[-1] = Segment(last.begins, last.width + width, last.slope)
    return segments


def find_groups(scenario: Scenario, evaluator: Evaluator) -> list[Group]:
    """Effects by shared reach, with the direction in which their uses push it."""
    members: dict[Response, list[str]] = {}
    for effect, response in evaluator.responses.items():
        members.setdefault(response, []).append(effect)
    pushed: dict[str, list[float]] = {
        effect: [own.points] for effect, own in scenario.effects.items()
    }
    conflicts = set()
    for interaction in scenario.interactions.values():
        for effect in interaction.between:
            if interaction.points > 0:
                pushed[effect].append(interaction.points)
            elif interaction.points < 0:
                conflicts.add(effect)
    groups = []
    for response, effects in members.items():
        pushes = [points for effect in effects for points in pushed[effect] if points]
        if not pushes and conflicts.isdisjoint(effects):
            continue  # nothing uses this reach
        most, most_if_begun = bound_stock(scenario, evaluator, response)
        groups.append(
            Group(
                name=effects[0],
                response=response,
                effects=tuple(effects),
                is_rewarded=any(points > 0 for points in pushes),
                is_penalised=any(points < 0 for points in pushes),
                in_conflict=not conflicts.isdisjoint(effects),
                most=most,
                most_if_begun=most_if_begun,
            )
        )
    return groups


def bound_stock(
    scenario: Scenario, evaluator: Evaluator, response: Response
) -> tuple[Array, Array]:
    """The largest stock in each scored year, and the same by the year of the first funding.

    In units of the response. Shapes [scored years] and [scored years, years of spending].
    """
    own = scenario.instruments[response.instrument]
    window = scenario.window(response.instrument)
    kernel = evaluator.kernels[response]
    spending = list(scenario.years.spending)
    by_start = np.zeros_like(kernel)
    for position, begun in enumerate(spending):
        if begun not in window:
            continue
        most = np.zeros(len(spending))
        for age, year in enumerate(range(begun, window[-1] + 1)):
            if own.run_years is None or age < own.run_years:
                rise = own.max_growth * (age + 1) if own.max_growth is not None else np.inf
                most[year - spending[0]] = min(own.max_per_year, rise)
        by_start[:, position] = kernel @ most / unit_of(response)
    top = by_start.max(axis=1) * (1 + 1e-12)
    return top, by_start
