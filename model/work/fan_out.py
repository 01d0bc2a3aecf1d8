"""One door for ensembles: many small tasks, in this process, on workers here, or on a cluster.

A task is a function of the package and two texts of JSON: what all tasks share, and what is its
own. It gives a mapping that JSON can hold. Models are never sent: each worker compiles what it is
told about, once. Results are kept by a hash of both texts, so that whatever was done is not done
again; what a task gives depends on its texts alone, and so not on who does it. A task that time
or the user cuts short gives nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import wait
from functools import partial
from pathlib import Path
from typing import Any, Self

from .clock import Clock
from .cluster import run_on_cluster
from .crew import Crew, Errand, await_late, call_off
from .processes import Results, run_on_processes

__all__ = ["Crew", "Store", "Task", "fan_out", "write_text"]

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
    with Store(crew.keep) as store:
        open_ = {key: text for key, text in zip(keys, texts, strict=True) if key not in store.found}
        for key, result in _run(task, common, open_, crew):
            store.add(key, result)
            if crew.report:
                done = sum(key in store.found for key in keys)
                crew.report(done, len(keys), what)
            if crew.clock.is_over:
                break
        return [store.found.get(key) for key in keys]


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


# What is kept ---------------------------------------------------------------------------------


class Store:
    """Results by key, in a file that only grows; a line cut short by a killed run is dropped."""

    def __init__(self, file: Path | None) -> None:
        self.file = file
        self.found: dict[str, dict[str, Any]] = {}

    def __enter__(self) -> Self:
        self.stream = None
        if self.file is None:
            return self
        whole = 0
        if self.file.exists():
            for line in self.file.read_bytes().splitlines(keepends=True):
                if not line.endswith(b"\n"):
                    break
                try:
                    kept = json.loads(line)
                    self.found[kept["key"]] = kept["result"]
                except (ValueError, KeyError, TypeError):
                    break
                whole += len(line)
            with self.file.open("r+b") as stream:
                stream.truncate(whole)
        self.stream = self.file.open("ab")
        return self

    def add(self, key: str, result: dict[str, Any]) -> None:
        """Takes in a result and writes it down before anything else happens."""
        if key in self.found:
            return
        self.found[key] = result
        if self.stream is not None:
            line = json.dumps({"key": key, "result": result}, allow_nan=False) + "\n"
            self.stream.write(line.encode())
            self.stream.flush()
            os.fsync(self.stream.fileno())

    def __exit__(self, *error: object) -> None:
        if self.stream is not None:
            self.stream.close()
