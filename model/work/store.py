"""Answers by question, in a file that only grows: a study cut short goes on where it stopped.

A study asks the same questions in the same order each time; what is in its store is not solved
again. An answer stands under a hash of its question, which has to name all that the answer depends
on: what else the file holds then changes nothing. Each line is one answer,

    {"key": hash, "left": lines of its batch still to come, "answer": {...}, "check": hash},

and a batch is on the disk before it counts. What a killed run leaves of its last batch is dropped.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from ...inputs.complaint import InputError
from ...inputs.whole_file import sync_folder
from .versions import list_versions

FORMAT = 1
"""Of the file. A file of another is refused."""

HEAD, CHECK = b'{"store": ', b', "check": "'
"""How a file begins, and what stands before the hash of a line."""

Kept = dict[str, Any]
"""An answer as JSON holds it."""


class Store:
    """Answers by question; in memory alone where no file is named."""

    def __init__(self, file: Path | None = None, scenario: str = "", study: str = "") -> None:
        """`scenario` (a hash) and `study` head the file. Raises InputError for one that is not so.

        The file is made, or cut to its last whole batch, when there is something to add.
        """
        self._answers: dict[str, Kept] = {}
        self._fresh: dict[str, Kept] = {}
        self._file = file
        self._heading = {"store": FORMAT, "scenario": scenario, "study": study}
        self._stem = "" if file is None else json.dumps([self._heading, list_versions()])
        self._size = 0
        self._batches = 0
        self._lock = threading.Lock()
        if file is not None and os.path.lexists(file):
            with _open_file(file, os.O_RDONLY) as stream:
                self._size = self._read(file, stream)

    @property
    def is_kept(self) -> bool:
        """Whether answers outlive the command."""
        return self._file is not None

    @property
    def mark(self) -> str:
        """The scenario, the study and the versions of packages in a few letters."""
        return self._name("")

    def list_answers(self) -> list[Kept]:
        """All answers, as they came."""
        return list(self._answers.values())

    # Questions --------------------------------------------------------------------------------

    def find(self, question: str) -> Kept | None:
        """The answer to a question, if it is known."""
        return self._answers.get(self._name(question))

    def ask(self, question: str, answer: Callable[[], Kept]) -> Kept:
        """The known answer to a question, or the one that is found now and kept."""
        known = self.find(question)
        if known is not None:
            return known
        fresh = answer()
        self.add(question, fresh)
        return fresh

    def add(self, question: str, answer: Kept) -> None:
        """Keeps an answer, unless it says that it is not `final`: time has cut it short."""
        key = self._name(question)
        if not answer.get("final", True) or key in self._answers:
            return
        with self._lock:
            self._answers[key] = self._fresh[key] = answer
            if not self._batches:
                self._write_batch()

    @contextlib.contextmanager
    def batch(self) -> Iterator[None]:
        """What is added inside is written together at the end, in an order of its own.

        So the file does not depend on which of several workers was first.
        """
        with self._lock:
            self._batches += 1
        try:
            yield
        finally:
            with self._lock:
                self._batches -= 1
                if not self._batches:
                    self._write_batch()

    def _name(self, question: str) -> str:
        return hashlib.sha256(f"{self._stem}{question}".encode()).hexdigest()[:32]

    # The file ---------------------------------------------------------------------------------

    def _write_batch(self) -> None:
        """Adds what is fresh to the file, after its last whole batch, and waits for the disk."""
        fresh, self._fresh = sorted(self._fresh.items()), {}
        if self._file is None or not fresh:
            return
        lines = [] if self._size else [(json.dumps(self._heading) + "\n").encode()]
        lefts = reversed(range(len(fresh)))
        lines += [_write_line(key, left, a) for (key, a), left in zip(fresh, lefts, strict=True)]
        content = b"".join(lines)
        with _open_file(self._file, os.O_WRONLY | os.O_CREAT) as stream:
            if os.fstat(stream.fileno()).st_size < self._size:
                message = "was changed by another program while the command ran; run it again"
                raise InputError.of(str(self._file), message)
            stream.truncate(self._size)
            stream.seek(self._size)
            try:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            except OSError:
                os.ftruncate(stream.fileno(), self._size)
                if not self._size:
                    self._file.unlink()
                raise
        if not self._size:
            sync_folder(self._file.parent)
        self._size += len(content)

    def _read(self, file: Path, stream: Iterable[bytes]) -> int:
        """Takes in every whole batch; how many bytes these take, with the heading.

        What is wrong in the last batch is what a killed run has left of it; further up it is an
        error.
        """
        batch: dict[str, Kept] = {}
        wrong: InputError | None = None
        size = at = left = 0
        for number, raw in enumerate(stream, start=1):
            at += len(raw)
            if number == 1:
                size = self._read_heading(file, raw)
                if not size:
                    return 0
                continue
            try:
                key, now_left, answer = _read_line(f"{file} line {number}", raw)
                where = f"{file} line {number}"
                if left and now_left != left - 1:
                    raise _mend(f"{where}, left", f"expected {left - 1}, got {now_left}")
                if key in batch or key in self._answers:
                    raise _mend(f"{where}, key", "stands in an earlier line too")
            except InputError as error:
                wrong, left = wrong or error, 0
                continue
            batch[key] = answer
            left = now_left
            if not left:
                if wrong:
                    raise wrong
                self._answers |= batch
                batch, size = {}, at
        return size

    def _read_heading(self, file: Path, raw: bytes) -> int:
        """The size of a heading; 0 where a killed run has left a part of it."""
        heading = parse_heading(raw)
        if heading == {}:
            return 0
        if heading is None:
            message = "is no file of answers; delete it, or name a new folder"
            raise InputError.of(f"{file} line 1", message)
        for field, expected in self._heading.items():
            if heading.get(field) != expected:
                message = (
                    f"holds answers to other questions (got {heading.get(field)!r:.80}, expected "
                    f"{expected!r:.80}); name a new folder, or delete the file"
                )
                raise InputError.of(f"{file} line 1, {field}", message)
        return len(raw)


class Remembered(Store):
    """Answers in memory that are found again all the same: for what may be asked twice."""

    @property
    def is_kept(self) -> bool:
        return True


def read_heading(file: Path) -> Mapping[str, Any] | None:
    """What heads a file of answers, nothing where a killed run has left a part of it.

    None for any other file.
    """
    try:
        with _open_file(file, os.O_RDONLY) as stream:
            return parse_heading(stream.readline())
    except InputError:
        return None


def parse_heading(raw: bytes) -> Mapping[str, Any] | None:
    r"""The heading in the first line of a file of answers; None in any other line.

    >>> parse_heading(b'{"store": 1, "scenario": "a", "study": "frontier"}\n')["study"]
    'frontier'
    >>> parse_heading(b'{"store": 1, "sce')
    {}
    """
    if not raw.endswith(b"\n"):
        return {} if raw.startswith(HEAD) or HEAD.startswith(raw) else None
    try:
        heading = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return heading if isinstance(heading, dict) and "store" in heading else None


def _write_line(key: str, left: int, answer: Kept) -> bytes:
    line = {"key": key, "left": left, "answer": answer}
    body = json.dumps(line, allow_nan=False)[:-1].encode()
    return body + CHECK + _check(body) + b'"}\n'


def _read_line(where: str, raw: bytes) -> tuple[str, int, Kept]:
    """Key, lines still to come and answer of a line. Raises InputError that names the field."""
    try:
        line = json.loads(raw) if raw.endswith(b"\n") else None
    except (ValueError, RecursionError):
        line = None
    if not isinstance(line, dict):
        raise _mend(where, "is no whole line of JSON")
    for field, kind in (("key", str), ("left", int), ("answer", dict), ("check", str)):
        if not isinstance(line.get(field), kind):
            raise _mend(f"{where}, {field}", f"expected {_SAID[kind]}, got {line.get(field)!r:.60}")
    body, _, check = raw.rpartition(CHECK)
    if check != _check(body) + b'"}\n':
        raise _mend(where, "was changed after it was written")
    return line["key"], line["left"], line["answer"]


_SAID = {str: "a text", int: "a whole number", dict: "a mapping"}


def _mend(where: str, message: str) -> InputError:
    how = "delete the lines from there on, or the file: what they hold is solved again"
    return InputError.of(where, f"{message}; {how}")


def _check(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest()[:16].encode()


@contextlib.contextmanager
def _open_file(file: Path, flags: int) -> Iterator[IO[bytes]]:
    """A plain file, never one behind a link. Raises InputError where it cannot be had."""
    try:
        if file.is_symlink():
            message = "is a link, which nothing is written through; delete it or name a new folder"
            raise InputError.of(str(file), message)
        no_follow = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        descriptor = os.open(file, flags | no_follow | getattr(os, "O_BINARY", 0), 0o666)
        mode = "rb" if flags == os.O_RDONLY else "wb"
        with os.fdopen(descriptor, mode) as stream:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise InputError.of(str(file), "is no file; delete it or name a new folder")
            yield stream
    except OSError as error:
        does = "read" if flags == os.O_RDONLY else "written"
        message = f"cannot be {does} ({error.strerror or error}); name another folder"
        raise InputError.of(str(file), message) from None
