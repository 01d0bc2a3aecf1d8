"""Long tables and lists of mistakes: work grows with the rows, and what is told stays short."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from small_scenarios import Document, put, refuse, run, tiny_document, write_folder, write_scenario

from stratafolio.inputs import build, complaint
from stratafolio.inputs.build import build_scenario
from stratafolio.inputs.complaint import MOST_TOLD, Complaint, InputError, suggest
from stratafolio.inputs.oddities import find_oddities
from stratafolio.inputs.problem import Problem
from stratafolio.inputs.scenario import Scenario
from stratafolio.inputs.yaml_text import LARGEST_TEXT


def long_document(rows: int, **fields: Any) -> Document:
    """Give the tiny document with as many more instruments as effects, one for each."""
    document = tiny_document()
    for at in range(rows):
        row = {"area": "energy", "max_per_year": 1.0, "scale": 1.0}
        put(document, f"instruments.i_{at}", row)
        effect = {"instrument": f"i_{at}", "layer": "frontier", "points": 1.0, **fields}
        put(document, f"effects.e_{at}", effect)
    return document


def count_steps(work: Callable[[Document], Any], document: Document) -> int:
    """How many steps of Python some work takes: a measure that no busy machine changes."""
    steps = 0
    work(document)  # what is remembered from then on is no part of it

    def trace(frame: Any, event: str, _: Any) -> Any:
        nonlocal steps
        frame.f_trace_opcodes = True
        steps += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work(document)
    finally:
        sys.settrace(before)
    return steps


def read(document: Document) -> Scenario:
    return build_scenario(document, {}, "long")


@pytest.mark.parametrize("work", [read, lambda document: find_oddities(read(document))])
def test_checking_grows_with_the_rows(work: Callable[[Document], Any]) -> None:
    """Twice the rows take at most twice the steps, and a little for what is there anyway."""
    steps = []
    for rows in (50, 100, 200):
        document = long_document(rows)
        for at in range(rows):
            share = {"kind": "spend", "of": [f"i_{at}"], "at_least": 0.1, "unit": "share"}
            put(document, f"constraints.c_{at}", share)
        steps.append(count_steps(work, document))
    assert steps[2] - steps[1] < 2.1 * (steps[1] - steps[0])


def test_mistakes_are_compared_once_with_those_of_the_scenario_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A future's world shows each mistake of the scenario again."""
    compared = 0

    def compare(one: Problem, other: object) -> bool:
        nonlocal compared
        compared += 1
        return tuple(one) == other

    monkeypatch.setattr(Problem, "__eq__", compare)
    monkeypatch.setattr(Problem, "__hash__", lambda problem: hash(problem.path))
    with pytest.raises(InputError) as raised:
        build_scenario(long_document(300, layer="fronteer"), {}, "long")
    assert len(raised.value.complaints) == 300
    assert compared < 1000


def test_a_hundred_mistakes_are_told_and_the_rest_counted(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "long", long_document(1234, layer="fronteer"))
    told = run("scenario", "check", folder)
    assert told.code == 3
    lines = told.err.splitlines()
    assert lines[0] == "input error: 1,234 things are wrong:"
    assert len(lines) == 1 + MOST_TOLD + 1
    assert lines[1] == (
        "effects.csv row 4, layer: 'fronteer' is not a layer; did you mean 'frontier'?"
    )
    assert lines[-1] == "and 1,134 more"
    error = run("scenario", "check", folder, "--json").error
    assert len(error["details"]) == MOST_TOLD + 1
    assert error["details"][-1] == {"where": "", "message": "and 1,134 more"}
    assert error["message"].startswith("1,234 things are wrong:")


def test_mistakes_of_several_tables_are_counted_together(tmp_path: Path) -> None:
    """Rows that cannot be read at all are told with those that break a rule."""
    folder = write_folder(tmp_path / "long", long_document(150, layer="fronteer"))
    with (folder / "instruments.csv").open("a", encoding="utf-8") as stream:
        stream.writelines("grid,energy,1,,\n" for _ in range(150))
    error = run("scenario", "check", folder, "--json").error
    assert error["message"].startswith("150 things are wrong:")  # effects wait for instruments
    assert error["details"][-1]["message"] == "and 50 more"


def test_exactly_a_hundred_mistakes_have_no_rest() -> None:
    error = InputError(Complaint(f"row {at}", "is wrong") for at in range(MOST_TOLD))
    assert len(error.told) == MOST_TOLD
    assert "more" not in str(error)


def test_names_are_suggested_only_where_they_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def hint(name: str, _: object) -> str:
        asked.append(name)
        return "a hint"

    monkeypatch.setattr(complaint, "suggest", hint)
    with pytest.raises(InputError) as raised:
        build_scenario(long_document(500, layer="fronteer"), {}, "long")
    assert str(raised.value).count("a hint") == MOST_TOLD
    assert len(asked) == MOST_TOLD


def test_keys_are_suggested_only_where_they_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    own = complaint.suggest

    def hint(name: str, known: Iterable[str]) -> str:
        asked.append(name)
        return own(name, known)

    monkeypatch.setattr(complaint, "suggest", hint)
    document = tiny_document() | {f"budgeted_{at}": 1 for at in range(500)}
    with pytest.raises(InputError) as raised:
        build_scenario(document, {}, "long")
    assert str(raised.value).count("is not a known key; did you mean 'budget'?") == MOST_TOLD
    assert len(asked) == MOST_TOLD


def kinds() -> Document:
    constraints = {f"c_{at}": {"kind": f"spendd_{at}", "at_most": 1} for at in range(250)}
    return put(tiny_document(), "constraints", constraints)


def figures_nowhere() -> Document:
    rows = {
        f"e_{at}": {"instrument": "grid", "layer": "frontier", "points": 1} for at in range(250)
    }
    document = put(tiny_document(), "effects", tiny_document()["effects"] | rows)
    change = {"effects": {f"ee_{at}": {"points": 2} for at in range(250)}}
    return put(document, "futures.storm.change", change)


def keys_nowhere() -> Document:
    return put(tiny_document(), "futures.storm.change", {f"layer_{at}": 1 for at in range(250)})


def assumptions_nowhere() -> Document:
    rows = {f"a_{at}": {"value": f"b_{at} + 1"} for at in range(250)}
    return put(tiny_document(), "assumptions", rows)


def figures_apart() -> Document:
    rows = {f"a_{at}": {"value": 2, "low": 1, "high": 3} for at in range(250)}
    document = put(tiny_document(), "assumptions", rows)
    pairs = {
        f"c_{at}": {"between": [f"assumptions.a_{at}", f"assumptions.b_{at}"], "rank": 0.5}
        for at in range(250)
    }
    return put(document, "correlations", pairs)


MANY = (kinds, figures_nowhere, keys_nowhere, assumptions_nowhere, figures_apart)


@pytest.mark.parametrize("make", MANY)
def test_names_are_compared_only_where_they_are_told(
    make: Callable[[], Document], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And once each, though a sentence and its details are told: by letters, then by lower case."""
    compared = 0
    own = difflib.get_close_matches

    def compare(*arguments: Any, **options: Any) -> list[str]:
        nonlocal compared
        compared += 1
        return own(*arguments, **options)

    monkeypatch.setattr(difflib, "get_close_matches", compare)
    error = run("scenario", "check", write_scenario("yaml", tmp_path, make()), "--json").error
    assert error["message"].startswith("250 things are wrong:")
    assert "did you mean" in error["message"]
    assert MOST_TOLD <= compared <= 2 * MOST_TOLD


@pytest.mark.parametrize("make", MANY)
def test_the_names_that_are_known_are_gathered_once(make: Callable[[], Document]) -> None:
    """Not for each mistake anew, which would take memory by the square of them."""
    with pytest.raises(InputError) as raised:
        build_scenario(make(), {}, "long")
    unknown = [mistake.unknown for mistake in raised.value.complaints]
    assert len(unknown) == 250
    assert len({id(name.known) for name in unknown if name is not None}) == 1


def test_rows_with_mistakes_are_not_read_again_in_each_world(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reads = 0
    own = build._read_row

    def read_row(*arguments: Any) -> Any:
        nonlocal reads
        reads += 1
        return own(*arguments)

    monkeypatch.setattr(build, "_read_row", read_row)
    document = long_document(100, pionts=2)
    rows = sum(len(document[table]) for table in ("areas", "layers", "instruments", "effects"))
    futures = {
        f"f_{at}": {"probability": 0.02, "change": {"discount_rate": 0.02}} for at in range(50)
    }
    put(document, "futures", futures)
    with pytest.raises(InputError) as raised:
        build_scenario(document, {}, "long")
    assert len(raised.value.complaints) == 100
    others = sum(len(document[table]) for table in ("futures", "stakeholders", "sources"))
    assert reads == rows + others


def test_circles_of_assumptions_grow_with_the_rows() -> None:
    def circle(pairs: int) -> Document:
        rows = {
            f"{one}_{at}": {"value": f"{other}_{at}"}
            for at in range(pairs)
            for one, other in ("ab", "ba")
        }
        return put(tiny_document(), "assumptions", rows)

    def find(document: Document) -> None:
        with pytest.raises(InputError, match=r"goes round in a circle \(a_0 -> b_0 -> a_0\)"):
            read(document)

    steps = [count_steps(find, circle(pairs)) for pairs in (20, 40, 80)]
    assert steps[2] - steps[1] < 2.1 * (steps[1] - steps[0])


def test_the_nearest_of_very_many_names_is_found() -> None:
    names = [f"effect_{at}" for at in range(50_000)]
    assert suggest("effect_3141x", names) == "did you mean 'effect_3141'?"
    assert suggest("zzz", names).startswith("known are effect_0, effect_1, ")


def test_yaml_too_large_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    file = write_scenario("yaml", tmp_path, tiny_document())
    file.write_text("# " + "x" * LARGEST_TEXT + "\n" + file.read_text("utf-8"), encoding="utf-8")
    refuse("scenario", "check", file, says=("tiny.yaml", "3.0 MB", "at most 3 MB", "CSV"))
