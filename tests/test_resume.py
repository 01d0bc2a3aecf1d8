"""Runs killed, run again and run beside others: the same numbers and the same files."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from small_scenarios import Document, put, run, tiny_document, write_scenario

from stratafolio.model.solving.engine import Engine
from stratafolio.model.work.store import Store

FEW = [
    word
    for path in ("chips_frontier", "rules_diffusion", "audits_diffusion", "schools_frontier")
    for word in ("--figure", f"effects.{path}.points")
]

STUDIES: dict[str, tuple[str, ...]] = {
    "map": ("sensitivity", "map", "--tolerance", "0.01"),
    "weights": ("sensitivity", "weights", "--samples", "40", "--tolerance", "0.002"),
    "flip": ("sensitivity", "flip"),
    "budget": ("sensitivity", "budget", "--from", "1", "--to", "2", "--tolerance", "0.02"),
    "tornado": ("sensitivity", "inputs"),
    "breakeven": ("sensitivity", "inputs", "--method", "breakeven", *FEW),
    "frontier": ("frontier", "--layers", "frontier,diffusion", "--tolerance", "0.05"),
    "alternatives": ("alternatives", "--count", "2", "--within", "0.05"),
    "robust": ("robust",),
}
"""Commands that keep their answers."""


LONG = bool(os.environ.get("STRATAFOLIO_LONG"))


class Killed(BaseException):
    """What ends a command as a signal would: nothing below catches it."""


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """On/off instruments, ranges and futures: every study has something to search for."""
    return write_scenario("yaml", tmp_path_factory.mktemp("scenario"), mixed_document())


def mixed_document() -> Document:
    document = tiny_document()
    for i, area, most, least, launch, points in (
        ("chips", "energy", 1.5, 0.5, 0.3, (3.0, 1.0)),
        ("schools", "open_source", 1.0, 0.4, 0.2, (0.5, 4.0)),
        ("rules", "open_source", 0.6, 0.6, 0.0, (1.5, 1.2)),
        ("audits", "energy", 0.8, 0.3, 0.1, (1.0, 2.0)),
    ):
        own = {"area": area, "max_per_year": most, "min_per_year": least, "scale": 2.0}
        put(document, f"instruments.{i}", {**own, "launch_cost": launch})
        for layer, gained in zip(("frontier", "diffusion"), points, strict=True):
            effect = {"instrument": i, "layer": layer, "points": gained}
            ranged = {"points_low": 0.5 * gained, "points_high": 1.5 * gained}
            put(document, f"effects.{i}_{layer}", {**effect, **ranged})
    return document


def study(name: str, scenario: Path, out: Path) -> Any:
    """Run a study into a folder; give what it keeps, without seconds."""
    words = STUDIES[name]
    at = 2 if words[0] == "sensitivity" else 1
    ended = run(*words[:at], scenario, *words[at:], "--out", out, "--json")
    assert ended.code == 0, ended.err
    return forget_seconds(json.loads((out / "run.json").read_text("utf-8")))


def forget_seconds(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: forget_seconds(inner) for key, inner in value.items() if key != "seconds"}
    return [forget_seconds(inner) for inner in value] if isinstance(value, list) else value


def read_store(out: Path) -> bytes:
    files = list(out.glob("*.jsonl"))
    assert len(files) <= 1
    return files[0].read_bytes() if files else b""


def study_until_killed(name: str, scenario: Path, out: Path, batches: int) -> None:
    """Run a study that ends once it has written so many batches; after that it writes nothing."""
    write, left = Store._write_batch, [batches]

    def write_and_end(store: Store) -> None:
        if left[0] > 0 and store._fresh:
            left[0] -= 1
            write(store)
            if not left[0]:
                raise Killed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Store, "_write_batch", write_and_end)
        try:
            study(name, scenario, out)
        except Killed:
            assert not (out / "run.json").exists()


Whole = Callable[[str, Path], Any]


@pytest.fixture(scope="module")
def whole(scenario: Path, tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """What a study keeps that runs once, whole and alone, and a copy of its folder."""
    kept: dict[str, tuple[Path, Any]] = {}

    def copy(name: str, out: Path) -> Any:
        if name not in kept:
            folder = tmp_path_factory.mktemp("whole") / name
            kept[name] = folder, study(name, scenario, folder)
        folder, record = kept[name]
        shutil.copytree(folder, out)
        return deepcopy(record)

    return copy


@pytest.mark.parametrize("name", STUDIES)
def test_killed_anywhere_it_ends_with_the_same_numbers_and_files(
    name: str, scenario: Path, whole: Whole, tmp_path: Path
) -> None:
    record = whole(name, tmp_path / "whole")
    kept = read_store(tmp_path / "whole")
    batches = kept.count(b'"left": 0,')
    if name not in ("budget", "alternatives"):  # where relaxations may settle all there is
        assert batches >= 3, "too little is kept for the test to say anything"
    for done in sorted({1, batches // 2} - {0}) if LONG else [max(1, batches // 2)]:
        out = tmp_path / f"after-{done}"
        study_until_killed(name, scenario, out, done)
        assert kept.startswith(read_store(out))
        assert study(name, scenario, out) == record
        assert read_store(out) == kept
    again = study(name, scenario, tmp_path / "whole")
    assert again == record
    assert read_store(tmp_path / "whole") == kept


@pytest.fixture(scope="module")
def shared(scenario: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a bank of three studies of weights, one of them run twice."""
    out = tmp_path_factory.mktemp("shared") / "run"
    for other in ("weights", "map", "flip"):
        study(other, scenario, out)
    run("sensitivity", "map", scenario, "--tolerance", "0.2", "--out", out)
    return out


@pytest.mark.parametrize("name", ["map", "weights", "flip"])
def test_what_a_bank_holds_of_other_studies_changes_nothing(
    name: str,
    scenario: Path,
    whole: Whole,
    shared: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Three studies of weights share a bank, in any order; run again, none of them solves."""
    alone = whole(name, tmp_path / "alone")
    copied = tmp_path / "shared"
    shutil.copytree(shared, copied)
    assert study(name, scenario, copied) == alone
    monkeypatch.setattr(Engine, "relax", None)
    monkeypatch.setattr(Engine, "search", None)
    assert study(name, scenario, copied) == alone


@pytest.mark.parametrize("name", ["map", "flip", "budget", "frontier", "alternatives", "tornado"])
def test_a_file_of_answers_does_not_tell_how_many_worked(
    name: str, scenario: Path, whole: Whole, tmp_path: Path
) -> None:
    one = whole(name, tmp_path / "one")
    two = tmp_path / "two"
    shutil.rmtree(two, ignore_errors=True)
    words = STUDIES[name]
    at = 2 if words[0] == "sensitivity" else 1
    ended = run(*words[:at], scenario, *words[at:], "--workers", "2", "--out", two, "--json")
    assert ended.code == 0, ended.err
    assert read_store(two) == read_store(tmp_path / "one")
    other = forget_seconds(json.loads((two / "run.json").read_text("utf-8")))
    del one["options"]["workers"], other["options"]["workers"]
    assert one == other


def test_a_run_without_a_folder_gives_the_same(
    scenario: Path, whole: Whole, tmp_path: Path
) -> None:
    for name in ("map", "flip"):
        kept = whole(name, tmp_path / name)
        words = STUDIES[name]
        ended = run(*words[:2], scenario, *words[2:], "--json")
        told = forget_seconds(json.loads(ended.out))
        assert told == {key: kept[key] for key in told}
