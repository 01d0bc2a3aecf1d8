"""One command at a time in a run folder: a lock file that names the process that holds it.

The system drops the lock with the process, so what a killed one has left is no obstacle.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import platform
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from ...inputs.complaint import InputError

LOCK = ".stratafolio-lock"

TRIES = 20
"""Times that a lock is tried for which is taken away meanwhile."""

NO_LOCKS = (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS)
"""What file systems without locks say: there two commands at once are the user's care."""


def take_lock(folder: Path, where: str) -> int:
    """The open lock file of a folder. Raises InputError that says who holds it, and OSError."""
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    for _ in range(TRIES):
        lock = os.open(folder / LOCK, flags, 0o666)
        is_ours = _try_lock(lock)
        if is_ours and _is_still_there(folder / LOCK, lock):
            try:
                os.ftruncate(lock, 0)
                os.write(lock, json.dumps(_introduce()).encode())
            except OSError:
                release_lock(folder, lock)
                raise
            return lock
        holder = "" if is_ours else _name_holder(lock)
        os.close(lock)
        if holder:
            message = f"'{folder}' is held by {holder}; wait until it ends, or name another folder"
            raise InputError.of(where, message)
        # Its holder has just taken it away: there may be a new one.
    raise InputError.of(where, f"'{folder}' changes hands again and again; name another folder")


def release_lock(folder: Path, lock: int) -> None:
    """Takes the lock file away and lets go of it."""
    with contextlib.suppress(OSError):
        (folder / LOCK).unlink(missing_ok=True)
    os.close(lock)


def _try_lock(lock: int) -> bool:
    """Locks an open file for this process; False if another has locked it."""
    if sys.platform == "win32":
        return True
    import fcntl

    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
            return False
        if error.errno not in NO_LOCKS:
            raise
    return True


def _is_still_there(file: Path, lock: int) -> bool:
    try:
        return os.path.samestat(file.stat(), os.fstat(lock))
    except FileNotFoundError:
        return False


def _introduce() -> dict[str, Any]:
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    return {"pid": os.getpid(), "host": platform.node(), "since": now}


def _name_holder(lock: int) -> str:
    try:
        holder = json.loads(os.read(lock, 1000))
        since = datetime.fromisoformat(holder["since"]).strftime("%Y-%m-%d %H:%M:%S")
        return f"process {int(holder['pid'])} on {str(holder['host'])[:60]!r} since {since}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
