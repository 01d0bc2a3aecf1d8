"""How long something has taken, and what is left of a limit."""

from __future__ import annotations

import time


def read_seconds() -> float:
    """Seconds since some moment in the past: what all clocks go by.

    A test puts a source of its own in its place, and so cuts a study short where it likes.
    """
    return time.perf_counter()


class Clock:
    """Seconds since the start, and what is left of a limit on the whole command."""

    def __init__(self, limit: float | None = None) -> None:
        self.begun = read_seconds()
        self.limit = limit

    @property
    def seconds(self) -> float:
        return read_seconds() - self.begun

    @property
    def left(self) -> float | None:
        """Seconds left, below 0 once it is over; None without a limit."""
        return None if self.limit is None else self.limit - self.seconds

    @property
    def is_over(self) -> bool:
        return self.limit is not None and self.seconds >= self.limit

    def stop(self) -> None:
        """Lets no time be left from now on."""
        self.limit = 0.0


class PartClock(Clock):
    """The first share of what is left on another clock; over when that one is, at the latest."""

    def __init__(self, whole: Clock, share: float) -> None:
        left = whole.left
        super().__init__(None if left is None else share * left)
        self.whole = whole

    @property
    def left(self) -> float | None:
        own, whole = super().left, self.whole.left
        return own if whole is None else whole if own is None else min(own, whole)

    @property
    def is_over(self) -> bool:
        return super().is_over or self.whole.is_over

    def stop(self) -> None:
        self.whole.stop()
        super().stop()
