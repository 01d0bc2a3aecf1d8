"""A source of time that a test drives: studies are cut short where the test likes."""

from __future__ import annotations

import itertools

import pytest

from stratafolio.model.work import clock


def tick(monkeypatch: pytest.MonkeyPatch, step: float = 1.0) -> None:
    """Lets so many seconds pass at each look at a clock, and none in between.

    A limit of five steps then ends what is timed at the fifth look, on any machine.
    """
    looks = itertools.count()
    monkeypatch.setattr(clock, "read_seconds", lambda: step * next(looks))
