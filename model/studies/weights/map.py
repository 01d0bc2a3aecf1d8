"""A certified map: a few portfolios, one of which is good enough under every weighting.

The listed portfolios' cells cover the region. How far the best gain lies above a cell's own is
convex inside, so it is largest at a corner: a region is certified once all corners of all cells
are. Each round takes the corners whose regret may be largest. The bank may know a better portfolio
there, which is listed; or else it is asked whether any plan is better than the best known by more
than the tolerance: if not, the corner is certain and the list stays as short as it is.
Stopped at any time, the corners prove a regret for the list as it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from ...equations.curves import Array, Numbers
from ...equations.evaluate import SMALLEST_GAIN
from ...failures import SolverFailed
from ...work.clock import Clock
from .envelope import ROUNDING, Envelope, allow_best, bound_cell, bound_loss, bound_regret, cut_up
from .findings import Stand, WeightCell, WeightMap
from .region import Region
from .sweep import Sweep
from .watch import Watch

GAIN_APART = 1e-9
"""A portfolio is listed only where it gains more than this beyond the listed ones, points."""

NO_CELL = 1e-12
"""Share of the region below which a cell is none: its portfolio is best nowhere but on a border."""

MOST_CORNERS = 40_000
"""Cells with more corners than this in all are measured by samples, not by volume."""

BATCH, GROWTH = 8, 8
"""Corners answered at a time: so many, or the listed portfolios over the second number.

Counts, so that answers repeat. Each batch moves the corners around it, whose bounds are then found
anew: with many portfolios that takes longer than to answer a few corners too many.
"""

SAMPLES = 100_000
"""Weightings that shares are measured by where volumes are out of reach."""

Report = Callable[[float, float, float], None]
"""Told how many of how many corners are certain, and the regret not yet excluded."""


class Mapper:
    """The map of a region as far as it has come."""

    def __init__(
        self, sweep: Sweep, region: Region, tolerance: float, report: Report | None = None
    ) -> None:
        self.sweep, self.region, self.report = sweep, region, report
        self.tolerance = self.tolerance_of_corners = tolerance
        self.watch = Watch(sweep.bank)
        self.envelope = Envelope(region, float(sweep.compiled.box[1].clip(0).sum()))
        self.listed: list[int] = []
        self.asked: set[int] = set()
        self.curve: list[tuple[int, int, float, float]] = []
        # What the listed portfolios gain under what is watched, and how many were looked at.
        self._gain, self._looked = np.zeros(0), np.zeros(0, dtype=int)

    @property
    def clock(self) -> Clock:
        return self.sweep.clock

    def grow(self) -> bool:
        """Lists portfolios until every corner is certain; False once the clock has run out."""
        corners = self.number(self.region.corners)
        center = self.number(np.zeros((1, self.region.dimension)))
        self.settle(np.concatenate([center, corners]))
        while True:
            corners = self.number(self.envelope.find_corners())
            lower = self.gain_of_listed(corners)
            count = max(BATCH, len(self.listed) // GROWTH)
            widest = self.watch.find_widest(corners, lower, self.tolerance, count)
            self.tell(corners, lower)
            if not len(widest):
                if self.prove(corners)[0] <= self.tolerance + ROUNDING:
                    return True
                widest = self.find_loose_cells(corners)
                self.tolerance_of_corners = 0.0
            if self.clock.is_over or not self.settle(corners[widest]):
                return False

    def settle(self, numbers: Numbers) -> bool:
        """Lists the best known portfolio at some corners, solving where the bank is not certain.

        False if nothing has changed: then there is nothing more to be had.
        """
        watch, tolerance = self.watch, self.tolerance_of_corners
        known = watch.find_widest(numbers, watch.lower[numbers], tolerance, len(numbers))
        open_ = [n for n in numbers[known].tolist() if n not in self.asked]
        if open_ and not self.clock.is_over:
            allowed = allow_best(watch.lower[open_], (1 - ROUNDING) * tolerance)
            self.sweep.answer_batch(
                watch.weights[open_], allowed if tolerance else None, closely=True
            )
            self.asked.update(open_)
            watch.look()
        return self.list_best(numbers) or bool(open_)

    def list_best(self, numbers: Numbers) -> bool:
        """Lists the best known portfolios at some corners, where the listed ones may lose more."""
        watch, gains = self.watch, self.sweep.bank.gains
        watch.renew(numbers)
        fresh: list[int] = []
        lower, upper = self.gain_of_listed(numbers), watch.upper[numbers]
        for at, number in enumerate(numbers.tolist()):
            best = int(watch.best[number])
            may_lose = bound_regret(lower[at : at + 1], upper[at : at + 1])[0]
            is_open = may_lose > self.tolerance_of_corners + ROUNDING
            if is_open and watch.lower[number] > lower[at] + GAIN_APART:
                fresh.append(best)
                lower = np.maximum(lower, watch.weights[numbers] @ gains[best])
        if fresh:
            self.listed += fresh
            self.envelope.add(gains[fresh])
        return bool(fresh)

    def number(self, points: Array) -> Numbers:
        """The numbers under which points of the region are watched."""
        return self.watch.number(self.region.weigh(points))

    def gain_of_listed(self, numbers: Numbers) -> Array:
        """What the best of the list gains at corners, in points."""
        more = len(self.watch.weights) - len(self._gain)
        self._gain = np.concatenate([self._gain, np.full(more, -np.inf)])
        self._looked = np.concatenate([self._looked, np.zeros(more, dtype=int)])
        gains = self.sweep.bank.gains[self.listed]
        for since in np.unique(self._looked[numbers]).tolist():
            ours = numbers[self._looked[numbers] == since]
            if since < len(gains):
                most = (self.watch.weights[ours] @ gains[since:].T).max(axis=1)
                self._gain[ours] = np.maximum(self._gain[ours], most)
        self._looked[numbers] = len(gains)
        return np.asarray(self._gain[numbers])

    def tell(self, corners: Numbers, lower: Array) -> None:
        """Notes how far the map has come."""
        regret = bound_regret(lower, self.watch.upper[corners])
        worst = float(regret.max(initial=0.0))
        self.curve.append(
            (self.sweep.solves, self.sweep.linear_solves, round(self.clock.seconds, 2), worst)
        )
        if self.report:
            certain = float((regret <= self.tolerance + ROUNDING).sum())
            self.report(certain, float(len(corners)), worst)

    # What is proven ---------------------------------------------------------------------------

    def prove(self, corners: Numbers) -> tuple[float, float]:
        """The regret and the points that the best of the list loses at most anywhere."""
        lower = self.gain_of_listed(corners)
        for measure in (bound_regret, bound_loss):  # renewed only where it may be the largest
            self.watch.find_widest(corners, lower, -np.inf, 1, measure)
        upper = self.watch.upper[corners]
        loss = float(bound_loss(lower, upper).max(initial=0.0))
        if upper.min(initial=np.inf) >= SMALLEST_GAIN and lower.min(initial=np.inf) >= 0:
            return float(bound_regret(lower, upper).max(initial=0.0)), loss
        cells = self.envelope.find_cells(self.envelope.find_corners())
        return max(bound_cell(lower[cell], upper[cell]) for cell in cells if len(cell)), loss

    def find_loose_cells(self, corners: Numbers) -> Numbers:
        """Corners, not answered so far, of cells that are not certain though their corners are.

        That is so only where the gain passes 0.01 points inside.
        """
        lower, upper = self.gain_of_listed(corners), self.watch.upper[corners]
        found: list[int] = []
        for cell in self.envelope.find_cells(self.envelope.find_corners()):
            if len(cell) and bound_cell(lower[cell], upper[cell]) > self.tolerance + ROUNDING:
                found += [at for at in cell.tolist() if int(corners[at]) not in self.asked]
        return np.array(sorted(set(found)), dtype=int)[:BATCH]

    # The result -------------------------------------------------------------------------------

    def drop_borders(self) -> tuple[Array, float]:
        """The shares of the listed portfolios, without those that are best on a border only.

        These change the list's gain nowhere, so that what is proven stays. With the sampling error
        of the shares, 0 where they are volumes: of very many cells, or once the clock has run out,
        they are measured by samples.
        """
        corners = self.envelope.find_corners()
        cells = self.envelope.find_cells(corners)
        is_exact = len(corners) <= MOST_CORNERS and not self.clock.is_over
        if is_exact:
            shares = self.envelope.measure_shares(corners, cells)
            kept = np.flatnonzero(shares > NO_CELL)
        else:
            shares = self.draw_shares()
            kept = np.flatnonzero([len(cell) for cell in cells])
        if len(kept) < len(self.listed):
            self.listed = [self.listed[at] for at in kept.tolist()]
            self._gain, self._looked = np.zeros(0), np.zeros(0, dtype=int)
            self.envelope = Envelope(self.region, self.envelope.ceiling)
            self.envelope.add(self.sweep.bank.gains[self.listed])
        return shares[kept], 0.0 if is_exact else 0.5 / SAMPLES**0.5

    def draw_shares(self) -> Array:
        """The share of each listed portfolio's cell among weightings drawn evenly."""
        drawn = self.region.draw(SAMPLES, 0)
        gains = self.sweep.bank.gains[self.listed].T
        best = np.concatenate([(part @ gains).argmax(axis=1) for part in cut_up(drawn)])
        return np.bincount(best, minlength=len(self.listed)) / SAMPLES


def map_weights(
    sweep: Sweep,
    region: Region,
    tolerance: float,
    stakeholders: Mapping[str, Region | Array] | None = None,
    report: Report | None = None,
) -> WeightMap:
    """The certified map of a region, which stops early where the clock or the user says so.

    `stakeholders`: where each stands, a region or a weighting of the shape [layers].
    """
    mapper = Mapper(sweep, region, tolerance, report)
    sweep.tolerance = tolerance
    interrupted = complete = False
    try:
        complete = mapper.grow()
    except KeyboardInterrupt:
        interrupted = True
        sweep.clock.stop()  # what follows tells what is known, and solves no more
    if not mapper.listed:
        mapper.list_best(mapper.number(np.zeros((1, region.dimension))))
    if not mapper.listed and interrupted:
        raise KeyboardInterrupt
    if not mapper.listed:
        raise SolverFailed("no plan was found in time; allow more with --time-limit")
    shares, error = mapper.drop_borders()
    points = mapper.envelope.find_corners()
    corners = mapper.number(points)
    regret, loss = mapper.prove(corners)
    order = np.argsort(-shares, kind="stable")
    listed = [mapper.listed[at] for at in order.tolist()]
    cells = mapper.envelope.find_cells(points)
    centers = [mapper.watch.weights[corners[cells[at]]].mean(axis=0) for at in order.tolist()]
    portfolios = [sweep.bank.portfolios[at] for at in listed]
    stands = {
        id_: stand_on(sweep, place, sweep.bank.gains[listed])
        for id_, place in (stakeholders or {}).items()
    }
    return WeightMap(
        coordinates=region.frame.names,
        cells=tuple(
            WeightCell(*parts)
            for parts in zip(portfolios, shares[order].tolist(), centers, strict=True)
        ),
        tolerance=tolerance,
        certified_regret=regret,
        certified_points=loss,
        complete=complete and regret <= tolerance + ROUNDING,
        interrupted=interrupted,
        share_error=error,
        stands=stands,
        solves=sweep.solves,
        linear_solves=sweep.linear_solves,
        corners=len(points),
        curve=tuple(mapper.curve),
        seconds=sweep.clock.seconds,
        bounds=tuple((cut.weights, cut.bound) for cut in sweep.bank.cuts),
        most=sweep.compiled.box[1],
    )


def stand_on(sweep: Sweep, place: Region | Array, gains: Array) -> Stand:
    """Where a stakeholder stands among listed portfolios, by their gains in each layer.

    What a portfolio may lose over a region is largest at its corners.
    """
    is_region = isinstance(place, Region)
    weights = place.weigh(place.corners) if isinstance(place, Region) else place[None, :]
    watch = sweep.settle(weights)
    known = weights @ gains.T
    regret = bound_regret(known, np.broadcast_to(watch.upper[:, None], known.shape)).max(axis=0)
    return Stand(weights.mean(axis=0), int(regret.argmin()), regret, is_region)
