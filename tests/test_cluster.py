"""A Dask cluster that loses workers or its scheduler, or was never there: each a sentence."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from fan_out_tasks import name_other_versions, square
from small_scenarios import put, refuse, tiny_document, write_scenario

from stratafolio.inputs.complaint import InputError
from stratafolio.model.failures import SolverFailed
from stratafolio.model.work import cluster as door
from stratafolio.model.work.clock import Clock
from stratafolio.model.work.fan_out import Crew, fan_out
from stratafolio.model.work.store import Store

RECORDS = [{"n": n} for n in range(12)]
SQUARES = [{"square": n**2} for n in range(12)]

pytestmark = pytest.mark.filterwarnings("ignore")  # those of the cluster's own libraries


@dataclass
class LocalCluster:
    """A scheduler and its workers, each a process of its own."""

    address: str
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)


@contextlib.contextmanager
def start_cluster(folder: Path, count: int = 1, *, nanny: bool = False) -> Iterator[LocalCluster]:
    """Start a scheduler and so many workers; a nanny starts a dead one again."""
    distributed = pytest.importorskip("distributed")
    file = folder / "scheduler.json"
    quiet: dict[str, Any] = {
        "env": {**os.environ, "PYTHONPATH": str(Path(__file__).parent)},
        "cwd": folder,
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
        "start_new_session": True,
    }
    python = [sys.executable, "-W", "ignore", "-m"]
    options = ["--scheduler-file", str(file), "--no-dashboard"]
    scheduler = subprocess.Popen(
        [*python, "distributed.cli.dask_scheduler", "--port", "0", *options], **quiet
    )
    own = ["distributed.cli.dask_worker", "--nthreads", "1", "--nanny" if nanny else "--no-nanny"]
    workers = [subprocess.Popen([*python, *own, *options], **quiet) for _ in range(count)]
    try:
        deadline = time.monotonic() + 60
        while not file.exists() or not file.read_text("utf-8").rstrip().endswith("}"):
            assert time.monotonic() < deadline, "the scheduler does not start"
            time.sleep(0.1)
        address = str(json.loads(file.read_text("utf-8"))["address"])
        with distributed.Client(address, set_as_default=False) as client:
            client.wait_for_workers(count, timeout=60)
        yield LocalCluster(address, scheduler, workers)
    finally:
        for process in (*workers, scheduler):
            end_session(process)


def end_session(process: subprocess.Popen[bytes]) -> None:
    """End a process and what it has started, at once."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=10)


def test_a_cluster_loses_a_worker_and_nothing_else(tmp_path: Path) -> None:
    """The same numbers as here, though one of two workers is killed on the way."""
    distributed = pytest.importorskip("distributed")
    log, keep = tmp_path / "log", tmp_path / "kept.jsonl"
    shared = {"log": str(log), "seconds": 0.15}
    killed: list[int] = []

    def note(done: float, total: float, what: str) -> None:
        del total, what
        if done >= 3 and not killed:
            pid = int(log.read_text("utf-8").splitlines()[-1].split()[1])
            killed.append(pid)
            os.kill(pid, signal.SIGKILL)

    with start_cluster(tmp_path, 2, nanny=True) as cluster:
        crew = Crew(dask=cluster.address, keep=Store(keep, "hash", "squares"), report=note)
        assert fan_out(square, shared, RECORDS, crew) == SQUARES
        assert killed
        lines = [json.loads(line)["key"] for line in keep.read_text("utf-8").splitlines()[1:]]
        assert len(set(lines)) == len(lines) == len(RECORDS)
        # Workers of another version are refused by name.
        with distributed.Client(cluster.address, set_as_default=False) as client:
            client.wait_for_workers(1, timeout=60)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(door, "list_versions", name_other_versions)
                with pytest.raises(InputError, match="expected"):
                    door.refuse_other_workers(client, cluster.address)
            door.refuse_other_workers(client, cluster.address)


def test_a_cluster_keeps_the_limit_and_is_told_when_it_loses_its_last_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "PATIENCE", 4.0)
    with start_cluster(tmp_path) as cluster:
        limited = Crew(dask=cluster.address, clock=Clock(2.0))
        assert fan_out(square, {"seconds": 4.0}, RECORDS, limited) == [None] * 12

        def note(done: float, total: float, what: str) -> None:
            del done, total, what
            end_session(cluster.workers[0])

        crew = Crew(dask=cluster.address, report=note)
        with pytest.raises(SolverFailed, match="lost its last worker"):
            fan_out(square, {"seconds": 0.2}, RECORDS, crew)


def test_a_cluster_that_loses_its_scheduler_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "PATIENCE", 4.0)
    with start_cluster(tmp_path) as cluster:

        def note(done: float, total: float, what: str) -> None:
            del done, total, what
            end_session(cluster.scheduler)

        crew = Crew(dask=cluster.address, report=note)
        with pytest.raises(SolverFailed, match="no longer answers"):
            fan_out(square, {"seconds": 0.2}, RECORDS, crew)


@pytest.mark.parametrize(
    "address", ["", "x", "tcp://", "http://127.0.0.1:8", "tcp://a:b", "tls://"]
)
def test_what_is_no_address_is_refused(address: str, doubtful: Path) -> None:
    says = ("no address of a scheduler", "tcp://host:8786")
    (detail,) = refuse("sensitivity", "inputs", doubtful, "--dask", address, says=says)
    assert detail["where"] == "--dask"
    (detail,) = refuse("robust", doubtful, "--dask", address, says=says)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "tls://127.0.0.1:9", "127.0.0.1:9"])
def test_a_cluster_that_is_not_there_is_told(
    address: str, doubtful: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(door, "PATIENCE", 0.5)
    says = ("--dask", "no scheduler", address)
    refuse("sensitivity", "inputs", doubtful, "--dask", address, says=says)


@pytest.fixture(name="doubtful")
def write_doubtful(tmp_path: Path) -> Path:
    """Write a scenario with one figure that carries a range."""
    document = put(tiny_document(), "effects.grid_frontier.points_low", 1.0)
    put(document, "effects.grid_frontier.points_high", 6.0)
    return write_scenario("yaml", tmp_path, document)
