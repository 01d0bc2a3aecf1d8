"""The store: whatever a killed run leaves of it, and whatever is edited in it, nothing is wrong."""

from __future__ import annotations

import errno
import json
import os
import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from stratafolio.inputs.complaint import InputError
from stratafolio.model.work import store as room
from stratafolio.model.work.store import Store, read_heading

ANSWERS: dict[str, dict[str, Any]] = {
    "one": {"bound": 0.1 + 0.2, "on": [1, 2]},
    "two": {"bound": -1e-300, "on": None, "final": True},
    "three": {"text": "é\n\u2028", "on": []},
}


def write(file: Path) -> None:
    """A batch of two, then one more."""
    store = Store(file, "hash", "study")
    with store.batch():
        store.add("one", ANSWERS["one"])
        store.add("two", ANSWERS["two"])
    store.add("three", ANSWERS["three"])


def open_store(file: Path) -> Store:
    return Store(file, "hash", "study")


def list_known(store: Store) -> list[str]:
    return [question for question in ANSWERS if store.find(question) is not None]


def test_what_was_added_is_found_again(tmp_path: Path) -> None:
    file = tmp_path / "kept.jsonl"
    write(file)
    again = open_store(file)
    assert {question: again.find(question) for question in ANSWERS} == ANSWERS
    assert again.find("four") is None
    assert again.ask("one", lambda: {"on": "asked anew"}) == ANSWERS["one"]
    assert read_heading(file) == {"store": 1, "scenario": "hash", "study": "study"}
    size = file.stat().st_size
    again.add("one", {"on": "another"})
    assert file.stat().st_size == size, "a line stands there twice"


def test_killed_at_any_byte_it_loses_its_last_batch_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut anywhere, it holds whole batches, and with what is lost added again it is as before."""
    monkeypatch.setattr(room, "list_versions", dict)  # which takes a while to look up
    file = tmp_path / "kept.jsonl"
    write(file)
    whole = file.read_bytes()
    lines = whole.splitlines(keepends=True)
    ends = [len(b"".join(lines[:count])) for count in (3, 4)]  # of the batches, with the heading
    for size in range(len(whole) + 1):
        file.write_bytes(whole[:size])
        known = list_known(open_store(file))
        assert known == list(ANSWERS)[: 2 * (size >= ends[0]) + (size >= ends[1])]
        assert file.read_bytes() == whole[:size], "nothing is changed until there is more to keep"
        if size % 7 == 0:
            write(file)
            assert file.read_bytes() == whole


def test_noise_after_the_last_batch_is_dropped(tmp_path: Path) -> None:
    file = tmp_path / "kept.jsonl"
    write(file)
    whole = file.read_bytes()
    for noise in (b"\0" * 5000, b'{"key": "x"', b"\n\n", b"[1]\n", b"\xff\xfe\n", b"{}\n" * 3):
        file.write_bytes(whole + noise)
        assert list_known(open_store(file)) == list(ANSWERS)
        open_store(file).add("four", {})
        assert file.read_bytes().startswith(whole + b'{"key"')


EDITS: list[tuple[int, str, Any, str]] = [
    (2, "key", 3, "line 2, key: expected a text, got 3"),
    (2, "key", None, "line 2, key: expected a text, got None"),
    (2, "left", "1", "line 2, left: expected a whole number"),
    (2, "left", 0, "line 2: was changed"),
    (3, "left", 7, "line 3: was changed"),
    (2, "answer", [], "line 2, answer: expected a mapping"),
    (2, "answer", {"bound": 0.25, "on": [1, 2]}, "line 2: was changed"),
    (2, "check", "0", "line 2: was changed"),
    (1, "scenario", "other", "line 1, scenario: holds answers to other questions"),
    (1, "study", "other", "line 1, study: holds answers to other questions"),
    (1, "store", 2, "line 1, store"),
]


@pytest.mark.parametrize(("line", "field", "value", "says"), EDITS, ids=str)
def test_edited_lines_are_named(
    line: int, field: str, value: Any, says: str, tmp_path: Path
) -> None:
    file = tmp_path / "kept.jsonl"
    write(file)
    rows = [json.loads(row) for row in file.read_bytes().splitlines()]
    rows[line - 1][field] = value
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    with pytest.raises(InputError, match=r"kept\.jsonl") as caught:
        open_store(file)
    assert says in str(caught.value)


def test_lines_that_are_taken_away_or_doubled(tmp_path: Path) -> None:
    file = tmp_path / "kept.jsonl"
    store = open_store(file)
    with store.batch():
        for question, answer in ANSWERS.items():
            store.add(question, answer)
    store.add("four", {})
    heading, first, second, third, last = file.read_bytes().splitlines(keepends=True)
    for lines, says in (
        ([first, second, third], "line 1: is no file of answers"),
        ([heading, first, second, second, third], "line 4, left: expected 0, got 1"),
        ([heading, first, third], "line 3, left: expected 1, got 0"),
        ([heading, first, b"[1\n", second, third], "line 3: is no whole line of JSON"),
        ([b"dear reader\n"], "line 1: is no file of answers"),
        ([b"dear reader,"], "line 1: is no file of answers"),
    ):
        file.write_bytes(b"".join([*lines, last]))
        with pytest.raises(InputError) as caught:
            open_store(file)
        assert says in str(caught.value)
        assert "; " in str(caught.value), "how to mend"


def test_an_answer_twice_is_told(tmp_path: Path) -> None:
    file = tmp_path / "kept.jsonl"
    write(file)
    heading, first, second, third = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join([heading, third, third, first, second]))
    with pytest.raises(InputError, match="line 3, key: stands in an earlier line"):
        open_store(file)


def test_random_edits_are_told_or_heal(tmp_path: Path) -> None:
    """A byte changed, put in or taken out: an error that names the file, or what is so."""
    file = tmp_path / "kept.jsonl"
    write(file)
    whole = file.read_bytes()
    rng = random.Random(7)
    told = 0
    for _ in range(400):
        at = rng.randrange(len(whole))
        byte = bytes([rng.randrange(256)])
        file.write_bytes(whole[:at] + rng.choice([byte, b"", byte + whole[at : at + 1]]))
        with file.open("ab") as stream:
            stream.write(whole[at + 1 :])
        try:
            store = open_store(file)
        except InputError as error:
            told += "kept.jsonl" in str(error)
        else:
            assert all(store.find(q) in (None, answer) for q, answer in ANSWERS.items())
    assert told > 200


def test_the_file_does_not_tell_who_was_first(tmp_path: Path) -> None:
    def fill(file: Path, order: list[int], workers: int) -> bytes:
        store = Store(file, "hash", "study")
        with store.batch(), ThreadPoolExecutor(workers) as pool:
            list(pool.map(lambda n: store.ask(f"n{n}", lambda: {"n": n}), order))
        return file.read_bytes()

    one = fill(tmp_path / "one.jsonl", list(range(20)), 1)
    other = fill(tmp_path / "other.jsonl", list(range(20))[::-1], 4)
    assert one == other


def test_what_time_has_cut_short_is_not_kept(tmp_path: Path) -> None:
    store = Store(tmp_path / "kept.jsonl", "hash", "study")
    assert store.ask("one", lambda: {"on": 1, "final": False}) == {"on": 1, "final": False}
    assert store.find("one") is None
    assert not (tmp_path / "kept.jsonl").exists()


def test_other_versions_of_what_numbers_rest_on_are_asked_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "kept.jsonl"
    write(file)
    monkeypatch.setattr(room, "list_versions", lambda: {"highspy": "0"})
    other = open_store(file)
    assert list_known(other) == []
    other.add("one", {"on": "another"})
    monkeypatch.undo()
    assert list_known(open_store(file)) == list(ANSWERS)


def test_nothing_is_read_or_written_through_a_link(tmp_path: Path) -> None:
    target = tmp_path / "target.jsonl"
    write(target)
    kept = target.read_bytes()
    for to in (target, tmp_path / "nowhere"):
        link = tmp_path / "link.jsonl"
        link.symlink_to(to)
        with pytest.raises(InputError, match="is a link"):
            open_store(link)
        link.unlink()
    store = open_store(link)
    link.symlink_to(target)
    with pytest.raises(InputError, match="is a link"):
        store.add("four", {})
    assert target.read_bytes() == kept


def test_folders_pipes_and_files_that_shrink_are_told(tmp_path: Path) -> None:
    (tmp_path / "kept.d").mkdir()
    with pytest.raises(InputError, match=r"kept\.d"):
        Store(tmp_path / "kept.d", "hash", "study")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="is no file"):
        Store(tmp_path / "pipe", "hash", "study")
    file = tmp_path / "kept.jsonl"
    write(file)
    store = open_store(file)
    file.write_bytes(b"")
    with pytest.raises(InputError, match="changed by another program"):
        store.add("four", {})


def test_a_full_disk_is_told_and_leaves_whole_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "kept.jsonl"
    write(file)
    whole = file.read_bytes()
    store = open_store(file)

    def fail(descriptor: int) -> None:
        os.ftruncate(descriptor, len(whole) + 10)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(InputError, match="No space left"):
        store.add("four", {"a": 1})
    monkeypatch.undo()
    again = open_store(file)
    assert list_known(again) == list(ANSWERS)
    again.add("four", {"a": 1})
    assert open_store(file).find("four") == {"a": 1}
