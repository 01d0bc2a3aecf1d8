"""How far up its ladder the oracle climbs: which step settles how many questions about us-2027.

python benchmarks/ladder.py [QUESTION …]

A count, not a speed. Questions for a bound alone, and those whose decisions are given, are counted
apart: they have one step.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable
from typing import Any

from measure import describe_machine

import stratafolio as sf
from stratafolio.inputs.figures import list_figures
from stratafolio.inputs.scenario import Scenario
from stratafolio.model.solving.engine import Engine
from stratafolio.model.solving.oracle import Oracle
from stratafolio.model.solving.question import Answer, Question

STEPS = (
    "bound",
    "decided",
    "relaxed",
    "known",
    "exchange",
    "dive",
    "near",
    "tree",
    "mixed",
    "open",
)
"""The steps in their order; `open` where plan and bound did not meet."""

EVERY = 6
"""Of the figures every sixth is questioned."""


def question_figures(scenario: Scenario) -> None:
    """The tornado of every sixth figure."""
    named = [figure.path for figure in list_figures(scenario)][::EVERY]
    sf.question_figures(scenario, figures=named)


ASKED: dict[str, Callable[[Scenario], Any]] = {
    "tornado": question_figures,
    "budget": lambda scenario: sf.move_budget(scenario, from_=4.0, to=20.0),
    "frontier": lambda scenario: sf.trace_frontier(scenario, layers=["frontier", "diffusion"]),
    "explain": lambda scenario: sf.explain(scenario, fund=["new_reactors"]),
    "flip": sf.find_flip,
    "weights": lambda scenario: sf.sample_weights(scenario, samples=200, tolerance=0.01),
}


def main() -> None:
    """Prints a row a question: how many of the oracle's questions each step settled."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("questions", nargs="*", default=list(ASKED), metavar="QUESTION")
    options = parser.parse_args()
    print(describe_machine(["highspy"]))
    print(f"{'':10}" + "".join(f"{step:>10}" for step in STEPS))
    counts: Counter[str] = Counter()
    answer = Oracle._answer

    def counted(oracle: Oracle, engine: Engine, question: Question) -> tuple[Answer, Any]:
        told = answer(oracle, engine, question)
        if question.decided is not None:
            counts["decided"] += 1
        elif question.needs == "bound":
            counts["bound"] += 1
        else:
            counts[told[0].step if told[0].is_settled else "open"] += 1
        return told

    Oracle._answer = counted  # type: ignore[method-assign, assignment]
    for name in options.questions:
        counts.clear()
        ASKED[name](sf.read_scenario("us-2027"))
        print(f"{name:10}" + "".join(f"{counts[step]:10}" for step in STEPS), flush=True)


if __name__ == "__main__":
    main()
