"""The files of a run: written into a hidden folder and moved into place together, run.json last.

A move that was cut short is finished by whoever comes next, so that a folder holds one whole run or
the one before it. Nothing is written through a link.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Mapping
from pathlib import Path

from ...inputs.complaint import InputError
from ...inputs.whole_file import sync_folder, write_synced
from .lock import release_lock, take_lock

RUN = "run.json"
"""The record of the last command; a folder that has it holds a whole run."""

PATIENCE = 2.0
"""Seconds to wait for a command that is moving files into place."""

PART, READY = ".stratafolio-part", ".stratafolio-ready"
"""Files that are being written; files that are whole and on their way into place."""


def write_together(folder: Path, files: Mapping[str, bytes]) -> None:
    """Puts files into a folder that is held: all of them, whole, or none. Raises InputError."""
    part = folder / PART
    try:
        remove_hidden(part)
        part.mkdir()
        for name, content in files.items():
            write_synced(part / name, content)
        sync_folder(part)
        part.rename(folder / READY)
        sync_folder(folder)
    except OSError as error:
        with contextlib.suppress(OSError):
            remove_hidden(part)
        message = f"the run cannot be written ({error.strerror or error}); make room, or name "
        raise InputError.of(str(folder), message + "another folder with --out") from None
    move_into_place(folder)


def move_into_place(folder: Path) -> None:
    """Moves what is ready into a folder that is held, run.json last. Raises InputError."""
    ready = folder / READY
    if not ready.is_dir() or ready.is_symlink():
        remove_hidden(ready)
        return
    for file in sorted(ready.iterdir(), key=lambda file: (file.name == RUN, file.name)):
        try:
            file.replace(folder / file.name)
        except OSError as error:
            message = f"cannot be put into place ({error.strerror or error}); take it away"
            raise InputError.of(str(folder / file.name), message) from None
    remove_hidden(ready)
    sync_folder(folder)


def settle_files(folder: Path) -> None:
    """Finishes what a killed command has left on its way into place. Raises InputError."""
    last = time.monotonic() + PATIENCE
    try:
        while os.path.lexists(folder / READY):
            try:
                lock = take_lock(folder, str(folder))
            except InputError:
                if time.monotonic() > last:
                    raise
                time.sleep(0.05)  # whoever holds it is about to move them
                continue
            try:
                move_into_place(folder)
            finally:
                release_lock(folder, lock)
    except OSError as error:
        message = (
            "holds files that a killed command left on their way into place, and cannot be "
            f"written ({error.strerror or error}); make it writable, or copy it"
        )
        raise InputError.of(str(folder), message) from None


def remove_hidden(folder: Path) -> None:
    """Takes away a folder with what is in it, or whatever stands in its place; follows no link."""
    if folder.is_dir() and not folder.is_symlink():
        shutil.rmtree(folder)
    else:
        folder.unlink(missing_ok=True)
