"""How few solves many weightings of `us-2027` take, and how the map's proof grows.

`counts` answers 10,000 weightings for each tolerance and spread, `map` proves the maps, `workers`
compares one worker with two, `rebuild` says what building and solving each in Pyomo would take.
"""

from __future__ import annotations

import argparse
import statistics
import time

import numpy as np
from measure import describe_machine

from stratafolio.inputs.build import derive_scenario
from stratafolio.inputs.read import read_scenario
from stratafolio.model.solving.solve import solve_scenario
from stratafolio.model.studies.weights.choose_region import choose_region
from stratafolio.model.studies.weights.map import map_weights
from stratafolio.model.studies.weights.region import Region
from stratafolio.model.studies.weights.sweep import open_sweep

SAMPLES = 10_000
SCENARIO = "us-2027"

CASES = [
    ("uniform", 0.05, None, False, 0),
    ("uniform", 0.02, None, False, 5),
    ("spread 0.2", 0.01, 0.2, False, 20),
    ("spread 0.1", 0.01, 0.1, False, 0),
    ("pillars", 0.01, None, True, 100),
    ("pillars", 0.05, None, True, 0),
]
"""Name, tolerance, spread, over pillars, and the claim: weightings for each solve, 0 for none."""


def open_region(spread: float | None, pillars: bool) -> Region:
    """The weightings of a case."""
    return choose_region(read_scenario(SCENARIO), pillars=pillars, spread=spread)


def count_solves(samples: int) -> None:
    """Print how many solves each case takes, from an empty bank."""
    print(f"{samples:,} weightings of {SCENARIO}")
    print(f"{'':12}{'tolerance':>10}{'mixed':>8}{'linear':>8}{'weightings a solve':>20}{'s':>8}")
    for name, tolerance, spread, pillars, claim in CASES:
        sweep = open_sweep(read_scenario(SCENARIO), tolerance)
        sweep.settle(open_region(spread, pillars).draw(samples, 1))
        every = sweep.solves + sweep.linear_solves
        told = f" (claim: {claim})" if claim else ""
        print(
            f"{name:12}{tolerance:10.0%}{sweep.solves:8}{sweep.linear_solves:8}"
            f"{samples / every:20.1f}{sweep.clock.seconds:8.0f}{told}",
            flush=True,
        )


def map_regions(limit: float) -> None:
    """Print the maps and how far they had come after so many solves and seconds."""
    for name, tolerance, pillars in [
        ("pillars", 0.05, True),
        ("pillars", 0.01, True),
        ("six layers", 0.1, False),
        ("six layers", 0.05, False),
        ("six layers", 0.02, False),
    ]:
        sweep = open_sweep(read_scenario(SCENARIO), tolerance, workers=2, time_limit=limit)
        found = map_weights(sweep, open_region(None, pillars), tolerance)
        print(
            f"{name} at {tolerance:.0%}: {len(found.cells)} portfolios, {found.solves} mixed and "
            f"{found.linear_solves} linear solves, {found.seconds:.0f} s, proven "
            f"{found.certified_regret:.2%}, {found.corners} corners",
            flush=True,
        )
        for at in np.unique(np.geomspace(1, len(found.curve), 8).astype(int)).tolist():
            mixed, linear, seconds, regret = found.curve[at - 1]
            print(f"    {mixed:5} mixed {linear:6} linear {seconds:7.0f} s {regret:9.2%}")


def compare_workers(samples: int, pairs: int) -> None:
    """Print how much faster two workers are than one, and that their numbers are the same."""
    ratios = []
    drawn = open_region(None, False).draw(samples, 1)
    for _ in range(pairs):
        seconds, gains = [], []
        for workers in (1, 2):
            sweep = open_sweep(read_scenario(SCENARIO), 0.02, workers)
            begun = time.perf_counter()
            sweep.settle(drawn)
            seconds.append(time.perf_counter() - begun)
            gains.append(sweep.bank.gains)
        assert np.array_equal(gains[0], gains[1])
        ratios.append(seconds[0] / seconds[1])
    print(f"two workers: {statistics.median(ratios):.2f} times one (claim: 1.6), same numbers")


def time_rebuilding(count: int) -> None:
    """Print what it takes to build and solve each weighting anew."""
    scenario = read_scenario(SCENARIO)
    begun = time.perf_counter()
    for weights in open_region(None, False).draw(count, 1):
        named = dict(zip(scenario.layers, weights.tolist(), strict=True))
        solve_scenario(derive_scenario(scenario, {"weights": named}), gap=0.01)
    each = (time.perf_counter() - begun) / count
    print(
        f"building and solving each anew: {each:.2f} s a weighting, {each * SAMPLES:,.0f} s in all"
    )


def main() -> None:
    """Run the parts asked for, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=["counts", "map", "workers", "rebuild"])
    parser.add_argument("--samples", type=int, default=SAMPLES)
    parser.add_argument("--limit", type=float, default=900.0, help="seconds for each map")
    given = parser.parse_args()
    print(describe_machine(["pyomo", "highspy", "scipy"]))
    if "counts" in given.parts:
        count_solves(given.samples)
    if "map" in given.parts:
        map_regions(given.limit)
    if "workers" in given.parts:
        compare_workers(1000, 5)
    if "rebuild" in given.parts:
        time_rebuilding(20)


if __name__ == "__main__":
    main()
