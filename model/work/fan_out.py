"""One door for ensembles: many small tasks, on this thread, on workers here, or on a cluster.

A task is a function of the package and two texts of JSON: what all tasks share, and what is its
own. It gives a mapping that JSON can hold. Models are never sent: each worker compiles what it is
told about, once. Results are kept by a hash of both texts, so that whatever was done is not done
again; what a task gives depends on its texts alone, and so not on who does it.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import os
import signal
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from typing import Any

from ...inputs.complaint import InputError
from ..failures import SolverFailed
from .clock import Clock
from .store import Store
from .versions import list_versions

Record = Mapping[str, Any]
Task = Callable[[str, str], dict[str, Any]]
"""A function at the top of a module of this package: (shared text, own text) to a record."""

Results = Generator[tuple[str, dict[str, Any]], None, None]
"""Keys with what their tasks give, as they come."""

Report = Callable[[float, float, str], None]
"""Told how much of how much is done."""

TRIES = 3
"""Workers that a task may outlive: one that has taken so many with it is itself at fault."""

AHEAD = 4
"""Tasks handed out for each worker, so that none waits and little is lost when time ends."""

GRACE = 5.0
"""Seconds that a task may still take once time has ended or the user has interrupted."""

PATIENCE = 15.0
"""Seconds to wait for a cluster to answer."""


@dataclass
class Crew:
    """Who does the work: this thread (1), so many worker processes, or a Dask cluster."""

    workers: int = 1
    dask: str | None = None
    clock: Clock = field(default_factory=Clock)
    report: Report | None = None
    keep: Store = field(default_factory=Store)


def fan_out(
    task: Task, shared: Record, records: Sequence[Record], crew: Crew, what: str = ""
) -> list[dict[str, Any] | None]:
    """What the task gives for every record, in their order; None where time ran out before.

    Raises InputError for a cluster that cannot be reached or has other versions, and SolverFailed
    for a task that fails or that workers do not survive.
    """
    common = write_text(shared)
    texts = [write_text(record) for record in records]
    stem = hashlib.sha256(f"{task.__module__}.{task.__qualname__}\n{common}".encode()).hexdigest()
    keys = [hashlib.sha256(f"{stem}{text}".encode()).hexdigest() for text in texts]
    text_of = dict(zip(keys, texts, strict=True))
    answers = {key: crew.keep.find(key) for key in text_of}
    open_ = {key: text for key, text in text_of.items() if answers[key] is None}
    times = Counter(keys)
    done = len(keys) - sum(times[key] for key in open_)
    with (
        contextlib.closing(_run(task, common, open_, crew)) as results,
        contextlib.closing(_keep_in_order(crew.keep, open_, results)) as kept,
    ):
        for key, result in kept:
            answers[key] = result
            done += times[key]
            if crew.report:
                crew.report(done, len(keys), what)
            if crew.clock.is_over:
                break
    return [answers[key] for key in keys]


def _keep_in_order(store: Store, keys: Iterable[str], results: Results) -> Results:
    """Results as they come, kept in the order of their keys: a file does not tell who did them.

    One that comes before its turn waits for it in memory, or for the end.
    """
    turns = deque(keys)
    waiting: dict[str, dict[str, Any]] = {}
    try:
        for key, result in results:
            waiting[key] = result
            while turns and turns[0] in waiting:
                store.add(turns[0], waiting.pop(turns.popleft()))
            yield key, result
    finally:
        for key in turns:
            if key in waiting:
                store.add(key, waiting[key])


def write_text(record: Record) -> str:
    """A record as JSON: equal records give equal texts."""
    return json.dumps(record, separators=(",", ":"), sort_keys=False, allow_nan=False)


def _run(task: Task, shared: str, texts: Mapping[str, str], crew: Crew) -> Results:
    if not texts:
        return
    if crew.dask:
        yield from _run_on_cluster(task, shared, texts, crew.dask)
    elif crew.workers > 1 and len(texts) > 1:
        yield from _run_on_processes(task, shared, texts, min(crew.workers, len(texts)))
    else:
        for key, text in texts.items():
            yield key, task(shared, text)


# Processes ------------------------------------------------------------------------------------


def _run_on_processes(task: Task, shared: str, texts: Mapping[str, str], workers: int) -> Results:
    """Worker processes, started afresh (never forked); a dead one is replaced, its work redone."""
    import multiprocessing

    left = dict(texts)
    lost: dict[str, int] = {}
    while left:
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_watch_parent)
        at_work: dict[Future[dict[str, Any]], str] = {}
        try:
            for key, result in _keep_busy(pool, task, shared, left, at_work, AHEAD * workers):
                del left[key]
                yield key, result
        except BrokenProcessPool:
            whole = [f for f in at_work if f.done() and not f.cancelled() and not f.exception()]
            for future in whole:
                key = at_work.pop(future)
                if left.pop(key, None) is not None:
                    yield key, future.result()
            for key in list(at_work.values())[:workers]:
                lost[key] = lost.get(key, 0) + 1
                if lost[key] >= TRIES:
                    message = f"a task has ended {TRIES} workers; is there memory enough for each?"
                    raise SolverFailed(message) from None
        finally:
            _end_pool(pool, at_work)


def _end_pool(pool: ProcessPoolExecutor, at_work: Iterable[Future[dict[str, Any]]]) -> None:
    """Ends the workers: after their last task, or by force where it takes too long."""
    workers = dict(getattr(pool, "_processes", None) or {})
    pool.shutdown(wait=False, cancel_futures=True)
    asked = [future for future in at_work if not future.cancelled()]
    for worker in workers.values() if wait(asked, timeout=GRACE).not_done else ():
        worker.terminate()


def _keep_busy(
    pool: Executor,
    task: Task,
    shared: str,
    texts: Mapping[str, str],
    at_work: dict[Future[dict[str, Any]], str],
    ahead: int,
) -> Results:
    """Hands out tasks, so many ahead, and gives results as they come; `at_work` is what is out."""
    waiting = iter(list(texts))
    for key in itertools.islice(waiting, ahead):
        at_work[pool.submit(task, shared, texts[key])] = key
    while at_work:
        done = wait(at_work, return_when=FIRST_COMPLETED).done
        for future in sorted(done, key=lambda future: list(at_work).index(future)):
            result = future.result()
            key = at_work.pop(future)
            for further in itertools.islice(waiting, 1):
                at_work[pool.submit(task, shared, texts[further])] = further
            yield key, result


def _watch_parent() -> None:
    """Ends a worker whose parent has been killed, which would else wait for work for ever."""
    import multiprocessing
    import threading
    from multiprocessing.connection import wait as wait_for

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the driver is told, and ends its workers
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            wait_for([parent.sentinel])
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


# A cluster ------------------------------------------------------------------------------------


def _run_on_cluster(task: Task, shared: str, texts: Mapping[str, str], address: str) -> Results:
    """A Dask cluster, as an executor; it redoes the work of a worker that dies."""
    with open_cluster(address) as client, client.get_executor(pure=False) as executor:
        cores = sum(client.nthreads().values())
        at_work: dict[Future[dict[str, Any]], str] = {}
        try:
            yield from _keep_busy(executor, task, shared, texts, at_work, AHEAD * cores)
        except Exception as error:
            if type(error).__name__ == "KilledWorker":
                message = "a task has ended several workers of the cluster; is there memory enough?"
                raise SolverFailed(message) from None
            raise
        finally:
            for future in at_work:
                future.cancel()


@contextlib.contextmanager
def open_cluster(address: str) -> Iterator[Any]:
    """A client of a running cluster whose workers have this package in this version."""
    where = "--dask"
    try:
        from distributed import Client
    except ImportError:
        message = "needs the extra 'cluster'; install stratafolio[cluster]"
        raise InputError.of(where, message) from None
    import logging

    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        message = (
            f"no scheduler answers at '{address}' ({type(error).__name__}); "
            "give the address it prints when it starts, as tcp://host:8786"
        )
        raise InputError.of(where, message) from None
    try:
        refuse_other_workers(client)
        yield client
    finally:
        client.close()


def refuse_other_workers(client: Any) -> None:
    """Raises InputError for a cluster without workers, or with workers that would differ."""
    where = "--dask"
    if not client.scheduler_info(n_workers=-1)["workers"]:
        raise InputError.of(where, "the cluster has no workers; start some and try again")
    own = list_versions()
    for worker, found in client.run(list_versions, on_error="return").items():
        if isinstance(found, BaseException):
            message = (
                f"worker {worker} has no stratafolio; install version {own['stratafolio']} there"
            )
            raise InputError.of(where, message)
        for name, wanted in own.items():
            if found.get(name) != wanted:
                message = (
                    f"worker {worker} has {name} {found.get(name)}, expected {wanted}; install "
                    "the same version there, or numbers may differ"
                )
                raise InputError.of(where, message)
