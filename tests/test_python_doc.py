"""What docs/python.md shows is what happens."""

from __future__ import annotations

import doctest
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
    assert ended.attempted > 20
    assert ended.failed == 0


def test_every_call_is_told() -> None:
    told = DOC.read_text("utf-8")
    calls = {name for name in sf.__all__ if name.islower() and not name.startswith("_")}
    for name in calls:
        assert f"sf.{name}" in told or f"`{name}`" in told, name


def test_the_lines_of_the_readme_run() -> None:
    readme = (DOC.parents[1] / "README.md").read_text("utf-8")
    (lines,) = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    names: dict[str, Any] = {}
    exec(lines, names)  # noqa: S102  # they are ours
    assert names["best"].gain > 2
    assert not names["spending"].empty
