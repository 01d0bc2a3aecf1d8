"""How much memory a process may still take, where that is limited.

Where the last byte is gone, Python may run in circles and C libraries may abort without a word: a
process that is nearly there is better ended in time.
"""

from __future__ import annotations

import os
import resource
from pathlib import Path

SPARE = 32 << 20
"""Bytes short of the limit at which there is too little left."""

TAKEN = Path("/proc/self/statm")
"""Where the system says how much a process has taken, in pages."""


def find_memory_limit() -> int | None:
    """Bytes that this process may take; None where that is not limited, or not told."""
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    return None if limit == resource.RLIM_INFINITY or not TAKEN.exists() else limit


def is_nearly_out(limit: int | None) -> bool:
    """Whether this process has nearly taken what it may."""
    if limit is None:
        return False
    taken = int(TAKEN.read_text("ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
    return taken > limit - SPARE
