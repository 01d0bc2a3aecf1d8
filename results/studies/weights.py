"""What `sensitivity weights` says: which programmes are funded under how many weightings."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...inputs.scenario import Scenario
from ...model.equations.curves import Array
from ...model.studies.weights.findings import Sampled
from ..sheet import SCREEN, SHOWN, TIDY, Column, Completeness, Record, Sheet, Table, tidy
from .portfolios import Tabulator, classify, total_areas, total_instruments
from .shares import (
    SPREADS,
    draw_shares,
    list_portfolios,
    list_verdicts,
    tell_classes,
)
from .words import Words, count, tell_effort


def tabulate(scenario: Scenario, sampled: Sampled) -> Record:
    """Everything `sensitivity weights --json` promises."""
    tabulator = Tabulator(scenario)
    answered = len(sampled.chosen)
    shares = np.bincount(sampled.chosen, minlength=len(sampled.portfolios)) / answered
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
        "answered": answered,
        "seed": sampled.seed,
        "tolerance": tidy(sampled.tolerance),
        "worst_regret": tidy(float(sampled.regret.max())),
        "complete": answered == sampled.asked,
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
            _tabulate_instrument(id_, sampled, totals[id_]) for id_ in scenario.instruments
        ],
        "areas": {
            area: _tabulate_spread(np.array([of_one[area] for of_one in areas])[sampled.chosen])
            for area in scenario.areas
        },
    }


def _tabulate_instrument(id_: str, sampled: Sampled, totals: Array) -> Record:
    """How often it is funded, with the sampling error, and how much is spent on it."""
    funds = np.array([id_ in portfolio.plan for portfolio in sampled.portfolios])
    share = float(funds[sampled.chosen].mean())
    return {
        "id": id_,
        "funded_share": tidy(share),
        "sampling_error": tidy(standard_error(share, len(sampled.chosen))),
        **_tabulate_spread(totals[sampled.chosen]),
        "class": classify(share),
    }


def standard_error(share: float, samples: int) -> float:
    """The standard error of a share counted in samples; never below that of one sample in all.

    >>> round(standard_error(0.5, 100), 3), round(standard_error(0.0, 100), 3)
    (0.05, 0.01)
    """
    return max(math.sqrt(share * (1 - share) / samples), 1 / samples)


def _tabulate_spread(amounts: Array) -> Record:
    ends = np.quantile(amounts, [0.05, 0.5, 0.95], method="inverted_cdf").tolist()
    return dict(zip(SPREADS, map(tidy, ends), strict=True))


def describe(scenario: Scenario, record: Record, findings: Any = None) -> Sheet:
    """What to fund whatever counts, what depends on it, and the spread of spending."""
    words = Words(scenario)
    rows = {row["id"]: row for row in record["instruments"]}
    shares = {id_: row["funded_share"] for id_, row in rows.items()}
    title = "The share of weightings drawn under which each programme is funded"
    return Sheet(
        name="sensitivity-weights",
        title=words.title,
        of=scenario.name,
        heading="Under weightings drawn at random",
        short="Samples",
        verdict=tell_classes(shares),
        sentences=[tell_draw(record), tell_proof(record)],
        parts=[
            list_verdicts(words, shares, rows),
            draw_shares(scenario, shares, "funded-shares", title),
            *list_areas(words, record.get("areas") or {}),
            *list_portfolios(words, record.get("portfolios") or (), "acceptability"),
            list_instruments(words, record["instruments"]),
            *list_samples(scenario, findings),
        ],
        effort=tell_effort(record) if "linear_solves" in record else "",
        completeness=Completeness(
            record.get("complete", True), record.get("answered"), record["samples"], "weightings"
        ),
    )


def tell_draw(record: Record) -> str:
    """How many weightings were drawn, and by how many portfolios they are answered."""
    drawn = f"{count(record['samples'], 'weighting')} drawn"
    if record.get("seed") is not None:
        drawn += f" (seed {record['seed']})"
    used = [row for row in record.get("portfolios") or () if row["acceptability"]]
    if not used:
        return f"{drawn}."
    sets = len({tuple(row["funded"]) for row in used})
    answered = f"{count(len(used), 'portfolio')}, {count(sets, 'funded set')}"
    return f"{drawn}: {answered}."


def tell_proof(record: Record) -> str:
    """How much an answer may lose."""
    worst = record.get("worst_regret")
    loses = record["tolerance"] if worst is None else worst
    return f"Each is answered by a plan that loses at most {loses:.2%} of the best gain, proven."


def list_areas(words: Words, areas: Record) -> list[Table]:
    """The spread of spending on each area."""
    rows = [{"area": area, **spread} for area, spread in areas.items()]
    columns = [
        words.area_column(),
        *(words.money_column(key, title, 1) for key, title in SPREADS.items()),
        Column("spend_median_bn", "", "bar", on=frozenset({SCREEN})),
    ]
    return [Table("areas", "Spending by area over the weightings", columns, rows, on=SHOWN)]


def list_instruments(words: Words, rows: list[Record]) -> Table:
    """Each programme as data: how often it is funded, with what spending."""
    columns = [
        Column("id", "programme"),
        Column("funded_share", "funded", "share"),
        Column("sampling_error", "sampling error", "share"),
        *(words.money_column(key, title) for key, title in SPREADS.items()),
        Column("class", "class"),
    ]
    return Table("instruments", "", columns, rows, on=TIDY)


def list_samples(scenario: Scenario, sampled: Sampled | None) -> list[Table]:
    """Every weighting drawn with the portfolio that answers it, where the run is fresh."""
    if sampled is None:
        return []
    layers, ids = list(scenario.layers), rank_ids(sampled)
    drawn = zip(sampled.weights, sampled.chosen.tolist(), sampled.regret, strict=True)
    rows = [
        {
            **dict(zip(layers, weights.tolist(), strict=True)),
            "portfolio": ids[at],
            "regret_at_most": float(regret),
        }
        for weights, at, regret in drawn
    ]
    columns = [
        *(Column(layer, own.title or layer, "share") for layer, own in scenario.layers.items()),
        Column("portfolio", "portfolio"),
        Column("regret_at_most", "loses at most", "share"),
    ]
    return [Table("samples", "", columns, rows, on=TIDY)]


def rank_ids(sampled: Sampled) -> list[str]:
    """The id of each portfolio, as in the record: the most accepted first."""
    counts = np.bincount(sampled.chosen, minlength=len(sampled.portfolios))
    order = np.argsort(-(counts / len(sampled.chosen)), kind="stable")
    ids = [""] * len(order)
    for place, at in enumerate(order.tolist(), 1):
        ids[at] = f"p{place}"
    return ids
