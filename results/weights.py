"""Samples of weightings and certified maps as the mappings that `--json` prints and runs keep."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..inputs.scenario import Scenario
from ..model.equations.curves import Array
from ..model.solving.portfolios import Portfolio
from ..model.studies.weights.findings import Sampled, WeightMap
from .sheet import Record, tidy
from .studies.portfolios import Tabulator, classify, total_areas, total_instruments


def tabulate_samples(scenario: Scenario, sampled: Sampled) -> Record:
    """Everything `sensitivity weights --json` promises."""
    tabulator = Tabulator(scenario)
    count, is_whole = len(sampled.chosen), len(sampled.chosen) == sampled.asked
    shares = np.bincount(sampled.chosen, minlength=len(sampled.portfolios)) / count
    order = np.argsort(-shares, kind="stable").tolist()
    totals = {
        id_: np.array(
            [total_instruments(scenario, p.plan).get(id_, 0.0) for p in sampled.portfolios]
        )
        for id_ in scenario.instruments
    }
    areas = [total_areas(scenario, p.plan) for p in sampled.portfolios]
    return {
        "scenario": scenario.name,
        "title": scenario.title,
        "samples": sampled.asked,
        "answered": count,
        "seed": sampled.seed,
        "tolerance": tidy(sampled.tolerance),
        "worst_regret": tidy(float(sampled.regret.max())),
        "complete": is_whole,
        "solves": sampled.solves,
        "linear_solves": sampled.linear_solves,
        "seconds": round(sampled.seconds, 3),
        "portfolios": [
            {
                "id": f"p{place}",
                "acceptability": tidy(float(shares[at])),
                **tabulator.tabulate(sampled.portfolios[at]),
            }
            for place, at in enumerate(order, 1)
        ],
        "instruments": [
            _describe_instrument(id_, sampled, totals[id_]) for id_ in scenario.instruments
        ],
        "areas": {
            area: _describe_spread(np.array([of_one[area] for of_one in areas])[sampled.chosen])
            for area in scenario.areas
        },
    }


def _describe_instrument(id_: str, sampled: Sampled, totals: Array) -> Record:
    """How often it is funded, with the sampling error, and how much is spent on it."""
    funds = np.array([id_ in portfolio.plan for portfolio in sampled.portfolios])
    share = float(funds[sampled.chosen].mean())
    count = len(sampled.chosen)
    return {
        "id": id_,
        "funded_share": tidy(share),
        "sampling_error": tidy(standard_error(share, count)),
        **_describe_spread(totals[sampled.chosen]),
        "class": classify(share),
    }


def standard_error(share: float, count: int) -> float:
    """The standard error of a share counted in samples; never below that of one sample in all.

    >>> round(standard_error(0.5, 100), 3), round(standard_error(0.0, 100), 3)
    (0.05, 0.01)
    """
    return max(math.sqrt(share * (1 - share) / count), 1 / count)


def _describe_spread(amounts: Array) -> Record:
    low, middle, high = np.quantile(amounts, [0.05, 0.5, 0.95], method="inverted_cdf").tolist()
    return {"spend_p05_bn": tidy(low), "spend_median_bn": tidy(middle), "spend_p95_bn": tidy(high)}


def index_core(
    scenario: Scenario, portfolios: Sequence[Portfolio], shares: Sequence[float]
) -> Record:
    """The share of weightings under which each instrument is funded."""
    total = sum(shares)
    return {
        id_: tidy(
            sum(share for p, share in zip(portfolios, shares, strict=True) if id_ in p.plan) / total
        )
        for id_ in scenario.instruments
    }


def tabulate_map(scenario: Scenario, found: WeightMap) -> Record:
    """Everything `sensitivity map --json` promises."""
    tabulator = Tabulator(scenario)
    portfolios = [cell.portfolio for cell in found.cells]
    return {
        "scenario": scenario.name,
        "title": scenario.title,
        "tolerance": tidy(found.tolerance),
        "certified_regret": tidy(found.certified_regret),
        "certified_points": tidy(found.certified_points),
        "solves": found.solves,
        "linear_solves": found.linear_solves,
        "seconds": round(found.seconds, 3),
        "complete": found.complete,
        "layers": list(scenario.layers),
        "coordinates": list(found.coordinates),
        "share_error": tidy(found.share_error),
        "corners": found.corners,
        "portfolios": [
            {
                "id": f"p{place}",
                "share": tidy(cell.share),
                "weights": dict(zip(scenario.layers, map(tidy, cell.center.tolist()), strict=True)),
                **tabulator.tabulate(cell.portfolio),
                "plan": tabulator.by_year(cell.portfolio),
            }
            for place, cell in enumerate(found.cells, 1)
        ],
        "core_index": index_core(scenario, portfolios, [cell.share for cell in found.cells]),
        "stakeholders": _describe_stakeholders(scenario, found),
        "curve": [
            {"solves": solves, "linear_solves": linear, "seconds": seconds, "regret": tidy(regret)}
            for solves, linear, seconds, regret in found.curve
        ],
    }


def _describe_stakeholders(scenario: Scenario, found: WeightMap) -> Record:
    """Where each stands, what each may lose with each portfolio, and what suits all of them."""
    stands = found.stands
    if not stands:
        return {"stands": {}, "acceptable_to_all": [], "least_regret": None}
    regrets = np.array([stand.regret for stand in stands.values()])
    worst = regrets.max(axis=0)
    return {
        "stands": {
            id_: {
                "weights": dict(
                    zip(scenario.layers, map(tidy, stand.weights.tolist()), strict=True)
                ),
                "is_region": stand.is_region,
                "best": f"p{stand.best + 1}",
                "regret": {f"p{at + 1}": tidy(r) for at, r in enumerate(stand.regret.tolist())},
            }
            for id_, stand in stands.items()
        },
        "acceptable_to_all": [f"p{at + 1}" for at in np.flatnonzero(worst <= found.tolerance)],
        "least_regret": {"id": f"p{int(worst.argmin()) + 1}", "regret": tidy(float(worst.min()))},
    }


def list_portfolio_rows(record: Mapping[str, Any], share: str) -> list[Record]:
    """A row of a table for each portfolio: its share, its spending by area, what it funds."""
    return [
        {
            "id": row["id"],
            share: row[share],
            **row["areas"],
            "funded": " ".join(row["funded"]),
        }
        for row in record["portfolios"]
    ]


def list_sample_tables(scenario: Scenario, sampled: Sampled, record: Record) -> dict[str, Any]:
    """The CSV files of a sample: weightings, portfolios, instruments."""
    layers = list(scenario.layers)
    ids = _rank_ids(sampled)
    drawn = [
        {
            **dict(zip(layers, weights.tolist(), strict=True)),
            "portfolio": ids[at],
            "regret_at_most": float(regret),
        }
        for weights, at, regret in zip(
            sampled.weights, sampled.chosen.tolist(), sampled.regret, strict=True
        )
    ]
    instruments = record["instruments"]
    return {
        "samples": ([*layers, "portfolio", "regret_at_most"], drawn),
        "portfolios": _table(list_portfolio_rows(record, "acceptability")),
        "instruments": _table(instruments),
    }


def _rank_ids(sampled: Sampled) -> list[str]:
    """The id of each portfolio, as in the record: the most accepted first."""
    counts = np.bincount(sampled.chosen, minlength=len(sampled.portfolios))
    order = np.argsort(-(counts / len(sampled.chosen)), kind="stable")
    ids = [""] * len(order)
    for place, at in enumerate(order.tolist(), 1):
        ids[at] = f"p{place}"
    return ids


def _table(rows: list[Record]) -> tuple[list[str], list[Record]]:
    return list(rows[0]) if rows else [], rows


def list_map_tables(record: Record) -> dict[str, Any]:
    """The CSV files of a map: portfolios, and the core index."""
    index = [
        {"instrument": id_, "share": share, "class": classify(float(share or 0.0))}
        for id_, share in record["core_index"].items()
    ]
    return {
        "portfolios": _table(list_portfolio_rows(record, "share")),
        "core_index": _table(index),
    }
