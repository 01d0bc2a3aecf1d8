"""The bank's bounds against solves, and sweeps against those and against killed runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from stratafolio.inputs.build import derive_scenario
from stratafolio.inputs.read import read_scenario
from stratafolio.model.solving.answers import Starts, read_answer, write_answer
from stratafolio.model.solving.compiled import Compiled
from stratafolio.model.solving.engine import Engine
from stratafolio.model.solving.live import read_basis, write_basis
from stratafolio.model.solving.question import Answer, Question
from stratafolio.model.solving.solve import solve_scenario
from stratafolio.model.studies.weights.envelope import bound_regret
from stratafolio.model.studies.weights.sweep import Sweep
from stratafolio.model.work.store import Store

WEIGHTINGS = np.array([[share, 1 - share] for share in np.linspace(0, 1, 21)])


def settled(workers: int = 1, store: Store | None = None) -> Sweep:
    compiled = Compiled(read_scenario("textbook"))
    sweep = Sweep(compiled, tolerance=0.01, workers=workers, store=store)
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
    check_same(settled(1), settled(2))


def test_killed_run_comes_back_through_the_same_states(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever part of the file is there, a run with it ends with the same numbers and file."""
    file = tmp_path / "bank.jsonl"

    def settle() -> Sweep:
        return settled(store=Store(file, "hash", "weights"))

    whole = settled()
    first = settle()
    content = file.read_bytes()
    for size in range(0, len(content), len(content) // 7):
        file.write_bytes(content[:size])
        check_same(settle(), whole)
        assert file.read_bytes() == content
    monkeypatch.setattr(Engine, "relax", None)  # all is known: nothing is solved
    check_same(settle(), first)


def check_same(one: Sweep, other: Sweep) -> None:
    """Assert that two sweeps hold the same plans, bounds and counts, to the last digit."""
    assert one.bank.gains.tolist() == other.bank.gains.tolist()
    assert [p.plan for p in one.bank.portfolios] == [p.plan for p in other.bank.portfolios]
    assert [cut.bound for cut in one.bank.cuts] == [cut.bound for cut in other.bank.cuts]
    assert (one.solves, one.linear_solves) == (other.solves, other.linear_solves)


def test_a_basis_comes_back_from_its_text() -> None:
    compiled = Compiled(read_scenario("us-2027"))
    engine = Engine(compiled)
    columns = list(compiled.outcome_gain.values())
    weightings = np.random.default_rng(0).dirichlet(np.ones(6), 4)
    questions = [Question(dict(zip(columns, w.tolist(), strict=True))) for w in weightings]
    first = engine.relax(questions[0], None)
    assert first is not None
    again = read_basis(write_basis(first.start), len(compiled.matrices.lower))
    for question in questions[1:]:
        one, other = engine.relax(question, first.start), engine.relax(question, again)
        assert one is not None
        assert other is not None
        assert one.value == other.value
        assert np.array_equal(one.values, other.values)


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


def test_an_answer_kept_before_values_were_is_read() -> None:
    """A run folder of before goes on: where values are missing, the nearest basis serves."""
    record = write_answer(Answer(1.0, 2.0), Starts({}, {3: 0.5}))
    assert read_answer(record, 0, 0)[1].reached == {3: 0.5}
    del record["reached"]
    assert read_answer(record, 0, 0)[1].reached == {}
