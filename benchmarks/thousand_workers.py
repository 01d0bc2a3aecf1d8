"""A hundred thousand joint samples on up to 1,024 workers, simulated from measured times.

python benchmarks/thousand_workers.py [--samples 24] [--handed 1500]

Measured here: what one sample of us-2027 takes, and what the driver spends on one task that goes to
a Dask cluster and comes back at once, its answer kept on disk. Simulated: one driver that hands out
and takes in one task at a time, workers that draw the measured times, four tasks a worker handed
out ahead, and the batches of the study, each of which ends before the next begins.
"""

from __future__ import annotations

import argparse
import heapq
import tempfile
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from ensembles import GAP, draw, run_cluster
from measure import describe_machine

from stratafolio.inputs.figures import list_figures
from stratafolio.inputs.read import read_scenario
from stratafolio.model.studies.figures.asking import list_batches
from stratafolio.model.studies.figures.variants import Variants, strip
from stratafolio.model.work.cluster import AHEAD
from stratafolio.model.work.fan_out import Crew, fan_out
from stratafolio.model.work.store import Store

TASKS = 100_000
WORKERS = [1, 16, 64, 128, 256, 512, 1024]


def time_samples(count: int) -> tuple[list[float], dict[str, Any], list[dict[str, Any]]]:
    """Processor seconds of each of some joint samples, what they share, and their answers."""
    scenario = read_scenario("us-2027")
    shared: dict[str, Any] = {"document": strip(scenario), "name": "us-2027", "gap": GAP}
    shared["plan"] = Variants(shared).answer({"patch": {}})["plan"]
    variants = Variants(shared)
    figures = [figure for figure in list_figures(scenario) if figure.is_assumption]
    times, answers = [], []
    for record in draw(scenario, figures, count):
        begun = time.process_time()
        answers.append({**variants.answer(record), **record})
        times.append(time.process_time() - begun)
    return times, shared, answers


def give_back(shared: str, own: str) -> dict[str, Any]:
    """A task that is done at once: its own text, read."""
    import json

    del shared
    record: dict[str, Any] = json.loads(own)
    return record


def time_handing(shared: dict[str, Any], answers: Sequence[dict[str, Any]], count: int) -> float:
    """Processor seconds of the driver for a task that is handed out, taken in, and kept."""
    records = [{**answers[at % len(answers)], "number": at} for at in range(count)]
    with run_cluster() as address, tempfile.TemporaryDirectory() as folder:
        crew = Crew(dask=address, keep=Store(Path(folder) / "answers.jsonl", "hash", "figures"))
        fan_out(give_back, shared, records[:50], crew)
        begun = time.process_time()
        fan_out(give_back, shared, records[50:], crew)
        return (time.process_time() - begun) / (count - 50)


def simulate(workers: int, times: Sequence[float], handing: float, seed: int = 0) -> float:
    """Seconds until the last of TASKS tasks is taken in."""
    drawn = np.random.default_rng(seed).choice(np.array(times), TASKS)
    now = 0.0
    for begins, ends in list_batches(TASKS):
        now = run_batch(drawn[begins:ends].tolist(), workers, handing, now)
    return now


def run_batch(tasks: Sequence[float], workers: int, handing: float, now: float) -> float:
    """When the last task of a batch that begins now is taken in; half of `handing` is each way."""
    each_way = 0.5 * handing
    to_hand, handed = deque(tasks), deque[tuple[float, float]]()
    idle: list[float] = [now] * workers
    done: list[float] = []
    driver = now
    open_ = 0
    while to_hand or handed or done:
        if to_hand and open_ < AHEAD * workers:
            driver += each_way
            handed.append((driver, to_hand.popleft()))
            open_ += 1
        while handed and idle:
            free, (there, takes) = heapq.heappop(idle), handed.popleft()
            heapq.heappush(done, max(free, there) + takes)
        if done and (not to_hand or open_ >= AHEAD * workers or done[0] <= driver):
            ended = heapq.heappop(done)
            heapq.heappush(idle, ended)
            driver = max(driver, ended) + each_way
            open_ -= 1
    return driver


def main() -> None:
    """Prints what was measured, and a row for each number of workers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=24)
    parser.add_argument("--handed", type=int, default=1500)
    options = parser.parse_args()
    print(describe_machine(["highspy", "distributed"]))
    times, shared, answers = time_samples(options.samples)
    handing = time_handing(shared, answers, options.handed)
    quartiles = np.quantile(times, [0.0, 0.25, 0.5, 0.75, 1.0])
    print(f"a sample takes {np.mean(times):.2f} s (quartiles {np.round(quartiles, 2).tolist()});")
    print(f"the driver spends {1000 * handing:.2f} ms on a task, so it can feed", end=" ")
    print(f"{np.mean(times) / handing:.0f} workers\n")
    print(f"{'workers':>8}{'hours':>9}{'busy':>7}   {TASKS:,} samples, simulated")
    alone = float(np.mean(times)) * TASKS
    for workers in WORKERS:
        took = simulate(workers, times, handing)
        print(f"{workers:8}{took / 3600:9.2f}{alone / workers / took:7.0%}", flush=True)


if __name__ == "__main__":
    main()
