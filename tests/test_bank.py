"""The bank's bounds against solves, its file against killed runs, and sweeps against both."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from stratafolio.inputs.build import derive_scenario
from stratafolio.inputs.complaint import InputError
from stratafolio.inputs.read import read_scenario
from stratafolio.model.solving.bank import Bank
from stratafolio.model.solving.compiled import Compiled
from stratafolio.model.solving.engine import Engine
from stratafolio.model.solving.question import Question
from stratafolio.model.solving.solve import solve_scenario
from stratafolio.model.studies.weights.envelope import bound_regret
from stratafolio.model.studies.weights.sweep import Sweep

WEIGHTINGS = np.array([[share, 1 - share] for share in np.linspace(0, 1, 21)])


def settled(workers: int = 1, bank: Bank | None = None) -> Sweep:
    compiled = Compiled(read_scenario("textbook"))
    sweep = Sweep(compiled, tolerance=0.01, workers=workers, bank=bank)
    watch = sweep.settle(WEIGHTINGS)
    assert bound_regret(watch.lower, watch.upper).max() <= 0.01
    return sweep


def test_every_weighting_is_within_its_bounds() -> None:
    """The best gain by a solve of its own lies between the bank's two bounds, 1 % apart."""
    sweep = settled()
    lower, _ = sweep.bank.lower(WEIGHTINGS)
    upper, _ = sweep.bank.upper(WEIGHTINGS)
    for at, (frontier, chips) in enumerate(WEIGHTINGS.tolist()):
        weights = {"frontier": frontier, "semiconductors": chips}
        scenario = derive_scenario(sweep.compiled.scenario, {"weights": weights})
        best = solve_scenario(scenario, gap=0.0).best_gain
        assert lower[at] - 1e-6 <= best <= upper[at] + 1e-6
        assert best - lower[at] <= 0.01 * max(best, 0.01) + 1e-6
    assert sweep.linear_solves < len(WEIGHTINGS)


def test_same_numbers_whatever_the_workers() -> None:
    one, two = settled(1), settled(2)
    assert one.bank.gains.tolist() == two.bank.gains.tolist()
    assert [cut.bound for cut in one.bank.cuts] == [cut.bound for cut in two.bank.cuts]
    assert (one.solves, one.linear_solves) == (two.solves, two.linear_solves)


def test_killed_run_loses_its_last_batch_only(tmp_path: Path) -> None:
    """Whatever part of the file is there, what was whole is known and nothing is known twice."""
    file = tmp_path / "bank.jsonl"
    box = Compiled(read_scenario("textbook")).box
    layers = ("frontier", "semiconductors")
    first = Bank(layers, box)
    first.keep_in(file, "hash")
    whole = settled(bank=first)
    content = file.read_bytes()
    for size in range(len(content) // 7, len(content), len(content) // 7):
        file.write_bytes(content[:size])
        again = Bank(layers, box)
        again.keep_in(file, "hash")
        assert len(again.cuts) <= len(whole.bank.cuts)
        resumed = settled(bank=again)
        assert resumed.bank.gains == pytest.approx(whole.bank.gains)
        assert len(resumed.bank.cuts) == len(whole.bank.cuts)
    warm = Bank(layers, box)
    warm.keep_in(file, "hash")
    assert settled(bank=warm).linear_solves == 0


def test_bank_of_another_scenario_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "bank.jsonl"
    box = (np.zeros(1), np.ones(1))
    Bank(("a",), box).keep_in(file, "one")
    with pytest.raises(InputError, match="another scenario"):
        Bank(("a",), box).keep_in(file, "two")
    file.write_text("no bank\n", encoding="utf-8")
    with pytest.raises(InputError, match="no bank"):
        Bank(("a",), box).keep_in(file, "one")


def test_answers_do_not_depend_on_what_was_asked_before() -> None:
    """Two engines with different pasts give the same values to the last digit."""
    compiled = Compiled(read_scenario("us-2027"))
    fresh, used = Engine(compiled), Engine(compiled)
    columns = list(compiled.outcome_gain.values())
    nothing = np.zeros(len(compiled.integers))
    weightings = np.random.default_rng(3).dirichlet(np.ones(6), 6)
    questions = [Question(dict(zip(columns, w.tolist(), strict=True))) for w in weightings]
    first = fresh.relax(questions[0], None)
    assert first is not None
    for question in questions[3:]:
        used.relax(question, first.start)
        used.keep_least(question, nothing, first.start)
    for question in questions[:3]:
        one, other = fresh.relax(question, first.start), used.relax(question, first.start)
        assert one is not None
        assert other is not None
        assert one.value == other.value
        assert np.array_equal(one.values, other.values)
        mine = fresh.keep_least(question, nothing, first.start)
        theirs = used.keep_least(question, nothing, first.start)
        assert mine is not None
        assert theirs is not None
        assert np.array_equal(mine.values, theirs.values)
