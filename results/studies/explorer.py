"""What a page needs to answer for any weights: a map's portfolios, presets, the triangle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from string import ascii_uppercase
from typing import Any

from ...inputs.scenario import Scenario
from ...inputs.statements import parse_statement
from ...model.equations.evaluate import SMALLEST_GAIN, Evaluator
from ...model.equations.whole_amounts import list_amounts
from ..charts import weight_drawings
from ..charts.palette import colour_areas, colour_layers
from ..runs.reported import Reported
from ..sheet import Chart, Record
from ..titles import name_all, shorten
from .elicit import tell_amount
from .rows import list_spending, sum_programmes
from .words import Words, colour_titles

Frame = dict[str, dict[str, float]]
"""For each slider the weights by layer that it stands for alone: pillars, layers, or a few."""


def frame_map(scenario: Scenario, record: Record) -> Frame:
    """The weightings over which a map was made, as its sliders.

    Its `coordinates` say what moves: every layer, a few (the others keep their weights), or
    pillars (within which weight splits as in the scenario).
    """
    names = list(record.get("coordinates") or record["layers"])
    is_pillars = bool(record.get("options", {}).get("pillars"))
    if scenario.pillars and (is_pillars or not set(names) <= set(scenario.layers)):
        return frame_pillars(scenario)
    moving = [layer for layer in scenario.layers if layer in names] or list(scenario.layers)
    kept = {layer: w for layer, w in scenario.weights.items() if layer not in moving}
    rest = 1.0 - sum(kept.values())
    return {layer: {**kept, layer: rest} for layer in moving}


def frame_pillars(scenario: Scenario) -> Frame:
    """The weights that each pillar alone stands for; equal ones where the scenario's are 0."""
    frame: Frame = {}
    for pillar, members in scenario.pillars.items():
        total = sum(scenario.weights[layer] for layer in members)
        frame[pillar] = {
            layer: scenario.weights[layer] / total if total else 1.0 / len(members)
            for layer in members
        }
    return frame


def describe_weights(
    one: Reported, record: Record, several: Sequence[Reported] = ()
) -> dict[str, Any]:
    """A map as plain data for the page's sliders."""
    scenario, words = one.scenario, Words(one.scenario)
    baseline = Evaluator(scenario).play_nothing().outcome
    frame = frame_map(scenario, record)
    layers = list(scenario.layers)
    plan = one.record
    colours = colour_layers(scenario.layers)
    others = [*middle_stands(one, record), *name_others(one, several)]
    titles = {
        **name_all(scenario.layers),
        **({} if set(frame) <= set(layers) else name_pillars(scenario)),
    }
    totals = {} if plan is None else sum_programmes(list_spending(one.scenario, plan))
    return {
        "layers": layers,
        "titles": name_all(scenario.layers),
        "units": list_units(scenario),
        "money": {"symbol": words.symbol, "unit": words.unit},
        "sliders": [
            {
                "id": id_,
                "title": titles.get(id_, id_),
                "colour": colours.get(id_, "#5c6875"),
                "weights": [own.get(layer, 0.0) for layer in layers],
                "moves": [layers.index(layer) for layer in moved_by(id_, scenario)],
            }
            for id_, own in frame.items()
        ],
        "today": [scenario.weights[layer] for layer in layers],
        "baseline": [baseline[layer] for layer in layers],
        "presets": list_presets(scenario, frame, others),
        "statements": list_statements(scenario),
        "smallest": SMALLEST_GAIN,
        "regret": record["certified_regret"],
        "points": record["certified_points"],
        "complete": record["complete"],
        "region": [_plain_statement(text) for text in _list_region(scenario, record)],
        "programmes": describe_programmes(scenario),
        "areas": describe_areas(scenario),
        "plan": None
        if plan is None
        else {
            "funded": plan["funded"],
            "totals": totals,
            "z": [plan["outcome"][layer] for layer in layers],
        },
        "bounds": [[*own["weights"], own["gain"]] for own in record.get("bounds") or ()],
        "most": record.get("most"),
        "portfolios": [describe_portfolio(own, layers) for own in record["portfolios"]],
        "slices": [],
    }


def add_slice(data: dict[str, Any], scenario: Scenario, record: Record) -> None:
    """Adds a map over pillars to the data: its portfolios, and what it proves where it holds.

    Weights on it can be answered by either map, so the smaller regret is proven there.
    """
    layers: list[str] = data["layers"]
    frame = frame_pillars(scenario)
    data["portfolios"] += [
        {**describe_portfolio(own, layers), "id": f"pillars {own['id']}"}
        for own in record["portfolios"]
    ]
    data["slices"].append(
        {
            "regret": record["certified_regret"],
            "points": record["certified_points"],
            "moves": [[layers.index(layer) for layer in moved_by(id_, scenario)] for id_ in frame],
            "weights": [[own.get(layer, 0.0) for layer in layers] for own in frame.values()],
        }
    )


def add_drawn(data: dict[str, Any], record: Record) -> None:
    """Adds portfolios and bounds of weightings drawn beside the map to the data."""
    data["portfolios"] += [describe_portfolio(own, data["layers"]) for own in record["portfolios"]]
    data["bounds"] += [[*own["weights"], own["gain"]] for own in record["bounds"]]


def describe_programmes(scenario: Scenario) -> dict[str, dict[str, str]]:
    """Title and area of each instrument."""
    return {
        id_: {"title": title, "area": scenario.instruments[id_].area}
        for id_, title in name_all(scenario.instruments).items()
    }


def describe_areas(scenario: Scenario) -> dict[str, dict[str, str]]:
    """Title and colour of each area."""
    titles = name_all(scenario.areas)
    return {
        id_: {"title": titles[id_], "colour": colour}
        for id_, colour in colour_areas(scenario.areas).items()
    }


def describe_portfolio(own: Record, layers: list[str]) -> dict[str, Any]:
    """A portfolio of a map, its outcome in the order of the layers."""
    spending = {id_: round(bn, 4) for id_, bn in own.get("spending", {}).items()}
    return {
        "id": str(own["id"]),
        "z": [own["outcome"][layer] for layer in layers],
        "areas": own["areas"],
        "funded": own["funded"],
        "spending": spending,
    }


def moved_by(slider: str, scenario: Scenario) -> tuple[str, ...]:
    """The layers whose weight a slider moves: its own, or its pillar's."""
    return (slider,) if slider in scenario.layers else tuple(scenario.pillars[slider])


def name_pillars(scenario: Scenario) -> dict[str, str]:
    """A title for each pillar: its id and its layers."""
    names = name_all(scenario.layers, 28)
    return {
        pillar: f"{pillar.replace('_', ' ').capitalize()}: "
        + ", ".join(names[layer] for layer in members)
        for pillar, members in scenario.pillars.items()
    }


def _list_region(scenario: Scenario, record: Record) -> list[str]:
    """The statements that the map was kept to, if any."""
    options = record.get("options", {})
    told = list(record.get("where") or options.get("where") or ())
    who = record.get("stakeholder") or options.get("stakeholder")
    if who in scenario.stakeholders:
        told += [s.text for s in scenario.stakeholders[who].statements or ()]
    return told


def _plain_statement(text: str) -> dict[str, Any]:
    found = parse_statement(text)
    return {
        "text": shorten(found.text, 120),
        "coefficients": dict(found.coefficients),
        "constant": found.constant,
        "equal": found.sense == "==",
    }


Weighting = tuple[str, Mapping[str, float]]
"""A name, and weights by layer."""


def name_others(one: Reported, several: Sequence[Reported]) -> list[Weighting]:
    """The weights of the other scenarios of a page that have the same layers."""
    own = one.scenario
    return [
        (f"Weights of {shorten(other.label)}", other.scenario.weights)
        for other in several
        if set(other.scenario.layers) == set(own.layers) and other.scenario.weights != own.weights
    ]


def middle_stands(one: Reported, record: Record) -> list[Weighting]:
    """The middle of what stakeholders say who make statements, where the map tells it."""
    stands = (record.get("stakeholders") or {}).get("stands") or {}
    return [
        (f"{shorten(one.scenario.stakeholders[id_].title or id_)} (the middle)", stand["weights"])
        for id_, stand in stands.items()
        if stand["is_region"] and id_ in one.scenario.stakeholders
    ]


def list_marks(one: Reported) -> list[dict[str, Any]]:
    """Where stakeholders stand: their weights, or the middle of what they say, with a letter."""
    record = one.studies.get("sensitivity map") or {}
    stands = (record.get("stakeholders") or {}).get("stands") or {}
    marks: list[dict[str, Any]] = []
    for id_, own in one.scenario.stakeholders.items():
        total = sum(own.weights.values()) if own.weights else 0.0
        weights = {la: w / total for la, w in own.weights.items()} if own.weights and total else {}
        weights = weights or (stands[id_]["weights"] if id_ in stands else {})
        if weights and len(marks) < len(ascii_uppercase):
            letter = ascii_uppercase[len(marks)]
            marks.append({"letter": letter, "title": shorten(own.title or id_), "weights": weights})
    return marks


def list_units(scenario: Scenario) -> list[dict[str, Any]]:
    """For each layer how more of it is told, and what whole amounts of its unit are worth.

    `one` and `more` follow a number; `worth` holds amounts and points, `points` what a unit is.
    """
    words = Words(scenario)
    worth = list_amounts(scenario)
    return [
        {
            "one": tell_amount(words, id_, 1).partition(" ")[2],
            "more": tell_amount(words, id_, 2).partition(" ")[2],
            "points": layer.points_per_unit or 1.0,
            "worth": [[amount, points] for amount, points in worth[id_].items()],
        }
        for id_, layer in scenario.layers.items()
    ]


def list_presets(
    scenario: Scenario, frame: Frame, others: Sequence[Weighting] = ()
) -> list[dict[str, Any]]:
    """Weightings to start from: scenarios', stakeholders', equal ones, each slider alone.

    Those that no position of the sliders stands for are left out.
    """
    layers = list(scenario.layers)
    named: list[Weighting] = [
        ("The scenario's weights", scenario.weights),
        ("Equal weights", dict.fromkeys(layers, 1 / len(layers))),
    ]
    named += [
        (
            shorten(own.title or id_),
            {la: w / sum(own.weights.values()) for la, w in own.weights.items()},
        )
        for id_, own in scenario.stakeholders.items()
        if own.weights and sum(own.weights.values()) > 0
    ]
    named += others
    titles = {
        **name_all(scenario.layers),
        **{id_: id_.replace("_", " ") for id_ in scenario.pillars},
    }
    named += [(f"Only {titles[id_]}", own) for id_, own in frame.items()]
    return [
        {"title": title, "weights": [weights.get(layer, 0.0) for layer in layers]}
        for title, weights in named
        if _can_show(weights, frame, scenario)
    ]


def _can_show(weights: Mapping[str, float], frame: Frame, scenario: Scenario) -> bool:
    """Whether some position of the sliders stands for these weights, to half a per cent."""
    shares = {id_: sum(weights.get(la, 0.0) for la in moved_by(id_, scenario)) for id_ in frame}
    total = sum(shares.values())
    if total <= 0:
        return False
    return all(
        abs(
            weights.get(layer, 0.0)
            - sum(share / total * frame[id_].get(layer, 0.0) for id_, share in shares.items())
        )
        < 0.005
        for layer in scenario.layers
    )


def list_statements(scenario: Scenario) -> list[dict[str, Any]]:
    """What stakeholders say about weights, to be held against those on the page."""
    return [
        {
            "title": shorten(own.title or id_),
            "statements": [_plain_statement(statement.text) for statement in own.statements],
        }
        for id_, own in scenario.stakeholders.items()
        if own.statements
    ]


def draw_choice(one: Reported, record: Record) -> Chart:
    """Spending by programme of the portfolio that is best at today's weights."""
    scenario, words = one.scenario, Words(one.scenario)
    names, areas = name_all(scenario.instruments), name_all(scenario.areas)
    colours = colour_titles(scenario)
    order = list(scenario.areas)
    listed = sorted(names, key=lambda id_: order.index(scenario.instruments[id_].area))
    best = max(
        record["portfolios"],
        key=lambda p: sum(scenario.weights[la] * z for la, z in p["outcome"].items()),
    )
    rows = [
        {
            "programme": names[id_],
            "area": areas[scenario.instruments[id_].area],
            "bn": best.get("spending", {}).get(id_, 0.0),
        }
        for id_ in listed
    ]
    plan = one.record
    totals = {} if plan is None else sum_programmes(list_spending(one.scenario, plan))
    ticks = [{"programme": names[id_], "bn": round(bn, 4)} for id_, bn in totals.items()]
    spent = [bn for p in record["portfolios"] for bn in p.get("spending", {}).values()]
    most = max([1e-6, *spent, *totals.values()])
    return Chart(
        "choice",
        "Spending by programme of the best portfolio at these weights",
        f"Bars by programme; {words.amount(sum(row['bn'] for row in rows))} in all",
        lambda width, _: weight_drawings.draw_choice(
            (rows, ticks), [names[id_] for id_ in listed], most, colours, width, words.money
        ),
        note="Ticks: the recommended plan.",
    )
