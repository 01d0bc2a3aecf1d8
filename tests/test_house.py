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
ROOMS = ("cli", "calls", "results", "model", "inputs")
"""From the top down: a room imports from those after it."""

ALONE = {
    "click": {"cli"},
    "pyomo": {"model/equations/formulation.py", "model/solving/matrices.py"},
    "highspy": {"model/solving/live.py"},
    "openpyxl": {"inputs/workbook.py"},
    "altair": {"results/charts/vega.py"},
    "vl_convert": {"results/charts/vega.py"},
    "xlsxwriter": {"results/writers/book.py"},
    "docx": {"results/writers/memo_document.py"},
    "jinja2": {"results/writers/page.py"},
    "ruamel": {"inputs/yaml_text.py", "inputs/write.py"},
}
"""Libraries that only some rooms or files may know."""

FILES = sorted(file.relative_to(ROOT) for room in ROOMS for file in (ROOT / room).rglob("*.py"))
BANNED_NAMES = ("utils", "helpers", "common", "base", "manager", "misc")
SLOW_MODULES = (
    *("pyomo", "pandas", "highspy", "numpy", "pydantic", "rich", "openpyxl", "ruamel"),
    *("altair", "vl_convert", "xlsxwriter", "jinja2", "docx"),
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
                assert "solving.solve " not in code, f"{file}: {code}"
                assert "solving.live " not in code, f"{file}: {code}"
                if "model.studies" in code:
                    assert ".findings import" in code or ".effort import" in code, f"{file}: {code}"


FLOORS = ("studies", "solving", "work", "equations")
"""The rooms of the model, from the top down."""


def list_modules_imported(file: Path) -> set[str]:
    """The files of the package that a file imports, as paths from the root."""
    depth, found = len(file.parts) - 1, set()
    for node in ast.walk(ast.parse((ROOT / file).read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            above = Path(*file.parts[: depth - node.level + 1], *(node.module or "").split("."))
            named = [above / alias.name for alias in node.names]
            found |= {f"{path}.py" for path in (above, *named) if (ROOT / f"{path}.py").is_file()}
    return found


@pytest.mark.parametrize("file", FILES, ids=str)
def test_imports_inside_the_model_go_down_only(file: Path) -> None:
    if file.parts[0] != "model" or len(file.parts) < 3:
        return
    lower = FLOORS[FLOORS.index(file.parts[1]) :]
    for imported in list_modules_imported(file):
        parts = Path(imported).parts
        if parts[0] == "model" and len(parts) > 2:
            assert parts[1] in lower, f"{file} imports {imported}"


RESULT_FLOORS = ("writers", "studies", "charts", "runs")
"""The rooms of results, from the top down; `sheet.py` and `titles.py` lie below them all."""


@pytest.mark.parametrize("file", FILES, ids=str)
def test_imports_inside_results_go_down_only(file: Path) -> None:
    if file.parts[0] != "results":
        return
    is_in_room = len(file.parts) > 2
    lower = RESULT_FLOORS[RESULT_FLOORS.index(file.parts[1]) :] if is_in_room else ()
    for imported in list_modules_imported(file):
        parts = Path(imported).parts
        if parts[0] == "results" and len(parts) > 2 and file.name != "result.py":
            assert parts[1] in lower, f"{file} imports {imported}"


def test_no_file_imports_itself_by_way_of_others() -> None:
    imports = {file.as_posix(): list_modules_imported(file) for file in FILES}
    while True:
        ground = {file for file, others in imports.items() if not others & set(imports)}
        if not ground:
            break
        imports = {file: others for file, others in imports.items() if file not in ground}
    assert not imports, "files in or above a circle"


def test_no_two_classes_bear_one_name() -> None:
    homes: dict[str, list[str]] = {}
    for file in FILES:
        for node in ast.parse((ROOT / file).read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef):
                homes.setdefault(node.name, []).append(str(file))
    assert {name: files for name, files in homes.items() if len(files) > 1} == {}


def test_no_two_modules_of_a_room_bear_one_name() -> None:
    """Each question has its own `findings.py`, and the study folders are one room each."""
    homes: dict[tuple[str, ...], list[str]] = {}
    for file in FILES:
        depth = 3 if file.parts[:2] == ("model", "studies") else 2
        if file.stem not in ("__init__", "findings"):
            room = file.parent.parts[:depth] if file.parts[0] == "model" else file.parts[:1]
            homes.setdefault((*room, file.stem), []).append(str(file))
    assert {name: files for name, files in homes.items() if len(files) > 1} == {}


def test_libraries_stay_where_they_belong() -> None:
    for file in FILES:
        for top, code in list_imports(file):
            if top in ALONE:
                places = {file.parts[0], file.as_posix()}
                assert places & ALONE[top], f"{file}: {code}"


def test_evaluator_knows_no_solver() -> None:
    for name in ("evaluate", "curves", "limits"):
        code = (
            f"import sys, stratafolio.model.equations.{name}; "
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


def run_and_list(code: str) -> list[str]:
    """The words of the last line that a program prints in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT.parent
    )
    return done.stdout.splitlines()[-1].split()


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["solve", "--help"]])
def test_help_needs_none_of_the_slow_modules(arguments: list[str]) -> None:
    code = (
        "import sys; from stratafolio.cli.start import main\n"
        f"try: main({arguments!r})\n"
        "except SystemExit as leave: assert not leave.code, leave.code\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    assert set(SLOW_MODULES).isdisjoint(run_and_list(code))


def test_checking_a_scenario_loads_neither_arrays_nor_solvers() -> None:
    """A fifth of a check went to the array library once, for the years of one limit."""
    code = (
        "import sys; from stratafolio.cli.start import main\n"
        "try: main(['scenario', 'check', 'us-2027'])\n"
        "except SystemExit as leave: assert not leave.code, leave.code\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    loaded = set(run_and_list(code))
    assert "pydantic" in loaded
    assert loaded.isdisjoint({"numpy", "scipy", "pandas", "pyomo", "highspy"})


def test_solving_loads_no_scipy_and_studies_no_statistics() -> None:
    """Pyomo takes all of scipy along once a part of it is imported: half a second of each study."""
    code = (
        "import sys, stratafolio as sf\n"
        "textbook = sf.read_scenario('textbook')\n"
        "print(sf.solve(textbook))\n"
        "assert 'highspy' in sys.modules and 'scipy' not in sys.modules\n"
        "print(sf.move_budget(textbook, from_=1, to=2))\n"
        "print(*sys.modules)"
    )
    modules = run_and_list(code)
    assert "scipy.sparse" in modules
    assert "scipy.stats" not in modules


def test_importing_the_package_imports_nothing_else_of_it_or_of_others() -> None:
    code = "import sys, stratafolio; print(*sys.modules)"
    modules = run_and_list(code)
    assert set(SLOW_MODULES).isdisjoint(name.partition(".")[0] for name in modules)
    assert [name for name in modules if name.startswith("stratafolio")] == ["stratafolio"]


def test_a_study_that_draws_nothing_does_not_load_the_chart_library() -> None:
    code = (
        "import sys, stratafolio as sf\n"
        "print(sf.find_flip(sf.read_scenario('textbook')))\n"
        "print(*sys.modules)"
    )
    modules = run_and_list(code)
    assert "stratafolio.results.charts.vega" in modules
    assert not [name for name in modules if name.startswith("altair.")]


def test_public_names_are_there() -> None:
    package = importlib.import_module("stratafolio")
    for name in package.__all__:
        assert getattr(package, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = package.nothing


@pytest.mark.parametrize("file", [*FILES, Path("__init__.py")], ids=str)
def test_examples_in_docstrings_hold(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # for those that write a file
    parts = [part for part in file.with_suffix("").parts if part != "__init__"]
    module = importlib.import_module(".".join(("stratafolio", *parts)))
    assert doctest.testmod(module).failed == 0


def test_columns_stand_in_the_same_order_whatever_the_hash_seed() -> None:
    """Pyomo and sets may order by hash: then equal questions would get unequal answers."""
    code = (
        "from stratafolio.inputs.read import read_scenario\n"
        "from stratafolio.model.solving.compiled import Compiled\n"
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
