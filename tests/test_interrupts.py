"""Ctrl-C, SIGTERM and the end of time, at whatever moment: a sentence, and the exit code for it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from small_scenarios import tiny_document, write_folder

SIGNALS = ("SIGINT", "SIGTERM")

AT_AN_IMPORT = """
class Moment:
    def find_spec(self, name, path=None, target=None):
        if name == {moment!r}:
            os.kill(os.getpid(), signal.{sent})

sys.meta_path.insert(0, Moment())
"""

AT_A_SOLVE = """
from stratafolio.model.solving.live import Live

own, solves = Live.solve, []

def solve(live, *arguments, **options):
    solves.append(1)
    if len(solves) == {moment}:
        os.kill(os.getpid(), signal.{sent})
    return own(live, *arguments, **options)

Live.solve = solve
"""

DEAF = """
from stratafolio.cli import interrupts
from stratafolio.model.solving.live import Live

interrupts.GRACE = {grace}

def solve(live, *arguments, **options):
    for _ in range({sent}):
        os.kill(os.getpid(), signal.SIGINT)
    while True:
        try:
            time.sleep(60)
        except KeyboardInterrupt:
            pass

Live.solve = solve
"""


AT_A_DEL = """
from stratafolio.model.solving.live import Live

own = Live.solve

class Left:
    def __del__(self):
        os.kill(os.getpid(), signal.{sent})
        for _ in range(1000):
            pass

def solve(live, *arguments, **options):
    Live.solve = own
    Left()
    time.sleep(60)

Live.solve = solve
"""


def run_with(prepared: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the program in a process of its own, in which something is prepared first."""
    code = (
        "import os, signal, sys, time\n"
        f"{prepared}\n"
        "from stratafolio.cli.start import main\n"
        "main()\n"
    )
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def read_error(ended: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert "Traceback" not in ended.stderr, ended.stderr
    error = json.loads(ended.stdout)["error"]
    assert isinstance(error, dict)
    return error


@pytest.fixture(name="tiny")
def make_tiny(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "tiny", tiny_document())


MOMENTS = (
    *("dataclasses", "click", "stratafolio.cli.solve", "pydantic", "numpy", "pyomo.core"),
    *("highspy", "pyomo.core", "stratafolio.results.studies.plan_record"),
)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_signal_while_the_program_is_imported(moment: str, tiny: Path) -> None:
    sent = SIGNALS[MOMENTS.index(moment) % 2]
    ended = run_with(AT_AN_IMPORT.format(moment=moment, sent=sent), "solve", tiny, "--json")
    assert ended.returncode == 130, ended
    assert read_error(ended)["kind"] == "interrupted"


@pytest.mark.parametrize("moment", ["dataclasses", "numpy"])
def test_a_signal_is_told_to_people_on_stderr(moment: str, tiny: Path) -> None:
    ended = run_with(AT_AN_IMPORT.format(moment=moment, sent="SIGINT"), "solve", tiny)
    assert ended.returncode == 130, ended
    assert ended.stdout == ""
    assert ended.stderr.strip().startswith("interrupted")
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("moment", [1, 4, 9])
def test_a_signal_while_a_study_solves_says_what_is_kept(
    moment: int, tiny: Path, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    prepared = AT_A_SOLVE.format(moment=moment, sent=SIGNALS[moment % 2])
    study = ("sensitivity", "map", tiny, "--tolerance", 0.01, "--json")
    ended = run_with(prepared, *study)
    assert ended.returncode == 130, ended
    error = read_error(ended)
    assert error["kind"] == "interrupted"
    assert "nothing is kept" in error["message"]
    ended = run_with(prepared, *study, "--out", out)
    assert ended.returncode == 130, ended
    message = read_error(ended)["message"]
    kept = [file for file in out.glob("*.jsonl") if file.stat().st_size]
    assert str(out) in message
    assert ("goes on from there" in message) == bool(kept)


@pytest.mark.parametrize("sent", SIGNALS)
def test_a_signal_while_something_is_cleared_away_is_not_lost(sent: str, tiny: Path) -> None:
    """Python drops what is raised there, and would print a traceback."""
    ended = run_with(AT_A_DEL.format(sent=sent), "solve", tiny, "--json")
    assert ended.returncode == 130, ended
    assert read_error(ended)["kind"] == "interrupted"
    assert ended.stderr.strip() == "interrupted; nothing is kept"


@pytest.mark.parametrize("signals", [1, 2])
def test_a_command_that_does_not_listen_is_ended(signals: int, tiny: Path) -> None:
    """After a while, or at the second Ctrl-C at once."""
    prepared = DEAF.format(grace=0.2 if signals == 1 else 600, sent=signals)
    ended = run_with(prepared, "solve", tiny, "--json")
    assert ended.returncode == 130
    assert read_error(ended)["kind"] == "interrupted"


def test_a_command_that_does_not_look_at_the_clock_is_ended(tiny: Path) -> None:
    prepared = DEAF.format(grace=600, sent=0)
    ended = run_with(prepared, "solve", tiny, "--time-limit", 1, "--json")
    assert ended.returncode == 5
    error = read_error(ended)
    assert error["kind"] == "solver"
    assert "--time-limit" in error["message"]
    ended = run_with(prepared, "solve", tiny, "--time-limit", 1)
    assert ended.returncode == 5
    assert ended.stderr.count("time limit of 1 s") == 1


AT_A_START = """
from multiprocessing import util

own, starts = util.spawnv_passfds, []

def start(*arguments):
    started = own(*arguments)
    starts.append(started)
    if len(starts) == {moment}:
        os.kill(os.getpid(), signal.{sent})
        time.sleep(0.5)
    return started

util.spawnv_passfds = start
"""


@pytest.mark.parametrize("moment", [1, 2, 3])
def test_a_signal_while_workers_are_started(moment: int, tmp_path: Path) -> None:
    """Python first starts a process that tracks them, then each; none is left half started."""
    prepared = AT_A_START.format(moment=moment, sent=SIGNALS[moment % 2])
    doubtful = write_folder(tmp_path / "doubtful", doubtful_document())
    study = ("sensitivity", "inputs", doubtful, "--method", "sample", "--workers", 2, "--json")
    ended = run_with(prepared, *study)
    assert ended.returncode == 130, ended
    assert read_error(ended)["kind"] == "interrupted"
    assert ended.stderr.strip() == "interrupted; nothing is kept"


def doubtful_document() -> dict[str, Any]:
    """A scenario in which a figure has a range."""
    document = tiny_document()
    document["effects"]["grid_frontier"] |= {"points_low": 1.0, "points_high": 6.0}
    return document


@pytest.mark.parametrize("sent", SIGNALS)
def test_workers_hear_of_no_signal(sent: str, tmp_path: Path) -> None:
    """Ctrl-C reaches all processes of a terminal at once: one sentence, and no worker is left."""
    folder = write_folder(tmp_path / "doubtful", doubtful_document())
    study = ("sensitivity", "inputs", folder, "--method", "sample", "--samples", "1000")
    command = [sys.executable, "-m", "stratafolio", *map(str, study), "--workers", "2", "--json"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as driver:
        children = Path(f"/proc/{driver.pid}/task/{driver.pid}/children")
        if not children.exists():
            driver.kill()
            pytest.skip("this system does not list the children of a process")
        while len(children.read_text("utf-8").split()) < 3:  # the two, and one that tracks them
            assert driver.poll() is None
        os.killpg(driver.pid, getattr(signal, sent))
        out, err = driver.communicate(timeout=60)
    assert driver.returncode == 130, err
    assert json.loads(out)["error"]["kind"] == "interrupted"
    assert "Traceback" not in err, err


LIMITED = """
import resource
resource.setrlimit(resource.RLIMIT_AS, ({megabytes} << 20,) * 2)
"""

SAMPLING = ("sensitivity", "inputs", "us-2027", "--workers", "2", "--method", "sample")


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is not measured here")
@pytest.mark.parametrize(
    ("megabytes", "arguments"),
    [
        (150, ("solve", "textbook")),
        (280, ("solve", "us-2027")),
        (350, SAMPLING),  # where a library would try again and again as it is loaded
        (420, SAMPLING),
    ],
)
def test_too_little_memory_is_a_sentence(megabytes: int, arguments: tuple[str, ...]) -> None:
    ended = run_with(LIMITED.format(megabytes=megabytes), *arguments, "--json")
    assert ended.returncode == 5, ended
    error = read_error(ended)
    assert error["kind"] == "solver"
    assert "memory" in error["message"]
    assert ended.stderr == ""
