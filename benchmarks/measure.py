"""Times whole processes and pairs of them, so that claims of speed are ratios from one run."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

PAIRS = 5
"""Fewest pairs that a median is taken of."""


class Compared(NamedTuple):
    """Medians of two things timed in turn, and of the ratios of their pairs."""

    first: float
    second: float
    ratio: float


@contextmanager
def own_bytecode() -> Iterator[dict[str, str]]:
    """Give an environment in which Python keeps bytecode, as in an installed program.

    It lies in a folder that goes away, whatever the environment says about writing any.
    """
    with tempfile.TemporaryDirectory() as folder:
        kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        yield {**kept, "PYTHONPYCACHEPREFIX": folder}


def run_process(command: Sequence[str], environment: dict[str, str]) -> tuple[float, str]:
    """Seconds that a whole process takes, and what it prints."""
    begun = time.perf_counter()
    done = subprocess.run(
        command,
        env=environment,
        cwd=tempfile.gettempdir(),
        text=True,
        capture_output=True,
        check=False,
    )
    seconds = time.perf_counter() - begun
    if done.returncode:
        sys.exit(done.stderr or done.stdout)
    return seconds, done.stdout


def time_in_turn(
    first: Callable[[], float], second: Callable[[], float], pairs: int = PAIRS
) -> Compared:
    """Medians of `pairs` interleaved pairs, after one run of each that does not count."""
    first(), second()
    times = [(first(), second()) for _ in range(pairs)]
    return Compared(
        statistics.median(a for a, _ in times),
        statistics.median(b for _, b in times),
        statistics.median(a / b for a, b in times),
    )


def find_command() -> str:
    """Find the `stratafolio` that belongs to the running Python."""
    return str(Path(sys.executable).with_name("stratafolio"))


def describe_machine(packages: Sequence[str]) -> str:
    """Cores, Python and versions, to stand beside any figure."""
    told = [f"{os.cpu_count()} cores", f"Python {platform.python_version()}"]
    for name in packages:
        try:
            told.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            told.append(f"{name} missing")
    return ", ".join(told)


def say_claim(what: str, ratio: float, most: float) -> None:
    """One line: the ratio, the claim, and whether it is met."""
    verdict = "met" if ratio <= most else "NOT met"
    print(f"{what}: {ratio:.2f} times (claim: at most {most:g}) - {verdict}")
