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
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from ....inputs.build import derive_scenario
from ....inputs.statements import Statement
from ...equations.curves import Array, Numbers
from ...equations.evaluate import SMALLEST_GAIN
from ...solving.matrices import INFINITE
from ...solving.portfolios import Portfolio
from ...solving.program import LinearProgram
from ...solving.solve import solve_scenario
from .envelope import Envelope, allow_best
from .findings import Flips, WeightFlip, WeightStretch
from .frame import Frame, frame_layers
from .layer_paths import WeightPath, frame_path
from .map import Mapper
from .region import Region
from .sweep import Sweep
from .watch import Watch

FIRST = 10.0
"""Multiple of the tolerance to which the first weightings are answered, for rivals."""

ROUGH, FINER, SHARPEN = 0.2, (0.05, 0.0), 6
"""A flip is first looked for at the first share of the tolerance beyond it, then at finer ones, for
so many solves each."""

ALONG = 0.5
"""Multiple of the tolerance to which the best gain is proven along the paths of single layers."""

LEAST_MARGIN = 1e-7
"""Points by which a flip loses more than the tolerance: what the solver takes for rounding."""

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

BATCH = 4
"""Corners answered before looking whether one of them flips: a count, so that answers repeat."""

ROUNDS = 4
"""Times that a weighting, or the ends of today's stretch, are looked at anew."""

SHARP = 0.1
"""Share of the tolerance that an answer may leave open where no threshold decides."""

MOST_LAYERS = 9
"""With more layers the ball is cut by its sides along single layers only: it is larger then."""

WHOLE = 1.0
"""A shift of all weight: the ball is the whole simplex."""


Report = Callable[[float, float, str], None]
"""Told how many of how many steps are done, and which is under way."""


class FlipSearch:
    """The search for the nearest flip; `free` answers all plans, `held` those of today's set."""

    def __init__(
        self,
        free: Sweep,
        held: Sweep,
        today: tuple[str, ...],
        tolerance: float,
        tell: Callable[[], None],
    ) -> None:
        self.free, self.held, self.today, self.tolerance = free, held, today, tolerance
        self.tell = tell
        self.layers = free.bank.layers
        self.center = np.array(list(free.compiled.scenario.weights.values()))
        self.known, self.own = Watch(free.bank), Watch(held.bank)
        self.asked: dict[int, int] = {}
        self.least_shift: dict[tuple[int, float], float] = {}
        self.proven = 0.0

    def watch(self, weightings: Array) -> Numbers:
        """The numbers under which weightings are watched, the same in both banks."""
        self.own.number(weightings)
        return self.known.number(weightings)

    def ask(self, numbers: Numbers) -> bool:
        """Whether the set is beaten under some weightings: one round of looking for an answer.

        First any plan that beats what the set is known to gain; then, where there is one, any plan
        of the set that it does not beat. False if nothing more is to be had.
        """
        open_ = np.array([n for n in numbers.tolist() if self.asked.get(n, 0) < ROUNDS], dtype=int)
        if not len(open_) or self.free.clock.is_over:
            return False
        for number in open_.tolist():
            self.asked[number] = self.asked.get(number, 0) + 1
        self.known.renew(open_)
        allowed = self.allow(self.own.lower[open_])
        unsure = (self.known.upper[open_] > allowed) & (self.known.lower[open_] <= allowed)
        self._answer(self.free, open_[unsure], allowed[unsure])
        self.own.renew(open_)
        least = self.demand(self.known.lower[open_])
        beaten = (self.own.lower[open_] < least) & (self.own.upper[open_] > least)
        self._answer(self.held, open_[beaten], least[beaten])
        return bool(unsure.any() or beaten.any())

    def _answer(self, sweep: Sweep, numbers: Numbers, thresholds: Array) -> None:
        if len(numbers):
            sweep.tolerance = SHARP * self.tolerance
            closely = sweep is self.free  # against the best, any plan of the set decides
            sweep.answer_batch(self.known.weights[numbers], thresholds, closely)
            self.share()
            self.tell()

    def allow(self, gains: Array) -> Array:
        """The most that any plan may gain beside one that gains so much, points."""
        return allow_best(gains, self.tolerance) - 0.1 * LEAST_MARGIN

    def demand(self, gains: Array) -> Array:
        """The least that a plan must gain not to be beaten by one that gains so much, points."""
        least = gains - self.tolerance * np.maximum(gains, SMALLEST_GAIN)
        return np.asarray(least - 0.5 * LEAST_MARGIN)

    def share(self) -> None:
        """Lets both banks know each other's plans of today's set."""
        self.free.bank.add(self.held.bank.portfolios, [])
        own = [plan for plan in self.free.bank.portfolios if plan.funded == self.today]
        self.held.bank.add(own, [])
        self.known.look()
        self.own.look()

    # The nearest ------------------------------------------------------------------------------

    def begin(self) -> WeightFlip | None:
        """The nearest flip that a look around shows; None if there is none in time."""
        self.free.tolerance = FIRST * self.tolerance
        first = np.vstack([self.center, np.eye(len(self.layers))])
        self.watch(first)
        self.free.answer_batch(first)
        self.share()
        self.look_around(AROUND)
        nearest = self.approach()
        while nearest is not None and not self.free.clock.is_over:
            self.look_around(PROBED * nearest.shift_pp / 100)
            before, nearest = nearest, take_nearer(nearest, self.approach())
            if nearest.shift_pp > (1 - LEAST_STEP) * before.shift_pp:
                break
        return nearest

    def look_around(self, radius: float) -> None:
        """Asks where this share of the weights moves from one layer to another: rivals are there.

        These are the corners of the ball of that radius.
        """
        if self.free.clock.is_over:
            return
        region = self._enclose(radius)
        corners = self.watch(region.weigh(region.corners))
        while self.ask(corners[~self.flips(corners)]):
            pass

    def find_nearest(self, begun: WeightFlip | None) -> WeightFlip | None:
        """The nearest flip, with `proven` set; None if there is none or the clock has run out.

        `begun`: one that is known.
        """
        found = self.approach()
        nearest = found if begun is None else take_nearer(begun, found)
        if nearest is None and not self.free.clock.is_over and self.is_proven(WHOLE):
            self.proven = WHOLE
            return None
        nearest = nearest or self.approach()
        for share in INSIDE:
            if nearest is None:
                break
            while not self.is_proven(share * nearest.shift_pp / 100):
                found = None if self.free.clock.is_over else self.approach()
                if found is None or found.shift_pp >= nearest.shift_pp:
                    return nearest  # a corner is in doubt, and no plan is known that flips it
                nearest = found
            self.proven = share * nearest.shift_pp / 100
            if len(self.known.weights) > EFFORT:
                break
        return nearest

    @property
    def solves(self) -> int:
        """Mixed solves so far, or linear ones where there are no others."""
        return self.free.solves + self.held.solves

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
        begun, doubtful = self.solves, set[int]()
        while not self.free.clock.is_over and self.solves - begun <= effort:
            nearest = self._find_rival(more, doubtful)
            if nearest is None:
                return None
            distance, weights, at = nearest
            if than is not None and distance >= than.shift_pp / 100:
                return None
            number = self.watch(weights[None, :])
            known = self._count_plans()
            while not self.flips(number)[0]:
                if known != self._count_plans():
                    break  # a plan of the set or a rival that was missing: look again
                if not self.ask(number):
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
            if portfolio.funded != self.today and at not in doubtful
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
        self.share()
        for _ in range(ROUNDS):
            path = WeightPath(frame, self.free.bank.portfolios, self.tolerance)
            stretches = path.list_stretches(self.today, now)
            home = [s for s in stretches if s.begins <= now <= s.ends]
            ends = {end for stretch in home for end in (stretch.begins, stretch.ends)} - {0.0, 1.0}
            asked = np.array([[end, 1 - end] for end in sorted(ends)]).reshape(-1, 2) @ frame.rows
            if not len(asked) or self.free.clock.is_over:
                break
            before = len(self.held.bank.portfolios)
            self.held.tolerance, self.held.searches = 0.0, False
            self.held.answer_batch(asked)
            self.held.searches = True
            self.share()
            if len(self.held.bank.portfolios) == before:
                break
        return stretches

    def flips(self, numbers: Numbers) -> NDArray[np.bool_]:
        """Whether every plan of the set is proven to lose more than the tolerance."""
        self.own.renew(numbers)
        best, most = self.known.lower[numbers], self.own.upper[numbers]
        return np.asarray(best - most > self.tolerance * np.maximum(best, SMALLEST_GAIN))

    def _meet(self, at: int, more: float, within: float) -> tuple[float, Array] | None:
        """The nearest weighting at which a known portfolio beats all known plans of the set.

        By the tolerance and some `more` of it.
        Gives the share of the weights that moves, at most `within`, and the weights.
        """
        count = len(self.layers)
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

    # The proof --------------------------------------------------------------------------------

    def is_proven(self, radius: float) -> bool:
        """Whether the set is good enough wherever at most this share of the weights moves."""
        region = self._enclose(radius)
        envelope = Envelope(region, float(self.free.compiled.box[1].clip(0).sum()))
        listed = 0
        while True:
            gains = self.held.bank.gains
            if len(gains) > listed:
                envelope.add(gains[listed:])
                listed = len(gains)
            numbers = self.watch(region.weigh(envelope.find_corners()))
            lower = self.own.lower[numbers]
            widest = self.known.find_widest(numbers, lower, self.tolerance, BATCH)
            if not len(widest):
                return True
            if self.flips(numbers[widest]).any() or not self.ask(numbers[widest]):
                return False

    def _enclose(self, radius: float) -> Region:
        """The weightings within a ball around today's."""
        return Region(self.layers, frame_layers(self.free.compiled.scenario), self._cut(radius))

    def _cut(self, radius: float) -> list[Statement]:
        """The sides of the ball: no group of layers gains more than the radius in weight."""
        if radius >= WHOLE:
            return []
        groups: list[tuple[int, ...]] = []
        count = len(self.layers)
        sizes = range(1, count) if count <= MOST_LAYERS else (1, count - 1)
        for size in sizes:
            groups += combinations(range(count), size)
        return [
            Statement(
                "",
                {self.layers[at]: -1.0 for at in group},
                radius + self.center[list(group)].sum(),
                ">=",
            )
            for group in groups
        ]


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

    search = FlipSearch(free, held, today.funded, tolerance, tell)
    free.bank.add([today], [])
    search.share()
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
        solves=search.solves,
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
