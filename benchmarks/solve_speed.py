"""`us-2027` to a gap of 1e-4, beside the same model without the rows that only tighten it.

Each pair has its own random seed of HiGHS: one seed alone may be lucky with either model.
"""

from __future__ import annotations

import argparse
import statistics
from dataclasses import dataclass

from measure import PAIRS, describe_machine

from stratafolio.inputs.read import read_scenario
from stratafolio.inputs.scenario import Scenario
from stratafolio.model.equations.evaluate import SMALLEST_GAIN, relative
from stratafolio.model.equations.formulation import Formulation
from stratafolio.model.solving.live import Live
from stratafolio.model.solving.matrices import compile_matrices
from stratafolio.model.solving.solve import solve_scenario

GAP = 1e-4
TIGHTENING = "tight_fill"
"""The rows that tie a segment of a curve to the start that could fill it."""


@dataclass(frozen=True)
class Search:
    """One mixed-integer solve, and the bound of its linear relaxation at the root."""

    rows: int
    columns: int
    binaries: int
    seconds: float
    nodes: int
    gain: float
    gap: float
    relaxed: float


def search_plan(scenario: Scenario, is_tight: bool, seed: int, time_limit: float) -> Search:
    """Build the model, tight or loose, and solve its relaxation, then the model itself."""
    formulation = Formulation(scenario)
    if not is_tight:
        formulation.model.del_component(TIGHTENING)
    live = Live(compile_matrices(formulation))
    live.highs.setOptionValue("random_seed", seed)
    live.highs.setOptionValue("solve_relaxation", True)
    live.highs.run()
    relaxed = -float(live.highs.getInfo().objective_function_value)
    live.highs.setOptionValue("solve_relaxation", False)
    live.highs.clearCompiled()
    answer = live.solve(GAP, time_limit, smallest=SMALLEST_GAIN)
    gain, bound = -answer.objective, -answer.bound
    return Search(
        live.row_count,
        live.column_count,
        len(live.integers),
        answer.seconds,
        answer.nodes,
        gain,
        relative(bound - gain, gain),
        relaxed,
    )


def main() -> None:
    """Print both formulations side by side, and what the whole solve takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenario", default="us-2027", help="a bundled name or a path")
    parser.add_argument("--pairs", type=int, default=PAIRS, help="pairs of solves")
    parser.add_argument("--time-limit", type=float, default=300.0, help="seconds for each solve")
    given = parser.parse_args()
    print(describe_machine(["highspy", "pyomo"]))
    scenario = read_scenario(given.scenario)
    both = [
        tuple(search_plan(scenario, is_tight, seed, given.time_limit) for is_tight in (True, False))
        for seed in range(given.pairs)
    ]
    best = max(search.gain for pair in both for search in pair)
    print(f"best gain {best:.6f} points; medians of {given.pairs} pairs")
    print("          rows  columns  binaries  seconds       from-to  nodes  worst gap   root gap")
    for name, some in zip(("tight", "loose"), zip(*both, strict=True), strict=True):
        one, seconds = some[0], sorted(search.seconds for search in some)
        nodes = statistics.median(search.nodes for search in some)
        print(
            f"{name:7}{one.rows:7}{one.columns:9}{one.binaries:10}{statistics.median(seconds):9.2f}"
            f"{seconds[0]:7.2f}-{seconds[-1]:<6.2f}{nodes:6g}"
            f"{max(search.gap for search in some):11.1e}{relative(one.relaxed - best, best):11.3%}"
        )
    ratio = statistics.median(loose.seconds / tight.seconds for tight, loose in both)
    print(f"loose / tight: {ratio:.2f} times")
    whole = [solve_scenario(scenario, GAP) for _ in range(given.pairs)]
    inside = statistics.median(solution.effort.seconds for solution in whole)
    total = statistics.median(solution.seconds for solution in whole)
    print(f"whole solve, canonical plan included: {total:.2f} s, of which HiGHS {inside:.2f} s")


if __name__ == "__main__":
    main()
