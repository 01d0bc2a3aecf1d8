"""Everything that `--json` says can be had as a data frame: nothing is missing from the tables.

A fact is a value with the ids and years that it belongs to: some row of some table has all of them.
So that no number is taken for another one, all numbers of a record are made to differ first.
"""

from __future__ import annotations

import functools
import itertools
import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from small_scenarios import run

import stratafolio as sf
from stratafolio.results.questions import QUESTIONS
from stratafolio.results.result import Result
from stratafolio.results.sheet import FRAME
from stratafolio.results.studies.describe import describe, list_tables
from stratafolio.results.writers.frames import make_frames

Ask = Callable[[sf.Scenario], Result]
Case = tuple[str, Ask, dict[str, Any]]

PLAN = {"power": {2027: 5, 2028: 1}, "labs": {2028: 2}}
LAYERS = ("frontier", "semiconductors")
ANSWERS: list[dict[str, Any]] = [
    {"question": 1, "answer": "a"},
    {"statement": "semiconductors >= 0.1"},
]

RICH = {"budget": {"per_year": 50}, "constraints": {"cap": {"kind": "spend", "at_most": 9}}}
"""More money than can be spent."""

POOR = {"constraints": {"floor": {"at_least": 30}}}
"""A floor that no plan reaches."""

IDLE = {
    "constraints": {"floor": None, "without": {"kind": "ban", "instruments": ["power", "labs"]}}
}
"""Limits that only a plan without any spending meets."""

DOUBTFUL = {"effects": {"controls_now": {"points_low": 0.1, "points_high": 8}}}
BELIEVED = {"stakeholders": {"firms": {"beliefs": {"effects": {"labs_frontier": {"points": 0.5}}}}}}


def ask_figures(method: Any, samples: int | None = None) -> Ask:
    return lambda scenario: sf.question_figures(scenario, method=method, samples=samples)


CASES: list[Case] = [
    ("solve SCENARIO", sf.solve, {}),
    ("solve SCENARIO", sf.solve, RICH),
    ("solve SCENARIO", sf.solve, IDLE),
    ("evaluate SCENARIO --plan PLAN", lambda scenario: sf.evaluate(scenario, PLAN), {}),
    ("explain SCENARIO --rates", lambda scenario: sf.explain(scenario, rates=True), {}),
    ("explain SCENARIO", sf.explain, RICH),
    ("explain SCENARIO", sf.explain, {"instruments": {"controls": {"launch_cost": 3}}}),
    ("explain SCENARIO", sf.explain, POOR),
    ("explain SCENARIO", sf.explain, IDLE),
    (
        "compare SCENARIO textbook",
        lambda scenario: sf.compare(scenario, sf.read_scenario("textbook")),
        {},
    ),
    (
        "compare SCENARIO textbook",
        lambda scenario: sf.compare(scenario, sf.read_scenario("textbook")),
        POOR,
    ),
    (
        "sensitivity weights SCENARIO --samples 20",
        lambda scenario: sf.sample_weights(scenario, samples=20),
        {},
    ),
    ("sensitivity map SCENARIO", sf.map_weights, {}),
    (
        "sensitivity map SCENARIO --pillars",
        lambda scenario: sf.map_weights(scenario, pillars=True),
        {"pillars": {"models": ["frontier"], "chips": ["semiconductors"]}},
    ),
    ("sensitivity flip SCENARIO", sf.find_flip, {}),
    ("sensitivity flip SCENARIO", sf.find_flip, {"constraints": {"floor": None}}),
    (
        "sensitivity budget SCENARIO --from 3 --to 6 --tolerance 0.01",
        lambda scenario: sf.move_budget(scenario, from_=3, to=6, tolerance=0.01),
        {},
    ),
    (
        "frontier SCENARIO --layers frontier,semiconductors --floor frontier=11.5 --tolerance 0.1",
        lambda scenario: sf.trace_frontier(
            scenario, layers=LAYERS, floor={"frontier": 11.5}, tolerance=0.1
        ),
        {},
    ),
    (
        "alternatives SCENARIO --count 2",
        lambda scenario: sf.list_alternatives(scenario, count=2),
        {},
    ),
    ("sensitivity inputs SCENARIO", sf.question_figures, DOUBTFUL),
    ("sensitivity inputs SCENARIO --method breakeven", ask_figures("breakeven"), DOUBTFUL),
    ("sensitivity inputs SCENARIO --method sobol --samples 8", ask_figures("sobol", 8), DOUBTFUL),
    (
        "sensitivity inputs SCENARIO --method sample --samples 20",
        ask_figures("sample", 20),
        DOUBTFUL,
    ),
    ("sensitivity inputs SCENARIO --method voi --samples 60", ask_figures("voi", 60), DOUBTFUL),
    ("robust SCENARIO", sf.plan_robustly, {}),
    ("sensitivity stakeholders SCENARIO", sf.question_stakeholders, BELIEVED),
    ("elicit SCENARIO", lambda scenario: sf.elicit(scenario).result, {}),
    (
        "elicit SCENARIO --answers ANSWERS",
        lambda scenario: sf.elicit(scenario, answers=ANSWERS).result,
        {},
    ),
]
"""The words of each command, the call that answers the same, and a change of the scenario."""

CALLS = {
    **{name: name for name in ("solve", "evaluate", "explain", "compare")},
    "sensitivity weights": "sample_weights",
    "sensitivity map": "map_weights",
    "sensitivity flip": "find_flip",
    "sensitivity budget": "move_budget",
    "frontier": "trace_frontier",
    "alternatives": "list_alternatives",
    "sensitivity inputs": "question_figures",
    "robust": "plan_robustly",
    "sensitivity stakeholders": "question_stakeholders",
    "elicit": "elicit(…).result",
}
"""What calls are called in Python, by command."""

Fact = tuple[frozenset[str], tuple[Any, ...]]
"""The ids and years that values belong to, and the values."""


@functools.cache
def set_scenario(patch: str = "{}") -> sf.Scenario:
    """The textbook with all that records tell of, outputs to stakeholders, and a change of it."""
    rich = {
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
    return sf.read_scenario("textbook").change(rich).change(json.loads(patch))


@pytest.fixture
def scenario() -> sf.Scenario:
    return set_scenario()


@functools.cache
def answer(number: int) -> Result:
    """What the call of a case gives."""
    _, ask, patch = CASES[number]
    return ask(set_scenario(json.dumps(patch)))


def list_facts(
    value: Any, ids: Collection[str], keys: frozenset[str], *, is_patch: bool = False
) -> Iterator[Fact]:
    """The facts in a part of a record: values with their ids and years.

    What is said of one id, or in one row of a list, is one fact; in a patch each figure is one.
    """
    if isinstance(value, dict):
        is_row = keys and not is_patch and not any(key in ids for key in value)
        if is_row and all(map(is_plain, value.values())):
            yield keys, tuple(value.values())
            return
        for key, inner in value.items():
            below = keys | ({key} if key in ids else set())
            yield from list_facts(inner, ids, below, is_patch=is_patch or key == "patch")
    elif isinstance(value, list):
        for inner in value:
            yield from list_facts(inner, ids, keys | {"", *name_row(inner)})
    else:
        yield keys, (value,)


def name_row(row: Any) -> list[str]:
    """The id of a row, where it has one."""
    return [row[key] for key in ("id", "path") if key in row] if isinstance(row, dict) else []


def list_names(record: Any) -> set[str]:
    """The ids that rows of a record have, whatever they are in."""
    inner = record.values() if isinstance(record, dict) else record
    nested = [part for part in inner if not is_plain(part)]
    return set(name_row(record)).union(*map(list_names, nested))


def set_apart(value: Any, steps: Iterator[int]) -> Any:
    """The same with all numbers a little different, so that no two are equal."""
    if isinstance(value, dict):
        return {key: set_apart(inner, steps) for key, inner in value.items()}
    if isinstance(value, list):
        return [set_apart(inner, steps) for inner in value]
    return round(value + 1e-6 * next(steps), 9) if isinstance(value, float) else value


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
    """A cell, and the values in it where it holds several, or a path."""
    if isinstance(cell, list | tuple):
        return {part for inner in cell for part in list_parts(inner)}
    path = cell.split(".") if isinstance(cell, str) else []
    return {tell(cell), *tell(cell).split(), *path}


def find_missing(command: str, scenario: sf.Scenario, record: Any, findings: Any) -> list[Any]:
    """The facts of a record that no row of its tables has."""
    sheet = describe(command, scenario, record, findings)
    tables = make_frames(list_tables(command, record, sheet))
    rows, ids = list_rows(tables), list_names(record)
    ids |= {id_ for frame in scenario.tables.values() for id_ in frame.index}
    ids |= {str(year) for year in (*scenario.outlay_years, *scenario.years.scored)}
    facts = [
        (part, keys, values)
        for part, inside in record.items()
        for keys, values in list_facts(inside, ids, frozenset())
    ]
    assert len(facts) > 10
    return [
        (part, sorted(keys), values)
        for part, keys, values in facts
        if not any({*map(tell, (*keys, *values))} - {""} <= row for row in rows)
    ]


def name_case(number: int) -> str:
    return f"{number}-{CASES[number][0].replace(' SCENARIO', '')}"


each_case = pytest.mark.parametrize("number", range(len(CASES)), ids=name_case)


@each_case
def test_nothing_of_a_record_is_missing_from_its_tables(number: int) -> None:
    result = answer(number)
    record = set_apart(json.loads(json.dumps(result.record)), itertools.count(1))
    assert not find_missing(result.command, result.scenario, record, result.findings)
    names = [own.name for own in list_tables(result.command, result.record, result.sheet)]
    assert len(names) == len(set(names))
    assert list(result.tables)[-1] == "overview"


def test_facts_are_laid_out_for_data_frames_alone() -> None:
    sheet = answer(0).sheet
    assert "overview" not in [table.name for table in sheet.tables_on(FRAME)]
    assert "overview" in answer(0).tables


def test_a_fact_that_is_left_out_is_found_to_be_missing() -> None:
    result = answer(0)
    record = json.loads(json.dumps(result.record)) | {"also": {"power": {"2027": 0.123}}}
    assert find_missing("solve", result.scenario, record, None) == [
        ("also", ["2027", "power"], (0.123,))
    ]


def test_every_command_and_method_is_among_the_cases() -> None:
    results = [answer(number) for number in range(len(CASES))]
    assert {result.command for result in results} == set(QUESTIONS)
    methods = {result.record["method"] for result in results if "method" in result.record}
    assert methods == {"tornado", "breakeven", "sobol", "sample", "voi"}


def test_the_cases_have_what_is_rarely_told() -> None:
    told: dict[str, set[str]] = {}
    for number in range(len(CASES)):
        frames = answer(number).tables
        told.setdefault(answer(number).command, set()).update(
            name for name, frame in frames.items() if len(frame)
        )
    assert {"unspent", "stopped"} <= told["solve"]
    assert {"broken"} <= told["evaluate"]
    assert {"limit_buys", "instead", "changes", "repair_patches", "conflicts"} <= told["explain"]
    assert {"shared_spending", "criteria_gains"} <= told["robust"]
    assert {"stakeholder_regrets", "progress"} <= told["sensitivity map"]
    assert {"disputes"} <= told["sensitivity stakeholders"]
    assert {"area_shares", "goes_with", "plans_voi"} <= told["sensitivity inputs"]
    assert {"floors", "trade_changes"} <= told["frontier"]
    assert {"questions", "settled"} <= told["elicit"]


def test_the_tables_of_each_answer_are_told() -> None:
    told = (Path(__file__).parents[1] / "docs" / "python.md").read_text("utf-8")
    rows = re.findall(r"^\| (`.*?) \| (.*?) \|$", told, re.MULTILINE)
    listed = {row[0]: row[1] for row in rows}
    for number, (command, *_) in enumerate(CASES):
        result = answer(number)
        (row,) = [row for calls, row in listed.items() if f"`{CALLS[result.command]}" in calls]
        names = set(result.tables) - {"overview", f"figures_{result.record.get('method')}"}
        assert names <= set(re.findall(r"`(\w+)`", row)), command


@each_case
def test_a_call_says_what_its_command_says(tmp_path: Path, number: int) -> None:
    command, _, patch = CASES[number]
    scenario = set_scenario(json.dumps(patch))
    rows = [(id_, year, bn) for id_, years in PLAN.items() for year, bn in years.items()]
    pd.DataFrame(rows, columns=["instrument", "year", "bn"]).to_csv(tmp_path / "plan", index=False)
    (tmp_path / "answers").write_text(json.dumps(ANSWERS), encoding="utf-8")
    files = {"SCENARIO": str(scenario.save(tmp_path / "textbook.yaml"))}
    files |= {"PLAN": str(tmp_path / "plan"), "ANSWERS": str(tmp_path / "answers")}
    printed = run(*(files.get(word, word) for word in command.split()), "--json")
    assert printed.code == 0, printed.err
    assert drop_times(json.loads(printed.out)) == drop_times(answer(number).record)


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
    assert result.to_frame("overview").equals(result.tables["overview"])


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
