"""Interviews: what is certified holds for respondents with known weights, by every plan."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from every_plan import list_cases
from knapsacks import draw_knapsack
from numpy.typing import NDArray
from small_scenarios import Document, put, refuse, run, write_scenario

from stratafolio.calls.people import Elicitation, elicit
from stratafolio.inputs.build import build_scenario
from stratafolio.inputs.complaint import InputError
from stratafolio.inputs.read import read_scenario
from stratafolio.inputs.statements import parse_statement
from stratafolio.model.equations.whole_amounts import list_amounts
from stratafolio.model.studies.elicit.certificate import bound_all
from stratafolio.model.studies.elicit.offers import (
    list_layer_trade_offs,
    list_portfolio_trade_offs,
)
from stratafolio.model.studies.weights.envelope import bound_cell

LAYERS = ("x", "y", "z")
BUDGET = 1.9

LONG = bool(os.environ.get("STRATAFOLIO_LONG"))


def knapsack(seed: int) -> Document:
    """Five programmes with points in three layers."""
    return draw_knapsack(seed, "abcde", LAYERS, BUDGET)


def start(seed: int, **options: Any) -> Elicitation:
    return elicit(build_scenario(knapsack(seed), {}, "knapsack"), **options)


def gains_of_every_plan(document: Document) -> dict[frozenset[str], np.ndarray]:
    cases = [case for case in list_cases(document) if case.needs <= BUDGET + 1e-9]
    nothing = next(case for case in cases if not case.funded)
    return {
        case.funded: np.array([case.outcome[z] - nothing.outcome[z] for z in LAYERS])
        for case in cases
    }


def agree(weightings: NDArray[np.float64], texts: Sequence[str]) -> NDArray[np.bool_]:
    """Which weightings agree with all of some statements; shape [weightings, layers]."""
    agreed = np.full(len(weightings), fill_value=True)
    for text in texts:
        said = parse_statement(text)
        slope = np.array([said.coefficients.get(layer, 0.0) for layer in LAYERS])
        agreed &= weightings @ slope + said.constant >= -1e-12
    return agreed


def agrees(weights: Sequence[float], text: str) -> bool:
    return bool(agree(np.array([weights]), [text])[0])


def converse(elicitation: Elicitation, weights: Sequence[float]) -> list[dict[str, Any]]:
    """Truthful answers until there is no question; the record after each."""
    records = [elicitation.result.record]
    while (question := elicitation.question) is not None:
        elicitation.answer("a" if agrees(weights, question["statement_if_a"]) else "b")
        records.append(elicitation.result.record)
    return records


@pytest.mark.parametrize("seed", range(4))
def test_what_is_certified_holds_for_truthful_respondents(seed: int) -> None:
    """At every step, under the true weights and under all that agree; and it ends in time."""
    gains = gains_of_every_plan(knapsack(seed))
    every = np.array(list(gains.values()))
    chance = np.random.default_rng(seed)
    cloud = chance.dirichlet(np.ones(3), 4000)
    for _ in range(4 if LONG else 2):
        weights = chance.dirichlet(np.ones(3)).tolist()
        records = converse(start(seed, tolerance=0.02), weights)
        for record in records:
            chosen = gains[frozenset(record["portfolio"]["funded"])]
            told = record["statements"]
            assert all(agrees(weights, text) for text in told)
            left = np.vstack([weights, cloud[agree(cloud, told)]])
            best = (left @ every.T).max(axis=1)
            regret = np.maximum(0.0, best - left @ chosen) / np.maximum(best, 0.01)
            assert regret.max() <= record["certified_regret"] + 1e-6
        assert records[-1]["ended"] == "tolerance"
        assert records[-1]["certified_regret"] <= 0.02 + 1e-9
        assert records[-1]["asked"] <= 20
        assert records[-1]["done"]


@pytest.mark.parametrize("seed", range(3))
def test_what_is_certified_is_no_more_than_what_the_portfolio_may_lose(seed: int) -> None:
    """Before any question, over the whole simplex: by enumeration at its corners."""
    gains = gains_of_every_plan(knapsack(seed))
    best = np.array(list(gains.values())).max(axis=0)  # a corner is all weight on one layer
    record = start(seed, questions=0).result.record
    chosen = gains[frozenset(record["portfolio"]["funded"])]
    loses = float(((best - chosen) / best).max())
    assert record["ended"] in ("questions", "tolerance")
    assert loses - 1e-9 <= record["certified_regret"] <= loses + 0.25 * 0.05


def test_the_same_answers_give_the_same_questions() -> None:
    """Whatever the workers, and when answers are given as a list at once."""
    weights = (0.2, 0.7, 0.1)
    one = start(1, tolerance=0.01)
    told = converse(one, weights)
    other = start(1, tolerance=0.01, workers=2)
    assert [r["question"] for r in converse(other, weights)] == [r["question"] for r in told]
    entries = told[-1]["answers"]
    for count in range(len(entries)):
        again = start(1, tolerance=0.01, answers=entries[:count])
        assert again.question == told[count]["question"]
        assert again.result.record["certified_regret"] == told[count]["certified_regret"]


def test_an_answer_is_taken_back() -> None:
    """What was said after it stays as statements; the rest is as if it had not been given."""
    elicitation = start(1, tolerance=0.0001)
    for _ in range(2):
        question = elicitation.question
        assert question is not None
        elicitation.answer("a")
    first, second = elicitation.result.record["statements"]
    elicitation.take_back(1)
    assert elicitation.result.record["statements"] == [second]
    assert first not in elicitation.result.record["statements"]
    fresh = start(1, tolerance=0.0001, answers=[{"statement": second}])
    assert elicitation.question == fresh.question
    with pytest.raises(InputError, match="question 7 is not answered"):
        elicitation.take_back(7)


def test_about_the_same_and_cannot_say() -> None:
    """The first keeps the two within a tenth of each other, the second says nothing of weights."""
    elicitation = start(3, tolerance=0.0)
    question = elicitation.question
    assert question is not None
    elicitation.answer("skip")
    assert elicitation.result.record["statements"] == []
    assert elicitation.result.record["asked"] == 1
    other = elicitation.question
    assert other is not None
    assert (other["a"], other["b"]) != (question["a"], question["b"])
    elicitation.answer("same")
    assert elicitation.result.record["statements"] == other["statements_if_same"]


def test_a_clash_names_answers_by_their_question_and_takes_nothing() -> None:
    """The statement is not taken, and the interview stands where it stood."""
    elicitation = start(0, tolerance=0.001)
    question = elicitation.question
    assert question is not None
    elicitation.answer("a")
    before = elicitation.result.record["statements"]
    left, right = question["statement_if_b"].split(" >= ")
    with pytest.raises(InputError, match=r"answer 1 \('.*'\) and .* cannot all be true"):
        elicitation.state(f"{left} >= {right} + 0.5")
    assert elicitation.result.record["statements"] == before
    with pytest.raises(InputError, match="leaves no weighting that sums to 1"):
        elicitation.state("x >= 2")


def test_a_clash_of_two_is_not_told_as_one_of_three() -> None:
    """The first statement clashes with nothing, and is not named."""
    said = [{"statement": "x >= 0.3"}, {"statement": "x >= y + 0.1"}]
    elicitation = start(0, answers=said)
    with pytest.raises(InputError) as error:
        elicitation.state("y >= 1.5 * x")
    message = error.value.complaints[0].message
    assert message.startswith("'x >= y + 0.1' and 'y >= 1.5 * x' cannot all be true")


def test_bad_answers_are_told(tmp_path: Path) -> None:
    """Each of what a file of answers may have wrong."""
    file = write_scenario("yaml", tmp_path / "scenario", knapsack(0))
    answers = tmp_path / "answers.yaml"

    def tell(text: str, *says: str, more: tuple[str, ...] = ()) -> None:
        answers.write_text(text, encoding="utf-8")
        refuse("elicit", file, "--answers", answers, *more, says=says)

    tell("[{question: 2, answer: a}]", "there is no question 2 yet", "the next one is 1")
    tell("[{question: 0, answer: a}]", "there is no question 0")
    again = "[{question: 1, answer: a}, {question: 1, answer: b}]"
    tell(again, "question 1 is answered already")
    tell("[{question: 1, answer: maybe}]", "expected one of a, b, same, skip", "maybe")
    tell("[{question: one, answer: a}]", "expected the number of a question")
    tell("{question: 1, answer: a}", "expected a list")
    tell("[{question: 1}]", "entry 1", "expected {statement: text}")
    tell("[{statement: 3}]", "expected a statement alone, as text")
    tell("[{statement: frontier >= x}]", "'frontier' in", "is not a layer")
    tell("[{statement: x >= }]", "expected a layer or a number")
    tell("[{statement: x >= 0.6}, {statement: y >= 0.6}]", "cannot all be true")
    tell("[{statement: x <= 0.3}]", "cannot", more=("--where", "x >= 0.5"))
    other = "[{question: 1, answer: a, statement_if_a: q >= x}]"
    tell(other, "question 1 is another one here", "for another scenario")
    refuse("elicit", file, "--answers", tmp_path / "none.yaml", says=("there is no file",))
    refuse("elicit", file, "--questions", "-1", says=("expected 0 or more",))
    refuse("elicit", file, "--stakeholder", "nobody", says=("is no stakeholder",))
    both = ("--where", "x >= 0.7", "--where", "y >= 0.7")
    refuse("elicit", file, *both, says=("they clash",))


def test_the_command_keeps_an_interview_and_goes_on_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was answered into the folder is there the next time; other options are refused."""
    monkeypatch.setenv("COLUMNS", "80")
    file = write_scenario("yaml", tmp_path / "scenario", knapsack(1))
    out, answers = tmp_path / "run", tmp_path / "answers.yaml"
    answers.write_text("[{statement: x >= 0.1}, {question: 1, answer: b}]", encoding="utf-8")
    options = ("elicit", file, "--tolerance", "0.001")
    first = run(*options, "--answers", answers, "--out", out)
    assert first.code == 0, first.err
    assert max(map(len, first.out.splitlines())) <= 80
    assert "…" not in first.out
    told = json.loads(run(*options, "--answers", answers, "--json").out)
    kept = json.loads(run(*options, "--out", out, "--json").out)
    assert {k: v for k, v in kept.items() if k != "seconds"} == {
        k: v for k, v in told.items() if k != "seconds"
    }
    assert kept["asked"] == 1
    assert kept["question"]["number"] == 2
    refuse("elicit", file, "--tolerance", "0.2", "--out", out, says=("was begun with",))
    page = tmp_path / "page.html"
    assert run("report", out, "--out", page).code == 0
    assert "Weights that agree with what was said" in page.read_text(encoding="utf-8")


def test_an_interview_begins_from_a_kept_map(tmp_path: Path) -> None:
    """It takes over what the map has proven, and goes on with the same when the map has grown."""
    document = knapsack(1)
    file, out = write_scenario("yaml", tmp_path / "s", document), tmp_path / "map"
    options = ("elicit", file, "--tolerance", "0.001", "--json")
    alone = json.loads(run(*options).out)
    assert run("sensitivity", "map", file, "--tolerance", "0.001", "--out", out).code == 0
    begun = json.loads(run(*options, "--out", out).out)
    assert begun["bank"] > 0 == alone["bank"]
    assert begun["solves"] <= alone["solves"] / 4
    gains = gains_of_every_plan(document)
    chosen = gains[frozenset(begun["portfolio"]["funded"])]
    best = np.array(list(gains.values())).max(axis=0)  # a corner is all weight on one layer
    loses = float(((best - chosen) / best).max())
    assert loses - 1e-9 <= begun["certified_regret"] <= loses + 0.01
    assert run("sensitivity", "weights", file, "--tolerance", "0", "--out", out).code == 0
    again = json.loads(run(*options, "--out", out).out)
    assert again["bank"] == begun["bank"]
    assert again["question"] == begun["question"]
    inside = elicit(read_scenario(str(file)), tolerance=0.001, bank=out)
    assert inside.result.record["bank"] > begun["bank"]
    with pytest.raises(InputError, match=r"holds no bank\.jsonl"):
        elicit(read_scenario(str(file)), bank=tmp_path)
    with pytest.raises(InputError, match="holds answers to other questions"):
        start(2, bank=out)


def test_statements_serve_as_a_stakeholder(tmp_path: Path) -> None:
    """They are pasted into one, and the interview begins where it ended."""
    document = knapsack(1)
    record = converse(start(1, tolerance=0.01), (0.5, 0.3, 0.2))[-1]
    put(document, "stakeholders.me.statements", record["statements"])
    file = write_scenario("yaml", tmp_path, document)
    outcome = run("elicit", file, "--stakeholder", "me", "--tolerance", "0.01", "--json")
    told = json.loads(outcome.out)
    assert told["done"]
    assert told["ended"] == "tolerance"
    assert told["asked"] == 0


def test_a_dialogue_in_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers, a statement, a word that is none of these, one taken back, and the end."""
    import rich.prompt

    from stratafolio.cli import elicit as command

    said = ["u", "A", "nonsense", "x >= 0.2", "u one", "u 9", "u", "x >= 2", "?", "q"]
    typed = iter(said)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(command, "is_dialogue", lambda: True)
    monkeypatch.setattr(rich.prompt.Prompt, "ask", lambda *_, **__: next(typed))
    file = write_scenario("yaml", tmp_path, knapsack(1))
    outcome = run("elicit", file, "--tolerance", "0")
    assert outcome.code == 0, outcome.err
    assert "Question 1: which is worth more to you?" in outcome.out
    assert "expected a, b, s, ?, u or q, or a statement such as 'x >= 2 * y'" in outcome.out
    assert "take back: expected the number of a question, as u 3; got 'one'" in outcome.out
    assert "question 9 is not answered" in outcome.out
    assert "nothing is answered yet" in outcome.out
    assert "The goal is 0.0%; at most 20 more questions." in outcome.out
    assert "In the best plans known for such weights" in outcome.out
    begun, *later = " ".join(outcome.out.split()).split("The goal is")
    assert begun.endswith("of the best gain, whatever the weights. ")
    assert "whatever weights fit what was said." in " ".join(later)
    assert "under every weighting that agrees with what was said." in later[-1]
    assert max(map(len, outcome.out.splitlines())) <= 80
    assert "leaves no weighting that sums to 1" in outcome.out
    assert "x >= 0.2" in outcome.out
    assert "cannot say" in outcome.out


def test_a_compromise_that_is_best_nowhere_is_found() -> None:
    """A programme a layer, money for one: either alone may lose all, half of each just half."""
    document = knapsack(0)
    document["budget"] = {"per_year": 1.0}
    document["weights"] = {"x": 1, "y": 1}
    document["layers"] = {"x": {}, "y": {}}
    flat = {"area": "energy", "max_per_year": 1.0, "curve": "linear", "scale": 1.0}
    document["instruments"] = {"a": flat, "b": flat}
    document["effects"] = {
        "a_x": {"instrument": "a", "layer": "x", "points": 4.0},
        "b_y": {"instrument": "b", "layer": "y", "points": 2.0},
    }
    record = elicit(build_scenario(document, {}, "halves"), questions=0).result.record
    assert record["certified_regret"] == pytest.approx(0.5, abs=1e-6)
    assert record["portfolio"]["spending"] == pytest.approx({"a": 0.5, "b": 0.5}, abs=1e-6)


@pytest.mark.parametrize("seed", [0, 12, 14, 16, 17])
def test_a_compromise_is_the_least_regretted_of_every_plan(seed: int) -> None:
    """Of a small scenario, before any answer: what is lost is largest where one layer is all."""
    every = np.array(list(gains_of_every_plan(knapsack(seed)).values()))
    best = every.max(axis=0)
    assert best.min() > 0.01
    least = ((best - every) / best).max(axis=1).min()
    record = start(seed, tolerance=0.001, questions=0).result.record
    assert record["certified_regret"] == pytest.approx(least, abs=1e-6)


def test_a_plan_that_loses_somewhere_is_bounded_like_any_other() -> None:
    """Gains below 0 at some corners: all at once, as each plan by itself."""
    chance = np.random.default_rng(3)
    gains = chance.uniform(-0.5, 2.0, (9, 6))
    best = gains.max(axis=1) + chance.uniform(0.0, 0.2, 9)
    for bounds in (best, best - best.min() + 0.001):
        alone = [bound_cell(own, bounds) for own in gains.T]
        assert bound_all(gains, bounds) == pytest.approx(alone, rel=1e-12)


def test_questions_are_in_amounts_that_can_be_held_in_mind() -> None:
    """Whole units or half of one, of four layers at most; and what is told is what is meant."""
    scenario = read_scenario("us-2027")
    amounts = list_amounts(scenario)
    gains = np.random.default_rng(0).uniform(0.0, 5.0, (12, len(amounts)))
    asked = [
        *list_layer_trade_offs(amounts),
        *list_portfolio_trade_offs(amounts, gains, range(12)),
    ]
    assert {trade_off.kind for trade_off in asked} == {"layers", "portfolios"}
    for trade_off in asked:
        offers = (trade_off.a, trade_off.b)
        told = [amount for offer in offers for amount in offer.units.values()]
        assert all(amount == 0.5 or (amount >= 1 and amount % 1 == 0) for amount in told)
        assert all(offer.units for offer in offers)
        assert len(set(trade_off.layers)) == len(told) <= 4
        said = parse_statement(trade_off.statement_if_a).coefficients
        meant = dict(trade_off.a.points)
        meant |= {z: -points for z, points in trade_off.b.points.items()}
        assert said == pytest.approx(meant, rel=1e-9)


def test_no_question_that_would_help_is_told() -> None:
    """One weighting alone is left: whatever is asked, its answer is known."""
    record = start(0, where=["x == 0.2", "y == 0.5"]).result.record
    assert record["done"]
    assert record["ended"] in ("tolerance", "no question")
    assert record["certified_regret"] <= 1e-3


def test_every_number_of_the_screen_is_in_the_record() -> None:
    """The sheet says what the record holds: the proof, the answers, the weights."""
    elicitation = start(1, tolerance=0.001)
    elicitation.answer("a")
    result = elicitation.result
    assert f"{result.record['certified_regret']:.2%}" in str(result)
    assert set(result.tables) >= {"weights", "progress", "spending", "statements"}
    assert result.tables["statements"]["statement"].tolist() == result.record["statements"]
    assert result.chart() is not None
