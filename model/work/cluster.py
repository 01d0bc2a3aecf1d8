"""A Dask cluster: tasks are handed out ahead, and nothing waits for a cluster that is gone.

Dask redoes the work of a worker that dies as long as another is left. Its client may wait for ever
for a scheduler or a last worker that is gone, so every call to it that waits is an errand.
"""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from itertools import islice
from typing import Any, TypeVar

from ...inputs.complaint import InputError
from ..failures import SolverFailed
from .clock import Clock
from .crew import Errand
from .processes import Results
from .versions import list_versions

WHERE = "--dask"

ADDRESS = re.compile(r"((tcp|tls|ws|wss|ucx)://)?([^\s/:@\[\]]+|\[[0-9a-fA-F:.%]+\]):\d{1,5}")
"""What schedulers listen at."""

PATIENCE = 15.0
"""Seconds to wait for a cluster to answer, or for a worker to take the place of the last one."""

BEAT = 1.0
"""Seconds without a result after which the cluster is asked whether it is still there."""

PARTING = 1.0
"""Seconds that saying goodbye to a cluster may take."""

AHEAD = 4
"""Tasks handed out for each core, so that none waits and little is lost when time ends."""

Told = TypeVar("Told")


def run_on_cluster(
    task: Callable[..., Any], shared: str, texts: Mapping[str, str], address: str, clock: Clock
) -> Results:
    """What a task gives for every text, as it comes, until time has ended.

    Raises InputError for a cluster that cannot be used, SolverFailed for one that is lost.
    """
    at_work: dict[Future[dict[str, Any]], str] = {}
    waiting = iter(texts)
    with open_cluster(address, clock) as client:
        executor = client.get_executor(pure=False)
        heartbeat = Heartbeat(client, address)
        cores = sum(heartbeat.ask(client.nthreads).values())
        for key in islice(waiting, AHEAD * cores):
            at_work[executor.submit(task, shared, texts[key])] = key
        while at_work and not clock.is_over:
            pause = BEAT if clock.left is None else min(BEAT, clock.left)
            done = wait(at_work, pause, FIRST_COMPLETED).done
            if not done:
                heartbeat.look()
            for future in [future for future in at_work if future in done]:
                result = take_result(future, address)
                key = at_work.pop(future)
                for further in islice(waiting, 1):
                    at_work[executor.submit(task, shared, texts[further])] = further
                yield key, result


def take_result(future: Future[dict[str, Any]], address: str) -> dict[str, Any]:
    """What a task gave. Raises what it raised, or SolverFailed where the cluster has lost it."""
    try:
        return future.result()
    except CancelledError:
        raise SolverFailed(tell_lost(address)) from None
    except Exception as error:
        if type(error).__name__ == "KilledWorker":
            message = "a task has ended several workers of the cluster; is there memory enough?"
            raise SolverFailed(message) from None
        raise


def tell_lost(address: str) -> str:
    """The sentence for a scheduler that is gone."""
    return f"the scheduler at {address} no longer answers; start it and run the command again"


class Heartbeat:
    """Whether a cluster is still there."""

    def __init__(self, client: Any, address: str) -> None:
        self.client, self.address = client, address
        self.alone_since: float | None = None

    def ask(self, question: Callable[[], Told]) -> Told:
        """The cluster's answer. Raises SolverFailed where none comes."""
        try:
            return Errand(question).future.result(PATIENCE)
        except (OSError, CancelledError, RuntimeError):  # TimeoutError is an OSError
            raise SolverFailed(tell_lost(self.address)) from None

    def look(self) -> None:
        """Raises SolverFailed once the scheduler is gone, or all workers for too long."""
        now = time.monotonic()
        if self.ask(self.client.nthreads):
            self.alone_since = None
        elif self.alone_since is None:
            self.alone_since = now
        elif now - self.alone_since > PATIENCE:
            message = (
                f"the cluster at {self.address} has lost its last worker; start workers and run "
                "the command again"
            )
            raise SolverFailed(message)


# Opening --------------------------------------------------------------------------------------


def check_address(address: str) -> None:
    """Raises InputError for what is no address of a scheduler."""
    if not ADDRESS.fullmatch(address):
        message = (
            f"'{address}' is no address of a scheduler; give the one it prints when it starts, as "
            "tcp://host:8786"
        )
        raise InputError.of(WHERE, message)


@contextlib.contextmanager
def open_cluster(address: str, clock: Clock) -> Iterator[Any]:
    """A client of a running cluster whose workers have this package in this version."""
    check_address(address)
    try:
        from distributed import Client
    except ImportError:
        message = "needs the extra 'cluster'; install stratafolio[cluster]"
        raise InputError.of(WHERE, message) from None
    import logging

    for name in ("distributed", "tornado", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    patience = PATIENCE if clock.left is None else max(0.1, min(PATIENCE, clock.left))
    connecting = Errand(lambda: Client(address, timeout=patience, set_as_default=False))
    try:
        client = connecting.future.result(patience + PARTING)
    except Exception as error:  # noqa: BLE001  # what goes wrong depends on the kind of address
        reason = str(error) if address.startswith("tls") else type(error).__name__
        message = (
            f"no scheduler answers at '{address}' ({reason}); "
            "give the address it prints when it starts, as tcp://host:8786"
        )
        raise InputError.of(WHERE, message) from None
    try:
        refuse_other_workers(client, address)
        yield client
    finally:
        leaving = Errand(lambda: client.close(timeout=PARTING))
        wait([leaving.future], timeout=PARTING)


def refuse_other_workers(client: Any, address: str) -> None:
    """Raises InputError for a cluster without workers, or with workers that would differ."""
    heartbeat = Heartbeat(client, address)
    if not heartbeat.ask(client.nthreads):
        raise InputError.of(WHERE, "the cluster has no workers; start some and try again")
    expected = list_versions()
    installed = heartbeat.ask(lambda: client.run(list_versions, on_error="return"))
    for worker, versions in installed.items():
        if isinstance(versions, BaseException):
            message = (
                f"worker {worker} has no stratafolio; install version {expected['stratafolio']} "
                "there"
            )
            raise InputError.of(WHERE, message)
        for name, wanted in expected.items():
            if versions.get(name) != wanted:
                message = (
                    f"worker {worker} has {name} {versions.get(name)}, expected {wanted}; install "
                    "the same version there, or numbers may differ"
                )
                raise InputError.of(WHERE, message)
