"""A call from Python beside what it calls: at most 5 % more.

The core is the study and its record, which the command has to make as well. On `textbook`, whose
answers take hundredths of a second, so that what a call adds is at its largest. Processor time, in
one process, in turn.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial

from measure import describe_machine, say_claim, time_in_turn

import stratafolio as sf
from stratafolio.model.solving.solve import evaluate_plan, solve_scenario
from stratafolio.model.studies.explain.explain import Explaining
from stratafolio.model.studies.figures.tornado import draw_tornado
from stratafolio.model.studies.weights.choose_region import choose_region
from stratafolio.model.studies.weights.map import map_weights
from stratafolio.model.studies.weights.sweep import open_sweep
from stratafolio.model.work.clock import Clock
from stratafolio.model.work.crew import Crew
from stratafolio.model.work.store import Store
from stratafolio.results.studies import explain, figures, plan_record
from stratafolio.results.studies.map import tabulate as tabulate_map

CLAIM = 1.05
PAIRS = 75

TEXTBOOK = sf.read_scenario("textbook")
SCENARIO = TEXTBOOK.change({"effects": {"controls_now": {"points_low": 1, "points_high": 4}}})
PLAN = dict(sf.solve(SCENARIO).plan)

Run = Callable[[], object]


def solve() -> object:
    """The best plan and its record."""
    return plan_record.tabulate(solve_scenario(SCENARIO, 1e-4, None, lambda *_: None))


def evaluate() -> object:
    """A plan played, and its record."""
    return plan_record.tabulate(evaluate_plan(SCENARIO, PLAN, 1e-4, None, lambda *_: None))


def explain_plan() -> object:
    """Why the plan is what it is."""
    study = Explaining(SCENARIO, 1e-4, Clock(None), 1, (), lambda *_: None, False)
    return explain.tabulate(study.run())


def draw() -> object:
    """A tornado."""
    crew = Crew(1, None, Clock(None), lambda *_: None, Store())
    return figures.tabulate(draw_tornado(SCENARIO, (), None, crew))


def cover() -> object:
    """A map of all weightings."""
    sweep = open_sweep(SCENARIO, 0.05, 1, None, Store())
    region = choose_region(SCENARIO)
    return tabulate_map(SCENARIO, map_weights(sweep, region, 0.05, {}, lambda *_: None))


PAIRED: dict[str, tuple[Run, Run]] = {
    "solve": (lambda: sf.solve(SCENARIO), solve),
    "evaluate": (lambda: sf.evaluate(SCENARIO, PLAN), evaluate),
    "explain": (lambda: sf.explain(SCENARIO), explain_plan),
    "question_figures": (lambda: sf.question_figures(SCENARIO), draw),
    "map_weights": (lambda: sf.map_weights(SCENARIO), cover),
}


def time_once(run: Run) -> float:
    """Seconds of processor time."""
    begun = time.process_time()
    run()
    return time.process_time() - begun


def main() -> None:
    """Print what each call takes beside its core."""
    print(describe_machine(["pyomo", "highspy", "pandas"]))
    for name, (call, core) in PAIRED.items():
        if not sys.argv[1:] or name in sys.argv[1:]:
            compared = time_in_turn(partial(time_once, call), partial(time_once, core), PAIRS)
            print(f"{1000 * compared.first:.1f} ms, its core {1000 * compared.second:.1f} ms")
            say_claim(name, compared.ratio, CLAIM)


if __name__ == "__main__":
    main()
