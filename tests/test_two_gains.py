"""A steadied plan and the best one: both gains in the same words on every screen, at 80 columns."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from small_scenarios import run

STEADY = ("--set", "steady=0.02")

STUDIES: Mapping[str, tuple[str, ...]] = {
    "sensitivity weights": ("--samples", "20"),
    "sensitivity map": (),
    "sensitivity flip": (),
    "sensitivity budget": ("--from", "4", "--to", "6", "--tolerance", "0.05"),
    "alternatives": ("--count", "1"),
    "frontier": ("--layers", "frontier,semiconductors", "--tolerance", "0.2"),
    "compare": (),
}
"""Studies that are about best plans, with the options that make them quick."""


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def show(*words: str) -> str:
    """The screen of a command as words, whatever the lines they stand on."""
    ended = run(*words)
    assert ended.code == 0, ended.err
    assert max(map(len, ended.out.splitlines())) <= 80
    return " ".join(ended.out.split())


def test_solve_and_explain_tell_both_gains_in_the_same_words(tmp_path: Path) -> None:
    record = json.loads(run("solve", "textbook", *STEADY, "--json").out)
    assert record["gain"] < record["best_gain"]
    told = (
        f"Gain {record['gain']:.3f} points over spending nothing. The best plan found gains "
        f"{record['best_gain']:.3f}; steadier spending gives up {record['steady_cost']:.2%} of it."
    )
    for command in ("solve", "explain"):
        assert told in show(command, "textbook", *STEADY)
    why = json.loads(run("explain", "textbook", *STEADY, "--json", "--out", tmp_path / "run").out)
    assert why["gain"] == pytest.approx(record["best_gain"])
    assert why["steadied_gain"] == pytest.approx(record["gain"])
    assert why["steady_cost"] == pytest.approx(record["steady_cost"])


def test_a_plan_that_is_not_steadied_has_one_gain() -> None:
    assert "steadier" not in show("solve", "textbook")
    assert "stead" not in show("explain", "textbook").replace("instead", "")


@pytest.mark.parametrize("command", STUDIES)
def test_studies_of_best_plans_say_so_where_solve_steadies(command: str) -> None:
    more = ("textbook --budget 4",) if command == "compare" else STUDIES[command]
    said = "before spending is steadied; solve gives up as much as 2.00% of the best gain"
    assert said in show(*command.split(), "textbook", *more, *STEADY)
    assert said not in show(*command.split(), "textbook", *more)
