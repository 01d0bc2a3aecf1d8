"""Rules across tables: what a scenario must satisfy beyond the type of each field."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .check_assumptions import check_correlations, check_shapes
from .check_limits import check_constraints
from .fields import ID_PATTERN, SMALLEST_SIZE
from .problem import Found, Known, Problem, not_one_of
from .scenario import Scenario

LONGEST_HORIZON = 200
"""Most years a scenario may score: more is a typing error."""

JUDGEMENT = "judgement"

TABLES_WITH_SOURCES = (
    "layers",
    "instruments",
    "effects",
    "interactions",
    "constraints",
    "futures",
    "stakeholders",
    "assumptions",
)


def find_problems(scenario: Scenario, known: Known, unread: frozenset[str]) -> list[Problem]:
    """Everything that breaks a rule, in the order of the rules.

    `unread`: parts that could not be read; what rules would say of them follows from that mistake.
    """
    problems: list[Problem] = []
    for rule, parts in RULES.items():
        if unread.isdisjoint(parts):
            problems += rule(scenario, known)
        if rule is check_years and scenario.years.first > scenario.years.last:
            unread |= {"years"}
    return problems


def check_years(scenario: Scenario, known: Known) -> Found:
    """Years in order, and a horizon that can be meant."""
    years = scenario.years
    if years.first > years.last:
        message = f"the first year {years.first} comes after the last, {years.last}; swap them"
        yield Problem(("years", "first"), message)
    elif years.score_until < years.last:
        message = f"expected {years.last} or later (the last year of spending), got "
        yield Problem(("years", "score_until"), message + str(years.score_until))
    elif years.score_until - years.first >= LONGEST_HORIZON:
        message = f"expected at most {LONGEST_HORIZON} scored years, got {len(years.scored)}"
        yield Problem(("years", "score_until"), message)


def check_discount(scenario: Scenario, known: Known) -> Found:
    """Years that all weigh something in an outcome."""
    years = scenario.years
    if not 0 < len(years.scored) <= LONGEST_HORIZON:
        return
    shares = dict(zip(years.scored, scenario.discount_shares, strict=True))
    light = [year for year, share in shares.items() if share < SMALLEST_SIZE]
    if light:
        rate, least = scenario.discount_rate, min(light, key=shares.__getitem__)
        message = (
            f"at {rate:g} a year, {least} weighs {shares[least]:.1g} of all scored years and is "
            f"lost in rounding (expected {SMALLEST_SIZE:g} or more); take a rate nearer to 0, or "
            "end the scored years earlier with years.score_until"
        )
        yield Problem(("discount_rate",), message)


def check_budget(scenario: Scenario, known: Known) -> Found:
    """A cap at least, and a figure for every year that needs one."""
    caps = scenario.budget.per_year
    if caps is None and scenario.budget.total is None:
        yield Problem(("budget",), "expected per_year or total, got neither; give at least one")
    if not isinstance(caps, Mapping):
        return
    years = scenario.years
    missing = [str(year) for year in years.spending if year not in caps]
    if missing:
        message = f"expected a figure for every year {years.first}..{years.last}, missing are "
        yield Problem(("budget", "per_year"), message + ", ".join(missing[:10]))
    for year in caps:
        late = year > years.last and scenario.budget.counts == "outlays"
        if year not in years.spending and not late:
            message = f"is not one of the years {years.first}..{years.last}; take it out"
            yield Problem(("budget", "per_year", str(year)), message)


def check_weights(scenario: Scenario, known: Known) -> Found:
    """Weights of layers that exist, not all of them 0."""
    for layer in scenario.weights:
        yield from not_one_of(("weights", layer), layer, known["layers"], "a layer")
    if not scenario.weights:
        yield Problem(("weights",), "expected at least one positive weight, got none")
    elif not any(scenario.weights.values()):
        yield Problem(("weights",), "all weights are 0; at least one must be positive")


def check_priorities(scenario: Scenario, known: Known) -> Found:
    """Stages of layers that exist, each in one stage; given where the objective needs them."""
    if scenario.objective == "lexicographic" and not scenario.priorities:
        message = "is needed for the objective lexicographic, such as [[frontier], [diffusion]]"
        yield Problem(("priorities",), message)
    seen: set[str] = set()
    for stage in scenario.priorities or ():
        if not stage:
            yield Problem(("priorities",), "expected at least one layer in each stage, got none")
        for layer in stage:
            yield from not_one_of(("priorities",), layer, known["layers"], "a layer")
            if layer in seen:
                yield Problem(("priorities",), f"layer '{layer}' stands in two stages; keep one")
            seen.add(layer)


def check_pillars(scenario: Scenario, known: Known) -> Found:
    """Pillars that part the layers: each layer in exactly one."""
    seen: dict[str, str] = {}
    for id_, layers in scenario.pillars.items():
        if not ID_PATTERN.match(id_):
            yield Problem(("pillars", id_), f"{id_!r} is not an id")
        for layer in layers:
            yield from not_one_of(("pillars", id_), layer, known["layers"], "a layer")
            if layer in seen:
                message = f"layer '{layer}' also stands in '{seen[layer]}'; pillars do not overlap"
                yield Problem(("pillars", id_), message)
            seen[layer] = id_
    if scenario.pillars:
        missing = sorted(known["layers"] - set(seen))
        if missing:
            message = f"each layer stands in one pillar; missing are {', '.join(missing)}"
            yield Problem(("pillars",), message)


def check_layers(scenario: Scenario, known: Known) -> Found:
    """At least one layer; levels that both sides share; no other side where there is none."""
    if not known["layers"]:
        yield Problem(("layers",), "expected at least one layer, got none")
    for id_, layer in scenario.layers.items():
        why = "where there is no other side (sides.other)"
        if layer.kind == "level":
            why = "in a layer of kind level, which both sides share"
        elif scenario.sides.other is not None:
            continue
        for field, value in (("china", layer.china), ("china_trend", layer.china_trend)):
            if value:
                yield Problem(("layers", id_, field), f"stays 0 {why}; got {value:g}")


def check_trends(scenario: Scenario, known: Known) -> Found:
    """Trends that do not end before the first year."""
    for id_, layer in scenario.layers.items():
        if layer.trend_until is not None and layer.trend_until < scenario.years.first:
            message = f"expected {scenario.years.first} or later, got {layer.trend_until}"
            yield Problem(("layers", id_, "trend_until"), message)


def check_instruments(scenario: Scenario, known: Known) -> Found:
    """Instruments of areas that exist, with a minimum that their most and their growth allow."""
    if not known["instruments"]:
        yield Problem(("instruments",), "expected at least one instrument, got none")
    for id_, own in scenario.instruments.items():
        path = ("instruments", id_)
        yield from not_one_of((*path, "area"), own.area, known["areas"], "an area")
        if own.min_per_year > own.max_per_year:
            message = f"{own.min_per_year:g} is above max_per_year, {own.max_per_year:g}; lower it"
            yield Problem((*path, "min_per_year"), message)
            continue
        least = scenario.least_when_funded(id_)
        if own.max_growth is not None and own.max_growth < least - 1e-9:
            message = (
                f"can never be started: it may grow by {own.max_growth:g} a year, and a funded "
                f"year takes at least {least:g}; raise max_growth or lower the minimum"
            )
            yield Problem((*path, "max_growth"), message)
        elif own.max_per_year < least:
            message = (
                f"can never be started: an on/off instrument spends at least {least:g} in a funded "
                f"year, and max_per_year is {own.max_per_year:g}; raise it"
            )
            yield Problem((*path, "max_per_year"), message)


def check_windows(scenario: Scenario, known: Known) -> Found:
    """Instruments with years in which they can be funded, long enough for their run."""
    years = scenario.years
    for id_, own in scenario.instruments.items():
        path = ("instruments", id_)
        window = scenario.window(id_)
        if own.first_year and own.last_year and own.first_year > own.last_year:
            message = f"{own.first_year} comes after last_year, {own.last_year}; swap them"
            yield Problem((*path, "first_year"), message)
        elif not window:
            message = f"can never be started: its years lie outside {years.first}..{years.last}"
            yield Problem((*path, "first_year" if own.first_year else "last_year"), message)
        elif own.run_years and own.run_years > len(window):
            needed = window[0] + own.run_years - 1
            ends = (("years.last", years.last), (f"instruments.{id_}.last_year", own.last_year))
            later = " ".join(f"--set {key}={needed}" for key, end in ends if end and end < needed)
            message = (
                f"can never be started: {own.run_years} years do not fit into "
                f"{window[0]}..{window[-1]}; shorten the run, "
                f"--set instruments.{id_}.run_years={len(window)}, or lengthen its years, {later}"
            )
            yield Problem((*path, "run_years"), message)


def check_effects(scenario: Scenario, known: Known) -> Found:
    """Effects between things that exist, with a scale where their curve needs one."""
    for id_, own in scenario.effects.items():
        path = ("effects", id_)
        what = "an instrument"
        yield from not_one_of((*path, "instrument"), own.instrument, known["instruments"], what)
        yield from not_one_of((*path, "layer"), own.layer, known["layers"], "a layer")
        if own.instrument not in scenario.instruments:
            continue
        response = scenario.response(id_)
        if isinstance(response.curve, str) and response.scale is None:
            message = (
                f"is missing, and instrument '{own.instrument}' has none either: a "
                f"{response.curve} curve needs the $ billion of stock that set its size"
            )
            yield Problem((*path, "scale"), message)


def check_interactions(scenario: Scenario, known: Known) -> Found:
    """Interactions of two different effects that saturate."""
    for id_, own in scenario.interactions.items():
        path = ("interactions", id_)
        yield from not_one_of((*path, "layer"), own.layer, known["layers"], "a layer")
        if len(own.between) != 2:
            message = f"expected two different effects, got {len(own.between)}"
            yield Problem((*path, "between"), message)
        for effect in own.between:
            yield from not_one_of((*path, "between"), effect, known["effects"], "an effect")
            known_effect = scenario.effects.get(effect)
            if known_effect is None or known_effect.instrument not in scenario.instruments:
                continue
            if scenario.response(effect).curve == "linear":
                message = f"effect '{effect}' is linear; interactions need reaches that saturate"
                yield Problem((*path, "between"), message)


def check_futures(scenario: Scenario, known: Known) -> Found:
    """Probabilities that sum to 1."""
    if not scenario.futures:
        return
    total = sum(future.probability for future in scenario.futures.values())
    if abs(total - 1) > 1e-6 and len(scenario.futures) == len(known["futures"]):
        message = f"expected probabilities that sum to 1, got {total:g}; change them"
        yield Problem(("futures",), message)


def check_forks(scenario: Scenario, known: Known) -> Found:
    """Futures known from a year of spending."""
    years = scenario.years
    for id_, future in scenario.futures.items():
        if future.known_from is not None and future.known_from not in years.spending:
            message = f"expected a year in {years.first}..{years.last}, got {future.known_from}"
            yield Problem(("futures", id_, "known_from"), message)


def check_stakeholders(scenario: Scenario, known: Known) -> Found:
    """Weights or statements of layers that exist, or neither beside beliefs."""
    layers = known["layers"]
    for id_, own in scenario.stakeholders.items():
        path = ("stakeholders", id_)
        if own.weights is not None and own.statements is not None:
            yield Problem(path, "expected either weights or statements, got both")
        elif own.weights is None and own.statements is None and not own.beliefs:
            message = "expected weights, statements or beliefs, got neither"
            yield Problem(path, message)
        for layer in own.weights or ():
            yield from not_one_of((*path, "weights", layer), layer, layers, "a layer")
        if own.weights is not None and not any(own.weights.values()):
            yield Problem((*path, "weights"), "expected at least one positive weight, got none")
        if own.statements is not None and not own.statements:
            message = "expected at least one statement, got an empty list"
            yield Problem((*path, "statements"), message)
        for statement in own.statements or ():
            for layer in statement.layers:
                yield from not_one_of((*path, "statements"), layer, layers, "a layer")


def check_sources(scenario: Scenario, known: Known) -> Found:
    """Sources that are listed, or the word judgement."""
    usable = known["sources"] | {JUDGEMENT}
    for table in TABLES_WITH_SOURCES:
        for id_, row in getattr(scenario, table).items():
            for name in row.source:
                what = f"a source (or the word {JUDGEMENT})"
                yield from not_one_of((table, id_, "source"), name, usable, what)


_REFERRED = ("instruments", "areas", "layers")

RULES: Mapping[Callable[[Scenario, Known], Found], tuple[str, ...]] = {
    check_years: ("years",),
    check_discount: ("years", "discount_rate"),
    check_budget: ("years", "budget"),
    check_weights: ("weights", "layers"),
    check_priorities: ("objective", "priorities", "layers"),
    check_pillars: ("pillars", "layers"),
    check_layers: ("layers", "sides"),
    check_trends: ("layers", "years"),
    check_instruments: ("instruments", "areas"),
    check_windows: ("instruments", "years"),
    check_effects: ("effects", "instruments", "layers"),
    check_interactions: ("interactions", "effects", "instruments", "layers"),
    check_constraints: ("constraints", *_REFERRED),
    check_futures: ("futures",),
    check_forks: ("futures", "years"),
    check_stakeholders: ("stakeholders", "layers"),
    check_sources: ("sources",),
    check_shapes: ("assumptions", "ranges"),
    check_correlations: ("correlations", "assumptions", "layers", "instruments", "effects"),
}
"""Every rule with the parts of a scenario that it reads."""
