"""What it would be worth to know a figure, a group of them, or everything, before choosing a plan.

1. Joint samples are drawn, and the best plan is found in the first of them: with the scenario's
   own best plan these are what could be chosen.
2. Each plan is played in each sample, as far as the sample lets it be. As many are kept as asked
   for: first the one that gains most on average, then each time the one that raises the mean of
   the largest gain most.
3. What knowing is worth is estimated from these gains (`knowledge.py`), and told in the money that
   buys as many points at the margin: the gain of a tenth more budget says what a billion buys.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ....inputs.figures import TOLD_ONLY, Figure, list_figures, list_groups, spread_groups
from ....inputs.hanging import list_used_assumptions
from ....inputs.oddities import total_budget
from ....inputs.scenario import CrowdInFloor, Scenario
from ...equations.curves import Array
from ...failures import SolverFailed
from ...work.clock import PartClock
from ...work.fan_out import Crew, fan_out
from .asking import Answer, Asking
from .draws import draw_latin_hypercube
from .findings import Choice, FigureStudy, Values, Worth
from .knowledge import Estimate, Knowledge
from .playing import play_sample
from .variants import PlanRecord, read_plan, strip, write_plan

SOLVED = 3
"""Samples solved for their best plan, for each option."""

SEARCHING = 0.6
"""Share of the time for these: with fewer plans values are found, without plays none are."""

FEWEST = 50
"""Samples without which a value says nothing."""

MORE = 0.1
"""Share of the budget that is added to learn what money buys: less is lost in a solve's gap."""

TOO_LITTLE = 1e-9
"""Points of mean gain that no further plan is kept for."""


def value_knowledge(
    scenario: Scenario,
    named: Sequence[str] = (),
    samples: int = 1000,
    options: int = 20,
    seed: int = 0,
    gap: float | None = None,
    crew: Crew | None = None,
) -> FigureStudy:
    """The value of knowing each figure, each group and everything, the most valuable first.

    `named` figures are known in part; those that are not named stay at their values. Raises
    InputError, Infeasible and SolverFailed.
    """
    crew = crew or Crew()
    asked = list_figures(scenario, named)
    figures = spread_groups(asked)
    asking = Asking(scenario, gap, crew)
    draws = draw_latin_hypercube(scenario, figures, samples, seed)
    patches = draws.list_patches()
    asking.crew = replace(crew, clock=PartClock(crew.clock, SEARCHING))
    solved = asking.ask(patches[: SOLVED * options], "best plans of joint samples")
    asking.crew = crew
    per_bn = find_worth_of_money(asking)
    plans = list_plans(asking, solved)
    shared = {"document": strip(scenario), "name": scenario.name, "plans": plans}
    told = fan_out(play_sample, shared, [{"patch": p} for p in patches], crew, "plans played")
    played = [at for at, answer in enumerate(told) if answer and answer["status"] == "played"]
    if len(played) < FEWEST:
        message = f"plans were played in {len(played)} samples, and {FEWEST} are needed"
        if any(answer is None for answer in told):
            raise SolverFailed(f"the time ended when {message}; allow more")
        raise SolverFailed(f"{message}; allow more --samples, or narrow the ranges")
    answers = [answer for answer in (told[at] for at in played) if answer]
    gains = np.array([answer["gains"] for answer in answers])
    kept = keep_options(gains, options)
    knowledge = Knowledge(draws.values[played], gains[:, kept], list_ties(scenario, figures), seed)
    values = Values(
        count=len(played),
        failed=count_failed(told),
        choices=describe_choices(asking, [plans[k] for k in kept], gains[:, kept]),
        everything=tell_worth(None, knowledge.most, per_bn),
        figures=measure_figures(scenario, figures, knowledge, per_bn),
        groups=[],
        per_bn=per_bn,
        unpaid=sum(answer["unpaid"] for answer in answers) / gains.size,
        missed=share_missed(answers, gains.size),
    )
    values = replace(values, groups=measure_groups(figures, knowledge, values, per_bn))
    open_ = sum(answer is None for answer in (*told, *solved))
    study = asking.conclude(
        "voi", figures, asked=len(told) + len(solved), answered=len(told) + len(solved) - open_
    )
    notes = draws.tell_cut()
    return replace(study, values=values, sample_count=samples, seed=seed, notes=notes)


def list_plans(asking: Asking, solved: Sequence[Answer | None]) -> list[PlanRecord]:
    """The scenario's best plan and those of the samples, each once."""
    own = asking.plan
    found = [write_plan(own)]
    found += [answer["plan"] for answer in solved if answer and "plan" in answer]
    return [plan for at, plan in enumerate(found) if plan not in found[:at]]


def keep_options(gains: Array, options: int) -> list[int]:
    """The plans that together gain most if one may be chosen anew in each sample.

    Gains have the shape [samples, plans].

    >>> keep_options(np.array([[1.0, 0.0, 0.9], [1.0, 3.0, 1.1]]), 2)
    [1, 0]
    """
    kept = [int(gains.mean(axis=0).argmax())]
    best = gains[:, kept[0]]
    while len(kept) < min(options, gains.shape[1]):
        raised = np.maximum(gains, best[:, None]).mean(axis=0)
        next_ = int(raised.argmax())
        if raised[next_] <= best.mean() + TOO_LITTLE:
            break
        kept.append(next_)
        best = np.maximum(best, gains[:, next_])
    return kept


def list_ties(scenario: Scenario, figures: Sequence[Figure]) -> list[frozenset[int]]:
    """The columns of figures that are drawn together."""
    at = {figure.path: column for column, figure in enumerate(figures)}
    ties = {column: {column} for column in at.values()}
    for own in scenario.correlations.values():
        if all(path in at for path in own.between):
            one, other = (ties[at[path]] for path in own.between)
            joined = one | other
            ties |= dict.fromkeys(joined, joined)
    return list({frozenset(tie) for tie in ties.values() if len(tie) > 1})


def count_failed(told: Sequence[Mapping[str, Any] | None]) -> dict[str, int]:
    """How many samples are no valid scenario."""
    invalid = sum(answer is not None and answer["status"] == "invalid" for answer in told)
    return {"invalid": invalid} if invalid else {}


def share_missed(answers: Sequence[Mapping[str, Any]], plays: int) -> dict[str, float]:
    """In which share of plays each floor was missed, the one missed most first.

    >>> share_missed([{"missed": {"floor": 1}}, {"missed": {}}], 4)
    {'floor': 0.25}
    """
    missed: Counter[str] = Counter()
    for answer in answers:
        missed.update(answer["missed"])
    return {id_: times / plays for id_, times in missed.most_common()}


def describe_choices(asking: Asking, plans: Sequence[PlanRecord], gains: Array) -> list[Choice]:
    """The options, the one that is best on average first."""
    best = gains.argmax(axis=1)
    order = asking.scenario.instruments
    choices = []
    for k, record in enumerate(plans):
        plan = read_plan(record)
        choices.append(
            Choice(
                funded=tuple(i for i in order if i in plan),
                totals={i: sum(plan[i].values()) for i in order if i in plan},
                mean_gain=float(gains[:, k].mean()),
                best_share=float((best == k).mean()),
            )
        )
    return sorted(choices, key=lambda choice: -choice.mean_gain)


def measure_figures(
    scenario: Scenario, figures: Sequence[Figure], knowledge: Knowledge, per_bn: float | None
) -> list[Worth]:
    """The worth of each figure; 0 for one on which no decision hangs."""
    used, told_only = list_used_assumptions(scenario), set(TOLD_ONLY)
    if not any(isinstance(limit, CrowdInFloor) for limit in scenario.constraints.values()):
        told_only.add("crowd_in")
    found = []
    for column, figure in enumerate(figures):
        name = figure.keys[1] if figure.is_assumption else figure.keys[-1]
        is_idle = name not in used if figure.is_assumption else name in told_only
        estimate = Estimate(0.0, 0.0) if is_idle else knowledge.measure([column])
        found.append(tell_worth(figure, estimate, per_bn))
    return sorted(found, key=lambda worth: -worth.points)


def measure_groups(
    figures: Sequence[Figure], knowledge: Knowledge, values: Values, per_bn: float | None
) -> list[Worth]:
    """The worth of each group: at least that of each member, for who knows all knows each."""
    at = {figure.path: column for column, figure in enumerate(figures)}
    alone = {worth.figure.path: worth for worth in values.figures if worth.figure is not None}
    found = []
    for group in list_groups(figures):
        estimate = knowledge.measure([at[member.path] for member in group.members])
        most = max((alone[member.path] for member in group.members), key=lambda one: one.points)
        if most.points > estimate.points:
            estimate = Estimate(most.points, max(most.error, estimate.error))
        found.append(tell_worth(group, estimate, per_bn))
    return sorted(found, key=lambda worth: -worth.points)


def tell_worth(figure: Figure | None, estimate: Estimate, per_bn: float | None) -> Worth:
    """An estimate in points and in money."""
    bn = None if per_bn is None else estimate.points / per_bn
    return Worth(figure, estimate.points, estimate.error, bn)


def find_worth_of_money(asking: Asking) -> float | None:
    """Points that a billion more buys, of a tenth more of every cap; None where it buys nothing."""
    budget = asking.scenario.budget
    patch: dict[str, Any] = {}
    caps = budget.per_year
    if isinstance(caps, Mapping):
        patch["per_year"] = {str(year): (1 + MORE) * cap for year, cap in caps.items()}
    elif caps is not None:
        patch["per_year"] = (1 + MORE) * caps
    if budget.total is not None:
        patch["total"] = (1 + MORE) * budget.total
    (answer,) = asking.ask([{"budget": patch}], "what money buys")
    if answer is None or "gain" not in answer:
        return None
    more = answer["gain"] - asking.base_gain
    money = MORE * total_budget(asking.scenario)
    if more <= asking.gap * max(asking.base_gain, 0.01) or not 0 < money < float("inf"):
        return None
    return float(more / money)
