"""The figures that documents quote of us-2027: runs, and what is kept of each.

python benchmarks/quoted_figures.py NAME --out FOLDER     run it, or go on with the run in FOLDER
python benchmarks/quoted_figures.py NAME --of FOLDER      keep a run that has ended

NAME is one of those in RUNS. What the documents quote of a run is kept in docs/figures/NAME.json,
with the command, the versions, and a fingerprint of the figures it was made of: a test says so when
these have moved since. `python benchmarks/quoted_text.py` tells what the documents are to say then.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import statistics
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from measure import find_command

from stratafolio.inputs.patch import TABLES
from stratafolio.inputs.read import read_scenario
from stratafolio.inputs.scenario import Scenario
from stratafolio.inputs.tables import text_fields

KEPT = Path(__file__).parents[1] / "docs" / "figures"

Record = dict[str, Any]

TASKS = ("energy", "open_source", "research_compute")
"""The areas that the article puts first."""

SHIFTED = {
    "energy": (10, 30),
    "open_source": (30, 50),
    "research_compute": (22, 44),
    "export_controls": (5, 17),
    "safety": (7, 22),
}
"""Money that an area is held to, at most and at least, over all years."""

LEFT_OUT = ("training_system", "nuclear_restarts", "managed_access")
"""Programmes that are banned in turn."""

BY_WEIGHTS = "frontier=1,efficiency=1,diffusion=1,integration=1,semiconductors=1,safety_stability=2"
PLANS = {
    "us-2027": "us-2027",
    "us-2027 --budget 8": "us-2027 --budget 8",
    "us-2027 --budget 16": "us-2027 --budget 16",
    "us-2027 --weights security": "us-2027 --weights security",
    "us-2027 --weights commerce": "us-2027 --weights commerce",
    "us-2027 --weights science": "us-2027 --weights science",
    "stability": f"us-2027 --weights {BY_WEIGHTS}",
    "status-quo": "status-quo",
    "controls-first": "controls-first",
    "ecosystem-first": "ecosystem-first",
    "frontier-first": "frontier-first",
    "application-first": "application-first",
}
"""What is solved beside each other."""

COMPARED = (
    *("us-2027", "status-quo", "controls-first", "ecosystem-first"),
    *("application-first", "frontier-first"),
)

BASE = "best plan"


def list_shares() -> dict[str, list[str]]:
    """The best plan; each area held to less and to more of all the money; some left out."""
    free = ["solve", "us-2027", "--set", "steady=0"]
    found = {BASE: free}
    for area, ends in SHIFTED.items():
        for side, bn in zip(("at_most", "at_least"), ends, strict=True):
            limit = f"{{kind: spend, of: [{area}], {side}: {bn}, each: horizon}}"
            found[f"{area} {side}"] = [*free, "--set", f"constraints.held={limit}"]
    for id_ in LEFT_OUT:
        ban = f"constraints.held={{kind: ban, instruments: [{id_}]}}"
        found[f"without {id_}"] = [*free, "--set", ban]
    return found


HORIZONS = (2036, 2041, 2046, 2051, 2061)
BUDGETS = (1, 2, 24)


def list_claims() -> dict[str, list[str]]:
    """The article's questions that a few solves answer: horizons, budgets, no energy at all."""
    free = ["solve", "us-2027", "--set", "steady=0"]
    energy = (
        *("grid_upgrades", "transmission_credit", "nuclear_restarts", "new_reactors"),
        *("equipment_makers", "flexible_connection"),
    )
    ban = f"constraints.x={{kind: ban, instruments: [{', '.join(energy)}]}}"
    found = {BASE: free, "no energy": [*free, "--set", ban]}
    for year in HORIZONS:
        found[f"scored to {year}"] = [*free, "--set", f"years.score_until={year}"]
    for bn in BUDGETS:
        found[f"{bn} a year"] = [*free, "--gap", "1e-3", "--budget", str(bn)]
    return found


INPUTS = ["sensitivity", "inputs", "us-2027"]

RUNS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "plans": {label: ["solve", *words.split()] for label, words in PLANS.items()},
    "shares": list_shares(),
    "claims": list_claims(),
    "compare": {"": ["compare", *COMPARED]},
    "tornado": {"": INPUTS},
    "breakeven": {"": [*INPUTS, "--method", "breakeven"]},
    "sample": {"": [*INPUTS, "--method", "sample", "--samples", "200", "--gap", "0.002"]},
    "voi": {"": [*INPUTS, "--method", "voi"]},
    "robust": {"": ["robust", "us-2027"]},
    "map": {"": ["sensitivity", "map", "us-2027", "--pillars", "--tolerance", "0.01"]},
    "stakeholders": {"": ["sensitivity", "stakeholders", "us-2027"]},
    "rates": {"": ["explain", "us-2027", "--rates"]},
}
"""The commands of each run, by label."""


# What is kept --------------------------------------------------------------------------------


def keep_plans(records: Mapping[str, Record], folder: Path) -> Record:
    """Gain, areas and programmes of several plans, by label."""
    del folder
    keys = ("gain", "bound", "baseline_score", "areas", "outcome", "baseline_outcome")
    return {
        label: {key: record[key] for key in keys}
        | {"spent": {i: sum(years.values()) for i, years in record["spending"].items()}}
        | {"launches": {i: sum(years.values()) for i, years in record["launch_costs"].items()}}
        for label, record in records.items()
    }


def keep_compare(records: Mapping[str, Record], folder: Path) -> Record:
    """Who loses what in whose world."""
    del folder
    record = records[""]
    return {key: record[key] for key in ("scenarios", "gain", "regret", "kept", "least_regret")}


def keep_tornado(records: Mapping[str, Record], folder: Path) -> Record:
    """Gains at the ends of each range, and what is funded there."""
    del folder
    record = records[""]
    keys = (
        *("path", "title", "gain_low", "gain_high", "lost_points", "flips"),
        *("enters_low", "leaves_low", "enters_high", "leaves_high", "kept_low", "kept_high"),
    )
    rows = [{key: row[key] for key in keys} for row in record["figures"]]
    return pick(record, ("base_gain", "funded", "tolerance", "solves", "complete")) | {
        "figures": rows
    }


def keep_breakeven(records: Mapping[str, Record], folder: Path) -> Record:
    """At which value of each figure what is funded changes."""
    del folder
    record = records[""]
    keys = ("path", "title", "value", "low", "high", "flips_at", "within_range", "enters", "leaves")
    rows = [{key: row[key] for key in keys} for row in record["figures"]]
    return pick(record, ("base_gain", "tolerance", "solves", "complete")) | {"figures": rows}


def keep_sample(records: Mapping[str, Record], folder: Path) -> Record:
    """How often each programme is funded, and what the areas get, sample by sample."""
    record, scenario = records[""], read_scenario("us-2027")
    lines = (folder / "run" / "answers.jsonl").read_text("utf-8").splitlines()[1:]
    answers = [answer for answer in (json.loads(line)["answer"] for line in lines) if answer]
    spent = [add_areas(scenario, answer["totals"]) for answer in answers]
    tasks = [sum(areas[task] for task in TASKS) / sum(areas.values()) for areas in spent]
    largest = Counter(max(areas, key=lambda area: areas[area]) for areas in spent)
    keys = ("counted", "gain", "kept", "kept_loss", "complete", "areas")
    return pick(record, keys) | {
        "mean_gain": statistics.fmean(answer["gain"] for answer in answers),
        "funded_share": {row["id"]: row["funded_share"] for row in record["instruments"]},
        "tasks": [min(tasks), *find_ends(tasks)],
        "largest": {area: times / len(spent) for area, times in largest.most_common()},
        "controls_above_energy": statistics.fmean(
            areas["export_controls"] > areas["energy"] for areas in spent
        ),
    }


def add_areas(scenario: Scenario, totals: Mapping[str, float]) -> dict[str, float]:
    """Spending by area."""
    areas = dict.fromkeys(scenario.areas, 0.0)
    for id_, bn in totals.items():
        areas[scenario.instruments[id_].area] += bn
    return areas


def find_ends(values: Sequence[float]) -> list[float]:
    """The two ends of nine values in ten."""
    cuts = statistics.quantiles(values, n=20, method="inclusive")
    return [cuts[0], cuts[-1]]


def keep_voi(records: Mapping[str, Record], folder: Path) -> Record:
    """What it is worth to know everything, each figure and each group."""
    del folder
    record = records[""]
    keys = (
        *("base_gain", "evpi", "evpi_se", "evpi_bn", "points_per_bn", "counted", "complete"),
        *("unpaid_share", "missed_share", "samples"),
    )
    figures = [pick(row, ("path", "title", "evppi", "se", "bn")) for row in record["figures"]]
    groups = [
        pick(row, ("group", "evppi", "se", "bn")) | {"members": len(row["members"])}
        for row in record["groups"]
    ]
    plans = len(record["plans"])
    return pick(record, keys) | {"plans": plans, "figures": figures, "groups": groups}


def keep_robust(records: Mapping[str, Record], folder: Path) -> Record:
    """The plan of each criterion, and what knowing the future would add."""
    del folder
    record = records[""]
    keys = ("value", "bound", "gains")
    criteria = {name: pick(row, keys) for name, row in record["criteria"].items()}
    return pick(record, ("evpi", "vss", "complete")) | {"criteria": criteria}


def keep_map(records: Mapping[str, Record], folder: Path) -> Record:
    """What every portfolio over the pillars has, and how often each programme is funded."""
    del folder
    record = records[""]
    areas = [own["areas"] for own in record["portfolios"]]
    tasks = [sum(own[task] for task in TASKS) / sum(own.values()) for own in areas]
    controls = max(own["export_controls"] / sum(own.values()) for own in areas)
    energy = [own["energy"] / sum(own.values()) for own in areas]
    return pick(record, ("certified_regret", "core_index", "complete")) | {
        "tasks": min(tasks),
        "controls": controls,
        "energy": [min(energy), max(energy)],
    }


def keep_stakeholders(records: Mapping[str, Record], folder: Path) -> Record:
    """What all would fund, what disputes are about, and what each plan costs whom."""
    del folder
    record = records[""]
    least = ("regret", "largest", "proven_at_least", "set_aside")
    return pick(record, ("tolerance", "common", "regret_of", "complete", "seconds")) | {
        "people_of": take_fingerprint_of_people(read_scenario("us-2027")),
        "least_regret": pick(record["least_regret"], least),
    }


def keep_rates(records: Mapping[str, Record], folder: Path) -> Record:
    """What more of each layer costs where it is cheapest, and whose money moves most."""
    del folder
    found = {}
    for rate in records[""]["rates"]:
        cost = rate["prices"][rate["cheapest"]]
        moves = cost["moves_bn"].items()
        found[rate["layer"]] = {
            "more": rate["more"],
            "in": rate["cheapest"],
            "points": cost["points"],
            "more_for": [i for i, bn in moves if bn > 0][:2],
            "less_for": [i for i, bn in moves if bn < 0][:2],
        }
    return {"rates": found}


def pick(record: Mapping[str, Any], keys: Sequence[str]) -> Record:
    """Some keys of a record."""
    return {key: record[key] for key in keys}


KEEP: Mapping[str, Callable[[Mapping[str, Record], Path], Record]] = {
    "plans": keep_plans,
    "shares": keep_plans,
    "claims": keep_plans,
    "compare": keep_compare,
    "tornado": keep_tornado,
    "breakeven": keep_breakeven,
    "sample": keep_sample,
    "voi": keep_voi,
    "robust": keep_robust,
    "map": keep_map,
    "stakeholders": keep_stakeholders,
    "rates": keep_rates,
}
"""What is kept of each run."""


# The figures a run was made of ----------------------------------------------------------------


def take_fingerprint(scenario: Scenario) -> str:
    """A hash of all figures of a scenario, expressions and ranges among them, and of no text."""
    told = json.dumps(sorted(list_figures(scenario)), sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def take_fingerprint_of_people(scenario: Scenario) -> str:
    """A hash of what stakeholders weigh and believe."""
    told = json.dumps(scenario.document["stakeholders"], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def list_figures(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """Path and value of everything in the document that a computation reads."""
    left_out = ("title", "description", "sources", "stakeholders", "pillars", "money", "sides")
    for key, value in scenario.document.items():
        if key in left_out:
            continue
        if key not in TABLES:
            yield key, json.dumps(value, sort_keys=True)
            continue
        texts = text_fields(TABLES[key]) - {"area", "instrument", "layer"}
        for id_, row in value.items():
            told = {name: cell for name, cell in row.items() if name not in texts}
            told.pop("confidence", None)
            yield f"{key}.{id_}", json.dumps(told, sort_keys=True)


# Running ---------------------------------------------------------------------------------------


def run_all(name: str, folder: Path) -> None:
    """Runs the commands of a run in turn; each is kept in a folder below."""
    command = find_command()
    for number, words in enumerate(RUNS[name].values(), start=1):
        into = folder / (str(number) if len(RUNS[name]) > 1 else "run")
        into.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([command, *words, "--out", str(into)], check=True, stdout=subprocess.DEVNULL)


def keep(name: str, folder: Path) -> Path:
    """Keeps what the documents quote of a run that has ended; gives the file."""
    labels = list(RUNS[name])
    names = [str(number) for number in range(1, len(labels) + 1)] if len(labels) > 1 else ["run"]
    records = {
        label: json.loads((folder / below / "run.json").read_text("utf-8"))
        for label, below in zip(labels, names, strict=True)
    }
    first = folder / names[0]
    freely = {"steady": 0}  # as some of the runs are, for their own reasons
    of_run, as_it_is = read_scenario(str(first)), read_scenario("us-2027")
    if take_fingerprint(of_run.change(freely)) != take_fingerprint(as_it_is.change(freely)):
        sys.exit(f"{first}: its figures are not those of us-2027 as it is now; run it again")
    kept = {
        "run": name,
        "command": " ".join(["stratafolio", *RUNS[name][labels[0]]]),
        "versions": pick(records[labels[0]]["versions"], ("stratafolio", "highspy")),
        "figures_of": take_fingerprint(as_it_is),
        **round_all(KEEP[name](records, folder)),
    }
    KEPT.mkdir(exist_ok=True)
    file = KEPT / f"{name}.json"
    file.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    return file


def round_all(value: Any) -> Any:
    """A record with four digits behind the point: more is noise of a gap."""
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, Mapping):
        return {key: round_all(inner) for key, inner in value.items()}
    return [round_all(inner) for inner in value] if isinstance(value, list) else value


def main() -> None:
    """Runs one and keeps it, or keeps one that has ended."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("name", choices=list(RUNS))
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--out", type=Path, help="folder of the run; one that is there goes on")
    where.add_argument("--of", type=Path, help="folder of a run that has ended")
    told = parser.parse_args()
    if told.out:
        run_all(told.name, told.out)
    print(keep(told.name, told.out or told.of))


if __name__ == "__main__":
    main()
