"""One plan out of many that tie: the steadiest, then the cheapest, then the first in order.

Each step minimises one thing over the plans that the steps before left equal. An optimum of a
linear program and one set of its duals describe all its optima: whatever has a reduced cost stays
at its bound, whatever has a dual stays tight. Holding these leaves the plans that tie and no
tolerance to exploit, so that the steps cannot run into each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from ...inputs.scenario import Scenario
from ..equations.curves import Array
from ..equations.evaluate import Plan, Played
from ..equations.limits import TOLERANCE, find_worst
from ..failures import SolverFailed
from ..work.clock import Clock
from .compiled import Compiled, Target
from .matrices import INFINITE

TIE_TOLERANCE = 1e-7
"""Plans within this times max(1, gain) of the best tie with it."""

ALIKE_BN = 1e-6
"""Amounts that differ by less, $ billion, are the same."""

CANONICAL_NODES = 200
"""Nodes spent on cheaper plans along curves that need binaries: a count, so answers repeat."""

Terms = Mapping[int, float]
"""Coefficients by column."""

Floors = Sequence[tuple[Target, float]]
"""Earlier stages, with the least gain of each that must be kept."""


def choose_canonical(compiled: Compiled, score: Target, values: Array, clock: Clock) -> Array:
    """Values of the canonical plan among those that tie with the best one.

    The on/off decisions are held in the live model, and `values` are optimal for the score under
    them. The scenario's `steady` is the share of the gain that may be given up for the least change
    from year to year. Once the clock has run out, the values are those of the last step made.
    """
    live, steady = compiled.live, compiled.scenario.steady
    rows = live.row_count
    gain = score.value(values)
    given = max(TIE_TOLERANCE * max(1.0, gain), steady * max(gain, 0.0))
    live.add_row(score.terms, gain - given, INFINITE)
    steps = Steps(compiled, clock, values)
    cells = dict.fromkeys(compiled.authority.values(), 1.0)
    try:
        if steady:
            changes = list(compiled.places.get("change", {}).values())
            steps.choose_segments(dict.fromkeys(changes, 1.0))
            steps.minimise(dict.fromkeys(changes, 1.0))
        else:
            steps.choose_segments(cells)
            # Ties in earnest: else each plan would be shaved by what the tolerance is worth.
            steps.minimise({at: -coefficient for at, coefficient in score.terms.items()})
        steps.minimise(cells)
        if not steps.is_settled(list(cells)):
            for at in cells:
                if not live.is_held(at):
                    steps.minimise({at: -1.0})
        return steps.values
    finally:
        live.release_face()
        live.drop_rows_from(rows)


class Steps:
    """The steps in turn, until one fails or the clock has run out; `values` are the latest."""

    def __init__(self, compiled: Compiled, clock: Clock, values: Array) -> None:
        self.compiled = compiled
        self.live = compiled.live
        self.clock = clock
        self.values = values
        self.is_over = False

    def minimise(self, terms: Terms) -> None:
        """Leaves only the plans that make the terms smallest."""
        if self.is_over or self.clock.is_over:
            return
        self.live.minimise(terms)
        try:
            answer = self.live.solve(seconds=self.clock.left)
        except SolverFailed:
            answer = None
        if answer is None or answer.status != "optimal" or answer.values is None:
            self.is_over = True
            return
        self.live.hold_face(answer.values)
        self.values = answer.values

    def is_settled(self, columns: list[int]) -> bool:
        """Whether all that is left are plans alike: opposite aims then lead to the same one."""
        ends = []
        for sign in (1.0, -1.0):
            if self.is_over or self.clock.is_over:
                return True
            ranks = np.linspace(sign, 2 * sign, len(columns)).tolist()
            self.live.minimise(dict(zip(columns, ranks, strict=True)))
            try:
                values = self.live.solve(seconds=self.clock.left).values
            except SolverFailed:
                return False
            if values is None:
                return False
            ends.append(values[columns])
        return bool(np.abs(ends[0] - ends[1]).max(initial=0.0) <= ALIKE_BN)

    def choose_segments(self, terms: Terms) -> None:
        """Lets the segments of curves with binaries follow what makes the terms smallest.

        As far as a count of nodes allows. Nothing is to be chosen where there are none, or where
        every amount is decided: HiGHS 1.15.1 may crash on such a model.
        """
        columns = self.compiled.filled_columns
        instruments = self.compiled.scenario.instruments
        plan = self.compiled.read_plan(self.values)
        is_decided = all(instruments[i].all_or_nothing for i in plan)
        if not len(columns) or is_decided or self.clock.is_over:
            return
        self.live.free_columns(columns)
        self.live.minimise(terms)
        try:
            found = self.live.solve(1e-6, self.clock.left, most_nodes=CANONICAL_NODES).values
        except SolverFailed:
            found = None
        self.values = self.values if found is None else found
        self.live.fix_columns(columns, np.round(self.values[columns]))


def drop_worthless(
    compiled: Compiled, floors: Floors, score: Target, values: Array, clock: Clock | None = None
) -> Array:
    """Decisions that switch off on/off instruments which add nothing and which no limit wants.

    The solver is indifferent between a programme of no worth at its minimum and none at all. Gives
    `values` themselves where there is nothing to switch off. The clock may end it early.
    """
    evaluator, baseline = compiled.evaluator, compiled.baseline
    plan = compiled.read_plan(values)
    best = score.value_of(evaluator.play(plan), baseline)
    least = [*floors, (score, best - TIE_TOLERANCE * max(1.0, best))]
    kept = plan

    def loses(played: Played) -> bool:
        return any(target.value_of(played, baseline) < value for target, value in least)

    for i in reversed(list(plan)):
        shorter = list(list_shorter_runs(compiled, kept, i))
        is_simple = len(shorter) > 1 and only_helps(compiled.scenario, i)
        if is_simple and loses(evaluator.play(shorter[-1])):
            continue  # what loses by its last year alone loses no less by more of them
        for without in shorter:
            if clock is not None and clock.is_over:
                return values
            played = evaluator.play(without)
            if loses(played):
                continue
            if find_worst(compiled.scenario, played) <= TOLERANCE:
                kept = without
                break
    return values if kept is plan else compiled.decide(values, kept)


def only_helps(scenario: Scenario, instrument: str) -> bool:
    """Whether more of an instrument lowers no lead: each of its effects is one for the better."""
    effects = {id_ for id_, own in scenario.effects.items() if own.instrument == instrument}
    pairs = (own for own in scenario.interactions.values() if not effects.isdisjoint(own.between))
    return all(scenario.effects[id_].points >= 0 for id_ in effects) and all(
        own.points >= 0 for own in pairs
    )


def list_shorter_runs(compiled: Compiled, plan: Plan, instrument: str) -> Iterator[Plan]:
    """The plan without an on/off instrument; then, if its run may be cut, with fewer last years."""
    if instrument not in compiled.scenario.on_off:
        return
    years = sorted(plan[instrument])
    others = {i: own for i, own in plan.items() if i != instrument}
    yield others
    if compiled.scenario.instruments[instrument].run_years is None:
        for end in range(1, len(years)):
            yield {**others, instrument: {t: plan[instrument][t] for t in years[:end]}}
