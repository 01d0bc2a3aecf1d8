"""The questions of an analyst about us-2027, each beside the state before the oracle.

python benchmarks/questions.py OLD [--pairs 3] [--only WORD …] [--quick]

OLD is the `stratafolio` of commit 66a4354, installed into an environment of its own:

    git worktree add ../before 66a4354 && cd ../before && make .venv/ready

Each pair is the old command and then this one, whole processes, one worker each. Counted are
seconds of processor time, of all threads and children: other work on the machine disturbs them
least, and with one worker nothing is won by having more cores. The median of the pairs' ratios says
how many times as fast a question is answered; what it must reach stands beside it, and one number
of both answers.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from measure import describe_machine, find_command

BY_ROWS = Path(__file__).parents[1] / "tests" / "golden" / "us_2027_by_rows.yaml"
"""The same ranges for both states: the old one reads no assumptions."""

QUESTIONS: dict[str, tuple[str, float]] = {
    "tornado": (f"sensitivity inputs {BY_ROWS}", 5),
    "breakeven": (f"sensitivity inputs {BY_ROWS} --method breakeven", 5),
    "sample": (f"sensitivity inputs {BY_ROWS} --method sample --samples 200", 4),
    "flip": ("sensitivity flip us-2027", 5),
    "budget": ("sensitivity budget us-2027 --from 4 --to 20", 4),
    "alternatives": ("alternatives us-2027", 4),
    "explain": ("explain us-2027 --fund new_reactors", 4),
    "robust": ("robust us-2027 --criterion regret", 3),
    "frontier": ("frontier us-2027 --layers frontier,diffusion", 3),
    "compare": ("compare status-quo ecosystem-first us-2027", 3),
    "weights": ("sensitivity weights us-2027 --samples 1000 --tolerance 0.01", 3),
    "map": ("sensitivity map us-2027 --tolerance 0.05", 2),
    "solve": ("solve us-2027", 1.3),
}
"""What is asked, and how many times faster it must be."""


def count_seconds() -> float:
    """Processor seconds of all processes that were begun here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def ask(command: str, words: str, most: float) -> tuple[float, Mapping[str, Any] | None]:
    """Seconds that a whole process takes, and its record; None where it was ended at `most`."""
    begun = count_seconds()
    with tempfile.TemporaryDirectory() as folder:
        try:
            done = subprocess.run(
                [command, *words.split(), "--workers", "1", "--json"],
                capture_output=True,
                check=True,
                cwd=folder,
                text=True,
                timeout=most,
            )
        except subprocess.TimeoutExpired:
            return count_seconds() - begun, None
    return count_seconds() - begun, json.loads(done.stdout)


def read_gain(name: str, record: Mapping[str, Any]) -> float | None:
    """One number of the answer that both must agree on, in points."""
    if name == "budget":
        return float(record["curve"][-1][1])
    if name == "robust":
        return float(record["value"])
    if name == "flip":
        return float(record["nearest"]["shift_pp"]) if record["nearest"] else None
    if name == "frontier":
        return float(max(max(point["outcome"].values()) for point in record["points"]))
    if name == "compare":
        return float(sum(record["gain"].values()))
    if name == "map":
        return float(record["certified_regret"])
    if name == "sample":
        return float(record["base_gain"])
    known = [record[key] for key in ("gain", "base_gain", "best_gain") if key in record]
    return float(known[0]) if known else None


def main() -> None:
    """Prints a row a question: medians, ratio, what it must reach, one number of both answers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("old", type=Path)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--only", nargs="*", default=list(QUESTIONS))
    parser.add_argument("--most", type=float, default=1800.0, help="seconds for one process")
    options = parser.parse_args()
    print(describe_machine(["highspy", "pyomo"]))
    print(f"{'question':14}{'before s':>10}{'now s':>9}{'times':>8}{'asked':>7}  pairs, answers")
    for name in options.only:
        words, wanted = QUESTIONS[name]
        before, now, told = [], [], ""
        for _ in range(options.pairs):
            took, old = ask(str(options.old), words, options.most)
            before.append(took)
            took, new = ask(find_command(), words, options.most)
            now.append(took)
            known = [read_gain(name, record) for record in (old, new) if record is not None]
            told = ", ".join("none" if gain is None else f"{gain:.4f}" for gain in known)
            told += "" if old is not None else " (before: ended by the limit)"
        medians = statistics.median(before), statistics.median(now)
        ratio = statistics.median(b / n for b, n in zip(before, now, strict=True))
        row = f"{name:14}{medians[0]:10.1f}{medians[1]:9.1f}{ratio:8.1f}{wanted:7g}"
        print(f"{row}  {options.pairs}, {told}", flush=True)


if __name__ == "__main__":
    main()
