"""The article's claims, asked of the bundled data by solving (docs/us-2027.md, section 10).

Each answer comes with the figure it hangs on most, and is asked again on either side of that
figure's break-even: at `lower` and `upper`, a bracket found by bisection. Where the data say no,
the test holds the no. A change of the data may change an answer: then the document changes too.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

from stratafolio.inputs.build import derive_scenario
from stratafolio.inputs.read import read_scenario
from stratafolio.model.solution import Solution
from stratafolio.model.solve import solve_scenario
from stratafolio.results.portfolio import instrument_totals

Figures = dict[str, float]

GAP = 1e-3
"""The answers are further apart than what plans within this of the best can differ in."""

FINE = 1e-5
"""For a programme that brings less than GAP of the gain."""

TASKS = ("energy", "open_source", "research_compute")
"""The article's three tasks: power, open models, compute for universities and laboratories."""

LAYERS = tuple(read_scenario("us-2027").layers)

HEAVY = {heavy: {layer: 5.0 if layer == heavy else 1.0 for layer in LAYERS} for heavy in LAYERS}
"""Half of the weight on one layer, a tenth on each other."""

STAKEHOLDERS: Mapping[str, Mapping[str, float]] = {
    id_: own.weights
    # stability has statements only: this is the mildest weighting of whole numbers that agrees
    or dict.fromkeys(LAYERS, 1.0) | {"safety_stability": 2.0}
    for id_, own in read_scenario("us-2027").stakeholders.items()
}

SCENARIOS = ("controls-first", "ecosystem-first", "frontier-first", "application-first")


def belongs(group: str, effect: str, area: str, layer: str) -> bool:
    """Whether an effect is one of those that an answer hangs on together."""
    return {
        "later push": effect.endswith("_later"),
        "energy at the frontier": area == "energy" and layer == "frontier",
        "use": area in TASKS[1:] and layer in ("diffusion", "efficiency", "integration"),
        "channel": effect == "us_china_channel_safety_stability",
    }[group]


@cache
def solve(
    name: str = "us-2027",
    weighting: str = "",
    scaled: str = "",
    by: float = 1.0,
    only: str = "",
    without: str = "",
    score_until: int = 2051,
    budget: float = 12.0,
    gap: float = GAP,
) -> Solution:
    """The best plan, not steadied, of a bundled scenario changed as described.

    `scaled` names effects whose points are multiplied `by` a factor; `only` and `without` are
    areas; `weighting` is a stakeholder or a layer with half of the weight.
    """
    scenario = read_scenario(name)
    areas = {id_: own.area for id_, own in scenario.instruments.items()}
    patch: dict[str, Any] = {
        "steady": 0,
        "years": {"score_until": score_until},
        "budget": {"per_year": budget},
    }
    if weighting:
        patch["weights"] = dict((HEAVY | dict(STAKEHOLDERS))[weighting])
    if scaled:
        patch["effects"] = {
            id_: {"points": by * own.points}
            for id_, own in scenario.effects.items()
            if belongs(scaled, id_, areas[own.instrument], own.layer)
        }
    banned = [i for i, area in areas.items() if area == without or (only and area != only)]
    if banned:
        patch["constraints"] = {"banned": {"kind": "ban", "instruments": banned}}
    return solve_scenario(derive_scenario(scenario, patch), gap=gap)


def share(solution: Solution, *areas: str) -> float:
    """What some areas get of all spending over all years, per cent."""
    totals = instrument_totals(solution)
    instruments = solution.scenario.instruments
    within = sum(bn for id_, bn in totals.items() if instruments[id_].area in areas)
    return 100.0 * within / sum(totals.values())


def lift(solution: Solution, layer: str, year: int) -> float:
    """How far a plan moves a lead in a year against spending nothing, points."""
    at = year - solution.scenario.years.first
    return float(solution.played.leads[layer][at] - solution.baseline.leads[layer][at])


def outcome_lost(better: Solution, worse: Solution) -> Figures:
    """What each layer's outcome loses from one plan to another, points."""
    return {layer: z - worse.played.outcome[layer] for layer, z in better.played.outcome.items()}


def tell(figures: Mapping[Any, float]) -> str:
    """Figures for the message of an assertion."""
    return ", ".join(f"{name} {figure:.3f}" for name, figure in figures.items())


def test_longer_horizon_lowers_share_of_controls() -> None:
    """Does a longer horizon lower the share of export controls?"""
    shares = {y: share(solve(score_until=y), "export_controls") for y in (2036, 2041, 2051)}
    assert shares[2036] > shares[2041] + 1.0, tell(shares)
    assert shares[2041] > shares[2051] + 1.0, tell(shares)


@pytest.mark.parametrize(("by", "is_lower"), LATER_BRACKET := [(0.1, False), (0.3, True)])
def test_horizon_hangs_on_later_push(by: float, is_lower: bool) -> None:
    """How weak must the later push on China's chips be for a longer horizon not to matter?"""
    shares = {
        y: share(solve(scaled="later push", by=by, score_until=y), "export_controls")
        for y in (2041, 2051)
    }
    assert (shares[2051] < shares[2041]) is is_lower, tell(shares)
