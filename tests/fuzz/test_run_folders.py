"""Finished run folders with something changed in them at random, then reported, compared, resumed.

Each ends with an answer or a sentence. What is run again ends as it did before, or says why not:
nothing that was edited is ever believed.
"""

from __future__ import annotations

import contextlib
import copy
import json
import os
import random
import shutil
import signal
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fuzz.cases import list_cases
from small_scenarios import Outcome, put, run, tiny_document, write_scenario

from stratafolio.results.charts import vega as charts
from stratafolio.results.runs.files import PART, READY
from stratafolio.results.runs.lock import LOCK

CASES = list_cases(30)

HARD = (607, 801, 813, 1159)
"""Cases that once failed."""

PATIENCE = 60
"""Seconds after which a command on a tiny scenario hangs."""

COMMANDS: dict[str, tuple[str, ...]] = {
    "solve": ("solve",),
    "explain": ("explain", "--fund", "labs"),
    "compare": ("compare",),
    "frontier": ("frontier", "--layers", "frontier,diffusion", "--tolerance", "0.2"),
    "alternatives": ("alternatives", "--count", "2", "--within", "0.05"),
    "robust": ("robust",),
    "weights": ("sensitivity", "weights", "--samples", "20"),
    "map": ("sensitivity", "map"),
    "flip": ("sensitivity", "flip"),
    "budget": ("sensitivity", "budget", "--from", "1", "--to", "2", "--tolerance", "0.05"),
    "tornado": ("sensitivity", "inputs"),
    "breakeven": ("sensitivity", "inputs", "--method", "breakeven"),
    "sobol": ("sensitivity", "inputs", "--method", "sobol", "--samples", "4"),
    "sample": ("sensitivity", "inputs", "--method", "sample", "--samples", "5"),
}


def ask(name: str, scenario: Path, out: Path) -> Outcome:
    """Run the command of a folder, into that folder."""
    words = COMMANDS[name]
    at = 2 if words[0] == "sensitivity" else 1
    others = [f"other={scenario} --budget 1"] if name == "compare" else []
    return run(*words[:at], scenario, *others, *words[at:], "--out", out, "--json")


class Finished:
    """Finished runs by name, each made once: a study with a plan beside it, and what it told."""

    def __init__(self, folder: Path) -> None:
        document = tiny_document()
        for effect in ("grid_frontier", "labs_diffusion"):
            put(document, f"effects.{effect}.points_low", 1.0)
            put(document, f"effects.{effect}.points_high", 6.0)
        self.folder = folder
        self.scenario = write_scenario("yaml", folder, document)
        self.told: dict[str, Any] = {}

    def copy(self, name: str, to: Path) -> Path:
        """A run's folder to be spoilt."""
        out = self.folder / name
        if name not in self.told:
            assert run("solve", self.scenario, "--out", out).code == 0
            ended = ask(name, self.scenario, out)
            assert ended.code == 0, ended.err
            self.told[name] = forget_seconds(json.loads(ended.out))
        return Path(shutil.copytree(out, to))


def forget_seconds(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: forget_seconds(inner) for key, inner in value.items() if key != "seconds"}
    return [forget_seconds(inner) for inner in value] if isinstance(value, list) else value


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    return Finished(tmp_path_factory.mktemp("finished"))


@pytest.fixture(autouse=True)
def quick_charts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Charts are made but not drawn, which takes longer than all the rest."""

    def draw(spec: charts.Spec) -> str:
        json.dumps(spec, allow_nan=False)
        return '<svg width="1" height="1"></svg>'

    monkeypatch.setattr(charts, "render_svg", draw)


@pytest.fixture(autouse=True)
def _no_hang() -> Iterator[None]:
    def stop(*_: object) -> None:
        pytest.fail(f"took more than {PATIENCE} s", pytrace=False)

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(PATIENCE)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


# Edits -----------------------------------------------------------------------------------------

VALUES: tuple[Any, ...] = (
    *(None, True, False, "", "x", "2027", "grid", "frontier", "../victim/settings", "\0", "\ud800"),
    *(-1, 0, 1, 7, 2027, 1e300, -1e300, 1e-300, 0.5, 10**30, 1e14),
    *([], {}, [None], ["x"], [[]], [1, 2, 3], {"x": 1}, {"2027": "x"}, {"grid": {"2027": -1}}),
)


def edit_value(rng: random.Random, value: Any) -> Any:
    """A value with something in it replaced, taken out, doubled or renamed."""
    if isinstance(value, dict) and value and rng.random() < 0.9:
        key = rng.choice(list(value))
        what = rng.random()
        if what < 0.6:
            return {**value, key: edit_value(rng, value[key])}
        rest = {other: inner for other, inner in value.items() if other != key}
        return rest if what < 0.8 else {**rest, rng.choice((f"{key}x", "x", "")): value[key]}
    if isinstance(value, list) and value and rng.random() < 0.9:
        at = rng.randrange(len(value))
        what = rng.random()
        if what < 0.6:
            return [*value[:at], edit_value(rng, value[at]), *value[at + 1 :]]
        return value[:at] + value[at + 1 :] if what < 0.8 else [*value, copy.deepcopy(value[at])]
    if isinstance(value, float) and rng.random() < 0.5:
        return value * rng.choice((-1, 0.5, 2, 1e3, 1e9))
    return rng.choice(VALUES)


def edit_record(rng: random.Random, out: Path) -> None:
    file = pick(rng, out, ".json")
    try:
        record = edit_value(rng, json.loads(file.read_bytes()))
    except ValueError:
        return  # spoilt already
    text = json.dumps(record, indent=rng.choice((2, None)))
    if rng.random() < 0.1:
        text = text.replace("1", rng.choice(("NaN", "Infinity", "1e999", "9" * 5000)), 1)
    file.write_text(text, encoding="utf-8")


def edit_lines(rng: random.Random, out: Path) -> None:
    """A line changed, taken out, doubled or moved: of answers as often as of tables."""
    file = pick(rng, out, rng.choice((".jsonl", ".jsonl", ".csv", ".yaml")))
    lines = file.read_bytes().splitlines(keepends=True)
    at, to = rng.randrange(len(lines)), rng.randrange(len(lines))
    what = rng.randrange(4)
    if what == 0 and file.suffix == ".jsonl":
        with contextlib.suppress(ValueError):  # spoilt already
            lines[at] = json.dumps(edit_value(rng, json.loads(lines[at]))).encode() + b"\n"
    elif what == 1:
        del lines[at]
    elif what == 2:
        lines.insert(to, lines[at])
    else:
        lines[at], lines[to] = lines[to], lines[at]
    file.write_bytes(b"".join(lines))


def edit_bytes(rng: random.Random, out: Path) -> None:
    """A byte changed, a file cut, or nothing left of it."""
    file = pick(rng, out, "")
    content = file.read_bytes()
    at = rng.randrange(len(content) + 1)
    noise = bytes(rng.randrange(256) for _ in range(rng.choice((0, 1, 1, 40))))
    kept = rng.choice((content[at:], content[at + 1 :], b""))
    file.write_bytes(content[:at] + noise + kept)


def replace_file(rng: random.Random, out: Path) -> None:
    """A file taken away, or a folder, a pipe, a link or another file in its place."""
    file = pick(rng, out, "")
    other = pick(rng, out, "")
    victim = out.parent / "victim"
    what = rng.randrange(8)
    content = other.read_bytes()
    file.unlink()
    if what == 1:
        file.mkdir()
    elif what == 2:
        os.mkfifo(file)
    elif what == 3:
        file.write_bytes(content)
    elif what > 3:
        targets = (victim / "precious.txt", victim, file, Path("/dev/zero"), victim / "nowhere")
        file.symlink_to(rng.choice(targets))


def leave_traces(rng: random.Random, out: Path) -> None:
    """What killed commands leave, and what looks like it."""
    name = rng.choice((LOCK, PART, READY, READY, "sensitivity-map.json", "bank.jsonl"))
    trace, victim = out / name, out.parent / "victim"
    if os.path.lexists(trace):
        return
    what = rng.randrange(4)
    if what == 0:
        trace.write_bytes(rng.choice((b"", b"{", b"x\n", b'{"store": 1', b'{"pid": "x"}')))
    elif what == 1:
        trace.symlink_to(rng.choice((victim, victim / "precious.txt", trace)))
    else:
        trace.mkdir()
        for own in rng.sample(sorted(out.glob("*.*")), 2) if what == 2 else ():
            if own.is_file():
                (trace / own.name).write_bytes(own.read_bytes())


def pick(rng: random.Random, out: Path, ending: str) -> Path:
    """A plain file of the folder, of an ending if there is one."""
    files = [file for file in sorted(out.iterdir()) if file.is_file() and not file.is_symlink()]
    files = [file for file in files if file.stat().st_size]
    return rng.choice([file for file in files if file.name.endswith(ending)] or files)


EDITS: tuple[Callable[[random.Random, Path], None], ...] = (
    *(edit_record, edit_record, edit_record),
    *(edit_lines, edit_bytes, replace_file, leave_traces),
)


# The test --------------------------------------------------------------------------------------


def check_ending(ended: Outcome) -> None:
    told = (ended.out + ended.err).replace("versions.pydantic", "")  # a field of run.json
    assert ended.code in (0, 3, 4, 5), (ended.code, told[:2000])
    for machine in ("Traceback", "fault of the program", "pydantic", 'File "'):
        assert machine not in told, told[:2000]
    if ended.out:
        record = json.loads(ended.out)
        if ended.code:
            assert record["error"]["message"]
            assert record["error"]["details"] or ended.code == 5


@pytest.mark.parametrize("case", [*CASES, *(case for case in HARD if case not in CASES)])
def test_spoilt_run_folders_are_told_or_mended(
    case: int, finished: Finished, tmp_path: Path
) -> None:
    rng = random.Random(f"run folder {case}")
    name = rng.choice(list(COMMANDS))
    out = finished.copy(name, tmp_path / "run")
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "precious.txt").write_text("dear", encoding="utf-8")
    for _ in range(rng.choice((1, 1, 2, 3))):
        rng.choice(EDITS)(rng, out)
    page, book = tmp_path / "page.html", tmp_path / "book.xlsx"
    commands: list[Callable[[], Outcome]] = [
        partial(run, "report", out, "--out", page, "--xlsx", book, "--json"),
        partial(run, "compare", out, finished.scenario, "--json"),
        partial(run, "evaluate", finished.scenario, "--plan", out / "spending.csv", "--json"),
    ]
    for command in rng.sample(commands, 2):
        check_ending(command())
    again = ask(name, finished.scenario, out)
    check_ending(again)
    if again.code == 0:
        assert forget_seconds(json.loads(again.out)) == finished.told[name]
        kept = forget_seconds(json.loads((out / "run.json").read_text("utf-8")))
        assert {key: kept[key] for key in finished.told[name]} == finished.told[name]
    assert [file.name for file in victim.iterdir()] == ["precious.txt"]
    assert (victim / "precious.txt").read_text("utf-8") == "dear"
    assert not (out / LOCK).is_file() or again.code
