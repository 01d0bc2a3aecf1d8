"""The nearest weighting at which the decision flips, and what changes as one layer's weight moves.

Today's funded set stays right where some plan with that set loses no more than the tolerance. For
one challenger, the weightings under which it beats every such plan by more are a convex set: the
best gain with the set held is convex in the weights, the challenger's is linear. So the nearest of
them is a linear program, once for each challenger, with a row for each known plan of the set; a
plan of the set that is missing shows when the answer is solved. That no other challenger is nearer
is proven as a map is: in the cells of the known plans of the set, within a ball around today's
weights, what they lose is largest at a corner. A corner that loses too much is a new challenger.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ....inputs.build import derive_scenario
from ...equations.curves import Array
from ...equations.evaluate import SMALLEST_GAIN
from ...solving.matrices import INFINITE
from ...solving.portfolios import Portfolio
from ...solving.program import LinearProgram
from ...solving.solve import solve_scenario
from .ball import WHOLE, enclose, is_proven
from .duel import LEAST_MARGIN, SHARP, Duel
from .findings import Flips, WeightFlip, WeightStretch
from .frame import Frame
from .layer_paths import WeightPath, frame_path
from .map import Mapper
from .region import Region
from .sweep import Sweep

FIRST = 10.0
"""Multiple of the tolerance to which the first weightings are answered, for rivals."""

ROUGH, FINER, SHARPEN = 0.2, (0.05, 0.0), 6
"""A flip is first looked for at the first share of the tolerance beyond it, then at finer ones, for
so many solves each."""

ALONG = 0.5
"""Multiple of the tolerance to which the best gain is proven along the paths of single layers."""

INSIDE = (0.5, 0.75, 0.9, 0.95)
"""Shares of the distance to the nearest flip within which a proof is tried that there is none.

Nearer to the flip what is lost differs from the tolerance by less than a solve proves.
"""

AROUND = 0.1
"""Share of the weights that moves where rivals are first looked for."""

PROBED, LEAST_STEP = 0.9, 0.02
"""Share of the distance to the nearest flip known at which nearer ones are looked for, and the
share by which one must be nearer for another look."""

EFFORT = 1_500
"""Weightings looked at beyond which no closer proof is tried: a count, so that answers repeat."""

TIMES = 4
"""Times that the ends of today's stretch are looked at anew."""


Report = Callable[[float, float, str], None]
"""Told how many of how many steps are done, and which is under way."""


class FlipSearch:
    """The search for the nearest flip of a duel, from the weights of the scenario on."""

    def __init__(self, duel: Duel) -> None:
        self.duel, self.tolerance, self.clock = duel, duel.tolerance, duel.clock
        self.free, self.held = duel.free, duel.held
        self.scenario = duel.free.compiled.scenario
        self.center = np.array(list(self.scenario.weights.values()))
        self.least_shift: dict[tuple[int, float], float] = {}
        self.proven = 0.0

    # The nearest ------------------------------------------------------------------------------

    def begin(self) -> WeightFlip | None:
        """The nearest flip that a look around shows; None if there is none in time."""
        self.free.tolerance = FIRST * self.tolerance
        first = np.vstack([self.center, np.eye(len(self.scenario.layers))])
        self.duel.watch(first)
        self.free.answer_batch(first)
        self.duel.share()
        self.look_around(AROUND)
        nearest = self.approach()
        while nearest is not None and not self.clock.is_over:
            self.look_around(PROBED * nearest.shift_pp / 100)
            before, nearest = nearest, take_nearer(nearest, self.approach())
            if nearest.shift_pp > (1 - LEAST_STEP) * before.shift_pp:
                break
        return nearest

    def look_around(self, radius: float) -> None:
        """Asks where this share of the weights moves from one layer to another: rivals are there.

        These are the corners of the ball of that radius.
        """
        if self.clock.is_over:
            return
        region = enclose(self.scenario, radius)
        corners = self.duel.watch(region.weigh(region.corners))
        while self.duel.ask(corners[~self.duel.flips(corners)]):
            pass

    def find_nearest(self, begun: WeightFlip | None) -> WeightFlip | None:
        """The nearest flip, with `proven` set; None if there is none or the clock has run out.

        `begun`: one that is known.
        """
        found = self.approach()
        nearest = found if begun is None else take_nearer(begun, found)
        if nearest is None and not self.clock.is_over and self._is_proven(WHOLE):
            self.proven = WHOLE
            return None
        nearest = nearest or self.approach()
        for share in INSIDE:
            if nearest is None:
                break
            while not self._is_proven(share * nearest.shift_pp / 100):
                found = None if self.clock.is_over else self.approach()
                if found is None or found.shift_pp >= nearest.shift_pp:
                    return nearest  # a corner is in doubt, and no plan is known that flips it
                nearest = found
            self.proven = share * nearest.shift_pp / 100
            if len(self.duel.known.weights) > EFFORT:
                break
        return nearest

    def _is_proven(self, radius: float) -> bool:
        """Whether the set is good enough wherever at most this share of the weights moves."""
        return is_proven(self.duel, enclose(self.scenario, radius))

    def approach(self) -> WeightFlip | None:
        """The nearest flip among known plans, verified by solving there.

        First where the set loses a little more than the tolerance, as that takes few solves to
        prove; then, as far as a few more go, nearer, where it loses less and less more.
        """
        nearest = self.close_in(ROUGH, INFINITE)
        for more in FINER:
            finer = None if nearest is None else self.close_in(more, SHARPEN, nearest)
            nearest = finer or nearest
        return nearest

    def close_in(
        self, more: float, effort: float, than: WeightFlip | None = None
    ) -> WeightFlip | None:
        """The nearest weighting at which the set is proven to lose more than the tolerance.

        By `more` of the tolerance, as far as plans are known; None if there is none, or none nearer
        `than` one known, or if it takes more than `effort` solves.
        """
        begun, doubtful = self.duel.solves, set[int]()
        while not self.clock.is_over and self.duel.solves - begun <= effort:
            nearest = self._find_rival(more, doubtful)
            if nearest is None:
                return None
            distance, weights, at = nearest
            if than is not None and distance >= than.shift_pp / 100:
                return None
            number = self.duel.watch(weights[None, :])
            known = self._count_plans()
            while not self.duel.flips(number)[0]:
                if known != self._count_plans():
                    break  # a plan of the set or a rival that was missing: look again
                if not self.duel.ask(number):
                    doubtful.add(at)  # too close to call
                    break
            else:
                return WeightFlip(weights, 100 * distance, self.free.bank.portfolios[at])
        return None

    def _find_rival(self, more: float, doubtful: set[int]) -> tuple[float, Array, int] | None:
        """The known portfolio that beats all known plans of the set nearest to today's weights.

        Where it does, and how far that is. More plans of the set push all of this outwards: a
        portfolio that was farther before than one is now need not be looked at again.
        """
        portfolios = self.free.bank.portfolios
        rivals = [
            at
            for at, portfolio in enumerate(portfolios)
            if portfolio.funded != self.duel.today and at not in doubtful
        ]
        best: tuple[float, Array, int] | None = None
        for at in sorted(rivals, key=lambda at: self.least_shift.get((at, more), 0.0)):
            within = INFINITE if best is None else best[0]
            if self.least_shift.get((at, more), 0.0) >= within:
                break
            met = self._meet(at, more, within)
            self.least_shift[at, more] = within if met is None else met[0]
            if met is not None and met[0] < within:
                best = (*met, at)
        return best

    def _count_plans(self) -> tuple[int, int]:
        return len(self.held.bank.portfolios), len(self.free.bank.portfolios)

    def follow(self, frame: Frame, now: float) -> tuple[WeightStretch, ...]:
        """Stretches of a path, with the best plans of today's set known where its own ends."""
        self.duel.share()
        for _ in range(TIMES):
            path = WeightPath(frame, self.free.bank.portfolios, self.tolerance)
            stretches = path.list_stretches(self.duel.today, now)
            home = [s for s in stretches if s.begins <= now <= s.ends]
            ends = {end for stretch in home for end in (stretch.begins, stretch.ends)} - {0.0, 1.0}
            asked = np.array([[end, 1 - end] for end in sorted(ends)]).reshape(-1, 2) @ frame.rows
            if not len(asked) or self.clock.is_over:
                break
            before = len(self.held.bank.portfolios)
            self.held.tolerance, self.held.searches = 0.0, False
            self.held.answer_batch(asked)
            self.held.searches = True
            self.duel.share()
            if len(self.held.bank.portfolios) == before:
                break
        return stretches

    def _meet(self, at: int, more: float, within: float) -> tuple[float, Array] | None:
        """The nearest weighting at which a known portfolio beats all known plans of the set.

        By the tolerance and some `more` of it.
        Gives the share of the weights that moves, at most `within`, and the weights.
        """
        count = len(self.scenario.layers)
        gains, own = self.free.bank.gains[at], self.held.bank.gains
        today = float((own @ self.center).max())
        margin = more * self.tolerance * max(today, SMALLEST_GAIN) + LEAST_MARGIN
        # Columns: weights, then how far each lies from today's.
        beats = np.hstack([(1 - self.tolerance) * gains - own, np.zeros((len(own), count))])
        eye = np.eye(count)
        rows = np.vstack(
            [
                np.hstack([np.ones((1, count)), np.zeros((1, count))]),
                np.hstack([np.zeros((1, count)), np.full((1, count), 0.5)]),
                np.hstack([-eye, eye]),
                np.hstack([eye, eye]),
                beats,
            ]
        )
        lower = np.concatenate([[1.0, 0.0], -self.center, self.center, np.full(len(own), margin)])
        upper = np.full(len(rows), INFINITE)
        upper[:2] = 1.0, within
        box = np.zeros(2 * count), np.ones(2 * count)
        program = LinearProgram(box, rows, (lower, upper))
        point = program.minimise(np.concatenate([np.zeros(count), np.full(count, 0.5)]))
        if point is None:
            return None
        weights = np.maximum(point[:count], 0.0)
        weights /= weights.sum()
        return 0.5 * float(np.abs(weights - self.center).sum()), weights


def take_nearer(known: WeightFlip, found: WeightFlip | None) -> WeightFlip:
    """The nearer of a flip that is known and one that may have been found."""
    return known if found is None or found.shift_pp >= known.shift_pp else found


def find_flips(
    free: Sweep, held: Sweep, today: Portfolio, tolerance: float, report: Report | None = None
) -> Flips:
    """Where the decision of the scenario's weights flips: the nearest, and along each layer.

    `today` is its best plan; `held` answers plans that fund the same. Both are set to answer as
    finely as the tolerance asks for.
    """
    compiled = free.compiled
    layers = list(compiled.scenario.layers)
    weights = np.array(list(compiled.scenario.weights.values()))
    done = 0

    def tell(what: str = "the nearest flip") -> None:
        if report:
            report(done, len(layers) + 1, what)

    duel = Duel(free, held, today.funded, tolerance, tell)
    search = FlipSearch(duel)
    free.bank.add([today], [])
    duel.share()
    tell()
    begun = search.begin()
    complete = True
    by_layer: dict[str, tuple[WeightStretch, ...] | None] = dict.fromkeys(layers)
    for at, layer in enumerate(layers):
        if free.clock.is_over:
            complete = False
            break
        done = at
        tell(layer)
        frame = frame_path(layers, layer, weights)
        free.tolerance = ALONG * tolerance
        along = Region(layers, frame)
        mapper = Mapper(free, along, ALONG * tolerance, lambda *_, what=layer: tell(what))
        if mapper.grow():
            by_layer[layer] = search.follow(frame, float(weights[at]))
        complete &= by_layer[layer] is not None
    done = len(layers)
    tell()
    nearest = search.find_nearest(begun)
    complete &= search.proven > 0
    return Flips(
        weights=weights,
        today=today,
        tolerance=tolerance,
        nearest=nearest,
        proven_none_within_pp=100 * search.proven if search.proven else None,
        by_layer=by_layer,
        complete=complete,
        solves=duel.solves,
        linear_solves=free.linear_solves + held.linear_solves,
        seconds=free.clock.seconds,
    )


def find_today(free: Sweep) -> Portfolio:
    """The canonical best plan under the scenario's weights, before any steadying."""
    scenario = free.compiled.scenario
    if scenario.steady:
        scenario = derive_scenario(scenario, {"steady": None})
    gap = min(1e-4, SHARP * free.tolerance)
    solution = solve_scenario(scenario, gap, free.clock.left)
    baseline = solution.baseline.outcome
    gains = [solution.played.outcome[layer] - z for layer, z in baseline.items()]
    compiled = free.compiled
    return Portfolio(solution.plan, np.array(gains), compiled.decisions_of(solution.plan))


def hold_today(free: Sweep, today: Portfolio) -> Sweep:
    """A sweep over the plans that fund what today's plan funds, and nothing else."""
    return Sweep(
        free.compiled,
        free.tolerance,
        len(free.oracle.engines),
        free.clock,
        funded=today.funded,
        store=free.store,
    )
