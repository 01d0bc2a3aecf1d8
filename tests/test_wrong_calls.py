"""Wrong calls from Python: each is an InputError, in the words of the command line."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from small_scenarios import run

import stratafolio as sf

Call = Callable[..., Any]

PATCH = {
    "futures": {"calm": {"probability": 0.5}, "storm": {"probability": 0.5, "known_from": 2028}},
    "stakeholders": {"firms": {"weights": {"frontier": 1}}},
    "effects": {"controls_now": {"points_low": 1, "points_high": 4}},
}
SCENARIO = sf.read_scenario("textbook").change(PATCH)
LAYERS = ["frontier", "semiconductors"]
PLAN = {"power": {2027: 1.0}}

RIGHT: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
    "solve": ((SCENARIO,), {}),
    "evaluate": ((SCENARIO, PLAN), {}),
    "explain": ((SCENARIO,), {}),
    "compare": ((SCENARIO, SCENARIO), {}),
    "sample_weights": ((SCENARIO,), {}),
    "map_weights": ((SCENARIO,), {}),
    "find_flip": ((SCENARIO,), {}),
    "move_budget": ((SCENARIO,), {"from_": 3, "to": 6}),
    "question_figures": ((SCENARIO,), {}),
    "trace_frontier": ((SCENARIO,), {"layers": LAYERS}),
    "list_alternatives": ((SCENARIO,), {}),
    "plan_robustly": ((SCENARIO,), {}),
    "question_stakeholders": ((SCENARIO,), {}),
    "elicit": ((SCENARIO,), {}),
    "formulate": ((SCENARIO,), {}),
    "read_solution": (("formulation",), {}),
    "read_scenario": (("textbook",), {}),
    "scenario_from_tables": ((SCENARIO.document,), {}),
}
"""What each call may be given; of these one after another is made wrong."""

NEVER_RIGHT = {
    "an object": object(),
    "bytes": b"us-2027",
    "a frame": pd.DataFrame({"a": [1]}),
    "an array": np.array([1.0]),
    "no number": float("nan"),
}
NUMBERS = (
    *("gap", "time_limit", "workers", "samples", "seed", "options", "count", "questions"),
    *("tolerance", "within", "alpha", "spread", "from_", "budget"),
)
NO_NUMBERS = {"text": "much", "yes": True, "a list": [1], "below 0": -1, "too large": 10**400}
TEXTS = ("where", "figures", "fund", "layers")
NO_TEXTS = {"one text": "power", "numbers": [3], "a mapping": {"power": 1}}


def find_call(name: str) -> Call:
    call: Call = getattr(sf, name)
    return call


def list_wrong() -> list[Any]:
    """Every argument of every call with everything that it may not be."""
    cases = []
    for name, (arguments, _) in RIGHT.items():
        parameters = list(inspect.signature(find_call(name)).parameters.values())
        for place, parameter in enumerate(parameters):
            wrong = dict(NEVER_RIGHT)
            wrong |= NO_NUMBERS if parameter.name in NUMBERS else {}
            wrong |= NO_TEXTS if parameter.name in TEXTS else {}
            if parameter.kind is not parameter.VAR_KEYWORD:
                at = place if place < len(arguments) else None
                cases += [
                    pytest.param(name, parameter.name, at, value, id=f"{name}-{parameter.name}-{k}")
                    for k, value in wrong.items()
                ]
    return cases


def refuse(call: Call, *arguments: Any, **options: Any) -> str:
    with pytest.raises(sf.InputError) as error:
        call(*arguments, **options)
    return str(error.value)


@pytest.mark.parametrize(("name", "argument", "place", "value"), list_wrong())
def test_a_wrong_argument_is_named(
    name: str, argument: str, place: int | None, value: object
) -> None:
    arguments, options = RIGHT[name]
    given = list(arguments)
    if place is None:
        told = refuse(find_call(name), *given, **{**options, argument: value})
    else:
        given[place] = value
        told = refuse(find_call(name), *given, **options)
    assert "expected" in told or "is missing" in told
    assert " at 0x" not in told
    assert len(told) < 400


def test_every_call_is_tried() -> None:
    calls = {name for name in sf.__all__ if inspect.isfunction(getattr(sf, name))}
    assert calls == {*RIGHT, "list_bundled"}


@pytest.mark.parametrize("name", RIGHT)
def test_arguments_that_there_are_not_or_that_lack_are_named(name: str) -> None:
    call, (arguments, options) = find_call(name), RIGHT[name]
    if name == "scenario_from_tables":
        assert refuse(call, *arguments, layer=pd.DataFrame()).startswith("layer: is no table")
    else:
        told = refuse(call, *arguments, **options, gapp=0.1)
        assert told.startswith(f"{name}, gapp: is none of its arguments; ")
    if name not in ("compare", "read_scenario"):
        told = refuse(call)
        assert f"{name}, " in told
        assert "is missing; give it a value" in told
    if name != "compare":
        assert f"{name}: expected " in refuse(call, *arguments, *range(9), **options)


def test_a_call_is_told_which_of_its_arguments_was_meant() -> None:
    assert refuse(sf.solve, SCENARIO, gpa=0.1) == (
        "solve, gpa: is none of its arguments; did you mean 'gap'?"
    )
    assert refuse(sf.solve, SCENARIO, scenario=SCENARIO) == (
        "solve, scenario: is given twice; keep one"
    )
    assert refuse(sf.solve, "us-2027") == (
        "scenario: expected a Scenario, got 'us-2027'; read it: read_scenario('us-2027')"
    )
    assert refuse(sf.compare, SCENARIO, Path("textbook")).startswith(
        "compare: expected a Scenario, as read_scenario gives it, got a "
    )
    both = refuse(sf.solve, SCENARIO, gap=2, time_limit=0)
    assert both.splitlines() == [
        "--gap: expected a share from 0 to 1, got 2",
        "--time-limit: expected seconds above 0, got 0",
    ]


def test_numbers_of_numpy_are_numbers() -> None:
    options: dict[str, Any] = {"gap": np.float32(0.25), "time_limit": np.int64(60)}
    best = sf.solve(SCENARIO, **options)
    assert json.loads(json.dumps(best.options)) == {"gap": 0.25, "time_limit": 60}
    assert type(best.options["time_limit"]) is int


ALIKE: list[tuple[str, str, dict[str, Any]]] = [
    ("solve --gap 2", "solve", {"gap": 2}),
    ("solve --gap nan", "solve", {"gap": float("nan")}),
    ("solve --time-limit -1", "solve", {"time_limit": -1}),
    ("explain --fund powr", "explain", {"fund": ["powr"]}),
    ("sensitivity weights --samples 0", "sample_weights", {"samples": 0}),
    ("sensitivity weights --seed -1", "sample_weights", {"seed": -1}),
    ("sensitivity weights --tolerance 1.5", "sample_weights", {"tolerance": 1.5}),
    ("sensitivity weights --around firm", "sample_weights", {"around": "firm"}),
    ("sensitivity weights --spread 2", "sample_weights", {"spread": 2}),
    ("sensitivity weights --where frontier", "sample_weights", {"where": ["frontier"]}),
    ("sensitivity weights --stakeholder nobody", "sample_weights", {"stakeholder": "nobody"}),
    ("sensitivity map --layers frontier,chips", "map_weights", {"layers": ["frontier", "chips"]}),
    ("sensitivity map --pillars", "map_weights", {"pillars": True}),
    ("sensitivity flip --tolerance -1", "find_flip", {"tolerance": -1}),
    ("sensitivity budget --from -1 --to 6", "move_budget", {"from_": -1, "to": 6}),
    ("sensitivity budget --from 6 --to 3", "move_budget", {"from_": 6, "to": 3}),
    (
        "sensitivity budget --from 3 --to 6 --tolerance 2",
        "move_budget",
        {"from_": 3, "to": 6, "tolerance": 2},
    ),
    ("frontier --layers frontier", "trace_frontier", {"layers": ["frontier"]}),
    (
        "frontier --layers frontier,semiconductors --floor chips=2",
        "trace_frontier",
        {"layers": LAYERS, "floor": {"chips": 2}},
    ),
    (
        "frontier --layers frontier,semiconductors --tolerance 2",
        "trace_frontier",
        {"layers": LAYERS, "tolerance": 2},
    ),
    ("alternatives --within 2", "list_alternatives", {"within": 2}),
    ("alternatives --count 0", "list_alternatives", {"count": 0}),
    (
        "sensitivity inputs --figure effects.labs.points",
        "question_figures",
        {"figures": ["effects.labs.points"]},
    ),
    ("sensitivity inputs --dask nowhere", "question_figures", {"dask": "nowhere"}),
    ("robust --alpha 0", "plan_robustly", {"alpha": 0}),
    ("elicit --questions -1", "elicit", {"questions": -1}),
    ("elicit --where frontier", "elicit", {"where": ["frontier"]}),
]
"""A wrong command line, and the call that is wrong in the same way."""


@pytest.mark.parametrize(("typed", "name", "options"), ALIKE, ids=[typed for typed, _, _ in ALIKE])
def test_a_wrong_call_is_told_as_its_command_is(
    tmp_path: Path, typed: str, name: str, options: dict[str, Any]
) -> None:
    file = SCENARIO.save(tmp_path / "textbook.yaml")
    printed = run(*typed.split(), "--json", str(file))
    assert printed.code == 3, printed.out
    told = refuse(find_call(name), SCENARIO, **options)
    assert json.loads(printed.out)["error"]["message"] == told


READ: list[tuple[str, dict[str, Any]]] = [
    ("--budget -1", {"budget": -1.0}),
    ("--set layers.fronteer.us=1", {"settings": ["layers.fronteer.us=1"]}),
    ("--set budget.per_year=much", {"settings": "budget.per_year=much"}),
    ("--weights fronteer=1", {"weights": {"fronteer": 1}}),
    ("--weights frontier=-1", {"weights": {"frontier": -1}}),
]


@pytest.mark.parametrize(("typed", "options"), READ, ids=[typed for typed, _ in READ])
def test_a_scenario_is_refused_as_the_command_refuses_it(
    typed: str, options: dict[str, Any]
) -> None:
    printed = run("solve", "textbook", *typed.split(), "--json")
    assert printed.code == 3
    told = refuse(sf.read_scenario, "textbook", **options)
    assert json.loads(printed.out)["error"]["message"] == told


def test_what_calls_give_is_asked_wrongly_too() -> None:
    best, interview = sf.solve(SCENARIO), sf.elicit(SCENARIO)
    for value in (3, b"x", pd.DataFrame(), object()):
        assert refuse(best.to_frame, value).startswith("name: expected a text, got ")
        assert refuse(best.chart, value).startswith("name: expected a text, got ")
        assert refuse(best.save, value).startswith("folder: expected a path, got ")
        assert refuse(SCENARIO.save, value).startswith("path: expected a path, got ")
        assert refuse(SCENARIO.change, value).startswith("patch: expected a mapping, got ")
        assert refuse(interview.answer, value).startswith("answer: expected a text, got ")
        assert refuse(interview.state, value).startswith("statement: expected a text, got ")
        assert refuse(interview.reply, value).startswith("answers: expected a list, ")
    assert refuse(interview.answer, "c").startswith("question 1: ")
    assert refuse(interview.take_back, "1") == "number: expected a whole number, got '1'"
    assert refuse(interview.take_back, 7).startswith("take back: question 7 is not answered")
    assert refuse(best.save).startswith("save, folder: is missing")
    assert refuse(best.to_frame, nam="areas").startswith("to_frame, nam: is none of its arguments")


def test_a_function_that_cannot_be_told_is_refused() -> None:
    """Before anything is solved, not when there is first something to tell."""
    with pytest.raises(sf.InputError, match=r"a function of \(done, total, what\)"):
        sf.solve(SCENARIO, report=lambda: None)  # type: ignore[arg-type,misc]
    sf.solve(SCENARIO, report=lambda *_: None)
