"""Branches from one linear program beside every plan there is."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import pytest
from puzzles import SLACK, Puzzle, check, draw_puzzle, list_aims, list_changes

from stratafolio.model.solving.engine import Searched
from stratafolio.model.solving.ladder import Ladder
from stratafolio.model.solving.matrices import INFINITE
from stratafolio.model.solving.question import Question, Tolerance
from stratafolio.model.solving.tree import Tree
from stratafolio.model.work.clock import Clock

SEEDS = [0, 1, 2, 9] if os.environ.get("STRATAFOLIO_LONG") else [1, 2]

ROOM = 1e-4
"""Points by which a further plan must be better than the best found."""

NEAR = 1e-3
"""Points below and above the best plan from which better ones are looked for."""


def branch(
    puzzle: Puzzle, question: Question, beyond: float = -INFINITE, most_nodes: int = 10_000
) -> Searched | None:
    """What a tree finds below the relaxation; None where not even that has a plan."""
    engine = puzzle.oracle.engines[0]
    relaxed = engine.relax(question, None)
    if relaxed is None:
        return None
    tree = Tree(engine, question, Clock(), beyond, lambda value: value + ROOM, INFINITE, most_nodes)
    return tree.search(relaxed)


def list_questions(puzzle: Puzzle) -> list[tuple[Question, Sequence[float]]]:
    """Every aim under every change, with the values of all plans that it leaves."""
    return [
        (Question(terms, changes), [value_of(case) for case in puzzle.cases if is_left(case)])
        for changes, is_left in list_changes(puzzle)
        for terms, value_of in list_aims(puzzle)
    ]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_best_plan_is_found_and_proven(seed: int) -> None:
    puzzle = draw_puzzle(seed)
    for question, values in list_questions(puzzle):
        searched = branch(puzzle, question)
        if not values:
            assert searched is None or searched.decisions is None
            continue
        assert searched is not None
        assert searched.decisions is not None
        assert searched.is_final
        kept = puzzle.oracle.engines[0].keep(question, searched.decisions, None)
        assert kept is not None
        assert max(values) - ROOM - SLACK <= kept.value <= max(values) + SLACK
        assert max(values) - SLACK <= searched.bound <= kept.value + ROOM + SLACK


@pytest.mark.parametrize("seed", SEEDS)
def test_what_lies_beyond_a_value_is_found_or_proven_not_to_be(seed: int) -> None:
    puzzle = draw_puzzle(seed)
    for question, values in list_questions(puzzle):
        if not values:
            continue
        below = branch(puzzle, question, max(values) - NEAR)
        above = branch(puzzle, question, max(values) + NEAR)
        assert below is not None
        assert above is not None
        assert below.decisions is not None
        assert above.decisions is None
        assert above.is_final
        assert max(values) - SLACK <= above.bound <= max(values) + NEAR + SLACK


@pytest.mark.parametrize("most_nodes", [1, 2, 5])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_tree_cut_short_tells_a_bound_that_holds(seed: int, most_nodes: int) -> None:
    puzzle = draw_puzzle(seed)
    cut = 0
    for question, values in list_questions(puzzle):
        searched = branch(puzzle, question, most_nodes=most_nodes)
        if searched is not None and values:
            assert searched.bound >= max(values) - SLACK
            cut += not searched.is_final
    assert cut


def test_what_reduced_costs_leave_out_is_counted_in_the_bound() -> None:
    """Plans that are left out for being worth no more than a value may be worth that much."""
    puzzle = draw_puzzle(SEEDS[0])
    engine = puzzle.oracle.engines[0]
    decided = 0
    for question, values in list_questions(puzzle):
        relaxed = engine.relax(question, None)
        if relaxed is None or not values:
            continue
        beyond = max(*values, relaxed.value - 1e-5)
        tree = Tree(engine, question, Clock(), beyond, lambda value: value, INFINITE, 1)
        with engine.posed(tree.live, question):
            tree.live.start_from(relaxed.start)
            box = (tree.live.now_lower[tree.integers], tree.live.now_upper[tree.integers])
            lower, upper = (ends.copy() for ends in box)
            tree._enter(lower, upper, None)
            is_less = bool((lower > box[0]).any() or (upper < box[1]).any())
            tree.live.set_bounds(tree.integers, *box)
        if is_less:
            decided += 1
            assert tree.closed >= max(values)
    assert decided


def test_the_solver_is_left_as_it_was() -> None:
    puzzle = draw_puzzle(SEEDS[0])
    live = puzzle.oracle.engines[0].tree
    lower, upper = live.now_lower.copy(), live.now_upper.copy()
    for question, _ in list_questions(puzzle):
        branch(puzzle, question)
        assert (live.now_lower == lower).all()
        assert (live.now_upper == upper).all()
        assert live.row_count == len(live.matrices.row_lower)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_oracle_that_branches_beside_every_plan(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for step in ("_exchange", "_dive", "_search_near"):
        monkeypatch.setattr(Ladder, step, lambda *_: iter(()))
    puzzle, tolerance = draw_puzzle(seed), Tolerance(1e-4)
    search, trees = Tree.search, []

    def count(tree: Tree, *arguments: Any) -> Searched:
        trees.append(tree)
        return search(tree, *arguments)

    monkeypatch.setattr(Tree, "search", count)
    for question, values in list_questions(puzzle):
        answer = puzzle.oracle.ask(Question(question.terms, question.changes, tolerance))
        check(answer, values, tolerance)
    assert trees
