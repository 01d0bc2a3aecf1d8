"""What all fuzzing shares: how many cases there are, how each is drawn, how a command may end.

A file beside this one holds one kind of case: a test over `list_cases`, which takes what it needs
from `draw_for` and ends each command with `end_well`. The number of a case is all there is to it:
what fails as `[1234]` is run again by `STRATAFOLIO_FUZZ=1234-1234`, beside the name of its test.
"""

from __future__ import annotations

import json
import os
import random
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from small_scenarios import Outcome, run

KINDS = {2: "usage", 3: "input", 4: "infeasible", 5: "solver"}
"""The kind of error that each exit code means."""

MACHINERY = ("Traceback", 'File "', "pydantic", "ruamel", "openpyxl", "fault of the program")
"""What no sentence for people holds."""

PATIENCE = 60
"""Seconds after which a command on a tiny scenario hangs."""


def list_cases(few: int) -> range:
    """The numbers of the cases: the first few, or those that STRATAFOLIO_FUZZ says.

    It says how many, from 0 on, or the first and the last: `3000-3999` is a thousand.
    """
    first, dash, last = os.environ.get("STRATAFOLIO_FUZZ", str(few)).partition("-")
    return range(int(first), int(last) + 1) if dash else range(int(first))


def draw_for(what: str, case: int) -> random.Random:
    """The draws of one case: the same number draws the same, whatever is run beside it."""
    return random.Random(f"{what} {case}")


class HangError(BaseException):
    """Not an Exception, so that no handler of errors takes it for one."""


@contextmanager
def at_most(seconds: int) -> Iterator[None]:
    """Break off what takes longer, so that a hang is a failed test."""

    def stop(*_: object) -> None:
        raise HangError(f"took more than {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def end_well(*arguments: object) -> Outcome:
    """Run a command and assert that it ends as commands may end; give how it did."""
    with at_most(PATIENCE):
        ended = run(*arguments)
    check_ending(ended, wants_json="--json" in arguments)
    return ended


def check_ending(ended: Outcome, *, wants_json: bool) -> None:
    """Assert that a command ended with an answer or one clear error, for people or programs."""
    told = ended.out + ended.err
    assert ended.code in (0, *KINDS), (ended.code, told[:2000])
    told.encode()  # nothing that no terminal or file could hold
    if ended.code == 0:
        assert told.strip(), "nothing was told"
        if wants_json:
            read_json(ended.out)
        return
    if wants_json:
        error = ended.error
        assert set(error) == {"kind", "message", "details"}
        assert error["kind"] == KINDS[ended.code]
        assert all(set(detail) == {"where", "message"} for detail in error["details"])
        assert error["details"] or ended.code in (2, 5)
        sentence = error["message"]
    else:
        assert ended.out == "", "half an answer before an error"
        sentence = ended.err
    assert sentence.strip()
    assert not [part for part in MACHINERY if part in sentence], sentence[:2000]
    assert len(sentence) < 40_000, f"{len(sentence)} characters"


def read_json(text: str) -> Any:
    """A record as strict JSON: no NaN, no infinity."""

    def refuse(name: str) -> Any:
        raise AssertionError(f"{name} is not JSON")

    return json.loads(text, parse_constant=refuse)
