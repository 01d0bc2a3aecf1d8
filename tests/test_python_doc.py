"""What docs/python.md shows is what happens."""

from __future__ import annotations

import doctest
import inspect
import re
from pathlib import Path
from typing import Any

import pytest

import stratafolio as sf

DOC = Path(__file__).parents[1] / "docs" / "python.md"


def test_the_examples_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    options = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    ended = doctest.testfile(str(DOC), module_relative=False, optionflags=options)
    assert ended.attempted == DOC.read_text("utf-8").count(">>> ") > 20
    assert ended.failed == 0
    assert "```" not in DOC.read_text("utf-8"), "a block that nothing would run"


CALLS = [name for name in sf.__all__ if name.islower() and not name.startswith("_")]
METHODS = [
    *(f"Scenario.{name}" for name in ("change", "save")),
    *(f"Result.{name}" for name in ("to_frame", "chart")),
]


def test_every_call_is_told() -> None:
    told = DOC.read_text("utf-8")
    for name in CALLS:
        assert f"sf.{name}" in told or f"`{name}`" in told, name


@pytest.mark.parametrize("name", [*CALLS, *METHODS])
def test_the_example_of_each_call_holds(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    part: Any = sf
    for step in name.split("."):
        part = getattr(part, step)
    call = inspect.unwrap(part)
    (example,) = doctest.DocTestFinder(recurse=False).find(call, name)
    ended = doctest.DocTestRunner().run(example)
    assert ended.attempted > 0
    assert ended.failed == 0


def test_the_lines_of_the_readme_run() -> None:
    readme = (DOC.parents[1] / "README.md").read_text("utf-8")
    (lines,) = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    names: dict[str, Any] = {}
    exec(lines, names)  # noqa: S102  # they are ours
    assert names["best"].gain > 2
    assert not names["spending"].empty
