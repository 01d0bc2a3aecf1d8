"""What the page's script proves, run without a browser: against other solvers and every plan."""

from __future__ import annotations

import importlib.resources
import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from every_plan import list_cases
from knapsacks import draw_knapsack, draw_steeply
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.spatial import HalfspaceIntersection
from small_scenarios import Document

from stratafolio.calls.weights import map_weights
from stratafolio.cli.report import BETWEEN, add_maps, solve_now
from stratafolio.inputs.build import build_scenario
from stratafolio.model.equations.evaluate import SMALLEST_GAIN
from stratafolio.results.runs.reported import DRAWN, Reported
from stratafolio.results.studies.explorer import add_drawn, describe_weights

pytestmark = pytest.mark.skipif(
    shutil.which("node") is None, reason="there is no node here to run the page's script"
)

Floats = NDArray[np.float64]
SCRIPTS = Path(str(importlib.resources.files("stratafolio"))) / "results" / "writers" / "script"
PURE = ("bounds", "judge", "region", "questions", "interview")
"""The files that need no page."""

LAYERS = ("w", "x", "y", "z")
BUDGET = 2.6
RESPONDENTS = 6

READ = """
const fs = require("fs");
const [map, asked] = JSON.parse(fs.readFileSync(0, "utf8"));
"""

TALK = """
const questions = listLayerQuestions(map);
const told = asked.map((truth) => {
  let answers = [];
  const history = [];
  let stock = takeStock(map, answers, questions);
  const note = () => history.push({
    said: findRegion(map, answers).walls, corners: stock.corners, middle: stock.middle,
    regret: stock.certificate.regret, points: stock.certificate.points,
    portfolio: stock.certificate.portfolio.id,
  });
  note();
  while (!stock.ended) {
    const [worth] = statementsOf(stock.question, "a");
    const answer = dot(worth, truth) >= 0 ? "a" : "b";
    answers = [...answers, { question: stock.question, answer }];
    stock = takeStock(map, answers, questions);
    note();
  }
  const again = takeStock(map, answers.slice(0, 1), questions);
  return { history, again: again.certificate.regret };
});
process.stdout.write(JSON.stringify(told));
"""


def run_script(code: str, *told: Any, tmp_path: Path) -> Any:
    """What a piece of code prints as JSON that knows `map` and `asked`."""
    parts = [(SCRIPTS / f"{name}.js").read_text("utf-8") for name in PURE]
    script = tmp_path / "script.js"
    script.write_text("\n".join([*parts, READ, code]), "utf-8")
    ended = subprocess.run(
        ["node", str(script)],  # noqa: S607  # whichever node there is
        input=json.dumps(told),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(ended.stdout)


def knapsack(seed: int, layers: Sequence[str] = LAYERS) -> Document:
    """Six programmes with points in each layer."""
    return draw_knapsack(seed, "abcdef", layers, BUDGET, draw_steeply)


def describe_map(document: Document, tolerance: float) -> dict[str, Any]:
    """What the page knows of a scenario's map."""
    scenario = build_scenario(document, {}, "knapsack")
    record = map_weights(scenario, tolerance=tolerance).record
    return describe_weights(Reported("knapsack", scenario, None), record)


def gains_of_every_plan(document: Document, layers: Sequence[str] = LAYERS) -> Floats:
    """What each plan within the budget gains in each layer; shape [plans, layers]."""
    cases = [case for case in list_cases(document) if case.needs <= BUDGET + 1e-9]
    nothing = next(case for case in cases if not case.funded)
    return np.array([[c.outcome[z] - nothing.outcome[z] for z in layers] for c in cases])


def draw_inside(walls: Floats, count: int) -> Floats:
    """Weightings drawn from all there are that keep to a region."""
    drawn = np.random.default_rng(1).dirichlet(np.ones(len(LAYERS)), count)
    return drawn[(drawn @ walls.T >= 0).all(axis=1)]


@pytest.mark.parametrize("seed", [1, 2])
def test_the_page_certifies_no_less_than_any_plan_proves(seed: int, tmp_path: Path) -> None:
    """After each answer: at corners by another library, and at weightings drawn, by every plan."""
    document = knapsack(seed)
    every = gains_of_every_plan(document)
    told = describe_map(document, 0.1)
    truths = np.random.default_rng(seed).dirichlet(np.ones(len(LAYERS)), RESPONDENTS)
    talks = run_script(TALK, told, truths.tolist(), tmp_path=tmp_path)
    baseline = np.array(told["baseline"])
    gains = {own["id"]: np.array(own["z"]) - baseline for own in told["portfolios"]}
    answered = 0
    for truth, talk in zip(truths, talks, strict=True):
        for step in talk["history"]:
            walls = np.array(step["said"])
            assert (walls @ truth >= -1e-9).all()
            corners = find_corners(walls)
            assert sort_rows(np.array(step["corners"])) == pytest.approx(
                sort_rows(corners), abs=1e-7
            )
            points = np.vstack([corners, draw_inside(walls, 3000), [truth]])
            best = (points @ every.T).max(axis=1)
            lost = best - points @ gains[step["portfolio"]]
            regret = lost / np.maximum(best, SMALLEST_GAIN)
            assert regret.max() <= step["regret"] + 1e-9
            assert lost.max() <= step["points"] + 1e-9
            assert step["middle"] == pytest.approx(np.array(step["corners"]).mean(axis=0))
        answered += len(talk["history"]) - 1
        assert talk["history"][-1]["regret"] <= talk["history"][0]["regret"]
        assert talk["again"] == talk["history"][min(1, len(talk["history"]) - 1)]["regret"]
    assert answered >= 2 * RESPONDENTS


def find_corners(walls: Floats) -> Floats:
    """The corners of a region of weightings: the last weight is what the others leave of 1."""
    free = walls[:, :-1] - walls[:, -1:]
    offsets = walls[:, -1:]
    size = np.linalg.norm(free, axis=1, keepdims=True)
    kept = size[:, 0] > 1e-12
    # The middle of the largest ball inside (Chebyshev).
    costs = [*np.zeros(free.shape[1]), -1.0]
    rows = np.hstack([-free, size])[kept]
    ball = linprog(costs, A_ub=rows, b_ub=offsets[kept, 0], bounds=[(None, None)] * len(costs))
    assert ball.x is not None
    inside = HalfspaceIntersection(np.hstack([-free, -offsets])[kept] / size[kept], ball.x[:-1])
    found = np.unique(np.round(inside.intersections, 9), axis=0)
    return np.hstack([found, 1.0 - found.sum(axis=1, keepdims=True)])


def sort_rows(points: Floats) -> Floats:
    """Points in one order, those that are nearer than 1e-8 once."""
    return np.unique(np.round(points, 8) + 0.0, axis=0)


def test_the_bound_at_a_corner_is_the_least_that_other_solvers_find(tmp_path: Path) -> None:
    told = describe_map(knapsack(3), 0.2)
    asked = np.random.default_rng(0).dirichlet(np.ones(len(LAYERS)), 50)
    code = "process.stdout.write(JSON.stringify(asked.map((own) => boundAt(map, own))));"
    found = run_script(code, told, asked.tolist(), tmp_path=tmp_path)
    bounds = np.array(told["bounds"])
    columns = np.hstack([bounds[:, :-1].T, np.eye(len(LAYERS))])
    costs = [*bounds[:, -1], *told["most"]]
    least = [linprog(costs, A_eq=columns, b_eq=own).fun for own in asked]
    assert found == pytest.approx(least, abs=1e-9)


def test_answers_that_leave_nothing_are_told(tmp_path: Path) -> None:
    told = describe_map(knapsack(3), 0.2)
    code = """
    const question = { worth: [[1, 0, 0, 0], [0, 0, 0, 0]], pair: "p" };
    const none = { worth: [[0, 0, 0, 0], [1, 1, 1, 1]], pair: "q" };
    const say = (own, answer) => ({ question: own, answer });
    process.stdout.write(JSON.stringify([
      findRegion(map, [say(question, "a")]).corners.length, findRegion(map, [say(none, "a")]),
      findRegion(map, [say(question, "b")]).corners.length,
      takeStock(map, [say(none, "a")], []),
    ]));
    """
    assert run_script(code, told, [], tmp_path=tmp_path) == [4, None, 3, None]


def test_trade_offs_are_those_of_the_interview_of_the_command(tmp_path: Path) -> None:
    """The same pairs of layers in the same whole amounts, worth the same points."""
    from stratafolio.model.equations.whole_amounts import list_amounts
    from stratafolio.model.studies.elicit.offers import list_layer_trade_offs

    document = knapsack(1)
    document["layers"]["w"] = {"unit": "months", "points_per_unit": 2.0, "title": "Frontier"}
    document["layers"]["x"] = {"us": 8, "worth": [[0, 0], [10, 10], [30, 20]]}
    told = describe_map(document, 0.2)
    code = """process.stdout.write(JSON.stringify(listLayerQuestions(map).map(
      ({ a, b, worth }) => [a, b, ...worth.map((points) => Math.max(...points))])));"""
    found = run_script(code, told, [], tmp_path=tmp_path)
    expected = list_layer_trade_offs(list_amounts(build_scenario(document, {}, "knapsack")))
    assert [own[2:] for own in found] == [
        pytest.approx([*own.a.points.values(), *own.b.points.values()]) for own in expected
    ]
    assert any(own[0].endswith("months more in Frontier") for own in found)
    assert any(own[0] == "1 month more in Frontier" for own in found)


def test_weightings_between_prove_more_on_a_page_of_many_layers(tmp_path: Path) -> None:
    """Under weightings drawn: no plan gains more than is proven, and less is left open."""
    layers = (*LAYERS, "v")
    document = knapsack(4, layers)
    scenario = build_scenario(document, {}, "knapsack")
    kept = add_maps(solve_now(scenario, 1e-4, None), 1, None, lambda *_: None)
    drawn, told = kept.studies[DRAWN], describe_weights(kept, kept.studies["sensitivity map"])
    assert 0 < len(drawn["bounds"]) <= BETWEEN
    asked = np.random.default_rng(7).dirichlet(np.ones(len(layers)), 200)
    code = """process.stdout.write(JSON.stringify(asked.map((own) => judgeWeights(map, own))
      .map(({ gain, loss }) => [gain, loss])));"""
    coarse = np.array(run_script(code, told, asked.tolist(), tmp_path=tmp_path))
    add_drawn(told, drawn)
    fine = np.array(run_script(code, told, asked.tolist(), tmp_path=tmp_path))
    best = (asked @ gains_of_every_plan(document, layers).T).max(axis=1)
    for gain, loss in (coarse.T, fine.T):
        assert (gain <= best + 1e-9).all()
        assert (best <= gain + loss + 1e-9).all()
    assert (fine[:, 0] >= coarse[:, 0] - 1e-9).all()
    assert np.median(fine[:, 1] / fine[:, 0]) < 0.5 * np.median(coarse[:, 1] / coarse[:, 0])


ENDINGS = """
const plain = (number, digits) => number.toFixed(digits);
const told = asked.map(([ended, regret]) => tellEnd(ended, regret ?? Infinity));
process.stdout.write(JSON.stringify(told));
"""


def test_an_interview_that_proves_less_says_so_and_rules_nothing_out(tmp_path: Path) -> None:
    asked = [["good", 0.04], ["coarse", 0.081], ["enough", 0.2], ["none", 0.1], ["none", None]]
    good, *short = run_script(ENDINGS, {}, asked, tmp_path=tmp_path)
    assert "above" not in good
    assert all(text.startswith("It ends above the 5 % that would be good enough") for text in short)
    for text, share in zip(short, ("8.1 %", "20.0 %", "10.0 %"), strict=False):
        assert f", at {share}. " in text
    assert "Infinity" not in short[3]
    assert "would help little" in short[0]
    assert not any("No question would help" in text for text in short)
