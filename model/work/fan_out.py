"""One door for ensembles: many small tasks, in this process, on workers here, or on a cluster.

A task is a function of the package and two texts of JSON: what all tasks share, and what is its
own. It gives a mapping that JSON can hold. Models are never sent: each worker compiles what it is
told about, once. Results are kept by a hash of both texts, so that whatever was done is not done
again; what a task gives depends on its texts alone, and so not on who does it. A task that time
or the user cuts short gives nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import wait
from functools import partial
from typing import Any

from .clock import Clock
from .cluster import run_on_cluster
from .crew import Crew, Errand, await_late, call_off
from .processes import Results, run_on_processes
from .store import Store

__all__ = ["Crew", "Task", "fan_out", "write_text"]

Record = Mapping[str, Any]
Task = Callable[[str, str], dict[str, Any]]
"""A function at the top of a module of this package: (shared text, own text) to a record."""


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
    if crew.dask is not None:
        yield from run_on_cluster(task, shared, texts, crew.dask, crew.clock)
    elif crew.workers > 1 and len(texts) > 1:
        count = min(crew.workers, len(texts))
        yield from run_on_processes(task, shared, texts, count, crew.clock)
    else:
        yield from _run_here(task, shared, texts, crew.clock)


def _run_here(task: Task, shared: str, texts: Mapping[str, str], clock: Clock) -> Results:
    """One task at a time, beside this thread: so the end of time and Ctrl-C get through."""
    await_late()  # a task may keep a compiled scenario at hand for the next one
    for key, text in texts.items():
        if clock.is_over:
            return
        errand = Errand(partial(task, shared, text))
        try:
            if wait([errand.future], clock.left).done:
                yield key, errand.future.result()
        finally:
            call_off([errand])
