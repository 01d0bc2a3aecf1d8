"""Tasks for tests of fan_out: at the top of a module, as worker processes import them."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

from stratafolio.model.work.crew import CalledOff, Errand


def square(shared: str, record: str) -> dict[str, Any]:
    """Give the square of a number, and note in a log that it was asked for."""
    common, own = json.loads(shared), json.loads(record)
    if "log" in common:
        with Path(common["log"]).open("a", encoding="utf-8") as log:
            log.write(f"{own['n']} {os.getpid()}\n")
    time.sleep(float(common.get("seconds", 0.0)))
    return {"square": own["n"] ** 2}


def die_once(shared: str, record: str) -> dict[str, Any]:
    """End the worker that first meets the number 3; give the square otherwise."""
    mark, own = Path(json.loads(shared)["mark"]), json.loads(record)
    if own["n"] == 3 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return square("{}", record)


def die_always(shared: str, record: str) -> dict[str, Any]:
    """End whatever worker meets the number 3."""
    if json.loads(record)["n"] == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return square(shared, record)


def fail(shared: str, record: str) -> dict[str, Any]:
    """Fail as a task with a fault does."""
    raise ValueError(f"{shared} and {record}")


class Odd(Exception):
    """An error that does not come back from another process as it was raised."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(f"{first} and {second}")


def fail_oddly(shared: str, record: str) -> dict[str, Any]:
    """Fail with an error that cannot be sent as it is."""
    raise Odd(shared, record)


def stall(shared: str, record: str) -> dict[str, Any]:
    """Give the square of a number below 2; never end for any other, unless called off."""
    while json.loads(record)["n"] >= 2:
        time.sleep(0.01)
        if Errand.is_this_called_off():
            raise CalledOff
    return square(shared, record)


def name_other_versions() -> dict[str, str]:
    """Give a version that no other process has."""
    return {"stratafolio": f"other-{os.getpid()}"}


def hear(shared: str, record: str) -> dict[str, Any]:
    """Tell whether the thread that a worker began with would hear of Ctrl-C."""
    del shared, record
    return {"hears": signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])}
