"""How long something has taken, and what is left of a limit."""

from __future__ import annotations

import time


class Clock:
    """Seconds since the start, and what is left of a limit on the whole command."""

    def __init__(self, limit: float | None = None) -> None:
        self.begun = time.perf_counter()
        self.limit = limit

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.begun

    @property
    def left(self) -> float | None:
        """Seconds left, below 0 once it is over; None without a limit."""
        return None if self.limit is None else self.limit - self.seconds

    @property
    def is_over(self) -> bool:
        return self.left is not None and self.left <= 0
