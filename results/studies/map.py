"""What `sensitivity map` says: a few portfolios, one of them good enough under each weighting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ...inputs.scenario import Scenario
from ...model.equations.curves import Array
from ...model.solving.portfolios import Portfolio
from ...model.studies.weights.findings import WeightMap
from ..runs.reported import Reported
from ..sheet import (
    BOOK,
    DATA,
    EVERYWHERE,
    NOTEBOOK,
    PAGE,
    SCREEN,
    SHOWN,
    TIDY,
    Chart,
    Column,
    Completeness,
    Record,
    Sheet,
    Table,
    tidy,
)
from .alike import find_smallest
from .flip import draw_paths, show_paths
from .map_paths import trace_layers
from .pillar_map import draw_triangle
from .portfolios import Tabulator, classify
from .shares import draw_shares, list_portfolios, list_verdicts, tell_classes
from .words import Words, join_words, name_fully, tell_effort, tell_text

SHOWN_ONCE = SHOWN - {PAGE}
"""What the page's explorer of weights shows itself, beside its sliders."""

WIDE = EVERYWHERE - {SCREEN}

COMMAND = "sensitivity map"

PATHS = "paths"
"""The table and the panels of one layer's weight alone."""

ON_PAPER = frozenset({PAGE, BOOK, NOTEBOOK})
"""The paths of a map: `sensitivity flip` shows better ones on the screen."""


def tabulate(scenario: Scenario, weight_map: WeightMap) -> Record:
    """Everything `sensitivity map --json` promises."""
    tabulator = Tabulator(scenario)
    portfolios = [cell.portfolio for cell in weight_map.cells]
    return {
        "scenario": scenario.name,
        "title": scenario.title,
        "tolerance": tidy(weight_map.tolerance),
        "certified_regret": tidy(weight_map.certified_regret),
        "certified_points": tidy(weight_map.certified_points),
        "solves": weight_map.solves,
        "linear_solves": weight_map.linear_solves,
        "seconds": round(weight_map.seconds, 3),
        "complete": weight_map.complete,
        "layers": list(scenario.layers),
        "coordinates": list(weight_map.coordinates),
        "share_error": tidy(weight_map.share_error),
        "corners": weight_map.corners,
        "portfolios": [
            {
                "id": f"p{place}",
                "share": tidy(cell.share),
                "weights": dict(zip(scenario.layers, map(tidy, cell.center.tolist()), strict=True)),
                **tabulator.tabulate(cell.portfolio),
                "plan": tabulator.by_year(cell.portfolio),
            }
            for place, cell in enumerate(weight_map.cells, 1)
        ],
        "bounds": tabulate_bounds(weight_map.bounds),
        "most": None if weight_map.most is None else [tidy(z) for z in weight_map.most.tolist()],
        "core_index": index_core(scenario, portfolios, [cell.share for cell in weight_map.cells]),
        "stakeholders": _tabulate_stakeholders(scenario, weight_map),
        "curve": [
            {"solves": solves, "linear_solves": linear, "seconds": seconds, "regret": tidy(regret)}
            for solves, linear, seconds, regret in weight_map.curve
        ],
    }


def tabulate_bounds(bounds: Iterable[tuple[Array, float]]) -> list[Record]:
    """Solved weightings with what no plan gains more than under them, in points."""
    return [
        {"weights": [tidy(w) for w in weights.tolist()], "gain": tidy(bound)}
        for weights, bound in bounds
    ]


def tabulate_drawn(
    scenario: Scenario, portfolios: Sequence[Portfolio], bounds: Iterable[tuple[Array, float]]
) -> Record:
    """Portfolios and bounds that a page holds beside those of its map."""
    tabulator = Tabulator(scenario)
    return {
        "portfolios": [
            {"id": f"drawn {place}", **tabulator.tabulate(portfolio)}
            for place, portfolio in enumerate(portfolios, 1)
        ],
        "bounds": tabulate_bounds(bounds),
    }


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


def _tabulate_stakeholders(scenario: Scenario, weight_map: WeightMap) -> Record:
    """Where each stands, what each may lose with each portfolio, and what suits all of them."""
    stands = weight_map.stands
    if not stands:
        return {"stands": {}, "acceptable_to_all": [], "least_regret": None}
    worst = np.array([stand.regret for stand in stands.values()]).max(axis=0)
    suits = np.flatnonzero(worst <= weight_map.tolerance)
    told = {
        id_: {
            "weights": dict(zip(scenario.layers, map(tidy, stand.weights.tolist()), strict=True)),
            "is_region": stand.is_region,
            "best": f"p{stand.best + 1}",
            "regret": {f"p{at + 1}": tidy(r) for at, r in enumerate(stand.regret.tolist())},
        }
        for id_, stand in stands.items()
    }
    return {
        "stands": told,
        "acceptable_to_all": [f"p{at + 1}" for at in suits],
        "least_regret": {
            "id": f"p{int(worst.argmin()) + 1}",
            "alike": list_least_regretted(told),
            "regret": tidy(float(worst.min())),
        },
    }


def list_least_regretted(stands: Mapping[str, Record]) -> list[str]:
    """All portfolios whose largest regret of any stakeholder is the smallest."""
    regrets = [stand["regret"] for stand in stands.values()]
    return find_smallest({id_: max(own[id_] for own in regrets) for id_ in regrets[0]})


def describe(scenario: Scenario, record: Record, findings: Any = None) -> Sheet:
    """The portfolios that are enough, what all of them fund, and what suits the stakeholders."""
    del findings
    words = Words(scenario)
    stopped = (
        f"Stopped before the tolerance of {100 * record['tolerance']:.3g}% was proven: what stands "
        "here holds, and --out lets a later run go on from it."
    )
    error = record.get("share_error")
    return Sheet(
        name="sensitivity-map",
        title=words.title,
        of=scenario.name,
        heading="A few portfolios for all weightings",
        short="Map",
        verdict=tell_certificate(record),
        sentences=[
            tell_classes(record["core_index"]),
            tell_region(words, record),
            *tell_stakeholders(record),
        ],
        parts=[
            list_verdicts(words, record["core_index"], on=SHOWN_ONCE),
            draw_core(scenario, record["core_index"]),
            *draw_pillars(scenario, record),
            *list_stands(words, record),
            *list_portfolios(words, record["portfolios"], "share", SHOWN_ONCE),
            list_core(words, record),
            *list_bounds(record),
            *list_paths(scenario, words, record),
        ],
        notes=[f"Shares are sampled, to within {error:.1%}."] if error else [],
        effort=tell_effort(record) if "linear_solves" in record else "",
        completeness=Completeness(record["complete"], proven=stopped),
    )


def draw_pillars(scenario: Scenario, record: Record) -> list[Chart]:
    """The triangle, where there are three pillars or layers; a page has its own beside sliders."""
    if not record["portfolios"]:
        return []
    drawn = draw_triangle(Reported(scenario.name, scenario, None, {COMMAND: record}), record)
    return [replace(drawn[0], table="portfolios", on=EVERYWHERE - {PAGE})] if drawn else []


def list_bounds(record: Record) -> list[Table]:
    """The solved weightings with what no plan gains more than, and the most in each layer."""
    layers = record["layers"]
    rows = [
        {**dict(zip(layers, own["weights"], strict=True)), "gain": own["gain"]}
        for own in record.get("bounds") or ()
    ]
    columns = [*(Column(layer, layer) for layer in layers), Column("gain", "gain", "points")]
    most = [
        {"layer": layer, "most": gain}
        for layer, gain in zip(layers, record.get("most") or (), strict=False)
    ]
    of_layers = [Column("layer", "layer"), Column("most", "most", "points")]
    return [
        Table("bounds", "", columns, rows, on=DATA),
        Table("most", "", of_layers, most, on=DATA),
    ]


def tell_certificate(record: Record) -> str:
    """How many portfolios are enough for all weightings, and how sure that is, in a sentence."""
    portfolios = len(record["portfolios"])
    which = "This portfolio" if portfolios == 1 else f"One of these {portfolios:,} portfolios"
    if record["certified_regret"] is None:
        return (
            f"{which} is the best known under every weighting; how much it may lose of the best "
            "gain is not known."
        )
    loses = (
        f"loses at most {record['certified_regret']:.2%} of the best gain there, never more than "
        f"{record['certified_points']:.3f} points; proven."
    )
    if record["certified_regret"] > record["tolerance"]:
        return f"Under every weighting {which[0].lower()}{which[1:]} {loses}"
    return f"{which} is good enough under every weighting: it {loses}"


def tell_region(words: Words, record: Record) -> str:
    """Whose weight moves."""
    moving = record.get("coordinates") or record["layers"]
    names = [words.layers.get(id_, tell_text(id_.replace("_", " "))) for id_ in moving]
    return f"What moves is the weight of: {'; '.join(names)}."


def tell_stakeholders(record: Record) -> list[str]:
    """Which portfolios suit all stakeholders, or which loses them least."""
    views = record.get("stakeholders") or {}
    if not views.get("stands"):
        return []
    suits = views.get("acceptable_to_all")
    if suits:
        which = "One portfolio is" if len(suits) == 1 else f"{len(suits)} portfolios are"
        return [f"{which} within the tolerance for every stakeholder: {', '.join(suits)}."]
    least = views.get("least_regret")
    if not least:
        return []
    told = "No portfolio is within the tolerance for every stakeholder"
    none = f"none of them more than {least['regret']:.1%} of the best gain"
    alike = list_least_regretted(views["stands"])
    if len(alike) > 1:
        return [f"{told}; {join_words(alike)} suit all of them best alike: each loses {none}."]
    return [f"{told}; {least['id']} suits all of them best: it loses {none}."]


def list_stands(words: Words, record: Record) -> list[Table]:
    """Each stakeholder's best portfolio, and what that which suits all best may lose them."""
    told = record.get("stakeholders") or {}
    stands = told.get("stands") or {}
    if not stands:
        return []
    least = (told.get("least_regret") or {}).get("id")
    today = find_today(words.scenario, record)["id"]
    rows = [
        {
            "id": id_,
            "kind": "all weights that agree" if stand["is_region"] else "one weighting",
            "best": stand["best"],
            "loses": stand["regret"][stand["best"]],
            "loses_with_least": stand["regret"].get(least),
            "loses_with_today": stand["regret"][today],
        }
        for id_, stand in stands.items()
    ]
    columns = [
        Column("id", "stakeholder", "title", titles=name_fully(words.scenario.stakeholders)),
        Column("kind", "says"),
        Column("best", "best portfolio"),
        Column("loses", "loses at most", "share"),
        Column("loses_with_least", f"{least} loses at most", "share"),
    ]
    if today != least:
        columns.append(Column("loses_with_today", f"{today} loses at most", "share", on=WIDE))
    note = (
        "Losses are shares of the best gain under their weights, the largest that is not excluded; "
        f"{today} is the best at the scenario's own weights."
    )
    return [Table("stakeholders", "Where stakeholders stand", columns, rows, note, on=SHOWN_ONCE)]


def find_today(scenario: Scenario, record: Record) -> Record:
    """The portfolio of a map that is the best at the scenario's own weights."""
    weights = scenario.weights
    portfolios: list[Record] = record["portfolios"]
    return max(
        portfolios, key=lambda own: sum(weights[layer] * z for layer, z in own["outcome"].items())
    )


def list_core(words: Words, record: Record) -> Table:
    """The core index as data."""
    rows = [
        {"instrument": id_, "share": share, "class": classify(float(share or 0.0))}
        for id_, share in record["core_index"].items()
    ]
    columns = [
        Column("instrument", "programme", "title", titles=words.programmes),
        Column("share", "funded under", "share"),
        Column("class", "class"),
    ]
    return Table("core_index", "", columns, rows, on=TIDY)


def draw_core(scenario: Scenario, core: Mapping[str, float | None]) -> Chart:
    """The core index, highest first."""
    title = "Core index: the share of weightings under which each programme is funded"
    return draw_shares(scenario, core, "core-index", title, EVERYWHERE - {PAGE})


def list_paths(scenario: Scenario, words: Words, record: Record) -> list[Table | Chart]:
    """One layer's weight from 0 to 1, where the map is over all layers: a table and panels."""
    moving = record.get("coordinates") or record["layers"]
    is_pillars = record.get("options", {}).get("pillars", False)
    covers = set(moving) == set(scenario.layers) and len(scenario.layers) > 1 and not is_pillars
    if not covers or not record["portfolios"]:
        return []
    weights = dict(scenario.weights)
    today = find_today(scenario, record)
    by_layer = trace_layers(scenario, record)
    return [
        show_paths(words, weights, by_layer, today["funded"], PATHS, ON_PAPER),
        *draw_paths(scenario, weights, by_layer, PATHS),
    ]
