"""What `stratafolio solve us-2027` spends outside HiGHS: at most 1.5 times importing its parts.

The parts are Pyomo, highspy and pandas. Also says where the time goes.
"""

from __future__ import annotations

import json
import sys
import time
from itertools import pairwise

from measure import (
    describe_machine,
    find_command,
    own_bytecode,
    run_process,
    say_claim,
    time_in_turn,
)

CLAIM = 1.5
IMPORTS = "import pyomo.environ, highspy, pandas"
SCENARIO = "us-2027"


def time_outside(environment: dict[str, str]) -> float:
    """Seconds of the whole process less those that HiGHS ran."""
    seconds, printed = run_process([find_command(), "solve", SCENARIO, "--json"], environment)
    return seconds - float(json.loads(printed)["solver"]["seconds"])


def time_parts() -> dict[str, float]:
    """Seconds of each step of `solve` in this process, without HiGHS."""
    laps = [time.perf_counter()]
    from stratafolio.inputs.read import read_scenario
    from stratafolio.results.studies.plan_record import tabulate as tabulate_solution

    laps.append(time.perf_counter())
    from stratafolio.model.equations.formulation import Formulation
    from stratafolio.model.solving.compiled import Compiled
    from stratafolio.model.solving.live import Live
    from stratafolio.model.solving.matrices import compile_matrices
    from stratafolio.model.solving.stages import Solving
    from stratafolio.model.work.clock import Clock

    laps.append(time.perf_counter())
    scenario = read_scenario(SCENARIO)
    laps.append(time.perf_counter())
    formulation = Formulation(scenario)
    laps.append(time.perf_counter())
    Live(compile_matrices(formulation))
    laps.append(time.perf_counter())
    compiled = Compiled(scenario)  # built once more, so that this is not part of the last step
    begun = time.perf_counter()
    tabulate_solution(Solving(compiled, 1e-4, Clock(None)).run())
    names = ["import inputs", "import model", "read", "formulate", "compile"]
    parts = {name: b - a for name, (a, b) in zip(names, pairwise(laps), strict=True)}
    return {
        **parts,
        "stages and canonical plan": time.perf_counter() - begun - compiled.live.seconds,
    }


def main() -> None:
    """Print the ratio and the parts, each measured in a process of its own."""
    if sys.argv[1:] == ["--parts"]:
        print(json.dumps(time_parts()))
        return
    print(describe_machine(["pyomo", "highspy", "pandas"]))
    with own_bytecode() as environment:
        compared = time_in_turn(
            lambda: time_outside(environment),
            lambda: run_process([sys.executable, "-c", IMPORTS], environment)[0],
        )
        _, printed = run_process([sys.executable, __file__, "--parts"], environment)
    print(f"outside HiGHS {compared.first:.2f} s, {IMPORTS} {compared.second:.2f} s")
    say_claim("ratio", compared.ratio, CLAIM)
    for name, seconds in json.loads(printed).items():
        print(f"  {seconds:5.2f} s  {name}")


if __name__ == "__main__":
    main()
