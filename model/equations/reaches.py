"""Effects that share a reach: which way they push it, and how its curve may be modelled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from ...inputs.scenario import FUNDED_BN, Response, Scenario
from .curves import Array, Pairs, reach_of_stock, trace_curve
from .evaluate import Evaluator

Amounts = Mapping[str, Mapping[int, float]]

NARROWEST = 1e-6
"""Pieces of a curve narrower than this, in units of its group, are the solver's rounding, unless
the reach leaps within them."""

LEAST_LEAP = 1e-8
"""A leap of the reach takes at least so much stock, in units of its group: HiGHS sees no less."""

LEAST_LEAP_BN = 2e-7
"""And at least so much, $ billion: amounts below half of it are taken for rounding."""

NOTHING_BN = 1e-6
"""$ billion: where no more stock can stand, none does."""

NARROW = 1e-3
"""How full a narrower piece is, in units of its group, is told as a share of the piece."""

LEAP = 1e-3
"""A piece of a curve that takes the reach so far, as a share of the highest, is no rounding."""

SEEN_BN = 1e-4
"""A leap that takes less stock, $ billion, is near what the solver's tolerance of 1e-6 gives."""

ROUNDING = 1e-9
"""Reaches that differ by less, as a share of the highest, are the same."""

MOST_UNITS = 1000.0
"""The largest stock there can be, in units of its group, is at most this."""


@dataclass(frozen=True)
class Group:
    """Effects of one instrument that share a reach, and what their reach is rewarded for.

    Stocks are told in units of `unit` $ billion, so that curves of any size look alike to the
    solver. `points` (stock in units, reach) are the curve as far as it can be reached. `most` is
    the largest stock that can stand in each scored year; `most_if_begun[t][tau]` the same if first
    funded in year tau.
    """

    name: str
    response: Response
    effects: tuple[str, ...]
    is_rewarded: bool
    is_penalised: bool
    in_conflict: bool
    unit: float
    points: Pairs
    most: Array
    most_if_begun: Array

    @cached_property
    def form(self) -> str:
        """How reach is tied to stock: `line`, `below` or `above` the curve, or `exact`."""
        if self.response.curve == "linear":
            return "line"
        if self.in_conflict or (self.is_rewarded and self.is_penalised):
            return "exact"
        slopes = [(y1 - y0) / (x1 - x0) for (x0, y0), (x1, y1) in pairwise(self.points)]
        if float(self.most.max(initial=0.0)) > self.points[-1][0] * (1 + 1e-9):
            slopes.append(0.0)
        turns = [after - before for before, after in pairwise(slopes)]
        if self.is_penalised:
            return "above" if min(turns, default=0.0) >= -1e-12 else "exact"
        return "below" if max(turns, default=0.0) <= 1e-12 else "exact"

    @property
    def leaps_unseen(self) -> bool:
        """Whether the reach leaps within so little stock that the solver may take it for free."""
        leap = find_narrowest_leap(self.points)
        return leap * self.unit < SEEN_BN or leap < NARROW


class Segment(NamedTuple):
    """A straight piece of a curve in units of its group: where it begins, how wide, its slope.

    `step`: in what units, of the group's, the solver is told how full it is.
    """

    begins: float
    width: float
    slope: float

    @property
    def step(self) -> float:
        return self.width if self.width < NARROW else 1.0

    @property
    def most(self) -> float:
        """How full it can be, in steps."""
        return self.width / self.step


def list_segments(group: Group, most: float) -> list[Segment]:
    """The pieces of a group's curve that a stock of at most `most` can fill.

    Under an envelope the flat tail is left out; an exact curve must hold all of its stock, so a
    last piece too narrow to stand alone widens the one before it.
    """
    points = list(group.points)
    if group.form == "exact" and most > points[-1][0]:
        points.append((most, points[-1][1]))
    top = points[-1][1]
    segments: list[Segment] = []
    for (x0, y0), (x1, y1) in pairwise(points):
        width, slope = min(x1, most) - x0, (y1 - y0) / (x1 - x0)
        if width > NARROWEST or (width > ROUNDING and slope * width > LEAST_LEAP * top):
            segments.append(Segment(x0, width, slope))
        elif width > 0 and segments:
            last = segments[-1]
            segments[-1] = Segment(last.begins, last.width + width, last.slope)
    return segments


def find_groups(scenario: Scenario, evaluator: Evaluator, amounts: Amounts) -> list[Group]:
    """Effects by shared reach, with the direction in which their uses push it.

    `amounts`: the most authority by instrument and year.
    """
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
        most, most_if_begun = bound_stock(scenario, evaluator, response, amounts)
        if float(most.max(initial=0.0)) < NOTHING_BN:
            most, most_if_begun = np.zeros_like(most), np.zeros_like(most_if_begun)
        top = float(most.max(initial=0.0))
        points = cut_curve(response, top)
        unit = choose_unit(response, points, top)
        points = spread_leaps(points, max(LEAST_LEAP * unit, LEAST_LEAP_BN))
        groups.append(
            Group(
                name=effects[0],
                response=response,
                effects=tuple(effects),
                is_rewarded=any(points > 0 for points in pushes),
                is_penalised=any(points < 0 for points in pushes),
                in_conflict=not conflicts.isdisjoint(effects),
                unit=unit,
                points=[(stock / unit, reach) for stock, reach in points],
                most=most / unit,
                most_if_begun=most_if_begun / unit,
            )
        )
    return groups


def cut_curve(response: Response, most: float) -> list[tuple[float, float]]:
    """The points (stock in $ billion, reach) of a curve up to the largest stock there can be.

    A flat tail is left out.

    >>> cut_curve(Response("grid", [(0, 0), (2, 0.5), (4, 1), (9, 1)], None, 0, 1.0), 8.0)
    [(0, 0), (2, 0.5), (4, 1)]
    >>> cut_curve(Response("grid", [(0, 0), (4, 1), (9, 1)], None, 0, 1.0), 2.0)
    [(0, 0), (2.0, 0.5)]
    """
    points = trace_curve(response)
    if 0 < most < points[-1][0]:
        end = float(reach_of_stock(response, np.array(most)))
        points = [*(point for point in points if point[0] < most), (most, end)]
    while len(points) > 2 and points[-1][1] == points[-2][1]:
        points.pop()
    return points


def spread_leaps(points: Pairs, least: float) -> list[tuple[float, float]]:
    """The points of a curve where a reach that leaps takes at least so much stock to do so.

    From nothing it takes what makes an instrument count as funded. Points nearer than that between
    which nothing leaps are one; nor is it a leap where the way to the next point is as steep.

    >>> spread_leaps([(0, 0), (1, 0), (1.0000001, 1), (3, 1.5)], 0.1)
    [(0, 0), (1, 0), (1.1, 1), (3, 1.5)]
    >>> spread_leaps([(0, 0), (0.001, 0.01), (2, 1)], 0.1)
    [(0, 0), (2, 1)]
    """
    spread = [points[0]]
    rounding = ROUNDING * points[-1][1]
    for position, (stock, reach) in enumerate(points[1:], 1):
        begins, before = spread[-1]
        step = max(least, 2 * FUNDED_BN) if not begins else least
        if stock - begins >= step:
            spread.append((stock, reach))
            continue
        farther = (point for point in points[position + 1 :] if point[0] - begins >= step)
        end, top = next(farther, (begins + step, before))
        on_the_way = before + (top - before) * step / (end - begins)
        if reach - on_the_way > rounding:
            spread.append((begins + step, reach))
    return spread if len(spread) > 1 else list(points)


def choose_unit(response: Response, points: Pairs, most: float) -> float:
    """$ billion of stock that count as 1: the scale of a curve, or where a list ends.

    Both may lie far beyond the largest stock there can be, or far below it: what matters would
    drown in the solver's tolerance. So it is no more than that stock, and at least a part of it.

    >>> far = Response("grid", "saturating", 1e7, 0, 1.0)
    >>> choose_unit(far, trace_curve(far), 5.0)
    5.0

    Nor may a leap of the reach: a plan that keeps its rows within the tolerance takes it for free.

    >>> leap = [(0, 0), (2e-6, 0.9), (5.0, 1.0)]
    >>> choose_unit(Response("grid", leap, None, 0, 1.0), leap, 5.0)
    0.005
    """
    natural = response.scale or points[-1][0]
    natural = min(natural, max(find_narrowest_leap(points), LEAST_LEAP_BN) / NARROW)
    return min(max(natural, most / MOST_UNITS), most) if most else natural


def find_narrowest_leap(points: Pairs) -> float:
    """The least stock in which a curve rises by more than rounding; without bound if it never does.

    >>> find_narrowest_leap([(0, 0), (1, 0), (1.25, 0.5), (1.26, 0.5), (3, 1)])
    0.25
    """
    least = LEAP * points[-1][1]
    leaps = [x1 - x0 for (x0, y0), (x1, y1) in pairwise(points) if y1 - y0 > least]
    return min(leaps, default=float("inf"))


def bound_stock(
    scenario: Scenario, evaluator: Evaluator, response: Response, amounts: Amounts
) -> tuple[Array, Array]:
    """The largest stock in each scored year, and the same by the year of the first funding.

    In $ billion. Shapes [scored years] and [scored years, years of spending].
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
                most[year - spending[0]] = min(amounts[response.instrument][year], rise)
        by_start[:, position] = kernel @ most
    top = by_start.max(axis=1) * (1 + 1e-12)
    return top, by_start
