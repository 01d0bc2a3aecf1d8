"""Files that are there whole or not at all: written beside, on the disk, then moved into place."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from .complaint import InputError


def write_whole(file: Path, content: bytes) -> None:
    """Writes a file in one step; raises InputError where it cannot be."""
    with replacing(file) as half:
        write_synced(half, content)


def write_synced(file: Path, content: bytes) -> None:
    """Writes a new file, or over a plain one, and waits until it is on the disk."""
    with file.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


@contextlib.contextmanager
def replacing(file: Path, ending: bytes = b"") -> Iterator[Path]:
    """An empty file beside `file` that takes its place once it is written whole.

    `ending`: what a whole one ends with. Raises InputError where that cannot be, before anything is
    written: the writers of models may end the process over a file they cannot open, or say nothing.
    """
    if file.is_dir():
        raise InputError.of(str(file), "is a folder; name a file")
    half = file.with_name(f".{os.getpid()}-{file.name}")
    made = list_missing(file.parent)
    is_whole = False
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        half.unlink(missing_ok=True)
        half.touch(exist_ok=False)
        yield half
        with half.open("r+b") as stream:
            os.fsync(stream.fileno())
            is_whole = _ends_with(half, ending)
        if is_whole:
            half.replace(file)
            sync_folder(file.parent)
    except OSError as error:
        message = f"cannot be written ({error.strerror or error}); name another file"
        raise InputError.of(str(file), message) from None
    finally:
        with contextlib.suppress(OSError):
            half.unlink(missing_ok=True)
        if not is_whole:
            remove_empty(made)
    if not is_whole:
        raise InputError.of(str(file), "could not be written whole; the disk may be full")


def _ends_with(file: Path, ending: bytes) -> bool:
    size = file.stat().st_size
    with file.open("rb") as stream:
        stream.seek(max(0, size - len(ending)))
        return size > 0 and stream.read() == ending if ending else size > 0


def check_file(option: str, file: Path) -> None:
    """Raises InputError unless a file may be written; leaves all as it was."""
    if file.is_dir():
        raise InputError.of(option, f"'{file}' is a folder; name a file")
    _try_folder(option, file.parent, file)


def check_folder(option: str, folder: Path) -> None:
    """Raises InputError unless files may be written to a folder; leaves all as it was."""
    if folder.exists() and not folder.is_dir():
        raise InputError.of(option, f"'{folder}' is a file; name a folder")
    _try_folder(option, folder, folder)


def _try_folder(option: str, folder: Path, named: Path) -> None:
    made = list_missing(folder)
    probe = folder / f".{os.getpid()}-stratafolio-probe"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        message = f"'{named}' cannot be written ({error.strerror or error}); name another"
        raise InputError.of(option, message) from None
    finally:
        remove_empty(made)


def list_missing(folder: Path) -> list[Path]:
    """The folders that would have to be made for a folder to be there, the innermost first."""
    missing = []
    with contextlib.suppress(OSError):
        while not folder.exists():
            missing.append(folder)
            folder = folder.parent
    return missing


def remove_empty(folders: list[Path]) -> None:
    """Takes away folders in turn as long as they are empty."""
    with contextlib.suppress(OSError):
        for folder in folders:
            folder.rmdir()


def sync_folder(folder: Path) -> None:
    """Waits until the names in a folder are on the disk, where the system knows how."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
