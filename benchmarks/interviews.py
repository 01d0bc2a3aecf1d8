"""How many questions respondents with known weights need, and whether what is proven holds.

python benchmarks/interviews.py [--respondents 300] [--first 0] [--how chosen | splitting | any]
    [--wrong 0.1] [--scenario us-2027] [--keep LABEL]

Each respondent's true weights are uniform on the simplex, drawn by their number; answers are
truthful, but for a share of them that `--wrong` turns around. Counted are the questions until one
portfolio is proven to lose at most 5 %, at most 60, and processor seconds from answer to question.
The true regret is told against the proven bound of the best gain under the true weights: it is no
smaller than it is. With `--how splitting` questions are drawn at random among those of two layers
that split what is left, with `--how any` among all of them.

Runs in parts: `--first 100 --respondents 50` is respondents 100 to 149, the same in any order. What
the solver has answered is not asked again, whoever asks: the first respondents wait as one does who
is alone, those who answer like others before them for less. With `--keep` a run stands under a
label in docs/figures/interviews.json, which docs/stakeholders.md quotes.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from measure import describe_machine
from quoted_figures import KEPT, take_fingerprint

from stratafolio.inputs.read import read_scenario
from stratafolio.inputs.scenario import Scenario
from stratafolio.inputs.statements import parse_statement
from stratafolio.model.equations.curves import Array
from stratafolio.model.studies.elicit.choose import LEAST, Chooser, weigh
from stratafolio.model.studies.elicit.findings import TradeOff
from stratafolio.model.studies.elicit.interview import Interview
from stratafolio.model.studies.weights.choose_region import choose_region
from stratafolio.model.studies.weights.envelope import bound_regret
from stratafolio.model.studies.weights.sweep import Sweep, open_sweep
from stratafolio.model.work.store import Remembered

TOLERANCE, MOST = 0.05, 60

CLOSE = 0.005
"""How closely the best gain under the true weights is known."""


class Rambling(Interview):
    """An interview whose questions are drawn at random, at `least` so evenly do they split."""

    chance = np.random.default_rng(0)
    least = LEAST

    def _choose(self, chooser: Chooser) -> TradeOff | None:
        able = [own for own in self.layer_trade_offs if own.layers not in self.skipped]
        forms = np.array([weigh(own, chooser.layers) for own in able])
        shares = (chooser.drawn @ forms.T >= 0).mean(axis=0)
        splitting = np.flatnonzero((shares >= self.least) & (shares <= 1 - self.least))
        return able[int(self.chance.choice(splitting))] if len(splitting) else None


def say(question: TradeOff, weights: Array, layers: Sequence[str]) -> str:
    """A truthful answer."""
    said = parse_statement(question.statement_if_a).coefficients
    worth = sum(share * weights[layers.index(layer)] for layer, share in said.items())
    return "a" if worth >= 0 else "b"


def measure_regret(judge: Sweep, interview: Interview, weights: Array) -> float:
    """What the portfolio loses at most under the true weights."""
    watch = judge.settle(weights[None, :])
    portfolio = interview.certifier.bank.portfolios[interview.certificate.best]
    gain = np.array([float(portfolio.gains @ weights)])
    return float(bound_regret(gain, np.maximum(watch.upper, gain))[0])


def main() -> None:
    """Interviews respondents, a line of JSON for each, then the whole."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--respondents", type=int, default=300)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--how", choices=("chosen", "splitting", "any"), default="chosen")
    parser.add_argument("--wrong", type=float, default=0.0)
    parser.add_argument("--scenario", default="us-2027")
    parser.add_argument("--keep", metavar="LABEL")
    asked = parser.parse_args()
    print(describe_machine(["highspy", "numpy", "scipy"]))
    scenario = read_scenario(asked.scenario)
    layers = list(scenario.layers)
    kept, judge = Remembered(), open_sweep(scenario, CLOSE)
    kind = Interview if asked.how == "chosen" else Rambling
    Rambling.least = LEAST if asked.how == "splitting" else 0.0
    told: list[dict[str, Any]] = []
    for number in range(asked.first, asked.first + asked.respondents):
        chance = np.random.default_rng(number)
        weights = chance.dirichlet(np.ones(len(layers)))
        Rambling.chance = np.random.default_rng(number)
        begun = time.process_time()
        sweep = open_sweep(scenario, TOLERANCE, store=kept)
        interview = kind(sweep, choose_region(scenario), TOLERANCE, MOST)
        opened, waits = time.process_time() - begun, [0.0]
        while interview.question is not None:
            answer = say(interview.question, weights, layers)
            if chance.uniform() < asked.wrong:
                answer = {"a": "b", "b": "a"}[answer]
            begun = time.process_time()
            interview.answer(answer)
            waits.append(time.process_time() - begun)
        told.append(
            {
                "respondent": number,
                "questions": interview.asked,
                "ended": interview.ended,
                "certified": round(interview.certificate.regret, 4),
                "true": round(measure_regret(judge, interview, weights), 4),
                "opened_s": round(opened, 1),
                "longest_wait_s": round(max(waits), 1),
                "median_wait_s": round(float(np.median(waits)), 1),
            }
        )
        print(json.dumps(told[-1]), flush=True)
    questions = [own["questions"] for own in told]
    quartiles = np.percentile(questions, [25, 50, 75]).tolist()
    print(f"questions: quartiles {quartiles}, longest {max(questions)}")
    broken = [own["respondent"] for own in told if own["true"] > own["certified"] + 1e-4]
    print(f"true regret above the certified one: {len(broken)} of {len(told)} {broken}")
    regrets = [own["true"] for own in told]
    print(f"true regret: median {np.median(regrets):.4f}, largest {max(regrets):.4f}")
    print(f"longest wait {max(own['longest_wait_s'] for own in told):.1f} s")
    if asked.keep:
        print(keep_run(asked.keep, told, scenario))


def keep_run(label: str, told: Sequence[Mapping[str, Any]], scenario: Scenario) -> Path:
    """Keeps a run beside others of the same figures; gives the file."""
    file = KEPT / "interviews.json"
    own = {"figures_of": take_fingerprint(scenario), "versions": {"highspy": version("highspy")}}
    kept = json.loads(file.read_text("utf-8")) if file.exists() else own
    if own != {key: kept[key] for key in own}:
        kept = own  # runs of other figures are no company
    columns = ("questions", "certified", "true", "longest_wait_s")
    kept[label] = {
        "first": told[0]["respondent"],
        "opened_s": told[0]["opened_s"],
        **{column: " ".join(f"{row[column]:g}" for row in told) for column in columns},
    }
    file.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    return file


if __name__ == "__main__":
    main()
