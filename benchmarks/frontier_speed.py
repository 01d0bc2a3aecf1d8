"""All non-dominated outcomes of random knapsacks, beside pyaugmecon on the same instances.

Give the Python of an environment with pyaugmecon, pyomo and highspy as --peer; without it only
stratafolio is measured. An outcome of its that is not among ours fails the run; of three objectives
it may miss some, which the line tells.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from measure import describe_machine

from stratafolio.inputs.build import build_scenario
from stratafolio.inputs.scenario import Scenario
from stratafolio.model.studies.frontier.trace import study_frontier

INSTANCES = ((2, 40, 1), (2, 60, 2), (3, 20, 3), (4, 8, 5))
"""Objectives, items and seed; profits and weights are whole, from 1 to 60."""


def draw(count: int, items: int, seed: int) -> dict[str, Any]:
    """One random knapsack, with half of all weight as capacity."""
    rng = np.random.default_rng(seed)
    profits = rng.integers(1, 61, size=(items, count))
    weights = rng.integers(1, 61, size=items)
    return {
        "profits": profits.tolist(),
        "weights": weights.tolist(),
        "capacity": int(weights.sum() // 2),
    }


def make_scenario(instance: dict[str, Any]) -> Scenario:
    """The knapsack as a scenario: an item is an instrument, a profit a layer."""
    layers = [f"profit_{k}" for k in range(len(instance["profits"][0]))]
    document = {
        "years": {"first": 2027, "last": 2027, "score_until": 2027},
        "budget": {"per_year": float(instance["capacity"])},
        "weights": dict.fromkeys(layers, 1),
        "areas": {"items": {}},
        "layers": {layer: {"us": 0, "china": 0} for layer in layers},
        "instruments": {
            f"item_{i}": {
                "area": "items",
                "max_per_year": float(weight),
                "all_or_nothing": True,
                "curve": "linear",
                "scale": float(weight),
            }
            for i, weight in enumerate(instance["weights"])
        },
        "effects": {
            f"item_{i}_{layer}": {
                "instrument": f"item_{i}",
                "layer": layer,
                "points": float(row[k]),
            }
            for i, row in enumerate(instance["profits"])
            for k, layer in enumerate(layers)
        },
    }
    return build_scenario(document, {}, "knapsack")


def run_own(instance: dict[str, Any]) -> dict[str, Any]:
    """Document to outcomes, Pyomo's building and compiling among it."""
    begun = time.perf_counter()
    scenario = make_scenario(instance)
    found = study_frontier(scenario, list(scenario.layers))
    seconds = time.perf_counter() - begun
    outcomes = sorted([round(z) for z in point.outcome.values()] for point in found.points)
    return {"seconds": seconds, "outcomes": outcomes, "solves": found.effort.solves}


def run_peer(python: str, instance: dict[str, Any]) -> dict[str, Any]:
    """The same by pyaugmecon; the time of its imports does not count."""
    script = Path(__file__).with_name("frontier_in_pyaugmecon.py")
    done = subprocess.run(
        [python, str(script)],
        input=json.dumps(instance),
        text=True,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        sys.exit(done.stderr)
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def main() -> None:
    """Prints a line for each instance."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", help="the Python that has pyaugmecon")
    parser.add_argument("--pairs", type=int, default=5)
    options = parser.parse_args()
    print(describe_machine(["highspy", "pyomo", "numpy"]))
    for count, items, seed in INSTANCES:
        instance = draw(count, items, seed)
        first = run_own(instance)
        columns = list(zip(*first["outcomes"], strict=True))
        instance["lows"] = [min(column) for column in columns]
        instance["highs"] = [max(column) for column in columns]
        points = len(first["outcomes"])
        own, ratios, peer = [], [], first
        for _ in range(options.pairs):
            mine = run_own(instance)
            own.append(mine["seconds"])
            if options.peer:
                peer = run_peer(options.peer, instance)
                if not {tuple(z) for z in peer["outcomes"]} <= {tuple(z) for z in mine["outcomes"]}:
                    sys.exit(f"{count} x {items}: pyaugmecon has an outcome that is not ours")
                ratios.append(peer["seconds"] / mine["seconds"])
        line = (
            f"{count} objectives, {items} items: {points} outcomes in "
            f"{statistics.median(own):.2f} s, {first['solves'] / points:.2f} solves a point"
        )
        if ratios:
            line += (
                f"; pyaugmecon {len(peer['outcomes'])} of them, "
                f"{peer['solves'] / points:.2f} solves a point, "
                f"{statistics.median(ratios):.1f} times the time"
            )
        print(line, flush=True)


if __name__ == "__main__":
    main()
