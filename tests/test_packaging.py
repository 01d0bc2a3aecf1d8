"""The wheel, installed without the development dependencies into an empty environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BUNDLED = ("us-2027", "application-first", "controls-first", "ecosystem-first", "frontier-first")
UNWANTED = ("tests", "docs", "benchmarks", "Makefile", "constraints.txt")


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel and what it needs, and nothing else."""
    folder = tmp_path_factory.mktemp("clean")
    source, home = folder / "stratafolio", folder / "env"
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("this is no git checkout: what belongs to a clean tree cannot be told")
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    venv.create(home, with_pip=False)  # the pip that is here installs into it
    # What is imported is compiled then: to compile all of it takes as long as to install it.
    pip = [sys.executable, "-m", "pip", "--python", str(home / "bin" / "python")]
    pip += ["install", "-q", "--no-compile"]
    pins = ["-c", str(source / "constraints.txt")]
    done = subprocess.run([*pip, *pins, str(source)], capture_output=True, text=True, check=False)
    if done.returncode and "No matching distribution" in done.stderr:
        pytest.skip("no package registry can be reached to fill an empty environment")
    assert done.returncode == 0, done.stderr
    return home


def run(home: Path, *arguments: str, cwd: Path) -> str:
    done = subprocess.run(
        [home / "bin" / "stratafolio", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_wheel_works_on_its_own(clean: Path, tmp_path: Path) -> None:
    listed = json.loads(run(clean, "scenario", "list", "--json", cwd=tmp_path))
    names = [row["scenario"] for row in listed["scenarios"]]
    assert names[0] == "us-2027"
    assert set(BUNDLED) <= set(names)
    record = json.loads(run(clean, "solve", "textbook", "--json", cwd=tmp_path))
    assert record["gain"] == pytest.approx(125 / 72)
    run(clean, "report", "textbook", "--out", "page.html", "--xlsx", "book.xlsx", cwd=tmp_path)
    assert "</html>" in (tmp_path / "page.html").read_text("utf-8")
    shown = run(clean, "scenario", "check", "us-2027", cwd=tmp_path)
    assert "is valid" in shown


def test_wheel_puts_one_package_into_site_packages(clean: Path) -> None:
    (packages,) = (clean / "lib").glob("python*/site-packages")
    own = {entry.name for entry in packages.iterdir() if "stratafolio" in entry.name.lower()}
    assert {name.partition("-")[0] for name in own} == {"stratafolio"}
    inside = {entry.name for entry in (packages / "stratafolio").iterdir()}
    assert inside.isdisjoint(UNWANTED)
    assert {"py.typed", "inputs", "model", "results", "cli"} <= inside
    record = next(packages.glob("stratafolio-*.dist-info")) / "RECORD"
    tops = {line.partition("/")[0] for line in record.read_text("utf-8").splitlines()}
    assert {top.partition("-")[0] for top in tops} <= {"stratafolio", ".."}


def test_editable_install_and_module_give_the_same(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "stratafolio", "--version"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("stratafolio")
