"""A scenario that was checked stays as it is: nothing in it can be changed, however deep."""

from __future__ import annotations

import copy
import dataclasses
import json
import pickle
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from pydantic import BaseModel

from stratafolio.inputs.build import build_scenario, derive_scenario
from stratafolio.inputs.frozen import freeze
from stratafolio.inputs.read import list_bundled, read_scenario
from stratafolio.inputs.scenario import Scenario
from stratafolio.inputs.write import dump_yaml

PER_YEAR = {"budget": {"per_year": dict.fromkeys(range(2027, 2037), 9.0)}}


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return read_scenario("us-2027")


def send(scenario: Scenario) -> Scenario:
    """The scenario as another process gets it."""
    received = pickle.loads(pickle.dumps(scenario))  # noqa: S301  # packed on the same line
    assert isinstance(received, Scenario)
    return received


def list_parts(whole: Any, where: str) -> Iterator[tuple[str, Any]]:
    """Everything in a value with the place it stands at, the value itself first."""
    yield where, whole
    if isinstance(whole, BaseModel):
        fields = {**whole.__dict__, **(whole.__pydantic_private__ or {})}
        inner = [(f"{where}.{name}", part) for name, part in fields.items()]
    elif dataclasses.is_dataclass(whole):
        fields = {f.name: getattr(whole, f.name) for f in dataclasses.fields(whole)}
        inner = [(f"{where}.{name}", part) for name, part in fields.items()]
    elif isinstance(whole, Mapping):
        inner = [(f"{where}[{key!r}]", part) for key, part in whole.items()]
    elif isinstance(whole, list | tuple | set | frozenset):
        inner = [(f"{where}[{at}]", part) for at, part in enumerate(whole)]
    else:
        inner = []
    for place, part in inner:
        yield from list_parts(part, place)


def assert_read_only(scenario: Scenario) -> None:
    """Assert that no mapping, list or set in a scenario takes a change."""
    mappings = 0
    for where, part in list_parts(scenario, scenario.name):
        assert not isinstance(part, set), where
        if isinstance(part, Mapping | list):
            mappings += isinstance(part, Mapping)
            changed: Any = part
            with pytest.raises(TypeError, match="read-only"):
                changed[0] = 6.0
    assert mappings > 20


@pytest.mark.parametrize("name", list_bundled())
def test_nothing_in_a_scenario_can_be_changed(name: str) -> None:
    assert_read_only(read_scenario(name))


def test_nothing_in_a_variant_or_a_copy_can_be_changed(scenario: Scenario) -> None:
    assert_read_only(derive_scenario(scenario, PER_YEAR))
    assert_read_only(scenario.model_copy(update={"weights": {"frontier": 1.0}, "pillars": {}}))
    assert_read_only(send(scenario))
    assert_read_only(build_scenario(json.loads(json.dumps(scenario.document)), {}, "told"))


def test_weights_cannot_be_set(scenario: Scenario) -> None:
    """What a frozen model alone lets through."""
    with pytest.raises(TypeError, match="read-only"):
        scenario.weights["frontier"] = 6.0  # type: ignore[index]  # that is what is tried
    assert sum(scenario.weights.values()) == pytest.approx(1)


MAPPING_CHANGES = (
    *("__setitem__", "__delitem__", "__ior__"),
    *("clear", "pop", "popitem", "setdefault", "update"),
)
LIST_CHANGES = (
    *("__setitem__", "__delitem__", "__iadd__", "__imul__", "append", "extend", "insert"),
    *("remove", "pop", "clear", "sort", "reverse"),
)


@pytest.mark.parametrize(
    ("whole", "changes"),
    [(freeze({"frontier": 1.0}), MAPPING_CHANGES), (freeze([2.0, 1.0]), LIST_CHANGES)],
    ids=["mapping", "list"],
)
def test_no_method_changes_what_is_frozen(whole: Any, changes: tuple[str, ...]) -> None:
    plain = dict(whole) if isinstance(whole, dict) else list(whole)
    for name in changes:
        with pytest.raises(TypeError, match="read-only"):
            getattr(whole, name)()
    assert whole == plain
    added = set(dir(type(plain))) - set(dir(tuple)) - set(dir(frozenset))
    left = added - set(changes) - {"__class_getitem__", "__reversed__", "__ror__", "copy"}
    assert left <= {"fromkeys", "get", "items", "keys", "values"}, "a method that is not refused"


def test_copies_are_equal_and_keep_what_is_beside_the_fields(scenario: Scenario) -> None:
    copies = [
        copy.copy(scenario),
        copy.deepcopy(scenario),
        scenario.model_copy(deep=True),
        send(scenario),
    ]
    for other in copies:
        assert other == scenario
        assert other.name == scenario.name
        assert other.document == scenario.document
        assert other.layers["frontier"].ranges
        assert dict(other.ranges) == dict(scenario.ranges)


def test_a_scenario_is_told_as_plain_values(scenario: Scenario) -> None:
    told = scenario.model_dump()
    assert type(told["weights"]) is dict
    told["weights"]["frontier"] = 6.0
    assert scenario.weights["frontier"] != 6.0
    shown = json.loads(json.dumps(scenario.document))
    assert build_scenario(shown, {}, scenario.name) == scenario
    assert dump_yaml(shown) == dump_yaml(scenario.document)


def test_the_document_that_was_handed_over_stays_its_owners(scenario: Scenario) -> None:
    document = json.loads(json.dumps(scenario.document))
    built = build_scenario(document, {}, scenario.name)
    document["weights"]["frontier"] = 6.0
    document["instruments"].clear()
    assert built.document["weights"] == scenario.document["weights"]
    assert derive_scenario(built, {}) == scenario


def test_a_variant_reads_what_a_patch_changed_and_shares_the_rest(scenario: Scenario) -> None:
    patch = {
        "effects": {
            "software_commons_diffusion": {"points": 3.5, "points_low": 1, "points_high": 7}
        }
    }
    variant = derive_scenario(scenario, patch)
    assert variant.effects["software_commons_diffusion"].points == 3.5
    assert variant.effects["software_commons_diffusion"].ranges["points"].low == 1
    others = [id_ for id_ in scenario.effects if id_ != "software_commons_diffusion"]
    assert all(variant.effects[id_] is scenario.effects[id_] for id_ in others)
    document = json.loads(json.dumps(scenario.document))
    document["effects"]["software_commons_diffusion"] |= {
        "points": 3.5,
        "points_low": 1,
        "points_high": 7,
    }
    assert build_scenario(document, {}, variant.name) == variant


def test_a_changed_copy_keeps_nothing_that_was_computed_from_what_it_was() -> None:
    scenario = read_scenario("textbook")
    assert scenario.on_off
    copied = scenario.model_copy(update={"instruments": {}, "constraints": {}})
    assert copied.on_off == frozenset()
