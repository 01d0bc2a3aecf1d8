"""Everything that `--json` says can be had as a data frame: nothing is missing from the tables.

Each value of a record stands in the table `record` with its path. What studies are read for also
stands in a table of its own, beside the ids and years that it belongs to: here is said of each
command which parts of its record do not, and are left to the table `record` alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

import pandas as pd
import pytest
from small_scenarios import run

import stratafolio as sf
from stratafolio.results.result import Result

Ask = Callable[[sf.Scenario], Result]

ASKED = {"scenario", "title", "seconds", "complete", "answered", "solves", "linear_solves"}
"""What every record says of the question and the effort."""

COMMANDS: list[tuple[str, Ask, set[str]]] = [
    ("solve", sf.solve, {"status", "unspent", "solver"}),
    (
        "evaluate --plan PLAN",
        lambda scenario: sf.evaluate(scenario, {"power": {2027: 5, 2028: 1}, "labs": {2028: 2}}),
        {"status", "unspent", "solver", "broken"},
    ),
    (
        "sensitivity flip",
        sf.find_flip,
        {"tolerance", "weights", "areas", "nearest", "proven_none_within_pp"},
    ),
]
"""A line for each command: its words, the call that answers it, what its own tables leave out."""

Fact = tuple[frozenset[str], tuple[Any, ...]]
"""The ids and years that values belong to, and the values."""


@pytest.fixture(scope="module")
def scenario() -> sf.Scenario:
    """The textbook with a launch cost, private money, outlays of later years and outputs."""
    patch = {
        "instruments": {
            "power": {"spendout": [0.5, 0.5], "crowd_in": 2, "output": "GW", "output_per_bn": 0.5},
            "labs": {"launch_cost": 0.25},
        },
        "constraints": {
            "floor": {"kind": "lead", "layer": "frontier", "at_least": 11, "years": [2028, 2029]},
            "share": {"kind": "spend", "of": ["power"], "at_least": 0.2, "unit": "share"},
        },
    }
    return sf.read_scenario("textbook").change(patch)


def list_leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Paths and values of a record as JSON holds it."""
    children = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in children:
        below = (*path, str(key))
        if isinstance(inner, dict | list):
            yield from list_leaves(inner, below)
        else:
            yield ".".join(below), inner


def list_facts(value: Any, ids: Collection[str], keys: frozenset[str]) -> Iterator[Fact]:
    """The facts in a part of a record: values with their ids and years.

    What is said of one id, or in one row of a list, is one fact.
    """
    if isinstance(value, dict):
        if keys and not any(key in ids for key in value) and all(map(is_plain, value.values())):
            yield keys, tuple(value.values())
            return
        for key, inner in value.items():
            yield from list_facts(inner, ids, keys | ({key} if key in ids else set()))
    elif isinstance(value, list):
        for inner in value:
            yield from list_facts(inner, ids, keys | {""})
    else:
        yield keys, (value,)


def is_plain(value: Any) -> bool:
    return not isinstance(value, dict | list)


def tell(value: Any) -> str:
    """A value as text: a number alike whatever its type, what is missing as nothing."""
    if value is None or value is pd.NA or value != value:  # noqa: PLR0124  # not a number
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{float(value):.9g}"
    return f"{float(value):.9g}" if str(value).isdecimal() else str(value)


def list_rows(tables: Mapping[str, pd.DataFrame]) -> list[set[str]]:
    """What each row of the tables says: its cells, words of them, and the names of its columns."""
    rows = []
    for frame in tables.values():
        columns = {str(name).removesuffix("_bn") for name in frame.columns}
        for cells in frame.astype(object).itertuples(index=False, name=None):
            told = {tell(cell) for cell in cells}
            rows.append(told | {word for cell in told for word in cell.split()} | columns)
    return rows


@pytest.mark.parametrize(("command", "ask", "left_out"), COMMANDS, ids=[c for c, _, _ in COMMANDS])
def test_nothing_of_a_record_is_missing_from_its_tables(
    scenario: sf.Scenario, command: str, ask: Ask, left_out: set[str]
) -> None:
    del command
    result = ask(scenario)
    record = json.loads(json.dumps(result.record))
    tables = result.tables
    whole = tables.pop("record")
    assert list(zip(whole["path"], whole["value"], strict=True)) == list(list_leaves(record))
    ids = {id_ for rows in scenario.tables.values() for id_ in rows.index}
    ids |= {str(year) for year in scenario.outlay_years} | set(map(str, scenario.years.scored))
    assert left_out <= set(record)
    rows = list_rows(tables)
    for part in set(record) - left_out - ASKED:
        for keys, values in list_facts(record[part], ids, frozenset()):
            wanted = {tell(part) for part in (*keys, *values)} - {""}
            assert any(wanted <= row for row in rows), (part, keys, values)


@pytest.mark.parametrize(("command", "ask", "left_out"), COMMANDS, ids=[c for c, _, _ in COMMANDS])
def test_a_call_says_what_its_command_says(
    tmp_path: Any, command: str, ask: Ask, left_out: set[str]
) -> None:
    del left_out
    plan = tmp_path / "plan.csv"
    plan.write_text("instrument,year,bn\npower,2027,5\npower,2028,1\nlabs,2028,2\n")
    words = command.replace("PLAN", str(plan)).split()
    at = next((k for k, word in enumerate(words) if word.startswith("-")), len(words))
    printed = json.loads(run(*words[:at], "textbook", *words[at:], "--json").out)
    answered = json.loads(json.dumps(ask(sf.read_scenario("textbook")).record))
    for record in (printed, answered):
        record.pop("seconds")
        record.get("solver", {}).pop("seconds", None)
    assert printed == answered


def test_years_are_integers_also_where_one_is_missing(scenario: sf.Scenario) -> None:
    total = scenario.change({"budget": {"total": 9}})
    frame = sf.solve(total).tables["constraints"]
    assert pd.api.types.is_integer_dtype(frame["year"])
    assert frame.loc[frame["id"] == "budget.total", "year"].isna().all()


def test_what_has_no_table_or_chart_of_a_name_says_which_there_are(scenario: sf.Scenario) -> None:
    result = sf.solve(scenario)
    with pytest.raises(sf.InputError, match="there is no table 'spendin'; did you mean 'spending'"):
        result.to_frame("spendin")
    with pytest.raises(sf.InputError, match="there is no chart 'x'; "):
        result.chart("x")
    assert result.to_frame("record").equals(result.tables["record"])


def test_a_printed_result_is_plain_text_wherever_it_is_printed(
    scenario: sf.Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = str(sf.solve(scenario))
    assert "\x1b" not in plain
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert str(sf.solve(scenario)) == plain
