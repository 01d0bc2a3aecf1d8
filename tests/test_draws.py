"""Draws of doubtful figures: held against scipy's distributions, and against their correlations."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats
from small_scenarios import Document, put, tiny_document

from stratafolio.inputs.build import build_scenario, derive_scenario
from stratafolio.inputs.figures import Figure, list_figures
from stratafolio.inputs.scenario import Scenario
from stratafolio.model.studies.figures.draws import (
    Draws,
    draw_latin_hypercube,
    find_quantiles,
    tie_together,
)
from stratafolio.model.studies.figures.sample import draw_samples
from stratafolio.model.studies.figures.sobol import share_variance

MANY = 1_000_000


def shaped_document() -> Document:
    """Give the tiny document with an assumption of each shape, the first in two effects."""
    document = tiny_document()
    document["assumptions"] = {
        "points": {"value": 4, "low": 1, "high": 9},
        "around": {"value": 1, "low": -1, "high": 3},
        "peaked": {"value": 2, "low": 1, "high": 6, "shape": "beta"},
        "even": {"value": 2, "low": 1, "high": 5, "shape": "uniform"},
    }
    put(document, "effects.grid_frontier.points", "points")
    put(document, "effects.labs_diffusion.points", "points + around + peaked + even")
    return document


def build(document: Document) -> Scenario:
    return build_scenario(document, {}, "small")


def draw(scenario: Scenario, samples: int, seed: int = 0) -> dict[str, Any]:
    """Give the draws of all figures by their ids."""
    figures = list_figures(scenario)
    values = draw_latin_hypercube(scenario, figures, samples, seed).values
    return {figure.keys[1]: column for figure, column in zip(figures, values.T, strict=True)}


@pytest.mark.parametrize("coverage", [0.5, 0.9])
def test_quantiles_are_those_of_the_distributions(coverage: float) -> None:
    """A hypercube of a million parts: each quantile is off by one part in a million at most."""
    document = put(shaped_document(), "ranges.coverage", coverage)
    drawn = draw(build(document), MANY)
    z = stats.norm.ppf((1 + coverage) / 2)
    expected = {
        "points": stats.lognorm(np.log(9) / 2 / z, scale=3.0),
        "around": stats.norm(1.0, 2.0 / z),
        "peaked": stats.beta(1.8, 4.2, loc=1, scale=5),
        "even": stats.uniform(1, 4),
    }
    shares = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]
    for id_, distribution in expected.items():
        found = np.quantile(drawn[id_], shares)
        assert distribution.cdf(found) == pytest.approx(shares, abs=2e-6), id_
    for id_, low, high in (("points", 1, 9), ("around", -1, 3)):
        for share in ((drawn[id_] < low).mean(), (drawn[id_] > high).mean()):
            assert share == pytest.approx((1 - coverage) / 2, abs=2e-6)
    for id_, low, high in (("peaked", 1, 6), ("even", 1, 5)):
        assert drawn[id_].min() >= low
        assert drawn[id_].max() <= high


RANKS = {("points", "around"): 0.8, ("points", "even"): -0.5, ("peaked", "even"): 0.3}


def tied_document() -> Document:
    """Give the shaped document with three correlations, which hang together."""
    document = shaped_document()
    document["correlations"] = {
        f"tie_{k}": {"between": [f"assumptions.{one}", f"assumptions.{other}"], "rank": rank}
        for k, ((one, other), rank) in enumerate(RANKS.items())
    }
    return document


@pytest.mark.parametrize("samples", [200, MANY])
def test_rank_correlations_are_reached_and_marginals_kept(samples: int) -> None:
    """Within three standard errors of Spearman's r; pairs that are not named are not correlated.

    The draws of each figure are those without correlations, in another order.
    """
    apart, tied = draw(build(shaped_document()), samples), draw(build(tied_document()), samples)
    ids = list(tied)
    for id_, values in tied.items():
        assert np.array_equal(np.sort(values), np.sort(apart[id_]))
    before, after = (
        np.corrcoef([stats.rankdata(drawn[id_]) for id_ in ids]) for drawn in (apart, tied)
    )
    error = 1 / np.sqrt(samples - 1)
    for pair, rank in (*RANKS.items(), (("around", "peaked"), 0.0)):
        at = ids.index(pair[0]), ids.index(pair[1])
        assert after[at] == pytest.approx(rank, abs=3 * error), pair
        assert before[at] == pytest.approx(0.0, abs=4 * error), pair


@pytest.mark.parametrize("rank", [1.0, -1.0])
def test_figures_that_go_together_wholly_do(rank: float) -> None:
    document = shaped_document()
    document["correlations"] = {
        "tie": {"between": ["assumptions.points", "assumptions.even"], "rank": rank}
    }
    drawn = draw(build(document), 500)
    assert stats.spearmanr(drawn["points"], drawn["even"]).statistic == pytest.approx(rank)


def test_few_samples_of_many_correlations_are_still_drawn() -> None:
    scenario = build(tied_document())
    figures = list_figures(scenario)
    units = np.random.default_rng(0).random((3, len(figures)))
    before = np.sort(units, axis=0)
    tie_together(scenario, figures, units, np.random.default_rng(1))
    assert np.array_equal(np.sort(units, axis=0), before)


def test_an_assumption_in_two_effects_is_drawn_once() -> None:
    scenario = build(shaped_document())
    figures = list_figures(scenario)
    draws = draw_latin_hypercube(scenario, figures, 20, seed=2)
    for row, patch in zip(draws.values, draws.list_patches(), strict=True):
        variant = derive_scenario(scenario, patch)
        assert variant.effects["grid_frontier"].points == pytest.approx(row[0])
        assert variant.effects["labs_diffusion"].points == pytest.approx(row.sum())


def test_draws_are_cut_at_the_limits_of_a_field_and_that_is_told() -> None:
    """From 0 to 2 with one in twenty below 0: all of these become 0, and the study says so."""
    document = put(tiny_document(), "instruments.labs.launch_cost", 1.0)
    put(document, "instruments.labs.launch_cost_low", 0.0)
    put(document, "instruments.labs.launch_cost_high", 2.0)
    scenario = build(document)
    figures = list_figures(scenario)
    draws = draw_latin_hypercube(scenario, figures, 1000, seed=0)
    assert draws.cut == {"instruments.labs.launch_cost": pytest.approx(0.05, abs=0.001)}
    assert (draws.values == 0.0).sum() == 50
    assert draws.values.min() == 0.0
    study = draw_samples(scenario, samples=40)
    assert "instruments.labs.launch_cost (5%)" in study.notes["cut"]
    assert study.samples is not None
    assert study.samples.count == 40
    few = Draws(figures, draws.values, {"instruments.labs.launch_cost": 0.01}, draws.mends)
    assert few.tell_cut() == {}


def test_what_is_computed_is_cut_where_its_field_ends() -> None:
    """A cost of twice an assumption from 0 to 2: one draw in twenty is below 0, and becomes 0.

    The assumption itself is drawn as ever; a lag that is computed is rounded.
    """
    document = put(tiny_document(), "assumptions.cost", {"value": 1, "low": 0, "high": 2})
    put(document, "instruments.labs.launch_cost", "2 * cost")
    put(document, "instruments.labs.lag", "cost")
    put(document, "effects.labs_diffusion.points", "5 + cost")
    scenario = build(document)
    (figure,) = list_figures(scenario)
    draws = draw_latin_hypercube(scenario, [figure], 200, seed=0)
    assert draws.cut["instruments.labs.launch_cost"] == pytest.approx(0.05)
    assert (draws.values < 0).mean() == pytest.approx(0.05)
    for row, patch in zip(draws.values, draws.list_patches(), strict=True):
        variant = derive_scenario(scenario, patch)
        labs = variant.instruments["labs"]
        assert labs.launch_cost == pytest.approx(max(0.0, 2 * row[0]))
        assert labs.lag == max(0, round(row[0]))
        assert variant.effects["labs_diffusion"].points == pytest.approx(5 + row[0])
    assert "instruments.labs.launch_cost (5%)" in draws.tell_cut()["cut"]


def test_the_most_of_a_year_is_not_drawn_below_its_least() -> None:
    """From 0.2 to 2 without a cut, one in twenty is below 0.2; all samples have a plan."""
    document = put(tiny_document(), "instruments.labs.max_per_year_low", 0.2)
    put(document, "instruments.labs.max_per_year_high", 2.0)
    scenario = build(document)
    draws = draw_latin_hypercube(scenario, list_figures(scenario), 200, seed=0)
    assert draws.values.min() == 0.2
    assert draws.cut == {"instruments.labs.max_per_year": pytest.approx(0.05)}
    samples = draw_samples(scenario, samples=40).samples
    assert samples is not None
    assert not samples.failed


def test_whole_figures_and_what_never_ends() -> None:
    """Lags are rounded and not negative; half-lives up to never have rates that are uniform."""
    document = put(tiny_document(), "instruments.labs.lag", 1)
    put(document, "instruments.labs.lag_low", 0)
    put(document, "instruments.labs.lag_high", 3)
    put(document, "instruments.grid.half_life", 20)
    put(document, "instruments.grid.half_life_low", 10)
    put(document, "instruments.grid.half_life_high", "never")
    scenario = build(document)
    figures = {figure.path: figure for figure in list_figures(scenario)}
    values = draw_latin_hypercube(scenario, list(figures.values()), 2000, seed=1).values
    drawn = dict(zip(figures, values.T, strict=True))
    lags = drawn["instruments.labs.lag"]
    assert set(lags.tolist()) <= {0.0, 1.0, 2.0, 3.0, 4.0, 5.0}
    sd = 1.5 / stats.norm.ppf(0.95)
    for lag in (1, 2, 3):
        share = stats.norm.cdf((lag + 0.5 - 1.5) / sd) - stats.norm.cdf((lag - 0.5 - 1.5) / sd)
        assert (lags == lag).mean() == pytest.approx(share, abs=0.001)
    rates = 1 / drawn["instruments.grid.half_life"]
    assert np.quantile(rates, [0.25, 0.5, 0.75]) == pytest.approx([0.025, 0.05, 0.075], abs=1e-4)


def test_uniform_whole_figures_are_equally_likely() -> None:
    lag = Figure("instruments.a.lag", 1.0, 0.0, 3.0, shape="uniform")
    drawn = find_quantiles(lag, 0.9, (np.arange(400) + 0.5) / 400)
    assert np.unique(drawn, return_counts=True)[1].tolist() == [100, 100, 100, 100]


def test_sobol_says_that_it_leaves_correlations_out() -> None:
    assert "correlations" in share_variance(build(tied_document()), samples=8).notes
    assert "correlations" not in share_variance(build(shaped_document()), samples=8).notes


def test_a_group_is_drawn_by_its_members() -> None:
    """A group among the figures stands for its assumptions, each drawn by its own shape."""
    document = put(shaped_document(), "assumptions.points.group", "all")
    put(document, "assumptions.even.group", "all")
    study = draw_samples(build(document), ["group:all", "assumptions.even"], samples=10)
    assert [figure.path for figure in study.figures] == ["assumptions.points", "assumptions.even"]
