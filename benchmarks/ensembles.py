"""Joint samples of us-2027: what they cost beside the solves alone, on workers, on a cluster.

Each pair answers the same samples in turn. The solves alone are the seconds spent inside HiGHS.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from measure import describe_machine, say_claim, time_in_turn

from stratafolio.inputs.figures import Figure, list_figures
from stratafolio.inputs.read import read_scenario
from stratafolio.inputs.scenario import Scenario
from stratafolio.model.solving.live import Live
from stratafolio.model.studies.figures.draws import draw_latin_hypercube
from stratafolio.model.studies.figures.variants import Variants, answer_variant, strip
from stratafolio.model.work.fan_out import Crew, fan_out

GAP = 1e-3
"""As for any scenario with so many decisions."""


def main(part: str, samples: int, pairs: int) -> None:
    """Prints a line for each claim of a part: `overhead`, `workers` or `cluster`."""
    print(describe_machine(["highspy", "pyomo", "distributed"]))
    scenario = read_scenario("us-2027")
    base = Variants({"document": strip(scenario), "name": "us-2027", "gap": GAP})
    plan = base.answer({"patch": {}})["plan"]
    shared = {"document": strip(scenario), "name": "us-2027", "gap": GAP, "plan": plan}
    every = list_figures(scenario)
    assumptions = [figure for figure in every if figure.is_assumption]
    two = Crew(workers=2)
    records = draw(scenario, every, samples)
    if part == "overhead":
        told = f"{samples} samples of %s, to the solves alone"
        say_claim(told % "all figures", time_overhead(shared, records), 1.5)
        overhead = time_overhead(shared, draw(scenario, assumptions, samples))
        say_claim(told % "assumptions", overhead, 1.5)
    elif part == "workers":
        one = Crew(workers=1)
        found = time_in_turn(
            lambda: take(shared, records, one), lambda: take(shared, records, two), pairs
        )
        print(
            f"{samples} samples, one worker to two: {found.ratio:.2f} times (claim: at least 1.6)"
        )
    else:
        with run_cluster() as address:
            far = Crew(dask=address)
            found = time_in_turn(
                lambda: take(shared, records, far), lambda: take(shared, records, two), pairs
            )
        print(f"{samples} samples, Dask's two workers to two local ones: {found.ratio:.2f} times")


def draw(scenario: Scenario, figures: list[Figure], samples: int) -> list[dict[str, Any]]:
    """A record for each joint sample of some figures."""
    draws = draw_latin_hypercube(scenario, figures, samples, seed=0)
    return [{"patch": patch} for patch in draws.list_patches()]


def time_overhead(shared: Mapping[str, Any], records: list[dict[str, Any]]) -> float:
    """Seconds for all answers to seconds inside HiGHS."""
    inside = 0.0
    solve = Live.solve

    def timed(live: Live, *arguments: Any, **options: Any) -> Any:
        nonlocal inside
        begun = time.perf_counter()
        try:
            return solve(live, *arguments, **options)
        finally:
            inside += time.perf_counter() - begun

    variants = Variants(shared)
    variants.answer(records[0])
    Live.solve = timed  # type: ignore[method-assign, assignment]
    try:
        begun = time.perf_counter()
        for record in records:
            variants.answer(record)
        return (time.perf_counter() - begun) / inside
    finally:
        Live.solve = solve  # type: ignore[method-assign]


def take(shared: Mapping[str, Any], records: list[dict[str, Any]], crew: Crew) -> float:
    """Seconds for all records, the start of workers among them."""
    begun = time.perf_counter()
    fan_out(answer_variant, shared, records, crew)
    return time.perf_counter() - begun


@contextmanager
def run_cluster() -> Iterator[str]:
    """A scheduler and two workers with one thread each; gives the address."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "scheduler.json"
        python = [sys.executable, "-m"]
        options = ["--scheduler-file", str(file), "--no-dashboard"]
        scheduler = [*python, "distributed.cli.dask_scheduler", "--port", "0", *options]
        worker = [*python, "distributed.cli.dask_worker", *options, "--nthreads", "1"]
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        started = [subprocess.Popen(c, **quiet) for c in (scheduler, worker, worker)]
        try:
            while not file.exists() or not file.read_text("utf-8").rstrip().endswith("}"):
                time.sleep(0.1)
            from distributed import Client

            address = str(json.loads(file.read_text("utf-8"))["address"])
            with Client(address, set_as_default=False) as client:
                client.wait_for_workers(2, timeout=60)
            yield address
        finally:
            for process in reversed(started):
                process.terminate()
            for process in reversed(started):
                process.wait(timeout=60)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=["overhead", "workers", "cluster"])
    parser.add_argument("--samples", type=int, default=1000)
    parser.add_argument("--pairs", type=int, default=5)
    options = parser.parse_args()
    main(options.part, options.samples, options.pairs)
