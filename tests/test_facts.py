"""Everything that `--json` says can be had as a data frame: nothing is missing from the tables.

Each value of a record stands in the table `record` with its path. What studies are read for also
stands in a table of its own, beside the ids and years that it belongs to: here is said of each
command which parts of its record do not, and are left to the table `record` alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from small_scenarios import run

import stratafolio as sf
from stratafolio.results.result import Result

Ask = Callable[[sf.Scenario], Result]

ASKED = {
    *("scenario", "title", "tolerance", "method", "samples", "seed", "alpha", "within", "layers"),
    *("status", "complete", "exact", "asked", "answered", "solves", "linear_solves", "seconds"),
}
"""What records say of the question and of the effort."""

PLAN = {"power": {2027: 5, 2028: 1}, "labs": {2028: 2}}
LAYERS = ("frontier", "semiconductors")

COMMANDS: list[tuple[str, Ask, set[str]]] = [
    ("solve SCENARIO", sf.solve, {"unspent", "solver"}),
    (
        "evaluate SCENARIO --plan PLAN",
        lambda scenario: sf.evaluate(scenario, PLAN),
        {"unspent", "solver", "broken"},
    ),
    (
        "explain SCENARIO",
        sf.explain,
        {"gain", "bound", "spending_bn", "sentences", "limits", "instruments", "figures"},
    ),
    (
        "compare SCENARIO textbook",
        lambda scenario: sf.compare(scenario, sf.read_scenario("textbook")),
        {"titles", "names", "score", "outcome", "attribution", "verdict"},
    ),
    (
        "sensitivity weights SCENARIO --samples 20",
        lambda scenario: sf.sample_weights(scenario, samples=20),
        {"worst_regret", "areas", "portfolios"},
    ),
    (
        "sensitivity map SCENARIO",
        sf.map_weights,
        {
            *("certified_regret", "certified_points", "corners", "coordinates", "curve"),
            *("portfolios", "stakeholders"),
        },
    ),
    ("sensitivity flip SCENARIO", sf.find_flip, {"nearest", "proven_none_within_pp"}),
    (
        "sensitivity budget SCENARIO --from 3 --to 6 --tolerance 0.01",
        lambda scenario: sf.move_budget(scenario, from_=3, to=6, tolerance=0.01),
        {"plan", "cut_list_ends", "add_list_ends"},
    ),
    (
        "frontier SCENARIO --layers frontier,semiconductors --tolerance 0.05",
        lambda scenario: sf.trace_frontier(scenario, layers=LAYERS, tolerance=0.05),
        {"points", "trade", "tolerance_points"},
    ),
    (
        "alternatives SCENARIO --count 2",
        lambda scenario: sf.list_alternatives(scenario, count=2),
        {"plans", "judged", "best_proven", "ends_asked", "ends_proven"},
    ),
    ("sensitivity inputs SCENARIO", sf.question_figures, {"base_gain", "base_bound", "funded"}),
    (
        "sensitivity inputs SCENARIO --method breakeven",
        lambda scenario: sf.question_figures(scenario, method="breakeven"),
        {"base_gain", "base_bound", "funded"},
    ),
    ("robust SCENARIO", sf.plan_robustly, {"futures", "criteria", "evpi", "price_points"}),
    (
        "sensitivity stakeholders SCENARIO",
        sf.question_stakeholders,
        {"stakeholders", "least_regret"},
    ),
]
"""A line for each command: its words, the call that answers it, what its own tables leave out."""

Fact = tuple[frozenset[str], tuple[Any, ...]]
"""The ids and years that values belong to, and the values."""


@pytest.fixture(scope="module")
def scenario() -> sf.Scenario:
    """The textbook with all that records tell of: outputs, ranges, futures, stakeholders."""
    patch = {
        "instruments": {
            "power": {"spendout": [0.5, 0.5], "crowd_in": 2, "output": "GW", "output_per_bn": 0.5},
            "labs": {"launch_cost": 0.25},
        },
        "effects": {"labs_frontier": {"points_low": 1, "points_high": 4}},
        "futures": {
            "calm": {"probability": 0.5},
            "storm": {
                "probability": 0.5,
                "known_from": 2028,
                "change": {"effects": {"labs_frontier": {"points": 0.5}}},
            },
        },
        "stakeholders": {
            "firms": {"weights": {"frontier": 1}},
            "unions": {"statements": ["semiconductors >= frontier"]},
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
    """What each row of the tables says: its cells, their parts, and the names of its columns."""
    rows: list[set[str]] = []
    for frame in tables.values():
        names = [str(name) for name in frame.columns]
        columns = {*names, *(name.rpartition("_")[0] for name in names)}  # with and without unit
        cells_of = frame.astype(object).itertuples(index=False, name=None)
        rows += [columns | {part for cell in row for part in list_parts(cell)} for row in cells_of]
    return rows


def list_parts(cell: Any) -> set[str]:
    """A cell, and the values in it where it holds several."""
    if isinstance(cell, list | tuple):
        return {part for inner in cell for part in list_parts(inner)}
    return {tell(cell), *tell(cell).split()}


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
    scenario: sf.Scenario, tmp_path: Path, command: str, ask: Ask, left_out: set[str]
) -> None:
    del left_out
    rows = [(id_, year, bn) for id_, years in PLAN.items() for year, bn in years.items()]
    pd.DataFrame(rows, columns=["instrument", "year", "bn"]).to_csv(tmp_path / "plan", index=False)
    files = {"SCENARIO": str(scenario.save(tmp_path / "textbook.yaml"))}
    files["PLAN"] = str(tmp_path / "plan")
    printed = run(*(files.get(word, word) for word in command.split()), "--json")
    assert printed.code == 0, printed.err
    assert drop_times(json.loads(printed.out)) == drop_times(ask(scenario).record)


def drop_times(value: Any) -> Any:
    """A record as JSON holds it, without what the clock says."""
    if isinstance(value, Mapping):
        return {key: drop_times(inner) for key, inner in value.items() if key != "seconds"}
    if isinstance(value, list | tuple):
        return [drop_times(inner) for inner in value]
    return value


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


def test_a_list_of_scenarios_is_compared_as_the_scenarios_are(scenario: sf.Scenario) -> None:
    pair = [scenario, scenario.change({"budget": {"per_year": 6}}, name="more")]
    assert drop_times(sf.compare(pair).record) == drop_times(sf.compare(*pair).record)
