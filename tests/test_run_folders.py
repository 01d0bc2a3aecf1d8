"""Run folders: one command at a time, whole at any moment, never a way out of themselves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from small_scenarios import put, refuse, run, spoil, tiny_document, write_scenario

from stratafolio.inputs.complaint import InputError
from stratafolio.inputs.read import read_scenario
from stratafolio.model.studies.weights import flip
from stratafolio.results.questions import METHODS, QUESTIONS
from stratafolio.results.result import Result
from stratafolio.results.runs import files as run_files
from stratafolio.results.runs.claim import claim_folder
from stratafolio.results.runs.lock import LOCK
from stratafolio.results.runs.record import name_record
from stratafolio.results.runs.record_shapes import SHAPES
from stratafolio.results.runs.reported import read_run

WEIGHTS = ("sensitivity", "weights", "--samples", "30")


class Killed(BaseException):
    """What ends a command as a signal would: nothing below catches it."""


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return write_scenario("yaml", tmp_path, tiny_document())


def weigh(tiny: Path, out: Path, seed: int) -> None:
    ended = run(*WEIGHTS[:2], tiny, *WEIGHTS[2:], "--seed", seed, "--out", out)
    assert ended.code == 0, ended.err


def read_files(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}


def read_seed(out: Path) -> int:
    """The seed of the run that a folder holds; its samples have to be of the same one."""
    assert run("report", out, "--xlsx", out.with_suffix(".xlsx")).code == 0
    return int(json.loads((out / "run.json").read_text("utf-8"))["seed"])


# One command at a time -------------------------------------------------------------------------

HOLD = """
import sys, time
from pathlib import Path
from stratafolio.inputs.read import read_scenario
from stratafolio.results.runs.claim import claim_folder
claim = claim_folder(Path(sys.argv[2]), read_scenario(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture
def holder(tiny: Path, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the folder `run`."""
    command = [sys.executable, "-c", HOLD, str(tiny), str(tmp_path / "run")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_the_second_command_says_who_holds_the_folder(
    tiny: Path, tmp_path: Path, holder: subprocess.Popen[str]
) -> None:
    out = tmp_path / "run"
    refuse("solve", tiny, "--out", out, says=("--out", f"process {holder.pid} on", "since 20"))
    refuse(*WEIGHTS[:2], tiny, "--out", out, says=("is held by",))
    assert [entry.name for entry in out.iterdir()] == [LOCK]
    holder.kill()
    holder.wait()
    assert (out / LOCK).exists(), "the killed process could not take its lock away"
    refuse("report", out, "--xlsx", tmp_path / "a.xlsx", says=("cut short",))
    assert run("solve", tiny, "--out", out).code == 0
    assert not (out / LOCK).exists()


def test_a_lock_of_nobody_is_no_obstacle(tiny: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    for content in (
        '{"pid": 999999, "host": "gone", "since": "2026-01-01T00:00:00"}',
        "",
        "[",
        "\0",
    ):
        out.mkdir(exist_ok=True)
        (out / LOCK).write_text(content, encoding="utf-8")
        assert run("solve", tiny, "--out", out).code == 0
        assert not (out / LOCK).exists()


def test_of_two_commands_at_once_one_is_refused(tmp_path: Path) -> None:
    """Each of four either ends well or says who was first; the folder holds one whole run."""
    out = tmp_path / "run"
    words = [sys.executable, "-m", "stratafolio", "sensitivity", "map", "textbook"]
    together = [
        subprocess.Popen(
            [*words, "--out", str(out)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        for _ in range(4)
    ]
    told = [process.communicate(timeout=120)[1].decode() for process in together]
    codes = [process.returncode for process in together]
    assert set(codes) <= {0, 3}
    assert 0 in codes
    assert all("is held by process" in text for text, code in zip(told, codes, strict=True) if code)
    lines = (out / "bank.jsonl").read_text("utf-8").splitlines()
    assert len(set(lines)) == len(lines)
    assert run("report", out, "--xlsx", tmp_path / "a.xlsx").code == 0


# Nothing is left of what failed ----------------------------------------------------------------


def test_a_command_that_fails_leaves_no_folder(tmp_path: Path) -> None:
    document = put(tiny_document(), "constraints.much", {"kind": "spend", "at_least": 50})
    never = write_scenario("yaml", tmp_path / "never", document)
    staged = write_scenario("yaml", tmp_path / "staged", spoil("objective", "weakest_layer"))
    out, tables = tmp_path / "a" / "b" / "run", tmp_path / "tables" / "csv"
    ranges = ("--from", "1", "--to", "2")
    for command in (
        ("solve", never),
        ("sensitivity", "map", never),
        ("sensitivity", "weights", never, "--csv", tables),
        ("sensitivity", "flip", never),
        ("sensitivity", "budget", never, *ranges),
        ("alternatives", never),
        ("frontier", never, "--layers", "frontier,diffusion", "--csv", tables / "points.csv"),
        ("robust", never),
    ):
        refuse(*command, "--out", out, code=4, kind="infeasible")
    for command in (
        ("sensitivity", "map", staged),
        ("sensitivity", "inputs", never),
        ("robust", staged),
    ):
        assert run(*command, "--out", out).code == 3, command
    assert not (tmp_path / "a").exists()
    assert not (tmp_path / "tables").exists()


def test_nothing_is_printed_before_it_is_whole(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither half a table nor a table of a run that could not be kept."""

    def refuse_to_keep(*_: Any, **__: Any) -> None:
        raise InputError.of("here", "the disk is full")

    monkeypatch.setattr(Result, "write", refuse_to_keep)
    for command in (("solve",), ("sensitivity", "map"), ("explain",)):
        refuse(*command, tiny, "--out", tmp_path / command[-1], says=("the disk is full",))
    assert not (tmp_path / "solve").exists()


# Whole at any moment ---------------------------------------------------------------------------


def list_steps(monkeypatch: pytest.MonkeyPatch, last: int) -> list[str]:
    """From now on a command is killed at its step number `last` of writing a run."""
    steps: list[str] = []

    def count(name: str) -> None:
        steps.append(name)
        if len(steps) == last:
            raise Killed

    sync, rename, replace = os.fsync, Path.rename, Path.replace

    def fsync_and_count(descriptor: int) -> None:
        count("fsync")
        sync(descriptor)

    def rename_and_count(file: Path, target: Path) -> Path:
        count("rename")
        return rename(file, target)

    def replace_and_count(file: Path, target: Path) -> Path:
        count("replace")
        return replace(file, target)

    monkeypatch.setattr(os, "fsync", fsync_and_count)
    monkeypatch.setattr(Path, "rename", rename_and_count)
    monkeypatch.setattr(Path, "replace", replace_and_count)
    monkeypatch.setattr(run_files, "remove_hidden", lambda folder: count(f"remove {folder.name}"))
    return steps


def test_killed_while_it_writes_a_folder_holds_one_whole_run(tiny: Path, tmp_path: Path) -> None:
    """Seed 2 into the folder of seed 1, killed at every step: all of one or all of the other."""
    out = tmp_path / "run"
    weigh(tiny, tmp_path / "one", 1)
    weigh(tiny, tmp_path / "two", 2)
    samples = {
        n: (tmp_path / name / "samples.csv").read_bytes() for n, name in ((1, "one"), (2, "two"))
    }
    seeds = []
    for last in range(1, 60):
        weigh(tiny, out, 1)
        with pytest.MonkeyPatch.context() as patch:
            steps = list_steps(patch, last)
            try:
                weigh(tiny, out, 2)
            except Killed:
                pass
            else:
                break
        before = (out / "samples.csv").read_bytes()
        assert before in samples.values(), "a half-written file"
        seed = read_seed(out)
        assert (out / "samples.csv").read_bytes() == samples[seed]
        assert not [name for name in read_files(out) if name.startswith(".")]
        seeds.append(seed)
    assert seeds == sorted(seeds)
    assert set(seeds) == {1, 2}
    assert "rename" in steps
    assert steps.count("replace") >= 4


def test_a_record_of_another_command_is_kept_beside(tiny: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    assert run("solve", tiny, "--out", out).code == 0
    solved = (out / "run.json").read_bytes()
    weigh(tiny, out, 1)
    assert (out / "solve.json").read_bytes() == solved
    assert run("solve", tiny, "--out", out).code == 0
    assert not (out / "solve.json").exists()
    assert (out / "sensitivity-weights.json").exists()


def test_the_answer_of_each_method_is_kept(tmp_path: Path) -> None:
    """All five methods of one command in one folder: none of them takes another's place."""
    ranged = put(tiny_document(), "effects.grid_frontier.points_low", 1.0)
    scenario = write_scenario("yaml", tmp_path, put(ranged, "effects.grid_frontier.points_high", 9))
    out, methods = tmp_path / "run", METHODS["sensitivity inputs"]
    for method in (*methods, "breakeven"):
        asked = ("sensitivity", "inputs", scenario, "--method", method, "--samples", 64)
        assert run(*asked, "--out", out).code == 0
    kept = read_run(out)
    assert kept is not None
    told = {name: record["method"] for name, record in kept.studies.items()}
    assert told == {f"sensitivity inputs {method}": method for method in methods}
    page, book = tmp_path / "page.html", tmp_path / "book.xlsx"
    assert run("report", out, "--out", page, "--xlsx", book).code == 0
    for method in methods:
        assert page.read_text("utf-8").count(f'id="sensitivity-inputs-{method}"') == 1
    assert {f"Inputs {method}" for method in methods} <= set(
        openpyxl.load_workbook(book).sheetnames
    )


def test_what_an_older_version_kept_of_a_method_is_read(tmp_path: Path) -> None:
    """It had one file for all methods, named by the command alone."""
    ranged = put(tiny_document(), "effects.grid_frontier.points_low", 1.0)
    scenario = write_scenario("yaml", tmp_path, put(ranged, "effects.grid_frontier.points_high", 9))
    out = tmp_path / "run"
    assert run("sensitivity", "inputs", scenario, "--out", out).code == 0
    assert run("solve", scenario, "--out", out).code == 0
    (out / "sensitivity-inputs-tornado.json").rename(out / "sensitivity-inputs.json")
    kept = read_run(out)
    assert kept is not None
    assert list(kept.studies) == ["sensitivity inputs tornado"]


def test_interrupted_while_it_moves_a_reader_finishes_it(tiny: Path, tmp_path: Path) -> None:
    """The files stand ready in the hidden folder: whoever reads first puts them into place."""
    out = tmp_path / "run"
    weigh(tiny, tmp_path / "two", 2)
    for reader in (
        ("report", out, "--xlsx", tmp_path / "a.xlsx"),
        ("compare", out, tiny),
        ("solve", tiny, "--out", out),
    ):
        weigh(tiny, out, 1)
        ready = out / run_files.READY
        ready.mkdir()
        for name, content in read_files(tmp_path / "two").items():
            (ready / name).write_bytes(content)
        assert run(*reader).code == 0
        assert not ready.exists()
        kept = out / ("sensitivity-weights.json" if reader[0] == "solve" else "run.json")
        assert json.loads(kept.read_text("utf-8"))["seed"] == 2


# Links and paths -------------------------------------------------------------------------------


def test_nothing_is_written_through_a_link(tiny: Path, tmp_path: Path) -> None:
    """Every name that a run writes, a link to another's file: the file stays as it is."""
    weigh(tiny, tmp_path / "model", 1)
    names = [*read_files(tmp_path / "model"), LOCK, run_files.PART, run_files.READY]
    names += [f".{os.getpid()}-samples.csv"]
    for name in names:
        victim = tmp_path / "victim"
        victim.mkdir(exist_ok=True)
        precious = victim / "precious.txt"
        precious.write_text("dear", encoding="utf-8")
        out = tmp_path / f"run-{name}"
        weigh(tiny, out, 1)
        (out / name).unlink(missing_ok=True)
        (out / name).symlink_to(victim if name.startswith(".strata") and name != LOCK else precious)
        ended = run(*WEIGHTS[:2], tiny, *WEIGHTS[2:], "--seed", 2, "--out", out)
        assert ended.code in (0, 3), ended.err
        assert "fault of the program" not in ended.err
        assert precious.read_text("utf-8") == "dear", name
        assert [entry.name for entry in victim.iterdir()] == ["precious.txt"]


@pytest.mark.parametrize(
    "command", ["../victim/settings", "/x", "", "solve\0", "nothing", 3, None, ["solve"], {}]
)
def test_a_name_in_a_record_never_becomes_a_path(command: Any, tiny: Path, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "settings.json").write_text("mine", encoding="utf-8")
    out = tmp_path / "gift"
    assert run("solve", tiny, "--out", out).code == 0
    record = json.loads((out / "run.json").read_text("utf-8"))
    record["options"]["command"] = command
    (out / "run.json").write_text(json.dumps(record), encoding="utf-8")
    before = read_files(out)
    says = ("run.json", "options.command")
    refuse(*WEIGHTS[:2], tiny, "--out", out, says=says)
    refuse("report", out, "--xlsx", tmp_path / "a.xlsx", says=says)
    refuse("compare", out, tiny, says=says)
    assert read_files(out) == before
    assert (victim / "settings.json").read_text("utf-8") == "mine"


def test_every_command_that_keeps_runs_has_a_shape() -> None:
    assert set(QUESTIONS) == set(SHAPES)
    with pytest.raises(ValueError, match="keeps no runs"):
        name_record("../run")


# Records are not trusted -----------------------------------------------------------------------

EDITED: list[tuple[str, Any, str]] = [
    ("gain", "much", "gain: expected a number, got 'much'"),
    ("gain", 1e300, "gain: expected 1e+15 or less"),
    ("gain", True, "gain: expected a number, got true"),
    ("status", "perfect", "status: expected 'optimal', 'feasible' or 'given', got 'perfect'"),
    ("funded.0", "grdi", "funded.0: 'grdi' is not an instrument of scenario.yaml beside it"),
    ("leads.frontier", {"2027": 1}, "leads.frontier: lacks the year 2028"),
    ("outcome", {"frontier": 1}, "outcome: lacks the layer 'diffusion'"),
    ("spending.grid", {"2030": 1}, "spending.grid: 2030 is no year of spending"),
    ("constraints.1.sense", None, "constraints.1.sense: expected 'at_least' or 'at_most'"),
    ("constraints.1", {}, "constraints.1: lacks 'id'"),
    ("checks", [1], "checks: expected a mapping, got the list [1]"),
    ("broken", None, "broken: expected a list, got nothing"),
]


@pytest.mark.parametrize(("path", "value", "says"), EDITED, ids=str)
def test_edited_records_are_told_by_line_and_field(
    path: str, value: Any, says: str, tiny: Path, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    assert run("solve", tiny, "--out", out).code == 0
    record = json.loads((out / "run.json").read_text("utf-8"))
    *parents, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    inner = record
    for step in parents:
        inner = inner[step]
    inner[last] = value
    text = json.dumps(record, indent=2)
    (out / "run.json").write_text(text, encoding="utf-8")
    wheres = refuse("report", out, "--xlsx", tmp_path / "a.xlsx", says=("run.json line", says))
    refuse("compare", out, tiny, says=(says,))
    number = int(wheres[0]["where"].partition(" line ")[2].partition(",")[0])
    line = text.splitlines()[number - 1]
    assert str(last) in line if isinstance(last, str) else line.strip().startswith(("{", '"'))


COUNTED = ("solves", "linear_solves", "seconds", "different_plans", "ends_asked", "ends_proven")


@pytest.mark.parametrize("key", COUNTED)
def test_a_count_that_was_edited_is_told(key: str, tiny: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    assert run("alternatives", tiny, "--count", 2, "--out", out).code == 0
    record = json.loads((out / "run.json").read_text("utf-8"))
    assert key in record
    (out / "run.json").write_text(json.dumps(record | {key: "many"}), encoding="utf-8")
    refuse("report", out, "--out", tmp_path / "a.html", says=(key, "got 'many'"))
    (out / "run.json").write_text(json.dumps(record | {key: None}), encoding="utf-8")
    assert run("report", out, "--out", tmp_path / "a.html").code == 0


def test_a_run_folder_compares_whatever_its_last_command_was(tiny: Path, tmp_path: Path) -> None:
    """The record of `compare` has spending by label, not by year: it is no plan."""
    out = tmp_path / "run"
    assert run("compare", tiny, f"other={tiny} --budget 1", "--out", out).code == 0
    assert run("compare", out, tiny).code == 0


# Full disks ------------------------------------------------------------------------------------

SMALL = """
import resource, sys
from stratafolio.cli.start import main
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
main(sys.argv[1:])
"""
"""A command on a disk that takes no more than 4 kB of any file."""


@pytest.mark.parametrize("ending", ["lp", "mps", "xlsx", "yaml"])
def test_export_to_a_full_disk_is_told_and_leaves_nothing(ending: str, tmp_path: Path) -> None:
    file = tmp_path / f"model.{ending}"
    for kept in (None, b"what was there"):
        if kept:
            file.write_bytes(kept)
        words = [sys.executable, "-c", SMALL, "scenario", "export", "us-2027", str(file)]
        ended = subprocess.run(words, capture_output=True, text=True, check=False)
        assert ended.returncode == 3, ended.stderr
        assert ended.stderr.startswith("input error: ")
        assert ended.stderr.count("\n") == 1
        assert [entry.name for entry in tmp_path.iterdir()] == ([file.name] if kept else [])
        assert kept is None or file.read_bytes() == kept


@pytest.mark.parametrize(
    "words",
    [
        ("solve", "us-2027", "--gap", "0.05", "--out", "run"),
        ("scenario", "new", "run"),
        ("sensitivity", "weights", "textbook", "--samples", "500", "--csv", "run"),
        ("sensitivity", "map", "textbook", "--tolerance", "0.001", "--out", "run"),
    ],
    ids=" ".join,
)
def test_a_run_on_a_full_disk_is_told_and_leaves_no_half_files(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    command = [sys.executable, "-c", SMALL.replace("4096", "1024"), *words]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert ended.returncode == 3, ended.stderr
    assert ended.stdout == ""
    assert "File too large" in ended.stderr
    assert "Traceback" not in ended.stderr
    left = [file.name for file in tmp_path.rglob("*") if file.is_file()]
    assert set(left) <= {"bank.jsonl", "instruments.csv"}, left


def test_an_interrupted_command_lets_go_of_the_folder(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: Any, **__: Any) -> None:
        assert (tmp_path / "run" / LOCK).exists()
        raise KeyboardInterrupt

    monkeypatch.setattr(flip, "find_flips", interrupt)
    assert run("sensitivity", "flip", tiny, "--out", tmp_path / "run").code == 130
    assert not (tmp_path / "run").exists()


def test_claims_nest_and_are_released(tiny: Path, tmp_path: Path) -> None:
    scenario = read_scenario(str(tiny))
    with claim_folder(tmp_path / "a" / "run", scenario):
        with pytest.raises(InputError, match=f"process {os.getpid()} on"):
            claim_folder(tmp_path / "a" / "run", scenario)
        assert (tmp_path / "a" / "run" / LOCK).exists()
    assert not (tmp_path / "a").exists()
