"""A bank from answers that another study of the same weightings has kept.

A study of its own comes back through all its states (docs/decisions/kept.md). Here just what was
proven is taken over: plans and bounds, whatever the order in which they were asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ...solving.live import read_basis
from ...solving.memory import RELAXED
from ...solving.portfolios import Cut, Portfolio, switch_on
from ...work.store import Store
from .sweep import Sweep

MOST_STARTS = 60
"""Bases that are taken over, from all over the answers: reading one takes some milliseconds."""

Kept = Mapping[str, Any]


def list_weighed(store: Store) -> list[Kept]:
    """The answers in a store about weightings under which all plans were free, in their order.

    Those of other versions of the packages are left out: what they prove is not proven here.
    """
    return [kept for kept in store.list_answers() if kept.get("mark") == store.mark]


def take_answers(sweep: Sweep, answers: Sequence[Kept]) -> None:
    """Fills the bank of a sweep with the plans and bounds of kept answers."""
    matrices, memory = sweep.oracle.matrices, sweep.oracle.memory
    portfolios, cuts = [], []
    for kept in answers:
        weights = np.array(kept["place"])
        cuts.append(Cut(weights, kept["bound"], "mixed" if kept["mixed"] else "relaxed"))
        if kept["plan"] is not None:
            plan = {i: {int(t): bn for t, bn in own.items()} for i, own in kept["plan"].items()}
            decisions = switch_on(kept["on"], len(matrices.integers))
            portfolios.append(Portfolio(plan, sweep.oracle.gains_of([plan])[0], decisions))
            memory.take([plan])
    for kept in answers[:: max(1, len(answers) // MOST_STARTS)]:
        for on, text in kept["starts"]:
            held = RELAXED if on is None else switch_on(on, len(matrices.integers)).tobytes()
            start = read_basis(text, len(matrices.lower))
            memory.take_start(np.array(kept["place"]), start, held)
    sweep.bank.add(portfolios, cuts)
