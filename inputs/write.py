"""Scenarios to files: YAML, and the JSON Schema of the format."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.representer import SafeRepresenter

from .expressions import LONGEST, MADE_OF
from .numbers import SETTINGS, list_number_fields
from .patch import TABLES
from .record import Record
from .scenario import CONSTRAINT_TYPES, Budget, Scenario


class _Representer(SafeRepresenter):
    """Quotes text that holds what a terminal would obey or hide, so that it can be escaped."""

    def represent_str(self, data: str) -> ScalarNode:
        style = None if data.replace("\n", "").isprintable() else '"'
        return self.represent_scalar("tag:yaml.org,2002:str", data, style=style)


_Representer.add_representer(str, _Representer.represent_str)


def dump_yaml(document: Mapping[str, Any], *, ascii_only: bool = False) -> str:
    """A resolved document as YAML 1.2: rows as blocks, lists of numbers on one line.

    What is no printable character stands as an escape.
    """
    yaml = YAML(typ="safe", pure=True)
    yaml.Representer = _Representer
    yaml.default_flow_style = None
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]  # untyped there
    yaml.width = 100
    yaml.allow_unicode = not ascii_only
    stream = io.StringIO()
    yaml.dump(_plain(document), stream)
    return "".join(_escape(c) for c in stream.getvalue())


def _escape(character: str) -> str:
    if character.isprintable() or character == "\n":
        return character
    return f"\\U{ord(character):08x}"


def _plain(value: Any) -> Any:
    """Plain dictionaries and lists; year keys as integers."""
    if isinstance(value, Mapping):
        return {_plain_key(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value


def _plain_key(key: Any) -> Any:
    return int(key) if isinstance(key, str) and key.isdigit() else key


def make_schema() -> dict[str, Any]:
    """The JSON Schema of a scenario document, ranges included."""
    schema = Scenario.model_json_schema(by_alias=True)
    definitions = schema["$defs"]
    records: list[type[Record]] = [Budget, *TABLES.values(), *CONSTRAINT_TYPES.values()]
    for record in records:
        if record.__name__ in definitions:
            _add_ranges(definitions[record.__name__], record)
    _add_ranges(schema, Scenario)
    definitions["Expression"] = _EXPRESSION
    for record in records:
        if record.computes and record.__name__ in definitions:
            _add_expressions(definitions[record.__name__], list_number_fields(record))
    _add_expressions(schema, SETTINGS)
    for table in TABLES:
        rows = schema["properties"][table]
        file = {"type": "string", "description": "name of a CSV file with an id column"}
        schema["properties"][table] = {"anyOf": [rows, file]}
    schema["properties"]["extends"] = {
        "type": "string",
        "description": "a bundled scenario or a path; the rest is a patch on it",
    }
    # What a file must name, one that extends another may leave to it.
    schema["anyOf"] = [{"required": ["extends"]}, {"required": schema.pop("required")}]
    del definitions["Years"]["properties"]["score_until"]["default"]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


_EXPRESSION = {
    "type": "string",
    "maxLength": LONGEST,
    "description": f"an expression of {MADE_OF}, such as 12 * points_per_gw",
}


def _add_expressions(definition: dict[str, Any], names: Iterable[str]) -> None:
    """Lets an expression stand wherever a number may, in some fields of a record."""
    for name in names:
        if name in definition["properties"]:
            stated = definition["properties"][name]
            definition["properties"][name] = _let_compute(stated)


def _let_compute(stated: Any) -> Any:
    if isinstance(stated, list):
        return [_let_compute(part) for part in stated]
    if not isinstance(stated, Mapping):
        return stated
    if stated.get("type") in ("number", "integer"):
        told = {key: stated[key] for key in ("description", "default", "title") if key in stated}
        number = {key: part for key, part in stated.items() if key not in told}
        return {**told, "anyOf": [number, {"$ref": "#/$defs/Expression"}]}
    return {key: _let_compute(part) for key, part in stated.items()}


def _add_ranges(definition: dict[str, Any], record: type[Record]) -> None:
    properties = definition["properties"]
    for name in record.ranged:
        for end in ("low", "high"):
            properties[f"{name}_{end}"] = {
                "description": f"{end} end of the range of {name}",
                "anyOf": [{"type": "number"}, {"const": "never"}],
            }
