"""The house: who may import whom, what may stand where, and how quickly it opens."""

from __future__ import annotations

import ast
import doctest
import importlib
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("cli", "results", "model", "inputs")
"""From the top down: a room imports from those after it."""

ALONE = {
    "click": {"cli"},
    "pyomo": {"model/formulation.py", "model/live.py"},
    "highspy": {"model/live.py"},
    "openpyxl": {"inputs/workbook.py"},
    "altair": {"results/charts.py"},
    "vl_convert": {"results/charts.py"},
    "xlsxwriter": {"results/report_book.py"},
    "jinja2": {"results/page.py"},
    "ruamel": {"inputs/yaml_text.py", "inputs/write.py"},
}
"""Libraries that only some rooms or files may know."""

FILES = sorted(file.relative_to(ROOT) for room in ROOMS for file in (ROOT / room).rglob("*.py"))
BANNED_NAMES = ("utils", "helpers", "common", "base", "manager", "misc")
SLOW_MODULES = (
    *("pyomo", "pandas", "highspy", "numpy", "pydantic", "rich", "openpyxl", "ruamel"),
    *("altair", "vl_convert", "xlsxwriter", "jinja2"),
)

SETTINGS: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def list_imports(file: Path) -> list[tuple[str, str]]:
    """(room or library, line of code) of every import in a file of the package."""
    found = []
    depth = len(file.parts) - 1
    for node in ast.walk(ast.parse((ROOT / file).read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found += [(alias.name.split(".")[0], ast.unparse(node)) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = file.parts[: depth - node.level + 1] if node.level else ()
            whole = [*above, *(node.module or "").split(".")]
            top = whole[0] or node.names[0].name
            found.append((top, ast.unparse(node)))
    return found


@pytest.mark.parametrize("file", FILES, ids=str)
def test_imports_go_down_only(file: Path) -> None:
    lower = ROOMS[ROOMS.index(file.parts[0]) :]
    for top, code in list_imports(file):
        assert top not in ROOMS or top in lower, f"{file}: {code}"
        assert top != "stratafolio", f"{file} imports absolutely: {code}"


def test_results_take_types_from_the_solution_and_never_the_solver() -> None:
    for file in FILES:
        if file.parts[0] == "results":
            for _, code in list_imports(file):
                assert "model.solve " not in code, f"{file}: {code}"
                assert "model.live " not in code, f"{file}: {code}"
                assert "model.studies" not in code, f"{file}: {code}"


def test_libraries_stay_where_they_belong() -> None:
    for file in FILES:
        for top, code in list_imports(file):
            if top in ALONE:
                places = {file.parts[0], file.as_posix()}
                assert places & ALONE[top], f"{file}: {code}"


def test_evaluator_knows_no_solver() -> None:
    for name in ("evaluate", "curves", "limits"):
        code = (
            f"import sys, stratafolio.model.{name}; "
            "sys.exit(bool({'pyomo', 'highspy'} & set(sys.modules)))"
        )
        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_root_holds_two_modules_only() -> None:
    assert sorted(file.name for file in ROOT.glob("*.py")) == ["__init__.py", "__main__.py"]


def test_every_sub_package_is_shipped() -> None:
    folders = {
        ".".join(("stratafolio", *file.parent.parts))
        for file in FILES
        if file.name == "__init__.py"
    }
    assert folders | {"stratafolio"} == set(SETTINGS["tool"]["setuptools"]["packages"])
    bare = {str(file.parent) for file in FILES} - {
        str(file.parent) for file in FILES if file.name == "__init__.py"
    }
    assert bare == set(), "folders of modules without an __init__.py"


def test_names_say_what_a_reader_seeks() -> None:
    for file in FILES:
        assert file.stem not in BANNED_NAMES


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["solve", "--help"]])
def test_help_needs_none_of_the_slow_modules(arguments: list[str]) -> None:
    code = (
        "import sys; from stratafolio.cli.main import main\n"
        f"try: main({arguments!r})\n"
        "except SystemExit as leave: assert not leave.code, leave.code\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT.parent
    )
    assert set(SLOW_MODULES).isdisjoint(done.stdout.splitlines()[-1].split())


def test_public_names_are_there() -> None:
    package = importlib.import_module("stratafolio")
    for name in package.__all__:
        assert getattr(package, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = package.nothing


@pytest.mark.parametrize("file", [*FILES, Path("__init__.py")], ids=str)
def test_examples_in_docstrings_hold(file: Path) -> None:
    parts = [part for part in file.with_suffix("").parts if part != "__init__"]
    module = importlib.import_module(".".join(("stratafolio", *parts)))
    assert doctest.testmod(module).failed == 0


def test_columns_stand_in_the_same_order_whatever_the_hash_seed() -> None:
    """Pyomo and sets may order by hash: then equal questions would get unequal answers."""
    code = (
        "from stratafolio.inputs.read import read_scenario\n"
        "from stratafolio.model.compiled import Compiled\n"
        "live = Compiled(read_scenario('us-2027')).live\n"
        "print(*live.matrices.names, *live.matrices.row_names)"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", code],
            check=True,
            capture_output=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1
