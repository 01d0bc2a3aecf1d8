"""The region of weightings that a user's words mean."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ....inputs.build import derive_scenario
from ....inputs.complaint import Complaint, InputError, suggest
from ....inputs.read import read_weights
from ....inputs.scenario import Scenario
from ....inputs.statements import Statement, parse_statement
from ...equations.curves import Array
from .frame import Frame, frame_around, frame_layers, frame_pillars, frame_some_layers
from .region import Region

SPREAD = 0.2
"""How far weights spread around a weighting where it is not said."""


def choose_region(
    scenario: Scenario,
    moving: Sequence[str] | None = None,
    pillars: bool = False,
    around: str | None = None,
    spread: float | None = None,
    where: Sequence[str] = (),
    stakeholder: str | None = None,
) -> Region:
    """The weightings of `--layers` or `--pillars`, or around one, that keep all statements.

    Raises InputError with every complaint.
    """
    complaints: list[Complaint] = []
    statements: list[Statement] = []
    frame = frame_layers(scenario)
    steps = (
        lambda: _choose_frame(scenario, moving, pillars, around, spread),
        lambda: [read_statement(scenario, text) for text in where],
        lambda: find_statements(scenario, stakeholder) if stakeholder is not None else [],
    )
    for step in steps:
        try:
            found = step()
        except InputError as error:
            complaints += error.complaints
            continue
        if isinstance(found, Frame):
            frame = found
        else:
            statements += found
    if complaints:
        raise InputError(complaints)
    said = "--where" if where or stakeholder is None else f"--stakeholder {stakeholder}"
    return Region(tuple(scenario.layers), frame, statements, said)


def _choose_frame(
    scenario: Scenario,
    moving: Sequence[str] | None,
    pillars: bool,
    around: str | None,
    spread: float | None,
) -> Frame:
    if moving is not None and pillars:
        raise InputError.of("--layers", "expected --layers or --pillars, got both; leave one out")
    if pillars:
        return frame_pillars(scenario)
    if moving is not None:
        check_layers(scenario, moving)
        return frame_some_layers(scenario, moving)
    if around is None and spread is None:
        return frame_layers(scenario)
    share = SPREAD if spread is None else spread
    if not 0 < share <= 1:
        raise InputError.of("--spread", f"expected a share above 0 and up to 1, got {share:g}")
    return frame_around(scenario, read_center(scenario, around), share)


def check_layers(scenario: Scenario, named: Sequence[str]) -> None:
    """Raises InputError unless these are two layers or more, each known and named once."""
    complaints = [
        Complaint("--layers", f"{name!r} is not a layer; {suggest(name, scenario.layers)}")
        for name in named
        if name not in scenario.layers
    ]
    twice = sorted({name for name in named if named.count(name) > 1})
    complaints += [Complaint("--layers", f"'{name}' is named twice; keep one") for name in twice]
    if len(named) < 2:
        message = f"expected two layers or more, as a,b,c; got {','.join(named) or 'none'}"
        complaints.append(Complaint("--layers", message))
    if complaints:
        raise InputError(complaints)


def read_center(scenario: Scenario, around: str | None) -> Array:
    """The weights that `--around` means, the scenario's own where it is not given."""
    if around is None:
        return np.array(list(scenario.weights.values()))
    chosen = read_weights(around, dict(scenario.document), "--around")
    gone = dict.fromkeys(scenario.document.get("weights", {}))
    try:
        centered = derive_scenario(scenario, {"weights": {**gone, **chosen}})
    except InputError as error:
        raise InputError(
            Complaint(f"--around, {c.where}", c.message) for c in error.complaints
        ) from None
    return np.array(list(centered.weights.values()))


def read_statement(scenario: Scenario, text: str) -> Statement:
    """A statement of `--where`. Raises InputError where it does not parse or names no layer."""
    try:
        statement = parse_statement(text)
    except ValueError as error:
        raise InputError.of("--where", str(error)) from None
    unknown = [name for name in statement.layers if name not in scenario.layers]
    if unknown:
        raise InputError(
            Complaint(
                "--where", f"{name!r} in {text!r} is not a layer; {suggest(name, scenario.layers)}"
            )
            for name in unknown
        )
    return statement


def find_statements(scenario: Scenario, stakeholder: str) -> list[Statement]:
    """What a stakeholder says of weights. Raises InputError for one who names a weighting."""
    own = scenario.stakeholders.get(stakeholder)
    if own is None:
        message = (
            f"{stakeholder!r} is no stakeholder; {suggest(stakeholder, scenario.stakeholders)}"
        )
        raise InputError.of("--stakeholder", message)
    if own.statements is None and own.weights is None:
        message = f"'{stakeholder}' has beliefs alone and says nothing of weights"
        raise InputError.of("--stakeholder", message)
    if own.statements is None:
        raise InputError.of(
            "--stakeholder",
            f"'{stakeholder}' states weights, a single weighting and no region; for those around "
            f"it there is `sensitivity weights --around {stakeholder} --spread {SPREAD:g}`",
        )
    return list(own.statements)


def place_stakeholders(scenario: Scenario) -> dict[str, Region | Array]:
    """Where each stakeholder stands: a weighting of the shape [layers], or a region."""
    found: dict[str, Region | Array] = {}
    for id_, own in scenario.stakeholders.items():
        if own.statements is None:  # of who states neither, the scenario's weights
            stated = scenario.weights if own.weights is None else own.weights
            weights = np.array([stated.get(layer, 0.0) for layer in scenario.layers])
            found[id_] = weights / weights.sum()
        else:
            frame = frame_layers(scenario)
            layers = tuple(scenario.layers)
            found[id_] = Region(layers, frame, own.statements, f"stakeholders.{id_}")
    return found
