"""The notebooks run from the top, and what they keep is what they show today."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))

QUICK = ("first-plan", "my-own-scenario", "one-more-constraint")
"""Notebooks that take seconds; the others take minutes between them."""


def list_shown(file: Path) -> list[list[tuple[str, Any]]]:
    """What each cell of code shows: printed text and text of values; of the rest, its kind."""
    cells = [cell for cell in nbformat.read(file, as_version=4).cells if cell.cell_type == "code"]
    return [[part for output in cell.outputs for part in list_parts(output)] for cell in cells]


def list_parts(output: Any) -> list[tuple[str, Any]]:
    if output.output_type == "stream":
        return [(output.name, output.text)]
    return [(kind, data if kind == "text/plain" else "") for kind, data in output.data.items()]


def test_there_are_notebooks() -> None:
    assert len(NOTEBOOKS) >= 4


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda file: file.stem)
def test_a_notebook_shows_what_it_keeps(notebook: Path, tmp_path: Path) -> None:
    if notebook.stem not in QUICK and not os.environ.get("STRATAFOLIO_NOTEBOOKS"):
        pytest.skip("it takes a minute or more: STRATAFOLIO_NOTEBOOKS=1 runs it too")
    folder = tmp_path / "notebooks"
    shutil.copytree(FOLDER, folder)
    kept = list_shown(notebook)
    own = {name: str(tmp_path / name) for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR")}
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "run_notebooks.py"), str(folder), notebook.stem],
        env={**os.environ, **own, "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert list_shown(folder / notebook.name) == kept
    for file in FOLDER.glob("*.yaml"):
        assert (folder / file.name).read_bytes() == file.read_bytes()


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda file: file.stem)
def test_a_notebook_is_kept_as_a_reader_wants_it(notebook: Path) -> None:
    text = notebook.read_text("utf-8")
    for cell in nbformat.read(notebook, as_version=4).cells:
        if cell.cell_type == "code":
            assert cell.execution_count, "run it: make notebooks"
            assert all(output.output_type != "error" for output in cell.outputs)
            assert all(output.get("name") != "stderr" for output in cell.outputs)
    assert "\\u001b" not in text, "colours of a terminal"
    assert not re.search(r'"/(home|root|tmp|work|Users)/', text), "a path of a machine"
    assert len(text) < 400_000, "too large to be read on a code host"
