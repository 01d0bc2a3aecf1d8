"""A journal of answered questions, so that a study that was cut short goes on where it stopped.

A study asks the same questions in the same order each time; what is in the journal is not solved
again. Lines are only ever added, each on the disk before it counts.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ...inputs.complaint import InputError


class Journal:
    """Answers by question; kept in a file where there is one."""

    def __init__(self, file: Path | None = None, heading: str = "") -> None:
        """`heading` says which scenario and study the answers belong to. Raises InputError."""
        self._known: dict[str, dict[str, Any]] = {}
        self._file = file
        self._lock = threading.Lock()
        if file is None:
            return
        whole = self._read(file, heading) if file.exists() else 0
        with file.open("ab") as stream:
            stream.truncate(whole)
        if not whole:
            self._append({"journal": heading})

    def _read(self, file: Path, heading: str) -> int:
        """Takes in every whole line; how many bytes these take."""
        at = 0
        for number, raw in enumerate(file.read_bytes().splitlines(keepends=True)):
            try:
                line = json.loads(raw)
            except ValueError:
                break
            if not raw.endswith(b"\n") or not isinstance(line, dict):
                break
            if number == 0 and line.get("journal") != heading:
                message = "holds answers to other questions; name a new folder"
                raise InputError.of(str(file), message)
            if number:
                self._known[line["asked"]] = line["found"]
            at += len(raw)
        return at

    def _append(self, line: dict[str, Any]) -> None:
        if self._file is not None:
            with self._file.open("ab") as stream:
                stream.write((json.dumps(line) + "\n").encode())
                stream.flush()
                os.fsync(stream.fileno())

    def ask(self, question: str, answer: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """The known answer to a question, or the one that is found now and kept if `final`."""
        if question in self._known:
            return self._known[question]
        found = answer()
        if found.get("final", True):
            with self._lock:
                self._known[question] = found
                self._append({"asked": question, "found": found})
        return found
