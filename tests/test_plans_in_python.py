"""Plans in and out as data frames: tidy, wide by year, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from small_scenarios import run

import stratafolio as sf
from stratafolio.results.result import Result

Shape = Callable[[pd.DataFrame], pd.DataFrame]

SHAPES: dict[str, Shape] = {
    "as it came": lambda frame: frame,
    "tidy": lambda frame: frame[["instrument", "year", "bn"]],
    "indexed": lambda frame: frame.set_index(["instrument", "year"])[["bn"]],
    "by instrument": lambda frame: frame.set_index("instrument")[["year", "bn"]],
    "wide": lambda frame: frame.pivot_table("bn", "instrument", "year"),
    "wide with a column": lambda frame: frame.pivot_table("bn", "instrument", "year").reset_index(),
    "wide by id": lambda frame: frame.pivot_table("bn", "instrument", "year").rename_axis("id"),
    "years as text": lambda frame: frame.pivot_table("bn", "instrument", "year").rename(
        columns=str
    ),
    "years as floats": lambda frame: frame.astype({"year": float}),
    "wide years as floats": lambda frame: frame.pivot_table("bn", "instrument", "year").rename(
        columns=float
    ),
    "in another order": lambda frame: frame.iloc[::-1],
}


@pytest.fixture(scope="module")
def textbook() -> sf.Scenario:
    return sf.read_scenario("textbook")


@pytest.fixture(scope="module")
def best(textbook: sf.Scenario) -> Result:
    return sf.solve(textbook)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_the_spending_of_a_solve_goes_back_in_as_a_plan(
    textbook: sf.Scenario, best: Result, shape: Shape
) -> None:
    given = sf.evaluate(textbook, shape(best.tables["spending"]))
    assert given.record["spending"] == best.record["spending"]
    assert given.record["status"] == "given"
    assert given.gain == best.gain == pytest.approx(125 / 72)
    assert not given.record["broken"]


def test_a_plan_may_be_a_mapping(textbook: sf.Scenario, best: Result) -> None:
    assert sf.evaluate(textbook, best.plan).gain == best.gain
    assert sf.evaluate(textbook, best.record["spending"]).gain == best.gain


def refuse(scenario: sf.Scenario, plan: Any) -> str:
    with pytest.raises(sf.InputError) as error:
        sf.evaluate(scenario, plan)
    return str(error.value)


WRONG: list[tuple[dict[str, list[Any]], str]] = [
    ({"instrument": ["power"], "year": [2027]}, "column 'bn' is missing"),
    ({"year": [2027], "bn": [1]}, "column 'instrument' is missing"),
    ({"instrument": ["powr"], "year": [2027], "bn": [1]}, "'powr' is not an instrument; did you"),
    ({"instrument": ["power"], "year": [2027.5], "bn": [1]}, "expected a year such as 2027, got"),
    ({"instrument": ["power"], "year": [2040], "bn": [1]}, "2040 is not a year of spending"),
    ({"instrument": ["power"], "year": [2027], "bn": [-1]}, "expected $ billion of 0 or more, got"),
    ({"instrument": ["power"], "year": [2027], "bn": ["x"]}, "expected $ billion of 0 or more"),
    ({"instrument": ["power"] * 2, "year": [2027] * 2, "bn": [1, 1]}, "in 2027 is given twice"),
    ({"instrument": ["power"], "year": [2027], "bn": [1], "why": ["so"]}, "'why' is not known"),
]


@pytest.mark.parametrize(("columns", "message"), WRONG, ids=[message for _, message in WRONG])
def test_a_wrong_plan_is_told_as_the_command_line_tells_it(
    textbook: sf.Scenario, tmp_path: Path, columns: dict[str, list[Any]], message: str
) -> None:
    frame = pd.DataFrame(columns)
    told = refuse(textbook, frame)
    assert message in told
    file = tmp_path / "plan"
    file.write_text(frame.to_csv(index=False), encoding="utf-8")
    typed = run("evaluate", "textbook", "--plan", str(file))
    assert typed.code == 3
    assert told in typed.err


def test_what_is_no_plan_is_refused(textbook: sf.Scenario) -> None:
    assert refuse(textbook, [1]).startswith("plan: expected a mapping of instruments to years")
    assert refuse(textbook, {"power": 3}) == (
        "plan, power: expected a mapping of years to amounts, got 3"
    )
    assert "expected $ billion of 0 or more" in refuse(textbook, {"power": {2027: None}})
    by_year = pd.DataFrame({"power": [1.0]}, index=[2027])
    assert "column 'instrument' is missing" in refuse(textbook, by_year)
    twice = pd.DataFrame([["power", "power", 2027, 1]], columns=["instrument"] * 2 + ["year", "bn"])
    assert "column 'instrument' is there twice" in refuse(textbook, twice)


def test_nothing_is_spent_where_a_wide_plan_is_empty(textbook: sf.Scenario) -> None:
    wide = pd.DataFrame({2027: [1.0, None], 2028: [None, None]}, index=["power", "labs"])
    assert sf.evaluate(textbook, wide).record["spending"] == {"power": {"2027": 1.0}}
