"""A linear program of 300 instruments, 1,000 effects and 20 years, beside linopy building the same.

Every run is a process of its own, which tells its seconds and peak memory. HiGHS runs with the
options that stratafolio gives it, in both. Needs linopy (pip install linopy); without it, only
stratafolio is measured.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from measure import PAIRS, describe_machine, own_bytecode

INSTRUMENTS, EFFECTS = 300, 1000
SHARED_OPTIONS = ("solver", "presolve", "threads", "simplex_strategy", "run_crossover", "parallel")
AGREEMENT = 1e-6
"""Largest relative difference between the two objectives."""

Record = dict[str, Any]


def peak_mb() -> float:
    """Give the most memory this process has held so far, in megabytes of 2^20 bytes."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20


def describe_highs(highs: Any) -> Record:
    """Tell the size of the model that HiGHS holds, and the options it runs with."""
    return {
        "columns": int(highs.getNumCol()),
        "rows": int(highs.getNumRow()),
        "nonzeros": int(highs.getNumNz()),
        "objective": float(highs.getInfo().objective_function_value),
        "options": {name: highs.getOptionValue(name)[1] for name in SHARED_OPTIONS},
    }


def run_stratafolio(options: Record) -> Record:
    """Document to scenario to Pyomo to HiGHS, and the first optimum."""
    begun = time.perf_counter()
    from large_scenario import draw_figures, write_document

    from stratafolio.inputs.build import build_scenario
    from stratafolio.model.solving.compiled import Compiled

    record: Record = {"import_s": time.perf_counter() - begun}
    document = write_document(draw_figures(INSTRUMENTS, EFFECTS))
    record["import_mb"] = peak_mb()
    begun = time.perf_counter()
    scenario = build_scenario(document, {}, "large")
    record["read_s"] = time.perf_counter() - begun
    begun = time.perf_counter()
    compiled = Compiled(scenario)
    compiled.maximise(compiled.list_targets()[0])
    record |= {"build_s": time.perf_counter() - begun, "build_mb": peak_mb()}
    for name, value in options.items():
        compiled.live.highs.setOptionValue(name, value)
    begun = time.perf_counter()
    answer = compiled.live.solve()
    record |= {"solve_s": time.perf_counter() - begun, "solve_mb": peak_mb()}
    assert answer.status == "optimal"
    return record | describe_highs(compiled.live.highs)


def run_linopy(options: Record) -> Record:
    """Arrays to linopy to HiGHS, handed over without a file, and the optimum."""
    begun = time.perf_counter()
    from large_in_linopy import build_in_linopy
    from large_scenario import draw_figures

    record: Record = {"import_s": time.perf_counter() - begun}
    figures = draw_figures(INSTRUMENTS, EFFECTS)
    record |= {"import_mb": peak_mb(), "read_s": 0.0}
    begun = time.perf_counter()
    highs = build_in_linopy(figures).to_highspy()
    record |= {"build_s": time.perf_counter() - begun, "build_mb": peak_mb()}
    for name, value in {"output_flag": False, **options}.items():
        highs.setOptionValue(name, value)
    begun = time.perf_counter()
    highs.run()
    record |= {"solve_s": time.perf_counter() - begun, "solve_mb": peak_mb()}
    return record | describe_highs(highs)


RUNS: dict[str, Callable[[Record], Record]] = {"stratafolio": run_stratafolio, "linopy": run_linopy}


def measure_apart(tool: str, options: Record, environment: dict[str, str]) -> Record:
    """Find what one tool needs, in a process of its own."""
    command = [sys.executable, str(Path(__file__).resolve()), "--run", tool, json.dumps(options)]
    done = subprocess.run(command, env=environment, check=True, text=True, stdout=subprocess.PIPE)
    record: Record = json.loads(done.stdout.splitlines()[-1])
    return record


def measure_pairs(pairs: int, chosen: Record) -> dict[str, list[Record]]:
    """Record both tools in turn, after one run of each that does not count."""
    tools = ["stratafolio"]
    if importlib.util.find_spec("linopy"):
        tools.append("linopy")
    else:
        print("linopy is missing (pip install linopy): only stratafolio is measured")
    found: dict[str, list[Record]] = {tool: [] for tool in tools}
    with own_bytecode() as environment:
        for pair in range(pairs + 1):
            options = chosen
            for tool in tools:
                record = measure_apart(tool, options, environment)
                options = record["options"]
                if pair:
                    found[tool].append(record)
    return found


def tell(found: dict[str, list[Record]]) -> None:
    """Print the table of medians, and check that both solved the same."""
    print(f"options of HiGHS: {found['stratafolio'][0]['options']}")
    print(f"{'':12}" + "".join(f"{tool:>14}" for tool in found) + f"{'ratio':>9}")
    keys = ["import_s", "read_s", "build_s", "solve_s", "import_mb", "build_mb", "solve_mb"]
    for key in [*keys, "columns", "rows", "nonzeros"]:
        values = [statistics.median(r[key] for r in some) for some in found.values()]
        form = ".0f" if key in ("columns", "rows", "nonzeros") or key.endswith("_mb") else ".2f"
        line = f"{key:12}" + "".join(f"{value:14{form}}" for value in values)
        if len(found) > 1 and values[1]:
            pairs = zip(*found.values(), strict=True)
            line += f"{statistics.median(a[key] / b[key] for a, b in pairs):9.2f}"
        print(line)
    objectives = [record["objective"] for some in found.values() for record in some]
    spread = (max(objectives) - min(objectives)) / abs(min(objectives))
    print(f"objective {objectives[0]:.9f}; all agree to {spread:.1e}, relative")
    assert spread <= AGREEMENT


def main() -> None:
    """Compare both, or be one of the runs compared."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=PAIRS, help="pairs of runs")
    parser.add_argument("--solver", help="HiGHS's solver for both, such as ipm")
    parser.add_argument("--run", nargs=2, metavar=("TOOL", "OPTIONS"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.run:
        tool, options = given.run
        print(json.dumps(RUNS[tool](json.loads(options))))
        return
    print(describe_machine(["stratafolio", "pyomo", "highspy", "linopy", "numpy"]))
    tell(measure_pairs(given.pairs, {"solver": given.solver} if given.solver else {}))


if __name__ == "__main__":
    main()
