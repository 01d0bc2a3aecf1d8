"""Questions about weights against brute force over all plans of small knapsacks."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import linprog
from small_scenarios import run, show_yaml, tiny_document, write_scenario

from stratafolio.inputs.build import build_scenario
from stratafolio.inputs.complaint import InputError
from stratafolio.inputs.read import read_scenario
from stratafolio.inputs.scenario import Scenario
from stratafolio.inputs.statements import parse_statement
from stratafolio.model.studies.weights.choose_region import choose_region
from stratafolio.model.studies.weights.envelope import bound_cell, bound_regret
from stratafolio.model.studies.weights.findings import Flips, WeightMap
from stratafolio.model.studies.weights.flip import find_flips, find_today, hold_today
from stratafolio.model.studies.weights.frame import frame_layers
from stratafolio.model.studies.weights.map import map_weights
from stratafolio.model.studies.weights.region import Region
from stratafolio.model.studies.weights.samples import sample_weights
from stratafolio.model.studies.weights.sweep import open_sweep
from stratafolio.model.work.clock import Clock
from stratafolio.results.studies.weights import tabulate as tabulate_samples

Array = NDArray[np.float64]


class Knapsack:
    """Items bought whole in one year, each worth some points in each layer at once."""

    def __init__(self, seed: int, items: int, layers: int, negative: bool = False) -> None:
        chance = np.random.default_rng(seed)
        self.costs = chance.integers(1, 10, items).astype(float)
        self.points = chance.integers(-3 if negative else 0, 15, (items, layers)).astype(float)
        self.budget = float(int(self.costs.sum() / 2))
        self.layers = [f"layer_{at}" for at in range(layers)]

    @cached_property
    def scenario(self) -> Scenario:
        items = range(len(self.costs))
        return build_scenario(
            {
                "years": {"first": 2027, "last": 2027, "score_until": 2027},
                "budget": {"per_year": self.budget},
                "weights": dict.fromkeys(self.layers, 1),
                "areas": {"all": {}},
                "layers": {layer: {} for layer in self.layers},
                "instruments": {
                    f"item_{i}": {
                        "area": "all",
                        "max_per_year": self.costs[i],
                        "all_or_nothing": True,
                        "curve": "linear",
                        "scale": self.costs[i],
                    }
                    for i in items
                },
                "effects": {
                    f"item_{i}_{layer}": {
                        "instrument": f"item_{i}",
                        "layer": layer,
                        "points": self.points[i, at],
                    }
                    for i in items
                    for at, layer in enumerate(self.layers)
                },
            },
            {},
            "knapsack",
        )

    @cached_property
    def plans(self) -> tuple[Array, Array]:
        """Every affordable choice of items, as zeros and ones, and what it gains in each layer."""
        items = len(self.costs)
        bits = (np.arange(2**items)[:, None] >> np.arange(items)) & 1
        chosen = bits[bits @ self.costs <= self.budget + 1e-9].astype(float)
        return chosen, chosen @ self.points

    def draw(self, count: int) -> Array:
        return np.random.default_rng(7).dirichlet(np.ones(len(self.layers)), count)


def map_knapsack(problem: Knapsack, tolerance: float, workers: int = 1) -> WeightMap:
    region = choose_region(problem.scenario)
    return map_weights(open_sweep(problem.scenario, tolerance, workers), region, tolerance)


def listed_gains(found: WeightMap) -> Array:
    return np.array([cell.portfolio.gains for cell in found.cells])


def supported(gains: Array) -> Array:
    """The outcomes that are the only best ones under weightings of some volume.

    Corners of the convex hull of all that lies below an outcome, that some positive weighting
    picks: for each outcome a linear program looks for the weighting that favours it most.
    """
    gains = np.unique(gains, axis=0)
    found = []
    for at, own in enumerate(gains):
        others = np.delete(gains, at, axis=0)
        layers = gains.shape[1]
        # Maximise the lead t over the others: w . (other - own) + t <= 0, w a weighting.
        answer = linprog(
            [0.0] * layers + [-1.0],
            A_ub=np.hstack([others - own, np.ones((len(others), 1))]),
            b_ub=np.zeros(len(others)),
            A_eq=[[1.0] * layers + [0.0]],
            b_eq=[1.0],
            bounds=[(0, 1)] * layers + [(None, None)],
        )
        if answer.status == 0 and -float(answer.fun or 0.0) > 1e-7:
            found.append(own)
    return np.array(found)


@pytest.mark.parametrize(
    ("seed", "layers"), [(0, 2), (1, 2), (2, 3), (3, 3), (4, 4), (5, 5), (6, 6), (7, 6), (8, 3)]
)
def test_exact_map_is_the_set_of_supported_outcomes(seed: int, layers: int) -> None:
    problem = Knapsack(seed, items=9 if layers < 5 else 8, layers=layers)
    found = map_knapsack(problem, 0.0)
    assert found.complete
    assert found.certified_regret == 0.0
    mine = sorted(map(tuple, listed_gains(found).round(6).tolist()))
    assert mine == sorted(map(tuple, supported(problem.plans[1]).round(6).tolist()))


@pytest.mark.parametrize(
    ("seed", "layers", "negative"), [(0, 3, False), (1, 4, True), (2, 5, False)]
)
def test_certificate_holds_under_every_weighting(seed: int, layers: int, negative: bool) -> None:
    """The best listed portfolio, against the best of all plans, under weightings drawn."""
    problem = Knapsack(seed, items=10, layers=layers, negative=negative)
    found = map_knapsack(problem, 0.05)
    assert found.complete
    assert found.certified_regret <= 0.05
    drawn = problem.draw(3000)
    best = (drawn @ problem.plans[1].T).max(axis=1)
    kept = (drawn @ listed_gains(found).T).max(axis=1)
    assert ((best - kept) / np.maximum(best, 0.01)).max() <= found.certified_regret + 1e-9
    assert (best - kept).max() <= found.certified_points + 1e-9


@pytest.mark.parametrize("layers", [2, 3, 5])
def test_shares_are_the_volumes_of_cells(layers: int) -> None:
    problem = Knapsack(11, items=9, layers=layers)
    found = map_knapsack(problem, 0.02)
    shares = np.array([cell.share for cell in found.cells])
    assert shares.sum() == pytest.approx(1.0, abs=1e-6)
    assert (np.diff(shares) <= 1e-12).all()
    drawn = problem.draw(40_000)
    counted = np.bincount((drawn @ listed_gains(found).T).argmax(axis=1), minlength=len(shares))
    assert counted / len(drawn) == pytest.approx(shares, abs=0.012)


def test_shares_of_two_layers_by_hand() -> None:
    """One dollar, two items of 4 and 1 points: w . (4, 0) = w . (0, 1) at a weight of 0.2."""
    problem = Knapsack(0, items=2, layers=2)
    problem.costs, problem.budget = np.array([1.0, 1.0]), 1.0
    problem.points = np.array([[4.0, 0.0], [0.0, 1.0]])
    found = map_knapsack(problem, 0.0)
    assert [cell.portfolio.funded for cell in found.cells] == [("item_0",), ("item_1",)]
    assert [cell.share for cell in found.cells] == pytest.approx([0.8, 0.2], abs=1e-9)


def test_map_is_the_same_with_two_workers() -> None:
    problem = Knapsack(3, items=9, layers=4)
    one, two = map_knapsack(problem, 0.02), map_knapsack(problem, 0.02, workers=2)
    assert listed_gains(one).tolist() == listed_gains(two).tolist()
    assert (one.solves, one.linear_solves) == (two.solves, two.linear_solves)


class Brief(Clock):
    """A clock that has run out once it has been asked so many times: no test hangs on speed."""

    asked = 0

    @property
    def is_over(self) -> bool:
        self.asked += 1
        return self.asked > 10


def test_map_stopped_early_says_what_it_has_proven() -> None:
    problem = Knapsack(4, items=12, layers=5)
    sweep = open_sweep(problem.scenario, 0.0)
    sweep.clock = Brief()
    found = map_weights(sweep, choose_region(problem.scenario), 0.0)
    assert not found.complete
    drawn = problem.draw(2000)
    best = (drawn @ problem.plans[1].T).max(axis=1)
    kept = (drawn @ listed_gains(found).T).max(axis=1)
    assert ((best - kept) / best).max() <= found.certified_regret + 1e-9


# Regions --------------------------------------------------------------------------------------


def open_region(*texts: str, layers: int = 3) -> Region:
    scenario = Knapsack(0, items=2, layers=layers).scenario
    statements = [parse_statement(text) for text in texts]
    return Region(tuple(scenario.layers), frame_layers(scenario), statements)


def test_draws_keep_statements_and_are_even() -> None:
    """Half of the triangle w0 >= w1: its centre of mass is the mean of its corners."""
    region = open_region("layer_0 >= layer_1")
    drawn = region.draw(20_000, seed=1)
    assert (drawn[:, 0] >= drawn[:, 1] - 1e-12).all()
    corners = np.array([[1, 0, 0], [0.5, 0.5, 0], [0, 0, 1]])
    assert drawn.mean(axis=0) == pytest.approx(corners.mean(axis=0), abs=0.01)
    assert region.size == pytest.approx(0.5 * open_region().size)


def test_equations_leave_a_slice_and_a_point_leaves_one_weighting() -> None:
    assert open_region("layer_0 = layer_1").dimension == 1
    assert open_region("layer_0 >= 0.5", "layer_0 <= 0.5").dimension == 1
    point = open_region("layer_0 = 0.2", "layer_1 = 0.3")
    assert point.dimension == 0
    assert point.draw(2, 0) == pytest.approx(np.array([[0.2, 0.3, 0.5]] * 2))


def test_statements_that_clash_are_named() -> None:
    with pytest.raises(InputError) as caught:
        open_region("layer_2 >= 0.1", "layer_0 >= 0.6", "layer_1 >= layer_0")
    assert "'layer_0 >= 0.6' and 'layer_1 >= layer_0'" in str(caught.value)
    assert "layer_2" not in str(caught.value)


def test_map_of_a_region_is_certified_there() -> None:
    problem = Knapsack(5, items=9, layers=4)
    region = choose_region(problem.scenario, where=["layer_0 >= 2 * layer_1"])
    found = map_weights(open_sweep(problem.scenario, 0.01), region, 0.01)
    drawn = region.draw(2000, 0)
    best = (drawn @ problem.plans[1].T).max(axis=1)
    kept = (drawn @ listed_gains(found).T).max(axis=1)
    assert ((best - kept) / best).max() <= found.certified_regret + 1e-9 <= 0.01 + 1e-9


def test_some_layers_share_what_the_others_leave() -> None:
    scenario = read_scenario("us-2027", weights="frontier=3,diffusion=1,efficiency=1")
    region = choose_region(scenario, moving=["frontier", "diffusion"])
    weights = region.weigh(region.corners)
    assert weights[:, 1] == pytest.approx([0.2, 0.2])
    assert sorted(weights[:, 0].round(9).tolist()) == [0.0, 0.8]


def test_pillars_split_as_weights_do() -> None:
    scenario = read_scenario("us-2027", weights="frontier=3,efficiency=1,diffusion=1")
    rows = choose_region(scenario, pillars=True).frame.rows
    assert rows[0] == pytest.approx([0.75, 0.25, 0, 0, 0, 0])
    assert rows[2].tolist() == [0, 0, 0, 0, 0.5, 0.5]  # no weight in it: alike


def test_regret_inside_a_cell_where_the_gain_passes_a_hundredth_of_a_point() -> None:
    """At corners 0 of 0.004 and 1 of 1, halfway to 0.01 points it is 0.6 of them, not 0.4."""
    lower, upper = np.array([0.0, 1.0]), np.array([0.004, 1.0])
    shares = np.linspace(0, 1, 10_001)
    inside = bound_regret(
        (1 - shares) * lower[0] + shares * lower[1], (1 - shares) * upper[0] + shares * upper[1]
    )
    assert bound_cell(lower, upper) >= inside.max() - 1e-12
    assert bound_cell(lower, upper) == pytest.approx(inside.max(), rel=1e-3)


# Samples --------------------------------------------------------------------------------------


def test_samples_agree_with_brute_force() -> None:
    problem = Knapsack(6, items=9, layers=3)
    sweep = open_sweep(problem.scenario, 0.0)
    sampled = sample_weights(sweep, choose_region(problem.scenario), 500, 3)
    chosen, gains = problem.plans
    best = (sampled.weights @ gains.T).argmax(axis=1)
    record = tabulate_samples(problem.scenario, sampled)
    funded = chosen[best].mean(axis=0)
    spent = np.median(chosen[best] * problem.costs, axis=0)
    for at, row in enumerate(record["instruments"]):
        assert row["funded_share"] == pytest.approx(funded[at], abs=1e-9)
        assert row["spend_median_bn"] == pytest.approx(spent[at])
    assert sum(row["acceptability"] for row in record["portfolios"]) == pytest.approx(1.0)
    assert record["solves"] < 500


# Flips ----------------------------------------------------------------------------------------


def flip_knapsack(problem: Knapsack, tolerance: float) -> Flips:
    free = open_sweep(problem.scenario, tolerance)
    today = find_today(free)
    return find_flips(free, hold_today(free, today), today, tolerance)


def nearest_by_brute_force(problem: Knapsack, today: Array, tolerance: float) -> float:
    """The least share of the weights that moves until some plan beats today's items by more.

    One linear program for each plan. Today's items are one plan, as all is bought whole.
    """
    count = len(problem.layers)
    center = np.full(count, 1 / count)
    best = 1.0
    eye = np.eye(count)
    for gains in problem.plans[1]:
        answer = linprog(
            [0.0] * count + [0.5] * count,
            A_ub=np.vstack(
                [
                    np.hstack([eye, -eye]),
                    np.hstack([-eye, -eye]),
                    np.hstack([today - (1 - tolerance) * gains, np.zeros(count)])[None, :],
                ]
            ),
            b_ub=np.concatenate([center, -center, [0.0]]),
            A_eq=[[1.0] * count + [0.0] * count],
            b_eq=[1.0],
            bounds=[(0, 1)] * (2 * count),
        )
        if answer.status == 0:
            best = min(best, float(answer.fun or 0.0))
    return best


@pytest.mark.parametrize(
    ("seed", "layers", "tolerance"),
    [(0, 2, 0.001), (1, 3, 0.001), (2, 4, 0.02), (3, 5, 0.001), (9, 3, 0.05), (12, 6, 0.01)],
)
def test_nearest_flip_is_that_of_brute_force(seed: int, layers: int, tolerance: float) -> None:
    problem = Knapsack(seed, items=9, layers=layers)
    flips = flip_knapsack(problem, tolerance)
    expected = 100 * nearest_by_brute_force(problem, flips.today.gains, tolerance)
    assert flips.nearest is not None
    assert flips.nearest.shift_pp == pytest.approx(expected, rel=1e-3, abs=1e-4)
    assert flips.proven_none_within_pp is not None
    assert 0.94 * expected <= flips.proven_none_within_pp < expected + 1e-9
    # At the flip itself, by all plans: the best beats today's items by more than the tolerance.
    weights = flips.nearest.weights
    best = (problem.plans[1] @ weights).max()
    assert best - flips.today.gains @ weights > tolerance * best
    assert flips.nearest.portfolio.funded != flips.today.funded


def test_no_flip_where_one_plan_is_best_everywhere() -> None:
    problem = Knapsack(0, items=3, layers=3)
    problem.points = np.array([[9.0, 9, 9], [1, 1, 1], [1, 1, 1]])
    problem.costs, problem.budget = np.array([5.0, 5.0, 5.0]), 5.0
    flips = flip_knapsack(problem, 0.001)
    assert flips.nearest is None
    assert flips.proven_none_within_pp == 100.0
    assert [len(stretches or ()) for stretches in flips.by_layer.values()] == [1, 1, 1]


@pytest.mark.parametrize("seed", [0, 4, 5])
def test_stretches_cover_each_path_with_sets_that_are_good_enough(seed: int) -> None:
    problem = Knapsack(seed, items=9, layers=3)
    tolerance = 0.01
    flips = flip_knapsack(problem, tolerance)
    gains = problem.plans[1]
    for at, stretches in enumerate(flips.by_layer.values()):
        assert stretches is not None
        assert stretches[0].begins == 0.0
        assert stretches[-1].ends == 1.0
        home = [s for s in stretches if s.portfolio.funded == flips.today.funded]
        assert any(s.begins <= 1 / 3 <= s.ends for s in home)
        for one, other in pairwise(stretches):
            assert one.ends == other.begins
            assert one.portfolio.funded != other.portfolio.funded
        for stretch in stretches:
            for share in np.linspace(stretch.begins + 1e-7, stretch.ends - 1e-7, 50):
                weights = np.full(3, (1 - share) / 2)
                weights[at] = share
                best = (gains @ weights).max()
                lost = best - stretch.portfolio.gains @ weights
                assert lost <= 1.5 * tolerance * best + 1e-9
        # Beyond its ends today's set loses more than the tolerance.
        for stretch in home:
            for end, step in ((stretch.begins, -1e-4), (stretch.ends, 1e-4)):
                if 0 < end < 1:
                    weights = np.full(3, (1 - end - step) / 2)
                    weights[at] = end + step
                    best = (gains @ weights).max()
                    assert best - flips.today.gains @ weights > tolerance * best


# Commands -------------------------------------------------------------------------------------


def ask(*words: object) -> dict[str, Any]:
    ended = run(*words, "--json")
    assert ended.code == 0, ended.err
    record: dict[str, Any] = json.loads(ended.out)
    return record


def test_json_holds_what_is_promised() -> None:
    record = ask("sensitivity", "weights", "textbook", "--samples", "50", "--seed", "1")
    assert record["samples"] == 50
    assert {"seed", "tolerance", "solves"} <= record.keys()
    assert {"id", "acceptability", "funded", "areas", "outcome"} <= record["portfolios"][0].keys()
    keys = {"id", "funded_share", "spend_p05_bn", "spend_median_bn", "spend_p95_bn", "class"}
    assert keys <= record["instruments"][0].keys()
    record = ask("sensitivity", "map", "textbook")
    keys = {"tolerance", "certified_regret", "certified_points", "solves", "seconds", "complete"}
    assert keys | {"layers", "portfolios", "core_index"} <= record.keys()
    assert record["tolerance"] == 0.05
    assert {"id", "share", "outcome", "areas", "funded"} <= record["portfolios"][0].keys()
    record = ask("sensitivity", "flip", "textbook")
    assert {"weights", "funded", "nearest", "proven_none_within_pp", "by_layer"} <= record.keys()
    for stretches in record["by_layer"].values():
        assert stretches[0]["from"] == 0
        assert stretches[-1]["to"] == 1
        assert {"from", "to", "funded", "areas"} <= stretches[0].keys()


@pytest.mark.parametrize("words", [["weights", "--samples", "60"], ["map"], ["flip"]], ids=str)
def test_screens_are_readable(words: list[str]) -> None:
    ended = run("sensitivity", words[0], "textbook", *words[1:])
    assert ended.code == 0
    assert "proven" in ended.out.lower()
    assert max(len(line) for line in ended.out.splitlines()) <= 100


def test_csv_and_run_folder(tmp_path: Path) -> None:
    out, tables = tmp_path / "out", tmp_path / "tables"
    words = ("sensitivity", "weights", "textbook", "--samples", "40", "--spread", "0.2")
    ask(*words, "--out", out, "--csv", tables)
    assert len((tables / "samples.csv").read_text("utf-8").splitlines()) == 41
    names = {entry.name for entry in out.iterdir()}
    assert {"run.json", "scenario.yaml", "bank.jsonl", "samples.csv", "portfolios.csv"} <= names
    assert ask("solve", out)["status"] == "optimal"


BAD = [
    (["weights", "--samples", "0"], 3, "--samples"),
    (["weights", "--samples", "-5"], 3, "at least 1"),
    (["weights", "--samples", "many"], 2, "samples"),
    (["weights", "--seed", "-1"], 3, "--seed"),
    (["weights", "--tolerance", "1.5"], 3, "--tolerance"),
    (["weights", "--spread", "0"], 3, "--spread"),
    (["weights", "--around", "nobody"], 3, "nobody"),
    (["weights", "--around", "frontire=1"], 3, "frontier"),
    (["weights", "--around", "unions"], 3, "--stakeholder"),
    (["weights", "--stakeholder", "nobody"], 3, "no stakeholder"),
    (["weights", "--stakeholder", "firms"], 3, "--around firms"),
    (["weights", "--where", "frontire >= 0.2"], 3, "frontier"),
    (["weights", "--where", "frontier >= "], 3, "at character 12"),
    (["weights", "--where", "frontier * diffusion >= 0"], 3, "multiplies layers"),
    (["weights", "--where", "frontier >= 2"], 3, "leaves no weighting"),
    (["map", "--where", "frontier > 0.6", "--where", "diffusion > frontier"], 3, "clash"),
    (["map", "--layers", "frontier"], 3, "two layers"),
    (["map", "--layers", "frontier,space"], 3, "space"),
    (["map", "--pillars"], 3, "names no pillars"),
    (["map", "--pillars", "--layers", "frontier,diffusion"], 3, "leave one out"),
    (["map", "--tolerance", "-0.1"], 3, "--tolerance"),
    (["flip", "--tolerance", "2"], 3, "--tolerance"),
    (["flip", "--set", "objective=weakest_layer"], 3, "--set objective=weighted"),
    (["map", "--set", "objective=weakest_layer"], 3, "weakest_layer"),
    (["wieghts"], 2, "did you mean 'weights'"),
]


@pytest.mark.parametrize(("words", "code", "says"), BAD, ids=[" ".join(b[0]) for b in BAD])
def test_bad_input_is_told(tmp_path: Path, words: list[str], code: int, says: str) -> None:
    file = write_scenario("yaml", tmp_path, tiny_document())
    ended = run("sensitivity", words[0], file, *words[1:])
    assert ended.code == code, ended.err
    assert says in ended.err
    assert "Traceback" not in ended.err


def test_infeasible_scenarios_name_the_clash(tmp_path: Path) -> None:
    document = tiny_document()
    document["constraints"] = {
        "much": {"kind": "spend", "at_least": 5, "each": "year", "title": "Spend much"}
    }
    file = write_scenario("yaml", tmp_path, document)
    for study in ("weights", "map", "flip"):
        ended = run("sensitivity", study, file)
        assert ended.code == 4, ended.err
        assert "much" in ended.err


def test_bank_of_another_scenario_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "out"
    ask("sensitivity", "map", "textbook", "--out", out)
    ended = run("sensitivity", "map", "textbook", "--budget", "2", "--out", out)
    assert ended.code == 3
    assert "another scenario" in ended.err


# Runs cut short -------------------------------------------------------------------------------


AFTER_A_BATCH = """
import itertools, os, signal
from stratafolio.model.work.store import Store

write, batches = Store._write_batch, itertools.count(1)

def write_and_signal(store):
    is_batch = store.is_kept and bool(store._fresh)
    write(store)
    if is_batch and next(batches) == {count}:
        os.kill(os.getpid(), signal.{sent})

Store._write_batch = write_and_signal

from stratafolio.cli.start import main
main()
"""
"""A run that signals to itself: a signal from outside comes too late where the machine is busy."""


def run_until(
    file: Path, out: Path, count: int = 0, sent: str = "SIGINT"
) -> subprocess.CompletedProcess[str]:
    """Map a scenario, with a signal once so many batches are written; none by default."""
    code = AFTER_A_BATCH.format(count=count, sent=sent)
    command = [sys.executable, "-c", code, "sensitivity", "map", str(file)]
    command += ["--tolerance", "0", "--out", str(out), "--json"]
    return subprocess.run(
        command, capture_output=True, text=True, cwd=out.parent, check=False, timeout=100
    )


def write_knapsack(problem: Knapsack, folder: Path) -> Path:
    file = folder / "knapsack.yaml"
    document = json.loads(json.dumps(dict(problem.scenario.document)))
    file.write_text(show_yaml(document), encoding="utf-8")
    return file


def test_killed_and_interrupted_runs_lose_nothing(tmp_path: Path) -> None:
    """Killed after its third batch, stopped by Ctrl-C two batches later, then run to its end."""
    problem = Knapsack(21, items=12, layers=5)
    file = write_knapsack(problem, tmp_path)
    out = tmp_path / "out"
    first = run_until(file, out, 3, "SIGKILL")
    assert first.returncode == -signal.SIGKILL, first
    known = (out / "bank.jsonl").read_bytes()
    second = run_until(file, out, 2, "SIGINT")
    assert second.returncode == 130, second
    assert "interrupted" in second.stderr
    assert not json.loads(second.stdout)["complete"]
    third = run_until(file, out)
    assert third.returncode == 0, third
    record = json.loads(third.stdout)
    content = (out / "bank.jsonl").read_bytes()
    keys = [json.loads(line)["key"] for line in content.splitlines()[1:]]
    assert len(keys) == len(set(keys)), "a weighting was answered twice"
    assert content.startswith(known[: known.rindex(b"\n") + 1])
    whole = map_knapsack(problem, 0.0)
    mine = sorted(tuple(row["outcome"].values()) for row in record["portfolios"])
    assert np.array(mine) == pytest.approx(
        np.array(sorted(map(tuple, listed_gains(whole).tolist())))
    )
