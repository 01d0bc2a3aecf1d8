"""Wrong options, plans that cannot be read, and places that cannot be written to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from small_scenarios import refuse, run, tiny_document, write_folder


@pytest.fixture(name="tiny")
def make_tiny(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "tiny", tiny_document())


# --set, --budget, --weights ---------------------------------------------------------------------

BAD_SETTINGS: list[tuple[str, tuple[str, ...]]] = [
    # A path that does not exist.
    ("titel=x", ("'titel'", "'title'")),
    ("years.frist=2027", ("'frist'", "'first'")),
    ("budget.per_yaer=1", ("'per_yaer'", "'per_year'")),
    ("instruments.grdi.max_per_year=1", ("'grdi'", "'grid'")),
    ("instruments.grid.max_per_yaer=1", ("'max_per_yaer'", "'max_per_year'")),
    ("instruments.new.area=energy", ("'new'",)),
    ("instruments.grid.max_per_year.deeper=1", ("'deeper'",)),
    ("effects.grid_frontier.points_lwo=1", ("'points_lwo'", "'points_low'")),
    ("weights.fronteer=1", ("'fronteer'", "'frontier'")),
    ("budget.per_year.soon=1", ("'soon'", "year")),
    ("futures.storm.change.effects.nope.points=1", ("'nope'",)),
    ("futures.storm.change.effects.grid_frontier.pionts=1", ("'pionts'", "'points'")),
    ("stakeholders.firms.weights.fronteer=1", ("'fronteer'", "'frontier'")),
    ("stakeholders.unions.statements.0=x", ("'statements'",)),
    ("extends=us-2027", ("'extends'",)),
    ("__class__=1", ("'__class__'",)),
    ("YEARS.first=2027", ("'YEARS'", "'years'")),
    ("instruments.9x={area: energy, max_per_year: 1}", ("'9x'", "letter")),
    # A value of the wrong type.
    ("years=2027", ("mapping", "2027")),
    ("years.first=soon", ("'soon'", "year")),
    ("instruments=instruments.csv", ("mapping", "'instruments.csv'")),
    ("instruments.grid=3", ("mapping", "3")),
    ("instruments.new=3", ("'new'", "whole mapping")),
    ("instruments.new={}", ("area", "max_per_year", "missing")),
    ("instruments.grid.max_per_year=lots", ("'lots'", "number")),
    ("instruments.grid.max_per_year='2 bn'", ("'2 bn'", "number")),
    ("instruments.grid.max_per_year=[1]", ("list", "number")),
    ("instruments.grid.max_per_year={a: 1}", ("mapping", "number")),
    ("instruments.grid.max_per_year=true", ("true", "number")),
    ("instruments.grid.max_per_year=.nan", ("nan", "finite")),
    ("instruments.grid.max_per_year=.inf", ("inf", "finite")),
    ("instruments.grid.max_per_year=1e400", ("number",)),
    ("instruments.grid.max_per_year=" + "9" * 5000, ("number",)),
    ("instruments.grid.max_per_year=-1", ("-1", "0 or more")),
    ("instruments.grid.max_per_year=", ("missing",)),
    ("instruments.grid.max_per_year=[", ("YAML",)),
    ("instruments.grid.max_per_year=" + "[" * 3000, ("deep",)),
    ("instruments.grid.all_or_nothing=yes", ("'yes'", "true or false")),
    ("instruments.grid.spendout=[0.5, 0.4]", ("sum to 1", "0.9")),
    ("title=[a]", ("list", "text")),
    ("effects.grid_frontier.points_low=9", ("points_high", "both")),
    ("futures.storm.change.years.last=2029", ("'years'",)),
    ("futures.storm.change.effects.grid_frontier.points=many", ("'many'", "number")),
    ("futures.storm.change.effects.grid_frontier.layer=diffusion", ("'layer'",)),
    ("constraints.one={kind: bna}", ("'bna'", "'ban'")),
    ("interactions.one={between: [grid_frontier], layer: frontier, points: 1}", ("two",)),
    ("budget.per_year.2027=1", ("2028", "missing")),
]


@pytest.mark.parametrize(("setting", "says"), BAD_SETTINGS)
def test_bad_setting_is_told_at_its_option(setting: str, says: tuple[str, ...], tiny: Path) -> None:
    details = refuse("solve", tiny, "--set", setting, says=says)
    assert all(d["where"].startswith("--set ") for d in details), details


@pytest.mark.parametrize("setting", ["a..b=1", ".=1", "=1", "a.=x", "title=[", "titel=x"])
def test_bad_setting_is_told_where_scenarios_are_compared(setting: str, tiny: Path) -> None:
    for arguments in (("--set", setting), (f"x=textbook --set '{setting}'",)):
        ended = run("compare", tiny, "textbook", *arguments, "--json")
        assert ended.code in (2, 3), ended
        assert "--set" in ended.error["message"]
        assert "fault of the program" not in ended.error["message"]


def test_bad_settings_are_told_together(tiny: Path) -> None:
    arguments = ("--set", "titel=x", "--set", "years.frist=1", "--set", "budget.per_year=x")
    refuse("solve", tiny, *arguments, says=("'titel'", "'frist'", "'x'"))


def test_settings_apply_from_left_to_right(tiny: Path) -> None:
    new = ("--set", "instruments.dams={area: energy, max_per_year: 1}")
    arguments = ("scenario", "show", tiny, "--json", *new, "--set", "instruments.dams.scale=3")
    shown = json.loads(run(*arguments, "--set", "instruments.dams.scale=4").out)
    assert shown["instruments"]["dams"] == {"area": "energy", "max_per_year": 1, "scale": 4}
    refuse("scenario", "check", tiny, "--set", "instruments.dams.scale=3", *new, says=("'dams'",))


@pytest.mark.parametrize("command", ["solve", "evaluate", "show", "check", "export"])
@pytest.mark.parametrize("budget", ["-1", "nan", "inf", "-inf", "1e400", "1e13"])
def test_bad_budget(command: str, budget: str, tiny: Path, tmp_path: Path) -> None:
    arguments: tuple[object, ...] = (command, tiny)
    if command == "evaluate":
        plan = tmp_path / "plan.csv"
        plan.write_text("instrument,year,bn\n", encoding="utf-8")
        arguments = (*arguments, "--plan", plan)
    elif command != "solve":
        arguments = ("scenario", *arguments)
    if command == "export":
        ended = run(*arguments, tmp_path / "x.lp", "--budget", budget)
        assert ended.code == 3
        assert "--budget" in ended.err
        return
    (detail,) = refuse(*arguments, "--budget", budget, says=("number of 0 or more",))
    assert detail["where"] == "--budget"


@pytest.mark.parametrize(
    ("weights", "says"),
    [
        ("fronteer=1", ("'fronteer'", "'frontier'")),
        ("frontier=0", ("weights are 0",)),
        ("frontier=0,diffusion=0", ("weights are 0",)),
        ("frontier=-1", ("-1", "0 or more")),
        ("frontier=.nan", ("nan", "finite")),
        ("frontier=1e400", ("number",)),
        ("frontier=lots", ("'lots'", "number")),
        ("frontier=", ("frontier", "number")),
        ("=1", ("layer=number",)),
        ("frontier=1,", ("layer=number",)),
        ("frontier=1,frontier=2", ("'frontier'", "twice")),
        ("union", ("'union'", "'unions'")),
        ("frontier", ("'frontier'", "stakeholder")),
        ("", ("stakeholder",)),
        ("unions", ("'unions'", "--stakeholder unions", "statements")),
    ],
)
def test_bad_weights(weights: str, says: tuple[str, ...], tiny: Path) -> None:
    details = refuse("solve", tiny, "--weights", weights, says=says)
    assert all(d["where"].startswith("--weights") for d in details)
    assert len(details) == 1, details


# The command line -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("slove",), ("'slove'", "'solve'")),
        (("scenario", "chekc"), ("'chekc'", "'check'")),
        (("solve", "TINY", "--bugdet", "1"), ("--bugdet", "--budget")),
        (("solve", "TINY", "--budget", "abc"), ("--budget", "'abc'")),
        (("solve", "TINY", "--budget", ""), ("--budget",)),
        (("solve", "TINY", "--set", "title"), ("--set", "'title'")),
        (("solve", "TINY", "--set", "=1"), ("--set", "'=1'")),
        (("solve", "TINY", "--set", ""), ("--set",)),
        (("evaluate", "TINY", "--plan", "x.csv", "--set", "title"), ("--set", "'title'")),
        (("scenario", "check", "TINY", "--set", "title"), ("--set", "'title'")),
        (("scenario", "export", "TINY", "x.lp", "--set", "title"), ("'title'",)),
        (("scenario", "export"), ("FILE",)),
        (("scenario", "export", "TINY", "a.lp", "b.lp"), ("3",)),
        (("scenario", "new"), ("FOLDER",)),
        (("evaluate", "TINY"), ("--plan",)),
        (("solve", "TINY", "another"), ("another",)),
        (("solve", "TINY", "--gap", "abc"), ("--gap", "'abc'")),
        (("solve", "TINY", "--time-limit", "soon"), ("--time-limit", "'soon'")),
        (("solve", "TINY", "--workers", "0"), ("--workers",)),
    ],
)
def test_command_line_that_cannot_be_parsed(
    arguments: tuple[str, ...], says: tuple[str, ...], tiny: Path
) -> None:
    given = [str(tiny) if argument == "TINY" else argument for argument in arguments]
    ended = run(*given)
    assert ended.code == 2
    assert ended.out == ""
    assert all(part in ended.err for part in says), ended.err
    assert "Traceback" not in ended.err
    told = run(*given, "--json")
    assert told.code == 2
    assert told.error["kind"] == "usage"
    assert isinstance(told.error["details"], list)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--gap", "-1"),
        ("--gap", "2"),
        ("--gap", "nan"),
        ("--time-limit", "0"),
        ("--time-limit", "-1"),
        ("--time-limit", "nan"),
        ("--time-limit", "inf"),
    ],
)
def test_option_without_meaning(option: str, value: str, tiny: Path) -> None:
    (detail,) = refuse("solve", tiny, option, value, says=("expected",))
    assert detail["where"] == option


def test_no_time_at_all_is_no_fault_of_the_user(tiny: Path) -> None:
    says = ("--time-limit",)
    refuse("solve", tiny, "--time-limit", "1e-9", says=says, code=5, kind="solver")


# --out and other places to write to --------------------------------------------------------------


def test_out_that_cannot_hold_a_run(tiny: Path, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x", encoding="utf-8")
    other = tmp_path / "other"
    other.mkdir()
    (other / "letter.txt").write_text("dear", encoding="utf-8")
    refuse("solve", tiny, "--out", file, says=("--out", "file"))
    refuse("solve", tiny, "--out", file / "below", says=("--out", "cannot be written"))
    refuse("solve", tiny, "--out", other, says=("--out", "not empty"))
    refuse("solve", tiny, "--out", tiny, says=("--out", "not empty"))
    refuse("solve", tiny, "--out", "/dev/null", says=("--out", "file"))
    assert [entry.name for entry in other.iterdir()] == ["letter.txt"]
    assert "run.json" not in [entry.name for entry in tiny.iterdir()]


def test_out_with_a_run_of_another_scenario(tiny: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    assert run("solve", tiny, "--out", out).code == 0
    assert run("solve", tiny, "--out", out).code == 0
    kept = (out / "run.json").read_bytes()
    says = ("--out", "another scenario")
    refuse("solve", tiny, "--budget", 1, "--out", out, says=says)
    plan = out / "spending.csv"
    refuse("evaluate", tiny, "--budget", 1, "--plan", plan, "--out", out, says=says)
    assert (out / "run.json").read_bytes() == kept
    (out / "run.json").write_text("{", encoding="utf-8")
    refuse("solve", tiny, "--out", out, says=("--out",))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to any folder")
def test_out_in_a_folder_without_permission(tiny: Path, tmp_path: Path) -> None:
    shut = tmp_path / "shut"
    shut.mkdir(mode=0o500)
    refuse("solve", tiny, "--out", shut, says=("--out", "cannot be written"))
    refuse("solve", tiny, "--out", shut / "below", says=("--out", "cannot be written"))


@pytest.mark.parametrize("ending", ["lp", "mps", "xlsx", "yaml"])
def test_export_to_what_cannot_be_written(ending: str, tiny: Path, tmp_path: Path) -> None:
    # In a process of its own: a writer outside Python may end the process itself.
    folder = tmp_path / f"folder.{ending}"
    folder.mkdir()
    command = [sys.executable, "-m", "stratafolio", "scenario", "export", str(tiny), str(folder)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 3, ended
    assert folder.name in ended.stderr.partition(":")[2].partition(":")[0]
    assert "Traceback" not in ended.stderr


def test_export_and_new_refuse_unusable_names(tiny: Path, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x", encoding="utf-8")
    for arguments in (
        ("scenario", "export", tiny, tmp_path / "model.txt"),
        ("scenario", "export", tiny, file / "model.yaml"),
        ("scenario", "new", tiny),
        ("scenario", "new", file),
        ("scenario", "new", file / "below"),
    ):
        ended = run(*arguments)
        assert ended.code == 3, arguments
        assert "Traceback" not in ended.err
        assert Path(arguments[-1]).name in ended.err or "file" in ended.err


@pytest.mark.parametrize(
    ("variables", "target"),
    [({"PYTHONIOENCODING": "ascii"}, "pipe"), ({"COLUMNS": "wide"}, "pipe"), ({}, "/dev/full")],
    ids=["terminal without unicode", "odd width", "disk full"],
)
def test_output_that_cannot_be_shown_is_no_fault_of_the_program(
    variables: dict[str, str], target: str, tiny: Path
) -> None:
    command = [sys.executable, "-m", "stratafolio", "solve", str(tiny)]
    environment = {**os.environ, **variables}
    if target == "pipe":
        ended = subprocess.run(command, capture_output=True, env=environment, check=False)
        assert ended.returncode == 0, ended.stderr
        return
    if not Path(target).exists():
        pytest.skip(f"this system has no {target}")
    with Path(target).open("wb") as full:
        ended = subprocess.run(
            [*command, "--json"], stdout=full, stderr=subprocess.PIPE, env=environment, check=False
        )
    assert ended.returncode == 3, ended.stderr
    assert b"Traceback" not in ended.stderr


WRITES = (
    ("solve", "textbook", "--out", "{}"),
    ("solve", "{}"),
    ("solve", "textbook", "--set", "title={}"),
    ("solve", "textbook", "--weights", "{}=1"),
    ("evaluate", "textbook", "--plan", "{}.csv"),
    ("compare", "textbook", "label={}.csv"),
    ("compare", "textbook", "status-quo", "--csv", "{}"),
    ("frontier", "textbook", "--layers", "frontier,diffusion", "--csv", "{}"),
    ("report", "textbook", "--out", "{}.html"),
    ("report", "textbook", "--out", "page.html", "--xlsx", "{}.xlsx"),
    ("report", "textbook", "--out", "page.html", "--charts", "{}"),
    ("sensitivity", "weights", "textbook", "--csv", "{}"),
    ("scenario", "new", "{}"),
    ("scenario", "export", "textbook", "{}.lp"),
)


@pytest.mark.parametrize("arguments", WRITES, ids=" ".join)
@pytest.mark.parametrize(("name", "what"), [("a\0b", "NUL"), ("a\udcffb", "UTF-8")])
def test_name_that_no_file_or_output_can_hold(
    arguments: tuple[str, ...],
    name: str,
    what: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (detail,) = refuse(*(part.format(name) for part in arguments), says=(what, repr(name)[1:-1]))
    words = {"solve": "SCENARIO", "compare": "A B ...", "new": "FOLDER"}
    words["export"] = "[SCENARIO] FILE"
    is_option = arguments[-2].startswith("--")
    word = next((words[part] for part in reversed(arguments[:2]) if part in words), "")
    assert detail["where"] == (arguments[-2] if is_option else word)
    assert list(tmp_path.iterdir()) == []


# Plans ------------------------------------------------------------------------------------------

HEAD = "instrument,year,bn\n"

BAD_PLANS: dict[str, tuple[str | bytes, tuple[str, ...]]] = {
    "unknown instrument": (HEAD + "grid,2027,1\ngrdi,2027,1\n", ("row 3, instrument", "'grid'")),
    "area": (HEAD + "energy,2027,1\n", ("row 2, instrument", "'energy'")),
    "year outside": (HEAD + "grid,2030,1\n", ("row 2, year", "2030", "2027..2028")),
    "year before": (HEAD + "grid,-5,1\n", ("row 2, year", "-5")),
    "word for a year": (HEAD + "grid,soon,1\n", ("row 2, year", "'soon'")),
    "half a year": (HEAD + "grid,2027.5,1\n", ("row 2, year", "'2027.5'")),
    "endless year": (HEAD + "grid,inf,1\n", ("row 2, year", "'inf'")),
    "word for money": (HEAD + "grid,2027,lots\n", ("row 2, bn", "'lots'")),
    "negative": (HEAD + "grid,2027,-1\n", ("row 2, bn", "'-1'", "0 or more")),
    "nan": (HEAD + "grid,2027,nan\n", ("row 2, bn", "'nan'")),
    "infinity": (HEAD + "grid,2027,inf\n", ("row 2, bn", "'inf'")),
    "too large": (HEAD + "grid,2027,1e400\n", ("row 2, bn", "'1e400'")),
    "dollars": (HEAD + "grid,2027,$1\n", ("row 2, bn", "'$1'")),
    "underscores": (HEAD + "grid,2027,1_0\n", ("row 2, bn", "'1_0'")),
    "decimal comma": (HEAD + 'grid,2027,"1,5"\n', ("row 2, bn", "'1,5'")),
    "no money": (HEAD + "grid,2027,\n", ("row 2, bn",)),
    "too few cells": (HEAD + "grid,2027\n", ("row 2, bn",)),
    "too many cells": (HEAD + "grid,2027,1,500\n", ("row 2",)),
    "twice": (HEAD + "grid,2027,1\ngrid,2027,1\n", ("row 3", "'grid'", "2027", "twice")),
    "missing column": ("instrument,year\ngrid,2027\n", ("row 1", "'bn'", "missing")),
    "misspelt column": ("instrument,yaer,bn\ngrid,2027,1\n", ("row 1", "'year'", "'yaer'")),
    "unknown column": ("instrument,year,bn,colour\n", ("row 1", "'colour'")),
    "column twice": ("instrument,year,bn,bn\ngrid,2027,1,2\n", ("row 1", "'bn'")),
    "semicolons": ("instrument;year;bn\ngrid;2027;1\n", ("row 1",)),
    "empty": ("", ("empty",)),
    "binary": (b"\x89PNG\r\n\x1a\n\x00\x00", ("binary",)),
    "latin": ((HEAD + "gr\u00efd,2027,1\n").encode("latin-1"), ("line 2", "UTF-8")),
    "open quote": (HEAD + '"grid,2027,1\n', ("CSV", "row 2")),
    "several": (HEAD + "grdi,2040,x\nlabs,y,-1\n", ("'grdi'", "'x'", "'y'", "'-1'")),
}


@pytest.mark.parametrize("case", BAD_PLANS)
def test_bad_plan(case: str, tiny: Path, tmp_path: Path) -> None:
    text, says = BAD_PLANS[case]
    plan = tmp_path / "plan.csv"
    plan.write_bytes(text if isinstance(text, bytes) else text.encode())
    refuse("evaluate", tiny, "--plan", plan, says=("plan.csv", *says))


def test_plan_that_is_not_there(tiny: Path, tmp_path: Path) -> None:
    refuse("evaluate", tiny, "--plan", tmp_path / "no.csv", says=("--plan", "no.csv"))
    refuse("evaluate", tiny, "--plan", tmp_path, says=("--plan",))


# Files of another kind ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "option", "name", "says"),
    [
        (("report",), "--out", "memo.md", (".html", "memo.md", "--xlsx")),
        (("report",), "--out", "memo.pdf", (".html", "memo.pdf")),
        (("report",), "--out", "memo", (".html",)),
        (("report",), "--xlsx", "book.xls", (".xlsx", "book.xls", "--out")),
        (("frontier", "--layers", "frontier,diffusion"), "--csv", "points.json", (".csv",)),
    ],
)
def test_a_file_of_a_kind_that_is_not_written_is_refused(
    command: tuple[str, ...], option: str, name: str, says: tuple[str, ...], tiny: Path
) -> None:
    file = tiny.parent / name
    (detail,) = refuse(command[0], tiny, *command[1:], option, file, says=says)
    assert detail["where"] == option
    assert not file.exists()


def test_solve_says_what_it_wrote(tiny: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    ended = run("solve", tiny, "--out", out)
    assert ended.code == 0
    (told,) = [line for line in ended.err.splitlines() if line.startswith("wrote ")]
    assert str(out) in told
    for name in ("run.json", "scenario.yaml", "spending.csv", "leads.csv", "constraints.csv"):
        assert (out / name).is_file()
        assert name in told
    assert run("solve", tiny, "--out", out, "--json").err == ""
